"""A strike in short, and the filters that ask how things stand."""

from decimal import Decimal

import pytest

from record import publishing
from record.choices import WithdrawalReason
from strikes.models import Claim, PropositionState
from strikes.outages.reckoning import widest
from tests.account_sides import claim_at_hour, only_account
from tests.factories import (
    MORNING,
    ActorFactory,
    DamageEstimateFactory,
    PropositionFactory,
    ReportFactory,
    ReportNoticeFactory,
    StrikeFactory,
    UnitFactory,
)
from tests.on_record import fresh, on_record
from tests.sweeps import one_in

pytestmark = pytest.mark.django_db


# A strike in short ---------------------------------------------------------------------------------------


def summary_of(api, strike, query=""):
    detail = api(f"strikes/{strike.public_id}/{query}")
    (listed,) = [row for row in api(f"strikes/{query}")["results"] if row["id"] == strike.public_id]
    assert listed["summary"] == detail["summary"]
    return detail["summary"]


def test_a_summary_counts_claims_documents_origins_and_states(api):
    strike = StrikeFactory()
    hit, burned, silent = (
        PropositionFactory(strike=strike, text=text) for text in ("Hit.", "Burned.", "Closed.")
    )
    report, ministry = ReportFactory(), ActorFactory(kind="government_body")
    on_record(
        claim_at_hour(0, proposition=hit, report=report, actor=ministry),
        claim_at_hour(1, proposition=burned, report=report, actor=ministry, stance="denies"),
        claim_at_hour(1, proposition=burned, report=report),
        claim_at_hour(2, proposition=hit, actor=ActorFactory(affiliation=ministry)),
        claim_at_hour(2, proposition=silent, stance="declines_to_comment"),
        claim_at_hour(2, proposition=PropositionFactory()),
    )
    summary = summary_of(api, strike)
    assert list(summary) == [
        "claims",
        "documents",
        "origins",
        "origins_forecasting",
        "propositions",
        "capacity_offline",
    ]
    assert (summary["claims"], summary["documents"], summary["origins"]) == (5, 3, 2)
    assert summary["propositions"] == {
        "unreported": 1,
        "forecast_only": 0,
        "single_origin": 1,
        "agreed": 0,
        "denied": 0,
        "disputed": 1,
    }
    assert summary["capacity_offline"] == []
    assert summary_of(api, strike, "?known_at=2024-03-12T06:00:00Z")["claims"] == 3  # those of the first page


PERCENT = {"unit_of_measure": "percent", "metric": "capacity_offline"}
HALF = {"comparator": "at_least", "low": 50}


def offline(strike, subject=None, hours=0, stance="estimates", **numbers):
    point = PropositionFactory(strike=strike, topic="capacity", **(subject or {}))
    claim = claim_at_hour(hours, proposition=point, stance=stance)
    DamageEstimateFactory(claim=claim, **{**PERCENT, "denominator": "facility_capacity", **numbers})
    return claim


def bounds(summary):
    numbers = summary["capacity_offline"]
    return [(number["low"], number["high"], len(number["claims"])) for number in numbers]


def test_at_least_half_is_never_a_half(api):
    strike = StrikeFactory()
    claim = on_record(offline(strike, **HALF))
    (number,) = summary_of(api, strike)["capacity_offline"]
    assert (number["low"], number["high"], number["claims"]) == (50, None, [claim.public_id])
    assert set(number) == {
        "subject",
        "metric",
        "unit_of_measure",
        "denominator",
        "denominator_as_stated",
        "basis",
        "scope",
        "excludes",
        "low",
        "high",
        "claims",
    }


def test_the_widest_bounds_of_what_was_said_of_the_same(api):
    strike = StrikeFactory()
    unit = {"unit": UnitFactory(facility=strike.facility)}
    on_record(
        offline(strike, unit, 0, comparator="exactly", low=30, best=30, high=30),
        offline(strike, unit, 1, comparator="approximately", best=60),
        offline(strike, unit, 2, comparator="range", low=40, high=55),
        offline(strike, unit, 3, comparator="exactly", low=99, best=99, high=99, stance="denies"),
    )
    summary = summary_of(api, strike)
    assert bounds(summary) == [(30, 60, 3)]
    assert summary["capacity_offline"][0]["subject"]["id"] == unit["unit"].public_id
    assert bounds(summary_of(api, strike, "?known_at=2024-03-12T06:30:00Z")) == [(30, 30, 1)]
    on_record(offline(fresh(strike), {"unit": fresh(unit["unit"])}, 4, **HALF))
    assert bounds(summary_of(api, strike)) == [(30, None, 4)]


