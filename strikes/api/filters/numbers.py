"""Filters of a number: its bounds, its unit, of what and of whom, and the same in another unit."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.db.models import Q, QuerySet

from api.errors import BadParameter
from api.filters import FlagFilter, NumberFilter, RecordFilterSet, VocabularyChoiceFilter, VocabularyFilter
from strikes.api.filters.rows import FilterValues, NotedFilters, Row, conditions_of, lookups_of
from strikes.choices import CapacityBasis, Comparator, Denominator, Metric, PersonKind, UnitOfMeasure
from strikes.outages.conversions import comparable


def rounded_up(value: Decimal) -> Decimal:
    """The least that can be stored, to three places, and is no less."""
    return value.quantize(Decimal("0.001"), ROUND_CEILING)


def rounded_down(value: Decimal) -> Decimal:
    """The most that can be stored, to three places, and is no more."""
    return value.quantize(Decimal("0.001"), ROUND_FLOOR)


def known_to_be_at_least(limit: Decimal) -> Q:
    least = rounded_up(limit)
    return Q(low__gte=least) | Q(comparator=Comparator.APPROXIMATELY, best__gte=least)


def known_to_be_at_most(limit: Decimal) -> Q:
    most = rounded_down(limit)
    return Q(high__lte=most, or_more=False) | Q(comparator=Comparator.APPROXIMATELY, best__lte=most)


class BoundFilters(NotedFilters):
    """Filters of a number with bounds."""

    comparator = VocabularyFilter(Comparator, help_text="What the words make of the number.")
    low_min = NumberFilter(help_text="Numbers known to be at least this: a lower bound or a value of it.")
    high_max = NumberFilter(
        help_text="Numbers known to be at most this: an upper bound or a value of it. A range 'or more' has no upper "
        "bound."
    )

    def bound_conditions(self, values: FilterValues) -> Q:
        limits = conditions_of(values, {"low_min": known_to_be_at_least, "high_max": known_to_be_at_most})
        return limits & lookups_of(values, {"comparator": "comparator__in"})


class MeasureFilters(BoundFilters):
    """Filters of a number with a unit of measure."""

    unit_of_measure = VocabularyFilter(UnitOfMeasure, help_text="The unit that was printed.")

    denominator = VocabularyFilter(Denominator, help_text="For a share: of what.")
    basis = VocabularyFilter(CapacityBasis, help_text="How a capacity or an output is reckoned.")

    MEASURE_LOOKUPS = {
        "unit_of_measure": "unit_of_measure__in",
        "denominator": "denominator__in",
        "basis": "basis__in",
    }

    def measure_conditions(self, values: FilterValues) -> Q:
        """The conditions on a measured number beside those on its bounds."""
        return lookups_of(values, self.MEASURE_LOOKUPS)


class EstimateFilters(MeasureFilters):
    """Filters of a damage estimate."""

    metric = VocabularyFilter(Metric, help_text="What is counted or measured.")
    who = VocabularyFilter(PersonKind, help_text="For people: which people are counted.")
    indirect = FlagFilter(
        help_text="For people: whether the harm was indirect, such as a heart attack. Where nothing was said of it, "
        "it is neither."
    )

    ESTIMATE_LOOKUPS = {"metric": "metric__in", "who": "who__in", "indirect": "indirect"}

    def estimate_conditions(self, values: FilterValues) -> Q:
        """The conditions on a damage estimate beside those on its bounds."""
        return self.measure_conditions(values) & lookups_of(values, self.ESTIMATE_LOOKUPS)


class ConversionFilterSet(RecordFilterSet):
    """What can be asked of one number: the same in another unit."""

    convert_to = VocabularyChoiceFilter(
        UnitOfMeasure,
        help_text="Adds the bounds in this unit, as `converted`, beside the printed ones. Not every unit can be "
        "converted to it; a list needs a `unit_of_measure` of which all can.",
    )

    def filter_queryset(self, queryset: QuerySet[Row]) -> QuerySet[Row]:
        return queryset


class ConvertedFilters(MeasureFilters):
    """Filters of a list of numbers that can be shown in another unit."""

    convert_to = ConversionFilterSet.base_filters["convert_to"]

    def filter_values(self) -> FilterValues:
        values = super().filter_values()
        to = values.pop("convert_to", None)
        if to is None:
            return values
        if "unit_of_measure" not in values:
            raise BadParameter("unit_of_measure", "`convert_to` needs it: say what is converted.", "missing")
        for unit in values["unit_of_measure"]:
            refuse_unlike(unit, to)
        return values


def refuse_unlike(unit: str, to: str) -> None:
    """A conversion that there is not is refused, never left out in silence."""
    if not comparable(unit, to):
        known = [other.value for other in UnitOfMeasure if comparable(unit, other) and other != unit]
        allowed = f": {unit} can become {', '.join(known)}." if known else f": {unit} is never converted."
        raise BadParameter("convert_to", f"{unit} cannot be converted to {to}{allowed}", "not_convertible")
