"""What a stream says in its headers, and that it is of one revision, one count and a little memory."""

import gc
import json
import tracemalloc

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api import formats, pagination
from record import publishing
from record.choices import WithdrawalReason
from record.models import Ledger, Revision
from strikes.disputes.rewriting import rewrite_propositions
from strikes.models import Claim
from tests.factories import ClaimFactory
from tests.on_record import on_record
from tests.starter.streams import STREAMS, streamed_objects, text_of
from tests.starter.test_reading import STORED, problem_of
from tests.sweeps import few_or_many, one_in

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
    for response in [
        *answers,
        api.raw(f"{collection}/"),
        *(api.raw(result["url"]) for result in results[:1]),
    ]:
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
    [
        "",
        "claims/",
        "claims/?page_size=3",
        "claims/?format=csv",
        "facilities/?format=geojson",
        "facilities/norsi/",
        "vocabularies/",
    ],
)
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
    monkeypatch.setattr(pagination, "CHUNK", chunk)
    before = [row["id"] for row in api.every("claims/?page_size=500")]
    response = api.raw(f"claims/?format={word}&fields=id" if word == "csv" else f"claims/?format={word}")
    stream = iter(response.streaming_content)
    start = next(stream) + next(stream)
    gone = Claim.objects.get(public_id=before[150])
    on_record(ClaimFactory(proposition=gone.proposition, report=gone.report, actor=gone.actor))
    publishing.withdraw(gone, reason=WithdrawalReason.TYPO, along=True)
    lines = (start + b"".join(stream)).decode().splitlines()
    got = lines[1:] if word == "csv" else [json.loads(line)["id"] for line in lines]
    assert got == before
    assert gone.public_id not in [row["id"] for row in streamed_objects(api, "claims", word)]


@pytest.mark.parametrize("chunk", few_or_many(60, 10))
def test_half_a_file_never_looks_whole(api, monkeypatch, caplog, chunk):
    monkeypatch.setattr(pagination, "CHUNK", chunk)
    monkeypatch.setattr(formats.Ndjson, "line", broken_after(150, formats.Ndjson.line))
    with pytest.raises(ZeroDivisionError):
        text_of(api.raw("claims/?format=ndjson"))
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
    monkeypatch.setattr(pagination, "CHUNK", chunk)
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
        monkeypatch.setattr(pagination, "CHUNK", size)
        cache.clear()
        with CaptureQueriesContext(connection) as captured:
            text_of(api.raw(f"{collection}/?format={word}"))
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
        text_of(api.raw("claims/?format=csv&fields=id"))
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
@pytest.mark.parametrize(("word", "chunk", "few"), [("ndjson", pagination.CHUNK, 1_000), ("csv", 50, 200)])
def test_ten_times_the_rows_take_no_more_memory(api, monkeypatch, word, chunk, few):
    monkeypatch.setattr(pagination, "CHUNK", chunk)
    like = Claim.objects.published().select_related("report").first()
    text_of(api.raw(f"claims/?format={word}"))  # what is made once is made

    def peak(rows):
        missing = rows - Claim.objects.published().count()
        Claim.objects.bulk_create(
            [
                ClaimFactory.build(
                    report=like.report,
                    actor=like.actor,
                    proposition=like.proposition,
                    sort_at=like.sort_at,
                    when_at=like.when_at,
                    known_at=like.known_at,
                    known_on=like.known_on,
                    published_rev=like.published_rev,
                )
                for _ in range(missing)
            ],
            batch_size=500,
        )
        rewrite_propositions([like.proposition_id], Revision.objects.latest("n"))
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
