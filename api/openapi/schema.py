"""The API described as OpenAPI 3.1, read off the code that serves it."""

from __future__ import annotations

import inspect
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.db.models import CheckConstraint
from drf_spectacular.drainage import warn
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.renderers import OpenApiJsonRenderer2, OpenApiYamlRenderer2
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.renderers import BaseRenderer

from api import filters
from api.errors import CONTENT_TYPE
from api.formats import Csv, GeoJson, Ndjson
from api.openapi.examples import example_id, examples
from api.pagination import BACK_IN_TIME, MOST, PAGE_SIZE, KeysetPagination
from api.serializers import WordField
from api.views import ListViewSet
from record.choices import WithdrawalReason
from record.models import OnRecord, collections
from record.vocabulary import Vocabulary, vocabularies

Schema = dict[str, Any]


# Words --------------------------------------------------------------------------------------------------


def enum_of(vocabulary: type[Vocabulary]) -> Schema:
    """Where the enum of a vocabulary stands: it has the name of its class."""
    return {"$ref": f"#/components/schemas/{vocabulary.__name__}"}


def enum(vocabulary: type[Vocabulary]) -> Schema:
    words = "\n".join(f"* `{word.value}`: {word.definition}" for word in vocabulary)
    return {
        "type": "string",
        "enum": list(vocabulary.values),
        "description": f"{vocabulary.description()} Origin: {vocabulary.origin()}\n\n{words}",
    }


class WordFieldExtension(OpenApiSerializerFieldExtension):
    """A word is a reference to its vocabulary, so that every client has one type for it."""

    target_class = WordField

    def map_serializer_field(self, auto_schema: AutoSchema, direction: Any) -> Schema:
        return enum_of(self.target.vocabulary)


# Problems -----------------------------------------------------------------------------------------------


class ProblemErrorSerializer(serializers.Serializer[Any]):
    """One thing that is wrong with a request."""

    parameter = serializers.CharField(help_text="The query parameter that is wrong.")
    code = serializers.CharField(
        help_text="What is wrong with it, as a word for programs, such as `unknown_parameter`, `unknown_id`, "
        "`invalid_choice`, `empty` or `repeated`."
    )
    detail = serializers.CharField(help_text="What is wrong with it, as a sentence for people.")


class ProblemSerializer(serializers.Serializer[Any]):
    """What every error looks like (RFC 9457), with the content type `application/problem+json`."""

    type = serializers.CharField(help_text="Always `about:blank`: `code` says what happened.")
    title = serializers.CharField(help_text="The name of the HTTP status, such as `Bad Request`.")
    status = serializers.IntegerField(help_text="The HTTP status, such as 400.")
    detail = serializers.CharField(help_text="What happened, as a sentence for people.")
    code = serializers.CharField(
        help_text="What happened, as a word for programs, such as `invalid`, `not_found` or `withdrawn`."
    )
    request_id = serializers.CharField(
        help_text="Names this one answer; the header `X-Request-ID` has it too. Give it when you ask us."
    )
    errors: Any = ProblemErrorSerializer(
        many=True, help_text="For a 400: each parameter that is wrong. Otherwise empty."
    )
    reason = WordField(
        WithdrawalReason, required=False, help_text="For a 410 only: why the object was withdrawn."
    )
    note = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="For a 410 only: the public note that explains the withdrawal; null if there is none.",
    )
    replaced_by = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="For a 410 only: the id of the object that stands in its place; null if there is none.",
    )


PROBLEMS = {
    "400": "A parameter is unknown, empty, malformed, out of range or wrongly repeated. `errors` names it and "
    "says what is allowed.",
    "404": "There is nothing public at this address.",
    "406": "None of the types that `Accept` names can be given here.",
    "410": "The object was public and was withdrawn. The problem says why, and by what it was replaced.",
}
FEEDS = {
    "changes": "The ledger of the record, line by line, to keep a copy equal.",
    "corrections": "What was corrected on the record: withdrawn, amended, merged, and why.",
}
MERGED = (
    "It was found to be the same thing as another object, whose address is in `Location`. The query is kept."
)


