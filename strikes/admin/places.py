"""Regions, facilities and their units in the admin."""

from __future__ import annotations

from django.contrib import admin

from editing.fields import PartInline
from editing.lists import RowList, StateFilter
from editing.record_admin import RecordAdmin
from record.models import OnRecord
from strikes.admin.columns import proposition_list
from strikes.models import (
    Capacity,
    Facility,
    FacilityIdentifier,
    FacilityName,
    Party,
    Region,
    Strike,
    Unit,
    UnitIdentifier,
    UnitName,
)


@admin.register(Region)
class RegionAdmin(RecordAdmin):
    list_display = ["public_id", "name", "level", "parent", "state"]
    list_filter = [StateFilter, "level"]
    fields = ["public_id", "name", "level", "parent"]


class FacilityNameInline(PartInline):
    model = FacilityName


class PartyInline(PartInline):
    model = Party


class FacilityIdentifierInline(PartInline):
    model = FacilityIdentifier


@admin.register(Facility)
class FacilityAdmin(RecordAdmin):
    list_display = ["public_id", "name", "name_local", "kind", "town", "location_precision", "state"]
    list_filter = [StateFilter, "kind", "location_precision"]
    inlines = [FacilityNameInline, PartyInline, FacilityIdentifierInline]
    fields = [
        "public_id",
        "name",
        "name_local",
        "kind",
        "regions",
        "jurisdictions",
        "town",
        "geonames_id",
        ("latitude", "longitude"),
        "location_precision",
        "note",
    ]
    lists = [
        RowList(
            "Units",
            Unit,
            "facility",
            {"designation": lambda unit: unit.designation, "kind": lambda unit: unit.get_kind_display()},
        ),
        RowList(
            "Strikes",
            Strike,
            "facility",
            {"title": lambda strike: strike.title, "date": lambda strike: strike.local_date},
            ["-earliest"],
        ),
        RowList(
            "Capacities",
            Capacity,
            "facility",
            {"as stated": str, "report": lambda capacity: capacity.report},
            load=["report__source"],
        ),
        proposition_list("facility"),
    ]


class UnitNameInline(PartInline):
    model = UnitName


class UnitIdentifierInline(PartInline):
    model = UnitIdentifier


@admin.register(Unit)
class UnitAdmin(RecordAdmin):
    list_display = ["public_id", "designation", "facility", "kind", "state"]
    list_filter = [StateFilter, "kind"]
    inlines = [UnitNameInline, UnitIdentifierInline]
    fields = ["public_id", "facility", "designation", "kind", "note"]
    lists = [
        RowList(
            "Capacities",
            Capacity,
            "unit",
            {"as stated": str, "report": lambda capacity: capacity.report},
            load=["report__source"],
        ),
        proposition_list("unit"),
    ]

    def prefilled(self, row_list: RowList, row: OnRecord) -> str:
        """The facility, which a capacity of a unit names as well."""
        return f"&facility={row.facility_id}" if row_list.of is Capacity and isinstance(row, Unit) else ""
