"""What editors put right in the starter data: files below `corrections/`, each of them one revision.

A file says when it was made, which rows are new, what is amended in place and which rows are corrected.
`fixtures/README.md` explains the format.
"""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import models

from record import publishing
from record.choices import Action, WithdrawalReason
from record.models import Change, OnRecord, Recorded, bookkeeping_of
from record.saving import Refused
from strikes.imports.drafts import (
    MOMENT_PREFIXES,
    NO_FIELDS,
    PARTS,
    SUPERSEDES,
    Drafting,
    entered_field,
    import_bundle,
)
from strikes.imports.entries import Entry, entries_of
from strikes.imports.problems import BundleError, Problem, naming, printable
from strikes.imports.values import as_list, as_mapping, as_text, as_utc

KEYS = {"made", "new", "amendments", "corrections"}


@dataclass(frozen=True)
class Group:
    """Rows that are amended or corrected for one reason."""

    entries: list[Entry]
    note: str
    reason: WithdrawalReason | None = None
    """Null for amendments, which have none."""


@dataclass(frozen=True)
class CorrectionFile:
    """One file, before anything of it is done."""

    name: str
    made: dt.datetime
    new: list[Entry]
    amendments: list[Group]
    corrections: list[Group]

    @property
    def notes(self) -> set[str]:
        return {group.note for group in self.amendments}

    @property
    def entries(self) -> list[Entry]:
        groups = [*self.amendments, *self.corrections]
        return self.new + [entry for group in groups for entry in group.entries]


@dataclass
class Done:
    """How much of it was done, and what was left alone because an editor had changed or withdrawn it since."""

    rows: int = 0
    amendments: int = 0
    corrections: int = 0
    left_alone: list[str] = field(default_factory=list)


# Reading -------------------------------------------------------------------------------------------------


def correction_file(written: object, name: str) -> CorrectionFile:
    """The file as it is written. Raises ``BundleError``."""
    try:
        values = as_mapping(written)
        if unknown := values.keys() - KEYS:
            raise Refused(
                f"{printable(', '.join(sorted(unknown)))}: one of {', '.join(sorted(KEYS))} is meant."
            )
        with naming("made"):
            made = as_utc(values.get("made"))
        amendments = [_group(group, name) for group in _listed(values, "amendments")]
        corrections = [_group(group, name, corrects=True) for group in _listed(values, "corrections")]
    except Refused as refusal:
        raise BundleError([Problem(name, "the file", str(refusal))]) from refusal
    return CorrectionFile(name, made, entries_of(values.get("new") or {}, name), amendments, corrections)


def _listed(values: Mapping[str, object], key: str) -> list[dict[str, object]]:
    with naming(key):
        return [as_mapping(group) for group in as_list(values.get(key))]


def _group(values: dict[str, object], file: str, corrects: bool = False) -> Group:
    if unknown := values.keys() - {"rows", "note", *(["reason"] if corrects else [])}:
        raise Refused(
            f"{printable(', '.join(sorted(unknown)))}: a group has rows, a note and, if it corrects, a reason."
        )
    with naming("note"):
        note = as_text(values.get("note"))
    entries = entries_of(values.get("rows") or {}, file)
    if not corrects:
        return Group(entries, note)
    with naming("reason"):
        reason = as_text(values.get("reason"))
        if reason not in WithdrawalReason.values:
            raise Refused(f"{printable(reason)}: one of {', '.join(WithdrawalReason.values)} is meant.")
    for entry in entries:
        if entry.owner is None and SUPERSEDES not in entry.values:
            raise Refused(f"{entry.name}: it does not say which row it {SUPERSEDES}.")
    return Group(entries, note, WithdrawalReason(reason))


# Doing ---------------------------------------------------------------------------------------------------


def batch_of(file: CorrectionFile, notes: Collection[str], done: Done) -> publishing.Batch:
    """What is still to do of a file. ``notes`` are those of all files: an amendment with another is an editor's."""
    try:
        corrections = [_to_do(group, done) for group in file.corrections]
        drafts = set(import_bundle([*file.new, *(entry for group in corrections for entry in group.entries)]))
        amendments = [
            _amendment(entry, group.note, notes, done) for group in file.amendments for entry in group.entries
        ]
        _require_one_amendment_of_a_field(file)
    except Refused as refusal:
        raise BundleError([Problem(file.name, "the file", str(refusal))]) from refusal
    batch = publishing.Batch(
        [row for row in _owners(file.new) if row in drafts],
        [amendment for amendment in amendments if amendment],
        [_correction(group) for group in corrections if group.entries],
    )
    done.rows += sum(entry.row in drafts for entry in file.new)
    done.amendments += len(batch.amendments)
    done.corrections += sum(len(correction.drafts) for correction in batch.corrections)
    return batch


def _require_one_amendment_of_a_field(file: CorrectionFile) -> None:
    seen: set[tuple[OnRecord | None, str]] = set()
    for entry in (entry for group in file.amendments for entry in group.entries):
        for key in entry.values.keys() - NO_FIELDS:
            if (entry.row, key) in seen:
                raise BundleError([entry.problem(f"{key}: it is amended twice in this file.")])
            seen.add((entry.row, key))


