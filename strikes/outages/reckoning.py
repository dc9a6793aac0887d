"""Numbers that are reckoned alike, put into one range: the widest bounds that were said, never a value of ours."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

RECKONED = ("metric", "unit_of_measure", "denominator", "denominator_as_stated", "basis", "scope", "excludes")
"""What numbers must have in common, beside their subject, to be put into one range."""


@dataclass
class Offline:
    """What was said to be offline or halted, in one way of reckoning it: the widest bounds, and who gave them."""

    subject: Any
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


def reckonings(numbers: Iterable[Any]) -> list[Offline]:
    """The widest bounds of numbers of one subject that are reckoned alike; parts are in their totals."""
    alike: dict[Any, list[Any]] = defaultdict(list)
    for one in numbers:
        if one.part_of_id is None:
            about = one.claim.proposition
            subject = about.subject or (about.strike and about.strike.facility)
            alike[subject, *(getattr(one, name) for name in RECKONED)].append(one)
    found = []
    for (subject, *reckoned), group in alike.items():
        low, high = widest(group)
        claims = list(dict.fromkeys(one.claim.public_id for one in group))
        names: dict[str, Any] = dict(zip(RECKONED, reckoned, strict=True))
        found.append(Offline(subject=subject, low=low, high=high, claims=claims, **names))
    return found


def widest(numbers: Iterable[Any]) -> tuple[Decimal | None, Decimal | None]:
    """The widest bounds that numbers of one reckoning give together; an end nobody bounded is null.

    A value without bounds ("about 60") stands for itself at both ends.
    """
    lows, highs = [], []
    for one in numbers:
        alone = one.best if one.low is None and one.high is None else None
        lows.append(one.low if one.low is not None else alone)
        highs.append(None if one.or_more else one.high if one.high is not None else alone)
    return (
        None if None in lows else min(low for low in lows if low is not None),
        None if None in highs else max(high for high in highs if high is not None),
    )
