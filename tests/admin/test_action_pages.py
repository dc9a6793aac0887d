"""The pages of actions in the admin: what a page shows before it acts, what it refuses, and what has happened after."""

from typing import Any

import pytest

from record import publishing
from record.models import Change, Ledger
from strikes.choices import ClaimRelationKind
from strikes.models import Claim
from tests.admin.conftest import Editor, admin_url, record_contents
from tests.factories import (
    ActorFactory,
    CapacityFactory,
    ClaimFactory,
    ClaimRelationFactory,
    DamageEstimateFactory,
    EvidenceFactory,
    FacilityFactory,
    FacilityNameFactory,
    PartyFactory,
    PropositionFactory,
    RegionFactory,
    ReportFactory,
    SourceFactory,
    StrikeFactory,
    WaveFactory,
)
from tests.forms import form_of, sentences
from tests.on_record import fresh, on_record


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def action_form(editor: Editor, row: Any, action: str, *others: Any) -> tuple[str, dict[str, Any]]:
    address = admin_url(row, action) + "".join(f"&id={other.public_id}" for other in others)
    return address, editor.form(address)


def carried_out(editor: Editor, row: Any, action: str, *others: Any, **changes: Any) -> Any:
    address, form = action_form(editor, row, action, *others)
    response = editor.post(address, form | changes, "_do")
    assert response.status_code == 302, sentences(response)
    return response


# Publish ----------------------------------------------------------------------------------------------------


def test_publishing_offers_what_the_row_points_at(editor):
    source = SourceFactory()
    text = text_of(editor.get(admin_url(source, "publish")))
    assert source.voice.public_id in text
    assert "Publish what they point at, too" in text
    carried_out(editor, source, "publish", note="First of its kind.")
    assert fresh(source).is_public
    assert fresh(source.voice).is_public
    assert Ledger.head().n == 1
    assert {change.note for change in Change.objects.all()} == {"First of its kind."}


def test_publishing_says_what_is_in_the_way(editor):
    source = SourceFactory()
    address, form = action_form(editor, source, "publish")
    answer = editor.post(address, form | {"with_needed": []}, "_do")
    assert answer.status_code == 409
    assert f"voice: {source.voice.public_id} is draft, not public." in text_of(answer)
    assert not fresh(source).is_public
    strike = StrikeFactory(methods=[])
    assert "methods: name at least one" in text_of(editor.get(admin_url(strike, "publish")))


def test_the_claims_of_a_report_go_along_unless_they_are_unticked(editor):
    report = ReportFactory()
    first, second = ClaimFactory(report=report), ClaimFactory(report=report, position=1)
    evidence = EvidenceFactory(report=report)
    _, form = action_form(editor, report, "publish")
    assert set(form["along"]) == {
        f"claims/{first.public_id}",
        f"claims/{second.public_id}",
        f"evidence/{evidence.public_id}",
    }
    carried_out(editor, report, "publish", along=[f"claims/{first.public_id}"])
    assert [fresh(row).is_public for row in (report, first, second, evidence)] == [True, True, False, False]
    assert Ledger.head().n == 1


def test_what_rests_on_any_other_row_is_offered_and_not_ticked(editor):
    strike = StrikeFactory()
    PropositionFactory(strike=strike)
    _, form = action_form(editor, strike, "publish")
    assert "along" not in form
    assert "Drafts that rest on them" in text_of(editor.get(admin_url(strike, "publish")))


def test_the_numbers_of_a_claim_go_with_it(editor):
    number = DamageEstimateFactory()
    assert "Publish" not in text_of(editor.get(admin_url(number))).split("object-tools")[1].split("</ul>")[0]
    carried_out(editor, number.claim, "publish")
    assert fresh(number).is_public


def test_a_preview_publishes_nothing(editor):
    report = ReportFactory()
    address, form = action_form(editor, report, "publish")
    before = record_contents()
    answer = editor.post(address, form, "_preview")
    assert answer.status_code == 200
    assert report.source.public_id in text_of(answer)
    assert record_contents() == before


def test_many_rows_are_published_together(editor):
    first, second = FacilityFactory(), FacilityFactory()
    carried_out(editor, first, "publish", second)
    assert fresh(first).published_rev_id == fresh(second).published_rev_id == 1


