"""A row must go for somebody's safety or by law: from every revision, with everything that ever named it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db import models, transaction
from django.db.models import F, Q

from record.choices import Action, WithdrawalReason
from record.graphs import reached
from record.models import Change, Ledger, Merge, OnRecord, Recorded, Revision, collections, reference_fields
from record.publishing.blocking import Blocked, Blocker, refuse_if_any, require_rows
from record.publishing.writing import RevisionWriter, lock_rows, new_revision
from record.snapshots import erasing

Address = tuple[str, str]
"""A collection and a public id."""


def takedown(*rows: OnRecord, reason: WithdrawalReason, note: str | None = None) -> Revision:
    """Take rows off the record at every revision, the past included (decisions.md D15). There is no way back.

    ``covered_by`` is the preview of all that goes: each row's corrections before and after it, what
    is merged with it, its numbers and parts, and every row that ever named one of these. A draft
    that names one stays a draft and can never be published. In the ledger only collection, id and
    reason of what goes remain; ``note`` is kept with the rows, for editors only.
    """
    if not WithdrawalReason(reason).is_takedown:
        raise Blocked([Blocker(row, "Only for safety or by law: withdraw it instead.") for row in rows])
    require_rows(rows)
    with transaction.atomic():
        with new_revision() as writer:
            asked_for = lock_rows(rows)
            _require_once_public(asked_for)
            covered = covered_by(asked_for)
            Ledger.objects.update(takedowns=F("takedowns") + 1)
            for row in lock_rows(covered.rows):
                _take_down(writer, row, reason, note if row in asked_for else None)
            for part in covered.parts:
                _take_part_down(writer, part)
            _forget_merges(writer, covered.rows)
        # Last, because only now all lines of the revision are in the ledger, and all that it says is sealed.
        _erase(covered, writer.revision)
    return writer.revision


@dataclass
class Covered:
    """What a takedown covers, each row with the reason why."""

    why: dict[OnRecord, str] = field(default_factory=dict)
    parts: list[Recorded] = field(default_factory=list)
    """Parts with a public life of their own, such as a party: they go, and their row stays if it is not here."""
    drafts: list[OnRecord] = field(default_factory=list)
    """Drafts that name what goes: they stay drafts, and what they name keeps them from being published."""

    @property
    def rows(self) -> list[OnRecord]:
        return list(self.why)


def covered_by(rows: Iterable[OnRecord]) -> Covered:
    """Everything that taking these rows down would cover."""
    covered = Covered()
    parts: dict[Recorded, None] = {}
    drafts: dict[OnRecord, None] = {}
    once_named = _once_named()

    def goes(row: OnRecord, why: str) -> bool:
        if row.taken_down_rev_id is not None:
            return False
        if row.published_rev_id is None:
            drafts[row] = None
            return False
        covered.why.setdefault(row, why)
        return True

    def rows_around(row: OnRecord) -> Iterator[OnRecord]:
        for other, why in _around(row, once_named):
            if not isinstance(other, OnRecord):
                parts[other] = None
            elif goes(other, why):
                yield other

    reached([row for row in rows if goes(row, "asked for")], rows_around)
    covered.parts = [part for part in parts if part.published_rev_id and not part.taken_down_rev_id]
    covered.drafts = list(drafts)
    return covered


def _around(row: OnRecord, once_named: dict[Address, list[Address]]) -> Iterator[tuple[Recorded, str]]:
    """What goes with a row, and why: other rows, and parts that have a public life of their own."""
    if row.supersedes is not None:
        yield row.supersedes, f"corrected by {_name(row)}"
    if row.mergeable:
        rows = type(row)._default_manager
        for other in rows.filter(pk__in=rows.cluster([row.pk])).exclude(pk=row.pk):
            yield other, f"merged with {_name(row)}"
    for relation in row._meta.get_fields(include_hidden=True):
        if isinstance(relation, models.ForeignObjectRel):
            yield from _naming(row, relation)
    for collection, public_id in once_named.get((row.collection, row.public_id), ()):
        for other in collections()[collection]._default_manager.filter(public_id=public_id):
            yield other, f"once named {_name(row)}"


def _naming(row: OnRecord, relation: models.ForeignObjectRel) -> Iterator[tuple[Recorded, str]]:
    """What names a row by one field of one model."""
    model, name = relation.related_model, relation.field.name
    why = f"names {_name(row)} by {name}"
    if issubclass(model, OnRecord):
        between_versions = {
            "supersedes": f"corrects {_name(row)}",
            "replaced_by": f"replaced by {_name(row)}",
        }
        for other in model._default_manager.filter(**{name: row}):
            yield other, between_versions.get(name, why)
    elif owner := getattr(model, "owner", None):
        for part in model._default_manager.filter(**{name: row}).select_related(owner):
            if isinstance(part, Recorded) and part.published_rev_id is not None:
                yield part, why
            elif name != owner:
                # A part without a public life of its own cannot go by itself: its row goes.
                yield getattr(part, owner), why


def _once_named() -> dict[Address, list[Address]]:
    """For each row the rows that named it until an amendment made them name another."""
    naming: dict[Address, list[Address]] = defaultdict(list)
    for collection, object_id, values in Change.objects.amendments():
        collection_of = {
            field.name: target.collection for field, target in reference_fields(collections()[collection])
        }
        for name in collection_of.keys() & values.keys():
            for text in set(_texts_in(values[name])):
                naming[collection_of[name], text].append((collection, object_id))
    # A takedown blanks lines of the ledger. What rows said is kept apart, and tells it still.
    for named, row in erasing.once_named():
        naming[named].append(row)
    return naming


def _texts_in(value: object) -> Iterator[str]:
    """Every text in a value of the ledger."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts_in(item)


