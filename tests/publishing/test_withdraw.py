"""What is withdrawn, what goes along, and what keeps a row on the record."""

import pytest

from record import publishing
from record.choices import Action, WithdrawalReason
from record.publishing import amend, correct, publish, resting_on, revise
from sources.models import Evidence
from strikes.choices import ClaimRelationKind, EvidenceRole
from strikes.models import ClaimEvidence, ClaimOrigin, ClaimRelation, Party, PropositionState
from tests.factories import (
    ActorFactory,
    AssessmentFactory,
    CapacityFactory,
    ClaimFactory,
    EvidenceFactory,
    PartyFactory,
    PropositionFactory,
    ReportFactory,
)
from tests.ledger_asserts import (
    OUT,
    TAKEDOWNS,
    TYPO,
    assert_blocked,
    audited,
    claim_with_numbers,
    ledger_line,
    ledger_lines,
    public_ids,
    rows_by_table,
    two_claims,
    withdraw,
)
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


# --- withdraw --------------------------------------------------------------------------------------------


def test_withdrawing_takes_a_row_off_the_record_with_its_reason():
    report = on_record(ReportFactory())
    revision = withdraw(report, reason=WithdrawalReason.DUPLICATE, note="Filed twice.")
    row = fresh(report)
    assert (row.status, row.withdrawn_rev, row.withdrawal_reason) == ("withdrawn", revision, "duplicate")
    assert row.withdrawal_note == "Filed twice."
    assert ledger_lines(revision) == [
        ledger_line(Action.WITHDRAW, report, reason="duplicate", note="Filed twice.")
    ]


def test_several_rows_are_withdrawn_together():
    claim = on_record(ClaimFactory())
    revision = withdraw(claim.report, claim)
    assert {change.object_id for change in revision.changes.all()} == {
        claim.public_id,
        claim.report.public_id,
    }


def test_an_empty_note_is_no_note():
    first, second, third = (on_record(ReportFactory()) for _ in range(3))
    assert ledger_lines(withdraw(first, note=""))[0]["note"] is None
    assert fresh(first).withdrawal_note is None
    assert ledger_lines(amend(second, {"title": "Another"}, note=""))[0]["note"] is None
    assert {change["note"] for change in ledger_lines(correct(revise(third), reason=TYPO, note=""))} == {None}
    assert fresh(third).withdrawal_note is None


def test_a_reason_is_one_of_the_words():
    with pytest.raises(ValueError, match="boredom"):
        publishing.withdraw(on_record(ReportFactory()), reason="boredom")


def test_withdrawing_is_final():
    claim = on_record(ClaimFactory())
    draft = revise(claim)
    link = ClaimEvidence(evidence=on_record(EvidenceFactory()), role=EvidenceRole.SUPPORTS)
    withdraw(claim)
    for call in [
        lambda: publish(claim),
        lambda: withdraw(claim),
        lambda: amend(claim, {"position": 7}),
        lambda: amend(claim, add=[link]),
        lambda: correct(draft, reason=TYPO),
    ]:
        assert [blocker.row for blocker in assert_blocked(call)] == [claim]


def test_a_draft_is_not_withdrawn():
    (blocker,) = assert_blocked(withdraw, ActorFactory())
    assert blocker.rule == "It is not public."


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
    blocked = assert_blocked(withdraw, claim.report)
    stated = {blocker.row for blocker in blocked}
    assert {claim, capacity} <= stated
    assert {blocker.rule for blocker in blocked} == {"It is public and rests on what would be withdrawn."}
    assert assert_blocked(withdraw, evidence)[0].row == claim


