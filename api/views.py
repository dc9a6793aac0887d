"""A collection of the record: list and detail, as of one revision."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, cast

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from api import caching
from api.errors import BadParameter, NotFound, Withdrawn
from api.expanding import Expanding
from api.facets import Facet, facets_of, requested_facets
from api.filters import (
    PAGING,
    IdsFilter,
    RecordFilterSet,
    check_parameters,
    declared_filters,
    names_of_several,
)
from api.formats import (
    Csv,
    GeoJson,
    Json,
    Ndjson,
    Negotiation,
    Stream,
    check_format,
    feature,
    provenance,
    serializer_of,
    streamed,
)
from api.mementos import link_to_original, links_to_versions, memento_headers
from api.pagination import BACK_IN_TIME, Key, KeysetPagination, Pin, Row, chunks
from api.picking import Shown
from api.plain import NO_BODY, has_body, without_body
from api.requests import RecordRequest
from api.types import JsonObject
from api.versions import VersionsSerializer, versions_of
from record.models import Ledger, Merge, OnRecord

PREFIX = "/api/v1/"


class AnswerAtHand(Exception):
    """Raised before the handler of a view runs: there is an answer, so that none need be made."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.response = response


class PublicView(APIView):
    """What every answer under the prefix has in common."""

    http_method_names = ["get", "head"]
    renderer_classes: Sequence[type[BaseRenderer]] = [Json]
    content_negotiation_class = Negotiation
    request: RecordRequest
    pin: Pin | None = None
    etag: str | None = None

    def initialize_request(self, request: HttpRequest, *args: object, **kwargs: object) -> RecordRequest:
        super().initialize_request(request, *args, **kwargs)  # a viewset learns its action by it
        return RecordRequest(
            request,
            parsers=self.get_parsers(),
            authenticators=self.get_authenticators(),
            negotiator=self.get_content_negotiator(),
            parser_context=self.get_parser_context(request),
        )

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """Answer, anew if a takedown came between two queries.

        Everything else that editors do leaves the past alone: an answer is of one revision, however many
        queries it takes. A takedown removes rows at every revision, so that a later query may miss what an
        earlier one has read.
        """
        try:
            return super().dispatch(request, *args, **kwargs)
        except Exception:  # a row that is missing shows in many ways; anything else is raised on
            if self.pin is None or self.pin.takedowns == Ledger.head().takedowns:
                raise
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        if str(request.method).lower() not in self.http_method_names:
            self.http_method_not_allowed(request)  # whatever else may be wrong with it
        if request.method in ("GET", "HEAD") and has_body(request):
            raise UnsupportedMediaType(request.content_type, NO_BODY)
        super().initial(request, *args, **kwargs)

    def revalidate(self, request: RecordRequest) -> None:
        """Answer without making an answer, if the client has it already or somebody has just asked for it."""
        self.etag = caching.tag(request, self.base_url(), *self.judged_by())
        if caching.is_current(request, self.etag):
            not_modified = HttpResponse(status=status.HTTP_304_NOT_MODIFIED)
            del not_modified["Content-Type"]  # caches would put it in place of the real one
            raise AnswerAtHand(not_modified)
        if caching.is_shared(request) and (cached := caching.cached_answer(self.etag)):
            raise AnswerAtHand(cached)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, AnswerAtHand):
            return cast(Response, exc.response)
        return super().handle_exception(exc)

    def judged_by(self) -> list[str]:
        """What an answer depends on beside the record and the request, such as the day by which forecasts are judged."""
        return []

    def base_url(self) -> str:
        return settings.PUBLIC_URL or self.request.build_absolute_uri("/").rstrip("/")

    def links(self) -> dict[str, str | None]:
        """What the `Link` header names, by relation."""
        described: dict[str, str | None] = {"describedby": f"{self.base_url()}{PREFIX}schema/"}
        return (
            described
            if self.pin is None
            else {**described, **link_to_original(self.request, self.base_url())}
        )

    def finalize_response(
        self, request: Request, response: HttpResponseBase, *args: object, **kwargs: object
    ) -> Response:
        # REST framework takes and gives any response of Django, though its types name only its own.
        answer: HttpResponseBase = super().finalize_response(
            request, cast(Response, response), *args, **kwargs
        )
        answer["Cache-Control"] = "no-cache"
        patch_vary_headers(answer, ["Accept"])
        if self.etag and answer.status_code in (status.HTTP_200_OK, status.HTTP_304_NOT_MODIFIED):
            answer["ETag"] = self.etag
        if answer.status_code == status.HTTP_200_OK:
            headers = provenance(self.pin, self.links()) | memento_headers(request, self.pin)
            for name, value in headers.items():
                answer.headers.setdefault(name, value)
            if self.etag and isinstance(answer, Response) and caching.is_shared(request):
                etag = self.etag
                answer.add_post_render_callback(lambda rendered: caching.keep(etag, rendered))
        if request.method == "HEAD" and isinstance(
            answer, HttpResponse
        ):  # what is streamed has no body by itself
            without_body(answer)
        return cast(Response, answer)


