"""A public row is corrected: a draft copy is changed, and takes its place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import models, transaction

from record.choices import WithdrawalReason
from record.models import OnRecord, Recorded, Revision, bookkeeping_of, references_of
from record.publishing.blocking import Blocked, Blocker, refuse_if_any, require_public, require_rows
from record.publishing.publication import publish_rows, with_numbers
from record.publishing.withdrawals import (
    require_no_duplicates_left,
    require_none_stranded,
    resting_on,
    withdraw_row,
)
from record.publishing.writing import RevisionWriter, field_values, lock_rows, new_revision, numbered_parts


@dataclass(frozen=True)
class Correction:
    """Drafts that take the place of the public rows they supersede, and why."""

    drafts: Sequence[OnRecord]
    reason: WithdrawalReason
    note: str | None = None


def correct(*drafts: OnRecord, reason: WithdrawalReason, note: str | None = None) -> Revision:
    """Publish drafts in place of the public rows they supersede, in one revision.

    Each superseded row, and each of its numbered parts, is withdrawn and names its successor; a
    number that was not issued again is withdrawn without one. ``revise`` makes such drafts.
    """
    require_rows(drafts)
    with new_revision() as writer:
        correct_rows(writer, Correction(drafts, reason, note))
    return writer.revision


def correct_rows(writer: RevisionWriter, correction: Correction) -> None:
    if WithdrawalReason(correction.reason).is_takedown:
        raise Blocked([Blocker(row, "A takedown is not a correction.") for row in correction.drafts])
    successors = lock_rows(correction.drafts)
    refuse_if_any(
        Blocker(row, "It supersedes no row: publish it instead.")
        for row in successors
        if row.supersedes_id is None
    )
    replaced = lock_rows([row.supersedes for row in successors if row.supersedes is not None])
    require_public(replaced)
    numbers = [part for row in replaced for part in numbered_parts(row) if part.is_public]
    leaving = [*replaced, *(part for part in numbers if part not in replaced)]
    require_none_stranded(leaving, resting_on(leaving))
    require_no_duplicates_left(leaving)
    successor_of = {(type(row), row.supersedes_id): row for row in with_numbers(successors)}
    # The old rows leave first: what is unique among public rows is then free for the new ones.
    for row in leaving:
        successor = successor_of.get((type(row), row.pk))
        withdraw_row(writer, row, correction.reason, correction.note, successor)
    publish_rows(writer, successors, correcting=True)


def revise(row: OnRecord, **changes: object) -> OnRecord:
    """A draft copy of a public row with its parts and numbers, each superseding its original (decisions.md D4).

    Nothing public changes until the draft is given to ``correct``.
    """
    if not row._meta.get_field("public_id").has_default():
        raise Blocked([Blocker(row, "Its id was chosen once: amend it instead.")])
    with transaction.atomic():
        (row,) = lock_rows([row])
        require_public([row])
        copies: dict[OnRecord, OnRecord] = {}
        draft = _copy(row, copies, changes)
        for copy in copies.values():
            # A number that names another number of its claim names the copy of that one.
            for name, target in references_of(copy):
                if target in copies and not copy._meta.get_field(name).many_to_many:
                    setattr(copy, name, copies[target])
            copy.save()
    return draft


def _copy(row: OnRecord, copies: dict[OnRecord, OnRecord], changes: dict[str, object]) -> OnRecord:
    """A draft of a row, its parts and its public numbers; ``copies`` collects which became which."""
    if getattr(row, "superseded_by", None) is not None:
        raise Blocked([Blocker(row, "A correction of it has been drafted already.")])
    values = field_values(row, without=bookkeeping_of(type(row))) | changes | {"supersedes": row}
    copy = type(row)(**values)
    copy.succeed(row)
    copy.save()
    copies[row] = copy
    for many in row._meta.many_to_many:
        getattr(copy, many.name).set(getattr(row, many.name).all())
    for part in _parts_to_copy(row):
        part_values = field_values(part, without=bookkeeping_of(type(part)))
        owner = str(getattr(part, "owner", ""))
        type(part)(**part_values | {owner: copy}).save()
    for number in numbered_parts(row):
        if number.is_public:
            _copy(number, copies, {str(number.owner): copy})
    return copy


def _parts_to_copy(row: OnRecord) -> Iterator[models.Model]:
    """Parts that hang on the first row of the chain of corrections stay there, and what was withdrawn stays behind."""
    for related_name in row.parts:
        for part in getattr(row, related_name).all():
            if not isinstance(part, Recorded) or (part.is_public and not part.follows_lineage):
                yield part
