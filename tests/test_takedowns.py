"""For somebody's safety or by law: what must go goes at every revision, with everything that ever named it."""

from typing import Any

import pytest

from record import publishing
from record.audit import discrepancies
from record.choices import Action, WithdrawalReason
from record.models import Change, Ledger, Merge, Revision, collections
from record.publishing import (
    amend,
    blockers,
    correct,
    covered_by,
    merge,
    publish,
    revise,
    takedown,
    unmerge,
    withdraw,
)
from strikes.disputes.rewriting import rewrite_propositions
from strikes.models import ClaimOrigin, ClaimRelation, PropositionState
from tests.factories import (
    ActorFactory,
    ClaimEvidenceFactory,
    ClaimFactory,
    ClaimRelationFactory,
    ClaimStepFactory,
    DamageEstimateFactory,
    EvidenceFactory,
    FacilityFactory,
    PartyFactory,
    PropositionFactory,
    ReportFactory,
    ReportNoticeFactory,
    StrikeFactory,
    WaveFactory,
    WeaponCountFactory,
    factories_by_model,
)
from tests.ledger_asserts import assert_blocked, ledger_line, ledger_lines
from tests.on_record import fresh, on_record
from tests.sweeps import one_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_record_holds")]
LEGAL, SAFETY, OUT, TYPO = (
    WithdrawalReason.LEGAL,
    WithdrawalReason.SAFETY,
    WithdrawalReason.OUT_OF_SCOPE,
    WithdrawalReason.TYPO,
)


def states(n: int | None = None) -> dict[str, tuple[Any, ...]]:
    rows = PropositionState.objects.current(n).values_list(
        "proposition__public_id", "state", "origins_for", "origins_against", "documents"
    )
    return {public_id: tuple(state) for public_id, *state in rows}


def keys(n: int | None = None) -> dict[str, str]:
    return dict(ClaimOrigin.objects.current(n).values_list("claim__public_id", "key"))


def status(*rows: Any) -> list[str]:
    return [fresh(row).status for row in rows]


# --- What goes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "model", one_in(4, (pytest.param(model, id=model.collection) for model in collections().values()))
)
def test_a_row_of_every_collection_is_public_at_no_revision(model):
    row = on_record(factories_by_model()[model]())
    publish(ActorFactory())
    born = Ledger.head().n
    takedown(row, reason=SAFETY)
    for n in [*range(born + 2), None]:
        assert row not in model.objects.published(n)
    gone = fresh(row)
    assert (gone.status, gone.withdrawal_reason, gone.taken_down_rev_id) == ("taken down", "safety", born + 1)


def test_the_ledger_counts_takedowns_and_keeps_collection_id_and_reason_alone():
    claim = on_record(ClaimFactory())
    amend(claim, {"note": "Somebody's name."}, note="Named.")
    revision = takedown(claim, reason=LEGAL, note="By order of a court.")
    assert Ledger.head().takedowns == 1
    assert ledger_lines(revision) == [ledger_line(Action.WITHDRAW, claim, reason=LEGAL)]
    details = Change.objects.filter(object_id=claim.public_id).values_list(
        "action", "note", "values", "replaced_by"
    )
    assert set(details) == {(action, None, None, None) for action in ("publish", "amend", "withdraw")}
    assert fresh(claim).withdrawal_note == "By order of a court."
    takedown(on_record(ActorFactory()), reason=SAFETY)
    assert Ledger.head().takedowns == 2


def test_the_name_of_a_row_that_was_merged_and_is_gone_finds_nothing_at_any_revision(api):
    duplicate = on_record(FacilityFactory(name="Zarechny depot"))
    canonical = on_record(FacilityFactory(name="Kstovo refinery"))
    on_record(StrikeFactory(facility=canonical))
    merge(duplicate, canonical)
    before = Revision.objects.latest("n").at.isoformat().replace("+00:00", "Z")

    def counts(word: str) -> list[int]:
        return [
            api(f"{collection}/?q={word}{as_of}")["count"]
            for collection in ("facilities", "strikes")
            for as_of in ("", f"&as_of={before}")
        ]

    assert counts("zarechny") == [1, 1, 1, 1]
    unmerge(fresh(duplicate))
    assert counts("zarechny") == [1, 1, 0, 1]
    takedown(fresh(duplicate), reason=SAFETY)
    assert counts("zarechny") == [0, 0, 0, 0]
    assert counts("kstovo") == [1, 1, 1, 1]