# Parameters ---------------------------------------------------------------------------------------------

MOMENT = {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
PARAMETERS: dict[str, tuple[str, Schema]] = {
    "format": ("The format of the answer; it beats `Accept`.", {}),
    "fields": (
        "With `format=csv`: the columns, in this order, by commas or repetition; all of them if not given. A "
        "dotted column is the path of a value in the JSON object, such as `report.id`.",
        {"type": "array", "items": {"type": "string"}},
    ),
    "as_of": (
        "What this record had published by then: a date (the end of that day, UTC) or a moment with its zone; not "
        "in the future. Names, spellings, places and grades of sources show today's values all the same.",
        MOMENT,
    ),
    "known_at": (
        "What had been said and issued by then, among all that the record holds: a date (the end of that day, UTC) "
        "or a moment with its zone; not in the future. Claims are known from the later of when they were said and "
        "when they were issued; strikes and propositions with their first known claim; actors, facilities and "
        "assessments always. With `as_of` it ranges over what was published by then.",
        MOMENT,
    ),
    "page_size": (
        f"How many results a page has, from 1 to {MOST}; {PAGE_SIZE} if not given.",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE_SIZE},
    ),
    "cursor": (
        "Where the page begins. Take it from `next` or `previous`: it is signed, and belongs to this query and "
        "to the revision at which the walk began.",
        {"type": "string"},
    ),
}
FACETS = (
    "Words to count by, by commas or repetition: the answer then has `facets`, which says for each value of the "
    "word how many of the filtered rows have it. For pages of JSON only."
)
SEVERAL = "Several by commas or by repetition: any of them."


def spelling(model: type[OnRecord]) -> Schema:
    """How the ids of a collection are spelt: as the database keeps it, in the anchors of JSON Schema."""
    for rule in model._meta.constraints:
        if isinstance(rule, CheckConstraint) and rule.name.endswith("_id_is_well_spelt"):
            pattern = str(dict(rule.condition.children)["public_id__regex"])  # type: ignore[union-attr, arg-type]
            return {"type": "string", "pattern": pattern.replace(r"\A", "^").replace(r"\Z", "$")}
    return {"type": "string"}


def ids(word: filters.IdsFilter) -> tuple[str, Schema]:
    example = example_id(word.of.collection)
    such_as = f", such as `{example}`" if example else ""
    return f"Ids of `{word.of.collection}`{such_as}. {SEVERAL}", {"type": "array", "items": spelling(word.of)}


def words(word: filters.VocabularyFilter) -> tuple[str, Schema]:
    return SEVERAL, {"type": "array", "items": enum_of(word.vocabulary)}


def codes(word: filters.CodesFilter) -> tuple[str, Schema]:
    item = {"type": "string", "pattern": f"^{word.pattern}$"}
    return f"Each is {word.what}. {SEVERAL}", {"type": "array", "items": item}


def given(schema: Schema) -> Callable[[Any], tuple[str, Schema]]:
    """One value of this form, described by the docstring of its filter."""
    return lambda word: (" ".join((inspect.getdoc(type(word)) or "").split()), schema)


DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,6})?"
FORMS: dict[type[filters.RecordFilter], Callable[[Any], tuple[str, Schema]]] = {
    filters.IdsFilter: ids,
    filters.VocabularyFilter: words,
    filters.VocabularyChoiceFilter: lambda word: ("", enum_of(word.vocabulary)),
    filters.CodesFilter: codes,
    filters.ChoicesFilter: lambda word: (
        SEVERAL,
        {"type": "array", "items": {"type": "string", "enum": sorted(word.choices())}},
    ),
    filters.RevisionFilter: given({"type": "integer", "minimum": 0}),
    filters.OneOfFilter: lambda word: (
        f"`{word.default}` if not given." if word.default else "",
        {"type": "string", "enum": word.choices, **({"default": word.default} if word.default else {})},
    ),
    filters.FlagFilter: lambda word: ("", {"type": "boolean"}),
    filters.NumberFilter: given({"type": "number", "minimum": 0, "maximum": 999999999999.999}),
    filters.CountFilter: given({"type": "integer", "minimum": 1, "maximum": 1000}),
    filters.RadiusFilter: given({"type": "number", "minimum": 0.001, "maximum": 2000}),
    filters.WhenFilter: given(MOMENT),
    filters.BoxFilter: given({"type": "string", "pattern": f"^{DEGREES}(,{DEGREES}){{3}}$"}),
    filters.PointFilter: given({"type": "string", "pattern": f"^{DEGREES},{DEGREES}$"}),
    filters.SearchFilter: lambda word: ("", {"type": "string", "minLength": 1, "maxLength": 200}),
    filters.GroupingFilter: lambda word: (
        "By commas or by repetition.",
        {"type": "array", "items": {"type": "string", "enum": word.known}}
        | {"minItems": 1, "maxItems": 2, "uniqueItems": True},
    ),
}


