"""How much was offline from day to day, as far as anybody said: a series built from outages, with its bounds.

The bounds of a day are those of the units that stood still, added; what was said of a whole facility and what was
said of its units cover the same ground and are never added. A facility is never above what it can do.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from strikes.choices import CapacityBasis, UnitKind
from strikes.conversions import comparable, convert
from strikes.timelines import EndKind, Episode, Policy, Reading, Subject

ZERO = Decimal(0)
PRIMARY = frozenset(
    {UnitKind.CRUDE_DISTILLATION_ATMOSPHERIC, UnitKind.CRUDE_DISTILLATION_VACUUM, UnitKind.CONDENSATE_SPLITTER,
     UnitKind.PROCESSING_TRAIN, UnitKind.TURBINE_GENERATOR}
)  # fmt: skip
"""Units whose capacities add up to what a facility can do. What any other unit processes has passed these first."""


def stage(kind: str) -> str:
    """Units of one stage may be added; those of two stages, such as a distillation and a cracker, may not."""
    return "primary" if kind in PRIMARY else kind


MOST_POINTS, MOST_DAYS = 1_000, 40 * 366


@dataclass
class Amount:
    """How much of a subject was offline, in the unit that was asked for, and who says so."""

    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    claims: list[str] = field(default_factory=list)
    capacities: list[str] = field(default_factory=list)
    issuers: list[str] = field(default_factory=list)


NOTHING = Amount(ZERO, ZERO, ZERO)


@dataclass
class Stretch:
    """One outage with its amount, from its first day to the day on which it ended."""

    subject: Subject
    facility: int
    first: dt.date
    until: dt.date
    """The day on which it ended, itself not counted."""
    forecast_from: dt.date | None
    """From when on only a prediction says that it lasts."""
    amount: Amount


@dataclass
class LeftOut:
    """An outage or a number that is not in the series, and why."""

    claims: list[str]
    reason: str


@dataclass
class Point:
    """One period of the series: means over its days."""

    start: dt.date
    until: dt.date
    low: Decimal
    best: Decimal | None
    high: Decimal | None
    claims: list[str]
    capacities: list[str]
    issuers: list[str]
    facilities: list[int]
    forecast: bool

    @property
    def origins(self) -> int:
        return len(self.issuers)


# Amounts ----------------------------------------------------------------------------------------------------


def amount_of(
    episode: Episode, capacities: Sequence[Any], unit: str, policy: Policy, operators: Collection[str]
) -> Amount | str:
    """How much an outage took away, in a unit; or why that cannot be said.

    An amount that somebody stated comes first. A unit that stood still took away what it can do; of a facility
    only stated amounts count, since part of it may have gone on.
    """
    stated = [(n, one) for one in episode.said for n in one.numbers if n in episode.numbers]
    usable = {
        n.pk: (n, one) for n, one in stated if n.part_of_id is None and comparable(n.unit_of_measure, unit)
    }
    usable = {pk: pair for pk, pair in usable.items() if pair[0].unit_of_measure != "percent"}
    if usable:
        pairs = list(usable.values())
        if policy != Policy.WIDEST:
            first = max(
                pairs,
                key=lambda pair: (
                    policy == Policy.OPERATOR_FIRST and pair[1].issuer in operators,
                    pair[1].rank,
                ),
            )
            pairs = [first]
        return together(
            [converted(n, unit) for n, _ in pairs],
            claims=[n.claim.public_id for n, _ in pairs], issuers=[one.issuer for _, one in pairs],
        )  # fmt: skip
    if episode.subject[0] == "facility":
        return "It says that something stood still at a facility, not how much of it in a comparable unit."
    fitting = fitting_in(capacities, unit)
    if not fitting:
        return "Nobody states what the unit can do in a comparable unit."
    used = fitting if policy == Policy.WIDEST else fitting[:1]
    return together([converted(one, unit) for one in used], capacities=[one.public_id for one in used])


def fitting_in(capacities: Iterable[Any], unit: str) -> list[Any]:
    """What reports say can be done, in a comparable unit; not what was done, and not of one product alone."""
    done = {CapacityBasis.THROUGHPUT, CapacityBasis.OUTPUT}
    return [
        one
        for one in capacities
        if comparable(one.unit_of_measure, unit) and one.basis not in done and one.product is None
    ]


def converted(number: Any, unit: str) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """The bounds of a number in another unit; a value without bounds stands for itself at both ends."""
    basis = getattr(number, "basis", None)
    found = convert(number.low, number.best, number.high, number.unit_of_measure, unit, basis=basis)
    assert found is not None
    alone = found.best if found.low is None and found.high is None else None
    low = found.low if found.low is not None else alone
    high = None if number.or_more else found.high if found.high is not None else alone
    return low, found.best, high


def together(
    bounds: Sequence[tuple[Decimal | None, Decimal | None, Decimal | None]], **behind: list[str]
) -> Amount:
    """The widest bounds of several amounts of one thing; the value only where there is just one."""
    lows, bests, highs = zip(*bounds, strict=True)
    low = None if None in lows else min(lows)
    high = None if None in highs else max(highs)
    return Amount(low, bests[0] if len(bounds) == 1 else None, high, **behind)


# Days -------------------------------------------------------------------------------------------------------


def stretch(
    episode: Episode, reading: Reading, facility: int, amount: Amount, today: dt.date, last: dt.date
) -> Stretch | None:
    """The days of an outage as a policy reads it. What goes on lasts until today, and then as far as predicted."""
    if reading.start.at is None:
        return None
    forecast_from = None
    if reading.end.kind == EndKind.FACT and reading.end.at is not None:
        until = reading.end.at.last_day
    elif (
        reading.end.kind == EndKind.FORECAST
        and reading.end.at is not None
        and reading.end.at.last_day > today
    ):
        until, forecast_from = min(reading.end.at.last_day, last), today + dt.timedelta(days=1)
    else:
        until = min(today + dt.timedelta(days=1), last)
    claims = [*reading.start.claims, *reading.end.claims, *amount.claims]
    issuers = [*reading.start.issuers, *reading.end.issuers, *amount.issuers]
    behind = Amount(
        amount.low, amount.best, amount.high, list(dict.fromkeys(claims)), amount.capacities,
        list(dict.fromkeys(issuers)),
    )  # fmt: skip
    return Stretch(episode.subject, facility, reading.start.at.day, until, forecast_from, behind)


@dataclass
class Day:
    """What stood still on the days of one stretch of the calendar on which nothing changes."""

    first: dt.date
    until: dt.date
    amount: Amount
    facilities: list[int]
    forecast: bool


def calendar(
    stretches: Iterable[Stretch], limits: dict[int, Decimal], first: dt.date, until: dt.date
) -> list[Day]:
    """The days from one to another, cut where something begins, ends, or turns into a forecast."""
    found = [one for one in stretches if one.first < until and one.until > first]
    cuts = {first, until}
    for one in found:
        cuts |= {day for day in (one.first, one.until, one.forecast_from) if day and first < day < until}
    order = sorted(cuts)
    days = []
    for begin, end in pairwise(order):
        active = [one for one in found if one.first <= begin < one.until]
        by_facility: dict[int, list[Stretch]] = defaultdict(list)
        for one in active:
            by_facility[one.facility].append(one)
        amounts = [of_facility(group, limits.get(pk)) for pk, group in sorted(by_facility.items())]
        forecast = any(one.forecast_from is not None and begin >= one.forecast_from for one in active)
        days.append(Day(begin, end, added(amounts), sorted(by_facility), forecast))
    return days


def of_facility(group: Sequence[Stretch], limit: Decimal | None) -> Amount:
    """What stood still at one facility: its units added, or what was said of the whole, never both."""
    units: dict[Subject, list[Amount]] = defaultdict(list)
    whole: list[Amount] = []
    for one in group:
        if one.subject[0] == "facility":
            whole.append(one.amount)
        else:
            units[one.subject].append(one.amount)
    parts = added([overlapping(amounts) for amounts in units.values()])
    found = overlapping([*whole, parts]) if whole and units else overlapping(whole) if whole else parts
    if limit is None:
        return found
    return Amount(
        None if found.low is None else min(found.low, limit),
        None if found.best is None else min(found.best, limit),
        limit if found.high is None else min(found.high, limit),
        found.claims, found.capacities, found.issuers,
    )  # fmt: skip


def overlapping(amounts: Sequence[Amount]) -> Amount:
    """Amounts that cover the same ground: at least the largest of the least, at most the largest of the most."""
    if len(amounts) == 1:
        return amounts[0]
    highs = [one.high for one in amounts]
    bests = [one.best for one in amounts if one.best is not None]
    return Amount(
        max((one.low for one in amounts if one.low is not None), default=None),
        max(bests) if len(bests) == len(amounts) else None,
        None if None in highs else max(high for high in highs if high is not None),
        *behind(amounts),
    )


def added(amounts: Sequence[Amount]) -> Amount:
    """Amounts of different things: an unknown low adds nothing, an unknown high leaves the sum open."""
    highs, bests = [one.high for one in amounts], [one.best for one in amounts]
    return Amount(
        sum((one.low for one in amounts if one.low is not None), ZERO),
        None if None in bests else sum((best for best in bests if best is not None), ZERO),
        None if None in highs else sum((high for high in highs if high is not None), ZERO),
        *behind(amounts),
    )


def behind(amounts: Iterable[Amount]) -> tuple[list[str], list[str], list[str]]:
    claims: dict[str, None] = {}
    capacities: dict[str, None] = {}
    issuers: dict[str, None] = {}
    for one in amounts:
        claims |= dict.fromkeys(one.claims)
        capacities |= dict.fromkeys(one.capacities)
        issuers |= dict.fromkeys(one.issuers)
    return list(claims), list(capacities), list(issuers)


# Periods ----------------------------------------------------------------------------------------------------


def periods(interval: str, first: dt.date, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Days, ISO weeks or months from one day to another, the first and the last cut off where they begin and end."""
    begin = first
    while begin < until:
        if interval == "day":
            end = begin + dt.timedelta(days=1)
        elif interval == "week":
            end = begin + dt.timedelta(days=7 - begin.weekday())
        else:
            end = (begin.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        yield begin, min(end, until)
        begin = end


def series(days: Sequence[Day], interval: str, first: dt.date, until: dt.date) -> list[Point]:
    """The means over the days of each period. Days without an outage count as nought; one open day opens a mean."""
    points = []
    here = 0
    for begin, end in periods(interval, first, until):
        while here < len(days) and days[here].until <= begin:
            here += 1
        within, at = [], here
        while at < len(days) and days[at].first < end:
            one = days[at]
            within.append((Decimal((min(one.until, end) - max(one.first, begin)).days), one))
            at += 1
        count = Decimal((end - begin).days)
        lows = sum(((one.amount.low or ZERO) * n for n, one in within), ZERO)
        bests = [None if one.amount.best is None else one.amount.best * n for n, one in within]
        highs = [None if one.amount.high is None else one.amount.high * n for n, one in within]
        claims, capacities, issuers = behind(one.amount for _, one in within)
        facilities = sorted({pk for _, one in within for pk in one.facilities})
        points.append(
            Point(
                begin, end, lows / count,
                None if None in bests else sum((b for b in bests if b is not None), ZERO) / count,
                None if None in highs else sum((h for h in highs if h is not None), ZERO) / count,
                claims, capacities, issuers, facilities, any(one.forecast for _, one in within),
            )
        )  # fmt: skip
    return points


def limits_of(capacities: dict[Subject, list[Any]], unit: str) -> dict[int, Decimal]:
    """The most that each facility can do, by the highest of what reports state in a comparable unit."""
    found = {}
    for (kind, pk), rows in capacities.items():
        highs = [converted(one, unit)[2] for one in fitting_in(rows, unit)]
        if kind == "facility" and highs and None not in highs:
            found[pk] = max(high for high in highs if high is not None)
    return found
