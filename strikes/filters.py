"""The words of the filters, each meaning the same in every collection.

Words about a claim given together are met by one and the same claim, words about a number by one
and the same number of it. Every word looks through public rows only.
"""

from __future__ import annotations

import datetime as dt
import math
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

import pycountry
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from record.api.filters import (
    BoxFilter,
    CodesFilter,
    CountFilter,
    FlagFilter,
    IdsFilter,
    NumberFilter,
    OneOfFilter,
    PointFilter,
    RadiusFilter,
    RecordFilter,
    RecordFilterSet,
    SearchFilter,
    WhenFilter,
    WordFilter,
    WordsFilter,
    resolve,
)
from record.api.problems import BadParameter
from record.models import AsOf, Change
from sources.choices import ActorKind, Reliability, ReportPart, Verification
from sources.models import Actor, Report, Source
from strikes.accounts import newest_assessments
from strikes.choices import (
    Attribution,
    Comparator,
    Credibility,
    Dispute,
    FacilityKind,
    Grade,
    GradeBasis,
    Method,
    Metric,
    PartyRole,
    Polarity,
    RegionLevel,
    Stance,
    StrikeKind,
    Topic,
    UnitKind,
    UnitOfMeasure,
    WeaponOutcome,
)
from strikes.conversions import comparable
from strikes.models import (
    Claim,
    ClaimEvidence,
    DamageEstimate,
    Facility,
    Party,
    Proposition,
    PropositionState,
    Region,
    Strike,
    StrikeMethod,
    Unit,
    WeaponCount,
)
from strikes.outages import Policy
from strikes.standing import about_themselves, known_states
from strikes.words import having_words

Asked = dict[str, Any]
EARTH_KM = 6371.0088
LANGUAGE = r"[a-z]{2,3}"


def is_country(code: str) -> bool:
    return pycountry.countries.get(alpha_2=code) is not None


def is_language(code: str) -> bool:
    return (pycountry.languages.get(alpha_2=code) or pycountry.languages.get(alpha_3=code)) is not None


def up(value: Decimal) -> Decimal:
    """The least that can be stored, to three places, and is no less."""
    return value.quantize(Decimal("0.001"), ROUND_CEILING)


def down(value: Decimal) -> Decimal:
    """The most that can be stored, to three places, and is no more."""
    return value.quantize(Decimal("0.001"), ROUND_FLOOR)


class RegionsFilter(IdsFilter):
    """Regions with everything below them."""

    def __init__(self, level: RegionLevel | None = None, **options: Any) -> None:
        super().__init__(Region, **options)
        self.level = level

    def values(self, texts: list[str], revision: int) -> set[int]:
        found = super().values(texts, revision)
        if self.level and Region.objects.filter(pk__in=found).exclude(level=self.level).exists():
            raise ValidationError("A country has two letters, such as `UA`; for its parts use `region`.")
        newest = found
        while newest:
            newest = set(Region.objects.filter(parent__in=newest).values_list("pk", flat=True)) - found
            found |= newest
        return found


SUBJECTS: dict[str, Any] = {"facility": Facility, "unit": Unit, "actor": Actor, "region": Region}


class SubjectsFilter(RecordFilter):
    """Subjects of propositions: ids of facilities, units, actors or regions."""

    several = True

    def values(self, texts: list[str], revision: int) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for text in texts:
            hits = {}
            for name, model in SUBJECTS.items():
                try:
                    hits[name] = resolve(model, [text], revision)
                except ValidationError as error:
                    problem = error
            if not hits:
                raise problem
            for name, keys in hits.items():
                found[name] = found.get(name, set()) | keys
        return found


# What can be asked, from the place to the number ------------------------------------------------------------


