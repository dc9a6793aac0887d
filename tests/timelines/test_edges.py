"""When outages began and ended, or will end, on small cases made by hand."""

import pytest
from django.test import Client

from strikes.choices import Stance, Topic
from tests.factories import StrikeFactory
from tests.on_record import on_record
from tests.outage_claims import (
    claim_outage,
    claim_restart,
    claim_stop,
    draft_claim,
    effective_period,
    exactly,
    forecast_restart,
    midnight,
    publish_claim,
)
from tests.timelines.outages import days, outages, reading, the_outage

pytestmark = pytest.mark.django_db


# Beginnings and ends ---------------------------------------------------------------------------------


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


# Forecasts -------------------------------------------------------------------------------------------


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
    assert [forecast["claim"]["id"] for forecast in outage["forecasts"]] == [first, second]
    assert [forecast["outcome"] for forecast in outage["forecasts"]] == ["overdue", "overdue"]
    assert days(outage["end"]) == "2024-06-30"


def test_a_prediction_that_somebody_outlived_no_longer_stands(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(agency, unit, "2024-04-01", "2024-03-15")
    claim = claim_outage(rival, unit, "2024-03-12", "2024-05-01")
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", None, "open")
    assert claim in outage["end"]["claims"]
    assert [days(edge) for edge in outage["rivals"]["end"]] == ["2024-04-01"]
    assert [forecast["outcome"] for forecast in outage["forecasts"]] == ["overdue"]


# One outage after another ----------------------------------------------------------------------------


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
    assert [forecast["days_late"] for forecast in second["forecasts"]] == [4]


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
    assert [forecast["outcome"] for forecast in outage["forecasts"]] == ["pending"]


def test_an_outage_of_the_facility_stands_beside_that_of_a_unit(unit, agency):
    of_unit = claim_outage(agency, unit, "2024-03-12", "2024-03-13")
    of_plant = claim_outage(agency, unit.facility, "2024-03-12", "2024-03-14")
    found = outages("facilities/plant/timeline/")
    assert {(outage["unit"]["id"] if outage["unit"] else None, outage["claims"][0]) for outage in found} == {
        ("avt", of_unit),
        (None, of_plant),
    }
    assert [outage["claims"] for outage in outages()] == [[of_unit]]


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
