"""How much capacity was offline over time at some facilities: what is collected for it, and what it adds up to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q

from record.limits import TooMuch
from record.models import AsOf
from sources.models import Actor
from strikes.choices import Metric, NotCounted, Polarity, Topic
from strikes.disputes.standing import standings
from strikes.models import Capacity, Claim, DamageEstimate, Facility, Proposition, Region
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.agreement import converted
from strikes.outages.amounts import (
    Unquantified,
    Voices,
    amounts_of,
    bounds_in,
    comparable_capacities,
    facility_limits,
)
from strikes.outages.conversions import rounded_amount
from strikes.outages.coverage import DAY, Covered, coverage_of
from strikes.outages.episodes import Episode
from strikes.outages.grouping import GroupedStatements
from strikes.outages.loading import (
    CanonicalKeys,
    Operators,
    Term,
    capacities_of,
    load_statements,
    operators_of,
)
from strikes.outages.readings import PhaseState, Reading, read
from strikes.outages.reckoning import Reckoning, reckoning_of
from strikes.outages.series import MOST_DAYS, MOST_POINTS, Point, periods, series
from strikes.outages.series_query import (
    Incomparable,
    SeriesQuery,
    facilities_asked_for,
    operated_by,
    stage_of,
    stages_asked_for,
    units_asked_for,
)
from strikes.outages.statements import OUTAGE_METRICS, Span, Subject
from strikes.outages.stretches import Stretch, Taken, clipped, stretches_of
from strikes.outages.timelines import facility_of, facility_of_episode, unit_of

MOST_DIRECT_CLAIMS = 500
"""Direct claims about a region or an actor that one answer shows."""

OTHER_STAGE = (
    "{} is a unit of another stage: what it processes has passed a primary unit, and the two are not added. "
    "Ask for it with `unit`."
)
UNDATED = "It says that something was offline, and neither it nor any other claim says from when."


@dataclass
class WithReason:
    """An outage or a number that is not in the series, or in it without a size, and why."""

    claims: list[str]
    reason: str


@dataclass
class WholeCapacity:
    """What facilities can do in all."""

    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    capacities: list[str]
    facilities: int
    """How many facilities have a capacity that can be compared."""
    of: int


@dataclass
class StatedSeries:
    """Numbers that were said of one region or operator as a whole, reckoned alike, in time."""

    subject: Actor | Region
    reckoning: Reckoning
    numbers: list[DamageEstimate]


@dataclass
class CapacityOffline:
    """The whole answer: the series, what was left out of it, and what was said directly."""

    unit_of_measure: str
    policy: str
    interval: str
    points: list[Point]
    names: dict[int, str]
    """The public id of each facility, by its key."""
    denominator: WholeCapacity | None
    stated: list[StatedSeries]
    unquantified: list[WithReason]
    left_out: list[WithReason]


def capacity_offline(query: SeriesQuery, as_of: AsOf, today: dt.date) -> CapacityOffline:
    """How much was offline, as far as was said at a point in time, and read today."""
    canonical = CanonicalKeys.at(as_of)
    facilities = facilities_asked_for(query, as_of, canonical)
    cluster = Facility.objects.cluster(facilities, as_of)
    units = units_asked_for(query, cluster)
    builder = SeriesBuilder(
        query,
        today,
        canonical,
        stages_asked_for(query, units, as_of),
        operators_of(Q(pk__in=cluster), as_of, canonical),
        operated_by(query, cluster, as_of, canonical),
        capacities_of(units, Q(pk__in=cluster), as_of, canonical),
    )
    # Who asks for units asks for no outage of a whole facility.
    of_whole = Q(pk__in=cluster if query.units is None and query.unit_kinds is None else [])
    grouped = load_statements(units, of_whole, as_of, canonical, query.narrow_by)
    places, first_words = sorted(facilities), builder.first_words(grouped)
    covered = coverage_of(places, first_words, canonical.facilities, cluster, as_of, today)
    builder.covered = dict(zip(places, covered, strict=True))
    builder.add_all(grouped)
    stated = said_directly(query, as_of)
    builder.refuse_what_cannot_be_compared(bool(stated))
    first, until = days_of(query, builder.stretches, today)
    limits = facility_limits(builder.capacities, query.unit_of_measure)
    terms = builder.terms
    covered = [
        days.within(None if terms is None else terms.get(key, [])) for key, days in builder.covered.items()
    ]
    return CapacityOffline(
        query.unit_of_measure,
        query.policy.value,
        query.interval,
        series(builder.stretches, limits, covered, query.interval, first, until),
        dict(Facility.objects.filter(pk__in=facilities).values_list("pk", "public_id")),
        whole_capacity(builder.capacities, query.unit_of_measure, facilities),
        stated,
        builder.unquantified,
        builder.left_out,
    )


def days_of(query: SeriesQuery, stretches: Iterable[Stretch], today: dt.date) -> tuple[dt.date, dt.date]:
    """The first day of the series and the day after its last."""
    until = query.before or today + DAY
    first = query.after or min((stretch.first for stretch in stretches), default=until)
    # The days are counted first: going through the periods of a thousand years would already cost too much.
    if (until - first).days > MOST_DAYS or sum(
        1 for _ in periods(query.interval, first, until)
    ) > MOST_POINTS:
        text = f"More than {MOST_POINTS:,} points: narrow it with `after` and `before`."
        raise TooMuch("interval", text)
    return first, until


# Outages ------------------------------------------------------------------------------------------------------


@dataclass
class SeriesBuilder:
    """Gathers the days of outages that make the series, and what cannot be in it."""

    query: SeriesQuery
    today: dt.date
    canonical: CanonicalKeys
    stages: set[str]
    operators: Operators
    terms: dict[int, list[Term]] | None
    """When the operators that were asked for operated each facility; null if none was."""
    capacities: dict[Subject, list[Capacity]]
    stretches: list[Stretch] = field(default_factory=list)
    unquantified: list[WithReason] = field(default_factory=list)
    left_out: list[WithReason] = field(default_factory=list)
    covered: dict[int, Covered] = field(default_factory=dict)
    """On which days anything was known of each facility."""
    in_another_unit: list[str] = field(default_factory=list)
    """Why sizes that were stated cannot be shown in the unit of the series."""
    is_shown: bool = False
    """Whether the series shows anything, if only that something stood still."""

    def add_all(self, grouped: GroupedStatements) -> None:
        for number, episode in enumerate(grouped.episodes):
            self.add(episode, number)
        undated = (
            statement.claim.public_id
            for statement in grouped.undated
            if any(number.metric in OUTAGE_METRICS for number in statement.numbers)
            or statement.claim.proposition.topic == Topic.OPERATIONS_HALTED
        )
        self.left_out += [WithReason([claim], UNDATED) for claim in dict.fromkeys(undated)]

    def first_words(self, grouped: GroupedStatements) -> dict[int, dt.date]:
        """The day of the first word on the operation of each facility."""
        first: dict[int, dt.date] = {}
        statements = [s for episode in grouped.episodes for s in episode.statements] + grouped.undated
        words = [(s.claim, s.first_day) for s in statements] + [(c, c.said_on) for c in grouped.denials]
        for claim, day in words:
            facility = self.canonical.facility(facility_of(claim.proposition).pk)
            first[facility] = min(first.get(facility, day), day)
        return first

    def add(self, episode: Episode, number: int) -> None:
        """The days of one outage, or why they cannot be in the series."""
        facility = self.canonical.facility(facility_of_episode(episode).pk)
        operators = self.operators.on(facility, episode.first_day)
        reading = read(episode, self.query.policy, operators)
        claims = [claim.public_id for claim in episode.claims]
        if reading.start.at is None:
            self.begin_some_day(reading, episode, facility)
        unit = unit_of(episode)
        voices = Voices.heard(episode, self.query.policy, operators)
        for phase in reading.phases:
            if phase.state not in (PhaseState.HALTED, PhaseState.REDUCED):
                continue
            amounts = amounts_of(
                episode, phase, self.capacities.get(episode.subject, []), self.query.unit_of_measure, voices
            )
            taken = Taken(
                episode.subject, facility, number, amounts, self.query.unit_of_measure, self.query.policy
            )
            days_out = episode.days_out if phase.state == PhaseState.HALTED else phase.days_said
            stretches = self.inside(stretches_of(phase, taken, days_out, self.today), facility)
            if not stretches:
                continue  # what lies outside of the days that were asked for is not missed
            if unit is not None and stage_of(unit.kind) not in self.stages:
                self.left_out.append(WithReason(claims, OTHER_STAGE.format(unit.public_id)))
                return
            self.stretches += stretches
            is_unlike = isinstance(amounts, Unquantified) and amounts.in_another_unit
            self.is_shown |= not is_unlike
            if isinstance(amounts, Unquantified):
                self.unquantified.append(WithReason(phase.claims, amounts.reason))
                self.in_another_unit += [amounts.reason] if is_unlike else []

    def refuse_what_cannot_be_compared(self, is_stated_directly: bool) -> None:
        """Where something was said, and nothing of it can be shown in the unit that was asked for."""
        reasons = dict.fromkeys(self.in_another_unit)
        if reasons and not self.is_shown and not is_stated_directly:
            text = f"Nothing that was said can be shown in it. {' '.join(reasons)}"
            raise Incomparable("unit_of_measure", text)

    def begin_some_day(self, reading: Reading, episode: Episode, facility: int) -> None:
        """Let an outage of which nobody says when it began have begun on some day, between the first on which anything
        was known and the first of which somebody speaks: to leave it out would be to say that nothing stood still."""
        last = episode.first_day
        first = min(self.covered[facility].first or last, last)
        moments = [dt.datetime.combine(day, dt.time.min, dt.UTC) for day in (first, last)]
        reading.phases[0].start.at = Span(moments[0], moments[1], first, last)

    def inside(self, stretches: Iterable[Stretch], facility: int) -> list[Stretch]:
        """The days that were asked for, on which an operator that was asked for operated the facility."""
        if self.terms is not None:
            stretches = clipped(stretches, self.terms.get(facility, []))
        before = self.query.before
        last = max(before, dt.date.min + DAY) - DAY if before else None
        return list(clipped(stretches, [(self.query.after, last)]))


# Beside the series --------------------------------------------------------------------------------------------


def whole_capacity(
    capacities: dict[Subject, list[Capacity]], unit: str, facilities: set[int]
) -> WholeCapacity | None:
    """What the facilities can do in all, as the newest comparable report of each says; null where none does."""
    newest = []
    for (kind, key), of_subject in capacities.items():
        fitting = comparable_capacities(of_subject, unit)
        if kind == "facility" and key in facilities and fitting:
            newest.append(fitting[0])
    if not newest:
        return None
    low, best, high = (
        None
        if None in bounds
        else rounded_amount(sum((bound for bound in bounds if bound is not None), Decimal(0)))
        for bounds in zip(*(bounds_in(capacity, unit) for capacity in newest), strict=True)
    )
    ids = [capacity.public_id for capacity in newest]
    return WholeCapacity(low, best, high, ids, len(newest), len(facilities))


def said_directly(query: SeriesQuery, as_of: AsOf) -> list[StatedSeries]:
    """Numbers of capacity offline that were said of the regions or operators themselves: those that are reckoned alike
    are a series, in time."""
    subjects = Q(pk__in=[])
    for regions in query.regions:
        top = Region.objects.filter(pk__in=regions).exclude(parent__in=regions)
        subjects |= Q(region__in=top)
    if query.operators is not None:
        subjects |= Q(actor__in=query.operators)
    propositions = Proposition.objects.published(as_of).filter(subjects, topic=Topic.CAPACITY)
    claims = Claim.objects.published(as_of).of_polarity(Polarity.POSITIVE, Polarity.FORECAST)
    claims = claims.filter(proposition__in=propositions)
    numbers: list[Any] = list(
        DamageEstimate.objects.published(as_of)
        .filter(metric=Metric.CAPACITY_OFFLINE, claim__in=claims)
        .select_related("part_of", "published_rev")
        .select_related(*with_prefix("claim", "actor", "report__source"))
        .select_related(*with_prefix("claim__proposition", "strike__facility", *SUBJECTS))
        .order_by("claim__known_at", "public_id")[: MOST_DIRECT_CLAIMS + 1]
    )
    if len(numbers) > MOST_DIRECT_CLAIMS:
        raise TooMuch("country", f"More than {MOST_DIRECT_CLAIMS} direct claims: narrow it.")
    standing_of = standings({number.claim_id for number in numbers}, as_of)
    numbers = [n for n in numbers if standing_of[n.claim_id].not_counted_because != NotCounted.RETRACTED]
    series_by_key: dict[tuple[object, ...], StatedSeries] = {}
    for number in numbers:
        number.claim.compare_with_report(as_of)
        is_in_unit = number.unit_of_measure == query.unit_of_measure
        number.converted = None if is_in_unit else converted(number, query.unit_of_measure)
        subject, reckoning = number.claim.proposition.subject, reckoning_of(number)
        series_by_key.setdefault((subject, reckoning), StatedSeries(subject, reckoning, [])).numbers.append(
            number
        )
    return list(series_by_key.values())
