"""What belongs to a claim: the way its words took, how it stands to other claims, and the evidence for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.models import KnownBy, Recorded, never_blank
from record.vocabulary import one_of
from sources.models import Actor, Evidence, Source
from sources.models.fields import editors_note
from strikes.choices import ClaimRelationKind, EvidenceRole
from strikes.models.claims import Claim


class ClaimStep(models.Model):
    """One step of the way the words took: speaker, agency, relay, host, in that order."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="chain")
    step = models.PositiveSmallIntegerField(
        help_text="Its place in the chain, counted from 1 at the speaker."
    )
    source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="+", help_text="The source, if it is one."
    )
    actor = models.ForeignKey(
        Actor, models.PROTECT, null=True, blank=True, related_name="+", help_text="The actor, if it is one."
    )
    inferred = models.BooleanField(
        default=False, help_text="Whether an editor inferred the step; false if the report states it."
    )
    did = models.CharField(
        max_length=100, null=True, blank=True, help_text="What was done at this step, such as `reported`."
    )
    owner: ClassVar[str] = "claim"

    class Meta:
        ordering = ["claim", "step"]
        constraints = [
            UniqueConstraint(
                name="claimstep_is_the_only_one_of_its_number",
                fields=["claim", "step"],
                violation_error_message="The chain has a step of this number.",
            ),
            CheckConstraint(
                name="claimstep_is_a_source_or_an_actor",
                condition=Q(source__isnull=False, actor__isnull=True)
                | Q(source__isnull=True, actor__isnull=False),
                violation_error_message="A step is one source or one actor.",
            ),
            CheckConstraint(
                name="claimstep_counts_from_one",
                condition=Q(step__gte=1),
                violation_error_message="Steps count from 1.",
            ),
            never_blank("claimstep", "did"),
        ]

    def __str__(self) -> str:
        return f"{self.step}. {self.actor or self.source}"


class ClaimRelation(Recorded):
    """How one claim stands to another, such as a later statement that updates an earlier one.

    Named by lineage, that is, between the first claims of two chains of corrections, and public
    while some claim of either is.
    """

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="relations")
    kind = models.CharField(
        max_length=20, choices=ClaimRelationKind.choices, help_text="How it stands to it."
    )
    other = models.ForeignKey(
        Claim, models.PROTECT, related_name="relations_from", help_text="The claim it stands to so."
    )
    note = editors_note()
    owner = "claim"
    follows_lineage = True

    class Meta(Recorded.Meta):
        ordering = ["pk"]
        constraints = [
            *Recorded.Meta.constraints,
            one_of("kind", ClaimRelationKind, "claimrelation"),
            never_blank("claimrelation", "note"),
            CheckConstraint(
                name="claimrelation_is_between_two_claims",
                condition=~Q(claim=F("other")),
                violation_error_message="A claim does not stand to itself.",
            ),
            UniqueConstraint(
                name="claimrelation_is_said_once",
                fields=["claim", "kind", "other"],
                condition=Q(withdrawn_rev__isnull=True),
                violation_error_message="The relation is there already.",
            ),
            UniqueConstraint(
                name="claimrelation_repeats_one_claim",
                fields=["claim"],
                condition=Q(kind=ClaimRelationKind.REPEATS, withdrawn_rev__isnull=True),
                violation_error_message="A claim repeats one other claim at most.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.other.public_id}"


class ClaimEvidence(Recorded):
    """A piece of evidence attached to a claim, with what it does for it."""

    claim = models.ForeignKey(Claim, models.CASCADE, related_name="evidence_links")
    evidence = models.ForeignKey(
        Evidence, models.PROTECT, related_name="claim_links", help_text="The piece of evidence."
    )
    role = models.CharField(
        max_length=20, choices=EvidenceRole.choices, help_text="What it does for the claim."
    )
    owner = "claim"
    known_by = KnownBy("evidence__report__issued_latest", "evidence__report__known_on")

    class Meta(Recorded.Meta):
        ordering = ["pk"]
        verbose_name_plural = "claim evidence"
        constraints = [
            *Recorded.Meta.constraints,
            one_of("role", EvidenceRole, "claimevidence"),
            UniqueConstraint(
                name="claimevidence_is_attached_once",
                fields=["claim", "evidence"],
                condition=Q(withdrawn_rev__isnull=True),
                violation_error_message="The evidence is attached already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role}: {self.evidence.public_id}"
