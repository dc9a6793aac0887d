"""Where: regions, facilities and their units."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.ids import REGION_CODE, SLUG, PublicIdField, id_is_well_spelt, slug_id
from record.models import OnRecord, Recorded, RecordedQuerySet, never_blank
from record.search import folded_names, search_text
from record.vocabulary import one_of
from sources.models import Actor, Report
from sources.models.fields import Name, editors_note
from sources.models.identifiers import Identifier, given_once
from strikes.choices import FacilityKind, LocationPrecision, PartyRole, RegionLevel, UnitKind


class Region(OnRecord):
    """A country (ISO 3166-1) or one of its subdivisions (ISO 3166-2), such as `RU-NIZ`.

    Regions are de jure: who controls a place is a party of a facility, and how a speaker names it
    is kept with the claim.
    """

    public_id = PublicIdField(
        unique=True,
        verbose_name="code",
        help_text="The ISO 3166 code: `RU` for a country, `RU-NIZ` for a subdivision.",
    )
    name = models.CharField(max_length=200, help_text="The name in Latin script, as ISO 3166 gives it.")
    level = models.CharField(max_length=20, choices=RegionLevel.choices, help_text="Country or subdivision.")
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="subdivisions",
        help_text="The region it is a part of; null for a country.",
    )

    search_text = search_text()

    collection = "regions"
    derived_fields = frozenset({"search_text"})
    frozen = frozenset({"level", "parent"})

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(REGION_CODE, "region"),
            one_of("level", RegionLevel, "region"),
            never_blank("region", "name"),
            CheckConstraint(
                name="region_without_a_parent_is_a_country",
                condition=Q(level=RegionLevel.COUNTRY, parent__isnull=True)
                | Q(level=RegionLevel.SUBDIVISION, parent__isnull=False),
                violation_error_message="A subdivision has a parent, a country has none.",
            ),
            CheckConstraint(
                name="region_is_not_its_own_parent",
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")),
                violation_error_message="A region is not a part of itself.",
            ),
        ]

    @property
    def display(self) -> str:
        return self.name

    def before_publish(self) -> None:
        self.search_text = folded_names([self.name, self.public_id])

    def objections(self) -> Iterable[str]:
        if self.parent is not None and self.parent.public_id[:2] != self.public_id[:2]:
            yield "parent: a subdivision belongs to the country its code begins with."


class FacilityQuerySet(RecordedQuerySet["Facility"]):
    def lying_in(self, regions: Iterable[int]) -> Self:
        """Facilities that lie in one of these regions or, at sea, under the law of one."""
        return self.filter(Q(regions__in=regions) | Q(jurisdictions__in=regions)).distinct()


class Facility(OnRecord):
    """A piece of infrastructure at town or site level, such as the NORSI refinery at Kstovo."""

    public_id = slug_id()
    name = models.CharField(max_length=200, help_text="The name in Latin script.")
    name_local = models.CharField(
        max_length=200, null=True, blank=True, help_text="The name in its own language and script."
    )
    kind = models.CharField(max_length=40, choices=FacilityKind.choices, help_text="What it does.")
    regions = models.ManyToManyField(
        Region,
        related_name="facilities",
        blank=True,
        help_text="The subdivisions (or the country) it lies in; several for a pipeline; none at sea.",
    )
    jurisdictions = models.ManyToManyField(
        Region,
        related_name="facilities_at_sea",
        blank=True,
        limit_choices_to={"level": RegionLevel.COUNTRY},
        help_text="At sea, where there is no region: the country whose law applies, or the countries.",
    )
    town = models.CharField(
        max_length=100,
        null=True,
        blank=True,
        help_text="The town it belongs to, as a reader would look for it.",
    )
    geonames_id = models.PositiveIntegerField(null=True, blank=True, help_text="The town's id in GeoNames.")
    # Three decimals are about 100 m: nothing finer than a site can be stored (decisions.md D10).
    latitude = models.DecimalField(
        max_digits=5,
        decimal_places=3,
        null=True,
        blank=True,
        help_text="Degrees north, WGS 84, of the town or, at the finest, of the site to about 100 m.",
    )
    longitude = models.DecimalField(
        max_digits=6, decimal_places=3, null=True, blank=True, help_text="Degrees east, WGS 84."
    )
    location_precision = models.CharField(
        max_length=20, choices=LocationPrecision.choices, help_text="How exactly the place is given."
    )
    note = editors_note()

    search_text = search_text()

    collection = "facilities"
    derived_fields = frozenset({"search_text"})
    mergeable = True
    compared = ("capacities", "units")
    parts = ("names", "parties", "identifiers")

    objects: ClassVar = FacilityQuerySet.as_manager()

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        verbose_name_plural = "facilities"
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(SLUG, "facility"),
            one_of("kind", FacilityKind, "facility"),
            one_of("location_precision", LocationPrecision, "facility"),
            never_blank("facility", "name", "name_local", "town", "note"),
            CheckConstraint(
                name="facility_has_both_coordinates_or_none",
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                violation_error_message="Give both coordinates or neither.",
            ),
            CheckConstraint(
                name="facility_latitude_is_on_earth",
                condition=Q(latitude__gte=-90, latitude__lte=90),
                violation_error_message="A latitude lies between -90 and 90 degrees.",
            ),
            CheckConstraint(
                name="facility_longitude_is_on_earth",
                condition=Q(longitude__gte=-180, longitude__lte=180),
                violation_error_message="A longitude lies between -180 and 180 degrees.",
            ),
        ]

    @property
    def display(self) -> str:
        return self.name

    def before_publish(self) -> None:
        self.search_text = folded_names(
            [self.name, self.name_local, self.town, *(row.name for row in self.names.all())]
        )

    def objections(self) -> Iterable[str]:
        if any(region.level != RegionLevel.COUNTRY for region in self.jurisdictions.all()):
            yield "jurisdictions: the law is that of a country; where it lies is in `regions`."

    def bound_by_merges(self) -> Iterable[OnRecord]:
        yield from self.units.all()
        yield from self.propositions.all()


class FacilityName(Name):
    """Another name or spelling of a facility, such as "Kstovo refinery"."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="names")
    owner: ClassVar[str] = "facility"


