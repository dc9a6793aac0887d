"""The only doors: the functions that change what is public. Everything else calls them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from record.choices import Action, WithdrawalReason
from record.models import Change, Ledger, OnRecord, Recorded, Revision, collections, pointers_of
from record.saving import Refused, save_checked

BOOKKEEPING = frozenset(
    {"id", "public_id", "published_rev", "withdrawn_rev", "taken_down_rev", "withdrawal_reason",
     "withdrawal_note", "replaced_by", "supersedes", "version", "search_text", "sort_at", "known_at", "local_until"}
)  # fmt: skip


@dataclass(frozen=True)
class Blocker:
    """One thing that stands in the way: of which row, by which rule, because of which other row."""

    row: models.Model
    rule: str
    target: OnRecord | None = None

    def __str__(self) -> str:
        return f"{self.row._meta.verbose_name} {getattr(self.row, 'public_id', self.row)}: {self.rule}"


class Blocked(Exception):
    """A door stayed shut; ``blockers`` says what is in the way. Nothing was changed."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        self.blockers = list(blockers)
        super().__init__("\n".join(str(blocker) for blocker in blockers))


@dataclass
class Writing:
    """One revision being written, and the rows it has touched so far."""

    revision: Revision
    touched: dict[tuple[type[Recorded], Any], Recorded] = field(default_factory=dict)

    def log(self, action: Action, row: OnRecord, **details: Any) -> None:
        self.touch(row)
        Change.objects.create(
            revision=self.revision,
            action=action,
            collection=row.collection,
            object_id=row.public_id,
            **{name: value or None for name, value in details.items()},
        )

    def touch(self, row: Recorded) -> None:
        self.touched[type(row), row.pk] = row


@contextmanager
def _writing(at: datetime | None = None) -> Iterator[Writing]:
    """A transaction whose first statement takes the revision and whose last refreshes what is kept."""
    with transaction.atomic():
        writing = Writing(Revision.take(at))
        yield writing
        for model in collections().values():
            model.refresh(list(writing.touched.values()), writing.revision)


def publish(*rows: OnRecord, note: str | None = None) -> Revision:
    """Make drafts public, together, in one revision. Their numbered parts and parts come along.

    Raises ``Blocked``, which lists everything in the way: a rule a row breaks, or a row it names
    that is neither public nor among those published here.
    """
    _refuse_nothing(rows)
    with _writing() as writing:
        _publish(writing, rows, note=note)
    return writing.revision


def withdraw(
    *rows: OnRecord,
    reason: WithdrawalReason,
    note: str | None = None,
    replaced_by: OnRecord | None = None,
    along: bool = False,
) -> Revision:
    """Take public rows off the record, finally. Each answers 410 with the reason from then on.

    Refused while other public rows rest on them, unless ``along`` takes those too
    (``resting_on`` is the preview). Takedowns, ``safety`` and ``legal``, are refused here: they
    must also hold in the past.
    """
    if WithdrawalReason(reason).is_takedown:
        raise Blocked(
            [Blocker(row, "A takedown also covers the past; withdrawing does not.") for row in rows]
        )
    _refuse_nothing(rows)
    with _writing() as writing:
        leaving = _locked(rows)
        _must_be_public(leaving)
        followers = resting_on(leaving)
        if replaced_by is not None:
            (replaced_by,) = _locked([replaced_by])
            _must_replace(leaving, followers, replaced_by)
        if not along:
            _refuse_to_strand(leaving, followers)
        for row in leaving:
            _withdraw(writing, row, reason, note, replaced_by)
        for row in followers:
            _withdraw(writing, row, reason, note, None)
    return writing.revision


