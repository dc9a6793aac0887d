"""The doors: what each function that changes the record promises, and what it leaves when it refuses."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone

from record import doors
from record.audit import discrepancies
from record.choices import Action, WithdrawalReason
from record.doors import (
    BOOKKEEPING,
    Blocked,
    Blocker,
    amend,
    blockers,
    correct,
    merge,
    publish,
    resting_on,
    revise,
    unmerge,
)
from record.models import (
    EXEMPT,
    ClockBehind,
    Ledger,
    Merge,
    OnRecord,
    Recorded,
    Revision,
    collections,
)
from sources.models import Actor, Evidence, ReportNotice, Source
from strikes.choices import ClaimRelationKind, EvidenceRole, Metric
from strikes.models import (
    Capacity,
    Claim,
    ClaimEvidence,
    ClaimOrigin,
    ClaimRelation,
    ClaimStep,
    DamageEstimate,
    Facility,
    Party,
    Proposition,
    PropositionState,
    Region,
    Strike,
    WeaponCount,
)
from tests.factories import (
    MORNING,
    NIGHT,
    ActorFactory,
    AssessmentFactory,
    CapacityFactory,
    ClaimEvidenceFactory,
    ClaimFactory,
    ClaimRelationFactory,
    ClaimStepFactory,
    DamageEstimateFactory,
    EvidenceFactory,
    FacilityFactory,
    PartyFactory,
    PropositionFactory,
    RegionFactory,
    ReportFactory,
    ReportNoticeFactory,
    SourceFactory,
    StrikeFactory,
    SubdivisionFactory,
    UnitFactory,
    WaveFactory,
    WeaponCountFactory,
    factories,
)
from tests.recording import fresh, on_record

pytestmark = pytest.mark.django_db
audited = pytest.mark.usefixtures("the_record_holds")

FACTORIES = factories()
TABLES = [
    model._meta.db_table
    for app in ("record", "sources", "strikes")
    for model in apps.get_app_config(app).get_models(include_auto_created=True)
]
COLLECTIONS = list(collections().values())
TAKEDOWNS = [reason for reason in WithdrawalReason if reason.is_takedown]
TYPO, OUT = WithdrawalReason.TYPO, WithdrawalReason.OUT_OF_SCOPE


@pytest.fixture
def the_record_holds(db):
    """Whatever the test does through the doors, `check_record` finds nothing."""
    yield
    assert list(discrepancies()) == []


def everything() -> dict[str, list[Any]]:
    """Every row of every table of the record, as it is."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            found[table] = cursor.fetchall()
    return found


def refused(door: Callable[..., object], *rows: Any, **options: Any) -> list[Blocker]:
    """What is in the way, as the door says; it leaves no revision behind and no half-written row."""
    before = everything()
    with pytest.raises(Blocked) as shut:
        door(*rows, **options)
    assert everything() == before
    return shut.value.blockers


def withdraw(*rows: OnRecord, reason: WithdrawalReason = OUT, **options: Any) -> Revision:
    return doors.withdraw(*rows, reason=reason, **options)


def line(action: Action, row: OnRecord, **details: Any) -> dict[str, Any]:
    """One complete line of the ledger."""
    nothing = dict.fromkeys(["reason", "note", "replaced_by", "values"])
    return nothing | {"action": action, "collection": row.collection, "object_id": row.public_id} | details


def lines(revision: Revision) -> list[dict[str, Any]]:
    return list(revision.changes.values(*line(Action.PUBLISH, Actor())))


def logged(revision: Revision) -> dict[str, Any]:
    """What an amendment's one line keeps."""
    (change,) = lines(revision)
    assert change["action"] == Action.AMEND
    return dict(change["values"])


def bearer(row: Any) -> Any:
    """The row of a collection that answers for this one: itself, or the row it is a part of."""
    return row if isinstance(row, OnRecord) else getattr(row, row.owner)


def ids(rows: Iterable[OnRecord]) -> set[str]:
    return {row.public_id for row in rows}


def two_claims() -> tuple[Claim, Claim]:
    """Two public claims of one speaker on one point, in one report."""
    claim = ClaimFactory()
    other = ClaimFactory(report=claim.report, actor=claim.actor, proposition=claim.proposition)
    return on_record(claim, other), fresh(other)


def claim_with_numbers() -> Claim:
    """A public claim with all that one can carry: a chain, evidence, a total with its part, a count out of
    another, weapons and regions."""
    claim = ClaimFactory()
    ClaimStepFactory(claim=claim)
    ClaimEvidenceFactory(claim=claim)
    total = DamageEstimateFactory(claim=claim, scope="the whole refinery")
    DamageEstimateFactory(claim=claim, scope="one unit of it", part_of=total)
    launched = WeaponCountFactory(
        claim=claim, outcome="launched", weapons=["drone", "rocket"],
        regions=[RegionFactory(), RegionFactory()], regions_complete=False,
    )  # fmt: skip
    WeaponCountFactory(claim=claim, outcome="intercepted", out_of=launched, part_of=launched)
    return on_record(claim)


# --- publish ---------------------------------------------------------------------------------------------


def test_publishing_makes_drafts_public_together_in_one_revision():
    first, second = ActorFactory(), ActorFactory()
    revision = publish(first, second)
    assert revision.n == Ledger.head().n == 1
    assert {fresh(first).published_rev, fresh(second).published_rev} == {revision}
    assert lines(revision) == [line(Action.PUBLISH, first), line(Action.PUBLISH, second)]


def test_rows_that_name_each_other_are_published_together_in_any_order():
    strike = StrikeFactory()
    revision = publish(strike, strike.facility)
    assert ids(Strike.objects.published()) | ids(Facility.objects.published()) == {
        change.object_id for change in revision.changes.all()
    }


@pytest.mark.parametrize("model", COLLECTIONS)
def test_publishing_lists_every_draft_a_row_names_at_once(model):
    row = FACTORIES[model]()
    named = {target for _, target in row.pointers()}
    if named:
        assert {blocker.target for blocker in refused(publish, row)} == named
    else:
        assert publish(row).n == 1


def test_publishing_lists_broken_rules_of_every_row_beside_the_drafts():
    question = PropositionFactory(open=True)
    strike = StrikeFactory(methods=[], facility=on_record(FacilityFactory()))
    claim = ClaimFactory(proposition=question)
    found = refused(publish, claim, strike)
    assert {blocker.target for blocker in found} == {claim.report, claim.actor, question, None}
    assert [b.rule.split(":")[0] for b in found if b.target is None] == ["proposition", "methods"]
    assert {blocker.row for blocker in found} == {claim, strike}


