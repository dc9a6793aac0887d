"""Whatever the description allows and forbids is sent, and each answer is held against the description.

Schemathesis makes the requests from `docs/openapi.yaml`, always the same ones, and runs all its checks.
"""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
import schemathesis
import yaml
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import resolve
from schemathesis import Case
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig

from api.filters import CodesFilter, IdsFilter, VocabularyFilter
from api.pagination import BACK_IN_TIME
from config.wsgi import application
from strikes.api.filters import RegionsFilter, SubjectsFilter
from strikes.imports.yaml_files import correction_files, read_folder

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter"), pytest.mark.timeout(600)]

CONFIG = {
    "seed": 1,
    "generation": {"deterministic": True, "max-examples": 12, "no-shrink": True, "database": "none"},
}
FEW = 3
"""Ids of each collection and words of each vocabulary that are asked for: each makes a request of its own."""
LANGUAGES = ["en", "ru", "uk"]
COUNTRIES = ["RU", "UA", "US"]

LEFT_OUT = {"cursor", "fields", "expand"}
"""A cursor is made by us for one query, and fields have names of ours: one at random makes any request
a bad one, and nothing would be learnt of the other parameters. `test_strictness.py` sweeps these, and
`test_expanding.py` holds whole objects in place of short ones against the description."""

BEYOND = {
    ("near", "missing"),  # goes with `radius_km`
    ("radius_km", "missing"),  # goes with `near`
    ("near", "invalid"),  # degrees in a text
    ("bbox", "invalid"),  # degrees in a text; its south not north of its north
    ("q", "invalid"),  # has a letter or a digit
    ("q", "empty"),  # has more than spaces and separators, however they are written
    ("ordering", "invalid"),  # `position` only with one report
    ("before", "invalid"),  # not before `after`
    ("from", "invalid"),  # not later than `to`
    ("from", "future"),  # neither lies ahead
    ("to", "future"),
    ("facility", "missing"),  # the series is of some place
    ("unit_of_measure", "missing"),  # goes with `convert_to`
    ("convert_to", "not_convertible"),  # to a unit of the same dimension
    ("unit_of_measure", "incomparable"),  # nothing was said that can be shown in it
    ("unit", "incomparable"),  # units of one stage
    ("unit_kind", "incomparable"),
    ("zero", "missing"),  # goes with a time in `group_by`
    ("zero", "too_much"),  # rows of centuries
    ("interval", "too_much"),
    ("since", "invalid"),  # a revision that there is
    ("since", "invalid"),  # is a revision that there is
    ("page_size", "not_in_this_format"),  # streams have no pages
    ("facets", "not_in_this_format"),
}
"""What a request can break though each of its values is as described: OpenAPI has no words for it."""


def ids() -> dict[str, list[str]]:
    """Some ids of every collection, as the starter data has them."""
    by_collection: dict[str, list[str]] = {}
    folder = Path(settings.BASE_DIR) / "fixtures"
    corrected: list[dict[str, Any]] = [
        entry.values for file in correction_files(folder) for entry in file.entries
    ]
    gone = {values.get("supersedes") for values in corrected}
    gone |= {number for values in corrected for number in values.get("dropped", [])}
    for entry in read_folder(folder):
        if "id" in entry.values and entry.values["id"] not in gone:
            by_collection.setdefault(entry.model.collection, []).append(str(entry.values["id"]))
    return {collection: sorted(known)[:FEW] for collection, known in by_collection.items()}


def values_of(filter_: Any, ids_by_collection: dict[str, list[str]]) -> list[str]:
    """Some of what a filter can be asked for; empty if all that its description allows may be tried."""
    if isinstance(filter_, VocabularyFilter) and filter_.several:
        return list(filter_.vocabulary.values)[:FEW]
    if isinstance(filter_, SubjectsFilter):
        return ids_by_collection["facilities"] + ids_by_collection["units"]
    if isinstance(filter_, RegionsFilter) and filter_.level:
        return [region for region in ids_by_collection["regions"] if len(region) == 2]
    if isinstance(filter_, IdsFilter):
        return ids_by_collection[filter_.of.collection]
    if isinstance(filter_, CodesFilter):
        return COUNTRIES if "A-Z" in filter_.pattern else LANGUAGES
    return []


