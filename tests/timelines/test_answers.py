"""The timeline as a whole: its order, its bounds, and the two ways back."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from record import publishing
from record.choices import WithdrawalReason
from strikes.choices import Metric, Topic
from strikes.models import Claim
from strikes.outages import loading
from tests.factories import ActorFactory, CapacityFactory, StrikeFactory, UnitFactory
from tests.on_record import fresh, on_record
from tests.outage_claims import (
    add_operator,
    claim_outage,
    claim_restart,
    exactly,
    forecast_restart,
    get_json,
    publish_claim,
)
from tests.sweeps import few_or_many
from tests.timelines.outages import company, outages, the_outage

pytestmark = pytest.mark.django_db


# Two ways back ---------------------------------------------------------------------------------------


def test_known_at_is_what_had_been_said_by_then(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(rival, unit, "2024-06-30", "2024-04-10", until="2024-07-31")
    claim_restart(agency, unit, "2024-06-22", "2024-06-26")
    outage = the_outage("units/avt/timeline/?known_at=2024-05-01")
    assert outage["end"]["kind"] == "forecast"
    assert [forecast["outcome"] for forecast in outage["forecasts"]] == ["pending"]
    assert the_outage("units/avt/timeline/?known_at=2024-03-31")["forecasts"] == []
    assert the_outage()["forecasts"][0]["outcome"] == "early"
    assert outages("units/avt/timeline/?known_at=2024-03-14") == []


def test_as_of_is_what_we_had_published_by_then(unit, agency, today):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(agency, unit, "2024-07-05", "2024-03-15")
    today.move_to("2024-07-10T12:00:00Z")
    claim_restart(agency, unit, "2024-06-22", "2024-06-26")
    assert the_outage()["forecasts"][0]["outcome"] == "early"
    early = the_outage("units/avt/timeline/?as_of=2024-07-04")
    assert (early["end"]["kind"], early["forecasts"][0]["outcome"]) == ("forecast", "pending")
    later = the_outage("units/avt/timeline/?as_of=2024-07-09")
    assert (later["end"]["kind"], later["forecasts"][0]["outcome"]) == ("forecast", "overdue")


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
    assert [number["low"] for number in the_outage()["offline"]] == [40]
    assert [number["low"] for number in the_outage("units/avt/timeline/?as_of=2024-07-05")["offline"]] == [50]


# The answer as a whole -------------------------------------------------------------------------------


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
    assert [strike["id"] for strike in answer["strikes"]] == ["s-1", "s-0"]
    ids = [capacity["id"] for capacity in answer["capacities"]]
    assert ids.index(newer.public_id) < ids.index(older.public_id)
    assert whole.public_id in ids
    assert whole.public_id not in [
        capacity["id"] for capacity in get_json("units/avt/timeline/")["capacities"]
    ]


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
        for place in (unit, other):
            claim_outage(issuer, place, f"2024-03-{10 + number}", "2024-03-15", numbers=[exactly(50), load])
            forecast_restart(issuer, place, f"2024-04-0{number}", "2024-03-15")
            on_record(CapacityFactory(unit=place, facility=unit.facility, **exactly(1)))
        publish_claim(issuer, Topic.OPERATIONS_HALTED, unit.facility, "2024-03-15", numbers=[exactly(3)])
        on_record(CapacityFactory(facility=unit.facility, **exactly(2)))
        on_record(StrikeFactory(facility=unit.facility))
    assert queries(address) == few <= 17


def test_more_claims_than_can_be_weighed_are_refused(unit, agency, monkeypatch):
    monkeypatch.setattr(loading, "MOST_OUTAGE_CLAIMS", 2)
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
