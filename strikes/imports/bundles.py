"""Bundles: rows written as a person would write them, turned into drafts, all or nothing.

A bundle maps collections to lists of rows. A row has an `id` and may have a `ref`, a handle by which
other rows of the bundle point at it. `fixtures/README.md` explains the format.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.db.backends.base.operations import BaseDatabaseOperations

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
HANDLES = ("id", "ref")
IGNORED = {"ref", "fact"}
LONGEST_CHAIN = 50  # of rows that each wait for one further down; a hundred more and Python gives up

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")
CLOCK = re.compile(r"[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?")
EASTMOST, WESTMOST = dt.timezone(dt.timedelta(hours=14)), dt.timezone(dt.timedelta(hours=-12))
PARTS_OF_DAY = {"time", "from_time", "until_time"}
PARTS_OF_MOMENT = PARTS_OF_DAY | {
    "date",
    "until_date",
    "timezone",
    "precision",
    "open",
    "as_stated",
    "earliest",
    "latest",
}


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


class Entangled(Refused):
    """A row is refused because of one it points at, whose own problem has been noted already."""


@dataclass(eq=False)
class Entry:
    """One row of a bundle, before it is a row of the database."""

    file: str
    model: type[OnRecord]
    values: dict[str, Any]
    place: str
    """Where it stands, such as `row 3`: its name if it has no better one."""
    owner: Entry | None = None
    """The row it is written in and a numbered part of."""
    row: OnRecord | None = None

    @property
    def name(self) -> str:
        handles = (self.values.get(key) for key in ("ref", "id"))
        return next((h for h in handles if isinstance(h, str) and h and h.isprintable()), self.place)

    def problem(self, rule: str) -> Problem:
        return Problem(self.file, f"{self.model.collection} {self.name[:80]}", rule)


def entries_of(bundle: Any, file: str) -> list[Entry]:
    """The rows of one bundle, numbers apart from the claims they are written in."""
    if not isinstance(bundle, Mapping):
        raise BundleError([Problem(file, "the file", "It does not map collections to lists of rows.")])
    known = collections()
    found: list[Entry] = []
    problems: list[Problem] = []
    for collection, rows in bundle.items():
        if collection not in known:
            problems.append(Problem(file, shown(collection), "There is no such collection."))
        elif not isinstance(rows, list):
            problems.append(Problem(file, collection, f"{shown(rows)}: a list of rows is meant."))
        else:
            for number, values in enumerate(rows, start=1):
                place = f"row {number}"
                if not isinstance(values, Mapping):
                    problem = f"{shown(values)}: a row maps fields to values."
                    problems.append(Problem(file, f"{collection} {place}", problem))
                    continue
                entry = Entry(file, known[collection], dict(values), place)
                try:
                    found += _with_numbers(entry)
                except Refused as refusal:
                    problems.append(entry.problem(str(refusal)))
    if problems:
        raise BundleError(problems)
    return found


def _with_numbers(entry: Entry) -> list[Entry]:
    entries = [entry]
    for related_name in entry.model.numbered_parts:
        numbered = entry.model._meta.get_field(related_name).related_model
        assert isinstance(numbered, type)
        assert issubclass(numbered, OnRecord)
        with naming(related_name):
            for number, values in enumerate(a_list(entry.values.pop(related_name, None)), start=1):
                place = f"row {number} of {entry.name}"
                entries.append(Entry(entry.file, numbered, a_mapping(values), place, entry))
    return entries


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
        self.entries = entries
        self.problems: list[Problem] = []
        self.made: list[OnRecord] = []
        self.refused: set[Entry] = set()
        self.handles: dict[tuple[type[OnRecord], str], Entry] = {}

    def run(self) -> None:
        for entry in self.entries:
            try:
                self._read(entry)
            except Refused as refusal:
                self._refuse(entry, refusal)
        if self.problems:
            return
        self._find_on_file()
        for entry in self.entries:
            self._make(entry, ())
        if self.problems:
            return
        made = set(self.made)
        for entry in [entry for entry in self.entries if entry.row in made]:
            for key, value in entry.values.items():
                try:
                    with naming(key):
                        self._attach(entry, key, value)
                except Refused as refusal:
                    self._refuse(entry, refusal)

    def _refuse(self, entry: Entry, refusal: Refused) -> None:
        self.refused.add(entry)
        if not isinstance(refusal, Entangled):
            self.problems.append(entry.problem(str(refusal)))

    def _read(self, entry: Entry) -> None:
        """What is asked of every row: that it can be kept at all, and that its handles are its own."""
        must_be_storable(entry.values)
        if entry.values.get("id") is None:
            raise Refused("It has no id.")
        for key in HANDLES:
            if entry.values.get(key) is not None:
                with naming(key):
                    handle = a_text(entry.values[key])
                other = self.handles.setdefault((entry.model, handle), entry)
                if other is not entry:
                    raise Refused(f"{shown(handle)} also names a row in {other.file}.")

    def _find_on_file(self) -> None:
        waiting: dict[type[OnRecord], dict[str, Entry]] = {}
        for entry in self.entries:
            waiting.setdefault(entry.model, {})[entry.values["id"]] = entry
        for model, named in waiting.items():
            for public_id, row in model._default_manager.in_bulk(named, field_name="public_id").items():
                named[public_id].row = row

    def _make(self, entry: Entry, asked_by: tuple[Entry, ...]) -> None:
        """Save the row without what hangs on it, unless it is on file already or was refused."""
        if entry.row is not None or entry in self.refused:
            return
        row = entry.model()
        try:
            if entry in asked_by:
                raise Refused("It points at itself, through other rows.")
            if len(asked_by) > LONGEST_CHAIN:
                raise Refused("Too many rows wait for it, one for the other: put it before them.")
            row.public_id = entry.values["id"]
            if entry.owner is not None:
                if row.owner in entry.values:
                    raise Refused(f"{row.owner}: it is the row this one is written in.")
                setattr(row, str(row.owner), self._target(entry.owner, (*asked_by, entry)))
            for key, value in entry.values.items():
                with naming(key):
                    if key == "id" or key in IGNORED or (key in PARTS and PARTS[key] in row.parts):
                        continue
                    self._set(row, key, value, (*asked_by, entry))
            self._save(row)
        except Refused as refusal:
            self._refuse(entry, refusal)
        else:
            entry.row = row
            self.made.append(row)

    def _set(self, row: models.Model, key: str, value: Any, asked_by: tuple[Entry, ...]) -> None:
        """Give a row the value of one field, or those of the columns of a moment."""
        if key in MOMENTS:
            for suffix, part in moment({} if value is None else a_mapping(value)).items():
                with naming(suffix):
                    self._set(row, f"{MOMENTS[key]}{suffix}", part, asked_by)
            return
        field = entered_by_hand(row, key)
        if not field.is_relation:
            setattr(row, key, entered(field, value))
        elif not field.many_to_many:
            setattr(row, key, self._resolve(field.related_model, value, asked_by))

    def _resolve(self, model: Any, handle: Any, asked_by: tuple[Entry, ...] = ()) -> OnRecord | None:
        """The row that an id or a handle names, made now if it is an entry further down."""
        if handle is None:
            return None
        target = self.handles.get((model, a_text(handle)))
        if target is not None:
            return self._target(target, asked_by)
        row: OnRecord | None = model._default_manager.filter(public_id=handle).first()
        if row is None:
            raise Refused(f"no {model._meta.verbose_name} is called {shown(handle)}.")
        return row

    def _target(self, target: Entry, asked_by: tuple[Entry, ...]) -> OnRecord:
        if asked_by:
            self._make(target, asked_by)
        if target.row is None:
            raise Entangled(f"{target.name} was refused.")
        return target.row

    def _save(self, row: models.Model) -> None:
        for field in row._meta.fields:
            if field.is_relation and not field.null and getattr(row, field.attname) is None:
                raise Refused(f"{field.name}: it is missing.")
        if isinstance(row, OnRecord) and row.owner and getattr(row, row.owner).status != "draft":
            raise Refused(f"{row.owner}: it is on the record already, with its numbers; correct it instead.")
        save_checked(row)

    def _attach(self, entry: Entry, key: str, value: Any) -> None:
        """What can only be said once the row exists: many-to-many pointers and parts."""
        row = entry.row
        assert row is not None
        related_name = PARTS.get(key)
        if related_name in row.parts:
            part_model: Any = row._meta.get_field(related_name).related_model
            for number, item in enumerate(a_list(value), start=1):
                with naming(f"number {number}"):
                    self._add_part(part_model(**{part_model.owner: row}), key, number, item)
        elif key != "id" and key not in IGNORED and key not in MOMENTS:
            field = entered_by_hand(row, key)
            if field.many_to_many:
                targets = [self._resolve(field.related_model, handle) for handle in a_list(value)]
                getattr(row, key).set(targets)

    def _add_part(self, part: Any, key: str, number: int, item: Any) -> None:
        values = {WORDS[key]: item} if key in WORDS else a_mapping(item)
        if key == "chain":
            values.setdefault("step", number)
        for name, one in values.items():
            with naming(name):
                if name == part.owner:
                    raise Refused("it is the row this one is written in.")
                self._set(part, name, one, ())
        self._save(part)


@contextmanager
def naming(key: str) -> Iterator[None]:
    """Say in a refusal which key it is about."""
    try:
        yield
    except Entangled:
        raise
    except Refused as refusal:
        raise Refused(f"{key}: {refusal}") from refusal


# Values ---------------------------------------------------------------------------------------


def shown(value: Any) -> str:
    """A value as a message shows it: on one line, in characters that can be printed, not too long."""
    text = str(value) if isinstance(value, dt.date) else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def must_be_storable(value: Any) -> None:
    """Refuse keys that are not words, and texts that one of the databases cannot keep: those with a NUL
    or with half of a surrogate pair. For whatever comes from outside, however deeply nested.
    """
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting += one.values()
            for key in one:
                if not isinstance(key, str):
                    raise Refused(f"{shown(key)}: a key is a word.")
                waiting.append(key)
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and ("\0" in one or any("\ud800" <= char <= "\udfff" for char in one)):
            raise Refused(f"{shown(one)}: a text holds no NUL and no half of a surrogate pair.")


def entered_by_hand(row: models.Model, key: str) -> models.Field[Any, Any]:
    """The field of that name, if people fill it in."""
    try:
        field = row._meta.get_field(key)
    except FieldDoesNotExist:
        raise Refused("there is no such field.") from None
    if isinstance(field, models.Field) and field.editable and not field.primary_key:
        target = field.related_model
        points_at_a_row = isinstance(target, type) and issubclass(target, OnRecord)
        if field.name == key != "public_id" and (points_at_a_row or not field.is_relation):
            return field
    raise Refused("it is not entered by hand.")


def entered(field: models.Field[Any, Any], value: Any) -> Any:
    """A value as its field keeps it. Unknown is null; anything of another kind is refused."""
    if value is None:
        return None
    match field:
        case models.CharField() if field.name.endswith("timezone"):
            return a_zone(value).key
        case models.CharField() | models.TextField():
            return a_text(value)
        case models.BooleanField():
            return a_truth(value)
        case models.DecimalField():
            return a_number(value)
        case models.IntegerField():
            return a_whole_number(value, field)
        case models.DateTimeField():
            return an_instant(value)
        case models.DateField():
            return a_day(value)
    raise Refused("it is not entered by hand.")


def a_list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Refused(f"{shown(value)}: a list is meant.")
    return value


def a_mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise Refused(f"{shown(value)}: keys with their values are meant.")
    return dict(value)


def a_text(value: Any) -> str:
    if not isinstance(value, str):
        raise Refused(f"{shown(value)}: a text is meant; put it in quotation marks if it is one.")
    if not value.strip():
        raise Refused("a text is never blank; leave out what is not known.")
    return value


def a_truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"{shown(value)}: true or false is meant.")
    return value


def a_number(value: Any) -> Decimal:
    """A decimal exactly as it is written, with no more digits than the field has room for."""
    if isinstance(value, bool) or not NUMBER.fullmatch(str(value)):
        raise Refused(f"{shown(value)}: a number is meant, such as 25.71.")
    return Decimal(str(value))


def a_whole_number(value: Any, field: models.IntegerField[Any, Any]) -> int:
    """A whole number that both databases have room for."""
    lowest, highest = BaseDatabaseOperations.integer_field_ranges[field.get_internal_type()]
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise Refused(f"{shown(value)}: a whole number between {lowest} and {highest} is meant.")
    return value


def a_day(value: Any) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    with suppress(TypeError, ValueError):
        day = dt.date.fromisoformat(value)
        if day.isoformat() == value:
            return day
    raise Refused(f"{shown(value)}: a date is meant, such as 2024-03-12.")


def an_instant(value: Any) -> dt.datetime:
    """A time in UTC that has a date on the clocks of every place."""
    with suppress(TypeError, ValueError, OverflowError):
        instant = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(value)
        if instant.tzinfo is not None and dt.MINYEAR < instant.astimezone(dt.UTC).year < dt.MAXYEAR:
            return instant.astimezone(dt.UTC)
    raise Refused(f"{shown(value)}: a time in UTC is meant, such as 2024-03-12T05:25:00Z.")


def a_zone(value: Any) -> ZoneInfo:
    if not isinstance(value, str) or value not in _zones():
        raise Refused(f"{shown(value)}: an IANA time zone is meant, such as Europe/Moscow.")
    return ZoneInfo(value)


@cache
def _zones() -> set[str]:
    return available_timezones()


# Moments --------------------------------------------------------------------------------------


def moment(value: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a moment that was written as a date on the clocks of a place.

    A date alone is that whole day; where the zone is not given, the day as it is anywhere on earth.
    """
    if unknown := set(value) - PARTS_OF_MOMENT:
        raise Refused(f"{shown(', '.join(sorted(unknown)))}: not a part of a moment.")
    if "date" not in value and value.keys() & (PARTS_OF_DAY | {"until_date"}):
        raise Refused("a time of day, or a last day, needs a date.")
    if "time" in value and value.keys() & {"from_time", "until_time"}:
        raise Refused("give the time, or from when until when, not both.")
    columns: dict[str, Any] = {key: value.get(key) for key in ("timezone", "as_stated")}
    zone = None if columns["timezone"] is None else a_zone(columns["timezone"])
    if value.get("date") is not None:
        day = a_day(value["date"])
        until = a_day(value["until_date"]) if "until_date" in value else day
        starts = _clock(value.get("time", value.get("from_time")), dt.time.min)
        ends = _clock(value.get("time", value.get("until_time")), dt.time(23, 59, 59))
        columns["earliest"] = an_instant(dt.datetime.combine(day, starts, zone or EASTMOST))
        columns["latest"] = an_instant(dt.datetime.combine(until, ends, zone or WESTMOST))
        columns["local_date"] = day
        columns["precision"] = "minute" if "time" in value else "day" if until == day else "days"
    if a_truth(value.get("open", False)):
        columns["latest"] = None
    for key in ("precision", "earliest", "latest"):
        if key in value:
            columns[key] = value[key]
    return {key: part for key, part in columns.items() if part is not None or key == "latest"}


def _clock(value: Any, otherwise: dt.time) -> dt.time:
    if value is None:
        return otherwise
    with suppress(TypeError, ValueError):
        if CLOCK.fullmatch(value):
            return dt.time.fromisoformat(value)
    raise Refused(f'{shown(value)}: a time of day is meant, such as "08:25".')
