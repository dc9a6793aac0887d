"""Outages in phases: halted, at part load, running, in full; with cuts, statuses, and ends that never come."""

import pytest
from django.core.exceptions import ValidationError

from record import publishing
from sources.choices import ActorKind
from strikes.choices import Metric, NumberEdge, Topic
from tests.factories import ActorFactory, FacilityFactory, UnitFactory
from tests.on_record import on_record
from tests.outage_claims import (
    add_operator,
    claim_outage,
    claim_restart,
    claim_stop,
    draft_claim,
    effective_period,
    exactly,
    forecast_restart,
    get_json,
    publish_claim,
)
from tests.timelines.outages import days, outages, reading, the_outage

pytestmark = pytest.mark.django_db


def at_load(percent, **more):
    return exactly(
        percent, metric=Metric.UTILISATION, unit_of_measure="percent", denominator="unit_capacity", **more
    )


def cut_of(percent, **more):
    return exactly(
        percent, metric=Metric.OUTPUT_CUT, unit_of_measure="percent", denominator="facility_output", **more
    )


def claim_full_return(by, about, when, on, **more):
    return publish_claim(by, Topic.FULL_RECOVERY, about, on, {"date": when}, **more)


def claim_status(by, about, when, on, topic=Topic.OPERATIONS_HALTED):
    return publish_claim(by, topic, about, on, {"date": when}, is_status=True)


def phases(outage):
    """Each phase as its state, its edges, and how its end is known."""
    return [
        (
            phase["state"],
            days(phase["start"]),
            days(phase["end"]) if phase["end"] else None,
            phase["end"]["kind"] if phase["end"] else None,
        )
        for phase in outage["phases"]
    ]


def loads(outage):
    return [[load["best"] for load in phase["load"]] for phase in outage["phases"]]