class RowWords(RecordFilterSet):
    """What can be asked of any row."""

    updated_after = WhenFilter(
        help_text="Rows published or amended after this moment (a date: after the end of that day UTC)."
    )

    @property
    def revision(self) -> int:
        n: int = self.request.pin.revision
        return n

    @property
    def then(self) -> AsOf:
        then: AsOf = self.request.pin.then
        return then

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.asked()
        if "updated_after" in asked:
            since, lookup = asked["updated_after"], "gte"
            if not isinstance(since, dt.datetime):
                since, lookup = dt.datetime.combine(since, dt.time.max, dt.UTC), "gt"
            changes = Change.objects.filter(
                collection=queryset.model.collection,
                revision__n__lte=self.revision,
                **{f"revision__at__{lookup}": since},
            )
            queryset = queryset.filter(public_id__in=changes.values("object_id"))
        if "has_note" in asked:
            queryset = queryset.filter(note__isnull=not asked["has_note"])
        if "q" in asked:
            queryset = self.found(queryset, asked["q"])
        return self.narrowed(queryset, asked)

    def found(self, queryset: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        """Rows with every word in one of their names."""
        for word in words:
            queryset = queryset.filter(contains(word))
        return queryset

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        return queryset


def contains(word: str, path: str = "") -> Q:
    """A folded word in a row's folded names. ELOU, the desalter, stands before AVT in one unit's full name."""
    q = Q(**{f"{path}search_text__contains": word})
    short = word.removeprefix("elou")
    return q | Q(**{f"{path}search_text__contains": short}) if short not in ("", word) else q


class NotedWords(RowWords):
    has_note = FlagFilter(help_text="Whether the row carries a public editor's note.")


class PlaceWords(NotedWords):
    """What can be asked of a place."""

    facility = IdsFilter(
        Facility, help_text="Facilities: of the strike, or the subject, or the one whose unit is the subject."
    )
    facility_kind = WordsFilter(FacilityKind, help_text="What the facility does.")
    country = RegionsFilter(RegionLevel.COUNTRY, help_text="Countries of the event or place, ISO 3166-1.")
    region = RegionsFilter(help_text="Regions of the event or place, any of them, with all below; ISO 3166.")
    party = IdsFilter(Actor, help_text="Owners, operators and others of the facility, at any time.")
    bbox = BoxFilter(help_text="A box in degrees: `west,south,east,north`. Towns, never finer than a site.")
    near = PointFilter(help_text="A point, `latitude,longitude` in degrees; needs `radius_km`.")
    radius_km = RadiusFilter(help_text="How far around `near`, in kilometres; more than 0, at most 2,000.")

    def places(self, asked: Asked) -> Q:
        """The conditions on a facility."""
        q = Q()
        if "facility" in asked:
            q &= Q(pk__in=asked["facility"])
        if "facility_kind" in asked:
            q &= Q(kind__in=asked["facility_kind"])
        for word in ("country", "region"):
            if word in asked:
                q &= Q(pk__in=Facility.objects.filter(regions__in=asked[word]).values("pk"))
        if "party" in asked:
            parties = Party.objects.published(self.then).filter(actor__in=asked["party"])
            q &= Q(pk__in=parties.values("facility"))
        if "bbox" in asked:
            west, south, east, north = asked["bbox"]
            past_west, short_of_east = Q(longitude__gte=up(west)), Q(longitude__lte=down(east))
            q &= past_west | short_of_east if west > east else past_west & short_of_east
            q &= Q(latitude__gte=up(south), latitude__lte=down(north))
        if ("near" in asked) != ("radius_km" in asked):
            missing = "radius_km" if "near" in asked else "near"
            raise BadParameter(missing, "`near` and `radius_km` go together.", "missing")
        if "near" in asked:
            latitude, longitude = asked["near"]
            q &= Q(pk__in=self.around(latitude, longitude, asked["radius_km"]))
        return q

    def around(self, latitude: float, longitude: float, radius: float) -> set[int]:
        """The facilities within a radius, by great circles."""
        degrees = math.degrees(radius / EARTH_KM) + 0.001
        rows: QuerySet[Any] = Facility.objects.cited(self.then).filter(
            latitude__gte=latitude - degrees, latitude__lte=latitude + degrees
        )
        return {
            pk
            for pk, lat, lon in rows.values_list("pk", "latitude", "longitude")
            if kilometres(latitude, longitude, float(lat), float(lon)) <= radius
        }


def kilometres(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """The great-circle distance between two points in degrees (haversine)."""
    phi, to_phi, half = math.radians(lat), math.radians(to_lat), math.radians(to_lon - lon) / 2
    a = math.sin((to_phi - phi) / 2) ** 2 + math.cos(phi) * math.cos(to_phi) * math.sin(half) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(a)))


