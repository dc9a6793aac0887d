"""How numbers are shown: always with their bounds."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers import Brief, NumberField, OnRecordSerializer, WordField
from sources.moments import MomentField
from sources.serializers import NOTE, ActorBrief, ReportBrief
from strikes.api.serializers.conversions import ConvertedCapacity, ConvertedSerializer
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


CONVERTED = "With `convert_to`: the bounds in that unit; null without it. The printed ones stay as they are."


class ClaimOfNumber(Brief):
    """The claim that carries a number, in short."""

    stance = WordField(Stance, help_text="How the speaker stands to the proposition.")
    actor = ActorBrief(help_text="Who speaks.")
    proposition = Brief(help_text="The point at issue.")
    report = ReportBrief(help_text="The report in which it was read, with when it was issued.")
    report_issued_later = serializers.BooleanField(
        help_text="With `known_at`: whether its report was issued only later."
    )
    said_at = MomentField(
        "said_", allow_null=True, help_text="When it was said; null if not known apart from the report."
    )
    event_time = MomentField(
        "event_",
        allow_null=True,
        help_text="When, according to the claim, it happened or will happen; null if it says nothing of that.",
    )


class Edge(serializers.Serializer[object]):
    """One end of the period for which a number holds."""

    at = serializers.DateTimeField(allow_null=True, help_text="The time (UTC); null where the end is open.")
    edge = WordField(
        NumberEdge, help_text="How it is meant: stated as a fact, still open, a forecast, or never to come."
    )


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
