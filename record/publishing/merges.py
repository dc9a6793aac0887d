"""Two rows are found to be the same thing, or found not to be.

In code the row that is merged away is the duplicate and the row that stands for both is the canonical one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import models, transaction

from record import derived
from record.choices import Action
from record.derived import Pair
from record.models import EXEMPT, Merge, OnRecord, Recorded, Revision, bookkeeping_of, collections
from record.publishing.blocking import Blocked, Blocker, refuse_if_any, require_no_objections, require_public
from record.publishing.writing import RevisionWriter, lock_rows, new_revision


def merge(duplicate: OnRecord, canonical: OnRecord, *pairs: Pair, note: str | None = None) -> Revision:
    """From now on the canonical row stands for both; the duplicate's address redirects to it.

    ``pairs`` are merged in the same revision, such as the propositions of two strikes
    (``derived.pairs_below(duplicate, canonical)`` proposes them). No reference is changed, so that `unmerge`
    is exact. A row that others are merged into may be merged in turn: their chain then goes on.
    """
    with new_revision() as writer:
        _merge_pairs(writer, [(duplicate, canonical), *pairs], note)
    return writer.revision


def unmerge(duplicate: OnRecord, note: str | None = None) -> Revision:
    """The duplicate stands for itself again, with all that was merged into it.

    Pairs that were merged along with it are undone with it; a pair can be undone by itself.
    """
    with new_revision() as writer:
        (duplicate,) = lock_rows([duplicate])
        require_public([duplicate])
        undone = undone_with(duplicate)
        if not undone:
            raise Blocked([Blocker(duplicate, "It is not merged into another row.")])
        rows_apart = []
        for merged in undone:
            merged.undone_rev = writer.revision
            merged.save(update_fields=["undone_rev"])
            row, canonical = rows_of(merged)
            writer.log(Action.UNMERGE, row, note=note)
            writer.touch(canonical)
            rows_apart += [row, canonical]
        _refuse_what_no_longer_holds(rows_apart)
    return writer.revision


def undone_with(duplicate: OnRecord) -> list[Merge]:
    """The merge of this row and those that would be undone with it; empty if it is not merged away."""
    merges = Merge.objects.active()
    own = merges.filter(collection=duplicate.collection, loser=duplicate.public_id).first()
    if own is None:
        return []
    # The first merge of a revision is the one that was asked for; the others are its pairs.
    was_asked_for = own == Merge.objects.filter(from_rev=own.from_rev).first()
    return list(merges.filter(from_rev=own.from_rev)) if was_asked_for else [own]


def rows_of(merged: Merge) -> Pair:
    """The duplicate and the canonical row of a merge."""
    rows = collections()[merged.collection]._default_manager
    return rows.get(public_id=merged.loser), rows.get(public_id=merged.survivor)


# The preview --------------------------------------------------------------------------------------------


@dataclass
class MergePreview:
    """What two rows differ in, and what merging them would do."""

    blockers: list[Blocker]
    """What is in the way of merging the two, with all the pairs."""
    differences: list[tuple[str, str, str]]
    """A field or a kind of part: how it reads of the duplicate, and of the canonical row."""
    pairs: list[Pair]
    """What lies below the two and is the same if they are, in the order in which it is to be merged."""
    counts: list[tuple[str, int, int]]
    """How many public rows name the duplicate, and the canonical row, by collection and field."""
    states: list[tuple[OnRecord, str, str]]
    """Whatever is derived from rows and would change: how it reads before, and after."""


def conflicts_of(
    duplicate: OnRecord, canonical: OnRecord, pairs: Sequence[Pair] | None = None
) -> MergePreview:
    """What speaks against merging two rows, what they differ in, and what it would do. Changes nothing.

    It is tried with these ``pairs``, or else with all that are proposed.
    """
    if type(duplicate) is not type(canonical):
        return MergePreview(_unfit(duplicate, canonical), [], [], [], [])
    proposed = derived.pairs_below(duplicate, canonical)
    preview = MergePreview(
        [], list(_differences(duplicate, canonical)), proposed, list(_counts(duplicate, canonical)), []
    )
    with transaction.atomic():
        try:
            revision = merge(duplicate, canonical, *(proposed if pairs is None else pairs))
            preview.states = list(derived.restated(revision))
        except Blocked as blocked:
            preview.blockers = blocked.blockers
        finally:
            transaction.set_rollback(True)
    return preview


def _differences(duplicate: OnRecord, canonical: OnRecord) -> Iterator[tuple[str, str, str]]:
    bookkeeping = bookkeeping_of(type(duplicate))
    for field in duplicate._meta.concrete_fields:
        if field.name in bookkeeping or field.generated:
            continue
        texts = [_text(getattr(row, field.name)) for row in (duplicate, canonical)]
        if texts[0] != texts[1]:
            yield str(field.verbose_name), texts[0], texts[1]
    many = [field.name for field in duplicate._meta.many_to_many]
    for name in [*many, *duplicate.parts, *duplicate.compared]:
        texts = [_listed(getattr(row, name).all()) for row in (duplicate, canonical)]
        if texts[0] != texts[1]:
            yield name.replace("_", " "), texts[0], texts[1]


def _text(value: object) -> str:
    return "—" if value is None else str(value)


def _listed(rows: Iterable[models.Model]) -> str:
    """Rows as words, without those that are no longer, or not yet, public."""
    return (
        "; ".join(sorted(str(row) for row in rows if not isinstance(row, Recorded) or row.is_public)) or "—"
    )


def _counts(duplicate: OnRecord, canonical: OnRecord) -> Iterator[tuple[str, int, int]]:
    for relation in duplicate._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if isinstance(model, type) and issubclass(model, OnRecord) and name not in EXEMPT:
            cited = model._default_manager.cited()
            numbers = [cited.filter(**{name: row}).count() for row in (duplicate, canonical)]
            if any(numbers):
                yield f"{model.collection} by {name}", numbers[0], numbers[1]


# The steps ----------------------------------------------------------------------------------------------


def _merge_pairs(writer: RevisionWriter, pairs: Sequence[Pair], note: str | None) -> None:
    blockers: list[Blocker] = []
    merged_pairs: list[Pair] = []
    for pair in pairs:
        duplicate, canonical = (lock_rows([row])[0] for row in pair)
        unfit = _unfit(duplicate, canonical)
        blockers += unfit
        if not unfit:
            Merge.objects.create(
                collection=duplicate.collection,
                loser=duplicate.public_id,
                survivor=canonical.public_id,
                from_rev=writer.revision,
            )
            merged_pairs.append((duplicate, canonical))
    # Asked when all are merged: the propositions of two strikes are the same only because the strikes are.
    for duplicate, canonical in merged_pairs:
        blockers += [Blocker(duplicate, rule, canonical) for rule in duplicate.merge_objections(canonical)]
    refuse_if_any(blockers)
    for duplicate, canonical in merged_pairs:
        duplicate.version += 1
        duplicate.save(update_fields=["version"])
        writer.log(Action.MERGE, duplicate, note=note, replaced_by=canonical.public_id)
        writer.touch(canonical)


def _unfit(duplicate: OnRecord, canonical: OnRecord) -> list[Blocker]:
    """Why a row cannot be merged into another, whatever the two are."""
    if type(duplicate) is not type(canonical):
        return [Blocker(duplicate, "Only rows of one collection are merged.", canonical)]
    if not duplicate.mergeable:
        return [Blocker(duplicate, "A row of its kind is withdrawn as a duplicate, not merged.", canonical)]
    if duplicate == canonical:
        return [Blocker(duplicate, "It is not merged into itself.", canonical)]
    hidden = [row for row in (duplicate, canonical) if not row.is_public]
    if hidden:
        return [Blocker(row, "It is not public.") for row in hidden]
    return _merged_already(duplicate, canonical)


def _merged_already(duplicate: OnRecord, canonical: OnRecord) -> list[Blocker]:
    active = Merge.objects.active().filter(collection=duplicate.collection)
    merged_into = dict(active.values_list("loser", "survivor"))
    if duplicate.public_id in merged_into:
        rule = f"It is merged into {merged_into[duplicate.public_id]} already."
        return [Blocker(duplicate, rule, canonical)]
    if canonical.public_id in merged_into:
        end = canonical.canonical
        if end == duplicate:
            rule = f"{canonical.public_id} is merged into it: that would be a circle."
            return [Blocker(duplicate, rule, canonical)]
        return [Blocker(canonical, f"It is merged into {end.public_id}: merge with that one.", end)]
    return []


def _refuse_what_no_longer_holds(rows_apart: Sequence[OnRecord]) -> None:
    """Merges and other rules that held only because rows were the same."""
    clustered = {row for row_apart in rows_apart for row in _cluster_of(row_apart)}
    bound = list(
        dict.fromkeys(row for member in sorted(clustered, key=_address) for row in member.bound_by_merges())
    )
    blockers = []
    for row in [*bound, *rows_apart]:
        for merged in Merge.objects.active().filter(collection=row.collection, loser=row.public_id):
            duplicate, canonical = rows_of(merged)
            if any(duplicate.merge_objections(canonical)):
                rule = f"It was merged into {canonical.public_id} because of this: undo that first."
                blockers.append(Blocker(duplicate, rule, canonical))
    refuse_if_any(blockers)
    require_no_objections(row for row in bound if row.is_public)


def _cluster_of(row: OnRecord) -> Iterable[OnRecord]:
    rows = type(row)._default_manager
    return rows.filter(pk__in=rows.cluster([row.pk]))


def _address(row: OnRecord) -> tuple[str, str]:
    return row.collection, row.public_id
