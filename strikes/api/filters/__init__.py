"""The words of the filters, each meaning the same in every collection.

Words about a claim given together are met by one and the same claim, words about a number by one
and the same number of it. Every word looks through public rows only.
"""

from strikes.api.filters.collections import (
    AccountFilters,
    ActorFilters,
    AssessmentFilters,
    CapacityFilters,
    ClaimFilters,
    DamageEstimateFilters,
    EvidenceFilters,
    FacilityFilters,
    PropositionFilters,
    RegionFilters,
    ReportFilters,
    SourceFilters,
    StrikeFilters,
    TimelineFilters,
    UnitFilters,
    WeaponCountFilters,
)
from strikes.api.filters.numbers import Conversion, refuse_unlike
from strikes.api.filters.places import RegionsFilter
from strikes.api.filters.propositions import SubjectsFilter
from strikes.api.filters.rows import Asked

__all__ = [
    "AccountFilters",
    "ActorFilters",
    "Asked",
    "AssessmentFilters",
    "CapacityFilters",
    "ClaimFilters",
    "Conversion",
    "DamageEstimateFilters",
    "EvidenceFilters",
    "FacilityFilters",
    "PropositionFilters",
    "RegionFilters",
    "RegionsFilter",
    "ReportFilters",
    "SourceFilters",
    "StrikeFilters",
    "SubjectsFilter",
    "TimelineFilters",
    "UnitFilters",
    "WeaponCountFilters",
    "refuse_unlike",
]
