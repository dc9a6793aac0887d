"""Filters of a place: which, of what kind, and where."""

from __future__ import annotations

import math
from collections.abc import Collection
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from api.errors import BadParameter
from api.filters import BoxFilter, IdsFilter, PointFilter, RadiusFilter, VocabularyFilter
from record.graphs import closure
from sources.models import Actor
from strikes.api.filters.numbers import rounded_down, rounded_up
from strikes.api.filters.rows import FilterValues, NotedFilters, conditions_of, in_names, lookups_of
from strikes.choices import FacilityKind, RegionLevel
from strikes.models import Facility, Party, Region

EARTH_KM = 6371.0088


class RegionsFilter(IdsFilter):
    """Regions with everything below them."""

    def __init__(self, level: RegionLevel | None = None, *, help_text: str) -> None:
        super().__init__(Region, help_text=help_text)
        self.level = level

    def values(self, texts: list[str], revision: int) -> set[int]:
        named = super().values(texts, revision)
        if self.level and Region.objects.filter(pk__in=named).exclude(level=self.level).exists():
            raise ValidationError("A country has two letters, such as `UA`; for its parts use `region`.")
        return closure(named, regions_below)


def regions_below(regions: Collection[int]) -> QuerySet[Region, int]:
    return Region.objects.filter(parent__in=regions).values_list("pk", flat=True)


class PlaceFilters(NotedFilters):
    """Filters of a place."""

    facility = IdsFilter(
        Facility, help_text="Facilities: of the strike, or the subject, or the one whose unit is the subject."
    )
    facility_kind = VocabularyFilter(FacilityKind, help_text="What the facility does.")
    country = RegionsFilter(
        RegionLevel.COUNTRY,
        help_text="Countries of the event or place, ISO 3166-1; at sea, those whose law applies.",
    )
    region = RegionsFilter(help_text="Regions of the event or place, any of them, with all below; ISO 3166.")
    party = IdsFilter(Actor, help_text="Owners, operators and others of the facility, at any time.")
    bbox = BoxFilter(help_text="A box in degrees: `west,south,east,north`. Towns, never finer than a site.")
    near = PointFilter(help_text="A point, `latitude,longitude` in degrees; needs `radius_km`.")
    radius_km = RadiusFilter(help_text="How far around `near`, in kilometres; more than 0, at most 2,000.")

    FACILITY_LOOKUPS = {"facility": "pk__in", "facility_kind": "kind__in"}

    def facility_conditions(self, values: FilterValues) -> Q:
        """The conditions on a facility."""
        if ("near" in values) != ("radius_km" in values):
            missing = "radius_km" if "near" in values else "near"
            raise BadParameter(missing, "`near` and `radius_km` go together.", "missing")
        conditions = conditions_of(
            values,
            {
                "country": self.facilities_in_regions,
                "region": self.facilities_in_regions,
                "party": self.facilities_of_parties,
                "bbox": self.facilities_in_box,
            },
        )
        if "near" in values:
            latitude, longitude = values["near"]
            conditions &= Q(pk__in=self.facilities_near(latitude, longitude, values["radius_km"]))
        return conditions & lookups_of(values, self.FACILITY_LOOKUPS)

    def facilities_in_regions(self, regions: set[int]) -> Q:
        return Q(pk__in=Facility.objects.lying_in(regions).values("pk"))

    def facilities_of_parties(self, actors: set[int]) -> Q:
        parties = Party.objects.published(self.as_of).filter(actor__in=actors)
        return Q(pk__in=parties.values("facility"))

    def facilities_in_box(self, box: tuple[Decimal, Decimal, Decimal, Decimal]) -> Q:
        west, south, east, north = box
        past_west, short_of_east = Q(longitude__gte=rounded_up(west)), Q(longitude__lte=rounded_down(east))
        crosses_date_line = west > east
        between = past_west | short_of_east if crosses_date_line else past_west & short_of_east
        return between & Q(latitude__gte=rounded_up(south), latitude__lte=rounded_down(north))

    def facilities_near(self, latitude: float, longitude: float, radius: float) -> set[int]:
        """The facilities within a radius, by great circles."""
        degrees = math.degrees(radius / EARTH_KM) + 0.001
        candidates = (
            Facility.objects.cited(self.as_of)
            .filter(latitude__gte=latitude - degrees, latitude__lte=latitude + degrees)
            .values_list("pk", "latitude", "longitude")
        )
        return {
            pk
            for pk, lat, lon in candidates
            if lat is not None
            and lon is not None
            and distance_km(latitude, longitude, float(lat), float(lon)) <= radius
        }

    def in_names_of_facility(self, word: str) -> Q:
        """The conditions on what is at a facility with a word in one of its names, or of those merged with it."""
        canonical = Facility.objects.canonical_keys(self.as_of)
        with_word = Facility.objects.cited(self.revision).filter(
            in_names(word), pk__in={*canonical, *canonical.values()}
        )
        keys = (
            Facility.objects.cluster(with_word.values_list("pk", flat=True), self.as_of) if canonical else ()
        )
        return in_names(word, "facility__") | Q(facility__in=keys)


def distance_km(lat: float, lon: float, to_lat: float, to_lon: float) -> float:
    """The great-circle distance between two points in degrees (haversine)."""
    phi, to_phi, half = math.radians(lat), math.radians(to_lat), math.radians(to_lon - lon) / 2
    a = math.sin((to_phi - phi) / 2) ** 2 + math.cos(phi) * math.cos(to_phi) * math.sin(half) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(a)))


PLACE_FILTERS = frozenset(PlaceFilters.base_filters) - frozenset(NotedFilters.base_filters)
"""The names of the filters that a facility answers to."""
