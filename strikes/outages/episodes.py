"""One outage, put together from what was said of it, and how a policy or an issuer reads it.

Nothing here is stored. What several issuers say of one outage is kept apart; a policy picks one reading and is named
in the answer.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from record.vocabulary import Vocabulary
from strikes.models import Claim, DamageEstimate
from strikes.outages.statements import LOAD_METRICS, OUTAGE_METRICS, EndKind, Span, Statement, Subject


class Policy(Vocabulary):
    """How one reading of an outage is picked where issuers differ.

    Origin: this project; compare the revisions of one message under REMIT, which has one issuer only.
    """

    LATEST = "latest", "The issuer who was heard last; what they left out is taken from the one before."
    WIDEST = (
        "widest",
        "The earliest beginning and the latest end that anybody stands by; no end while anybody stands by "
        "its going on after that.",
    )
    OPERATOR_FIRST = (
        "operator_first",
        "The word of whoever operated the facility when the outage began, where there is one, else the latest.",
    )


class Outcome(Vocabulary):
    """What became of a forecast.

    Origin: this project.
    """

    MET = "met", "It ended within the predicted time."
    EARLY = "early", "It ended before the predicted time."
    LATE = "late", "It ended after the predicted time."
    PENDING = "pending", "Nobody has said that it ended, and the predicted time is not over."
    OVERDUE = "overdue", "Nobody has said that it ended, and the predicted time is over."


class Days(NamedTuple):
    """How many days something lasted, at least and at most."""

    low: int
    high: int


def days_between(start: Span, end: Span) -> Days:
    """The days from one time to another, by the dates on the clocks of the place."""
    return Days(max((end.day - start.last_day).days, 0), max((end.last_day - start.day).days, 0))


@dataclass
class Edge:
    """One end of an outage as it is read, on whose word, and what others say."""

    at: Span | None
    claims: list[str]
    issuers: list[str]
    kind: EndKind | None = None


@dataclass
class Forecast:
    """A predicted end, and what came of it."""

    claim: Claim
    issuer: str
    predicted: Span
    outcome: Outcome
    days_late: int | None
    """From the predicted time to the end: 0 within it, negative before it; null while it is pending."""


@dataclass
class Reading:
    """One outage as one policy, or one issuer, reads it."""

    issuer: str | None
    start: Edge
    end: Edge

    @property
    def days(self) -> Days | None:
        if self.start.at is None or self.ended is None:
            return None
        return days_between(self.start.at, self.ended)

    @property
    def ended(self) -> Span | None:
        """When it ended, if that is a fact and no forecast."""
        return self.end.at if self.end.kind == EndKind.FACT else None


@dataclass
class Episode:
    """One outage of a unit or facility: everything that was said of it."""

    subject: Subject
    statements: list[Statement] = field(default_factory=list)
    denials: list[Claim] = field(default_factory=list)

    # What was said ----------------------------------------------------------------------------------------

    @property
    def starts(self) -> list[Statement]:
        return [statement for statement in self.statements if statement.start is not None]

    @property
    def ends(self) -> list[Statement]:
        return [s for s in self.statements if s.end is not None and s.end_kind == EndKind.FACT]

    @property
    def forecasts(self) -> list[Statement]:
        return [s for s in self.statements if s.end is not None and s.end_kind == EndKind.FORECAST]

    @property
    def first_day(self) -> dt.date:
        """The first day that anybody gave: of its beginning or, if nobody spoke of that, of its end."""
        spans = [start.start for start in self.starts] or [statement.end for statement in self.statements]
        return min(span.day for span in spans if span is not None)

    @property
    def days_out(self) -> list[dt.date]:
        """The days on which it was last said to go on, by each statement of it."""
        return [s.still_out_on for s in self.statements if s.still_out_on is not None]

    @property
    def numbers(self) -> list[DamageEstimate]:
        """What was said to be offline while it lasted, each number once."""
        return self._numbers_of(OUTAGE_METRICS)

    @property
    def loads(self) -> list[DamageEstimate]:
        """What was said of how much ran again, each number once."""
        return self._numbers_of(LOAD_METRICS)

    def _numbers_of(self, metrics: Collection[str]) -> list[DamageEstimate]:
        numbers = (number for statement in self.statements for number in statement.numbers)
        return list({number.pk: number for number in numbers if number.metric in metrics}.values())

    @property
    def claims(self) -> list[Claim]:
        return list({statement.claim.pk: statement.claim for statement in self.statements}.values())

    # How it is read ---------------------------------------------------------------------------------------

    def issuers(self, policy: Policy, operators: Collection[str]) -> list[str]:
        """Whose word comes first, by a policy: of those who spoke of its beginning or end."""
        newest: dict[str, tuple[dt.datetime | str | None, ...]] = {}
        for statement in self.statements:
            if statement.start is not None or statement.end_kind is not None:
                issuer, rank = statement.issuer, statement.rank
                newest[issuer] = max(newest.get(issuer, rank), rank)
        ranked = sorted(newest, key=lambda issuer: newest[issuer], reverse=True)
        if policy == Policy.OPERATOR_FIRST:
            ranked.sort(key=lambda issuer: issuer not in operators)
        return ranked

    def read(self, policy: Policy, operators: Collection[str]) -> Reading:
        """The one reading that a policy picks."""
        issuers = self.issuers(policy, operators)
        starts = [start for issuer in issuers if (start := self._earliest_start(issuer))]
        on_end = [newest for issuer in issuers if (newest := self._newest_on_end(issuer))]
        forecasts = [forecast for issuer in issuers if (forecast := self._newest_forecast(issuer))]
        if policy == Policy.WIDEST:
            starts.sort(key=_start_order)
            on_end.sort(key=_reach, reverse=True)
            forecasts.sort(key=lambda s: (s.end and s.end.last_day, s.rank), reverse=True)
        return _reading(None, starts, on_end, forecasts, self.statements)

    def by_issuer(self) -> list[Reading]:
        """Each issuer's own reading, with nothing filled in from others; who was heard last comes first."""
        readings = []
        for issuer in self.issuers(Policy.LATEST, ()):
            starts, on_end, forecasts = (
                [statement] if statement else []
                for statement in (
                    self._earliest_start(issuer),
                    self._newest_on_end(issuer),
                    self._newest_forecast(issuer),
                )
            )
            own = [statement for statement in self.statements if statement.issuer == issuer]
            readings.append(_reading(issuer, starts, on_end, forecasts, own))
        return readings

    def _earliest_start(self, issuer: str) -> Statement | None:
        """An issuer's earliest beginning: a later one only says that it was still out by then."""
        own = [start for start in self.starts if start.issuer == issuer]
        return min(own, key=_start_order, default=None)

    def _newest_on_end(self, issuer: str) -> Statement | None:
        """An issuer's newest statement on the end: that it had ended, or that it went on."""
        own = [s for s in self.statements if s.issuer == issuer and s.end_kind is not None]
        return max(own, key=lambda statement: statement.end_rank, default=None)

    def _newest_forecast(self, issuer: str) -> Statement | None:
        own = [forecast for forecast in self.forecasts if forecast.issuer == issuer]
        return max(own, key=lambda statement: statement.rank, default=None)

    # What stands beside a reading -------------------------------------------------------------------------

    def rivals(self, reading: Reading) -> tuple[list[Edge], list[Edge]]:
        """What else was said of the beginning and of the end: every other time, or that it went on after it."""
        starts = _other_edges(((s.start, None, s) for s in self.starts), reading.start.at)
        ends = _other_edges(((s.end, s.end_kind, s) for s in (*self.ends, *self.forecasts)), reading.end.at)
        if reading.ended is not None:
            last = reading.ended.last_day
            going_on = [s for s in self.statements if s.end_kind == EndKind.OPEN]
            later = [s for s in going_on if s.still_out_on and s.still_out_on > last]
            ends += [_edge(None, later, EndKind.OPEN)] if later else []
        return starts, ends

    def scored(self, reading: Reading, today: dt.date) -> list[Forecast]:
        """Every predicted end in the order in which it was said, and how it compares with the end as it is read."""
        scored = []
        for statement in sorted(self.forecasts, key=lambda statement: statement.rank):
            if statement.end is not None:
                outcome, days_late = outcome_of(statement.end, reading.ended, today)
                scored.append(Forecast(statement.claim, statement.issuer, statement.end, outcome, days_late))
        return scored


