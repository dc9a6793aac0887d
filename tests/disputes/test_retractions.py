"""What a publisher takes back reaches the copies, and stops where somebody said it elsewhere; what has ended."""

from __future__ import annotations

import pytest

from record import publishing
from record.audit import discrepancies
from tests.disputes.scenes import (
    DAY,
    UNNAMED,
    account,
    at,
    body,
    known,
    newsroom,
    notice,
    origins,
    own_words,
    page,
    point_at_issue,
    reasons,
    relate,
    say,
    stands,
    unnamed,
    word,
)
from tests.factories import MORNING
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _what_is_kept_is_right():
    yield
    assert list(discrepancies()) == []


class Copied:
    """An agency carries an unnamed official; one paper copies its page, another repeats the word; a minister denies."""

    def __init__(self) -> None:
        self.agency, paper, third = (newsroom(name) for name in ("agency", "paper", "third"))
        self.point = point_at_issue()
        official = unnamed("official", self.agency)
        self.original = page(self.agency)
        copy = page(paper, day=1, derived_from=self.original)
        self.first = word(self.point, official, report=self.original, **UNNAMED)
        self.copied = word(self.point, official, day=1, report=copy, **UNNAMED)
        self.own = own_words(self.point, paper, day=1, report=copy, position=1)
        on_record(self.first, self.copied, self.own)
        self.repeated = say(own_words(self.point, third, day=1))
        relate(self.repeated, "repeats", self.first)
        say(word(self.point, body("minister", kind="person"), day=2, stance="denies"))


def taken_back_through(found):
    return {
        claim["id"]: claim["retracted_through"] and claim["retracted_through"]["id"]
        for side in ("for", "against", "silent")
        for claim in found[side]
    }


def test_a_retraction_reaches_what_copies_and_what_repeats_from_the_day_it_is_made(api):
    scene = Copied()
    before = account(api, scene.point)
    assert stands(before) == ("disputed", 1, 1, 0)
    revision = notice(scene.original, day=3)
    found = account(api, scene.point)
    assert stands(found) == ("denied", 0, 1, 0)
    assert found["documents"] == 1
    claims = [scene.first, scene.copied, scene.own, scene.repeated]
    through = taken_back_through(found)
    assert {through[claim.public_id] for claim in claims} == {scene.original.public_id}
    listed = {row["id"]: row for row in api("claims/?polarity=positive")["results"]}
    assert {row["not_counted_because"] for row in listed.values()} == {"retracted"}
    flagged = {public_id for public_id, row in listed.items() if row["report_retracted"]}
    assert flagged == {scene.first.public_id}
    # Known from its date, recorded from its revision, and never 410.
    assert stands(account(api, scene.point, known(2))) == ("disputed", 1, 1, 0)
    assert stands(account(api, scene.point, known(3))) == ("denied", 0, 1, 0)
    earlier = fresh(scene.point).states.order_by("-pk")[1].from_rev
    assert earlier.n == revision.n - 1
    assert stands(account(api, scene.point, at(earlier))) == ("disputed", 1, 1, 0)
    api(f"claims/{scene.first.public_id}/")


def test_a_page_that_is_merely_gone_counts_on(api):
    scene = Copied()
    notice(scene.original, day=3, kind="withdrawal")
    assert stands(account(api, scene.point)) == ("disputed", 1, 1, 0)
    assert set(taken_back_through(account(api, scene.point)).values()) == {None}
    notice(scene.original, day=4, kind="withdrawal", for_error=True)
    assert stands(account(api, scene.point)) == ("denied", 0, 1, 0)


def test_what_a_named_speaker_said_elsewhere_stands(api):
    agency, paper = newsroom("agency"), newsroom("paper")
    governor, mayor = body("governor", kind="person"), body("mayor", kind="person")
    point = point_at_issue()
    original = page(agency)
    copy = page(paper, day=1, derived_from=original)
    first = word(point, governor, report=original)
    in_copy = word(point, governor, day=1, report=copy)
    added = word(point, mayor, day=1, report=copy, position=1)
    elsewhere = word(point, governor, day=1)
    on_record(first, in_copy, added, elsewhere)
    notice(original, day=2)
    found = account(api, point)
    assert stands(found) == ("agreed", 2, 0, 0)
    assert reasons(found) == {
        first.public_id: "retracted",
        in_copy.public_id: "retracted",
        added.public_id: None,
        elsewhere.public_id: None,
    }


