"""Keyset pages: nothing is lost or repeated while others publish."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, NamedTuple, Protocol, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.core.cache import cache
from django.db.models import Model, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import BadParameter
from api.types import JsonObject
from record.models import AsOf, Ledger, Revision
from record.moments import FIRST_ON_EARTH

BACK_IN_TIME = ("as_of", "known_at")
PAGE_SIZE, MOST = 50, 500
CHUNK = 500  # rows that a stream holds at once
COUNT_KEPT_SECONDS = 60 * 60  # the cache is bounded besides


class CursorSigner(signing.TimestampSigner):
    """Signs the same cursor alike at any time: an answer's bytes follow from the record alone."""

    def timestamp(self) -> str:
        return "0"


SIGNER = CursorSigner(salt="record.api.pages")  # cursors that clients hold were signed with it


Row = TypeVar("Row", bound=Model)


class Key(NamedTuple):
    """One column of an ordering, of the row or of what it names (`report__issued_latest`); never null."""

    column: str
    descending: bool = False


@dataclass(frozen=True)
class Cursor:
    """Where a page begins: the revision it reads, the query it belongs to, the row it follows."""

    revision: int
    takedowns: int
    query: str
    known: str | None
    """The moment or the date of `known_at`, where one was asked for."""
    count: int
    backwards: bool
    values: list[str | int]

    def sign(self) -> str:
        return SIGNER.sign_object(list(self.__dict__.values()), compress=True)

    @classmethod
    def read(cls, request: Request) -> Cursor | None:
        """The cursor of a request, if it has one that we made for this very query."""
        text = request.query_params.get("cursor")
        if text is None:
            return None
        try:
            cursor = cls(*SIGNER.unsign_object(text))
        except (signing.BadSignature, TypeError, ValueError):
            raise BadParameter("cursor", "This is not a cursor of ours; take it from `next`.") from None
        if cursor.query != fingerprint(request):
            raise BadParameter("cursor", "This cursor belongs to another query; start without it.")
        return cursor


def fingerprint(request: Request, *but: str) -> str:
    """What a cursor is bound to: the address and every parameter that does not only shape the answer."""
    parameters = sorted(
        (name, sorted(values))
        for name, values in request.query_params.lists()
        if name not in {"cursor", "page_size", "format", "fields", *but}
    )
    return hashlib.sha256(json.dumps([request.path, parameters]).encode()).hexdigest()[:16]


def beyond(keys: Sequence[Key], values: Sequence[object], backwards: bool = False) -> Q:
    """Rows after the given one: `a <= x AND (a < x OR id > y)`, so that an index can serve it."""
    (key, *others), (value, *rest) = keys, values
    comparison = "lt" if key.descending != backwards else "gt"
    strictly = Q(**{f"{key.column}__{comparison}": value})
    if not others:
        return strictly
    return Q(**{f"{key.column}__{comparison}e": value}) & (strictly | beyond(others, rest, backwards))


def after(
    rows: QuerySet[Row], keys: Sequence[Key], values: Sequence[object] | None, backwards: bool = False
) -> QuerySet[Row]:
    """The rows in order, from the one after the given values, or from the first."""
    if values is not None:
        rows = rows.filter(beyond(keys, values, backwards))
    return rows.order_by(*(f"{'-' if key.descending != backwards else ''}{key.column}" for key in keys))


def values_of(row: Model, keys: Sequence[Key]) -> list[object]:
    return [attrgetter(key.column.replace("__", "."))(row) for key in keys]


def chunks(rows: QuerySet[Row], keys: Sequence[Key]) -> Iterator[list[Row]]:
    """The whole list, a chunk at a time: each is a query of its own, so nothing is held on either database."""
    values = None
    while chunk := list(after(rows, keys, values)[:CHUNK]):
        yield chunk
        values = values_of(chunk[-1], keys)
        if len(chunk) < CHUNK:
            return


DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
MOMENT = rf"{DAY}T[0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\.[0-9]{{1,6}})?)?(Z|[+-][0-9]{{2}}:[0-9]{{2}})"


def day_or_moment(text: str) -> dt.date | dt.datetime | None:
    """A date, or a moment with its zone; null if it is neither."""
    try:
        if re.fullmatch(DAY, text):
            return dt.date.fromisoformat(text)
        if re.fullmatch(MOMENT, text):
            return dt.datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(dt.UTC)
    except (ValueError, OverflowError):
        pass
    return None


def past(request: Request, name: str, clocks: dt.tzinfo) -> dt.date | dt.datetime | None:
    """The date or moment that a parameter of BACK_IN_TIME names. A date lies ahead until it has begun on some clocks."""
    text = request.query_params.get(name)
    if text is None:
        return None
    point, now = day_or_moment(text), timezone.now()
    if point is None:
        raise BadParameter(name, "A date, 2024-03-12, or a moment with its zone, 2024-03-12T08:25:00Z.")
    if point > (now if isinstance(point, dt.datetime) else now.astimezone(clocks).date()):
        raise BadParameter(name, "It lies in the future.", "future")
    return point


def as_of(request: Request) -> dt.datetime | None:
    """The moment of `as_of`: for a bare date the end of that day UTC, or now if it is today."""
    point = past(request, "as_of", dt.UTC)
    return None if point is None else end_of_day(point)


def end_of_day(point: dt.datetime | dt.date) -> dt.datetime:
    """A moment or, of a date, the end of that day UTC, or now if it is today."""
    if isinstance(point, dt.datetime):
        return point
    return min(dt.datetime.combine(point, dt.time.max, dt.UTC), timezone.now())


def revision_by(point: dt.datetime | dt.date) -> int:
    """The newest revision that was recorded by then; 0 if there was none."""
    newest = Revision.objects.filter(at__lte=end_of_day(point)).order_by("-n").first()
    return newest.n if newest else 0


def known(request: Request) -> dt.date | dt.datetime | None:
    """The moment of `known_at`, or its date on the clock of whatever is dated (decisions.md D83)."""
    return past(request, "known_at", FIRST_ON_EARTH)


def today(request: Request) -> dt.date:
    """The day by which an answer judges what is over: that of the point in time that was asked for, or today (UTC)."""
    points = [point for point in (as_of(request), known(request)) if point is not None]
    days = [point.date() if isinstance(point, dt.datetime) else point for point in points]
    return min([*days, timezone.now().date()])


class PagedView(Protocol):
    """What pages ask of the view whose list they cut."""

    @property
    def pin(self) -> Pin: ...

    @property
    def request(self) -> Request: ...

    def ordering_keys(self) -> list[Key]: ...

    def load(self, rows: QuerySet[Row]) -> QuerySet[Row]: ...

    def base_url(self) -> str: ...