@audited
def test_numbers_go_public_with_their_claim_and_have_their_own_line():
    claim = claim_with_numbers()
    assert claim.published_rev is not None
    numbers = [*claim.damage_estimates.all(), *claim.weapon_counts.all()]
    assert {number.published_rev for number in numbers} == {claim.published_rev}
    published = list(
        claim.published_rev.changes.filter(action=Action.PUBLISH).values_list("object_id", flat=True)
    )
    assert ids(numbers) < set(published)
    assert len(published) == len(set(published))


def test_numbers_named_beside_their_claim_are_published_once():
    number = DamageEstimateFactory(claim__report__source__voice__name="The Evening Post")
    revision = on_record(number.claim, number).published_rev
    assert revision is not None
    assert revision.changes.filter(object_id=number.public_id).count() == 1


def test_what_a_number_names_blocks_its_claim():
    claim, region = on_record(ClaimFactory()), RegionFactory()
    another = ClaimFactory(report=claim.report, actor=claim.actor, proposition=claim.proposition)
    count = WeaponCountFactory(claim=another, regions=[region], regions_complete=True)
    (found,) = refused(publish, another)
    assert (found.row, found.target) == (count, region)


@audited
def test_parts_go_public_with_their_row():
    party, notice = PartyFactory(), ReportNoticeFactory()
    link = ClaimEvidenceFactory()
    relation = ClaimRelationFactory(claim=link.claim, other=on_record(ClaimFactory()))
    for part, row in [
        (party, on_record(party.facility)),
        (notice, on_record(notice.report)),
        (link, on_record(link.claim)),
        (relation, fresh(link.claim)),
    ]:
        part.refresh_from_db()
        assert part.published_rev == row.published_rev


def test_a_draft_that_a_part_names_blocks_the_row():
    party = PartyFactory()
    (found,) = refused(publish, party.facility)
    assert (found.row, found.target) == (party.facility, party.actor)
    assert found.rule == f"parties.actor: {party.actor.public_id} is draft, not public."


def test_what_is_public_or_withdrawn_is_no_draft():
    public, gone, draft = on_record(ActorFactory()), on_record(ActorFactory()), ActorFactory()
    withdraw(gone)
    found = refused(publish, public, draft, gone)
    assert [(b.row, b.rule) for b in found] == [
        (public, "It is not a draft but published."),
        (gone, "It is not a draft but withdrawn."),
    ]


def test_a_withdrawn_row_holds_up_whoever_names_it():
    source = on_record(SourceFactory())
    withdraw(source)
    (found,) = refused(publish, ReportFactory(source=source))
    assert found.rule == f"source: {source.public_id} is withdrawn, not public."


def test_a_row_that_was_merged_away_may_still_be_named():
    facility, survivor = on_record(FacilityFactory()), on_record(FacilityFactory())
    merge(facility, survivor)
    assert on_record(StrikeFactory(facility=facility)).is_public


def test_what_is_published_is_what_the_database_holds():
    row = FacilityFactory(name="Old")
    stale = fresh(row)
    Facility.objects.update(name="New")
    publish(stale)
    assert fresh(row).name == "New"


def test_a_claim_is_ordered_by_when_it_was_said_or_else_issued():
    said, unsaid = ClaimFactory(said_latest=NIGHT, said_precision="hour"), ClaimFactory()
    assert on_record(said).sort_at == NIGHT
    assert on_record(unsaid).sort_at == unsaid.report.issued_latest == MORNING


def test_publishing_keeps_origins_and_states():
    claim = on_record(ClaimFactory())
    assert ClaimOrigin.objects.current().get().key == claim.actor.public_id
    assert PropositionState.objects.current().get().state == "single_origin"


def test_a_row_named_twice_is_published_once():
    actor = ActorFactory()
    assert publish(actor, actor).changes.count() == 1


@pytest.mark.parametrize(
    "door",
    [
        publish,
        lambda: withdraw(),
        lambda: correct(reason=TYPO),
        lambda: doors.load([(NIGHT, [ActorFactory()]), (NIGHT, [])]),
    ],
    ids=["publish", "withdraw", "correct", "load"],
)
def test_there_is_no_revision_that_changes_nothing(door):
    with suppress(Blocked, ValueError):
        door()
    assert not Revision.objects.filter(changes=None).exists()


def test_no_number_is_added_to_a_public_claim():
    number = DamageEstimateFactory(claim=on_record(ClaimFactory()))
    refused(publish, number)


def test_the_preview_of_publishing_says_what_publishing_says_and_writes_nothing():
    claim = ClaimFactory()
    DamageEstimateFactory(claim=claim)
    before = everything()
    preview = blockers(claim)
    assert everything() == before
    assert [str(one) for one in preview] == [str(one) for one in refused(publish, claim)]
    assert blockers(*{target for _, target in claim.pointers()}) != []
    assert blockers(ActorFactory()) == []


def test_the_preview_lets_a_claim_repeat_an_earlier_one():
    earlier = on_record(ClaimFactory())
    draft = ClaimFactory(report=earlier.report, actor=earlier.actor, proposition=earlier.proposition)
    ClaimRelationFactory(claim=draft, kind=ClaimRelationKind.REPEATS, other=earlier)
    preview = blockers(draft)
    publish(draft)
    assert preview == []


def test_the_preview_says_that_a_row_is_no_draft():
    assert blockers(on_record(ActorFactory())) != []


# --- Closure: every pointer there is ---------------------------------------------------------------------


def an_answer() -> Proposition:
    question = PropositionFactory(open=True)
    return PropositionFactory(strike=question.strike, answers=question)


def a_unit_capacity() -> Capacity:
    unit = UnitFactory()
    return CapacityFactory(unit=unit, facility=unit.facility)


def of_one_claim(factory: Any, pointer: str) -> Any:
    total = factory()
    return factory(claim=total.claim, **{pointer: total})


# How a pointer is set, where the factory of its model needs more than the row it names.
SPECIAL: dict[tuple[type[models.Model], str], Callable[[], Any]] = {
    (Actor, "first_publisher"): lambda: ActorFactory(kind="anonymous", first_publisher=SourceFactory()),
    (Source, "voice"): SourceFactory,
    (Region, "parent"): SubdivisionFactory,
    (Strike, "wave"): lambda: StrikeFactory(wave=WaveFactory()),
    (Proposition, "answers"): an_answer,
    (Capacity, "unit"): a_unit_capacity,
    (DamageEstimate, "part_of"): lambda: of_one_claim(DamageEstimateFactory, "part_of"),
    (WeaponCount, "part_of"): lambda: of_one_claim(WeaponCountFactory, "part_of"),
    (WeaponCount, "out_of"): lambda: of_one_claim(WeaponCountFactory, "out_of"),
    (WeaponCount, "regions"): lambda: WeaponCountFactory(regions=[RegionFactory()], regions_complete=True),
    (ClaimStep, "source"): lambda: ClaimStepFactory(source=SourceFactory()),
}


