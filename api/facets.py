"""Facets: how the filtered rows are distributed over the values of a filter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from django.db.models import Count, F, Func, Model, QuerySet

from api.errors import BadParameter
from api.messages import allowed_values, quoted
from api.types import JsonObject
from record.models import AsOf

FacetValue = str | int | bool | None
Counts = Iterable[tuple[FacetValue, int]]
Facet = str | Func | Callable[[QuerySet[Model], AsOf], Counts]
"""The path to a value; the value as it is worked out of a column; or what counts rows by values kept elsewhere."""


def requested_facets(text: str, facets: Mapping[str, Facet]) -> list[str]:
    """The facets that were asked for, by commas; each is a filter word of the collection."""
    names = list(dict.fromkeys(text.split(",")))
    for name in names:
        if name not in facets:
            raise BadParameter("facets", f"{quoted(name)} is not a facet here{allowed_values(name, facets)}")
    return names


def facets_of(
    rows: QuerySet[Model],
    names: Iterable[str],
    facets: Mapping[str, Facet],
    as_of: AsOf,
    canonical_ids: Mapping[str, Mapping[str, str]] = MappingProxyType({}),
) -> JsonObject:
    """For each facet its values with the number of rows that have them, most frequent first.

    A row with several values, such as two regions, counts for each; null is for rows with none.
    ``canonical_ids`` says of facets that are ids who stands for whom: the survivor has the rows of its losers.
    """
    counts_by_facet = {}
    for name in names:
        counts = counts_of(rows, facets[name], as_of)
        if survivors := canonical_ids.get(name):
            counts = merged_counts(counts, survivors)
        ranked = sorted(counts, key=lambda pair: (-pair[1], pair[0] or ""))
        counts_by_facet[name] = [{"value": value, "count": count} for value, count in ranked]
    return counts_by_facet


def counts_of(rows: QuerySet[Model], facet: Facet, as_of: AsOf) -> Counts:
    if not isinstance(facet, (str, Func)):
        return facet(rows, as_of)
    value = F(facet) if isinstance(facet, str) else facet
    values = rows.order_by().annotate(value=value).values_list("value")
    counts: Counts = values.annotate(Count("pk", distinct=True))
    return counts


def merged_counts(counts: Counts, survivors: Mapping[str, str]) -> Counts:
    """The counts with those of merged objects added to what they were merged into."""
    sums: Counter[FacetValue] = Counter()
    for value, count in counts:
        sums[survivors.get(str(value), value)] += count
    return sums.items()
