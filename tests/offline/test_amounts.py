"""The series of capacity offline, on small cases made by hand."""

import datetime as dt

import pytest

from sources.choices import ActorKind
from strikes.choices import CapacityBasis, Metric, Topic, UnitKind
from strikes.outages.coverage import Covered, known_days
from tests.factories import ActorFactory, DamageEstimateFactory
from tests.offline.series import (
    SERIES,
    UNKNOWN,
    bounds_by_day,
    bounds_of,
    bounds_on_day,
    get_series,
    heard_of,
    refused_parameter,
    state_capacity,
    unit_with_capacity,
)
from tests.on_record import on_record
from tests.outage_claims import (
    add_operator,
    at_least,
    at_most,
    between,
    claim_outage,
    claim_restart,
    draft_claim,
    effective_period,
    exactly,
    forecast_restart,
    get_json,
    publish_claim,
)

pytestmark = pytest.mark.django_db


# Days, weeks and months -------------------------------------------------------------------------------


def test_a_unit_that_stood_still_took_away_what_it_can_do(plant, nine_days):
    found = get_series("unit=avt&before=2024-03-13")
    assert [(point["start"], bounds_of(point)) for point in found["points"]] == [
        *((f"2024-03-{day:02}", (70, 70, 70)) for day in range(2, 11)),
        ("2024-03-11", (0, 0, 0)),
        ("2024-03-12", (0, 0, 0)),
    ]
    first, last = found["points"][0], found["points"][-1]
    assert first["until"] == "2024-03-03"
    assert (first["claims"], first["origins"], first["facilities"]) == ([nine_days], 1, ["plant"])
    assert len(first["capacities"]) == 1
    assert (last["claims"], last["capacities"], last["origins"], last["facilities"]) == ([], [], 0, [])
    assert (found["unit_of_measure"], found["policy"], found["interval"]) == ("kbbl_per_day", "latest", "day")


def test_a_week_is_the_mean_over_its_days_from_monday(plant, nine_days):
    found = get_series("unit=avt&after=2024-02-26&before=2024-03-18", "week")
    assert [(point["start"], point["until"], point["best"]) for point in found["points"]] == [
        ("2024-02-26", "2024-03-04", 70),  # of the five days before it began nothing is known
        ("2024-03-04", "2024-03-11", 70),
        ("2024-03-11", "2024-03-18", 0),
    ]


def test_a_month_is_the_mean_over_its_days(plant, nine_days):
    found = get_series("unit=avt&after=2024-02-01&before=2024-05-01", "month")
    assert [(point["start"], point["until"], point["best"]) for point in found["points"]] == [
        ("2024-02-01", "2024-03-01", None),
        ("2024-03-01", "2024-04-01", 33.158),  # nine days out of the nineteen of which anything is known
        ("2024-04-01", "2024-05-01", None),
    ]


def test_the_first_and_the_last_period_are_cut_off_where_the_series_begins_and_ends(plant, nine_days):
    (cut,) = get_series("unit=avt&after=2024-03-10&before=2024-03-12", "month")["points"]
    assert (cut["start"], cut["until"], cut["best"]) == ("2024-03-10", "2024-03-12", 35)
    found = get_series("unit=avt", "month")["points"]
    assert (found[0]["start"], found[-1]["until"]) == ("2024-03-02", "2024-07-01")


def test_months_are_taken_unless_another_period_is_asked_for(plant, nine_days):
    assert get_json(f"{SERIES}&unit=avt")["interval"] == "month"


def test_a_moment_stands_for_its_day(plant, nine_days):
    query = "unit=avt&after=2024-03-10T15:00:00Z&before=2024-03-12T00:00:00Z"
    assert list(bounds_by_day(query)) == ["2024-03-10", "2024-03-11"]


# What is known and what is not -------------------------------------------------------------------------