PLACE_WORDS = frozenset(
    {"facility", "facility_kind", "country", "region", "party", "bbox", "near", "radius_km"}
)


class EventWords(PlaceWords):
    """What can be asked of a strike."""

    strike = IdsFilter(Strike, help_text="Exactly these strikes.")
    wave = IdsFilter(Strike, help_text="Waves with everything they group, at any depth.")
    kind = WordsFilter(StrikeKind, help_text="Strike, wave, raid or incident.")
    method = WordsFilter(Method, help_text="By what means, as an editor's label of the strike.")
    operator = IdsFilter(Actor, help_text="Who operated the facility at the time of the event.")
    after = WhenFilter(help_text="Events that ended then or later, or go on. A date is a local date.")
    before = WhenFilter(help_text="Events that began earlier than that. A date is a local date.")

    def events(self, asked: Asked) -> Q:
        """The conditions on a strike."""
        q = Q()
        if at_place := {word: asked[word] for word in asked if word in PLACE_WORDS - {"country", "region"}}:
            q &= Q(facility__in=Facility.objects.filter(self.places(at_place)))
        for word in ("country", "region"):
            if word in asked:
                q &= Q(pk__in=Strike.objects.filter(regions__in=asked[word]).values("pk")) | Q(
                    facility__in=Facility.objects.filter(regions__in=asked[word])
                )
        if "strike" in asked:
            q &= Q(pk__in=asked["strike"])
        if "wave" in asked:
            q &= Q(pk__in=Strike.objects.below(asked["wave"], self.then))
        if "kind" in asked:
            q &= Q(kind__in=asked["kind"])
        if "method" in asked:
            q &= Q(pk__in=StrikeMethod.objects.filter(method__in=asked["method"]).values("strike"))
        if "operator" in asked:
            then = Party.objects.published(self.then).filter(
                Q(since__isnull=True) | Q(since__lte=OuterRef("local_date")),
                Q(until__isnull=True) | Q(until__gte=OuterRef("local_date")),
                facility=OuterRef("facility"), role=PartyRole.OPERATOR, actor__in=asked["operator"],
            )  # fmt: skip
            q &= Q(pk__in=Strike.objects.filter(Exists(then)).values("pk"))
        if "after" in asked:
            edge = "latest" if isinstance(asked["after"], dt.datetime) else "local_until"
            q &= Q(**{f"{edge}__gte": asked["after"]}) | Q(latest__isnull=True)
        if "before" in asked:
            edge = "earliest" if isinstance(asked["before"], dt.datetime) else "local_date"
            q &= Q(**{f"{edge}__lt": asked["before"]})
        return q


