"""What below two rows is the same if they are: the pairs that `merge` is offered with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q, QuerySet

from record.derived import Pair
from record.models import OnRecord
from record.search import fold
from strikes.models import Facility, Proposition, Strike, Unit


def below_row(loser: OnRecord, survivor: OnRecord) -> Iterator[Pair]:
    """What is at issue about two strikes or two units alike: the same topic, subject and sentence."""
    yield from pairs_of_propositions([(loser, survivor)])


def below_facility(loser: Facility, survivor: Facility) -> Iterator[Pair]:
    """The units that the two call alike, and what is at issue about the facilities and these units."""
    units_of_survivor = {fold(unit.designation): unit for unit in units_of(survivor)}
    pairs_of_units: list[Pair] = []
    for unit in units_of(loser):
        # Taken out: two units that the loser spells differently are not both the same unit of the survivor.
        namesake = units_of_survivor.pop(fold(unit.designation), None)
        if namesake is not None:
            pairs_of_units.append((unit, namesake))
    yield from pairs_of_units
    yield from pairs_of_propositions([(loser, survivor), *pairs_of_units])


def units_of(facility: Facility) -> QuerySet[Unit]:
    """The public units of a facility and of all that is merged into it."""
    cluster = Facility.objects.cluster([facility.pk])
    return Unit.objects.published().filter(facility__in=cluster).order_by("public_id")


def pairs_of_propositions(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The propositions that would be one if these pairs were: of one topic, subject and sentence."""
    would_be = dict(pairs)

    def survivor_of(row: OnRecord | None) -> OnRecord | None:
        root = row.canonical if row is not None else None
        return would_be.get(root, root) if root is not None else None

    def point_at_issue(row: Proposition) -> tuple[object, ...]:
        return (survivor_of(row.strike), survivor_of(row.subject), row.topic, row.open, fold(row.text))

    by_point: dict[tuple[object, ...], Proposition] = {}
    for row in propositions_about(survivor for _, survivor in pairs):
        by_point.setdefault(point_at_issue(row), row)
    for row in propositions_about(loser for loser, _ in pairs):
        match = by_point.get(point_at_issue(row))
        if match is not None and match != row:  # one that names both, such as a strike and its unit
            yield row, match


def propositions_about(rows: Iterable[OnRecord]) -> QuerySet[Proposition]:
    """The public propositions about any of these rows, or about what is merged into one."""
    is_about = Q()
    for row in rows:
        subject = {Strike: "strike", Facility: "facility", Unit: "unit"}[type(row)]
        is_about |= Q(**{f"{subject}__in": type(row)._default_manager.cluster([row.pk])})
    propositions = Proposition.objects.published().filter(is_about).order_by("public_id")
    return propositions.select_related("strike", "facility", "unit", "actor", "region")
