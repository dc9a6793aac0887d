"""Outages and the series read slowly and obviously, day by day, to compare the quick code with.

Days are whole numbers, sayings are tuples of plain values, and nothing here uses the project's code.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

Bounds = tuple[Fraction | None, Fraction | None, Fraction | None]
Days = tuple[int, int]
"""The first and the last day on which something may have happened."""


@dataclass(frozen=True)
class PlainStatement:
    """What somebody said of a subject: `out`, `interval`, `stop`, `back`, `forecast`, or `number` with a period."""

    kind: str
    subject: str
    by: str
    said: int
    moment: int
    """A whole number that tells which of two sayings of one day came first."""
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
    found = []
    days = [one.start[0] for one in statements if one.start] + [one.end[0] for one in statements if one.end]
    for day in range(min(days, default=0), max(days, default=0) + 1):
        for one in statements:
            if one.start is not None and one.start[0] == day:
                ends = [other.end[1] for other in found[-1] if other.ended and other.end] if found else []
                if not found or (ends and max(ends) < day):
                    found.append([])
                found[-1].append(one)
        for one in statements:
            if one.start is None and one.ended and one.end and one.end[0] == day:
                if not found:
                    found.append([])
                found[-1].append(one)
    for one in sorted(statements, key=lambda one: (one.said, one.moment)):
        if one.start is None and not one.ended:
            there = [
                outage
                for outage in found
                if not any(s.start for s in outage) or min(s.start[0] for s in outage if s.start) <= one.said
            ]
            if not there and one.predicts:
                found.insert(0, [])
                there = [found[0]]
            if there:
                there[-1].append(one)
    return found


@dataclass(frozen=True)
class Read:
    start: Days | None
    end: Days | None
    kind: str


def heard(one):
    return one.said, one.moment


def read(outage, policy, operators):
    """What a policy makes of an outage. A policy that is somebody's name gives that issuer's own reading."""
    speaking = [one for one in outage if one.speaks_of_it]
    if policy not in ("latest", "widest", "operator_first"):
        speaking = [one for one in speaking if one.by == policy]
    names = sorted(
        {one.by for one in speaking}, key=lambda name: max(heard(s) for s in speaking if s.by == name)
    )
    names.reverse()
    if policy == "operator_first":
        names = [n for n in names if n in operators] + [n for n in names if n not in operators]

    starts, words, forecasts = [], [], []
    for name in names:
        own = sorted((one for one in speaking if one.by == name), key=heard)
        if any(one.start for one in own):
            starts.append(min((one for one in own if one.start), key=lambda one: (one.start[0], heard(one))))
        if any(one.ended or one.goes_on for one in own):
            words.append([one for one in own if one.ended or one.goes_on][-1])
        if any(one.predicts for one in own):
            forecasts.append([one for one in own if one.predicts][-1])

    start = None
    if starts and policy == "widest":
        start = min(starts, key=lambda one: (one.start[0], heard(one))).start
    elif starts:
        start = starts[0].start
    words = [one for one in words if one.goes_on or start is None or one.end[1] >= start[0]]

    word = words[0] if words else None
    if policy == "widest":
        for one in words:
            reach = one.end[1] if one.ended else one.still_out_on
            best = word.end[1] if word.ended else word.still_out_on
            if (reach, not one.ended, heard(one)) > (best, not word.ended, heard(word)):
                word = one
    if word is not None and word.ended:
        return Read(start, word.end, "fact")

    outlived = word.still_out_on if word is not None else (start[0] if start else None)
    standing = [one for one in forecasts if outlived is None or one.end[1] >= outlived]
    if not standing:
        return Read(start, None, "open")
    if policy == "widest":
        return Read(start, max(standing, key=lambda one: (one.end[1], heard(one))).end, "forecast")
    return Read(start, standing[0].end, "forecast")


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

NOUGHT = Fraction(0)


def amount_on(day, outage, capacity, policy, operators):
    """How much an outage takes away on a day; null where it cannot be said of any day."""
    stating = [one for one in outage if one.amount is not None]
    if not stating:
        return capacity
    stating.sort(
        key=lambda one: (policy == "operator_first" and one.by in operators, *heard(one)), reverse=True
    )
    there = [
        one
        for one in stating
        if one.kind != "number"
        or (one.start and one.start[0] <= day and (one.end is None or day < one.end[1]))
    ]
    if not there:
        return None, None, None
    used = [one.amount for one in (there if policy == "widest" else there[:1]) if one.amount]
    lows, bests, highs = [b[0] for b in used], {b[1] for b in used}, [b[2] for b in used]
    return (
        None if None in lows else min(lows),
        bests.pop() if len(bests) == 1 else None,
        None if None in highs else max(highs),
    )


def largest(several):
    """What covers the same ground."""
    lows = [low for low, _, _ in several if low is not None]
    bests, highs = [best for _, best, _ in several], [high for _, _, high in several]
    return (
        max(lows) if lows else None,
        None if None in bests else max(bests),
        None if None in highs else max(highs),
    )


def total(several):
    """What covers different ground."""
    bests, highs = [best for _, best, _ in several], [high for _, _, high in several]
    return (
        sum((low for low, _, _ in several if low is not None), NOUGHT),
        None if None in bests else sum(bests, NOUGHT),
        None if None in highs else sum(highs, NOUGHT),
    )


def on_a_day(day, today, policy, statements, units, capacities, limits, operators):
    """How much is offline at all facilities on one day."""
    everything = []
    for facility, parts in units.items():
        of_subject = {}
        for subject in (facility, *parts):
            for outage in outages([one for one in statements if one.subject == subject]):
                found = read(outage, policy, operators)
                if found.start is None:
                    continue
                if found.kind == "fact" and found.end:
                    surely_before, maybe_before = found.end
                else:
                    words = [one.still_out_on for one in outage if one.goes_on]
                    surely_before = max([found.start[1], *words]) + 1
                    maybe_before = max(today + 1, found.end[1] if found.end else 0)
                if not found.start[0] <= day < maybe_before:
                    continue
                amount = amount_on(day, outage, capacities.get(subject), policy, operators)
                if amount is None:
                    continue
                if not found.start[1] <= day < surely_before:
                    amount = NOUGHT, None, amount[2]
                of_subject.setdefault(subject, []).append(amount)
        together = [largest(of_subject[part]) for part in parts if part in of_subject]
        several = [*of_subject.get(facility, []), *([total(together)] if together else [])]
        if several:
            low, best, high = largest(several)
            limit = limits.get(facility)
            if limit is not None:
                low, best, high = (
                    None if bound is None else min(bound, limit) for bound in (low, best, high)
                )
            everything.append((low, best, high))
    return total(everything)


def mean(several):
    """The mean of some days."""
    found = []
    for bounds in zip(*several, strict=True):
        found.append(None if None in bounds else sum(bounds, NOUGHT) / len(bounds))
    return tuple(found)
