"""`stats/capacity-offline/`: how much was offline over time."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import BadParameter
from api.filters import IdsFilter, OneOfFilter, RecordFilterSet, VocabularyFilter, WhenFilter
from api.pagination import today
from api.stats import StatsView
from sources.models import Actor
from strikes.api.filters import FilterValues, RegionsFilter
from strikes.api.pictures import SeriesSvg
from strikes.api.serializers.offline import CapacityOfflineSerializer, SeriesRow, rows_of
from strikes.choices import FacilityKind, RegionLevel, UnitKind
from strikes.models import Facility, Unit
from strikes.outages.capacity_offline import capacity_offline
from strikes.outages.conversions import SIZES
from strikes.outages.episodes import Policy
from strikes.outages.series_query import Incomparable, SeriesQuery

FLOWS = [unit for unit, size in SIZES.items() if size.dimension in ("mass_flow", "volume_flow", "power")]
PLACE_FILTERS = ("unit", "facility", "operator", "region", "country")
"""The parameters that say of what the series is; one of them is needed."""


class CapacityOfflineFilterSet(RecordFilterSet):
    """What can be asked of the series."""

    unit_of_measure = OneOfFilter(
        FLOWS, help_text="The unit of the answer; amounts in other units are converted into it."
    )
    unit = IdsFilter(Unit, help_text="Units, all of one stage.")
    facility = IdsFilter(Facility, help_text="Facilities, with their units.")
    operator = IdsFilter(Actor, help_text="Facilities that these operated, on the days on which they did.")
    region = RegionsFilter(help_text="Facilities in these regions, with all below; ISO 3166.")
    country = RegionsFilter(RegionLevel.COUNTRY, help_text="Facilities in these countries, ISO 3166-1.")
    facility_kind = VocabularyFilter(FacilityKind, help_text="Facilities of these kinds.")
    unit_kind = VocabularyFilter(
        UnitKind,
        help_text="Units of these kinds. Without it, and without `unit`, only primary units count: what others "
        "process has passed those first, and the two are never added.",
    )
    interval = OneOfFilter(
        ["day", "week", "month"], "month", help_text="The period of a point: a day, an ISO week or a month."
    )
    policy = OneOfFilter(
        Policy.values,
        Policy.LATEST.value,
        help_text="Which reading of an outage counts where issuers differ.",
    )
    after = WhenFilter(help_text="From this day on; the first outage if not given.")
    before = WhenFilter(help_text="Up to this day, itself not counted; tomorrow if not given.")


class CapacityOfflineView(StatsView):
    """How much capacity was offline from day to day, week to week or month to month, as far as anybody said.

    A series of lower bound, value and upper bound, built from the outages of units and facilities as one policy
    reads them: means over the days of each period, with the claims, the independent origins and the facilities
    behind each point. An outage that nobody has said to be over may last: after the last word of it the lower bound is
    nought. An outage of a unit counts what reports say the unit can do, or what was said to be offline.
    Overlapping outages of a unit, and a facility and its units, cover the same ground and are never added; nothing
    is above what its facility can do; units of different stages are not added. What cannot be compared is named in
    `left_out`. Direct claims about a region or an operator ("14 % of the country's capacity") stand apart in
    `stated` and are never mixed in.
    """

    serializer_class = CapacityOfflineSerializer
    parameters_class = CapacityOfflineFilterSet
    name = "capacity-offline"
    renderer_classes = [*StatsView.renderer_classes, SeriesSvg]

    def get(self, request: Request) -> Response | HttpResponse:
        filter_set = self.asked_of(Facility.objects.none())
        query = query_of(filter_set.filter_values())
        try:
            answer = capacity_offline(query, self.pin.as_of, today(request))
        except Incomparable as refusal:
            raise BadParameter(refusal.parameter, str(refusal), "incomparable") from refusal
        body = CapacityOfflineSerializer(vars(answer), context={"api": self.api}).data
        response: Response | HttpResponse = self.answer(body, list(rows_of(body)), SeriesRow())
        return response

    def judged_by(self) -> list[str]:
        return [today(self.request).isoformat()]


def query_of(values: FilterValues) -> SeriesQuery:
    """What the parameters ask for; a place is needed, and days that are in order."""
    place = next((name for name in PLACE_FILTERS if name in values), None)
    if place is None:
        raise BadParameter("facility", f"Say of what: one of {', '.join(PLACE_FILTERS)}.", "missing")
    after, before = day_of(values.get("after")), day_of(values.get("before"))
    if after and before and after >= before:
        raise BadParameter("before", "It is not later than `after`.", "invalid")
    return SeriesQuery(
        unit_of_measure=values["unit_of_measure"],
        policy=Policy(values.get("policy", Policy.LATEST)),
        interval=values.get("interval", "month"),
        narrow_by=place,
        after=after,
        before=before,
        units=values.get("unit"),
        facilities=values.get("facility"),
        operators=values.get("operator"),
        regions=[values[name] for name in ("region", "country") if name in values],
        facility_kinds=values.get("facility_kind"),
        unit_kinds=values.get("unit_kind"),
    )


def day_of(limit: dt.date | None) -> dt.date | None:
    """The day of a limit, of a moment in UTC."""
    return limit.date() if isinstance(limit, dt.datetime) else limit
