"""Every word of the filters means what it says, through public rows only."""

from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from strikes.management.commands.filter_table import filter_table
from strikes.models import Facility, Strike
from tests.factories import ClaimFactory, DamageEstimateFactory, PropositionFactory
from tests.on_record import on_record
from tests.sweeps import one_in


def stated(claim, field):
    """What the damage estimates of a claim say in a field, as far as they say anything."""
    return {number[field] for number in claim["damage_estimates"]} - {None}


# What a word of the claims' filters says of a claim, as a reader of its JSON would put it.
MEANINGS = {
    "actor": lambda row: {row["actor"]["id"]},
    "actor_kind": lambda row: {row["actor"]["kind"]},
    "attribution": lambda row: {row["attribution"]},
    "basis": lambda row: stated(row, "basis"),
    "certainty": lambda row: {row["certainty"]} - {None},
    "claim": lambda row: {row["id"]},
    "comparator": lambda row: {n["comparator"] for n in row["damage_estimates"] + row["weapon_counts"]},
    "denominator": lambda row: stated(row, "denominator"),
    "evidence_kind": lambda row: {link["evidence"]["kind"] for link in row["evidence"]},
    "indirect": lambda row: {str(flag).lower() for flag in stated(row, "indirect")},
    "metric": lambda row: stated(row, "metric"),
    "outcome": lambda row: {n["outcome"] for n in row["weapon_counts"]},
    "part": lambda row: {row["part"]},
    "polarity": lambda row: {row["polarity"]},
    "proposition": lambda row: {row["proposition"]["id"]},
    "report": lambda row: {row["report"]["id"]},
    "source": lambda row: {row["report"]["source"]["id"]},
    "source_kind": lambda row: {row["report"]["source"]["kind"]},
    "stance": lambda row: {row["stance"]},
    "strike": lambda row: {row["proposition"]["strike"]["id"]} if row["proposition"]["strike"] else set(),
    "topic": lambda row: {row["proposition"]["topic"]},
    "unit_of_measure": lambda row: stated(row, "unit_of_measure"),
    "verification": lambda row: {link["evidence"]["verification"] for link in row["evidence"]},
    "who": lambda row: stated(row, "who"),
}


@pytest.mark.parametrize("word", one_in(6, MEANINGS))
def test_a_word_finds_exactly_the_claims_it_means(api, word):
    claims = api.every("claims/?page_size=500")
    means = MEANINGS[word]
    values = sorted({value for row in claims for value in means(row)})
    assert values
    for value in values[:12]:
        found = {row["id"] for row in api.every(f"claims/?{word}={value}&page_size=500")}
        assert found == {row["id"] for row in claims if value in means(row)}, value
    if values == ["true"]:
        return  # a flag takes one value
    some = values[:3]
    union = {row["id"] for row in api.every(f"claims/?{word}={','.join(some)}&page_size=500")}
    assert union == {row["id"] for row in claims if means(row) & set(some)}


@pytest.mark.parametrize(
    ("query", "collection", "found"),
    [
        ("CDU-6", "units", {"norsi-avt-6", "syzran-avt-6", "ilsky-cdu-6"}),
        ("АВТ-6", "units", {"norsi-avt-6", "syzran-avt-6"}),
        ("avt6", "units", {"norsi-avt-6", "syzran-avt-6"}),
        ("ЭЛОУ-АВТ-6", "units", {"norsi-avt-6", "syzran-avt-6"}),
        ("НОРСИ авт-6", "units", {"norsi-avt-6"}),
        ("НОРСИ", "facilities", {"norsi"}),
        ("norsi", "facilities", {"norsi"}),
        ("Kstovo refinery", "facilities", {"norsi"}),
        ("refinery KSTOVO", "facilities", {"norsi"}),
        ("НОРСИ", "strikes", {"2024-03-12-norsi", "2024-01-04-norsi"}),
        ("Лукойл", "actors", {"lukoil"}),
        ("RU-NIZ", "regions", {"RU-NIZ"}),
        ("norsi reformer cracker", "units", set()),
    ],
)
def test_search_finds_a_name_in_any_script(api, query, collection, found):
    assert {row["id"] for row in api.every(f"{collection}/?q={query}")} == found