def test_a_page_of_the_past_publishes_nothing(editor, contributor):
    """Neither the row itself, nor what goes with it, as it was not shown."""
    report = ReportFactory()
    claim = ClaimFactory(report=report)
    address, form = action_form(editor, report, "publish")
    contributor.saved(admin_url(claim), statement="It says something else now.")
    answer = editor.post(address, form, "_do")
    assert answer.status_code == 409
    assert "Somebody changed it since you opened it" in text_of(answer)
    assert not fresh(report).is_public
    assert editor.post(address, form_of(answer), "_do").status_code == 302
    assert fresh(claim).is_public


def test_a_page_without_the_versions_it_showed_changes_nothing(editor):
    row = FacilityFactory()
    assert editor.post(admin_url(row, "publish"), {"with_needed": "on"}, "_do").status_code == 409
    assert not fresh(row).is_public


# Withdraw ---------------------------------------------------------------------------------------------------


def test_withdrawing_asks_for_a_reason_and_offers_no_takedown(editor):
    row = on_record(FacilityFactory())
    address, form = action_form(editor, row, "withdraw")
    text = text_of(editor.get(address))
    assert "safety" not in text
    assert "legal" not in text
    for reason in ("", "safety", "legal", "no such word"):
        answer = editor.post(address, form | {"reason": reason}, "_do")
        assert answer.status_code == 200
        assert sentences(answer)
    assert fresh(row).is_public


def test_a_withdrawn_row_answers_410_with_the_reason_and_the_note(editor):
    row = on_record(FacilityFactory())
    other = on_record(FacilityFactory())
    carried_out(
        editor, row, "withdraw", reason="duplicate", note="It was here twice.", replaced_by=str(other.pk)
    )
    answer = editor.get(f"/api/v1/facilities/{row.public_id}/")
    assert answer.status_code == 410
    assert answer.json()["reason"] == "duplicate"
    assert answer.json()["note"] == "It was here twice."
    assert answer.json()["replaced_by"] == other.public_id
    assert "Withdrawn in revision" in text_of(editor.get(admin_url(row)))


def test_withdrawing_shows_what_rests_on_the_row_and_takes_it_along_only_if_told(editor):
    claim = on_record(ClaimFactory())
    address, form = action_form(editor, claim.report, "withdraw")
    assert claim.public_id in text_of(editor.get(address))
    answer = editor.post(address, form | {"reason": "duplicate"}, "_do")
    assert answer.status_code == 409
    assert "rests on what would be withdrawn" in text_of(answer)
    assert fresh(claim).is_public
    carried_out(editor, claim.report, "withdraw", reason="duplicate", along="on")
    assert not fresh(claim).is_public


def test_what_came_to_rest_on_a_row_since_is_not_taken_along_unseen(editor):
    claim = on_record(ClaimFactory())
    address, form = action_form(editor, claim.report, "withdraw")
    later = on_record(ClaimFactory(report=claim.report, position=1))
    answer = editor.post(address, form | {"reason": "duplicate", "along": "on"}, "_do")
    assert answer.status_code == 409
    assert later.public_id in text_of(answer)
    assert fresh(claim).is_public


def test_a_stale_page_withdraws_nothing(editor, another_editor):
    row = on_record(FacilityFactory())
    address, form = action_form(editor, row, "withdraw")
    another_editor.saved(admin_url(row, "amend"), "_amend", town="Kstovo")
    answer = editor.post(address, form | {"reason": "duplicate"}, "_do")
    assert answer.status_code == 409
    assert fresh(row).is_public


def test_a_row_is_not_replaced_by_itself_or_by_a_draft(editor):
    row, draft = on_record(FacilityFactory()), FacilityFactory()
    address, form = action_form(editor, row, "withdraw")
    for other, status in ((row, 409), (draft, 200)):
        answer = editor.post(address, form | {"reason": "duplicate", "replaced_by": str(other.pk)}, "_do")
        assert answer.status_code == status
    for nonsense in ("9" * 30, "x", "\x00"):
        assert (
            editor.post(address, form | {"reason": "duplicate", "replaced_by": nonsense}, "_do").status_code
            == 200
        )
    assert fresh(row).is_public


