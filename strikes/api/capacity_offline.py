"""`stats/capacity-offline/`: how much was offline over time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework.request import Request

from api.errors import BadParameter
from api.filters import IdsFilter, OneOfFilter, RecordFilterSet, VocabularyFilter, WhenFilter
from api.pagination import today
from api.stats import StatsView
from record.models import AsOf
from sources.models import Actor
from strikes.api.filters import RegionsFilter
from strikes.api.pictures import SeriesSvg
from strikes.api.serializers.offline import CapacityOfflineSerializer, PointInTable
from strikes.choices import FacilityKind, Metric, PartyRole, Polarity, RegionLevel, Topic, UnitKind
from strikes.disputes.states import retracted_reports
from strikes.models import Claim, DamageEstimate, Facility, Party, Proposition, Region, Unit
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.agreement import converted
from strikes.outages.conversions import SIZES, shown
from strikes.outages.episodes import OFFLINE, Policy, Statement
from strikes.outages.series import (
    DAY,
    MOST_DAYS,
    MOST_POINTS,
    Amount,
    LeftOut,
    Stretch,
    amounts_of,
    fitting_in,
    limits_of,
    periods,
    series,
    stage,
    stretches,
    within,
)
from strikes.outages.timelines import Merged, bounds_in, capacities_of, facility_of, operators_of, outages

FLOWS = [unit for unit, size in SIZES.items() if size.dimension in ("mass_flow", "volume_flow", "power")]
PLACES = ("unit", "facility", "operator", "region", "country")
MOST_STATED = 500
"""Direct claims about a region or an actor that one answer shows."""


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

    def get(self, request: Request) -> Any:
        asked = self.asked_of(Facility.objects.none())
        asked.form.is_valid()
        found = offline(asked.filter_values(), self.pin.as_of, today(request))
        body = CapacityOfflineSerializer(found, context={"api": self.api}).data
        common = {name: body[name] for name in ("unit_of_measure", "policy", "interval")}
        return self.answer(body, [{**common, **point} for point in body["points"]], PointInTable())

    def judged_by(self) -> list[str]:
        return [today(self.request).isoformat()]


def day(given: Any) -> dt.date | None:
    return given.date() if isinstance(given, dt.datetime) else given


def offline(asked: dict[str, Any], as_of: AsOf, today: dt.date) -> dict[str, Any]:
    """The whole answer: the series, what was left out of it, and what was said directly."""
    place = next((word for word in PLACES if word in asked), None)
    if place is None:
        raise BadParameter("facility", f"Say of what: one of {', '.join(PLACES)}.", "missing")
    after, before = day(asked.get("after")), day(asked.get("before"))
    if after and before and after >= before:
        raise BadParameter("before", "It is not later than `after`.", "invalid")
    unit, policy = asked["unit_of_measure"], Policy(asked.get("policy", Policy.LATEST))
    interval = asked.get("interval", "month")
    merged = Merged.at(as_of)
    roots = places(asked, as_of, merged)
    facilities = Facility.objects.cluster(roots, as_of)
    units, alone = Q(facility__in=facilities), Q(pk__in=facilities)
    if "unit" in asked:
        units &= Q(pk__in=asked["unit"])
    if "unit_kind" in asked:
        units &= Q(kind__in=asked["unit_kind"])
    if "unit" in asked or "unit_kind" in asked:
        alone = Q(pk__in=[])
    stages = stages_of(asked, units, as_of)
    operators = operators_of(Q(pk__in=facilities), as_of, merged)
    windows = operated(asked["operator"], facilities, as_of, merged) if "operator" in asked else None
    capacities = capacities_of(units, Q(pk__in=facilities), as_of, merged)
    told = outages(units, alone, as_of, merged, place)
    found: list[Stretch] = []
    left_out: list[LeftOut] = []
    for episode in told.episodes:
        about = episode.said[0].claim.proposition
        facility = merged.facility(facility_of(episode).pk)
        known = operators.on(facility, episode.first_day)
        reading = episode.read(policy, known)
        claims = [claim.public_id for claim in episode.claims]
        if reading.start.at is None:
            left_out.append(LeftOut(claims, NO_BEGINNING))
            continue
        amounts = amounts_of(episode, capacities.get(episode.subject, []), unit, policy, known)
        reason = amounts if isinstance(amounts, str) else None
        if episode.subject[0] == "unit" and stage(about.unit.kind) not in stages:
            reason = OTHER_STAGE.format(about.unit.public_id)
        known_amounts = Amount(None, None, None) if isinstance(amounts, str) else amounts
        mine = stretches(episode, reading, facility, known_amounts, unit, policy, today)
        if windows is not None:
            mine = list(within(mine, windows.get(facility, [])))
        mine = list(within(mine, [(after, max(before, dt.date.min + DAY) - DAY if before else None)]))
        if reason is None:
            found += mine
        elif mine:
            left_out.append(LeftOut(claims, reason))
    by_claim: dict[str, None] = {one.claim.public_id: None for one in told.undated if says_how_much(one)}
    left_out += [LeftOut([claim], UNDATED) for claim in by_claim]
    stated = said_directly(asked, unit, as_of)
    if left_out and not found and not stated:
        reasons = " ".join(dict.fromkeys(one.reason for one in left_out))
        raise BadParameter(
            "unit_of_measure", f"Nothing that was said can be shown in it. {reasons}", "incomparable"
        )
    last = before or today + DAY
    first = after or min((one.first for one in found), default=last)
    if (last - first).days > MOST_DAYS or sum(1 for _ in periods(interval, first, last)) > MOST_POINTS:
        raise BadParameter(
            "interval", f"More than {MOST_POINTS:,} points: narrow it with `after` and `before`.", "too_much"
        )
    points = series(found, limits_of(capacities, unit), interval, first, last)
    names = dict(Facility.objects.filter(pk__in=roots).values_list("pk", "public_id"))
    return {
        "unit_of_measure": unit,
        "policy": policy.value,
        "interval": interval,
        "points": points,
        "names": names,
        "denominator": denominator(capacities, unit, roots),
        "stated": stated,
        "left_out": left_out,
    }


OTHER_STAGE = (
    "{} is a unit of another stage: what it processes has passed a primary unit, and the two are not added. "
    "Ask for it with `unit`."
)
NO_BEGINNING = "It was said to have ended, or to end, and nobody says when it began."
UNDATED = "It says how much was offline, and neither it nor any other claim says from when."


def says_how_much(one: Statement) -> bool:
    return any(number.metric in OFFLINE for number in one.numbers)


def operated(
    actors: set[int], facilities: set[int], as_of: AsOf, merged: Merged
) -> dict[int, list[tuple[dt.date | None, dt.date | None]]]:
    """From which to which day some actors operated each facility."""
    found: dict[int, list[Any]] = defaultdict(list)
    parties = Party.objects.published(as_of).filter(
        facility__in=facilities, role=PartyRole.OPERATOR, actor__in=actors
    )
    for facility, since, until in parties.values_list("facility", "since", "until"):
        found[merged.facility(facility)].append((since, until))
    return found


def places(asked: dict[str, Any], as_of: AsOf, merged: Merged) -> set[int]:
    """The facilities that every place that was asked for has in it; what stands for one merged away has its places."""
    rows: QuerySet[Any] = Facility.objects.cited(as_of)
    if "facility" in asked:
        rows = rows.filter(pk__in=asked["facility"])
    if "unit" in asked:
        rows = rows.filter(pk__in=Unit.objects.filter(pk__in=asked["unit"]).values("facility"))
    if "facility_kind" in asked:
        rows = rows.filter(kind__in=asked["facility_kind"])
    for word in ("region", "country"):
        if word in asked:
            rows = rows.filter(pk__in=Facility.objects.filter(regions__in=asked[word]).values("pk"))
    if "operator" in asked:
        parties = Party.objects.published(as_of).filter(role=PartyRole.OPERATOR, actor__in=asked["operator"])
        rows = rows.filter(pk__in=parties.values("facility"))
    return {merged.facility(pk) for pk in rows.values_list("pk", flat=True)}


def stages_of(asked: dict[str, Any], units: Q, as_of: AsOf) -> set[str]:
    """The one stage whose units are added."""
    if "unit" in asked:
        stages = {
            stage(kind) for kind in Unit.objects.published(as_of).filter(units).values_list("kind", flat=True)
        }
    elif "unit_kind" in asked:
        stages = {stage(kind) for kind in asked["unit_kind"]}
    else:
        return {"primary"}
    if len(stages) > 1:
        name = "unit" if "unit" in asked else "unit_kind"
        raise BadParameter(name, "Units of different stages are not added: ask for each.", "incomparable")
    return stages


def denominator(capacities: dict[Any, list[Any]], unit: str, facilities: set[int]) -> dict[str, Any] | None:
    """What the facilities can do in all, as the newest comparable report of each says; null where none does."""
    rows = []
    for (kind, pk), stated in capacities.items():
        fitting = fitting_in(stated, unit)
        if kind == "facility" and pk in facilities and fitting:
            rows.append(fitting[0])
    if not rows:
        return None
    bounds = [bounds_in(one, unit) for one in rows]
    sums = [
        None if None in ends else sum(end for end in ends if end is not None)
        for ends in zip(*bounds, strict=True)
    ]
    low, best, high = map(shown, sums)
    return {
        "low": low,
        "best": best,
        "high": high,
        "capacities": [one.public_id for one in rows],
        "facilities": len(rows),
        "of": len(facilities),
    }


def said_directly(asked: dict[str, Any], unit: str, as_of: AsOf) -> list[Any]:
    """Numbers of capacity offline that were said of the regions or operators themselves, in time."""
    subjects = Q(pk__in=[])
    for word in ("region", "country"):
        if word in asked:
            top = Region.objects.filter(pk__in=asked[word]).exclude(parent__in=asked[word])
            subjects |= Q(region__in=top)
    if "operator" in asked:
        subjects |= Q(actor__in=asked["operator"])
    propositions = Proposition.objects.published(as_of).filter(subjects, topic=Topic.CAPACITY)
    claims = (
        Claim.objects.published(as_of).of_polarity(Polarity.POSITIVE).filter(proposition__in=propositions)
    )
    numbers: list[Any] = list(
        DamageEstimate.objects.published(as_of)
        .filter(metric=Metric.CAPACITY_OFFLINE, claim__in=claims)
        .exclude(claim__report__in=retracted_reports(as_of))
        .select_related("part_of", "published_rev")
        .select_related(*with_prefix("claim", "actor", "report__source"))
        .select_related(*with_prefix("claim__proposition", "strike__facility", *SUBJECTS))
        .order_by("claim__known_at", "public_id")[: MOST_STATED + 1]
    )
    if len(numbers) > MOST_STATED:
        raise BadParameter("country", f"More than {MOST_STATED} direct claims: narrow it.", "too_much")
    for number in numbers:
        number.converted = converted(number, unit) if number.unit_of_measure != unit else None
    return numbers
