"""How the series of capacity offline is shown."""

from collections.abc import Iterator

from rest_framework import serializers

from api.serializers import Brief, WordField
from api.types import JsonObject
from record.vocabulary import Vocabulary
from strikes.api.serializers.conversions import AmountField
from strikes.api.serializers.numbers import DamageEstimateSerializer
from strikes.choices import CapacityBasis, Denominator, Metric, UnitOfMeasure
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


class QuantifiedSerializer(AmountSerializer):
    """What was stated, added; an outage whose size nobody stated is left out of it."""


class CoverageSerializer(serializers.Serializer[object]):
    """Of how many of the facilities anything was known: from a facility's first strike, or the first word on its
    operation, to its newest report."""

    facilities = serializers.IntegerField(
        help_text="How many facilities are covered on some day of the period."
    )
    of = serializers.IntegerField(help_text="How many facilities the question is about.")


class PointSerializer(PeriodSerializer, AmountSerializer):
    """One period: means over those of its days on which some facility is covered.

    Where none is, all amounts are null: nothing is known, and 0 is only said of what is. Where the size of an outage
    was not stated (`unquantified`), `best` is null, and `high` is null or, where reports say what it can do, no more
    than that; `low` then counts the others.
    """

    quantified = QuantifiedSerializer(help_text="The sum of what was stated.")
    unquantified = serializers.IntegerField(help_text="How many outages there were whose size nobody states.")
    coverage = CoverageSerializer(help_text="Of how many facilities anything was known.")
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


class StatedSeriesSerializer(serializers.Serializer[object]):
    """What was said of one region or operator as a whole, reckoned in one way."""

    subject = Brief(help_text="The region or the actor.")
    metric = WordField(Metric, source="reckoning.metric", help_text="What the numbers measure.")
    unit_of_measure = WordField(UnitOfMeasure, source="reckoning.unit_of_measure", help_text="In which unit.")
    denominator = WordField(
        Denominator, source="reckoning.denominator", allow_null=True, help_text="Of what, for shares."
    )
    denominator_as_stated = serializers.CharField(
        source="reckoning.denominator_as_stated", allow_null=True, help_text="Of what, in words."
    )
    basis = WordField(
        CapacityBasis, source="reckoning.basis", allow_null=True, help_text="How capacity is reckoned."
    )
    scope = serializers.CharField(source="reckoning.scope", allow_null=True, help_text="What they cover.")
    excludes = serializers.CharField(
        source="reckoning.excludes", allow_null=True, help_text="What they leave out."
    )
    numbers = StatedSerializer(many=True, help_text="The numbers, in the order in which they became known.")


class ReasonSerializer(serializers.Serializer[object]):
    """What has no size in the series, or is not in it, and why."""

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
    stated = StatedSeriesSerializer(
        many=True,
        help_text="Numbers that were said of a region or an operator directly: series of their own, never mixed in.",
    )
    unquantified = ReasonSerializer(
        many=True, help_text="Outages in the series whose size nobody states, with the reason."
    )
    left_out = ReasonSerializer(
        many=True, help_text="What is not in the series: of another stage, or undated."
    )

    def to_representation(self, found: dict[str, object]) -> dict[str, object]:
        self._context = {**self.context, "names": found["names"]}
        return super().to_representation(found)


class RowKind(Vocabulary):
    """What a row of the table is.

    Origin: this project.
    """

    POINT = "point", "A period of the series."
    STATED = "stated", "A number that was said of a region or an operator directly."
    UNQUANTIFIED = "unquantified", "An outage whose size nobody states, and why."
    LEFT_OUT = "left_out", "What is not in the series, and why."
    DENOMINATOR = "denominator", "What the facilities can do."


class SeriesRow(PointSerializer):
    """A row of the table: a point, with what all of them have in common, or what stands beside the series."""

    def get_fields(self) -> dict[str, serializers.Field]:
        common = CapacityOfflineSerializer().get_fields()
        stated = StatedSeriesSerializer().get_fields()
        of_series = (
            "subject",
            "metric",
            "denominator",
            "denominator_as_stated",
            "basis",
            "scope",
            "excludes",
        )
        return {
            "row": WordField(RowKind, help_text="What the row is."),
            **{name: common[name] for name in ("unit_of_measure", "policy", "interval")},
            **super().get_fields(),
            "reason": ReasonSerializer().get_fields()["reason"],
            **{name: stated[name] for name in of_series},
            "said_at": StatedSerializer().get_fields()["said_at"],
            "number": DamageEstimateSerializer(),
        }


def rows_of(body: JsonObject) -> Iterator[JsonObject]:
    """All that an answer says, one row after another: each has the columns of `SeriesRow`, null where it has none."""
    common = {name: body[name] for name in ("unit_of_measure", "policy", "interval")}
    empty = dict.fromkeys(SeriesRow().get_fields())
    for point in body["points"]:
        yield empty | common | {"row": RowKind.POINT.value} | point
    if body["denominator"] is not None:
        whole = body["denominator"]
        yield (
            empty
            | common
            | {"row": RowKind.DENOMINATOR.value}
            | whole
            | {"facilities": None}
            | {"coverage": {"facilities": whole["facilities"], "of": whole["of"]}}
        )
    for series in body["stated"]:
        of_series = {name: value for name, value in series.items() if name != "numbers"}
        for number in series["numbers"]:
            yield empty | {"row": RowKind.STATED.value} | of_series | number
    for kind in (RowKind.UNQUANTIFIED, RowKind.LEFT_OUT):
        for entry in body[kind.value]:
            yield empty | common | {"row": kind.value} | entry