# Correct ----------------------------------------------------------------------------------------------------


def test_a_correction_is_drafted_previewed_and_put_in_place(editor):
    number = DamageEstimateFactory(comparator="at_least", low=50)
    claim = on_record(number.claim)
    answer = carried_out(editor, claim, "correct")
    draft = Claim.objects.get(supersedes=claim)
    assert answer["Location"] == admin_url(draft)
    assert fresh(claim).is_public
    editor.saved(admin_url(draft), statement="At least 40.", **{"damage_estimates-0-low": "40"})
    text = text_of(editor.get(admin_url(draft, "correct")))
    assert "statement: The unit took a direct hit. → At least 40." in text
    assert "low: 50.000 → 40.000" in text
    carried_out(editor, draft, "correct", reason="typo", note="A slip of ours.")
    for collection, old, new in (
        ("claims", claim, draft),
        ("damage-estimates", number, draft.damage_estimates.get()),
    ):
        gone = editor.get(f"/api/v1/{collection}/{old.public_id}/")
        assert gone.status_code == 410
        assert gone.json()["reason"] == "typo"
        assert gone.json()["replaced_by"] == new.public_id
        assert editor.get(f"/api/v1/{collection}/{new.public_id}/").status_code == 200


def test_a_row_is_corrected_once_at_a_time(editor):
    claim = on_record(ClaimFactory())
    carried_out(editor, claim, "correct")
    address, form = action_form(editor, claim, "correct")
    answer = editor.post(address, form, "_do")
    assert answer.status_code == 409
    assert "drafted already" in text_of(answer)
    buttons = text_of(editor.get(admin_url(claim))).split("object-tools")[1].split("</ul>")[0]
    assert "Correct" not in buttons


def test_a_correction_says_what_is_in_the_way_and_publishes_what_it_points_at(editor):
    claim = on_record(ClaimFactory())
    draft: Any = publishing.revise(claim)
    speaker = ActorFactory()
    editor.saved(admin_url(draft), actor=str(speaker.pk))
    address, form = action_form(editor, draft, "correct")
    answer = editor.post(address, form | {"reason": "misattribution", "with_needed": []}, "_do")
    assert answer.status_code == 409
    assert not fresh(speaker).is_public
    other = PropositionFactory(open=True)
    editor.saved(admin_url(draft), proposition=str(other.pk))
    assert "it is an open question" in text_of(editor.get(address))
    answer = editor.post(address, form_of(editor.get(address)) | {"reason": "typo"}, "_do")
    assert answer.status_code == 409
    assert not fresh(speaker).is_public, "What was published on the way stays published."
    editor.saved(admin_url(draft), proposition=str(claim.proposition.pk))
    carried_out(editor, draft, "correct", reason="misattribution")
    assert fresh(speaker).is_public
    assert fresh(draft).is_public


def test_a_stale_page_corrects_nothing(editor, contributor):
    claim = on_record(ClaimFactory())
    draft: Any = publishing.revise(claim)
    address, form = action_form(editor, draft, "correct")
    contributor.saved(admin_url(draft), statement="Slipped in.")
    assert editor.post(address, form | {"reason": "typo"}, "_do").status_code == 409
    assert fresh(claim).is_public


def test_takedown_reasons_are_not_offered_for_a_correction(editor):
    draft: Any = publishing.revise(on_record(ClaimFactory()))
    address, form = action_form(editor, draft, "correct")
    for reason in ("safety", "legal", ""):
        assert editor.post(address, form | {"reason": reason}, "_do").status_code == 200
    assert not fresh(draft).is_public


def test_what_has_a_chosen_id_is_amended_and_not_corrected(editor):
    row = on_record(FacilityFactory())
    buttons = text_of(editor.get(admin_url(row))).split("object-tools")[1].split("</ul>")[0]
    assert "Correct" not in buttons
    address, form = action_form(editor, row, "correct")
    answer = editor.post(address, form, "_do")
    assert answer.status_code == 409
    assert "amend it instead" in text_of(answer)


# Amend ------------------------------------------------------------------------------------------------------


