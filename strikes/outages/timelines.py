"""What a timeline shows: the claims about units and facilities read, made into outages, and set in order."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import product
from typing import Any, Self

from django.db.models import OuterRef, Prefetch, Q, Subquery

from record.limits import TooMuch
from record.models import AsOf
from strikes.choices import CapacityBasis, Denominator, PartyRole, Polarity, Topic, UnitOfMeasure
from strikes.disputes.states import SUPERSEDING, retracted_reports, side_of
from strikes.models import (
    Capacity,
    Claim,
    ClaimOrigin,
    ClaimRelation,
    DamageEstimate,
    Facility,
    Party,
    Proposition,
    Strike,
    Unit,
)
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.conversions import comparable, convert
from strikes.outages.episodes import (
    Days,
    Edge,
    Episode,
    Forecast,
    Heard,
    Policy,
    Reading,
    Statement,
    Subject,
    heard,
    statements,
    subject_of,
)
from strikes.outages.reckoning import reckonings

MOST_CLAIMS = 5_000
"""Claims that one answer weighs; beyond that it is refused."""


# Reading them ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Merged:
    """Units and facilities that were merged away, each with the key of what stands for it."""

    units: dict[int, int]
    facilities: dict[int, int]

    @classmethod
    def at(cls, as_of: AsOf) -> Self:
        return cls(Unit.objects.canonical_keys(as_of), Facility.objects.canonical_keys(as_of))

    def facility(self, key: int) -> int:
        return self.facilities.get(key, key)

    def root(self, subject: Subject) -> Subject:
        kind, key = subject
        return kind, self.units.get(key, key) if kind == "unit" else self.facility(key)


def outages(units: Q, facilities: Q, as_of: AsOf, merged: Merged, narrow: str) -> Heard:
    """What is said of outages of some units and facilities, at a point in time. Five queries, bounded work.

    ``narrow`` is the parameter to narrow it by, where there is too much.
    """
    of_units, of_facilities = (
        Unit.objects.filter(units).values("pk"),
        Facility.objects.filter(facilities).values("pk"),
    )
    alone = {f"proposition__{subject}": None for subject in ("unit", "facility", "actor", "region")}
    rows = Claim.objects.published(as_of).filter(
        Q(proposition__unit__in=of_units)
        | Q(proposition__facility__in=of_facilities)
        | Q(proposition__strike__facility__in=of_facilities, **alone),
        proposition__topic__in=[Topic.OPERATIONS_HALTED, Topic.RECOVERY, Topic.CAPACITY, Topic.DAMAGE],
    )
    origin = ClaimOrigin.objects.current(as_of.revision).filter(claim=OuterRef("pk")).values("key")[:1]
    claims = list(
        rows.of_polarity(Polarity.POSITIVE, Polarity.NEGATIVE)
        .exclude(report__in=retracted_reports(as_of))
        .select_related("actor", "report__source")
        .select_related(*with_prefix("proposition", "strike__facility", *SUBJECTS))
        .annotate(origin_key=Subquery(origin))
        .prefetch_related(
            Prefetch("damage_estimates", DamageEstimate.objects.published(as_of), to_attr="public_estimates")
        )
        .order_by("known_at", "public_id")[: MOST_CLAIMS + 1]
    )
    if len(claims) > MOST_CLAIMS:
        raise TooMuch(narrow, f"More than {MOST_CLAIMS:,} claims to weigh: narrow it.")
    said: list[Statement] = []
    denials = []
    for claim in on_their_side(claims, as_of):
        if claim.polarity == Polarity.POSITIVE:
            said += (replace(one, subject=merged.root(one.subject)) for one in statements(claim))
        elif claim.proposition.topic == Topic.OPERATIONS_HALTED:
            subject = subject_of(claim.proposition)
            if subject is not None:
                denials.append((merged.root(subject), claim))
    return heard(said, denials)


def on_their_side(claims: Sequence[Any], as_of: AsOf) -> list[Any]:
    """The claims that their origins still stand by: an origin has one side of a proposition, its newest."""
    merged = Proposition.objects.canonical_keys(as_of)
    groups: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for claim in claims:
        groups[merged.get(claim.proposition_id, claim.proposition_id), claim.origin_key].append(claim)
    torn = [one for group in groups.values() if len({c.polarity for c in group}) > 1 for one in group]
    updates = set(
        ClaimRelation.objects.published(as_of)
        .filter(kind__in=SUPERSEDING, other__public_id__in=[claim.lineage for claim in torn])
        .values_list("claim__public_id", "other__public_id")
    )
    kept = set()
    for group in groups.values():
        side = side_of(group, updates)
        kept |= {one.pk for one in group if one.polarity == side}
    return [one for one in claims if one.pk in kept]


@dataclass(frozen=True)
class Operators:
    """Who operates each facility, from when until when."""

    parties: dict[int, list[tuple[str, dt.date | None, dt.date | None]]]

    def on(self, facility: int, day: dt.date) -> set[str]:
        """The ids of whoever operated a facility on a day, as far as is known."""
        return {
            actor
            for actor, since, until in self.parties.get(facility, ())
            if (since is None or since <= day) and (until is None or day <= until)
        }


def operators_of(facilities: Q, as_of: AsOf, merged: Merged) -> Operators:
    found: dict[int, list[Any]] = defaultdict(list)
    parties = Party.objects.published(as_of).filter(
        facility__in=Facility.objects.filter(facilities), role=PartyRole.OPERATOR
    )
    for facility, *party in parties.values_list("facility", "actor__public_id", "since", "until"):
        found[merged.facility(facility)].append(tuple(party))
    return Operators(found)


def capacities_of(units: Q, facilities: Q, as_of: AsOf, merged: Merged) -> dict[Subject, list[Any]]:
    """What reports say some units and facilities can do, the newest report first."""
    rows = Capacity.objects.published(as_of).filter(
        Q(unit__in=Unit.objects.filter(units))
        | Q(unit=None, facility__in=Facility.objects.filter(facilities))
    )
    found: dict[Subject, list[Any]] = defaultdict(list)
    for row in rows.select_related(
        "report__source", "facility", "unit__facility", "actor", "published_rev"
    ).order_by("-report__issued_latest", "public_id"):
        subject = ("unit", row.unit_id) if row.unit_id else ("facility", row.facility_id)
        found[merged.root(subject)].append(row)
    return found


# One timeline -----------------------------------------------------------------------------------------------


@dataclass
class Outage:
    """One outage as it is shown: by one policy, or by each issuer."""

    unit: Any
    facility: Any
    start: Edge | None
    end: Edge | None
    days: Days | None
    rivals: dict[str, list[Edge]]
    readings: list[Reading]
    offline: list[Any]
    shares: list[Share]
    load: list[Any]
    forecasts: list[Forecast]
    denied_by: list[str]
    claims: list[str]


@dataclass
class Timeline:
    """Strikes, what was said of outages, numbers without a time, and what reports say can be done."""

    strikes: Iterable[Any]
    outages: list[Outage]
    undated: list[Any]
    capacities: list[Any]


def facility_of(episode: Episode) -> Any:
    about = episode.said[0].claim.proposition
    if episode.subject[0] == "unit":
        return about.unit.facility
    return about.facility if about.facility_id is not None else about.strike.facility


def shown(
    episode: Episode, policy: Policy | None, operators: Collection[str], shares: list[Share], today: dt.date
) -> Outage:
    """An outage as a policy reads it; without one, as each issuer does, scored by the one heard last."""
    reading = episode.read(policy or Policy.LATEST, operators)
    begun, ended = episode.rivals(reading)
    return Outage(
        unit=episode.said[0].claim.proposition.unit,
        facility=facility_of(episode),
        start=reading.start if policy else None,
        end=reading.end if policy else None,
        days=reading.days if policy else None,
        rivals={"start": begun, "end": ended} if policy else {"start": [], "end": []},
        readings=[] if policy else episode.by_issuer(),
        offline=reckonings(sorted(episode.numbers, key=lambda one: one.pk)),
        shares=shares,
        load=episode.loads,
        forecasts=episode.scored(reading, today),
        denied_by=[claim.public_id for claim in episode.denials],
        claims=[claim.public_id for claim in episode.claims],
    )


def timeline(of: Unit | Facility, as_of: AsOf, policy: Policy | None, today: dt.date) -> Timeline:
    """What was said of outages of a unit, or of a facility and its units; the earliest outage first."""
    merged = Merged.at(as_of)
    facility: Any = of if isinstance(of, Facility) else of.facility
    root = merged.facility(facility.pk)
    whole = Q(pk__in=Facility.objects.cluster([facility.pk], as_of))
    if of is facility:
        units, alone = Q(facility__in=Facility.objects.filter(whole)), whole
    else:
        units, alone = Q(pk__in=Unit.objects.cluster([of.pk], as_of)), Q(pk__in=[])
    operators = operators_of(whole, as_of, merged)
    capacities = capacities_of(units, whole, as_of, merged)
    stated = capacities.get(("facility", root), [])
    found = outages(units, alone, as_of, merged, "known_at")
    outages_shown = []
    for one in sorted(found.episodes, key=lambda one: (one.first_day, one.subject)):
        shares = shares_of(capacities.get(one.subject, []), stated) if one.subject[0] == "unit" else []
        outages_shown.append(shown(one, policy, operators.on(root, one.first_day), shares, today))
    return Timeline(
        Strike.objects.published(as_of)
        .filter(facility__in=Facility.objects.filter(whole))
        .order_by("earliest", "public_id"),
        outages_shown,
        list({n.pk: n for one in found.undated for n in one.numbers}.values()),
        [row for (kind, _), group in capacities.items() for row in group if of is facility or kind == "unit"],
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


OF_BASIS = {
    CapacityBasis.THROUGHPUT: Denominator.FACILITY_THROUGHPUT,
    CapacityBasis.OUTPUT: Denominator.FACILITY_OUTPUT,
}


def shares_of(parts: Iterable[Any], wholes: Iterable[Any]) -> list[Share]:
    """Each statement about a unit over each about its facility. A part is never more than its whole: a facility that
    did less than the unit can do did so without it, and is left out."""
    found = []
    for part, whole in product(able(parts), [one for one in wholes if one.product is None and says(one)]):
        if whole.unit_of_measure == UnitOfMeasure.PERCENT:
            continue
        if not comparable(part.unit_of_measure, whole.unit_of_measure):
            continue
        low, best, high = bounds_in(part, whole.unit_of_measure)
        least, value, most = bounds_in(whole, whole.unit_of_measure)
        share = Share(
            percent(low, most),
            percent(best, value),
            percent(high, least),
            OF_BASIS.get(CapacityBasis(whole.basis), Denominator.FACILITY_CAPACITY),
            part.public_id,
            whole.public_id,
        )
        if not any(one is not None and one > 100 for one in (share.low, share.best, share.high)):
            found.append(share)
    return found


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    return None if part is None or not whole else part * 100 / whole


def says(number: Any) -> bool:
    """Whether a number has any bound; a vague one has none."""
    return number.low is not None or number.best is not None or number.high is not None


def able(capacities: Iterable[Any]) -> list[Any]:
    """What reports say can be done: not what was done, and not of one product alone."""
    return [one for one in capacities if one.basis not in OF_BASIS and one.product is None and says(one)]


def bounds_in(number: Any, unit: str) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The bounds of a number in another unit; a value without bounds stands for itself at both ends."""
    found = convert(number.low, number.best, number.high, number.unit_of_measure, unit, basis=number.basis)
    assert found is not None
    alone = found.best if found.low is None and found.high is None else None
    low = found.low if found.low is not None else alone
    high = None if number.or_more else found.high if found.high is not None else alone
    return low, found.best, high
