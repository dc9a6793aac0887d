"""Strikes in groups, on the starter data."""

import csv
import io
from collections import Counter

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.urls import router
from record.models import Merge, Revision
from strikes.api.strike_stats import StrikeStatsFilterSet
from strikes.counting import GROUPINGS
from strikes.periods import TIMES
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    FacilityFactory,
    PropositionFactory,
    StrikeFactory,
    WaveFactory,
)
from tests.on_record import on_record
from tests.sweeps import one_in

BY_FILTER = sorted(set(GROUPINGS) - set(TIMES) - {"region"})


def stats(api, query):
    return api(f"stats/strikes/?{query}")


def numbers(answer):
    return {tuple(group["key"].values()): group for group in answer["groups"]}


def test_each_month_has_its_strikes_and_raids_and_apart_from_them_its_incidents(api):
    answer = stats(api, "group_by=month,country&country=RU")
    counted = {
        month: (one["strikes"], one["incidents"])
        for (month, country), one in numbers(answer).items()
        if country == "RU"
    }
    listed = Counter(
        (row["when"]["local_date"][:7], row["kind"]) for row in api.every("strikes/?country=RU&page_size=500")
    )
    assert listed["2024-01", "incident"]
    assert listed["2024-03", "wave"]
    months = {month for month, kind in listed}
    assert counted == {
        month: (listed[month, "strike"] + listed[month, "raid"], listed[month, "incident"])
        for month in months
    }


def test_the_total_counts_a_raid_on_two_regions_once(api):
    answer = stats(api, "group_by=region")
    regions = numbers(answer)
    assert (regions["RU-BEL",]["strikes"], regions["RU-KRS",]["strikes"]) == (1, 1)
    assert sum(strike["strikes"] for strike in answer["groups"]) > answer["total"]["strikes"]


@pytest.mark.parametrize("word", one_in(4, BY_FILTER))
def test_a_group_is_what_the_filter_of_the_same_word_finds(api, word):
    answer = stats(api, f"group_by={word}")
    assert answer["groups"]
    for group in answer["groups"]:
        value = group["key"][word]
        if value is None:
            continue
        rows = [row for row in api.every(f"strikes/?{word}={value}&page_size=500") if row["kind"] != "wave"]
        strikes = [row for row in rows if row["kind"] != "incident"]
        assert (group["strikes"], group["incidents"]) == (len(strikes), len(rows) - len(strikes)), value
        assert group["claims"] == sum(row["summary"]["claims"] for row in strikes)
        assert group["facilities"] == len({row["facility"]["id"] for row in strikes if row["facility"]})
        for state, number in group["propositions"].items():
            assert number == sum(row["summary"]["propositions"][state] for row in strikes)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "facility=norsi",
        "country=RU&after=2024-03-01",
        "wave=2024-03-12-russia",
        "operator=lukoil",
        "near=56.15,44.2&radius_km=1",
        "bbox=43,55,45,57",
        "party=lukoil",
        "method=drone",
        "facility_kind=refinery",
        "known_at=2024-02-01",
        "as_of=2024-03-01",
        "dispute=disputed",
        "actor=lukoil&stance=declines_to_comment",
        "q=norsi",
        "kind=wave",
        "kind=raid,incident",
        "before=2024-03-12",
    ],
)
def test_every_filter_of_the_strikes_narrows_what_is_counted(api, query):
    if query.startswith("wave"):
        query = f"wave={api('strikes/?kind=wave')['results'][0]['id']}"
    rows = [row for row in api.every(f"strikes/?{query}&page_size=500") if row["kind"] != "wave"]
    total = stats(api, f"group_by=day&{query}")["total"]
    assert total["strikes"] + total["incidents"] == len(rows)
    assert total["claims"] == sum(row["summary"]["claims"] for row in rows if row["kind"] != "incident")


def test_no_wave_of_the_starter_record_is_counted_since_the_strikes_of_each_are_there(api):
    assert all(api(f"strikes/?wave={wave['id']}")["count"] > 1 for wave in api.every("strikes/?kind=wave"))
    for query in ("", "&kind=wave", "&kind=wave,incident", "&before=2024-03-12", "&known_at=2024-04-01"):
        total = stats(api, f"group_by=month{query}")["total"]
        assert (total["waves"], total["wave_claims"]) == (0, 0)


def test_the_claims_of_an_actor_are_those_that_the_claims_list_has(api):
    for query in ("actor=lukoil", "actor=lukoil&stance=declines_to_comment", "actor=reuters&country=RU"):
        answer = stats(api, f"group_by=actor&{query}")
        (group,) = answer["groups"]
        own = api(f"claims/?{query}&kind=strike,raid")["count"]
        assert group["key"]["actor"] == query.partition("=")[2].partition("&")[0]
        assert group["claims"] == answer["total"]["claims"] == own > 0
        assert stats(api, f"group_by=month&{query}")["total"]["claims"] > own


