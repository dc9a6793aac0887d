"""Numbers in another unit, on the starter data: 17 million tonnes a year, 340,000 barrels a day, and AVT-6."""

import csv
import io
import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sources.models import Report
from strikes.outages.conversions import DAY_COUNTS, DENSITY
from tests.factories import CapacityFactory, ClaimFactory, DamageEstimateFactory, FacilityFactory
from tests.on_record import on_record

TONNES, BARRELS = "cap_4p2s1sqskqda", "cap_tebj5xbd9qd0"
YEARLY, DAILY = "cap_ga53c22fyz35", "cap_j4fb8egf23ng"
"""AVT-6: about 9 million tonnes a year, and exactly 25.71 thousand tonnes a day."""
FLOWS = "unit_of_measure=mt_per_year,kbbl_per_day,kt_per_day"


def converted(api, public_id, to):
    return api(f"capacities/{public_id}/?convert_to={to}")["converted"]


def said(bounds):
    return bounds["low"], bounds["best"], bounds["high"]


def test_seventeen_million_tonnes_a_year_are_340_thousand_barrels_a_day(api):
    found = converted(api, TONNES, "kbbl_per_day")
    assert (said(found), found["factor"], found["unit_of_measure"]) == ((None, 340, None), 20, "kbbl_per_day")
    assert found["density"] == {"value": 7.3, "source": DENSITY.source}
    assert found["day_count"] == {"value": 365, "source": DAY_COUNTS[365].source}
    assert [(one["day_count"]["value"], said(one)) for one in found["others"]] == [
        (350, (None, 354.571, None))
    ]
    (rival,) = found["agrees_with"]
    assert (rival["id"], said(rival), rival["day_count"]["value"]) == (BARRELS, (None, 340, None), 365)


def test_340_thousand_barrels_a_day_are_17_million_tonnes_a_year(api):
    found = converted(api, BARRELS, "mt_per_year")
    assert (said(found), found["factor"]) == ((None, 17, None), 0.05)
    assert found["density"]["value"] == 7.3
    assert [one["id"] for one in found["agrees_with"]] == [TONNES]


def test_nine_million_tonnes_a_year_fit_25_71_thousand_a_day_only_in_a_year_of_350_days(api):
    found = converted(api, YEARLY, "kt_per_day")
    assert (said(found), found["density"]) == ((None, 24.658, None), None)
    assert found["day_count"]["value"] == 365
    (other,) = found["others"]
    assert (said(other), other["day_count"]["value"]) == ((None, 25.714, None), 350)
    (rival,) = found["agrees_with"]
    assert (rival["id"], said(rival)) == (DAILY, (25.71, 25.71, 25.71))
    assert rival["day_count"] == {"value": 350, "source": DAY_COUNTS[350].source}
    (back,) = converted(api, DAILY, "mt_per_year")["agrees_with"]
    assert (back["id"], back["day_count"]["value"]) == (YEARLY, 350)


def test_figures_of_another_basis_period_or_product_are_no_rivals(api):
    """15.8 million tonnes in 2023 and 22 thousand a day from March to June were both processed, not capacity."""
    for row in api.every(f"capacities/?facility=norsi&{FLOWS}&convert_to=kt_per_day"):
        for rival in row["converted"]["agrees_with"]:
            other = api(f"capacities/{rival['id']}/")
            assert [row[name] for name in ("basis", "product", "scope", "period_as_stated")] == [
                other[name] for name in ("basis", "product", "scope", "period_as_stated")
            ]


def test_nothing_is_converted_unless_asked(api):
    assert api(f"capacities/{TONNES}/")["converted"] is None
    for collection in ("capacities", "damage-estimates"):
        assert {row["converted"] for row in api(f"{collection}/?page_size=500")["results"]} == {None}


def test_the_list_the_lines_and_the_object_say_the_same(api):
    query = f"capacities/?{FLOWS}&convert_to=kbbl_per_day"
    rows = api.every(query)
    assert len(rows) > 4
    lines = [json.loads(line) for line in api.raw(f"{query}&format=ndjson").getvalue().splitlines()]
    assert lines == rows
    for row in rows:
        assert row["converted"] == converted(api, row["id"], "kbbl_per_day")


