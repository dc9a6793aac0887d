"""Vocabularies in the description: each is one enum, which every field and filter refers to."""

from __future__ import annotations

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import Direction

from api.serializers import WordField
from api.types import JsonObject
from record.vocabulary import Vocabulary


def enum_of(vocabulary: type[Vocabulary]) -> JsonObject:
    """Where the enum of a vocabulary stands: it has the name of its class."""
    return {"$ref": f"#/components/schemas/{vocabulary.__name__}"}


def enum(vocabulary: type[Vocabulary]) -> JsonObject:
    """The enum itself, with the definition of every word."""
    words = "\n".join(f"* `{word.value}`: {word.definition}" for word in vocabulary)
    return {
        "type": "string",
        "enum": list(vocabulary.values),
        "description": f"{vocabulary.description()} Origin: {vocabulary.origin()}\n\n{words}",
    }


class WordFieldExtension(OpenApiSerializerFieldExtension):
    """A word is a reference to its vocabulary, so that every client has one type for it."""

    target_class = WordField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Direction) -> JsonObject:
        return enum_of(self.target.vocabulary)
