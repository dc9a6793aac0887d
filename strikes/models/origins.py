"""On whose word each claim rests, from one revision to another."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.ids import PublicIdField
from record.models import Revision, never_blank
from record.vocabulary import one_of
from sources.models import Report
from strikes.choices import NotCounted
from strikes.models.claims import Claim


class ClaimOriginQuerySet(models.QuerySet["ClaimOrigin"]):
    def current(self, at: int | None = None) -> Self:
        """The keys in force at a revision (now, if none is given)."""
        if at is None:
            return self.filter(to_rev__isnull=True)
        return self.filter(from_rev__lte=at).filter(Q(to_rev__isnull=True) | Q(to_rev__gt=at))

    def counted(self) -> Self:
        """Those of claims that count for or against."""
        return self.filter(not_counted_because__isnull=True)

    def standing(self) -> Self:
        """Those of claims that count on their side or, if they are forecasts, among the forecasts."""
        is_forecast = Q(not_counted_because=NotCounted.FORECAST)
        return self.filter(Q(not_counted_because__isnull=True) | is_forecast)


class ClaimOrigin(models.Model):
    """On whose word a claim rests, and whether it counts: claims of one key are one origin, however many repeat it.

    What the claim rests on by itself is kept beside what follows when it is weighed with the others on its
    proposition: under `known_at` it is weighed anew, with fewer others.
    """

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="origins")
    own_key = PublicIdField(
        help_text="The id of the actor on whose word it rests by itself, whatever it repeats."
    )
    own_voice = PublicIdField(
        help_text="The id of the actor whose side it takes: an anonymous voice has a side of its own, although its "
        "publisher vouches for it."
    )
    is_named = models.BooleanField(help_text="Whether it was said on the record by somebody with a name.")
    is_own_words = models.BooleanField(help_text="Whether it is an outlet's own words without a source.")
    key = PublicIdField(
        help_text="The id of the actor on whose word it rests: of all that repeat each other, the best attributed."
    )
    voice = PublicIdField(help_text="The voice of that same claim.")
    not_counted_because = models.CharField(
        max_length=20,
        choices=NotCounted.choices,
        null=True,
        help_text="Why it does not count; null if it does.",
    )
    retracted_through = models.ForeignKey(
        Report,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The report whose publisher took it back: its own, or one that it rests on.",
    )
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
            never_blank("claimorigin", "own_key", "own_voice", "key", "voice"),
            one_of("not_counted_because", NotCounted, "claimorigin"),
        ]

    def __str__(self) -> str:
        return self.key
