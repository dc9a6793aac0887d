"""A collection of the record: list and detail, as of one revision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, cast

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from record.api.filters import PAGING, IdsFilter, WordsFilter, check_parameters
from record.api.pages import Key, Pin
from record.api.problems import BadParameter, NotFound, Withdrawn
from record.models import Merge, OnRecord

PREFIX = "/api/v1/"


class PublicView(APIView):
    """What every answer under the prefix has in common."""

    def base_url(self) -> str:
        return settings.PUBLIC_URL or self.request.build_absolute_uri("/").rstrip("/")

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        answer = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-cache"
        return answer


class RecordViewSet(PublicView, GenericViewSet[Any]):
    """A collection. A subclass names its model, serializer, filters and orderings."""

    model: ClassVar[type[OnRecord]]
    orderings: ClassVar[dict[str, str]] = {}
    """Words that order the list, each with the column it means; `id` always does."""
    default_ordering: ClassVar[str] = "id"
    lookup_field = "public_id"
    lookup_value_regex = "[A-Za-z0-9_-]+"
    pin: Pin

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action == "list":
            filters = getattr(self.filterset_class, "base_filters", {}) if self.filterset_class else {}
            several = [n for n, f in filters.items() if isinstance(f, (WordsFilter, IdsFilter))]
            check_parameters(request, {*filters, *PAGING}, several)
        else:
            check_parameters(request, (), ())
        self.pin = Pin.of(request)
        cast(Any, request).pin = self.pin  # for the filter set, which sees only the request

    filterset_class: Any = None

    def get_queryset(self) -> QuerySet[Any]:
        rows: QuerySet[Any] = self.model.objects.published(self.pin.revision)
        return rows

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The loading plan of the serializer: everything it reads, in a fixed number of queries."""
        return rows.select_related("published_rev")

    def attach(self, rows: Sequence[Any]) -> None:
        """What a loading plan cannot say: set on each row, in a fixed number of queries."""

    def ordering_keys(self) -> list[Key]:
        word = self.request.query_params.get("ordering", self.default_ordering)
        name = word.removeprefix("-")
        if name not in {*self.orderings, "id"}:
            known = ", ".join(sorted({*self.orderings, "id"}))
            raise BadParameter("ordering", f"The list can be ordered by {known}; a leading - reverses it.")
        descending = word.startswith("-")
        if name == "id":
            return [Key("public_id", descending)]
        return [Key(self.orderings[name], descending), Key("public_id")]

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "api": f"{self.base_url()}{PREFIX}"}

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        assert page is not None
        self.attach(page)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def retrieve(self, request: Request, public_id: str) -> Response:
        row = self.load(self.get_queryset()).filter(public_id=public_id).first()
        if row is None:
            return self.absent(public_id)
        self.attach([row])
        serializer: BaseSerializer[Any] = self.get_serializer(row)
        return Response(serializer.data)

    def absent(self, public_id: str) -> Response:
        """Merged: 308 to the survivor. Withdrawn: 410. Otherwise 404."""
        row = (
            self.model._default_manager.filter(public_id=public_id, published_rev__lte=self.pin.revision)
            .select_related("replaced_by")
            .first()
        )
        if row is None:
            raise NotFound()
        if row.withdrawn_rev_id is not None:
            raise Withdrawn(row)
        survivor = Merge.objects.survivor(self.model.collection, public_id, self.pin.revision)
        query = self.request.META.get("QUERY_STRING")
        address = f"{self.base_url()}{PREFIX}{self.model.collection}/{survivor}/"
        return Response(
            status=status.HTTP_308_PERMANENT_REDIRECT,
            headers={"Location": f"{address}?{query}" if query else address},
        )


class RootView(PublicView):
    """What there is: every collection with its address."""

    names: Sequence[str] = ()

    def get(self, request: Request) -> Response:
        check_parameters(request, (), ())
        base = f"{self.base_url()}{PREFIX}"
        return Response({name: f"{base}{name}/" for name in self.names})
