"""The admin site: what all of its pages have in common."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.http import HttpRequest

from record.models import OnRecord


class FindJson(AutocompleteJsonView):
    """What an autocomplete offers: each row with its id, and whether it is still a draft."""

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        found = super().serialize_result(obj, to_field_name)
        if isinstance(obj, OnRecord):
            found["text"] += f" · {obj.public_id}" + (" · draft" if obj.status == "draft" else "")
        return found


class RecordSite(admin.AdminSite):
    site_header = "Reported strikes on infrastructure"
    site_title = "Reported strikes"
    index_title = "The record"

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.disable_action("delete_selected")

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return FindJson.as_view(admin_site=self)(request)
