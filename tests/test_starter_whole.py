"""The starter data goes on the record whole: every row as it is written, then every correction as it was made."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db.models import DecimalField

from record.audit import discrepancies
from record.models import OnRecord, Recorded, Revision
from sources.models import Report
from strikes.imports.corrections import CorrectionFile
from strikes.imports.drafts import FIELDS_OF_WORDS, PARTS
from strikes.imports.entries import Entry
from strikes.imports.yaml_files import correction_files
from tests.test_starter_load import FILES, FIXTURES, rows_in, rows_of, run_load_starter, said

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_the_fixtures_go_on_the_record_whole_and_in_the_order_of_their_reports():
    rows = [row for file in FILES for row in rows_of(rows_in(file))]
    days = sorted(row["issued"]["date"] for model, row in rows if model is Report)
    files = sorted(correction_files(FIXTURES), key=lambda file: (file.made, file.name))
    new = [(entry.model, dict(entry.values)) for file in files for entry in file.new]
    corrected = [(entry.model, entry.values) for entry in rows_of_groups(files, "corrections")]
    amended = [entry.values for entry in rows_of_groups(files, "amendments")]
    claims = [row for model, row in corrected if model.owner is None]
    assert run_load_starter(FIXTURES) == said(
        len(rows) + len(new), len(days) + len(files), len(claims), len(amended)
    )
    ends = [dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC) for day in days]
    made = [file.made for file in files]
    assert list(Revision.objects.order_by("n").values_list("at", flat=True)) == ends + made
    reports = Report.objects.order_by("published_rev").values_list("published_rev__at", "issued_local_date")
    assert [at.date() for at, _ in reports] == [day for _, day in reports] == days
    assert_nothing_is_left_a_draft()
    gone = {row["supersedes"] for _, row in corrected if "supersedes" in row}
    gone |= {number for _, row in corrected for number in row.get("dropped", [])}
    otherwise = {(row["id"], key) for row in amended for key in row}
    standing = [(model, row) for model, row in rows if row["id"] not in gone]
    ids = {(model, row["ref"]): row["id"] for model, row in rows if "ref" in row}
    assert_found([*standing, *new, *corrected], otherwise, ids)
    assert_replaced(corrected)
    assert list(discrepancies()) == []


def assert_nothing_is_left_a_draft() -> None:
    for model in apps.get_models():
        if issubclass(model, Recorded):
            assert not model._default_manager.filter(published_rev=None).exists()


def rows_of_groups(files: list[CorrectionFile], kind: str) -> Iterator[Entry]:
    return (entry for file in files for group in getattr(file, kind) for entry in group.entries)


def assert_replaced(corrected: list[tuple[type[OnRecord], dict[str, Any]]]) -> None:
    """What was corrected is withdrawn, and names what stands in its place."""
    for model, row in corrected:
        earlier: Any = model._default_manager.get(public_id=row["supersedes"])
        assert (earlier.status, earlier.replaced_by.public_id) == ("withdrawn", row["id"])
        assert earlier.withdrawal_reason
        assert earlier.withdrawal_note


def agrees(kept: Any, key: str, written: Any, ids: dict[tuple[type[OnRecord], str], str]) -> bool:
    """Whether a field has what was written; rows are written by their handles."""
    field = kept._meta.get_field(key)
    value = getattr(kept, key)
    if field.many_to_many:
        named = {ids.get((field.related_model, handle), handle) for handle in written}
        return set(value.values_list("public_id", flat=True)) == named
    if isinstance(value, dt.date):  # in files of corrections it is read as text
        return str(value) == str(written)
    if field.is_relation:
        return bool(value.public_id == ids.get((field.related_model, written), written))
    return bool(value == (Decimal(written) if isinstance(field, DecimalField) else written))


def assert_found(
    rows: list[tuple[type[OnRecord], dict[str, Any]]],
    otherwise: set[tuple[str, str]],
    ids: dict[tuple[type[OnRecord], str], str],
) -> None:
    """Every row with its words, numbers, pointers and parts, as they were written, but for what was amended."""

    for model, row in rows:
        kept: Any = model.objects.published().get(public_id=row["id"])
        for key in row.keys() - {
            "id",
            "ref",
            "fact",
            "issued",
            "said",
            "event",
            "when",
            "supersedes",
            "dropped",
        }:
            if (row["id"], key) in otherwise:
                continue
            if PARTS.get(key) not in kept.parts:
                assert agrees(kept, key, row[key], ids), (row["id"], key)
                continue
            parts = row[key]
            if key in FIELDS_OF_WORDS:
                parts = [{FIELDS_OF_WORDS[key]: word} for word in sorted(row[key])]
            for part, written in zip(getattr(kept, PARTS[key]).all(), parts, strict=True):
                assert all(agrees(part, name, value, ids) for name, value in written.items()), (
                    row["id"],
                    written,
                )
