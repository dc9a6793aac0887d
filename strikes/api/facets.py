"""Facets over what is kept beside the rows: how propositions stand, and how they are graded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from record.models import AsOf, end_of
from strikes.api.accounts import newest_assessments
from strikes.disputes.origins import claims_about_own_deeds
from strikes.disputes.states import states_of
from strikes.models import Proposition

COUNTRY_OF_REGION = Substr("regions__public_id", 1, 2)
"""The country of a region begins its code: `UA` in `UA-63`."""

Counts = Iterable[tuple[Any, int]]


def by_state(column: str) -> Callable[[QuerySet[Any], AsOf], Counts]:
    """Counts rows by a column of the states of their propositions."""

    def count(rows: QuerySet[Any], as_of: AsOf) -> Counts:
        held: dict[Any, set[int]] = defaultdict(set)
        propositions = without_duplicates(rows, as_of)
        owners = dict(propositions.values_list("pk", "row"))
        for pk, state in states_of(propositions, as_of).items():
            held[getattr(state, column)].add(owners[pk])
        return [(str(value), len(rows_held)) for value, rows_held in held.items()]

    return count


def by_grade(column: str) -> Callable[[QuerySet[Any], AsOf], Counts]:
    """Counts rows by the newest assessments of their propositions; null for those not graded."""

    def count(rows: QuerySet[Any], as_of: AsOf) -> Counts:
        newest = Subquery(newest_assessments(as_of).values(column)[:1])
        found = without_duplicates(rows, as_of).order_by().annotate(value=newest).values_list("value")
        return [(value, number) for value, number in found.annotate(Count("row", distinct=True))]

    return count


def by_own_deed(rows: QuerySet[Any], as_of: AsOf) -> Counts:
    """Counts rows with a claim about the speaker's own deed, and those without."""
    spoken = claims_about_own_deeds(as_of).published(as_of)
    told = propositions_of(rows, as_of).filter(Exists(spoken.filter(proposition=OuterRef("pk"))))
    number = told.order_by().values("row").distinct().count()
    return Counter({"true": number, "false": rows.count() - number}).items()


def propositions_of(rows: QuerySet[Any], as_of: AsOf) -> QuerySet[Any]:
    """The propositions of rows, with those merged away, each with the key of the row it belongs to (``row``)."""
    column = "pk" if rows.model is Proposition else "strike"
    merged = rows.model.objects.canonical_keys(as_of)
    roots = set(rows.filter(pk__in=set(merged.values())).values_list("pk", flat=True)) if merged else set()
    ends = {loser: root for loser, root in merged.items() if root in roots}
    theirs = Q(**{f"{column}__in": rows.values("pk")}) | Q(**{f"{column}__in": list(ends)})
    propositions: QuerySet[Any] = Proposition.objects.cited(as_of).filter(theirs)
    found: QuerySet[Any] = propositions.annotate(row=end_of(column, ends))
    return found


def without_duplicates(rows: QuerySet[Any], as_of: AsOf) -> QuerySet[Any]:
    """The propositions of rows without those merged away, which have no state and no grade of their own."""
    losers = list(Proposition.objects.canonical_keys(as_of))
    return propositions_of(rows, as_of).exclude(pk__in=losers) if losers else propositions_of(rows, as_of)


DISPUTE_FACETS = {
    "dispute": by_state("state"),
    "min_origins": by_state("origins_for"),
    "grade": by_grade("grade"),
    "grade_basis": by_grade("grade_basis"),
    "own": by_own_deed,
}
"""The facets of whatever propositions belong to."""