def pointers() -> list[tuple[type[models.Model], Any]]:
    """Every pointer from a row or a part of one to another row of the record."""
    return [
        (model, field)
        for model in apps.get_models()
        if issubclass(model, OnRecord) or getattr(model, "owner", None)
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if isinstance(field.related_model, type) and issubclass(field.related_model, OnRecord)
        if field.name not in EXEMPT and not getattr(model, "follows_lineage", False)
        if field.name != getattr(model, "owner", None)
    ]


def pointing(model: type[models.Model], field: Any) -> tuple[Any, Any]:
    """A draft that names a row by this pointer, itself or in a part of it, and the row so named."""
    target = FACTORIES[field.related_model]
    if (model, field.name) in SPECIAL:
        row = SPECIAL[model, field.name]()
    else:
        row = FACTORIES[model](**{field.name: [target()] if field.many_to_many else target()})
    named = getattr(row, field.name)
    return bearer(row), named.get() if field.many_to_many else named


@pytest.mark.parametrize(
    ("model", "field"),
    [
        pytest.param(
            *case,
            id=str(case[1]).lower(),
        )
        for case in pointers()
    ],
)
def test_no_pointer_leads_from_what_is_public_to_what_is_not(model, field):
    answering, named = pointing(model, field)
    blocked = [blocker for blocker in refused(publish, answering) if blocker.target == named]
    assert field.name in {blocker.rule.split(":")[0].split(".")[-1] for blocker in blocked}
    on_record(answering)
    assert answering in {blocker.row for blocker in refused(withdraw, fresh(named))}
    assert answering in resting_on([fresh(named)])


# --- withdraw --------------------------------------------------------------------------------------------


def test_withdrawing_takes_a_row_off_the_record_with_its_reason():
    report = on_record(ReportFactory())
    revision = withdraw(report, reason=WithdrawalReason.DUPLICATE, note="Filed twice.")
    row = fresh(report)
    assert (row.status, row.withdrawn_rev, row.withdrawal_reason) == ("withdrawn", revision, "duplicate")
    assert row.withdrawal_note == "Filed twice."
    assert lines(revision) == [line(Action.WITHDRAW, report, reason="duplicate", note="Filed twice.")]


def test_several_rows_are_withdrawn_together():
    claim = on_record(ClaimFactory())
    revision = withdraw(claim.report, claim)
    assert {change.object_id for change in revision.changes.all()} == {
        claim.public_id,
        claim.report.public_id,
    }


def test_an_empty_note_is_no_note():
    first, second, third = (on_record(ReportFactory()) for _ in range(3))
    assert lines(withdraw(first, note=""))[0]["note"] is None
    assert fresh(first).withdrawal_note is None
    assert lines(amend(second, {"title": "Another"}, note=""))[0]["note"] is None
    assert {one["note"] for one in lines(correct(revise(third), reason=TYPO, note=""))} == {None}
    assert fresh(third).withdrawal_note is None


def test_a_reason_is_one_of_the_words():
    with pytest.raises(ValueError, match="boredom"):
        doors.withdraw(on_record(ReportFactory()), reason="boredom")


def test_withdrawing_is_final():
    claim = on_record(ClaimFactory())
    draft = revise(claim)
    link = ClaimEvidence(evidence=on_record(EvidenceFactory()), role=EvidenceRole.SUPPORTS)
    withdraw(claim)
    for door in [
        lambda: publish(claim),
        lambda: withdraw(claim),
        lambda: amend(claim, {"position": 7}),
        lambda: amend(claim, add=[link]),
        lambda: correct(draft, reason=TYPO),
    ]:
        assert [blocker.row for blocker in refused(door)] == [claim]


def test_a_draft_is_not_withdrawn():
    (found,) = refused(withdraw, ActorFactory())
    assert found.rule == "It is not public."


def test_drafts_do_not_hold_what_they_name():
    report = on_record(ReportFactory())
    ClaimFactory(report=report)
    EvidenceFactory(report=report)
    withdraw(report)
    assert fresh(report).status == "withdrawn"


def test_withdrawing_is_refused_while_public_rows_rest_on_it_and_names_them_all():
    claim = claim_with_numbers()
    evidence = Evidence.objects.get()
    capacity = on_record(CapacityFactory(report=claim.report))
    on_record(AssessmentFactory(proposition=claim.proposition))
    found = refused(withdraw, claim.report)
    stated = {blocker.row for blocker in found}
    assert {claim, capacity} <= stated
    assert {blocker.rule for blocker in found} == {"It is public and rests on what would be withdrawn."}
    assert refused(withdraw, evidence)[0].row == claim


@audited
def test_along_takes_exactly_what_the_preview_showed():
    claim = claim_with_numbers()
    on_record(AssessmentFactory(proposition=claim.proposition))
    on_record(PropositionFactory(strike=claim.proposition.strike, caused_by=claim.proposition))
    on_record(ClaimFactory())  # which has nothing to do with it
    facility = claim.proposition.strike.facility
    before = everything()
    preview = resting_on([facility])
    assert everything() == before
    assert {row.collection for row in preview} == {
        "strikes", "propositions", "claims", "assessments", "damage-estimates", "weapon-counts",
    }  # fmt: skip
    revision = withdraw(facility, along=True, note="Not infrastructure.")
    taken = [change.object_id for change in revision.changes.all()]
    assert sorted(taken) == sorted(ids(preview) | {facility.public_id})
    assert all(
        one["reason"] == OUT and one["note"] == "Not infrastructure." and one["replaced_by"] is None
        for one in lines(revision)
    )
    assert {fresh(row).withdrawn_rev for row in [facility, *preview]} == {revision}


def test_what_rests_on_a_row_in_two_ways_is_found_once():
    claim = on_record(ClaimFactory())
    evidence = on_record(EvidenceFactory(report=claim.report))
    amend(claim, add=[ClaimEvidence(evidence=evidence, role=EvidenceRole.SUPPORTS)])
    assert sorted(ids(resting_on([claim.report]))) == sorted([claim.public_id, evidence.public_id])
    assert resting_on([claim.report, claim, evidence]) == []


