"""Words for what is said to have happened."""

from strikes.choices.assessments import Dispute, Grade, GradeBasis
from strikes.choices.claims import (
    Attribution,
    Certainty,
    ClaimRelationKind,
    Credibility,
    EvidenceRole,
    NotCounted,
    Polarity,
    Stance,
    Topic,
)
from strikes.choices.numbers import (
    CapacityBasis,
    Comparator,
    Denominator,
    Metric,
    NumberEdge,
    PersonKind,
    UnitOfMeasure,
)
from strikes.choices.places import FacilityKind, LocationPrecision, PartyRole, RegionLevel, UnitKind
from strikes.choices.strikes import Method, StrikeKind, WeaponOutcome

__all__ = [
    "Attribution",
    "CapacityBasis",
    "Certainty",
    "ClaimRelationKind",
    "Comparator",
    "Credibility",
    "Denominator",
    "Dispute",
    "EvidenceRole",
    "FacilityKind",
    "Grade",
    "GradeBasis",
    "LocationPrecision",
    "Method",
    "Metric",
    "NotCounted",
    "NumberEdge",
    "PartyRole",
    "PersonKind",
    "Polarity",
    "RegionLevel",
    "Stance",
    "StrikeKind",
    "Topic",
    "UnitKind",
    "UnitOfMeasure",
    "WeaponOutcome",
]
