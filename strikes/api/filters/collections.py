"""The filters of each collection: those of its noun, and of the nouns it belongs to."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from api.filters import (
    CodesFilter,
    FlagFilter,
    IdsFilter,
    OneOfFilter,
    RecordFilterSet,
    SearchFilter,
    VocabularyFilter,
)
from sources.choices import Reliability, SourceKind
from sources.models import ActorIdentifier, Source
from strikes.api.filters.claims import ClaimFilters, EventTimeFilters
from strikes.api.filters.identifiers import IdentifiedFilters, IdentifierFilter
from strikes.api.filters.numbers import BoundFilters, ConvertedFilters, EstimateFilters
from strikes.api.filters.places import PLACE_FILTERS, PlaceFilters, RegionsFilter
from strikes.api.filters.propositions import PropositionFilters
from strikes.api.filters.reports import LANGUAGE_CODE, ReportFilters, SpeakerFilters, is_language
from strikes.api.filters.rows import (
    FilterValues,
    NotedFilters,
    Row,
    RowFilters,
    as_whole_word,
    in_names,
    lookups_of,
)
from strikes.api.filters.strikes import StrikeFilters
from strikes.choices import Grade, GradeBasis, Metric, RegionLevel, Topic, UnitKind, WeaponOutcome
from strikes.models import (
    Claim,
    ClaimEvidence,
    DamageEstimate,
    Facility,
    FacilityIdentifier,
    Proposition,
    Strike,
    Unit,
    UnitIdentifier,
    WeaponCount,
)
from strikes.outages.episodes import Policy
from strikes.search_index import having_words

IDENTIFIER = "What others call it in lists of theirs, such as `wikidata:Q329347`."
REPORT_FILTERS = frozenset(ReportFilters.base_filters)
STRIKE_FILTERS = frozenset(StrikeFilters.base_filters) - frozenset(NotedFilters.base_filters)
REGION_FILTERS = frozenset({"country", "region"})
PROPOSITION_FILTERS = frozenset(PropositionFilters.base_filters) - frozenset(StrikeFilters.base_filters)


def without(values: FilterValues, names: frozenset[str]) -> FilterValues:
    return {name: value for name, value in values.items() if name not in names}


class ClaimFilterSet(EventTimeFilters, EstimateFilters):
    metric = VocabularyFilter(Metric, help_text="What a number of the claim counts or measures.")
    outcome = VocabularyFilter(WeaponOutcome, help_text="What is said to have become of weapons it counts.")
    q = SearchFilter(help_text="Words of the statement or the quote, in any script; all of them.")

    def search(self, queryset: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        return having_words(queryset, words)

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(self.claim_conditions(values))
        if self.proposition_conditions(values):
            queryset = queryset.filter(Q(proposition__in=self.matching_propositions(values)))
        bounds = self.bound_conditions(values)
        of_estimates = self.estimate_conditions(values)
        of_counts = lookups_of(values, {"outcome": "outcome__in"})
        if not (bounds or of_estimates or of_counts):
            return queryset
        if of_estimates and of_counts:
            return queryset.none()  # no number is both, and all that is asked is met by one and the same
        carrying = Q()
        if not of_counts:
            estimates = DamageEstimate.objects.published(self.as_of).filter(bounds & of_estimates)
            carrying |= Q(pk__in=estimates.values("claim"))
        if not of_estimates:
            counts = WeaponCount.objects.published(self.as_of).filter(bounds & of_counts)
            carrying |= Q(pk__in=counts.values("claim"))
        return queryset.filter(carrying)


class NumberFilterSet(EventTimeFilters, BoundFilters):
    """Of a number that a claim carries."""

    def number_conditions(self, values: FilterValues) -> Q:
        """The conditions on the number itself."""
        return self.bound_conditions(values)

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(self.number_conditions(values))
        if self.has_conditions(values):
            queryset = queryset.filter(Q(claim__in=self.matching_claims(values)))
        return queryset


class DamageEstimateFilterSet(NumberFilterSet, ConvertedFilters, EstimateFilters):
    def number_conditions(self, values: FilterValues) -> Q:
        return super().number_conditions(values) & self.estimate_conditions(values)


class WeaponCountFilterSet(NumberFilterSet):
    country = RegionsFilter(
        RegionLevel.COUNTRY,
        help_text="Of weapon counts: countries that the count names; where it names no region, those of the event.",
    )
    region = RegionsFilter(
        help_text="Of weapon counts: regions that the count names, with all below; where it names none, those of the event."
    )
    outcome = VocabularyFilter(WeaponOutcome, help_text="What is said to have become of the weapons.")
    weapon_model = SearchFilter(
        help_text="Words of the model that the speaker names, in any script; all of them. `geran2` finds `Geran-2`."
    )

    def number_conditions(self, values: FilterValues) -> Q:
        conditions = super().number_conditions(values) & lookups_of(values, {"outcome": "outcome__in"})
        for word in values.get("weapon_model", ()):
            conditions &= in_names(word)
        return conditions

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        """A count that names regions lies in these; any other, where its event does (decisions.md D78)."""
        elsewhere = without(values, REGION_FILTERS)
        if elsewhere == values:
            return super().narrow(queryset, values)
        # The wider question first: under `known_at` what is computed for it holds for the narrower one, too.
        rows = super().narrow(queryset, elsewhere)
        named = WeaponCount.regions.through.objects
        in_them = Q()
        for name in values.keys() & REGION_FILTERS:
            in_them &= Q(pk__in=named.filter(region__in=values[name]).values("weaponcount"))
        of_event = Q(claim__in=self.matching_claims(values))
        return rows.filter(in_them | of_event & ~Q(Exists(named.filter(weaponcount=OuterRef("pk")))))


class PropositionFilterSet(ClaimFilters):
    q = SearchFilter(help_text="Words of the sentence, in any script; all of them.")

    def word_condition(self, word: str) -> Q:
        return as_whole_word(word)

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(self.proposition_conditions(values))
        if self.claim_conditions(values):
            claimed = Q(pk__in=self.matching_claims(values).values("proposition"))
            queryset = queryset.filter(Proposition.objects.including_canonical(claimed, self.as_of))
        return queryset


class AccountFilterSet(RecordFilterSet):
    """What can be asked of accounts."""

    topic = VocabularyFilter(Topic, help_text="Only propositions about these.")

    def filter_queryset(self, queryset: QuerySet[Row]) -> QuerySet[Row]:
        return queryset.filter(lookups_of(self.filter_values(), {"topic": "topic__in"}))


class StrikeAccountFilterSet(AccountFilterSet):
    """What can be asked of the accounts of a strike."""

    descendants = FlagFilter(
        help_text="Whether what is at issue about everything that a wave groups, at any depth, is taken in. All "
        "propositions then come by importance; `strike` says whose each is, and `rank` is its place there. Without "
        "it, only what is said of the wave as a whole."
    )


class TimelineFilterSet(RecordFilterSet):
    """What can be asked of a timeline."""

    policy = OneOfFilter(
        [*Policy.values, "all"],
        Policy.LATEST.value,
        help_text="Which reading of an outage is shown where issuers differ: the `latest` one heard, the `widest`, "
        "the operator's first (`operator_first`), or `all`, each issuer's own.",
    )


class StrikeFilterSet(ClaimFilters):
    q = SearchFilter(help_text="Words of its title or of its facility's names, in any script; all of them.")

    def word_condition(self, word: str) -> Q:
        return in_names(word) | self.in_names_of_facility(word)

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(self.strike_conditions(values))
        beyond_strike = without(values, STRIKE_FILTERS)
        if self.claim_conditions(beyond_strike):
            struck = Q(pk__in=self.claims_by_which_strikes_are_found(values).values("proposition__strike"))
        elif beyond_strike.keys() & PROPOSITION_FILTERS:
            struck = Q(pk__in=self.matching_propositions(self.asked_beyond(values)).values("strike"))
        else:
            return queryset
        return queryset.filter(Strike.objects.including_canonical(struck, self.as_of))

    def asked_beyond(self, values: FilterValues) -> FilterValues:
        """What is asked of claims and propositions, rather than of the strikes that they are about."""
        # What was known by a moment is computed, not kept: of the propositions of these strikes only.
        return values if self.as_of.known is not None else without(values, STRIKE_FILTERS)

    def claims_by_which_strikes_are_found(self, values: FilterValues) -> QuerySet[Claim]:
        """The claims that meet all that is asked of a claim; they may be about other strikes, too."""
        return self.matching_claims(self.asked_beyond(values))


class ReportFilterSet(ClaimFilters):
    q = SearchFilter(help_text="Words of the headline, in any script; all of them.")

    def word_condition(self, word: str) -> Q:
        return as_whole_word(word)

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(self.report_conditions(values))
        beyond_report = without(values, REPORT_FILTERS)
        if self.has_conditions(beyond_report):
            queryset = queryset.filter(Q(pk__in=self.matching_claims(beyond_report).values("report")))
        return queryset


class EvidenceFilterSet(ClaimFilters):
    OWN_LOOKUPS = {"evidence_kind": "kind__in", "verification": "verification__in"}

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(
            lookups_of(values, self.OWN_LOOKUPS), self.report_conditions(values, "report__")
        )
        beyond_evidence = without(values, REPORT_FILTERS | self.OWN_LOOKUPS.keys())
        if self.has_conditions(beyond_evidence):
            links = ClaimEvidence.objects.published(self.as_of)
            links = links.filter(claim__in=self.matching_claims(beyond_evidence))
            queryset = queryset.filter(Q(pk__in=links.values("evidence")))
        return queryset


class AssessmentFilterSet(PropositionFilters):
    grade = VocabularyFilter(Grade, help_text="The grade it gives.")
    grade_basis = VocabularyFilter(GradeBasis, help_text="What it rests on.")
    has_note = None  # an assessment has a reason, and no note

    OWN_LOOKUPS = {"grade": "grade__in", "grade_basis": "grade_basis__in"}

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(lookups_of(values, self.OWN_LOOKUPS))
        of_proposition = without(values, frozenset(self.OWN_LOOKUPS))
        if self.proposition_conditions(of_proposition):
            queryset = queryset.filter(Q(proposition__in=self.matching_propositions(of_proposition)))
        return queryset


class FacilityFilterSet(IdentifiedFilters, StrikeFilters):
    identifier = IdentifierFilter(FacilityIdentifier, help_text=IDENTIFIER)
    q = SearchFilter(help_text="Names and aliases in any script; all words.")

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(self.facility_conditions(values))
        if strike_conditions := self.strike_conditions(without(values, PLACE_FILTERS)):
            strikes = Strike.objects.cited(self.as_of).filter(strike_conditions)
            struck = Q(pk__in=strikes.values("facility"))
            queryset = queryset.filter(Facility.objects.including_canonical(struck, self.as_of))
        return queryset


class UnitFilterSet(IdentifiedFilters, PlaceFilters):
    identifier = IdentifierFilter(UnitIdentifier, help_text=IDENTIFIER)
    unit = IdsFilter(Unit, help_text="Exactly these units.")
    unit_kind = VocabularyFilter(UnitKind, help_text="What the unit does.")
    q = SearchFilter(
        help_text="Designations of the unit and names of its facility, in any script; all words."
    )

    def word_condition(self, word: str) -> Q:
        return in_names(word) | self.in_names_of_facility(word)

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(lookups_of(values, {"unit": "pk__in", "unit_kind": "kind__in"}))
        if conditions := self.facility_conditions(values):
            queryset = queryset.filter(Q(facility__in=Facility.objects.filter(conditions)))
        return queryset


class CapacityFilterSet(PlaceFilters, ReportFilters, SpeakerFilters, ConvertedFilters):
    unit = IdsFilter(Unit, help_text="Units the capacity is said of.")
    unit_kind = VocabularyFilter(UnitKind, help_text="What the unit does.")

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(
            self.bound_conditions(values),
            self.measure_conditions(values),
            self.report_conditions(values, "report__"),
            self.speaker_conditions(values, "actor__"),
            lookups_of(values, {"unit": "unit__in", "unit_kind": "unit__kind__in"}),
        )
        if conditions := self.facility_conditions(values):
            queryset = queryset.filter(Q(facility__in=Facility.objects.filter(conditions)))
        return queryset


class ActorFilterSet(IdentifiedFilters, SpeakerFilters):
    identifier = IdentifierFilter(ActorIdentifier, help_text=IDENTIFIER)
    q = SearchFilter(help_text="Names and aliases in any script; all words.")

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        return queryset.filter(self.speaker_conditions(values))


class SourceFilterSet(NotedFilters):
    source = IdsFilter(Source, help_text="Exactly these sources.")
    source_kind = VocabularyFilter(SourceKind, help_text="What kind of publisher it is.")
    reliability = VocabularyFilter(Reliability, help_text="Today's Admiralty grade of the source, A to F.")
    language = CodesFilter(
        LANGUAGE_CODE, is_language, "a language of ISO 639, such as `en`", help_text="Its main language."
    )
    q = SearchFilter(help_text="Its name, in any script; all words.")

    SOURCE_LOOKUPS = {
        "source": "pk__in",
        "source_kind": "kind__in",
        "reliability": "reliability__in",
        "language": "language__in",
    }

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        return queryset.filter(lookups_of(values, self.SOURCE_LOOKUPS))


class RegionFilterSet(RowFilters):
    country = RegionsFilter(RegionLevel.COUNTRY, help_text="Countries with all below them, ISO 3166-1.")
    region = RegionsFilter(help_text="Regions with all below them, ISO 3166.")
    region_level = VocabularyFilter(RegionLevel, help_text="Whether it is a country or a part of one.")
    q = SearchFilter(help_text="Its name or code, in any script; all words.")

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        queryset = queryset.filter(lookups_of(values, {"country": "pk__in", "region_level": "level__in"}))
        return queryset.filter(lookups_of(values, {"region": "pk__in"}))
