"""Which rows were found to be the same thing, and since when."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.models.ledger import Revision


class MergeQuerySet(models.QuerySet["Merge"]):
    def active(self, at: int | None = None) -> Self:
        """Merges in force at a revision (now, if none is given)."""
        if at is None:
            return self.filter(undone_rev__isnull=True)
        return self.filter(from_rev__lte=at).filter(Q(undone_rev__isnull=True) | Q(undone_rev__gt=at))

    def of(self, revision: Revision) -> Self:
        """Merges that one revision made or undid."""
        return self.filter(Q(from_rev=revision) | Q(undone_rev=revision))

    def canonical_ids(self, collection: str, at: int | None = None) -> dict[str, str]:
        """Every id merged away at a revision, with the id at the end of its chain. One query: merges are few."""
        steps = dict(self.active(at).filter(collection=collection).values_list("loser", "survivor"))
        found = {}
        for loser, end in steps.items():
            passed = {loser}
            while end in steps and end not in passed:
                passed.add(end)
                end = steps[end]
            found[loser] = end
        return found

    def canonical_of(
        self, collection: str, public_ids: Iterable[str], at: int | None = None
    ) -> dict[str, str]:
        """For each id the one at the end of the chain of merges that starts at it."""
        step, ends = self.active(at).filter(collection=collection), {one: one for one in public_ids}
        newest = set(ends)
        while newest:
            merged = dict(step.filter(loser__in=newest).values_list("loser", "survivor"))
            ends = {one: merged.get(end, end) for one, end in ends.items()}
            newest = set(merged.values())
        return ends

    def clusters(
        self, collection: str, public_ids: Iterable[str], at: int | None = None
    ) -> dict[str, set[str]]:
        """For each id all that mean the same thing: the survivor and everything merged into it."""
        step, ends = (
            self.active(at).filter(collection=collection),
            self.canonical_of(collection, public_ids, at),
        )
        families = {end: {end} for end in ends.values()}
        newest = {end: end for end in families}
        while newest:
            losers = step.filter(survivor__in=newest).values_list("loser", "survivor")
            newest = {loser: newest[survivor] for loser, survivor in losers}
            for loser, end in newest.items():
                families[end].add(loser)
        return {one: families[end] for one, end in ends.items()}


class Merge(models.Model):
    """One row found to be the same thing as another. Claims are never re-pointed, so undoing is exact."""

    collection = models.CharField(max_length=40, help_text="The collection both rows are in.")
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
