"""How regions, facilities and units are shown."""

from typing import Any

from rest_framework import serializers

from record.api.serializers import Brief, NumberField, OnRecordSerializer
from sources.serializers import ActorBrief, NameSerializer
from strikes.choices import FacilityKind, LocationPrecision, PartyRole, RegionLevel, UnitKind


class RegionSerializer(OnRecordSerializer):
    name = serializers.CharField(help_text="The name in Latin script.")
    level = serializers.ChoiceField(RegionLevel.choices, help_text="Country or subdivision.")
    parent = Brief(allow_null=True, help_text="The region it is a part of; null for a country.")


class FacilityBrief(Brief):
    """A facility."""

    kind = serializers.ChoiceField(FacilityKind.choices, help_text="What it does.")
    town = serializers.CharField(allow_null=True, help_text="The town it belongs to.")


class PartySerializer(serializers.Serializer[Any]):
    """Who stands in what relation to a facility, from when until when."""

    actor = ActorBrief(help_text="Who.")
    role = serializers.ChoiceField(PartyRole.choices, help_text="In what relation.")
    since = serializers.DateField(allow_null=True, help_text="The first day; null if not known.")
    until = serializers.DateField(allow_null=True, help_text="The last day; null if it still holds.")
    report = Brief(allow_null=True, help_text="Where this was read.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class FacilitySerializer(OnRecordSerializer):
    name = serializers.CharField(help_text="The name in Latin script.")
    name_local = serializers.CharField(allow_null=True, help_text="The name in its own language and script.")
    kind = serializers.ChoiceField(FacilityKind.choices, help_text="What it does.")
    regions = Brief(many=True, help_text="The regions it lies in; none at sea.")
    jurisdiction = serializers.CharField(allow_null=True, help_text="At sea: the country whose law applies.")
    town = serializers.CharField(allow_null=True, help_text="The town it belongs to.")
    geonames_id = serializers.IntegerField(allow_null=True, help_text="The town's id in GeoNames.")
    latitude = NumberField(allow_null=True, help_text="Degrees north, WGS 84; never finer than the site.")
    longitude = NumberField(allow_null=True, help_text="Degrees east, WGS 84.")
    location_precision = serializers.ChoiceField(
        LocationPrecision.choices, help_text="How exactly the place is given."
    )
    names = NameSerializer(many=True, help_text="Other names and spellings.")
    parties = PartySerializer(
        many=True, source="public_parties", help_text="Owner, operator and others, as the record has them."
    )
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class UnitBrief(Brief):
    """A part of a facility."""

    kind = serializers.ChoiceField(UnitKind.choices, help_text="What it does.")


class UnitSerializer(OnRecordSerializer):
    facility = FacilityBrief(help_text="The facility it is a part of.")
    designation = serializers.CharField(help_text="What the plant calls it, such as `AVT-6`.")
    kind = serializers.ChoiceField(UnitKind.choices, help_text="What it does.")
    names = NameSerializer(many=True, help_text="Other designations, such as CDU-6 for AVT-6.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")
