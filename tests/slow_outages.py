"""Outages and the series read slowly and obviously, day by day, to compare the quick code with.

Days are whole numbers, statements are rows of plain values, and nothing here uses the code of the project.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

Bounds = tuple[Fraction | None, Fraction | None, Fraction | None]
Days = tuple[int, int]
"""The first and the last day on which something may have happened."""


@dataclass(frozen=True)
class PlainStatement:
    """What somebody said about a subject.

    `out`, `never` (out, for good), `interval`, `stop`, `cut` (less, since a day), `back`, `full`, `forecast`,
    `full_forecast`, `number` with a period, `load` (it runs at so much, and nobody says since when), `status` and `ran`
    (it stood still, or ran, on a day).
    """

    kind: str
    subject: str
    by: str
    said: int
    moment: int
    """Tells which of two statements of one day came first."""
    start: Days | None = None
    end: Days | None = None
    amount: Bounds | None = None
    load: int | None = None
    mark: Days | None = None
    of_plant: bool = False
    """Whether it was said of the plant, and is taken for its unit."""

    @property
    def ended(self) -> bool:
        """Whether it says that the outage is over."""
        return (
            self.kind in ("interval", "back", "full", "number")
            and self.end is not None
            and self.end[0] <= self.said
        )

    @property
    def predicts(self) -> bool:
        return self.end is not None and not self.ended

    @property
    def is_full(self) -> bool:
        return self.kind in ("full", "full_forecast")

    @property
    def goes_on(self) -> bool:
        return (
            self.kind in ("out", "never", "cut")
            or (self.predicts and not self.is_full)
            or (self.kind == "number" and self.end is None)
        )

    @property
    def still_out_on(self) -> int | None:
        if self.kind == "status" and self.mark:
            return self.mark[1]
        if not self.goes_on:
            return None
        return max(self.said, self.start[0]) if self.start else self.said

    @property
    def level(self) -> tuple[object, ...]:
        """At what it ran: a load or, of a cut, how much less."""
        return (self.load,) if self.load is not None else self.amount or ()

    @property
    def speaks_of_it(self) -> bool:
        return self.start is not None or self.end is not None

    @property
    def first_day(self) -> int:
        """The first day of which it tells."""
        return min([self.said, *(days[0] for days in (self.start, self.end, self.mark) if days)])


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
            if statement.start is None and statement.ended and statement.end[0] == day:
                result += [] if result or statement.of_plant else [[]]
                for outage in result[-1:]:
                    outage.append(statement)
    for statement in sorted(statements, key=heard):
        if statement.start is None and not statement.ended:
            add_to_the_last_begun(statement, result)
    return result


def has_ended_before(day, outage):
    ends = [statement for statement in outage if statement.ended]
    ends = [statement for statement in ends if not statement.is_full] or ends
    return bool(ends) and max(statement.end[1] for statement in ends) < day


def add_to_the_last_begun(statement, result):
    """What gives neither a start nor an end is about the last outage that had begun when it was said, or was so."""
    when = statement.mark[1] if statement.mark else statement.said
    begun = [
        outage
        for outage in result
        if not any(other.start for other in outage)
        or min(other.start[0] for other in outage if other.start) <= when
    ]
    if not begun and statement.mark and result:
        begun = [result[0]]
    if not begun and (statement.predicts or statement.kind == "status"):
        # An end that is predicted has an outage, even where nobody has said that it began.
        result.insert(0, [])
        begun = [result[0]]
    if begun:
        begun[-1].append(statement)


@dataclass(frozen=True)
class Edge:
    at: Days | None
    kind: str | None = None
    by: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Phase:
    state: str
    start: Edge
    end: Edge | None
    loads: tuple[PlainStatement, ...] = ()

    @property
    def by(self) -> set[str]:
        return {*self.start.by, *(self.end.by if self.end else ()), *(load.by for load in self.loads)}


def edge(at, kind, statements):
    return Edge(at, kind, frozenset(statement.by for statement in statements))


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


def newest_of_each(statements, names):
    """Of each of these, in their order, what they said last."""
    return [
        max((s for s in statements if s.by == name), key=heard)
        for name in names
        if any(s.by == name for s in statements)
    ]


def first_start(starts, names, policy):
    """When it began: the earliest that anybody says or, of whoever comes first, the earliest that they say."""
    if not starts:
        return Edge(None)
    first = min(starts, key=begun)
    if policy != "widest":
        of_each = [min((s for s in starts if s.by == name), key=begun, default=None) for name in names]
        first = next((start for start in of_each if start), first)
    return edge(first.start, None, [s for s in starts if s.start == first.start])


def read(outage, policy, operators, following=()):
    """The phases that a policy makes of an outage, before the one that followed. A policy that is somebody's name gives
    that issuer's own reading."""
    if policy not in ("latest", "widest", "operator_first"):
        outage, following = [statement for statement in outage if statement.by == policy], ()
    names = issuers([statement for statement in outage if statement.speaks_of_it], policy, operators)
    halts = [statement for statement in outage if statement.start and statement.kind != "cut"]
    cuts = [statement for statement in outage if statement.start and statement.kind == "cut"]
    if cuts and not halts:
        start = first_start(cuts, names, policy)
        end = back(outage, outage, start.at, names, policy)
        phases = [Phase("reduced", start, end)]
    else:
        start, cut = first_start(halts, names, policy), first_start(cuts, names, policy)
        end = back(outage, [s for s in outage if s not in cuts], start.at, names, policy)
        phases = [Phase("halted", start, end)]
        if cut.at and start.at and cut.at[1] < start.at[0]:
            phases.insert(0, Phase("reduced", cut, replace(start, kind="fact")))
    if end.kind == "fact":
        phases += afterwards(outage, end, names, policy, operators, following)
    return phases


