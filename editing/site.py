"""The admin site: what all of its pages have in common."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Model
from django.http import HttpRequest, HttpResponse

from record.models import OnRecord


class RowAutocomplete(AutocompleteJsonView):
    """What an autocomplete offers: each row with its id, and whether it is still a draft."""

    def serialize_result(self, obj: Model, to_field_name: str) -> dict[str, str]:
        result = super().serialize_result(obj, to_field_name)
        if isinstance(obj, OnRecord):
            result["text"] += f" · {obj.public_id}" + (" · draft" if obj.status == "draft" else "")
        return result


class RecordSite(admin.AdminSite):
    site_header = "Reported strikes on infrastructure"
    site_title = "Reported strikes"
    index_title = "The record"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.disable_action("delete_selected")

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = RowAutocomplete.as_view(admin_site=self)(request)  # type: ignore[assignment]  # it streams nothing
        return response
