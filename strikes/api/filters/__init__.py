"""The filters of every collection; a name means the same in each.

Filters of a claim given together are met by one and the same claim, filters of a number by one
and the same number of it. Every filter looks through public rows only.
"""

from strikes.api.filters.collections import (
    AccountFilterSet,
    ActorFilterSet,
    AssessmentFilterSet,
    CapacityFilterSet,
    ClaimFilterSet,
    DamageEstimateFilterSet,
    EvidenceFilterSet,
    FacilityFilterSet,
    PropositionFilterSet,
    RegionFilterSet,
    ReportFilterSet,
    SourceFilterSet,
    StrikeAccountFilterSet,
    StrikeFilterSet,
    TimelineFilterSet,
    UnitFilterSet,
    WeaponCountFilterSet,
)
from strikes.api.filters.days import StrikeDaysFilterSet
from strikes.api.filters.differences import StrikeDiffFilterSet
from strikes.api.filters.identifiers import IdentifierFilter
from strikes.api.filters.numbers import ConversionFilterSet, refuse_unlike
from strikes.api.filters.places import RegionsFilter
from strikes.api.filters.propositions import SubjectsFilter
from strikes.api.filters.rows import FilterValues

__all__ = [
    "AccountFilterSet",
    "ActorFilterSet",
    "AssessmentFilterSet",
    "CapacityFilterSet",
    "ClaimFilterSet",
    "ConversionFilterSet",
    "DamageEstimateFilterSet",
    "EvidenceFilterSet",
    "FacilityFilterSet",
    "FilterValues",
    "IdentifierFilter",
    "PropositionFilterSet",
    "RegionFilterSet",
    "RegionsFilter",
    "ReportFilterSet",
    "SourceFilterSet",
    "StrikeAccountFilterSet",
    "StrikeDaysFilterSet",
    "StrikeDiffFilterSet",
    "StrikeFilterSet",
    "SubjectsFilter",
    "TimelineFilterSet",
    "UnitFilterSet",
    "WeaponCountFilterSet",
    "refuse_unlike",
]
