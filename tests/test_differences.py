"""What differs between two points in time of all that is said of a strike: `strikes/{id}/diff/`."""

import datetime as dt
from typing import Any

import pytest
import time_machine

from record.choices import WithdrawalReason
from record.publishing import amend, correct, merge, revise, takedown, unmerge, withdraw
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    DamageEstimateFactory,
    PropositionFactory,
    ReportFactory,
    StrikeFactory,
)
from tests.on_record import fresh, on_record
from tests.starter.test_reading import problem_of

pytestmark = pytest.mark.django_db

TYPO, OUT, SAFETY = WithdrawalReason.TYPO, WithdrawalReason.OUT_OF_SCOPE, WithdrawalReason.SAFETY


@pytest.fixture
def days():
    """Our own days, the first of May 2031 and on: each call goes on to the next."""
    with time_machine.travel(dt.datetime(2031, 5, 1, 12, tzinfo=dt.UTC), tick=False) as traveller:
        yield lambda: traveller.shift(dt.timedelta(days=1))


def claim_of_march(day: int, point: Any, **values: Any) -> Any:
    """A claim read in a report of that day in March 2024."""
    at = dt.datetime(2024, 3, day, 9, tzinfo=dt.UTC)
    report = ReportFactory(
        issued_earliest=at, issued_latest=at, issued_precision="minute", issued_local_date=at.date()
    )
    return ClaimFactory(proposition=point, report=report, actor=ActorFactory(), **values)


@pytest.fixture
def story(days):
    """On our first day one claims and on the second a rival does, with a number; on the third the first is corrected."""
    strike: Any = StrikeFactory(
        public_id="north", title="North", facility=None, target_described_as="A depot"
    )
    point = PropositionFactory(strike=strike, text="It burns")
    first: Any = on_record(claim_of_march(12, point, stance="asserts", statement="Wrong"))
    days()
    rival = claim_of_march(13, fresh(point), stance="denies")
    number = DamageEstimateFactory(claim=rival)
    on_record(rival)
    days()
    second: Any = revise(first, statement="Right")
    correct(second, reason=TYPO)
    amend(fresh(strike), {"title": "The north"})
    days()
    return {"first": first, "rival": rival, "number": number, "second": second, "point": point}


def test_what_we_published_in_between(api, story):
    told = api("strikes/north/diff/?from=2031-05-01&to=2031-05-02")
    assert (told["strike"]["id"], told["by"]) == ("north", "published")
    assert (told["from"]["asked_for"], told["to"]["asked_for"]) == ("2031-05-01", "2031-05-02")
    assert told["claims"]["added"] == {"count": 1, "ids": [story["rival"].public_id]}
    assert told["claims"]["removed"] == told["claims"]["corrected"] == {"count": 0, "ids": []}
    assert told["numbers"]["added"]["ids"] == [story["number"].public_id]
    (state,) = told["states"]
    assert state["proposition"]["id"] == story["point"].public_id
    assert (state["from"]["dispute"], state["to"]["dispute"]) == ("single_origin", "disputed")
    assert (state["from"]["origins_against"], state["to"]["origins_against"]) == (0, 1)
    assert state["from"]["explanation"] != state["to"]["explanation"]
    assert told["fields"] == []


def test_a_correction_is_told_as_one_and_fields_of_the_strike_with_old_and_new(api, story):
    told = api("strikes/north/diff/?from=2031-05-02&to=2031-05-03")
    assert told["claims"]["corrected"] == {"count": 1, "ids": [story["second"].public_id]}
    assert told["claims"]["added"]["count"] == told["claims"]["removed"]["count"] == 0
    assert told["states"] == []
    assert told["fields"] == [{"field": "title", "old": "North", "new": "The north"}]


def test_between_no_days_nothing_differs_and_without_to_now_is_meant(api, story):
    nothing = api("strikes/north/diff/?from=2031-05-03&to=2031-05-03")
    assert [nothing["claims"][kind]["count"] for kind in ("added", "removed", "corrected")] == [0, 0, 0]
    assert (nothing["states"], nothing["fields"]) == ([], [])
    assert api("strikes/north/diff/?from=2031-05-01")["fields"] == [
        {"field": "title", "old": "North", "new": "The north"}
    ]
    from_nothing = api("strikes/north/diff/?from=2031-04-30")
    assert from_nothing["from"]["revision"] == 0
    assert from_nothing["claims"]["added"]["count"] == 2
    assert [state["from"] for state in from_nothing["states"]] == [None]


