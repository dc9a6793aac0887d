"""How a policy or an issuer reads an outage: when it began, in which phases it went on, when it ended, on whose word."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from record.vocabulary import Vocabulary
from strikes.models import DamageEstimate
from strikes.outages.endings import not_outranked, outlives, reach, start_order
from strikes.outages.episodes import Episode, Policy, is_before, is_same
from strikes.outages.loads import Load, loads_after, say_the_same
from strikes.outages.statements import EndKind, Span, Statement


class PhaseState(Vocabulary):
    """What a unit or facility did in a phase of an outage.

    Origin: this project.
    """

    HALTED = "halted", "It, or the part of it that was spoken of, stood still."
    REDUCED = "reduced", "It ran at a stated load below its own, or its output was cut without a halt."
    RUNNING = "running", "It ran again; nobody says at what load."
    FULL = "full", "It ran in full again, as before."


class Days(NamedTuple):
    """How many days something lasted, at least and at most."""

    low: int
    high: int


def days_between(start: Span, end: Span) -> Days:
    """The days from one time to another, by the dates on the clocks of the place."""
    return Days(max((end.day - start.last_day).days, 0), max((end.last_day - start.day).days, 0))


@dataclass
class Edge:
    """One end of an outage or of a phase as it is read, on whose word, and what others say."""

    at: Span | None
    claims: list[str]
    issuers: list[str]
    kind: EndKind | None = None
    through_facility: bool = False
    """Whether it was said only of the whole facility."""

    @property
    def fact(self) -> Span | None:
        """When, if it is a fact and no forecast."""
        return self.at if self.kind == EndKind.FACT else None


@dataclass
class Phase:
    """Some time of an outage in which nothing changes, as far as was said."""

    state: PhaseState
    start: Edge
    end: Edge | None
    """Null where it is back in full: with that the outage is over."""
    load: list[DamageEstimate] = field(default_factory=list)
    load_issuers: list[str] = field(default_factory=list)
    days_said: list[dt.date] = field(default_factory=list)
    """The days on which it was last said to run like that."""

    def run_at(self, loads: Sequence[Load]) -> None:
        """Say at which load it ran: below its own or, all of it, in full."""
        self.state = PhaseState.REDUCED if any(load.numbers for load in loads) else PhaseState.RUNNING
        if any(load.is_whole for load in loads):
            self.state = PhaseState.FULL
        self.load = [number for load in loads for number in load.numbers]
        self.load_issuers = unique(load.statement.issuer for load in loads)
        self.days_said = [load.statement.claim.said_on for load in loads]

    @property
    def claims(self) -> list[str]:
        ends = self.end.claims if self.end is not None else []
        return unique([*self.start.claims, *(number.claim.public_id for number in self.load), *ends])

    @property
    def issuers(self) -> list[str]:
        ends = self.end.issuers if self.end is not None else []
        return unique([*self.start.issuers, *self.load_issuers, *ends])


@dataclass
class Reading:
    """One outage as one policy, or one issuer, reads it."""

    issuer: str | None
    phases: list[Phase]

    @property
    def start(self) -> Edge:
        return self.phases[0].start

    @property
    def back(self) -> Edge:
        """When work went on again, at whatever load."""
        phase = next((p for p in self.phases if p.state == PhaseState.HALTED), self.phases[0])
        assert phase.end is not None  # only what is back in full has none, and nothing begins with that
        return phase.end

    @property
    def full(self) -> Edge | None:
        """When it was back in full, if somebody says so."""
        return self.phases[-1].start if self.phases[-1].state == PhaseState.FULL else None

    @property
    def end(self) -> Edge:
        """When it was over: back in full, or at a load that nobody states. At a stated load it goes on."""
        last = self.phases[-1]
        if last.state == PhaseState.RUNNING or last.end is None:
            return replace(last.start, kind=EndKind.FACT)
        return last.end

    @property
    def days(self) -> Days | None:
        """How long it stood still."""
        halt = next((phase for phase in self.phases if phase.state == PhaseState.HALTED), None)
        if halt is None or halt.start.at is None or halt.end is None or halt.end.fact is None:
            return None
        return days_between(halt.start.at, halt.end.fact)


def read(episode: Episode, policy: Policy, operators: Collection[str]) -> Reading:
    """The one reading that a policy picks."""
    return Reading(None, Reader(episode, policy, operators).phases())


def by_issuer(episode: Episode) -> list[Reading]:
    """Each issuer's own reading, with nothing filled in from others; who was heard last comes first."""
    return [
        Reading(issuer, Reader(episode.of_issuer(issuer), Policy.LATEST, ()).phases())
        for issuer in episode.issuers(Policy.LATEST, ())
    ]