def test_after_the_last_word_of_an_outage_nothing_is_certain(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-06-25", "2024-06-27")
    heard_of(plant, "2024-06-30")
    found = get_series("unit=avt")["points"]
    assert [(one["start"][-2:], bounds_of(one), one["forecast"]) for one in found] == [
        ("25", (70, 70, 70), False),
        ("26", (70, 70, 70), False),
        ("27", (70, 70, 70), False),
        ("28", (0, None, 70), True),
        ("29", (0, None, 70), True),
        ("30", (0, None, 70), True),
    ]


def test_a_predicted_end_carries_it_on_but_makes_nothing_certain(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-06-29", "2024-06-29")
    forecast_restart(agency, unit, "2024-07-02", "2024-06-29", until="2024-07-04")
    heard_of(plant, "2024-06-30")
    found = get_series("unit=avt&before=2024-07-06")["points"]
    assert [(one["start"][-5:], bounds_of(one), one["forecast"]) for one in found] == [
        ("06-29", (70, 70, 70), False),
        ("06-30", (0, None, 70), True),
        *((day, UNKNOWN, True) for day in ("07-01", "07-02", "07-03")),
        ("07-04", UNKNOWN, False),
        ("07-05", UNKNOWN, False),
    ]
    assert get_series("unit=avt")["points"][-1]["start"] == "2024-06-30"


def test_what_is_known_of_one_facility_is_known_whatever_is_known_of_others():
    january = [dt.date(2024, 1, day) for day in range(1, 32)]
    long, short, later = (
        Covered(january[0], january[9]),
        Covered(january[2], january[4]),
        Covered(january[20], january[20]),
    )
    assert known_days([later, short, Covered(), long]) == [
        (january[0], january[10]),
        (january[20], january[21]),
    ]
    assert [c.reaches_into(january[5], january[20]) for c in (long, short, later, Covered())] == [
        True,
        False,
        False,
        False,
    ]


def test_known_at_and_as_of_look_no_further_than_their_day(plant, agency, today):
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-06-20", "2024-06-21")
    today.move_to("2024-07-10T12:00:00Z")
    claim_restart(agency, unit, "2024-06-24", "2024-07-10")
    heard_of(plant, "2024-06-22")
    assert list(bounds_by_day("unit=avt&known_at=2024-06-22")) == ["2024-06-20", "2024-06-21", "2024-06-22"]
    assert bounds_by_day("unit=avt&known_at=2024-06-22")["2024-06-22"] == (0, None, 70)
    assert bounds_on_day("unit=avt&as_of=2024-07-05", "2024-06-22") == UNKNOWN
    assert bounds_on_day("unit=avt", "2024-07-05") == (0, 0, 0)
    assert bounds_on_day("unit=avt", "2024-06-23") == (70, 70, 70)


def test_days_on_which_it_may_have_begun_or_ended_have_no_lower_bound(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    event = {"date": "2024-03-01", "until_date": "2024-03-03", "precision": "week"}
    publish_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-15", event)
    claim_restart(agency, unit, "2024-03-05", "2024-03-25", until="2024-03-06")
    assert bounds_by_day("unit=avt&before=2024-03-07") == {
        "2024-03-01": (0, None, 70),
        "2024-03-02": (0, None, 70),
        "2024-03-03": (70, 70, 70),
        "2024-03-04": (70, 70, 70),
        "2024-03-05": (0, None, 70),
        "2024-03-06": (0, 0, 0),
    }


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (exactly(30), (30, 30, 30)),
        (at_least(30), (30, None, None)),
        (at_most(30), (0, None, 30)),
        (between(20, 40), (20, None, 40)),
        (between(20, 40, or_more=True), (20, None, None)),
        ({"comparator": "approximately", "best": 30}, (30, 30, 30)),
        ({"comparator": "almost", "best": 30, "high": 30}, (0, 30, 30)),
        ({"comparator": "more_than", "low": 30}, (30, None, None)),
        ({"comparator": "vague"}, (70, 70, 70)),
    ],
)
def test_a_bound_never_becomes_a_value(plant, agency, number, expected):
    state_capacity(plant, **exactly(100))
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-05", numbers=[number])
    assert bounds_on_day("unit=avt", "2024-03-02") == expected


def test_one_open_day_opens_the_mean(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-02", numbers=[at_least(31)])
    claim_outage(agency, unit, "2024-03-10", "2024-03-20", until="2024-03-11", numbers=[exactly(31)])
    (month,) = get_series("unit=avt&after=2024-03-01&before=2024-04-01", "month")["points"]
    assert bounds_of(month) == (3.1, None, None)  # 62 over the twenty days that are covered


def test_numbers_with_periods_say_how_much_it_was_when(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    numbers = [
        exactly(50, **effective_period("2024-03-01", "2024-03-03")),
        exactly(30, **effective_period("2024-03-03", "2024-03-05")),
    ]
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-20", numbers=numbers)
    assert [best for _, best, _ in bounds_by_day("unit=avt&before=2024-03-06").values()] == [
        50,
        50,
        30,
        30,
        0,
    ]


def test_a_day_between_the_periods_that_were_stated_is_open(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    number = exactly(50, **effective_period("2024-03-01", "2024-03-03"))
    claim_outage(agency, unit, "2024-03-01", "2024-03-20", until="2024-03-05", numbers=[number])
    assert (
        list(bounds_by_day("unit=avt&before=2024-03-05").values())
        == [(50, 50, 50)] * 2 + [(0, None, None)] * 2
    )


# What is never added ----------------------------------------------------------------------------------


def test_two_issuers_of_one_outage_are_not_two_outages(plant, agency, rival):
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-05")
    claim_outage(rival, unit, "2024-03-02", "2024-03-11", until="2024-03-04")
    for policy, days in (("latest", ["02", "03"]), ("widest", ["01", "02", "03", "04"])):
        found = bounds_by_day("unit=avt&before=2024-03-10", policy)
        assert {day[-2:]: value for day, value in found.items() if value != (0, 0, 0)} == dict.fromkeys(
            days, (70, 70, 70)
        )


def test_overlapping_outages_of_one_unit_are_never_added(plant, agency, rival):
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-03-01", "2024-03-30")
    claim_restart(rival, unit, "2024-03-05", "2024-03-06")
    claim_outage(rival, unit, "2024-03-10", "2024-03-30")
    assert bounds_on_day("unit=avt&policy=widest", "2024-03-12") == (70, 70, 70)


def test_units_of_one_stage_are_added(plant, agency):
    for name, value in (("avt-1", 30), ("avt-2", 50)):
        claim_outage(
            agency, unit_with_capacity(plant, name, value), "2024-03-01", "2024-03-10", until="2024-03-05"
        )
    assert bounds_on_day("facility=plant", "2024-03-02") == (80, 80, 80)
    assert bounds_on_day("unit=avt-1,avt-2", "2024-03-02") == (80, 80, 80)


def test_a_facility_is_never_above_what_it_has(plant, agency):
    state_capacity(plant, **exactly(60))
    state_capacity(plant, issued="2024-01-01", **at_most(75))
    for name, value in (("avt-1", 30), ("avt-2", 50)):
        claim_outage(
            agency, unit_with_capacity(plant, name, value), "2024-03-01", "2024-03-10", until="2024-03-05"
        )
    assert bounds_on_day("facility=plant", "2024-03-02") == (75, 75, 75)


def test_what_a_facility_can_do_does_not_close_what_somebody_left_open(plant, agency):
    state_capacity(plant, **exactly(60))
    claim_outage(agency, plant, "2024-03-01", "2024-03-10", until="2024-03-05", numbers=[at_least(50)])
    assert bounds_on_day("facility=plant", "2024-03-02") == (50, None, None)


@pytest.mark.parametrize(
    ("whole", "expected"),
    [
        (exactly(100), (100, 100, 100)),
        (exactly(60), (80, 80, 80)),
        (at_least(90), (90, None, None)),
        (at_most(70), (80, None, 80)),
    ],
)
def test_a_facility_and_its_units_cover_the_same_ground(plant, agency, whole, expected):
    for name, value in (("avt-1", 30), ("avt-2", 50)):
        claim_outage(
            agency, unit_with_capacity(plant, name, value), "2024-03-01", "2024-03-10", until="2024-03-05"
        )
    claim_outage(agency, plant, "2024-03-01", "2024-03-10", until="2024-03-05", numbers=[whole])
    assert bounds_on_day("facility=plant", "2024-03-02") == expected


def test_a_stated_part_is_never_added_to_its_total(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    claim = draft_claim(
        agency,
        Topic.OPERATIONS_HALTED,
        unit,
        "2024-03-10",
        {"date": "2024-03-01", "until_date": "2024-03-05"},
    )
    total = DamageEstimateFactory(claim=claim, **exactly(40))
    DamageEstimateFactory(claim=claim, part_of=total, **exactly(25))
    on_record(claim)
    for policy in ("latest", "widest"):
        assert bounds_on_day(f"unit=avt&policy={policy}", "2024-03-02") == (40, 40, 40)


def test_units_of_two_stages_are_not_added(plant, agency):
    claim_outage(agency, unit_with_capacity(plant, "avt", 70), "2024-03-01", "2024-03-10", until="2024-03-05")
    cracker = unit_with_capacity(plant, "kk", 40, kind=UnitKind.CATALYTIC_CRACKER)
    claim = claim_outage(agency, cracker, "2024-03-01", "2024-03-10", until="2024-03-05")
    assert bounds_on_day("facility=plant", "2024-03-02") == (70, 70, 70)
    (left,) = get_series("facility=plant")["left_out"]
    assert left["claims"] == [claim]
    assert "kk is a unit of another stage" in left["reason"]
    assert bounds_on_day("unit=kk", "2024-03-02") == (40, 40, 40)
    assert bounds_on_day("facility=plant&unit_kind=catalytic_cracker", "2024-03-02") == (40, 40, 40)
    assert refused_parameter("unit_of_measure=kbbl_per_day&unit=kk,avt", "unit")["code"] == "incomparable"
    kinds = "catalytic_cracker,crude_distillation_vacuum"
    refused_parameter(f"unit_of_measure=kbbl_per_day&facility=plant&unit_kind={kinds}", "unit_kind")


def test_a_kind_of_units_leaves_out_the_others_and_the_whole(plant, agency):
    claim_outage(agency, unit_with_capacity(plant, "avt", 70), "2024-03-01", "2024-03-10", until="2024-03-05")
    other = unit_with_capacity(plant, "at", 20, kind=UnitKind.CRUDE_DISTILLATION_ATMOSPHERIC)
    claim_outage(agency, other, "2024-03-01", "2024-03-10", until="2024-03-05")
    claim_outage(agency, plant, "2024-03-01", "2024-03-10", until="2024-03-05", numbers=[exactly(500)])
    assert bounds_on_day("facility=plant&unit_kind=crude_distillation_vacuum", "2024-03-02") == (70, 70, 70)
    assert bounds_on_day("unit=at", "2024-03-02") == (20, 20, 20)
    assert bounds_on_day("facility=plant", "2024-03-02") == (500, 500, 500)


# Which amount -----------------------------------------------------------------------------------------


def test_what_was_stated_comes_before_what_the_unit_can_do(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    claim = claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-05", numbers=[exactly(30)])
    (point,) = get_series("unit=avt&after=2024-03-02&before=2024-03-03")["points"]
    assert (bounds_of(point), point["claims"], point["capacities"]) == ((30, 30, 30), [claim], [])


def test_the_policy_says_whose_amount_counts(plant, agency, rival):
    operator = on_record(ActorFactory(public_id="operator", kind=ActorKind.COMPANY))
    add_operator(operator, plant)
    unit = unit_with_capacity(plant, "avt", 70)
    for day, (by, value) in enumerate(((operator, 30), (agency, 50), (rival, 40)), 10):
        claim_outage(by, unit, "2024-03-01", f"2024-03-{day}", until="2024-03-05", numbers=[exactly(value)])
    found = {
        policy: bounds_on_day(f"unit=avt&policy={policy}", "2024-03-02")
        for policy in ("latest", "widest", "operator_first")
    }
    assert found == {"latest": (40, 40, 40), "widest": (30, None, 50), "operator_first": (30, 30, 30)}


def test_widest_takes_no_numbers_that_are_reckoned_in_another_way(plant, agency, rival):
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(
        rival,
        unit,
        "2024-03-01",
        "2024-03-09",
        until="2024-03-05",
        numbers=[exactly(60, metric=Metric.OUTPUT_HALTED)],
    )
    claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-05", numbers=[exactly(30)])
    assert bounds_on_day("unit=avt&policy=widest", "2024-03-02") == (30, 30, 30)


def test_the_newest_report_of_a_capacity_counts_and_widest_takes_rivals_of_one_basis(plant, agency):
    unit = unit_with_capacity(plant, "avt")
    state_capacity(plant, unit, "2022-01-01", **exactly(90))
    state_capacity(plant, unit, "2023-01-01", basis=CapacityBasis.STREAM_DAY, **exactly(95))
    newest = state_capacity(plant, unit, "2024-01-01", **exactly(70))
    state_capacity(plant, unit, "2024-02-01", product="gasoline", **exactly(10))
    state_capacity(plant, unit, "2024-02-02", basis=CapacityBasis.THROUGHPUT, **exactly(20))
    state_capacity(plant, unit, "2024-02-03", comparator="vague")
    claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-05")
    (point,) = get_series("unit=avt&after=2024-03-02&before=2024-03-03")["points"]
    assert (bounds_of(point), point["capacities"]) == ((70, 70, 70), [newest])
    assert bounds_on_day("unit=avt&policy=widest", "2024-03-02") == (70, None, 90)


def test_amounts_are_converted_into_the_unit_that_is_asked_for(plant, agency):
    unit = unit_with_capacity(plant, "avt")
    state_capacity(plant, unit, unit_of_measure="mt_per_year", **exactly(9))
    claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-05")
    assert bounds_on_day("unit=avt", "2024-03-02") == (180, 180, 180)  # 9 million × 7.3 barrels ÷ 365
    tonnes = get_json(
        "stats/capacity-offline/?unit=avt&unit_of_measure=kt_per_day&interval=day&before=2024-03-02"
    )
    assert bounds_of(tonnes["points"][0]) == (24.658, 24.658, 24.658)


# What is left out -------------------------------------------------------------------------------------


PERCENT = {"unit_of_measure": "percent", "denominator": "unit_capacity"}


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (exactly(30, **PERCENT), "A share"),
        (exactly(30, unit_of_measure="mw"), "in mw, which cannot be converted"),
        (exactly(30, scope="gasoline"), "covers only a part, in words: gasoline"),
    ],
)
def test_an_outage_whose_size_cannot_be_compared_is_unquantified_and_says_why(plant, agency, number, reason):
    claim_outage(
        agency, unit_with_capacity(plant, "other", 10), "2024-03-01", "2024-03-10", until="2024-03-05"
    )
    claim = claim_outage(
        agency,
        unit_with_capacity(plant, "avt", 70),
        "2024-03-01",
        "2024-03-10",
        until="2024-03-05",
        numbers=[number],
    )
    found = get_series("facility=plant")
    (without_size,) = found["unquantified"]
    assert without_size["claims"] == [claim]
    assert reason in without_size["reason"]
    (point, *_) = found["points"]
    assert (bounds_of(point), bounds_of(point["quantified"])) == ((10, None, 80), (10, 10, 10))
    assert point["unquantified"] == 1


def test_a_size_in_a_unit_that_cannot_be_converted_is_refused_if_there_is_no_other(plant, agency):
    unit, number = unit_with_capacity(plant, "avt", 70), exactly(30, unit_of_measure="mw")
    claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-05", numbers=[number])
    problem = refused_parameter("unit_of_measure=kbbl_per_day&unit=avt", "unit_of_measure")
    assert problem["code"] == "incomparable"
    assert "in mw, which cannot be converted" in problem["detail"]


def test_a_unit_of_which_nobody_states_what_it_can_do_is_unquantified(plant, agency):
    claim_outage(agency, unit_with_capacity(plant, "avt"), "2024-03-01", "2024-03-10", until="2024-03-05")
    found = get_series("unit=avt&before=2024-03-02")
    assert "Nobody states what the unit can do" in found["unquantified"][0]["reason"]
    assert bounds_of(found["points"][0]) == (0, None, None)


def test_a_facility_that_stood_still_is_not_taken_for_all_that_it_can_do(plant, agency):
    state_capacity(plant, **exactly(100))
    claim_outage(agency, plant, "2024-03-01", "2024-03-10", until="2024-03-05")
    found = get_series("facility=plant")
    assert "not how much of it" in found["unquantified"][0]["reason"]
    first, last = found["points"][0], found["points"][6]
    assert (bounds_of(first), first["unquantified"]) == ((0, None, 100), 1)
    assert bounds_of(first["quantified"]) == (0, 0, 0)
    assert (bounds_of(last), last["unquantified"]) == ((0, 0, 0), 0)


def test_what_has_no_time_is_left_out(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    claim = publish_claim(agency, Topic.OPERATIONS_HALTED, plant, "2024-03-12", numbers=[at_least(30)])
    unsaid = publish_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-02-20")
    claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-05")
    left = {
        left_out["claims"][0]: left_out["reason"] for left_out in get_series("facility=plant")["left_out"]
    }
    assert set(left) == {claim, unsaid}
    assert "from when" in left[claim] == left[unsaid]


def test_what_began_on_some_day_is_no_zero_on_the_days_on_which_it_may_have(plant, agency):
    claim_outage(agency, unit_with_capacity(plant, "avt", 70), "2024-03-01", "2024-03-02", until="2024-03-02")
    other = unit_with_capacity(plant, "avt-2", 10)
    claim_restart(agency, other, "2024-03-04", "2024-03-06")
    assert list(bounds_by_day("facility=plant&before=2024-03-06").values()) == [
        (70, None, 80),
        (0, None, 10),
        (0, None, 10),
        (0, 0, 0),
        (0, 0, 0),
    ]


def test_a_cut_after_the_return_counts(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-03-01", "2024-03-02")
    claim_restart(agency, unit, "2024-03-03", "2024-03-04")
    cut = exactly(4, metric=Metric.OUTPUT_CUT, **effective_period("2024-03-03", "2024-03-05"))
    publish_claim(agency, Topic.CAPACITY, unit, "2024-03-06", numbers=[cut])
    assert [best for _, best, _ in bounds_by_day("unit=avt&before=2024-03-07").values()] == [
        70,
        70,
        4,
        4,
        0,
        0,
    ]


def test_since_some_day_of_a_month_is_no_certain_day(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    event = {"date": "2024-03-01", "precision": "month", "open": True, "timezone": "UTC"}
    publish_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-04-03", event)
    found = bounds_by_day("unit=avt&before=2024-04-02")
    assert found["2024-03-01"] == found["2024-03-30"] == (0, None, 70)
    assert found["2024-03-31"] == found["2024-04-01"] == (70, 70, 70)


def test_a_page_that_was_still_to_come_covers_nothing(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-03-01", "2024-03-05", until="2024-03-03")
    moment = dt.datetime(2024, 3, 10, 9, tzinfo=dt.UTC)
    said = {
        "said_earliest": moment,
        "said_latest": moment,
        "said_precision": "minute",
        "said_timezone": "UTC",
    }
    publish_claim(agency, Topic.INVESTIGATION, plant, "2024-06-20", attribution="on_record", **said)
    found = bounds_by_day("unit=avt&known_at=2024-04-10")
    assert found["2024-03-10"] == (0, 0, 0)
    assert found["2024-03-11"] == found["2024-04-10"] == UNKNOWN
    assert bounds_on_day("unit=avt", "2024-04-10") == (0, 0, 0)


@pytest.mark.parametrize("window", ["after=2019-01-01&before=2019-01-03", "known_at=2024-03-01"])
def test_a_window_in_which_nothing_is_known_is_answered(plant, agency, window):
    cracker = unit_with_capacity(plant, "kk", 70, kind=UnitKind.CATALYTIC_CRACKER)
    publish_claim(agency, Topic.CAPACITY, cracker, "2024-03-10", numbers=[exactly(5)])
    assert {bounds_of(point) for point in get_series(f"facility=plant&{window}")["points"]} <= {UNKNOWN}


def test_what_lies_outside_the_days_that_were_asked_for_is_not_left_out_of_them(plant, agency):
    claim_outage(agency, unit_with_capacity(plant, "avt", 70), "2024-03-01", "2024-03-10", until="2024-03-05")
    claim_outage(agency, unit_with_capacity(plant, "none"), "2024-01-01", "2024-01-10", until="2024-01-05")
    assert get_series("facility=plant&after=2024-03-01")["unquantified"] == []
    assert len(get_series("facility=plant")["unquantified"]) == 1
    assert get_series("unit=none&after=2024-03-01&before=2024-03-03")["unquantified"] == []


def test_nothing_said_is_an_empty_series_not_an_error(plant):
    found = get_series("facility=plant")
    assert (found["points"], found["stated"], found["left_out"], found["denominator"]) == ([], [], [], None)