@pytest.mark.parametrize(
    "difference",
    [
        {"denominator": "country_capacity"},
        {"metric": "output_halted"},
        {"unit_of_measure": "kbbl_per_day", "denominator": None},
        {"basis": "nameplate"},
        {"scope": "the primary units only"},
        {"excludes": "what was idle before"},
    ],
    ids=lambda difference: next(iter(difference)),
)
def test_numbers_that_are_not_alike_are_never_one_range(api, difference):
    strike = StrikeFactory()
    on_record(
        offline(strike, comparator="exactly", low=7, best=7, high=7),
        offline(strike, comparator="exactly", low=14, best=14, high=14, hours=1, **difference),
    )
    assert bounds(summary_of(api, strike)) == [(7, 7, 1), (14, 14, 1)]


def test_shares_of_different_units_or_of_things_named_in_words_are_never_one_range(api):
    strike = StrikeFactory()
    first, second = (UnitFactory(facility=strike.facility) for _ in range(2))
    exactly = {"comparator": "exactly", "low": 10, "best": 10, "high": 10}
    on_record(
        offline(strike, {"unit": first}, **exactly),
        offline(strike, {"unit": second}, hours=1, **exactly),
        offline(strike, hours=2, denominator="other", denominator_as_stated="of the tanks", **exactly),
        offline(strike, hours=3, denominator="other", denominator_as_stated="of the pumps", **exactly),
    )
    assert bounds(summary_of(api, strike)) == [(10, 10, 1)] * 4


def test_a_stated_part_and_a_retracted_report_are_in_no_range(api):
    strike = StrikeFactory()
    whole = offline(strike, comparator="exactly", low=70, best=70, high=70)
    DamageEstimateFactory(
        claim=whole,
        part_of=whole.damage_estimates.get(),
        comparator="exactly",
        low=20,
        best=20,
        high=20,
        denominator="facility_capacity",
        **PERCENT,
    )
    false = offline(strike, comparator="exactly", low=100, best=100, high=100)
    on_record(whole, false)
    assert bounds(summary_of(api, strike)) == [(70, 100, 2)]
    publishing.amend(
        false.report, add=[ReportNoticeFactory.build(report=None, kind="retraction", dated=MORNING)]
    )
    assert bounds(summary_of(api, strike)) == [(70, 70, 1)]


def test_open_ends_and_words_without_a_number_leave_the_bounds_open():
    def number(comparator, low=None, best=None, high=None, or_more=False):
        values = (None if value is None else Decimal(value) for value in (low, best, high))
        return DamageEstimateFactory.build(
            claim=None,
            comparator=comparator,
            or_more=or_more,
            **dict(zip(("low", "best", "high"), values, strict=True)),
        )

    half, about = number("at_least", 50), number("approximately", None, 60)
    almost, most = number("almost", None, 75, 75), number("at_most", None, None, 80)
    months = number("range", 6, None, 24, or_more=True)
    assert widest([half]) == (50, None)
    assert widest([about]) == (60, 60)
    assert widest([almost]) == (None, 75)
    assert widest([half, about]) == (50, None)
    assert widest([about, most]) == (None, 80)
    assert widest([months]) == (6, None)
    assert widest([about, number("vague")]) == (None, None)


def test_summaries_take_a_fixed_number_of_queries(api, django_assert_num_queries):
    on_record(offline(StrikeFactory(), **HALF))
    with django_assert_num_queries(13):
        api("strikes/?ordering=id")
    on_record(*(offline(StrikeFactory(), **HALF) for _ in range(10)))
    with django_assert_num_queries(13):
        assert api("strikes/?ordering=-id")["count"] == 11


# Filters -------------------------------------------------------------------------------------------------


@pytest.fixture
def by_state():
    """Strikes and their points at issue by how they stand: one of each state."""
    propositions = {}

    def point(name, *stances, actors=()):
        strike = StrikeFactory(public_id=f"2024-03-12-{name.replace('_', '-')}")
        row = PropositionFactory(strike=strike, text=name)
        speakers = [*actors, *(ActorFactory() for _ in stances)]
        claims = [
            claim_at_hour(hours, proposition=row, stance=stance, actor=speaker)
            for hours, (stance, speaker) in enumerate(zip(stances, speakers, strict=False))
        ]
        on_record(*claims, row)
        propositions[name] = row

    point("unreported", "no_response")
    point("single_origin", "asserts")
    point("agreed", "asserts", "confirms", "reports")
    point("denied", "denies")
    point("disputed", "asserts", "denies")
    return propositions


@pytest.mark.parametrize("past", ["", "&known_at=2024-03-13"])
@pytest.mark.parametrize("collection", one_in(3, ["propositions", "strikes", "claims"]))
def test_the_filter_dispute_finds_propositions_of_that_state(api, by_state, collection, past):
    for state, row in by_state.items():
        results = api(f"{collection}/?dispute={state}{past}")["results"]
        if collection == "propositions":
            assert [(result["id"], result["dispute"]) for result in results] == [(row.public_id, state)]
        elif collection == "strikes":
            assert [result["id"] for result in results] == [row.strike.public_id]
        else:
            assert {result["proposition"]["id"] for result in results} == {row.public_id}
    assert api(f"{collection}/?dispute=agreed,denied{past}")["count"] == (4 if collection == "claims" else 2)


