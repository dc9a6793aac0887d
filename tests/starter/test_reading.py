"""The reading API, swept over every collection of the router."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from api.filters import SearchFilter
from config.urls import beside, router
from record import publishing
from record.choices import WithdrawalReason
from record.models import Ledger
from strikes.imports.yaml_files import correction_files
from strikes.models import Claim, Facility, Proposition
from tests.client import Api
from tests.factories import ActorFactory, AssessmentFactory, ClaimFactory, FacilityFactory, factories_by_model
from tests.on_record import on_record
from tests.starter_record import FIXTURES
from tests.sweeps import one_in

COLLECTIONS = [name for name, _, _ in router.registry]
STORED = [name for name in COLLECTIONS if name != "vocabularies"]

# The head of the ledger, the count, the page, and one for each to-many relation shown. Of propositions also their
# states, and for the explanation and the rank: who and what is named, merges, and the others about the strike.
QUERIES = {
    "regions": 3,
    "sources": 3,
    "reports": 4,
    "actors": 5,
    "facilities": 8,
    "units": 5,
    "capacities": 3,
    "strikes": 13,
    "propositions": 9,
    "claims": 14,
    "damage-estimates": 3,
    "weapon-counts": 5,
    "evidence": 3,
    "assessments": 3,
}


@pytest.fixture
def assessed(api):
    for proposition in Proposition.objects.published()[:3]:
        on_record(AssessmentFactory(proposition=proposition))


def queries_of(api, address):
    cache.clear()  # where the count is kept
    with CaptureQueriesContext(connection) as captured:
        answer = api(address)
    return len(captured), answer


def test_the_root_lists_every_collection(api):
    root = api("/api/v1/")
    assert list(root) == [*COLLECTIONS, *beside]
    assert all(api(root[collection])["count"] >= 0 for collection in COLLECTIONS)
    assert all(address.endswith(f"/api/v1/{name}/") for name, address in root.items())


def test_every_stored_collection_has_its_number_of_queries():
    assert list(QUERIES) == STORED


@pytest.mark.parametrize("collection", STORED)
def test_a_list_takes_the_same_number_of_queries_for_one_row_and_for_many(api, assessed, collection):
    few, one = queries_of(api, f"{collection}/?page_size=1")
    many, all_of_them = queries_of(api, f"{collection}/?page_size=500")
    assert one["count"] == all_of_them["count"] == len(all_of_them["results"]) > 1
    # A page that links to nothing saves the queries for what would be linked.
    assert few <= many == QUERIES[collection]


@pytest.mark.parametrize("collection", one_in(5, STORED))
def test_every_row_of_a_list_is_the_same_in_its_detail(api, assessed, collection):
    for row in api.every(f"{collection}/?page_size=500")[:40]:
        assert {"id", "url", "display"} <= row.keys()
        assert row["url"] == f"http://testserver/api/v1/{collection}/{row['id']}/"
        assert api(row["url"]) == row


ORDERINGS = [
    (name, f"{sign}{word}")
    for name, view, _ in router.registry
    if name in STORED
    for word in [*getattr(view, "orderings", ()), "id"]
    for sign in ("", "-")
]


def claim_of(row):
    """The claim that a number shows, or the claim itself."""
    return row.get("claim", row)


def when_of(row):
    """When it happened, as a reader of the JSON would put it; of a strike, and of a claim that says so itself."""
    time = row["when"] if "when" in row else claim_of(row)["event_time"]
    return time and (time["earliest"] or time["latest"])


def issued_of(row):
    return row["issued_at"] if "issued_at" in row else claim_of(row)["report"]["issued_at"]


ORDERED_BY = {  # what an ordering goes by, as a reader of the JSON would put it
    "id": lambda row: row["id"],
    "recorded": lambda row: row["recorded_at"],
    "when": when_of,
    "issued": lambda row: issued_of(row)["latest"],
    "position": lambda row: row["position"],
    "said": lambda row: (claim_of(row)["said_at"] or issued_of(claim_of(row)))["latest"],
}


def ids_of(page):
    return [row["id"] for row in page["results"]]


@pytest.mark.parametrize(("collection", "ordering"), one_in(8, ORDERINGS))
def test_every_ordering_is_walked_both_ways_without_a_loss_or_a_repetition(
    api, assessed, collection, ordering
):
    query, word = f"ordering={ordering}", ordering.removeprefix("-")
    if word == "position":
        query += "&report=rep_qqf96g0k1hc0"
    whole = api(f"{collection}/?{query}&page_size=500")
    values = [value for row in whole["results"] if (value := ORDERED_BY[word](row)) is not None]
    assert values == sorted(values, reverse=ordering != word)
    page = api(f"{collection}/?{query}&page_size={max(1, whole['count'] // 6)}")
    forwards = [ids_of(page)]
    while page["next"]:
        page = api(page["next"])
        forwards.append(ids_of(page))
    backwards = [ids_of(page)]
    while page["previous"]:
        page = api(page["previous"])
        backwards.append(ids_of(page))
    assert [one for page in forwards for one in page] == ids_of(whole)
    assert len(set(ids_of(whole))) == whole["count"] > 1
    assert backwards == forwards[::-1]


def test_a_page_belongs_to_the_revision_its_walk_began_with(api):
    first = api("claims/?page_size=30")
    before = [row["id"] for row in api.every("claims/?page_size=500")]
    gone = Claim.objects.get(public_id=before[40])
    on_record(ClaimFactory(proposition=gone.proposition, report=gone.report, actor=gone.actor))
    publishing.withdraw(gone, reason=WithdrawalReason.TYPO, along=True)
    walked = [row["id"] for row in first["results"]]
    page = first
    while page["next"]:
        page = api(page["next"])
        assert page["count"] == first["count"]
        walked += [row["id"] for row in page["results"]]
    assert walked == before
    assert gone.public_id not in [row["id"] for row in api.every("claims/?page_size=500")]


def test_a_cursor_is_bound_to_its_query(api):
    cursor = api("claims/?page_size=5")["next"].split("cursor=")[1]
    problem = api(f"claims/?actor=lukoil&cursor={cursor}", status=400)
    assert problem["errors"][0]["parameter"] == "cursor"


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_answers_are_revalidated(api, collection):
    assert api.raw(f"{collection}/")["Cache-Control"] == "no-cache"
    assert api.raw(f"{collection}/nobody/")["Cache-Control"] == "no-cache"


def test_a_withdrawn_row_says_why_and_by_what_it_was_replaced(api):
    claim = Claim.objects.published()[0]
    draft = publishing.revise(claim, statement="Said more exactly.")
    publishing.correct(draft, reason=WithdrawalReason.TYPO, note="A slip of ours.")
    problem = api(f"claims/{claim.public_id}/", status=410)
    assert (problem["reason"], problem["note"], problem["replaced_by"]) == (
        "typo",
        "A slip of ours.",
        draft.public_id,
    )
    assert api(f"claims/{draft.public_id}/")["supersedes"] == claim.public_id


def test_a_withdrawn_id_in_a_filter_names_its_successor(api):
    actor = Claim.objects.published()[0].actor
    double = on_record(ActorFactory(public_id="a-double", kind=actor.kind))
    publishing.withdraw(double, reason=WithdrawalReason.DUPLICATE, replaced_by=actor)
    problem = api("claims/?actor=a-double", status=400)
    assert problem["errors"][0]["code"] == "withdrawn_id"
    assert actor.public_id in problem["errors"][0]["detail"]


def test_a_merged_row_leads_to_its_survivor_and_its_id_still_finds_everything(api):
    norsi = Facility.objects.get(public_id="norsi")
    double = on_record(FacilityFactory(public_id="norsi-2", kind="refinery"))
    publishing.merge(norsi, double)
    response = api.raw("facilities/norsi/?x=1")
    assert response.status_code == 400  # a parameter we do not know, before anything else
    response = api.raw("facilities/norsi/")
    assert (response.status_code, response["Location"]) == (
        308,
        "http://testserver/api/v1/facilities/norsi-2/",
    )
    by_loser = api("claims/?facility=norsi")["count"]
    assert by_loser == api("claims/?facility=norsi-2")["count"] > 0
    assert "norsi" not in [row["id"] for row in api.every("facilities/")]
    assert Facility.objects.published(norsi.published_rev_id).filter(pk=norsi.pk).exists()


def test_a_report_its_publisher_retracted_flags_its_claims_and_they_stop_counting(api):
    from sources.models import ReportNotice
    from tests.factories import MORNING

    row = next(r for r in api.every("propositions/?dispute=denied") if "full-scale" in r["text"])
    claim = Claim.objects.get(proposition__public_id=row["id"])
    publishing.amend(claim.report, add=[ReportNotice(kind="retraction", dated=MORNING)])
    assert api(f"propositions/{row['id']}/")["dispute"] == "unreported"
    assert api(f"claims/{claim.public_id}/")["report_retracted"] is True


# Nothing unpublished leaks -------------------------------------------------------------------------------


def test_drafts_are_nowhere_to_be_seen(api):
    """A draft of every model, tied to public rows wherever it can be, changes no answer at all."""
    address = [f"{collection}/?page_size=500" for collection in STORED]
    before = [api(one) for one in address]
    claim, other = Claim.objects.published()[:2]
    ties = {
        "claim": claim,
        "other": other,
        "proposition": claim.proposition,
        "report": claim.report,
        "actor": claim.actor,
        "source": claim.report.source,
        "facility": Facility.objects.get(public_id="norsi"),
        "evidence": claim.report.evidence.first(),
        "strike": claim.proposition.strike,
    }
    drafts = []
    for model, factory in factories_by_model().items():
        if model._meta.app_label == "record" or model.__name__ in ("PropositionState", "ClaimOrigin"):
            continue
        names = {field.name for field in model._meta.get_fields() if not field.auto_created}
        tied = {name: row for name, row in ties.items() if name in names and row is not None}
        if model.__name__ in ("ClaimStep", "StrikeMethod", "CountedWeapon") or model.__name__.endswith(
            "Name"
        ):
            continue  # parts without a public life of their own, which only drafts are given
        if model is Proposition:
            tied = {"strike": claim.proposition.strike}
        drafts.append(factory(**tied))
    assert [api(one) for one in address] == before
    for draft in drafts:
        public_id = getattr(draft, "public_id", None)
        if public_id is not None:
            assert api(f"{draft.collection}/{public_id}/", status=404) | {"request_id": None} == api(
                f"{draft.collection}/no-such-id/", status=404
            ) | {"request_id": None}
    filters = {
        "facility": "facilities",
        "unit": "units",
        "strike": "strikes",
        "report": "reports",
        "actor": "actors",
        "proposition": "propositions",
    }
    for draft in drafts:
        for word, collection in filters.items():
            if getattr(draft, "collection", None) == collection:
                problem = api(f"claims/?{word}={draft.public_id}", status=400)
                unknown = api(f"claims/?{word}=no-such-id", status=400)
                assert problem["errors"][0]["code"] == unknown["errors"][0]["code"] == "unknown_id"


def test_what_was_published_later_is_not_there_yet_at_an_earlier_page(api):
    first = api("actors/?page_size=5")
    later = on_record(ActorFactory(public_id="zz-later"))
    rest = []
    page = first
    while page["next"]:
        page = api(page["next"])
        rest += [row["id"] for row in page["results"]]
    assert later.public_id not in rest


# Bad input -----------------------------------------------------------------------------------------------

BAD = [
    "%00",
    "1" * 30,
    "%ED%A0%80",
    "%FF%FE",
    "1e400",
    "' OR 1=1 --",
    "٣",
    "x" * 5000,
    "-1",
    "null",
    "é",
    "a,,b",
    ",",
]


def problem_of(response, status):
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert {"type", "title", "status", "detail", "code", "request_id", "errors"} <= problem.keys()
    assert problem["status"] == status
    return problem


TEXT_FILTERS = (SearchFilter,)
"""Filters that nearly every text can be given to."""


@pytest.mark.parametrize("collection", one_in(5, STORED))
def test_every_parameter_refuses_every_bad_value_and_the_next_request_works(collection):
    api = Api()
    view = next(view for name, view, _ in router.registry if name == collection)
    filters = view.filterset_class.base_filters if view.filterset_class else {}
    for parameter in [*filters, "page_size", "cursor", "ordering"]:
        for value in ["", *BAD[:: 3 if parameter in filters else 1]]:
            if value and isinstance(filters.get(parameter), TEXT_FILTERS):
                continue
            response = api.raw(f"{collection}/?{parameter}={value}")
            assert response.status_code == 400, f"{parameter} of {collection} takes {value!r}"
            problem = problem_of(response, 400)
            assert [error["parameter"] for error in problem["errors"]] == [parameter], (parameter, value)
    for parameter in ("page_size", "cursor", "ordering"):
        problem_of(api.raw(f"{collection}/?{parameter}=1&{parameter}=2"), 400)
    problem = problem_of(api.raw(f"{collection}/?facilty=norsi"), 400)
    assert problem["errors"][0]["parameter"] == "facilty"
    assert api(f"{collection}/")["count"] >= 0


@pytest.mark.parametrize("size", ["0", "501", "1.5", "+5", " 5", "05000"])
def test_a_page_size_out_of_range_is_refused(api, size):
    problem_of(api.raw(f"claims/?page_size={size}"), 400)


@pytest.mark.parametrize("collection", COLLECTIONS)
@pytest.mark.parametrize(
    "public_id", ["%00", "nobody", "1" * 30, "%ED%A0%80", "a b", "'", "x" * 5000, "../admin"]
)
def test_an_id_we_do_not_know_is_not_found(api, collection, public_id):
    problem_of(api.raw(f"{collection}/{public_id}/"), 404)


@pytest.mark.parametrize("path", ["/nowhere", "/api/", "/api/v1/nowhere/", "/api/v2/", "/api/v1/claims/x/y/"])
def test_an_address_we_do_not_know_is_a_problem_too(api, path):
    problem_of(api.raw(path), 404)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_record_is_read_only(api, method):
    problem_of(getattr(api.client, method)("/api/v1/claims/"), 405)


def test_a_forged_cursor_is_refused(api):
    cursor = api("claims/?page_size=5")["next"].split("cursor=")[1]
    for forged in (cursor[:-3] + "abc", "x" + cursor, "WzEsMCwiIiwxLDAsW11d:1:x", "e30:1qA:sig"):
        problem_of(api.raw(f"claims/?page_size=5&cursor={forged}"), 400)


def test_positions_compare_within_one_report(api):
    reports = [row["id"] for row in api("reports/?page_size=2")["results"]]
    problem_of(api.raw("claims/?ordering=position"), 400)
    problem_of(api.raw(f"claims/?ordering=position&report={','.join(reports)}"), 400)
    problem_of(api.raw(f"claims/?ordering=position&report={reports[0]}&report={reports[1]}"), 400)


def test_several_values_by_commas_and_by_repetition_are_their_union(api):
    union = {row["id"] for row in api.every("claims/?stance=denies,disputes&page_size=500")}
    repeated = {row["id"] for row in api.every("claims/?stance=denies&stance=disputes&page_size=500")}
    apart = [{row["id"] for row in api.every(f"claims/?stance={one}")} for one in ("denies", "disputes")]
    assert union == repeated == apart[0] | apart[1]


def test_two_conditions_about_one_claim_meet_in_one_claim(api):
    """Lukoil declined, and somebody asserted: but Lukoil asserted nothing about the January incident."""
    assert api("strikes/?actor=lukoil&stance=declines_to_comment")["count"] == 1
    both = {row["id"] for row in api.every("strikes/?actor=gleb-nikitin&stance=denies")}
    claims = api.every("claims/?actor=gleb-nikitin&stance=denies")
    assert both == {row["proposition"]["strike"]["id"] for row in claims}


@pytest.mark.parametrize("collection", ["claims", "damage-estimates", "weapon-counts"])
@pytest.mark.parametrize(
    "query",
    one_in(
        4,
        [
            "facility=norsi",
            "unit=norsi-avt-6",
            "strike=2024-03-12-norsi",
            "wave=2024-03-12-russia",
            "report=rep_qqf96g0k1hc0",
            "actor=russian-defence-ministry",
            "stance=asserts",
            "topic=interception",
            "dispute=disputed",
            "dispute=single_origin",
        ],
    ),
)
def test_a_word_means_the_same_for_claims_and_for_what_they_carry(api, collection, query):
    claims = {row["id"] for row in api.every(f"claims/?{query}&page_size=500")}
    assert claims
    if collection != "claims":
        everything = api.every(f"{collection}/?page_size=500")
        narrowed = {row["id"] for row in api.every(f"{collection}/?{query}&page_size=500")}
        assert narrowed == {row["id"] for row in everything if row["claim"]["id"] in claims}


def test_the_ledger_counts_one_revision_for_each_report_and_each_file_of_corrections(api):
    assert Ledger.head().n == api("reports/")["count"] + len(correction_files(FIXTURES)) > 100