def correct(*drafts: OnRecord, reason: WithdrawalReason, note: str | None = None) -> Revision:
    """Publish drafts in place of the public rows they supersede, in one revision.

    Each superseded row, and each of its numbered parts, is withdrawn and names its successor; a
    number that was not issued again is withdrawn without one. ``revise`` makes such drafts.
    """
    if WithdrawalReason(reason).is_takedown:
        raise Blocked([Blocker(row, "A takedown is not a correction.") for row in drafts])
    _refuse_nothing(drafts)
    with _writing() as writing:
        successors = _locked(drafts)
        lacking = [row for row in successors if row.supersedes_id is None]
        if lacking:
            raise Blocked([Blocker(row, "It supersedes no row: publish it instead.") for row in lacking])
        replaced = _locked([row.supersedes for row in successors if row.supersedes is not None])
        _must_be_public(replaced)
        numbers = [part for row in replaced for part in _numbered_parts(row) if part.is_public]
        leaving = [*replaced, *(part for part in numbers if part not in replaced)]
        _refuse_to_strand(leaving, resting_on(leaving))
        successor_of = {(type(row), row.supersedes_id): row for row in _with_numbers(successors)}
        for row in leaving:
            _withdraw(writing, row, reason, note, successor_of.get((type(row), row.pk)))
        _publish(writing, successors, correcting=True)
    return writing.revision


def amend(
    row: OnRecord,
    changes: dict[str, Any] | None = None,
    *,
    note: str | None = None,
    add: Iterable[Recorded] = (),
    end: Iterable[Recorded] = (),
    parts: dict[str, Sequence[models.Model]] | None = None,
) -> Revision:
    """Change in place what a public row may change, keeping old and new value.

    ``changes`` maps field names to new values (many-to-many fields to collections). ``add``
    publishes new parts of the row, such as a party or a notice; ``end`` withdraws parts. ``parts``
    puts whole lists in place of parts without a public life of their own, such as names. A frozen
    field is refused: correct the row instead.
    """
    with _writing() as writing:
        (row,) = _locked([row])
        _must_be_public([row])
        values = {}
        sets = {}
        for name, new in (changes or {}).items():
            field = _amendable(row, name)
            if field.many_to_many:
                old, new = list(getattr(row, name).all()), list(new)
                sets[name] = new
                changed = set(old) != set(new)
            else:
                new = _value(row, field, new)
                old = getattr(row, name)
                changed = old != new
                setattr(row, name, new)
            if changed:
                values[name] = [_logged(old), _logged(new)]
        for name, given in (parts or {}).items():
            if difference := _replace_parts(row, name, given):
                values[name] = difference
        row.version += 1
        _save(row, settle=True)
        for name, new in sets.items():
            getattr(row, name).set(new)
        ended = [_end_part(writing, row, part) for part in end]
        added = [_add_part(writing, row, part) for part in add]
        if added or ended:
            values["parts"] = [ended, added]
        if not values:
            raise Blocked([Blocker(row, "Nothing would change.")])
        _refuse_unsupported([row])
        if row.watched & values.keys():
            _refuse_objections([dependant for dependant, _ in row.dependants()])
        writing.log(Action.AMEND, row, note=note, values=values)
    return writing.revision


def load(batches: Iterable[tuple[datetime, Sequence[OnRecord]]]) -> Revision:
    """The starter load: publish batches under past moments, in date order, into an empty ledger.

    One transaction: all or nothing. A moment after now becomes now.
    """
    with transaction.atomic():
        revision = None
        if Ledger.head().n:
            raise Blocked([Blocker(Ledger.head(), "Past moments are for an empty ledger only.")])
        for at, rows in batches:
            if not rows:
                continue
            with _writing(min(at, timezone.now())) as writing:
                _publish(writing, rows)
            revision = writing.revision
    if revision is None:
        raise ValueError("There is nothing to load.")
    return revision


