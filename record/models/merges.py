"""Which rows were found to be the same thing, and since when."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.graphs import closure, end_of_chain
from record.models.ledger import Revision

CanonicalIds = dict[str, str]
_read_once: ContextVar[dict[tuple[str, int | None], CanonicalIds] | None] = ContextVar("merges", default=None)


@contextmanager
def merges_read_once() -> Iterator[None]:
    """While nothing is merged or parted, as when what is derived is worked out: ask for the same merges only once."""
    token = _read_once.set({})
    try:
        yield
    finally:
        _read_once.reset(token)


class MergeQuerySet(models.QuerySet["Merge"]):
    def active(self, at: int | None = None) -> Self:
        """Merges in force at a revision (now, if none is given)."""
        if at is None:
            return self.filter(undone_rev__isnull=True)
        return self.filter(from_rev__lte=at).filter(Q(undone_rev__isnull=True) | Q(undone_rev__gt=at))

    def of(self, revision: Revision) -> Self:
        """Merges that one revision made or undid."""
        return self.filter(Q(from_rev=revision) | Q(undone_rev=revision))

    def canonical_ids(self, collection: str, at: int | None = None) -> CanonicalIds:
        """Every id merged away at a revision, with the id at the end of its chain. One query: merges are few (decisions.md D49)."""
        read = _read_once.get()
        if read is not None and (collection, at) in read:
            return read[collection, at]
        merged_into = dict(self._steps(collection, at))
        canonical_ids = {duplicate: end_of_chain(duplicate, merged_into.get) for duplicate in merged_into}
        if read is not None:
            read[collection, at] = canonical_ids
        return canonical_ids

    def canonical_of(
        self, collection: str, public_ids: Iterable[str], at: int | None = None
    ) -> dict[str, str]:
        """For each id the one at the end of the chain of merges that starts at it."""
        steps = self._steps(collection, at)
        merged_into: dict[str, str] = {}

        def canonical_ids_of(duplicates: Collection[str]) -> list[str]:
            newest = dict(steps.filter(loser__in=duplicates))
            merged_into.update(newest)
            return list(newest.values())

        asked_for = list(public_ids)
        closure(asked_for, canonical_ids_of)
        return {public_id: end_of_chain(public_id, merged_into.get) for public_id in asked_for}

    def clusters(
        self, collection: str, public_ids: Iterable[str], at: int | None = None
    ) -> dict[str, set[str]]:
        """For each id all that mean the same thing: the canonical id and everything merged into it."""
        steps = self._steps(collection, at)
        canonical_of = self.canonical_of(collection, public_ids, at)
        merged_into: dict[str, str] = {}

        def duplicates_of(canonical_ids: Collection[str]) -> list[str]:
            newest = dict(steps.filter(survivor__in=canonical_ids))
            merged_into.update(newest)
            return list(newest)

        clusters: dict[str, set[str]] = defaultdict(set)
        for public_id in closure(canonical_of.values(), duplicates_of):
            clusters[end_of_chain(public_id, merged_into.get)].add(public_id)
        return {public_id: clusters[canonical_id] for public_id, canonical_id in canonical_of.items()}

    def _steps(self, collection: str, at: int | None) -> models.QuerySet[Merge, tuple[str, str]]:
        return self.active(at).filter(collection=collection).order_by().values_list("loser", "survivor")


class Merge(models.Model):
    """One row found to be the same thing as another. Claims are never re-pointed, so undoing is exact."""

    collection = models.CharField(max_length=40, help_text="The collection both rows are in.")
    # Code says duplicate and canonical; the columns keep their names (decisions.md D60).
    loser = models.CharField(max_length=80, help_text="The public id that leads to the survivor.")
    survivor = models.CharField(max_length=80, help_text="The public id that stands for both.")
    from_rev = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    undone_rev = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["collection", "survivor"], name="merge_by_survivor")]
        constraints = [
            UniqueConstraint(
                name="merge_of_one_loser_at_a_time",
                fields=["collection", "loser"],
                condition=Q(undone_rev__isnull=True),
            ),
            CheckConstraint(name="merge_is_between_two_rows", condition=~Q(loser=F("survivor"))),
            CheckConstraint(
                name="merge_is_undone_after_it_began",
                condition=Q(undone_rev__isnull=True) | Q(undone_rev__gt=F("from_rev")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection}/{self.loser} is {self.survivor}"
