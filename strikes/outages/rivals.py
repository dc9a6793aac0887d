"""What stands beside a reading of an outage: other times that were said, moments at which it was so, and what became of
forecasts."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from record.vocabulary import Vocabulary
from strikes.models import Claim
from strikes.outages.episodes import Episode, is_same
from strikes.outages.readings import Edge, PhaseState, Reading, edge_of
from strikes.outages.statements import EndKind, Span, Statement


class Outcome(Vocabulary):
    """What became of a forecast.

    Origin: this project.
    """

    MET = "met", "It ended within the predicted time."
    EARLY = "early", "It ended before the predicted time."
    LATE = "late", "It ended after the predicted time."
    PENDING = "pending", "Nobody has said that it ended, and the predicted time is not over."
    OVERDUE = "overdue", "Nobody has said that it ended, and the predicted time is over."


@dataclass
class Forecast:
    """A predicted return, and what came of it."""

    claim: Claim
    issuer: str
    predicted: Span
    of_full_return: bool
    outcome: Outcome
    days_late: int | None
    """From the predicted time to the end: 0 within it, negative before it; null while it is pending."""


@dataclass
class Mark:
    """A moment at which it stood still, or ran, by what was said."""

    at: Span
    state: PhaseState
    claims: list[str]
    issuers: list[str]


def marks_of(episode: Episode) -> list[Mark]:
    return [
        Mark(statement.mark, state_at(statement), [statement.claim.public_id], [statement.issuer])
        for statement in episode.marks
        if statement.mark is not None
    ]


def state_at(mark: Statement) -> PhaseState:
    return PhaseState.RUNNING if mark.is_return else PhaseState.HALTED


def scored(episode: Episode, reading: Reading, today: dt.date) -> list[Forecast]:
    """Every predicted return in the order in which it was said, and how it compares with the one as it is read."""
    forecasts = []
    for statement in sorted(episode.forecasts, key=lambda statement: statement.rank):
        came = reading.back.fact
        if statement.is_full:
            came = reading.full.at if reading.full is not None else None
        if statement.end is not None:
            outcome, days_late = outcome_of(statement.end, came, today)
            forecasts.append(
                Forecast(
                    statement.claim, statement.issuer, statement.end, statement.is_full, outcome, days_late
                )
            )
    return forecasts


def outcome_of(predicted: Span, ended: Span | None, today: dt.date) -> tuple[Outcome, int | None]:
    """What became of a predicted end, and by how many days it missed."""
    if ended is None:
        return (Outcome.OVERDUE if predicted.last_day < today else Outcome.PENDING), None
    days_late = max((ended.day - predicted.last_day).days, 0)
    days_early = min((ended.last_day - predicted.day).days, 0)
    outcome = Outcome.LATE if days_late else Outcome.EARLY if days_early else Outcome.MET
    return outcome, days_late + days_early


# Other edges ------------------------------------------------------------------------------------------------


def rivals(episode: Episode, reading: Reading) -> tuple[list[Edge], list[Edge]]:
    """What else was said of the beginning and of the end: every other time, that it went on after it or never ends,
    and moments at which it was otherwise."""
    begun = [
        phase.start.at for phase in reading.phases if phase.state in (PhaseState.HALTED, PhaseState.REDUCED)
    ]
    starts = other_edges(((s.start, None, s) for s in episode.starts), begun)
    told = [s for s in episode.statements if s.end_kind in (EndKind.FACT, EndKind.FORECAST)]
    ended = [phase.end.at for phase in reading.phases if phase.end is not None]
    ends = other_edges(((s.end, s.end_kind, s) for s in told), ended)
    back = reading.back
    if back.fact is not None:
        last = back.fact.last_day
        going_on = [s for s in episode.statements if s.end_kind == EndKind.OPEN]
        later = [s for s in going_on if s.still_out_on and s.still_out_on > last]
        ends += [edge_of(None, later, EndKind.OPEN)] if later else []
    never = [s for s in episode.statements if s.end_kind == EndKind.NEVER]
    if never and back.kind != EndKind.NEVER:
        ends.append(edge_of(None, never, EndKind.NEVER))
    for mark in episode.marks:
        edge = edge_of(mark.mark, [mark], EndKind.STATUS)
        if mark.mark is not None and rules_out_start(mark, mark.mark, reading.start.at):
            starts.append(edge)
        elif mark.mark is not None and rules_out_end(mark, mark.mark, reading):
            ends.append(edge)
    return starts, ends


def rules_out_start(mark: Statement, at: Span, start: Span | None) -> bool:
    """Whether it was said to stand still before it is read to have begun."""
    return not mark.is_return and start is not None and at.last_day < start.day


def rules_out_end(mark: Statement, at: Span, reading: Reading) -> bool:
    """Whether it was said to stand still after its return, or to run before it."""
    back, start = reading.back.fact, reading.start.at
    if not mark.is_return:
        return back is not None and at.day > back.last_day
    is_after_start = start is None or at.day > start.last_day
    return is_after_start and (back is None or at.last_day < back.day)


def other_edges(
    times: Iterable[tuple[Span | None, EndKind | None, Statement]], read: Iterable[Span | None]
) -> list[Edge]:
    """Every time that was said beside those that were read, the earliest first, each with its claims."""
    read = list(read)
    groups: dict[tuple[tuple[dt.date, dt.date], EndKind | None], list[tuple[Span, Statement]]]
    groups = defaultdict(list)
    for at, kind, statement in times:
        if at is not None and not any(is_same(at, other) for other in read):
            groups[at.days, kind].append((at, statement))
    edges = [
        edge_of(group[0][0], [statement for _, statement in group], kind)
        for (_, kind), group in groups.items()
    ]
    return sorted(edges, key=lambda edge: (edge.at and edge.at.days, str(edge.kind)))
