"""The same record in every format: pages of JSON, and the whole of a list as NDJSON, CSV and GeoJSON."""

import csv
import io
import json

import pytest

from api import pagination
from record.models import Ledger
from strikes.models import Facility
from tests.factories import FacilityFactory, StrikeFactory
from tests.on_record import on_record
from tests.starter.streams import PLACED, STREAMS, TYPES, get_with_headers, streamed_objects, text_of
from tests.starter.test_reading import COLLECTIONS, STORED, problem_of
from tests.sweeps import one_in

# What is in a stream -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("collection", "word"), one_in(3, (s for s in STREAMS if s[1] != "csv")))
def test_a_stream_has_the_objects_of_the_pages_in_their_order(api, monkeypatch, collection, word):
    monkeypatch.setattr(pagination, "CHUNK", 7)
    assert streamed_objects(api, collection, word) == api.every(f"{collection}/?page_size=500")


def cell_of(value):
    """What a cell says, worked out apart from how the columns are made."""
    if isinstance(value, list):
        return " | ".join(map(item, value))
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    text = str(value)
    return "'" + text if isinstance(value, str) and text[0] in "=+-@" else text


ITEMS = {  # a list of what has no id of its own: which of its members are written
    frozenset({"name", "language", "note"}): ["name"],
    frozenset({"actor", "role", "since", "until", "report", "note"}): ["actor", "role", "report"],
    frozenset({"kind", "for_error", "claims", "dated", "successor", "note"}): ["kind", "successor"],
    frozenset({"scheme", "value", "url"}): ["scheme", "value"],
    frozenset({"to", "if"}): ["to"],
    frozenset({"step", "source", "actor", "inferred", "did"}): ["source", "actor"],
    frozenset({"kind", "claim", "note"}): ["kind", "claim"],
    frozenset({"role", "evidence"}): ["role", "evidence"],
    frozenset(
        {
            "subject",
            "metric",
            "unit_of_measure",
            "denominator",
            "denominator_as_stated",
            "basis",
            "scope",
            "excludes",
            "low",
            "high",
            "claims",
        }
    ): ["metric", "unit_of_measure", "denominator", "basis"],
}


def item(value):
    if not isinstance(value, dict):
        return value
    if "id" in value:
        return value["id"]
    parts = [value[name] for name in ITEMS[frozenset(value)] if value[name] is not None]
    return ":".join(part["id"] if isinstance(part, dict) else part for part in parts)


def flat(value, path=()):
    if isinstance(value, dict):
        cells = {}
        for name, inner in value.items():
            if not (path and name == "url"):
                cells |= flat(inner, (*path, name))
        return cells
    return {".".join(path): cell_of(value)}


@pytest.mark.parametrize("collection", one_in(3, STORED))
def test_a_csv_row_is_the_json_object_made_flat(api, monkeypatch, collection):
    monkeypatch.setattr(pagination, "CHUNK", 7)
    rows, json_rows = streamed_objects(api, collection, "csv"), api.every(f"{collection}/?page_size=500")
    assert len(rows) == len(json_rows)
    for row, json_row in zip(rows, json_rows, strict=True):
        # An object that is null has its columns all the same; they are empty.
        want = {name: text for name, text in flat(json_row).items() if text}
        assert {name: text for name, text in row.items() if text} == want


@pytest.mark.parametrize("collection", one_in(5, STORED))
def test_the_columns_are_the_same_without_a_row(api, collection):
    full = text_of(api.raw(f"{collection}/?format=csv")).split("\r\n")[0]
    Ledger.objects.update(n=0)
    assert text_of(api.raw(f"{collection}/?format=csv")) == full + "\r\n"
    assert len(set(full.split(","))) == len(full.split(",")) > 5


def test_the_columns_of_strikes(api):
    """Written out once, so that a change of them is seen: people's scripts depend on these names."""
    assert text_of(api.raw("strikes/?format=csv")).split("\r\n")[0].split(",") == [
        "id",
        "url",
        "display",
        "recorded_at",
        "revision",
        "kind",
        "title",
        "facility.id",
        "facility.display",
        "facility.kind",
        "facility.town",
        "target_described_as",
        "wave.id",
        "wave.display",
        "wave.kind",
        "wave.local_date",
        "regions",
        "methods",
        "location_precision",
        "when.earliest",
        "when.latest",
        "when.precision",
        "when.timezone",
        "when.local_date",
        "when.as_stated",
        "summary.claims",
        "summary.documents",
        "summary.origins",
        "summary.origins_forecasting",
        "summary.propositions.unreported",
        "summary.propositions.forecast_only",
        "summary.propositions.single_origin",
        "summary.propositions.agreed",
        "summary.propositions.denied",
        "summary.propositions.disputed",
        "summary.capacity_offline",
        "main_point.proposition",
        "main_point.topic",
        "main_point.dispute",
        "main_point.origins_for",
        "main_point.origins_against",
        "note",
    ]