def test_a_halt_then_part_load_then_more_then_all_of_it(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    back = claim_restart(agency, unit, "2024-04-01", "2024-04-02", numbers=[at_load(30)])
    more = publish_claim(agency, Topic.CAPACITY, unit, "2024-05-10", numbers=[at_load(60)])
    full = claim_full_return(agency, unit, "2024-06-01", "2024-06-02")
    outage = the_outage()
    assert phases(outage) == [
        ("halted", "2024-03-12", "2024-04-01", "fact"),
        ("reduced", "2024-04-01", "2024-05-10", "fact"),
        ("reduced", "2024-05-10", "2024-06-01", "fact"),
        ("full", "2024-06-01", None, None),
    ]
    assert loads(outage) == [[], [30], [60], []]
    assert [phase["claims"] for phase in outage["phases"][1:]] == [[back, more], [more, full], [full]]
    assert outage["phases"][1]["issuers"] == ["agency"]
    assert reading(outage) == ("2024-03-12", "2024-06-01", "fact")
    assert outage["days"] == {"low": 20, "high": 20}


def test_a_load_that_nobody_dates_holds_since_the_return(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-06-26", until="2024-06-22")
    publish_claim(agency, Topic.CAPACITY, unit, "2024-06-26", numbers=[at_load(60)])
    outage = the_outage()
    assert phases(outage) == [
        ("halted", "2024-03-12", "2024-06-22", "fact"),
        ("reduced", "2024-06-22", None, "open"),
    ]
    assert (reading(outage), loads(outage)) == (("2024-03-12", None, "open"), [[], [60]])
    assert outage["days"] == {"low": 102, "high": 102}


def test_a_return_at_a_load_that_nobody_states_is_running_and_ends_it(unit, agency, rival):
    # Said on 7 May, printed on a page of June: its page does not make its words the latest.
    claim_outage(agency, unit, "2024-05-07", "2024-06-07", **said_on("2024-05-07"))
    first = claim_restart(rival, unit, "2024-05-12", "2024-05-12")
    outage = the_outage()
    assert phases(outage) == [
        ("halted", "2024-05-07", "2024-05-12", "fact"),
        ("running", "2024-05-12", None, "open"),
    ]
    assert (reading(outage), outage["days"]) == (("2024-05-07", "2024-05-12", "fact"), {"low": 5, "high": 5})
    assert outage["end"]["claims"] == [first]


def test_the_late_issue_of_a_page_does_not_make_its_words_the_latest(unit, rival):
    # Nobody is named, so it was known with the page only, and still it was said before the return.
    unnamed = on_record(ActorFactory(kind=ActorKind.ANONYMOUS))
    claim_outage(unnamed, unit, "2024-05-07", "2024-06-07", **said_on("2024-05-07"))
    claim_restart(rival, unit, "2024-05-12", "2024-05-12")
    for policy in ("latest", "widest"):
        outage = the_outage(f"units/avt/timeline/?policy={policy}")
        assert reading(outage) == ("2024-05-07", "2024-05-12", "fact")


def said_on(day):
    moment = f"{day}T09:00:00Z"
    return {
        "said_earliest": moment,
        "said_latest": moment,
        "said_precision": "minute",
        "said_timezone": "UTC",
    }


def test_a_plant_that_lost_a_part_and_runs_at_less_is_not_back_in_full(unit, agency):
    plant = unit.facility
    flow = {"unit_of_measure": "kbbl_per_day"}
    lost = exactly(5700, metric=Metric.OUTPUT_HALTED, **flow)
    publish_claim(agency, Topic.OPERATIONS_HALTED, plant, "2024-03-14", {"date": "2024-03-14"}, [lost])
    runs = exactly(2000, metric=Metric.THROUGHPUT, **flow)
    claim_restart(agency, plant, "2024-03-17", "2024-03-17", numbers=[runs])
    ahead = publish_claim(
        agency, Topic.FULL_RECOVERY, plant, "2024-03-17", {"date": "2024-03-31"}, stance="forecasts"
    )
    (outage,) = outages("facilities/plant/timeline/")
    assert phases(outage) == [
        ("halted", "2024-03-14", "2024-03-17", "fact"),
        ("reduced", "2024-03-17", "2024-03-31", "forecast"),
    ]
    assert reading(outage) == ("2024-03-14", "2024-03-31", "forecast")
    (forecast,) = outage["forecasts"]
    assert (forecast["claim"]["id"], forecast["of_full_return"], forecast["outcome"]) == (
        ahead,
        True,
        "overdue",
    )


def test_all_of_it_at_full_load_is_in_full(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    claim_restart(agency, unit, "2024-04-01", "2024-04-02", numbers=[at_load(40)])
    publish_claim(
        agency, Topic.CAPACITY, unit, "2024-05-10", numbers=[at_load(100, **effective_period("2024-05-01"))]
    )
    assert phases(the_outage()) == [
        ("halted", "2024-03-12", "2024-04-01", "fact"),
        ("reduced", "2024-04-01", "2024-05-01", "fact"),
        ("full", "2024-05-01", None, None),
    ]


def test_who_says_that_it_is_back_in_full_says_that_it_runs(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    claim_full_return(agency, unit, "2024-04-01", "2024-04-02")
    outage = the_outage()
    assert phases(outage) == [
        ("halted", "2024-03-12", "2024-04-01", "fact"),
        ("full", "2024-04-01", None, None),
    ]
    assert outage["days"] == {"low": 20, "high": 20}


# Cuts -------------------------------------------------------------------------------------------------------


def test_a_cut_begins_without_a_halt(unit, agency):
    number = cut_of(40, **effective_period("2024-03-12", edge="open"))
    cut = publish_claim(agency, Topic.CAPACITY, unit, "2024-03-15", numbers=[number])
    outage = the_outage()
    assert phases(outage) == [("reduced", "2024-03-12", None, "open")]
    assert outage["phases"][0]["claims"] == [cut]
    assert outage["days"] is None


def test_a_halt_that_is_said_to_be_a_cut_is_one(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15", numbers=[cut_of(40)])
    assert phases(the_outage()) == [("reduced", "2024-03-12", None, "open")]


def test_what_runs_again_may_be_cut(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-14")
    claim_restart(agency, unit, "2024-03-25", "2024-03-26", numbers=[cut_of(40)])
    outage = the_outage()
    assert phases(outage)[1:] == [("reduced", "2024-03-25", None, "open")]
    number = cut_of(30, **effective_period("2024-04-10", "2024-04-20"))
    publish_claim(agency, Topic.CAPACITY, unit, "2024-04-21", numbers=[number])
    first, second = outages()
    assert phases(first)[1:] == [("reduced", "2024-03-25", "2024-04-10", "fact")]
    assert phases(second) == [
        ("reduced", "2024-04-10", "2024-04-20", "fact"),
        ("running", "2024-04-20", None, "open"),
    ]


def test_a_cut_since_the_return_may_be_over(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-14")
    claim_restart(agency, unit, "2024-03-25", "2024-03-26")
    number = cut_of(30, **effective_period("2024-03-25", "2024-04-20"))
    publish_claim(agency, Topic.CAPACITY, unit, "2024-04-21", numbers=[number])
    outage = the_outage()
    assert phases(outage)[1:] == [
        ("reduced", "2024-03-25", "2024-04-20", "fact"),
        ("running", "2024-04-20", None, "open"),
    ]
    assert reading(outage) == ("2024-03-12", "2024-04-20", "fact")


def test_a_cut_may_become_a_halt(unit, agency):
    number = cut_of(40, **effective_period("2024-03-05", "2024-03-12"))
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-12", numbers=[number])
    claim_outage(agency, unit, "2024-03-12", "2024-03-20")
    outage = the_outage()
    assert phases(outage) == [
        ("reduced", "2024-03-05", "2024-03-12", "fact"),
        ("halted", "2024-03-12", None, "open"),
    ]
    assert outage["start"]["at"]["local_date"] == "2024-03-05"


# Ends that never come ----------------------------------------------------------------------------------------


def test_an_end_may_never_come(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15", is_permanent=True)
    outage = the_outage()
    assert phases(outage) == [("halted", "2024-03-12", None, "never")]
    assert reading(outage) == ("2024-03-12", None, "never")
    assert outage["days"] is None
    claim_restart(rival, unit, "2024-05-01", "2024-05-02")
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", "2024-05-01", "fact")
    assert [(edge["kind"], edge["issuers"]) for edge in outage["rivals"]["end"]] == [("never", ["agency"])]


def test_the_period_of_a_number_may_never_end(unit, agency):
    number = exactly(50, **effective_period("2024-03-12", edge=NumberEdge.NEVER))
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-15", numbers=[number])
    assert reading(the_outage()) == ("2024-03-12", None, "never")


@pytest.mark.parametrize("event", [{"date": "2024-03-12"}, None])
def test_what_never_ends_has_a_beginning_and_no_end(unit, agency, event):
    claim = draft_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-15", event)
    claim.is_permanent = True
    with pytest.raises(ValidationError, match="What never ends has a time"):
        claim.full_clean()


# Statuses -----------------------------------------------------------------------------------------------------


def test_a_status_begins_and_ends_nothing(unit, agency, rival):
    claim_stop(agency, unit, "2024-03-12", "2024-03-12")
    still = claim_status(rival, unit, "2024-03-15", "2024-03-16")
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", None, "open")
    assert outage["rivals"] == {"start": [], "end": []}
    (mark,) = outage["marks"]
    assert (mark["state"], mark["at"]["local_date"], mark["claims"]) == ("halted", "2024-03-15", [still])
    ran = claim_status(rival, unit, "2024-04-02", "2024-04-02", Topic.RECOVERY)
    outage = the_outage()
    assert reading(outage) == ("2024-03-12", None, "open")
    assert [mark["state"] for mark in outage["marks"]] == ["halted", "running"]
    assert [(edge["kind"], edge["claims"]) for edge in outage["rivals"]["end"]] == [("status", [ran])]


def test_a_status_is_a_rival_to_the_edges_that_it_rules_out(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-04-01", until="2024-03-20")
    before = claim_status(rival, unit, "2024-03-10", "2024-03-16")
    claim_status(rival, unit, "2024-03-19", "2024-03-19")
    after = claim_status(rival, unit, "2024-03-22", "2024-03-22")
    ran = claim_status(rival, unit, "2024-03-15", "2024-03-22", Topic.RECOVERY)
    rivals = the_outage()["rivals"]
    assert [(edge["kind"], edge["claims"]) for edge in rivals["start"]] == [("status", [before])]
    assert [(edge["kind"], edge["claims"]) for edge in rivals["end"]] == [
        ("status", [ran]),
        ("status", [after]),
    ]


def test_a_prediction_that_a_status_outlived_no_longer_stands(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(agency, unit, "2024-04-01", "2024-03-15")
    assert reading(the_outage()) == ("2024-03-12", "2024-04-01", "forecast")
    claim_status(rival, unit, "2024-04-05", "2024-04-06")
    assert reading(the_outage()) == ("2024-03-12", None, "open")


def test_an_outage_of_which_only_a_status_tells_has_no_beginning(unit, agency):
    claim_status(agency, unit, "2024-03-15", "2024-03-16")
    assert phases(the_outage()) == [("halted", None, None, "open")]


def test_a_status_needs_a_time(unit, agency):
    claim = draft_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-15")
    claim.is_status = True
    with pytest.raises(ValidationError, match="A status needs the time"):
        claim.full_clean()


# What lies ahead ---------------------------------------------------------------------------------------------


def test_a_load_that_was_only_predicted_is_none(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(agency, unit, "2024-04-05", "2024-03-20", numbers=[at_load(100)])
    claim_restart(rival, unit, "2024-04-03", "2024-04-03", numbers=[at_load(30)])
    ahead = at_load(60, **effective_period("2024-06-20"))
    publish_claim(rival, Topic.CAPACITY, unit, "2024-04-04", numbers=[ahead])
    outage = the_outage()
    assert phases(outage)[1:] == [("reduced", "2024-04-03", None, "open")]
    assert loads(outage) == [[], [30]]


def test_what_is_said_to_begin_ahead_of_the_words_is_no_outage_yet(unit, agency):
    claim_stop(agency, unit, "2024-06-01", "2024-05-02")
    number = exactly(5, **effective_period("2024-06-01"))
    publish_claim(agency, Topic.CAPACITY, unit, "2024-05-02", numbers=[number])
    assert outages() == []


# Whose word ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["latest", "widest", "operator_first"])
def test_a_return_outranks_a_forecast_said_before_it(unit, agency, rival, policy):
    add_operator(agency, unit.facility)
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    forecast_restart(agency, unit, "2024-06-30", "2024-03-15")
    claim_restart(rival, unit, "2024-06-22", "2024-06-23")
    assert reading(the_outage(f"units/avt/timeline/?policy={policy}")) == ("2024-03-12", "2024-06-22", "fact")


def test_a_forecast_said_after_a_return_is_a_rival_word(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    claim_restart(rival, unit, "2024-06-10", "2024-06-11")
    forecast_restart(agency, unit, "2024-06-30", "2024-06-20")
    assert reading(the_outage()) == ("2024-03-12", "2024-06-30", "forecast")


@pytest.mark.parametrize(
    ("policy", "load"), [("latest", [40]), ("operator_first", [70]), ("widest", [70, 40])]
)
def test_a_policy_says_whose_load_counts(unit, agency, rival, policy, load):
    add_operator(agency, unit.facility)
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    claim_restart(agency, unit, "2024-04-01", "2024-04-01", numbers=[at_load(70)])
    claim_restart(rival, unit, "2024-04-01", "2024-04-02", numbers=[at_load(40)])
    outage = the_outage(f"units/avt/timeline/?policy={policy}")
    assert loads(outage) == [[], load]
    assert {load["best"] for load in outage["load"]} == {40, 70}


def test_each_issuer_has_phases_of_its_own(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    claim_restart(rival, unit, "2024-04-01", "2024-04-02", numbers=[at_load(40)])
    outage = the_outage("units/avt/timeline/?policy=all")
    assert outage["phases"] == []
    assert {reading["issuer"]: phases(reading) for reading in outage["readings"]} == {
        "agency": [("halted", "2024-03-12", None, "open")],
        "rival": [("halted", None, "2024-04-01", "fact"), ("reduced", "2024-04-01", None, "open")],
    }


# The plant and its units ----------------------------------------------------------------------------------------


def test_the_full_return_of_the_plant_ends_the_outages_of_its_units(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    other = on_record(UnitFactory(public_id="quiet", facility=unit.facility))
    claim_restart(rival, unit.facility, "2024-04-01", "2024-04-02")
    assert reading(the_outage()) == (
        "2024-03-12",
        None,
        "open",
    )  # at whatever load: that says nothing of a unit
    full = claim_full_return(rival, unit.facility, "2024-05-01", "2024-05-02")
    outage = the_outage()
    assert phases(outage) == [
        ("halted", "2024-03-12", "2024-05-01", "fact"),
        ("full", "2024-05-01", None, None),
    ]
    assert (outage["end"]["claims"], outage["end"]["through_facility"]) == ([full], True)
    assert outage["unit"]["id"] == "avt"
    assert outages(f"units/{other.public_id}/timeline/") == []
    halted = [o for o in outages("facilities/plant/timeline/") if o["unit"]]
    assert [phases(outage) for outage in halted] == [phases(the_outage())]


def test_the_full_return_of_the_plant_tells_of_no_outage_of_a_unit(unit, agency):
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-15", numbers=[at_load(60)])
    claim_full_return(agency, unit.facility, "2024-05-01", "2024-05-02")
    assert outages() == []


def test_the_full_return_of_what_was_merged_with_the_plant_is_its_own(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    double = on_record(FacilityFactory(public_id="double"))
    claim_full_return(rival, double, "2024-05-01", "2024-05-02")
    publishing.merge(double, unit.facility)
    assert reading(the_outage()) == ("2024-03-12", "2024-05-01", "fact")


def test_all_units_halted_do_not_halt_the_plant(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    assert [outage["unit"]["id"] for outage in outages("facilities/plant/timeline/")] == ["avt"]


def test_what_ran_at_part_load_ended_where_the_next_outage_began(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-03-20", until="2024-03-18")
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-22", numbers=[at_load(60)])
    claim_outage(agency, unit, "2024-05-01", "2024-05-02")
    first, second = outages()
    assert phases(first)[-1] == ("reduced", "2024-03-18", "2024-05-01", "fact")
    assert phases(second) == [("halted", "2024-05-01", None, "open")]


def test_units_that_ran_at_part_load_took_away_what_nobody_stated(unit, agency):
    claim_outage(
        agency, unit, "2024-03-12", "2024-03-15", numbers=[exactly(50, unit_of_measure="kbbl_per_day")]
    )
    claim_restart(agency, unit, "2024-03-14", "2024-03-16", numbers=[at_load(60)])
    found = get_json(
        "stats/capacity-offline/?unit=avt&unit_of_measure=kbbl_per_day&interval=day&before=2024-03-17"
    )
    assert [(point["best"], point["high"], point["unquantified"]) for point in found["points"]] == [
        (50, 50, 0),
        (50, 50, 0),
        (None, None, 1),
        (None, None, 1),
        (None, None, 1),
    ]
