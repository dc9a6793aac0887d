"""How numbers are shown: always with their bounds."""

from typing import Any

from rest_framework import serializers

from record.api.serializers import Brief, NumberField, OnRecordSerializer
from sources.serializers import ActorBrief, ReportBrief
from strikes.choices import (
    CapacityBasis,
    Comparator,
    Denominator,
    Metric,
    NumberEdge,
    PersonKind,
    UnitOfMeasure,
    WeaponOutcome,
)
from strikes.serializers.places import FacilityBrief, UnitBrief


class BoundedSerializer(serializers.Serializer[Any]):
    """A quantity as it was said. A bound is never a value: for "at least half", `best` is null."""

    comparator = serializers.ChoiceField(Comparator.choices, help_text="What the words make of the number.")
    low = NumberField(allow_null=True, help_text="The lower bound; null if none was said.")
    best = NumberField(allow_null=True, help_text="The value, where one was said; null if only a bound was.")
    high = NumberField(allow_null=True, help_text="The upper bound; null if none was said.")
    low_open = serializers.BooleanField(help_text="Whether the lower bound itself is excluded.")
    high_open = serializers.BooleanField(help_text="Whether the upper bound itself is excluded.")
    or_more = serializers.BooleanField(help_text="Whether a range was left open above.")
    verbatim = serializers.CharField(allow_null=True, help_text="The words of the report.")
    scope = serializers.CharField(allow_null=True, help_text="What the number covers.")
    excludes = serializers.CharField(allow_null=True, help_text="What it leaves out.")
    measured_on = serializers.DateField(allow_null=True, help_text="The day it describes, if said.")
    cumulative = serializers.BooleanField(allow_null=True, help_text="Whether it adds up; null = not said.")


class MeasuredSerializer(BoundedSerializer):
    """A quantity with the unit that was printed and, for a share, of what."""

    unit_of_measure = serializers.ChoiceField(UnitOfMeasure.choices, help_text="The unit that was printed.")
    denominator = serializers.ChoiceField(
        Denominator.choices, allow_null=True, help_text="For a share: of what; otherwise null."
    )
    denominator_as_stated = serializers.CharField(allow_null=True, help_text="Of what, in words.")
    basis = serializers.ChoiceField(
        CapacityBasis.choices, allow_null=True, help_text="How a capacity or an output is reckoned."
    )


class ClaimOfNumber(Brief):
    """The claim that carries a number."""

    stance = serializers.CharField(help_text="How the speaker stands to the proposition.")
    actor = ActorBrief(help_text="Who speaks.")
    proposition = Brief(help_text="The point at issue.")
    report = Brief(help_text="Where it was read.")


class EdgeField(serializers.Field):
    """One end of a period: a time, open, or a forecast; null if nothing was said of it."""

    def __init__(self, name: str, **options: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, **options})
        self.name = name

    def to_representation(self, row: Any) -> dict[str, Any] | None:
        edge = getattr(row, f"{self.name}_edge")
        if edge is None:
            return None
        at = getattr(row, self.name)
        return {"at": at.isoformat().replace("+00:00", "Z") if at else None, "edge": NumberEdge(edge).value}


class EstimateFields(MeasuredSerializer):
    """A number that a claim carries."""

    metric = serializers.ChoiceField(Metric.choices, help_text="What is counted or measured.")
    metric_as_stated = serializers.CharField(allow_null=True, help_text="What is measured, in words.")
    object = serializers.CharField(allow_null=True, help_text="Which objects are counted.")
    who = serializers.ChoiceField(
        PersonKind.choices, allow_null=True, help_text="Which people are counted; otherwise null."
    )
    indirect = serializers.BooleanField(allow_null=True, help_text="Whether the harm was indirect.")
    effective_from = EdgeField("effective_from", help_text="When it began.")
    effective_until = EdgeField("effective_until", help_text="When it ended or is to end.")
    part_of = Brief(allow_null=True, help_text="The total of which this is a stated part.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class DamageEstimateSerializer(OnRecordSerializer, EstimateFields):
    claim = ClaimOfNumber(help_text="The claim that carries it.")


class EstimateInClaim(Brief, EstimateFields):
    """A number, in the claim that carries it."""


class CountFields(BoundedSerializer):
    """How many weapons a claim says were launched, intercepted, hit, lost or found."""

    outcome = serializers.ChoiceField(WeaponOutcome.choices, help_text="What became of them.")
    weapon = serializers.ListField(
        source="weapon_codes", child=serializers.CharField(), help_text="The kinds counted; several if mixed."
    )
    model_as_stated = serializers.CharField(allow_null=True, help_text="The model the speaker names.")
    regions = Brief(many=True, help_text="Where, as far as regions are named.")
    regions_complete = serializers.BooleanField(
        allow_null=True, help_text="Whether the named regions are all of them; null where none is named."
    )
    out_of = Brief(allow_null=True, help_text="The count this one is out of.")
    part_of = Brief(allow_null=True, help_text="The total of which this is a stated part; never added to it.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class WeaponCountSerializer(OnRecordSerializer, CountFields):
    claim = ClaimOfNumber(help_text="The claim that carries it.")


class CountInClaim(Brief, CountFields):
    """A count of weapons, in the claim that carries it."""


class CapacitySerializer(OnRecordSerializer, MeasuredSerializer):
    facility = FacilityBrief(help_text="The facility it is said of.")
    unit = UnitBrief(allow_null=True, help_text="The unit it is said of; null where it is the facility's.")
    report = ReportBrief(help_text="The report that states it.")
    actor = ActorBrief(allow_null=True, help_text="Who says so, where it is not the publisher itself.")
    product = serializers.CharField(allow_null=True, help_text="Of which product; null for all.")
    period_as_stated = serializers.CharField(allow_null=True, help_text="The period it describes.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")