def test_a_table_has_a_column_for_each_part(api):
    text = api.raw(f"capacities/?{FLOWS}&convert_to=kt_per_day&format=csv").getvalue().decode()
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(text))}
    row = rows[YEARLY]
    assert (row["converted.low"], row["converted.best"], row["converted.day_count.value"]) == (
        "",
        "24.658",
        "365",
    )
    assert (row["converted.density.value"], row["converted.others"]) == ("", "350::25.714:")
    assert row["converted.agrees_with"] == f"{DAILY}:350"
    assert row["best"] == "9"


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("capacities/?convert_to=kt_per_day", "unit_of_measure", "missing"),
        ("damage-estimates/?convert_to=kt_per_day", "unit_of_measure", "missing"),
        ("capacities/?convert_to=kt_per_day&unit_of_measure=percent", "convert_to", "not_convertible"),
        ("capacities/?convert_to=kt_per_day&unit_of_measure=mt_per_year,mw", "convert_to", "not_convertible"),
        ("capacities/?convert_to=kt&unit_of_measure=kt_per_day", "convert_to", "not_convertible"),
        ("damage-estimates/?convert_to=day&unit_of_measure=month", "convert_to", "not_convertible"),
        ("damage-estimates/?convert_to=eur&unit_of_measure=usd", "convert_to", "not_convertible"),
        ("capacities/?convert_to=kilobarrels&unit_of_measure=kt_per_day", "convert_to", "invalid_choice"),
        ("capacities/?convert_to=&unit_of_measure=kt_per_day", "convert_to", "empty"),
        (
            "capacities/?convert_to=t_per_day&convert_to=kt_per_day&unit_of_measure=kt_per_day",
            "convert_to",
            "repeated",
        ),
        (
            "capacities/?convert_to=t_per_day,kt_per_day&unit_of_measure=kt_per_day",
            "convert_to",
            "invalid_choice",
        ),
        (f"capacities/{TONNES}/?convert_to=mw", "convert_to", "not_convertible"),
        (f"capacities/{TONNES}/?convert_to=tonnes", "convert_to", "invalid_choice"),
        (f"capacities/{TONNES}/?convert_to=", "convert_to", "empty"),
        ("weapon-counts/?convert_to=t", "convert_to", "unknown_parameter"),
        ("claims/?unit_of_measure=t&convert_to=t", "convert_to", "unknown_parameter"),
    ],
)
@pytest.mark.parametrize("way", ["json", "csv"])
def test_what_cannot_be_converted_is_refused_by_name(api, query, parameter, code, way):
    if way == "csv" and "/?" in query and TONNES not in query:
        query += "&format=csv"
    (error,) = api(query, status=400)["errors"]
    assert (error["parameter"], error["code"]) == (parameter, code)


@pytest.fixture
def estimates(api):
    claim = ClaimFactory()
    rows = [
        {"comparator": "at_least", "low": "1.5"},
        {"comparator": "less_than", "high": "3"},
        {"comparator": "almost", "best": "2", "high": "2"},
        {"comparator": "range", "low": "1", "high": "2", "or_more": True},
        {"comparator": "vague", "verbatim": "a large part"},
    ]
    found = [DamageEstimateFactory(claim=claim, unit_of_measure="kt_per_day", **row) for row in rows]
    on_record(claim, *found)
    return {
        row["comparator"]: row
        for row in api.every(
            f"damage-estimates/?claim={claim.public_id}&unit_of_measure=kt_per_day&convert_to=t_per_day"
        )
    }


@pytest.mark.parametrize(
    ("comparator", "bounds"),
    [
        ("at_least", (1500, None, None)),
        ("less_than", (None, None, 3000)),
        ("almost", (None, 2000, 2000)),
        ("range", (1000, None, 2000)),
        ("vague", (None, None, None)),
    ],
)
def test_a_bound_never_becomes_a_point_and_what_is_vague_stays_vague(estimates, comparator, bounds):
    found = estimates[comparator]["converted"]
    assert said(found) == bounds
    assert (found["density"], found["day_count"], found["others"]) == (None, None, [])
    assert "agrees_with" not in found


def test_bounds_agree_with_bounds_of_their_kind_only_and_a_stream_day_is_one_of_350(api):
    facility, report = FacilityFactory(), Report.objects.published().first()

    def capacity(unit, comparator, basis="nameplate", **bounds):
        return CapacityFactory(
            facility=facility,
            report=report,
            unit_of_measure=unit,
            comparator=comparator,
            basis=basis,
            **bounds,
        )

    floor = capacity("mt_per_year", "at_least", low="17")
    value = capacity("kbbl_per_day", "exactly", low="340", best="340", high="340")
    ceiling = capacity("kbbl_per_day", "at_most", high="340")
    other_floor = capacity("bbl_per_day", "at_least", low="341000")
    vague = capacity("kbbl_per_day", "vague")
    stream = capacity("mt_per_year", "exactly", "stream_day", low="9", best="9", high="9")
    on_record(floor, value, ceiling, other_floor, vague, stream)
    agree = {
        row.public_id: [one["id"] for one in converted(api, row.public_id, "kbbl_per_day")["agrees_with"]]
        for row in (floor, value, ceiling, vague, stream)
    }
    assert agree == {
        floor.public_id: [other_floor.public_id],
        value.public_id: [],
        ceiling.public_id: [],
        vague.public_id: [],
        stream.public_id: [],
    }
    found = converted(api, stream.public_id, "kt_per_day")
    assert (said(found), found["day_count"]["value"]) == ((25.714, 25.714, 25.714), 350)
    assert found["others"][0]["day_count"]["value"] == 365


def test_rivals_are_those_of_the_moment_that_is_asked_for(api):
    """The report with 25.71 is of 15 March 2024, the one with 9 million of 26 June."""
    early = api(f"capacities/{DAILY}/?convert_to=mt_per_year&known_at=2024-05-01")
    assert early["converted"]["agrees_with"] == []
    late = api(f"capacities/{DAILY}/?convert_to=mt_per_year&known_at=2024-07-01")
    assert [one["id"] for one in late["converted"]["agrees_with"]] == [YEARLY]


def test_conversions_take_the_same_few_queries_for_one_row_and_for_all(api):
    numbers = []
    for size in (1, 500):
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            api(f"capacities/?{FLOWS}&convert_to=kbbl_per_day&page_size={size}")
        numbers.append(len(captured))
    assert numbers[0] == numbers[1] <= 9, numbers