class KeysetPagination(BasePagination):
    """`count`, `next`, `previous` and `results`; cursors are signed and bound to query and revision."""

    next: str | None = None
    previous: str | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        paged: PagedView = view
        rows: QuerySet[Model] = queryset
        keys, size = paged.ordering_keys(), self.page_size(request)
        cursor = paged.pin.cursor
        backwards = cursor is not None and cursor.backwards
        values = None
        if cursor is not None:
            values = [from_cursor(value) for value in cursor.values]
            if len(values) != len(keys):
                raise BadParameter("cursor", "This cursor belongs to another query; start without it.")
        page = list(after(paged.load(rows), keys, values, backwards)[: size + 1])
        more, page = len(page) > size, page[:size]
        self.count = self.counted(paged, rows, page, more or cursor is not None)
        if backwards:
            page.reverse()
        has_next, has_previous = (True, more) if backwards else (more, cursor is not None)
        self.next = self.link(paged, keys, page[-1], False) if page and has_next else None
        self.previous = self.link(paged, keys, page[0], True) if page and has_previous else None
        return page

    def link(self, view: PagedView, keys: Sequence[Key], row: Model, backwards: bool) -> str:
        """The address of the page that follows a row, or of the one before it."""
        pin, request = view.pin, view.request
        cursor = Cursor(
            pin.revision,
            pin.takedowns,
            fingerprint(request),
            pin.known.isoformat() if pin.known else None,
            self.count,
            backwards,
            [for_cursor(value) for value in values_of(row, keys)],
        ).sign()
        query = [
            (name, text) for name, texts in request.query_params.lists() for text in texts if name != "cursor"
        ]
        return f"{view.base_url()}{request.path}?{urlencode([*query, ('cursor', cursor)])}"

    def counted(self, view: PagedView, rows: QuerySet[Model], page: Sequence[Model], others: bool) -> int:
        """How many rows there are on all pages; ``others`` says whether there are other pages than this."""
        return view.pin.count(rows, view.request)

    @staticmethod
    def page_size(request: Request) -> int:
        text = request.query_params.get("page_size", str(PAGE_SIZE))
        if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MOST:
            raise BadParameter("page_size", f"A whole number from 1 to {MOST}.")
        return int(text)

    def get_paginated_response(self, data: Sequence[JsonObject]) -> Response:
        body = {"count": self.count, "next": self.next, "previous": self.previous, "results": data}
        return Response(body, headers={"X-Total-Count": str(self.count)})


def for_cursor(value: object) -> str | int:
    """A value of an ordering as JSON can carry it."""
    if isinstance(value, (dt.datetime, dt.date)):
        return value.isoformat()
    assert isinstance(value, (str, int))  # nothing else is ordered by
    return value


def from_cursor(value: str | int) -> str | int | dt.datetime:
    if isinstance(value, str) and "T" in value and value[:4].isdigit():
        return dt.datetime.fromisoformat(value)
    return value


@dataclass(frozen=True)
class Pin:
    """The revision a request answers as of, read once, so that everything in the answer agrees."""

    revision: int
    takedowns: int
    head: int = 0
    """The newest revision: what reference fields and filters over them are read as of."""
    at: dt.datetime | None = None
    """When the revision was recorded; null for an empty ledger."""
    known: dt.datetime | dt.date | None = None
    """Of that, only what was known by this moment, or by the end of this day on its own clock; null for all."""
    cursor: Cursor | None = None

    @classmethod
    def of(cls, request: Request) -> Pin:
        """What a request looks at, by one query: the newest revision, or that of `as_of` or of its cursor."""
        cursor = Cursor.read(request)
        published_by, known_by = as_of(request), known(request)
        if cursor is not None:
            known_by = day_or_moment(cursor.known) if cursor.known else None
            revisions = Revision.objects.filter(n=cursor.revision)
        elif published_by is not None:
            revisions = Revision.objects.filter(at__lte=published_by).order_by("-n")[:1]
        else:
            revisions = Revision.objects.filter(n=OuterRef("n"))
        head = Ledger.objects.annotate(
            at=Subquery(revisions.values("at")), revision_read=Subquery(revisions.values("n"))
        ).first()
        if head is None:
            return cls(0, 0, known=known_by)
        return cls(head.revision_read or 0, head.takedowns, head.n, head.at, known_by, cursor)

    @property
    def as_of(self) -> AsOf:
        return AsOf(self.revision, self.known)

    def count(self, rows: QuerySet[Model], request: Request) -> int:
        """How many rows a query has: counted once, then carried in the cursor or found in the cache.

        The moment of the revision is in the key beside its number, in case a backup is restored.
        """
        if self.cursor is not None and self.cursor.takedowns == self.takedowns:
            return self.cursor.count
        moments = [moment and moment.isoformat() for moment in (self.at, self.known)]
        query = fingerprint(request, "ordering", "facets")
        key = f"count:{query}:{self.revision}:{self.head}:{self.takedowns}:{moments[0]}:{moments[1]}"
        return cache.get_or_set(key, rows.count, COUNT_KEPT_SECONDS) or 0
