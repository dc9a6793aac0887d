"""Numbers in another unit, beside the printed one; and capacities that say the same in different units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from record.models import AsOf
from strikes.choices import UnitOfMeasure
from strikes.models import Capacity, Facility, Unit
from strikes.outages.conversions import DAY_COUNTS, Convention, Converted, comparable, convert, usual_days

CLOSE = Decimal("0.005")
"""How far apart two statements may be, of the larger, to say the same: printed figures are rounded."""


@dataclass
class Agreement:
    """A rival that says the same, in the unit that was asked for."""

    capacity: Capacity
    bounds: Converted
    day_count: Convention | None
    """The day count without which it would not; null if that makes no difference."""


@dataclass
class Conversion:
    """One number in another unit: by the day count of its basis, and by the other one where there is a choice."""

    bounds: Converted
    others: list[Converted]
    agrees_with: list[Agreement] = field(default_factory=list)


def converted(row: Any, to: str) -> Conversion | None:
    """The bounds of a row in another unit; null if there is no way."""
    bounds = in_unit(row, to)
    if bounds is None:
        return None
    others = []
    if bounds.day_count is not None:
        others = [in_unit(row, to, days) for days in DAY_COUNTS if days != usual_days(row.basis)]
    return Conversion(bounds, [other for other in others if other is not None])


def in_unit(row: Any, to: str, days: int | None = None) -> Converted | None:
    return convert(row.low, row.best, row.high, row.unit_of_measure, to, row.basis, days)


def find_agreement(rows: Sequence[Any], to: str, as_of: AsOf) -> None:
    """Set on each converted capacity which rivals say the same. A fixed number of queries."""
    facilities, units = (
        Facility.objects.canonical_keys(as_of.revision),
        Unit.objects.canonical_keys(as_of.revision),
    )

    def about(row: Capacity) -> tuple[Any, ...]:
        """What a capacity is of: only figures that agree in all of it are compared."""
        facility, unit = facilities.get(row.facility_id, row.facility_id), row.unit_id
        unit = None if unit is None else units.get(unit, unit)
        reckoned = row.basis, row.denominator, row.denominator_as_stated
        return facility, unit, row.product, row.scope, row.excludes, row.period_as_stated, *reckoned

    here = {row.facility_id for row in rows}
    roots = {facilities.get(pk, pk) for pk in here}
    here |= roots | {loser for loser, root in facilities.items() if root in roots}
    like = [unit for unit in UnitOfMeasure.values if comparable(unit, to)]
    rivals: dict[tuple[Any, ...], list[Capacity]] = defaultdict(list)
    for rival in (
        Capacity.objects.published(as_of)
        .filter(facility__in=here, unit_of_measure__in=like)
        .select_related("facility", "unit__facility")
        .order_by("public_id")
    ):
        rivals[about(rival)].append(rival)
    for row in rows:
        row.converted.agrees_with = [
            found
            for rival in rivals[about(row)]
            if rival.pk != row.pk and (found := agreement(row, rival, to)) is not None
        ]


def agreement(row: Capacity, rival: Capacity, to: str) -> Agreement | None:
    """Whether a rival says the same by some count of the days of a year, and by which."""
    fitting = [
        (days, theirs)
        for days in DAY_COUNTS
        if (ours := in_unit(row, to, days)) is not None
        and (theirs := in_unit(rival, to, days)) is not None
        and say_the_same(row, ours, rival, theirs)
    ]
    if not fitting:
        return None
    days, bounds = fitting[0]
    if len(fitting) < len(DAY_COUNTS):
        return Agreement(rival, bounds, DAY_COUNTS[days])
    usual = in_unit(rival, to)
    return Agreement(rival, usual or bounds, None)


def say_the_same(row: Any, ours: Converted, rival: Any, theirs: Converted) -> bool:
    """Values compare with values. Mere bounds compare with bounds of the same kind, and are never taken for values."""
    if ours.best is not None and theirs.best is not None:
        return close(ours.best, theirs.best)
    if (row.comparator, row.or_more) != (rival.comparator, rival.or_more):
        return False
    pairs = [(ours.low, theirs.low), (ours.best, theirs.best), (ours.high, theirs.high)]
    given = [(a, b) for a, b in pairs if a is not None and b is not None]
    return bool(given) and all((a is None) == (b is None) for a, b in pairs) and all(close(*p) for p in given)


def close(a: Decimal, b: Decimal) -> bool:
    return abs(a - b) <= CLOSE * max(a, b)
