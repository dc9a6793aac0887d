"""Drafts go public together, or what is in the way is listed and nothing happens."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from record import publishing
from record.choices import Action
from record.models import EXEMPT, Ledger, OnRecord, Revision
from record.publishing import Blocked, blockers, correct, merge, publish, resting_on
from sources.models import Actor, Source
from strikes.choices import ClaimRelationKind
from strikes.models import (
    Capacity,
    ClaimOrigin,
    ClaimStep,
    DamageEstimate,
    Facility,
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
    CapacityFactory,
    ClaimEvidenceFactory,
    ClaimFactory,
    ClaimRelationFactory,
    ClaimStepFactory,
    DamageEstimateFactory,
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
)
from tests.ledger_asserts import (
    COLLECTIONS,
    FACTORIES,
    TYPO,
    assert_blocked,
    audited,
    claim_with_numbers,
    ledger_line,
    ledger_lines,
    public_ids,
    row_or_owner,
    rows_by_table,
    withdraw,
)
from tests.on_record import fresh, on_record
from tests.sweeps import one_in

pytestmark = pytest.mark.django_db


# --- publish ---------------------------------------------------------------------------------------------


def test_publishing_makes_drafts_public_together_in_one_revision():
    first, second = ActorFactory(), ActorFactory()
    revision = publish(first, second)
    assert revision.n == Ledger.head().n == 1
    assert {fresh(first).published_rev, fresh(second).published_rev} == {revision}
    assert ledger_lines(revision) == [ledger_line(Action.PUBLISH, first), ledger_line(Action.PUBLISH, second)]


def test_rows_that_name_each_other_are_published_together_in_any_order():
    strike = StrikeFactory()
    revision = publish(strike, strike.facility)
    assert public_ids(Strike.objects.published()) | public_ids(Facility.objects.published()) == {
        change.object_id for change in revision.changes.all()
    }


@pytest.mark.parametrize("model", COLLECTIONS)
def test_publishing_lists_every_draft_a_row_names_at_once(model):
    row = FACTORIES[model]()
    named = {target for _, target in row.references()}
    if named:
        assert {blocker.target for blocker in assert_blocked(publish, row)} == named
    else:
        assert publish(row).n == 1


def test_publishing_lists_broken_rules_of_every_row_beside_the_drafts():
    question = PropositionFactory(open=True)
    strike = StrikeFactory(methods=[], facility=on_record(FacilityFactory()))
    claim = ClaimFactory(proposition=question)
    blocked = assert_blocked(publish, claim, strike)
    assert {blocker.target for blocker in blocked} == {claim.report, claim.actor, question, None}
    own_rules = [blocker.rule.split(":")[0] for blocker in blocked if blocker.target is None]
    assert own_rules == ["proposition", "methods"]
    assert {blocker.row for blocker in blocked} == {claim, strike}


@audited
def test_numbers_go_public_with_their_claim_and_have_their_own_line():
    claim = claim_with_numbers()
    assert claim.published_rev is not None
    numbers = [*claim.damage_estimates.all(), *claim.weapon_counts.all()]
    assert {number.published_rev for number in numbers} == {claim.published_rev}
    published = list(
        claim.published_rev.changes.filter(action=Action.PUBLISH).values_list("object_id", flat=True)
    )
    assert public_ids(numbers) < set(published)
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
    (blocker,) = assert_blocked(publish, another)
    assert (blocker.row, blocker.target) == (count, region)


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
    (blocker,) = assert_blocked(publish, party.facility)
    assert (blocker.row, blocker.target) == (party.facility, party.actor)
    assert blocker.rule == f"parties.actor: {party.actor.public_id} is draft, not public."


def test_what_is_public_or_withdrawn_is_no_draft():
    public, gone, draft = on_record(ActorFactory()), on_record(ActorFactory()), ActorFactory()
    withdraw(gone)
    blocked = assert_blocked(publish, public, draft, gone)
    assert [(blocker.row, blocker.rule) for blocker in blocked] == [
        (public, "It is not a draft but published."),
        (gone, "It is not a draft but withdrawn."),
    ]


def test_a_withdrawn_row_holds_up_whoever_names_it():
    source = on_record(SourceFactory())
    withdraw(source)
    (blocker,) = assert_blocked(publish, ReportFactory(source=source))
    assert blocker.rule == f"source: {source.public_id} is withdrawn, not public."


def test_a_row_that_was_merged_away_may_still_be_named():
    facility, canonical = on_record(FacilityFactory()), on_record(FacilityFactory())
    merge(facility, canonical)
    assert on_record(StrikeFactory(facility=facility)).is_public


def test_what_is_published_is_what_the_database_holds():
    row = FacilityFactory(name="Old")
    stale = fresh(row)
    Facility.objects.update(name="New")
    publish(stale)
    assert fresh(row).name == "New"


def test_a_claim_is_ordered_by_when_it_was_said_or_else_issued():
    dated, undated = ClaimFactory(said_latest=NIGHT, said_precision="hour"), ClaimFactory()
    assert on_record(dated).sort_at == NIGHT
    assert on_record(undated).sort_at == undated.report.issued_latest == MORNING


def test_publishing_keeps_origins_and_states():
    claim = on_record(ClaimFactory())
    assert ClaimOrigin.objects.current().get().key == claim.actor.public_id
    assert PropositionState.objects.current().get().state == "single_origin"


def test_a_row_named_twice_is_published_once():
    actor = ActorFactory()
    assert publish(actor, actor).changes.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        publish,
        lambda: withdraw(),
        lambda: correct(reason=TYPO),
        lambda: publishing.publish_dated(
            [(NIGHT, publishing.Batch([ActorFactory()])), (NIGHT, publishing.Batch())]
        ),
    ],
    ids=["publish", "withdraw", "correct", "load"],
)
def test_there_is_no_revision_that_changes_nothing(change):
    with suppress(Blocked, ValueError):
        change()
    assert not Revision.objects.filter(changes=None).exists()


def test_no_number_is_added_to_a_public_claim():
    number = DamageEstimateFactory(claim=on_record(ClaimFactory()))
    assert_blocked(publish, number)


def test_the_preview_of_publishing_says_what_publishing_says_and_writes_nothing():
    claim = ClaimFactory()
    DamageEstimateFactory(claim=claim)
    before = rows_by_table()
    preview = blockers(claim)
    assert rows_by_table() == before
    assert [str(blocker) for blocker in preview] == [
        str(blocker) for blocker in assert_blocked(publish, claim)
    ]
    assert blockers(*{target for _, target in claim.references()}) != []
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


# --- Closure: every reference there is -------------------------------------------------------------------


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
    """Every reference from a row or a part of one to another row of the record."""
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
    return row_or_owner(row), named.get() if field.many_to_many else named


@pytest.mark.parametrize(
    ("model", "field"), one_in(3, (pytest.param(*case, id=str(case[1]).lower()) for case in pointers()))
)
def test_no_pointer_leads_from_what_is_public_to_what_is_not(model, field):
    answering, named = pointing(model, field)
    blocked = [blocker for blocker in assert_blocked(publish, answering) if blocker.target == named]
    assert field.name in {blocker.rule.split(":")[0].split(".")[-1] for blocker in blocked}
    on_record(answering)
    assert answering in {blocker.row for blocker in assert_blocked(withdraw, fresh(named))}
    assert answering in resting_on([fresh(named)])