def test_all_corrections_before_and_after_go_with_their_numbers():
    first = ClaimFactory(note="Corrected twice.")
    DamageEstimateFactory(claim=first)
    WeaponCountFactory(claim=first)
    first = on_record(first)
    second = revise(first, statement="Said more exactly.")
    correct(second, reason=TYPO, note="A slip.")
    third = revise(fresh(second), statement="Said most exactly.")
    correct(third, reason=TYPO, note="Another.")
    fourth = revise(fresh(third))
    takedown(fresh(second), reason=SAFETY)
    rows = [first, second, third, *(n for c in (first, second, third) for n in c.damage_estimates.all())]
    assert status(*rows, fourth) == ["taken down"] * 6 + ["draft"]
    assert {row.replaced_by for row in map(fresh, rows)} == {None}
    assert not Change.objects.exclude(note=None, replaced_by=None).exists()
    assert_blocked(correct, fourth, reason=TYPO)


def test_every_row_that_ever_named_it_goes():
    """Public ones, withdrawn ones, those that an amendment made name another, and what was replaced by it."""
    report = on_record(ReportFactory())
    claim, left = (on_record(ClaimFactory(report=report)) for _ in "ab")
    evidence = on_record(EvidenceFactory(report=report))
    copy, once = (on_record(ReportFactory(derived_from=report)) for _ in "ab")
    of_copy = on_record(ClaimFactory(report=copy))
    withdraw(left, reason=OUT)
    amend(once, {"derived_from": None})
    double = on_record(ReportFactory())
    withdraw(double, reason=WithdrawalReason.DUPLICATE, replaced_by=report)
    other = on_record(ReportFactory())
    covered = covered_by([fresh(report)])
    takedown(report, reason=LEGAL)
    rows = {report, claim, left, evidence, copy, once, of_copy, double}
    assert set(covered.rows) == rows
    assert covered.why[fresh(once)] == f"once named reports/{report.public_id}"
    assert covered.why[fresh(double)] == f"replaced by reports/{report.public_id}"
    assert set(status(*rows)) == {"taken down"}
    assert set(status(other, claim.actor, claim.proposition, report.source)) == {"published"}


def test_a_chain_step_takes_its_claim_and_a_part_with_a_life_of_its_own_goes_alone():
    actor, report = on_record(ActorFactory()), on_record(ReportFactory())
    step = ClaimStepFactory(actor=actor, claim=ClaimFactory())
    party = PartyFactory(actor=actor, facility=FacilityFactory())
    facility, claim = on_record(party.facility), on_record(step.claim)
    notice = ReportNoticeFactory(report=ReportFactory(), successor=report)
    noticed = on_record(notice.report)
    evidence = on_record(EvidenceFactory())
    link = ClaimEvidenceFactory(claim=ClaimFactory(), evidence=evidence)
    linked = on_record(link.claim)
    covered = covered_by([actor, report, evidence])
    assert set(covered.parts) == {party, notice, link}
    takedown(actor, report, evidence, reason=SAFETY)
    assert status(claim, facility, noticed, linked) == ["taken down", "published", "published", "published"]
    for part in (party, notice, link):
        part.refresh_from_db()
        assert part.taken_down_rev_id == Ledger.head().n
        assert not type(part).objects.published(part.published_rev_id).filter(pk=part.pk).exists()


def test_what_is_merged_with_it_now_goes_and_what_no_longer_is_stays():
    one, same, once = (on_record(ActorFactory(kind="company")) for _ in "abc")
    merge(same, one)
    merge(once, one)
    unmerge(once)
    n = Ledger.head().n
    takedown(one, reason=SAFETY)
    assert status(one, same, once) == ["taken down", "taken down", "published"]
    assert not Merge.objects.exists()
    assert once in type(once).objects.published(n - 1)


def test_a_draft_that_names_it_stays_a_draft_and_can_never_be_published():
    report = on_record(ReportFactory())
    draft = ClaimFactory(report=report)
    assert covered_by([report]).drafts == [draft]
    takedown(report, reason=LEGAL)
    assert status(draft) == ["draft"]
    rules = [blocker.rule for blocker in blockers(fresh(draft))]
    assert f"report: {report.public_id} is taken down, not public." in rules


