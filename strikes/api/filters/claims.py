"""Filters of a claim, of the report it was read in and of what it is about."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from api.filters import FlagFilter, IdsFilter, VocabularyFilter, WhenFilter
from sources.choices import EvidenceKind, ReportPart, Verification
from strikes.api.filters.propositions import PropositionFilters
from strikes.api.filters.reports import ReportFilters, SpeakerFilters, start_of
from strikes.api.filters.rows import FilterValues, conditions_of, lookups_of
from strikes.choices import Attribution, Certainty, Credibility, Polarity, Stance
from strikes.disputes.origins import claims_about_own_deeds
from strikes.models import Claim, ClaimEvidence


class ClaimFilters(PropositionFilters, ReportFilters, SpeakerFilters):
    """Filters of a claim, of the report it was read in and of what it is about."""

    claim = IdsFilter(Claim, help_text="Claims.")
    stance = VocabularyFilter(Stance, help_text="How the speaker stands to the proposition.")
    polarity = VocabularyFilter(Polarity, help_text="Whether the stance is for it, against it, or neither.")
    certainty = VocabularyFilter(Certainty, help_text="How sure the speaker says it is, not how sure we are.")
    attribution = VocabularyFilter(Attribution, help_text="On what footing the words reach us.")
    credibility = VocabularyFilter(Credibility, help_text="The Admiralty grade of the information, 1 to 6.")
    part = VocabularyFilter(ReportPart, help_text="Where in the report the claim stands.")
    evidence_kind = VocabularyFilter(
        EvidenceKind, help_text="What kind of material the evidence attached to it is."
    )
    verification = VocabularyFilter(
        Verification, help_text="How far evidence attached to it has been checked."
    )
    own = FlagFilter(
        help_text="Whether the claim is about the speaker's own deed: the speaker, or the body it speaks for, is "
        "the subject."
    )
    said_after = WhenFilter(help_text="Claims that may have been said then or later (a date: UTC).")
    said_before = WhenFilter(help_text="Claims that may have been said earlier (a date: UTC).")

    CLAIM_LOOKUPS = {
        "claim": "pk__in",
        "stance": "stance__in",
        "certainty": "certainty__in",
        "attribution": "attribution__in",
        "credibility": "credibility__in",
        "part": "part__in",
    }
    EVIDENCE_LOOKUPS = {"evidence_kind": "evidence__kind__in", "verification": "evidence__verification__in"}

    def claim_conditions(self, values: FilterValues) -> Q:
        """The conditions on the claim itself, its report and its speaker."""
        conditions = lookups_of(values, self.CLAIM_LOOKUPS) & conditions_of(
            values,
            {
                "polarity": with_polarity,
                "own": self.claims_about_own_deeds,
                "said_after": said_after,
                "said_before": said_before,
            },
        )
        if evidence_conditions := lookups_of(values, self.EVIDENCE_LOOKUPS):
            links = ClaimEvidence.objects.published(self.as_of).filter(evidence_conditions)
            conditions &= Q(pk__in=links.values("claim"))
        of_report = self.report_conditions(values, "report__")
        return conditions & of_report & self.speaker_conditions(values, "actor__")

    def claims_about_own_deeds(self, wanted: bool) -> Q:
        own = Exists(claims_about_own_deeds(self.as_of).filter(pk=OuterRef("pk")))
        return Q(own) if wanted else Q(~own)

    def matching_claims(self, values: FilterValues) -> QuerySet[Claim]:
        """The public claims that meet all conditions at once."""
        claims = Claim.objects.published(self.as_of).filter(self.claim_conditions(values))
        if self.proposition_conditions(values):
            claims = claims.filter(proposition__in=self.matching_propositions(values))
        return claims

    def has_conditions(self, values: FilterValues) -> bool:
        """Whether anything is asked of a claim or of its proposition."""
        return bool(self.claim_conditions(values) or self.proposition_conditions(values))


def with_polarity(polarities: list[str]) -> Q:
    return Q(stance__in=[stance for stance in Stance if stance.polarity in polarities])


def said_after(limit: dt.date | dt.datetime) -> Q:
    return Q(sort_at__gte=start_of(limit))


def said_before(limit: dt.date | dt.datetime) -> Q:
    moment = start_of(limit)
    return Q(said_earliest__lt=moment) | Q(said_earliest__isnull=True, report__issued_earliest__lt=moment)
