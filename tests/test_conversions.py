"""From one unit of measure to another: exact, named, and never more than was said."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strikes.choices import UnitOfMeasure
from strikes.outages.conversions import (
    DAY_COUNTS,
    DENSITY,
    SIZES,
    comparable,
    convert,
    counts_days,
    dimension,
    rounded_amount,
)

# The reference: each unit in litres, tonnes, megawatts, metres or minutes, a day or as it is, by hand.
GALLON = Fraction(231) * Fraction(254, 10000) ** 3 * 1000  # 231 cubic inches, in litres
BY_HAND = {
    "t_per_day": ("t", 1, 1),
    "kt_per_day": ("t", 1000, 1),
    "mt_per_year": ("t", 10**6, "year"),
    "mt_per_quarter": ("t", 10**6, "quarter"),
    "bbl_per_day": ("l", 42 * GALLON, 1),
    "kbbl_per_day": ("l", 42000 * GALLON, 1),
    "mbbl_per_day": ("l", 42 * 10**6 * GALLON, 1),
    "gal_per_day": ("l", GALLON, 1),
    "m3_per_day": ("l", 1000, 1),
    "mw": ("mw", 1, None),
    "gw": ("mw", 1000, None),
    "mva": ("mva", 1, None),
    "kg": ("t", Fraction(1, 1000), None),
    "t": ("t", 1, None),
    "kt": ("t", 1000, None),
    "l": ("l", 1, None),
    "gal": ("l", GALLON, None),
    "bbl": ("l", 42 * GALLON, None),
    "m3": ("l", 1000, None),
    "m2": ("m2", 1, None),
    "km2": ("m2", 10**6, None),
    "m": ("m", 1, None),
    "km": ("m", 1000, None),
    "mile": ("m", Fraction(1609344, 1000), None),
    "minute": ("minute", 1, None),
    "hour": ("minute", 60, None),
    "day": ("minute", 1440, None),
}

units = st.sampled_from(UnitOfMeasure.values)
bounds = st.none() | st.decimals(0, 10**12 - 1, places=3)


def by_hand(value, here, there, days):
    """The value in another unit, as a fraction; null if there is no way."""
    if here == there:
        return Fraction(value)
    if here not in BY_HAND or there not in BY_HAND:
        return None
    (what, amount, period), (other, size, other_period) = BY_HAND[here], BY_HAND[there]
    length = {"year": Fraction(days), "quarter": Fraction(days, 4)}
    found = Fraction(value) * amount / length.get(period, 1) * length.get(other_period, 1) / size
    if (period is None) != (other_period is None):
        return None
    if what == other:
        return found
    litres = Fraction(73, 10) * 42 * GALLON
    return {("t", "l"): found * litres, ("l", "t"): found / litres}.get((what, other))


@given(bounds, bounds, bounds, units, units, st.sampled_from([365, 350]))
def test_every_conversion_is_that_of_a_slow_reference_in_fractions(low, best, high, here, there, days):
    found = convert(low, best, high, here, there, days=days)
    if by_hand(0, here, there, days) is None:
        assert found is None
        assert not comparable(here, there)
        return
    assert comparable(here, there)
    assert found is not None
    for said, bound in ((low, found.low), (best, found.best), (high, found.high)):
        assert (said is None) == (bound is None)
        if bound is not None:
            right = by_hand(said, here, there, days)
            assert abs(Fraction(bound) - right) <= right / 10**40
    assert abs(Fraction(found.factor) - by_hand(1, here, there, days)) <= found.factor / 10**40


@given(bounds, bounds, bounds, units, units)
def test_what_is_converted_there_and_back_is_as_it_was(low, best, high, here, there):
    found = convert(low, best, high, here, there)
    if found is not None:
        back = convert(found.low, found.best, found.high, there, here)
        assert (rounded_amount(back.low), rounded_amount(back.best), rounded_amount(back.high)) == (
            low,
            best,
            high,
        )


def test_seventeen_million_tonnes_a_year_are_340_thousand_barrels_a_day_at_7_3_barrels_a_tonne():
    found = convert(None, Decimal(17), None, "mt_per_year", "kbbl_per_day")
    assert (found.low, found.best, found.high, found.factor) == (None, 340, None, 20)
    assert found.density == DENSITY
    assert found.density.value == Decimal("7.3")
    assert "7.33" in found.density.source
    assert found.day_count == DAY_COUNTS[365]


@pytest.mark.parametrize(("days", "thousand_tonnes"), [(365, "24.658"), (350, "25.714")])
def test_nine_million_tonnes_a_year_a_day(days, thousand_tonnes):
    found = convert(None, Decimal(9), None, "mt_per_year", "kt_per_day", days=days)
    assert rounded_amount(found.best) == Decimal(thousand_tonnes)
    assert found.day_count.value == days
    assert str(days) in found.day_count.source
    assert found.density is None


@pytest.mark.parametrize(("basis", "days"), [("stream_day", 350), ("calendar_day", 365), (None, 365)])
def test_the_basis_decides_the_days_of_a_year_unless_they_are_given(basis, days):
    assert convert(None, None, None, "t_per_day", "mt_per_quarter", basis=basis).day_count.value == days
    assert convert(None, None, None, "t_per_day", "mt_per_quarter", basis, days=365).day_count.value == 365


def test_a_year_and_a_quarter_need_no_day_count():
    found = convert(None, Decimal(3), None, "mt_per_year", "mt_per_quarter")
    assert (found.best, found.factor, found.day_count) == (Decimal("0.75"), Decimal("0.25"), None)
    assert not counts_days("mt_per_year", "mt_per_quarter")


@pytest.mark.parametrize(
    ("here", "there", "factor"),
    [
        ("bbl", "gal", "42"),
        ("bbl", "l", "158.987294928"),
        ("mile", "km", "1.609344"),
        ("km2", "m2", "1000000"),
    ],
)
def test_factors_are_exact(here, there, factor):
    assert convert(None, Decimal(1), None, here, there).factor == Decimal(factor)


def test_vague_stays_vague():
    found = convert(None, None, None, "mt_per_year", "kbbl_per_day")
    assert (found.low, found.best, found.high) == (None, None, None)


@pytest.mark.parametrize("unit", sorted(set(UnitOfMeasure.values) - set(SIZES)))
def test_the_rest_is_never_converted(unit):
    assert dimension(unit) is None
    for other in UnitOfMeasure.values:
        assert comparable(unit, other) == comparable(other, unit) == (unit == other)


def test_every_unit_of_the_table_is_a_word():
    assert set(SIZES) == set(BY_HAND) <= set(UnitOfMeasure.values)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.0005", "0.0005"),
        ("0.0015", "0.002"),
        ("0.0025", "0.002"),
        ("0.000123456", "0.000123"),
        ("0", "0.000"),
        ("2.5", "2.500"),
        ("99.9995", "100.000"),
    ],
)
def test_a_number_is_rounded_half_even_and_never_to_nothing(value, text):
    assert rounded_amount(Decimal(value)) == Decimal(text)
    assert rounded_amount(None) is None
