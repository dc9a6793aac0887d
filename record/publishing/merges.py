"""Two rows are found to be the same thing, or found not to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models, transaction

from record import derived
from record.choices import Action
from record.derived import Pair
from record.models import EXEMPT, Merge, OnRecord, Recorded, Revision, collections
from record.publishing.writing import (
    Blocked,
    Blocker,
    Writing,
    bookkeeping_of,
    locked,
    must_be_public,
    opened,
    refuse_objections,
)


def merge(loser: OnRecord, survivor: OnRecord, *pairs: Pair, note: str | None = None) -> Revision:
    """From now on the survivor stands for both; the loser's address leads to it.

    ``pairs`` are merged in the same revision, such as the propositions of two strikes
    (``derived.pairs_below(loser, survivor)`` proposes them). Nothing is pointed elsewhere, so that `unmerge`
    is exact. A row that others are merged into may be merged on: their chain then leads further.
    """
    with opened() as writing:
        _merge(writing, [(loser, survivor), *pairs], note)
    return writing.revision


def unmerge(loser: OnRecord, note: str | None = None) -> Revision:
    """The loser stands for itself again, with all that was merged into it.

    Pairs that were merged along with it are undone with it; a pair can be undone by itself.
    """
    with opened() as writing:
        (loser,) = locked([loser])
        must_be_public([loser])
        ended = undone_with(loser)
        if not ended:
            raise Blocked([Blocker(loser, "It is not merged into another row.")])
        apart = []
        for one in ended:
            one.undone_rev = writing.revision
            one.save(update_fields=["undone_rev"])
            row, survivor = rows_of(one)
            writing.log(Action.UNMERGE, row, note=note)
            writing.touch(survivor)
            apart += [row, survivor]
        _refuse_what_no_longer_holds(apart)
    return writing.revision


def undone_with(loser: OnRecord) -> list[Merge]:
    """The merge of this row and those that would be undone with it; empty if it is not merged away."""
    merges = Merge.objects.active()
    own = merges.filter(collection=loser.collection, loser=loser.public_id).first()
    if own is None:
        return []
    together = list(merges.filter(from_rev=own.from_rev))
    was_the_first = own == Merge.objects.filter(from_rev=own.from_rev).first()
    return together if was_the_first else [own]


def rows_of(merged: Merge) -> Pair:
    """The loser and the survivor of a merge."""
    rows = collections()[merged.collection]._default_manager
    return rows.get(public_id=merged.loser), rows.get(public_id=merged.survivor)


# The preview --------------------------------------------------------------------------------------------


@dataclass
class MergePreview:
    """What two rows differ in, and what merging them would do."""

    blockers: list[Blocker]
    """What is in the way of merging the two, with all the pairs."""
    differences: list[tuple[str, str, str]]
    """A field or a kind of part: how it reads of the loser, and of the survivor, which stands."""
    pairs: list[Pair]
    """What lies below the two and is the same if they are, in the order in which it is to be merged."""
    counts: list[tuple[str, int, int]]
    """How many public rows name the loser, and the survivor, by collection and field."""
    states: list[tuple[OnRecord, str, str]]
    """Whatever is kept of rows and would change: how it reads before, and after."""


def conflicts_of(loser: OnRecord, survivor: OnRecord, pairs: Sequence[Pair] | None = None) -> MergePreview:
    """What speaks against merging two rows, what they differ in, and what it would do. Changes nothing.

    It is tried with these ``pairs``, or else with all that are proposed.
    """
    if type(loser) is not type(survivor):
        return MergePreview(_unfit(loser, survivor), [], [], [], [])
    below = derived.pairs_below(loser, survivor)
    found = MergePreview([], list(_differences(loser, survivor)), below, list(_counts(loser, survivor)), [])
    with transaction.atomic():
        try:
            revision = merge(loser, survivor, *(below if pairs is None else pairs))
            found.states = list(derived.restated(revision))
        except Blocked as blocked:
            found.blockers = blocked.blockers
        finally:
            transaction.set_rollback(True)
    return found


def _differences(loser: OnRecord, survivor: OnRecord) -> Iterator[tuple[str, str, str]]:
    for field in loser._meta.concrete_fields:
        if field.name in bookkeeping_of(type(loser)) or field.generated:
            continue
        texts = [_text(getattr(row, field.name)) for row in (loser, survivor)]
        if texts[0] != texts[1]:
            yield str(field.verbose_name), texts[0], texts[1]
    many = [field.name for field in loser._meta.many_to_many]
    for name in [*many, *loser.parts, *loser.compared]:
        texts = [_listed(getattr(row, name).all()) for row in (loser, survivor)]
        if texts[0] != texts[1]:
            yield name.replace("_", " "), texts[0], texts[1]


def _text(value: Any) -> str:
    return "—" if value is None else str(value)


def _listed(rows: Iterable[models.Model]) -> str:
    """Rows as words, without those that are no longer, or not yet, public."""
    return (
        "; ".join(sorted(str(row) for row in rows if not isinstance(row, Recorded) or row.is_public)) or "—"
    )


def _counts(loser: OnRecord, survivor: OnRecord) -> Iterator[tuple[str, int, int]]:
    for relation in loser._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if isinstance(model, type) and issubclass(model, OnRecord) and name not in EXEMPT:
            rows = model._default_manager.cited()
            numbers = [rows.filter(**{name: row}).count() for row in (loser, survivor)]
            if any(numbers):
                yield f"{model.collection} by {name}", numbers[0], numbers[1]


# The steps ----------------------------------------------------------------------------------------------


def _merge(writing: Writing, pairs: Sequence[Pair], note: str | None) -> None:
    problems: list[Blocker] = []
    merged: list[Pair] = []
    for one, other in pairs:
        loser, survivor = (locked([row])[0] for row in (one, other))
        unfit = _unfit(loser, survivor)
        problems += unfit
        if not unfit:
            Merge.objects.create(
                collection=loser.collection,
                loser=loser.public_id,
                survivor=survivor.public_id,
                from_rev=writing.revision,
            )
            merged.append((loser, survivor))
    for loser, survivor in merged:
        problems += [Blocker(loser, rule, survivor) for rule in loser.merge_objections(survivor)]
    if problems:
        raise Blocked(problems)
    for loser, survivor in merged:
        loser.version += 1
        loser.save(update_fields=["version"])
        writing.log(Action.MERGE, loser, note=note, replaced_by=survivor.public_id)
        writing.touch(survivor)


def _unfit(loser: OnRecord, survivor: OnRecord) -> list[Blocker]:
    """Why a row cannot be merged into another, whatever the two are."""
    if type(loser) is not type(survivor):
        return [Blocker(loser, "Only rows of one collection are merged.", survivor)]
    if not loser.mergeable:
        return [Blocker(loser, "A row of its kind is withdrawn as a duplicate, not merged.", survivor)]
    if loser == survivor:
        return [Blocker(loser, "It is not merged into itself.", survivor)]
    hidden = [row for row in (loser, survivor) if not row.is_public]
    if hidden:
        return [Blocker(row, "It is not public.") for row in hidden]
    steps = dict(Merge.objects.active().filter(collection=loser.collection).values_list("loser", "survivor"))
    if loser.public_id in steps:
        return [Blocker(loser, f"It is merged into {steps[loser.public_id]} already.", survivor)]
    if survivor.public_id in steps:
        end = survivor.canonical
        if end == loser:
            return [
                Blocker(loser, f"{survivor.public_id} is merged into it: that would be a circle.", survivor)
            ]
        return [Blocker(survivor, f"It is merged into {end.public_id}: merge with that one.", end)]
    return []


def _refuse_what_no_longer_holds(apart: Sequence[OnRecord]) -> None:
    """Merges and other rules that held only because rows were the same."""
    families = {
        row
        for one in apart
        for row in type(one)._default_manager.filter(pk__in=type(one)._default_manager.cluster([one.pk]))
    }
    bound = list(dict.fromkeys(row for one in sorted(families, key=_named) for row in one.bound_by_merges()))
    problems = []
    for row in [*bound, *apart]:
        for one in Merge.objects.active().filter(collection=row.collection, loser=row.public_id):
            loser, survivor = rows_of(one)
            if any(loser.merge_objections(survivor)):
                rule = f"It was merged into {survivor.public_id} because of this: undo that first."
                problems.append(Blocker(loser, rule, survivor))
    if problems:
        raise Blocked(problems)
    refuse_objections(row for row in bound if row.is_public)


def _named(row: OnRecord) -> tuple[str, str]:
    return row.collection, row.public_id
