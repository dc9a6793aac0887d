"""What pages and answers have in common: they are read, and nobody writes to them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import SimpleTemplateResponse
from django.views.generic import View
from rest_framework.request import Request

from api.errors import CONTENT_TYPE, problem

NO_BODY = "What is asked for stands in the address: a request to read has no body."


def has_body(request: Request) -> bool:
    """Whether something was sent along: a question asked in a body would otherwise be answered with everything."""
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    return length.strip("0") != "" or "HTTP_TRANSFER_ENCODING" in request.META


def without_body(response: HttpResponse) -> HttpResponse:
    """What HEAD is answered: the headers of GET, with the length of the body that is left out."""
    if isinstance(response, SimpleTemplateResponse):
        response.render()
    response["Content-Length"] = str(len(response.content))
    response.content = b""
    return response


class PlainView(View):
    """What no page here caches, and how each refuses to be written to."""

    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        response = super().dispatch(request, *args, **kwargs)
        assert isinstance(response, HttpResponse)  # no page here is streamed
        response["Cache-Control"] = "no-cache"
        return without_body(response) if request.method == "HEAD" else response

    def http_method_not_allowed(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        body = problem(405, f"{request.method} is not allowed here.", "method_not_allowed", errors=[])
        return JsonResponse(body, status=405, content_type=CONTENT_TYPE, headers={"Allow": "GET, HEAD"})
