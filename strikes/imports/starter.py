"""The starter data: the files below `fixtures/`, imported as drafts and published in date order."""

from __future__ import annotations

import datetime as dt
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from record import publishing
from record.graphs import closure
from record.models import ClockBehind, Ledger, OnRecord
from sources.models import Report
from strikes.imports.corrections import CorrectionFile, Done, batch_of
from strikes.imports.drafts import import_bundle
from strikes.imports.entries import Entry
from strikes.imports.problems import BundleError, Problem
from strikes.imports.yaml_files import correction_files, read_folder
from strikes.models import Claim


def load_starter(folder: Path) -> Done:
    """Put on the record what the files hold and the record does not. Returns how much that was.

    The first load writes the reports' own dates into the empty ledger, and those on which corrections were made; a
    later one is dated now. Raises ``BundleError`` and changes nothing if any row breaks a rule.
    """
    entries, files = read_folder(folder), correction_files(folder)
    done = Done()
    with transaction.atomic():
        is_first = Ledger.head().n == 0
        drafts = import_bundle(entries)
        done.rows += len(drafts)
        count_rows()
        batches = _batches(entries, drafts, files, done)
        try:
            if is_first and drafts:
                publishing.publish_dated(batches)
            else:
                for _, batch in batches:
                    if batch:
                        publishing.publish_batch(batch)
        except publishing.Blocked as blocked:
            corrected = [entry for file in files for entry in file.entries]
            raise BundleError(_problems(blocked, [*entries, *corrected])) from blocked
        except ClockBehind as behind:
            raise BundleError([Problem("corrections", "made", str(behind))]) from behind
        if is_first and done.left_alone:  # no editor can have changed it
            rule = "It is not public when this is made."
            raise BundleError([Problem("corrections", name, rule) for name in done.left_alone])
        count_rows()
    return done


def _batches(
    entries: Iterable[Entry], drafts: Sequence[OnRecord], files: Iterable[CorrectionFile], done: Done
) -> Iterator[tuple[dt.datetime, publishing.Batch]]:
    """The reports and the files of corrections in date order; of each file only what is not done yet."""
    waiting = deque(sorted(files, key=lambda file: (file.made, file.name)))
    notes = {note for file in waiting for note in file.notes}
    for number, (at, rows) in enumerate(in_date_order(entries, drafts)):
        while number and waiting and waiting[0].made < at:
            file = waiting.popleft()
            yield file.made, batch_of(file, notes, done)
        yield at, publishing.Batch(rows)
    for file in waiting:
        yield file.made, batch_of(file, notes, done)


def count_rows() -> None:
    """Let PostgreSQL count what was just written. Until it has, it plans for empty tables, and a query that takes a
    millisecond takes a minute; by itself it counts only some time after the load is committed."""
    if connection.vendor == "postgresql":
        names = [connection.ops.quote_name(name) for name in connection.introspection.django_table_names()]
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(names)}")


def in_date_order(
    entries: Iterable[Entry], drafts: Sequence[OnRecord]
) -> Iterator[tuple[dt.datetime, list[OnRecord]]]:
    """Each report with its rows, at the end of the day it is dated to, and before them whatever they
    are the first to need. What no report needs goes public with the last one."""
    new = set(drafts)
    rows_by_file: dict[str, list[OnRecord]] = {}
    date_by_file: dict[str, dt.date] = {}
    for entry in entries:
        if entry.row in new:
            rows_by_file.setdefault(entry.file, []).append(entry.row)
            if isinstance(entry.row, Report):
                issued_on = entry.row.issued_local_date
                date_by_file[entry.file] = max(issued_on, date_by_file.get(entry.file, issued_on))
    waiting = [row for row in drafts if row.owner is None]  # a number goes public with its claim
    dated = sorted((date, file) for file, date in date_by_file.items())
    for number, (date, file) in enumerate(dated, start=1):
        batch = _with_needs(rows_by_file[file], waiting) if number < len(dated) else waiting
        published = set(batch)
        waiting = [row for row in waiting if row not in published]
        if batch:
            yield dt.datetime.combine(date, dt.time(23, 59, 59), dt.UTC), batch
    if waiting:
        yield timezone.now(), waiting


def _with_needs(rows: Iterable[OnRecord], waiting: Sequence[OnRecord]) -> list[OnRecord]:
    """The rows and every waiting row they rest on, in the order in which they were made."""
    unpublished = set(waiting)
    claims = {row.public_id: row for row in waiting if isinstance(row, Claim)}

    def named_by(rows: Collection[OnRecord]) -> Iterator[OnRecord]:
        for row in rows:
            if isinstance(row, Report):  # a notice names claims by their ids
                touched = {claim for notice in row.notices.all() for claim in notice.claims}
                yield from (claims[claim] for claim in touched & claims.keys())
            numbers = [number for name in row.numbered_parts for number in getattr(row, name).all()]
            for referring in [row, *numbers]:
                yield from (target for _, target in referring.references() if target in unpublished)

    needed = closure(unpublished.intersection(rows), named_by)
    return [row for row in waiting if row in needed]


def _problems(blocked: publishing.Blocked, entries: Iterable[Entry]) -> list[Problem]:
    entry_by_row: dict[Model, Entry] = {entry.row: entry for entry in entries if entry.row is not None}
    problems = []
    for blocker in blocked.blockers:
        entry = (
            entry_by_row.get(blocker.row) if blocker.row.pk is not None else None
        )  # unsaved, it has no hash
        problems.append(
            entry.problem(blocker.rule) if entry else Problem("the record", str(blocker.row), blocker.rule)
        )
    return problems
