"""How a number is shown in another unit: the bounds, the factor, and the conventions that went into them."""

from decimal import Decimal, localcontext
from typing import Any, cast

from rest_framework import serializers

from api.serializers import AddressField, Brief, NumberField, WordField
from strikes.choices import UnitOfMeasure
from strikes.outages.conversions import rounded_amount


class ConventionSerializer(serializers.Serializer[object]):
    """A number that is agreed upon rather than measured."""

    value = NumberField(help_text="The number that was taken.")
    source: Any = serializers.CharField(help_text="Who reckons so, as a sentence.")


class AmountField(NumberField):
    """A converted number, rounded half even to three places; what is not zero never reads as zero."""

    def to_representation(self, value: Decimal) -> int | float:
        return super().to_representation(cast(Decimal, rounded_amount(value)))


class FactorField(NumberField):
    """A factor, to twelve significant digits."""

    def to_representation(self, value: Decimal) -> int | float:
        with localcontext(prec=12):
            return super().to_representation(+value)


class ConvertedBounds(serializers.Serializer[object]):
    """The bounds of a number in another unit, and what went into them."""

    low = AmountField(allow_null=True, help_text="The lower bound, converted; null where none was said.")
    best = AmountField(allow_null=True, help_text="The value, converted; null where only a bound was said.")
    high = AmountField(allow_null=True, help_text="The upper bound, converted; null where none was said.")
    factor = FactorField(help_text="What the printed number was multiplied by, to twelve significant digits.")
    day_count = ConventionSerializer(
        allow_null=True, help_text="Days of a year; null where no year or quarter is set against a day."
    )


class OtherBounds(ConvertedBounds):
    """The same bounds by the other customary number of days in a year."""

    @staticmethod
    def word(value: dict[str, Any]) -> str:
        """In a cell: the days, and the numbers by them."""
        bounds = (value["low"], value["best"], value["high"])
        return ":".join(
            ["" if number is None else str(number) for number in (value["day_count"]["value"], *bounds)]
        )


class AgreementSerializer(Brief):
    """A rival capacity that says the same within half a percent."""

    id = serializers.CharField(source="capacity.public_id", help_text="The id of the rival capacity.")
    url = AddressField(source="capacity", help_text="The absolute address of the rival.")
    display = serializers.CharField(
        source="capacity.display", help_text="One line by which a reader recognises it. For people."
    )
    low = AmountField(
        source="bounds.low", allow_null=True, help_text="Its lower bound, converted; null if none."
    )
    best = AmountField(source="bounds.best", allow_null=True, help_text="Its value, converted; null if none.")
    high = AmountField(
        source="bounds.high", allow_null=True, help_text="Its upper bound, converted; null if none."
    )
    day_count = ConventionSerializer(
        allow_null=True,
        help_text="The days of a year by which the two agree, and only by these; null: by any.",
    )

    @staticmethod
    def word(value: dict[str, Any]) -> str:
        """In a cell: its id, and the days by which it agrees."""
        days = value["day_count"]
        return f"{value['id']}:{days['value']}" if days else str(value["id"])


class ConvertedSerializer(serializers.Serializer[object]):
    """A number in the unit that `convert_to` names. A bound stays a bound, and what is vague stays vague."""

    unit_of_measure = WordField(
        UnitOfMeasure, source="bounds.unit_of_measure", help_text="The unit it was converted to."
    )
    low = AmountField(
        source="bounds.low",
        allow_null=True,
        help_text="The lower bound, converted, to three places; null where none was said.",
    )
    best = AmountField(
        source="bounds.best",
        allow_null=True,
        help_text="The value, converted, to three places; null where only a bound was said.",
    )
    high = AmountField(
        source="bounds.high",
        allow_null=True,
        help_text="The upper bound, converted, to three places; null where none was said.",
    )
    factor = FactorField(
        source="bounds.factor",
        help_text="What the printed number was multiplied by, to twelve significant digits.",
    )
    density = ConventionSerializer(
        source="bounds.density",
        allow_null=True,
        help_text="Barrels a tonne, between mass and volume; null where the two are not mixed.",
    )
    day_count = ConventionSerializer(
        source="bounds.day_count",
        allow_null=True,
        help_text="Days of a year; null where no year or quarter is set against a day.",
    )
    others: Any = OtherBounds(
        many=True,
        help_text="The same bounds by the other customary number of days in a year; empty where none is counted.",
    )


class ConvertedCapacity(ConvertedSerializer):
    """A capacity in the unit that `convert_to` names, with the rivals that say the same."""

    agrees_with: Any = AgreementSerializer(
        many=True,
        help_text="Rivals of the same facility, unit, product, basis, scope and period that it fits within half a "
        "percent, and by which days of a year. Values fit values, mere bounds only bounds of the same kind.",
    )
