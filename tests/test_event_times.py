"""When it happened: claims and numbers are found and ordered by the claim's own time of the event, else its strike's."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps

from record.audit import discrepancies
from record.publishing import amend
from strikes.models import Claim
from tests.factories import (
    ClaimFactory,
    DamageEstimateFactory,
    FacilityFactory,
    PropositionFactory,
    ReportFactory,
    StrikeFactory,
    WeaponCountFactory,
)
from tests.on_record import fresh, on_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_record_holds")]


def utc(text):
    return dt.datetime.fromisoformat(f"{text}+00:00")


def event(earliest, latest, on=None, zone=None, precision="minute"):
    """A time of an event; `latest` null: it goes on."""
    return {
        "event_earliest": earliest and utc(earliest),
        "event_latest": latest and utc(latest),
        "event_precision": precision,
        "event_timezone": zone,
        "event_local_date": on and dt.date.fromisoformat(on),
    }


TIMES = {
    "strike's": {},  # 23:00 UTC on 11 March, which is 12 March at the place
    "moment": event("2024-03-14T22:30", "2024-03-14T22:30", "2024-03-15", "Europe/Moscow"),
    "days": event("2024-03-15T21:00", "2024-03-20T20:59", "2024-03-16", "Europe/Moscow", "days"),
    "open": event("2024-03-17T21:00", None, "2024-03-18", "Europe/Moscow", "day"),
    "anywhere": event("2024-03-24T10:00", "2024-03-26T11:59", "2024-03-25", None, "day"),
    "late edge": event(None, "2024-04-01T12:00", "2024-04-01", "Europe/Moscow", "day"),
}


@pytest.fixture
def claims(db):
    """Claims about one strike of 12 March, each with an own time of the event or none; and one about no strike."""
    point = PropositionFactory(strike=StrikeFactory(timezone="Europe/Moscow"), topic="investigation")
    rows = {name: ClaimFactory(proposition=point, **time) for name, time in TIMES.items()}
    timeless = PropositionFactory(strike=None, facility=FacilityFactory())
    rows["timeless"] = ClaimFactory(proposition=timeless)
    for row in rows.values():
        DamageEstimateFactory(claim=row)
        WeaponCountFactory(claim=row)
    on_record(*rows.values())
    return {row.public_id: name for name, row in rows.items()}


def claim_ids(api, collection, query):
    rows = api.every(f"{collection}/?{query}")
    return [row["id"] if collection == "claims" else row["claim"]["id"] for row in rows]


EVERYWHERE = pytest.mark.parametrize("collection", ["claims", "damage-estimates", "weapon-counts"])
THEN = ["", "&known_at=2024-03-13", "&known_at=2024-03-13&counts=true"]
FOUND = {
    "after=2024-03-12&before=2024-03-13": {"strike's"},
    "after=2024-03-15&before=2024-03-16": {"moment"},
    "before=2024-03-16": {"strike's", "moment"},
    "after=2024-03-16&before=2024-03-17": {"days"},
    "after=2024-03-20&before=2024-03-21": {"days", "open"},
    "after=2024-03-21&before=2024-03-22": {"open"},
    "after=2024-03-25&before=2024-03-26": {"anywhere", "open"},
    "after=2024-03-26&before=2024-03-27": {"open"},
    "after=2024-04-01": {"open", "late edge"},
    "after=2024-04-02": {"open"},
    "after=2024-03-14T22:30:00Z&before=2024-03-14T22:31:00Z": {"moment"},
    "after=2024-03-14T22:00:00Z&before=2024-03-14T22:30:00Z": set(),
    "after=2024-03-11T23:00:00Z&before=2024-03-12T00:00:00Z": {"strike's"},
    "after=2024-03-17T21:00:00Z&before=2024-03-17T21:00:01Z": {"days", "open"},
    "after=2024-04-01T12:00:00Z&before=2024-04-02T00:00:00Z": {"open", "late edge"},
}
"""What happened, as a claim says or else its strike, from one limit to the other."""


@EVERYWHERE
def test_after_and_before_ask_when_it_happened_as_the_claim_says(api, claims, collection):
    for query, found in FOUND.items():
        for then in THEN:
            keys = claim_ids(api, collection, f"topic=investigation&{query}{then}")
            assert {claims[key] for key in keys} == found, (query, then)


@EVERYWHERE
def test_when_orders_by_the_own_time_else_the_strikes_else_when_it_was_said(api, claims, collection):
    order = ["strike's", "timeless", "moment", "days", "open", "anywhere", "late edge"]
    assert [claims[key] for key in claim_ids(api, collection, "ordering=when&page_size=2")] == order
    assert [claims[key] for key in claim_ids(api, collection, "ordering=-when&page_size=3")] == order[::-1]


def test_other_collections_mean_the_time_of_the_strike(api, claims):
    for collection in ("strikes", "propositions", "reports"):
        assert api(f"{collection}/?topic=investigation&after=2024-03-12&before=2024-03-13")["count"] > 0
        assert api(f"{collection}/?topic=investigation&after=2024-03-16")["count"] == 0


def test_a_claim_without_a_time_of_its_own_moves_with_its_strike(api, claims):
    strike = Claim.objects.exclude(proposition__strike=None).first().proposition.strike
    later = {"earliest": utc("2024-05-01T10:00"), "latest": utc("2024-05-01T11:00")}
    amend(fresh(strike), {**later, "local_date": dt.date(2024, 5, 1)})
    newest_first = claim_ids(api, "claims", "ordering=-when")
    assert claims[newest_first[0]] == "strike's"
    assert {claims[key] for key in claim_ids(api, "claims", "after=2024-05-01")} == {"strike's", "open"}


def test_a_claim_of_no_event_moves_with_its_report(api, claims):
    timeless = Claim.objects.get(proposition__strike=None)
    assert claims[claim_ids(api, "claims", "ordering=when")[1]] == "timeless"
    moved = {"issued_earliest": utc("2024-03-01T00:00"), "issued_latest": utc("2024-03-01T00:00")}
    amend(fresh(timeless.report), {**moved, "issued_local_date": dt.date(2024, 3, 1)})
    assert claims[claim_ids(api, "claims", "ordering=when")[0]] == "timeless"


def test_check_record_says_where_a_claim_stands_wrongly(claims):
    claim = Claim.objects.exclude(event_earliest=None).first()
    right = claim.when_at
    Claim.objects.filter(pk=claim.pk).update(when_at=utc("2020-01-01T00:00"))
    assert [line for line in discrepancies() if claim.public_id in line] != []
    Claim.objects.filter(pk=claim.pk).update(when_at=right)


def test_what_was_on_the_record_stands_where_it_would_if_it_were_published_now(claims):
    kept = ("public_id", "event_began_on", "event_ended_on", "when_at")
    before = set(Claim.objects.values_list(*kept))
    Claim.objects.update(event_began_on=None, event_ended_on=None, when_at=utc("2020-01-01T00:00"))
    import_module("strikes.migrations.0011_event_times").keep_event_times(apps, None)
    assert set(Claim.objects.values_list(*kept)) == before


# A growing toll -------------------------------------------------------------------------------------------


@pytest.fixture
def toll(db):
    """Three died, then five, then nine, each read in a later report but the first, which was printed last."""
    point = PropositionFactory(strike=StrikeFactory(), topic="casualties")
    rows = []
    for number, said, issued in ((3, 12, 30), (5, 13, 14), (9, 15, 16)):
        printed = utc(f"2024-03-{issued}T06:00")
        claim = ClaimFactory(
            proposition=point,
            report=ReportFactory(issued_earliest=printed),
            said_earliest=utc(f"2024-03-{said}T06:00"),
            said_latest=utc(f"2024-03-{said}T06:00"),
            said_precision="minute",
        )
        killed = {"metric": "people_killed", "unit_of_measure": "person", "who": "civilian"}
        DamageEstimateFactory(
            claim=claim, comparator="exactly", low=number, best=number, high=number, **killed
        )
        rows.append(claim)
    on_record(*rows)
    return point.strike.public_id


def test_a_growing_toll_is_one_request(api, toll):
    query = f"damage-estimates/?strike={toll}&metric=people_killed"
    rows = api(f"{query}&ordering=said")["results"]
    assert [row["best"] for row in rows] == [3, 5, 9]
    assert [row["claim"]["said_at"]["latest"][:10] for row in rows] == [
        "2024-03-12",
        "2024-03-13",
        "2024-03-15",
    ]
    assert [row["claim"]["report"]["issued_at"]["latest"][8:10] for row in rows] == ["30", "14", "16"]
    assert [row["best"] for row in api(f"{query}&ordering=issued")["results"]] == [5, 9, 3]
    assert [row["best"] for row in api.every(f"{query}&ordering=-said&page_size=1")] == [9, 5, 3]
    # On record by name: known from when they were said, though the first was printed last.
    assert [row["best"] for row in api(f"{query}&ordering=said&known_at=2024-03-14")["results"]] == [3, 5]


def test_claims_are_ordered_by_when_they_were_said_issued_and_recorded(api, toll):
    def numbers(ordering):
        rows = api.every(f"claims/?strike={toll}&ordering={ordering}&page_size=2")
        return [row["damage_estimates"][0]["best"] for row in rows]

    assert (numbers("said"), numbers("-issued")) == ([3, 5, 9], [3, 9, 5])
    late = ClaimFactory(proposition=fresh(Claim.objects.first().proposition))
    on_record(late)
    assert api(f"claims/?strike={toll}&ordering=-recorded")["results"][0]["id"] == late.public_id


@pytest.mark.parametrize("name", ["said_at", "issued_at", "recorded_at", "-said_at"])
def test_orderings_have_the_words_of_the_contract_only(api, db, name):
    problem = api(f"claims/?ordering={name}", status=400)
    assert [error["parameter"] for error in problem["errors"]] == ["ordering"]


def test_position_orders_within_one_report_only(api, db):
    for collection in ("claims", "damage-estimates", "strikes"):
        api(f"{collection}/?ordering=position", status=400)