def test_what_was_withdrawn_long_ago_goes_too():
    claim = on_record(ClaimFactory())
    withdraw(claim, reason=OUT, note="Not ours; it names a child.")
    left = Ledger.head().n
    takedown(claim, reason=SAFETY)
    gone = fresh(claim)
    assert (gone.withdrawn_rev_id, gone.withdrawal_reason, gone.withdrawal_note) == (left, "safety", None)


def test_no_other_line_of_the_ledger_names_what_went():
    wave, report = on_record(WaveFactory()), on_record(ReportFactory())
    facility = on_record(FacilityFactory())
    party = PartyFactory.build(facility=facility, actor=on_record(ActorFactory(name="A private person")))
    amend(facility, add=[party])
    unrelated = on_record(FacilityFactory())
    amend(unrelated, {"note": "New."}, note="A plain one.")
    other = on_record(ReportFactory())
    withdraw(other, reason=OUT, note=f"Compare {report.public_id}.")
    takedown(wave, report, party.actor, reason=LEGAL)
    ledger = " ".join(
        f"{change.note} {change.values} {change.replaced_by}" for change in Change.objects.all()
    )
    assert "private" not in ledger
    assert report.public_id not in ledger
    assert "A plain one." in ledger
    assert fresh(other).withdrawal_note is None
    assert status(facility, other) == ["published", "withdrawn"]


# --- What is refused -------------------------------------------------------------------------------------


def test_takedowns_are_for_safety_and_law_and_of_what_was_public():
    claim, draft = on_record(ClaimFactory()), ClaimFactory()
    (blocker,) = assert_blocked(takedown, claim, reason=TYPO)
    assert blocker.rule == "Only for safety or by law: withdraw it instead."
    assert (
        assert_blocked(takedown, claim, draft, reason=SAFETY)[0].rule
        == "It was never public: delete the draft."
    )
    takedown(claim, reason=SAFETY)
    assert assert_blocked(takedown, claim, reason=LEGAL)[0].rule == "It is taken down already."
    with pytest.raises(ValueError, match="at least one"):
        takedown(reason=LEGAL)


def test_the_preview_changes_nothing_and_is_all_that_goes():
    claim = on_record(ClaimFactory())
    strike = claim.proposition.strike
    previewed = covered_by([strike])
    assert set(previewed.rows) == {strike, claim.proposition, claim}
    revision = takedown(strike, reason=SAFETY)
    assert revision.changes.count() == 3


# --- The past --------------------------------------------------------------------------------------------


def test_the_states_of_the_past_never_counted_it():
    first = on_record(ClaimFactory())
    point = first.proposition
    second = on_record(ClaimFactory(proposition=point))
    third = on_record(ClaimFactory(proposition=point, stance="denies"))
    n = Ledger.head().n
    assert [states(m)[point.public_id][:3] for m in (n - 2, n - 1, n)] == [
        ("single_origin", 1, 0),
        ("agreed", 2, 0),
        ("disputed", 2, 1),
    ]
    takedown(second, reason=LEGAL)
    assert [states(m)[point.public_id][:3] for m in (n - 2, n - 1, n, n + 1)] == [
        ("single_origin", 1, 0),
        ("single_origin", 1, 0),
        ("disputed", 1, 1),
        ("disputed", 1, 1),
    ]
    takedown(first, third, reason=LEGAL)
    assert {states(m)[point.public_id][0] for m in range(n - 2, n + 3)} == {"unreported"}


def test_who_merely_repeated_it_stands_on_their_own_feet_at_every_revision():
    spokesman = ActorFactory(kind="person", affiliation=ActorFactory(kind="government_body"))
    original = on_record(ClaimFactory())
    relation = ClaimRelationFactory.build(kind="repeats", other=original)
    copy = ClaimFactory(proposition=original.proposition, actor=spokesman)
    relation.claim = copy
    relation.save()
    copy = on_record(copy)
    n = Ledger.head().n
    ministry = spokesman.affiliation
    amend(fresh(spokesman), {"affiliation": None})
    assert {keys(m)[copy.public_id] for m in (n, n + 1)} == {original.actor.public_id}
    takedown(original, reason=SAFETY)
    assert [keys(m)[copy.public_id] for m in (n, n + 1, n + 2)] == [
        ministry.public_id,
        spokesman.public_id,
        spokesman.public_id,
    ]
    assert not ClaimRelation.objects.published(n).exists()


