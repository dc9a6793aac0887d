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
from strikes.choices import Metric, Polarity, Topic
from strikes.disputes.states import retracted_reports
from strikes.models import Capacity, Claim, DamageEstimate, Facility, Proposition, Region
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.agreement import converted
from strikes.outages.amounts import (
    Amount,
    NotComparable,
    amounts_of,
    bounds_in,
    comparable_capacities,
    facility_limits,
)
from strikes.outages.conversions import rounded_amount
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
from strikes.outages.series import (
    DAY,
    MOST_DAYS,
    MOST_POINTS,
    Point,
    Stretch,
    clipped,
    periods,
    series,
    stretches_of,
)
from strikes.outages.series_query import (
    Incomparable,
    SeriesQuery,
    facilities_asked_for,
    operated_by,
    stage_of,
    stages_asked_for,
    units_asked_for,
)
from strikes.outages.statements import OUTAGE_METRICS, Subject
from strikes.outages.timelines import facility_of

MOST_DIRECT_CLAIMS = 500
"""Direct claims about a region or an actor that one answer shows."""

OTHER_STAGE = (
    "{} is a unit of another stage: what it processes has passed a primary unit, and the two are not added. "
    "Ask for it with `unit`."
)
NO_BEGINNING = "It was said to have ended, or to end, and nobody says when it began."
UNDATED = "It says how much was offline, and neither it nor any other claim says from when."


@dataclass
class LeftOut:
    """An outage or a number that is not in the series, and why."""

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
class CapacityOffline:
    """The whole answer: the series, what was left out of it, and what was said directly."""

    unit_of_measure: str
    policy: str
    interval: str
    points: list[Point]
    names: dict[int, str]
    """The public id of each facility, by its key."""
    denominator: WholeCapacity | None
    stated: list[DamageEstimate]
    left_out: list[LeftOut]


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
    builder.add_all(load_statements(units, of_whole, as_of, canonical, query.narrow_by))
    stated = said_directly(query, as_of)
    if builder.left_out and not builder.stretches and not stated:
        reasons = " ".join(dict.fromkeys(left_out.reason for left_out in builder.left_out))
        raise Incomparable("unit_of_measure", f"Nothing that was said can be shown in it. {reasons}")
    first, until = days_of(query, builder.stretches, today)
    limits = facility_limits(builder.capacities, query.unit_of_measure)
    return CapacityOffline(
        query.unit_of_measure,
        query.policy.value,
        query.interval,
        series(builder.stretches, limits, query.interval, first, until),
        dict(Facility.objects.filter(pk__in=facilities).values_list("pk", "public_id")),
        whole_capacity(builder.capacities, query.unit_of_measure, facilities),
        stated,
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
    left_out: list[LeftOut] = field(default_factory=list)

    def add_all(self, grouped: GroupedStatements) -> None:
        for episode in grouped.episodes:
            self.add(episode)
        undated = (
            statement.claim.public_id
            for statement in grouped.undated
            if any(number.metric in OUTAGE_METRICS for number in statement.numbers)
        )
        self.left_out += [LeftOut([claim], UNDATED) for claim in dict.fromkeys(undated)]

    def add(self, episode: Episode) -> None:
        """The days of one outage, or why they cannot be in the series."""
        query = self.query
        facility = self.canonical.facility(facility_of(episode).pk)
        operators = self.operators.on(facility, episode.first_day)
        reading = episode.read(query.policy, operators)
        claims = [claim.public_id for claim in episode.claims]
        if reading.start.at is None:
            self.left_out.append(LeftOut(claims, NO_BEGINNING))
            return
        amounts = amounts_of(
            episode, self.capacities.get(episode.subject, []), query.unit_of_measure, query.policy, operators
        )
        reason = amounts.reason if isinstance(amounts, NotComparable) else None
        known = Amount(None, None, None) if isinstance(amounts, NotComparable) else amounts
        unit = episode.statements[0].claim.proposition.unit
        if unit is not None and stage_of(unit.kind) not in self.stages:
            reason = OTHER_STAGE.format(unit.public_id)
        stretches = stretches_of(
            episode, reading, facility, known, query.unit_of_measure, query.policy, self.today
        )
        stretches = self.inside(stretches, facility)
        if reason is None:
            self.stretches += stretches
        elif stretches:  # what lies outside of the days that were asked for is not missed
            self.left_out.append(LeftOut(claims, reason))

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


def said_directly(query: SeriesQuery, as_of: AsOf) -> list[DamageEstimate]:
    """Numbers of capacity offline that were said of the regions or operators themselves, in time."""
    subjects = Q(pk__in=[])
    for regions in query.regions:
        top = Region.objects.filter(pk__in=regions).exclude(parent__in=regions)
        subjects |= Q(region__in=top)
    if query.operators is not None:
        subjects |= Q(actor__in=query.operators)
    propositions = Proposition.objects.published(as_of).filter(subjects, topic=Topic.CAPACITY)
    claims = (
        Claim.objects.published(as_of).of_polarity(Polarity.POSITIVE).filter(proposition__in=propositions)
    )
    numbers: list[Any] = list(
        DamageEstimate.objects.published(as_of)
        .filter(metric=Metric.CAPACITY_OFFLINE, claim__in=claims)
        .exclude(claim__report__in=retracted_reports(as_of))
        .select_related("part_of", "published_rev")
        .select_related(*with_prefix("claim", "actor", "report__source"))
        .select_related(*with_prefix("claim__proposition", "strike__facility", *SUBJECTS))
        .order_by("claim__known_at", "public_id")[: MOST_DIRECT_CLAIMS + 1]
    )
    if len(numbers) > MOST_DIRECT_CLAIMS:
        raise TooMuch("country", f"More than {MOST_DIRECT_CLAIMS} direct claims: narrow it.")
    for number in numbers:
        is_in_unit = number.unit_of_measure == query.unit_of_measure
        number.converted = None if is_in_unit else converted(number, query.unit_of_measure)
    return numbers
