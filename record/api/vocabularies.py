"""The codebook: every controlled word with its definition and origin."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from record.api.filters import check_parameters
from record.api.problems import NotFound
from record.api.views import PREFIX, PublicView
from record.vocabulary import Vocabulary, vocabularies


class VocabularyViewSet(PublicView, ViewSet):
    """The words that fields of the API use, each with its definition and where it comes from."""

    lookup_field = "vocabulary"
    lookup_value_regex = "[a-z-]+"

    def list(self, request: Request) -> Response:
        check_parameters(request, (), ())
        results = [self.shown(vocabulary) for vocabulary in vocabularies().values()]
        return Response({"count": len(results), "next": None, "previous": None, "results": results})

    def retrieve(self, request: Request, vocabulary: str) -> Response:
        check_parameters(request, (), ())
        if vocabulary not in vocabularies():
            raise NotFound()
        return Response(self.shown(vocabularies()[vocabulary]))

    def shown(self, vocabulary: type[Vocabulary]) -> dict[str, Any]:
        return {
            "id": vocabulary.slug(),
            "url": f"{self.base_url()}{PREFIX}vocabularies/{vocabulary.slug()}/",
            "display": vocabulary.slug().replace("-", " "),
            "description": vocabulary.description(),
            "origin": vocabulary.origin(),
            "words": [
                {"code": word.value, "label": word.label, "definition": word.definition}
                for word in vocabulary
            ],
        }
