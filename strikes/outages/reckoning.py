"""Numbers that are reckoned alike, put into one range: the widest bounds that were said, never a value of ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sources.models import Actor
from strikes.models import DamageEstimate, Facility, Region, Unit
from strikes.models.numbers import Measured


class Reckoning(NamedTuple):
    """What numbers must have in common, beside their subject, to be put into one range."""

    metric: str
    unit_of_measure: str
    denominator: str | None
    denominator_as_stated: str | None
    basis: str | None
    scope: str | None
    excludes: str | None


@dataclass
class Offline:
    """What was said to be offline or halted, in one way of reckoning it: the widest bounds, and who gave them."""

    subject: Facility | Unit | Actor | Region | None
    metric: str
    unit_of_measure: str
    denominator: str | None
    denominator_as_stated: str | None
    basis: str | None
    scope: str | None
    excludes: str | None
    low: Decimal | None
    high: Decimal | None
    claims: list[str]


def reckonings(numbers: Iterable[DamageEstimate]) -> list[Offline]:
    """The widest bounds of numbers of one subject that are reckoned alike; parts are in their totals."""
    alike: dict[tuple[Facility | Unit | Actor | Region | None, Reckoning], list[DamageEstimate]]
    alike = defaultdict(list)
    for number in numbers:
        if number.part_of_id is None:
            alike[subject_of_number(number), reckoning_of(number)].append(number)
    offline = []
    for (subject, reckoning), group in alike.items():
        low, high = widest(group)
        claims = list(dict.fromkeys(number.claim.public_id for number in group))
        offline.append(Offline(subject, *reckoning, low, high, claims))
    return offline


def subject_of_number(number: DamageEstimate) -> Facility | Unit | Actor | Region | None:
    """What a number is about: what its proposition is about or, failing that, the facility that was struck."""
    proposition = number.claim.proposition
    if proposition.subject is None and proposition.strike is not None:
        return proposition.strike.facility
    return proposition.subject


def reckoning_of(number: DamageEstimate) -> Reckoning:
    return Reckoning(*(getattr(number, name) for name in Reckoning._fields))


def widest(numbers: Iterable[Measured]) -> tuple[Decimal | None, Decimal | None]:
    """The widest bounds that numbers of one reckoning give together; an end nobody bounded is null.

    A value without bounds ("about 60") stands for itself at both ends.
    """
    lows, highs = [], []
    for number in numbers:
        only_value = number.best if number.low is None and number.high is None else None
        lows.append(number.low if number.low is not None else only_value)
        # "6 to 24 or more" has no upper bound, whatever number stands there.
        highs.append(None if number.or_more else number.high if number.high is not None else only_value)
    return (
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
    )
