"""What the documentation shows is what the API answers, and every answer is as it is described."""

import json
from functools import cache

import pytest
from django.conf import settings
from jsonschema import Draft202012Validator, FormatChecker

from api.openapi.document import rendered
from api.openapi.examples import ask, examples
from config.urls import router
from strikes.models import Proposition
from tests.factories import AssessmentFactory
from tests.on_record import on_record


@cache
def document():
    return json.loads(rendered("application/json", ""))


def described(name):
    return Draft202012Validator(
        {"$ref": f"#/components/schemas/{name}", "components": document()["components"]},
        format_checker=FormatChecker(),
    )


def operations():
    return {
        operation["operationId"]: operation
        for path in document()["paths"].values()
        for operation in path.values()
    }


def schema_of(operation):
    content = operations()[operation]["responses"]["200"]["content"]["application/json"]
    return content["schema"]["$ref"].rsplit("/", 1)[1]


def test_every_operation_has_an_example():
    assert set(operations()) == set(examples())


@pytest.mark.parametrize("operation", examples())
def test_the_example_is_what_the_api_answers(operation, settings):
    settings.PUBLIC_URL = ""
    shown = examples()[operation]
    assert ask(shown) == shown["answer"], "run `make openapi`"


@pytest.mark.parametrize("operation", examples())
def test_the_description_has_the_example(operation):
    content = operations()[operation]["responses"]["200"]["content"]["application/json"]
    shown = examples()[operation]
    assert content["examples"] == {
        "starter": {"summary": f"GET {shown['request']}", "value": shown["answer"]}
    }
    described(schema_of(operation)).validate(shown["answer"])


@pytest.mark.parametrize("collection", [name for name, _, _ in router.registry])
def test_every_answer_is_as_it_is_described(api, collection):
    for proposition in Proposition.objects.published()[:2]:
        on_record(AssessmentFactory(proposition=proposition))
    operation = f"{collection.replace('-', '_')}_list"
    page = api(f"{collection}/?page_size=500" if collection != "vocabularies" else f"{collection}/")
    described(schema_of(operation)).validate(page)
    first = api(page["results"][0]["url"])
    described(schema_of(operation.replace("_list", "_retrieve"))).validate(first)


def test_counts_are_as_they_are_described(api):
    described("ClaimPage").validate(api("claims/?facets=stance&page_size=1"))


@pytest.mark.parametrize(
    ("address", "status"),
    [("claims/?facilty=norsi", 400), ("claims/?strike=nope", 400), ("claims/nope/", 404)],
)
def test_every_problem_is_as_it_is_described(api, address, status):
    described("Problem").validate(api(address, status=status))


def test_examples_name_the_server_that_the_readme_starts():
    text = settings.API_EXAMPLES.read_text(encoding="utf-8")
    assert "http://127.0.0.1:8000/api/v1/" in text
    assert "testserver" not in text
