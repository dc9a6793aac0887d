"""What a reader without a client sees: the landing page and the codebook."""

from __future__ import annotations

from django.conf import settings
from django.templatetags.static import static
from django.views.generic import RedirectView, TemplateView

from api.formats import LICENCE_ADDRESS
from api.plain import PlainView
from api.types import JsonObject
from api.views import PREFIX
from record.models import Ledger, Revision
from record.vocabulary import vocabularies
from strikes.api.highlights import highlights


class Page(PlainView, TemplateView):
    """A page for people."""

    def get_context_data(self, **context: object) -> JsonObject:
        base = settings.PUBLIC_URL or self.request.build_absolute_uri("/").rstrip("/")
        return super().get_context_data(api=f"{base}{PREFIX}", licence=LICENCE_ADDRESS, **context)


class Landing(Page):
    """What this is, how much is in it, one dispute, and five requests to begin with."""

    template_name = "landing.html"

    def get_context_data(self, **context: object) -> JsonObject:
        newest = Ledger.head().n
        return super().get_context_data(
            revision=Revision.objects.filter(n=newest).first(), **vars(highlights(newest)), **context
        )


class Codebook(Page):
    """Every controlled word with its definition: `/api/v1/vocabularies/` as a page."""

    template_name = "codebook.html"
    extra_context = {"vocabularies": vocabularies}


class Icon(RedirectView):
    """Where browsers look for an icon without being told."""

    def get_redirect_url(self, *args: object, **kwargs: object) -> str:
        return static(
            "icon.svg"
        )  # its name changes with its content, and is known once the files are collected