def test_an_empty_stream_is_whole(api):
    Ledger.objects.update(n=0)
    assert text_of(api.raw("facilities/?format=ndjson")) == ""
    assert json.loads(text_of(api.raw("facilities/?format=geojson"))) == {
        "type": "FeatureCollection",
        "features": [],
    }


@pytest.mark.parametrize("word", ["ndjson", "csv"])
def test_filters_and_orderings_hold_in_a_stream(api, word):
    for query in ("&stance=denies", "&ordering=id", "&ordering=-said", "&strike=2024-03-12-norsi"):
        want = [row["id"] for row in api.every(f"claims/?page_size=500{query}")]
        assert [row["id"] for row in streamed_objects(api, "claims", word, query)] == want != []
    problem = problem_of(api.raw(f"claims/?format={word}&ordering=colour"), 400)
    assert problem["errors"][0]["parameter"] == "ordering"
    problem_of(api.raw(f"claims/?format={word}&actor=nobody-we-know"), 400)


FORMULAS = [
    "=1+1",
    "+7",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    '=HYPERLINK("http://example.org","x")',
    "＝1",
    "-",
    'with "quotes", commas\nand lines',
    "Кстово — АВТ-6",
    "' quoted",
    " =later",
    "a\r\nb",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_is_never_a_formula_and_loses_nothing(api, text):
    on_record(FacilityFactory(public_id="zz-crafted", name=text, town=text))
    row = streamed_objects(api, "facilities", "csv", "&ordering=-id")[0]
    assert row["id"] == "zz-crafted"
    assert row["name"] in (text, "'" + text)
    assert row["name"][0] not in "=+-@\t\r＝"
    assert row["name"].removeprefix("'") == text.removeprefix("'")
    assert row["town"] == row["display"] == row["name"]


def test_a_negative_number_stays_a_number(api):
    on_record(FacilityFactory(public_id="zz-west", latitude="-12.5", longitude="-70.25"))
    row = streamed_objects(api, "facilities", "csv", "&ordering=-id")[0]
    assert (row["latitude"], row["longitude"]) == ("-12.5", "-70.25")


def test_fields_picks_columns_in_their_order(api):
    text = text_of(api.raw("claims/?format=csv&fields=stance,id,proposition.display"))
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == ["stance", "id", "proposition.display"]
    assert rows == [
        [row["stance"], row["id"], row["proposition"]["display"]]
        for row in api.every("claims/?page_size=500")
    ]
    assert text == text_of(api.raw("claims/?format=csv&fields=stance&fields=id,proposition.display"))


@pytest.mark.parametrize(
    ("fields", "code", "near"),
    [
        ("fields=stanc", "invalid_choice", "stance"),
        ("fields=report.idd", "invalid_choice", "report.id"),
        ("fields=", "empty", ""),
        ("fields=id,,stance", "empty", ""),
        ("fields=id,id", "repeated", "id"),
        ("fields=id&fields=id", "repeated", "id"),
        ("fields=%00", "invalid_choice", ""),
        ("fields=report", "invalid_choice", ""),
        ("fields=" + "x" * 5000, "invalid_choice", ""),
    ],
)
def test_a_column_that_is_not_there_is_refused(api, fields, code, near):
    (error,) = problem_of(api.raw(f"claims/?format=csv&{fields}"), 400)["errors"]
    assert (error["parameter"], error["code"]) == ("fields", code)
    assert near in error["detail"]
    assert len(error["detail"]) < 300


def test_places_are_points_or_null(api):
    norsi = Facility.objects.get(public_id="norsi")
    on_record(StrikeFactory(public_id="2024-03-12-nowhere", facility=None, target_described_as="a depot"))
    for collection in PLACED:
        collected = json.loads(text_of(api.raw(f"{collection}/?format=geojson")))
        assert collected["type"] == "FeatureCollection"
        for feature in collected["features"]:
            assert (feature["type"], feature["id"]) == ("Feature", feature["properties"]["id"])
    points = {
        feature["id"]: feature["geometry"]
        for feature in json.loads(text_of(api.raw("strikes/?format=geojson")))["features"]
    }
    where = {"type": "Point", "coordinates": [float(norsi.longitude), float(norsi.latitude)]}
    assert points["2024-03-12-norsi"] == where
    assert points["2024-03-12-nowhere"] is None
    for address in ("facilities/norsi/", "units/norsi-avt-6/", "strikes/2024-03-12-norsi/"):
        response = api.raw(f"{address}?format=geojson")
        assert response["Content-Type"] == "application/geo+json"
        assert response.json() == {
            "type": "Feature",
            "id": address.split("/")[1],
            "geometry": where,
            "properties": api(address),
        }


# Which format --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("collection", "word"), one_in(5, STREAMS))
def test_format_and_accept_mean_the_same_and_format_is_stronger(api, collection, word):
    named = api.raw(f"{collection}/?format={word}")
    accepted = get_with_headers(api, f"{collection}/", accept=TYPES[word])
    assert named["Content-Type"].split(";")[0] == accepted["Content-Type"].split(";")[0] == TYPES[word]
    assert text_of(named) == text_of(accepted)
    for accept in ("application/json", "image/png"):
        stronger = get_with_headers(api, f"{collection}/?format={word}", accept=accept)
        assert stronger["Content-Type"].startswith(TYPES[word])
    weaker = get_with_headers(api, f"{collection}/?format=json", accept=TYPES[word]).json()
    assert weaker["results"] == api(f"{collection}/")["results"]
    assert "Accept" in named["Vary"]


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/json"),
        ("", "application/json"),
        ("application/*", "application/json"),
        ("text/*", "text/csv"),
        ("application/json; charset=utf-8", "application/json"),
        ("Application/JSON;charset=UTF-8", "application/json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "application/json"),
        ("text/csv;q=0.5, application/json", "application/json"),
        ("application/json;q=0.5, text/csv", "text/csv"),
        ("image/png, application/x-ndjson;q=0.1", "application/x-ndjson"),
    ],
)
def test_accept_is_weighed(api, accept, media_type):
    assert get_with_headers(api, "claims/", accept=accept)["Content-Type"].split(";")[0] == media_type