def test_search_finds_claims_by_words_of_statement_and_quote_newest_first(api):
    rows = api.every("claims/?q=Half")
    assert rows
    assert all("half" in f"{row['statement']} {row['quote']}".lower() for row in rows)
    everything = [row["id"] for row in api.every("claims/?page_size=500")]
    assert [row["id"] for row in rows] == [i for i in everything if i in {row["id"] for row in rows}]
    assert {row["id"] for row in api.every("claims/?q=half refinery")} <= {row["id"] for row in rows}


AROUND_MOSCOW = {"pervy-zavod", "ryazan-refinery", "slavneft-yanos"}
JANUARY = {
    "2024-01-18-petersburg-oil-terminal",
    "2024-01-19-klintsy",
    "2024-01-21-ust-luga",
    "2024-01-24-tuapse",
    "2024-01-29-yanos",
}
FEBRUARY = {"2024-02-03-volgograd", "2024-02-09-afipsky", "2024-02-09-ilsky"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("facilities/?bbox=43,55,45,57", {"norsi"}),
        ("facilities/?bbox=44.2,56.15,44.2,56.15", {"norsi"}),
        ("facilities/?bbox=45,55,43,57", {"taneco"}),  # round the world, all but what lies between
        ("facilities/?near=56.15,44.2&radius_km=1", {"norsi"}),
        ("facilities/?near=55.75,37.62&radius_km=324", AROUND_MOSCOW),
        ("facilities/?near=55.75,37.62&radius_km=326", AROUND_MOSCOW | {"oryol-oil-depot"}),
        (
            "facilities/?near=55.75,37.62&radius_km=500",
            AROUND_MOSCOW | {"oryol-oil-depot", "norsi", "klintsy-oil-depot"},
        ),
        ("strikes/?near=56.15,44.2&radius_km=1", {"2024-03-12-norsi", "2024-01-04-norsi"}),
        ("strikes/?operator=lukoil", {"2024-03-12-norsi", "2024-01-04-norsi", "2024-02-03-volgograd"}),
        ("strikes/?kind=incident", {"2024-01-04-norsi"}),
        ("strikes/?before=2024-03-01", {"2024-01-04-norsi"} | JANUARY | FEBRUARY),
        ("strikes/?after=2024-01-07&before=2024-01-08", {"2024-01-04-norsi"}),
        ("strikes/?after=2024-01-08&before=2024-03-01", JANUARY | FEBRUARY),
        ("strikes/?after=2024-01-25&before=2024-02-01", {"2024-01-24-tuapse", "2024-01-29-yanos"}),
        ("strikes/?after=2024-02-10&before=2024-03-01", set()),
        ("strikes/?region=RU-BEL", {"2024-03-12-kursk-belgorod"}),
    ],
)
def test_where_and_when(api, query, found):
    assert {row["id"] for row in api.every(query)} == found


def test_many_ids_are_looked_up_in_as_many_queries_as_one(api):
    def queries(actors):
        with CaptureQueriesContext(connection) as captured:
            api(f"claims/?page_size=1&actor={','.join(actors)}")
        return sum(query["sql"].startswith('SELECT "record_merge"') for query in captured)

    actors = [row["id"] for row in api.every("actors/")]
    assert queries(actors) == queries(["lukoil"]) > 0


def test_a_country_is_its_regions_together(api):
    in_russia, in_ukraine = (
        {row["id"] for row in api.every(f"strikes/?country={country}")} for country in ("RU", "UA")
    )
    assert in_russia == {row["id"] for row in api.every("strikes/?region=RU")}
    assert in_ukraine == {row["id"] for row in api.every("strikes/?region=UA")}
    assert "2024-03-29-kaniv-hpp" in in_ukraine
    assert in_russia & in_ukraine == set()
    assert in_russia | in_ukraine == {row["id"] for row in api.every("strikes/")}


def test_words_about_the_event_narrow_what_words_about_the_place_find(api):
    """What is said about a wave as a whole may have one facility as its subject."""
    wave, norsi = Strike.objects.get(public_id="2024-03-12-russia"), Facility.objects.get(public_id="norsi")
    about = on_record(PropositionFactory(strike=wave, facility=norsi))
    for place in ("facility=norsi", "near=56.15,44.2&radius_km=1", "region=RU-NIZ"):
        for event in (f"strike={wave.public_id}", f"wave={wave.public_id}", "kind=wave", "after=2024-03-12"):
            found = {row["id"] for row in api.every(f"propositions/?{place}&{event}&page_size=500")}
            apart = [api.every(f"propositions/?{one}&page_size=500") for one in (place, event)]
            both = {row["id"] for row in apart[0]} & {row["id"] for row in apart[1]}
            assert about.public_id in found == both, (place, event)


