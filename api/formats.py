"""The formats of an answer: pages of JSON, and a whole list streamed as NDJSON, CSV or GeoJSON."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar, Protocol

from django.db.models import Model, QuerySet
from django.http import StreamingHttpResponse
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, Serializer

from api.columns import columns_of, csv_row, requested_columns
from api.errors import BadParameter
from api.messages import allowed_values, quoted
from api.pagination import Key, Pin, Row
from api.picking import Shown
from api.requests import RecordRequest
from api.types import JsonObject

logger = logging.getLogger(__name__)

LICENCE = "CC-BY-4.0"
LICENCE_ADDRESS = "https://creativecommons.org/licenses/by/4.0/"
ATTRIBUTION = (
    "Reported strikes on infrastructure: starter data of this project; towns from GeoNames; "
    "capacities of Ukrainian plants from the WRI Global Power Plant Database"
)

ONLY_IN_PAGES = ("page_size", "cursor", "facets")


class StreamableList(Protocol[Row]):
    """What a format asks of the view whose list it writes."""

    request: RecordRequest
    pin: Pin
    basename: str
    place: ClassVar[str | None]

    def get_serializer(self, *args: Any, **options: Any) -> BaseSerializer[Any]: ...

    def ordering_keys(self) -> list[Key]: ...

    def chunks(self, rows: QuerySet[Row], keys: Sequence[Key]) -> Iterator[Sequence[Row]]: ...

    def expand(self, objects: Sequence[JsonObject]) -> None: ...


class Json(JSONRenderer):
    """Pages of objects, or one object. Problems are written so too, whatever was asked for."""


class Stream(JSONRenderer):
    """A whole list, a chunk at a time, between a head and a tail."""

    between: ClassVar[bytes] = b""
    tail: ClassVar[bytes] = b""
    content_type: ClassVar[str]

    def head(self, view: StreamableList[Row]) -> bytes:
        """What stands before the first row; raises if the request asks for what there is not."""
        return b""

    def shape(self, view: StreamableList[Row]) -> Callable[[Model], JsonObject]:
        """How a row becomes an object."""
        return serializer_of(view).to_representation

    def line(self, view: StreamableList[Row], row: Row, as_object: JsonObject) -> bytes:
        """What is written of a row and of the object that it became; each format says how."""
        raise NotImplementedError


class Ndjson(Stream):
    """One JSON object a line, the same as in the results of a page."""

    format = "ndjson"
    media_type = content_type = "application/x-ndjson"

    def head(self, view: StreamableList[Row]) -> bytes:
        self.shown = Shown(serializer_of(view), view.request)
        return b""

    def shape(self, view: StreamableList[Row]) -> Callable[[Model], JsonObject]:
        return self.shown

    def line(self, view: StreamableList[Row], row: Row, as_object: JsonObject) -> bytes:
        text: bytes = self.render(as_object)
        return text + b"\n"


class Csv(Stream):
    """One record a row, flat: a dotted column is the path of a value in the JSON object."""

    format = "csv"
    media_type = "text/csv"
    content_type = "text/csv; charset=utf-8; header=present"

    def head(self, view: StreamableList[Row]) -> bytes:
        self.columns = requested_columns(list(columns_of(serializer_of(view))), view.request)
        return csv_row([column.name for column in self.columns])

    def shape(self, view: StreamableList[Row]) -> Callable[[Model], JsonObject]:
        serializer = serializer_of(view)
        for name in set(serializer.fields) - {column.path[0] for column in self.columns}:
            del serializer.fields[name]  # what nobody reads need not be worked out
        return serializer.to_representation

    def line(self, view: StreamableList[Row], row: Row, as_object: JsonObject) -> bytes:
        return csv_row([column.cell(as_object) for column in self.columns])


class GeoJson(Stream):
    """A feature for each object: its place as a point, or null, and the object as properties (RFC 7946)."""

    format = "geojson"
    media_type = content_type = "application/geo+json"
    between = b",\n"
    tail = b"\n]}\n"

    def head(self, view: StreamableList[Row]) -> bytes:
        return b'{"type":"FeatureCollection","features":[\n'

    def line(self, view: StreamableList[Row], row: Row, as_object: JsonObject) -> bytes:
        text: bytes = self.render(feature(view, row, as_object))
        return text


def serializer_of(view: StreamableList[Row]) -> Serializer[Any]:
    """The serializer of one row."""
    serializer = view.get_serializer()
    assert isinstance(serializer, Serializer)
    return serializer


def feature(view: StreamableList[Row], row: Row, as_object: JsonObject) -> JsonObject:
    """The feature of a row: of GeoJSON, the object with its place."""
    place: Any = getattr(row, view.place) if view.place else row
    point = None
    if place is not None and place.longitude is not None:
        point = {"type": "Point", "coordinates": [float(place.longitude), float(place.latitude)]}
    return {"type": "Feature", "id": as_object["id"], "geometry": point, "properties": as_object}


# Which format -------------------------------------------------------------------------------------------


class Negotiation(DefaultContentNegotiation):
    """`format` beats `Accept`; without either, JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        renderers = list(renderers)
        named = {renderer.format: renderer for renderer in renderers}
        if "format" in request.query_params:
            name = request.query_params["format"]
            if name not in named:
                raise BadParameter(
                    "format",
                    f"There is no format {quoted(name)} here{allowed_values(name, named)}",
                    "invalid_choice",
                )
            return named[name], named[name].media_type
        offers = {
            f"{renderer.media_type}; charset={charset}": renderer
            for renderer in renderers
            for charset in ("utf-8", "UTF-8")
        }
        try:
            accepted = request._request.get_preferred_type(list(offers))
            blank = not request.headers.get("Accept", "").strip()
        except ValueError:  # a header that cannot be read
            accepted, blank = None, False
        if blank:
            return renderers[0], renderers[0].media_type
        if accepted is None:
            known = ", ".join(renderer.media_type for renderer in renderers)
            raise NotAcceptable(f"None of the types in Accept can be given here. There are: {known}.")
        return offers[accepted], offers[accepted].media_type