@pytest.mark.parametrize("past", ["", "&known_at=2024-03-13"])
def test_min_origins_counts_the_side_that_is_for_it(api, by_state, past):
    for least, names in {
        1: {"single_origin", "agreed", "disputed"},
        2: {"agreed"},
        3: {"agreed"},
        4: set(),
    }.items():
        propositions = api(f"propositions/?min_origins={least}{past}")["results"]
        assert {row["text"] for row in propositions} == names
        assert {row["id"] for row in api(f"strikes/?min_origins={least}{past}")["results"]} == {
            by_state[name].strike.public_id for name in names
        }
    assert api(f"propositions/?min_origins=2&dispute=disputed{past}")["count"] == 0


@pytest.mark.parametrize("past", ["", "&known_at=2024-03-13"])
@pytest.mark.parametrize("collection", one_in(2, ["propositions", "strikes"]))
def test_facets_count_how_things_stand(api, by_state, collection, past):
    facets = api(f"{collection}/?facets=dispute,min_origins{past}")["facets"]
    assert {facet["value"]: facet["count"] for facet in facets["dispute"]} == dict.fromkeys(by_state, 1)
    assert {facet["value"]: facet["count"] for facet in facets["min_origins"]} == {"0": 2, "1": 2, "3": 1}
    narrowed = api(f"{collection}/?dispute=agreed&facets=dispute{past}")["facets"]["dispute"]
    assert narrowed == [{"value": "agreed", "count": 1}]


def test_states_come_from_what_is_kept_and_not_from_a_scan(api, by_state):
    PropositionState.objects.filter(proposition=by_state["agreed"], to_rev=None).update(state="denied")
    assert api("propositions/?dispute=denied")["count"] == 2
    assert api("strikes/?dispute=agreed")["count"] == 0
    facets = api("propositions/?facets=dispute")["facets"]["dispute"]
    assert {facet["value"]: facet["count"] for facet in facets}["denied"] == 2


def test_own_is_what_is_said_of_the_speakers_own_deed(api):
    army = ActorFactory(kind="armed_force")
    strike = StrikeFactory()
    deed = PropositionFactory(strike=strike, actor=army, topic="responsibility")
    admits = claim_at_hour(proposition=deed, actor=ActorFactory(affiliation=army), stance="confirms")
    other = claim_at_hour(proposition=deed)
    elsewhere = claim_at_hour(proposition=PropositionFactory())
    on_record(admits, other, elsewhere)
    assert [row["id"] for row in api("claims/?own=true")["results"]] == [admits.public_id]
    assert {row["id"] for row in api("claims/?own=false")["results"]} == {
        other.public_id,
        elsewhere.public_id,
    }
    assert [row["id"] for row in api("strikes/?own=true")["results"]] == [strike.public_id]
    for collection in ("strikes", "propositions"):
        facets = api(f"{collection}/?facets=own")["facets"]["own"]
        assert {facet["value"]: facet["count"] for facet in facets} == {"true": 1, "false": 1}
    assert api("strikes/?own=true&known_at=2024-03-11")["count"] == 0


def test_a_bound_under_known_at_is_kept_by_narrowing(api, by_state, monkeypatch):
    monkeypatch.setattr("strikes.disputes.states.MOST_CLAIMS_WEIGHED", 3)
    for address in ("propositions/?dispute=agreed", "strikes/?facets=dispute", "claims/?min_origins=1"):
        problem = api(f"{address}&known_at=2024-03-13", status=400)
        assert [(error["parameter"], error["code"]) for error in problem["errors"]] == [
            ("known_at", "too_much")
        ]
        assert "narrow it" in problem["detail"]
        assert api(address)["count"]
    agreed = by_state["agreed"].strike.public_id
    for address in (
        f"propositions/?strike={agreed}&dispute=agreed",
        f"strikes/?strike={agreed}&dispute=agreed",
        f"strikes/?strike={agreed}&facets=dispute",
        f"strikes/?strike={agreed}&actor={Claim.objects.filter(proposition=by_state['agreed'])[0].actor.public_id}"
        "&min_origins=3",
    ):
        assert api(f"{address}&known_at=2024-03-13")["count"] == 1


def test_a_withdrawn_strike_takes_its_accounts_with_it(api):
    claim = on_record(claim_at_hour())
    strike = claim.proposition.strike
    publishing.withdraw(strike, reason=WithdrawalReason.OUT_OF_SCOPE, along=True)
    api(f"strikes/{strike.public_id}/accounts/", status=410)
    published_at = claim.published_rev.at.isoformat().replace("+00:00", "Z")
    assert (
        only_account(api(f"strikes/{strike.public_id}/accounts/?as_of={published_at}"))["totals"]["for"] == 1
    )
    api("strikes/never-was/accounts/", status=404)
    api(f"strikes/{StrikeFactory().public_id}/accounts/", status=404)
