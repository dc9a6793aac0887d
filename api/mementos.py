"""Ways between the versions of an object, in headers that clients know: RFC 5829, and RFC 7089 ("Memento")."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils.http import http_date
from rest_framework.request import Request

from api.pagination import Pin
from record.models import OnRecord, Snapshot
from record.snapshots.sealed import sealed_value

Links = dict[str, str | None]


def address_as_of(api: str, collection: str, public_id: str, moment: dt.datetime) -> str:
    """The address that answers as of the moment of a revision."""
    return f"{api}{collection}/{public_id}/?as_of={sealed_value(moment)}"


def is_memento(request: Request) -> bool:
    """Whether an answer shows what this record said in the past."""
    return "as_of" in request.query_params


def memento_headers(request: Request, pin: Pin | None) -> dict[str, str]:
    if pin is None or pin.at is None or not is_memento(request):
        return {}
    return {"Memento-Datetime": http_date(pin.at.timestamp())}


def link_to_original(request: Request, base_url: str) -> Links:
    """The same request without its point in time, of which a memento has to tell."""
    if not is_memento(request):
        return {}
    query = request.query_params.copy()
    del query["as_of"]
    return {"original": f"{base_url}{request.path}{'?' if query else ''}{query.urlencode(safe=',:')}"}


def links_to_versions(row: OnRecord, pin: Pin, api: str) -> Links:
    """The newest version of an object, the list of all, and the ones before and after the one that is shown.

    Before a correction comes what it corrects. What was taken down is passed over.
    """
    address = f"{api}{row.collection}/{row.public_id}/"
    versions = (
        Snapshot.objects.filter(
            collection=row.collection, lineage=getattr(row, row.lineage_field), body__isnull=False
        )
        .select_related("from_rev")
        .only("object_id", "from_rev__at")
    )
    older = versions.filter(from_rev__lte=pin.revision).order_by("-from_rev")[1:2]
    newer = versions.filter(from_rev__gt=pin.revision, from_rev__lte=pin.head).order_by("from_rev")[:1]
    return {
        "version-history": f"{address}versions/",
        "latest-version": address,
        "predecessor-version": _address_of_first(older, row.collection, api),
        "successor-version": _address_of_first(newer, row.collection, api)
        if pin.revision < pin.head
        else None,
    }


def _address_of_first(versions: QuerySet[Snapshot], collection: str, api: str) -> str | None:
    for version in versions:
        return address_as_of(api, collection, version.object_id, version.from_rev.at)
    return None