def test_bounds_are_filtered_as_bounds(api):
    for row in api.every("damage-estimates/?low_min=50&page_size=500"):
        assert (row["low"] if row["low"] is not None else row["best"]) >= 50
    for row in api.every("damage-estimates/?high_max=50&page_size=500"):
        assert (row["high"] if row["high"] is not None else row["best"]) <= 50
    assert "at_least" not in {row["comparator"] for row in api.every("damage-estimates/?high_max=1000000")}


def test_words_about_a_number_are_met_by_one_and_the_same_number(api):
    claim = ClaimFactory()
    for metric, who in (("people_injured", "staff"), ("people_killed", "civilian")):
        DamageEstimateFactory(claim=claim, metric=metric, who=who, unit_of_measure="person")
    on_record(claim)

    def found(query):
        return {row["id"] for row in api.every(f"claims/?claim={claim.public_id}&{query}")}

    assert found("metric=people_injured&who=staff") == found("who=civilian") == {claim.public_id}
    assert found("metric=people_injured&who=civilian") == set()
    assert found("who=staff&outcome=launched") == set()


def test_an_open_question_is_found_with_what_is_said_to_it(api):
    rows = api.every("propositions/?page_size=500")
    questions = {row["id"] for row in rows if row["open"]}
    assert {row["id"] for row in api.every("propositions/?open=true")} == questions != set()
    claims = api.every("claims/?page_size=500")
    said_to_one = {row["id"] for row in claims if row["proposition"]["id"] in questions}
    assert {row["id"] for row in api.every("claims/?open=true&page_size=500")} == said_to_one
    assert api("propositions/?open=false")["count"] == len(rows) - len(questions)


def test_a_level_is_that_of_the_region_or_of_the_region_that_is_the_subject(api):
    levels = {row["id"]: row["level"] for row in api.every("regions/?page_size=500")}
    countries = {row["id"] for row in api.every("regions/?region_level=country")}
    assert countries == {name for name, level in levels.items() if level == "country"} != set()
    about_countries = {
        row["id"]
        for row in api.every("propositions/?page_size=500")
        if row["subject"] and row["subject"]["type"] == "region" and row["subject"]["id"] in countries
    }
    found = {row["id"] for row in api.every("propositions/?region_level=country&page_size=500")}
    assert found == about_countries != set()


def test_said_and_issued_are_two_times(api):
    late = api.every("claims/?issued_after=2024-06-01")
    assert late
    assert all(row["report"]["issued_at"]["latest"] >= "2024-06-01" for row in late)
    early = {row["id"] for row in api.every("claims/?issued_before=2024-06-01&page_size=500")}
    assert not early & {row["id"] for row in late}


def test_updated_after_finds_what_became_public_or_was_amended_since(api):
    late = {row["id"] for row in api.every("claims/?updated_after=2024-06-01")}
    assert late == {
        row["id"] for row in api.every("claims/?page_size=500") if row["recorded_at"] >= "2024-06-02"
    }


@pytest.mark.parametrize(
    "word", ["updated_after", "said_after", "issued_after", "after", "said_before", "issued_before", "before"]
)
def test_the_first_and_the_last_day_there_is_can_be_asked_for(api, word):
    claims = api.every("claims/?page_size=500")
    if word in ("after", "before"):  # whoever names no time of an event and no strike is not found by one
        of_strikes = {row["id"] for row in api.every("claims/?kind=strike,wave,raid,incident&page_size=500")}
        claims = [row for row in claims if row["id"] in of_strikes or row["event_time"] is not None]
    goes_on = [row for row in claims if row["event_time"] and row["event_time"]["latest"] is None]
    everything, for_ever = len(claims), len(goes_on) if word == "after" else 0
    first, last = (api(f"claims/?{word}={day}")["count"] for day in ("0001-01-01", "9999-12-31"))
    assert (first, last) == ((0, everything) if "before" in word else (everything, for_ever))


