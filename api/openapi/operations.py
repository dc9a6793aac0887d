"""How the description shows one operation: a collection, one of its objects, or what is asked of an object."""

from __future__ import annotations

from collections.abc import Collection

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from drf_spectacular.utils import OpenApiResponse
from rest_framework.filters import BaseFilterBackend

from api.filters import RecordFilterSet
from api.formats import Csv, GeoJson, Ndjson
from api.openapi.pages import FacetSerializer, PageShape
from api.openapi.parameters import (
    common_parameter,
    expand_parameters,
    filter_parameters,
    format_parameters,
    id_parameter,
    paging_parameters,
)
from api.openapi.problems import MERGED, ProblemSerializer, problem_response
from api.openapi.tags import FEEDS
from api.pagination import BACK_IN_TIME
from api.stats import StatsView
from api.types import JsonObject
from api.views import PREFIX, ListViewSet
from record.models import collections

OVERRIDDEN = {
    "_get_paginator": "what a page looks like depends on the view, which a pagination class is not told"
}
"""The private methods of drf-spectacular that are overridden here, each with the reason. A test says that they are there."""

PICTURE = "A picture of the same. Each mark has a title that names its claims."
ONE_FOR_ALL_CONDITIONS = "Conditions given together must all hold, and those about one claim or one number hold for one and the same. "
HOW_TO_WALK = (
    "Follow `next` until it is null; all pages of one walk answer as of one revision. With `format=ndjson` or `csv` "
    "the whole list is streamed instead, without pages."
)
HEADERS = {
    "Link": "The next and the previous page, this description, and the licence, by relation (RFC 8288). Of one object "
    "also its versions: `version-history`, `latest-version` and, as far as there are such, `predecessor-version` and "
    "`successor-version` (RFC 5829). With `as_of`, the same without it as `original`.",
    "X-Licence": "The licence of the data, as an SPDX identifier.",
    "X-Attribution": "Whom to name.",
}
HEADERS_OF_A_REVISION = {
    "X-Record-Revision": "The revision of the record that the answer is read at.",
    "X-Generated-At": "When that revision was recorded (UTC).",
    "Memento-Datetime": "With `as_of` only: the same moment, to the second, as RFC 7089 has it.",
}
HEADERS_OF_A_PAGE = {"X-Total-Count": "How many rows the filters find in all."}