def back(outage, on_the_halt, start, names, policy):
    """When it ran again, and how that is known."""
    about_end = [s for s in on_the_halt if (s.ended or s.goes_on) and not s.is_full]
    latest = newest_of_each(about_end, names)
    # An end before the start is the end of something else.
    latest = [s for s in latest if not s.ended or start is None or s.end[1] >= start[0]]
    returns = [s for s in latest if s.ended]
    latest = [s for s in latest if s.ended or not any(overtaken(s, by) for by in returns)]
    last = None
    if latest:
        last = max(latest, key=reach) if policy == "widest" else latest[0]
    if last is not None and last.ended:
        return end_as_told(outage, last.end, False)
    full = full_return(outage, start, names, policy)
    if full is not None and (last is None or last.still_out_on <= full.at[1]):
        return full
    out_on = [s.mark[1] for s in outage if s.kind == "status"]
    out_on += [last.still_out_on] if last else [start[0]] if start else []
    return (
        predicted(outage, False, out_on, names, policy)
        or predicted(outage, True, out_on, names, policy)
        or edge(None, "open", [s for s in latest if not s.ended])
    )


def end_as_told(outage, at, is_full):
    return edge(at, "fact", [s for s in outage if s.ended and s.end == at and s.is_full == is_full])


def overtaken(statement, by):
    """Whether a return that was said later leaves nothing of a forecast, or of a word that it went on until then."""
    if heard(by) < heard(statement):
        return False
    return statement.predicts or statement.kind == "never" or statement.still_out_on <= by.end[1]


def reach(statement):
    """How far an outage reaches by a statement: at least to a day, or to that day and no further."""
    day = statement.end[1] if statement.ended else statement.still_out_on
    return day, not statement.ended, heard(statement)


def full_return(outage, start, names, policy):
    full = newest_of_each([s for s in outage if s.is_full and s.ended], names)
    full = [s for s in full if start is None or s.end[1] >= start[0]]
    if not full:
        return None
    first = max(full, key=reach) if policy == "widest" else full[0]
    return end_as_told(outage, first.end, True)


def predicted(outage, is_full, out_on, names, policy):
    """The end that is predicted, unless it has been outlived; or that there will be none."""
    ahead = [s for s in outage if (s.predicts or s.kind == "never") and s.is_full == is_full]
    standing = [
        s for s in newest_of_each(ahead, names) if s.kind == "never" or all(s.end[1] >= day for day in out_on)
    ]
    if not standing:
        return None
    first = standing[0]
    if policy == "widest":
        first = max(standing, key=lambda s: (s.kind == "never", s.end[1] if s.end else 0, heard(s)))
    kind = "never" if first.kind == "never" else "forecast"
    same = [s for s in ahead if s.end == first.end and (s.kind == "never") == (first.kind == "never")]
    return edge(first.end, kind, same)