def check_format(request: Request, renderer: BaseRenderer) -> None:
    """Refuse parameters that mean nothing in the format of an answer."""
    if "fields" in request.query_params and isinstance(renderer, GeoJson):
        raise BadParameter("fields", "A feature has all of its properties.", "not_in_this_format")
    if "expand" in request.query_params and isinstance(renderer, (Csv, GeoJson)):
        raise BadParameter("expand", f"In {renderer.format} nothing is nested.", "not_in_this_format")
    if isinstance(renderer, Stream):
        for name in ONLY_IN_PAGES:
            if name in request.query_params:
                raise BadParameter(
                    name, f"{renderer.format} is the whole list, without pages.", "not_in_this_format"
                )


# The answer ---------------------------------------------------------------------------------------------


class Incomplete(Exception):
    """Fewer or more rows than were counted: the record was amended, or a row taken down, on the way."""


def streamed(view: StreamableList[Row], renderer: Stream, rows: QuerySet[Row]) -> StreamingHttpResponse:
    """The whole list. Whatever can be refused is refused here, before the first byte."""
    head, keys = renderer.head(view), view.ordering_keys()
    count = view.pin.count(rows, view.request)

    def pieces() -> Iterator[bytes]:
        sent, shape = 0, renderer.shape(view)
        yield head
        try:
            for chunk in view.chunks(rows, keys):
                objects = [shape(row) for row in chunk]
                view.expand(objects)
                lines = [renderer.line(view, *pair) for pair in zip(chunk, objects, strict=True)]
                yield (renderer.between if sent else b"") + renderer.between.join(lines)
                sent += len(chunk)
            if sent != count:
                raise Incomplete(f"{sent} rows of {count}")
        except Exception:
            # Raised on, so that the server breaks the connection: half a file must not look whole.
            logger.exception("%s broke off at revision %s", view.request.path, view.pin.revision)
            raise
        yield renderer.tail

    name = f"{view.basename}-r{view.pin.revision}.{renderer.format}"
    return StreamingHttpResponse(
        () if view.request.method == "HEAD" else pieces(),
        content_type=renderer.content_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Total-Count": str(count)},
    )


def provenance(pin: Pin | None, links: dict[str, str | None]) -> dict[str, str]:
    """The headers of every answer with data: what it is, as of when, and on what terms."""
    links = {**links, "license": LICENCE_ADDRESS}
    headers = {
        "Link": ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links.items() if address),
        "X-Licence": LICENCE,
        "X-Attribution": ATTRIBUTION,
    }
    if pin is not None:
        headers["X-Record-Revision"] = str(pin.revision)
        if pin.at is not None:
            headers["X-Generated-At"] = pin.at.isoformat().replace("+00:00", "Z")
    return headers