@dataclass
class Reader:
    """Picks among what was said of one outage, by a policy."""

    episode: Episode
    policy: Policy
    operators: Collection[str]

    def __post_init__(self) -> None:
        self.issuers = self.episode.issuers(self.policy, self.operators)

    def phases(self) -> list[Phase]:
        """The phases in their order: a cut, a halt, and what came after."""
        cut, halt = self.start(self.episode.cuts), self.start(self.episode.halts)
        if self.episode.cuts and not self.episode.halts:
            end = self.back(cut)
            days_out = self.episode.days_out
            return [Phase(PhaseState.REDUCED, cut, end, days_said=days_out), *self.after(end)]
        end = self.back(halt)
        phases = [Phase(PhaseState.HALTED, halt, end), *self.after(end)]
        if cut.at is not None and halt.at is not None and cut.at.last_day < halt.at.day:
            until = Edge(halt.at, halt.claims, halt.issuers, EndKind.FACT)
            phases.insert(0, Phase(PhaseState.REDUCED, cut, until))
        return phases

    # When it stood still ----------------------------------------------------------------------------------

    def start(self, starts: Sequence[Statement]) -> Edge:
        """When it began: an issuer's earliest word counts, since a later one only says that it was out by then."""
        ordered = sorted(starts, key=start_order)
        earliest = {statement.issuer: statement for statement in reversed(ordered)}
        if not ordered:
            return Edge(None, [], [])
        picked = ordered[0]
        if self.policy != Policy.WIDEST:
            picked = next((earliest[issuer] for issuer in self.issuers if issuer in earliest), picked)
        same = [statement for statement in starts if is_same(statement.start, picked.start)]
        return edge_of(same[0].start, same)

    def back(self, start: Edge) -> Edge:
        """When it ran again, at whatever load. No end is before its beginning, and a prediction that somebody
        outlived is none."""
        first_day = start.at.day if start.at is not None else None
        is_halt = bool(self.episode.halts)
        on_end = self.newest_of_each(
            s for s in self.episode.statements if s.end_kind and not s.is_full and not (is_halt and s.is_cut)
        )
        on_end = not_outranked([s for s in on_end if s.still_out_on or not is_before(s.end, first_day)])
        if self.policy == Policy.WIDEST:
            on_end.sort(key=reach, reverse=True)
        if on_end and on_end[0].end_kind == EndKind.FACT:
            return self.fact(on_end[0])
        full = self.full_return(first_day)
        # Who says that it is back in full says that it runs.
        if full is not None and not (on_end and outlives(on_end[0], full)):
            return self.fact(full)
        seen_out = [s.still_out_on for s in [*on_end[:1], *self.episode.marks] if s.still_out_on]
        if first_day is not None and not on_end:
            seen_out.append(first_day)
        outlived = max(seen_out, default=None)
        predicted = self.forecast(False, outlived) or self.forecast(True, outlived)
        return predicted or edge_of(None, [s for s in on_end if s.still_out_on], EndKind.OPEN)

    def full_return(self, first_day: dt.date | None) -> Statement | None:
        """Whose word on the full return counts."""
        newest = self.newest_of_each(self.episode.full_returns)
        newest = [statement for statement in newest if not is_before(statement.end, first_day)]
        if self.policy == Policy.WIDEST:
            newest.sort(key=reach, reverse=True)
        return newest[0] if newest else None

    def forecast(self, is_full: bool, outlived: dt.date | None) -> Edge | None:
        """The prediction that still stands, of the return or of the full one; also that there will be none."""
        kinds = (EndKind.FORECAST, EndKind.NEVER)
        ahead = [s for s in self.episode.statements if s.end_kind in kinds and s.is_full == is_full]
        standing = [s for s in self.newest_of_each(ahead) if not is_before(s.end, outlived)]
        if self.policy == Policy.WIDEST:
            standing.sort(key=lambda s: (s.end.last_day if s.end else dt.date.max, s.rank), reverse=True)
        if not standing:
            return None
        kind, at = standing[0].end_kind, standing[0].end
        same = [s for s in ahead if s.end_kind == kind and (at is None or is_same(s.end, at))]
        return edge_of(same[0].end, same, kind)

    def fact(self, picked: Statement) -> Edge:
        """An end that was picked, on the word of all who say the same."""
        facts = [s for s in self.episode.statements if s.end_kind == EndKind.FACT]
        same = [s for s in facts if is_same(s.end, picked.end) and s.is_full == picked.is_full]
        through_facility = all(statement.through_facility for statement in same)
        return edge_of(same[0].end, same, EndKind.FACT, through_facility)

    # How it ran afterwards --------------------------------------------------------------------------------

    def after(self, back: Edge) -> list[Phase]:
        """How it ran after its return: at which loads, and since when in full."""
        if back.fact is None:
            return []
        full = self.full_return(back.fact.day)
        in_full = self.fact(full) if full is not None else None
        if in_full is not None and is_same(in_full.at, back.fact):
            return [Phase(PhaseState.FULL, in_full, None)]
        first_day_in_full = in_full.at.day if in_full is not None and in_full.at is not None else dt.date.max
        phases = [Phase(PhaseState.RUNNING, back, None)]
        for since, loads in self.moves(back.fact, first_day_in_full):
            if since is not None:
                start = edge_of(since, [load.statement for load in loads])
                phases[-1].end = replace(start, kind=EndKind.FACT)
                phases.append(Phase(PhaseState.REDUCED, start, None))
            phases[-1].run_at(loads)
            if phases[-1].state == PhaseState.FULL:
                return phases
        phases[-1].end = in_full or self.end_of_running(phases[-1].start)
        return [*phases, Phase(PhaseState.FULL, in_full, None)] if in_full is not None else phases

    def end_of_running(self, start: Edge) -> Edge:
        """How long it ran like that, where nobody says that it is back in full: to the next outage, or on."""
        if self.episode.next_starts:
            return replace(self.start(self.episode.next_starts), kind=EndKind.FACT)
        outlived = start.at.day if start.at is not None else None
        return self.forecast(True, outlived) or Edge(None, [], [], EndKind.OPEN)

    def moves(self, back: Span, first_day_in_full: dt.date) -> list[tuple[Span | None, list[Load]]]:
        """The loads at which it ran, each with the time from which it did; null for that of the return itself.

        What nobody dates holds from the return on or, where a load was stated before, from when it was said.
        """
        loads = [load for load in loads_after(self.episode, back) if load.day < first_day_in_full]
        of_return = [load for load in loads if load.day <= back.last_day]
        if loads and not of_return:
            of_return = [load for load in loads if load.at is None and load.day == loads[0].day]
        by_day: dict[dt.date, list[Load]] = defaultdict(list)
        for load in loads:
            if load not in of_return:
                by_day[load.day].append(load)
        moves: list[tuple[Span | None, list[Load]]] = (
            [(None, self.picked_loads(of_return))] if of_return else []
        )
        for of_day in by_day.values():
            picked = self.picked_loads(of_day)
            if moves and say_the_same(moves[-1][1], picked):
                moves[-1][1].extend(picked)
            else:
                moves.append((picked[0].since, picked))
        return moves

    def picked_loads(self, loads: Sequence[Load]) -> list[Load]:
        """Whose word on the load of one day counts: the widest reading keeps all."""
        if self.policy == Policy.WIDEST:
            return list(loads)
        ranked = sorted(loads, key=lambda load: load.statement.rank, reverse=True)
        if self.policy == Policy.OPERATOR_FIRST:
            ranked.sort(key=lambda load: load.statement.issuer not in self.operators)
        return ranked[:1]

    def newest_of_each(self, statements: Iterable[Statement]) -> list[Statement]:
        """Each issuer's newest, in the order of whose word comes first."""
        newest: dict[str, Statement] = {}
        for statement in sorted(statements, key=lambda s: s.end_rank):
            newest[statement.issuer] = statement
        return [newest[issuer] for issuer in self.issuers if issuer in newest]


def edge_of(
    at: Span | None,
    statements: Iterable[Statement],
    kind: EndKind | None = None,
    through_facility: bool = False,
) -> Edge:
    """An edge on the word of these."""
    statements = list(statements)
    return Edge(
        at,
        unique(statement.claim.public_id for statement in statements),
        unique(statement.issuer for statement in statements),
        kind,
        through_facility,
    )


def unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
