"""Public rows leave the record, and what rests on them is in the way or leaves along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from record.choices import Action, WithdrawalReason
from record.graphs import reached
from record.models import Merge, OnRecord, Revision
from record.publishing.blocking import Blocked, Blocker, refuse_if_any, require_public, require_rows
from record.publishing.writing import RevisionWriter, lock_rows, new_revision, numbered_parts, parts_of


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
    require_rows(rows)
    with new_revision() as writer:
        leaving = lock_rows(rows)
        require_public(leaving)
        followers = resting_on(leaving)
        if replaced_by is not None:
            (replaced_by,) = lock_rows([replaced_by])
            _require_replacement(leaving, followers, replaced_by)
        if not along:
            require_none_stranded(leaving, followers)
        require_no_duplicates_left([*leaving, *followers])
        for row in leaving:
            withdraw_row(writer, row, reason, note, replaced_by)
        for row in followers:
            # They leave because of the others: nothing stands in their place.
            withdraw_row(writer, row, reason, note, None)
    return writer.revision


def resting_on(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """Every public row that rests on these, directly or through others: what ``along`` would take."""
    return reached(rows, _dependants, newest_first=True)


def _dependants(row: OnRecord) -> Iterator[OnRecord]:
    return (dependant for dependant, _ in row.dependants())


# The steps, which a correction takes too ------------------------------------------------------------------


def _require_replacement(
    leaving: Sequence[OnRecord], followers: Sequence[OnRecord], replacement: OnRecord
) -> None:
    stays = replacement.is_public and replacement not in leaving and replacement not in followers
    if not stays or any(type(row) is not type(replacement) for row in leaving):
        raise Blocked([Blocker(replacement, "A successor is another public row of the same collection.")])


def require_none_stranded(leaving: Sequence[OnRecord], followers: Iterable[OnRecord]) -> None:
    """Numbers leave with their claim; anything else that rests on the rows is in the way."""
    numbers = [number for row in leaving for number in numbered_parts(row)]
    refuse_if_any(
        Blocker(row, "It is public and rests on what would be withdrawn.")
        for row in followers
        if row not in numbers
    )


def require_no_duplicates_left(leaving: Sequence[OnRecord]) -> None:
    """A row stays while another that stays is merged into it."""
    blockers = []
    for row in leaving:
        if row.mergeable:
            merges = Merge.objects.active().filter(collection=row.collection, survivor=row.public_id)
            duplicates = type(row)._default_manager.cited().filter(public_id__in=merges.values("loser"))
            blockers += [
                Blocker(row, f"{duplicate.public_id} is merged into it: undo that first.", duplicate)
                for duplicate in duplicates
                if duplicate not in leaving
            ]
    refuse_if_any(blockers)


def withdraw_row(
    writer: RevisionWriter,
    row: OnRecord,
    reason: WithdrawalReason,
    note: str | None,
    replaced_by: OnRecord | None,
) -> None:
    row.withdrawn_rev = writer.revision
    row.withdrawal_reason = reason
    row.withdrawal_note = note or None
    row.replaced_by = replaced_by
    row.version += 1
    row.save(
        update_fields=["withdrawn_rev", "withdrawal_reason", "withdrawal_note", "replaced_by", "version"]
    )
    for part in parts_of(row):
        if part.is_public and not part.follows_lineage:
            part.withdrawn_rev = writer.revision
            part.save(update_fields=["withdrawn_rev"])
    successor = replaced_by.public_id if replaced_by else None
    writer.log(Action.WITHDRAW, row, reason=reason, note=note, replaced_by=successor)