# The steps ----------------------------------------------------------------------------------------------


def _require_once_public(rows: Iterable[OnRecord]) -> None:
    blockers = [
        Blocker(row, "It was never public: delete the draft.") for row in rows if not row.published_rev_id
    ]
    blockers += [Blocker(row, "It is taken down already.") for row in rows if row.taken_down_rev_id]
    refuse_if_any(blockers)


def _take_down(writer: RevisionWriter, row: OnRecord, reason: WithdrawalReason, note: str | None) -> None:
    row.taken_down_rev = writer.revision
    row.withdrawn_rev = row.withdrawn_rev or writer.revision
    row.withdrawal_reason = reason
    row.withdrawal_note = note or None
    row.replaced_by = None  # what is gone leads nowhere
    row.version += 1
    row.save(
        update_fields=[
            "taken_down_rev",
            "withdrawn_rev",
            "withdrawal_reason",
            "withdrawal_note",
            "replaced_by",
            "version",
        ]
    )
    writer.log(Action.WITHDRAW, row, reason=reason)


def _take_part_down(writer: RevisionWriter, part: Recorded) -> None:
    part.taken_down_rev = writer.revision
    part.withdrawn_rev = part.withdrawn_rev or writer.revision
    part.save(update_fields=["taken_down_rev", "withdrawn_rev"])
    writer.touch(part)


def _forget_merges(writer: RevisionWriter, rows: Iterable[OnRecord]) -> None:
    """Undo as if they had never been all merges with what goes; what stays is worked out anew."""
    gone = set(rows)
    for collection, model in collections().items():
        gone_ids = [row.public_id for row in gone if row.collection == collection]
        if not model.mergeable or not gone_ids:
            continue
        merges = Merge.objects.filter(Q(loser__in=gone_ids) | Q(survivor__in=gone_ids), collection=collection)
        merged_ids = {public_id for pair in merges.values_list("loser", "survivor") for public_id in pair}
        for row in model._default_manager.filter(public_id__in=merged_ids):
            if row not in gone:
                writer.touch(row)
        merges.delete()


def _erase(covered: Covered, revision: Revision) -> None:
    """Leave of what went only collection, id and reason in the ledger and hashes, and in the lines of others no word of it."""
    gone = {(row.collection, row.public_id) for row in covered.rows}
    gone_ids = {public_id for _, public_id in gone}
    gone_texts = {str(part) for part in covered.parts}
    of_parts = _lines_of(covered.parts)

    def tells_of_it(*values: object) -> bool:
        return any(
            text in gone_texts or not gone_ids.isdisjoint(re.findall(r"[A-Za-z0-9_-]+", text))
            for text in _texts_in(list(values))
        )

    lines = [
        change
        for change in Change.objects.with_details().iterator()
        if not gone.isdisjoint(
            {(change.collection, change.object_id), (change.collection, change.replaced_by)}
        )
        or (change.collection, change.object_id, change.revision_id) in of_parts
        or tells_of_it(change.note, change.values, change.replaced_parts)
    ]
    Change.objects.filter(pk__in=[change.pk for change in lines]).update(
        note=None, values=None, replaced_parts=None, replaced_by=None
    )
    erasing.erase(covered.rows, covered.parts, revision)
    others = {(change.collection, change.object_id) for change in lines if change.values} - gone
    erasing.forget_texts(others, tells_of_it)
    for model in collections().values():
        noted = model._default_manager.filter(withdrawal_note__isnull=False, taken_down_rev__isnull=True)
        for row in noted.iterator():
            if tells_of_it(row.withdrawal_note):
                model._default_manager.filter(pk=row.pk).update(withdrawal_note=None)


def _lines_of(parts: Iterable[Recorded]) -> set[tuple[str, str, int | None]]:
    """The lines that told of parts when they came and went: by names that may have been amended since."""
    lines: set[tuple[str, str, int | None]] = set()
    for part in parts:
        owner: OnRecord = getattr(part, str(part.owner))
        lineage = {owner.lineage_field: getattr(owner, owner.lineage_field)}
        for public_id in type(owner)._default_manager.filter(**lineage).values_list("public_id", flat=True):
            for revision in (part.published_rev_id, part.withdrawn_rev_id):
                lines.add((owner.collection, public_id, revision))
    return lines


def _name(row: OnRecord) -> str:
    return f"{row.collection}/{row.public_id}"
