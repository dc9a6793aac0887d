"""Filters and facets of what counts: each finds just the rows whose own fields say so, at every point in time."""

from collections import Counter

import pytest

THEN = ["", "as_of=2024-03-20", "known_at=2024-03-20", "as_of=2024-04-01&known_at=2024-03-25"]


def ids(rows):
    return {row["id"] for row in rows}


def claims(api, query):
    return api.every(f"claims/?page_size=500&{query}")


def kinds_of_relation(claim):
    return {relation["kind"] for relation in claim["relations"]}


@pytest.mark.parametrize("then", THEN)
def test_counts_finds_the_claims_that_say_so(api, then):
    everything = claims(api, then)
    counting, others = claims(api, f"counts=true&{then}"), claims(api, f"counts=false&{then}")
    assert ids(counting) == {claim["id"] for claim in everything if claim["counts"]} != set()
    assert ids(others) == ids(everything) - ids(counting) != set()
    assert all(claim["not_counted_because"] is None for claim in counting)
    assert all(claim["not_counted_because"] is not None for claim in others)


@pytest.mark.parametrize("then", THEN)
def test_what_counts_is_for_or_against_and_forecasts_stand_apart(api, then):
    assert {claim["polarity"] for claim in claims(api, f"counts=true&{then}")} <= {"positive", "negative"}
    forecasts = claims(api, f"polarity=forecast&{then}")
    assert {claim["stance"] for claim in forecasts} == {"forecasts"}
    assert {claim["not_counted_because"] for claim in forecasts} <= {"forecast", "echo", "outdated"}
    assert api(f"claims/?polarity=forecast&counts=true&{then}")["count"] == 0


@pytest.mark.parametrize("then", THEN)
def test_forecast_only_is_a_point_that_nobody_is_for_or_against(api, then):
    found = api.every(f"propositions/?dispute=forecast_only&{then}")
    everything = api.every(f"propositions/?page_size=500&{then}")
    assert ids(found) == {row["id"] for row in everything if row["dispute"] == "forecast_only"} != set()
    for row in found:
        assert (row["origins_for"], row["origins_against"]) == (0, 0)
        assert row["origins_forecasting"] > 0
    # The same word narrows what hangs on such a point; an open question is forecast in its answers.
    about = claims(api, f"dispute=forecast_only&polarity=forecast&{then}")
    assert {claim["proposition"]["id"] for claim in about} == ids(row for row in found if not row["open"])


@pytest.mark.parametrize("kind", ["repeats", "updates", "disputes"])
def test_relation_finds_the_claims_with_such_a_relation(api, kind):
    found = claims(api, f"relation={kind}")
    assert (
        ids(found) == {claim["id"] for claim in claims(api, "") if kind in kinds_of_relation(claim)} != set()
    )


def test_several_kinds_of_relation_are_any_of_them(api):
    both = ids(claims(api, "relation=repeats,updates"))
    assert both == ids(claims(api, "relation=repeats")) | ids(claims(api, "relation=updates"))


def test_notice_finds_reports_and_what_was_read_in_them(api):
    (report,) = api("reports/?notice=headline_change")["results"]
    assert [notice["kind"] for notice in report["notices"]] == ["headline_change"]
    assert ids(claims(api, "notice=headline_change")) == ids(claims(api, f"report={report['id']}")) != set()
    assert api("reports/?notice=retraction,withdrawal")["count"] == 0


def test_a_notice_is_unknown_before_its_day(api):
    (report,) = api("reports/?notice=headline_change")["results"]
    day = report["notices"][0]["dated"][:10]
    assert api(f"reports/?notice=headline_change&known_at={day}")["count"] == 1
    assert api("reports/?notice=headline_change&known_at=2024-03-11")["count"] == 0


@pytest.mark.parametrize("then", THEN)
def test_facets_count_by_side_by_relation_and_by_what_counts(api, then):
    everything = claims(api, then)
    facets = api(f"claims/?page_size=1&facets=polarity,counts,relation&{then}")["facets"]
    counted = {name: {one["value"]: one["count"] for one in values} for name, values in facets.items()}
    assert counted["polarity"] == Counter(claim["polarity"] for claim in everything)
    assert counted["counts"] == Counter(str(claim["counts"]).lower() for claim in everything)
    kinds = [kind for claim in everything for kind in kinds_of_relation(claim) or {None}]
    assert counted["relation"] == Counter(kinds)


@pytest.mark.parametrize(
    "query", ["counts=yes", "relation=echoes", "notice=retracted", "polarity=forecasts", "dispute=forecast"]
)
def test_a_word_that_is_none_is_refused(api, query):
    name = query.split("=")[0]
    problem = api(f"claims/?{query}", status=400)
    assert problem["errors"][0]["parameter"] == name