def afterwards(outage, returned, names, policy, operators, following):
    """How it ran after its return."""
    full = full_return(outage, returned.at, names, policy)
    if full is not None and full.at == returned.at:
        return [Phase("full", full, None)]
    phases, state, start, loads = [], "running", returned, ()
    for day, of_day in load_changes(outage, returned.at, full, policy, operators):
        if day is not None:
            move = edge((day, day), None, of_day)
            phases.append(Phase(state, start, replace(move, kind="fact"), loads))
            start = move
        state, loads = "reduced", tuple(of_day)
        if any((load.load or 0) >= 100 for load in loads):
            return [*phases, Phase("full", start, None, loads)]
    if full is not None:
        return [*phases, Phase(state, start, full, loads), Phase("full", full, None)]
    end = predicted(outage, True, [start.at[0]], names, policy) or Edge(None, "open")
    if following:
        end = replace(first_start([s for s in following if s.start], names, policy), kind="fact")
    return [*phases, Phase(state, start, end, loads)]


def load_changes(outage, returned, full, policy, operators):
    """From which day at which load, null for the day of the return: a load without a time holds since then, if none
    was stated before it."""
    stated = {}
    halted = min((s.start[0] for s in outage if s.start and s.kind != "cut"), default=None)
    for statement in outage:
        is_cut = statement.kind == "cut" and halted is not None and statement.start[0] >= halted
        if statement.load is not None or is_cut:
            at = statement.start if is_cut else statement.end
            day = statement.said if statement.kind == "load" else max(at[0], returned[0])
            if day >= returned[0] and (full is None or day < full.at[0]):
                stated.setdefault(None if day <= returned[1] else day, []).append(statement)
    later = sorted(day for day in stated if day is not None)
    if None not in stated and later:
        undated = [statement for statement in stated[later[0]] if statement.kind == "load"]
        stated[later[0]] = [statement for statement in stated[later[0]] if statement.kind != "load"]
        stated[None] = undated
    changes = []
    for day in [None, *later]:
        if stated.get(day):
            picked = picked_loads(stated[day], policy, operators)
            if changes and {s.level for s in picked} <= {s.level for s in changes[-1][1]}:
                changes[-1][1].extend(picked)
            else:
                changes.append((day, picked))
    return changes


def picked_loads(stated, policy, operators):
    if policy == "widest":
        return list(stated)
    return [max(stated, key=lambda s: (policy == "operator_first" and s.by in operators, heard(s)))]


def ended(phases):
    """When it was over: in full, or at a load that nobody states."""
    last = phases[-1]
    return last.start if last.state in ("running", "full") else last.end


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


def amount_on(day, outage, phase, capacity, limit, is_unit, policy, operators):
    """How much a phase takes away on a day, and whether anybody says how much; at most what it can do."""
    first = max(
        (s for s in outage if s.speaks_of_it or s.amount is not None or s.load is not None),
        key=lambda s: (policy == "operator_first" and s.by in operators, heard(s)),
        default=outage[0],
    )
    stating = [s for s in outage if s.amount is not None]
    if phase.state == "reduced":
        stating = [s for s in stating if s.kind in ("cut", "number")]
    else:
        stating = [s for s in stating if s.kind != "cut"]
    if policy != "widest":  # no policy lends the size of others
        stating = [s for s in stating if s.by in phase.by or s.by == first.by]
    if not stating:
        if is_unit and phase.state == "halted":
            return capacity, True
        return (None, None, limit), False
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
        return (None, None, None), False
    if policy == "widest":  # a cut and a standstill are no range
        in_effect = [s for s in in_effect if (s.kind == "cut") == (in_effect[0].kind == "cut")]
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
    ), True


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


def bounds_of_the_end(outage, phases, phase, today):
    """The days before which a phase is surely, and may be, still going on."""
    if phase.end.kind == "fact":
        return phase.end.at
    still_out = [s.still_out_on for s in outage if s.still_out_on is not None]
    if phase.state == "reduced" and phase is not phases[0]:
        still_out = [load.said for load in phase.loads]
    sure_until = max([phase.start.at[1], *still_out]) + 1
    return sure_until, max(today + 1, phase.end.at[1] if phase.end.at else 0)


