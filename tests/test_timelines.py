"""Timelines: outages put together from what was said, on small cases made by hand."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from record import publishing
from record.choices import WithdrawalReason
from sources.choices import ActorKind, NoticeKind
from strikes.choices import ClaimRelationKind, Metric, Stance, Topic
from strikes.models import Claim
from strikes.outages import timelines
from tests.factories import (
    ActorFactory,
    CapacityFactory,
    ClaimRelationFactory,
    ReportFactory,
    ReportNoticeFactory,
    StrikeFactory,
    UnitFactory,
)
from tests.on_record import fresh, on_record
from tests.outage_claims import (
    add_operator,
    at_least,
    between,
    claim_outage,
    claim_restart,
    claim_stop,
    draft_claim,
    effective_period,
    exactly,
    forecast_restart,
    get_json,
    midnight,
    publish_claim,
)
from tests.sweeps import few_or_many

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today():
    """The first of July 2024, which moves on only where a test says so."""
    with time_machine.travel("2024-07-01T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def unit():
    return on_record(UnitFactory(public_id="avt", facility__public_id="plant"))


def company(name, **more):
    return on_record(ActorFactory(public_id=name, name=name.title(), kind=ActorKind.COMPANY, **more))


@pytest.fixture
def agency():
    return company("agency")


@pytest.fixture
def rival():
    return company("rival")


def outages(address="units/avt/timeline/"):
    return get_json(address)["outages"]


def the_outage(address="units/avt/timeline/"):
    (outage,) = outages(address)
    return outage


def days(edge):
    """An edge as its days: one, two with a bar between, or none."""
    if edge["at"] is None:
        return None
    first, last = edge["at"]["local_date"], edge["at"]["local_until"]
    return first if first == last else f"{first}/{last}"


def reading(outage):
    return days(outage["start"]), days(outage["end"]), outage["end"]["kind"]


# Beginnings and ends ----------------------------------------------------------------------------------


def test_an_interval_is_an_outage_with_both_its_edges(unit, agency):
    claim = claim_outage(agency, unit, "2024-03-12", "2024-06-26", until="2024-06-22")
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", "2024-06-22", "fact")
    assert outage["days"] == {"low": 102, "high": 102}
    assert outage["start"]["claims"] == outage["end"]["claims"] == outage["claims"] == [claim]
    assert outage["start"]["issuers"] == outage["end"]["issuers"] == ["agency"]
    assert outage["start"]["at"]["earliest"] == "2024-03-11T21:00:00Z"
    assert outage["unit"]["id"] == "avt"
    assert outage["facility"]["id"] == "plant"
    assert outage["rivals"] == {"start": [], "end": []}


def test_an_open_outage_goes_on_by_the_word_of_who_said_so(unit, agency):
    claim = claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", None, "open")
    assert outage["days"] is None
    assert outage["end"]["claims"] == [claim]


def test_a_time_of_stopping_says_nothing_of_the_end(unit, agency):
    claim_stop(agency, unit, "2024-03-12", "2024-06-30")
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", None, "open")
    assert outage["end"]["claims"] == []


def test_a_return_ends_it_and_a_mere_stop_said_later_does_not_open_it_again(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    end = claim_restart(agency, unit, "2024-04-20", "2024-04-21")
    claim_stop(rival, unit, "2024-03-12", "2024-06-01")
    for policy in ("latest", "widest", "operator_first"):
        outage = the_outage(f"units/avt/timeline/?policy={policy}")
        assert reading(outage) == ("2024-03-12", "2024-04-20", "fact")
        assert outage["end"]["claims"] == [end]


def test_a_later_word_that_it_still_stands_outweighs_an_earlier_return(unit, agency, rival):
    early = claim_restart(agency, unit, "2024-04-20", "2024-04-21")
    later = claim_outage(rival, unit, "2024-03-12", "2024-05-15")
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", None, "open")
    assert outage["end"]["claims"] == [later]
    assert [(days(edge), edge["kind"], edge["claims"]) for edge in outage["rivals"]["end"]] == [
        ("2024-04-20", "fact", [early])
    ]


def test_a_predicted_end_is_a_forecast_not_an_end(unit, agency):
    claim = claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast = forecast_restart(agency, unit, "2024-08-01", "2024-03-15")
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", "2024-08-01", "forecast")
    assert outage["days"] is None
    assert outage["start"]["claims"] == [claim]
    assert outage["end"]["claims"] == [forecast]


def test_an_interval_that_ends_after_it_was_said_is_a_forecast(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15", until="2024-03-20")
    assert reading(the_outage()) == ("2024-03-12", "2024-03-20", "forecast")


def test_an_interval_that_ends_on_the_day_it_was_said_is_a_fact(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-20", until="2024-03-20")
    assert reading(the_outage()) == ("2024-03-12", "2024-03-20", "fact")


def test_a_return_that_is_told_as_a_fact_but_lies_ahead_is_a_forecast(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    claim_restart(agency, unit, "2024-03-20", "2024-03-16")
    assert the_outage()["end"]["kind"] == "forecast"


def test_a_predicted_stop_is_no_outage(unit, agency):
    publish_claim(
        agency, Topic.OPERATIONS_HALTED, unit, "2024-03-12", {"date": "2024-04-01"}, stance=Stance.FORECASTS
    )
    number = exactly(50, **effective_period("2024-04-01"), effective_until_edge="open")
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-12", numbers=[number], stance=Stance.FORECASTS)
    number = exactly(50, effective_from=midnight("2024-04-01"), effective_from_edge="forecast")
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-12", numbers=[number])
    assert outages() == []


def test_a_beginning_between_two_days_makes_the_days_a_range(unit, agency):
    event = {"date": "2024-03-10", "until_date": "2024-03-12", "precision": "week"}
    publish_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-15", event)
    claim_restart(agency, unit, "2024-03-20", "2024-03-25", until="2024-03-21")
    outage = the_outage()
    assert reading(outage) == ("2024-03-10/2024-03-12", "2024-03-20/2024-03-21", "fact")
    assert outage["days"] == {"low": 8, "high": 11}


def test_where_the_zone_is_not_known_the_dates_are_those_that_were_given(unit, agency):
    event = {"date": "2024-03-12", "until_date": "2024-03-14", "timezone": None}
    publish_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-20", event)
    assert reading(the_outage()) == ("2024-03-12", "2024-03-14", "fact")


def test_a_date_alone_without_a_zone_is_one_day(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-20")
    publish_claim(agency, Topic.RECOVERY, unit, "2024-03-20", {"date": "2024-03-14", "timezone": None})
    assert reading(the_outage()) == ("2024-03-12", "2024-03-14", "fact")


def test_an_earliest_beginning_counts_since_a_later_one_only_says_it_was_still_out(unit, agency):
    first = claim_outage(agency, unit, "2024-03-12", "2024-03-13")
    later = claim_outage(agency, unit, "2024-03-20", "2024-03-20")
    outage = the_outage()
    assert days(outage["start"]) == "2024-03-12"
    assert outage["start"]["claims"] == [first]
    assert [edge["claims"] for edge in outage["rivals"]["start"]] == [[later]]


# Numbers ----------------------------------------------------------------------------------------------


def test_a_number_with_a_period_is_an_outage(unit, agency):
    number = exactly(50, **effective_period("2024-03-12", "2024-03-20"))
    claim = publish_claim(agency, Topic.CAPACITY, unit, "2024-03-25", numbers=[number])
    outage = the_outage()
    assert outage["start"]["claims"] == [claim]
    assert outage["end"]["kind"] == "fact"
    (offline,) = outage["offline"]
    assert (offline["metric"], offline["low"], offline["high"]) == ("capacity_offline", 50, 50)
    assert offline["claims"] == [claim]


def test_the_period_of_a_number_is_on_the_clocks_of_the_strike_if_it_has_one(agency):
    strike = on_record(StrikeFactory(facility__public_id="plant", timezone="Europe/Moscow"))
    number = exactly(50, **effective_period("2024-03-12", "2024-03-20", zone="Europe/Moscow"))
    claim = draft_claim(agency, Topic.CAPACITY, strike.facility, "2024-03-25", numbers=(number,))
    claim.proposition.strike = strike
    claim.proposition.save()
    on_record(claim)
    assert reading(the_outage("facilities/plant/timeline/")) == ("2024-03-12", "2024-03-20", "fact")


@pytest.mark.parametrize(
    ("edge", "until", "kind"),
    [
        ("open", None, "open"),
        ("forecast", "2024-08-01", "forecast"),
        ("stated", "2024-03-20", "fact"),
        ("stated", "2024-05-01", "forecast"),
        (None, None, "open"),
    ],
)
def test_the_end_of_the_period_of_a_number_says_how_it_is_meant(unit, agency, edge, until, kind):
    number = exactly(50, **effective_period("2024-03-12", until, edge))
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-25", numbers=[number])
    assert the_outage()["end"]["kind"] == kind


def test_numbers_of_different_denominators_are_never_one_range(unit, agency):
    numbers = [
        exactly(50, unit_of_measure="percent", denominator="unit_capacity"),
        at_least(20, unit_of_measure="percent", denominator="facility_output", metric=Metric.OUTPUT_HALTED),
    ]
    claim_outage(agency, unit, "2024-03-12", "2024-03-15", numbers=numbers)
    assert [(one["denominator"], one["low"], one["high"]) for one in the_outage()["offline"]] == [
        ("unit_capacity", 50, 50),
        ("facility_output", 20, None),
    ]


def test_a_partial_restart_stands_beside_the_end(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-06-26", until="2024-06-22")
    load = exactly(60, metric=Metric.UTILISATION, unit_of_measure="percent", denominator="unit_capacity")
    claim = publish_claim(agency, Topic.RECOVERY, unit, "2024-06-26", numbers=[load])
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", "2024-06-22", "fact")
    assert [(one["metric"], one["best"], one["claim"]["id"]) for one in outage["load"]] == [
        ("utilisation", 60, claim)
    ]
    assert outage["offline"] == []


def test_a_number_without_a_time_belongs_to_the_outage_that_was_on_when_it_was_said(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-20", until="2024-03-18")
    claim_outage(agency, unit, "2024-05-01", "2024-05-02")
    number = at_least(40)
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-15", numbers=[number])
    first, second = outages()
    assert [one["low"] for one in first["offline"]] == [40]
    assert second["offline"] == []


def test_a_number_of_which_nobody_says_when_is_kept_apart(unit, agency):
    number = at_least(
        50, unit_of_measure="percent", denominator="facility_output", metric=Metric.OUTPUT_HALTED
    )
    claim = publish_claim(agency, Topic.OPERATIONS_HALTED, unit.facility, "2024-03-12", numbers=[number])
    answer = get_json("facilities/plant/timeline/")
    assert answer["outages"] == []
    (kept,) = answer["undated"]
    assert (kept["low"], kept["best"], kept["high"]) == (50, None, None)
    assert kept["claim"]["id"] == claim


def test_the_periods_of_the_numbers_of_a_halt_say_how_much_it_was_and_end_nothing(unit, agency):
    numbers = [
        exactly(50, **effective_period("2024-03-12", "2024-03-20")),
        exactly(30, **effective_period("2024-03-20", "2024-04-01")),
    ]
    claim_outage(agency, unit, "2024-03-12", "2024-04-10", numbers=numbers)
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", None, "open")
    assert [(one["low"], one["high"]) for one in outage["offline"]] == [(30, 50)]


def test_a_number_belongs_to_its_own_period_whenever_it_was_said(unit, agency):
    publish_claim(
        agency,
        Topic.CAPACITY,
        unit,
        "2024-05-15",
        numbers=[exactly(50, **effective_period("2024-03-12", "2024-03-20"))],
    )
    claim_outage(agency, unit, "2024-05-01", "2024-05-02")
    first, second = outages()
    assert [one["low"] for one in first["offline"]] == [50]
    assert (second["offline"], second["start"]["at"]["local_date"]) == ([], "2024-05-01")


# Forecasts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("predicted", "outcome", "late"),
    [
        (("2024-04-20", None), "met", 0),
        (("2024-04-01", "2024-06-30"), "met", 0),
        (("2024-04-10", None), "late", 10),
        (("2024-03-01", "2024-04-10"), "late", 10),
        (("2024-05-01", None), "early", -11),
        (("2024-05-01", "2024-05-31"), "early", -11),
    ],
)
def test_a_forecast_is_scored_by_the_days_to_the_end(unit, agency, rival, predicted, outcome, late):
    claim_outage(agency, unit, "2024-03-01", "2024-03-05")
    claim = forecast_restart(rival, unit, predicted[0], "2024-03-05", until=predicted[1])
    claim_restart(agency, unit, "2024-04-20", "2024-04-21")
    (forecast,) = the_outage()["forecasts"]
    assert forecast["claim"]["id"] == claim
    assert forecast["issuer"] == "rival"
    assert forecast["said_at"] == "2024-03-05T12:00:00Z"
    assert (forecast["outcome"], forecast["days_late"]) == (outcome, late)


def test_a_forecast_is_pending_until_its_day_is_over_and_then_overdue(unit, agency, today):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(agency, unit, "2024-07-01", "2024-03-15")
    (forecast,) = the_outage()["forecasts"]
    assert (forecast["outcome"], forecast["days_late"]) == ("pending", None)
    today.move_to("2024-07-02T00:00:00Z")
    (forecast,) = the_outage()["forecasts"]
    assert (forecast["outcome"], forecast["days_late"]) == ("overdue", None)


def test_an_answer_that_depends_on_the_day_is_not_kept_beyond_it(unit, agency, today):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(agency, unit, "2024-07-01", "2024-03-15")
    first = Client().get("/api/v1/units/avt/timeline/")
    again = Client().get("/api/v1/units/avt/timeline/", headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304
    today.move_to("2024-07-02T00:00:00Z")
    later = Client().get("/api/v1/units/avt/timeline/", headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200


def test_forecasts_are_told_in_the_order_in_which_they_were_said(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    second = forecast_restart(agency, unit, "2024-06-30", "2024-04-10")
    first = forecast_restart(rival, unit, "2024-05-31", "2024-03-16")
    outage = the_outage()
    assert [one["claim"]["id"] for one in outage["forecasts"]] == [first, second]
    assert [one["outcome"] for one in outage["forecasts"]] == ["overdue", "overdue"]
    assert days(outage["end"]) == "2024-06-30"


def test_a_prediction_that_somebody_outlived_no_longer_stands(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(agency, unit, "2024-04-01", "2024-03-15")
    claim = claim_outage(rival, unit, "2024-03-12", "2024-05-01")
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", None, "open")
    assert claim in outage["end"]["claims"]
    assert [days(edge) for edge in outage["rivals"]["end"]] == ["2024-04-01"]
    assert [one["outcome"] for one in outage["forecasts"]] == ["overdue"]


# One outage after another -----------------------------------------------------------------------------


def test_two_outages_of_one_unit_are_two(unit, agency, rival):
    claim_outage(agency, unit, "2024-01-10", "2024-01-21", until="2024-01-20")
    claim_restart(rival, unit, "2024-01-20", "2024-01-22")
    claim_outage(agency, unit, "2024-03-12", "2024-03-13")
    forecast_restart(agency, unit, "2024-04-01", "2024-03-14")
    claim_restart(agency, unit, "2024-04-05", "2024-04-06")
    first, second = outages()
    assert reading(first) == ("2024-01-10", "2024-01-20", "fact")
    assert first["end"]["issuers"] == ["agency", "rival"]
    assert first["forecasts"] == []
    assert reading(second) == ("2024-03-12", "2024-04-05", "fact")
    assert [one["days_late"] for one in second["forecasts"]] == [4]


def test_a_stop_on_the_day_of_the_return_belongs_to_the_same_outage(unit, agency, rival):
    claim_outage(agency, unit, "2024-01-10", "2024-01-21", until="2024-01-20")
    claim_outage(rival, unit, "2024-01-20", "2024-01-21")
    assert len(outages()) == 1


def test_a_return_before_any_outage_is_not_its_end(unit, agency):
    claim = claim_restart(agency, unit, "2024-02-01", "2024-02-02")
    claim_outage(agency, unit, "2024-03-12", "2024-03-13")
    first, second = outages()
    assert reading(first) == (None, "2024-02-01", "fact")
    assert first["days"] is None
    assert first["claims"] == [claim]
    assert reading(second) == ("2024-03-12", None, "open")


def test_a_forecast_without_any_beginning_is_kept(unit, agency):
    forecast_restart(agency, unit, "2024-08-01", "2024-03-15")
    outage = the_outage()
    assert reading(outage) == (None, "2024-08-01", "forecast")
    assert [one["outcome"] for one in outage["forecasts"]] == ["pending"]


def test_an_outage_of_the_facility_stands_beside_that_of_a_unit(unit, agency):
    of_unit = claim_outage(agency, unit, "2024-03-12", "2024-03-13")
    of_plant = claim_outage(agency, unit.facility, "2024-03-12", "2024-03-14")
    found = outages("facilities/plant/timeline/")
    assert {(one["unit"]["id"] if one["unit"] else None, one["claims"][0]) for one in found} == {
        ("avt", of_unit),
        (None, of_plant),
    }
    assert [one["claims"] for one in outages()] == [[of_unit]]


def test_a_strike_on_a_facility_stands_for_the_facility_unless_it_is_about_somebody_else(agency):
    strike = on_record(StrikeFactory(facility__public_id="plant"))
    claim = draft_claim(
        agency, Topic.OPERATIONS_HALTED, strike.facility, "2024-03-12", {"date": "2024-03-12", "open": True}
    )
    claim.proposition.strike, claim.proposition.facility = strike, None
    claim.proposition.save()
    about_company = draft_claim(agency, Topic.RECOVERY, strike.facility, "2024-03-14", {"date": "2024-03-13"})
    about_company.proposition.strike, about_company.proposition.facility = strike, None
    about_company.proposition.actor = agency
    about_company.proposition.save()
    on_record(claim, about_company)
    outage = the_outage("facilities/plant/timeline/")
    assert outage["claims"] == [claim.public_id]
    assert outage["unit"] is None


# Who says so ------------------------------------------------------------------------------------------


@pytest.fixture
def differing(unit, agency, rival):
    """The operator, an agency and a rival, each with another beginning and end."""
    operator = company("operator")
    add_operator(operator, unit.facility)
    return {
        "operator": claim_outage(operator, unit, "2024-03-12", "2024-03-25", until="2024-03-20"),
        "agency": claim_outage(agency, unit, "2024-03-11", "2024-04-10", until="2024-04-05"),
        "rival": claim_outage(rival, unit, "2024-03-13", "2024-04-20", until="2024-03-31"),
    }


@pytest.mark.parametrize(
    ("policy", "start", "end"),
    [
        ("latest", ("2024-03-13", "rival"), ("2024-03-31", "rival")),
        ("widest", ("2024-03-11", "agency"), ("2024-04-05", "agency")),
        ("operator_first", ("2024-03-12", "operator"), ("2024-03-20", "operator")),
    ],
)
def test_a_policy_picks_one_reading_and_the_rivals_are_kept(unit, differing, policy, start, end):
    answer = get_json(f"units/avt/timeline/?policy={policy}")
    (outage,) = answer["outages"]
    assert answer["policy"] == policy
    for edge, (day, issuer) in (("start", start), ("end", end)):
        assert days(outage[edge]) == day
        assert outage[edge]["claims"] == [differing[issuer]]
        others = {one["claims"][0]: one["issuers"] for one in outage["rivals"][edge]}
        assert others == {claim: [name] for name, claim in differing.items() if name != issuer}
    assert sorted(outage["claims"]) == sorted(differing.values())
    assert outage["readings"] == []


def test_each_issuer_has_a_reading_of_its_own(unit, differing, agency):
    lone = company("lone")
    forecast_restart(lone, unit, "2024-05-01", "2024-03-14")
    answer = get_json("units/avt/timeline/?policy=all")
    (outage,) = answer["outages"]
    assert answer["policy"] == "all"
    assert (outage["start"], outage["end"], outage["days"]) == (None, None, None)
    assert {one["issuer"]: reading(one) for one in outage["readings"]} == {
        "operator": ("2024-03-12", "2024-03-20", "fact"),
        "agency": ("2024-03-11", "2024-04-05", "fact"),
        "rival": ("2024-03-13", "2024-03-31", "fact"),
        "lone": (None, "2024-05-01", "forecast"),
    }
    assert all(one["start"]["issuers"] in ([], [one["issuer"]]) for one in outage["readings"])


def test_what_the_newest_issuer_left_out_is_taken_from_the_one_before(unit, agency, rival):
    start = claim_stop(agency, unit, "2024-03-12", "2024-03-13")
    end = claim_restart(rival, unit, "2024-04-01", "2024-04-02")
    outage = the_outage()
    assert (outage["start"]["claims"], outage["end"]["claims"]) == ([start], [end])


def test_no_end_is_read_before_its_beginning(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-01", "2024-03-25", until="2024-03-05")
    claim_outage(rival, unit, "2024-03-02", "2024-03-21", until="2024-03-20")
    claim_stop(company("third"), unit, "2024-03-10", "2024-03-30")
    assert reading(the_outage()) == ("2024-03-10", "2024-03-20", "fact")


def test_two_who_say_the_same_stand_together(unit, agency, rival):
    claims = [
        claim_outage(one, unit, "2024-03-12", "2024-03-25", until="2024-03-20") for one in (agency, rival)
    ]
    outage = the_outage()
    assert sorted(outage["start"]["claims"]) == sorted(outage["end"]["claims"]) == sorted(claims)
    assert outage["rivals"] == {"start": [], "end": []}


def test_widest_has_no_end_while_somebody_stands_by_its_going_on(unit, agency, rival):
    claim_restart(agency, unit, "2024-04-01", "2024-06-01")
    claim = claim_outage(rival, unit, "2024-03-12", "2024-05-01")
    assert reading(the_outage("units/avt/timeline/?policy=latest")) == ("2024-03-12", "2024-04-01", "fact")
    outage = the_outage("units/avt/timeline/?policy=widest")
    assert reading(outage) == ("2024-03-12", None, "open")
    assert outage["end"]["claims"] == [claim]
    outage = the_outage("units/avt/timeline/?policy=latest")
    assert [(edge["at"], edge["kind"], edge["claims"]) for edge in outage["rivals"]["end"]] == [
        (None, "open", [claim])
    ]


def test_an_issuer_that_revises_its_word_no_longer_stands_by_the_old_one(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-05-01")
    claim_restart(agency, unit, "2024-04-20", "2024-05-10")
    assert reading(the_outage("units/avt/timeline/?policy=widest")) == ("2024-03-12", "2024-04-20", "fact")


@pytest.mark.parametrize(
    ("since", "until", "first"),
    [
        (None, None, "operator"),
        ("2024-01-01", None, "operator"),
        ("2024-03-13", None, "agency"),
        (None, "2024-03-11", "agency"),
        ("2024-03-12", "2024-03-12", "operator"),
    ],
)
def test_the_operator_is_who_operated_it_when_it_stopped(unit, agency, since, until, first):
    operator = company("operator")
    add_operator(operator, unit.facility, since=since, until=until)
    claim_outage(operator, unit, "2024-03-12", "2024-03-25", until="2024-03-20")
    claim_outage(agency, unit, "2024-03-12", "2024-04-10", until="2024-04-05")
    assert the_outage("units/avt/timeline/?policy=operator_first")["end"]["issuers"] == [first]


def test_a_spokesman_speaks_for_the_operator(unit, agency):
    operator = company("operator")
    add_operator(operator, unit.facility)
    spokesman = on_record(ActorFactory(affiliation=operator))
    claim = claim_outage(spokesman, unit, "2024-03-12", "2024-03-25", until="2024-03-20")
    claim_outage(agency, unit, "2024-03-12", "2024-04-10", until="2024-04-05")
    assert the_outage("units/avt/timeline/?policy=operator_first")["end"]["claims"] == [claim]


# What does not count ----------------------------------------------------------------------------------


def test_a_denial_is_named_and_ends_nothing(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    denial = publish_claim(rival, Topic.OPERATIONS_HALTED, unit, "2024-03-16", stance=Stance.DENIES)
    outage = the_outage()
    assert outage["denied_by"] == [denial]
    assert outage["end"]["kind"] == "open"
    assert denial not in outage["claims"]


def test_silence_is_neither(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    publish_claim(rival, Topic.OPERATIONS_HALTED, unit, "2024-03-16", stance=Stance.DECLINES_TO_COMMENT)
    assert the_outage()["denied_by"] == []


@pytest.mark.parametrize("stance", [Stance.DENIES, Stance.DISPUTES, Stance.RETRACTS])
def test_who_takes_its_word_back_no_longer_says_so(unit, agency, rival, stance):
    claim_outage(agency, unit, "2024-03-10", "2024-03-15")
    publish_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-20", stance=stance)
    assert outages() == []
    kept = claim_outage(rival, unit, "2024-03-12", "2024-03-15")
    outage = the_outage()
    assert outage["claims"] == [kept]
    assert bool(outage["denied_by"]) is (stance != Stance.RETRACTS)


def test_an_update_counts_as_newer_whenever_it_was_said(unit, agency):
    denial = on_record(draft_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-20", stance=Stance.DENIES))
    claim = draft_claim(
        agency, Topic.OPERATIONS_HALTED, unit, "2024-03-15", {"date": "2024-03-12", "open": True}
    )
    ClaimRelationFactory(claim=claim, kind=ClaimRelationKind.UPDATES, other=denial)
    on_record(claim)
    assert the_outage()["claims"] == [claim.public_id]


def test_a_report_that_its_publisher_retracted_no_longer_counts(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    report = on_record(ReportFactory(issued_earliest=dt.datetime(2024, 4, 2, tzinfo=dt.UTC)))
    claim_restart(rival, unit, "2024-04-01", "2024-04-02", report=report)
    assert the_outage()["end"]["kind"] == "fact"
    publishing.amend(report, add=[ReportNoticeFactory.build(report=report, kind=NoticeKind.RETRACTION)])
    outage = the_outage()
    assert outage["end"]["kind"] == "open"
    assert len(outage["claims"]) == 1


def test_drafts_and_withdrawn_claims_are_never_seen(unit, agency, rival):
    kept = claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    draft_claim(rival, Topic.OPERATIONS_HALTED, unit, "2024-03-15", {"date": "2024-01-01", "open": True})
    gone = claim_restart(rival, unit, "2024-04-01", "2024-04-02")
    publishing.withdraw(Claim.objects.get(public_id=gone), reason=WithdrawalReason.TYPO)
    number = draft_claim(rival, Topic.CAPACITY, unit, "2024-03-16", numbers=(exactly(5),))
    outage = the_outage()
    assert outage["claims"] == [kept]
    assert outage["offline"] == []
    assert number.public_id not in str(get_json("units/avt/timeline/"))


def test_a_draft_unit_or_capacity_is_not_there(unit, agency):
    hidden = UnitFactory(facility=unit.facility)
    get_json(f"units/{hidden.public_id}/timeline/", 404)
    CapacityFactory(unit=unit, facility=unit.facility)
    assert get_json("units/avt/timeline/")["capacities"] == []


# Two ways back ----------------------------------------------------------------------------------------


def test_known_at_is_what_had_been_said_by_then(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(rival, unit, "2024-06-30", "2024-04-10", until="2024-07-31")
    claim_restart(agency, unit, "2024-06-22", "2024-06-26")
    outage = the_outage("units/avt/timeline/?known_at=2024-05-01")
    assert outage["end"]["kind"] == "forecast"
    assert [one["outcome"] for one in outage["forecasts"]] == ["pending"]
    assert the_outage("units/avt/timeline/?known_at=2024-03-31")["forecasts"] == []
    assert the_outage()["forecasts"][0]["outcome"] == "early"
    assert outages("units/avt/timeline/?known_at=2024-03-14") == []


def test_as_of_is_what_we_had_published_by_then(unit, agency, today):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(agency, unit, "2024-07-05", "2024-03-15")
    today.move_to("2024-07-10T12:00:00Z")
    claim_restart(agency, unit, "2024-06-22", "2024-06-26")
    assert the_outage()["forecasts"][0]["outcome"] == "early"
    then = the_outage("units/avt/timeline/?as_of=2024-07-04")
    assert (then["end"]["kind"], then["forecasts"][0]["outcome"]) == ("forecast", "pending")
    then = the_outage("units/avt/timeline/?as_of=2024-07-09")
    assert (then["end"]["kind"], then["forecasts"][0]["outcome"]) == ("forecast", "overdue")


def test_a_party_that_was_added_later_is_no_operator_before(unit, agency, today):
    operator = company("operator")
    claim_outage(operator, unit, "2024-03-12", "2024-03-25", until="2024-03-20")
    claim_outage(agency, unit, "2024-03-12", "2024-04-10", until="2024-04-05")
    today.move_to("2024-07-10T12:00:00Z")
    add_operator(operator, unit.facility)
    ends = {
        moment: the_outage(f"units/avt/timeline/?policy=operator_first{moment}")["end"]["issuers"]
        for moment in ("", "&as_of=2024-07-05")
    }
    assert ends == {"": ["operator"], "&as_of=2024-07-05": ["agency"]}


def test_numbers_stand_as_they_did(unit, agency, today):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15", numbers=[exactly(50)])
    claim = Claim.objects.get()
    today.move_to("2024-07-10T12:00:00Z")
    successor = publishing.revise(claim)
    number = successor.damage_estimates.get()
    number.low = number.best = number.high = 40
    number.save()
    publishing.correct(successor, reason=WithdrawalReason.TYPO)
    assert [one["low"] for one in the_outage()["offline"]] == [40]
    assert [one["low"] for one in the_outage("units/avt/timeline/?as_of=2024-07-05")["offline"]] == [50]


# Shares -----------------------------------------------------------------------------------------------


def test_a_unit_is_set_against_each_statement_about_its_facility(unit, agency):
    plant = unit.facility
    part = on_record(CapacityFactory(facility=plant, unit=unit, **exactly(9)))
    whole = on_record(CapacityFactory(facility=plant, basis="nameplate", **between(16, 18)))
    done = on_record(CapacityFactory(facility=plant, basis="throughput", **exactly(15)))
    on_record(CapacityFactory(facility=plant, basis="throughput", **exactly(8)))  # without the unit
    on_record(CapacityFactory(facility=plant, product="gasoline", **exactly(12)))
    on_record(CapacityFactory(facility=plant))  # vague
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    shares = {one["facility_capacity"]: one for one in the_outage()["shares"]}
    assert set(shares) == {whole.public_id, done.public_id}
    assert {one["unit_capacity"] for one in shares.values()} == {part.public_id}
    assert shares[whole.public_id]["denominator"] == "facility_capacity"
    assert [shares[whole.public_id][name] for name in ("low", "best", "high")] == [50, None, 56.25]
    assert shares[done.public_id]["denominator"] == "facility_throughput"
    assert [shares[done.public_id][name] for name in ("low", "best", "high")] == [60, 60, 60]


# The answer as a whole --------------------------------------------------------------------------------


def test_strikes_and_capacities_are_told_in_their_order(unit, agency):
    for number, day in enumerate((20, 12)):
        moment = dt.datetime(2024, 3, day, tzinfo=dt.UTC)
        on_record(
            StrikeFactory(
                public_id=f"s-{number}", facility=unit.facility, earliest=moment, local_date=moment.date()
            )
        )
    older, newer = (
        on_record(CapacityFactory(unit=unit, facility=unit.facility, report__issued_earliest=moment))
        for moment in (dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 2, 1, tzinfo=dt.UTC))
    )
    whole = on_record(CapacityFactory(facility=unit.facility))
    answer = get_json("facilities/plant/timeline/")
    assert [one["id"] for one in answer["strikes"]] == ["s-1", "s-0"]
    ids = [one["id"] for one in answer["capacities"]]
    assert ids.index(newer.public_id) < ids.index(older.public_id)
    assert whole.public_id in ids
    assert whole.public_id not in [one["id"] for one in get_json("units/avt/timeline/")["capacities"]]


def queries(address):
    with CaptureQueriesContext(connection) as captured:
        get_json(address)
    return len(captured)


@pytest.mark.parametrize("more", few_or_many(2, 6))
@pytest.mark.parametrize("address", ["units/avt/timeline/", "facilities/plant/timeline/?policy=all"])
def test_many_claims_take_no_more_queries_than_one(unit, agency, address, more):
    load = exactly(60, metric=Metric.UTILISATION, unit_of_measure="percent", denominator="unit_capacity")
    claim_outage(agency, unit, "2024-03-12", "2024-03-15", numbers=[exactly(50), load])
    forecast_restart(agency, unit, "2024-04-01", "2024-03-15")
    on_record(CapacityFactory(unit=unit, facility=unit.facility, **exactly(1)))
    on_record(CapacityFactory(facility=unit.facility, **exactly(2)))
    on_record(StrikeFactory(facility=unit.facility))
    few = queries(address)
    for number in range(1, 1 + more):
        issuer = on_record(ActorFactory())
        other = on_record(UnitFactory(facility=unit.facility))
        for one in (unit, other):
            claim_outage(issuer, one, f"2024-03-{10 + number}", "2024-03-15", numbers=[exactly(50), load])
            forecast_restart(issuer, one, f"2024-04-0{number}", "2024-03-15")
            on_record(CapacityFactory(unit=one, facility=unit.facility, **exactly(1)))
        publish_claim(issuer, Topic.OPERATIONS_HALTED, unit.facility, "2024-03-15", numbers=[exactly(3)])
        on_record(CapacityFactory(facility=unit.facility, **exactly(2)))
        on_record(StrikeFactory(facility=unit.facility))
    assert queries(address) == few <= 14


def test_more_claims_than_can_be_weighed_are_refused(unit, agency, monkeypatch):
    monkeypatch.setattr(timelines, "MOST_CLAIMS", 2)
    for day in (12, 13):
        claim_outage(agency, unit, f"2024-03-{day}", "2024-03-15")
    get_json("units/avt/timeline/")
    claim_outage(agency, unit, "2024-03-14", "2024-03-15")
    problem = get_json("units/avt/timeline/", 400)
    assert problem["errors"][0]["parameter"] == "known_at"
    assert "narrow it" in problem["errors"][0]["detail"]
    get_json("units/avt/timeline/?known_at=2024-03-01")


@pytest.mark.parametrize(
    "query",
    [
        "policy=first",
        "policy=",
        "policy=latest&policy=widest",
        "policies=all",
        "after=2024-01-01",
        "page_size=1",
    ],
)
def test_a_parameter_that_is_unknown_empty_or_repeated_is_refused(unit, query):
    get_json(f"units/avt/timeline/?{query}", 400)


def test_a_unit_that_is_not_there_has_no_timeline(unit):
    get_json("units/nothing/timeline/", 404)
    spare = on_record(UnitFactory())
    publishing.withdraw(fresh(spare), reason=WithdrawalReason.DUPLICATE)
    get_json(f"units/{spare.public_id}/timeline/", 410)