class FacilityIdentifier(Identifier):
    """What a facility is called in a list that others keep, such as Wikidata."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="identifiers")
    owner: ClassVar[str] = "facility"

    class Meta(Identifier.Meta):
        constraints = [*Identifier.Meta.constraints, given_once("facility")]


class Party(Recorded):
    """Who stands in what relation to a facility, from when until when: its operator, for example."""

    facility = models.ForeignKey(Facility, models.CASCADE, related_name="parties")
    actor = models.ForeignKey(Actor, models.PROTECT, related_name="facilities", help_text="Who.")
    role = models.CharField(max_length=20, choices=PartyRole.choices, help_text="In what relation.")
    since = models.DateField(null=True, blank=True, help_text="The first day; null if it is not known.")
    until = models.DateField(
        null=True, blank=True, help_text="The last day; null if it still holds or is not known."
    )
    report = models.ForeignKey(
        Report, models.PROTECT, null=True, blank=True, related_name="+", help_text="Where this was read."
    )
    note = editors_note()
    owner = "facility"

    class Meta(Recorded.Meta):
        ordering = ["pk"]
        verbose_name_plural = "parties"
        constraints = [
            *Recorded.Meta.constraints,
            one_of("role", PartyRole, "party"),
            never_blank("party", "note"),
            CheckConstraint(
                name="party_begins_before_it_ends",
                condition=Q(since__isnull=True) | Q(until__isnull=True) | Q(since__lte=F("until")),
                violation_error_message="The last day is before the first.",
            ),
        ]

    def __str__(self) -> str:
        # The ledger shows parts by this line: with all that can be put right in one.
        term = f", {self.since or ''} to {self.until or ''}" if self.since or self.until else ""
        return f"{self.role}: {self.actor.name}{term}{f' ({self.report.public_id})' if self.report else ''}"


class Unit(OnRecord):
    """A part of a facility that can be out on its own, such as AVT-6 of NORSI."""

    public_id = slug_id()
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="units", help_text="The facility it is a part of."
    )
    designation = models.CharField(
        max_length=100, help_text="What the plant calls it, such as `AVT-6`; unique within the facility."
    )
    kind = models.CharField(
        max_length=40,
        choices=UnitKind.choices,
        help_text="What it does. Plants share names, and a name never tells the capacity.",
    )
    note = editors_note()

    search_text = search_text()

    collection = "units"
    derived_fields = frozenset({"search_text"})
    display_needs = ("facility",)
    mergeable = True
    compared = ("capacities",)
    parts = ("names", "identifiers")
    frozen = frozenset({"facility", "designation"})

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(SLUG, "unit"),
            one_of("kind", UnitKind, "unit"),
            never_blank("unit", "designation", "note"),
            UniqueConstraint(
                name="unit_is_one_designation_of_one_facility",
                fields=["facility", "designation"],
                condition=Q(withdrawn_rev__isnull=True),
                violation_error_message="The facility has a unit of this designation.",
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.designation}, {self.facility.name}"

    def before_publish(self) -> None:
        self.search_text = folded_names([self.designation, *(row.name for row in self.names.all())])

    def merge_objections(self, other: Unit) -> Iterable[str]:
        # Two refineries each have an AVT-6, and they are not one unit.
        if self.facility.canonical != other.facility.canonical:
            yield "facility: they are parts of two facilities; merge these, or these first."

    def bound_by_merges(self) -> Iterable[OnRecord]:
        return self.propositions.all()


class UnitName(Name):
    """Another designation of a unit, such as CDU-6 for AVT-6."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="names")
    owner: ClassVar[str] = "unit"


class UnitIdentifier(Identifier):
    """What a unit is called in a list that others keep, such as a tracker of power plants by unit."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="identifiers")
    owner: ClassVar[str] = "unit"

    class Meta(Identifier.Meta):
        constraints = [*Identifier.Meta.constraints, given_once("unit")]
