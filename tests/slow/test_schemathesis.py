"""Whatever the description allows and forbids is sent, and each answer is held against the description.

Schemathesis makes the requests from `docs/openapi.yaml`, always the same ones, and runs all its checks. It
asks for ids, and codes of languages, that there are: the description can say only how they are spelt.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from django.conf import settings
from schemathesis import Case
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig

from config.urls import router
from config.wsgi import application
from record.api.filters import CodesFilter, IdsFilter
from strikes.filters import SubjectsFilter
from strikes.starter import read

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("starter"), pytest.mark.timeout(600)]

CONFIG = {
    "seed": 1,
    "generation": {"deterministic": True, "max-examples": 40, "no-shrink": True, "database": "none"},
}
MANY = 12


def ids() -> dict[str, list[str]]:
    """Some ids of every collection, as the starter data has them."""
    found: dict[str, list[str]] = {}
    for entry in read(Path(settings.BASE_DIR) / "fixtures"):
        if "id" in entry.values:
            found.setdefault(entry.model.collection, []).append(entry.values["id"])
    return {collection: sorted(known)[:MANY] for collection, known in found.items()}


def known(word: Any, found: dict[str, list[str]]) -> list[str] | None:
    """Values of a filter that are known to the starter data."""
    if isinstance(word, IdsFilter):
        return found.get(word.of.collection)
    if isinstance(word, SubjectsFilter):
        return found["facilities"]
    return ["en", "ru", "uk"] if isinstance(word, CodesFilter) else None


def description() -> dict[str, Any]:
    """The committed description, with ids and codes that there are."""
    text = (Path(settings.BASE_DIR) / "docs" / "openapi.yaml").read_text(encoding="utf-8")
    whole: dict[str, Any] = yaml.load(text, yaml.CSafeLoader)
    shared, found = whole["components"]["parameters"], ids()
    views = {name: view for name, view, _ in router.registry}
    for path, operations in whole["paths"].items():
        view = views.get(path.split("/")[3])
        words = view.filterset_class.base_filters if view and getattr(view, "filterset_class", None) else {}
        operation = operations["get"]
        for i, one in enumerate(operation["parameters"]):
            one = shared[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
            values = known(words.get(one["name"]), found)
            if one["in"] == "path" and path.split("/")[3] in found:
                operation["parameters"][i] = {**one, "schema": {"enum": found[path.split("/")[3]]}}
            elif one["in"] == "query" and values:
                schema = {"type": "array", "items": {"type": "string", "enum": values}}
                operation["parameters"][i] = {**one, "schema": schema}
    return whole


load_all_checks()
schema = schemathesis.openapi.from_dict(description(), config=SchemathesisConfig.from_dict(CONFIG))
schema.app = application


def swept(operation_id: str) -> Any:
    @schema.include(operation_id=operation_id).parametrize()
    def check(case: Case) -> None:
        case.call_and_validate()

    return check


for operation in schema.raw_schema["paths"].values():
    name = operation["get"]["operationId"]
    globals()[f"test_{name}"] = swept(name)