class PropositionWords(EventWords):
    """What can be asked of a proposition."""

    unit = IdsFilter(Unit, help_text="Units that are the subject.")
    unit_kind = WordsFilter(UnitKind, help_text="What the unit that is the subject does.")
    subject = SubjectsFilter(help_text="Facilities, units, actors or regions that are the subject itself.")
    proposition = IdsFilter(Proposition, help_text="Points at issue.")
    topic = WordsFilter(Topic, help_text="What the proposition is about.")
    dispute = WordsFilter(Dispute, help_text="How the independent origins stand to the proposition.")
    min_origins = CountFilter(help_text="At least so many independent origins are for the proposition.")
    grade = WordsFilter(Grade, help_text="The newest editor's grade of the proposition.")
    grade_basis = WordsFilter(GradeBasis, help_text="What the newest grade rests on.")

    weighed: dict[int, PropositionState] | None = None
    """The states of the propositions asked for, where they are computed: once for a request."""

    def about(self, asked: Asked) -> Q:
        """The conditions on a proposition."""
        q = Q()
        where = {word: asked[word] for word in asked if word in PLACE_WORDS}
        if where:
            places = Facility.objects.filter(self.places(where))
            there = Q(strike__in=Strike.objects.filter(self.events(where)))
            there |= Q(facility__in=places) | Q(unit__facility__in=places)
            if where.keys() <= {"country", "region"}:
                there |= Q(region__in=set.intersection(*where.values()))
            q &= there
        events = self.events({word: asked[word] for word in asked if word not in where})
        if events:
            q &= Q(strike__in=Strike.objects.filter(events))
        if "unit" in asked:
            q &= Q(unit__in=asked["unit"])
        if "unit_kind" in asked:
            q &= Q(unit__kind__in=asked["unit_kind"])
        if "subject" in asked:
            any_of = Q()
            for name, keys in asked["subject"].items():
                any_of |= Q(**{f"{name}__in": keys})
            q &= any_of
        if "proposition" in asked:
            q &= Q(pk__in=asked["proposition"])
        if "topic" in asked:
            q &= Q(topic__in=asked["topic"])
        for word in ("grade", "grade_basis"):
            if word in asked:
                q &= self.graded(word, asked[word])
        if {"dispute", "min_origins"} & set(asked):
            q &= self.standing(q, asked.get("dispute"), asked.get("min_origins", 0))
        return q

    def graded(self, word: str, values: list[str]) -> Q:
        """Propositions whose newest assessment says one of these; of merged ones, the newest of them all."""
        newest = Subquery(newest_assessments(self.then).values(word)[:1])
        found = Proposition.objects.exclude(pk__in=list(Proposition.objects.merged(self.then)))
        found = found.annotate(newest=newest).filter(newest__in=values)
        return Proposition.objects.stood_for(Q(pk__in=found.values("pk")), self.then)

    def standing(self, q: Q, dispute: list[str] | None, least: int) -> Q:
        """Propositions that stand so, and those merged into one: by kept states or, as of what was known, computed."""
        if self.then.known is None:
            asked = Q(state__in=dispute) if dispute else Q()
            states = PropositionState.objects.current(self.revision).filter(asked, origins_for__gte=least)
            return Proposition.objects.stood_for(Q(pk__in=states.values("proposition")), self.then)
        if self.weighed is None:
            found = Proposition.objects.cited(self.then).filter(q).values("pk")
            rows = Proposition.objects.published(self.then)
            rows = rows.filter(Proposition.objects.standing_for(Q(pk__in=found), self.then))
            self.weighed = known_states(rows, self.then)
        standing = [
            pk
            for pk, state in self.weighed.items()
            if state.origins_for >= least and (not dispute or state.state in dispute)
        ]
        return Proposition.objects.stood_for(Q(pk__in=standing), self.then)

    def propositions(self, asked: Asked) -> QuerySet[Proposition]:
        """The propositions that meet all conditions, public ones and those merged away, which claims name."""
        rows: QuerySet[Proposition] = Proposition.objects.cited(self.then).filter(self.about(asked))
        return rows