def test_a_question_forgets_the_answer_that_went():
    strike = StrikeFactory()
    who = PropositionFactory(strike=strike, open=True, text="Who?")
    x, y = (PropositionFactory(strike=strike, text=text, answers=who) for text in ("X.", "Y."))
    for answer in (x, y):
        on_record(ClaimFactory(proposition=fresh(answer)))
    n = Ledger.head().n
    assert states(n)[who.public_id][0] == "disputed"
    takedown(fresh(y), reason=LEGAL)
    assert [states(m)[who.public_id][:2] for m in (n - 1, n, n + 1)] == [("single_origin", 1)] * 3


def test_a_merge_with_what_went_never_was():
    one, other = on_record(ActorFactory(kind="company")), on_record(ActorFactory(kind="company"))
    claim = on_record(ClaimFactory(actor=one))
    merge(one, other)
    unmerge(one)
    n = Ledger.head().n
    assert keys(n - 1)[claim.public_id] == other.public_id
    takedown(other, reason=SAFETY)
    assert {keys(m)[claim.public_id] for m in range(n - 2, n + 2)} == {one.public_id}


def test_what_amendments_changed_reads_in_the_past_as_it_did():
    """Of two claims of one voice the later position counts; it was another before the amendment."""
    report, actor = ReportFactory(), ActorFactory()
    asserted = ClaimFactory(report=report, actor=actor, position=1)
    denied = ClaimFactory(
        report=report, actor=actor, proposition=asserted.proposition, position=2, stance="denies"
    )
    third = ClaimFactory(proposition=asserted.proposition)
    on_record(asserted, denied, third)
    n = Ledger.head().n
    amend(fresh(asserted), {"position": 3})
    point = asserted.proposition.public_id
    assert [states(m)[point][0] for m in (n, n + 1)] == ["disputed", "agreed"]
    takedown(fresh(third), reason=LEGAL)
    assert [states(m)[point][0] for m in (n, n + 1)] == ["denied", "single_origin"]


def origins_for(point: str, n: int) -> int:
    return PropositionState.objects.current(n).get(proposition__public_id=point).origins_for


def test_who_stood_for_whom_reads_in_the_past_as_it_did():
    """Speakers are merged and parted, and one is found to speak for another, all without a line of the claims."""
    body, spokesman, alias = (
        ActorFactory(kind="company"),
        ActorFactory(kind="person"),
        ActorFactory(kind="company"),
    )
    bystanders = [ActorFactory(kind="company"), ActorFactory(kind="company")]
    first = ClaimFactory(actor=body)
    claims = [ClaimFactory(actor=actor, proposition=first.proposition) for actor in (spokesman, alias)]
    gone = ClaimFactory(proposition=first.proposition)
    on_record(first, *claims, gone, *bystanders)
    begin = Ledger.head().n
    merge(fresh(bystanders[0]), fresh(bystanders[1]))
    merge(fresh(alias), fresh(body))
    amend(fresh(bystanders[1]), {"affiliation": fresh(body)})
    amend(fresh(spokesman), {"affiliation": fresh(body)})
    unmerge(fresh(alias))
    point, revisions = first.proposition.public_id, range(begin, begin + 6)
    assert [origins_for(point, n) for n in revisions] == [4, 4, 3, 3, 2, 3]
    takedown(fresh(gone), reason=LEGAL)
    assert [origins_for(point, n) for n in revisions] == [3, 3, 2, 2, 1, 2]
    # Where nothing is kept, the same is found from the ledger alone.
    kept = ClaimOrigin.objects.count()
    for model in (ClaimOrigin, PropositionState):
        model.objects.all().delete()
    rewrite_propositions([first.proposition.pk], Revision.objects.latest("n"))
    assert [origins_for(point, n) for n in revisions] == [3, 3, 2, 2, 1, 2]
    assert ClaimOrigin.objects.count() == kept


# --- Over HTTP -------------------------------------------------------------------------------------------


