"""The smallest valid row of every model: a draft, nothing left out that a rule asks for, nothing more.

No factory makes a row public. `tests/on_record.py` does: `on_record(StrikeFactory())`.
"""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from factory.declarations import LazyAttribute, LazyAttributeSequence, SelfAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory
from factory.helpers import post_generation

from record.choices import Action
from record.models import Change, Ledger, Merge, Revision, Snapshot
from sources.choices import (
    ActorKind,
    EvidenceKind,
    IdentifierScheme,
    NoticeKind,
    ReportPart,
    SourceKind,
    TimePrecision,
    Verification,
)
from sources.models import Actor, ActorIdentifier, ActorName, Evidence, Report, ReportNotice, Source
from strikes.choices import (
    Attribution,
    CapacityBasis,
    ClaimRelationKind,
    Comparator,
    Dispute,
    EvidenceRole,
    FacilityKind,
    Grade,
    LocationPrecision,
    Method,
    Metric,
    PartyRole,
    RegionLevel,
    Stance,
    StrikeKind,
    Topic,
    UnitKind,
    UnitOfMeasure,
    WeaponOutcome,
)
from strikes.models import (
    Assessment,
    Capacity,
    Claim,
    ClaimEvidence,
    ClaimOrigin,
    ClaimRelation,
    ClaimStep,
    CountedWeapon,
    DamageEstimate,
    Facility,
    FacilityIdentifier,
    FacilityName,
    Party,
    Proposition,
    PropositionState,
    Region,
    Strike,
    StrikeMethod,
    Unit,
    UnitIdentifier,
    UnitName,
    WeaponCount,
)

Row = TypeVar("Row", bound=models.Model)

NIGHT = datetime(2024, 3, 11, 23, 0, tzinfo=UTC)  # 02:00 of the twelfth at Kstovo
MORNING = datetime(2024, 3, 12, 6, 0, tzinfo=UTC)

PEOPLE = ["Olena Bondar", "Timur Akhmetov", "Marta Lind", "Jonas Weber", "Aigul Sadykova", "Pavlo Hrytsenko"]
# Codes that ISO 3166 leaves to users, so that none is ever mistaken for a country a test names itself.
COUNTRIES = [*(f"X{a}" for a in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), *(f"Q{a}" for a in "MNOPQRSTUVWXYZ"), "ZZ"]


class Factory(DjangoModelFactory[Row]):
    class Meta:
        abstract = True

    if TYPE_CHECKING:  # Calling a factory gives a row. Its metaclass sees to that, which mypy cannot.

        def __new__(cls, **values: Any) -> Row: ...  # type: ignore[misc]


# --- The ledger: publishing writes it; made here only for tests of its own rules -------------------------


class LedgerFactory(Factory[Ledger]):
    class Meta:
        model = Ledger
        django_get_or_create = ("id",)

    id = 1


class RevisionFactory(Factory[Revision]):
    class Meta:
        model = Revision

    n = Sequence(lambda n: n + 1)
    at = LazyAttribute(lambda revision: MORNING + timedelta(minutes=revision.n))


class ChangeFactory(Factory[Change]):
    class Meta:
        model = Change

    revision = SubFactory(RevisionFactory)
    action = Action.PUBLISH
    collection = "facilities"
    object_id = "norsi"


class SnapshotFactory(Factory[Snapshot]):
    class Meta:
        model = Snapshot

    collection = "actors"
    lineage = object_id = Sequence("actor-{}".format)
    from_rev = SubFactory(RevisionFactory)
    schema = 1
    body = "{}"
    salt = b"\0" * 32
    leaf = "0" * 64


class MergeFactory(Factory[Merge]):
    class Meta:
        model = Merge

    collection = "facilities"
    loser = Sequence(lambda n: f"refinery-{n}-2")
    survivor = Sequence(lambda n: f"refinery-{n}")
    from_rev = SubFactory(RevisionFactory)


# --- Who says it, and where we read it -------------------------------------------------------------------


class ActorFactory(Factory[Actor]):
    class Meta:
        model = Actor

    public_id = Sequence(lambda n: f"actor-{n}")
    name = Sequence(lambda n: PEOPLE[n % len(PEOPLE)])
    kind = ActorKind.PERSON


class ActorNameFactory(Factory[ActorName]):
    class Meta:
        model = ActorName

    actor = SubFactory(ActorFactory)
    name = "Олена Бондар"


class ActorIdentifierFactory(Factory[ActorIdentifier]):
    class Meta:
        model = ActorIdentifier

    actor = SubFactory(ActorFactory)
    scheme = IdentifierScheme.WIKIDATA
    value = "Q700"


class SourceFactory(Factory[Source]):
    class Meta:
        model = Source

    public_id = Sequence(lambda n: f"source-{n}")
    name = Sequence(lambda n: f"Evening Post {n}")
    kind = SourceKind.NEWSPAPER
    voice = SubFactory(ActorFactory, kind=ActorKind.MEDIA, name=SelfAttribute("..name"))