class RecordSchema(AutoSchema):
    """One operation, described from the docstring of its collection and the help of its filters."""

    @property
    def path_words(self) -> list[str]:
        """What stands in the path beside variables."""
        steps = self.path.removeprefix(PREFIX).split("/")
        return [step for step in steps if step and not step.startswith("{")]

    @property
    def collection(self) -> str:
        """The collection in the path; empty for the root."""
        return next(iter(self.path_words), "")

    @property
    def inner(self) -> str | None:
        """The extra action that is asked of one object; null for the object itself and for lists."""
        return self.path_words[1] if len(self.path_words) > 1 else None

    @property
    def is_list(self) -> bool:
        return getattr(self.view, "action", None) == "list"

    @property
    def is_pinned(self) -> bool:
        """Whether the answer is read at a revision."""
        return isinstance(self.view, (ListViewSet, StatsView))

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> JsonObject | None:
        operation = super().get_operation(path, path_regex, path_prefix, method, registry)
        if operation is None:
            return None
        in_path = [id_parameter(described, self.collection) for described in operation.get("parameters", [])]
        described: JsonObject = {
            **{name: operation[name] for name in ("operationId", "description", "summary")},
            "parameters": [*in_path, *self.query_parameters()],
            "tags": operation["tags"],
            "responses": self.responses(operation["responses"]["200"]),
        }
        return described

    def get_operation_id(self) -> str:
        if not self.collection:
            return "root"
        last = self.inner or ("list" if self.is_list else "retrieve")
        return f"{self.collection}_{last}".replace("-", "_")

    def get_tags(self) -> list[str]:
        return [self.collection or "root"]

    def get_summary(self) -> str:
        if not self.collection:
            return "What there is"
        if self.is_list:
            return f"List {self.collection.replace('-', ' ')}"
        model = collections().get(self.collection)
        if isinstance(self.view, StatsView):
            return f"{self.collection.capitalize()}: {str(self.inner).replace('-', ' ')}"
        if self.inner and model:
            return f"The {self.inner} of one {model._meta.verbose_name}"
        return f"One {model._meta.verbose_name if model else 'vocabulary'}"

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular's: no path, no method
        text = super().get_description()
        if not self.is_list or not self.filterset:
            return text
        conditions = "" if self.collection in FEEDS else ONE_FOR_ALL_CONDITIONS
        return f"{text}\n\n{conditions}{HOW_TO_WALK}"

    def get_auth(self) -> list[JsonObject]:
        return []

    # Parameters --------------------------------------------------------------------------

    def get_filter_backends(self) -> list[BaseFilterBackend]:
        return []  # the filters describe themselves: see `query_parameters`

    @property
    def filterset(self) -> type[RecordFilterSet] | None:
        """The filters of this operation."""
        if isinstance(self.view, StatsView):
            return self.view.parameters_class
        if not isinstance(self.view, ListViewSet):
            return None
        return (
            self.view.filterset_class if self.is_list else self.view.filters_of.get(self.inner or "retrieve")
        )

    def query_parameters(self) -> list[JsonObject]:
        described = filter_parameters(self.filterset)
        if isinstance(self.view, StatsView) or "as_of" in getattr(self.view, "paging", ()):
            described += [common_parameter(name) for name in self.back_in_time()]
        if self.is_list and isinstance(self.view, ListViewSet):
            described += paging_parameters(self.view)
        formats = list(dict.fromkeys(renderer.format for renderer in self.view.get_renderers()))
        of_rows = "csv" in formats or (isinstance(self.view, ListViewSet) and self.inner is None)
        described += format_parameters(formats, of_rows)
        if of_rows and isinstance(self.view, ListViewSet):
            described += expand_parameters(self.view)
        return described

    def back_in_time(self) -> Collection[str]:
        ways_back = self.view.ways_back if isinstance(self.view, ListViewSet) else {}
        return ways_back.get(self.inner or "", BACK_IN_TIME)

    # Answers -----------------------------------------------------------------------------

    def _get_paginator(self) -> PageShape | None:
        if not self.is_list:
            return None
        has_facets = isinstance(self.view, ListViewSet) and self.view.facets
        return PageShape(self.resolve_serializer(FacetSerializer, "response").ref if has_facets else None)

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}Page"

    def get_response_serializers(self) -> object:  # type: ignore[override]  # it takes more than it says
        if not self.collection:
            return OpenApiResponse({"$ref": "#/components/schemas/Root"})
        # A view says what an extra action answers with beside the action: `<action>_serializer`.
        return getattr(self.view, f"{self.inner}_serializer", None) or super().get_response_serializers()

    def responses(self, answer: JsonObject) -> JsonObject:
        """Every answer of the operation by its status, from the successful one as drf-spectacular makes it."""
        answer["description"] = f"{self.get_summary()}."
        answer["headers"] = self.headers()
        for media_type, content in answer["content"].items():
            if schema := self.schema_of_format(media_type):
                content["schema"] = schema
        by_status = {"200": answer}
        refusals = ["400", "406"]
        if "{" in self.path:
            refusals.append("404")
            if self.collection in collections():
                refusals.append("410")
                location = {
                    "description": "The address of the survivor.",
                    "schema": {"type": "string", "format": "uri"},
                }
                by_status["308"] = {"description": MERGED, "headers": {"Location": location}}
        problem_ref = self.resolve_serializer(ProblemSerializer, "response").ref
        by_status |= {status: problem_response(status, problem_ref) for status in refusals}
        return dict(sorted(by_status.items()))

    def schema_of_format(self, media_type: str) -> JsonObject | None:
        """What an answer looks like in a format that is not JSON."""
        if media_type.startswith("image/"):
            return {"type": "string", "description": PICTURE}
        if media_type == GeoJson.media_type:
            what = "a feature for each object" if self.is_list else "one feature"
            text = f"GeoJSON (RFC 7946): {what}, its place as a point or null, the object as `properties`."
            return {"type": "object", "description": text}
        texts = {
            Csv.media_type: "Flat, one record a row, with a header; safe to open in a spreadsheet. Null is empty.",
            Ndjson.media_type: "One JSON object a line, the same as in `results` of a page.",
        }
        return {"type": "string", "description": texts[media_type]} if media_type in texts else None

    def headers(self) -> JsonObject:
        texts = dict(HEADERS)
        if self.is_pinned:
            texts |= HEADERS_OF_A_REVISION
        if self.is_list and isinstance(self.view, ListViewSet):
            texts |= HEADERS_OF_A_PAGE
        return {name: {"description": text, "schema": {"type": "string"}} for name, text in texts.items()}