def test_what_became_known_in_between(api, story):
    told = api("strikes/north/diff/?from=2024-03-12&to=2024-03-13&by=known")
    assert told["claims"]["added"]["ids"] == [story["rival"].public_id]
    (state,) = told["states"]
    assert (state["from"]["dispute"], state["to"]["dispute"]) == ("single_origin", "disputed")
    assert told["fields"] == []
    earlier = api("strikes/north/diff/?from=2024-03-11&to=2024-03-12&by=known")
    assert earlier["claims"]["added"]["ids"] == [story["second"].public_id]
    assert earlier["states"][0]["from"] is None


def test_what_was_withdrawn_is_removed_and_what_was_taken_down_was_never_there(api, story, days):
    withdraw(fresh(story["rival"]), reason=OUT, along=True)
    days()
    told = api("strikes/north/diff/?from=2031-05-03")
    assert told["claims"]["removed"]["ids"] == [story["rival"].public_id]
    assert told["numbers"]["removed"]["ids"] == [story["number"].public_id]
    takedown(fresh(story["rival"]), reason=SAFETY)
    told = api("strikes/north/diff/?from=2031-05-01")
    assert story["rival"].public_id not in str(told)


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("", "from", "missing"),
        ("?to=2031-05-02", "from", "missing"),
        ("?from=2031-05-02&to=2031-05-01", "from", "invalid"),
        ("?from=2031-05-02T00:00:00Z&to=2031-05-01", "from", "invalid"),
        ("?from=2024-03-13&to=2024-03-12&by=known", "from", "invalid"),
        ("?from=2031-05-02&to=2031-05-02T08:00:00Z", "from", "invalid"),
        ("?from=2024-03-13&to=2024-03-13T10:00:00Z&by=known", "from", "invalid"),
        ("?from=2099-01-01", "from", "future"),
        ("?from=2031-05-01&to=2099-01-01", "to", "future"),
        ("?from=12.03.2024", "from", "invalid"),
        ("?from=2031-05-01&by=said", "by", "invalid_choice"),
        ("?from=2031-05-01&as_of=2031-05-01", "as_of", "unknown_parameter"),
        ("?from=2031-05-01&known_at=2031-05-01", "known_at", "unknown_parameter"),
    ],
)
def test_what_it_refuses(api, story, query, parameter, code):
    (error,) = problem_of(api.raw(f"strikes/north/diff/{query}"), 400)["errors"]
    assert (error["parameter"], error["code"]) == (parameter, code)


def test_a_strike_that_was_not_there_yet_is_not_found(api, story):
    api("strikes/north/diff/?from=2031-04-29&to=2031-04-30", status=404)
    api("strikes/north/diff/?from=2024-03-10&to=2024-03-11&by=known", status=404)
    api("strikes/south/diff/?from=2031-05-01", status=404)


def test_a_strike_that_was_merged_by_then_leads_to_its_survivor(api, story, days):
    strike = fresh(story["point"]).strike
    merge(strike, on_record(StrikeFactory(public_id="same", facility=None, target_described_as="A depot")))
    days()
    unmerge(fresh(strike))
    answer = api.raw("strikes/north/diff/?from=2031-05-01&to=2031-05-04")
    assert answer.status_code == 308
    assert "/strikes/same/diff/?from=2031-05-01" in answer["Location"]


def test_its_queries_do_not_grow_with_what_is_said(api, story, django_assert_max_num_queries):
    with django_assert_max_num_queries(30):
        api("strikes/north/diff/?from=2031-05-01")
    for day in range(14, 20):
        on_record(
            claim_of_march(day, PropositionFactory(strike=fresh(story["point"]).strike, text=f"{day} burns"))
        )
    with django_assert_max_num_queries(30):
        assert len(api("strikes/north/diff/?from=2031-05-01")["states"]) == 7
