"""How much an outage took away: what was said of it, or what reports say a unit can do. A null bound is not known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Self

from strikes.choices import CapacityBasis, Denominator, Metric, UnitOfMeasure
from strikes.models import Capacity, DamageEstimate
from strikes.models.numbers import Measured
from strikes.outages.conversions import comparable, convert
from strikes.outages.episodes import Episode, Policy
from strikes.outages.readings import Phase, PhaseState
from strikes.outages.statements import Statement, Subject, period_of

Bounds = tuple[Decimal | None, Decimal | None, Decimal | None]
"""The lower bound, the value and the upper bound."""

DENOMINATOR_OF_BASIS: dict[str | None, Denominator] = {
    CapacityBasis.THROUGHPUT: Denominator.FACILITY_THROUGHPUT,
    CapacityBasis.OUTPUT: Denominator.FACILITY_OUTPUT,
}
"""The bases of what was done, rather than of what can be done."""

SHARE = "A share was said to be offline. It is not multiplied with a capacity that somebody else stated."
SCOPE = "What was said to be offline covers only a part, in words: {}."
UNLIKE = "What was said to be offline is in {}, which cannot be converted."
HOW_MUCH = "It says that something stood still at a facility, not how much of it in a comparable unit."
NO_CAPACITY = "Nobody states what the unit can do in a comparable unit."
OF_OTHERS = (
    "How much was stated only by others than those on whose word it is read, and no policy lends a size."
)
AT_PART_LOAD = "It ran at part load, and nobody states in a comparable unit how much less that was."


@dataclass
class Amount:
    """How much was offline, in the unit that was asked for, and who says so."""

    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    claims: list[str] = field(default_factory=list)
    capacities: list[str] = field(default_factory=list)
    issuers: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Unquantified:
    """That nobody states an amount that can be used, and why; and the most that it can have been."""

    reason: str
    most: Decimal | None
    """What reports say that it can do, where all of them give a limit."""
    in_another_unit: bool = False
    """Whether one was stated, in a unit that cannot be converted."""


@dataclass
class StatedAmount:
    """A number that says how much of a subject was offline, and on which days."""

    number: DamageEstimate
    issuer: str
    first: dt.date | None = None
    until: dt.date | None = None

    def holds_on(self, day: dt.date) -> bool:
        return (self.first is None or self.first <= day) and (self.until is None or day < self.until)


# Bounds of one number -----------------------------------------------------------------------------------


def has_bounds(number: Measured) -> bool:
    """Whether a number has any bound; a vague one has none."""
    return number.low is not None or number.best is not None or number.high is not None


def bounds_in(number: Measured, unit: str) -> Bounds:
    """The bounds of a number in another unit; a value without bounds stands for itself at both ends."""
    converted = convert(
        number.low, number.best, number.high, number.unit_of_measure, unit, basis=number.basis
    )
    assert converted is not None  # only comparable numbers are asked for their bounds
    only_value = converted.best if converted.low is None and converted.high is None else None
    low = converted.low if converted.low is not None else only_value
    # "6 to 24 or more" has no upper bound, whatever number stands there.
    high = None if number.or_more else converted.high if converted.high is not None else only_value
    return low, converted.best, high


def stated_abilities(capacities: Iterable[Capacity]) -> list[Capacity]:
    """What reports say can be done: not what was done, and not of one product alone."""
    return [
        capacity
        for capacity in capacities
        if capacity.basis not in DENOMINATOR_OF_BASIS and capacity.product is None and has_bounds(capacity)
    ]


def comparable_capacities(capacities: Iterable[Capacity], unit: str) -> list[Capacity]:
    """What reports say can be done, in a unit that can be converted into this one."""
    return [
        capacity for capacity in stated_abilities(capacities) if comparable(capacity.unit_of_measure, unit)
    ]


def facility_limits(capacities: dict[Subject, list[Capacity]], unit: str) -> dict[int, Decimal]:
    """The most that each facility can do, by the highest of what reports state in a comparable unit."""
    limits = {}
    for (kind, key), of_subject in capacities.items():
        most = most_of(comparable_capacities(of_subject, unit), unit) if kind == "facility" else None
        if most is not None:
            limits[key] = most
    return limits


# What an outage took away -------------------------------------------------------------------------------


def amounts_of(
    episode: Episode, phase: Phase, capacities: Sequence[Capacity], unit: str, voices: Voices
) -> list[StatedAmount] | Amount | Unquantified:
    """How much a phase of an outage took away: what was stated, or what a unit can do; or why that cannot be said.

    A unit that stood still took away what it can do, unless somebody stated how much. Of a facility only stated
    amounts count, since part of it may have gone on; as of whatever ran at part load.
    """
    stated = stated_amounts(episode, phase, voices.policy, voices.operators)
    own = [amount for amount in stated if voices.policy == Policy.WIDEST or amount.issuer in voices.of(phase)]
    usable = [amount for amount in own if reason_unusable(amount.number, unit) is None]
    if usable:
        return usable
    fitting = comparable_capacities(capacities, unit)
    most = most_of(fitting, unit)
    if own:
        is_unlike = all(not is_convertible(amount.number, unit) for amount in own)
        return Unquantified(str(reason_unusable(own[0].number, unit)), most, is_unlike)
    if phase.state == PhaseState.REDUCED:
        return Unquantified(AT_PART_LOAD, most)
    if episode.subject[0] == "facility":
        return Unquantified(OF_OTHERS if stated else HOW_MUCH, most)
    if not fitting:
        return Unquantified(OF_OTHERS if stated else NO_CAPACITY, most)
    used = fitting[:1]
    if voices.policy == Policy.WIDEST:  # only what is reckoned in one way makes a range
        used = [capacity for capacity in fitting if capacity.basis == fitting[0].basis]
    low, best, high = widest([bounds_in(capacity, unit) for capacity in used])
    return Amount(low, best, high, capacities=[capacity.public_id for capacity in used])


@dataclass(frozen=True)
class Voices:
    """Whose sizes a policy may use: of those on whose word an outage is read, and of whoever it hears first."""

    policy: Policy
    operators: Collection[str]
    first: str | None

    @classmethod
    def heard(cls, episode: Episode, policy: Policy, operators: Collection[str]) -> Self:
        """The voices of an outage; a size without a time is a word on it, too, with the times of those before."""
        spoke = [s for s in episode.statements if s.speaks_of_an_edge or s.numbers]
        newest = max(spoke, key=lambda s: (is_first(policy, s.issuer, operators), s.rank), default=None)
        return cls(policy, operators, newest.issuer if newest is not None else None)

    def of(self, phase: Phase) -> set[str | None]:
        return {*phase.issuers, self.first}


def is_first(policy: Policy, issuer: str, operators: Collection[str]) -> bool:
    return policy == Policy.OPERATOR_FIRST and issuer in operators


def most_of(capacities: Sequence[Capacity], unit: str) -> Decimal | None:
    """The most that reports say can be done; null where none does, or one leaves it open."""
    highs = [bounds_in(capacity, unit)[2] for capacity in capacities]
    return max((high for high in highs if high is not None), default=None) if None not in highs else None


def stated_amounts(
    episode: Episode, phase: Phase, policy: Policy, operators: Collection[str]
) -> list[StatedAmount]:
    """The numbers that say how much was offline in a phase: of whom the policy asks first, first.

    Stated parts are in their totals; what is vague has no bound. Of what ran at part load, only a cut or a number
    with a time of its own says how much less it was.
    """
    statement_of: dict[int, Statement] = {}
    for statement in episode.statements:
        for number in statement.numbers:
            statement_of.setdefault(number.pk, statement)
    ranked = []
    for number in episode.numbers:
        if number.part_of_id is None and has_bounds(number):
            statement = statement_of[number.pk]
            start, end = period_of(number, statement.claim)
            amount = StatedAmount(
                number, statement.issuer, start.day if start else None, end.last_day if end else None
            )
            is_cut = number.metric == Metric.OUTPUT_CUT
            is_of_halt = phase.state == PhaseState.HALTED and not statement.is_cut
            is_of_cut = phase.state == PhaseState.REDUCED and (is_cut or start is not None)
            if is_of_halt or is_of_cut:
                comes_first = is_first(policy, statement.issuer, operators)
                ranked.append(((comes_first, statement.rank, number.public_id), amount))
    return [amount for _, amount in sorted(ranked, key=lambda pair: pair[0], reverse=True)]


def is_convertible(number: DamageEstimate, unit: str) -> bool:
    return number.unit_of_measure == UnitOfMeasure.PERCENT or comparable(number.unit_of_measure, unit)


def reason_unusable(number: DamageEstimate, unit: str) -> str | None:
    """Why a stated number cannot be an amount of the series; null if it can."""
    if number.unit_of_measure == UnitOfMeasure.PERCENT:
        return SHARE
    if not comparable(number.unit_of_measure, unit):
        return UNLIKE.format(number.unit_of_measure)
    return SCOPE.format(number.scope) if number.scope is not None else None


def amount_on(day: dt.date, stated: Sequence[StatedAmount], unit: str, policy: Policy) -> Amount:
    """What was stated of a day: by whom the policy asks first or, widest, by all who reckon in the same way."""
    holding = [amount for amount in stated if amount.holds_on(day)]
    if not holding:
        return Amount(None, None, None)
    used = holding[:1]
    if policy == Policy.WIDEST:
        key = range_key(holding[0].number)
        used = [amount for amount in holding if range_key(amount.number) == key]
    low, best, high = widest([bounds_in(amount.number, unit) for amount in used])
    return Amount(
        low,
        best,
        high,
        claims=list(dict.fromkeys(amount.number.claim.public_id for amount in used)),
        issuers=list(dict.fromkeys(amount.issuer for amount in used)),
    )


def range_key(number: DamageEstimate) -> tuple[str | None, ...]:
    """In which way a number is reckoned: those of one way make a range."""
    return number.metric, number.basis, number.excludes


def widest(several: Sequence[Bounds]) -> Bounds:
    """The widest bounds of several amounts of one thing; the value only where all say the same."""
    lows, bests, highs = zip(*several, strict=True)
    low = None if None in lows else min(lows)
    high = None if None in highs else max(highs)
    return low, bests[0] if len(set(bests)) == 1 else None, high


def behind_amounts(amounts: Iterable[Amount]) -> tuple[list[str], list[str], list[str]]:
    """The claims, capacities and issuers behind several amounts, each once."""
    claims: dict[str, None] = {}
    capacities: dict[str, None] = {}
    issuers: dict[str, None] = {}
    for amount in amounts:
        claims.update(dict.fromkeys(amount.claims))
        capacities.update(dict.fromkeys(amount.capacities))
        issuers.update(dict.fromkeys(amount.issuers))
    return list(claims), list(capacities), list(issuers)
