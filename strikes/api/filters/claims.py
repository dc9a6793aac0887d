"""Filters of a claim, of the report it was read in and of what it is about."""

from __future__ import annotations

import datetime as dt

from django.db.models import Exists, OuterRef, Q, QuerySet

from api.filters import FlagFilter, IdsFilter, VocabularyFilter, WhenFilter
from sources.choices import EvidenceKind, ReportPart, Verification
from strikes.api.filters.propositions import PropositionFilters
from strikes.api.filters.reports import ReportFilters, SpeakerFilters, start_of
from strikes.api.filters.rows import FilterValues, conditions_of, lookups_of
from strikes.choices import Attribution, Certainty, ClaimRelationKind, Credibility, Polarity, Stance
from strikes.disputes.origins import claims_about_own_deeds
from strikes.disputes.states import tallies_known_by
from strikes.models import Claim, ClaimEvidence, ClaimOrigin, ClaimRelation, Proposition, Strike


class ClaimFilters(PropositionFilters, ReportFilters, SpeakerFilters):
    """Filters of a claim, of the report it was read in and of what it is about."""

    claim = IdsFilter(Claim, help_text="Claims.")
    stance = VocabularyFilter(Stance, help_text="How the speaker stands to the proposition.")
    polarity = VocabularyFilter(
        Polarity, help_text="Whether the stance is for it, against it, a forecast of it, or none of these."
    )
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
        help_text="Whether the claim is about the speaker's own deed: the speaker, or a body above it, such as the "
        "state of an army, is the subject."
    )
    counts = FlagFilter(
        help_text="Whether the claim counts for or against its proposition. An echo, a forecast, and what was taken "
        "back or is outdated do not."
    )
    is_status = FlagFilter(
        help_text="Whether the claim's own time is only a moment at which it was so, and neither beginning nor end."
    )
    is_permanent = FlagFilter(
        help_text="Whether, by the speaker's word, what began will never end: destroyed, or closed for good."
    )
    relation = VocabularyFilter(
        ClaimRelationKind, help_text="How the claim stands to another one, such as `repeats`."
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
        "is_status": "is_status",
        "is_permanent": "is_permanent",
    }
    counted_claims: set[int] | None = None
    """The claims that count, where that is computed: once for a request."""

    EVIDENCE_LOOKUPS = {"evidence_kind": "evidence__kind__in", "verification": "evidence__verification__in"}

    def claim_conditions(self, values: FilterValues) -> Q:
        """The conditions on the claim itself, its report and its speaker."""
        conditions = lookups_of(values, self.CLAIM_LOOKUPS) & conditions_of(
            values,
            {
                "polarity": with_polarity,
                "own": self.claims_about_own_deeds,
                "counts": lambda wanted: self.claims_that_count(values, wanted),
                "relation": self.claims_related,
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

    def claims_related(self, kinds: list[str]) -> Q:
        """Claims with such a relation to a claim that is there, too."""
        others = Claim.objects.published(self.as_of).filter(lineage=OuterRef("other__public_id"))
        relations = ClaimRelation.objects.published(self.as_of).filter(Exists(others), kind__in=kinds)
        return Q(lineage__in=relations.values("claim__public_id"))

    def claims_that_count(self, values: FilterValues, wanted: bool) -> Q:
        """Claims that count: as it is kept or, as of what was known, weighed on the propositions asked for."""
        if self.as_of.known is None:
            counted = ClaimOrigin.objects.current(self.revision).counted().filter(claim=OuterRef("pk"))
            return Q(Exists(counted)) if wanted else ~Q(Exists(counted))
        if self.counted_claims is None:
            asked = Q(
                pk__in=Proposition.objects.cited(self.as_of).filter(self.proposition_conditions(values))
            )
            rows = Proposition.objects.published(self.as_of)
            rows = rows.filter(Proposition.objects.including_canonical(asked, self.as_of))
            tallies = tallies_known_by(rows, self.as_of)
            self.counted_claims = {c.claim for tally in tallies.values() for c in tally.claims if c.counts}
        return Q(pk__in=self.counted_claims) if wanted else ~Q(pk__in=self.counted_claims)

    def matching_claims(self, values: FilterValues) -> QuerySet[Claim]:
        """The public claims that meet all conditions at once."""
        claims = Claim.objects.published(self.as_of).filter(self.claim_conditions(values))
        if self.proposition_conditions(values):
            claims = claims.filter(proposition__in=self.matching_propositions(values))
        return claims

    def has_conditions(self, values: FilterValues) -> bool:
        """Whether anything is asked of a claim or of its proposition."""
        return bool(self.claim_conditions(values) or self.proposition_conditions(values))


class EventTimeFilters(ClaimFilters):
    """Filters of claims, and of what they carry, by when it happened: as the claim says, else its strike."""

    after = WhenFilter(
        help_text="Of claims and numbers: by the claim's own time of the event, else by its strike's; what ended then or "
        "later, or goes on. A date is a local date."
    )
    before = WhenFilter(
        help_text="Of claims and numbers: by the claim's own time of the event, else by its strike's; what began earlier "
        "than that. A date is a local date."
    )

    def strike_conditions(self, values: FilterValues) -> Q:
        return super().strike_conditions(
            {name: value for name, value in values.items() if name not in EVENT_FILTERS}
        )

    def claim_conditions(self, values: FilterValues) -> Q:
        return super().claim_conditions(values) & self.event_conditions(values)

    def event_conditions(self, values: FilterValues) -> Q:
        """The conditions on when it happened: one of both times has to meet all of them (decisions.md D82)."""
        limits = {name: values[name] for name in EVENT_FILTERS & values.keys()}
        if not limits:
            return Q()
        own = conditions_of(limits, {"after": happened_after, "before": happened_before})
        strikes = Strike.objects.filter(super().strike_conditions(limits))
        return own | Q(event_began_on__isnull=True, proposition__strike__in=strikes)

    def place_conditions(self, values: FilterValues) -> Q:
        conditions = super().place_conditions(values)
        when = self.event_conditions(values)
        if when and self.as_of.known is not None:  # what is computed is computed for these only
            conditions &= Q(pk__in=Claim.objects.filter(when).values("proposition"))
        return conditions


EVENT_FILTERS = frozenset({"after", "before"})


def happened_after(limit: dt.date | dt.datetime) -> Q:
    late, early = ("event_latest", "event_earliest")
    if not isinstance(limit, dt.datetime):
        late, early = ("event_ended_on", "event_began_on")
    goes_on = Q(**{f"{early}__isnull": False, f"{late}__isnull": True})
    return Q(**{f"{late}__gte": limit}) | goes_on


def happened_before(limit: dt.date | dt.datetime) -> Q:
    if not isinstance(limit, dt.datetime):
        return Q(event_began_on__lt=limit)
    return Q(event_earliest__lt=limit) | Q(event_earliest__isnull=True, event_latest__lt=limit)


def with_polarity(polarities: list[str]) -> Q:
    return Q(stance__in=[stance for stance in Stance if stance.polarity in polarities])


def said_after(limit: dt.date | dt.datetime) -> Q:
    return Q(sort_at__gte=start_of(limit))


def said_before(limit: dt.date | dt.datetime) -> Q:
    moment = start_of(limit)
    return Q(said_earliest__lt=moment) | Q(said_earliest__isnull=True, report__issued_earliest__lt=moment)