def test_numbers_leave_with_their_claim_without_being_asked():
    claim = claim_with_numbers()
    numbers = [*claim.damage_estimates.all(), *claim.weapon_counts.all()]
    revision = withdraw(claim)
    assert {change.object_id for change in revision.changes.all()} == ids([claim, *numbers])
    assert {fresh(number).withdrawn_rev for number in numbers} == {revision}


@audited
def test_parts_leave_with_their_row_and_ended_ones_left_before():
    ended = PartyFactory()
    facility = on_record(ended.facility)
    now = PartyFactory.build(actor=ended.actor)
    change = amend(facility, add=[now], end=[ended])
    revision = withdraw(facility)
    assert {party.pk: party.withdrawn_rev for party in Party.objects.all()} == {
        ended.pk: change, now.pk: revision
    }  # fmt: skip


@audited
def test_what_an_ended_part_names_is_free_to_go():
    party = PartyFactory()
    facility = on_record(party.facility)
    refused(withdraw, party.actor)
    amend(facility, end=[party])
    withdraw(party.actor)
    assert fresh(facility).is_public


@audited
def test_a_claim_and_its_relations_are_free_to_go():
    claim, other = two_claims()
    amend(claim, add=[ClaimRelation(kind=ClaimRelationKind.DISPUTES, other=other)])
    withdraw(other)
    withdraw(claim)
    assert ClaimRelation.objects.get().is_public


@pytest.mark.parametrize("reason", TAKEDOWNS)
def test_withdrawing_and_correcting_are_no_takedowns(reason):
    report = on_record(ReportFactory())
    draft = revise(report)
    assert [b.row for b in refused(withdraw, report, reason=reason)] == [report]
    assert [b.row for b in refused(correct, draft, reason=reason)] == [draft]


@audited
def test_a_withdrawn_row_names_the_one_that_stands_in_its_place():
    duplicate, original = on_record(ReportFactory()), on_record(ReportFactory())
    revision = withdraw(duplicate, reason=WithdrawalReason.DUPLICATE, replaced_by=original)
    assert fresh(duplicate).replaced_by == original
    assert lines(revision) == [
        line(Action.WITHDRAW, duplicate, reason="duplicate", replaced_by=original.public_id)
    ]


def test_only_another_public_row_of_the_same_collection_replaces_one():
    report, gone = on_record(ReportFactory()), on_record(ReportFactory())
    withdraw(gone)
    second = on_record(ReportFactory())
    for successor in (report, second, ReportFactory(), fresh(gone), report.source):
        (found,) = refused(withdraw, report, second, replaced_by=successor)
        assert found.row == successor


def test_a_successor_that_was_withdrawn_meanwhile_replaces_nothing():
    report, successor = on_record(ReportFactory()), on_record(ReportFactory())
    withdraw(fresh(successor))
    refused(withdraw, report, replaced_by=successor)


def test_a_row_that_goes_along_replaces_nothing():
    report = on_record(ReportFactory())
    copied = on_record(ReportFactory(derived_from=report))
    refused(withdraw, report, replaced_by=copied, along=True)


def test_a_claim_is_replaced_by_another_though_its_numbers_are_not():
    claim = claim_with_numbers()
    other = on_record(ClaimFactory(report=claim.report, actor=claim.actor, proposition=claim.proposition))
    withdraw(claim, reason=WithdrawalReason.DUPLICATE, replaced_by=other)
    assert fresh(claim).replaced_by == other
    assert {number.replaced_by for number in claim.damage_estimates.all()} == {None}


def test_a_row_named_twice_is_withdrawn_once():
    report = on_record(ReportFactory())
    assert withdraw(report, report).changes.count() == 1


@audited
def test_withdrawing_ends_the_origin_and_the_state_at_that_revision():
    claim = on_record(ClaimFactory())
    revision = withdraw(claim)
    assert ClaimOrigin.objects.get().to_rev == revision
    assert [(s.state, s.to_rev) for s in PropositionState.objects.order_by("pk")] == [
        ("single_origin", revision), ("unreported", None),
    ]  # fmt: skip


# --- revise and correct ----------------------------------------------------------------------------------


def corrected(row: Any, **changes: Any) -> Any:
    """The public row that replaces this one."""
    draft = revise(fresh(row), **changes)
    correct(draft, reason=TYPO)
    return fresh(draft)


def values(row: models.Model, *without: str) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.name not in BOOKKEEPING | {"lineage", "lineage_from", "sort_at", *without}
    }


def test_a_revision_of_a_row_is_a_draft_copy_and_changes_nothing_public():
    claim = claim_with_numbers()
    public = {model: set(model.objects.published()) for model in COLLECTIONS}
    n = Ledger.head().n
    draft = revise(claim, statement="The unit took two hits.")
    assert (draft.status, draft.supersedes, draft.lineage_from) == ("draft", claim, claim.public_id)
    assert values(draft) == values(claim) | {"statement": "The unit took two hits."}
    assert {model: set(model.objects.published()) for model in COLLECTIONS} == public
    assert Ledger.head().n == n


def test_a_draft_copy_has_its_own_chain_evidence_weapons_regions_and_numbers():
    claim = claim_with_numbers()
    draft = fresh(revise(claim))
    for related_name in ("chain", "evidence_links"):
        copies, originals = getattr(draft, related_name).all(), getattr(claim, related_name).all()
        assert [values(one, "claim") for one in copies] == [values(one, "claim") for one in originals] != []
        assert not set(copies) & set(originals)
    for related_name in ("damage_estimates", "weapon_counts"):
        numbers = getattr(claim, related_name).all()
        copies = [number.superseded_by for number in numbers]
        assert set(copies) == set(getattr(draft, related_name).all())
        for copy, number in zip(copies, numbers, strict=True):
            assert values(copy, "claim", "part_of", "out_of") == values(number, "claim", "part_of", "out_of")
    for count in claim.weapon_counts.all():
        assert set(count.superseded_by.regions.all()) == set(count.regions.all())
        assert count.superseded_by.weapon_codes == count.weapon_codes
    assert {count.weapons.count() for count in draft.weapon_counts.all()} == {1, 2}


def test_copies_of_numbers_name_each_other_and_not_the_originals():
    claim = claim_with_numbers()
    draft = revise(claim)
    part, count = (
        draft.damage_estimates.get(part_of__isnull=False),
        draft.weapon_counts.get(out_of__isnull=False),
    )
    assert part.part_of in draft.damage_estimates.all()
    assert part.part_of.supersedes == part.supersedes.part_of
    assert count.out_of == count.part_of
    assert count.out_of in draft.weapon_counts.all()
    assert count.out_of.supersedes == count.supersedes.out_of


