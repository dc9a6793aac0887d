"""Bundles: rows written as a person would write them, turned into drafts, all or nothing.

A bundle maps collections to lists of rows. A row has an `id` and may have a `ref`, a handle by which
other rows of the bundle point at it. `fixtures/README.md` explains the format.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction

from record.models import OnRecord, collections
from record.saving import Refused, save_checked

MOMENTS = {"issued": "issued_", "said": "said_", "event": "event_", "when": ""}
PARTS = {
    "chain": "chain",
    "evidence": "evidence_links",
    "methods": "methods",
    "names": "names",
    "notices": "notices",
    "parties": "parties",
    "relations": "relations",
    "weapons": "weapons",
}
WORDS = {"methods": "method", "weapons": "weapon"}
IGNORED = {"ref", "fact"}
EASTMOST, WESTMOST = dt.timedelta(hours=14), dt.timedelta(hours=-12)


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row: the file, the row, the rule."""

    file: str
    row: str
    rule: str

    def __str__(self) -> str:
        return f"{self.file}: {self.row}: {self.rule}"


class BundleError(Exception):
    """The bundle was refused; nothing of it was kept."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


@dataclass(eq=False)
class Entry:
    """One row of a bundle, before it is a row of the database."""

    file: str
    model: type[OnRecord]
    values: dict[str, Any]
    row: OnRecord | None = None

    @property
    def name(self) -> str:
        return str(self.values.get("ref") or self.values.get("id") or self.model._meta.verbose_name)

    def problem(self, rule: str) -> Problem:
        return Problem(self.file, f"{self.model.collection} {self.name}", rule)


def entries_of(bundle: Any, file: str) -> list[Entry]:
    """The rows of one bundle, numbers apart from the claims they are written in."""
    if not isinstance(bundle, Mapping):
        raise BundleError([Problem(file, "the file", "It does not map collections to lists of rows.")])
    known = collections()
    found: list[Entry] = []
    for collection, rows in bundle.items():
        if collection not in known or not isinstance(rows, list):
            raise BundleError([Problem(file, str(collection), "It is not a collection with a list of rows.")])
        for values in rows:
            if not isinstance(values, Mapping):
                raise BundleError([Problem(file, str(collection), f"Not a row: {values!r}.")])
            found += _flatten(Entry(file, known[collection], dict(values)))
    return found


def _flatten(entry: Entry) -> Iterator[Entry]:
    yield entry
    for related_name in entry.model.numbered_parts:
        numbered = entry.model._meta.get_field(related_name).related_model
        assert isinstance(numbered, type)
        assert issubclass(numbered, OnRecord)
        for values in entry.values.pop(related_name, None) or []:
            yield Entry(entry.file, numbered, {**values, str(numbered.owner): entry.values.get("id")})


def import_bundle(entries: Iterable[Entry]) -> list[OnRecord]:
    """Make drafts of the entries that are not on file yet. Raises ``BundleError`` and keeps nothing
    if any of them breaks a rule of its own; what they say together is judged when they are published.
    """
    importing = _Import(list(entries))
    with transaction.atomic():
        importing.run()
        if importing.problems:
            raise BundleError(importing.problems)
    return importing.made


class _Import:
    def __init__(self, entries: list[Entry]) -> None:
        self.problems: list[Problem] = []
        self.made: list[OnRecord] = []
        self.refused: list[Entry] = []
        self.handles: dict[tuple[type[OnRecord], str], Entry] = {}
        self.entries = entries
        for entry in entries:
            for handle in {entry.values.get("id"), entry.values.get("ref")} - {None}:
                other = self.handles.setdefault((entry.model, str(handle)), entry)
                if other is not entry:
                    self.problems.append(entry.problem(f"{handle} also names a row in {other.file}."))

    def run(self) -> None:
        for entry in self.entries:
            self._make(entry, ())
        if self.problems:
            return
        made = set(self.made)
        for entry in [entry for entry in self.entries if entry.row in made]:
            for key, value in entry.values.items():
                try:
                    self._attach(entry, key, value)
                except Refused as refusal:
                    self.problems.append(entry.problem(f"{key}: {refusal}"))

    def _make(self, entry: Entry, asked_by: tuple[Entry, ...]) -> None:
        """Save the row without what hangs on it, unless it is on file already or was refused."""
        if entry.row is not None or entry in self.refused:
            return
        entry.row = entry.model._default_manager.filter(public_id=entry.values.get("id")).first()
        if entry.row is not None:
            return
        row = entry.model()
        try:
            if entry in asked_by:
                raise Refused("It points at itself, through other rows.")
            if "id" not in entry.values:
                raise Refused("It has no id.")
            row.public_id = entry.values["id"]
            for key, value in entry.values.items():
                self._set(entry, row, key, value, (*asked_by, entry))
            save_checked(row)
        except Refused as refusal:
            self.refused.append(entry)
            self.problems.append(entry.problem(str(refusal)))
        else:
            entry.row = row
            self.made.append(row)

    def _set(
        self, entry: Entry, row: models.Model, key: str, value: Any, asked_by: tuple[Entry, ...]
    ) -> None:
        if key in IGNORED | {"id"} or (key in PARTS and PARTS[key] in getattr(row, "parts", ())):
            return
        if key in MOMENTS and isinstance(value, Mapping):
            for suffix, part in moment(value).items():
                self._set(entry, row, f"{MOMENTS[key]}{suffix}", part, asked_by)
            return
        try:
            field = row._meta.get_field(key)
        except FieldDoesNotExist:
            raise Refused(f"{key}: there is no such field.") from None
        if field.many_to_many:
            return
        if not isinstance(field, models.Field) or not field.editable:
            raise Refused(f"{key}: it is not entered by hand.")
        if isinstance(field, models.ForeignKey):
            setattr(row, key, self._resolve(entry, key, field.related_model, value, asked_by))
        elif isinstance(field, models.DecimalField) and value is not None:
            setattr(row, key, Decimal(str(value)))
        else:
            setattr(row, key, value)

    def _resolve(
        self, entry: Entry, key: str, model: Any, handle: Any, asked_by: tuple[Entry, ...] = ()
    ) -> OnRecord | None:
        """The row that an id or a handle names, made now if it is an entry further down."""
        if handle is None:
            return None
        target = self.handles.get((model, str(handle)))
        if target is None:
            row: OnRecord | None = model._default_manager.filter(public_id=str(handle)).first()
            if row is None:
                raise Refused(f"{key}: no {model._meta.verbose_name} is called {handle!r}.")
            return row
        if target.row is None and asked_by:
            self._make(target, asked_by)
        if target.row is None:
            raise Refused(f"{key}: {handle!r} was refused.")
        return target.row

    def _attach(self, entry: Entry, key: str, value: Any) -> None:
        """What can only be said once the row exists: many-to-many pointers and parts."""
        row = entry.row
        assert row is not None
        related_name = PARTS.get(key)
        if related_name in row.parts:
            part_model: Any = row._meta.get_field(related_name).related_model
            for number, item in enumerate(value or [], start=1):
                values = {WORDS[key]: item} if key in WORDS else dict(item)
                if key == "chain":
                    values.setdefault("step", number)
                part = part_model(**{part_model.owner: row})
                for name, one in values.items():
                    self._set(entry, part, name, one, ())
                save_checked(part)
        elif key not in IGNORED | {"id"} | set(MOMENTS):
            field = row._meta.get_field(key)
            if field.many_to_many:
                targets = [self._resolve(entry, key, field.related_model, handle) for handle in value or []]
                getattr(row, key).set(targets)


# Moments --------------------------------------------------------------------------------------


def moment(value: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a moment that was written as a date on the clocks of a place.

    A date alone is that whole day; where the zone is not given, the day as it is anywhere on earth.
    """
    known = {"date", "until_date", "time", "from_time", "until_time", "timezone", "precision", "open",
             "as_stated", "earliest", "latest"}  # fmt: skip
    if unknown := set(value) - known:
        raise Refused(f"{', '.join(sorted(unknown))}: not a part of a moment.")
    zone, day = value.get("timezone"), value.get("date")
    until = value.get("until_date", day)
    columns: dict[str, Any] = {"timezone": zone, "as_stated": value.get("as_stated")}
    if day is not None:
        starts = _clock(value.get("time", value.get("from_time")), dt.time.min)
        ends = _clock(value.get("time", value.get("until_time")), dt.time(23, 59, 59))
        columns["earliest"] = _utc(day, starts, zone, EASTMOST)
        columns["latest"] = _utc(until, ends, zone, WESTMOST)
        columns["local_date"] = day
        exact = "minute" if "time" in value else "day" if until == day else "days"
        columns["precision"] = exact
    if value.get("open"):
        columns["latest"] = None
    for key in ("precision", "earliest", "latest"):
        if key in value:
            columns[key] = value[key]
    return {key: part for key, part in columns.items() if part is not None or key == "latest"}


def _clock(value: Any, otherwise: dt.time) -> dt.time:
    if value is None:
        return otherwise
    try:
        return dt.time.fromisoformat(str(value))
    except ValueError:
        raise Refused(f'{value!r}: a time is written as "08:25".') from None


def _utc(day: Any, clock: dt.time, zone: str | None, offset: dt.timedelta) -> dt.datetime:
    if not isinstance(day, dt.date):
        raise Refused(f"{day!r}: a date is written as 2024-03-12.")
    try:
        tz: dt.tzinfo = ZoneInfo(zone) if zone else dt.timezone(offset)
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused(f"{zone!r}: not an IANA time zone.") from None
    return dt.datetime.combine(day, clock, tz).astimezone(dt.UTC)
