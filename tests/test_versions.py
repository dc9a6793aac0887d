"""What the record did to one object: `{collection}/{id}/versions/`."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from config.urls import router
from record.choices import WithdrawalReason
from record.models import collections
from record.publishing import amend, correct, merge, publish, revise, takedown, unmerge, withdraw
from tests.factories import ActorFactory, ClaimFactory, DamageEstimateFactory, FacilityFactory
from tests.on_record import fresh, on_record
from tests.starter.test_reading import problem_of

pytestmark = pytest.mark.django_db

TYPO, OUT, SAFETY = WithdrawalReason.TYPO, WithdrawalReason.OUT_OF_SCOPE, WithdrawalReason.SAFETY


@pytest.fixture
def clock():
    """Each call is a day later, so that every revision has a moment of its own."""
    with time_machine.travel(dt.datetime(2031, 5, 1, 12, tzinfo=dt.UTC), tick=False) as traveller:
        yield lambda: traveller.shift(dt.timedelta(days=1))


def test_each_amendment_is_told_with_what_changed_from_what_to_what(api, clock):
    actor: Any = on_record(ActorFactory(public_id="lukoil", name="Lukoil", note=None))
    clock()
    amend(actor, {"name": "LUKOIL", "note": "Renamed."}, note="As it writes itself.")
    told = api("actors/lukoil/versions/")
    assert (told["id"], told["collection"], told["complete"]) == ("lukoil", "actors", True)
    second, first = told["versions"]
    assert [first["action"], second["action"]] == ["publish", "amend"]
    assert first["changed"] == []
    assert second["note"] == "As it writes itself."
    assert second["changed"] == [
        {"field": "name", "old": "Lukoil", "new": "LUKOIL"},
        {"field": "note", "old": None, "new": "Renamed."},
    ]
    assert second["at"] == "2031-05-02T12:00:00Z"
    assert second["url"].endswith("/api/v1/actors/lukoil/?as_of=2031-05-02T12:00:00.000000Z")


def test_the_address_of_a_version_answers(api, clock):
    facility: Any = on_record(FacilityFactory(public_id="plant"))
    clock()
    amend(facility, {"note": "Second."})
    for version in api("facilities/plant/versions/")["versions"]:
        assert api(version["url"])["id"] == "plant"


def test_as_of_leaves_out_what_was_done_later(api, clock):
    actor: Any = on_record(ActorFactory(public_id="lukoil"))
    clock()
    amend(actor, {"note": "Later."})
    assert len(api("actors/lukoil/versions/?as_of=2031-05-01")["versions"]) == 1
    api("actors/lukoil/versions/?as_of=2031-04-30", status=404)
    assert len(api("actors/lukoil/versions/?as_of=2031-05-02")["versions"]) == 2


def test_a_claim_and_its_corrections_are_told_together(api):
    claim: Any = ClaimFactory(statement="Wrong")
    DamageEstimateFactory(claim=claim)
    claim = on_record(claim)
    correction: Any = revise(claim, statement="Right")
    correct(correction, reason=TYPO, note="A slip.")
    by_old, by_new = (api(f"claims/{row.public_id}/versions/") for row in (claim, correction))
    assert by_old["versions"] == by_new["versions"]
    published, withdrawn, first = by_new["versions"]
    assert [line["action"] for line in (published, withdrawn, first)] == ["publish", "withdraw", "publish"]
    assert (withdrawn["id"], withdrawn["reason"], withdrawn["url"]) == (claim.public_id, "typo", None)
    assert withdrawn["replaced_by"] == published["id"] == correction.public_id
    assert {"field": "statement", "old": "Wrong", "new": "Right"} in published["changed"]


def test_what_was_withdrawn_still_has_its_versions_and_what_was_taken_down_has_none(api):
    gone, kept = on_record(ActorFactory(public_id="gone")), on_record(ActorFactory(public_id="kept"))
    amend(kept, {"note": "Said once."})
    withdraw(fresh(kept), reason=OUT)
    assert [line["action"] for line in api("actors/kept/versions/")["versions"]] == [
        "withdraw",
        "amend",
        "publish",
    ]
    takedown(gone, reason=SAFETY)
    assert problem_of(api.raw("actors/gone/versions/"), 410)["code"] == "withdrawn"
    takedown(fresh(kept), reason=SAFETY)
    assert "Said once." not in str(problem_of(api.raw("actors/kept/versions/"), 410))


def test_a_draft_has_no_versions_and_a_merged_object_leads_to_its_survivor(api):
    draft = ActorFactory(public_id="draft")
    api("actors/draft/versions/", status=404)
    api("actors/nobody/versions/", status=404)
    publish(draft)
    survivor = on_record(ActorFactory(public_id="survivor"))
    merge(fresh(draft), survivor)
    answer = api.raw("actors/draft/versions/")
    assert answer.status_code == 308
    assert answer["Location"].endswith("/api/v1/actors/survivor/versions/")
    unmerge(fresh(draft))
    lines = api("actors/draft/versions/")["versions"]
    assert [(line["action"], line["replaced_by"], line["url"] is None) for line in lines] == [
        ("unmerge", None, True),
        ("merge", "survivor", True),
        ("publish", None, False),
    ]


def test_known_at_means_nothing_here(api):
    on_record(ActorFactory(public_id="lukoil"))
    problem = problem_of(api.raw("actors/lukoil/versions/?known_at=2024-03-12"), 400)
    assert problem["errors"][0]["parameter"] == "known_at"


@pytest.mark.parametrize("factory", [ClaimFactory, FacilityFactory])
def test_versions_take_the_same_queries_however_many_there_are(api, factory, django_assert_max_num_queries):
    row: Any = on_record(factory())
    for number in range(5):
        amend(fresh(row), {"note": f"{number}."})
    with django_assert_max_num_queries(6):
        told = api(f"{row.collection}/{row.public_id}/versions/")
    assert len(told["versions"]) == 6


def test_every_collection_of_the_record_has_versions():
    views = {prefix: view for prefix, view, _ in router.registry}
    for name in collections():
        assert hasattr(views[name], "versions")
