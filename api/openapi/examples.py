"""Requests whose answers the documentation shows, as they come on the starter data."""

from __future__ import annotations

import json
import re
from functools import cache

from django.conf import settings
from django.test import Client

from api.types import JsonObject

HOST, PORT = "127.0.0.1", "8000"  # where `make run` serves


@cache
def examples() -> dict[str, JsonObject]:
    """By operation: a request, and its answer as it was captured. A test compares them."""
    path = settings.API_EXAMPLES
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def example_id(collection: str) -> str | None:
    """The id of the object of a collection that the documentation shows."""
    example = examples().get(f"{collection.replace('-', '_')}_retrieve")
    return example["request"].rstrip("/").rsplit("/", 1)[-1] if example else None


def ask(example: JsonObject) -> JsonObject:
    """The answer to a request, without what differs from one server to the next."""
    response = Client().get(example["request"], SERVER_NAME=HOST, SERVER_PORT=PORT)
    assert response.status_code == 200, (example["request"], response.content)
    answer: JsonObject = json.loads(re.sub(r"cursor=[^\"&]+", "cursor=opaque", response.content.decode()))
    if "first" in example:
        answer["results"] = answer["results"][: example["first"]]
    return answer