def form_of(word: filters.RecordFilter) -> tuple[str, Schema]:
    """What a filter takes: in words, and as a schema."""
    for kind in type(word).__mro__:
        if kind in FORMS:
            return FORMS[kind](word)
    if word.several:
        doc = " ".join((inspect.getdoc(type(word)) or "").split())
        return f"{doc} {SEVERAL}", {"type": "array", "items": {"type": "string"}}
    return given({"type": "string"})(word)


def parameter(name: str, description: str, schema: Schema, **more: Any) -> Schema:
    repeated = {"style": "form", "explode": True} if schema.get("type") == "array" else {}
    return {"in": "query", "name": name, "description": description, "schema": schema, **repeated, **more}


# Operations ---------------------------------------------------------------------------------------------


class FacetSerializer(serializers.Serializer[Any]):
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

    def __init__(self, facet: Schema | None) -> None:
        self.facet = facet

    def get_paginated_response_schema(self, schema: Schema) -> Schema:
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

    def get_schema_operation_parameters(self, view: Any) -> list[Schema]:
        return []


class RecordSchema(AutoSchema):
    """One operation, described from the docstring of its collection and the help of its filters."""

    @property
    def collection(self) -> str:
        """The collection in the path; empty for the root."""
        return next(iter(self._tokenize_path()), "")

    @property
    def inner(self) -> str | None:
        """What is asked of one object, such as its accounts; null for the object itself and for lists."""
        return (*self._tokenize_path(), None, None)[1]

    @property
    def is_list(self) -> bool:
        return self.inner is None and bool(self._is_list_view())

    def get_operation_id(self) -> str:
        if not self.collection:
            return "root"
        if self.inner:
            return f"{self.collection}_{self.inner}".replace("-", "_")
        return f"{self.collection.replace('-', '_')}_{'list' if self.is_list else 'retrieve'}"

    def get_tags(self) -> list[str]:
        return [self.collection or "root"]

    def get_summary(self) -> str:
        if not self.collection:
            return "What there is"
        name = self.collection.replace("-", " ")
        if self.is_list:
            return f"List {name}"
        model = collections().get(self.collection)
        if hasattr(self.view, "parameters_class"):
            return f"{self.collection.capitalize()}: {str(self.inner).replace('-', ' ')}"
        if self.inner and model:
            return f"The {self.inner} of one {model._meta.verbose_name}"
        return f"One {model._meta.verbose_name if model else 'vocabulary'}"

    def get_description(self) -> str:  # type: ignore[override]
        text = super().get_description()
        if self.is_list and getattr(self.view, "filterset_class", None):
            text += "\n\n"
            if self.collection not in FEEDS:
                text += "Conditions given together must all hold, and those about one claim or one number hold for "
                text += "one and the same. "
            text += (
                "Follow `next` until it is null; all pages of one walk answer as of one "
                "revision. With `format=ndjson` or `csv` the whole list is streamed instead, without pages."
            )
        return text

    def get_auth(self) -> list[Schema]:
        return []

    # Parameters --------------------------------------------------------------------------

    def _resolve_path_parameters(self, variables: list[str]) -> list[Schema]:
        found: list[Schema] = super()._resolve_path_parameters(variables)
        for one in found:
            one["description"] = "The public id, as lists and other objects give it."
            if example := example_id(self.collection):
                one["example"] = example
        return found

    def _get_filter_parameters(self) -> list[Schema]:
        if self.is_list:
            filterset = getattr(self.view, "filterset_class", None)
        elif hasattr(self.view, "parameters_class"):
            filterset = self.view.parameters_class
        else:
            filterset = getattr(self.view, "filters_of", {}).get(self.inner or "retrieve")
        found = []
        for name, word in getattr(filterset, "base_filters", {}).items():
            help_text = word.extra.get("help_text") or ""
            if not help_text:
                warn(f"the filter {name} says nothing of itself.")
            form, schema = form_of(word)
            needed = {"required": True} if word.needed else {}
            found.append(parameter(name, f"{help_text} {form}".strip(), schema, **needed))
        if "as_of" in getattr(self.view, "paging", ()) or hasattr(self.view, "parameters_class"):
            found += [parameter(name, *PARAMETERS[name]) for name in BACK_IN_TIME]
        return found

    def _get_pagination_parameters(self) -> list[Schema]:
        view = self.view
        if not self.is_list or not isinstance(view, ListViewSet):
            return []
        pages = [parameter(name, *PARAMETERS[name]) for name in ("page_size", "cursor")]
        if "ordering" not in view.paging:
            return pages
        names = [*view.orderings, "id"]
        choices = [*names, *(f"-{name}" for name in names)]
        text = (
            "What the list is ordered by; a leading `-` reverses it. Ties are ordered by id. "
            f"`{view.default_ordering}` if not given."
        )
        if "position" in names:
            text += " `position` needs exactly one `report`."
        order = {"type": "string", "enum": choices, "default": view.default_ordering}
        found = [parameter("ordering", text, order)]
        if view.facets:
            items = {"type": "string", "enum": sorted(view.facets)}
            found.append(parameter("facets", FACETS, {"type": "array", "items": items}))
        return found + pages

    def _get_format_parameters(self) -> list[Schema]:
        formats = list(dict.fromkeys(one.format for one in self.view.get_renderers()))
        description, _ = PARAMETERS["format"]
        schema = {"type": "string", "enum": formats, "default": formats[0]}
        found = [parameter("format", description, schema)]
        return found + ([parameter("fields", *PARAMETERS["fields"])] if "csv" in formats else [])

    # Answers -----------------------------------------------------------------------------

    def _get_paginator(self) -> Any:
        if not self.is_list:
            return None
        counts = isinstance(self.view, ListViewSet) and self.view.facets
        return PageShape(self.resolve_serializer(FacetSerializer, "response").ref if counts else None)

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}Page"

    def get_response_serializers(self) -> Any:
        if not self.collection:
            return OpenApiResponse({"$ref": "#/components/schemas/Root"})
        if self.inner in ("accounts", "timeline"):
            return getattr(self.view, f"{self.inner}_serializer")
        return super().get_response_serializers()

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        bodies: Schema = super()._get_response_bodies(direction)
        found = bodies["200"]
        found["description"] = f"{self.get_summary()}."
        found["headers"] = self._headers(paged=self.is_list)
        for kind in found["content"]:
            if kind.startswith("image/"):
                text = "A picture of the same. Each mark has a title that names its claims."
                found["content"][kind] = {"schema": {"type": "string", "description": text}}
        for renderer in (Ndjson, Csv, GeoJson):
            if renderer.media_type in found["content"]:
                found["content"][renderer.media_type] = {"schema": self._stream(renderer)}
        statuses = ["400", "406"]
        if "{" in self.path:
            statuses = ["400", "404", "406"]
            if self.collection in collections():
                statuses.append("410")
                location = {
                    "description": "The address of the survivor.",
                    "schema": {"type": "string", "format": "uri"},
                }
                bodies["308"] = {"description": MERGED, "headers": {"Location": location}}
        for status in statuses:
            problem = self._get_response_for_code(ProblemSerializer, status, [CONTENT_TYPE])
            bodies[status] = {**problem, "description": PROBLEMS[status]}
        return dict(sorted(bodies.items()))

    def _stream(self, renderer: type[BaseRenderer]) -> Schema:
        if renderer is GeoJson:
            what = "a feature for each object" if self.is_list else "one feature"
            text = f"GeoJSON (RFC 7946): {what}, its place as a point or null, the object as `properties`."
            return {"type": "object", "description": text}
        if renderer is Csv:
            text = "Flat, one record a row, with a header; safe to open in a spreadsheet. Null is empty."
        else:
            text = "One JSON object a line, the same as in `results` of a page."
        return {"type": "string", "description": text}

    def _headers(self, paged: bool) -> Schema:
        texts = {
            "Link": "The next and the previous page, this description, and the licence, by relation (RFC 8288).",
            "X-Licence": "The licence of the data, as an SPDX identifier.",
            "X-Attribution": "Whom to name.",
        }
        if isinstance(self.view, ListViewSet) or hasattr(self.view, "parameters_class"):
            texts["X-Record-Revision"] = "The revision of the record that the answer is read at."
            texts["X-Generated-At"] = "When that revision was recorded (UTC)."
        if paged and isinstance(self.view, ListViewSet):
            texts["X-Total-Count"] = "How many rows the filters find in all."
        return {name: {"description": text, "schema": {"type": "string"}} for name, text in texts.items()}