@audited
def test_along_takes_exactly_what_the_preview_showed():
    claim = claim_with_numbers()
    on_record(AssessmentFactory(proposition=claim.proposition))
    on_record(PropositionFactory(strike=claim.proposition.strike, caused_by=claim.proposition))
    on_record(ClaimFactory())  # which has nothing to do with it
    facility = claim.proposition.strike.facility
    before = rows_by_table()
    preview = resting_on([facility])
    assert rows_by_table() == before
    assert {row.collection for row in preview} == {
        "strikes",
        "propositions",
        "claims",
        "assessments",
        "damage-estimates",
        "weapon-counts",
    }
    revision = withdraw(facility, along=True, note="Not infrastructure.")
    taken = [change.object_id for change in revision.changes.all()]
    assert sorted(taken) == sorted(public_ids(preview) | {facility.public_id})
    assert all(
        change["reason"] == OUT and change["note"] == "Not infrastructure." and change["replaced_by"] is None
        for change in ledger_lines(revision)
    )
    assert {fresh(row).withdrawn_rev for row in [facility, *preview]} == {revision}


def test_what_rests_on_a_row_in_two_ways_is_found_once():
    claim = on_record(ClaimFactory())
    evidence = on_record(EvidenceFactory(report=claim.report))
    amend(claim, add=[ClaimEvidence(evidence=evidence, role=EvidenceRole.SUPPORTS)])
    assert sorted(public_ids(resting_on([claim.report]))) == sorted([claim.public_id, evidence.public_id])
    assert resting_on([claim.report, claim, evidence]) == []


def test_numbers_leave_with_their_claim_without_being_asked():
    claim = claim_with_numbers()
    numbers = [*claim.damage_estimates.all(), *claim.weapon_counts.all()]
    revision = withdraw(claim)
    assert {change.object_id for change in revision.changes.all()} == public_ids([claim, *numbers])
    assert {fresh(number).withdrawn_rev for number in numbers} == {revision}


@audited
def test_parts_leave_with_their_row_and_ended_ones_left_before():
    ended = PartyFactory()
    facility = on_record(ended.facility)
    now = PartyFactory.build(actor=ended.actor)
    change = amend(facility, add=[now], end=[ended])
    revision = withdraw(facility)
    assert {party.pk: party.withdrawn_rev for party in Party.objects.all()} == {
        ended.pk: change,
        now.pk: revision,
    }


@audited
def test_what_an_ended_part_names_is_free_to_go():
    party = PartyFactory()
    facility = on_record(party.facility)
    assert_blocked(withdraw, party.actor)
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
    assert [b.row for b in assert_blocked(withdraw, report, reason=reason)] == [report]
    assert [b.row for b in assert_blocked(correct, draft, reason=reason)] == [draft]


@audited
def test_a_withdrawn_row_names_the_one_that_stands_in_its_place():
    duplicate, original = on_record(ReportFactory()), on_record(ReportFactory())
    revision = withdraw(duplicate, reason=WithdrawalReason.DUPLICATE, replaced_by=original)
    assert fresh(duplicate).replaced_by == original
    assert ledger_lines(revision) == [
        ledger_line(Action.WITHDRAW, duplicate, reason="duplicate", replaced_by=original.public_id)
    ]


def test_only_another_public_row_of_the_same_collection_replaces_one():
    report, gone = on_record(ReportFactory()), on_record(ReportFactory())
    withdraw(gone)
    second = on_record(ReportFactory())
    for successor in (report, second, ReportFactory(), fresh(gone), report.source):
        (blocker,) = assert_blocked(withdraw, report, second, replaced_by=successor)
        assert blocker.row == successor


def test_a_successor_that_was_withdrawn_meanwhile_replaces_nothing():
    report, successor = on_record(ReportFactory()), on_record(ReportFactory())
    withdraw(fresh(successor))
    assert_blocked(withdraw, report, replaced_by=successor)


def test_a_row_that_goes_along_replaces_nothing():
    report = on_record(ReportFactory())
    copied = on_record(ReportFactory(derived_from=report))
    assert_blocked(withdraw, report, replaced_by=copied, along=True)


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
        ("single_origin", revision),
        ("unreported", None),
    ]
