"""Capacity offline of places and operators, what stands beside the series, its table, and what can be asked."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from record import publishing
from record.choices import WithdrawalReason
from sources.choices import NoticeKind
from strikes.choices import CapacityBasis, Metric, Topic
from strikes.models import Claim, Facility
from strikes.outages import capacity_offline, loading
from tests.factories import (
    CapacityFactory,
    FacilityFactory,
    PropositionFactory,
    RegionFactory,
    ReportFactory,
    ReportNoticeFactory,
    SubdivisionFactory,
    UnitFactory,
)
from tests.offline.series import (
    SERIES,
    bounds_by_day,
    bounds_of,
    bounds_on_day,
    get_series,
    refused_parameter,
    state_capacity,
    unit_with_capacity,
)
from tests.on_record import fresh, on_record
from tests.outage_claims import (
    add_operator,
    at_least,
    at_most,
    between,
    claim_outage,
    claim_stop,
    draft_claim,
    exactly,
    forecast_restart,
    get_json,
    publish_claim,
)
from tests.sweeps import few_or_many

pytestmark = pytest.mark.django_db


# Places -----------------------------------------------------------------------------------------------


def test_facilities_of_a_region_and_of_its_country_are_added(agency):
    country = on_record(RegionFactory(public_id="XA"))
    part = on_record(SubdivisionFactory(public_id="XA-1", parent=country))
    for name, value, regions in (("one", 30, [part]), ("two", 50, [country])):
        place = on_record(FacilityFactory(public_id=name, regions=regions))
        claim_outage(
            agency,
            unit_with_capacity(place, f"{name}-avt", value),
            "2024-03-01",
            "2024-03-10",
            until="2024-03-05",
        )
    assert bounds_on_day("region=XA-1", "2024-03-02") == (30, 30, 30)
    assert bounds_on_day("country=XA", "2024-03-02") == (80, 80, 80)
    assert bounds_on_day("country=XA&facility=two", "2024-03-02") == (50, 50, 50)
    (point,) = get_series("country=XA&after=2024-03-02&before=2024-03-03")["points"]
    assert sorted(point["facilities"]) == ["one", "two"]


def test_kinds_of_facilities_narrow_it(agency):
    country = on_record(RegionFactory(public_id="XA"))
    for name, value, kind in (("one", 30, "refinery"), ("two", 50, "gas_processing_plant")):
        place = on_record(FacilityFactory(public_id=name, regions=[country], kind=kind))
        claim_outage(
            agency,
            unit_with_capacity(place, f"{name}-avt", value),
            "2024-03-01",
            "2024-03-10",
            until="2024-03-05",
        )
    assert bounds_on_day("country=XA&facility_kind=refinery", "2024-03-02") == (30, 30, 30)


def test_an_operator_has_the_days_on_which_it_operated(plant, agency, rival):
    claim_outage(agency, unit_with_capacity(plant, "avt", 70), "2024-03-01", "2024-03-10", until="2024-03-05")
    add_operator(agency, plant, until="2024-03-02")
    add_operator(rival, plant, since="2024-03-03")
    found = [
        bounds_by_day(f"operator={one}&after=2024-03-01&before=2024-03-05")
        for one in ("agency", "rival", "agency,rival")
    ]
    assert [[best for _, best, _ in one.values()] for one in found] == [
        [70, 70, None, None],
        [None, None, 70, 70],
        [70] * 4,
    ]


def test_what_was_merged_is_one_thing(plant, agency, rival):
    unit = unit_with_capacity(plant, "avt", 70)
    double = on_record(FacilityFactory(public_id="double"))
    again = unit_with_capacity(double, "avt-again")
    claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-05")
    later = claim_outage(rival, again, "2024-03-01", "2024-03-20", until="2024-03-07", numbers=[exactly(30)])
    other = unit_with_capacity(double, "at", 5)
    claim_outage(agency, other, "2024-03-01", "2024-03-20", until="2024-03-07")
    add_operator(rival, double)
    assert bounds_on_day("facility=plant", "2024-03-02") == (70, 70, 70)
    publishing.merge(double, plant, (again, unit))
    for query in ("facility=plant", "facility=double", "operator=rival"):
        assert bounds_on_day(query, "2024-03-02") == (35, 35, 35)
    found = get_series("unit=avt-again&before=2024-03-08")["points"]
    assert [best for _, best, _ in map(bounds_of, found)] == [30] * 6 + [0]
    assert later in found[0]["claims"]
    assert found[0]["facilities"] == ["plant"]
    outages = get_json("facilities/plant/timeline/")["outages"]
    assert [len(one["claims"]) for one in outages] == [2, 1]
    assert len(get_json("units/avt/timeline/")["outages"]) == 1


def test_drafts_are_never_seen(plant, agency):
    unit = unit_with_capacity(plant, "avt", 70)
    kept = claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-03")
    draft_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-20", {"date": "2024-02-01", "open": True})
    CapacityFactory(facility=plant, unit=unit, unit_of_measure="kbbl_per_day", **exactly(500))
    UnitFactory(facility=plant)
    found = get_series("facility=plant&before=2024-03-04")["points"]
    assert [bounds_of(one) for one in found] == [(70, 70, 70), (70, 70, 70), (0, 0, 0)]
    publishing.withdraw(Claim.objects.get(public_id=kept), reason=WithdrawalReason.TYPO)
    assert get_series("facility=plant")["points"] == []


# Beside the series ------------------------------------------------------------------------------------


@pytest.fixture
def country(plant, agency):
    """A country whose one plant of 100 stands half still, and of which somebody says 14 % and 900 are offline."""
    country = on_record(RegionFactory(public_id="XA"))
    place = on_record(FacilityFactory(public_id="refinery", regions=[country]))
    state_capacity(place, **exactly(100))
    claim_outage(agency, unit_with_capacity(place, "avt", 50), "2024-03-01", "2024-03-10", until="2024-03-05")
    return country


def said_of(region, agency, on, number, topic=Topic.CAPACITY, **more):
    proposition = PropositionFactory(strike=None, region=region, topic=topic)
    return publish_claim(agency, topic, None, on, numbers=[number], proposition=proposition, **more)


def test_direct_claims_about_a_country_stand_beside_the_series_and_are_never_mixed_in(country, agency):
    share = said_of(
        country, agency, "2024-03-28", exactly(14, unit_of_measure="percent", denominator="country_capacity")
    )
    flow = said_of(country, agency, "2024-03-26", at_least(10, unit_of_measure="mt_per_year"))
    found = get_series("country=XA")
    assert bounds_of(found["points"][0]) == (50, 50, 50)
    assert not {share, flow} & {claim for one in found["points"] for claim in one["claims"]}
    assert [(series["subject"]["id"], series["denominator"]) for series in found["stated"]] == [
        ("XA", None),
        ("XA", "country_capacity"),
    ]
    stated = [number for series in found["stated"] for number in series["numbers"]]
    assert [number["number"]["claim"]["id"] for number in stated] == [flow, share]
    assert [number["said_at"] for number in stated] == ["2024-03-26T12:00:00Z", "2024-03-28T12:00:00Z"]
    first, second = stated
    assert bounds_of(first["number"]["converted"]) == (200, None, None)
    assert (second["number"]["best"], second["number"]["converted"]) == (14, None)


def test_direct_claims_are_those_of_what_was_asked_for(country, agency, rival):
    part = on_record(SubdivisionFactory(public_id="XA-1", parent=country))
    said_of(part, agency, "2024-03-28", exactly(1))
    said_of(country, agency, "2024-03-28", exactly(2), topic=Topic.CONSEQUENCE)
    said_of(country, agency, "2024-03-28", exactly(3, metric=Metric.THROUGHPUT))
    retracted = on_record(ReportFactory())
    said_of(country, agency, "2024-03-28", exactly(4), report=retracted)
    publishing.amend(retracted, add=[ReportNoticeFactory.build(report=retracted, kind=NoticeKind.RETRACTION)])
    kept = said_of(country, rival, "2024-03-28", exactly(5))
    (series,) = get_series("country=XA")["stated"]
    assert [stated["number"]["claim"]["id"] for stated in series["numbers"]] == [kept]
    (series,) = get_series("region=XA-1")["stated"]
    assert [stated["number"]["best"] for stated in series["numbers"]] == [1]
    assert get_series("facility=refinery")["stated"] == []


def test_more_direct_claims_than_are_shown_are_refused(country, agency, monkeypatch):
    monkeypatch.setattr(capacity_offline, "MOST_DIRECT_CLAIMS", 1)
    said_of(country, agency, "2024-03-28", exactly(1))
    get_series("country=XA")
    said_of(country, agency, "2024-03-28", exactly(2))
    refused_parameter("unit_of_measure=kbbl_per_day&country=XA", "country")


def test_the_denominator_is_what_the_facilities_can_do_by_the_newest_report_of_each(country, agency):
    place = on_record(FacilityFactory(public_id="second", regions=[country]))
    on_record(FacilityFactory(public_id="third", regions=[country]))
    state_capacity(place, issued="2022-01-01", **exactly(500))
    newest = state_capacity(place, issued="2024-01-01", **between(30, 40))
    state_capacity(place, issued="2024-02-01", basis=CapacityBasis.THROUGHPUT, **exactly(20))
    found = get_series("country=XA")["denominator"]
    assert bounds_of(found) == (130, None, 140)
    assert newest in found["capacities"]
    assert (len(found["capacities"]), found["facilities"], found["of"]) == (2, 2, 3)


# The table --------------------------------------------------------------------------------------------


def table(query):
    response = Client().get(f"/api/v1/{SERIES}&format=csv&{query}")
    assert response.status_code == 200, response.content
    return response, list(csv.DictReader(io.StringIO(response.content.decode())))


def test_the_table_has_a_row_for_each_point(plant, nine_days):
    response, rows = table("unit=avt&interval=day&before=2024-03-13")
    points = get_series("unit=avt&before=2024-03-13")["points"]
    assert len(rows) == len(points)
    told = {name: text for name, text in rows[0].items() if text}
    assert told | {"capacities": ""} == {
        "row": "point",
        "unit_of_measure": "kbbl_per_day",
        "policy": "latest",
        "interval": "day",
        "start": "2024-03-02",
        "until": "2024-03-03",
        "low": "70",
        "best": "70",
        "high": "70",
        "quantified.low": "70",
        "quantified.best": "70",
        "quantified.high": "70",
        "unquantified": "0",
        "coverage.facilities": "1",
        "coverage.of": "1",
        "claims": nine_days,
        "capacities": "",
        "origins": "1",
        "facilities": "plant",
        "forecast": "false",
    }
    assert rows[-1]["claims"] == ""
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response["Content-Disposition"].endswith('.csv"')
    assert response["X-Record-Revision"]
    assert response["ETag"]


def test_the_table_says_all_that_the_answer_says(country, agency):
    said_of(country, agency, "2024-03-26", at_least(10, unit_of_measure="mt_per_year"))
    other = unit_with_capacity(Facility.objects.get(public_id="refinery"), "other", kind="catalytic_cracker")
    claim_outage(agency, other, "2024-03-02", "2024-03-10", until="2024-03-05")
    claim_outage(agency, other.facility, "2024-03-02", "2024-03-10", until="2024-03-05")
    found = get_series("country=XA", "month")
    _, rows = table("country=XA&interval=month")
    by_kind = {kind: [row for row in rows if row["row"] == kind] for kind in {row["row"] for row in rows}}
    assert {kind: len(of_kind) for kind, of_kind in by_kind.items()} == {
        "point": len(found["points"]),
        "denominator": 1,
        "stated": 1,
        "unquantified": 1,
        "left_out": 1,
    }
    (stated,), (series,) = by_kind["stated"], found["stated"]
    number = series["numbers"][0]["number"]
    assert (stated["subject.id"], stated["number.id"], stated["number.low"]) == ("XA", number["id"], "10")
    assert stated["number.converted.low"] == str(number["converted"]["low"])
    assert by_kind["left_out"][0]["reason"] == found["left_out"][0]["reason"]
    assert by_kind["unquantified"][0]["claims"] == " | ".join(found["unquantified"][0]["claims"])
    assert (by_kind["denominator"][0]["high"], by_kind["denominator"][0]["coverage.of"]) == ("100", "1")


def test_null_is_an_empty_cell_and_nought_is_not(plant, agency):
    claim_outage(
        agency,
        unit_with_capacity(plant, "avt", 70),
        "2024-03-01",
        "2024-03-10",
        until="2024-03-02",
        numbers=[at_most(5)],
    )
    _, (row,) = table("unit=avt&interval=day&before=2024-03-02")
    assert (row["low"], row["best"], row["high"]) == ("0", "", "5")


def test_columns_can_be_picked(plant, nine_days):
    _, rows = table("unit=avt&before=2024-03-04&fields=start,best")
    assert rows == [{"start": "2024-03-02", "best": "70"}]
    refused_parameter("unit_of_measure=kbbl_per_day&unit=avt&format=csv&fields=nothing", "fields")
    refused_parameter("unit_of_measure=mw&unit=avt&fields=start", "fields")


def test_a_problem_of_a_table_is_a_problem(plant, nine_days):
    response = Client().get("/api/v1/stats/capacity-offline/?format=csv&unit=avt")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


# What can be asked ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "parameter", "code"),
    [
        ("facility=plant", "unit_of_measure", "missing"),
        ("unit_of_measure=mw", "facility", "missing"),
        ("unit_of_measure=percent&facility=plant", "unit_of_measure", "invalid_choice"),
        ("unit_of_measure=t&facility=plant", "unit_of_measure", "invalid_choice"),
        ("unit_of_measure=mw&facility=nothing", "facility", "unknown_id"),
        ("unit_of_measure=mw&facility=plant&interval=year", "interval", "invalid_choice"),
        ("unit_of_measure=mw&facility=plant&policy=all", "policy", "invalid_choice"),
        ("unit_of_measure=mw&facility=plant&after=2024-13-01", "after", "invalid"),
        ("unit_of_measure=mw&facility=plant&after=", "after", "empty"),
        ("unit_of_measure=mw&facility=plant&after=2024-01-01&after=2024-01-02", "after", "repeated"),
        ("unit_of_measure=mw&facility=plant&after=2024-01-02&before=2024-01-02", "before", "invalid"),
        ("unit_of_measure=mw&facility=plant&actor=lukoil", "actor", "unknown_parameter"),
        ("unit_of_measure=mw&facility=plant&known_at=2030-01-01", "known_at", "future"),
        (
            "unit_of_measure=mw&facility=plant&after=2024-01-01&before=2034-01-01&interval=day",
            "interval",
            "too_much",
        ),
        ("unit_of_measure=mw&facility=plant&after=1900-01-01&before=2024-01-01", "interval", "too_much"),
        ("unit_of_measure=mw&facility=plant&page_size=5", "page_size", "unknown_parameter"),
    ],
)
def test_a_question_that_is_not_clear_is_refused(plant, query, parameter, code):
    assert refused_parameter(query, parameter)["code"] == code


def test_forty_years_of_months_are_not_too_much(plant):
    found = get_series("facility=plant&after=1990-01-01&before=2024-01-01", "month")
    assert len(found["points"]) == 34 * 12


def test_more_claims_than_can_be_weighed_are_refused(plant, agency, monkeypatch):
    monkeypatch.setattr(loading, "MOST_OUTAGE_CLAIMS", 1)
    unit = unit_with_capacity(plant, "avt", 70)
    claim_outage(agency, unit, "2024-03-01", "2024-03-10")
    claim_stop(agency, unit, "2024-03-01", "2024-03-10")
    assert refused_parameter("unit_of_measure=kbbl_per_day&facility=plant", "facility")["code"] == "too_much"


@pytest.mark.parametrize("more", few_or_many(2, 6))
def test_many_claims_take_no_more_queries_than_one(plant, agency, rival, more):
    country = on_record(RegionFactory(public_id="XA"))

    def grow(number):
        place = on_record(FacilityFactory(regions=[country]))
        state_capacity(place, **exactly(100))
        unit = unit_with_capacity(place, f"avt-{number}", 70)
        for by in (agency, rival):
            claim_outage(by, unit, "2024-03-01", "2024-03-10", until="2024-03-05", numbers=[exactly(5)])
            forecast_restart(by, unit, "2024-04-01", "2024-03-02")
        publish_claim(agency, Topic.CAPACITY, place, "2024-03-12", numbers=[at_least(30)])
        said_of(country, agency, "2024-03-28", exactly(number + 1))
        add_operator(agency, place)

    def queries(query):
        with CaptureQueriesContext(connection) as captured:
            get_series(query)
        return len(captured)

    grow(0)
    few = {query: queries(query) for query in ("country=XA", "operator=agency&policy=widest")}
    for number in range(1, 1 + more):
        grow(number)
    assert {query: queries(query) for query in few} == few
    assert max(few.values()) <= 22


def test_an_answer_is_kept_until_the_day_is_over(plant, nine_days, today):
    address = f"/api/v1/{SERIES}&unit=avt"
    first = Client().get(address)
    assert Client().get(address, headers={"If-None-Match": first["ETag"]}).status_code == 304
    today.move_to("2024-07-01T00:00:00Z")
    assert Client().get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert fresh(plant).public_id == "plant"