def test_what_was_ended_or_withdrawn_is_not_copied():
    claim = claim_with_numbers()
    amend(claim, end=claim.evidence_links.all())
    withdraw(claim.weapon_counts.get(out_of__isnull=False))
    draft = revise(claim)
    assert not draft.evidence_links.exists()
    assert [copy.supersedes for copy in draft.weapon_counts.all()] == list(
        claim.weapon_counts.filter(out_of=None)
    )


@audited
def test_correcting_replaces_a_claim_and_re_issues_its_numbers_in_one_revision():
    claim = claim_with_numbers()
    numbers = [*claim.damage_estimates.all(), *claim.weapon_counts.all()]
    draft = revise(claim, stance="denies")
    revision = correct(draft, reason=WithdrawalReason.MISATTRIBUTION, note="A misreading.")
    for old in (claim, *numbers):
        old, new = fresh(old), fresh(old).superseded_by
        assert (old.withdrawn_rev, old.replaced_by, new.published_rev) == (revision, new, revision)
        assert (old.withdrawal_reason, old.withdrawal_note) == ("misattribution", "A misreading.")
        assert line(
            Action.WITHDRAW, old, reason="misattribution", note="A misreading.", replaced_by=new.public_id
        ) in lines(revision)
        assert line(Action.PUBLISH, new) in lines(revision)
    assert len(lines(revision)) == 2 * (1 + len(numbers))
    assert PropositionState.objects.current().get().state == "denied"


@audited
def test_parts_of_a_corrected_claim_leave_with_it_and_their_copies_come():
    claim = claim_with_numbers()
    new = corrected(claim)
    (old_link,), (new_link,) = claim.evidence_links.all(), new.evidence_links.all()
    assert old_link.withdrawn_rev == new_link.published_rev == new.published_rev
    assert old_link.evidence == new_link.evidence


@audited
def test_relations_follow_the_lineage_through_corrections_of_either_side():
    claim, other = two_claims()
    amend(claim, add=[ClaimRelation(kind=ClaimRelationKind.DISPUTES, other=other)])
    before = list(ClaimRelation.objects.values())
    second = corrected(claim)
    corrected(corrected(other))
    assert list(ClaimRelation.objects.values()) == before
    assert second.anchor() == claim
    amend(second, add=[ClaimRelation(kind=ClaimRelationKind.UPDATES, other=other)])
    assert set(claim.relations.values_list("kind", flat=True)) == {"disputes", "updates"}
    amend(second, end=claim.relations.filter(kind=ClaimRelationKind.DISPUTES))
    assert list(ClaimRelation.objects.published()) == [claim.relations.get(kind="updates")]


def test_every_correction_of_a_chain_keeps_the_first_id_as_its_lineage():
    first = on_record(ClaimFactory())
    second = corrected(first)
    third = corrected(second)
    assert fresh(first).lineage == second.lineage == third.lineage == first.public_id
    assert (fresh(first).replaced_by, fresh(second).replaced_by) == (second, third)


@audited
def test_a_number_that_is_not_issued_again_is_withdrawn_without_a_successor():
    claim = claim_with_numbers()
    draft = revise(claim)
    draft.weapon_counts.get(out_of__isnull=False).delete()
    dropped = claim.weapon_counts.get(out_of__isnull=False)
    revision = correct(draft, reason=TYPO)
    assert (fresh(dropped).withdrawn_rev, fresh(dropped).replaced_by) == (revision, None)
    assert line(Action.WITHDRAW, dropped, reason="typo") in lines(revision)


def test_a_number_that_is_new_in_the_correction_is_published_with_it():
    draft = revise(on_record(ClaimFactory()))
    number = DamageEstimateFactory(claim=draft)
    assert line(Action.PUBLISH, number) in lines(correct(draft, reason=TYPO))


@audited
def test_one_number_is_corrected_on_its_own():
    claim = claim_with_numbers()
    part = claim.damage_estimates.get(part_of__isnull=False)
    new = corrected(part, metric=Metric.OUTPUT_HALTED)
    assert (new.claim, new.part_of) == (claim, part.part_of)
    assert fresh(part).replaced_by == new
    assert fresh(claim).is_public


@pytest.mark.parametrize("model", [m for m in COLLECTIONS if m._meta.get_field("public_id").has_default()])
def test_a_row_of_every_collection_with_made_ids_is_corrected(model):
    row = on_record(FACTORIES[model]())
    withdraw(*resting_on([row])) if resting_on([row]) else None
    new = corrected(row)
    assert (fresh(row).status, fresh(row).replaced_by, new.status) == ("withdrawn", new, "published")
    assert values(new) == values(row)


@pytest.mark.parametrize(
    "model", [m for m in COLLECTIONS if not m._meta.get_field("public_id").has_default()]
)
def test_a_row_with_a_chosen_id_is_amended_and_never_corrected(model):
    row = on_record(FACTORIES[model]())
    (found,) = refused(revise, row)
    assert found.rule == "Its id was chosen once: amend it instead."


@audited
def test_a_report_is_corrected_together_with_its_claims():
    claim = on_record(ClaimFactory())
    report = revise(claim.report, title="Drones reach two refineries")
    draft = revise(claim, report=report)
    assert claim in {blocker.row for blocker in refused(correct, report, reason=TYPO)}
    revision = correct(report, draft, reason=TYPO)
    assert fresh(claim).replaced_by == draft
    assert fresh(draft).report == fresh(report)
    assert {change.action for change in revision.changes.all()} == {"publish", "withdraw"}


def test_a_correction_supersedes_something_public():
    claim = on_record(ClaimFactory())
    draft, other = revise(claim), revise(on_record(ClaimFactory()))
    assert refused(publish, draft)[0].rule == "It supersedes a row: correct that one."
    fresh_one = ClaimFactory(report=claim.report, actor=claim.actor, proposition=claim.proposition)
    assert [b.row for b in refused(correct, draft, fresh_one, reason=TYPO)] == [fresh_one]
    withdraw(claim)
    assert [b.row for b in refused(correct, draft, other, reason=TYPO)] == [claim]


def test_a_correction_is_made_once():
    report = on_record(ReportFactory())
    draft = revise(report)
    correct(draft, reason=TYPO)
    assert [b.row for b in refused(correct, draft, reason=TYPO)] == [report]


def test_a_refused_correction_leaves_the_old_row_public():
    claim = claim_with_numbers()
    draft = revise(claim, actor=ActorFactory())
    (found,) = refused(correct, draft, reason=TYPO)
    assert found.rule == f"actor: {draft.actor.public_id} is draft, not public."
    assert fresh(claim).is_public


