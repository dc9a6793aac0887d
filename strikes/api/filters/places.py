"""What can be asked of a place: which, of what kind, and where."""

from __future__ import annotations

import math
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from api.errors import BadParameter
from api.filters import BoxFilter, IdsFilter, PointFilter, RadiusFilter, VocabularyFilter
from sources.models import Actor
from strikes.api.filters.numbers import down, up
from strikes.api.filters.rows import FilterValues, NotedFilters, contains
from strikes.choices import FacilityKind, RegionLevel
from strikes.models import Facility, Party, Region

EARTH_KM = 6371.0088


class RegionsFilter(IdsFilter):
    """Regions with everything below them."""

    def __init__(self, level: RegionLevel | None = None, **options: Any) -> None:
        super().__init__(Region, **options)
        self.level = level

    def values(self, texts: list[str], revision: int) -> set[int]:
        found = super().values(texts, revision)
        if self.level and Region.objects.filter(pk__in=found).exclude(level=self.level).exists():
            raise ValidationError("A country has two letters, such as `UA`; for its parts use `region`.")
        newest = found
        while newest:
            newest = set(Region.objects.filter(parent__in=newest).values_list("pk", flat=True)) - found
            found |= newest
        return found


class PlaceFilters(NotedFilters):
    """What can be asked of a place."""

    facility = IdsFilter(
        Facility, help_text="Facilities: of the strike, or the subject, or the one whose unit is the subject."
    )
    facility_kind = VocabularyFilter(FacilityKind, help_text="What the facility does.")
    country = RegionsFilter(RegionLevel.COUNTRY, help_text="Countries of the event or place, ISO 3166-1.")
    region = RegionsFilter(help_text="Regions of the event or place, any of them, with all below; ISO 3166.")
    party = IdsFilter(Actor, help_text="Owners, operators and others of the facility, at any time.")
    bbox = BoxFilter(help_text="A box in degrees: `west,south,east,north`. Towns, never finer than a site.")
    near = PointFilter(help_text="A point, `latitude,longitude` in degrees; needs `radius_km`.")
    radius_km = RadiusFilter(help_text="How far around `near`, in kilometres; more than 0, at most 2,000.")

    def places(self, asked: FilterValues) -> Q:
        """The conditions on a facility."""
        q = Q()
        if "facility" in asked:
            q &= Q(pk__in=asked["facility"])
        if "facility_kind" in asked:
            q &= Q(kind__in=asked["facility_kind"])
        for word in ("country", "region"):
            if word in asked:
                q &= Q(pk__in=Facility.objects.filter(regions__in=asked[word]).values("pk"))
        if "party" in asked:
            parties = Party.objects.published(self.as_of).filter(actor__in=asked["party"])
            q &= Q(pk__in=parties.values("facility"))
        if "bbox" in asked:
            west, south, east, north = asked["bbox"]
            past_west, short_of_east = Q(longitude__gte=up(west)), Q(longitude__lte=down(east))
            q &= past_west | short_of_east if west > east else past_west & short_of_east
            q &= Q(latitude__gte=up(south), latitude__lte=down(north))
        if ("near" in asked) != ("radius_km" in asked):
            missing = "radius_km" if "near" in asked else "near"
            raise BadParameter(missing, "`near` and `radius_km` go together.", "missing")
        if "near" in asked:
            latitude, longitude = asked["near"]
            q &= Q(pk__in=self.around(latitude, longitude, asked["radius_km"]))
        return q

    def at_facility(self, word: str) -> Q:
        """The conditions on what is at a facility with a word in one of its names, or of those merged with it."""
        merged = Facility.objects.canonical_keys(self.as_of)
        alike: QuerySet[Any] = Facility.objects.cited(self.revision).filter(
            contains(word), pk__in={*merged, *merged.values()}
        )
        keys = Facility.objects.cluster(alike.values_list("pk", flat=True), self.as_of) if merged else ()
        return contains(word, "facility__") | Q(facility__in=keys)

    def around(self, latitude: float, longitude: float, radius: float) -> set[int]:
        """The facilities within a radius, by great circles."""
        degrees = math.degrees(radius / EARTH_KM) + 0.001
        rows: QuerySet[Any] = Facility.objects.cited(self.as_of).filter(
            latitude__gte=latitude - degrees, latitude__lte=latitude + degrees
        )
        return {
            pk
            for pk, lat, lon in rows.values_list("pk", "latitude", "longitude")
            if kilometres(latitude, longitude, float(lat), float(lon)) <= radius
        }


def kilometres(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """The great-circle distance between two points in degrees (haversine)."""
    phi, to_phi, half = math.radians(lat), math.radians(to_lat), math.radians(to_lon - lon) / 2
    a = math.sin((to_phi - phi) / 2) ** 2 + math.cos(phi) * math.cos(to_phi) * math.sin(half) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(a)))


PLACE_WORDS = frozenset(
    {"facility", "facility_kind", "country", "region", "party", "bbox", "near", "radius_km"}
)
