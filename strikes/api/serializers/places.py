"""How regions, facilities and units are shown."""

from rest_framework import serializers

from api.serializers import Brief, NumberField, OnRecordSerializer, WordField
from sources.serializers import (
    IDENTIFIERS,
    NAME_LOCAL,
    NOTE,
    ActorBrief,
    IdentifierSerializer,
    NameSerializer,
)
from strikes.choices import FacilityKind, LocationPrecision, PartyRole, RegionLevel, UnitKind


class RegionSerializer(OnRecordSerializer):
    """A country (ISO 3166-1) or one of its subdivisions (ISO 3166-2), de jure. Its id is the code."""

    name = serializers.CharField(help_text="The name in Latin script, as ISO 3166 gives it.")
    level = WordField(RegionLevel, help_text="Country or subdivision.")
    parent = Brief(allow_null=True, help_text="The region it is a part of; null for a country.")


class FacilityBrief(Brief):
    """A facility, in short."""

    kind = WordField(FacilityKind, help_text="What it does, such as a refinery or a substation.")
    town = serializers.CharField(allow_null=True, help_text="The town it belongs to; null if it has none.")


class PartySerializer(serializers.Serializer[object]):
    """Who stands in what relation to a facility, from when until when."""

    actor = ActorBrief(help_text="Who: a company, body or force.")
    role = WordField(PartyRole, help_text="In what relation: owner, operator, and so on.")
    since = serializers.DateField(allow_null=True, help_text="The first day; null if not known.")
    until = serializers.DateField(
        allow_null=True, help_text="The last day; null if it still holds or is not known."
    )
    report = Brief(
        allow_null=True, help_text="The report in which this was read; null for general reference."
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)


class FacilitySerializer(OnRecordSerializer):
    """A piece of infrastructure, at town or site level, never finer."""

    name = serializers.CharField(help_text="The name in Latin script.")
    name_local = serializers.CharField(allow_null=True, help_text=NAME_LOCAL)
    kind = WordField(FacilityKind, help_text="What it does, such as a refinery or a substation.")
    regions = Brief(
        many=True, help_text="The regions it lies in, de jure; several for a pipeline, none at sea."
    )
    jurisdictions = Brief(
        many=True,
        help_text="At sea, where there is no region: the country whose law applies, or the countries; otherwise none.",
    )
    town = serializers.CharField(allow_null=True, help_text="The town it belongs to; null if it has none.")
    geonames_id = serializers.IntegerField(
        allow_null=True, help_text="The town's id in GeoNames; null if it has none."
    )
    latitude = NumberField(
        allow_null=True,
        help_text="Degrees north, WGS 84, of the town or, at the finest, of the site to about 100 m; "
        "null if not placed.",
    )
    longitude = NumberField(
        allow_null=True, help_text="Degrees east, WGS 84, to the same precision; null if not placed."
    )
    location_precision = WordField(LocationPrecision, help_text="How exactly the place is given.")
    names = NameSerializer(many=True, help_text="Other names and spellings; `q` finds the facility by each.")
    parties = PartySerializer(
        many=True,
        source="public_parties",
        help_text="Owner, operator and others, each from and until; several may hold one role.",
    )
    identifiers = IdentifierSerializer(many=True, source="public_identifiers", help_text=IDENTIFIERS)
    note = serializers.CharField(allow_null=True, help_text=NOTE)


class UnitBrief(Brief):
    """A part of a facility, in short."""

    kind = WordField(UnitKind, help_text="What it does, such as a vacuum distillation unit.")


class UnitSerializer(OnRecordSerializer):
    """A part of a facility that can be out on its own, such as AVT-6 of NORSI."""

    facility = FacilityBrief(help_text="The facility it is a part of.")
    designation = serializers.CharField(
        help_text="What the plant calls it, such as `AVT-6`; unique within the facility. "
        "It never tells the capacity."
    )
    kind = WordField(UnitKind, help_text="What it does, such as a vacuum distillation unit.")
    names = NameSerializer(many=True, help_text="Other designations, such as CDU-6 for AVT-6.")
    identifiers = IdentifierSerializer(many=True, source="public_identifiers", help_text=IDENTIFIERS)
    note = serializers.CharField(allow_null=True, help_text=NOTE)
