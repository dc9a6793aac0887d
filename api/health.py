"""What probes ask: whether the process answers, and whether it can serve."""

from __future__ import annotations

from http import HTTPStatus

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse

from api.errors import CONTENT_TYPE, problem
from api.plain import PlainView
from record.models import Ledger


class Healthz(PlainView):
    """Whether the process answers."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"status": "ok"})


class Readyz(PlainView):
    """Whether it can serve: whether the database answers and has our tables."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            revision = Ledger.head().n
        except Error:
            status = HTTPStatus.SERVICE_UNAVAILABLE
            body = problem(status, "The database does not answer.", "database_unavailable", errors=[])
            return JsonResponse(body, status=status, content_type=CONTENT_TYPE)
        return JsonResponse({"status": "ok", "revision": revision})
