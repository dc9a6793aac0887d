"""What can be asked of each collection: the words of its noun and of those it leads to."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet

from api.filters import CodesFilter, IdsFilter, OneOfFilter, RecordFilterSet, SearchFilter, VocabularyFilter
from sources.choices import Reliability
from sources.models import Source
from strikes.api.filters.claims import ClaimFilters
from strikes.api.filters.events import EventFilters
from strikes.api.filters.numbers import BoundFilters, ConvertedFilters, MeasureFilters
from strikes.api.filters.places import PlaceFilters, RegionsFilter
from strikes.api.filters.propositions import PropositionFilters
from strikes.api.filters.reports import LANGUAGE, ReportFilters, SpeakerFilters, is_language
from strikes.api.filters.rows import FilterValues, NotedFilters, RowFilters, contains
from strikes.choices import Grade, GradeBasis, Metric, RegionLevel, Topic, UnitKind, WeaponOutcome
from strikes.models import ClaimEvidence, DamageEstimate, Facility, Proposition, Strike, Unit, WeaponCount
from strikes.outages.episodes import Policy
from strikes.search_index import having_words


class ClaimFilterSet(ClaimFilters, MeasureFilters):
    metric = VocabularyFilter(Metric, help_text="What a number of the claim counts or measures.")
    outcome = VocabularyFilter(WeaponOutcome, help_text="What is said to have become of weapons it counts.")
    q = SearchFilter(help_text="Words of the statement or the quote, in any script; all of them.")

    def found(self, queryset: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        return having_words(queryset, words)

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        queryset = queryset.filter(self.of_claim(asked))
        if self.about(asked):
            queryset = queryset.filter(proposition__in=self.propositions(asked))
        numbers = self.of_measure(asked)
        if not numbers and not {"metric", "outcome"} & set(asked):
            return queryset
        carrying = Q()
        if "outcome" not in asked:
            estimates = DamageEstimate.objects.published(self.as_of).filter(numbers)
            if "metric" in asked:
                estimates = estimates.filter(metric__in=asked["metric"])
            carrying |= Q(pk__in=estimates.values("claim"))
        if not {"metric", "unit_of_measure"} & set(asked):
            counts = WeaponCount.objects.published(self.as_of).filter(numbers)
            if "outcome" in asked:
                counts = counts.filter(outcome__in=asked["outcome"])
            carrying |= Q(pk__in=counts.values("claim"))
        return queryset.filter(carrying) if carrying else queryset.none()


class NumberFilterSet(ClaimFilters, BoundFilters):
    """Of a number that a claim carries."""

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        queryset = queryset.filter(self.of_bounds(asked))
        for word in {"metric", "outcome", "unit_of_measure"} & set(asked):
            queryset = queryset.filter(**{f"{word}__in": asked[word]})
        return queryset.filter(claim__in=self.claims(asked)) if self.asks(asked) else queryset


class DamageEstimateFilterSet(NumberFilterSet, ConvertedFilters):
    metric = VocabularyFilter(Metric, help_text="What is counted or measured.")


class WeaponCountFilterSet(NumberFilterSet):
    outcome = VocabularyFilter(WeaponOutcome, help_text="What is said to have become of the weapons.")


class PropositionFilterSet(ClaimFilters):
    q = SearchFilter(help_text="Words of the sentence, in any script; all of them.")

    def named(self, word: str) -> Q:
        return Q(search_text__contains=f" {word} ")

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        queryset = queryset.filter(self.about(asked))
        if self.of_claim(asked):
            found = self.claims(asked).values("proposition")
            queryset = queryset.filter(Proposition.objects.including_canonical(Q(pk__in=found), self.as_of))
        return queryset


class AccountFilterSet(RecordFilterSet):
    """What can be asked of accounts."""

    topic = VocabularyFilter(Topic, help_text="Only propositions about these.")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.filter_values()
        return queryset.filter(topic__in=asked["topic"]) if "topic" in asked else queryset


class TimelineFilterSet(RecordFilterSet):
    """What can be asked of a timeline."""

    policy = OneOfFilter(
        [*Policy.values, "all"],
        Policy.LATEST.value,
        help_text="Which reading of an outage is shown where issuers differ: the `latest` one heard, the `widest`, "
        "the operator's first (`operator_first`), or `all`, each issuer's own.",
    )


EVENT_ONLY = frozenset(EventFilters.base_filters) - {"updated_after", "has_note"}
PROPOSITION_ONLY = frozenset(PropositionFilters.base_filters) - frozenset(EventFilters.base_filters)


class StrikeFilterSet(ClaimFilters):
    q = SearchFilter(help_text="Words of its title or of its facility's names, in any script; all of them.")

    def named(self, word: str) -> Q:
        return contains(word) | self.at_facility(word)

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        queryset = queryset.filter(self.events(asked))
        rest = {word: value for word, value in asked.items() if word not in EVENT_ONLY}
        weighed = asked if self.as_of.known is not None else rest  # of these strikes only: it is not kept
        if self.of_claim(rest):
            claims = self.claims(weighed).values("proposition__strike")
            queryset = queryset.filter(Strike.objects.including_canonical(Q(pk__in=claims), self.as_of))
        elif rest.keys() & PROPOSITION_ONLY:
            propositions = self.propositions(weighed).values("strike")
            queryset = queryset.filter(Strike.objects.including_canonical(Q(pk__in=propositions), self.as_of))
        return queryset


class ReportFilterSet(ClaimFilters):
    q = SearchFilter(help_text="Words of the headline, in any script; all of them.")

    def named(self, word: str) -> Q:
        return Q(search_text__contains=f" {word} ")

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        queryset = queryset.filter(self.of_report(asked))
        rest = {word: value for word, value in asked.items() if word not in ReportFilters.base_filters}
        return queryset.filter(pk__in=self.claims(rest).values("report")) if self.asks(rest) else queryset


class EvidenceFilterSet(ClaimFilters):
    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        if "verification" in asked:
            queryset = queryset.filter(verification__in=asked.pop("verification"))
        queryset = queryset.filter(self.of_report(asked, "report__"))
        rest = {word: value for word, value in asked.items() if word not in ReportFilters.base_filters}
        if not self.asks(rest):
            return queryset
        links = ClaimEvidence.objects.published(self.as_of).filter(claim__in=self.claims(rest))
        return queryset.filter(pk__in=links.values("evidence"))


class AssessmentFilterSet(PropositionFilters):
    grade = VocabularyFilter(Grade, help_text="The grade it gives.")
    grade_basis = VocabularyFilter(GradeBasis, help_text="What it rests on.")
    has_note: Any = None

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        for word in ("grade", "grade_basis"):
            if word in asked:
                queryset = queryset.filter(**{f"{word}__in": asked.pop(word)})
        return queryset.filter(proposition__in=self.propositions(asked)) if self.about(asked) else queryset


class FacilityFilterSet(EventFilters):
    q = SearchFilter(help_text="Names and aliases in any script; all words.")

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        queryset = queryset.filter(self.places(asked))
        rest = {word: value for word, value in asked.items() if word not in PlaceFilters.base_filters}
        if events := self.events(rest):
            struck = Strike.objects.cited(self.as_of).filter(events)
            here = Q(pk__in=struck.values("facility"))
            queryset = queryset.filter(Facility.objects.including_canonical(here, self.as_of))
        return queryset


class UnitFilterSet(PlaceFilters):
    unit = IdsFilter(Unit, help_text="Exactly these units.")
    unit_kind = VocabularyFilter(UnitKind, help_text="What the unit does.")
    q = SearchFilter(
        help_text="Designations of the unit and names of its facility, in any script; all words."
    )

    def named(self, word: str) -> Q:
        return contains(word) | self.at_facility(word)

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        if "unit" in asked:
            queryset = queryset.filter(pk__in=asked["unit"])
        if "unit_kind" in asked:
            queryset = queryset.filter(kind__in=asked["unit_kind"])
        places = self.places(asked)
        return queryset.filter(facility__in=Facility.objects.filter(places)) if places else queryset


class CapacityFilterSet(PlaceFilters, ReportFilters, SpeakerFilters, ConvertedFilters):
    unit = IdsFilter(Unit, help_text="Units the capacity is said of.")
    unit_kind = VocabularyFilter(UnitKind, help_text="What the unit does.")

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        queryset = queryset.filter(
            self.of_measure(asked), self.of_report(asked, "report__"), self.of_speaker(asked, "actor__")
        )
        if "unit" in asked:
            queryset = queryset.filter(unit__in=asked["unit"])
        if "unit_kind" in asked:
            queryset = queryset.filter(unit__kind__in=asked["unit_kind"])
        places = self.places(asked)
        return queryset.filter(facility__in=Facility.objects.filter(places)) if places else queryset


class ActorFilterSet(SpeakerFilters):
    q = SearchFilter(help_text="Names and aliases in any script; all words.")

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        return queryset.filter(self.of_speaker(asked))


class SourceFilterSet(NotedFilters):
    source = IdsFilter(Source, help_text="Exactly these sources.")
    reliability = VocabularyFilter(Reliability, help_text="Today's Admiralty grade of the source, A to F.")
    language = CodesFilter(
        LANGUAGE, is_language, "a language of ISO 639, such as `en`", help_text="Its main language."
    )
    q = SearchFilter(help_text="Its name, in any script; all words.")

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        lookups = {"source": "pk__in", "reliability": "reliability__in", "language": "language__in"}
        return queryset.filter(**{lookup: asked[word] for word, lookup in lookups.items() if word in asked})


class RegionFilterSet(RowFilters):
    country = RegionsFilter(RegionLevel.COUNTRY, help_text="Countries with all below them, ISO 3166-1.")
    region = RegionsFilter(help_text="Regions with all below them, ISO 3166.")
    q = SearchFilter(help_text="Its name or code, in any script; all words.")

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        for word in ("country", "region"):
            if word in asked:
                queryset = queryset.filter(pk__in=asked[word])
        return queryset
