"""How the series of capacity offline is shown."""

from rest_framework import serializers

from api.serializers import WordField
from strikes.api.serializers.conversions import AmountField
from strikes.api.serializers.numbers import DamageEstimateSerializer
from strikes.choices import UnitOfMeasure
from strikes.outages.episodes import Policy
from strikes.outages.series import Point


class AmountSerializer(serializers.Serializer[object]):
    """An amount with its bounds, in the unit of the answer."""

    low = AmountField(
        allow_null=True, help_text="At least so much, as far as was said; null if no lower bound is known."
    )
    best = AmountField(
        allow_null=True,
        help_text="The value, where one was said of everything in it; else null. A bound is never taken for it.",
    )
    high = AmountField(allow_null=True, help_text="At most so much; null if somebody left it open.")


class WholeCapacitySerializer(AmountSerializer):
    """What the facilities can do in all, by the newest comparable report of each."""

    capacities = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of the capacity statements."
    )
    facilities = serializers.IntegerField(help_text="How many facilities have one.")
    of = serializers.IntegerField(help_text="How many facilities there are.")


class PeriodSerializer(serializers.Serializer[object]):
    """Days from one to another."""

    start = serializers.DateField(help_text="The first day.")
    until = serializers.DateField(help_text="The day after the last.")


class PointSerializer(PeriodSerializer, AmountSerializer):
    """One period: means over its days."""

    claims = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of the claims behind it."
    )
    capacities = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of the capacity statements behind it."
    )
    origins = serializers.IntegerField(help_text="On how many independent origins the claims rest.")
    facilities = serializers.SerializerMethodField(
        help_text="The ids of the facilities at which something stood still."
    )
    forecast = serializers.BooleanField(
        help_text="Whether a part of it lies beyond the last word on an outage, and rests on a prediction or only on "
        "nobody having said that it was over."
    )

    def get_facilities(self, point: Point) -> list[str]:
        names: dict[int, str] = self.context["names"]
        return [names[pk] for pk in point.facilities]


class StatedSerializer(serializers.Serializer[object]):
    """What somebody said of a region or an operator as a whole."""

    said_at = serializers.DateTimeField(source="claim.known_at", help_text="From when it was known (UTC).")
    number = DamageEstimateSerializer(
        source="*",
        help_text="The number as it was said, with its claim; `converted` is in the unit of the answer, null if "
        "the number is in it, or cannot be converted.",
    )


class LeftOutSerializer(serializers.Serializer[object]):
    """What is not in the series, and why."""

    claims = serializers.ListField(child=serializers.CharField(), help_text="The ids of its claims.")
    reason = serializers.CharField(help_text="Why, as a sentence.")


class CapacityOfflineSerializer(serializers.Serializer[dict[str, object]]):
    """How much was offline over time, as far as anybody said."""

    unit_of_measure = WordField(UnitOfMeasure, help_text="The unit of all amounts of the series.")
    policy = WordField(Policy, help_text="How one reading of each outage was picked.")
    interval = serializers.ChoiceField(["day", "week", "month"], help_text="The period of a point.")
    denominator = WholeCapacitySerializer(
        allow_null=True, help_text="What the facilities can do; null if unknown."
    )
    points = PointSerializer(many=True, help_text="The series, the earliest period first.")
    stated = StatedSerializer(
        many=True,
        help_text="Numbers that were said of a region or an operator directly, in the order of time.",
    )
    left_out = LeftOutSerializer(many=True, help_text="What could not be compared or dated.")

    def to_representation(self, found: dict[str, object]) -> dict[str, object]:
        self._context = {**self.context, "names": found["names"]}
        return super().to_representation(found)


class PointInTable(PointSerializer):
    """A point as a row of a table, with what all of them have in common."""

    def get_fields(self) -> dict[str, serializers.Field]:
        common = CapacityOfflineSerializer().get_fields()
        names = ("unit_of_measure", "policy", "interval")
        return {**{name: common[name] for name in names}, **super().get_fields()}
