"""The same record in every format: pages of JSON, and the whole of a list as NDJSON, CSV and GeoJSON."""

import csv
import gc
import io
import json
import tracemalloc

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from record import doors
from record.api import formats, pages
from record.choices import WithdrawalReason
from record.models import Ledger, Revision
from strikes.models import Claim, Facility
from tests.factories import ClaimFactory, FacilityFactory, StrikeFactory
from tests.recording import on_record
from tests.starter.test_reading import COLLECTIONS, STORED, problem_of
from tests.sweeps import few_or_many, one_in

PLACED = ["facilities", "units", "strikes"]
STREAMS = [(name, word) for name in STORED for word in ("ndjson", "csv")] + [(n, "geojson") for n in PLACED]
TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv",
    "geojson": "application/geo+json",
}


def body(response):
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def objects(api, collection, word, query=""):
    """The objects of a stream, however they are written; for CSV, its rows."""
    text = body(api.raw(f"{collection}/?format={word}{query}"))
    if word == "ndjson":
        return [json.loads(line) for line in text.splitlines()]
    if word == "csv":
        return list(csv.DictReader(io.StringIO(text, newline="")))
    return [one["properties"] for one in json.loads(text)["features"]]


def with_header(api, address, **headers):
    return api.client.get(f"/api/v1/{address}", headers=headers)


# What is in a stream -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("collection", "word"), one_in(3, (s for s in STREAMS if s[1] != "csv")))
def test_a_stream_has_the_objects_of_the_pages_in_their_order(api, monkeypatch, collection, word):
    monkeypatch.setattr(pages, "CHUNK", 7)
    assert objects(api, collection, word) == api.every(f"{collection}/?page_size=500")


def said(value):
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
    frozenset({"kind", "dated", "successor", "note"}): ["kind", "successor"],
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
    ): [
        "metric",
        "unit_of_measure",
        "denominator",
        "basis",
    ],
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
        found = {}
        for name, inner in value.items():
            if not (path and name == "url"):
                found |= flat(inner, (*path, name))
        return found
    return {".".join(path): said(value)}


@pytest.mark.parametrize("collection", one_in(3, STORED))
def test_a_csv_row_is_the_json_object_made_flat(api, monkeypatch, collection):
    monkeypatch.setattr(pages, "CHUNK", 7)
    rows, found = objects(api, collection, "csv"), api.every(f"{collection}/?page_size=500")
    assert len(rows) == len(found)
    for row, one in zip(rows, found, strict=True):
        # An object that is null has its columns all the same; they are empty.
        want = {name: text for name, text in flat(one).items() if text}
        assert {name: text for name, text in row.items() if text} == want


@pytest.mark.parametrize("collection", one_in(5, STORED))
def test_the_columns_are_the_same_without_a_row(api, collection):
    full = body(api.raw(f"{collection}/?format=csv")).split("\r\n")[0]
    Ledger.objects.update(n=0)
    assert body(api.raw(f"{collection}/?format=csv")) == full + "\r\n"
    assert len(set(full.split(","))) == len(full.split(",")) > 5


def test_the_columns_of_strikes(api):
    """Written out once, so that a change of them is seen: people's scripts depend on these names."""
    assert body(api.raw("strikes/?format=csv")).split("\r\n")[0].split(",") == [
        "id", "url", "display", "recorded_at", "revision", "kind", "title",
        "facility.id", "facility.display", "facility.kind", "facility.town", "target_described_as",
        "wave.id", "wave.display", "wave.kind", "wave.local_date", "regions", "methods", "location_precision",
        "when.earliest", "when.latest", "when.precision", "when.timezone", "when.local_date", "when.as_stated",
        "summary.claims", "summary.documents", "summary.origins", "summary.propositions.unreported",
        "summary.propositions.single_origin", "summary.propositions.agreed", "summary.propositions.denied",
        "summary.propositions.disputed", "summary.capacity_offline", "note",
    ]  # fmt: skip


