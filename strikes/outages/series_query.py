"""What a series of capacity offline is asked for: of which units and facilities, on which days, in which unit."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from record.models import AsOf
from strikes.choices import PartyRole, UnitKind
from strikes.models import Facility, Party, Unit
from strikes.outages.episodes import Policy
from strikes.outages.loading import CanonicalKeys, Term, terms_of_operators

PRIMARY = frozenset(
    {
        UnitKind.CRUDE_DISTILLATION_ATMOSPHERIC,
        UnitKind.CRUDE_DISTILLATION_VACUUM,
        UnitKind.CONDENSATE_SPLITTER,
        UnitKind.PROCESSING_TRAIN,
        UnitKind.TURBINE_GENERATOR,
    }
)
"""Units whose capacities add up to what a facility can do. What any other unit processes has passed these first."""


class Incomparable(Exception):
    """What is asked for cannot be added up. ``parameter`` names what to ask differently."""

    def __init__(self, parameter: str, text: str) -> None:
        super().__init__(text)
        self.parameter = parameter


@dataclass(frozen=True)
class SeriesQuery:
    """Of what, from when until when, and in which unit. Null where nothing was asked for."""

    unit_of_measure: str
    policy: Policy
    interval: str
    narrow_by: str
    """The first place that was asked for: by it the question is narrowed, where there is too much."""
    after: dt.date | None = None
    before: dt.date | None = None
    """The day after the last."""
    units: Collection[int] | None = None
    facilities: Collection[int] | None = None
    operators: set[int] | None = None
    regions: Sequence[Collection[int]] = ()
    """Each with everything below it; a facility lies in all of them."""
    facility_kinds: Collection[str] | None = None
    unit_kinds: Collection[str] | None = None


def stage_of(kind: str) -> str:
    """Units of one stage may be added; those of two stages, such as a distillation and a cracker, may not."""
    return "primary" if kind in PRIMARY else kind


def stages_asked_for(query: SeriesQuery, units: Q, as_of: AsOf) -> set[str]:
    """The one stage whose units are added."""
    if query.units is not None:
        kinds = Unit.objects.published(as_of).filter(units).values_list("kind", flat=True)
        parameter, stages = "unit", {stage_of(kind) for kind in kinds}
    elif query.unit_kinds is not None:
        parameter, stages = "unit_kind", {stage_of(kind) for kind in query.unit_kinds}
    else:
        return {"primary"}
    if len(stages) > 1:
        raise Incomparable(parameter, "Units of different stages are not added: ask for each.")
    return stages


def facilities_asked_for(query: SeriesQuery, as_of: AsOf, canonical: CanonicalKeys) -> set[int]:
    """The facilities that every place that was asked for has in it; what stands for one merged away has its places."""
    facilities = Facility.objects.cited(as_of)
    if query.facilities is not None:
        facilities = facilities.filter(pk__in=query.facilities)
    if query.units is not None:
        with_units = Unit.objects.filter(pk__in=query.units).values("facility")
        facilities = facilities.filter(pk__in=with_units)
    if query.facility_kinds is not None:
        facilities = facilities.filter(kind__in=query.facility_kinds)
    for regions in query.regions:
        facilities = facilities.filter(pk__in=Facility.objects.lying_in(regions).values("pk"))
    if query.operators is not None:
        parties = Party.objects.published(as_of).filter(role=PartyRole.OPERATOR, actor__in=query.operators)
        facilities = facilities.filter(pk__in=parties.values("facility"))
    return {canonical.facility(key) for key in facilities.values_list("pk", flat=True)}


def units_asked_for(query: SeriesQuery, facilities: Collection[int]) -> Q:
    units = Q(facility__in=facilities)
    if query.units is not None:
        units &= Q(pk__in=query.units)
    if query.unit_kinds is not None:
        units &= Q(kind__in=query.unit_kinds)
    return units


def operated_by(
    query: SeriesQuery, facilities: set[int], as_of: AsOf, canonical: CanonicalKeys
) -> dict[int, list[Term]] | None:
    if query.operators is None:
        return None
    return terms_of_operators(query.operators, facilities, as_of, canonical)
