"""The starter record: real, sourced reports, read from files and published in date order."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

import yaml
from django.db import transaction
from django.utils import timezone

from record import doors
from record.models import Ledger, OnRecord
from sources.models import Report
from strikes.bundles import BundleError, Entry, Problem, entries_of, import_bundle


def read(folder: Path) -> list[Entry]:
    """Every row of every file below a folder, in the order of the file names."""
    entries = []
    for path in sorted(folder.rglob("*.yaml")):
        name = str(path.relative_to(folder))
        try:
            bundle = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
            raise BundleError([Problem(name, "the file", " ".join(str(error).split()))]) from error
        entries += entries_of(bundle or {}, name)
    return entries


def load(folder: Path) -> int:
    """Put on the record what the files hold and the record does not. Returns how many rows are new.

    The first load writes the reports' own dates into the empty ledger; a later one is dated now.
    Raises ``BundleError`` and changes nothing if any row breaks a rule.
    """
    entries = read(folder)
    with transaction.atomic():
        first = Ledger.head().n == 0
        made = import_bundle(entries)
        if not made:
            return 0
        try:
            if first:
                doors.load(in_date_order(entries, made))
            else:
                for _, rows in in_date_order(entries, made):
                    doors.publish(*rows)
        except doors.Blocked as blocked:
            raise BundleError(_problems(blocked, entries)) from blocked
    return len(made)


def in_date_order(
    entries: Iterable[Entry], made: Iterable[OnRecord]
) -> Iterator[tuple[dt.datetime, list[OnRecord]]]:
    """Each report with its rows, at the end of the day it is dated to, and before them whatever they
    are the first to need. What no report needs goes public with the last one."""
    files: dict[str, list[OnRecord]] = {}
    for entry in entries:
        if entry.row is not None and entry.row.status == "draft":
            files.setdefault(entry.file, []).append(entry.row)
    dated = sorted(
        (row.issued_local_date, file)
        for file, rows in files.items()
        for row in rows
        if isinstance(row, Report)
    )
    waiting = [row for row in made if row.owner is None]
    if not dated:
        yield timezone.now(), waiting
    for number, (day, file) in enumerate(dated, start=1):
        wanted = files[file] if number < len(dated) else waiting
        batch = _with_needs(wanted, set(waiting))
        waiting = [row for row in waiting if row not in batch]
        yield dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC), batch


def _with_needs(rows: Iterable[OnRecord], waiting: set[OnRecord]) -> list[OnRecord]:
    """The rows and every waiting row they rest on, what is needed first."""
    batch: dict[OnRecord, None] = {}

    def add(row: OnRecord) -> None:
        if row in waiting and row not in batch:
            waiting.discard(row)
            for _, target in row.pointers():
                add(target)
            for related_name in row.numbered_parts:
                for number in getattr(row, related_name).all():
                    for _, target in number.pointers():
                        add(target)
            batch[row] = None

    for row in rows:
        add(row)
    return list(batch)


def _problems(blocked: doors.Blocked, entries: Iterable[Entry]) -> list[Problem]:
    named: dict[tuple[type, object], Entry] = {
        (type(entry.row), entry.row.pk): entry for entry in entries if entry.row is not None
    }
    problems = []
    for blocker in blocked.blockers:
        entry = named.get((type(blocker.row), blocker.row.pk))
        problems.append(
            entry.problem(blocker.rule) if entry else Problem("the record", str(blocker.row), blocker.rule)
        )
    return problems
