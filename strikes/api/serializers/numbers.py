"""How numbers are shown: always with their bounds."""

from decimal import Decimal, localcontext
from typing import Any, cast

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers import AddressField, Brief, NumberField, OnRecordSerializer, WordField
from sources.serializers import NOTE, ActorBrief, ReportBrief
from strikes.api.serializers.places import FacilityBrief, UnitBrief
from strikes.choices import (
    CapacityBasis,
    Comparator,
    Denominator,
    Method,
    Metric,
    NumberEdge,
    PersonKind,
    Stance,
    UnitOfMeasure,
    WeaponOutcome,
)
from strikes.models import DamageEstimate
from strikes.outages.conversions import shown


class BoundedSerializer(serializers.Serializer[object]):
    """A quantity as it was said. A bound is never a value: for "at least half", `best` is null."""

    comparator = WordField(
        Comparator, help_text="What the speaker's words make of the number; it fixes which bounds are given."
    )
    low = NumberField(
        allow_null=True, help_text="The lower bound; null if none was said. Never read it as the value."
    )
    best = NumberField(
        allow_null=True, help_text="The value, where one was said; null if only a bound was. 0 means none."
    )
    high = NumberField(
        allow_null=True, help_text="The upper bound; null if none was said. Never read it as the value."
    )
    low_open = serializers.BooleanField(
        help_text='Whether the lower bound itself is excluded, as in "more than 50".'
    )
    high_open = serializers.BooleanField(
        help_text='Whether the upper bound itself is excluded, as in "less than 50" or "almost 75".'
    )
    or_more = serializers.BooleanField(
        help_text='Whether a range was left open above, as in "6 to 24 months or longer".'
    )
    verbatim = serializers.CharField(
        allow_null=True, help_text="The words of the report, never converted; null if none are kept."
    )
    scope = serializers.CharField(
        allow_null=True,
        help_text="What the number covers: whose area, which people, which assets; null if nothing was said.",
    )
    excludes = serializers.CharField(
        allow_null=True, help_text="What it leaves out, where the speaker says so; otherwise null."
    )
    measured_on = serializers.DateField(allow_null=True, help_text="The day it describes; null if not said.")
    cumulative = serializers.BooleanField(
        allow_null=True, help_text="Whether it adds up since some earlier moment; null if not said."
    )


class MeasuredSerializer(BoundedSerializer):
    """A quantity with the unit that was printed and, for a share, of what."""

    unit_of_measure = WordField(
        UnitOfMeasure, help_text="The unit that was printed; `low`, `best` and `high` are in it."
    )
    denominator = WordField(
        Denominator,
        allow_null=True,
        help_text="For a share: of what, such as the facility's output. Null for anything that is not a share.",
    )
    denominator_as_stated = serializers.CharField(
        allow_null=True, help_text="Of what, in words, where the code does not say it all; otherwise null."
    )
    basis = WordField(
        CapacityBasis,
        allow_null=True,
        help_text="How a capacity or an output is reckoned; null for any other number.",
    )


class ConventionSerializer(serializers.Serializer[object]):
    """A number that is agreed upon rather than measured."""

    value = NumberField(help_text="The number that was taken.")
    source: Any = serializers.CharField(help_text="Who reckons so, as a sentence.")


class ShownField(NumberField):
    """A converted number, rounded half even to three places; what is not zero never reads as zero."""

    def to_representation(self, value: Decimal) -> int | float:
        return super().to_representation(cast(Decimal, shown(value)))


class FactorField(NumberField):
    """A factor, to twelve significant digits."""

    def to_representation(self, value: Decimal) -> int | float:
        with localcontext(prec=12):
            return super().to_representation(+value)


class ConvertedBounds(serializers.Serializer[object]):
    """The bounds of a number in another unit, and what went into them."""

    low = ShownField(allow_null=True, help_text="The lower bound, converted; null where none was said.")
    best = ShownField(allow_null=True, help_text="The value, converted; null where only a bound was said.")
    high = ShownField(allow_null=True, help_text="The upper bound, converted; null where none was said.")
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
    low = ShownField(
        source="bounds.low", allow_null=True, help_text="Its lower bound, converted; null if none."
    )
    best = ShownField(source="bounds.best", allow_null=True, help_text="Its value, converted; null if none.")
    high = ShownField(
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
    low = ShownField(
        source="bounds.low",
        allow_null=True,
        help_text="The lower bound, converted, to three places; null where none was said.",
    )
    best = ShownField(
        source="bounds.best",
        allow_null=True,
        help_text="The value, converted, to three places; null where only a bound was said.",
    )
    high = ShownField(
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


CONVERTED = "With `convert_to`: the bounds in that unit; null without it. The printed ones stay as they are."


class ClaimOfNumber(Brief):
    """The claim that carries a number, in short."""

    stance = WordField(Stance, help_text="How the speaker stands to the proposition.")
    actor = ActorBrief(help_text="Who speaks.")
    proposition = Brief(help_text="The point at issue.")
    report = Brief(help_text="The report in which it was read.")


class Edge(serializers.Serializer[object]):
    """One end of the period for which a number holds."""

    at = serializers.DateTimeField(allow_null=True, help_text="The time (UTC); null where the end is open.")
    edge = WordField(NumberEdge, help_text="How it is meant: stated as a fact, still open, or a forecast.")


@extend_schema_field(Edge)
class EdgeField(serializers.Field):
    """One end of a period: a time, open, or a forecast; null if nothing was said of it."""

    columns = ("at", "edge")

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, "allow_null": True, **options})
        self.name = name

    def to_representation(self, row: DamageEstimate) -> dict[str, object] | None:
        edge = getattr(row, f"{self.name}_edge")
        if edge is None:
            return None
        at = getattr(row, self.name)
        return {"at": at.isoformat().replace("+00:00", "Z") if at else None, "edge": NumberEdge(edge).value}


