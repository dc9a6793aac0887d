"""From when on things were known: brought up to date when a report's times or a speaker's kind change (decisions.md D83)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from record.models import OnRecord, Recorded, RecordedQuerySet
from sources.models import Report, ReportNotice
from strikes.disputes.voices import in_batches
from strikes.models import Claim

KNOWN_TIMES = {"sort_at", "known_at", "known_on"}
"""What follows from the times of a report and from who speaks."""
ROWS_AT_ONCE = 1_000


def refresh(reports: Collection[int], speakers: Collection[int]) -> None:
    """Bring up to date what was read in some reports, what became of them, and what some actors said."""
    if reports:
        _refresh(notices().filter(report__in=reports))
        _refresh(claims().filter(report__in=reports))
    if speakers:
        _refresh(claims().filter(actor__in=speakers))


def claims() -> RecordedQuerySet[Any]:
    return Claim.objects.cited().select_related("report", "actor").order_by("pk")


def notices() -> RecordedQuerySet[Any]:
    return ReportNotice.objects.filter(published_rev__isnull=False).select_related("report").order_by("pk")


def _refresh(rows: RecordedQuerySet[Any]) -> None:
    columns = columns_of(rows.model)
    for batch in in_batches(rows, ROWS_AT_ONCE):
        changed = [row for row in batch if refilled(row)]
        rows.model.objects.bulk_update(changed, columns, batch_size=ROWS_AT_ONCE)


def columns_of(model: type[Recorded]) -> list[str]:
    return sorted(KNOWN_TIMES & model.derived_fields)


def refilled(row: Recorded) -> bool:
    """Fill in anew from when on a row was known; returns whether it was kept otherwise."""
    columns = columns_of(type(row))
    before = [getattr(row, name) for name in columns]
    row.before_publish()
    return before != [getattr(row, name) for name in columns]


def discrepancies() -> Iterator[str]:
    for rows in (Report.objects.cited().order_by("pk"), notices(), claims()):
        for row in rows.iterator(ROWS_AT_ONCE):
            if refilled(row):
                of: OnRecord = row if isinstance(row, OnRecord) else row.report
                yield f"{of.collection}/{of.public_id}: it does not say from when on it was known as its times do."
