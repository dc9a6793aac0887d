"""A request to read the record, with the revision that it reads."""

from __future__ import annotations

from rest_framework.request import Request

from api.pagination import Pin


class RecordRequest(Request):
    """A request of the API. Everything that answers it reads the record as of its pin.

    ``PublicView`` makes it; ``pin`` is there once the view has checked the parameters, before its handler runs.
    """

    pin: Pin
