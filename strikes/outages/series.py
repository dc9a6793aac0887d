"""How much was offline from day to day, as far as anybody said: a series built from outages, with its bounds.

The bounds of a day are those of the units that stood still, added; what was said of a whole facility and what was
said of its units cover the same ground and are never added. A facility is never above what it can do. Nothing here
reads the database.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import pairwise
from typing import Any

from strikes.choices import UnitKind, UnitOfMeasure
from strikes.outages.conversions import comparable
from strikes.outages.episodes import EndKind, Episode, Policy, Reading, Statement, Subject, period
from strikes.outages.timelines import able, bounds_in, says

ZERO = Decimal(0)
DAY = dt.timedelta(days=1)
PRIMARY = frozenset(
    {
        UnitKind.CRUDE_DISTILLATION_ATMOSPHERIC,
        UnitKind.CRUDE_DISTILLATION_VACUUM,
        UnitKind.CONDENSATE_SPLITTER,
        UnitKind.PROCESSING_TRAIN,
        UnitKind.TURBINE_GENERATOR,
    }
)
"""Units whose capacities add up to what a facility can do. What any other unit processes has passed these first."""


def stage(kind: str) -> str:
    """Units of one stage may be added; those of two stages, such as a distillation and a cracker, may not."""
    return "primary" if kind in PRIMARY else kind


MOST_POINTS, MOST_DAYS = 1_000, 40 * 366


@dataclass
class Amount:
    """How much was offline, in the unit that was asked for, and who says so. A null bound is not known."""

    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    claims: list[str] = field(default_factory=list)
    capacities: list[str] = field(default_factory=list)
    issuers: list[str] = field(default_factory=list)


@dataclass
class Stretch:
    """Some days of an outage, on which nothing changes."""

    subject: Subject
    facility: int
    first: dt.date
    until: dt.date
    """The day after the last."""
    amount: Amount
    forecast: bool = False
    """Whether only a prediction says that it still lasts, or only that nobody has said that it ended."""


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

SHARE = "A share was said to be offline. It is not multiplied with a capacity that somebody else stated."
SCOPE = "What was said to be offline covers only a part, in words: {}."
UNLIKE = "What was said to be offline is in {}, which cannot be converted."
HOW_MUCH = "It says that something stood still at a facility, not how much of it in a comparable unit."
NO_CAPACITY = "Nobody states what the unit can do in a comparable unit."


@dataclass
class Stated:
    """A number that says how much of a subject was offline, and on which days."""

    number: Any
    issuer: str
    first: dt.date | None = None
    until: dt.date | None = None

    def holds(self, day: dt.date) -> bool:
        return (self.first is None or self.first <= day) and (self.until is None or day < self.until)


def stated_in(
    episode: Episode, policy: Policy, operators: Collection[str]
) -> list[Stated]:  # whom the policy asks first comes first
    """The numbers that say how much was offline. Stated parts are in their totals; what is vague has no bound."""
    by_number: dict[int, tuple[Statement, Any]] = {}
    for one in episode.said:
        for number in one.numbers:
            by_number.setdefault(number.pk, (one, number))
    there = {number.pk for number in episode.numbers}
    found = []
    for pk, (one, number) in by_number.items():
        if pk in there and number.part_of_id is None and says(number):
            begun, until = period(number, one.claim)
            stated = Stated(
                number, one.issuer, begun.day if begun else None, until.last_day if until else None
            )
            first = policy == Policy.OPERATOR_FIRST and one.issuer in operators
            found.append(((first, one.rank, number.public_id), stated))
    return [stated for _, stated in sorted(found, key=lambda pair: pair[0], reverse=True)]


def why_not(number: Any, unit: str) -> str | None:
    """Why a stated number cannot be an amount of the series; null if it can."""
    if number.unit_of_measure == UnitOfMeasure.PERCENT:
        return SHARE
    if not comparable(number.unit_of_measure, unit):
        return UNLIKE.format(number.unit_of_measure)
    return SCOPE.format(number.scope) if number.scope is not None else None


def amounts_of(
    episode: Episode, capacities: Sequence[Any], unit: str, policy: Policy, operators: Collection[str]
) -> list[Stated] | Amount | str:
    """How much an outage took away: what was stated, or what a unit can do; or why that cannot be said.

    A unit that stood still took away what it can do, unless somebody stated how much. Of a facility only stated
    amounts count, since part of it may have gone on.
    """
    stated = stated_in(episode, policy, operators)
    usable = [one for one in stated if why_not(one.number, unit) is None]
    if usable:
        return usable
    if stated:
        return str(why_not(stated[0].number, unit))
    if episode.subject[0] == "facility":
        return HOW_MUCH
    fitting = fitting_in(capacities, unit)
    if not fitting:
        return NO_CAPACITY
    used = (
        [one for one in fitting if one.basis == fitting[0].basis] if policy == Policy.WIDEST else fitting[:1]
    )
    return together([bounds_in(one, unit) for one in used], capacities=[one.public_id for one in used])


def amount_on(day: dt.date, stated: Sequence[Stated], unit: str, policy: Policy) -> Amount:
    """What was stated of a day: by whom the policy asks first or, widest, by all who reckon in the same way."""
    holding = [one for one in stated if one.holds(day)]
    if not holding:
        return Amount(None, None, None)
    used = holding[:1]
    if policy == Policy.WIDEST:
        used = [one for one in holding if reckoned(one.number) == reckoned(holding[0].number)]
    return together(
        [bounds_in(one.number, unit) for one in used],
        claims=list(dict.fromkeys(one.number.claim.public_id for one in used)),
        issuers=list(dict.fromkeys(one.issuer for one in used)),
    )


def reckoned(number: Any) -> tuple[Any, ...]:
    return number.metric, number.basis, number.excludes


def fitting_in(capacities: Iterable[Any], unit: str) -> list[Any]:
    """What reports say can be done, in a comparable unit; not what was done, and not of one product alone."""
    return [one for one in able(capacities) if comparable(one.unit_of_measure, unit)]


def together(
    bounds: Sequence[tuple[Decimal | None, Decimal | None, Decimal | None]], **behind: list[str]
) -> Amount:
    """The widest bounds of several amounts of one thing; the value only where all say the same."""
    lows, bests, highs = zip(*bounds, strict=True)
    low = None if None in lows else min(lows)
    high = None if None in highs else max(highs)
    return Amount(low, bests[0] if len(set(bests)) == 1 else None, high, **behind)


# Days -------------------------------------------------------------------------------------------------------


def stretches(
    episode: Episode,
    reading: Reading,
    facility: int,
    amounts: list[Stated] | Amount,
    unit: str,
    policy: Policy,
    today: dt.date,
) -> list[Stretch]:
    """The days of an outage as a policy reads it, cut where something changes; none if nobody says when it began.

    The lower bound and the value count on days on which it lasted for sure: from the late edge of the beginning to the
    early edge of the end. What nobody has said to be over may last: after the last word of it nothing is certain any
    more, until today or as far as an end was predicted.
    """
    start, end = reading.start.at, reading.end.at
    if start is None:
        return []
    first, sure_from = start.day, start.last_day
    if reading.end.kind == EndKind.FACT and end is not None:
        heard_until = None
        sure_until, until = end.day, end.last_day
    else:
        heard_until = sure_until = max([sure_from, *episode.days_out()]) + DAY
        until = max([today + DAY, *([end.last_day] if end is not None else [])])
    edges = {first, until, sure_from, sure_until}
    if isinstance(amounts, list):
        edges |= {day for one in amounts for day in (one.first, one.until) if day is not None}
    found = []
    for begin, over in pairwise(sorted(day for day in edges if first <= day <= until)):
        amount = amounts if isinstance(amounts, Amount) else amount_on(begin, amounts, unit, policy)
        if not sure_from <= begin < sure_until:
            amount = replace(amount, low=ZERO, best=None)
        edge = Amount(
            None,
            None,
            None,
            [*reading.start.claims, *reading.end.claims],
            [],
            [*reading.start.issuers, *reading.end.issuers],
        )
        amount = Amount(amount.low, amount.best, amount.high, *behind([edge, amount]))
        unheard = heard_until is not None and begin >= heard_until
        found.append(Stretch(episode.subject, facility, begin, over, amount, unheard))
    return found


def within(
    found: Iterable[Stretch], windows: Iterable[tuple[dt.date | None, dt.date | None]]
) -> Iterator[Stretch]:
    """The parts of stretches that lie in some windows, each from a first to a last day."""
    spans = [(since or dt.date.min, until + DAY if until else dt.date.max) for since, until in windows]
    for one in found:
        for since, until in spans:
            first, last = max(one.first, since), min(one.until, until)
            if first < last:
                yield replace(one, first=first, until=last)


Bounds = tuple[Decimal | None, Decimal | None, Decimal | None]


@dataclass
class Day:
    """How much stood still on some days of the calendar on which nothing changes."""

    first: dt.date
    until: dt.date
    bounds: Bounds


def calendar(
    found: Iterable[Stretch], limits: dict[int, Decimal], first: dt.date, until: dt.date
) -> list[Day]:
    """The days from one to another, cut where something begins, ends or changes. One sweep."""
    begins, ends = defaultdict(list), defaultdict(list)
    for one in found:
        begins[max(one.first, first)].append(one)
        ends[one.until].append(one)
    active: dict[int, list[Stretch]] = defaultdict(list)
    amounts: dict[int, Bounds] = {}
    days = []
    for begin, end in pairwise(sorted({first, until, *begins, *(day for day in ends if day < until)})):
        changed = set()
        for one in ends.get(begin, ()):
            active[one.facility].remove(one)
            changed.add(one.facility)
        for one in begins.get(begin, ()):
            active[one.facility].append(one)
            changed.add(one.facility)
        for pk in changed:
            if active[pk]:
                amounts[pk] = of_facility(active[pk], limits.get(pk))
            else:
                del active[pk]
                amounts.pop(pk, None)
        days.append(Day(begin, end, added(amounts.values())))
    return days


def of_facility(group: Iterable[Stretch], limit: Decimal | None) -> Bounds:
    """What stood still at one facility: its units added, or what was said of the whole, never both."""
    units: dict[Subject, list[Bounds]] = defaultdict(list)
    whole: list[Bounds] = []
    for one in group:
        there = whole if one.subject[0] == "facility" else units[one.subject]
        there.append((one.amount.low, one.amount.best, one.amount.high))
    parts = [overlapping(amounts) for amounts in units.values()]
    found = overlapping([*whole, added(parts)] if len(parts) > 1 else [*whole, *parts])
    if limit is None:
        return found
    low, best, high = (None if bound is None else min(bound, limit) for bound in found)
    return low, best, high


def overlapping(amounts: Sequence[Bounds]) -> Bounds:
    """Amounts that cover the same ground: at least the largest of the least, at most the largest of the most."""
    if len(amounts) == 1:
        return amounts[0]
    lows, bests, highs = zip(*amounts, strict=True)
    return (
        max((low for low in lows if low is not None), default=None),
        None if None in bests else max(bests),
        None if None in highs else max(highs),
    )


def added(amounts: Iterable[Bounds]) -> Bounds:
    """Amounts of different things: an unknown low adds nothing, an unknown value or high leaves the sum open."""
    low = best = high = ZERO
    open_best = open_high = False
    for one in amounts:
        low += one[0] or ZERO
        best += one[1] or ZERO
        high += one[2] or ZERO
        open_best |= one[1] is None
        open_high |= one[2] is None
    return low, None if open_best else best, None if open_high else high


def behind(amounts: Iterable[Amount]) -> tuple[list[str], list[str], list[str]]:
    """The claims, capacities and issuers behind several amounts, each once."""
    claims: dict[str, None] = {}
    capacities: dict[str, None] = {}
    issuers: dict[str, None] = {}
    for one in amounts:
        claims.update(dict.fromkeys(one.claims))
        capacities.update(dict.fromkeys(one.capacities))
        issuers.update(dict.fromkeys(one.issuers))
    return list(claims), list(capacities), list(issuers)


# Periods ----------------------------------------------------------------------------------------------------


def periods(interval: str, first: dt.date, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Days, ISO weeks or months from one day to another, the first and the last cut off where they begin and end."""
    begin = first
    while begin < until:
        if interval == "day":
            end = begin + DAY
        elif interval == "week":
            end = begin + dt.timedelta(days=7 - begin.weekday())
        else:
            end = (begin.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        yield begin, min(end, until)
        begin = end


def series(
    found: Iterable[Stretch], limits: dict[int, Decimal], interval: str, first: dt.date, until: dt.date
) -> list[Point]:
    """The means over the days of each period, with what is behind them.

    Days without an outage count as nought; one open day opens a mean.
    """
    found = [one for one in found if one.first < until and one.until > first and one.first < one.until]
    spans = list(periods(interval, first, until))
    inside: list[list[Stretch]] = [[] for _ in spans]
    starts = [begin for begin, _ in spans]
    for one in found:
        for number in range(max(bisect_right(starts, one.first) - 1, 0), bisect_left(starts, one.until)):
            inside[number].append(one)
    days = calendar(found, limits, first, until)
    points, here = [], 0
    for (begin, end), group in zip(spans, inside, strict=True):
        while days[here].until <= begin:
            here += 1
        held, at = [], here
        while at < len(days) and days[at].first < end:
            count = (min(days[at].until, end) - max(days[at].first, begin)).days
            held.append((Decimal(count), days[at].bounds))
            at += 1
        low, best, high = (mean([(count, bounds[number]) for count, bounds in held]) for number in range(3))
        points.append(
            Point(
                begin,
                end,
                low or ZERO,
                best,
                high,
                *behind(one.amount for one in group),
                sorted({one.facility for one in group}),
                any(one.forecast for one in group),
            )
        )
    return points


def mean(values: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The mean of values that each hold for so many days; null if one of them is."""
    total = count = ZERO
    for days, value in values:
        if value is None:
            return None
        total += days * value
        count += days
    return total / count


def limits_of(capacities: dict[Subject, list[Any]], unit: str) -> dict[int, Decimal]:
    """The most that each facility can do, by the highest of what reports state in a comparable unit."""
    found = {}
    for (kind, pk), rows in capacities.items():
        highs = [bounds_in(one, unit)[2] for one in fitting_in(rows, unit)]
        if kind == "facility" and highs and None not in highs:
            found[pk] = max(high for high in highs if high is not None)
    return found