class ListViewSet(PublicView, Expanding, GenericViewSet[Any], Generic[Row]):
    """A list, as of one revision: filtered, ordered, in pages or streamed."""

    filterset_class: ClassVar[type[RecordFilterSet] | None] = None
    paging: ClassVar[Collection[str]] = (*PAGING, *BACK_IN_TIME)
    orderings: ClassVar[dict[str, str]] = {}
    """Words that order the list, each with the column it means."""
    common_orderings: ClassVar[dict[str, str]] = {"id": "public_id"}
    """Those that order every list of the kind."""
    default_ordering: ClassVar[str] = "id"
    orderings_help: ClassVar[str] = ""
    """What a caller must know of one of them, as a sentence."""
    facets: ClassVar[dict[str, Facet]] = {}
    """Filter words whose values can be counted, each with the path to the value."""
    filters_of: ClassVar[dict[str, type[RecordFilterSet]]] = {}
    """The filter sets of extra actions, by the name of the action, and of `retrieve`."""
    ways_back: ClassVar[Mapping[str, Collection[str]]] = {}
    """By which parameters extra actions can be asked as of the past, where not by both."""
    place: ClassVar[str | None] = None
    """The attribute of a row that has its coordinates; "" if the row has them itself, null if it has no place."""
    pin: Pin
    versions_linked: Mapping[str, str | None] = {}

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        if self.action == "list":
            filters = declared_filters(self.filterset_class)
            known = {*filters, *self.paging, "format", *self.shaping, *(["facets"] if self.facets else [])}
            several = [*names_of_several(self.filterset_class), *self.shaping, "facets"]
            check_parameters(request, known, several)
            check_format(request, request.accepted_renderer)
        else:
            filterset = self.filters_of.get(self.action)
            known = {"format", *self.ways_back.get(self.action, BACK_IN_TIME), *declared_filters(filterset)}
            several = names_of_several(filterset)
            if self.action == "retrieve":
                known, several = {*known, *self.shaping}, [*several, *self.shaping]
                check_format(request, request.accepted_renderer)
            check_parameters(request, known, several)
        if "expand" in request.query_params:
            self.read_expansions()
        self.request.pin = self.pin = Pin.of(request)  # the filter set sees the request only
        self.revalidate(self.request)

    def get_renderers(self) -> list[BaseRenderer]:
        """The formats of a list are more than those of one object; GeoJSON only where there are places."""
        formats: list[type[BaseRenderer]] = [Json, Ndjson, Csv] if self.action == "list" else [Json]
        if self.place is not None and self.action in ("list", "retrieve"):
            formats.append(GeoJson)
        return [renderer() for renderer in formats]

    def load(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        """The loading plan of the serializer: everything it reads, in a fixed number of queries."""
        return rows

    def attach(self, rows: Sequence[Row]) -> None:
        """What a loading plan cannot say: set on each row, in a fixed number of queries."""

    def ordering_keys(self) -> list[Key]:
        ordering = self.request.query_params.get("ordering", self.default_ordering)
        name = ordering.removeprefix("-")
        columns = {**self.orderings, **self.common_orderings}
        if name not in columns:
            known = ", ".join(sorted(columns))
            raise BadParameter("ordering", f"The list can be ordered by {known}; a leading - reverses it.")
        key = Key(columns[name], ordering.startswith("-"))
        return [key] if name == "id" else [key, Key("public_id")]

    def get_serializer_context(self) -> JsonObject:
        return {**super().get_serializer_context(), "api": f"{self.base_url()}{PREFIX}"}

    def chunks(self, rows: QuerySet[Row], keys: Sequence[Key]) -> Iterator[Sequence[Row]]:
        """Everything a query finds, loaded and in order, a chunk at a time."""
        for chunk in chunks(self.load(rows), keys):
            self.attach(chunk)
            yield chunk

    def links(self) -> dict[str, str | None]:
        pages = self.paginator
        assert isinstance(pages, KeysetPagination)
        return {"next": pages.next, "prev": pages.previous, **self.versions_linked, **super().links()}

    def list(self, request: Request) -> HttpResponseBase:
        rows = self.filter_queryset(self.get_queryset())
        renderer = request.accepted_renderer
        if isinstance(renderer, Stream):
            return streamed(self, renderer, rows)
        page = self.paginate_queryset(rows)
        assert page is not None
        self.attach(page)
        answer = self.get_paginated_response(self.shown(page))
        if texts := request.query_params.getlist("facets"):
            names = requested_facets(",".join(texts), self.facets)
            answer.data["facets"] = facets_of(rows, names, self.facets, self.pin.as_of, self.stand_ins(names))
        return answer

    def shown(self, rows: Sequence[Row]) -> Sequence[JsonObject]:
        """Rows as objects, whole or with the fields that were asked for."""
        show = Shown(serializer_of(self), self.request)
        objects = [show(row) for row in rows]
        self.expand(objects)
        return objects

    def stand_ins(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        """For each facet that counts ids of what can be merged: which id stands for which."""
        return {}


class RecordViewSet(ListViewSet[Row], Generic[Row]):
    """A collection of rows. A subclass names its model, serializer, filters and orderings."""

    model: ClassVar[type[OnRecord]]
    ways_back = {"versions": ["as_of"]}
    common_orderings = {"recorded": "published_rev_id", **ListViewSet.common_orderings}
    lookup_field = "public_id"
    lookup_value_regex = "[A-Za-z0-9_-]+"

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.published(self.pin.as_of)
        return rows

    def load(self, rows: QuerySet[Row]) -> QuerySet[Row]:
        return super().load(rows).select_related("published_rev")

    def stand_ins(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        filters = declared_filters(self.filterset_class)
        return {
            name: Merge.objects.canonical_ids(ids.of.collection, self.pin.revision)
            for name in names
            if isinstance(ids := filters.get(name), IdsFilter) and ids.of.mergeable
        }

    def retrieve(self, request: Request, public_id: str) -> Response:
        row = self.load(self.get_queryset()).filter(public_id=public_id).first()
        if row is None:
            return self.absent(public_id)
        self.versions_linked = links_to_versions(cast(OnRecord, row), self.pin, f"{self.base_url()}{PREFIX}")
        self.attach([row])
        (shown,) = self.shown([row])
        as_feature = isinstance(request.accepted_renderer, GeoJson)
        return Response(feature(self, row, shown) if as_feature else shown)

    @extend_schema(responses=VersionsSerializer)
    @action(detail=True)
    def versions(self, request: Request, public_id: str) -> Response:
        """What the record did to one object, the newest first, with what changed from what to what.

        An object and its corrections are told together, and with it what was merged into it. One that was withdrawn, or
        merged into another, still has its own versions; of one that was taken down nothing is told. `as_of` leaves out
        what was done later.
        """
        rows = self.model._default_manager.filter(published_rev__lte=self.pin.revision, taken_down_rev=None)
        row = rows.filter(public_id=public_id).first()
        if row is None:
            return self.absent(public_id)
        told = versions_of(row, self.pin.revision)
        return Response(VersionsSerializer(told, context=self.get_serializer_context()).data)

    def absent(self, public_id: str) -> Response:
        """Merged: 308 to the survivor. Withdrawn: 410, if taken down at every revision. Otherwise 404."""
        row = (
            self.model._default_manager.filter(public_id=public_id, published_rev__lte=self.pin.head)
            .select_related("replaced_by")
            .first()
        )
        if row is None:
            raise NotFound()
        published, withdrawn = row.published_rev_id, row.withdrawn_rev_id
        if row.taken_down_rev_id or (withdrawn is not None and withdrawn <= self.pin.revision):
            raise Withdrawn(row)
        if published is None or published > self.pin.revision:
            raise NotFound()
        survivor = Merge.objects.canonical_of(self.model.collection, [public_id], self.pin.revision)[
            public_id
        ]
        if survivor == public_id:
            raise NotFound()  # it is there, but was not known by then
        query = self.request.META.get("QUERY_STRING")
        path = self.request.path.replace(f"/{public_id}/", f"/{survivor}/", 1)
        address = f"{self.base_url()}{path}"
        return Response(
            status=status.HTTP_308_PERMANENT_REDIRECT,
            headers={"Location": f"{address}?{query}" if query else address},
        )
