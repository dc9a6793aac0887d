"""Turning the rows of a bundle into drafts, all or nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction

from record import publishing
from record.models import OnRecord, Recorded
from record.moments import columns_of
from record.saving import Refused, save_checked
from sources.models import ReportNotice
from strikes.imports.entries import HANDLES, Entry
from strikes.imports.moments import moment_columns
from strikes.imports.problems import BundleError, Entangled, Problem, naming, printable
from strikes.imports.values import as_list, as_mapping, as_text, field_value, must_be_storable
from strikes.models import Claim

MOMENT_PREFIXES = {
    "issued": "issued_",
    "said": "said_",
    "disclosed": "disclosed_",
    "event": "event_",
    "when": "",
}
"""The keys under which a bundle writes a moment, with what the names of its columns begin with."""
PARTS = {
    "chain": "chain",
    "evidence": "evidence_links",
    "identifiers": "identifiers",
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
SUPERSEDES = "supersedes"
"""The key under which a row says which public row it corrects: what it does not say it takes over from there."""
DROPPED = "dropped"
"""The key under which a correction names the numbers of the old claim that are not issued again."""
NO_FIELDS = {"id", "ref", "fact", SUPERSEDES, DROPPED}
"""Keys that name rows, and no field that is filled in."""
LONGEST_CHAIN = 50  # of rows that each wait for one further down; a hundred more and Python gives up


def import_bundle(entries: Iterable[Entry]) -> list[OnRecord]:
    """Make drafts of the entries that are not on file yet. Raises ``BundleError`` and keeps nothing
    if any of them breaks a rule of its own; what they say together is judged when they are published.
    """
    drafting = Drafting(list(entries))
    with transaction.atomic():
        drafting.run()
        if drafting.problems:
            raise BundleError(drafting.problems)
    return drafting.drafts


class Drafting:
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
                if entry.row.supersedes_id is not None:
                    self._settle_numbers(entry.row, entry, drafts)

    def _refuse(self, entry: Entry, refusal: Refused) -> None:
        self.refused.add(entry)
        if not isinstance(refusal, Entangled):
            self.problems.append(entry.problem(str(refusal)))

    def _settle_numbers(self, row: OnRecord, entry: Entry, drafts: Collection[OnRecord]) -> None:
        """Each number of the old claim is issued again under an id that the bundle says, or dropped."""
        try:
            with naming(DROPPED):
                dropped = {as_text(number) for number in as_list(entry.values.get(DROPPED))}
        except Refused as refusal:
            return self._refuse(entry, refusal)
        copies = {
            str(number.supersedes.public_id): number
            for number in publishing.numbered_parts(row)
            if number not in drafts and number.supersedes is not None
        }
        for earlier in sorted(copies.keys() - dropped):  # its copy would have another id on every machine
            rule = f"{earlier}: say under which id it is issued again, or that it is {DROPPED}."
            self.problems.append(entry.problem(rule))
        for stranger in sorted(dropped - copies.keys()):
            rule = f"{DROPPED}: {printable(stranger)} is no number of the claim, or is issued again."
            self.problems.append(entry.problem(rule))
        if not self.problems:
            self._drop(entry, list(copies.values()))
        return None

    def _drop(self, entry: Entry, numbers: Sequence[OnRecord]) -> None:
        """Delete copies of numbers, each after those that name it."""
        named = {target for number in numbers for _, target in number.references()}
        free = [number for number in numbers if number not in named]
        still_named = [number for number in numbers if number in named]
        for number in free:
            try:
                number.delete()
            except models.ProtectedError:
                assert number.supersedes is not None
                rule = f"{DROPPED}: {number.supersedes.public_id} is named by a number that is issued again."
                self.problems.append(entry.problem(rule))
        if still_named and not self.problems:
            self._drop(entry, still_named)

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
        owner = None
        if entry.owner is not None:
            if entry.model.owner in entry.values:
                raise Refused(f"{entry.model.owner}: it is the row this one is written in.")
            owner = self._row_of(entry.owner, waiting)
        row = self._begun(entry, owner)
        for key, value in entry.values.items():
            if key not in NO_FIELDS and PARTS.get(key) not in row.parts:
                with naming(key):
                    self.set_field(row, key, value, waiting)
        return row

    def _begun(self, entry: Entry, owner: OnRecord | None) -> OnRecord:
        """A new row with its id or, where it supersedes another, the draft of a correction of that one."""
        public_id = as_text(entry.values["id"])
        earlier = entry.values.get(SUPERSEDES)
        if earlier is None:
            return entry.model(
                public_id=public_id, **({} if owner is None else {str(entry.model.owner): owner})
            )
        with naming(SUPERSEDES):
            superseded = self._row_named(entry.model, as_text(earlier), ())
            row = draft_of_correction(superseded) if owner is None else copied_number(superseded, owner)
        row.public_id = public_id
        return row

    def set_field(self, row: models.Model, key: str, value: object, waiting: tuple[Entry, ...] = ()) -> None:
        """Give a row the value of one field, or those of the columns of a moment."""
        if key in MOMENT_PREFIXES:
            if row.pk is not None:  # a copy: the whole moment is said anew
                for column in columns_of(MOMENT_PREFIXES[key]):
                    setattr(row, column, None)
            for suffix, column_value in moment_columns({} if value is None else as_mapping(value)).items():
                with naming(suffix):
                    self.set_field(row, f"{MOMENT_PREFIXES[key]}{suffix}", column_value, waiting)
            return
        field = entered_field(row, key)
        if isinstance(row, ReportNotice) and key == "claims":
            row.claims = self._lineages_touched(row, as_list(value))
        elif not field.is_relation:
            setattr(row, key, field_value(field, value))
        elif not field.many_to_many:
            setattr(row, key, self.resolve(field, value, waiting))

    def _lineages_touched(self, notice: ReportNotice, handles: Sequence[object]) -> list[str]:
        """The claims that a notice names, by their lineages. Parts are made last, so they are there by now."""
        lineages: dict[str, None] = {}  # a set that keeps its order
        for handle in handles:
            claim = self._row_named(Claim, as_text(handle), ())
            assert isinstance(claim, Claim)
            if claim.report_id != notice.report_id:
                raise Refused(f"{printable(handle)} was read in another report.")
            lineages[claim.lineage] = None
        return list(lineages)

    def resolve(
        self, field: models.Field, handle: object, waiting: tuple[Entry, ...] = ()
    ) -> OnRecord | None:
        """The row that an id or a handle names, made now if it is an entry further down."""
        if handle is None:
            return None
        model = field.related_model
        assert isinstance(model, type)
        assert issubclass(model, OnRecord)
        return self._row_named(model, as_text(handle), waiting)

    def _row_named(self, model: type[OnRecord], handle: str, waiting: tuple[Entry, ...]) -> OnRecord:
        entry = self.by_handle.get((model, handle))
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
            if row.supersedes_id is not None:
                self._drop_copied_parts(row, key)
            for number, written in enumerate(as_list(value), start=1):
                with naming(f"number {number}"):
                    self._add_part(row, key, number, written)
        elif key not in NO_FIELDS and key not in MOMENT_PREFIXES:
            field = entered_field(row, key)
            if field.many_to_many:
                getattr(row, key).set([self.resolve(field, handle) for handle in as_list(value)])

    def _drop_copied_parts(self, row: OnRecord, key: str) -> None:
        """The draft of a correction has the parts of the row it corrects, until it says others."""
        part_model = row._meta.get_field(PARTS[key]).related_model
        assert isinstance(part_model, type)
        if issubclass(part_model, Recorded) and part_model.follows_lineage:
            raise Refused("they outlive each correction: amend them instead.")
        getattr(row, PARTS[key]).all().delete()

    def _add_part(self, row: OnRecord, key: str, number: int, written: object) -> None:
        self._save(self.new_part(row, key, number, written))

    def new_part(self, row: OnRecord, key: str, number: int, written: object) -> models.Model:
        """A part of a row as it is written under a key, not saved."""
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
                self.set_field(part, name, value)
        return part


def draft_of_correction(superseded: OnRecord) -> OnRecord:
    """A draft copy of a public row, which says how it should read."""
    try:
        return publishing.revise(superseded)
    except publishing.Blocked as blocked:
        raise Refused(blocked.blockers[0].rule) from blocked


def copied_number(superseded: OnRecord, owner: OnRecord) -> OnRecord:
    """The copy of a number in the draft of a correction of its claim."""
    row: OnRecord | None = getattr(superseded, "superseded_by", None)
    if row is None or getattr(row, str(row.owner)) != owner:
        raise Refused(f"{superseded.public_id} is no public number of the row that is corrected.")
    setattr(row, str(row.owner), owner)
    return row


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
