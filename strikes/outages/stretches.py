"""The days of one outage, cut where something changes, with how much it took away on each. Reads no database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from strikes.outages.amounts import Amount, StatedAmount, Unquantified, amount_on, behind_amounts
from strikes.outages.coverage import DAY
from strikes.outages.episodes import Policy
from strikes.outages.readings import Phase
from strikes.outages.statements import Subject

ZERO = Decimal(0)


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
    outage: int = 0
    """Which outage of the series it belongs to."""
    unquantified: bool = False
    """Whether nobody states its size."""


@dataclass(frozen=True)
class PhaseDays:
    """From when until when a phase of an outage lasted, perhaps and for sure. Each `until` is the day after the last."""

    first: dt.date
    sure_from: dt.date
    sure_until: dt.date
    until: dt.date
    heard_until: dt.date | None
    """The day after the last word of it, if nobody has said that it ended."""


def phase_days(phase: Phase, days_out: Iterable[dt.date], today: dt.date) -> PhaseDays | None:
    """The days of a phase as a policy reads it; null if nobody says when it began. ``days_out`` are those on which
    it was said to go on.

    It lasted for sure from the late edge of the beginning to the early edge of the end. What nobody has said to be
    over may last: after the last word of it nothing is certain any more, until today or as far as an end was
    predicted.
    """
    start = phase.start.at
    assert phase.end is not None  # what is back in full takes nothing away
    if start is None:
        return None
    ended = phase.end.fact
    if ended is not None:
        return PhaseDays(start.day, start.last_day, ended.day, ended.last_day, None)
    heard_until = max([start.last_day, *days_out]) + DAY
    until = max([today + DAY, *([phase.end.at.last_day] if phase.end.at is not None else [])])
    return PhaseDays(start.day, start.last_day, heard_until, until, heard_until)


@dataclass(frozen=True)
class Taken:
    """Whose outage it is, how much it took away, and by which policy."""

    subject: Subject
    facility: int
    outage: int
    amounts: list[StatedAmount] | Amount | Unquantified
    unit: str
    policy: Policy

    def amount_on(self, day: dt.date) -> tuple[Amount, bool]:
        """How much on a day, and whether anybody states it."""
        if isinstance(self.amounts, Unquantified):
            return Amount(None, None, self.amounts.most), False
        if isinstance(self.amounts, Amount):
            return self.amounts, True
        amount = amount_on(day, self.amounts, self.unit, self.policy)
        return amount, bool(amount.claims)


def stretches_of(phase: Phase, taken: Taken, days_out: Iterable[dt.date], today: dt.date) -> list[Stretch]:
    """The days of a phase as a policy reads it, cut where something changes; none if nobody says when it began.

    The lower bound and the value count on days on which it lasted for sure.
    """
    days = phase_days(phase, days_out, today)
    if days is None:
        return []
    edges = {days.first, days.until, days.sure_from, days.sure_until}
    if isinstance(taken.amounts, list):
        edges |= {day for stated in taken.amounts for day in (stated.first, stated.until) if day is not None}
    says_that_it_was = Amount(None, None, None, claims=phase.claims, issuers=phase.issuers)
    stretches = []
    for first, until in pairwise(sorted(day for day in edges if days.first <= day <= days.until)):
        amount, is_stated = taken.amount_on(first)
        is_sure = days.sure_from <= first < days.sure_until
        low, best = (amount.low, amount.best) if is_sure else (ZERO, None)
        amount = Amount(low, best, amount.high, *behind_amounts([says_that_it_was, amount]))
        is_unheard = days.heard_until is not None and first >= days.heard_until
        stretches.append(
            Stretch(
                taken.subject,
                taken.facility,
                first,
                until,
                amount,
                forecast=is_unheard,
                outage=taken.outage,
                unquantified=not is_stated,
            )
        )
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