def of_unit_and_plant(statements, unit, plant):
    """What was said of a unit: of itself and, once it is spoken of, of the plant's full return."""
    own = [s for s in statements if s.subject == unit]
    if own and plant is not None:
        own += [
            replace(s, subject=unit, of_plant=True, load=None)
            for s in statements
            if s.subject == plant and s.kind == "full"
        ]
    return own


def taken_away(statements, day, today, policy, capacity, limit, is_unit, operators, since):
    """What each outage of one subject takes away on a day, if it does, and whether anybody says how much."""
    taken = []
    told = outages(statements)
    for number, outage in enumerate(told):
        following = told[number + 1] if number + 1 < len(told) else ()
        phases = read(outage, policy, operators, following)
        if phases[0].start.at is None:  # it began on some day since anything was known
            spoken_of = min((s.end or s.mark)[0] for s in outage if s.end or s.mark)
            begun = replace(phases[0].start, at=(min(since, spoken_of), spoken_of))
            phases[0] = replace(phases[0], start=begun)
        for phase in phases:
            if phase.state not in ("halted", "reduced"):
                continue
            surely_before, maybe_before = bounds_of_the_end(outage, phases, phase, today)
            if not phase.start.at[0] <= day < maybe_before:
                continue
            amount, is_stated = amount_on(day, outage, phase, capacity, limit, is_unit, policy, operators)
            if not phase.start.at[1] <= day < surely_before:
                amount = (ZERO, None, amount[2])
            taken.append((amount, is_stated, number))
    return taken


@dataclass(frozen=True)
class Day:
    """How much was offline on a day, of that how much somebody stated, and the outages whose size nobody did."""

    all: Bounds | None
    stated: Bounds | None
    unquantified: frozenset[tuple[str, int]]
    covered: frozenset[str]


def on_a_day(day, today, policy, statements, units, capacities, limits, operators, newest):
    """How much is offline at all facilities on one day; null if nothing is known of any."""
    everything, stated, unquantified, covered = [], [], set(), set()
    for facility, parts in units.items():
        words = [s for s in statements if s.subject in (facility, *parts)]
        since = min((s.first_day for s in words), default=0)
        if words and since <= day <= min(newest(facility, words), today):
            covered.add(facility)
        of_facility = taken_away(
            [s for s in statements if s.subject == facility],
            day,
            today,
            policy,
            None,
            limits.get(facility),
            False,
            operators,
            since,
        )
        of_parts = {}
        for part in parts:
            own = of_unit_and_plant(statements, part, facility)
            most = capacities[part][2]
            of_parts[part] = taken_away(
                own, day, today, policy, capacities[part], most, True, operators, since
            )
        for subject, taken in [(facility, of_facility), *of_parts.items()]:
            unquantified |= {(subject, number) for _, is_stated, number in taken if not is_stated}
        for bounds, only_stated in ((everything, False), (stated, True)):
            here = at_facility(of_facility, of_parts.values(), only_stated, limits.get(facility))
            bounds += [here] if here is not None else []
    if not covered:
        return Day(None, None, frozenset(unquantified), frozenset())
    return Day(total(everything), total(stated), frozenset(unquantified), frozenset(covered))


def at_facility(of_facility, of_parts, only_stated, limit):
    """Its units together are the same ground as the facility as a whole."""
    whole = [amount for amount, is_stated, _ in of_facility if is_stated or not only_stated]
    parts = [[a for a, is_stated, _ in taken if is_stated or not only_stated] for taken in of_parts]
    parts = [largest(taken) for taken in parts if taken]
    together = [*whole, *(parts if len(parts) == 1 else [total(parts)] if parts else [])]
    if not together:
        return None
    bounds = largest(together)
    if limit is None:
        return bounds
    return tuple(None if bound is None else min(bound, limit) for bound in bounds)


def mean(amounts):
    """The mean of the days of which something is known."""
    known = [bounds for bounds in amounts if bounds is not None]
    if not known:
        return None, None, None
    return tuple(
        None if None in bounds else sum(bounds, ZERO) / len(bounds) for bounds in zip(*known, strict=True)
    )
