"""The API describes itself: whole, valid, and in words for somebody who has never heard of us."""

import inspect
import re
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from drf_spectacular.openapi import AutoSchema
from openapi_spec_validator import OpenAPIV31SpecValidator

from api.openapi.document import rendered
from api.openapi.operations import OVERRIDDEN, RecordSchema
from config.urls import feeds, router
from config.version import VERSION
from record.vocabulary import vocabularies

COMMITTED = Path(settings.BASE_DIR) / "docs" / "openapi.yaml"
FIXED = {"root", "vocabularies", "stats"}
"""Tags of what is not a collection of rows."""


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The description as `manage.py spectacular` writes it; a warning fails it."""
    file = tmp_path_factory.mktemp("openapi") / "openapi.yaml"
    before, settings.PUBLIC_URL = settings.PUBLIC_URL, ""
    call_command("spectacular", fail_on_warn=True, file=str(file))
    settings.PUBLIC_URL = before
    return file.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def document(written):
    return yaml.load(written, Loader=yaml.CSafeLoader)


@pytest.fixture(scope="module")
def operations(document):
    by_id = {}
    for methods in document["paths"].values():
        assert list(methods) == ["get"]
        operation = methods["get"]
        by_id[operation["operationId"]] = operation | {
            "parameters": [resolved(document, parameter) for parameter in operation["parameters"]],
            "responses": {
                code: resolved(document, answer) for code, answer in operation["responses"].items()
            },
        }
    return by_id


def resolved(document, part):
    """A part, or what it refers to."""
    if "$ref" not in part:
        return part
    for step in part["$ref"].removeprefix("#/").split("/"):
        document = document[step]
    return document


def schemas_in(part, path=""):
    """Every schema of a document with a property's description to look for, and where it stands."""
    if isinstance(part, dict):
        for name, schema in part.get("properties", {}).items():
            yield f"{path}.{name}", schema
        for key, schema in part.items():
            if key not in ("example", "examples"):
                yield from schemas_in(schema, f"{path}/{key}")
    elif isinstance(part, list):
        for schema in part:
            yield from schemas_in(schema, path)


def test_it_is_openapi_3_1_and_valid(document):
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_it_has_the_version_of_this_code(document):
    assert document["info"]["version"] == VERSION


@pytest.mark.skipif(connection.vendor != "sqlite", reason="one engine is enough")
def test_the_committed_file_is_what_the_code_says(written):
    assert written == COMMITTED.read_text(encoding="utf-8"), "run `make openapi`"


def test_operations_have_names_that_clients_can_use(operations):
    collections = [name.replace("-", "_") for name, _, _ in router.registry]
    expected = {"root"} | {f"{name}_{action}" for name in collections for action in ("list", "retrieve")}
    expected |= {f"{name}_list" for name in feeds}
    expected |= {f"{name}_accounts" for name in ("strikes", "facilities", "units", "actors", "regions")}
    expected |= {f"{name}_timeline" for name in ("facilities", "units")}
    expected |= {f"{name}_versions" for name in collections if name != "vocabularies"}
    expected |= {
        "claims_thread",
        "reports_dependants",
        "strikes_days",
        "strikes_diff",
        "stats_strikes",
        "stats_capacity_offline",
    }
    assert set(operations) == expected


def test_every_operation_is_described(document, operations):
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    for name, operation in operations.items():
        assert len(operation["description"]) > 30, name
        assert operation["summary"], name
        assert len(tags[operation["tags"][0]]) > 20, name
    assert len(document["info"]["description"]) > 500


def test_every_parameter_is_described_and_typed(operations):
    for name, operation in operations.items():
        for parameter in operation["parameters"]:
            assert len(parameter["description"]) > 20, (name, parameter["name"])
            schema = parameter["schema"]
            assert schema.get("type") or schema.get("anyOf") or schema.get("$ref"), (name, parameter["name"])
            if schema.get("type") == "array":
                assert (parameter["style"], parameter["explode"]) == ("form", True)


def test_every_property_is_described(document):
    bare = [path for path, schema in schemas_in(document) if len(schema.get("description", "")) < 10]
    assert bare == []


def test_every_answer_is_described(operations):
    for name, operation in operations.items():
        for status, answer in operation["responses"].items():
            assert len(answer["description"]) > 8, (name, status)


def test_the_parameters_are_those_that_the_lists_take(operations):
    views = {prefix: view for prefix, view, _ in router.registry} | feeds
    for prefix, view in views.items():
        if prefix in FIXED:
            continue
        operation = operations[f"{prefix.replace('-', '_')}_list"]
        names = [parameter["name"] for parameter in operation["parameters"]]
        known = {*view.filterset_class.base_filters, *view.paging, "format", "fields"}
        known |= {"expand"} if prefix not in feeds else set()
        assert set(names) == known | ({"facets"} if view.facets else set()), prefix
        assert len(names) == len(set(names)), prefix