class ReportWords(NotedWords):
    """What can be asked of a report."""

    report = IdsFilter(Report, help_text="Reports it was read in.")
    source = IdsFilter(Source, help_text="Sources that published the report.")
    reliability = WordsFilter(Reliability, help_text="Today's Admiralty grade of the source, A to F.")
    language = CodesFilter(
        LANGUAGE, is_language, "a language of ISO 639, such as `en`", help_text="Languages of the report."
    )
    derived_from = IdsFilter(Report, help_text="Reports that the report was copied from.")
    issued_after = WhenFilter(help_text="Reports that may have been issued then or later (a date: UTC).")
    issued_before = WhenFilter(help_text="Reports that may have been issued earlier (a date: UTC).")

    LOOKUPS = {
        "source": "source__in",
        "reliability": "source__reliability__in",
        "language": "language__in",
        "derived_from": "derived_from__in",
    }

    def of_report(self, asked: Asked, path: str = "") -> Q:
        """The conditions on a report, seen from a row that leads to it by a path."""
        q = Q(**{f"{path}{lookup}": asked[word] for word, lookup in self.LOOKUPS.items() if word in asked})
        if "report" in asked:
            q &= Q(**{f"{path}pk__in": asked["report"]})
        if "issued_after" in asked:
            q &= Q(**{f"{path}issued_latest__gte": moment(asked["issued_after"])})
        if "issued_before" in asked:
            q &= Q(**{f"{path}issued_earliest__lt": moment(asked["issued_before"])})
        return q


def moment(value: dt.date | dt.datetime) -> dt.datetime:
    """A moment; of a date, its beginning in UTC."""
    return value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time.min, dt.UTC)


class SpeakerWords(NotedWords):
    """What can be asked of whoever speaks."""

    actor = IdsFilter(Actor, help_text="Actors who speak.")
    actor_kind = WordsFilter(ActorKind, help_text="What kind of voice it is.")
    actor_country = CodesFilter(
        "[A-Z]{2}", is_country, "a country of ISO 3166-1, such as `UA`", help_text="Countries of the actor."
    )

    SPEAKER_LOOKUPS = {"actor": "pk__in", "actor_kind": "kind__in", "actor_country": "country__in"}

    def of_speaker(self, asked: Asked, path: str = "") -> Q:
        return Q(**{f"{path}{lo}": asked[word] for word, lo in self.SPEAKER_LOOKUPS.items() if word in asked})


class BoundWords(NotedWords):
    """What can be asked of a number with bounds."""

    comparator = WordsFilter(Comparator, help_text="What the words make of the number.")
    low_min = NumberFilter(help_text="Numbers known to be at least this: a lower bound or a value of it.")
    high_max = NumberFilter(
        help_text="Numbers known to be at most this: an upper bound or a value of it. A range 'or more' has no upper "
        "bound."
    )

    def of_bounds(self, asked: Asked) -> Q:
        q = Q()
        if "comparator" in asked:
            q &= Q(comparator__in=asked["comparator"])
        value = Q(comparator=Comparator.APPROXIMATELY)
        if "low_min" in asked:
            least = up(asked["low_min"])
            q &= Q(low__gte=least) | value & Q(best__gte=least)
        if "high_max" in asked:
            most = down(asked["high_max"])
            q &= Q(high__lte=most, or_more=False) | value & Q(best__lte=most)
        return q


class MeasureWords(BoundWords):
    unit_of_measure = WordsFilter(UnitOfMeasure, help_text="The unit that was printed.")

    def of_measure(self, asked: Asked) -> Q:
        q = self.of_bounds(asked)
        return q & Q(unit_of_measure__in=asked["unit_of_measure"]) if "unit_of_measure" in asked else q


class Conversion(RecordFilterSet):
    """What can be asked of one number: the same in another unit."""

    convert_to = WordFilter(
        UnitOfMeasure,
        help_text="Adds the bounds in this unit, as `converted`, beside the printed ones. Not every unit can be "
        "converted to it; a list needs a `unit_of_measure` of which all can.",
    )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


class ConvertedWords(MeasureWords):
    convert_to = Conversion.base_filters["convert_to"]

    def asked(self) -> Asked:
        asked = super().asked()
        to = asked.pop("convert_to", None)
        if to is None:
            return asked
        if "unit_of_measure" not in asked:
            raise BadParameter("unit_of_measure", "`convert_to` needs it: say what is converted.", "missing")
        for unit in asked["unit_of_measure"]:
            refuse_unlike(unit, to)
        return asked


