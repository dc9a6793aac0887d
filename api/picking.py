"""Which fields of an object an answer has: all of them, or those that `fields` names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Model
from rest_framework.request import Request
from rest_framework.serializers import ListSerializer, Serializer

from api.errors import BadParameter
from api.messages import allowed_values, quoted
from api.types import JsonObject

Picked = dict[str, "Picked"]
"""The fields that are asked for, each with those of what it holds; none of these means everything it holds."""


def paths_of(serializer: Serializer[Any]) -> Iterator[str]:
    """Every field of an object, and of the objects in it by a dotted path."""
    for name, field in serializer.fields.items():
        yield name
        nested = field.child if isinstance(field, ListSerializer) else field
        inner = paths_of(nested) if isinstance(nested, Serializer) else getattr(field, "columns", ())
        yield from (f"{name}.{path}" for path in inner)


def requested_fields(serializer: Serializer[Any], request: Request) -> Picked | None:
    """The fields that `fields` names; null without it."""
    if "fields" not in request.query_params:
        return None
    paths = [path for text in request.query_params.getlist("fields") for path in text.split(",")]
    known = set(paths_of(serializer))
    picked: Picked = {}
    for path in paths:
        if path not in known:
            raise BadParameter(
                "fields",
                f"There is no field {quoted(path)}{allowed_values(path, sorted(known))}",
                "invalid_choice",
            )
        if paths.count(path) > 1:
            raise BadParameter("fields", f"The field {path} is named twice.", "repeated")
    whole = {path for path in paths if not any(path.startswith(f"{other}.") for other in paths)}
    for path in sorted(whole, key=paths.index):
        inner = picked
        for step in path.split("."):
            inner = inner.setdefault(step, {})
    return picked


class Shown:
    """Makes objects of rows, with the fields that a request asks for."""

    def __init__(self, serializer: Serializer[Any], request: Request) -> None:
        self.serializer, self.picked = serializer, requested_fields(serializer, request)
        if self.picked is not None:
            for name in set(serializer.fields) - self.picked.keys():
                del serializer.fields[name]  # what nobody reads need not be worked out

    def __call__(self, row: Model) -> JsonObject:
        whole: JsonObject = self.serializer.to_representation(row)
        return whole if self.picked is None else pick(whole, self.picked)


def pick(value: Any, picked: Picked) -> Any:
    """Of an object, or of each in a list, what is asked for."""
    if not picked or value is None:
        return value
    if isinstance(value, list):
        return [pick(item, picked) for item in value]
    return {name: pick(value[name], inner) for name, inner in picked.items()}
