"""The starter data: the files below `fixtures/`, imported as drafts and published in date order."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction
from django.utils import timezone
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

from record import publishing
from record.models import Ledger, OnRecord
from sources.models import Report
from strikes.imports.bundles import BundleError, Entry, Problem, entries_of, import_bundle, shown

LARGEST = 1_000_000  # bytes of one file
DEEPEST = 20  # lists and mappings, one in the other


# Reading --------------------------------------------------------------------------------------


class PlainYaml(yaml.SafeLoader):
    """YAML with no more in it than JSON has: texts, whole numbers, true, false and null.

    A decimal, a date or a time of day stays the text it was written as, for its field to read: no number
    goes through floating point, and no 20:30 becomes 1230. Anchors are refused, since a few lines of
    them can mean more rows than memory holds.
    """

    yaml_implicit_resolvers = {
        None: [
            ("tag:yaml.org,2002:null", re.compile(r"(~|null|Null|NULL|)\Z")),
            ("tag:yaml.org,2002:bool", re.compile(r"(true|True|TRUE|false|False|FALSE)\Z")),
            ("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")),
        ]
    }
    depth = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event: Any = self.peek_event()
        if event.anchor is not None or event.tag is not None:
            raise ComposerError(None, None, "anchors, aliases and tags are not read", event.start_mark)
        if self.depth == DEEPEST:
            raise ComposerError(None, None, "nested too deeply", event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConstructorError(None, None, "a key is a word", key.start_mark)
            if key.value in seen:
                raise ConstructorError(None, None, f"{shown(key.value)} is there twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read(folder: Path) -> list[Entry]:
    """Every row of every file below a folder, in the order of the file names."""
    if not folder.is_dir():
        raise BundleError([Problem(str(folder), "the folder", "There is no such folder.")])
    return [
        entry
        for path in sorted(folder.rglob("*.yaml"))
        for entry in read_file(path, str(path.relative_to(folder)))
    ]


def read_file(path: Path, name: str) -> list[Entry]:
    """Every row of one file, which messages call by that name."""
    try:
        if path.stat().st_size > LARGEST:
            raise BundleError([Problem(name, "the file", f"It is larger than {LARGEST:,} bytes.")])
        bundle = yaml.load(path.read_text(encoding="utf-8"), Loader=PlainYaml)
    except OSError as error:
        raise BundleError([Problem(name, "the file", f"It cannot be read: {error.strerror}.")]) from error
    except UnicodeDecodeError as error:
        raise BundleError([Problem(name, "the file", "It is not written in UTF-8.")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}" if mark else "the file"
        raise BundleError([Problem(name, where, f"Not YAML as we read it: {error.problem}.")]) from error
    except yaml.YAMLError as error:
        raise BundleError([Problem(name, "the file", " ".join(str(error).split()))]) from error
    return entries_of({} if bundle is None else bundle, name)


# Loading --------------------------------------------------------------------------------------


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
        count_rows()
        try:
            if first:
                publishing.publish_dated(in_date_order(entries, made))
            else:
                for _, rows in in_date_order(entries, made):
                    publishing.publish(*rows)
        except publishing.Blocked as blocked:
            raise BundleError(_problems(blocked, entries)) from blocked
        count_rows()
    return len(made)


def count_rows() -> None:
    """Let PostgreSQL count what was just written. Until it has, it plans for empty tables, and a query that takes a
    millisecond takes a minute; by itself it counts only some time after the load is committed."""
    if connection.vendor == "postgresql":
        names = [connection.ops.quote_name(name) for name in connection.introspection.django_table_names()]
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(names)}")


def in_date_order(
    entries: Iterable[Entry], made: Sequence[OnRecord]
) -> Iterator[tuple[dt.datetime, list[OnRecord]]]:
    """Each report with its rows, at the end of the day it is dated to, and before them whatever they
    are the first to need. What no report needs goes public with the last one."""
    new = set(made)
    files: dict[str, list[OnRecord]] = {}
    days: dict[str, dt.date] = {}
    for entry in entries:
        if entry.row in new:
            files.setdefault(entry.file, []).append(entry.row)
            if isinstance(entry.row, Report):
                day = entry.row.issued_local_date
                days[entry.file] = max(day, days.get(entry.file, day))
    waiting = [row for row in made if row.owner is None]
    dated = sorted((day, file) for file, day in days.items())
    for number, (day, file) in enumerate(dated, start=1):
        batch = _with_needs(files[file], waiting) if number < len(dated) else waiting
        taken = set(batch)
        waiting = [row for row in waiting if row not in taken]
        if batch:
            yield dt.datetime.combine(day, dt.time(23, 59, 59), dt.UTC), batch
    if waiting:
        yield timezone.now(), waiting


def _with_needs(rows: Iterable[OnRecord], waiting: Sequence[OnRecord]) -> list[OnRecord]:
    """The rows and every waiting row they rest on, in the order in which they were made."""
    available = set(waiting)
    needed: set[OnRecord] = set()
    queue = list(rows)
    while queue:
        row = queue.pop()
        if row in available and row not in needed:
            needed.add(row)
            numbers = [one for name in row.numbered_parts for one in getattr(row, name).all()]
            queue += [target for one in [row, *numbers] for _, target in one.references()]
    return [row for row in waiting if row in needed]


def _problems(blocked: publishing.Blocked, entries: Iterable[Entry]) -> list[Problem]:
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
