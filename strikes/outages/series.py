"""How much was offline from day to day, as far as anybody said: a series built from outages, with its bounds.

The bounds of a day are those of the units that stood still, added; what was said of a whole facility and what was
said of its units cover the same ground and are never added. A facility is never above what it can do. Nothing here
reads the database.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from strikes.outages.amounts import Bounds, behind_amounts
from strikes.outages.coverage import DAY, Covered, known_days
from strikes.outages.statements import Subject
from strikes.outages.stretches import ZERO, Stretch

MOST_POINTS, MOST_DAYS = 1_000, 40 * 366
"""Points and days of one series; beyond that it is refused."""


# The days of the calendar -----------------------------------------------------------------------------------


@dataclass
class CalendarDays:
    """How much stood still on some days of the calendar on which nothing changes."""

    first: dt.date
    until: dt.date
    bounds: Bounds | None
    """Null where nothing was known."""


def calendar(
    stretches: Iterable[Stretch],
    limits: dict[int, Decimal],
    first: dt.date,
    until: dt.date,
    known: Sequence[tuple[dt.date, dt.date]],
) -> list[CalendarDays]:
    """The days from one to another, cut where something begins, ends or changes. One sweep."""
    beginning, ending = defaultdict(list), defaultdict(list)
    for stretch in stretches:
        beginning[max(stretch.first, first)].append(stretch)
        ending[stretch.until].append(stretch)
    active: dict[int, list[Stretch]] = defaultdict(list)
    bounds_of: dict[int, Bounds] = {}
    days = []
    cuts = {first, until, *beginning, *(day for day in ending if day < until)}
    cuts |= {day for span in known for day in span if first < day < until}
    starts_of_known = [start for start, _ in known]
    for day, next_cut in pairwise(sorted(cuts)):
        changed = set()
        for stretch in ending.get(day, ()):
            active[stretch.facility].remove(stretch)
            changed.add(stretch.facility)
        for stretch in beginning.get(day, ()):
            active[stretch.facility].append(stretch)
            changed.add(stretch.facility)
        for facility in changed:
            if active[facility]:
                bounds_of[facility] = facility_bounds(active[facility], limits.get(facility))
            else:
                del active[facility]
                bounds_of.pop(facility, None)
        number = bisect_right(starts_of_known, day) - 1
        is_known = number >= 0 and day < known[number][1]
        days.append(CalendarDays(day, next_cut, sum_of(bounds_of.values()) if is_known else None))
    return days


def facility_bounds(stretches: Iterable[Stretch], limit: Decimal | None) -> Bounds:
    """What stood still at one facility: its units added, or what was said of the whole, never both."""
    of_units: dict[Subject, list[Bounds]] = defaultdict(list)
    of_whole: list[Bounds] = []
    for stretch in stretches:
        same_ground = of_whole if stretch.subject[0] == "facility" else of_units[stretch.subject]
        same_ground.append((stretch.amount.low, stretch.amount.best, stretch.amount.high))
    units = [overlapping(several) for several in of_units.values()]
    # The sum of several units leaves an unknown low at zero; one unit alone keeps it unknown.
    bounds = overlapping([*of_whole, sum_of(units)] if len(units) > 1 else [*of_whole, *units])
    if limit is None:
        return bounds
    low, best, high = (None if bound is None else min(bound, limit) for bound in bounds)
    return low, best, high


def overlapping(several: Sequence[Bounds]) -> Bounds:
    """Amounts that cover the same ground: at least the largest of the least, at most the largest of the most."""
    if len(several) == 1:
        return several[0]
    lows, bests, highs = zip(*several, strict=True)
    return (
        max((low for low in lows if low is not None), default=None),
        None if None in bests else max(bests),
        None if None in highs else max(highs),
    )


def sum_of(several: Iterable[Bounds]) -> Bounds:
    """Amounts of different things: an unknown low adds nothing, an unknown value or high leaves the sum open."""
    low_sum = best_sum = high_sum = ZERO
    best_is_open = high_is_open = False
    for low, best, high in several:
        low_sum += low or ZERO
        best_sum += best or ZERO
        high_sum += high or ZERO
        best_is_open |= best is None
        high_is_open |= high is None
    return low_sum, None if best_is_open else best_sum, None if high_is_open else high_sum


# The periods of the series ----------------------------------------------------------------------------------


@dataclass
class Quantified:
    """What was stated, added; null where nothing is known."""

    low: Decimal | None
    best: Decimal | None
    high: Decimal | None


@dataclass
class Coverage:
    """Of how many of the facilities anything was known."""

    facilities: int
    of: int


@dataclass
class Point:
    """One period of the series: means over its days."""

    start: dt.date
    until: dt.date
    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    quantified: Quantified
    unquantified: int
    coverage: Coverage
    claims: list[str]
    capacities: list[str]
    issuers: list[str]
    facilities: list[int]
    forecast: bool

    @property
    def origins(self) -> int:
        return len(self.issuers)


def periods(interval: str, first: dt.date, until: dt.date) -> Iterator[tuple[dt.date, dt.date]]:
    """Days, ISO weeks or months from one day to another, the first and the last cut off where they begin and end."""
    start = first
    while start < until:
        if interval == "day":
            end = start + DAY
        elif interval == "week":
            end = start + dt.timedelta(days=7 - start.weekday())
        else:
            end = (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
        yield start, min(end, until)
        start = end


def series(
    stretches: Iterable[Stretch],
    limits: dict[int, Decimal],
    covered: Sequence[Covered],
    interval: str,
    first: dt.date,
    until: dt.date,
) -> list[Point]:
    """The means over the days of each period, with what is behind them.

    Days without an outage count as zero where anything was known of some facility; days of which nothing was known
    of any do not count at all. One open day opens a mean.
    """
    inside = [s for s in stretches if s.first < until and s.until > first and s.first < s.until]
    quantified = [s for s in inside if not s.unquantified]
    each_period = list(periods(interval, first, until))
    known = known_days(covered)
    means, means_of_quantified = (
        period_means(calendar(some, limits, first, until, known), each_period)
        for some in (inside, quantified)
    )
    grouped = by_period(inside, [start for start, _ in each_period])
    return [
        Point(
            start,
            end,
            *bounds,
            Quantified(*stated),
            len({stretch.outage for stretch in of_period if stretch.unquantified}),
            Coverage(sum(days.reaches_into(start, end) for days in covered), len(covered)),
            *behind_amounts(stretch.amount for stretch in of_period),
            sorted({stretch.facility for stretch in of_period}),
            any(stretch.forecast for stretch in of_period),
        )
        for (start, end), bounds, stated, of_period in zip(
            each_period, means, means_of_quantified, grouped, strict=True
        )
    ]


def by_period(stretches: Iterable[Stretch], starts: Sequence[dt.date]) -> list[list[Stretch]]:
    """The stretches that reach into each period, by the days on which the periods start."""
    grouped: list[list[Stretch]] = [[] for _ in starts]
    for stretch in stretches:
        first = max(bisect_right(starts, stretch.first) - 1, 0)
        for number in range(first, bisect_left(starts, stretch.until)):
            grouped[number].append(stretch)
    return grouped


def period_means(
    days: Sequence[CalendarDays], each_period: Iterable[tuple[dt.date, dt.date]]
) -> Iterator[Bounds]:
    """The mean over the known days of each period. Days and periods are gone through once, side by side."""
    current = 0
    for start, end in each_period:
        while days[current].until <= start:
            current += 1
        weighted, number = [], current
        while number < len(days) and days[number].first < end:
            count = (min(days[number].until, end) - max(days[number].first, start)).days
            bounds = days[number].bounds
            if bounds is not None:
                weighted.append((Decimal(count), bounds))
            number += 1
        low, best, high = (mean([(count, bounds[n]) for count, bounds in weighted]) for n in range(3))
        yield low, best, high


def mean(weighted: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The mean of values that each hold for so many days; null if one of them is, or there is none."""
    total = count = ZERO
    for days, value in weighted:
        if value is None:
            return None
        total += days * value
        count += days
    return total / count if count else None