def revise(row: OnRecord, **changes: Any) -> OnRecord:
    """A draft copy of a public row with its parts and numbers, each superseding its original.

    Nothing public changes until the draft is given to ``correct``.
    """
    if not row._meta.get_field("public_id").has_default():
        raise Blocked([Blocker(row, "Its id was chosen once: amend it instead.")])
    with transaction.atomic():
        (row,) = _locked([row])
        _must_be_public([row])
        copies: dict[OnRecord, OnRecord] = {}
        draft = _copy(row, copies, **changes)
        for copy in copies.values():
            for name, target in pointers_of(copy):
                if target in copies and not copy._meta.get_field(name).many_to_many:
                    setattr(copy, name, copies[target])
            copy.save()
    return draft


def resting_on(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """Every public row that rests on these, directly or through others: what ``along`` would take."""
    rows = list(rows)
    found: dict[tuple[type[OnRecord], Any], OnRecord] = {}
    queue = list(rows)
    while queue:
        for dependant, _ in queue.pop().dependants():
            key = (type(dependant), dependant.pk)
            if dependant not in rows and key not in found:
                found[key] = dependant
                queue.append(dependant)
    return list(found.values())


def needed_by(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """Every other draft that must go public for these to: what they name, directly or through others."""
    rows = list(rows)
    found: dict[OnRecord, None] = {}
    queue = _with_numbers(rows)
    while queue:
        row = queue.pop(0)
        for _, target in row.pointers():
            if (
                target.status == "draft"
                and target.owner is None
                and target not in rows
                and target not in found
            ):
                found[target] = None
                queue += _with_numbers([target])
    return list(found)


def blockers(*rows: OnRecord) -> list[Blocker]:
    """What would keep these drafts from being published now; empty if nothing would."""
    with transaction.atomic():
        try:
            publish(*rows)
        except Blocked as blocked:
            return blocked.blockers
        finally:
            transaction.set_rollback(True)
    return []


# The steps ----------------------------------------------------------------------------------


def _locked(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """The rows as they are in the database now, held until commit; refused if someone saw an older version."""
    locked = []
    for row in dict.fromkeys(rows):
        now = type(row)._default_manager.select_for_update(no_key=True).get(pk=row.pk)
        if row.seen_version not in (None, now.version):
            raise Blocked([Blocker(now, "Somebody changed it since you opened it: look at it again.")])
        locked.append(now)
    return locked


def _refuse_nothing(rows: Sequence[OnRecord]) -> None:
    if not rows:
        raise ValueError("Name at least one row.")


def _must_be_public(rows: Iterable[OnRecord]) -> None:
    hidden = [row for row in rows if not row.is_public]
    if hidden:
        raise Blocked([Blocker(row, "It is not public.") for row in hidden])


def _must_replace(rows: Sequence[OnRecord], followers: Sequence[OnRecord], successor: OnRecord) -> None:
    stays = successor.is_public and successor not in rows and successor not in followers
    if not stays or any(type(row) is not type(successor) for row in rows):
        raise Blocked([Blocker(successor, "A successor is another public row of the same collection.")])


def _refuse_to_strand(rows: Sequence[OnRecord], followers: Iterable[OnRecord]) -> None:
    """Numbers leave with their claim; anything else that rests on the rows is in the way."""
    numbers = [part for row in rows for part in _numbered_parts(row)]
    stranded = [row for row in followers if row not in numbers]
    if stranded:
        raise Blocked(
            [Blocker(row, "It is public and rests on what would be withdrawn.") for row in stranded]
        )


def _numbered_parts(row: OnRecord) -> Iterator[OnRecord]:
    for related_name in row.numbered_parts:
        yield from getattr(row, related_name).all()


def _with_numbers(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """The rows and their draft numbered parts, each once."""
    all_rows = list(rows)
    for row in list(all_rows):
        all_rows += [part for part in _numbered_parts(row) if part.status == "draft" and part not in all_rows]
    return all_rows


def _publish(
    writing: Writing, rows: Iterable[OnRecord], correcting: bool = False, note: str | None = None
) -> None:
    rows = _with_numbers(_locked(rows))
    for row in rows:
        if (
            row.owner
            and row.supersedes_id is None
            and getattr(row, row.owner).status != "draft"
            and getattr(row, row.owner) not in rows
        ):
            raise Blocked([Blocker(row, f"{row.owner}: it is frozen, with its numbers; correct it instead.")])
    drafted = [row for row in rows if row.status != "draft"]
    if drafted:
        raise Blocked([Blocker(row, f"It is not a draft but {row.status}.") for row in drafted])
    if not correcting:
        corrections = [row for row in rows if row.supersedes_id is not None]
        if corrections:
            raise Blocked([Blocker(row, "It supersedes a row: correct that one.") for row in corrections])
    for row in rows:
        row.published_rev = writing.revision
        row.version += 1
        row.settle()
        row.save()
        for part in _parts(row):
            if part.published_rev_id is None:
                part.published_rev = writing.revision
                part.save(update_fields=["published_rev"])
        writing.log(Action.PUBLISH, row, note=note)
    _refuse_unsupported(rows)


def _withdraw(
    writing: Writing, row: OnRecord, reason: WithdrawalReason, note: str | None, replaced_by: OnRecord | None
) -> None:
    row.withdrawn_rev = writing.revision
    row.withdrawal_reason = reason
    row.withdrawal_note = note or None
    row.replaced_by = replaced_by
    row.version += 1
    row.save(
        update_fields=["withdrawn_rev", "withdrawal_reason", "withdrawal_note", "replaced_by", "version"]
    )
    for part in _parts(row):
        if part.is_public and not part.follows_lineage:
            part.withdrawn_rev = writing.revision
            part.save(update_fields=["withdrawn_rev"])
    successor = replaced_by.public_id if replaced_by else None
    writing.log(Action.WITHDRAW, row, reason=reason, note=note, replaced_by=successor)


def _parts(row: OnRecord) -> Iterator[Recorded]:
    """The parts that have a public life of their own within the row's."""
    for related_name in row.parts:
        for part in getattr(row, related_name).all():
            if isinstance(part, Recorded):
                yield part


def _save(row: models.Model, settle: bool = False) -> None:
    """Save by the rules of one row: its constraints, its vocabularies, what it must have."""
    try:
        save_checked(row, settle=row.settle if settle and isinstance(row, OnRecord) else None)
    except Refused as refused:
        raise Blocked([Blocker(row, str(refused))]) from refused


def _refuse_unsupported(rows: Sequence[OnRecord]) -> None:
    """Rules that span rows: closure, and what the models themselves object to."""
    problems = []
    for row in rows:
        for name, target in row.pointers():
            if not target.is_public and target not in rows:
                problems.append(
                    Blocker(row, f"{name}: {target.public_id} is {target.status}, not public.", target)
                )
        problems += [Blocker(row, rule) for rule in row.objections()]
    if problems:
        raise Blocked(problems)


def _refuse_objections(rows: Iterable[OnRecord]) -> None:
    """What other rows have against a change of the one they rest on."""
    problems = [Blocker(row, rule) for row in rows for rule in row.objections()]
    if problems:
        raise Blocked(problems)


def _amendable(row: OnRecord, name: str) -> Any:
    """The field of that name, if a public row may change it."""
    try:
        model_field = row._meta.get_field(name)
    except FieldDoesNotExist:
        raise Blocked([Blocker(row, f"{name}: there is no such field.")]) from None
    if model_field.name != name:
        raise Blocked([Blocker(row, f"{name}: there is no such field.")])
    if name in row.frozen or name in BOOKKEEPING or model_field.auto_created:
        raise Blocked([Blocker(row, f"{name}: frozen since it was published; correct the row instead.")])
    return model_field


def _value(row: OnRecord, field: Any, given: Any) -> Any:
    """A value as the field keeps it, whatever it was handed as; a pointer's target as it is now."""
    if isinstance(given, OnRecord):
        return _locked([given])[0]
    try:
        return given if field.is_relation else field.to_python(given)
    except ValidationError as error:
        raise Blocked([Blocker(row, f"{field.name}: {' '.join(error.messages)}")]) from error


def _logged(value: Any) -> Any:
    if isinstance(value, OnRecord):
        return value.public_id
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, Iterable):
        return sorted(_logged(one) for one in value)
    return DjangoJSONEncoder().default(value)


def _replace_parts(row: OnRecord, name: str, given: Sequence[models.Model]) -> list[list[str]] | None:
    """Make these the parts of that name; returns how the old and the new ones read, if they differ."""
    if name not in row.parts or name in row.frozen_parts or any(isinstance(part, Recorded) for part in given):
        raise Blocked([Blocker(row, f"{name}: its parts cannot be replaced; correct the row instead.")])
    old = {part.pk: part for part in getattr(row, name).all()}
    kept = {part.pk for part in given if part.pk is not None}
    if not kept <= old.keys():
        raise Blocked([Blocker(row, f"{name}: a part belongs to another row, or is gone.")])
    before = {pk: _values(part, ()) for pk, part in old.items()}
    for pk in old.keys() - kept:
        type(old[pk])._default_manager.filter(pk=pk).delete()
    for part in given:
        setattr(part, str(getattr(part, "owner", "")), row)
        _save(part)
    if before == {part.pk: _values(part, ()) for part in given}:
        return None
    return [[str(part) for part in old.values()], [str(part) for part in given]]


def _add_part(writing: Writing, row: OnRecord, part: Recorded) -> str:
    if not isinstance(part, Recorded):
        raise Blocked([Blocker(row, f"{part}: it has no public life of its own; correct the row instead.")])
    if part.pk is not None:
        part.refresh_from_db(fields=["published_rev"])
    if part.published_rev_id is not None:
        raise Blocked([Blocker(part, "It is or was on the record already.")])
    part.published_rev = writing.revision
    setattr(part, str(part.owner), row.anchor() if part.follows_lineage else row)
    _save(part)
    writing.touch(part)
    return str(part)


def _end_part(writing: Writing, row: OnRecord, part: Recorded) -> str:
    if not isinstance(part, Recorded):
        raise Blocked([Blocker(row, f"{part}: it has no public life of its own; correct the row instead.")])
    part.refresh_from_db()
    if getattr(part, str(part.owner)) not in (row, row.anchor()) or not part.is_public:
        raise Blocked([Blocker(part, f"It is not a public part of {row.public_id}.")])
    part.withdrawn_rev = writing.revision
    part.save(update_fields=["withdrawn_rev"])
    writing.touch(part)
    return str(part)


def _copy(row: OnRecord, copies: dict[OnRecord, OnRecord], **changes: Any) -> OnRecord:
    """A draft of a row, its parts and its public numbers; ``copies`` collects which became which."""
    if getattr(row, "superseded_by", None) is not None:
        raise Blocked([Blocker(row, "A correction of it has been drafted already.")])
    values: dict[str, Any] = _values(row, BOOKKEEPING) | changes | {"supersedes": row}
    copy = type(row)(**values)
    copy.succeed(row)
    copy.save()
    copies[row] = copy
    for many in row._meta.many_to_many:
        getattr(copy, many.name).set(getattr(row, many.name).all())
    for related_name in row.parts:
        for part in getattr(row, related_name).all():
            if isinstance(part, Recorded) and (part.follows_lineage or not part.is_public):
                continue
            type(part)(**(_values(part, BOOKKEEPING) | {part.owner: copy})).save()
    for number in _numbered_parts(row):
        if number.is_public:
            _copy(number, copies, **{str(number.owner): copy})
    return copy


def _values(row: models.Model, without: Iterable[str]) -> dict[str, Any]:
    fields = [f for f in row._meta.concrete_fields if f.name not in without and not f.generated]
    return {f.name: getattr(row, f.name) for f in fields}
