"""The API described as OpenAPI 3.1, read off the code that serves it."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from functools import cache
from typing import cast

from django.conf import settings
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2

from api.openapi.examples import examples
from api.openapi.problems import PROBLEMS, response_name
from api.openapi.tags import tag_text
from api.openapi.vocabularies import enum
from api.types import JsonObject
from record.vocabulary import vocabularies

RENDERERS = {renderer.media_type: renderer for renderer in (OpenApiJsonRenderer2, OpenApiYamlRenderer2)}


@cache
def rendered(media_type: str, public_url: str) -> bytes:
    """The description as it is sent; made once in a process, since it changes with the code only."""
    document = SchemaGenerator().get_schema(public=True)
    return cast(bytes, RENDERERS[media_type]().render(document, renderer_context={}))


def complete(result: JsonObject, generator: object, request: object, public: bool) -> JsonObject:
    """What belongs to the whole: vocabularies, tags, examples and where it is served."""
    components = result["components"].setdefault("schemas", {})
    components["Root"] = {
        "type": "object",
        "description": "Every collection with its address.",
        "additionalProperties": {"type": "string", "format": "uri"},
    }
    for vocabulary in vocabularies().values():
        components[vocabulary.__name__] = enum(vocabulary)
    for schema in components.values():
        for described in schema.get("properties", {}).values():
            described.pop("readOnly", None)  # all of it is
    operations = [operation for path in result["paths"].values() for operation in path.values()]
    for operation in operations:
        if example := examples().get(operation["operationId"]):
            operation["responses"]["200"]["content"]["application/json"]["examples"] = {
                "starter": {"summary": f"GET {example['request']}", "value": example["answer"]}
            }
    result["components"] = {
        "parameters": shared_parameters(operations),
        "responses": shared_responses(operations),
        "schemas": dict(sorted(components.items())),
    }
    result["servers"] = [{"url": settings.PUBLIC_URL or "/"}]
    tags = dict.fromkeys(tag for operation in operations for tag in operation["tags"])
    result["tags"] = [{"name": tag, "description": tag_text(tag)} for tag in tags]
    return result


def shared_parameters(operations: list[JsonObject]) -> JsonObject:
    """The parameters that several operations have, said once and referred to from each.

    Of those that share a name but differ, the most frequent is said once.
    """
    variants: dict[str, Counter[str]] = defaultdict(Counter)
    for operation in operations:
        for parameter in operation["parameters"]:
            variants[parameter["name"]][json.dumps(parameter)] += 1
    shared, references = {}, {}
    for name, counted in sorted(variants.items()):
        text, times = counted.most_common(1)[0]
        if times > 1:
            references[text] = {"$ref": f"#/components/parameters/{name}"}
            shared[name] = json.loads(text)
    for operation in operations:
        operation["parameters"] = [
            references.get(json.dumps(parameter), parameter) for parameter in operation["parameters"]
        ]
    return shared


def shared_responses(operations: list[JsonObject]) -> JsonObject:
    """The problems that operations answer with, said once and referred to from each."""
    shared = {}
    for operation in operations:
        for status in operation["responses"].keys() & PROBLEMS.keys():
            name = response_name(status)
            shared[name] = operation["responses"][status]
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return dict(sorted(shared.items()))
