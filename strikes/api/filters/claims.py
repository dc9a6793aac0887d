"""What can be asked of a claim, of the report it was read in and of what it is about."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from api.filters import FlagFilter, IdsFilter, VocabularyFilter, WhenFilter
from sources.choices import ReportPart, Verification
from strikes.api.filters.propositions import PropositionFilters
from strikes.api.filters.reports import ReportFilters, SpeakerFilters, moment
from strikes.api.filters.rows import FilterValues
from strikes.choices import Attribution, Credibility, Polarity, Stance
from strikes.disputes.origins import claims_about_own_deeds
from strikes.models import Claim, ClaimEvidence


class ClaimFilters(PropositionFilters, ReportFilters, SpeakerFilters):
    """What can be asked of a claim, of the report it was read in and of what it is about."""

    claim = IdsFilter(Claim, help_text="Claims.")
    stance = VocabularyFilter(Stance, help_text="How the speaker stands to the proposition.")
    polarity = VocabularyFilter(Polarity, help_text="Whether the stance is for it, against it, or neither.")
    attribution = VocabularyFilter(Attribution, help_text="On what footing the words reach us.")
    credibility = VocabularyFilter(Credibility, help_text="The Admiralty grade of the information, 1 to 6.")
    part = VocabularyFilter(ReportPart, help_text="Where in the report the claim stands.")
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
        "attribution": "attribution__in",
        "credibility": "credibility__in",
        "part": "part__in",
    }

    def of_claim(self, asked: FilterValues) -> Q:
        """The conditions on the claim itself, its report and its speaker."""
        q = Q(**{lookup: asked[word] for word, lookup in self.CLAIM_LOOKUPS.items() if word in asked})
        if "polarity" in asked:
            q &= Q(stance__in=[stance for stance in Stance if stance.polarity in asked["polarity"]])
        if "own" in asked:
            own = Exists(claims_about_own_deeds(self.as_of).filter(pk=OuterRef("pk")))
            q &= Q(own) if asked["own"] else Q(~own)
        if "verification" in asked:
            links = ClaimEvidence.objects.published(self.as_of)
            links = links.filter(evidence__verification__in=asked["verification"])
            q &= Q(pk__in=links.values("claim"))
        if "said_after" in asked:
            q &= Q(sort_at__gte=moment(asked["said_after"]))
        if "said_before" in asked:
            as_of = moment(asked["said_before"])
            q &= Q(said_earliest__lt=as_of) | Q(said_earliest__isnull=True, report__issued_earliest__lt=as_of)
        return q & self.of_report(asked, "report__") & self.of_speaker(asked, "actor__")

    def claims(self, asked: FilterValues) -> QuerySet[Claim]:
        """The public claims that meet all conditions at once."""
        claims: QuerySet[Claim] = Claim.objects.published(self.as_of).filter(self.of_claim(asked))
        return claims.filter(proposition__in=self.propositions(asked)) if self.about(asked) else claims

    def asks(self, asked: FilterValues) -> bool:
        return bool(self.of_claim(asked) or self.about(asked))