def _owners(entries: Iterable[Entry]) -> list[OnRecord]:
    """The rows, without the numbers that go public with them."""
    return [entry.row for entry in entries if entry.row is not None and entry.owner is None]


def _correction(group: Group) -> publishing.Correction:
    assert group.reason is not None
    return publishing.Correction(_owners(group.entries), group.reason, group.note)


def _to_do(group: Group, done: Done) -> Group:
    """The corrections of a group that were not made already, if what they correct is public still.

    What is left of a group is done or left alone as a whole: its rows may name each other.
    """
    to_do: set[Entry] = set()
    gone = []
    for entry in group.entries:
        if entry.owner is None and not _is_made(entry):
            to_do.add(entry)
            row = _row_on_file(entry, SUPERSEDES)
            if not row.is_public or hasattr(row, "superseded_by"):
                gone.append(entry.name)
    done.left_alone += gone
    entries = [] if gone else [entry for entry in group.entries if (entry.owner or entry) in to_do]
    return Group(entries, group.note, group.reason)


def _is_made(entry: Entry) -> bool:
    """Whether the row that an entry makes is there; it is refused if that is another."""
    row = entry.model._default_manager.filter(public_id=as_text(entry.values.get("id"))).first()
    if row is None:
        return False
    if row.supersedes is None or row.supersedes.public_id != entry.values[SUPERSEDES]:
        raise BundleError([entry.problem("id: it is that of another row.")])
    return True


def _row_on_file(entry: Entry, key: str) -> OnRecord:
    with naming(f"{entry.model.collection} {entry.name}: {key}"):
        handle = as_text(entry.values.get(key))
    row = entry.model._default_manager.filter(public_id=handle).first()
    if row is None:
        rule = f"{key}: no {entry.model._meta.verbose_name} is called {printable(handle)}."
        raise BundleError([entry.problem(rule)])
    return row


def _amendment(entry: Entry, note: str, notes: Collection[str], done: Done) -> publishing.Amendment | None:
    """What an entry changes in the row on the record; null if it reads so already, or if somebody changed the same since."""
    row = entry.row = _row_on_file(entry, "id")
    if not row.is_public:
        done.left_alone.append(entry.name)
        return None
    try:
        amendment = _changes(row, entry, note)
    except Refused as refusal:
        raise BundleError([entry.problem(str(refusal))]) from refusal
    would_change = {
        *amendment.changes,
        *amendment.parts,
        *(["parts"] if amendment.add or amendment.end else []),
    }
    earlier = Change.objects.filter(action=Action.AMEND, collection=row.collection, object_id=row.public_id)
    for change in earlier:
        # With this very note it was done before, and somebody has changed it back or the file.
        if (change.note == note or change.note not in notes) and would_change & (change.values or {}).keys():
            done.left_alone.append(entry.name)
            return None
    return amendment


def _changes(row: OnRecord, entry: Entry, note: str) -> publishing.Amendment:
    """The entry says how the row should read: only what differs is amended."""
    drafting, wanted = Drafting([]), copy.copy(row)
    targets: dict[str, object] = {}
    add: list[Recorded] = []
    end: list[Recorded] = []
    parts: dict[str, Sequence[models.Model]] = {}
    for key, value in entry.values.items():
        if key in NO_FIELDS:
            continue
        with naming(key):
            if PARTS.get(key) in row.parts:
                written = [
                    drafting.new_part(row, key, n, part) for n, part in enumerate(as_list(value), start=1)
                ]
                new, gone, staying = _compared(list(getattr(row, PARTS[key]).all()), written)
                if any(isinstance(part, Recorded) for part in [*written, *gone]):
                    add += [part for part in new if isinstance(part, Recorded)]
                    end += [part for part in gone if isinstance(part, Recorded) and part.is_public]
                elif new or gone:
                    parts[PARTS[key]] = [*staying, *new]
            elif key not in MOMENT_PREFIXES and entered_field(row, key).many_to_many:
                targets[key] = [
                    drafting.resolve(entered_field(row, key), handle) for handle in as_list(value)
                ]
            else:
                drafting.set_field(wanted, key, value)
    before, after = publishing.field_values(row), publishing.field_values(wanted)
    changes = {name: value for name, value in after.items() if value != before[name]}
    return publishing.Amendment(row, changes | targets, note, add, end, parts)


def _compared(
    present: Sequence[models.Model], written: Sequence[models.Model]
) -> tuple[list[models.Model], list[models.Model], list[models.Model]]:
    """The parts that are new, those that are gone, and those that stay as they are."""
    present = [part for part in present if not isinstance(part, Recorded) or part.is_public]
    said = {_content(part): part for part in present}
    wanted = {_content(part): part for part in written}
    new = [part for content, part in wanted.items() if content not in said]
    gone = [part for content, part in said.items() if content not in wanted]
    return new, gone, [part for content, part in said.items() if content in wanted]


def _content(part: models.Model) -> tuple[tuple[str, object], ...]:
    """What a part says, to compare it with another."""
    kept = bookkeeping_of(type(part)) if isinstance(part, Recorded) else {"id"}
    values = publishing.field_values(part, without=kept)
    return tuple((name, str(value) if isinstance(value, list) else value) for name, value in values.items())
