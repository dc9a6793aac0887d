"""Rows go public, leave, are corrected and are amended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.utils import timezone

from record.choices import Action, WithdrawalReason
from record.models import Ledger, Merge, OnRecord, Recorded, Revision, references_of
from record.publishing.writing import (
    Blocked,
    Blocker,
    Writing,
    acquainted,
    bookkeeping_of,
    locked,
    must_be_public,
    numbered_parts,
    opened,
    parts_of,
    refuse_nothing,
    refuse_objections,
    save,
)


def publish(*rows: OnRecord, note: str | None = None) -> Revision:
    """Make drafts public, together, in one revision. Their numbered parts and parts come along.

    Raises ``Blocked``, which lists everything in the way: a rule a row breaks, or a row it names
    that is neither public nor among those published here.
    """
    refuse_nothing(rows)
    with opened() as writing:
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
    (``resting_on`` is the preview), and while a public row that stays is merged into one of them.
    ``safety`` and ``legal`` are refused here: they must also hold in the past, which is `takedown`.
    """
    if WithdrawalReason(reason).is_takedown:
        raise Blocked(
            [Blocker(row, "Withdrawing does not cover the past: take it down instead.") for row in rows]
        )
    refuse_nothing(rows)
    with opened() as writing:
        leaving = locked(rows)
        must_be_public(leaving)
        followers = resting_on(leaving)
        if replaced_by is not None:
            (replaced_by,) = locked([replaced_by])
            _must_replace(leaving, followers, replaced_by)
        if not along:
            _refuse_to_strand(leaving, followers)
        _refuse_survivors([*leaving, *followers])
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
    refuse_nothing(drafts)
    with opened() as writing:
        successors = locked(drafts)
        lacking = [row for row in successors if row.supersedes_id is None]
        if lacking:
            raise Blocked([Blocker(row, "It supersedes no row: publish it instead.") for row in lacking])
        replaced = locked([row.supersedes for row in successors if row.supersedes is not None])
        must_be_public(replaced)
        numbers = [part for row in replaced for part in numbered_parts(row) if part.is_public]
        leaving = [*replaced, *(part for part in numbers if part not in replaced)]
        _refuse_to_strand(leaving, resting_on(leaving))
        _refuse_survivors(leaving)
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
    with opened() as writing:
        (row,) = locked([row])
        must_be_public([row])
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
        save(row, before_publish=True)
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
            refuse_objections([dependant for dependant, _ in row.dependants()])
        writing.log(Action.AMEND, row, note=note, values=values)
    return writing.revision


def publish_dated(batches: Iterable[tuple[datetime, Sequence[OnRecord]]]) -> Revision:
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
            with opened(min(at, timezone.now())) as writing:
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
        (row,) = locked([row])
        must_be_public([row])
        copies: dict[OnRecord, OnRecord] = {}
        draft = _copy(row, copies, **changes)
        for copy in copies.values():
            for name, target in references_of(copy):
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
        for _, target in row.references():
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


def _must_replace(rows: Sequence[OnRecord], followers: Sequence[OnRecord], successor: OnRecord) -> None:
    stays = successor.is_public and successor not in rows and successor not in followers
    if not stays or any(type(row) is not type(successor) for row in rows):
        raise Blocked([Blocker(successor, "A successor is another public row of the same collection.")])


def _refuse_to_strand(rows: Sequence[OnRecord], followers: Iterable[OnRecord]) -> None:
    """Numbers leave with their claim; anything else that rests on the rows is in the way."""
    numbers = [part for row in rows for part in numbered_parts(row)]
    stranded = [row for row in followers if row not in numbers]
    if stranded:
        raise Blocked(
            [Blocker(row, "It is public and rests on what would be withdrawn.") for row in stranded]
        )


def _refuse_survivors(leaving: Sequence[OnRecord]) -> None:
    """A row stays while another that stays is merged into it."""
    stranded_duplicates = []
    for row in leaving:
        if row.mergeable:
            merges = Merge.objects.active().filter(collection=row.collection, survivor=row.public_id)
            losers = type(row)._default_manager.cited().filter(public_id__in=merges.values("loser"))
            stranded_duplicates += [(row, loser) for loser in losers if loser not in leaving]
    if stranded_duplicates:
        raise Blocked(
            [
                Blocker(row, f"{loser.public_id} is merged into it: undo that first.", loser)
                for row, loser in stranded_duplicates
            ]
        )


def _with_numbers(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """The rows and their draft numbered parts, each once."""
    all_rows = list(rows)
    for row in list(all_rows):
        all_rows += [part for part in numbered_parts(row) if part.status == "draft" and part not in all_rows]
    return all_rows


def _publish(
    writing: Writing, rows: Iterable[OnRecord], correcting: bool = False, note: str | None = None
) -> None:
    rows = acquainted(_with_numbers(acquainted(locked(rows))))
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
        row.before_publish()
        row.save()
        for part in parts_of(row):
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
    for part in parts_of(row):
        if part.is_public and not part.follows_lineage:
            part.withdrawn_rev = writing.revision
            part.save(update_fields=["withdrawn_rev"])
    successor = replaced_by.public_id if replaced_by else None
    writing.log(Action.WITHDRAW, row, reason=reason, note=note, replaced_by=successor)


def _refuse_unsupported(rows: Sequence[OnRecord]) -> None:
    """Rules that span rows: closure, and what the models themselves object to."""
    problems = []
    for row in rows:
        for name, target in row.references():
            if not target.is_public and target not in rows:
                problems.append(
                    Blocker(row, f"{name}: {target.public_id} is {target.status}, not public.", target)
                )
        problems += [Blocker(row, rule) for rule in row.objections()]
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
    if name in row.frozen or name in bookkeeping_of(type(row)) or model_field.auto_created:
        raise Blocked([Blocker(row, f"{name}: frozen since it was published; correct the row instead.")])
    return model_field


def _value(row: OnRecord, field: Any, given: Any) -> Any:
    """A value as the field keeps it, whatever it was handed as; a pointer's target as it is now."""
    if isinstance(given, OnRecord):
        return locked([given])[0]
    try:
        return given if field.is_relation else field.to_python(given)
    except ValidationError as error:
        raise Blocked([Blocker(row, f"{field.name}: {' '.join(error.messages)}")]) from error


def _logged(value: Any) -> Any:
    if isinstance(value, OnRecord):
        return value.public_id
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
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
        save(part)
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
    save(part)
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
    values: dict[str, Any] = _values(row, bookkeeping_of(type(row))) | changes | {"supersedes": row}
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
            type(part)(**(_values(part, bookkeeping_of(type(part))) | {part.owner: copy})).save()
    for number in numbered_parts(row):
        if number.is_public:
            _copy(number, copies, **{str(number.owner): copy})
    return copy


def _values(row: models.Model, without: Iterable[str]) -> dict[str, Any]:
    fields = [f for f in row._meta.concrete_fields if f.name not in without and not f.generated]
    return {f.name: getattr(row, f.name) for f in fields}