def test_it_answers_410_and_says_no_more_than_why(api):
    first = on_record(ClaimFactory())
    second = revise(first)
    correct(second, reason=TYPO, note="It named a child.")
    takedown(second, reason=SAFETY, note="For the child.")
    for claim in (first, second):
        problem = api(f"claims/{claim.public_id}/", status=410)
        assert (problem["reason"], problem["note"], problem["replaced_by"]) == ("safety", None, None)


def test_it_is_gone_from_lists_counts_facets_filters_and_exports(api):
    claim = ClaimFactory()
    ClaimEvidenceFactory(claim=claim)
    DamageEstimateFactory(claim=claim)
    claim = on_record(claim)
    stays = on_record(ClaimFactory(proposition=claim.proposition))
    begun = api("claims/?page_size=1")
    before = {name: api(f"{name}/")["count"] for name in ("claims", "damage-estimates", "actors", "evidence")}
    takedown(claim, reason=LEGAL)
    after = {name: api(f"{name}/")["count"] for name in before}
    assert after == before | {"claims": 1, "damage-estimates": 0}
    assert [row["id"] for row in api.every("claims/")] == [stays.public_id]
    facets = api("claims/?facets=actor")["facets"]["actor"]
    assert facets == [{"value": stays.actor.public_id, "count": 1}]
    exported = b"".join(api.raw("claims/?format=ndjson").streaming_content).decode()
    assert claim.public_id not in exported
    assert api(f"damage-estimates/?claim={claim.public_id}", status=400)["errors"][0]["code"] == "unknown_id"
    # A walk begun before goes on without it, and its count is taken anew.
    page = begun
    seen = [row["id"] for row in page["results"]]
    while page["next"]:
        page = api(page["next"])
        assert page["count"] == 1
        seen += [row["id"] for row in page["results"]]
    assert set(seen[1:]) <= {stays.public_id}


def test_a_party_that_went_is_not_shown_any_more(api):
    party = PartyFactory(facility=FacilityFactory())
    facility = on_record(party.facility)
    assert len(api(f"facilities/{facility.public_id}/")["parties"]) == 1
    takedown(party.actor, reason=LEGAL)
    assert api(f"facilities/{facility.public_id}/")["parties"] == []


# --- What check_record finds -----------------------------------------------------------------------------


def test_check_record_finds_what_still_tells_of_it():
    claim = on_record(ClaimFactory())
    other = on_record(ClaimFactory(report=claim.report))
    takedown(claim, reason=LEGAL)
    assert list(discrepancies()) == []
    Change.objects.filter(object_id=claim.public_id, action="publish").update(note="It said so.")
    Ledger.objects.update(takedowns=5)
    type(claim.report).objects.filter(pk=claim.report_id).update(
        taken_down_rev=Ledger.head().n, withdrawn_rev=Ledger.head().n, withdrawal_reason="legal"
    )
    sentences = "\n".join(discrepancies())
    assert f"it still tells of {claim.public_id}" in sentences
    assert "it counts 5 takedowns" in sentences
    assert f"claims/{other.public_id}: its report was taken down, and it was not." in sentences
    Change.objects.filter(object_id=claim.public_id).update(note=None)
    Ledger.objects.update(takedowns=1)
    type(claim.report).objects.filter(pk=claim.report_id).update(
        taken_down_rev=None, withdrawn_rev=None, withdrawal_reason=None
    )


def test_check_record_finds_merges_that_cannot_be():
    one, other = on_record(ActorFactory()), on_record(ActorFactory(kind="anonymous"))
    bad = Merge.objects.create(
        collection="actors", loser=one.public_id, survivor=other.public_id, from_rev_id=Ledger.head().n
    )
    sentences = "\n".join(discrepancies())
    assert "does not say so" in sentences
    assert "An anonymous voice is only ever the same as another anonymous voice." in sentences
    circle = Merge.objects.create(
        collection="actors", loser=other.public_id, survivor=one.public_id, from_rev_id=Ledger.head().n
    )
    assert "its merges lead in a circle" in "\n".join(discrepancies())
    bad.delete()
    circle.delete()


def test_withdrawing_names_takedown_for_that():
    claim = on_record(ClaimFactory())
    for reason in (SAFETY, LEGAL):
        (blocker,) = assert_blocked(publishing.withdraw, claim, reason=reason)
        assert "take it down" in blocker.rule
