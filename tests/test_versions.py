"""What the record did to one object: `{collection}/{id}/versions/`."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from config.urls import router
from record.choices import WithdrawalReason
from record.models import collections
from record.publishing import (
    Amendment,
    Batch,
    Blocked,
    Correction,
    amend,
    correct,
    merge,
    publish,
    publish_batch,
    revise,
    takedown,
    unmerge,
    withdraw,
)
from sources.models import ReportNotice
from strikes.models import ClaimRelation
from tests.factories import ActorFactory, ClaimFactory, DamageEstimateFactory, FacilityFactory, ReportFactory
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


def test_a_draft_has_no_versions_and_a_merge_is_told_of_both(api):
    draft = ActorFactory(public_id="draft")
    api("actors/draft/versions/", status=404)
    api("actors/nobody/versions/", status=404)
    publish(draft)
    survivor = on_record(ActorFactory(public_id="survivor"))
    merge(fresh(draft), survivor)
    assert [line["action"] for line in api("actors/draft/versions/")["versions"]] == ["merge", "publish"]
    assert [line["id"] for line in api("actors/survivor/versions/")["versions"]] == ["draft", "survivor"]
    unmerge(fresh(draft))
    assert [line["action"] for line in api("actors/survivor/versions/")["versions"]] == [
        "unmerge",
        "merge",
        "publish",
    ]
    lines = api("actors/draft/versions/")["versions"]
    assert [(line["action"], line["replaced_by"], line["url"] is None) for line in lines] == [
        ("unmerge", None, True),
        ("merge", "survivor", True),
        ("publish", None, False),
    ]


def test_a_report_and_its_corrections_are_told_together_without_their_chain(api):
    report: Any = on_record(ReportFactory(title="Wrong"))
    correction: Any = revise(report, title="Right")
    correct(correction, reason=TYPO)
    published, _, first = api(f"reports/{correction.public_id}/versions/")["versions"]
    assert (published["id"], first["id"]) == (correction.public_id, report.public_id)
    assert published["changed"] == [{"field": "title", "old": "Wrong", "new": "Right"}]
    assert api(f"reports/{report.public_id}/versions/")["versions"][0] == published


def test_two_amendments_in_one_revision_are_told_once(api):
    actor: Any = on_record(ActorFactory(public_id="lukoil", name="First", note=None))
    publish_batch(
        Batch(amendments=[Amendment(actor, {"name": "Second"}), Amendment(actor, {"note": "Said."})])
    )
    second, first, _ = api("actors/lukoil/versions/")["versions"]
    assert [change["field"] for change in second["changed"]] == ["name", "note"]
    assert first["changed"] == []


def test_an_amendment_and_a_correction_in_one_revision_are_kept_apart(api):
    claim: Any = on_record(ClaimFactory(statement="Wrong"))
    correction: Any = revise(claim, statement="Right")
    publish_batch(
        Batch(
            amendments=[Amendment(claim, {"note": "Amended."})], corrections=[Correction([correction], TYPO)]
        )
    )
    lines = api(f"claims/{claim.public_id}/versions/")["versions"]
    by_action = {(line["action"], line["id"]): line["changed"] for line in lines}
    assert by_action["amend", claim.public_id] == []
    assert by_action["publish", correction.public_id] == [
        {"field": "statement", "old": "Wrong", "new": "Right"}
    ]


# What nobody may see ------------------------------------------------------------------------------------


def test_a_relation_to_a_draft_is_not_told_until_the_other_claim_is_public(api):
    claim, draft = on_record(ClaimFactory()), ClaimFactory()
    amend(claim, {"note": "Amended."}, add=[ClaimRelation(kind="disputes", other=draft)])
    assert draft.public_id not in str(api(f"claims/{claim.public_id}/versions/"))
    on_record(draft)
    assert draft.public_id in str(api(f"claims/{claim.public_id}/versions/"))


def test_a_relation_to_what_was_taken_down_is_refused(api):
    claim, gone = on_record(ClaimFactory()), on_record(ClaimFactory())
    takedown(gone, reason=SAFETY)
    with pytest.raises(Blocked, match="it was taken down"):
        amend(claim, add=[ClaimRelation(kind="disputes", other=fresh(gone))])
    draft = ClaimFactory()
    ClaimRelation.objects.create(claim=draft, kind="disputes", other=gone)
    with pytest.raises(Blocked, match="it was taken down"):
        publish(draft, draft.actor, draft.report, draft.report.source, draft.proposition)


def test_a_notice_names_no_claim_that_was_taken_down(api):
    claim: Any = on_record(ClaimFactory())
    notice = ReportNotice(kind="correction", dated=claim.report.issued_latest, claims=[claim.public_id])
    amend(claim.report, add=[notice])
    address = f"reports/{claim.report.public_id}/versions/"
    assert claim.public_id in str(api(address))
    takedown(fresh(claim), reason=SAFETY)
    assert claim.public_id not in str(api(address))


def test_known_at_means_nothing_here(api):
    on_record(ActorFactory(public_id="lukoil"))
    problem = problem_of(api.raw("actors/lukoil/versions/?known_at=2024-03-12"), 400)
    assert problem["errors"][0]["parameter"] == "known_at"


@pytest.mark.parametrize("factory", [ClaimFactory, FacilityFactory])
def test_versions_take_the_same_queries_however_many_there_are(api, factory, django_assert_max_num_queries):
    row: Any = on_record(factory())
    for number in range(5):
        amend(fresh(row), {"note": f"{number}."})
    with django_assert_max_num_queries(12):
        told = api(f"{row.collection}/{row.public_id}/versions/")
    assert len(told["versions"]) == 6


def test_every_collection_of_the_record_has_versions():
    views = {prefix: view for prefix, view, _ in router.registry}
    for name in collections():
        assert hasattr(views[name], "versions")
