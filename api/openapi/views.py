"""The description of the API as it is served: for programs, to try out and to read."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.renderers import TemplateHTMLRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.filters import check_parameters
from api.formats import Json
from api.openapi.document import RENDERERS, rendered
from api.views import PublicView


class AboutView(PublicView):
    """What describes the API. Its problems are JSON, whatever was asked for."""

    known: ClassVar[list[str]] = []

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        self.check(request)

    def check(self, request: Request) -> None:
        check_parameters(request, self.known, ())

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        self.request.accepted_renderer, self.request.accepted_media_type = Json(), Json.media_type
        return response


@extend_schema(exclude=True)
class SchemaView(AboutView):
    """The description itself, as JSON or, with `format=yaml`, as YAML."""

    renderer_classes = list(RENDERERS.values())
    known = ["format"]

    def get(self, request: Request) -> HttpResponse:
        media_type = request.accepted_renderer.media_type
        return HttpResponse(rendered(media_type, settings.PUBLIC_URL), content_type=media_type)


class Docs(AboutView, SpectacularSwaggerSplitView):
    """Swagger UI: the description, to try out. Its script is the same address with `?script=`."""

    renderer_classes = [TemplateHTMLRenderer]
    template_name = "docs.html"
    template_name_js = "docs.js"

    def check(self, request: Request) -> None:
        if set(request.query_params) != {"script"}:
            super().check(request)


class Redoc(AboutView, SpectacularRedocView):
    """Redoc: the description, to read."""

    renderer_classes = [TemplateHTMLRenderer]
    template_name = "redoc.html"
