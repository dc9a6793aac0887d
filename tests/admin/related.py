"""What hangs on a row of each collection: parts, numbers, and rows that name it."""

from typing import Any

from strikes.choices import ClaimRelationKind
from tests.factories import (
    ActorFactory,
    ActorNameFactory,
    AssessmentFactory,
    CapacityFactory,
    ClaimEvidenceFactory,
    ClaimFactory,
    ClaimRelationFactory,
    ClaimStepFactory,
    DamageEstimateFactory,
    EvidenceFactory,
    FacilityFactory,
    FacilityNameFactory,
    PartyFactory,
    PropositionFactory,
    RegionFactory,
    ReportFactory,
    ReportNoticeFactory,
    SourceFactory,
    StrikeFactory,
    UnitFactory,
    UnitNameFactory,
    WaveFactory,
    WeaponCountFactory,
)


def of_a_report(report: Any) -> None:
    ClaimFactory(report=report)
    CapacityFactory(report=report)
    EvidenceFactory(report=report)
    ReportNoticeFactory(report=report, successor=ReportFactory())
    ReportFactory(derived_from=report)


def of_a_claim(claim: Any) -> None:
    steps = claim.chain.count()
    ClaimStepFactory(claim=claim, step=steps + 1, actor=ActorFactory())
    ClaimStepFactory(claim=claim, step=steps + 2, source=SourceFactory())
    ClaimRelationFactory(claim=claim, kind=ClaimRelationKind.UPDATES)
    ClaimEvidenceFactory(claim=claim)
    DamageEstimateFactory(claim=claim)
    WeaponCountFactory(claim=claim, regions=[RegionFactory()], regions_complete=True)


def of_a_facility(facility: Any) -> None:
    FacilityNameFactory(facility=facility)
    PartyFactory(facility=facility, report=ReportFactory())
    unit = UnitFactory(facility=facility)
    CapacityFactory(facility=facility, unit=unit)
    strike = StrikeFactory(facility=facility)
    PropositionFactory(strike=strike, facility=facility)
    facility.regions.add(RegionFactory())


def of_a_strike(strike: Any) -> None:
    PropositionFactory(strike=strike, unit=UnitFactory())
    PropositionFactory(strike=strike, actor=ActorFactory())
    StrikeFactory(wave=strike)
    strike.regions.add(RegionFactory())


def of_a_proposition(proposition: Any) -> None:
    ClaimFactory(proposition=proposition)
    PropositionFactory(strike=proposition.strike, answers=proposition)
    AssessmentFactory(proposition=proposition)


def of_a_unit(unit: Any) -> None:
    UnitNameFactory(unit=unit)
    CapacityFactory(unit=unit, facility=unit.facility)
    PropositionFactory(unit=unit)


def of_an_actor(actor: Any) -> None:
    ActorNameFactory(actor=actor)


def of_a_source(source: Any) -> None:
    ReportFactory(source=source)


RELATED = {
    ReportFactory: of_a_report,
    ClaimFactory: of_a_claim,
    FacilityFactory: of_a_facility,
    WaveFactory: of_a_strike,
    PropositionFactory: of_a_proposition,
    UnitFactory: of_a_unit,
    ActorFactory: of_an_actor,
    SourceFactory: of_a_source,
}
