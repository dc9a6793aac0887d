"""The main point of a strike: whether its facility was hit or, where nobody spoke to that, whether it took place."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from record import publishing
from record.choices import WithdrawalReason
from tests.account_sides import claim_at_hour
from tests.factories import (
    ActorFactory,
    FacilityFactory,
    PropositionFactory,
    RegionFactory,
    StrikeFactory,
    UnitFactory,
    WaveFactory,
)
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


def said(strike, topic, *stances, hour=0, **subject):
    """A point at issue about a strike, with a claim of somebody else for each stance."""
    subject = {name: fresh(target) for name, target in subject.items()}
    row = PropositionFactory(strike=fresh(strike), topic=topic, **subject)
    on_record(row, *(claim_at_hour(hour + n, proposition=row, stance=s) for n, s in enumerate(stances)))
    return row.public_id


def main_point(api, strike, query=""):
    detail = api(f"strikes/{strike.public_id}/{query}")
    (listed,) = [row for row in api(f"strikes/{query}")["results"] if row["id"] == strike.public_id]
    assert listed["main_point"] == detail["main_point"]
    return detail["main_point"]


def main_proposition(api, strike, query=""):
    main = main_point(api, strike, query)
    return main and main["proposition"]


def test_it_says_whether_the_facility_was_hit_and_on_how_many_words(api):
    strike = StrikeFactory()
    said(strike, "occurrence", "asserts", "asserts")
    hit = said(strike, "facility_hit", "asserts", "confirms", "denies", facility=strike.facility)
    said(strike, "damage", "asserts")
    assert main_point(api, strike) == {
        "proposition": hit,
        "topic": "facility_hit",
        "dispute": "disputed",
        "origins_for": 2,
        "origins_against": 1,
    }


def test_of_several_points_it_is_the_one_with_the_lowest_rank(api):
    strike = StrikeFactory()
    said(strike, "facility_hit", "asserts", hour=2, facility=strike.facility)
    first = said(strike, "facility_hit", "asserts", hour=1)
    assert main_proposition(api, strike) == first
    disputed = said(strike, "facility_hit", "asserts", "denies", hour=3)
    ranks = {row["id"]: row["rank"] for row in api(f"propositions/?strike={strike.public_id}")["results"]}
    assert main_proposition(api, strike) == disputed == min(ranks, key=lambda row: ranks[row])


def test_a_point_about_something_else_is_no_point_about_the_facility(api):
    strike = StrikeFactory()
    occurred = said(strike, "occurrence", "asserts", hour=5)
    for subject in (
        {"unit": UnitFactory(facility=strike.facility)},
        {"facility": FacilityFactory()},
        {"region": RegionFactory()},
        {"actor": ActorFactory()},
    ):
        said(strike, "facility_hit", "asserts", "denies", **subject)
    assert main_proposition(api, strike) == occurred
    hit = said(strike, "facility_hit", "asserts", hour=9)
    assert main_proposition(api, strike) == hit


def test_a_strike_on_an_unnamed_site_has_one_and_a_wave_only_its_occurrence(api):
    unnamed = StrikeFactory(facility=None, target_described_as="a gas storage")
    wave = WaveFactory()
    hit = said(unnamed, "facility_hit", "asserts")
    said(wave, "facility_hit", "asserts", hour=1)
    assert main_proposition(api, unnamed) == hit
    assert main_point(api, wave) is None
    occurred = said(wave, "occurrence", "asserts", hour=2)
    assert main_proposition(api, wave) == occurred


def test_it_is_null_where_nobody_spoke_to_either(api):
    strike, silent = StrikeFactory(), on_record(StrikeFactory())
    said(strike, "damage", "asserts")
    assert main_point(api, strike) is None
    assert main_point(api, silent) is None


def test_it_is_as_it_was_by_either_way_back(api):
    strike = StrikeFactory()
    occurred = said(strike, "occurrence", "asserts")
    published_at = fresh(strike).published_rev.at.isoformat().replace("+00:00", "Z")
    row = PropositionFactory(strike=fresh(strike), topic="facility_hit")
    first, second = claim_at_hour(5, proposition=row), claim_at_hour(8, proposition=row, stance="denies")
    on_record(row, first, second)
    now = main_point(api, strike)
    assert (now["proposition"], now["dispute"]) == (row.public_id, "disputed")
    assert main_proposition(api, strike, f"?as_of={published_at}") == occurred
    assert main_proposition(api, strike, "?known_at=2024-03-12T07:00:00Z") == occurred
    known = main_point(api, strike, "?known_at=2024-03-12T12:00:00Z")
    assert (known["proposition"], known["dispute"]) == (row.public_id, "single_origin")
    assert (known["origins_for"], known["origins_against"]) == (1, 0)
    publishing.withdraw(fresh(row), reason=WithdrawalReason.OUT_OF_SCOPE, along=True)
    assert main_proposition(api, strike) == occurred


def test_it_follows_what_was_merged(api):
    facility, same_facility = FacilityFactory(), FacilityFactory()
    strike, same_strike = StrikeFactory(facility=facility), StrikeFactory(facility=facility)
    on_record(facility, same_facility, strike, same_strike)
    said(strike, "occurrence", "asserts")
    hit = said(same_strike, "facility_hit", "asserts", facility=same_facility)
    assert main_point(api, same_strike) is None
    publishing.merge(fresh(same_facility), fresh(facility))
    assert main_proposition(api, same_strike) == hit
    publishing.merge(fresh(same_strike), fresh(strike))
    assert main_proposition(api, strike) == hit


def test_it_is_in_every_format(api):
    strike = StrikeFactory()
    hit = said(strike, "facility_hit", "asserts")
    on_record(StrikeFactory())
    rows = api.raw("strikes/?format=csv&fields=main_point.proposition,main_point.origins_for")
    text = b"".join(rows.streaming_content).decode()
    assert sorted(tuple(row.values()) for row in csv.DictReader(io.StringIO(text))) == [("", ""), (hit, "1")]
    geo = api(f"strikes/{strike.public_id}/?format=geojson")
    assert geo["properties"]["main_point"] == main_point(api, strike)


@pytest.mark.parametrize("past", ["", "&known_at=2024-04-01"])
def test_more_strikes_take_no_more_queries(api, past):
    def queries(ordering):
        with CaptureQueriesContext(connection) as captured:
            api(f"strikes/?ordering={ordering}{past}")
        return len(captured)

    said(StrikeFactory(), "facility_hit", "asserts", facility=FacilityFactory())
    few = queries("id")
    for _ in range(5):
        strike = StrikeFactory()
        said(strike, "facility_hit", "asserts", "denies", facility=strike.facility)
        said(strike, "facility_hit", "asserts", facility=FacilityFactory())
    assert queries("-id") == few