def amended(editor: Editor, row: Any, **changes: Any) -> Change:
    editor.saved(admin_url(row, "amend"), "_amend", **changes)
    change = Change.objects.filter(action="amend", object_id=row.public_id).last()
    assert change is not None
    return change


def test_plain_fields_choices_and_pointers_are_amended_with_old_and_new_value(editor):
    strike = on_record(StrikeFactory())
    wave = on_record(WaveFactory())
    region = on_record(RegionFactory())
    change = amended(
        editor,
        strike,
        title="Another name",
        location_precision="town",
        wave=str(wave.pk),
        regions=[str(region.pk)],
        public_note="Better known so.",
    )
    assert change.note == "Better known so."
    assert change.values == {
        "title": [strike.title, "Another name"],
        "location_precision": ["site", "town"],
        "wave": [None, wave.public_id],
        "regions": [[], [region.public_id]],
    }
    strike = fresh(strike)
    assert (strike.title, strike.wave, list(strike.regions.all())) == ("Another name", wave, [region])


def test_the_methods_of_a_strike_are_amended(editor):
    strike = on_record(StrikeFactory())
    assert amended(editor, strike, methods=["missile", "drone"]).values == {
        "methods": [["drone"], ["missile", "drone"]]
    } or (sorted(Change.objects.last().values["methods"][1]) == ["drone", "missile"])
    assert fresh(strike).method_codes == ["drone", "missile"]


def test_names_are_added_changed_and_removed(editor):
    facility = FacilityFactory()
    FacilityNameFactory(facility=facility, name="НОРСИ")
    FacilityNameFactory(facility=facility, name="Refinery")
    on_record(facility)
    change = amended(
        editor,
        facility,
        **{
            "names-0-name": "НОРСИ (Кстово)",
            "names-1-DELETE": "on",
            "names-TOTAL_FORMS": "3",
            "names-2-name": "NORSI",
        },
    )
    assert change.values == {"names": [["НОРСИ", "Refinery"], ["НОРСИ (Кстово)", "NORSI"]]}
    assert "norsi" in fresh(facility).search_text


def test_parties_are_added_changed_and_ended(editor):
    facility = FacilityFactory()
    PartyFactory(facility=facility)
    PartyFactory(facility=facility, role="owner")
    facility = on_record(facility)
    user = on_record(ActorFactory())
    amended(
        editor,
        facility,
        **{
            "parties-0-until": "2024-03-12",
            "parties-1-DELETE": "on",
            "parties-TOTAL_FORMS": "3",
            "parties-2-actor": str(user.pk),
            "parties-2-role": "user",
        },
    )
    now = facility.parties.filter(withdrawn_rev=None)
    assert {(party.role, str(party.until)) for party in now} == {("operator", "2024-03-12"), ("user", "None")}
    assert facility.parties.exclude(withdrawn_rev=None).count() == 2, "What it was stays in the past."


def test_a_notice_is_added_to_a_report_that_is_public(editor):
    report = on_record(ReportFactory())
    amended(
        editor,
        report,
        **{
            "notices-TOTAL_FORMS": "1",
            "notices-0-kind": "retraction",
            "notices-0-dated_0": "2024-03-13",
            "notices-0-dated_1": "12:00:00",
        },
    )
    assert report.notices.get().is_public


def test_evidence_and_relations_are_added_to_a_claim_that_is_public(editor):
    claim, other = on_record(ClaimFactory()), on_record(ClaimFactory())
    evidence = on_record(EvidenceFactory())
    form = editor.form(admin_url(claim, "amend"))
    assert "statement" not in form
    assert "chain-TOTAL_FORMS" not in form
    amended(
        editor,
        claim,
        credibility="2",
        **{
            "evidence_links-TOTAL_FORMS": "1",
            "evidence_links-0-evidence": str(evidence.pk),
            "evidence_links-0-role": "supports",
            "relations-TOTAL_FORMS": "1",
            "relations-0-kind": "updates",
            "relations-0-other": str(other.pk),
        },
    )
    assert claim.evidence_links.get().is_public
    assert claim.relations.get().is_public
    assert fresh(claim).credibility == "2"


