"""What can be asked of any row, and the words of its names."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet

from api.filters import FlagFilter, RecordFilterSet, WhenFilter
from record.models import AsOf, Change

FilterValues = dict[str, Any]


class RowFilters(RecordFilterSet):
    """What can be asked of any row."""

    updated_after = WhenFilter(
        help_text="Rows published or amended after this moment (a date: after the end of that day UTC)."
    )

    @property
    def revision(self) -> int:
        n: int = self.request.pin.revision
        return n

    @property
    def as_of(self) -> AsOf:
        as_of: AsOf = self.request.pin.as_of
        return as_of

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        asked = self.filter_values()
        if "updated_after" in asked:
            since, lookup = asked["updated_after"], "gte"
            if not isinstance(since, dt.datetime):
                since, lookup = dt.datetime.combine(since, dt.time.max, dt.UTC), "gt"
            changes = Change.objects.filter(
                collection=queryset.model.collection,
                revision__n__lte=self.revision,
                **{f"revision__at__{lookup}": since},
            )
            queryset = queryset.filter(public_id__in=changes.values("object_id"))
        if "has_note" in asked:
            queryset = queryset.filter(note__isnull=not asked["has_note"])
        if "q" in asked:
            queryset = self.found(queryset, asked["q"])
        return self.narrowed(queryset, asked)

    def found(self, queryset: QuerySet[Any], words: list[str]) -> QuerySet[Any]:
        """Rows with every word in one of their names, or in one of a row that was merged into them."""
        for word in words:
            queryset = queryset.filter(
                queryset.model.objects.including_canonical(self.named(word), self.as_of)
            )
        return queryset

    def named(self, word: str) -> Q:
        """The rows with a folded word in one of their names."""
        return contains(word)

    def narrowed(self, queryset: QuerySet[Any], asked: FilterValues) -> QuerySet[Any]:
        return queryset


def contains(word: str, path: str = "") -> Q:
    """A folded word in a row's folded names. ELOU, the desalter, stands before AVT in one unit's full name."""
    q = Q(**{f"{path}search_text__contains": word})
    short = word.removeprefix("elou")
    return q | Q(**{f"{path}search_text__contains": short}) if short not in ("", word) else q


class NotedFilters(RowFilters):
    has_note = FlagFilter(help_text="Whether the row carries a public editor's note.")
