"""Every parameter of every operation refuses what it cannot mean: the same on every database, and at once.

The sweep is made from the committed description. What is expected is a function of the form of the parameter
and of the case, so that it is the same table whatever engine answers.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import yaml
from django.conf import settings
from django.db import connection

from api.pagination import BACK_IN_TIME
from tests.client import Api
from tests.starter.test_reading import problem_of

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("starter"),
    pytest.mark.timeout(600),
    pytest.mark.xdist_group("strictness"),
]

# Already encoded, since some of them are no text at all.
CASES = {
    "empty": "",
    "blank": "%20",
    "an empty part": "a,,b",
    "a comma": ",",
    "another type": "not-a-word",
    "null": "null",
    "below zero": "-1",
    "out of range": "99999999999999",
    "thirty digits": "1" * 30,
    "1e400": "1e400",
    "NUL": "%00",
    "NUL in a word": "a%00b",
    "a lone surrogate": "%ED%A0%80",
    "no UTF-8": "%FF%FE",
    "Arabic digits": quote("٣"),
    "5,000 characters": "x" * 5000,
    "a quote": "'",
    "quotes": quote("' OR 1=1 --"),
    "a backslash": "%5C",
    "a wildcard": "%25",
    "the first day": "0001-01-01",
    "the last day": "9999-12-31",
}

TEXTS_WITH_A_WORD = {
    "another type",
    "null",
    "below zero",
    "out of range",
    "thirty digits",
    "1e400",
    "NUL in a word",
    "Arabic digits",
    "quotes",
    "the first day",
    "the last day",
}
"""The exceptions: `q` takes any text of 200 characters with a letter or digit of some script in it."""

CODES = {
    "search": "invalid",
    "words": "invalid_choice",
    "choice": "invalid_choice",
    "flag": "invalid_choice",
    "columns": "invalid_choice",
    "ids": "unknown_id",
}
"""The code of a value that a form refuses, where it is not `invalid`."""

LEGAL = {
    "choice": "id",
    "count": "5",
    "number": "5",
    "flag": "true",
    "moment": "2024-03-12T08:25:00Z",
    "search": "norsi",
}


NEEDED = {
    "stats_strikes": {"group_by": "month"},
    "stats_capacity_offline": {"unit_of_measure": "t_per_day", "facility": "norsi"},
    "strikes_diff": {"from": "0001-01-01"},
}
"""What an operation does not do without."""
POINTS_IN_TIME = {*BACK_IN_TIME, "from", "to"}
"""Parameters that name what is past: none may lie ahead, and an object may not have been there by then."""


def description() -> dict[str, Any]:
    text = (Path(settings.BASE_DIR) / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    whole: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    return whole


WHOLE = description()
OPERATIONS = {
    operations["get"]["operationId"]: (path, operations["get"]) for path, operations in WHOLE["paths"].items()
}


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """A part of the description, or what it refers to."""
    for step in part["$ref"].split("/")[1:] if "$ref" in part else ():
        part = WHOLE if step == "components" else part
        part = part[step]
    return part


def parameters(operation: dict[str, Any], place: str = "query") -> Iterator[dict[str, Any]]:
    return (parameter for parameter in map(resolved, operation["parameters"]) if parameter["in"] == place)


def form(parameter: dict[str, Any]) -> str:
    """What kind of value a parameter takes, by its schema alone."""
    schema = resolved(parameter["schema"])
    if schema.get("type") == "array":
        items = resolved(schema["items"])
        if parameter["name"] == "fields":
            return "columns"
        if "enum" in items:
            return "facets" if parameter["name"] == "facets" else "words"
        return "codes" if "Each is a" in parameter["description"] else "ids"
    if "anyOf" in schema:
        return "moment"
    if "enum" in schema:
        return "choice"
    if schema["type"] == "string":
        return "search" if "maxLength" in schema else "text"  # a cursor, a box, a point
    return {"integer": "count", "number": "number", "boolean": "flag"}[str(schema["type"])]


def legal(parameter: dict[str, Any], api: Api) -> str | None:
    """A value that the parameter takes by itself; null if there is none without another parameter."""
    kind, schema = form(parameter), resolved(parameter["schema"])
    if kind in ("words", "facets"):
        return str(resolved(schema["items"])["enum"][0])
    if kind == "ids":
        collection = re.search(r"Ids of `([a-z-]+)`", parameter["description"])
        return str(api(f"{collection[1] if collection else 'facilities'}/?page_size=1")["results"][0]["id"])
    if kind == "codes":
        pattern = schema["items"]["pattern"]
        return "wikidata:Q1" if "wikidata" in pattern else "RU" if "A-Z" in pattern else "en"
    if kind == "choice":
        return str(schema.get("default", schema["enum"][0]))
    return LEGAL.get(kind)


def expected(parameter: dict[str, Any], case: str) -> str | None:
    """The code of the error that a case is; null if the value is legal by what the parameter means."""
    kind = form(parameter)
    several = parameter["schema"].get("type") == "array"
    if case in ("empty", "blank", "an empty part", "a comma"):
        return "invalid_choice" if parameter["name"] == "format" else "empty"  # it is read before all others
    if kind == "search" and case in TEXTS_WITH_A_WORD:
        return None
    if kind == "moment" and case == "the last day" and parameter["name"] in POINTS_IN_TIME:
        return "future"
    if kind == "moment" and case.endswith("day"):
        return None
    if case == "repeated":
        return None if several and kind != "columns" and parameter["name"] != "group_by" else "repeated"
    if parameter["name"] == "identifier" and case == "wrong case":
        return "invalid_choice"  # `WIKIDATA` is another word than `wikidata`
    return "invalid" if parameter["name"] == "ordering" else CODES.get(kind, "invalid")


def an_id(api: Api, address: str) -> str:
    """One that there is in a collection; it is refused for its parameters before it is looked for."""
    return next((row["id"] for row in api(address)["results"]), "none")


def first_column(response: Any) -> str:
    text = b"".join(response) if response.streaming else response.content
    return str(text.decode().partition(",")[0])


@pytest.fixture
def durations() -> Iterator[list[float]]:
    """How long each query took."""
    durations: list[float] = []

    def timed(execute: Any, *args: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*args)
        finally:
            durations.append(time.perf_counter() - start)

    with connection.execute_wrapper(timed):
        yield durations


def codes_of(response: Any) -> set[str]:
    return {error["code"] for error in problem_of(response, 400)["errors"]}


def check(api: Api, address: str, name: str, code: str | None, durations: list[float]) -> None:
    for attempt in ("first", "second"):  # a busy machine may halt for a second, but not twice
        durations.clear()
        response = api.raw(address)
        if max(durations, default=0) < 1:
            break
        assert attempt == "first", f"a query of {address} took {max(durations)} seconds"
    if code is None:
        if "/stats/" in address and response.status_code == 400:
            # A series of centuries, or of a time before or after all: no value is wrong by itself.
            assert codes_of(response) <= {"too_much", "incomparable", "unknown_id"}, (
                address,
                response.content,
            )
            return
        legal = {200, 404} if name in POINTS_IN_TIME else {200}
        assert response.status_code in legal, (address, response.content)
        return
    problem = problem_of(response, 400)
    errors = [(error["parameter"], error["code"]) for error in problem["errors"]]
    assert errors == [(name, code)], address[:200]


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_every_parameter_refuses_what_it_cannot_mean(api, operation_id, durations):
    path, operation = OPERATIONS[operation_id]
    path = re.sub(r"(.*)\{.*\}", lambda match: f"{match[1]}{an_id(api, match[1])}", path)
    needed = NEEDED.get(operation_id, {})
    fine = f"{path}?{urlencode(needed)}" if needed else path
    for parameter in parameters(operation):
        name, value = parameter["name"], legal(parameter, api)
        in_csv = name == "fields" and not operation_id.endswith("_retrieve")
        others = needed | ({"format": "csv"} if in_csv else {})
        begin = f"{path}?{''.join(f'{other}={legal_value}&' for other, legal_value in others.items() if other != name)}"
        if name == "fields":
            value = first_column(api.raw(begin[:-1])) if in_csv else "id"
        cases = dict(CASES)
        if value is not None:
            cases["repeated"] = f"{quote(value)}&{name}={quote(value)}"
            if value.swapcase() != value and name not in ("q", "weapon_model"):
                cases["wrong case"] = quote(value.swapcase())
        for case, text in cases.items():
            check(api, f"{begin}{name}={text}", name, expected(parameter, case), durations)
        check(api, f"{begin}{name.upper()}=1", name.upper(), "unknown_parameter", durations)
        check(api, f"{begin}{name}s=1", f"{name}s", "unknown_parameter", durations)
        assert api.raw(fine).status_code in (200, 404)


@pytest.mark.parametrize("operation_id", [name for name in OPERATIONS if name.endswith("_retrieve")])
@pytest.mark.parametrize("case", [case for case in CASES if case != "empty"])
def test_every_id_in_a_path_that_is_none_is_not_found(api, operation_id, case):
    path = OPERATIONS[operation_id][0].partition("{")[0]
    assert problem_of(api.raw(f"{path}{CASES[case]}/"), 404)["code"] == "not_found"
