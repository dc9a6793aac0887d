"""Facets: how the filtered rows are distributed over the values of a filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Any

from django.db.models import Count, F, QuerySet
from django.db.models.functions import Substr

from api.errors import BadParameter
from api.messages import allowed_values, quoted
from record.models import AsOf

COUNTRY = "country"


Facet = str | Callable[[QuerySet[Any], AsOf], Iterable[tuple[Any, int]]]
"""The path to a value; or what counts rows by values that are kept elsewhere."""


def facet_words(text: str, paths: Mapping[str, Facet]) -> list[str]:
    """The facets that were asked for, by commas; each is a filter word of the collection."""
    words = list(dict.fromkeys(text.split(",")))
    for word in words:
        if word not in paths:
            raise BadParameter("facets", f"{quoted(word)} is not a facet here{allowed_values(word, paths)}")
    return words


def facets_of(
    rows: QuerySet[Any],
    words: Iterable[str],
    paths: Mapping[str, Facet],
    as_of: AsOf,
    merged: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> dict[str, list[dict[str, Any]]]:
    """For each word its values with the number of rows that have them, most frequent first.

    A row with several values, such as two regions, counts for each; null is for rows with none.
    ``merged`` says of words that are ids who stands for whom: the survivor has the rows of its losers.
    """
    found = {}
    for word in words:
        facet = paths[word]
        counted: Iterable[tuple[Any, int]]
        if isinstance(facet, str):
            value = Substr(facet, 1, 2) if word == COUNTRY else F(facet)
            named = rows.order_by().annotate(value=value).values_list("value")
            counted = named.annotate(Count("pk", distinct=True))
        else:
            counted = facet(rows, as_of)
        stands = merged.get(word)
        if stands:
            sums: Counter[Any] = Counter()
            for one, count in counted:
                sums[stands.get(one, one)] += count
            counted = sums.items()
        ranked = sorted(counted, key=lambda pair: (-pair[1], pair[0] or ""))
        found[word] = [{"value": value, "count": count} for value, count in ranked]
    return found
