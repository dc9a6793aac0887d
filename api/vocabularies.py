"""The codebook: every controlled word with its definition and origin."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from api.errors import NotFound
from api.filters import check_parameters
from api.types import JsonObject
from api.views import PREFIX, PublicView
from record.vocabulary import Vocabulary, vocabularies


class WordSerializer(serializers.Serializer[Vocabulary]):
    """One word of a vocabulary."""

    code = serializers.CharField(source="value", help_text="The word as fields give it and filters take it.")
    label: Any = serializers.CharField(help_text="The word as a reader sees it.")
    definition = serializers.CharField(help_text="What the word means, in one sentence.")


@extend_schema_field({"type": "string", "format": "uri"})
class VocabularyAddressField(serializers.Field):
    """The absolute address of a vocabulary."""

    def to_representation(self, vocabulary: type[Vocabulary]) -> str:
        return f"{self.context['api']}vocabularies/{vocabulary.slug()}/"


class VocabularySerializer(serializers.Serializer[type[Vocabulary]]):
    """A closed list of words, with what it is for and where it comes from."""

    id = serializers.CharField(source="slug", help_text="The id of the vocabulary, such as `facility-kind`.")
    url = VocabularyAddressField(
        source="*", read_only=True, help_text="The absolute address of the vocabulary."
    )
    display = serializers.SerializerMethodField(help_text="Its name as a reader sees it.")
    description = serializers.CharField(help_text="What the vocabulary is for.")
    origin = serializers.CharField(help_text="Where its words come from.")
    words = WordSerializer(source="*", many=True, help_text="Its words, in the order of the codebook.")

    def get_display(self, vocabulary: type[Vocabulary]) -> str:
        return vocabulary.slug().replace("-", " ")


class VocabularyViewSet(PublicView, ViewSet):
    """The words that fields of the API use, each with its definition and where it comes from.

    A list of all of them comes in one page. For reading, `/codebook/` shows the same.
    """

    lookup_field = "vocabulary"
    lookup_value_regex = "[a-z-]+"
    serializer_class = VocabularySerializer

    def list(self, request: Request) -> Response:
        check_parameters(request, ["format"], ())
        results = [self.described(vocabulary) for vocabulary in vocabularies().values()]
        return Response({"count": len(results), "next": None, "previous": None, "results": results})

    def retrieve(self, request: Request, vocabulary: str) -> Response:
        check_parameters(request, ["format"], ())
        if vocabulary not in vocabularies():
            raise NotFound()
        return Response(self.described(vocabularies()[vocabulary]))

    def described(self, vocabulary: type[Vocabulary]) -> JsonObject:
        return VocabularySerializer(vocabulary, context={"api": f"{self.base_url()}{PREFIX}"}).data