@pytest.mark.parametrize(
    ("query", "parameter", "words"),
    [
        ("strikes/?metod=drone", "metod", "Did you mean method?"),
        ("claims/?stance=denied", "stance", "Did you mean denies?"),
        ("claims/?facility=nors", "facility", "Did you mean norsi?"),
        ("facilities/?near=56.15,44.2", "radius_km", "go together"),
        ("facilities/?radius_km=5", "near", "go together"),
        ("facilities/?bbox=1,2,3", "bbox", "west,south,east,north"),
        ("facilities/?bbox=0,10,10,5", "bbox", "south"),
        ("facilities/?bbox=0,-91,10,5", "bbox", "-90"),
        ("claims/?country=RU-NIZ", "country", "two letters"),
        ("claims/?said_after=2024-13-01", "said_after", "2024-03-12"),
        ("claims/?said_after=0000-01-01", "said_after", "2024-03-12"),
        ("claims/?has_note=yes", "has_note", "true"),
        ("claims/?low_min=1e400", "low_min", "from 0"),
        ("claims/?q=!!!", "q", "letter or digit"),
        ("claims/?facets=stanc", "facets", "stance"),
        ("facilities/norsi/timeline/?policy=latest&policy=latest", "policy", "one value"),
    ],
)
def test_a_bad_value_is_explained(api, query, parameter, words):
    problem = api(query, status=400)
    assert problem["errors"][0]["parameter"] == parameter
    assert words in problem["errors"][0]["detail"]


def test_an_id_that_was_not_there_by_then_is_not_suggested(api):
    problem = api("claims/?facility=norsi&as_of=2020-01-01", status=400)
    assert problem["errors"][0]["code"] == "unknown_id"
    assert "Did you mean" not in problem["detail"]


@pytest.mark.parametrize(
    ("collection", "facets"),
    one_in(
        3,
        [
            ("strikes", ["country", "region", "method", "kind", "facility", "facility_kind", "wave"]),
            (
                "claims",
                [
                    "stance",
                    "polarity",
                    "counts",
                    "relation",
                    "certainty",
                    "attribution",
                    "part",
                    "topic",
                    "actor",
                    "actor_kind",
                    "source",
                    "source_kind",
                    "language",
                    "strike",
                ],
            ),
            ("propositions", ["topic", "strike", "open", "dispute"]),
            (
                "damage-estimates",
                [
                    "metric",
                    "comparator",
                    "unit_of_measure",
                    "denominator",
                    "basis",
                    "who",
                    "indirect",
                    "actor",
                ],
            ),
            ("weapon-counts", ["outcome", "comparator", "actor"]),
            ("facilities", ["facility_kind", "country", "region"]),
            ("units", ["unit_kind", "facility"]),
            ("reports", ["source", "source_kind", "language"]),
            ("actors", ["actor_kind", "actor_country"]),
            ("sources", ["source_kind", "language"]),
            (
                "capacities",
                ["unit_of_measure", "denominator", "basis", "comparator", "facility", "unit", "source_kind"],
            ),
            ("evidence", ["evidence_kind", "verification"]),
            ("regions", ["region_level"]),
        ],
    ),
)
def test_a_facet_counts_what_its_filter_finds(api, collection, facets):
    answer = api(f"{collection}/?page_size=1&facets={','.join(facets)}")
    assert list(answer["facets"]) == facets
    for word, counts in answer["facets"].items():
        assert counts, word
        assert counts == sorted(counts, key=lambda one: (-one["count"], one["value"] or ""))
        for one in counts[:4]:
            if one["value"] is not None:
                found = api(f"{collection}/?{word}={one['value']}&page_size=1")["count"]
                if word != "wave":  # a wave is also below itself
                    assert found == one["count"], (word, one)


def test_facets_count_the_filtered_set(api):
    facets = api("claims/?actor=lukoil&facets=stance")["facets"]["stance"]
    assert sum(one["count"] for one in facets) == api("claims/?actor=lukoil")["count"]


def test_the_table_of_the_filters_is_the_one_in_the_docs():
    written = (Path(settings.BASE_DIR) / "docs" / "filters.md").read_text(encoding="utf-8")
    assert written == filter_table(), "docs/filters.md is old: run `make openapi`"
