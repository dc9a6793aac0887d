"""Related objects in whole, in place of their short forms: `expand=`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from copy import copy
from functools import cache
from urllib.parse import urlsplit

from django.http import QueryDict
from django.urls import resolve
from rest_framework.generics import GenericAPIView
from rest_framework.serializers import ListSerializer, Serializer

from api.errors import BadParameter
from api.messages import allowed_values, quoted
from api.pagination import Pin
from api.requests import RecordRequest
from api.serializers import Brief
from api.types import JsonObject


@cache
def expandable_fields(view: type[GenericAPIView]) -> tuple[str, ...]:
    """The fields of the objects of a list that hold other objects of the record in short."""
    serializer = view.serializer_class() if view.serializer_class else None
    assert isinstance(serializer, Serializer)
    return tuple(name for name, field in serializer.fields.items() if _is_short(field))


def _is_short(field: object) -> bool:
    one = field.child if isinstance(field, ListSerializer) else field
    return isinstance(one, Brief) or getattr(one, "is_brief", False)


class Expanding(GenericAPIView):
    """A view that puts whole objects in place of short ones, in the fields that a request names."""

    request: RecordRequest
    pin: Pin
    expanded: Sequence[str] = ()

    @property
    def shaping(self) -> set[str]:
        """The parameters that say how objects are shown."""
        return {"fields", "expand"} if expandable_fields(type(self)) else {"fields"}

    def read_expansions(self) -> None:
        known, query = expandable_fields(type(self)), self.request.query_params
        names = dict.fromkeys(name for text in query.getlist("expand") for name in text.split(","))
        fields = {path for text in query.getlist("fields") for path in text.split(",")}
        for name in names:
            if name not in known:
                hint = allowed_values(name, known)
                raise BadParameter(
                    "expand", f"No field {quoted(name)} can be expanded{hint}", "invalid_choice"
                )
            if fields and name not in fields:
                raise BadParameter("expand", f"`fields` does not ask for all of {name}.", "invalid")
        self.expanded = list(names)

    def expand(self, objects: Sequence[JsonObject]) -> None:
        """In a fixed number of queries for each collection. What is not public at the point in time of the answer,
        as a page that was issued later, stays short."""
        ids: dict[str, set[str]] = defaultdict(set)
        for row in objects:
            for name in self.expanded:
                for short in _short_forms(row[name]):
                    ids[_collection_of(short)].add(short["id"])
        whole = {collection: self._in_whole(collection, wanted) for collection, wanted in ids.items()}

        def in_whole(short: JsonObject) -> JsonObject:
            found = whole[_collection_of(short)].get(short["id"], short)
            # What only the short form has says how the two are related.
            return {**found, **{name: value for name, value in short.items() if name not in found}}

        for row in objects:
            for name in self.expanded:
                expanded = [in_whole(short) for short in _short_forms(row[name])]
                row[name] = expanded if isinstance(row[name], list) else next(iter(expanded), None)

    def _in_whole(self, collection: str, ids: Collection[str]) -> dict[str, JsonObject]:
        """Objects of a collection by id, as its list shows them at the same point in time."""
        # REST framework keeps the class of a view on the function that it makes of it.
        listing = vars(resolve(f"/api/v1/{collection}/").func)["cls"]()
        listing.request, listing.pin, listing.action, listing.format_kwarg = (
            self._bare_request(),
            self.pin,
            "list",
            None,
        )
        rows = list(listing.load(listing.get_queryset().filter(public_id__in=ids)))
        listing.attach(rows)
        serializer = listing.get_serializer()
        return {row.public_id: serializer.to_representation(row) for row in rows}

    def _bare_request(self) -> RecordRequest:
        """The request without its parameters: they are about the objects asked for, such as a unit to convert to."""
        bare, request = copy(self.request), copy(self.request._request)
        request.GET = QueryDict()
        bare._request = request
        return bare


def _short_forms(value: object) -> list[JsonObject]:
    """The objects that a field holds: one, several or none."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, dict) else []


def _collection_of(short: JsonObject) -> str:
    """The collection in the address of an object, `…/facilities/norsi/`."""
    return str(urlsplit(short["url"]).path.split("/")[-3])
