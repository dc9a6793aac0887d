"""What a timeline shows: the outages of a unit or a facility as a policy reads them, set in order, and their shares."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from django.db.models import Q, QuerySet

from record.models import AsOf
from strikes.choices import Denominator, UnitOfMeasure
from strikes.models import Capacity, DamageEstimate, Facility, Proposition, Strike, Unit
from strikes.outages.amounts import DENOMINATOR_OF_BASIS, bounds_in, has_bounds, stated_abilities
from strikes.outages.conversions import comparable
from strikes.outages.episodes import Episode, Policy
from strikes.outages.loading import CanonicalKeys, capacities_of, load_statements, operators_of
from strikes.outages.readings import Days, Edge, Phase, Reading, by_issuer, read
from strikes.outages.reckoning import Offline, reckonings
from strikes.outages.rivals import Forecast, Mark, marks_of, rivals, scored


@dataclass
class Outage:
    """One outage as it is shown: by one policy, or by each issuer."""

    unit: Unit | None
    facility: Facility
    start: Edge | None
    end: Edge | None
    days: Days | None
    phases: list[Phase]
    marks: list[Mark]
    rivals: dict[str, list[Edge]]
    readings: list[Reading]
    offline: list[Offline]
    shares: list[Share]
    load: list[DamageEstimate]
    forecasts: list[Forecast]
    denied_by: list[str]
    claims: list[str]


@dataclass
class Timeline:
    """Strikes, what was said of outages, numbers without a time, and what reports say can be done."""

    strikes: QuerySet[Strike]
    outages: list[Outage]
    undated: list[DamageEstimate]
    capacities: list[Capacity]


def unit_of(episode: Episode) -> Unit | None:
    return next((s.claim.proposition.unit for s in episode.statements if not s.through_facility), None)


def facility_of_episode(episode: Episode) -> Facility:
    own = next(statement for statement in episode.statements if not statement.through_facility)
    return facility_of(own.claim.proposition)


def facility_of(proposition: Proposition) -> Facility:
    facility = proposition.facility
    if proposition.unit is not None:
        facility = proposition.unit.facility
    elif facility is None and proposition.strike is not None:
        facility = proposition.strike.facility
    assert facility is not None  # nothing else can stand still
    return facility


def outage_as_read(
    episode: Episode, policy: Policy | None, operators: Collection[str], shares: list[Share], today: dt.date
) -> Outage:
    """An outage as a policy reads it; without one, as each issuer does, scored by the one heard last."""
    reading = read(episode, policy or Policy.LATEST, operators)
    rival_starts, rival_ends = rivals(episode, reading)
    return Outage(
        unit=unit_of(episode),
        facility=facility_of_episode(episode),
        start=reading.start if policy else None,
        end=reading.end if policy else None,
        days=reading.days if policy else None,
        phases=reading.phases if policy else [],
        marks=marks_of(episode),
        rivals={"start": rival_starts, "end": rival_ends} if policy else {"start": [], "end": []},
        readings=[] if policy else by_issuer(episode),
        offline=reckonings(sorted(episode.numbers, key=lambda number: number.pk)),
        shares=shares,
        load=episode.loads,
        forecasts=scored(episode, reading, today),
        denied_by=[claim.public_id for claim in episode.denials],
        claims=[claim.public_id for claim in episode.claims],
    )


def timeline(place: Unit | Facility, as_of: AsOf, policy: Policy | None, today: dt.date) -> Timeline:
    """What was said of outages of a unit, or of a facility and its units; the earliest outage first."""
    canonical = CanonicalKeys.at(as_of)
    facility = place if isinstance(place, Facility) else place.facility
    facility_key = canonical.facility(facility.pk)
    facilities = Q(pk__in=Facility.objects.cluster([facility.pk], as_of))
    if isinstance(place, Facility):
        units, facilities_shown = Q(facility__in=Facility.objects.filter(facilities)), facilities
    else:
        units, facilities_shown = Q(pk__in=Unit.objects.cluster([place.pk], as_of)), Q(pk__in=[])
    operators = operators_of(facilities, as_of, canonical)
    capacities = capacities_of(units, facilities, as_of, canonical)
    of_facility = capacities.get(("facility", facility_key), [])
    grouped = load_statements(units, facilities_shown, as_of, canonical, "known_at")
    outages = []
    for episode in sorted(grouped.episodes, key=lambda episode: (episode.first_day, episode.subject)):
        of_unit = capacities.get(episode.subject, []) if episode.subject[0] == "unit" else []
        operators_then = operators.on(facility_key, episode.first_day)
        shares = shares_of(of_unit, of_facility)
        outages.append(outage_as_read(episode, policy, operators_then, shares, today))
    return Timeline(
        Strike.objects.published(as_of)
        .filter(facility__in=Facility.objects.filter(facilities))
        .order_by("earliest", "public_id"),
        outages,
        list({number.pk: number for statement in grouped.undated for number in statement.numbers}.values()),
        [
            capacity
            for (kind, _), of_subject in capacities.items()
            for capacity in of_subject
            if isinstance(place, Facility) or kind == "unit"
        ],
    )


# Shares -----------------------------------------------------------------------------------------------------


@dataclass
class Share:
    """What a unit can do, set against one statement of what its whole facility can do or does, in percent."""

    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    denominator: Denominator
    unit_capacity: str
    facility_capacity: str

    @property
    def is_more_than_all(self) -> bool:
        return any(bound is not None and bound > 100 for bound in (self.low, self.best, self.high))


def shares_of(of_unit: Iterable[Capacity], of_facility: Iterable[Capacity]) -> list[Share]:
    """Each statement about a unit over each about its facility. A part is never more than its whole: a facility that
    did less than the unit can do did so without it, and is left out."""
    wholes = [whole for whole in of_facility if whole.product is None and has_bounds(whole)]
    shares = []
    for part, whole in product(stated_abilities(of_unit), wholes):
        unit = whole.unit_of_measure
        if unit == UnitOfMeasure.PERCENT or not comparable(part.unit_of_measure, unit):
            continue
        low, best, high = bounds_in(part, unit)
        whole_low, whole_best, whole_high = bounds_in(whole, unit)
        share = Share(
            # A share is smallest where the part is smallest and the whole largest.
            percent(low, whole_high),
            percent(best, whole_best),
            percent(high, whole_low),
            DENOMINATOR_OF_BASIS.get(whole.basis, Denominator.FACILITY_CAPACITY),
            part.public_id,
            whole.public_id,
        )
        if not share.is_more_than_all:
            shares.append(share)
    return shares


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or not whole else part * 100 / whole
