"""Answers that need not be made twice: entity tags, and a cache keyed by the revision."""

from __future__ import annotations

import hashlib
import json
import zlib

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.utils.http import parse_etags
from rest_framework.request import Request

from api.formats import Json
from api.requests import RecordRequest

LARGEST = 128 * 1024  # bytes of a compressed answer that is worth keeping
KEPT_SECONDS = 60 * 60  # the cache is bounded besides
HEADERS = ("Link", "X-Total-Count")
"""Headers that belong to the answer and are not worked out anew."""


def tag(request: RecordRequest, base_url: str, *judged_by: str) -> str:
    """The entity tag of an answer: the revision and takedowns it reads, what was asked, and the code that made it.

    The newest revision is in it beside the one that is read: reference fields show today's values at every
    point in time. ``judged_by`` is what else the answer depends on, such as the day.
    """
    pin = request.pin
    depends_on = [
        base_url,
        request.path,
        list(request.query_params.lists()),
        request.accepted_media_type,
        pin.head,
        pin.at and pin.at.isoformat(),
        pin.known and pin.known.isoformat(),
        settings.CODE_DIGEST,
        *judged_by,
    ]
    digest = hashlib.sha256(json.dumps(depends_on).encode()).hexdigest()[:24]
    return f'W/"r{pin.revision}-t{pin.takedowns}-{digest}"'


def is_current(request: Request, etag: str) -> bool:
    """Whether the client has this very answer already."""
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return etag in known or etag.removeprefix("W/") in known


def is_shared(request: Request) -> bool:
    """Whether the answer may come from the cache, and go into it: only what anybody may ask for, as a page."""
    personal = "Authorization" in request.headers or request.COOKIES
    return not personal and isinstance(request.accepted_renderer, Json)


def cached_answer(etag: str) -> HttpResponse | None:
    """The answer of an entity tag, if it is in the cache."""
    entry = caches["answers"].get(etag)
    if entry is None:
        return None
    body, content_type, headers = entry
    return HttpResponse(zlib.decompress(body), content_type=content_type, headers=headers)


def keep(etag: str, answer: HttpResponse) -> None:
    """Put a rendered answer into the cache, unless it is too large."""
    body = zlib.compress(answer.content, 1)
    if len(body) <= LARGEST:
        headers = {name: answer[name] for name in HEADERS if name in answer}
        caches["answers"].set(etag, (body, answer["Content-Type"], headers), KEPT_SECONDS)
