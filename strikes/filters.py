"""The words of the filters, each meaning the same in every collection.

Conditions about claims given together are met by one and the same claim.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from record.api.filters import IdsFilter, RecordFilterSet, WordsFilter
from sources.models import Actor, Report
from strikes.choices import Comparator, Dispute, Stance, Topic, WeaponOutcome
from strikes.models import (
    Claim,
    ClaimEvidence,
    Facility,
    Proposition,
    PropositionState,
    Strike,
    Unit,
)


class PropositionWords(RecordFilterSet):
    """What can be asked of a proposition."""

    facility = IdsFilter(
        Facility, help_text="Facilities: of the strike, or the subject, or the one whose unit is the subject."
    )
    unit = IdsFilter(Unit, help_text="Units that are the subject.")
    strike = IdsFilter(Strike, help_text="Exactly these strikes.")
    wave = IdsFilter(Strike, help_text="Waves with everything they group, at any depth.")
    proposition = IdsFilter(Proposition, help_text="Points at issue.")
    topic = WordsFilter(Topic, help_text="What the proposition is about.")
    dispute = WordsFilter(Dispute, help_text="How the independent origins stand to the proposition.")

    def about(self, asked: dict[str, Any]) -> Q:
        """The conditions on a proposition."""
        q = Q()
        if "facility" in asked:
            q &= (
                Q(strike__facility__in=asked["facility"])
                | Q(facility__in=asked["facility"])
                | Q(unit__facility__in=asked["facility"])
            )
        if "unit" in asked:
            q &= Q(unit__in=asked["unit"])
        if "strike" in asked:
            q &= Q(strike__in=asked["strike"])
        if "wave" in asked:
            q &= Q(strike__in=Strike.objects.below(asked["wave"]))
        if "proposition" in asked:
            q &= Q(pk__in=asked["proposition"])
        if "topic" in asked:
            q &= Q(topic__in=asked["topic"])
        if "dispute" in asked:
            states = PropositionState.objects.current(self.request.pin.revision)
            q &= Q(pk__in=states.filter(state__in=asked["dispute"]).values("proposition"))
        return q

    def propositions(self, asked: dict[str, Any]) -> QuerySet[Proposition]:
        return Proposition.objects.published(self.request.pin.revision).filter(self.about(asked))


class ClaimWords(PropositionWords):
    """What can be asked of a claim and of the proposition it is about."""

    report = IdsFilter(Report, help_text="Reports the claim was read in.")
    actor = IdsFilter(Actor, help_text="Actors who speak.")
    stance = WordsFilter(Stance, help_text="How the speaker stands to the proposition.")

    CLAIM_LOOKUPS = {"report": "report__in", "actor": "actor__in", "stance": "stance__in"}

    def of_claim(self, asked: dict[str, Any]) -> Q:
        """The conditions on the claim itself."""
        return Q(**{lookup: asked[word] for word, lookup in self.CLAIM_LOOKUPS.items() if word in asked})

    def claims(self, asked: dict[str, Any]) -> QuerySet[Claim]:
        """The public claims that meet all conditions at once."""
        claims = Claim.objects.published(self.request.pin.revision).filter(self.of_claim(asked))
        return claims.filter(proposition__in=self.propositions(asked)) if self.about(asked) else claims

    def asks(self, asked: dict[str, Any]) -> bool:
        return bool(self.of_claim(asked) or self.about(asked))


class ClaimFilters(ClaimWords):
    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.asked()
        queryset = queryset.filter(self.of_claim(asked))
        return queryset.filter(proposition__in=self.propositions(asked)) if self.about(asked) else queryset


class DamageEstimateFilters(ClaimWords):
    comparator = WordsFilter(Comparator, help_text="What the words make of the number.")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.asked()
        for word in {"comparator", "outcome"} & set(asked):
            queryset = queryset.filter(**{f"{word}__in": asked[word]})
        return queryset.filter(claim__in=self.claims(asked)) if self.asks(asked) else queryset


class WeaponCountFilters(DamageEstimateFilters):
    outcome = WordsFilter(WeaponOutcome, help_text="What is said to have become of the weapons.")


class PropositionFilters(ClaimWords):
    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.asked()
        queryset = queryset.filter(self.about(asked))
        if self.of_claim(asked):
            queryset = queryset.filter(pk__in=self.claims(asked).values("proposition"))
        return queryset


class StrikeFilters(ClaimWords):
    facility = IdsFilter(Facility, help_text="Facilities the strike is reported to have been aimed at.")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.asked()
        if "facility" in asked:
            queryset = queryset.filter(facility__in=asked.pop("facility"))
        if "strike" in asked:
            queryset = queryset.filter(pk__in=asked.pop("strike"))
        if "wave" in asked:
            queryset = queryset.filter(pk__in=Strike.objects.below(asked.pop("wave")))
        if self.of_claim(asked):
            queryset = queryset.filter(pk__in=self.claims(asked).values("proposition__strike"))
        elif self.about(asked):
            queryset = queryset.filter(pk__in=self.propositions(asked).values("strike"))
        return queryset


class ReportFilters(ClaimWords):
    report: Any = None

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.asked()
        return queryset.filter(pk__in=self.claims(asked).values("report")) if self.asks(asked) else queryset


class EvidenceFilters(ClaimWords):
    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.asked()
        if not self.asks(asked):
            return queryset
        links = ClaimEvidence.objects.published(self.request.pin.revision)
        return queryset.filter(pk__in=links.filter(claim__in=self.claims(asked)).values("evidence"))


class AssessmentFilters(PropositionWords):
    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.asked()
        return queryset.filter(proposition__in=self.propositions(asked)) if self.about(asked) else queryset


class CapacityFilters(RecordFilterSet):
    facility = IdsFilter(Facility, help_text="Facilities the capacity is said of, with their units.")
    unit = IdsFilter(Unit, help_text="Units the capacity is said of.")
    report = IdsFilter(Report, help_text="Reports that state it.")
    actor = IdsFilter(Actor, help_text="Actors who say so, where that is not the publisher itself.")
    comparator = WordsFilter(Comparator, help_text="What the words make of the number.")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{word}__in": values for word, values in self.asked().items()})


class UnitFilters(RecordFilterSet):
    facility = IdsFilter(Facility, help_text="Facilities the unit is a part of.")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(**{f"{word}__in": values for word, values in self.asked().items()})