class ReportFactory(Factory[Report]):
    class Meta:
        model = Report

    source = SubFactory(SourceFactory)
    title = "Drones reach a refinery on the Volga"
    language = "en"
    issued_earliest = MORNING
    issued_latest = SelfAttribute("issued_earliest")
    issued_precision = TimePrecision.MINUTE
    issued_local_date = LazyAttribute(lambda report: report.issued_earliest.date())


class ReportNoticeFactory(Factory[ReportNotice]):
    class Meta:
        model = ReportNotice

    report = SubFactory(ReportFactory)
    kind = NoticeKind.CORRECTION
    dated = LazyAttribute(lambda notice: notice.report.issued_latest + timedelta(hours=1))


class EvidenceFactory(Factory[Evidence]):
    class Meta:
        model = Evidence

    kind = EvidenceKind.PHOTO
    report = SubFactory(ReportFactory)
    shows = "smoke over two columns"
    verification = Verification.UNVERIFIED


# --- Where -----------------------------------------------------------------------------------------------


class RegionFactory(Factory[Region]):
    """A country."""

    class Meta:
        model = Region

    public_id = Sequence(lambda n: COUNTRIES[n % len(COUNTRIES)])
    name = LazyAttribute(lambda region: f"Country {region.public_id}")
    level = RegionLevel.COUNTRY


class SubdivisionFactory(Factory[Region]):
    """A part of a country."""

    class Meta:
        model = Region

    parent = SubFactory(RegionFactory)
    public_id = LazyAttributeSequence(lambda region, n: f"{region.parent.public_id}-{n % 1000}")
    name = LazyAttribute(lambda region: f"Oblast {region.public_id}")
    level = RegionLevel.SUBDIVISION


class WithRegions(Factory[Row]):
    """`regions=[...]` puts the row there."""

    class Meta:
        abstract = True
        skip_postgeneration_save = True

    @post_generation
    def regions(row: Any, create: bool, regions: list[Region] | None, **_: Any) -> None:
        if create and regions:
            row.regions.set(regions)


class FacilityFactory(WithRegions[Facility]):
    class Meta:
        model = Facility

    public_id = Sequence(lambda n: f"refinery-{n}")
    name = Sequence(lambda n: f"Refinery {n}")
    kind = FacilityKind.REFINERY
    location_precision = LocationPrecision.TOWN

    @post_generation
    def jurisdictions(row: Any, create: bool, jurisdictions: list[Region] | None, **_: Any) -> None:
        if create and jurisdictions:
            row.jurisdictions.set(jurisdictions)


class FacilityNameFactory(Factory[FacilityName]):
    class Meta:
        model = FacilityName

    facility = SubFactory(FacilityFactory)
    name = "Нефтезавод"


class FacilityIdentifierFactory(Factory[FacilityIdentifier]):
    class Meta:
        model = FacilityIdentifier

    facility = SubFactory(FacilityFactory)
    scheme = IdentifierScheme.WIKIDATA
    value = "Q700"


class PartyFactory(Factory[Party]):
    class Meta:
        model = Party

    facility = SubFactory(FacilityFactory)
    actor = SubFactory(ActorFactory, kind=ActorKind.COMPANY, name="Volga Oil")
    role = PartyRole.OPERATOR


class UnitFactory(Factory[Unit]):
    class Meta:
        model = Unit

    public_id = Sequence(lambda n: f"unit-{n}")
    facility = SubFactory(FacilityFactory)
    designation = Sequence(lambda n: f"AVT-{n}")
    kind = UnitKind.CRUDE_DISTILLATION_VACUUM


class UnitNameFactory(Factory[UnitName]):
    class Meta:
        model = UnitName

    unit = SubFactory(UnitFactory)
    name = "CDU-6"


class UnitIdentifierFactory(Factory[UnitIdentifier]):
    class Meta:
        model = UnitIdentifier

    unit = SubFactory(UnitFactory)
    scheme = IdentifierScheme.WIKIDATA
    value = "Q700"


class CapacityFactory(Factory[Capacity]):
    class Meta:
        model = Capacity

    facility = SubFactory(FacilityFactory)
    report = SubFactory(ReportFactory)
    comparator = Comparator.VAGUE
    unit_of_measure = UnitOfMeasure.MT_PER_YEAR
    basis = CapacityBasis.UNSPECIFIED


# --- What is at issue ------------------------------------------------------------------------------------


class StrikeFactory(WithRegions[Strike]):
    """A strike by drones; `methods=[...]` for another."""

    class Meta:
        model = Strike

    public_id = Sequence(lambda n: f"2024-03-12-strike-{n}")
    kind = StrikeKind.STRIKE
    title = Sequence(lambda n: f"Drones at refinery {n}")
    facility: Any = SubFactory(FacilityFactory)
    location_precision = LocationPrecision.SITE
    earliest = NIGHT
    latest = SelfAttribute("earliest")
    precision = TimePrecision.MINUTE
    local_date = date(2024, 3, 12)

    @post_generation
    def methods(strike: Any, create: bool, methods: list[Method] | None, **_: Any) -> None:
        if create:
            for method in [Method.DRONE] if methods is None else methods:
                StrikeMethodFactory(strike=strike, method=method)


