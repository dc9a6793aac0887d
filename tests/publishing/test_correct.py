"""A draft takes the place of what it corrects."""

from typing import Any

import pytest

from record.choices import Action, WithdrawalReason
from record.models import Ledger, bookkeeping_of
from record.publishing import amend, correct, publish, resting_on, revise
from strikes.choices import ClaimRelationKind, Metric
from strikes.models import ClaimRelation, PropositionState
from tests.factories import ActorFactory, ClaimFactory, DamageEstimateFactory, ReportFactory
from tests.ledger_asserts import (
    COLLECTIONS,
    FACTORIES,
    TYPO,
    assert_blocked,
    audited,
    claim_with_numbers,
    ledger_line,
    ledger_lines,
    two_claims,
    withdraw,
    withdrawn,
)
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


# --- revise and correct ----------------------------------------------------------------------------------


def corrected(row: Any, **changes: Any) -> Any:
    """The public row that replaces this one."""
    draft = revise(fresh(row), **changes)
    correct(draft, reason=TYPO)
    return fresh(draft)


def values(row: Any, *without: str) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.name)
        for field in row._meta.concrete_fields
        if field.name not in {*bookkeeping_of(type(row)), "lineage", "lineage_from", *without}
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
        assert (
            [values(copy, "claim") for copy in copies] == [values(part, "claim") for part in originals] != []
        )
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
        assert ledger_line(
            Action.WITHDRAW, old, reason="misattribution", note="A misreading.", replaced_by=new.public_id
        ) in ledger_lines(revision)
        assert ledger_line(Action.PUBLISH, new) in ledger_lines(revision)
    assert len(ledger_lines(revision)) == 2 * (1 + len(numbers))
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
    assert ledger_line(Action.WITHDRAW, dropped, reason="typo") in ledger_lines(revision)


def test_a_number_that_is_new_in_the_correction_is_published_with_it():
    draft = revise(on_record(ClaimFactory()))
    number = DamageEstimateFactory(claim=draft)
    assert ledger_line(Action.PUBLISH, number) in ledger_lines(correct(draft, reason=TYPO))


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
    (blocker,) = assert_blocked(revise, row)
    assert blocker.rule == "Its id was chosen once: amend it instead."


@audited
def test_a_report_is_corrected_together_with_its_claims():
    claim = on_record(ClaimFactory())
    report = revise(claim.report, title="Drones reach two refineries")
    draft = revise(claim, report=report)
    assert claim in {blocker.row for blocker in assert_blocked(correct, report, reason=TYPO)}
    revision = correct(report, draft, reason=TYPO)
    assert fresh(claim).replaced_by == draft
    assert fresh(draft).report == fresh(report)
    assert {change.action for change in revision.changes.all()} == {"publish", "withdraw"}


def test_a_correction_supersedes_something_public():
    claim = on_record(ClaimFactory())
    draft, other = revise(claim), revise(on_record(ClaimFactory()))
    assert assert_blocked(publish, draft)[0].rule == "It supersedes a row: correct that one."
    fresh_one = ClaimFactory(report=claim.report, actor=claim.actor, proposition=claim.proposition)
    assert [b.row for b in assert_blocked(correct, draft, fresh_one, reason=TYPO)] == [fresh_one]
    withdraw(claim)
    assert [b.row for b in assert_blocked(correct, draft, other, reason=TYPO)] == [claim]


def test_a_correction_is_made_once():
    report = on_record(ReportFactory())
    draft = revise(report)
    correct(draft, reason=TYPO)
    assert [b.row for b in assert_blocked(correct, draft, reason=TYPO)] == [report]


def test_a_refused_correction_leaves_the_old_row_public():
    claim = claim_with_numbers()
    draft = revise(claim, actor=ActorFactory())
    (blocker,) = assert_blocked(correct, draft, reason=TYPO)
    assert blocker.rule == f"actor: {draft.actor.public_id} is draft, not public."
    assert fresh(claim).is_public


def test_a_second_draft_of_a_correction_is_refused_in_words():
    report = on_record(ReportFactory())
    revise(report)
    assert_blocked(revise, report)


def test_a_second_draft_of_a_number_is_refused_in_words():
    claim = claim_with_numbers()
    revise(claim.damage_estimates.get(part_of=None))
    assert_blocked(revise, claim)


@pytest.mark.parametrize("make", [ReportFactory, lambda: withdrawn(on_record(ReportFactory()))])
def test_only_a_public_row_is_revised(make):
    row = make()
    assert_blocked(revise, row)