def filters_of(path: str) -> dict[str, Any]:
    """The filters of an address by name, as the code declares them."""
    view: Any = resolve(re.sub(r"\{\w+\}", "x", path)).func
    sets = [getattr(view.cls, name, None) for name in ("filterset_class", "parameters_class")]
    sets += getattr(view.cls, "filters_of", {}).values()
    return {
        name: filter_
        for filter_set in sets
        if filter_set
        for name, filter_ in filter_set.base_filters.items()
    }


TOGETHER = {"radius_km": "near", "convert_to": "unit_of_measure"}
"""Parameters that are nothing without another."""


def is_tried_at(name: str, path: str, paths: list[str]) -> bool:
    """Whether a parameter is tried at an address. It means the same wherever it is, and each request has them all:
    one that many addresses take is tried at every other one, and each address with every other one of them."""
    return len(paths) < 4 or (paths.index(path) + zlib.crc32(TOGETHER.get(name, name).encode())) % 2 == 0


def description() -> dict[str, Any]:
    """The committed description, with a few ids, codes and words where it allows many.

    Of ids and codes it can say only how they are spelt, and of moments not when all of those were there.
    """
    text = (Path(settings.BASE_DIR) / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    whole: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    ids_by_collection = ids()
    yesterday = (dt.datetime.now(dt.UTC) - dt.timedelta(days=1)).date().isoformat()
    paths_by_name: dict[str, list[str]] = {}
    for path, operations in whole["paths"].items():
        operations["get"]["parameters"] = [
            whole["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
            if "$ref" in parameter
            else parameter
            for parameter in operations["get"]["parameters"]
        ]
        for parameter in operations["get"]["parameters"]:
            paths_by_name.setdefault(parameter["name"], []).append(path)
    for path, operations in whole["paths"].items():
        collection, filters = path.split("/")[3], filters_of(path)
        parameters = []
        for parameter in operations["get"]["parameters"]:
            if parameter["in"] == "query" and not is_tried_at(
                parameter["name"], path, paths_by_name[parameter["name"]]
            ):
                continue
            if parameter["in"] == "path" and collection in ids_by_collection:
                parameter = {**parameter, "schema": {"type": "string", "enum": ids_by_collection[collection]}}
            elif parameter["name"] in BACK_IN_TIME:
                parameter = {
                    **parameter,
                    "schema": {"type": "string", "enum": [yesterday, f"{yesterday}T12:00:00Z"]},
                }
            elif values := values_of(filters.get(parameter["name"]), ids_by_collection):
                parameter = {
                    **parameter,
                    "schema": {"type": "array", "items": {"type": "string", "enum": values}},
                }
            if parameter["name"] not in LEFT_OUT:
                parameters.append(parameter)
        operations["get"]["parameters"] = parameters
    return whole


@pytest.fixture(scope="module", autouse=True)
def connection_stays_open() -> Iterator[None]:
    """The application is called as a server calls it, and between requests it would close a connection that is
    in a transaction, as every test's is. Django's own client sees to the same."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


load_all_checks()
positive_data_acceptance = CHECKS.get_one("positive_data_acceptance")

schema = schemathesis.openapi.from_dict(description(), config=SchemathesisConfig.from_dict(CONFIG))
schema.app = application


def judge(case: Case, response: Any) -> None:
    errors = response.json()["errors"] if response.status_code == 400 else []
    beyond = bool(errors) and {(error["parameter"], error["code"]) for error in errors} <= BEYOND
    case.validate_response(response, excluded_checks=cast(Any, [positive_data_acceptance] if beyond else []))


def fuzzed(operation_id: str) -> Any:
    @schema.include(operation_id=operation_id).parametrize()
    def check(case: Case) -> None:
        judge(case, case.call())

    return check


# A test for each operation: Schemathesis gives all operations of one function the same address in pytest.
for operations in schema.raw_schema["paths"].values():
    name = operations["get"]["operationId"]
    globals()[f"test_{name}"] = fuzzed(name)
