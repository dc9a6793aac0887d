"""The ledger over REST: the feed by which a copy is kept equal, and the public list of corrections."""

import csv
import io
import json
from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.urls import router
from record.choices import WithdrawalReason
from record.models import Change, Ledger, bookkeeping_of, collections
from record.publishing import amend, correct, merge, publish, revise, takedown, unmerge, withdraw
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    DamageEstimateFactory,
    FacilityFactory,
    PartyFactory,
    ReportFactory,
    WaveFactory,
)
from tests.on_record import fresh, on_record
from tests.starter.test_reading import problem_of

pytestmark = pytest.mark.django_db
TYPO, OUT, LEGAL = WithdrawalReason.TYPO, WithdrawalReason.OUT_OF_SCOPE, WithdrawalReason.LEGAL
FIELDS = ["revision", "at", "action", "collection", "id", "reason", "replaced_by"]


@pytest.fixture
def story() -> dict[str, Any]:
    """A revision of every kind."""
    claim: Any = on_record(DamageEstimateFactory().claim)
    draft = revise(claim, statement="Said more exactly.")
    correct(draft, reason=TYPO, note="A slip of ours.")
    wave = on_record(WaveFactory())
    amend(claim.proposition.strike, {"wave": wave, "note": "Part of a wave."}, note="Found out later.")
    actor, other = on_record(ActorFactory()), on_record(ActorFactory())
    merge(actor, other, note="One and the same.")
    unmerge(actor, note="Two after all.")
    withdraw(other, reason=OUT, note="Not a speaker.")
    return {
        "claim": claim,
        "draft": draft,
        "strike": claim.proposition.strike,
        "wave": wave,
        "actor": actor,
        "other": other,
    }


# --- changes/ --------------------------------------------------------------------------------------------


def test_the_feed_has_every_line_of_the_ledger_in_order(api, story):
    lines = api.every("changes/?page_size=3")
    assert [list(line) for line in lines] == [FIELDS] * Change.objects.count()
    in_the_ledger = Change.objects.order_by("revision", "position").values_list(
        "revision", "action", "object_id"
    )
    assert [(line["revision"], line["action"], line["id"]) for line in lines] == list(in_the_ledger)
    assert sorted({line["revision"] for line in lines}) == list(range(1, Ledger.head().n + 1))
    assert lines == sorted(lines, key=lambda line: line["revision"])


def test_the_position_counts_the_lines_of_a_revision(story):
    for n in range(1, Ledger.head().n + 1):
        positions = list(Change.objects.filter(revision=n).values_list("position", flat=True))
        assert positions == list(range(len(positions)))


def test_a_line_says_what_was_done_to_what(api, story):
    lines = {(line["action"], line["id"]): line for line in api.every("changes/")}
    gone = lines["withdraw", story["claim"].public_id]
    assert (gone["reason"], gone["replaced_by"]) == ("typo", story["draft"].public_id)
    assert lines["merge", story["actor"].public_id]["replaced_by"] == story["other"].public_id
    assert lines["unmerge", story["actor"].public_id]["replaced_by"] is None
    assert lines["amend", story["strike"].public_id]["collection"] == "strikes"


def test_since_goes_on_where_the_last_page_ended(api, story):
    everything = api.every("changes/?since=0")
    for n in range(Ledger.head().n + 1):
        assert api.every(f"changes/?since={n}&page_size=2") == [
            line for line in everything if line["revision"] > n
        ]
    head = Ledger.head().n
    response = api.raw(f"changes/?since={head}")
    assert (response.json()["results"], response["X-Record-Revision"]) == ([], str(head))
    publish(ActorFactory())
    assert [line["revision"] for line in api(f"changes/?since={head}")["results"]] == [head + 1]


def test_a_walk_ends_at_the_revision_it_began_with(api, story):
    head = Ledger.head().n
    page = api("changes/?page_size=2")
    publish(ActorFactory())
    lines = page["results"]
    while page["next"]:
        response = api.raw(page["next"])
        page = response.json()
        lines += page["results"]
        assert response["X-Record-Revision"] == str(head)
    assert lines[-1]["revision"] == head


