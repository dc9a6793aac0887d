"""On whose word each claim rests, from one revision to another."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.models import Revision, never_blank
from strikes.models.claims import Claim


class ClaimOriginQuerySet(models.QuerySet["ClaimOrigin"]):
    def current(self, at: int | None = None) -> Self:
        """The keys in force at a revision (now, if none is given)."""
        if at is None:
            return self.filter(to_rev__isnull=True)
        return self.filter(from_rev__lte=at).filter(Q(to_rev__isnull=True) | Q(to_rev__gt=at))


class ClaimOrigin(models.Model):
    """On whose word a claim rests: claims of one key count as one origin, however many repeat it."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="origins")
    key = models.CharField(max_length=80, help_text="The id of the actor on whose word the claim rests.")
    from_rev = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    to_rev = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")

    objects = ClaimOriginQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            UniqueConstraint(
                name="claimorigin_is_one_at_a_time", fields=["claim"], condition=Q(to_rev__isnull=True)
            ),
            CheckConstraint(
                name="claimorigin_ends_after_it_began",
                condition=Q(to_rev__isnull=True) | Q(to_rev__gt=F("from_rev")),
            ),
            never_blank("claimorigin", "key"),
        ]

    def __str__(self) -> str:
        return self.key