class WaveFactory(StrikeFactory):
    """A wave: strikes belong to it by `StrikeFactory(wave=...)`."""

    public_id = Sequence(lambda n: f"2024-03-12-wave-{n}")
    kind = StrikeKind.WAVE
    title = Sequence(lambda n: f"Night {n} of drones")
    facility = None
    target_described_as = "energy sites in several regions"
    location_precision = LocationPrecision.COUNTRY


class StrikeMethodFactory(Factory[StrikeMethod]):
    class Meta:
        model = StrikeMethod

    strike = SubFactory(StrikeFactory, methods=[])
    method = Method.DRONE


class PropositionFactory(Factory[Proposition]):
    class Meta:
        model = Proposition

    strike = SubFactory(StrikeFactory)
    topic = Topic.DAMAGE
    text = "The main distillation unit was damaged."


class PropositionStateFactory(Factory[PropositionState]):
    class Meta:
        model = PropositionState

    proposition = SubFactory(PropositionFactory)
    from_rev = SubFactory(RevisionFactory)
    state = Dispute.UNREPORTED
    origins_for = 0
    origins_against = 0
    origins_forecasting = 0
    documents = 0
    basis = LazyAttribute(lambda _: {"would_change": []})


class AssessmentFactory(Factory[Assessment]):
    class Meta:
        model = Assessment

    proposition = SubFactory(PropositionFactory)
    grade = Grade.UNASSESSED
    reason = "Nobody has looked at it yet."
    assessed_on = date(2024, 3, 13)


# --- What was said ---------------------------------------------------------------------------------------


class ClaimFactory(Factory[Claim]):
    class Meta:
        model = Claim

    report = SubFactory(ReportFactory)
    actor = SubFactory(ActorFactory)
    proposition = SubFactory(PropositionFactory)
    stance = Stance.ASSERTS
    attribution = Attribution.ON_RECORD
    position = 0
    part = ReportPart.BODY
    statement = "The unit took a direct hit."


class ClaimStepFactory(Factory[ClaimStep]):
    class Meta:
        model = ClaimStep

    claim = SubFactory(ClaimFactory)
    step = 1
    # The speaker; `source=` alone makes it a step of a source.
    actor = LazyAttribute(lambda step: None if getattr(step, "source", None) else step.claim.actor)


class ClaimRelationFactory(Factory[ClaimRelation]):
    class Meta:
        model = ClaimRelation

    claim = SubFactory(ClaimFactory)
    kind = ClaimRelationKind.UPDATES
    other = SubFactory(ClaimFactory)


class ClaimEvidenceFactory(Factory[ClaimEvidence]):
    class Meta:
        model = ClaimEvidence

    claim = SubFactory(ClaimFactory)
    evidence = SubFactory(EvidenceFactory, report=SelfAttribute("..claim.report"))
    role = EvidenceRole.SUPPORTS


class ClaimOriginFactory(Factory[ClaimOrigin]):
    class Meta:
        model = ClaimOrigin

    claim = SubFactory(ClaimFactory)
    key = voice = own_key = own_voice = SelfAttribute("claim.actor.public_id")
    is_named = is_own_words = False
    from_rev = SubFactory(RevisionFactory)


class DamageEstimateFactory(Factory[DamageEstimate]):
    class Meta:
        model = DamageEstimate

    claim = SubFactory(ClaimFactory)
    metric = Metric.CAPACITY_OFFLINE
    comparator = Comparator.VAGUE
    unit_of_measure = UnitOfMeasure.KBBL_PER_DAY


class WeaponCountFactory(WithRegions[WeaponCount]):
    """A count of drones; `weapons=[...]` for others."""

    class Meta:
        model = WeaponCount

    claim = SubFactory(ClaimFactory)
    outcome = WeaponOutcome.INTERCEPTED
    comparator = Comparator.VAGUE

    @post_generation
    def weapons(count: Any, create: bool, weapons: list[Method] | None, **_: Any) -> None:
        if create:
            for weapon in [Method.DRONE] if weapons is None else weapons:
                CountedWeaponFactory(count=count, weapon=weapon)


class CountedWeaponFactory(Factory[CountedWeapon]):
    class Meta:
        model = CountedWeapon

    count = SubFactory(WeaponCountFactory, weapons=[])
    weapon = Method.DRONE


def factories_by_model() -> dict[type[models.Model], Any]:
    """The factory of each model, the plain one where there are several: for sweeps over the models."""
    by_model: dict[type[models.Model], Any] = {}
    for value in globals().values():
        if isinstance(value, type) and issubclass(value, Factory) and not value._meta.abstract:
            by_model.setdefault(value._meta.model, value)
    return by_model
