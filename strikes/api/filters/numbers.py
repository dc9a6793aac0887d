"""What can be asked of a number: its bounds, its unit, and the same in another unit."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from django.db.models import Q, QuerySet

from api.errors import BadParameter
from api.filters import NumberFilter, RecordFilterSet, VocabularyChoiceFilter, VocabularyFilter
from strikes.api.filters.rows import FilterValues, NotedFilters
from strikes.choices import Comparator, UnitOfMeasure
from strikes.outages.conversions import comparable


def up(value: Decimal) -> Decimal:
    """The least that can be stored, to three places, and is no less."""
    return value.quantize(Decimal("0.001"), ROUND_CEILING)


def down(value: Decimal) -> Decimal:
    """The most that can be stored, to three places, and is no more."""
    return value.quantize(Decimal("0.001"), ROUND_FLOOR)


class BoundFilters(NotedFilters):
    """What can be asked of a number with bounds."""

    comparator = VocabularyFilter(Comparator, help_text="What the words make of the number.")
    low_min = NumberFilter(help_text="Numbers known to be at least this: a lower bound or a value of it.")
    high_max = NumberFilter(
        help_text="Numbers known to be at most this: an upper bound or a value of it. A range 'or more' has no upper "
        "bound."
    )

    def of_bounds(self, asked: FilterValues) -> Q:
        q = Q()
        if "comparator" in asked:
            q &= Q(comparator__in=asked["comparator"])
        value = Q(comparator=Comparator.APPROXIMATELY)
        if "low_min" in asked:
            least = up(asked["low_min"])
            q &= Q(low__gte=least) | value & Q(best__gte=least)
        if "high_max" in asked:
            most = down(asked["high_max"])
            q &= Q(high__lte=most, or_more=False) | value & Q(best__lte=most)
        return q


class MeasureFilters(BoundFilters):
    unit_of_measure = VocabularyFilter(UnitOfMeasure, help_text="The unit that was printed.")

    def of_measure(self, asked: FilterValues) -> Q:
        q = self.of_bounds(asked)
        return q & Q(unit_of_measure__in=asked["unit_of_measure"]) if "unit_of_measure" in asked else q


class ConversionFilterSet(RecordFilterSet):
    """What can be asked of one number: the same in another unit."""

    convert_to = VocabularyChoiceFilter(
        UnitOfMeasure,
        help_text="Adds the bounds in this unit, as `converted`, beside the printed ones. Not every unit can be "
        "converted to it; a list needs a `unit_of_measure` of which all can.",
    )

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset


class ConvertedFilters(MeasureFilters):
    convert_to = ConversionFilterSet.base_filters["convert_to"]

    def filter_values(self) -> FilterValues:
        asked = super().filter_values()
        to = asked.pop("convert_to", None)
        if to is None:
            return asked
        if "unit_of_measure" not in asked:
            raise BadParameter("unit_of_measure", "`convert_to` needs it: say what is converted.", "missing")
        for unit in asked["unit_of_measure"]:
            refuse_unlike(unit, to)
        return asked


def refuse_unlike(unit: str, to: str) -> None:
    """A conversion that there is not is refused, never left out in silence."""
    if not comparable(unit, to):
        known = [other.value for other in UnitOfMeasure if comparable(unit, other) and other != unit]
        allowed = f": {unit} can become {', '.join(known)}." if known else f": {unit} is never converted."
        raise BadParameter("convert_to", f"{unit} cannot be converted to {to}{allowed}", "not_convertible")
