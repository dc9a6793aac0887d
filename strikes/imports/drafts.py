"""Turning the rows of a bundle into drafts, all or nothing."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction

from record.models import OnRecord
from record.saving import Refused, save_checked
from strikes.imports.entries import HANDLES, Entry
from strikes.imports.moments import moment_columns
from strikes.imports.problems import BundleError, Entangled, Problem, naming, printable
from strikes.imports.values import as_list, as_mapping, as_text, field_value, must_be_storable

MOMENT_PREFIXES = {"issued": "issued_", "said": "said_", "event": "event_", "when": ""}
"""The keys under which a bundle writes a moment, with what the names of its columns begin with."""
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
"""The keys under which a bundle writes the parts of a row, with their related names."""
FIELDS_OF_WORDS = {"methods": "method", "weapons": "weapon"}
"""Parts that are written as a list of words, with the field that keeps the word."""
IGNORED = {"ref", "fact"}
LONGEST_CHAIN = 50  # of rows that each wait for one further down; a hundred more and Python gives up


def import_bundle(entries: Iterable[Entry]) -> list[OnRecord]:
    """Make drafts of the entries that are not on file yet. Raises ``BundleError`` and keeps nothing
    if any of them breaks a rule of its own; what they say together is judged when they are published.
    """
    drafting = _Drafting(list(entries))
    with transaction.atomic():
        drafting.run()
        if drafting.problems:
            raise BundleError(drafting.problems)
    return drafting.drafts


class _Drafting:
    def __init__(self, entries: list[Entry]) -> None:
        self.entries = entries
        self.problems: list[Problem] = []
        self.drafts: list[OnRecord] = []
        self.refused: set[Entry] = set()
        self.by_handle: dict[tuple[type[models.Model], str], Entry] = {}

    def run(self) -> None:
        for entry in self.entries:
            try:
                self._check(entry)
            except Refused as refusal:
                self._refuse(entry, refusal)
        if self.problems:
            return
        self._find_on_file()
        for entry in self.entries:
            self._make(entry, ())
        if self.problems:
            return
        drafts = set(self.drafts)
        for entry in self.entries:
            if entry.row in drafts:
                self._attach(entry)

    def _refuse(self, entry: Entry, refusal: Refused) -> None:
        self.refused.add(entry)
        if not isinstance(refusal, Entangled):
            self.problems.append(entry.problem(str(refusal)))

    def _check(self, entry: Entry) -> None:
        """What is asked of every row: that it can be kept at all, and that its handles are its own."""
        must_be_storable(entry.values)
        if entry.values.get("id") is None:
            raise Refused("It has no id.")
        for key in HANDLES:
            if entry.values.get(key) is not None:
                with naming(key):
                    handle = as_text(entry.values[key])
                namesake = self.by_handle.setdefault((entry.model, handle), entry)
                if namesake is not entry:
                    raise Refused(f"{printable(handle)} also names a row in {namesake.file}.")

    def _find_on_file(self) -> None:
        by_id: dict[type[OnRecord], dict[str, Entry]] = {}
        for entry in self.entries:
            by_id.setdefault(entry.model, {})[as_text(entry.values["id"])] = entry
        for model, entries in by_id.items():
            for public_id, row in model._default_manager.in_bulk(entries, field_name="public_id").items():
                entries[public_id].row = row

    def _make(self, entry: Entry, waiting: tuple[Entry, ...]) -> None:
        """Save the row without what hangs on it, unless it is on file already or was refused.

        Those that are waiting for it point at it, each at the next.
        """
        if entry.row is not None or entry in self.refused:
            return
        try:
            if entry in waiting:
                raise Refused("It points at itself, through other rows.")
            if len(waiting) > LONGEST_CHAIN:
                raise Refused("Too many rows wait for it, one for the other: put it before them.")
            row = self._filled_in(entry, (*waiting, entry))
            self._save(row)
        except Refused as refusal:
            self._refuse(entry, refusal)
        else:
            entry.row = row
            self.drafts.append(row)

    def _filled_in(self, entry: Entry, waiting: tuple[Entry, ...]) -> OnRecord:
        row = entry.model(public_id=as_text(entry.values["id"]))
        if entry.owner is not None:
            if row.owner in entry.values:
                raise Refused(f"{row.owner}: it is the row this one is written in.")
            setattr(row, str(row.owner), self._row_of(entry.owner, waiting))
        for key, value in entry.values.items():
            if key != "id" and key not in IGNORED and PARTS.get(key) not in row.parts:
                with naming(key):
                    self._set(row, key, value, waiting)
        return row

    def _set(self, row: models.Model, key: str, value: object, waiting: tuple[Entry, ...]) -> None:
        """Give a row the value of one field, or those of the columns of a moment."""
        if key in MOMENT_PREFIXES:
            for suffix, column_value in moment_columns({} if value is None else as_mapping(value)).items():
                with naming(suffix):
                    self._set(row, f"{MOMENT_PREFIXES[key]}{suffix}", column_value, waiting)
            return
        field = entered_field(row, key)
        if not field.is_relation:
            setattr(row, key, field_value(field, value))
        elif not field.many_to_many:
            setattr(row, key, self._resolve(field, value, waiting))

    def _resolve(
        self, field: models.Field, handle: object, waiting: tuple[Entry, ...] = ()
    ) -> OnRecord | None:
        """The row that an id or a handle names, made now if it is an entry further down."""
        if handle is None:
            return None
        model = field.related_model
        assert isinstance(model, type)
        assert issubclass(model, OnRecord)
        entry = self.by_handle.get((model, as_text(handle)))
        if entry is not None:
            return self._row_of(entry, waiting)
        row = model._default_manager.filter(public_id=handle).first()
        if row is None:
            raise Refused(f"no {model._meta.verbose_name} is called {printable(handle)}.")
        return row

    def _row_of(self, entry: Entry, waiting: tuple[Entry, ...]) -> OnRecord:
        if waiting:
            self._make(entry, waiting)
        if entry.row is None:
            raise Entangled(f"{entry.name} was refused.")
        return entry.row

    def _save(self, row: models.Model) -> None:
        for field in row._meta.fields:
            if field.is_relation and not field.null and getattr(row, field.attname) is None:
                raise Refused(f"{field.name}: it is missing.")
        if isinstance(row, OnRecord) and row.owner and getattr(row, row.owner).status != "draft":
            raise Refused(f"{row.owner}: it is on the record already, with its numbers; correct it instead.")
        save_checked(row)

    def _attach(self, entry: Entry) -> None:
        """What can only be said once the row exists: many-to-many pointers and parts."""
        for key, value in entry.values.items():
            try:
                with naming(key):
                    self._attach_one(entry, key, value)
            except Refused as refusal:
                self._refuse(entry, refusal)

    def _attach_one(self, entry: Entry, key: str, value: object) -> None:
        row = entry.row
        assert row is not None
        if PARTS.get(key) in row.parts:
            for number, written in enumerate(as_list(value), start=1):
                with naming(f"number {number}"):
                    self._add_part(row, key, number, written)
        elif key != "id" and key not in IGNORED and key not in MOMENT_PREFIXES:
            field = entered_field(row, key)
            if field.many_to_many:
                getattr(row, key).set([self._resolve(field, handle) for handle in as_list(value)])

    def _add_part(self, row: OnRecord, key: str, number: int, written: object) -> None:
        relation = row._meta.get_field(PARTS[key])
        assert isinstance(relation, models.ManyToOneRel)
        part = relation.related_model(**{relation.field.name: row})
        values = {FIELDS_OF_WORDS[key]: written} if key in FIELDS_OF_WORDS else as_mapping(written)
        if key == "chain":
            values.setdefault("step", number)
        for name, value in values.items():
            with naming(name):
                if name == relation.field.name:
                    raise Refused("it is the row this one is written in.")
                self._set(part, name, value, ())
        self._save(part)


def entered_field(row: models.Model, key: str) -> models.Field:
    """The field of that name, if people fill it in."""
    try:
        field = row._meta.get_field(key)
    except FieldDoesNotExist:
        raise Refused("there is no such field.") from None
    if isinstance(field, models.Field) and field.editable and not field.primary_key:
        target = field.related_model
        is_reference = isinstance(target, type) and issubclass(target, OnRecord)
        # Django also finds a field by the name of its column, such as facility_id: that is not how it is written.
        if field.name == key != "public_id" and (is_reference or not field.is_relation):
            return field
    raise Refused("it is not entered by hand.")