def outcome_of(predicted: Span, ended: Span | None, today: dt.date) -> tuple[Outcome, int | None]:
    """What became of a predicted end, and by how many days it missed."""
    if ended is None:
        return (Outcome.OVERDUE if predicted.last_day < today else Outcome.PENDING), None
    days_late = max((ended.day - predicted.last_day).days, 0)
    days_early = min((ended.last_day - predicted.day).days, 0)
    outcome = Outcome.LATE if days_late else Outcome.EARLY if days_early else Outcome.MET
    return outcome, days_late + days_early


def _reading(
    issuer: str | None,
    starts: Sequence[Statement],
    on_end: Sequence[Statement],
    forecasts: Sequence[Statement],
    statements: Sequence[Statement],
) -> Reading:
    """The first of each, with all claims that say the same. No end is before its beginning, and a prediction that
    somebody outlived is none."""
    start = Edge(None, [], [])
    if starts:
        same = [s for s in statements if _is_same(s.start, starts[0].start)]
        start = _edge(same[0].start, same)
    start_day = start.at.day if start.at else None
    on_end = [s for s in on_end if s.still_out_on or not _is_before(s.end, start_day)]
    if on_end and on_end[0].end_kind == EndKind.FACT:
        return Reading(issuer, start, _end_edge(on_end[0], EndKind.FACT, statements))
    outlived = on_end[0].still_out_on if on_end else start_day
    standing = [forecast for forecast in forecasts if not _is_before(forecast.end, outlived)]
    if standing:
        return Reading(issuer, start, _end_edge(standing[0], EndKind.FORECAST, statements))
    return Reading(issuer, start, _edge(None, [s for s in on_end if s.still_out_on], EndKind.OPEN))


