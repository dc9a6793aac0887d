"""What is said to have happened."""

from strikes.models.assessments import Assessment
from strikes.models.claim_parts import ClaimEvidence, ClaimRelation, ClaimStep
from strikes.models.claims import Claim
from strikes.models.damage_estimates import DamageEstimate
from strikes.models.facility_capacities import Capacity
from strikes.models.origins import ClaimOrigin
from strikes.models.places import (
    Facility,
    FacilityIdentifier,
    FacilityName,
    Party,
    Region,
    Unit,
    UnitIdentifier,
    UnitName,
)
from strikes.models.propositions import Proposition, PropositionState
from strikes.models.strikes import Strike, StrikeMethod
from strikes.models.weapon_counts import CountedWeapon, WeaponCount

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
    "FacilityIdentifier",
    "FacilityName",
    "Party",
    "Proposition",
    "PropositionState",
    "Region",
    "Strike",
    "StrikeMethod",
    "Unit",
    "UnitIdentifier",
    "UnitName",
    "WeaponCount",
]
