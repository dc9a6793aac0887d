"""`descendants=true`: the accounts of a wave with those of all that it groups."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from record import publishing
from strikes.models import Proposition, Strike
from tests.account_sides import claim_at_hour
from tests.factories import PropositionFactory, StrikeFactory, WaveFactory
from tests.on_record import on_record

pytestmark = pytest.mark.django_db


def point(strike, topic, *stances, hour=0):
    row = PropositionFactory(strike=strike, topic=topic)
    return row, [claim_at_hour(hour, proposition=row, stance=stance) for stance in stances]


def wave(public_id):
    return Strike.objects.get(public_id=public_id)


def moment_of_publishing(public_id):
    row = Proposition.objects.get(public_id=public_id)
    return row.published_rev.at.isoformat().replace("+00:00", "Z")


@pytest.fixture
def campaign():
    """A campaign of one night with two strikes: what is at issue about each, by a name."""
    waves = {"campaign": WaveFactory(public_id="campaign"), "elsewhere": WaveFactory(public_id="elsewhere")}
    waves["night"] = WaveFactory(public_id="night", wave=waves["campaign"])
    north, south = (StrikeFactory(public_id=name, wave=waves["night"]) for name in ("north", "south"))
    rows = {
        "sent": point(waves["campaign"], "weapon", "asserts"),
        "downed": point(waves["night"], "interception", "asserts", hour=1),
        "hit": point(north, "facility_hit", "asserts", hour=2),
        "halted": point(south, "operations_halted", "asserts", "denies", hour=3),
        "burned": point(south, "fire", "asserts", hour=4),
        "other": point(waves["elsewhere"], "occurrence", "asserts"),
    }
    on_record(*(claim for _, claims in rows.values() for claim in claims))
    return {name: row.public_id for name, (row, _) in rows.items()}


def named(api, campaign, address):
    name_of = {public_id: name for name, public_id in campaign.items()}
    return [name_of[account["id"]] for account in api(address)["propositions"]]


def test_the_accounts_of_a_wave_take_in_all_that_it_groups_the_most_important_first(api, campaign):
    assert named(api, campaign, "strikes/campaign/accounts/") == ["sent"]
    assert named(api, campaign, "strikes/campaign/accounts/?descendants=false") == ["sent"]
    assert named(api, campaign, "strikes/campaign/accounts/?descendants=true") == [
        "halted",
        "hit",
        "burned",
        "sent",
        "downed",
    ]
    assert named(api, campaign, "strikes/night/accounts/?descendants=true") == [
        "halted",
        "hit",
        "burned",
        "downed",
    ]
    assert named(api, campaign, "strikes/north/accounts/?descendants=true") == ["hit"]
    assert named(api, campaign, "strikes/campaign/accounts/?descendants=true&topic=fire") == ["burned"]


def test_each_says_whose_it_is_and_is_ranked_there(api, campaign):
    accounts = api("strikes/campaign/accounts/?descendants=true")["propositions"]
    places = [(account["strike"]["id"], account["rank"]) for account in accounts]
    assert places == [("south", 1), ("north", 1), ("south", 2), ("campaign", 1), ("night", 1)]
    alone = {
        account["id"]: account
        for strike in ("campaign", "night", "north", "south")
        for account in api(f"strikes/{strike}/accounts/")["propositions"]
    }
    assert {account["id"]: account for account in accounts} == alone


def test_it_is_as_it_was_by_either_way_back(api, campaign):
    published_at = moment_of_publishing(campaign["hit"])
    _, claims = point(StrikeFactory(wave=wave("night")), "damage", "asserts", hour=9)
    on_record(*claims)
    address = "strikes/campaign/accounts/?descendants=true"
    assert len(api(address)["propositions"]) == 6
    assert named(api, campaign, f"{address}&as_of={published_at}")[:2] == ["halted", "hit"]
    assert len(api(f"{address}&as_of={published_at}")["propositions"]) == 5
    known = named(api, campaign, f"{address}&known_at=2024-03-12T08:30:00Z")
    assert known == ["hit", "sent", "downed"]


def test_what_was_merged_into_a_wave_brings_what_it_groups(api, campaign):
    publishing.merge(wave("campaign"), wave("elsewhere"))
    assert sorted(named(api, campaign, "strikes/elsewhere/accounts/")) == ["other", "sent"]
    assert sorted(named(api, campaign, "strikes/elsewhere/accounts/?descendants=true")) == sorted(campaign)


def test_only_strikes_have_descendants_and_the_answer_is_bounded(api, campaign, monkeypatch):
    north = api("strikes/north/")
    (error,) = api(f"facilities/{north['facility']['id']}/accounts/?descendants=true", status=400)["errors"]
    assert (error["parameter"], error["code"]) == ("descendants", "unknown_parameter")
    (error,) = api("strikes/night/accounts/?descendants=yes", status=400)["errors"]
    assert (error["parameter"], error["code"]) == ("descendants", "invalid_choice")
    monkeypatch.setattr("strikes.api.views.accounts.MOST_ACCOUNTS", 4)
    (error,) = api("strikes/campaign/accounts/?descendants=true", status=400)["errors"]
    assert (error["parameter"], error["code"]) == ("topic", "too_much")
    assert len(api("strikes/campaign/accounts/")["propositions"]) == 1


@pytest.mark.parametrize("past", ["", "&known_at=2024-04-01"])
def test_more_strikes_of_a_wave_take_no_more_queries(api, campaign, past, django_assert_num_queries):
    address = f"strikes/night/accounts/?descendants=true{past}"

    with CaptureQueriesContext(connection) as few:
        api(address)
    for _ in range(5):
        _, claims = point(StrikeFactory(wave=wave("night")), "damage", "asserts")
        on_record(*claims)
    with django_assert_num_queries(len(few)):
        assert len(api(address)["propositions"]) == 9