def test_without_accept_it_is_json(api):
    assert api.raw("claims/")["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "accept",
    [
        "image/png",
        "text/html",
        "application/geo+json",
        "nonsense",
        ";;;",
        "a/b; c*=x'y'z",
        "text/csv;q=0",
        "*/*;q=0",
        "é",
        "x" * 5000,
        "text/" + ";a=b" * 500,
    ],
)
def test_a_type_we_do_not_have_is_not_acceptable(api, accept):
    problem = problem_of(get_with_headers(api, "claims/", accept=accept), 406)
    assert (problem["code"], problem["errors"]) == ("not_acceptable", [])
    assert "application/json, application/x-ndjson, text/csv" in problem["detail"]


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_an_unknown_format_is_refused_with_those_there_are(api, collection):
    for word in ("xml", "JSON", "", "%00", "%ED%A0%80", "٣", "1e400", "x" * 5000, "api", "json,csv"):
        for address in (f"{collection}/", f"{collection}/nobody/"):
            (error,) = problem_of(api.raw(f"{address}?format={word}"), 400)["errors"]
            assert error["parameter"] == "format"
            assert "json" in error["detail"]


def test_one_format_is_asked_for_at_a_time(api):
    (error,) = problem_of(api.raw("claims/?format=json&format=csv"), 400)["errors"]
    assert (error["parameter"], error["code"]) == ("format", "repeated")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_one_object_is_json_or_a_place(api, collection):
    results = api(f"{collection}/?format=json")["results"]
    address = results[0]["url"] if results else f"{collection}/nobody/"
    if results:
        assert api(f"{address}?format=json") == api(address)
    allowed = {"json", *(["geojson"] if collection in PLACED else [])}
    for word in TYPES.keys() - allowed:
        assert problem_of(api.raw(f"{address}?format={word}"), 400)["errors"][0]["parameter"] == "format"
        problem_of(api.client.get(api.raw(address).wsgi_request.path, headers={"accept": TYPES[word]}), 406)


@pytest.mark.parametrize("collection", sorted(set(STORED) - set(PLACED)))
def test_there_are_no_places_elsewhere(api, collection):
    assert problem_of(api.raw(f"{collection}/?format=geojson"), 400)["errors"][0]["parameter"] == "format"


@pytest.mark.parametrize("address", ["", "vocabularies/", "vocabularies/stance/"])
def test_the_root_and_the_codebook_are_json(api, address):
    assert api(f"{address}?format=json") == api(address)
    problem_of(api.raw(f"{address}?format=csv"), 400)
    problem_of(get_with_headers(api, address, accept="text/csv"), 406)


@pytest.mark.parametrize("word", ["ndjson", "csv", "geojson"])
def test_a_stream_has_no_pages(api, word):
    cursor = api("facilities/?page_size=1")["next"].split("cursor=")[1]
    for name, value in (("page_size", "5"), ("cursor", cursor)):
        for response in (
            api.raw(f"facilities/?format={word}&{name}={value}"),
            get_with_headers(api, f"facilities/?{name}={value}", accept=TYPES[word]),
        ):
            assert problem_of(response, 400)["errors"][0]["parameter"] == name


def test_a_problem_is_json_whatever_was_asked_for(api):
    for word in ("ndjson", "csv"):
        problem_of(api.raw(f"claims/?format={word}&facilty=norsi"), 400)
    problem_of(api.raw("facilities/nowhere/?format=geojson"), 404)