def test_what_is_frozen_is_not_in_the_form_and_not_taken(editor):
    claim = on_record(ClaimFactory())
    answer = editor.send(admin_url(claim, "amend"), "_amend", statement="Slipped in.", stance="denies")
    assert "Nothing would change." in text_of(answer)
    assert fresh(claim).statement == claim.statement


def test_a_preview_of_an_amendment_changes_nothing(editor):
    facility = on_record(FacilityFactory())
    before = record_contents()
    answer = editor.send(
        admin_url(facility, "amend"),
        "_preview",
        town="Kstovo",
        **{"names-TOTAL_FORMS": "1", "names-0-name": "НОРСИ"},
    )
    assert answer.status_code == 200
    text = text_of(answer)
    assert "This would change" in text
    assert "<td>Kstovo</td>" in text
    assert record_contents() == before
    assert form_of(answer)["town"] == "Kstovo"
    assert editor.post(admin_url(facility, "amend"), form_of(answer), "_amend").status_code == 302
    assert fresh(facility).town == "Kstovo"
    assert fresh(facility).names.get().name == "НОРСИ"


def test_what_a_rule_that_spans_rows_has_against_it_stands_beside_the_field(editor):
    first = on_record(StrikeFactory())
    second = on_record(StrikeFactory())
    answer = editor.send(admin_url(first, "amend"), "_amend", wave=str(second.pk))
    assert ("only a strike of kind `wave` groups others.") in sentences(answer)
    draft = WaveFactory()
    answer = editor.send(admin_url(first, "amend"), "_amend", wave=str(draft.pk))
    assert any("is draft, not public" in sentence for sentence in sentences(answer))
    assert fresh(first).wave is None


def test_a_rule_of_one_row_is_said_when_amending_too(editor):
    facility = on_record(FacilityFactory())
    answer = editor.send(admin_url(facility, "amend"), "_amend", latitude="56.1")
    assert "Give both coordinates or neither." in sentences(answer)
    assert fresh(facility).latitude is None


def test_a_relation_that_breaks_a_rule_is_refused(editor):
    later = on_record(ClaimFactory())
    earlier = later
    claim = on_record(ClaimFactory())
    repeating = ClaimFactory(proposition=earlier.proposition)
    on_record(ClaimRelationFactory(claim=repeating, other=earlier, kind=ClaimRelationKind.REPEATS).claim)
    answer = editor.send(
        admin_url(later, "amend"),
        "_amend",
        **{"relations-TOTAL_FORMS": "1", "relations-0-kind": "repeats", "relations-0-other": str(claim.pk)},
    )
    assert any("repeats only what was published before it" in sentence for sentence in sentences(answer))
    assert not later.relations.exists()


def test_nothing_to_amend_is_said(editor):
    facility = on_record(FacilityFactory())
    answer = editor.send(admin_url(facility, "amend"), "_amend")
    assert any("Nothing would change." in sentence for sentence in sentences(answer))
    assert Ledger.head().n == 1


def test_each_action_is_a_button_of_the_row(editor, account):
    draft, public = FacilityFactory(), on_record(CapacityFactory())

    def buttons(person: Editor, row: Any) -> list[str]:
        tools = text_of(person.get(admin_url(row))).split('class="object-tools"')[1].split("</ul>")[0]
        return [label for label in ("Publish", "Amend", "Correct", "Withdraw") if f">{label}</a>" in tools]

    assert buttons(editor, draft) == ["Publish"]
    assert buttons(editor, public) == ["Amend", "Correct", "Withdraw"]
    for role in ("contributor", "administrator"):
        assert (
            buttons(Editor(account(role)), draft) == buttons(Editor(account(role, f"{role}-2")), public) == []
        )


@pytest.mark.parametrize("action", ["publish", "withdraw", "correct"])
def test_a_clock_that_is_behind_the_ledger_is_said(action, editor, time_machine):
    row = FacilityFactory() if action == "publish" else on_record(ClaimFactory())
    if action == "correct":
        row = publishing.revise(row)
    on_record(ActorFactory())
    address, form = action_form(editor, row, action)
    time_machine.move_to("2020-01-01")
    editor.client.force_login(editor.user)
    answer = editor.post(address, form | {"reason": "typo"}, "_do")
    assert "The ledger" in " ".join(sentences(answer))
    assert fresh(row).status == row.status
