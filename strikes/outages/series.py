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
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from strikes.outages.amounts import Amount, Bounds, StatedAmount, amount_on, behind_amounts
from strikes.outages.episodes import Episode, Policy, Reading
from strikes.outages.statements import Subject

ZERO = Decimal(0)
DAY = dt.timedelta(days=1)
MOST_POINTS, MOST_DAYS = 1_000, 40 * 366
"""Points and days of one series; beyond that it is refused."""


# The days of one outage -------------------------------------------------------------------------------------


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


@dataclass(frozen=True)
class OutageDays:
    """From when until when an outage lasted, perhaps and for sure. Each `until` is the day after the last."""

    first: dt.date
    sure_from: dt.date
    sure_until: dt.date
    until: dt.date
    heard_until: dt.date | None
    """The day after the last word of it, if nobody has said that it ended."""


def outage_days(episode: Episode, reading: Reading, today: dt.date) -> OutageDays | None:
    """The days of an outage as a policy reads it; null if nobody says when it began.

    It lasted for sure from the late edge of the beginning to the early edge of the end. What nobody has said to be
    over may last: after the last word of it nothing is certain any more, until today or as far as an end was
    predicted.
    """
    start, end = reading.start.at, reading.end.at
    if start is None:
        return None
    if reading.ended is not None:
        return OutageDays(start.day, start.last_day, reading.ended.day, reading.ended.last_day, None)
    heard_until = max([start.last_day, *episode.days_out]) + DAY
    until = max([today + DAY, *([end.last_day] if end is not None else [])])
    return OutageDays(start.day, start.last_day, heard_until, until, heard_until)


def stretches_of(
    episode: Episode,
    reading: Reading,
    facility: int,
    amounts: list[StatedAmount] | Amount,
    unit: str,
    policy: Policy,
    today: dt.date,
) -> list[Stretch]:
    """The days of an outage as a policy reads it, cut where something changes; none if nobody says when it began.

    The lower bound and the value count on days on which it lasted for sure.
    """
    days = outage_days(episode, reading, today)
    if days is None:
        return []
    edges = {days.first, days.until, days.sure_from, days.sure_until}
    if isinstance(amounts, list):
        edges |= {day for stated in amounts for day in (stated.first, stated.until) if day is not None}
    says_that_it_was = Amount(
        None,
        None,
        None,
        claims=[*reading.start.claims, *reading.end.claims],
        issuers=[*reading.start.issuers, *reading.end.issuers],
    )
    stretches = []
    for first, until in pairwise(sorted(day for day in edges if days.first <= day <= days.until)):
        amount = amounts if isinstance(amounts, Amount) else amount_on(first, amounts, unit, policy)
        is_sure = days.sure_from <= first < days.sure_until
        low, best = (amount.low, amount.best) if is_sure else (ZERO, None)
        amount = Amount(low, best, amount.high, *behind_amounts([says_that_it_was, amount]))
        is_unheard = days.heard_until is not None and first >= days.heard_until
        stretches.append(Stretch(episode.subject, facility, first, until, amount, is_unheard))
    return stretches


def clipped(
    stretches: Iterable[Stretch], windows: Iterable[tuple[dt.date | None, dt.date | None]]
) -> Iterator[Stretch]:
    """The parts of stretches that lie in some windows, each from a first to a last day."""
    limits = [(since or dt.date.min, until + DAY if until else dt.date.max) for since, until in windows]
    for stretch in stretches:
        for since, until in limits:
            first, last = max(stretch.first, since), min(stretch.until, until)
            if first < last:
                yield replace(stretch, first=first, until=last)


# The days of the calendar -----------------------------------------------------------------------------------


@dataclass
class CalendarDays:
    """How much stood still on some days of the calendar on which nothing changes."""

    first: dt.date
    until: dt.date
    bounds: Bounds


def calendar(
    stretches: Iterable[Stretch], limits: dict[int, Decimal], first: dt.date, until: dt.date
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
        days.append(CalendarDays(day, next_cut, sum_of(bounds_of.values())))
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
    stretches: Iterable[Stretch], limits: dict[int, Decimal], interval: str, first: dt.date, until: dt.date
) -> list[Point]:
    """The means over the days of each period, with what is behind them.

    Days without an outage count as zero; one open day opens a mean.
    """
    inside = [s for s in stretches if s.first < until and s.until > first and s.first < s.until]
    each_period = list(periods(interval, first, until))
    means = period_means(calendar(inside, limits, first, until), each_period)
    return [
        Point(
            start,
            end,
            low or ZERO,
            best,
            high,
            *behind_amounts(stretch.amount for stretch in of_period),
            sorted({stretch.facility for stretch in of_period}),
            any(stretch.forecast for stretch in of_period),
        )
        for (start, end), (low, best, high), of_period in zip(
            each_period, means, by_period(inside, [start for start, _ in each_period]), strict=True
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
    """The mean over the days of each period. Days and periods are gone through once, side by side."""
    current = 0
    for start, end in each_period:
        while days[current].until <= start:
            current += 1
        weighted, number = [], current
        while number < len(days) and days[number].first < end:
            count = (min(days[number].until, end) - max(days[number].first, start)).days
            weighted.append((Decimal(count), days[number].bounds))
            number += 1
        low, best, high = (mean([(count, bounds[n]) for count, bounds in weighted]) for n in range(3))
        yield low, best, high


def mean(weighted: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The mean of values that each hold for so many days; null if one of them is."""
    total = count = ZERO
    for days, value in weighted:
        if value is None:
            return None
        total += days * value
        count += days
    return total / count
