"""From one unit of measure to another: exact factors, and two conventions that are named where they are used.

Nothing here knows of rows or requests. A bound stays a bound: what is null stays null, and no end is ever filled in.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

from strikes.choices import CapacityBasis, UnitOfMeasure

DIGITS = 50
"""More than any product here has, so that only a division is ever rounded."""
THREE_PLACES = Decimal("0.001")


@dataclass(frozen=True)
class Convention:
    """A number that is agreed upon rather than measured, and by whom."""

    value: Decimal
    source: str


@dataclass(frozen=True)
class Size:
    """How large a unit is: so many of the first unit of its dimension, in a day unless it says otherwise."""

    dimension: str
    amount: Decimal
    per: str = "day"


BARREL, GALLON, MILE = Decimal("158.987294928"), Decimal("3.785411784"), Decimal("1.609344")  # l, l, km

SIZES: dict[str, Size] = {
    UnitOfMeasure.T_PER_DAY: Size("mass_flow", Decimal(1)),
    UnitOfMeasure.KT_PER_DAY: Size("mass_flow", Decimal(1_000)),
    UnitOfMeasure.MT_PER_YEAR: Size("mass_flow", Decimal(1_000_000), "year"),
    UnitOfMeasure.MT_PER_QUARTER: Size("mass_flow", Decimal(1_000_000), "quarter"),
    UnitOfMeasure.BBL_PER_DAY: Size("volume_flow", BARREL),
    UnitOfMeasure.KBBL_PER_DAY: Size("volume_flow", BARREL * 1_000),
    UnitOfMeasure.MBBL_PER_DAY: Size("volume_flow", BARREL * 1_000_000),
    UnitOfMeasure.GAL_PER_DAY: Size("volume_flow", GALLON),
    UnitOfMeasure.M3_PER_DAY: Size("volume_flow", Decimal(1_000)),
    UnitOfMeasure.MW: Size("power", Decimal(1)),
    UnitOfMeasure.GW: Size("power", Decimal(1_000)),
    UnitOfMeasure.MVA: Size("apparent_power", Decimal(1)),
    UnitOfMeasure.KG: Size("mass", Decimal("0.001")),
    UnitOfMeasure.T: Size("mass", Decimal(1)),
    UnitOfMeasure.KT: Size("mass", Decimal(1_000)),
    UnitOfMeasure.L: Size("volume", Decimal(1)),
    UnitOfMeasure.GAL: Size("volume", GALLON),
    UnitOfMeasure.BBL: Size("volume", BARREL),
    UnitOfMeasure.M3: Size("volume", Decimal(1_000)),
    UnitOfMeasure.M2: Size("area", Decimal(1)),
    UnitOfMeasure.KM2: Size("area", Decimal(1_000_000)),
    UnitOfMeasure.M: Size("length", Decimal(1)),
    UnitOfMeasure.KM: Size("length", Decimal(1_000)),
    UnitOfMeasure.MILE: Size("length", MILE * 1_000),
    UnitOfMeasure.MINUTE: Size("duration", Decimal(1)),
    UnitOfMeasure.HOUR: Size("duration", Decimal(60)),
    UnitOfMeasure.DAY: Size("duration", Decimal(1_440)),
}
"""The units that can be converted. Shares, counts, money and months are not here: between a tank and a person
there is no factor, exchange rates are not kept, and months differ in length."""

NEED_DENSITY = {("mass", "volume"), ("mass_flow", "volume_flow")}
"""Dimensions between which there is a way by the density of oil."""

DENSITY = Convention(
    Decimal("7.3"),
    "7.3 barrels a tonne, as trade reports convert Russian export blend (Urals); the world average of the "
    "Energy Institute's Statistical Review is 7.33.",
)
DAY_COUNTS = {
    365: Convention(
        Decimal(365),
        "365 days a year (a quarter 91.25): calendar days, as surveys of refineries divide the volume of a year.",
    ),
    350: Convention(
        Decimal(350),
        "350 days a year (a quarter 87.5): days on stream, 8,400 hours, as the capacity of a process unit is "
        "customarily reckoned, stops for maintenance left out.",
    ),
}
"""How many days a year has, where one is compared with a day: the first is taken unless the basis says otherwise."""


@dataclass(frozen=True)
class Converted:
    """The same bounds in another unit, and everything that went into them. Not rounded; see `rounded_amount`."""

    unit_of_measure: str
    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    factor: Decimal
    density: Convention | None
    """Barrels a tonne; null where mass and volume are not mixed."""
    day_count: Convention | None
    """Days a year; null where no year or quarter is set against a day."""


def dimension(unit: str) -> str | None:
    """What a unit measures, if it can be converted at all."""
    return SIZES[unit].dimension if unit in SIZES else None


def comparable(a: str, b: str) -> bool:
    """Whether there is a way from one unit to the other; any unit is comparable with itself."""
    if a not in SIZES or b not in SIZES:
        return a == b
    dimension_a, dimension_b = SIZES[a].dimension, SIZES[b].dimension
    if dimension_a == dimension_b:
        return True
    return (dimension_a, dimension_b) in NEED_DENSITY or (dimension_b, dimension_a) in NEED_DENSITY


def counts_days(a: str, b: str) -> bool:
    """Whether the way from one unit to the other sets a year or a quarter against a day."""
    if a not in SIZES or b not in SIZES or not comparable(a, b):
        return False
    return (SIZES[a].per == "day") != (SIZES[b].per == "day")


def usual_days(basis: str | None) -> int:
    """The days of a year that a capacity of this basis is reckoned by."""
    return 350 if basis == CapacityBasis.STREAM_DAY else 365


def convert(
    low: Decimal | None,
    best: Decimal | None,
    high: Decimal | None,
    from_unit: str,
    to_unit: str,
    basis: str | None = None,
    days: int | None = None,
) -> Converted | None:
    """The bounds in another unit; null if there is no way. `days` is one of `DAY_COUNTS`, else the basis decides."""
    if not comparable(from_unit, to_unit):
        return None
    if from_unit == to_unit:
        return Converted(to_unit, low, best, high, Decimal(1), None, None)
    from_size, to_size = SIZES[from_unit], SIZES[to_unit]
    day_count = DAY_COUNTS[days or usual_days(basis)] if counts_days(from_unit, to_unit) else None
    density = DENSITY if from_size.dimension != to_size.dimension else None
    with localcontext(prec=DIGITS):
        # The factor is kept as a fraction, so that one division rounds, at the end.
        numerator = from_size.amount * _days(to_size.per, day_count)
        denominator = to_size.amount * _days(from_size.per, day_count)
        if density is not None:
            litres_of_a_tonne = density.value * BARREL
            if from_size.dimension.startswith("mass"):
                numerator *= litres_of_a_tonne
            else:
                denominator *= litres_of_a_tonne
        low, best, high = (
            None if bound is None else bound * numerator / denominator for bound in (low, best, high)
        )
        return Converted(to_unit, low, best, high, numerator / denominator, density, day_count)


def _days(per: str, day_count: Convention | None) -> Decimal:
    """How long a period is; a year and a quarter compare without knowing how many days they have."""
    year = day_count.value if day_count is not None else Decimal(1)
    return {"day": Decimal(1), "quarter": year / 4, "year": year}[per]


def rounded_amount(value: Decimal | None) -> Decimal | None:
    """A converted number for the eye: three places, half even; what is not zero never reads as zero."""
    if value is None:
        return None
    with localcontext(prec=DIGITS, rounding=ROUND_HALF_EVEN):
        three_places = value.quantize(THREE_PLACES)
    with localcontext(prec=3, rounding=ROUND_HALF_EVEN):
        return three_places if three_places or not value else +value
