"""The pages that merge, undo a merge and take down: nothing happens that was not looked at."""

import pytest

from record.models import Change, Ledger, Merge
from tests.admin.conftest import admin_url, record_contents
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    FacilityFactory,
    PartyFactory,
    PropositionFactory,
    ReportFactory,
    StrikeFactory,
    UnitFactory,
)
from tests.forms import form_of, sentences
from tests.on_record import fresh, on_record
from tests.sweeps import one_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_record_holds")]


def text_of(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def strikes():
    """Two public strikes that say the same of a fire, and each something of its own."""
    loser, survivor = (
        on_record(StrikeFactory(title="At dawn")),
        on_record(StrikeFactory(title="In the morning")),
    )
    for strike in (loser, survivor):
        on_record(ClaimFactory(proposition=PropositionFactory(strike=strike, text="It burns", topic="fire")))
        on_record(PropositionFactory(strike=strike, text=f"Said of {strike.public_id}"))
    return loser, survivor


# Merge ---------------------------------------------------------------------------------------------------


def test_a_merge_is_looked_at_before_it_is_made(editor, strikes):
    loser, survivor = strikes
    before = record_contents()
    first = editor.send(admin_url(loser, "merge"), "_do", survivor=survivor.pk, note="One attack.")
    assert first.status_code == 200
    text = text_of(first)
    assert "title: At dawn | In the morning" in text
    assert "propositions by strike: 2 | 2" in text
    assert "single origin, 1 for and 0 against → agreed, 2 for and 0 against" in text
    assert record_contents() == before
    form = form_of(first)
    (pair,) = form["pairs"]
    assert pair.startswith("propositions/")
    second = editor.post(admin_url(loser, "merge"), form, "_do")
    assert second.status_code == 302, sentences(second)
    assert Merge.objects.active().count() == 2
    assert fresh(loser).canonical == survivor
    assert {change.note for change in Change.objects.filter(action="merge")} == {"One attack."}


def test_a_pair_that_is_not_ticked_stays_apart(editor, strikes):
    loser, survivor = strikes
    address = admin_url(loser, "merge")
    form = form_of(editor.send(address, "_preview", survivor=survivor.pk))
    response = editor.post(address, {**form, "pairs": []}, "_do")
    assert response.status_code == 302, sentences(response)
    assert [merged.collection for merged in Merge.objects.active()] == ["strikes"]


def test_choosing_another_survivor_shows_what_it_would_do_first(editor, strikes):
    loser, survivor = strikes
    third = on_record(StrikeFactory())
    form = form_of(editor.send(admin_url(loser, "merge"), "_preview", survivor=survivor.pk))
    response = editor.post(admin_url(loser, "merge"), {**form, "survivor": third.pk}, "_do")
    assert response.status_code == 200
    assert not Merge.objects.exists()
    assert "pairs" not in form_of(response)


def test_the_page_says_what_is_in_the_way(editor):
    actor, another_actor = on_record(ActorFactory(kind="anonymous")), on_record(ActorFactory())
    text = text_of(editor.send(admin_url(actor, "merge"), "_preview", survivor=another_actor.pk))
    assert "An anonymous voice is only ever the same as another anonymous voice." in text
    report, copy = on_record(ReportFactory()), on_record(ReportFactory())
    form = form_of(editor.send(admin_url(report, "merge"), "_preview", survivor=copy.pk))
    response = editor.post(admin_url(report, "merge"), form, "_do")
    assert response.status_code == 409
    assert "withdrawn as a duplicate, not merged" in text_of(response)


def test_what_somebody_changed_since_is_not_merged(editor, strikes):
    loser, survivor = strikes
    form = form_of(editor.send(admin_url(loser, "merge"), "_preview", survivor=survivor.pk))
    type(loser).objects.filter(pk=survivor.pk).update(version=7)
    response = editor.post(admin_url(loser, "merge"), form, "_do")
    assert response.status_code == 409
    assert "Somebody changed it since you opened it" in text_of(response)
    assert not Merge.objects.exists()


@pytest.mark.parametrize("key", one_in(3, ["", "0", "999999", "x", "9" * 30, "-1", "\x00"]))
def test_no_survivor_is_no_merge(editor, strikes, key):
    loser, _ = strikes
    response = editor.send(admin_url(loser, "merge"), "_do", survivor=key)
    assert response.status_code == 200
    assert not Merge.objects.exists()


def test_a_merged_row_offers_to_undo_it_and_is_not_offered_any_more(editor, strikes):
    loser, survivor = strikes
    assert ">Merge</a>" in text_of(editor.get(admin_url(loser)))
    form = form_of(editor.send(admin_url(loser, "merge"), "_preview", survivor=survivor.pk))
    editor.post(admin_url(loser, "merge"), form, "_do")
    text = text_of(editor.get(admin_url(loser)))
    assert ">Undo the merge</a>" in text
    assert ">Merge</a>" not in text
    assert f'merged into <a href="{admin_url(survivor)}"><code>{survivor.public_id}</code></a>' in text
    response = editor.get(
        f"/admin/autocomplete/?term={loser.public_id}&app_label=strikes&model_name=proposition&field_name=strike"
    )
    assert response.json()["results"] == []


def test_undoing_says_what_stands_apart_again(editor, strikes):
    loser, survivor = strikes
    form = form_of(editor.send(admin_url(loser, "merge"), "_preview", survivor=survivor.pk))
    editor.post(admin_url(loser, "merge"), form, "_do")
    text = text_of(editor.get(admin_url(loser, "unmerge")))
    assert text.count("stands apart from") == 2
    response = editor.send(admin_url(loser, "unmerge"), "_do", note="Two attacks.")
    assert response.status_code == 302, sentences(response)
    assert not Merge.objects.active().exists()
    again = editor.get(admin_url(loser, "unmerge"))
    assert "is not merged into another row" in text_of(again)


def test_facilities_show_their_capacities_and_bring_their_units(editor):
    loser, survivor = on_record(FacilityFactory()), on_record(FacilityFactory())
    for number, facility in enumerate((loser, survivor)):
        on_record(UnitFactory(facility=facility, designation="AVT-6", public_id=f"unit-of-{number}"))
    text = text_of(editor.send(admin_url(loser, "merge"), "_preview", survivor=survivor.pk))
    assert "units/unit-of-0 → units/unit-of-1" in text


# Take down -----------------------------------------------------------------------------------------------


def test_a_takedown_shows_all_that_goes_and_is_confirmed_by_typing(editor):
    claim = on_record(ClaimFactory())
    party = PartyFactory(actor=claim.actor, facility=FacilityFactory())
    facility = on_record(party.facility)
    draft = ClaimFactory(actor=claim.actor)
    address = admin_url(claim.actor, "takedown")
    text = text_of(editor.get(address))
    assert "All that goes, at every revision: 2" in text
    assert f"claims/{claim.public_id}" in text
    assert f"names actors/{claim.actor.public_id} by actor" in text
    assert str(party) in text
    assert draft.public_id in text
    before = record_contents()
    for confirmation in ("", "yes", claim.public_id):
        response = editor.send(address, "_do", reason="safety", confirmation=confirmation)
        assert response.status_code == 200
    assert editor.send(address, "_do", reason="typo", confirmation=claim.actor.public_id).status_code == 200
    assert record_contents() == before
    response = editor.send(
        address, "_do", reason="legal", note="A court, 12 May.", confirmation=f" {claim.actor.public_id} "
    )
    assert response.status_code == 302, sentences(response)
    assert [fresh(row).status for row in (claim.actor, claim, facility, draft)] == [
        "taken down",
        "taken down",
        "published",
        "draft",
    ]
    assert Ledger.head().takedowns == 1
    after = text_of(editor.get(admin_url(claim.actor)))
    assert "Taken down in revision" in after
    assert "A court, 12 May." in after
    assert ">Take down</a>" not in after


def test_what_came_to_rest_on_it_since_does_not_go_unseen(editor):
    report = on_record(ReportFactory())
    form = editor.form(admin_url(report, "takedown"))
    late = on_record(ClaimFactory(report=report))
    answer = {**form, "reason": "safety", "confirmation": report.public_id}
    response = editor.post(admin_url(report, "takedown"), answer, "_do")
    assert response.status_code == 200
    assert "More goes now than you have seen" in text_of(response)
    assert fresh(late).status == "published"
    again = editor.post(
        admin_url(report, "takedown"), form_of(response) | {"confirmation": report.public_id}, "_do"
    )
    assert again.status_code == 302, sentences(again)
    assert fresh(late).status == "taken down"


def test_what_was_withdrawn_can_still_be_taken_down_and_a_draft_cannot(editor):
    claim, draft = on_record(ClaimFactory()), ClaimFactory()
    editor.send(admin_url(claim, "withdraw"), "_do", reason="typo")
    assert ">Take down</a>" in text_of(editor.get(admin_url(claim)))
    response = editor.send(admin_url(claim, "takedown"), "_do", reason="legal", confirmation=claim.public_id)
    assert response.status_code == 302, sentences(response)
    text = text_of(editor.get(admin_url(draft, "takedown")))
    assert f"claims/{draft.public_id} is draft." in text


def test_only_editors_see_these_pages(contributor, strikes):
    loser, _ = strikes
    text = text_of(contributor.get(admin_url(loser)))
    for label in ("Merge", "Take down"):
        assert f">{label}</a>" not in text
    for action in ("merge", "unmerge", "takedown"):
        assert contributor.get(admin_url(loser, action)).status_code == 403
