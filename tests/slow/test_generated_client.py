"""A typed client, generated from the committed description, reads the record from a real server."""

from __future__ import annotations

import datetime as dt
import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.conf import settings

from tests.real_server import running_server

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300), pytest.mark.xdist_group("client")]

PACKAGE = "strikes_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], ModuleType]]:
    """Imports a module of the client, which is generated once, without a warning."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "config.yaml").write_text("post_hooks: []\n")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "openapi_python_client",
            "generate",
            "--fail-on-warning",
            "--meta",
            "none",
            "--path",
            settings.BASE_DIR / "docs" / "openapi.yaml",
            "--config",
            folder / "config.yaml",
            "--output-path",
            folder / PACKAGE,
        ],
        check=True,
        cwd=folder,
        timeout=240,
    )
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}")
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def server(starter: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_server(tmp_path_factory.mktemp("var")) as address:
        yield address


@pytest.fixture
def client(generated: Callable[[str], ModuleType], server: str) -> Any:
    """A client that refuses every status the description does not have."""
    client = generated("client").Client(
        base_url=server, raise_on_unexpected_status=True, timeout=httpx.Timeout(60)
    )
    with client as opened:
        yield opened


def test_a_list_is_typed_through_and_through(generated, client):
    models = generated("models")
    page = generated("api.claims.claims_list").sync(client=client, page_size=500)
    assert isinstance(page, models.ClaimPage)
    assert page.count == len(page.results) > 50
    for claim in page.results:
        assert isinstance(claim, models.Claim)
        assert isinstance(claim.stance, models.Stance)
        assert isinstance(claim.proposition.topic, models.Topic)
        assert isinstance(claim.recorded_at, dt.datetime)
        assert claim.report.source.id
    assert page.results[0].to_dict()["id"] == page.results[0].id


@pytest.mark.parametrize(
    "collection",
    [
        "regions",
        "sources",
        "reports",
        "actors",
        "facilities",
        "units",
        "capacities",
        "strikes",
        "propositions",
        "claims",
        "damage_estimates",
        "weapon_counts",
        "evidence",
        "assessments",
        "vocabularies",
        "changes",
        "corrections",
    ],
)
def test_every_collection_is_read_into_its_type_and_written_back_the_same(generated, client, collection):
    response = generated(f"api.{collection}.{collection}_list").sync_detailed(client=client)
    assert response.status_code == 200
    plain = httpx.Response(200, content=response.content).json()
    assert with_one_spelling(response.parsed.to_dict()) == with_one_spelling(plain)


def with_one_spelling(answer: Any) -> Any:
    """The answer with its times in one spelling: the client reads `Z` and writes `+00:00`."""
    if isinstance(answer, dict):
        return {name: with_one_spelling(value) for name, value in answer.items()}
    if isinstance(answer, list):
        return [with_one_spelling(value) for value in answer]
    if isinstance(answer, str) and answer[10:11] == "T" and answer[-1:] == "Z":
        return dt.datetime.fromisoformat(answer).isoformat()
    return answer


def test_pages_are_followed_to_the_end(generated, client):
    claims = generated("api.claims.claims_list").sync
    page = claims(client=client, page_size=17)
    ids = [claim.id for claim in page.results]
    while page.next_:
        (cursor,) = parse_qs(urlsplit(page.next_).query)["cursor"]
        page = claims(client=client, page_size=17, cursor=cursor)
        ids += [claim.id for claim in page.results]
    assert len(ids) == len(set(ids)) == page.count


def test_an_address_of_a_page_is_followed_as_it_is(generated, client):
    first = generated("api.actors.actors_list").sync(client=client, page_size=5)
    response = client.get_httpx_client().get(first.next_)
    second = generated("models").ActorPage.from_dict(response.json())
    assert second.count == first.count
    assert {actor.id for actor in first.results}.isdisjoint(actor.id for actor in second.results)


def test_filters_take_lists_of_enums_moments_and_numbers(generated, client):
    models = generated("models")
    claims = generated("api.claims.claims_list").sync
    page = claims(
        client=client,
        stance=[models.Stance.DENIES, models.Stance.DECLINES_TO_COMMENT],
        facility=["norsi", "oryol-oil-depot"],
        said_after=dt.datetime(2024, 3, 1, tzinfo=dt.timezone(dt.timedelta(hours=3))),
        issued_before=dt.date(2024, 6, 1),
        ordering=models.ClaimsListOrdering("-said"),
        page_size=500,
    )
    assert {claim.stance for claim in page.results} <= {
        models.Stance.DENIES,
        models.Stance.DECLINES_TO_COMMENT,
    }
    by_stance = [
        claims(client=client, stance=[stance], facility=["norsi", "oryol-oil-depot"])
        for stance in (models.Stance.DENIES, models.Stance.DECLINES_TO_COMMENT)
    ]
    assert page.count == sum(page_of_stance.count for page_of_stance in by_stance) > 0
    numbers = generated("api.damage_estimates.damage_estimates_list").sync
    assert numbers(client=client, low_min=0.00001).count <= numbers(client=client).count
    assert (
        generated("api.facilities.facilities_list")
        .sync(client=client, near="56.1,44.1", radius_km=30.5)
        .count
    )


def test_facets_are_counted_by_word(generated, client):
    models = generated("models")
    page = generated("api.claims.claims_list").sync(
        client=client, facets=[models.ClaimsListFacetsItem.STANCE, models.ClaimsListFacetsItem.TOPIC]
    )
    assert sum(facet.count for facet in page.facets["stance"]) == page.count


def test_at_least_half_is_a_bound_without_a_value(generated, client):
    models = generated("models")
    page = generated("api.damage_estimates.damage_estimates_list").sync(
        client=client,
        strike=["2024-03-12-norsi"],
        comparator=[models.Comparator.AT_LEAST],
        actor=["world-today-news"],
    )
    assert page.count == 1
    estimate = generated("api.damage_estimates.damage_estimates_retrieve").sync(
        page.results[0].id, client=client
    )
    assert isinstance(estimate, models.DamageEstimate)
    assert (estimate.low, estimate.best, estimate.high) == (50, None, None)
    assert estimate.unit_of_measure == models.UnitOfMeasure.PERCENT
    assert estimate.denominator == models.Denominator.FACILITY_OUTPUT
    assert estimate.who is None  # an enum, of people only
    assert isinstance(estimate.claim, models.ClaimOfNumber)
    assert estimate.claim.actor.id == "world-today-news"


def test_a_detail_has_nested_objects_and_nulls(generated, client):
    models = generated("models")
    first = generated("api.claims.claims_list").sync(client=client, actor=["lukoil"]).results[0]
    claim = generated("api.claims.claims_retrieve").sync(first.id, client=client)
    assert claim == first
    assert claim.certainty is None  # an enum
    assert claim.polarity is models.Polarity.NEUTRAL
    assert isinstance(claim.proposition, models.PropositionBrief)
    assert isinstance(claim.report.source, models.SourceBrief)
    facility = generated("api.facilities.facilities_retrieve").sync("norsi", client=client)
    assert {party.role for party in facility.parties} >= {models.PartyRole.OPERATOR}
    assert "НОРСИ" in {name.name for name in facility.names}


def test_a_vocabulary_defines_the_words_of_its_enum(generated, client):
    models = generated("models")
    vocabulary = generated("api.vocabularies.vocabularies_retrieve").sync("stance", client=client)
    assert isinstance(vocabulary, models.Vocabulary)
    assert {word.code for word in vocabulary.words} == {stance.value for stance in models.Stance}
    assert all(word.definition for word in vocabulary.words)


def test_an_error_is_a_typed_problem(generated, client):
    models = generated("models")
    response = generated("api.claims.claims_list").sync_detailed(client=client, actor=["lukiol"])
    assert response.status_code == 400
    assert isinstance(response.parsed, models.Problem)
    (error,) = response.parsed.errors
    assert (error.parameter, error.code) == ("actor", "unknown_id")
    assert "lukoil" in error.detail
    problem = generated("api.claims.claims_retrieve").sync("clm_00000000000z", client=client)
    assert isinstance(problem, models.Problem)
    assert (problem.status, problem.code) == (404, "not_found")


def test_a_long_address_gets_a_problem_from_the_server_too(client):
    response = client.get_httpx_client().get("/api/v1/claims/", params={"q": "x" * 5000})
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["parameter"] == "q"