def test_a_second_draft_of_a_correction_is_refused_in_words():
    report = on_record(ReportFactory())
    revise(report)
    refused(revise, report)


def test_a_second_draft_of_a_number_is_refused_in_words():
    claim = claim_with_numbers()
    revise(claim.damage_estimates.get(part_of=None))
    refused(revise, claim)


@pytest.mark.parametrize("make", [ReportFactory, lambda: withdrawn(on_record(ReportFactory()))])
def test_only_a_public_row_is_revised(make):
    row = make()
    refused(revise, row)


def withdrawn(row: Any) -> Any:
    withdraw(row)
    return fresh(row)


# --- amend -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", COLLECTIONS)
def test_what_is_frozen_is_a_field_and_is_never_amended(model):
    assert model.frozen <= {field.name for field in [*model._meta.fields, *model._meta.many_to_many]}
    row = on_record(FACTORIES[model]())
    before = everything()
    for name in model.frozen | BOOKKEEPING | {"pk", "no_such_field", *model.parts, *model.numbered_parts}:
        with pytest.raises(Blocked) as shut:
            amend(row, {name: None})
        assert str(shut.value.blockers[0].rule).startswith(f"{name}: ")
    assert everything() == before


@pytest.mark.parametrize("column", ["actor_id", "published_rev_id"])
def test_a_frozen_pointer_is_not_amended_by_the_name_of_its_column(column):
    claim = on_record(ClaimFactory())
    publish(ActorFactory())
    new = {"actor_id": claim.report.source.voice_id, "published_rev_id": 2}
    refused(amend, claim, {column: new[column]})


def test_parts_of_a_row_are_not_amended_as_if_they_were_fields():
    assert refused(amend, on_record(StrikeFactory()), {"methods": []})
    assert refused(amend, on_record(RegionFactory()), {"facilities": []})


@audited
def test_an_amendment_keeps_old_and_new_value_of_each_changed_field():
    old_wave, wave = on_record(WaveFactory()), on_record(WaveFactory())
    strike = on_record(StrikeFactory(wave=old_wave))
    revision = amend(
        strike,
        {
            "title": "Drones at Kstovo", "wave": wave, "local_date": date(2024, 3, 13), "note": None,
            "earliest": NIGHT - timedelta(hours=1), "timezone": "Europe/Moscow", "kind": strike.kind,
        },
        note="Found the longer account.",
    )  # fmt: skip
    assert lines(revision) == [
        line(
            Action.AMEND, strike, note="Found the longer account.",
            values={
                "title": [strike.title, "Drones at Kstovo"],
                "wave": [old_wave.public_id, wave.public_id],
                "local_date": ["2024-03-12", "2024-03-13"],
                "earliest": ["2024-03-11T23:00:00Z", "2024-03-11T22:00:00Z"],
                "timezone": [None, "Europe/Moscow"],
            },
        )
    ]  # fmt: skip
    row = fresh(strike)
    assert (row.title, row.wave, row.earliest) == ("Drones at Kstovo", wave, NIGHT - timedelta(hours=1))
    assert row.published_rev == strike.published_rev


def test_exact_numbers_are_logged_exactly():
    facility = on_record(FacilityFactory(latitude=Decimal("56.108"), longitude=Decimal("44.202")))
    assert logged(amend(facility, {"latitude": Decimal("56.109"), "geonames_id": 540103})) == {
        "latitude": ["56.108", "56.109"], "geonames_id": [None, 540103],
    }  # fmt: skip


@audited
def test_many_regions_are_amended_at_once_and_logged_by_id():
    old, new = on_record(RegionFactory()), on_record(RegionFactory())
    facility = FacilityFactory(regions=[old])
    on_record(facility)
    revision = amend(facility, {"regions": [new, old]})
    assert logged(revision) == {"regions": [[old.public_id], sorted([old.public_id, new.public_id])]}
    assert set(facility.regions.all()) == {old, new}
    assert logged(amend(facility, {"regions": Region.objects.none()}))["regions"][1] == []
    assert not facility.regions.exists()


def test_many_regions_may_come_from_an_iterator():
    facility, region = on_record(FacilityFactory()), on_record(RegionFactory())
    amend(facility, {"regions": iter([region])})
    assert list(facility.regions.all()) == [region]


def test_an_amendment_changes_the_row_as_it_is_and_not_as_it_was_read():
    facility = on_record(FacilityFactory())
    stale = fresh(facility)
    amend(facility, {"note": "Stands on the Volga."})
    revision = amend(stale, {"town": "Kstovo"})
    assert logged(revision) == {"town": [None, "Kstovo"]}
    assert fresh(facility).note == "Stands on the Volga."


def test_an_amendment_that_would_change_nothing_is_refused():
    region = on_record(RegionFactory())
    facility = FacilityFactory(regions=[region], note="Stands on the Volga.")
    on_record(facility)
    same = {"note": "Stands on the Volga.", "town": None, "regions": [region], "kind": facility.kind}
    for changes in (None, {}, same):
        (found,) = refused(amend, facility, changes, note="Nothing.")
        assert found.rule == "Nothing would change."


def test_the_same_number_written_otherwise_is_no_change():
    facility = on_record(FacilityFactory(latitude=Decimal("56.1"), longitude=Decimal("44.2")))
    refused(amend, facility, {"latitude": Decimal("56.10")})


def test_a_value_may_be_given_as_text_or_as_another_number():
    facility = on_record(FacilityFactory(latitude=Decimal("56.1"), longitude=Decimal("44.2")))
    assert logged(amend(facility, {"latitude": "56.109", "longitude": 44.25})) == {
        "latitude": ["56.100", "56.109"], "longitude": ["44.200", "44.25"],
    }  # fmt: skip
    refused(amend, facility, {"latitude": "56.1090"})


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"note": ""}, "facility_texts_are_never_blank"),
        ({"latitude": Decimal("56.1")}, "facility_has_both_coordinates_or_none"),
        ({"kind": "castle"}, "castle"),
        ({"name": None}, "name"),
        ({"name": "n" * 201}, "name"),
        ({"jurisdiction": "Norway"}, "jurisdiction"),
    ],
)
def test_an_amendment_that_breaks_a_rule_of_one_row_is_refused_in_words(changes, rule):
    (found,) = refused(amend, on_record(FacilityFactory()), changes)
    assert rule in found.rule


def test_a_time_zone_is_one_that_there_is():
    refused(amend, on_record(StrikeFactory()), {"timezone": "Europe/Nowhere"})


