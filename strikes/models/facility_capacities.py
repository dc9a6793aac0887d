"""How much a facility or a unit can do or does."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import CheckConstraint, Q

from record.ids import id_is_well_spelt, prefixed, random_id
from record.models import KnownBy, OnRecord, never_blank
from sources.models import Actor, Report
from strikes.models.numbers import FROZEN_MEASURE, Measured
from strikes.models.places import Facility, Unit


class Capacity(OnRecord, Measured):
    """How much a facility or unit can do or does, as one report states it. Rivals stand side by side.

    Example: 17 million tonnes a year for NORSI, nameplate, in a Reuters item of 12 March 2024, which
    also prints 340,000 barrels a day.
    """

    public_id = random_id("cap")
    facility = models.ForeignKey(
        Facility, models.PROTECT, related_name="capacities", help_text="The facility it is said of."
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="capacities",
        help_text="The unit it is said of; null where it is the whole facility's.",
    )
    report = models.ForeignKey(
        Report, models.PROTECT, related_name="capacities", help_text="The report that states it."
    )
    actor = models.ForeignKey(
        Actor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="capacities",
        help_text="Who says so, where it is not the publisher itself.",
    )
    product = models.CharField(
        max_length=100, null=True, blank=True, help_text="Of which product, such as `gasoline`; null for all."
    )
    period_as_stated = models.CharField(
        max_length=100, null=True, blank=True, help_text="The period it describes, such as `2023`."
    )

    collection = "capacities"
    known_by = KnownBy("report__issued_latest", "report__known_on")
    display_needs = ("unit", "facility")
    frozen = FROZEN_MEASURE | {"facility", "unit", "report", "actor", "product", "period_as_stated"}

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        verbose_name_plural = "capacities"
        constraints = [
            *OnRecord.Meta.constraints,
            *Measured.Meta.constraints,
            id_is_well_spelt(prefixed("cap"), "capacity"),
            never_blank(
                "capacity",
                "product",
                "period_as_stated",
                "verbatim",
                "scope",
                "excludes",
                "denominator_as_stated",
                "note",
            ),
            CheckConstraint(
                name="capacity_says_how_it_is_reckoned",
                condition=Q(basis__isnull=False),
                violation_error_message="Say how it is reckoned; `unspecified` if the report does not.",
            ),
        ]

    def __str__(self) -> str:
        return self.display

    @property
    def display(self) -> str:
        of = self.unit.designation if self.unit else self.facility.name
        return f"{of}: {self.words} {self.get_unit_of_measure_display()}"

    def objections(self) -> Iterable[str]:
        if self.unit is not None and self.unit.facility_id != self.facility_id:
            yield "unit: it is a part of another facility."