def _end_edge(picked: Statement, kind: EndKind, statements: Iterable[Statement]) -> Edge:
    """The end that was picked, on the word of all who say the same."""
    same = [s for s in statements if s.end_kind == kind and _is_same(s.end, picked.end)]
    return _edge(same[0].end, same, kind)


def _edge(at: Span | None, statements: Iterable[Statement], kind: EndKind | None = None) -> Edge:
    """An edge on the word of these."""
    statements = list(statements)
    return Edge(
        at,
        list(dict.fromkeys(statement.claim.public_id for statement in statements)),
        list(dict.fromkeys(statement.issuer for statement in statements)),
        kind,
    )


def _other_edges(
    times: Iterable[tuple[Span | None, EndKind | None, Statement]], read: Span | None
) -> list[Edge]:
    """Every time that was said beside the one that was read, the earliest first, each with its claims."""
    groups: dict[tuple[tuple[dt.date, dt.date], EndKind | None], list[tuple[Span, Statement]]]
    groups = defaultdict(list)
    for at, kind, statement in times:
        if at is not None and not _is_same(at, read):
            groups[at.days, kind].append((at, statement))
    edges = [
        _edge(group[0][0], [statement for _, statement in group], kind) for (_, kind), group in groups.items()
    ]
    return sorted(edges, key=lambda edge: (edge.at and edge.at.days, str(edge.kind)))


def _is_same(time: Span | None, other: Span | None) -> bool:
    return time is not None and other is not None and time.days == other.days


def _is_before(time: Span | None, day: dt.date | None) -> bool:
    return time is not None and day is not None and time.last_day < day


def _start_order(statement: Statement) -> tuple[object, ...]:
    return statement.start and statement.start.day, statement.rank


def _reach(statement: Statement) -> tuple[object, ...]:
    """How far a statement on the end reaches: to the end that it names, or to the last day on which it went on."""
    if statement.end_kind == EndKind.FACT and statement.end is not None:
        return statement.end.last_day, False, statement.rank
    return statement.still_out_on, True, statement.rank
