"""Lists of rows: those of a collection, and those that rest on one row."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.contrib import admin
from django.contrib.admin.views.main import ERROR_FLAG, SEARCH_VAR
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from record.models import OnRecord


class ForgivingChangeList(admin.ModelAdmin):
    """Lists that are asked for what no database can look up show everything, as Django does with other nonsense."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        if all(can_be_asked(name, value) for name, values in request.GET.lists() for value in values):
            return super().changelist_view(request, extra_context)
        return HttpResponseRedirect(f"{request.path}?{ERROR_FLAG}=1")


def can_be_asked(name: str, value: str) -> bool:
    """Whether every database can look a value up: no year off the calendar, no NUL, no integer above 64 bits."""
    if name.endswith("__year") and not (re.fullmatch("[0-9]{1,4}", value) and 0 < int(value) < dt.MAXYEAR):
        return False
    return "\x00" not in value and (name == SEARCH_VAR or not re.search("[0-9]{19}", value))


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("draft", "Draft"), ("published", "Public"), ("withdrawn", "Withdrawn")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OnRecord]) -> QuerySet[OnRecord]:
        match self.value():
            case "draft":
                return queryset.filter(published_rev=None)
            case "published":
                return queryset.filter(published_rev__isnull=False, withdrawn_rev=None)
            case "withdrawn":
                return queryset.filter(withdrawn_rev__isnull=False)
        return queryset


def state_of(row: OnRecord) -> str:
    """What became of a row, in a few words."""
    if row.published_rev_id is None:
        return "draft" if row.supersedes_id is None else "draft of a correction"
    if row.withdrawn_rev_id is None:
        return f"public since revision {row.published_rev_id}"
    if row.taken_down_rev_id is not None:
        return f"taken down in revision {row.taken_down_rev_id}: {row.withdrawal_reason}"
    return f"withdrawn in revision {row.withdrawn_rev_id}: {str(row.withdrawal_reason).replace('_', ' ')}"


Row = TypeVar("Row", bound=OnRecord)


@dataclass(frozen=True)
class RowList(Generic[Row]):
    """Rows that rest on another, to look through below its form; each is edited on its own page."""

    title: str
    of: type[Row]
    by: str
    """The field by which they name it."""
    columns: Mapping[str, Callable[[Row], object]]
    order: Sequence[str] = ("pk",)
    load: Sequence[str] = ()
    """Relations that the columns read."""
    prefetch: Sequence[str | Prefetch] = ()
    addable: bool = True


MOST_LISTED = 200  # rows of a list below a form