def test_an_amendment_names_only_what_is_public():
    draft, gone = RegionFactory(), withdrawn(on_record(RegionFactory()))
    facility = on_record(FacilityFactory())
    assert {b.target for b in refused(amend, facility, {"regions": [draft, gone]})} == {draft, gone}
    (found,) = refused(amend, on_record(ActorFactory()), {"affiliation": ActorFactory()})
    assert found.rule.startswith("affiliation: ")


def test_an_amendment_that_breaks_a_rule_across_rows_is_refused():
    chief = ActorFactory()
    spokesman = ActorFactory(affiliation=chief)
    (found,) = refused(amend, chief, {"affiliation": on_record(spokesman)})
    assert found.rule == "affiliation: it leads back to the actor itself."


def test_an_amendment_does_not_break_the_rules_of_what_rests_on_the_row():
    source = on_record(SourceFactory())
    wave = WaveFactory()
    on_record(StrikeFactory(wave=wave))
    refused(amend, source.voice, {"kind": "person"})
    refused(amend, wave, {"kind": "raid"})


def test_an_amendment_names_no_row_that_was_withdrawn_meanwhile():
    chief = on_record(ActorFactory())
    withdraw(fresh(chief))
    refused(amend, on_record(ActorFactory()), {"affiliation": chief})


def test_only_what_is_public_is_amended():
    for row in (FacilityFactory(), withdrawn(on_record(FacilityFactory()))):
        (found,) = refused(amend, row, {"note": "Seen."})
        assert found.rule == "It is not public."


def a_party() -> tuple[OnRecord, Recorded]:
    return on_record(FacilityFactory()), PartyFactory.build(facility=None, actor=on_record(ActorFactory()))


def a_notice() -> tuple[OnRecord, Recorded]:
    return on_record(ReportFactory()), ReportNotice(kind="correction", dated=MORNING)


def a_relation() -> tuple[OnRecord, Recorded]:
    claim, other = two_claims()
    return claim, ClaimRelation(kind="disputes", other=other)


def an_evidence_link() -> tuple[OnRecord, Recorded]:
    claim = ClaimFactory()
    evidence = EvidenceFactory(report=claim.report)
    return on_record(claim, evidence), ClaimEvidence(evidence=fresh(evidence), role="supports")


PARTS = [a_party, a_notice, a_relation, an_evidence_link]


def test_every_kind_of_part_is_among_those_tried_here():
    kinds = {type(make()[1]) for make in PARTS}
    assert kinds == {m for m in apps.get_models() if issubclass(m, Recorded) and not issubclass(m, OnRecord)}


@audited
@pytest.mark.parametrize("make", PARTS)
def test_parts_are_added_and_ended_by_amending_their_row(make):
    row, part = make()
    added = amend(row, add=[part], note="Seen.")
    assert logged(added) == {"parts": [[], [str(part)]]}
    unrelated = publish(ActorFactory())
    ended = amend(row, end=[part])
    assert logged(ended) == {"parts": [[str(part)], []]}
    assert seen_at(type(part), part) == {added.n, unrelated.n}
    assert part not in type(part)._default_manager.published()


@pytest.mark.parametrize("make", PARTS)
def test_a_part_is_ended_once_and_only_by_its_own_row(make):
    row, part = make()
    another, draft = make()
    (found,) = refused(amend, row, end=[save(draft, row)])
    assert found.row == draft
    amend(row, add=[part])
    refused(amend, another, end=[part])
    amend(row, end=[part])
    refused(amend, row, end=[part])


def save(part: Any, row: OnRecord) -> Any:
    setattr(part, part.owner, row)
    part.save()
    return part


@pytest.mark.parametrize("make", PARTS)
def test_a_part_is_added_once_and_never_taken_from_another_row(make):
    row, part = make()
    another, _ = make()
    amend(row, add=[part])
    for taker in (another, row):
        refused(amend, taker, add=[part])


def test_a_part_that_was_added_meanwhile_is_not_added_again():
    row, part = an_evidence_link()
    stale = type(part)._default_manager.get(pk=save(part, row).pk)
    amend(row, add=[part])
    refused(amend, row, add=[stale])


def test_a_part_is_replaced_in_one_amendment():
    row, link = an_evidence_link()
    assert isinstance(link, ClaimEvidence)
    amend(row, add=[link])
    amend(row, end=[link], add=[ClaimEvidence(evidence=link.evidence, role="contradicts")])
    assert ClaimEvidence.objects.published().get().role == "contradicts"


def test_a_part_that_names_a_draft_is_not_added():
    draft = EvidenceFactory()
    (found,) = refused(amend, on_record(ClaimFactory()), add=[ClaimEvidence(evidence=draft, role="supports")])
    assert found.target == draft


def test_a_part_that_breaks_a_rule_is_refused_in_words():
    claim, link = an_evidence_link()
    assert isinstance(link, ClaimEvidence)
    amend(claim, add=[link])
    (found,) = refused(amend, claim, add=[ClaimEvidence(evidence=link.evidence, role="contradicts")])
    assert found.rule == "The evidence is attached already. (claimevidence_is_attached_once)"
    (found,) = refused(amend, claim, add=[ClaimRelation(kind="disputes", other=claim)])
    assert found.rule == "A claim does not stand to itself. (claimrelation_is_between_two_claims)"


@audited
def test_a_claim_repeats_only_what_was_public_before_it():
    earlier = on_record(ClaimFactory())
    later = ClaimFactory(report=earlier.report, proposition=earlier.proposition)
    on_record(later)
    refused(amend, earlier, add=[ClaimRelation(kind=ClaimRelationKind.REPEATS, other=later)])
    amend(later, add=[ClaimRelation(kind=ClaimRelationKind.REPEATS, other=earlier)])
    assert ClaimOrigin.objects.current().get(claim=later).key == earlier.actor.public_id


def test_a_step_is_not_added_to_the_frozen_chain_of_a_claim():
    claim = on_record(ClaimFactory())
    refused(amend, claim, add=[ClaimStep(step=1, actor=claim.actor)])


# --- load ------------------------------------------------------------------------------------------------


@audited
def test_the_first_load_writes_past_moments_in_date_order():
    first, second, third = ActorFactory(), ActorFactory(), ActorFactory()
    revision = doors.load([(NIGHT, [first]), (NIGHT, [second]), (MORNING, [third])])
    assert list(Revision.objects.values_list("n", "at")) == [(1, NIGHT), (2, NIGHT), (3, MORNING)]
    assert (revision.n, fresh(third).published_rev) == (3, revision)


