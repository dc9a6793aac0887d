"""Counts and series over the record: one answer as of one revision, as JSON or as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from api.columns import Column, columns_of, csv_row, requested_columns
from api.errors import BadParameter
from api.filters import RecordFilterSet, check_parameters, declared_filters, names_of_several
from api.formats import Csv, Json
from api.pagination import BACK_IN_TIME, Pin
from api.types import JsonObject
from api.views import PREFIX, PublicView


class StatsView(PublicView):
    """A question about many rows at once. A subclass names its filters and what one row of its table is."""

    renderer_classes = [Json, Csv]
    parameters_class: ClassVar[type[RecordFilterSet]]
    name: ClassVar[str]
    """The last word of the address; a downloaded file is named after it."""
    pin: Pin

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        known = [*declared_filters(self.parameters_class), *BACK_IN_TIME, "format", "fields"]
        check_parameters(request, known, [*names_of_several(self.parameters_class), "fields"])
        if "fields" in request.query_params and not isinstance(request.accepted_renderer, Csv):
            raise BadParameter("fields", "Columns can be picked with format=csv only.", "not_in_this_format")
        self.request.pin = self.pin = Pin.of(request)  # the filter set sees the request only
        self.revalidate(self.request)

    def asked_of(self, rows: QuerySet[Model]) -> Any:
        """The filter set of this request over rows."""
        return self.parameters_class(self.request.query_params, rows, request=self.request)

    @property
    def api(self) -> str:
        """The address that the addresses of objects begin with."""
        return f"{self.base_url()}{PREFIX}"

    def answer(
        self, body: JsonObject, rows: Sequence[JsonObject], serializer: Serializer[Any]
    ) -> Response | HttpResponse:
        """The whole as JSON; as CSV its rows, each with the columns of their serializer."""
        if not isinstance(self.request.accepted_renderer, Csv):
            return Response(body)
        columns: list[Column] = requested_columns(list(columns_of(serializer)), self.request)
        lines = [csv_row([column.cell(row) for column in columns]) for row in rows]
        file = f"stats-{self.name}-r{self.pin.revision}.csv"
        return HttpResponse(
            b"".join([csv_row([column.name for column in columns]), *lines]),
            content_type=Csv.content_type,
            headers={"Content-Disposition": f'attachment; filename="{file}"'},
        )