def test_a_notice_may_name_the_claims_it_touches(api):
    agency, paper = newsroom("agency"), newsroom("paper")
    burned, spilled = point_at_issue(), point_at_issue("Oil was spilled.")
    original = page(agency)
    copy = page(paper, day=1, derived_from=original)
    official, others = unnamed("official", agency), unnamed("others", agency)
    touched = word(burned, official, report=original, **UNNAMED)
    on_record(
        touched,
        word(burned, others, report=original, position=1, **UNNAMED),
        word(spilled, official, report=original, position=2, **UNNAMED),
        word(burned, official, day=1, report=copy, **UNNAMED),
        word(spilled, official, day=1, report=copy, position=1, **UNNAMED),
    )
    notice(original, day=2, claims=[touched.public_id])
    assert sorted(map(str, reasons(account(api, burned)).values())) == ["None", "retracted", "retracted"]
    assert set(reasons(account(api, spilled)).values()) == {None}
    shown = api(f"reports/{original.public_id}/")["notices"]
    assert [(one["kind"], one["for_error"], one["claims"]) for one in shown] == [
        ("retraction", False, [touched.public_id])
    ]
    # By lineage: a corrected claim stays touched, and is named as before.
    corrected = publishing.revise(fresh(touched), statement="It burned a little.")
    publishing.correct(corrected, reason="typo")
    assert reasons(account(api, burned))[corrected.public_id] == "retracted"
    assert api(f"reports/{original.public_id}/")["notices"][0]["claims"] == [touched.public_id]
    assert [row["id"] for row in api("reports/?notice=retraction")["results"]] == [original.public_id]
    assert api("claims/?notice=retraction")["count"] == 3
    assert api("claims/?notice=update")["count"] == 0


def test_a_notice_names_claims_of_its_own_report():
    report, other = page(), say(word(point_at_issue(), body("governor", kind="person")))
    on_record(report)
    with pytest.raises(publishing.Blocked, match="no public claim of this report"):
        notice(report, day=2, claims=[other.public_id])
    with pytest.raises(publishing.Blocked, match="Only a withdrawal"):
        notice(report, day=2, kind="retraction", for_error=True)


def test_copies_fall_although_we_do_not_hold_what_was_said_in_the_original(api):
    agency, paper = newsroom("agency"), newsroom("paper")
    edition = newsroom("edition", family=agency)
    point = point_at_issue()
    original = page(edition)
    copy = page(paper, day=1, derived_from=original)
    mayor = body("mayor", kind="person")
    on_record(
        word(point, unnamed("officials", agency), day=1, report=copy, **UNNAMED),
        word(point, mayor, day=1, report=copy, position=1),
    )
    notice(original, day=2)
    found = account(api, point)
    assert stands(found) == ("single_origin", 1, 0, 0)
    assert set(origins(found)) == {("mayor", "positive")}


def test_a_correction_of_a_copy_of_a_copy_falls_with_the_first(api):
    agency, paper, relay = (newsroom(name) for name in ("agency", "paper", "relay"))
    point = point_at_issue()
    first = page(agency)
    second = page(paper, day=1, derived_from=first)
    third = page(relay, day=2, derived_from=second)
    on_record(own_words(point, agency, report=first), own_words(point, relay, day=2, report=third))
    notice(second, day=3)
    assert sorted(map(str, reasons(account(api, point)).values())) == ["None", "retracted"]
    publishing.amend(fresh(third), {"derived_from": None})
    assert set(reasons(account(api, point)).values()) == {None}
    assert stands(account(api, point)) == ("agreed", 2, 0, 0)


# What has ended -------------------------------------------------------------------------------------------


def lasting(day, until=None):
    """The event time of a lasting state: open or, once it ended, closed."""
    start = MORNING + day * DAY
    if until is None:
        return {"event_earliest": start, "event_precision": "day"}
    return {"event_earliest": start, "event_latest": MORNING + until * DAY, "event_precision": "days"}


