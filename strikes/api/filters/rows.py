"""Filters of any row, and how the conditions of several filters become one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

from api.filters import FlagFilter, RecordFilterSet, WhenFilter
from record.models import AsOf, Change, OnRecord

FilterValues = dict[str, Any]
"""The filters of a request that were given, each with the value that was read: keys, words, a moment."""
Row = TypeVar("Row", bound=OnRecord)


def lookups_of(values: FilterValues, lookups: Mapping[str, str], path: str = "") -> Q:
    """The conditions of filters that are one lookup each, seen from a row that leads there by a path."""
    return Q(**{f"{path}{lookup}": values[name] for name, lookup in lookups.items() if name in values})


def conditions_of(values: FilterValues, conditions: Mapping[str, Callable[[Any], Q]]) -> Q:
    """The conditions of filters that take more than a lookup."""
    combined = Q()
    for name, condition in conditions.items():
        if name in values:
            combined &= condition(values[name])
    return combined


class RowFilters(RecordFilterSet):
    """Filters of any row."""

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

    def filter_queryset(self, queryset: QuerySet[Row]) -> QuerySet[Row]:
        values = self.filter_values()
        if "updated_after" in values:
            changes = self.changes_after(queryset.model.collection, values["updated_after"])
            queryset = queryset.filter(public_id__in=changes.values("object_id"))
        if "has_note" in values:
            queryset = queryset.filter(Q(note__isnull=not values["has_note"]))
        if "q" in values:
            queryset = self.search(queryset, values["q"])
        return self.narrow(queryset, values)

    def changes_after(self, collection: str, since: dt.date | dt.datetime) -> QuerySet[Change]:
        """The changes of a collection since a moment, that of the day's end for a bare date."""
        lookup = "gte"
        if not isinstance(since, dt.datetime):
            since, lookup = dt.datetime.combine(since, dt.time.max, dt.UTC), "gt"
        changes = Change.objects.filter(collection=collection, revision__n__lte=self.revision)
        return changes.filter(**{f"revision__at__{lookup}": since})

    def search(self, queryset: QuerySet[Row], words: list[str]) -> QuerySet[Row]:
        """Rows with every word in one of their names, or in one of a row that was merged into them."""
        for word in words:
            with_word = self.word_condition(word)
            queryset = queryset.filter(queryset.model.objects.including_canonical(with_word, self.as_of))
        return queryset

    def word_condition(self, word: str) -> Q:
        """The rows with a folded word in one of their names."""
        return in_names(word)

    def narrow(self, queryset: QuerySet[Row], values: FilterValues) -> QuerySet[Row]:
        """The rows that meet the conditions of this collection's own filters."""
        return queryset


def in_names(word: str, path: str = "") -> Q:
    """A folded word in a row's folded names."""
    condition = Q(**{f"{path}search_text__contains": word})
    short = word.removeprefix("elou")  # ELOU, the desalter, stands before AVT in one unit's full name
    return condition | Q(**{f"{path}search_text__contains": short}) if short not in ("", word) else condition


def as_whole_word(word: str) -> Q:
    """A folded word in a text, from its beginning to its end."""
    return Q(search_text__contains=f" {word} ")


class NotedFilters(RowFilters):
    """Filters of any row that an editor may have put a note to."""

    has_note: FlagFilter | None = FlagFilter(help_text="Whether the row carries a public editor's note.")
