"""What is said to have happened."""

from strikes.models.claims import (
    Claim,
    ClaimEvidence,
    ClaimOrigin,
    ClaimRelation,
    ClaimStep,
    CountedWeapon,
    DamageEstimate,
    WeaponCount,
)
from strikes.models.events import Assessment, Proposition, PropositionState, Strike, StrikeMethod
from strikes.models.numbers import Capacity
from strikes.models.places import Facility, FacilityName, Party, Region, Unit, UnitName

__all__ = [
    "Assessment",
    "Capacity",
    "Claim",
    "ClaimEvidence",
    "ClaimOrigin",
    "ClaimRelation",
    "ClaimStep",
    "CountedWeapon",
    "DamageEstimate",
    "Facility",
    "FacilityName",
    "Party",
    "Proposition",
    "PropositionState",
    "Region",
    "Strike",
    "StrikeMethod",
    "Unit",
    "UnitName",
    "WeaponCount",
]
