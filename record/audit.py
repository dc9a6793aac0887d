"""Whether the record keeps its promises: what `manage.py check_record` looks at."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Max, Q, QuerySet
from django.utils import timezone

from record import derived
from record.choices import Action
from record.models import (
    EXEMPT,
    Change,
    Ledger,
    Merge,
    OnRecord,
    Recorded,
    Revision,
    collections,
    reference_fields,
)
from record.snapshots import comparing

Address = tuple[str, str]
"""A collection and a public id."""


def discrepancies() -> Iterator[str]:
    """Every broken promise, as a sentence that names the row."""
    yield from _ledger()
    yield from _merges()
    yield from _takedowns()
    yield from derived.discrepancies()
    yield from comparing.discrepancies()
    for model in _recorded_models():
        yield from _intervals(model)
    for collection in collections().values():
        yield from _changes(collection)
        for row in collection._default_manager.filter(published_rev__isnull=False, withdrawn_rev=None):
            for rule in row.objections():
                yield f"{collection.collection}/{row.public_id}: {rule}"


def _ledger() -> Iterator[str]:
    head = Ledger.head()
    revisions = list(Revision.objects.order_by("n"))
    if [revision.n for revision in revisions] != list(range(1, head.n + 1)):
        yield f"ledger: the revisions do not count from 1 to {head.n} without gaps."
    for earlier, later in pairwise(revisions):
        if later.at < earlier.at:
            yield f"ledger: revision {later.n} is dated before revision {earlier.n}."
    if revisions and revisions[-1].at > timezone.now():
        yield f"ledger: revision {revisions[-1].n} is dated in the future."
    empty = Revision.objects.filter(changes__isnull=True).aggregate(Max("n"))["n__max"]
    if empty:
        yield f"ledger: revision {empty} changes nothing."


def _merges() -> Iterator[str]:
    """Each merge is between two public rows that may be one, is in the ledger, and its chain has an end."""
    if not Merge.objects.exists():
        return
    yield from _unlogged_merges()
    for collection, model in collections().items():
        canonical_ids = Merge.objects.canonical_ids(collection)
        for duplicate_id, canonical_id in canonical_ids.items():
            if canonical_id in canonical_ids:
                yield f"{collection}/{duplicate_id}: its merges lead in a circle."
                return  # whatever follows the chains would not tell the truth
        yield from _unfit_merges(model, {*canonical_ids, *canonical_ids.values()})


def _unlogged_merges() -> Iterator[str]:
    logged = set(
        Change.objects.filter(action__in=[Action.MERGE, Action.UNMERGE]).values_list(
            "action", "collection", "object_id", "revision"
        )
    )
    for merge in Merge.objects.all():
        for action, n in ((Action.MERGE, merge.from_rev_id), (Action.UNMERGE, merge.undone_rev_id)):
            if n is not None and (action, merge.collection, merge.loser, n) not in logged:
                yield f"{merge}: revision {n} does not say so."


def _unfit_merges(model: type[OnRecord], public_ids: Collection[str]) -> Iterator[str]:
    """Merges of one collection that could not be made today."""
    name = model.collection
    rows = {row.public_id: row for row in model._default_manager.filter(public_id__in=public_ids)}
    for merge in Merge.objects.active().filter(collection=name):
        if not model.mergeable or not {merge.loser, merge.survivor} <= rows.keys():
            yield f"{name}/{merge.loser} is merged into {merge.survivor}, which cannot be."
            continue
        duplicate, canonical = rows[merge.loser], rows[merge.survivor]
        if not duplicate.is_public:
            continue
        if canonical.is_public:
            for rule in duplicate.merge_objections(canonical):
                yield f"{name}/{merge.loser} is merged into {merge.survivor}: {rule}"
        else:
            yield f"{name}/{merge.survivor}: it is {canonical.status}, and {merge.loser} is merged into it."


def _takedowns() -> Iterator[str]:
    """What was taken down left nothing but its id and the reason, and nothing public names it."""
    revisions: set[int | None] = set()
    gone: set[Address] = set()
    for name, model in collections().items():
        taken_down: QuerySet[Any] = model.objects.filter(taken_down_rev__isnull=False)
        for public_id, revision, successor in taken_down.values_list(
            "public_id", "taken_down_rev", "replaced_by"
        ):
            gone.add((name, public_id))
            revisions.add(revision)
            if successor is not None:
                yield f"{name}/{public_id}: it was taken down and names a successor."
    if len(revisions) != Ledger.head().takedowns:
        yield f"ledger: it counts {Ledger.head().takedowns} takedowns, and there were {len(revisions)}."
    if gone:
        yield from _told_of(gone)
        yield from _naming_what_is_gone()


def _told_of(gone: Collection[Address]) -> Iterator[str]:
    """Lines of the ledger and merges that still tell of rows that were taken down."""
    for change in Change.objects.with_details():
        for public_id in (change.object_id, change.replaced_by):
            if (change.collection, public_id) in gone:
                yield f"{change}, revision {change.revision_id}: it still tells of {public_id}, which was taken down."
    for merge in Merge.objects.all():
        if {(merge.collection, merge.loser), (merge.collection, merge.survivor)} & set(gone):
            yield f"{merge}: one of them was taken down."


def _naming_what_is_gone() -> Iterator[str]:
    """Rows that were public, name a row that was taken down, and were not taken down with it."""
    for model in _recorded_models():
        for field, _ in reference_fields(model):
            rows = model._default_manager.filter(
                published_rev__isnull=False,
                taken_down_rev__isnull=True,
                **{f"{field.name}__taken_down_rev__isnull": False},
            )
            for row in rows:
                yield f"{_name(row)}: its {field.name} was taken down, and it was not."


def _recorded_models() -> Iterator[type[Recorded]]:
    return (model for model in apps.get_models() if issubclass(model, Recorded))


def _intervals(model: type[Recorded]) -> Iterator[str]:
    """A row is public only while what it names is."""
    outside = dict(_outside(model))
    # One query where all is well, as it is nearly always.
    if not outside or not model._default_manager.filter(reduce(or_, outside.values())).exists():
        return
    for name, condition in outside.items():
        for row in model._default_manager.filter(condition):
            yield f"{_name(row)}: {name} is not public for as long as the row is."


def _outside(model: type[Recorded]) -> Iterator[tuple[str, Q]]:
    """Each field by which rows name others, and when that breaks the rule.

    What it names by a frozen field must have been public all the while; any other field may have named another
    row before, so that only what is public now can be compared.
    """
    if model.follows_lineage:
        return
    frozen = model.frozen if issubclass(model, OnRecord) else frozenset()
    for field, _ in reference_fields(model):
        name = field.name
        if name in EXEMPT:
            continue
        unpublished = Q(**{f"{name}__published_rev__isnull": True})
        withdrawn = Q(**{f"{name}__withdrawn_rev__isnull": False})
        named = Q(**{f"{name}__isnull": False}, published_rev__isnull=False)
        if name in frozen:
            yield (
                name,
                named
                & (
                    unpublished
                    | Q(**{f"{name}__published_rev__gt": F("published_rev")})
                    | withdrawn & Q(withdrawn_rev__isnull=True)
                    | Q(**{f"{name}__withdrawn_rev__lt": F("withdrawn_rev")})
                ),
            )
        else:
            yield name, named & Q(withdrawn_rev__isnull=True) & (unpublished | withdrawn)


def _changes(model: type[OnRecord]) -> Iterator[str]:
    """Every row that went public or left has its line in the ledger, at the same revision."""
    logged = set(
        Change.objects.filter(collection=model.collection).values_list("action", "object_id", "revision")
    )
    for row in model._default_manager.filter(published_rev__isnull=False):
        if (Action.PUBLISH, row.public_id, row.published_rev_id) not in logged:
            yield f"{_name(row)}: its publication is not in the ledger."
        left = (Action.WITHDRAW, row.public_id, row.withdrawn_rev_id)
        if row.withdrawn_rev_id is not None and left not in logged:
            yield f"{_name(row)}: its withdrawal is not in the ledger."


def _name(row: models.Model) -> str:
    if isinstance(row, OnRecord):
        return f"{row.collection}/{row.public_id}"
    return f"{row._meta.model_name} {row}"
