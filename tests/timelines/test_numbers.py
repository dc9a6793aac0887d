"""How much stood still and how much ran again, and shares of the whole."""

import pytest

from strikes.choices import Metric, Topic
from tests.factories import CapacityFactory, StrikeFactory
from tests.on_record import on_record
from tests.outage_claims import (
    at_least,
    between,
    claim_outage,
    draft_claim,
    effective_period,
    exactly,
    get_json,
    publish_claim,
)
from tests.timelines.outages import days, outages, reading, the_outage

pytestmark = pytest.mark.django_db


# Numbers ---------------------------------------------------------------------------------------------


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
    assert [(number["denominator"], number["low"], number["high"]) for number in the_outage()["offline"]] == [
        ("unit_capacity", 50, 50),
        ("facility_output", 20, None),
    ]


def test_a_partial_restart_stands_beside_the_end(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-06-26", until="2024-06-22")
    load = exactly(60, metric=Metric.UTILISATION, unit_of_measure="percent", denominator="unit_capacity")
    claim = publish_claim(agency, Topic.RECOVERY, unit, "2024-06-26", numbers=[load])
    outage = the_outage()
    assert [(phase["state"], days(phase["start"]), phase["end"]["kind"]) for phase in outage["phases"]] == [
        ("halted", "2024-03-12", "fact"),
        ("reduced", "2024-06-22", "open"),
    ]
    assert [load["claim"]["id"] for load in outage["phases"][1]["load"]] == [claim]
    assert reading(outage) == ("2024-03-12", None, "open")
    assert outage["days"] == {"low": 102, "high": 102}
    assert [(number["metric"], number["best"], number["claim"]["id"]) for number in outage["load"]] == [
        ("utilisation", 60, claim)
    ]
    assert outage["offline"] == []


def test_a_number_without_a_time_belongs_to_the_outage_that_was_on_when_it_was_said(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-20", until="2024-03-18")
    claim_outage(agency, unit, "2024-05-01", "2024-05-02")
    number = at_least(40)
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-15", numbers=[number])
    first, second = outages()
    assert [number["low"] for number in first["offline"]] == [40]
    assert second["offline"] == []


def test_a_number_of_which_nobody_says_when_is_kept_apart(unit, agency):
    number = at_least(
        50, unit_of_measure="percent", denominator="facility_output", metric=Metric.OUTPUT_HALTED
    )
    claim = publish_claim(agency, Topic.OPERATIONS_HALTED, unit.facility, "2024-03-12", numbers=[number])
    answer = get_json("facilities/plant/timeline/")
    assert answer["outages"] == []
    (undated,) = answer["undated"]
    assert (undated["low"], undated["best"], undated["high"]) == (50, None, None)
    assert undated["claim"]["id"] == claim


def test_the_periods_of_the_numbers_of_a_halt_say_how_much_it_was_and_end_nothing(unit, agency):
    numbers = [
        exactly(50, **effective_period("2024-03-12", "2024-03-20")),
        exactly(30, **effective_period("2024-03-20", "2024-04-01")),
    ]
    claim_outage(agency, unit, "2024-03-12", "2024-04-10", numbers=numbers)
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", None, "open")
    assert [(number["low"], number["high"]) for number in outage["offline"]] == [(30, 50)]


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
    assert [number["low"] for number in first["offline"]] == [50]
    assert (second["offline"], second["start"]["at"]["local_date"]) == ([], "2024-05-01")


# Shares ----------------------------------------------------------------------------------------------


def test_a_unit_is_set_against_each_statement_about_its_facility(unit, agency):
    plant = unit.facility
    part = on_record(CapacityFactory(facility=plant, unit=unit, **exactly(9)))
    whole = on_record(CapacityFactory(facility=plant, basis="nameplate", **between(16, 18)))
    done = on_record(CapacityFactory(facility=plant, basis="throughput", **exactly(15)))
    on_record(CapacityFactory(facility=plant, basis="throughput", **exactly(8)))  # without the unit
    on_record(CapacityFactory(facility=plant, product="gasoline", **exactly(12)))
    on_record(CapacityFactory(facility=plant))  # vague
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    shares = {share["facility_capacity"]: share for share in the_outage()["shares"]}
    assert set(shares) == {whole.public_id, done.public_id}
    assert {share["unit_capacity"] for share in shares.values()} == {part.public_id}
    assert shares[whole.public_id]["denominator"] == "facility_capacity"
    assert [shares[whole.public_id][name] for name in ("low", "best", "high")] == [50, None, 56.25]
    assert shares[done.public_id]["denominator"] == "facility_throughput"
    assert [shares[done.public_id][name] for name in ("low", "best", "high")] == [60, 60, 60]
