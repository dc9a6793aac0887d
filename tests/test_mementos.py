"""The versions of an object in the headers of its answers: RFC 5829 and RFC 7089."""

import datetime as dt
import re
from typing import Any

import pytest
import time_machine

from record.choices import WithdrawalReason
from record.publishing import amend, correct, revise, takedown
from tests.factories import ActorFactory, ClaimFactory
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db
BASE = "http://testserver/api/v1/"


@pytest.fixture
def clock():
    """Each call is a day later, so that every revision has a moment of its own."""
    with time_machine.travel(dt.datetime(2031, 5, 1, 12, tzinfo=dt.UTC), tick=False) as traveller:
        yield lambda: traveller.shift(dt.timedelta(days=1))


def links(response: Any) -> dict[str, str]:
    """The addresses of the Link header under the prefix, by relation."""
    found = re.findall(r'<([^>]+)>; rel="([^"]+)"', response["Link"])
    return {
        relation: address.removeprefix(BASE)
        for address, relation in found
        if relation not in ("license", "describedby")
    }


@pytest.fixture
def thrice_named(clock):
    actor = on_record(ActorFactory(public_id="lukoil", name="Lukoil"))
    for name in ("LUKOIL", "PJSC Lukoil"):
        clock()
        amend(fresh(actor), {"name": name})
    clock()
    on_record(ActorFactory())  # the record goes on without it
    return actor


def test_an_object_names_its_versions(api, thrice_named):
    response = api.raw("actors/lukoil/")
    assert links(response) == {
        "version-history": "actors/lukoil/versions/",
        "latest-version": "actors/lukoil/",
        "predecessor-version": "actors/lukoil/?as_of=2031-05-02T12:00:00.000000Z",
    }
    assert "Memento-Datetime" not in response


def test_one_can_walk_back_and_forth(api, thrice_named):
    way, address = [], "actors/lukoil/?as_of=2031-05-01"
    while address:
        response = api.raw(address)
        assert response.status_code == 200
        way.append((response["Memento-Datetime"], links(response).get("predecessor-version")))
        assert links(response)["original"] == links(response)["latest-version"] == "actors/lukoil/"
        address = links(response).get("successor-version")
    assert way == [
        ("Thu, 01 May 2031 12:00:00 GMT", None),
        ("Fri, 02 May 2031 12:00:00 GMT", "actors/lukoil/?as_of=2031-05-01T12:00:00.000000Z"),
        ("Sat, 03 May 2031 12:00:00 GMT", "actors/lukoil/?as_of=2031-05-02T12:00:00.000000Z"),
    ]


def test_lists_of_the_past_name_what_they_are_a_memento_of(api, thrice_named):
    response = api.raw("actors/?as_of=2031-05-02&actor_kind=company,media&page_size=1")
    assert links(response)["original"] == "actors/?actor_kind=company,media&page_size=1"
    assert response["Memento-Datetime"] == "Fri, 02 May 2031 12:00:00 GMT"
    again = api.raw("actors/?as_of=2031-05-02&actor_kind=company,media&page_size=1")  # from the cache
    assert (again["Memento-Datetime"], again["Link"]) == (response["Memento-Datetime"], response["Link"])
    assert "Memento-Datetime" not in api.raw("actors/?known_at=2031-05-02")
    assert "Memento-Datetime" not in api.raw("actors/nobody/?as_of=2031-05-02")


def test_before_a_correction_comes_what_it_corrects(api, clock):
    first = on_record(ClaimFactory())
    clock()
    second = revise(first)
    correct(second, reason=WithdrawalReason.TYPO, note="A slip.")
    assert links(api.raw(f"claims/{second.public_id}/"))["predecessor-version"] == (
        f"claims/{first.public_id}/?as_of=2031-05-01T12:00:00.000000Z"
    )
    response = api.raw(f"claims/{first.public_id}/?as_of=2031-05-01")
    assert links(response)["successor-version"] == (
        f"claims/{second.public_id}/?as_of=2031-05-02T12:00:00.000000Z"
    )


def test_what_was_taken_down_and_drafts_are_in_no_link(api, clock):
    claim = on_record(ClaimFactory())
    clock()
    revise(claim)  # a draft
    assert links(api.raw(f"claims/{claim.public_id}/")).keys() == {"version-history", "latest-version"}
    clock()
    other = on_record(
        ClaimFactory(proposition=claim.proposition, actor=claim.actor, report=claim.report, position=2)
    )
    takedown(fresh(claim), reason=WithdrawalReason.SAFETY)
    assert links(api.raw(f"claims/{other.public_id}/")).keys() == {"version-history", "latest-version"}
    assert "Link" not in api.raw(f"claims/{claim.public_id}/?as_of=2031-05-01")
