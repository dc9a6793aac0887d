"""At which load something was said to run again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from strikes.choices import Metric, UnitOfMeasure
from strikes.models import DamageEstimate
from strikes.outages.episodes import Episode
from strikes.outages.statements import LOAD_METRICS, EndKind, Span, Statement, event_span, period_of

SHARES_OF_ALL = (Metric.SHARE_RESTORED, Metric.UTILISATION, Metric.CAPACITY_AVAILABLE)
"""In percent, these say of how much it runs; all of it is a hundred."""


@dataclass
class Load:
    """What one claim says of how much ran, and since when."""

    statement: Statement
    numbers: list[DamageEstimate]
    at: Span | None
    """Null where it gives no time."""
    day: dt.date
    """The first day of that time, else the day on which it was said."""

    @property
    def since(self) -> Span:
        said_at = self.statement.claim.sort_at
        assert said_at is not None  # it is set when a claim is published
        return self.at or Span(said_at, said_at, self.day, self.day)

    @property
    def is_whole(self) -> bool:
        """Whether it says that all of it ran."""
        return any(
            number.unit_of_measure == UnitOfMeasure.PERCENT
            and number.metric in SHARES_OF_ALL
            and (number.low if number.low is not None else number.best or 0) >= 100
            for number in self.numbers
        )


def loads_after(episode: Episode, back: Span) -> list[Load]:
    """The loads that were said to hold from its return on or later, in the order of their days."""
    loads = [load for statement in episode.statements for load in loads_of(statement, back)]
    loads = [load for load in loads if load.day >= back.day]
    loads += [load for cut in cuts_in_halt(episode) for load in loads_of_cut(cut, back)]
    return sorted(loads, key=lambda load: (load.day, load.statement.rank))


def cuts_in_halt(episode: Episode) -> list[Statement]:
    """Cuts that began after the halt did: what it did when it ran again."""
    first = min((s.start.day for s in episode.halts if s.start is not None), default=dt.date.max)
    return [cut for cut in episode.cuts if cut.start is not None and cut.start.day >= first]


def loads_of_cut(cut: Statement, back: Span) -> Iterable[Load]:
    """How much less it ran, and since when; then, where the cut is said to have ended, that it ran without it."""
    assert cut.start is not None  # a cut has one
    is_over = cut.end_kind == EndKind.FACT and cut.end is not None
    if is_over and cut.end is not None and cut.end.day <= back.day:
        return
    yield Load(cut, list(cut.numbers), cut.start, max(cut.start.day, back.day))
    if is_over and cut.end is not None:
        yield Load(cut, [], cut.end, cut.end.day)


def loads_of(statement: Statement, back: Span) -> Iterable[Load]:
    """The loads that one statement gives, by the time since when each was so."""
    by_time: dict[Span | None, list[DamageEstimate]] = {}
    if statement.start is not None and statement.is_cut:
        return
    is_return = statement.end_kind == EndKind.FACT and statement.start is None
    metrics = (*LOAD_METRICS, Metric.OUTPUT_CUT) if is_return else LOAD_METRICS
    for number in statement.numbers:
        if number.metric in metrics:
            start, _ = period_of(number, statement.claim)
            by_time.setdefault(start or time_of(statement), []).append(number)
    for at, numbers in by_time.items():
        if at is not None and at.day > statement.claim.said_on:
            continue  # it is only predicted
        day = at.day if at is not None else statement.claim.said_on
        if statement.end_kind == EndKind.FACT:
            day = max(day, back.day)  # it runs like that since the return, on whatever day this one puts that
        yield Load(statement, numbers, at, day)


def time_of(statement: Statement) -> Span | None:
    """The time of the event that a load was said of."""
    if statement.end_kind == EndKind.FACT:
        return statement.end
    return statement.mark or event_span(statement.claim)


def say_the_same(loads: Sequence[Load], others: Sequence[Load]) -> bool:
    """Whether others only repeat how much it was."""
    said = {bounds_of(number) for load in loads for number in load.numbers}
    repeated = {bounds_of(number) for load in others for number in load.numbers}
    return repeated <= said and bool(repeated) == bool(said)


def bounds_of(number: DamageEstimate) -> tuple[object, ...]:
    return (
        number.metric,
        number.unit_of_measure,
        number.denominator,
        number.low,
        number.best,
        number.high,
        number.scope,
    )
