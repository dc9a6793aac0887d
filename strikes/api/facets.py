"""Facets over what is kept beside the rows: how propositions stand, whether claims count, and how they are graded."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from record.models import AsOf, end_of
from strikes.api.accounts import newest_assessments
from strikes.choices import Stance
from strikes.disputes.origins import claims_about_own_deeds
from strikes.disputes.standing import standings
from strikes.disputes.states import states_of
from strikes.models import Claim, ClaimRelation, Proposition

COUNTRY_OF_REGION = Substr("regions__public_id", 1, 2)
"""The country of a region begins its code: `UA` in `UA-63`."""

Rows = QuerySet[Any]
"""The filtered rows of a collection of strikes, of propositions or of claims."""
Counts = Iterable[tuple[str | None, int]]
Facet = Callable[[Rows, AsOf], Counts]


def by_flag(column: str) -> Facet:
    """Counts rows by a column that is true or false, as their filter has them; null where nothing was said."""

    def count(rows: Rows, as_of: AsOf) -> Counts:
        counted = rows.order_by().values_list(column).annotate(Count("pk", distinct=True))
        return [(None if flag is None else str(flag).lower(), number) for flag, number in counted]

    return count


def by_region_of_facility(facilities: Rows, as_of: AsOf) -> Counts:
    """Counts facilities by their regions or, at sea, by the countries whose law applies; null for those of neither."""
    return count_each(places_of(facilities).values())


def by_country_of_facility(facilities: Rows, as_of: AsOf) -> Counts:
    """Counts facilities by the countries in which they lie or, at sea, whose law applies."""
    return count_each({code[:2] for code in codes} for codes in places_of(facilities).values())


def count_each(values_of_rows: Iterable[set[str]]) -> Counts:
    """How many rows have each value; null is for those with none."""
    counted: Counter[str | None] = Counter()
    for values in values_of_rows:
        counted.update(values or [None])
    return counted.items()


def places_of(facilities: Rows) -> dict[int, set[str]]:
    """The codes of the regions and jurisdictions of each facility."""
    codes_of: dict[int, set[str]] = defaultdict(set)
    for path in ("regions__public_id", "jurisdictions__public_id"):
        for key, code in facilities.order_by().values_list("pk", path):
            codes_of[key] |= {code} - {None}
    return codes_of


def by_state(column: str) -> Facet:
    """Counts rows by a column of the states of their propositions."""

    def count(rows: Rows, as_of: AsOf) -> Counts:
        rows_with: dict[object, set[int]] = defaultdict(set)
        propositions = without_duplicates(rows, as_of)
        row_of = dict(propositions.values_list("pk", "row"))
        for pk, state in states_of(propositions, as_of).items():
            rows_with[getattr(state, column)].add(row_of[pk])
        return [(str(value), len(keys)) for value, keys in rows_with.items()]

    return count


def by_grade(column: str) -> Facet:
    """Counts rows by the newest assessments of their propositions; null for those not graded."""

    def count(rows: Rows, as_of: AsOf) -> Counts:
        newest = Subquery(newest_assessments(as_of).values(column)[:1])
        graded = without_duplicates(rows, as_of).order_by().annotate(value=newest).values_list("value")
        return list(graded.annotate(Count("row", distinct=True)))

    return count


def by_polarity(claims: Rows, as_of: AsOf) -> Counts:
    """Counts claims by the side that their stance takes."""
    counted: Counter[str | None] = Counter()
    for stance, number in claims.order_by().values_list("stance").annotate(Count("pk", distinct=True)):
        counted[Stance(stance).polarity] += number
    return counted.items()


def by_counting(claims: Rows, as_of: AsOf) -> Counts:
    """Counts claims by whether they count."""
    standing_of = standings(set(claims.values_list("pk", flat=True)), as_of)
    return Counter(str(standing.counts).lower() for standing in standing_of.values()).items()


def by_relation(claims: Rows, as_of: AsOf) -> Counts:
    """Counts claims by how they stand to others; null for those that stand alone."""
    others = Claim.objects.published(as_of).filter(lineage=OuterRef("other__public_id"))
    relations = ClaimRelation.objects.published(as_of).filter(Exists(others))
    kinds_of: dict[str, set[str]] = defaultdict(set)
    for lineage, kind in relations.values_list("claim__public_id", "kind"):
        kinds_of[lineage].add(kind)
    counted: Counter[str | None] = Counter()
    for lineage in claims.values_list("lineage", flat=True):
        counted.update(kinds_of.get(lineage, {None}))
    return counted.items()


def by_own_deed(rows: Rows, as_of: AsOf) -> Counts:
    """Counts rows with a claim about the speaker's own deed, and those without."""
    own = claims_about_own_deeds(as_of).published(as_of)
    propositions = propositions_of(rows, as_of).filter(Exists(own.filter(proposition=OuterRef("pk"))))
    number = propositions.order_by().values("row").distinct().count()
    return [("true", number), ("false", rows.count() - number)]


def propositions_of(rows: Rows, as_of: AsOf) -> Rows:
    """The propositions of rows, with those merged away, each with the key of the row it belongs to (``row``)."""
    column = "pk" if rows.model is Proposition else "strike"
    canonical = rows.model.objects.canonical_keys(as_of)
    with_duplicates = (
        set(rows.filter(pk__in=set(canonical.values())).values_list("pk", flat=True)) if canonical else set()
    )
    row_of = {duplicate: key for duplicate, key in canonical.items() if key in with_duplicates}
    belonging = Q(**{f"{column}__in": rows.values("pk")}) | Q(**{f"{column}__in": list(row_of)})
    propositions: Rows = Proposition.objects.cited(as_of).filter(belonging)
    propositions = propositions.annotate(row=end_of(column, row_of))
    return propositions


def without_duplicates(rows: Rows, as_of: AsOf) -> Rows:
    """The propositions of rows without those merged away, which have no state and no grade of their own."""
    duplicates = list(Proposition.objects.canonical_keys(as_of))
    propositions = propositions_of(rows, as_of)
    return propositions.exclude(pk__in=duplicates) if duplicates else propositions


DISPUTE_FACETS = {
    "dispute": by_state("state"),
    "min_origins": by_state("origins_for"),
    "grade": by_grade("grade"),
    "grade_basis": by_grade("grade_basis"),
    "own": by_own_deed,
}
"""The facets of whatever propositions belong to."""