def test_weeks_are_those_of_iso_8601(api):
    on_record(
        StrikeFactory(public_id="2024-12-30-a", local_date="2024-12-30"),
        StrikeFactory(public_id="2021-01-01-a", local_date="2021-01-01"),
    )
    answer = stats(api, "group_by=week&strike=2024-12-30-a,2021-01-01-a,2024-03-12-norsi")
    assert [group["key"]["week"] for group in answer["groups"]] == ["2020-W53", "2024-W11", "2025-W01"]


def test_a_wave_is_never_a_strike_and_what_has_no_value_is_null(api):
    before = stats(api, "group_by=facility_kind")
    wave = WaveFactory()
    on_record(
        wave, StrikeFactory(wave=wave, facility=None, target_described_as="a depot", methods=["unknown"])
    )
    after = stats(api, "group_by=facility_kind")
    assert after["total"]["strikes"] == before["total"]["strikes"] + 1
    assert after["groups"][-1]["key"] == {"facility_kind": None}
    assert after["total"]["facilities"] == before["total"]["facilities"]


def test_times_without_any_have_a_row_on_request(api):
    query = "group_by=month&strike=2024-01-04-norsi,2024-03-12-norsi"
    answer, without = stats(api, f"{query}&zero=true"), stats(api, f"{query}&zero=false")
    rows = [(group["key"]["month"], group["strikes"], group["incidents"]) for group in answer["groups"]]
    assert rows == [("2024-01", 0, 1), ("2024-02", 0, 0), ("2024-03", 1, 0)]
    assert [group["key"]["month"] for group in without["groups"]] == ["2024-01", "2024-03"]
    assert answer["total"] == without["total"]


def test_zeros_go_from_after_to_before_beside_each_value_that_was_found(api):
    query = "group_by=facility,week&zero=true&after=2024-03-01&before=2024-04-01"
    answer = stats(api, query)
    found = {group["key"]["facility"] for group in stats(api, query.replace("&zero=true", ""))["groups"]}
    weeks = ["2024-W09", "2024-W10", "2024-W11", "2024-W12", "2024-W13"]
    assert len(found) > 1
    assert {(g["key"]["facility"], g["key"]["week"]) for g in answer["groups"]} == {
        (facility, week) for facility in found for week in weeks
    }
    empty = stats(api, "group_by=day&zero=true&after=2022-02-27&before=2022-03-02")
    assert [group["key"]["day"] for group in empty["groups"]] == ["2022-02-27", "2022-02-28", "2022-03-01"]
    assert empty["total"]["strikes"] == sum(empty["total"]["propositions"].values()) == 0


def test_what_was_merged_is_counted_once_and_for_the_survivor(api):
    one, same = FacilityFactory(), FacilityFactory()
    speaker, alias = ActorFactory(), ActorFactory()
    first, second, double = (
        StrikeFactory(facility=one),
        StrikeFactory(facility=same),
        StrikeFactory(facility=one),
    )
    claims = [
        ClaimFactory(proposition=PropositionFactory(strike=strike), actor=actor)
        for strike, actor in ((first, speaker), (second, alias), (double, speaker))
    ]
    on_record(claims[0], *claims[1:])
    before = stats(api, "group_by=facility")["total"]
    revision = Revision.objects.latest("n")
    for loser, survivor in ((same, one), (alias, speaker), (double, first)):
        Merge.objects.create(
            collection=loser.collection, loser=loser.public_id, survivor=survivor.public_id, from_rev=revision
        )
    cache.clear()
    after = stats(api, "group_by=facility,actor")
    assert (
        before["strikes"] - after["total"]["strikes"],
        before["facilities"] - after["total"]["facilities"],
    ) == (1, 1)
    assert before["claims"] == after["total"]["claims"]
    found = numbers(after)
    assert not [key for key in found if {same.public_id, alias.public_id} & set(key)]
    group = found[one.public_id, speaker.public_id]
    assert (group["strikes"], group["facilities"], group["claims"]) == (2, 1, 3)