def refuse_unlike(unit: str, to: str) -> None:
    """A conversion that there is not is refused, never left out in silence."""
    if not comparable(unit, to):
        known = [other.value for other in UnitOfMeasure if comparable(unit, other) and other != unit]
        allowed = f": {unit} can become {', '.join(known)}." if known else f": {unit} is never converted."
        raise BadParameter("convert_to", f"{unit} cannot be converted to {to}{allowed}", "not_convertible")


class ClaimWords(PropositionWords, ReportWords, SpeakerWords):
    """What can be asked of a claim, of the report it was read in and of what it is about."""

    claim = IdsFilter(Claim, help_text="Claims.")
    stance = WordsFilter(Stance, help_text="How the speaker stands to the proposition.")
    polarity = WordsFilter(Polarity, help_text="Whether the stance is for it, against it, or neither.")
    attribution = WordsFilter(Attribution, help_text="On what footing the words reach us.")
    credibility = WordsFilter(Credibility, help_text="The Admiralty grade of the information, 1 to 6.")
    part = WordsFilter(ReportPart, help_text="Where in the report the claim stands.")
    verification = WordsFilter(Verification, help_text="How far evidence attached to it has been checked.")
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

    def of_claim(self, asked: Asked) -> Q:
        """The conditions on the claim itself, its report and its speaker."""
        q = Q(**{lookup: asked[word] for word, lookup in self.CLAIM_LOOKUPS.items() if word in asked})
        if "polarity" in asked:
            q &= Q(stance__in=[stance for stance in Stance if stance.polarity in asked["polarity"]])
        if "own" in asked:
            own = Exists(about_themselves(self.then).filter(pk=OuterRef("pk")))
            q &= Q(own) if asked["own"] else Q(~own)
        if "verification" in asked:
            links = ClaimEvidence.objects.published(self.then)
            links = links.filter(evidence__verification__in=asked["verification"])
            q &= Q(pk__in=links.values("claim"))
        if "said_after" in asked:
            q &= Q(sort_at__gte=moment(asked["said_after"]))
        if "said_before" in asked:
            then = moment(asked["said_before"])
            q &= Q(said_earliest__lt=then) | Q(said_earliest__isnull=True, report__issued_earliest__lt=then)
        return q & self.of_report(asked, "report__") & self.of_speaker(asked, "actor__")

    def claims(self, asked: Asked) -> QuerySet[Claim]:
        """The public claims that meet all conditions at once."""
        claims: QuerySet[Claim] = Claim.objects.published(self.then).filter(self.of_claim(asked))
        return claims.filter(proposition__in=self.propositions(asked)) if self.about(asked) else claims

    def asks(self, asked: Asked) -> bool:
        return bool(self.of_claim(asked) or self.about(asked))


# The collections --------------------------------------------------------------------------------------------


