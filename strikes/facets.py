"""Facets over what is kept beside the rows: how propositions stand, and how they are graded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery

from record.models import AsOf
from strikes.accounts import newest_assessments
from strikes.models import Proposition
from strikes.standing import about_themselves, states_of

Counts = Iterable[tuple[Any, int]]


def standing(column: str) -> Callable[[QuerySet[Any], AsOf], Counts]:
    """Counts rows by a column of the states of their propositions."""

    def count(rows: QuerySet[Any], then: AsOf) -> Counts:
        held: dict[Any, set[int]] = defaultdict(set)
        propositions, owner = propositions_of(rows, then)
        owners = dict(propositions.values_list("pk", owner))
        for pk, state in states_of(propositions, then).items():
            held[getattr(state, column)].add(owners[pk])
        return [(str(value), len(rows_held)) for value, rows_held in held.items()]

    return count


def graded(column: str) -> Callable[[QuerySet[Any], AsOf], Counts]:
    """Counts rows by the newest assessments of their propositions; null for those not graded."""

    def count(rows: QuerySet[Any], then: AsOf) -> Counts:
        propositions, owner = propositions_of(rows, then)
        newest = Subquery(newest_assessments(then).values(column)[:1])
        found = propositions.order_by().annotate(value=newest).values_list("value")
        return [(value, number) for value, number in found.annotate(Count(owner, distinct=True))]

    return count


def own(rows: QuerySet[Any], then: AsOf) -> Counts:
    """Counts rows with a claim about the speaker's own deed, and those without."""
    propositions, owner = propositions_of(rows, then)
    spoken = about_themselves(then).published(then)  # type: ignore[attr-defined]
    told = propositions.filter(Exists(spoken.filter(proposition=OuterRef("pk"))))
    number = told.order_by().values(owner).distinct().count()
    return Counter({"true": number, "false": rows.count() - number}).items()


def propositions_of(rows: QuerySet[Any], then: AsOf) -> tuple[QuerySet[Proposition], str]:
    """The propositions of rows, and the column that leads back from them to the rows."""
    if rows.model is Proposition:
        return rows, "pk"
    propositions: QuerySet[Proposition] = Proposition.objects.published(then).filter(
        strike__in=rows.values("pk")
    )
    return propositions, "strike"