@pytest.mark.parametrize(
    ("query", "parameter", "code", "words"),
    [
        ("", "group_by", "missing", "month, week, day"),
        ("group_by=", "group_by", "empty", "empty"),
        ("group_by=mnth", "group_by", "invalid_choice", "Did you mean month?"),
        ("group_by=weapon", "group_by", "invalid_choice", "facility_kind"),
        ("group_by=month,month", "group_by", "repeated", "twice"),
        ("group_by=month&group_by=month", "group_by", "repeated", "twice"),
        ("group_by=month,country,method", "group_by", "too_many", "two"),
        ("group_by=country&zero=true", "zero", "missing", "month, week, day"),
        ("group_by=month&zero=yes", "zero", "invalid_choice", "true"),
        ("group_by=day&zero=true&after=1850-01-01", "zero", "too_much", "hundred years"),
        ("group_by=day,facility&zero=true&after=1990-01-01", "zero", "too_much", "rows"),
        ("group_by=month&page_size=5", "page_size", "unknown_parameter", ""),
        ("group_by=month&cursor=x", "cursor", "unknown_parameter", ""),
        ("group_by=month&ordering=id", "ordering", "unknown_parameter", ""),
        ("group_by=month&contry=RU", "contry", "unknown_parameter", "country"),
        ("group_by=month&facility=nors", "facility", "unknown_id", "norsi"),
        ("group_by=month&fields=strikes", "fields", "not_in_this_format", "csv"),
        ("group_by=month&format=csv&fields=strikes,strks", "fields", "invalid_choice", "strikes"),
        ("group_by=month&format=ndjson", "format", "invalid_choice", "csv"),
        ("group_by=month&as_of=2999-01-01", "as_of", "future", "future"),
    ],
)
def test_what_cannot_be_answered_is_explained(api, query, parameter, code, words):
    (error,) = api(f"stats/strikes/?{query}", status=400)["errors"]
    assert (error["parameter"], error["code"]) == (parameter, code)
    assert words in error["detail"]


def test_words_come_by_commas_and_by_repetition(api):
    assert stats(api, "group_by=month&group_by=country") == stats(api, "group_by=month,country")
    assert stats(api, "group_by=country,month")["group_by"] == ["country", "month"]


def test_a_table_has_one_group_a_row_and_a_column_for_each_part(api):
    response = api.raw("stats/strikes/?group_by=month,method&format=csv")
    assert response["Content-Type"].startswith("text/csv")
    assert f"stats-strikes-r{response['X-Record-Revision']}.csv" in response["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.content.decode())))
    groups = stats(api, "group_by=month,method")["groups"]
    assert len(rows) == len(groups) > 2
    for row, group in zip(rows, groups, strict=True):
        assert (row["key.month"], row["key.method"]) == tuple(group["key"].values())
        assert [row["strikes"], row["claims"]] == [str(group["strikes"]), str(group["claims"])]
        assert row["propositions.disputed"] == str(group["propositions"]["disputed"])
    picked = api.raw("stats/strikes/?group_by=month&format=csv&fields=strikes,key.month").content.decode()
    assert picked.splitlines()[0] == "strikes,key.month"


def test_the_answer_is_tagged_and_found_again(api):
    first = api.raw("stats/strikes/?group_by=month")
    assert (first.status_code, first["X-Record-Revision"]) == (200, str(Revision.objects.latest("n").n))
    again = api.client.get("/api/v1/stats/strikes/?group_by=month", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = api.client.head("/api/v1/stats/strikes/?group_by=month")
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", str(len(first.content)))
    assert api.client.post("/api/v1/stats/strikes/?group_by=month").status_code == 405
    on_record(StrikeFactory())
    assert api.raw("stats/strikes/?group_by=month")["ETag"] != first["ETag"]


@pytest.mark.parametrize("word", GROUPINGS)
def test_more_events_take_no_more_queries(api, word):
    def queries():
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            stats(api, f"group_by={word},{'day' if word == 'month' else 'month'}")
        return len(captured)

    few = queries()
    facility = FacilityFactory()
    on_record(*(StrikeFactory(facility=facility if n % 2 else FacilityFactory()) for n in range(20)))
    assert queries() == few <= 9


def test_work_is_bounded(api, monkeypatch):
    monkeypatch.setattr("strikes.counting.MOST_EVENTS", 3)
    (error,) = api("stats/strikes/?group_by=month", status=400)["errors"]
    assert (error["parameter"], error["code"]) == ("group_by", "too_much")
    monkeypatch.setattr("strikes.counting.MOST_EVENTS", 1000)
    monkeypatch.setattr("strikes.counting.MOST_GROUPS", 2)
    assert api("stats/strikes/?group_by=actor", status=400)["errors"][0]["code"] == "too_much"


def test_the_words_of_the_strikes_are_all_there(api):
    views = {name: view for name, view, _ in router.registry}
    assert set(StrikeStatsFilterSet.base_filters) == {
        *views["strikes"].filterset_class.base_filters,
        "group_by",
        "zero",
    }