def test_pages_lead_both_ways(api, story):
    first = api("changes/?page_size=4")
    second = api(first["next"])
    assert api(second["previous"])["results"] == first["results"]
    assert 'rel="next"' in api.raw("changes/?page_size=4")["Link"]


def test_the_feed_streams(api, story):
    lines = api.every("changes/")
    text = b"".join(api.raw("changes/?format=ndjson").streaming_content).decode()
    assert [json.loads(line) for line in text.splitlines()] == lines
    table = b"".join(api.raw("changes/?format=csv&since=2&fields=id,action").streaming_content).decode()
    rows = list(csv.reader(io.StringIO(table)))
    assert rows == [
        ["id", "action"],
        *([line["id"], line["action"]] for line in lines if line["revision"] > 2),
    ]
    assert api.raw("changes/?format=csv")["Content-Disposition"].startswith('attachment; filename="changes-r')


def test_a_poll_takes_one_query_beside_the_head(api, story):
    def queries(address: str) -> int:
        for cache in caches.all():
            cache.clear()
        with CaptureQueriesContext(connection) as captured:
            api(address)
        return len(captured)

    assert queries(f"changes/?since={Ledger.head().n}") == 2
    assert queries("changes/") == 2
    page = api("changes/?page_size=2")
    assert queries(page["next"]) == 2  # the count is carried along
    assert queries("changes/?page_size=2") == 3
    assert queries("corrections/") == 2


@pytest.mark.parametrize("since", ["-1", "x", "1.5", "99", "", "1,2", "1&since=2", "%00", "9" * 30, "٣"])
def test_since_is_a_revision_that_there_is(api, since):
    publish(ActorFactory())
    problem = problem_of(api.raw(f"changes/?since={since}"), 400)
    assert [error["parameter"] for error in problem["errors"]] == ["since"]


@pytest.mark.parametrize("query", ["ordering=id", "q=x", "facets=action", "collection=claims", "sinc=1"])
def test_the_feed_takes_nothing_else(api, query):
    problem = problem_of(api.raw(f"changes/?{query}"), 400)
    assert problem["errors"][0]["code"] == "unknown_parameter"


@pytest.mark.parametrize("feed", ["changes", "corrections"])
def test_an_empty_ledger_is_an_empty_page(api, feed):
    assert api(f"{feed}/") == {"count": 0, "next": None, "previous": None, "results": []}


@pytest.mark.parametrize("feed", ["changes", "corrections"])
def test_a_feed_is_read_and_not_written(api, feed):
    assert api.client.post(f"/api/v1/{feed}/").status_code == 405
    assert api.client.head(f"/api/v1/{feed}/").status_code == 200
    assert api.raw(f"{feed}/1/").status_code == 404
    assert api.raw(f"{feed}/")["Cache-Control"] == "no-cache"


def test_drafts_are_in_no_feed(api):
    publish(ActorFactory())
    before = [api("changes/"), api("corrections/")]
    revise(on_record(ReportFactory()), title="A draft of a correction")
    ClaimFactory()
    text = json.dumps([api("changes/?since=1"), api("corrections/")])
    assert "draft" not in text
    assert before[1] == api("corrections/")


def sources_of(serializer: Any) -> set[str]:
    """The columns that a serializer shows."""
    columns: set[str] = set()
    for name, field in serializer.fields.items():
        columns |= {
            name,
            field.source.split(".")[0],
            *(f"{getattr(field, 'prefix', '')}{c}" for c in getattr(field, "columns", ())),
        }
    return columns


@pytest.mark.parametrize("collection", list(collections()))
def test_whatever_can_be_amended_is_public_so_that_its_old_value_may_be(collection):
    model = collections()[collection]
    view: Any = next(view for name, view, _ in router.registry if name == collection)
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    amendable = {field.name for field in fields if not field.generated} - model.frozen - bookkeeping_of(model)
    assert amendable - sources_of(view.serializer_class()) == set()


# --- corrections/ ----------------------------------------------------------------------------------------


