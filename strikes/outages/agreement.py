"""Numbers in another unit, beside the printed one; and capacities that say the same in different units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from record.models import AsOf
from strikes.choices import UnitOfMeasure
from strikes.models import Capacity
from strikes.models.numbers import Measured
from strikes.outages.conversions import DAY_COUNTS, Convention, Converted, comparable, convert, usual_days
from strikes.outages.loading import CanonicalKeys

CLOSE = Decimal("0.005")
"""How far apart two statements may be, of the larger, to say the same: printed figures are rounded."""


@dataclass
class Agreement:
    """A rival that says the same, in the unit that was asked for."""

    capacity: Capacity
    bounds: Converted
    day_count: Convention | None
    """The day count without which it would not say the same; null if that makes no difference."""


@dataclass
class Conversion:
    """One number in another unit: by the day count of its basis, and by the other one where there is a choice."""

    bounds: Converted
    others: list[Converted]
    agrees_with: list[Agreement] = field(default_factory=list)


def converted(number: Measured, to: str) -> Conversion | None:
    """The bounds of a number in another unit; null if there is no way."""
    bounds = in_unit(number, to)
    if bounds is None:
        return None
    others = []
    if bounds.day_count is not None:
        usual = usual_days(number.basis)
        others = [in_unit(number, to, days) for days in DAY_COUNTS if days != usual]
    return Conversion(bounds, [other for other in others if other is not None])


def in_unit(number: Measured, to: str, days: int | None = None) -> Converted | None:
    return convert(number.low, number.best, number.high, number.unit_of_measure, to, number.basis, days)


def find_agreement(rows: Sequence[Any], to: str, as_of: AsOf) -> None:
    """Set on each converted capacity which rivals say the same. A fixed number of queries."""
    canonical = CanonicalKeys.at(as_of)
    rivals_by_key: dict[tuple[object, ...], list[Capacity]] = defaultdict(list)
    for rival in possible_rivals(rows, to, as_of, canonical):
        rivals_by_key[comparison_key(rival, canonical)].append(rival)
    for row in rows:
        row.converted.agrees_with = [
            agreement
            for rival in rivals_by_key[comparison_key(row, canonical)]
            if rival.pk != row.pk and (agreement := agreement_of(row, rival, to)) is not None
        ]


def possible_rivals(
    capacities: Iterable[Capacity], to: str, as_of: AsOf, canonical: CanonicalKeys
) -> Iterable[Capacity]:
    """What else is said of the same facilities, or of what was merged with them, in units that can be compared."""
    facilities = {capacity.facility_id for capacity in capacities}
    survivors = {canonical.facility(key) for key in facilities}
    merged = {key for key, survivor in canonical.facilities.items() if survivor in survivors}
    comparable_units = [unit for unit in UnitOfMeasure.values if comparable(unit, to)]
    rivals: QuerySet[Capacity] = Capacity.objects.published(as_of).filter(
        facility__in=facilities | survivors | merged, unit_of_measure__in=comparable_units
    )
    return rivals.select_related("facility", "unit__facility").order_by("public_id")


def comparison_key(capacity: Capacity, canonical: CanonicalKeys) -> tuple[object, ...]:
    """What a capacity is of: only figures that agree in all of it are compared."""
    unit = capacity.unit_id
    return (
        canonical.facility(capacity.facility_id),
        None if unit is None else canonical.units.get(unit, unit),
        capacity.product,
        capacity.scope,
        capacity.excludes,
        capacity.period_as_stated,
        capacity.basis,
        capacity.denominator,
        capacity.denominator_as_stated,
    )


def agreement_of(capacity: Capacity, rival: Capacity, to: str) -> Agreement | None:
    """Whether a rival says the same by some count of the days of a year, and by which."""
    fitting = [
        (days, rival_bounds)
        for days in DAY_COUNTS
        if (bounds := in_unit(capacity, to, days)) is not None
        and (rival_bounds := in_unit(rival, to, days)) is not None
        and say_the_same(capacity, bounds, rival, rival_bounds)
    ]
    if not fitting:
        return None
    days, rival_bounds = fitting[0]
    if len(fitting) < len(DAY_COUNTS):
        return Agreement(rival, rival_bounds, DAY_COUNTS[days])
    return Agreement(rival, in_unit(rival, to) or rival_bounds, None)


def say_the_same(capacity: Capacity, bounds: Converted, rival: Capacity, rival_bounds: Converted) -> bool:
    """Values compare with values. Mere bounds compare with bounds of the same kind, and are never taken for values."""
    if bounds.best is not None and rival_bounds.best is not None:
        return is_close(bounds.best, rival_bounds.best)
    if (capacity.comparator, capacity.or_more) != (rival.comparator, rival.or_more):
        return False
    pairs = [
        (bounds.low, rival_bounds.low),
        (bounds.best, rival_bounds.best),
        (bounds.high, rival_bounds.high),
    ]
    if any((bound is None) != (rival_bound is None) for bound, rival_bound in pairs):
        return False
    stated = [(a, b) for a, b in pairs if a is not None and b is not None]
    return bool(stated) and all(is_close(a, b) for a, b in stated)


def is_close(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= CLOSE * max(a, b)