# The whole ----------------------------------------------------------------------------------------------


def complete(result: Schema, generator: Any, request: Any, public: bool) -> Schema:
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
        for one in schema.get("properties", {}).values():
            one.pop("readOnly", None)  # all of it is
    operations = [operation for path in result["paths"].values() for operation in path.values()]
    for operation in operations:
        if shown := examples().get(operation["operationId"]):
            operation["responses"]["200"]["content"]["application/json"]["examples"] = {
                "starter": {"summary": f"GET {shown['request']}", "value": shown["answer"]}
            }
    parameters, responses = shared(operations)
    result["components"] = {
        "parameters": parameters,
        "responses": responses,
        "schemas": dict(sorted(components.items())),
    }
    result["servers"] = [{"url": settings.PUBLIC_URL or "/"}]
    used = dict.fromkeys(tag for operation in operations for tag in operation["tags"])
    result["tags"] = [{"name": tag, "description": tag_text(tag)} for tag in used]
    return result


def shared(operations: list[Schema]) -> tuple[Schema, Schema]:
    """Parameters and problems that several operations have, said once and referred to from each."""
    alike: dict[str, Counter[str]] = defaultdict(Counter)
    for operation in operations:
        for one in operation["parameters"]:
            alike[one["name"]][json.dumps(one)] += 1
    parameters, once = {}, {}
    for name, counted in sorted(alike.items()):
        text, times = counted.most_common(1)[0]
        if times > 1:
            once[text] = {"$ref": f"#/components/parameters/{name}"}
            parameters[name] = json.loads(text)
    responses = {}
    for operation in operations:
        operation["parameters"] = [once.get(json.dumps(one), one) for one in operation["parameters"]]
        for status in operation["responses"].keys() & PROBLEMS.keys():
            name = HTTPStatus(int(status)).phrase.replace(" ", "")
            responses[name] = operation["responses"][status]
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    return parameters, dict(sorted(responses.items()))


def tag_text(tag: str) -> str:
    if model := collections().get(tag):
        return inspect.getdoc(model) or ""
    if tag == "vocabularies":
        return "The words that fields use and filters take, each with its definition and origin."
    if tag in FEEDS:
        return FEEDS[tag]
    if tag == "stats":
        return "Counts and series over the record, computed when they are read, each with what it rests on."
    return "Where to begin: every collection with its address."


RENDERERS = {one.media_type: one for one in (OpenApiJsonRenderer2, OpenApiYamlRenderer2)}


@cache
def rendered(media_type: str, public_url: str) -> bytes:
    """The description as it is sent; made once in a process, since it changes with the code only."""
    document = SchemaGenerator().get_schema(public=True)
    return cast(bytes, RENDERERS[media_type]().render(document, renderer_context={}))