def test_a_load_puts_nothing_in_the_future():
    before = timezone.now()
    revision = doors.load([(before + timedelta(days=1), [ActorFactory()])])
    assert before <= revision.at <= timezone.now()


def nothing_is_on_the_record() -> bool:
    return Ledger.head().n == 0 and not Revision.objects.exists() and not Actor.objects.published().exists()


def test_a_load_out_of_date_order_loads_nothing():
    with pytest.raises(ClockBehind, match="dated"):
        doors.load([(MORNING, [ActorFactory()]), (NIGHT, [ActorFactory()])])
    assert nothing_is_on_the_record()


def test_a_load_that_is_blocked_loads_nothing():
    refused(doors.load, [(NIGHT, [ActorFactory()]), (MORNING, [StrikeFactory()])])
    assert nothing_is_on_the_record()


def test_a_load_of_nothing_is_a_mistake():
    with pytest.raises(ValueError, match="nothing to load"):
        doors.load([])


def test_a_load_needs_an_empty_ledger():
    publish(ActorFactory())
    (found,) = refused(doors.load, [(timezone.now() + timedelta(days=1), [ActorFactory()])])
    assert found.rule == "Past moments are for an empty ledger only."


def test_a_load_of_past_moments_says_that_it_needs_an_empty_ledger():
    publish(ActorFactory())
    refused(doors.load, [(NIGHT, [ActorFactory()])])


# --- Doors within a transaction --------------------------------------------------------------------------


@audited
def test_two_doors_in_one_transaction_take_two_revisions_and_a_refused_one_between_takes_none():
    with transaction.atomic():
        first = publish(ActorFactory())
        with pytest.raises(Blocked):
            publish(StrikeFactory())
        second = publish(ActorFactory())
    assert (first.n, second.n) == (1, 2)


def test_an_exception_after_a_door_gives_the_number_back():
    actor = ActorFactory()

    def publish_and_fail() -> None:
        with transaction.atomic():
            publish(actor)
            raise LookupError

    before = everything()
    with pytest.raises(LookupError):
        publish_and_fail()
    assert everything() == before
    assert publish(actor).n == 1


# --- Who may see what ------------------------------------------------------------------------------------


def seen_at(model: Any, row: models.Model) -> set[int]:
    """The revisions at which a row is public, the one before the first and one after the last included."""
    return {n for n in range(Ledger.head().n + 2) if model._default_manager.published(n).filter(pk=row.pk)}


def seen_now(model: Any, row: models.Model) -> set[str]:
    rows = model._default_manager
    return {verb for verb in ("published", "cited", "drafts") if getattr(rows, verb)().filter(pk=row.pk)}


RECORDED = [model for model in apps.get_models() if issubclass(model, Recorded)]


@pytest.mark.parametrize("model", RECORDED)
def test_a_row_is_public_from_the_revision_that_published_it_until_the_one_that_withdrew_it(model):
    row = FACTORIES[model]()
    row_of = bearer(row)
    publish(ActorFactory())
    assert (seen_at(model, row), seen_now(model, row)) == (set(), {"drafts"})
    on_record(row_of, *([row.other] if isinstance(row, ClaimRelation) else []))
    assert seen_now(model, row) == {"published", "cited"}
    publish(ActorFactory())
    if row == row_of:
        withdraw(row, along=True)
    else:
        amend(row_of, end=[row])
    publish(ActorFactory())
    assert (seen_at(model, row), seen_now(model, row)) == ({2, 3}, set())


@pytest.mark.parametrize("model", COLLECTIONS)
def test_a_row_that_was_taken_down_is_public_at_no_revision(model):
    row = on_record(FACTORIES[model]())
    withdraw(row, along=True)
    assert seen_at(model, row) == {1}
    model.objects.filter(pk=row.pk).update(
        withdrawal_reason=WithdrawalReason.SAFETY, taken_down_rev=F("withdrawn_rev")
    )
    assert seen_at(model, row) == set()


# --- Merges ----------------------------------------------------------------------------------------------


def double_of(row: OnRecord) -> dict[str, Any]:
    """What a row must have to be the same thing as another."""
    return {name: getattr(row, name) for name in ("strike", "facility") if name in row.frozen}


@pytest.mark.parametrize("model", [model for model in COLLECTIONS if model.mergeable])
def test_a_merged_row_is_hidden_while_the_merge_is_in_force_and_never_its_survivor(model):
    loser = on_record(FACTORIES[model]())
    survivor = on_record(FACTORIES[model](**double_of(loser)))
    born = Ledger.head().n
    publish(ActorFactory())
    merge(loser, survivor)
    publish(ActorFactory())
    assert loser not in model.objects.published()
    assert loser in model.objects.cited()
    assert survivor in model.objects.published()
    unmerge(loser)
    assert loser in model.objects.published()
    assert seen_at(model, loser) == {born - 1, born, born + 1, born + 4, born + 5}
    assert seen_at(model, survivor) == set(range(born, born + 6))


def test_a_merge_hides_only_rows_of_its_own_collection():
    actor, facility = (
        on_record(ActorFactory(public_id="norsi")),
        on_record(FacilityFactory(public_id="norsi")),
    )
    merge(actor, on_record(ActorFactory()))
    assert actor not in Actor.objects.published()
    assert facility in Facility.objects.published()


@audited
def test_families_and_survivors_run_over_chains_of_merges():
    a, b, c, d = (on_record(ActorFactory(public_id=one)) for one in ("a", "b", "c", "d"))
    merge(*(on_record(FacilityFactory(public_id=one)) for one in ("c", "a")))
    start = Ledger.head().n
    merge(a, b)
    merge(b, c)
    merge(d, c)
    unmerge(b)

    def at(n: int | None, of: str) -> tuple[str, set[str]]:
        everybody = ["a", "b", "c", "d", "nobody"]
        survivors = Merge.objects.survivors("actors", everybody, n)
        return survivors[of], Merge.objects.families("actors", everybody, n)[of]

    for one in "abcd":
        assert at(start, one) == (one, {one})
    assert at(start + 1, "a") == at(start + 1, "b") == ("b", {"a", "b"})
    assert at(start + 2, "a") == at(start + 2, "c") == ("c", {"a", "b", "c"})
    for one in "abcd":
        assert at(start + 3, one) == ("c", {"a", "b", "c", "d"})
    for n in (start + 4, None):
        assert at(n, "a") == at(n, "b") == ("b", {"a", "b"})
        assert at(n, "c") == at(n, "d") == ("c", {"c", "d"})
    assert at(None, "nobody") == ("nobody", {"nobody"})