@pytest.mark.parametrize("vocabulary", vocabularies().values(), ids=lambda vocabulary: vocabulary.slug())
def test_every_vocabulary_is_an_enum_with_its_name_and_its_words(document, vocabulary):
    enum = document["components"]["schemas"][vocabulary.__name__]
    assert enum["enum"] == list(vocabulary.values)
    assert all(f"`{word.value}`: {word.definition}" in enum["description"] for word in vocabulary)


def test_a_word_that_may_be_null_is_one_enum_or_null(document):
    claim = document["components"]["schemas"]["Claim"]
    assert claim["properties"]["certainty"]["oneOf"] == [
        {"$ref": "#/components/schemas/Certainty"},
        {"type": "null"},
    ]
    alternatives = [
        schema["oneOf"]
        for _, schema in schemas_in(document)
        if isinstance(schema, dict) and "oneOf" in schema
    ]
    assert alternatives
    assert all(len(pair) == 2 and pair[1] == {"type": "null"} for pair in alternatives)


def test_every_field_is_always_there(document):
    """Nothing is left out where it is unknown: it is null. Problems and facets are told apart by what they have."""
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        if name != "Problem" and "properties" in schema:
            assert set(schema["properties"]) - set(schema["required"]) <= {"facets"}, name


def test_every_operation_says_which_problems_it_can_answer_with(operations):
    for name, operation in operations.items():
        expected = {"200", "400", "406"}
        if not name.endswith("_list") and name != "root" and not name.startswith("stats_"):
            expected |= {"404"}
            if operation["tags"][0] not in FIXED:
                expected |= {"308", "410"}
        assert set(operation["responses"]) == expected, name
        for status, answer in operation["responses"].items():
            if status.startswith("4"):
                assert answer["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }


def test_lists_are_pages_with_names(document, operations):
    for prefix in [*(name for name, _, _ in router.registry), *feeds]:
        operation = operations[f"{prefix.replace('-', '_')}_list"]
        content = operation["responses"]["200"]["content"]
        page = resolved(document, content["application/json"]["schema"])
        assert list(page["properties"])[:4] == ["count", "next", "previous", "results"]
        formats = next(parameter for parameter in operation["parameters"] if parameter["name"] == "format")[
            "schema"
        ]["enum"]
        assert len(formats) == len(content), prefix


def test_nobody_is_asked_for_a_key_and_no_engine_shows(document, written):
    assert "securitySchemes" not in document["components"]
    assert "security" not in document
    assert not re.search(r"(maximum|minimum): -?(2147483647|9223372036854775807)", written)


def test_of_drf_spectacular_only_what_is_named_is_private_and_it_is_still_there():
    private = {name for name in vars(RecordSchema) if name.startswith("_") and not name.startswith("__")}
    assert {name for name in private if hasattr(AutoSchema, name)} == set(OVERRIDDEN)
    for name, reason in OVERRIDDEN.items():
        ours, theirs = (inspect.signature(getattr(schema, name)) for schema in (RecordSchema, AutoSchema))
        assert list(ours.parameters) == list(theirs.parameters), (name, reason)


# Served --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        ("", None, "application/json"),
        ("?format=json", "text/html", "application/json"),
        ("?format=yaml", None, "application/yaml"),
        ("", "application/yaml", "application/yaml"),
        ("", "*/*", "application/json"),
    ],
)
def test_it_is_served_as_json_and_as_yaml(client, document, settings, query, accept, content_type):
    settings.PUBLIC_URL = ""
    response = client.get(f"/api/v1/schema/{query}", headers={"Accept": accept} if accept else {})
    assert (response.status_code, response["Content-Type"]) == (200, content_type)
    if content_type.endswith("json"):
        paths = response.json()["paths"]
        assert list(paths) == list(document["paths"])


def test_it_names_the_address_at_which_it_is_public(client, settings):
    settings.PUBLIC_URL = "https://strikes.example"
    assert client.get("/api/v1/schema/").json()["servers"] == [{"url": "https://strikes.example"}]


def test_it_is_made_once(client):
    client.get("/api/v1/schema/")
    before = rendered.cache_info().misses
    client.get("/api/v1/schema/")
    assert rendered.cache_info().misses == before


@pytest.mark.parametrize("query", ["x=1", "format=", "format=xml", "format=json&format=yaml"])
def test_it_is_strict_too(client, query):
    response = client.get(f"/api/v1/schema/?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["parameter"] == query.split("=")[0]


def test_it_leaves_itself_out(operations):
    assert not [name for name in operations if "schema" in name]