def test_ending_is_not_denying(api):
    court, witness = body("court", kind="court"), body("witness", kind="person")
    point = point_at_issue("An inquiry is under way.", topic="investigation")
    goes_on = say(word(point, court, day=1, **lasting(1)))
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    ended = say(word(point, court, day=9, **lasting(1, until=8)))
    found = account(api, point)
    assert stands(found) == ("unreported", 0, 0, 0)
    assert (found["against"], reasons(found)) == (
        [],
        {goes_on.public_id: "outdated", ended.public_id: "outdated"},
    )
    assert found["explanation"] == "It no longer goes on: Court said that it ended on 20 March 2024."
    assert stands(account(api, point, known(5))) == ("single_origin", 1, 0, 0)
    # Somebody else's word that it goes on stands, and so does the court's once it has begun anew.
    say(word(point, witness, day=10, **lasting(1)))
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    assert "Court said that it ended on 20 March 2024" in account(api, point)["explanation"]
    say(word(point, court, day=12, **lasting(11)))
    assert stands(account(api, point)) == ("agreed", 2, 0, 0)


def test_that_it_was_suspended_can_be_said_on_another_point(api):
    court = body("court", kind="court")
    point = point_at_issue("An inquiry is under way.", topic="investigation")
    suspended = point_at_issue("The inquiry was suspended.", topic="investigation", strike=point.strike)
    goes_on = say(word(point, court, day=1, **lasting(1)))
    other = say(word(suspended, court, day=4))
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    relate(other, "updates", goes_on)
    assert stands(account(api, point)) == ("unreported", 0, 0, 0)
    assert stands(account(api, suspended)) == ("single_origin", 1, 0, 0)
    assert (
        account(api, point)["explanation"]
        == "It no longer goes on: Court said that it ended on 16 March 2024."
    )
    publishing.withdraw(fresh(other), reason="out_of_scope", note="Not ours.")
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)


@pytest.mark.parametrize("turned", ["denies", "retracts", "never said it"])
def test_who_no_longer_says_that_it_was_suspended_ended_nothing(api, turned):
    court = body("court", kind="court")
    point = point_at_issue("An inquiry is under way.", topic="investigation")
    suspended = point_at_issue("The inquiry was suspended.", topic="investigation", strike=point.strike)
    goes_on = say(word(point, court, day=1, **lasting(1)))
    stance = "denies" if turned == "never said it" else "asserts"
    relate(say(word(suspended, court, day=4, stance=stance)), "updates", goes_on)
    if turned != "never said it":
        assert stands(account(api, point)) == ("unreported", 0, 0, 0)
        say(word(suspended, court, day=6, stance=turned))
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    assert "ended" not in account(api, point)["explanation"]


def test_the_day_of_an_end_is_that_of_the_place(api):
    court = body("court", kind="court")
    point = point_at_issue("An inquiry is under way.", topic="investigation")
    # Until the end of 16 March in New York.
    until = {"event_latest": MORNING.replace(day=17, hour=3, minute=59), "event_timezone": "America/New_York"}
    say(word(point, court, **lasting(0)), word(point, court, day=9, **{**lasting(0, until=4), **until}))
    assert "ended on 16 March 2024" in account(api, point)["explanation"]


@pytest.mark.parametrize("topic", ["operations_halted", "fire", "occurrence"])
def test_what_happened_stays_so_when_it_is_over(api, topic):
    operator = body("operator")
    point = point_at_issue("The unit stood still.", topic=topic)
    say(word(point, operator, day=1, **lasting(1)), word(point, operator, day=9, **lasting(1, until=8)))
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)


def test_an_end_that_lies_ahead_or_a_moment_ends_nothing(api):
    court = body("court", kind="court")
    point = point_at_issue("An order is in force.", topic="policy")
    moment = {"event_earliest": MORNING, "event_latest": MORNING + DAY, "event_precision": "month"}
    say(
        word(point, court, day=1, **lasting(1)),
        word(point, court, day=2, **lasting(1, until=30)),
        word(point, court, day=3, **moment),
    )
    assert stands(account(api, point)) == ("single_origin", 1, 0, 0)
    assert set(reasons(account(api, point)).values()) == {None}
