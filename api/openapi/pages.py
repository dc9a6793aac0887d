"""How the description shows a page of a list."""

from __future__ import annotations

from rest_framework import serializers

from api.pagination import KeysetPagination
from api.types import JsonObject


class FacetSerializer(serializers.Serializer[JsonObject]):
    """How many of the filtered rows have a value."""

    value = serializers.CharField(
        allow_null=True,
        help_text="The value, as the filter of the same name takes it; null for rows without one.",
    )
    count = serializers.IntegerField(
        help_text="How many rows have it. A row with several values counts for each, so sums may exceed `count`."
    )


class PageShape(KeysetPagination):
    """A page as a component with a name."""

    def __init__(self, facet: JsonObject | None) -> None:
        self.facet = facet

    def get_paginated_response_schema(self, schema: JsonObject) -> JsonObject:
        link = {"type": ["string", "null"], "format": "uri"}
        facets = {
            "type": "object",
            "description": "With the parameter `facets`: for each word its values, most frequent first.",
            "additionalProperties": {"type": "array", "items": self.facet},
        }
        return {
            "type": "object",
            "description": "One page of a list.",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {
                    "type": "integer",
                    "description": "How many rows the filters find in all, exactly, on every page the same.",
                },
                "next": {**link, "description": "The address of the next page; null on the last one."},
                "previous": {**link, "description": "The address of the page before; null on the first one."},
                "results": {**schema, "description": "The rows of this page, in order."},
                **({"facets": facets} if self.facet else {}),
            },
        }

    def get_schema_operation_parameters(self, view: object) -> list[JsonObject]:
        return []
