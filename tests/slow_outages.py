"""Outages and the series read slowly and obviously, day by day, to compare the quick code with.

Days are whole numbers, statements are rows of plain values, and nothing here uses the code of the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Bounds = tuple[Fraction | None, Fraction | None, Fraction | None]
Days = tuple[int, int]
"""The first and the last day on which something may have happened."""


@dataclass(frozen=True)
class PlainStatement:
    """What somebody said about a subject: `out`, `interval`, `stop`, `back`, `forecast`, or `number` with a period."""

    kind: str
    subject: str
    by: str
    said: int
    moment: int
    """Tells which of two statements of one day came first."""
    start: Days | None = None
    end: Days | None = None
    amount: Bounds | None = None

    @property
    def ended(self) -> bool:
        """Whether it says that the outage is over."""
        return (
            self.kind in ("interval", "back", "number") and self.end is not None and self.end[0] <= self.said
        )

    @property
    def predicts(self) -> bool:
        return self.end is not None and not self.ended

    @property
    def goes_on(self) -> bool:
        return self.kind == "out" or self.predicts or (self.kind == "number" and self.end is None)

    @property
    def still_out_on(self) -> int:
        return max(self.said, self.start[0]) if self.start else self.said

    @property
    def speaks_of_it(self) -> bool:
        return self.start is not None or self.ended or self.goes_on


def outages(statements):
    """The outages of one subject: walk through the days, and look on each what began or ended."""
    result = []
    starts = [statement.start[0] for statement in statements if statement.start]
    ends = [statement.end[0] for statement in statements if statement.end]
    for day in range(min(starts + ends, default=0), max(starts + ends, default=0) + 1):
        for statement in statements:
            if statement.start is not None and statement.start[0] == day:
                if not result or has_ended_before(day, result[-1]):
                    result.append([])
                result[-1].append(statement)
        for statement in statements:
            if statement.start is None and statement.ended and statement.end and statement.end[0] == day:
                if not result:
                    result.append([])
                result[-1].append(statement)
    for statement in sorted(statements, key=heard):
        if statement.start is None and not statement.ended:
            add_to_the_last_begun(statement, result)
    return result


def has_ended_before(day, outage):
    ends = [statement.end[1] for statement in outage if statement.ended and statement.end]
    return bool(ends) and max(ends) < day


def add_to_the_last_begun(statement, result):
    """What gives neither a start nor an end is about the last outage that had begun when it was said."""
    begun = [
        outage
        for outage in result
        if not any(other.start for other in outage)
        or min(other.start[0] for other in outage if other.start) <= statement.said
    ]
    if not begun and statement.predicts:
        # An end that is predicted has an outage, even where nobody has said that it began.
        result.insert(0, [])
        begun = [result[0]]
    if begun:
        begun[-1].append(statement)


@dataclass(frozen=True)
class Read:
    start: Days | None
    end: Days | None
    kind: str


def heard(statement):
    return statement.said, statement.moment


def begun(statement):
    return statement.start[0], heard(statement)


def issuers(speaking, policy, operators):
    """Those who speak, whoever spoke last first; with the operators before all others if the policy says so."""
    names = sorted(
        {statement.by for statement in speaking},
        key=lambda name: max(heard(statement) for statement in speaking if statement.by == name),
        reverse=True,
    )
    if policy == "operator_first":
        names = [name for name in names if name in operators] + [
            name for name in names if name not in operators
        ]
    return names


def read(outage, policy, operators):
    """What a policy makes of an outage. A policy that is somebody's name gives that issuer's own reading."""
    speaking = [statement for statement in outage if statement.speaks_of_it]
    if policy not in ("latest", "widest", "operator_first"):
        speaking = [statement for statement in speaking if statement.by == policy]
    starts, latest, forecasts = [], [], []  # each issuer's, in the order of the issuers
    for name in issuers(speaking, policy, operators):
        own = sorted((statement for statement in speaking if statement.by == name), key=heard)
        starts += sorted((statement for statement in own if statement.start), key=begun)[:1]
        latest += [statement for statement in own if statement.ended or statement.goes_on][-1:]
        forecasts += [statement for statement in own if statement.predicts][-1:]

    start = None
    if starts:
        start = (min(starts, key=begun) if policy == "widest" else starts[0]).start
    # An end before the start is the end of something else.
    latest = [
        statement
        for statement in latest
        if statement.goes_on or start is None or statement.end[1] >= start[0]
    ]
    last = None
    if latest:
        last = max(latest, key=reach) if policy == "widest" else latest[0]
    if last is not None and last.ended:
        return Read(start, last.end, "fact")
    return Read(start, *predicted_end(forecasts, last.still_out_on if last else start and start[0], policy))


def reach(statement):
    """How far an outage reaches by a statement: at least to a day, or to that day and no further."""
    day = statement.end[1] if statement.ended else statement.still_out_on
    return day, not statement.ended, heard(statement)


def predicted_end(forecasts, still_out_on, policy):
    """The end of an outage that goes on: forecast, unless every forecast has been outlived."""
    standing = [forecast for forecast in forecasts if still_out_on is None or forecast.end[1] >= still_out_on]
    if not standing:
        return None, "open"
    if policy == "widest":
        return max(standing, key=lambda forecast: (forecast.end[1], heard(forecast))).end, "forecast"
    return standing[0].end, "forecast"


def score(predicted, end, today):
    """How a forecast compares with an end, or with today where there is none."""
    if end is None:
        return ("overdue" if predicted[1] < today else "pending"), None
    if end[0] > predicted[1]:
        return "late", end[0] - predicted[1]
    if end[1] < predicted[0]:
        return "early", end[1] - predicted[0]
    return "met", 0


# The series -------------------------------------------------------------------------------------------

ZERO = Fraction(0)


def amount_on(day, outage, capacity, policy, operators):
    """How much an outage takes away on a day; null where it cannot be said of any day."""
    stating = [statement for statement in outage if statement.amount is not None]
    if not stating:
        return capacity
    stating.sort(
        key=lambda statement: (policy == "operator_first" and statement.by in operators, *heard(statement)),
        reverse=True,
    )
    in_effect = [
        statement
        for statement in stating
        if statement.kind != "number"
        or (
            statement.start
            and statement.start[0] <= day
            and (statement.end is None or day < statement.end[1])
        )
    ]
    if not in_effect:
        return None, None, None
    used = [statement.amount for statement in (in_effect if policy == "widest" else in_effect[:1])]
    lows, bests, highs = (
        [low for low, _, _ in used],
        {best for _, best, _ in used},
        [high for _, _, high in used],
    )
    return (
        None if None in lows else min(lows),
        bests.pop() if len(bests) == 1 else None,
        None if None in highs else max(highs),
    )


def largest(amounts):
    """Of outages that cover the same ground."""
    lows = [low for low, _, _ in amounts if low is not None]
    bests, highs = [best for _, best, _ in amounts], [high for _, _, high in amounts]
    return (
        max(lows) if lows else None,
        None if None in bests else max(bests),
        None if None in highs else max(highs),
    )


def total(amounts):
    """Of outages that cover different ground."""
    bests, highs = [best for _, best, _ in amounts], [high for _, _, high in amounts]
    return (
        sum((low for low, _, _ in amounts if low is not None), ZERO),
        None if None in bests else sum(bests, ZERO),
        None if None in highs else sum(highs, ZERO),
    )


def bounds_of_the_end(outage, reading, today):
    """The days before which an outage is surely, and may be, still going on."""
    if reading.kind == "fact" and reading.end:
        return reading.end
    still_out = [statement.still_out_on for statement in outage if statement.goes_on]
    return max([reading.start[1], *still_out]) + 1, max(today + 1, reading.end[1] if reading.end else 0)


def amounts_of(statements, day, today, policy, capacity, operators):
    """What each outage of one subject takes away on a day, if it does."""
    amounts = []
    for outage in outages(statements):
        reading = read(outage, policy, operators)
        if reading.start is None:
            continue
        surely_before, maybe_before = bounds_of_the_end(outage, reading, today)
        if not reading.start[0] <= day < maybe_before:
            continue
        amount = amount_on(day, outage, capacity, policy, operators)
        if amount is None:
            continue
        is_sure = reading.start[1] <= day < surely_before
        amounts.append(amount if is_sure else (ZERO, None, amount[2]))
    return amounts


def on_a_day(day, today, policy, statements, units, capacities, limits, operators):
    """How much is offline at all facilities on one day."""

    def amounts(subject):
        own = [statement for statement in statements if statement.subject == subject]
        return amounts_of(own, day, today, policy, capacities.get(subject), operators)

    at_facilities = []
    for facility, parts in units.items():
        of_parts = [largest(of_part) for of_part in map(amounts, parts) if of_part]
        # Its units together are the same ground as the facility as a whole.
        of_facility = [*amounts(facility), *([total(of_parts)] if of_parts else [])]
        if of_facility:
            bounds, limit = largest(of_facility), limits.get(facility)
            if limit is not None:
                bounds = tuple(None if bound is None else min(bound, limit) for bound in bounds)
            at_facilities.append(bounds)
    return total(at_facilities)


def mean(amounts):
    """The mean of some days."""
    return tuple(
        None if None in bounds else sum(bounds, ZERO) / len(bounds) for bounds in zip(*amounts, strict=True)
    )
