"""Regions, facilities and their units over REST."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from api.serializers import Brief
from strikes.api import filters
from strikes.api.facets import by_country_of_facility, by_region_of_facility
from strikes.api.loading import identifiers_read
from strikes.api.serializers.accounts import accounts_of
from strikes.api.serializers.places import (
    FacilityBrief,
    FacilitySerializer,
    RegionSerializer,
    UnitBrief,
    UnitSerializer,
)
from strikes.api.serializers.timelines import timeline_of
from strikes.api.views.accounts import WithAccounts
from strikes.api.views.timeline import WithTimeline
from strikes.models import Facility, FacilityIdentifier, Party, Region, Unit, UnitIdentifier


class RegionViewSet(WithAccounts[Region]):
    """Countries (ISO 3166-1) and their subdivisions (ISO 3166-2), de jure.

    Who controls a place is a party of a facility; how a speaker names it is kept with the claim.
    """

    model = Region
    accounts_serializer = accounts_of("region", Brief)
    serializer_class = RegionSerializer
    filterset_class = filters.RegionFilterSet
    facets = {"region_level": "level"}

    def load(self, rows: QuerySet[Region]) -> QuerySet[Region]:
        return super().load(rows).select_related("parent")


class FacilityViewSet(WithTimeline[Facility]):
    """Pieces of infrastructure, at town or site level, with their names, parties and identifiers.

    `facilities/?q=НОРСИ` finds one by any of its names, in any script, `facilities/?identifier=wikidata:Q329347` by
    what others call it. What it can do is in `capacities/`.
    """

    model = Facility
    accounts_serializer = accounts_of("facility", FacilityBrief)
    timeline_serializer = timeline_of("facility", FacilityBrief)
    serializer_class = FacilitySerializer
    place = ""
    filterset_class = filters.FacilityFilterSet
    facets = {"facility_kind": "kind", "country": by_country_of_facility, "region": by_region_of_facility}

    def load(self, rows: QuerySet[Facility]) -> QuerySet[Facility]:
        parties = Party.objects.published(self.pin.as_of).select_related("actor", "report__source")
        return (
            super()
            .load(rows)
            .prefetch_related(
                "regions",
                "jurisdictions",
                "names",
                Prefetch("parties", parties, to_attr="public_parties"),
                identifiers_read(FacilityIdentifier, self.pin.as_of),
            )
        )


class UnitViewSet(WithTimeline[Unit]):
    """Parts of facilities that can be out on their own, such as AVT-6 of NORSI.

    Plants share names, and a name never tells the capacity: that is in `capacities/`, with its report.
    """

    model = Unit
    accounts_serializer = accounts_of("unit", UnitBrief)
    timeline_serializer = timeline_of("unit", UnitBrief)
    serializer_class = UnitSerializer
    place = "facility"
    filterset_class = filters.UnitFilterSet
    facets = {"unit_kind": "kind", "facility": "facility__public_id"}

    def load(self, rows: QuerySet[Unit]) -> QuerySet[Unit]:
        identifiers = identifiers_read(UnitIdentifier, self.pin.as_of)
        return super().load(rows).select_related("facility").prefetch_related("names", identifiers)