def test_an_empty_stream_is_whole(api):
    Ledger.objects.update(n=0)
    assert body(api.raw("facilities/?format=ndjson")) == ""
    assert json.loads(body(api.raw("facilities/?format=geojson"))) == {
        "type": "FeatureCollection",
        "features": [],
    }


@pytest.mark.parametrize("word", ["ndjson", "csv"])
def test_filters_and_orderings_hold_in_a_stream(api, word):
    for query in ("&stance=denies", "&ordering=id", "&ordering=-said_at", "&strike=2024-03-12-norsi"):
        want = [row["id"] for row in api.every(f"claims/?page_size=500{query}")]
        assert [row["id"] for row in objects(api, "claims", word, query)] == want != []
    problem = problem_of(api.raw(f"claims/?format={word}&ordering=colour"), 400)
    assert problem["errors"][0]["parameter"] == "ordering"
    problem_of(api.raw(f"claims/?format={word}&actor=nobody-we-know"), 400)


FORMULAS = [
    "=1+1", "+7", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("http://example.org","x")', "＝1", "-",
    'with "quotes", commas\nand lines', "Кстово — АВТ-6", "' quoted", " =later", "a\r\nb",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_is_never_a_formula_and_loses_nothing(api, text):
    on_record(FacilityFactory(public_id="zz-crafted", name=text, town=text))
    row = objects(api, "facilities", "csv", "&ordering=-id")[0]
    assert row["id"] == "zz-crafted"
    assert row["name"] in (text, "'" + text)
    assert row["name"][0] not in "=+-@\t\r＝"
    assert row["name"].removeprefix("'") == text.removeprefix("'")
    assert row["town"] == row["display"] == row["name"]


def test_a_negative_number_stays_a_number(api):
    on_record(FacilityFactory(public_id="zz-west", latitude="-12.5", longitude="-70.25"))
    row = objects(api, "facilities", "csv", "&ordering=-id")[0]
    assert (row["latitude"], row["longitude"]) == ("-12.5", "-70.25")


def test_fields_picks_columns_in_their_order(api):
    text = body(api.raw("claims/?format=csv&fields=stance,id,proposition.display"))
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    assert header == ["stance", "id", "proposition.display"]
    assert rows == [
        [row["stance"], row["id"], row["proposition"]["display"]]
        for row in api.every("claims/?page_size=500")
    ]
    assert text == body(api.raw("claims/?format=csv&fields=stance&fields=id,proposition.display"))


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


@pytest.mark.parametrize("word", ["json", "ndjson"])
def test_fields_belong_to_csv(api, word):
    (error,) = problem_of(api.raw(f"claims/?format={word}&fields=id"), 400)["errors"]
    assert error["parameter"] == "fields"


def test_places_are_points_or_null(api):
    norsi = Facility.objects.get(public_id="norsi")
    on_record(StrikeFactory(public_id="2024-03-12-nowhere", facility=None, target_described_as="a depot"))
    for collection in PLACED:
        collected = json.loads(body(api.raw(f"{collection}/?format=geojson")))
        assert collected["type"] == "FeatureCollection"
        for one in collected["features"]:
            assert (one["type"], one["id"]) == ("Feature", one["properties"]["id"])
    points = {
        one["id"]: one["geometry"] for one in json.loads(body(api.raw("strikes/?format=geojson")))["features"]
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
    accepted = with_header(api, f"{collection}/", accept=TYPES[word])
    assert named["Content-Type"].split(";")[0] == accepted["Content-Type"].split(";")[0] == TYPES[word]
    assert body(named) == body(accepted)
    for accept in ("application/json", "image/png"):
        stronger = with_header(api, f"{collection}/?format={word}", accept=accept)
        assert stronger["Content-Type"].startswith(TYPES[word])
    weaker = with_header(api, f"{collection}/?format=json", accept=TYPES[word]).json()
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
    assert with_header(api, "claims/", accept=accept)["Content-Type"].split(";")[0] == media_type


def test_without_accept_it_is_json(api):
    assert api.raw("claims/")["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "accept",
    ["image/png", "text/html", "application/geo+json", "nonsense", ";;;", "a/b; c*=x'y'z", "text/csv;q=0",
     "*/*;q=0", "é", "x" * 5000, "text/" + ";a=b" * 500],
)  # fmt: skip
def test_a_type_we_do_not_have_is_not_acceptable(api, accept):
    problem = problem_of(with_header(api, "claims/", accept=accept), 406)
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
    one = api(f"{collection}/?format=json")["results"]
    address = one[0]["url"] if one else f"{collection}/nobody/"
    if one:
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
    problem_of(with_header(api, address, accept="text/csv"), 406)


@pytest.mark.parametrize("word", ["ndjson", "csv", "geojson"])
def test_a_stream_has_no_pages(api, word):
    cursor = api("facilities/?page_size=1")["next"].split("cursor=")[1]
    for name, value in (("page_size", "5"), ("cursor", cursor)):
        for response in (
            api.raw(f"facilities/?format={word}&{name}={value}"),
            with_header(api, f"facilities/?{name}={value}", accept=TYPES[word]),
        ):
            assert problem_of(response, 400)["errors"][0]["parameter"] == name


def test_a_problem_is_json_whatever_was_asked_for(api):
    for word in ("ndjson", "csv"):
        problem_of(api.raw(f"claims/?format={word}&facilty=norsi"), 400)
    problem_of(api.raw("facilities/nowhere/?format=geojson"), 404)


# Headers -------------------------------------------------------------------------------------------------


def links(response):
    return {
        part.split('rel="')[1].rstrip('"'): part.split(">")[0].lstrip("<")
        for part in response["Link"].split(", ")
    }


@pytest.mark.parametrize("collection", STORED)
def test_every_answer_says_what_it_is_and_on_what_terms(api, collection):
    head = Revision.objects.latest("n")
    moment = head.at.isoformat().replace("+00:00", "Z")
    results = api(f"{collection}/")["results"]
    answers = [api.raw(f"{collection}/?format={word}") for name, word in STREAMS if name == collection]
    for response in [*answers, api.raw(f"{collection}/"), *(api.raw(one["url"]) for one in results[:1])]:
        assert response["X-Record-Revision"] == str(head.n)
        assert response["X-Generated-At"] == moment
        assert response["X-Licence"] == "CC-BY-4.0"
        assert "GeoNames" in response["X-Attribution"]
        assert links(response)["license"] == "https://creativecommons.org/licenses/by/4.0/"
        assert links(response)["describedby"] == "http://testserver/api/v1/schema/"
    for response, (_, word) in zip(answers, [s for s in STREAMS if s[0] == collection], strict=True):
        assert response["Content-Disposition"] == f'attachment; filename="{collection}-r{head.n}.{word}"'
        assert response["X-Total-Count"] == str(api(f"{collection}/")["count"])


def test_an_empty_record_has_no_moment(api):
    Ledger.objects.all().delete()
    response = api.raw("claims/")
    assert response["X-Record-Revision"] == "0"
    assert "X-Generated-At" not in response
    assert "X-Record-Revision" not in api.raw("vocabularies/")
    assert links(api.raw("")).keys() == {"license", "describedby"}


def test_the_link_header_leads_through_the_pages(api):
    response, seen = api.raw("claims/?page_size=30"), []
    while True:
        page = response.json()
        seen += page["results"]
        assert (links(response).get("next"), links(response).get("prev")) == (page["next"], page["previous"])
        if "next" not in links(response):
            break
        response = api.raw(links(response)["next"])
    assert [row["id"] for row in seen] == [row["id"] for row in api.every("claims/?page_size=500")]
    assert links(api.raw("claims/?format=csv")).keys() == {"license", "describedby"}


@pytest.mark.parametrize(
    "address",
    ["", "claims/", "claims/?page_size=3", "claims/?format=csv", "facilities/?format=geojson",
     "facilities/norsi/", "vocabularies/"],
)  # fmt: skip
def test_head_is_get_without_the_body(api, address):
    got, head = api.raw(address), api.client.head(f"/api/v1/{address}")
    assert head.status_code == 200
    assert (b"".join(head.streaming_content) if head.streaming else head.content) == b""
    moving = {"Link"}  # cursors are signed with the time
    assert {k: v for k, v in head.items() if k not in moving} == {
        k: v for k, v in got.items() if k not in moving
    }
    assert links(head).keys() == links(got).keys()
    assert head.streaming or int(head["Content-Length"]) == len(got.content)


def test_head_of_a_stream_reads_no_row(api):
    got = api.raw("claims/?format=csv")
    with CaptureQueriesContext(connection) as captured:
        head = api.client.head("/api/v1/claims/?format=csv")
    assert head["X-Total-Count"] == got["X-Total-Count"]
    assert len(captured) == 1  # the head of the ledger


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize(
    "address", ["", "claims/", "claims/nobody/", "vocabularies/", "vocabularies/stance/"]
)
def test_what_cannot_be_done_is_said(api, method, address):
    for path in (address, f"{address}?no=such&format=xml"):
        response = getattr(api.client, method)(f"/api/v1/{path}", headers={"accept": "image/png"})
        problem_of(response, 405)
        assert response["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("address", ["", "claims/", "facilities/norsi/", "vocabularies/", "schema/", "docs/"])
def test_a_body_does_not_belong_to_a_request_to_read(api, address):
    """Somebody who sends filters in it would otherwise get everything."""
    for content_type in ("text/plain", "application/json", "multipart/form-data", "nonsense"):
        for method in ("GET", "HEAD"):
            response = api.client.generic(method, f"/api/v1/{address}", "{", content_type=content_type)
            assert response.status_code == 415
        problem = problem_of(api.client.generic("GET", f"/api/v1/{address}", "{"), 415)
        assert problem["code"] == "unsupported_media_type"
        assert "no body" in problem["detail"]
        problem_of(api.client.post(f"/api/v1/{address}", "{", content_type=content_type), 405)
    in_parts = api.client.get(f"/api/v1/{address}", headers={"Transfer-Encoding": "chunked"})
    problem_of(in_parts, 415)
    empty = api.client.generic("GET", f"/api/v1/{address}", "", content_type="application/json")
    assert empty.status_code == 200


# One revision, one count, a little memory ----------------------------------------------------------------


@pytest.mark.parametrize("word", one_in(2, ["ndjson", "csv"]))
@pytest.mark.parametrize("chunk", few_or_many(60, 10))
def test_a_stream_reads_one_revision_while_others_publish(api, monkeypatch, word, chunk):
    monkeypatch.setattr(pages, "CHUNK", chunk)
    before = [row["id"] for row in api.every("claims/?page_size=500")]
    response = api.raw(f"claims/?format={word}&fields=id" if word == "csv" else f"claims/?format={word}")
    stream = iter(response.streaming_content)
    start = next(stream) + next(stream)
    gone = Claim.objects.get(public_id=before[150])
    on_record(ClaimFactory(proposition=gone.proposition, report=gone.report, actor=gone.actor))
    doors.withdraw(gone, reason=WithdrawalReason.TYPO, along=True)
    lines = (start + b"".join(stream)).decode().splitlines()
    got = lines[1:] if word == "csv" else [json.loads(line)["id"] for line in lines]
    assert got == before
    assert gone.public_id not in [row["id"] for row in objects(api, "claims", word)]


@pytest.mark.parametrize("chunk", few_or_many(60, 10))
def test_half_a_file_never_looks_whole(api, monkeypatch, caplog, chunk):
    monkeypatch.setattr(pages, "CHUNK", chunk)
    monkeypatch.setattr(formats.Ndjson, "line", broken_after(150, formats.Ndjson.line))
    with pytest.raises(ZeroDivisionError):
        body(api.raw("claims/?format=ndjson"))
    assert f"/api/v1/claims/ broke off at revision {Ledger.head().n}" in caplog.text


def broken_after(times, line):
    left = iter(range(times))

    def broken(*args):
        if next(left, None) is None:
            raise ZeroDivisionError
        return line(*args)

    return broken


@pytest.mark.parametrize("chunk", few_or_many(60, 10))
def test_a_file_without_a_row_that_was_counted_is_broken_off(api, monkeypatch, caplog, chunk):
    """A row taken down while others read: the file has fewer rows than it promised."""
    monkeypatch.setattr(pages, "CHUNK", chunk)
    stream = iter(api.raw("claims/?format=csv").streaming_content)
    next(stream)
    last = Claim.objects.get(public_id=api.every("claims/?page_size=500")[-1]["id"])
    Claim.objects.filter(pk=last.pk).update(published_rev=None)
    with pytest.raises(formats.Incomplete):
        list(stream)
    assert "broke off" in caplog.text


@pytest.mark.parametrize(("collection", "word"), one_in(5, STREAMS))
def test_queries_grow_with_chunks_only(api, monkeypatch, collection, word):
    rows = api(f"{collection}/")["count"]

    def queries(size):
        monkeypatch.setattr(pages, "CHUNK", size)
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            body(api.raw(f"{collection}/?format={word}"))
        return len(captured)

    each = queries(rows + 1) - 2  # the head of the ledger, and the count
    size = max(rows // 3, 1)
    assert queries(size) <= 2 + each * -(-rows // size) + 1


def test_a_query_is_counted_once_at_a_revision(api):
    def counts(address):
        with CaptureQueriesContext(connection) as captured:
            count = api(address)["count"]
        return len([query for query in captured if "COUNT(" in query["sql"]]), count

    assert counts("claims/?page_size=5")[0] == 1
    # The same question, however it is shown, is not counted again.
    for same in (
        "claims/?page_size=5",
        "claims/?page_size=7",
        "claims/",
        "claims/?ordering=id",
        "claims/?format=json",
    ):
        assert counts(same)[0] == 0
    with CaptureQueriesContext(connection) as captured:
        body(api.raw("claims/?format=csv&fields=id"))
    assert not [query for query in captured if "COUNT(" in query["sql"]]
    assert counts("claims/?stance=denies")[0] == 1
    first = api("claims/?page_size=5")
    claim = Claim.objects.published().first()
    on_record(ClaimFactory(proposition=claim.proposition, report=claim.report, actor=claim.actor))
    assert counts("claims/") == (1, first["count"] + 1)
    assert counts(first["next"]) == (0, first["count"])
    Ledger.objects.update(takedowns=1)
    assert counts("claims/")[0] == 1
    assert counts(first["next"])[0] == 1


def test_nothing_is_counted_for_a_question_that_is_refused(api):
    cursor = api("claims/?page_size=5")["next"].split("cursor=")[1]
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        problem_of(api.raw(f"claims/?page_size=5&stance=denies&cursor={cursor}"), 400)
        problem_of(api.raw("claims/?format=csv&fields=nothing"), 400)
        problem_of(api.raw("claims/?format=ndjson&ordering=colour"), 400)
    assert not [query for query in captured if "COUNT(" in query["sql"]]


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(("word", "chunk", "few"), [("ndjson", pages.CHUNK, 1_000), ("csv", 50, 200)])
def test_ten_times_the_rows_take_no_more_memory(api, monkeypatch, word, chunk, few):
    monkeypatch.setattr(pages, "CHUNK", chunk)
    like = Claim.objects.published().select_related("report").first()
    body(api.raw(f"claims/?format={word}"))  # what is made once is made

    def peak(rows):
        missing = rows - Claim.objects.published().count()
        Claim.objects.bulk_create(
            [
                ClaimFactory.build(
                    report=like.report, actor=like.actor, proposition=like.proposition,
                    sort_at=like.sort_at, known_at=like.known_at, published_rev=like.published_rev,
                )
                for _ in range(missing)
            ],
            batch_size=500,
        )  # fmt: skip
        cache.clear()
        tracemalloc.start()
        try:
            lines = 0
            for piece in api.raw(f"claims/?format={word}").streaming_content:
                lines += piece.count(b"\n")
                gc.collect()  # rows and what they point at are cycles: how long those lie about is not ours
            most = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        assert lines >= rows
        return most

    peak_of_few, peak_of_many = peak(few), peak(10 * few)
    assert peak_of_many < 2 * peak_of_few, (peak_of_few, peak_of_many)