def test_corrections_say_what_was_corrected_and_why_newest_first(api, story):
    lines = api.every("corrections/?page_size=2")
    assert [line["action"] for line in lines] == [
        "withdraw",
        "unmerge",
        "merge",
        "amend",
        "withdraw",
        "withdraw",
    ]
    assert [line["note"] for line in lines[:4]] == [
        "Not a speaker.",
        "Two after all.",
        "One and the same.",
        "Found out later.",
    ]
    revisions = [line["revision"] for line in lines]
    assert revisions == sorted(revisions, reverse=True)
    amended = lines[3]
    assert list(amended) == [*FIELDS[:6], "replaced_by", "url", "note", "values"]
    assert amended["url"] == f"http://testserver/api/v1/strikes/{story['strike'].public_id}/"
    assert amended["values"] == [
        {"field": "note", "old": None, "new": "Part of a wave."},
        {"field": "wave", "old": None, "new": story["wave"].public_id},
    ]
    assert api.raw(lines[0]["url"]).status_code == 410


def test_corrections_are_filtered(api, story):
    def actions(query: str) -> list[str]:
        return [line["action"] for line in api.every(f"corrections/?{query}")]

    assert actions("collection=strikes") == ["amend"]
    assert actions("collection=strikes,actors&action=amend,merge") == ["merge", "amend"]
    assert actions("reason=typo") == ["withdraw", "withdraw"]
    assert actions("reason=typo&collection=claims") == ["withdraw"]
    assert actions("action=publish") == []
    assert actions(f"since={Ledger.head().n - 1}") == ["withdraw"]
    lines = api.every("corrections/")
    assert actions(f"after={lines[2]['at']}") == [line["action"] for line in lines[:3]]
    assert actions(f"before={lines[2]['at']}") == [line["action"] for line in lines[3:]]
    today = lines[0]["at"][:10]
    assert actions(f"after={today}") == [line["action"] for line in lines if line["at"][:10] == today]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("collection=claim", "invalid_choice"),
        ("action=correct", "invalid_choice"),
        ("reason=error", "invalid_choice"),
        ("after=yesterday", "invalid"),
        ("before=2024-13-01", "invalid"),
        ("since=99", "invalid"),
        ("ordering=id", "unknown_parameter"),
        ("collection=", "empty"),
    ],
)
def test_corrections_are_strict(api, query, code):
    problem = problem_of(api.raw(f"corrections/?{query}"), 400)
    assert [(error["parameter"], error["code"]) for error in problem["errors"]] == [
        (query.split("=")[0], code)
    ]


def test_corrections_as_a_table_name_the_fields(api, story):
    text = b"".join(api.raw("corrections/?format=csv&action=amend").streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["values"], row["note"]) == ("note | wave", "Found out later.")


def test_parts_and_exact_values_are_told_in_words(api):
    facility = on_record(FacilityFactory())
    amend(
        facility,
        {"latitude": "56.123", "longitude": "44.2"},
        add=[PartyFactory.build(facility=facility, actor=on_record(ActorFactory(name="Lukoil")))],
    )
    (line,) = api("corrections/")["results"]
    assert line["values"] == [
        {"field": "latitude", "old": None, "new": "56.123"},
        {"field": "longitude", "old": None, "new": "44.2"},
        {"field": "parts", "old": [], "new": ["operator: Lukoil"]},
    ]


def test_of_what_was_taken_down_only_its_name_and_the_reason_remain(api):
    claim = on_record(ClaimFactory())
    amend(claim, {"note": "A secret."}, note="A secret of ours.")
    correct(revise(fresh(claim), statement="A secret, too."), reason=TYPO, note="Secret.")
    takedown(fresh(claim), reason=LEGAL, note="A secret order.")
    for feed in ("changes", "corrections"):
        assert "ecret" not in json.dumps(api(f"{feed}/"))
    (withdrawn, *_), ids = api("corrections/?reason=legal")["results"], {claim.public_id}
    assert {key: withdrawn[key] for key in ("reason", "note", "values", "replaced_by")} == {
        "reason": "legal",
        "note": None,
        "values": [],
        "replaced_by": None,
    }
    assert ids <= {line["id"] for line in api("changes/")["results"]}
    assert {line["replaced_by"] for line in api("changes/")["results"]} == {None}