class EstimateFields(MeasuredSerializer):
    """A number that a claim carries."""

    metric = WordField(Metric, help_text="What is counted or measured.")
    metric_as_stated = serializers.CharField(
        allow_null=True, help_text="What is measured, in words, where `metric` is `other`; otherwise null."
    )
    object = serializers.CharField(
        allow_null=True,
        help_text="For `objects_…`: which objects are counted, such as `houses`; otherwise null.",
    )
    who = WordField(
        PersonKind,
        allow_null=True,
        help_text="For people: which people are counted; null for any other number.",
    )
    indirect = serializers.BooleanField(
        allow_null=True,
        help_text="For people: whether the harm was indirect, such as a heart attack; null if not said.",
    )
    effective_from = EdgeField(
        "effective_from", help_text="When what it describes began; null if nothing was said of it."
    )
    effective_until = EdgeField(
        "effective_until",
        help_text="When what it describes ended or is to end; null if nothing was said of it.",
    )
    part_of = Brief(
        allow_null=True,
        help_text="The total of which this is a stated part; the two are never added. Null: no total was named.",
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)


class DamageEstimateSerializer(OnRecordSerializer, EstimateFields):
    """A number that a claim carries, with its bounds: at least half of the output, two people injured."""

    claim = ClaimOfNumber(help_text="The claim that carries it: who says so, and where it was read.")
    converted = ConvertedSerializer(allow_null=True, help_text=CONVERTED)


class EstimateInClaim(Brief, EstimateFields):
    """A number, in the claim that carries it."""


class CountFields(BoundedSerializer):
    """How many weapons a claim says were launched, intercepted, hit, lost or found."""

    outcome = WordField(WeaponOutcome, help_text="What is said to have become of the weapons.")
    weapon = serializers.ListField(
        source="weapon_codes",
        child=WordField(Method),
        help_text="The kinds of weapon counted; several for a mixed count.",
    )
    model_as_stated = serializers.CharField(
        allow_null=True, help_text="The model the speaker names, such as `Shahed`; null if none is named."
    )
    regions = Brief(many=True, help_text="Where, as far as regions are named; one count covers all of them.")
    regions_complete = serializers.BooleanField(
        allow_null=True,
        help_text="Whether the named regions are all of them; false where the speaker says "
        '"including", null where none is named.',
    )
    out_of = Brief(
        allow_null=True,
        help_text="The count this one is out of, such as the number launched; null if none was named.",
    )
    part_of = Brief(
        allow_null=True,
        help_text="The total of which this is a stated part; the two are never added. Null: no total was named.",
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)


class WeaponCountSerializer(OnRecordSerializer, CountFields):
    """How many weapons a claim says were launched, intercepted, hit, lost or found."""

    claim = ClaimOfNumber(help_text="The claim that carries it: who says so, and where it was read.")


class CountInClaim(Brief, CountFields):
    """A count of weapons, in the claim that carries it."""


class CapacitySerializer(OnRecordSerializer, MeasuredSerializer):
    """How much a facility or unit can do or does, as one report states it. Rivals stand side by side."""

    facility = FacilityBrief(help_text="The facility it is said of.")
    unit = UnitBrief(
        allow_null=True, help_text="The unit it is said of; null where it is the whole facility's."
    )
    report = ReportBrief(help_text="The report that states it.")
    actor = ActorBrief(
        allow_null=True, help_text="Who says so; null where it is the publisher of the report itself."
    )
    product = serializers.CharField(
        allow_null=True, help_text="Of which product, such as `gasoline`; null for all together."
    )
    period_as_stated = serializers.CharField(
        allow_null=True, help_text="The period it describes, in words, such as `2023`; null if not said."
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)
    converted = ConvertedCapacity(allow_null=True, help_text=CONVERTED)