class ClaimFilters(ClaimWords, MeasureWords):
    metric = WordsFilter(Metric, help_text="What a number of the claim counts or measures.")
    outcome = WordsFilter(WeaponOutcome, help_text="What is said to have become of weapons it counts.")
    q = SearchFilter(help_text="Words of the statement or the quote, in any script; all of them.")

    def found(self, queryset: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        return having_words(queryset, words)

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        queryset = queryset.filter(self.of_claim(asked))
        if self.about(asked):
            queryset = queryset.filter(proposition__in=self.propositions(asked))
        numbers = self.of_measure(asked)
        if not numbers and not {"metric", "outcome"} & set(asked):
            return queryset
        carrying = Q()
        if "outcome" not in asked:
            estimates = DamageEstimate.objects.published(self.then).filter(numbers)
            if "metric" in asked:
                estimates = estimates.filter(metric__in=asked["metric"])
            carrying |= Q(pk__in=estimates.values("claim"))
        if not {"metric", "unit_of_measure"} & set(asked):
            counts = WeaponCount.objects.published(self.then).filter(numbers)
            if "outcome" in asked:
                counts = counts.filter(outcome__in=asked["outcome"])
            carrying |= Q(pk__in=counts.values("claim"))
        return queryset.filter(carrying) if carrying else queryset.none()


class NumberFilters(ClaimWords, BoundWords):
    """Of a number that a claim carries."""

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        queryset = queryset.filter(self.of_bounds(asked))
        for word in {"metric", "outcome", "unit_of_measure"} & set(asked):
            queryset = queryset.filter(**{f"{word}__in": asked[word]})
        return queryset.filter(claim__in=self.claims(asked)) if self.asks(asked) else queryset


class DamageEstimateFilters(NumberFilters, ConvertedWords):
    metric = WordsFilter(Metric, help_text="What is counted or measured.")


class WeaponCountFilters(NumberFilters):
    outcome = WordsFilter(WeaponOutcome, help_text="What is said to have become of the weapons.")


class PropositionFilters(ClaimWords):
    q = SearchFilter(help_text="Words of the sentence, in any script; all of them.")

    def found(self, queryset: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        for word in words:
            queryset = queryset.filter(search_text__contains=f" {word} ")
        return queryset

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        queryset = queryset.filter(self.about(asked))
        if self.of_claim(asked):
            found = self.claims(asked).values("proposition")
            queryset = queryset.filter(Proposition.objects.standing_for(Q(pk__in=found), self.then))
        return queryset


class AccountFilters(RecordFilterSet):
    """What can be asked of accounts."""

    topic = WordsFilter(Topic, help_text="Only propositions about these.")

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.asked()
        return queryset.filter(topic__in=asked["topic"]) if "topic" in asked else queryset


class TimelineFilters(RecordFilterSet):
    """What can be asked of a timeline."""

    policy = OneOfFilter(
        [*Policy.values, "all"], Policy.LATEST.value,
        help_text="Which reading of an outage is shown where issuers differ: the `latest` one heard, the `widest`, "
        "the operator's first (`operator_first`), or `all`, each issuer's own.",
    )  # fmt: skip


EVENT_ONLY = frozenset(EventWords.base_filters) - {"updated_after", "has_note"}
PROPOSITION_ONLY = frozenset(PropositionWords.base_filters) - frozenset(EventWords.base_filters)


class StrikeFilters(ClaimWords):
    q = SearchFilter(help_text="Words of its title or of its facility's names, in any script; all of them.")

    def found(self, queryset: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        for word in words:
            queryset = queryset.filter(contains(word) | contains(word, "facility__"))
        return queryset

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        queryset = queryset.filter(self.events(asked))
        rest = {word: value for word, value in asked.items() if word not in EVENT_ONLY}
        weighed = asked if self.then.known is not None else rest  # of these strikes only: it is not kept
        if self.of_claim(rest):
            claims = self.claims(weighed).values("proposition__strike")
            queryset = queryset.filter(Strike.objects.standing_for(Q(pk__in=claims), self.then))
        elif rest.keys() & PROPOSITION_ONLY:
            propositions = self.propositions(weighed).values("strike")
            queryset = queryset.filter(Strike.objects.standing_for(Q(pk__in=propositions), self.then))
        return queryset


class ReportFilters(ClaimWords):
    q = SearchFilter(help_text="Words of the headline, in any script; all of them.")

    def found(self, queryset: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        for word in words:
            queryset = queryset.filter(search_text__contains=f" {word} ")
        return queryset

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        queryset = queryset.filter(self.of_report(asked))
        rest = {word: value for word, value in asked.items() if word not in ReportWords.base_filters}
        return queryset.filter(pk__in=self.claims(rest).values("report")) if self.asks(rest) else queryset


class EvidenceFilters(ClaimWords):
    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        if "verification" in asked:
            queryset = queryset.filter(verification__in=asked.pop("verification"))
        queryset = queryset.filter(self.of_report(asked, "report__"))
        rest = {word: value for word, value in asked.items() if word not in ReportWords.base_filters}
        if not self.asks(rest):
            return queryset
        links = ClaimEvidence.objects.published(self.then).filter(claim__in=self.claims(rest))
        return queryset.filter(pk__in=links.values("evidence"))


class AssessmentFilters(PropositionWords):
    grade = WordsFilter(Grade, help_text="The grade it gives.")
    grade_basis = WordsFilter(GradeBasis, help_text="What it rests on.")
    has_note: Any = None

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        for word in ("grade", "grade_basis"):
            if word in asked:
                queryset = queryset.filter(**{f"{word}__in": asked.pop(word)})
        return queryset.filter(proposition__in=self.propositions(asked)) if self.about(asked) else queryset


class FacilityFilters(EventWords):
    q = SearchFilter(help_text="Names and aliases in any script; all words.")

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        queryset = queryset.filter(self.places(asked))
        rest = {word: value for word, value in asked.items() if word not in PlaceWords.base_filters}
        if events := self.events(rest):
            struck = Strike.objects.cited(self.then).filter(events)
            here = Q(pk__in=struck.values("facility"))
            queryset = queryset.filter(Facility.objects.standing_for(here, self.then))
        return queryset


class UnitFilters(PlaceWords):
    unit = IdsFilter(Unit, help_text="Exactly these units.")
    unit_kind = WordsFilter(UnitKind, help_text="What the unit does.")
    q = SearchFilter(
        help_text="Designations of the unit and names of its facility, in any script; all words."
    )

    def found(self, queryset: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        for word in words:
            queryset = queryset.filter(contains(word) | contains(word, "facility__"))
        return queryset

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        if "unit" in asked:
            queryset = queryset.filter(pk__in=asked["unit"])
        if "unit_kind" in asked:
            queryset = queryset.filter(kind__in=asked["unit_kind"])
        places = self.places(asked)
        return queryset.filter(facility__in=Facility.objects.filter(places)) if places else queryset


class CapacityFilters(PlaceWords, ReportWords, SpeakerWords, ConvertedWords):
    unit = IdsFilter(Unit, help_text="Units the capacity is said of.")
    unit_kind = WordsFilter(UnitKind, help_text="What the unit does.")

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        queryset = queryset.filter(
            self.of_measure(asked), self.of_report(asked, "report__"), self.of_speaker(asked, "actor__")
        )
        if "unit" in asked:
            queryset = queryset.filter(unit__in=asked["unit"])
        if "unit_kind" in asked:
            queryset = queryset.filter(unit__kind__in=asked["unit_kind"])
        places = self.places(asked)
        return queryset.filter(facility__in=Facility.objects.filter(places)) if places else queryset


class ActorFilters(SpeakerWords):
    q = SearchFilter(help_text="Names and aliases in any script; all words.")

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        return queryset.filter(self.of_speaker(asked))


class SourceFilters(NotedWords):
    source = IdsFilter(Source, help_text="Exactly these sources.")
    reliability = WordsFilter(Reliability, help_text="Today's Admiralty grade of the source, A to F.")
    language = CodesFilter(
        LANGUAGE, is_language, "a language of ISO 639, such as `en`", help_text="Its main language."
    )
    q = SearchFilter(help_text="Its name, in any script; all words.")

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        lookups = {"source": "pk__in", "reliability": "reliability__in", "language": "language__in"}
        return queryset.filter(**{lookup: asked[word] for word, lookup in lookups.items() if word in asked})


class RegionFilters(RowWords):
    country = RegionsFilter(RegionLevel.COUNTRY, help_text="Countries with all below them, ISO 3166-1.")
    region = RegionsFilter(help_text="Regions with all below them, ISO 3166.")
    q = SearchFilter(help_text="Its name or code, in any script; all words.")

    def narrowed(self, queryset: QuerySet[Any], asked: Asked) -> QuerySet[Any]:
        for word in ("country", "region"):
            if word in asked:
                queryset = queryset.filter(pk__in=asked[word])
        return queryset
