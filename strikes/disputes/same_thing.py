"""What below two rows is the same if they are: the pairs that `merge` is offered with them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q

from record.derived import Pair
from record.models import OnRecord
from record.search import fold
from strikes.models import Facility, Proposition, Strike, Unit


def below_row(loser: OnRecord, survivor: OnRecord) -> Iterator[Pair]:
    """What is at issue about two strikes or two units alike: the same topic, subject and sentence."""
    yield from propositions_alike([(loser, survivor)])


def below_facility(loser: Facility, survivor: Facility) -> Iterator[Pair]:
    """The units that the two call alike, and what is at issue about the facilities and these units."""
    theirs: dict[str, Unit] = {fold(unit.designation): unit for unit in units_of(survivor)}
    units: list[Pair] = []
    for unit in units_of(loser):
        other = theirs.pop(fold(unit.designation), None)
        if other is not None:
            units.append((unit, other))
    yield from units
    yield from propositions_alike([(loser, survivor), *units])


def units_of(facility: Facility) -> Iterable[Unit]:
    """The public units of a facility and of all that is merged into it."""
    return (
        Unit.objects.published()
        .filter(facility__in=Facility.objects.cluster([facility.pk]))
        .order_by("public_id")
    )


def propositions_alike(pairs: Sequence[Pair]) -> Iterator[Pair]:
    """The propositions that would be one if these pairs were: of one topic, subject and sentence."""
    would_be = dict(pairs)

    def end(row: OnRecord | None) -> OnRecord | None:
        root = row.canonical if row is not None else None
        return would_be.get(root, root) if root is not None else None

    def point(row: Proposition) -> tuple[object, ...]:
        return (end(row.strike), end(row.subject), row.topic, row.open, fold(row.text))

    kept: dict[tuple[object, ...], Proposition] = {}
    for row in about(one for _, one in pairs):
        kept.setdefault(point(row), row)
    for row in about(one for one, _ in pairs):
        other = kept.get(point(row))
        if other is not None and other != row:
            yield row, other


def about(rows: Iterable[OnRecord]) -> Iterable[Proposition]:
    """The public propositions about any of these rows, or about what is merged into one."""
    q = Q()
    for row in rows:
        name = {Strike: "strike", Facility: "facility", Unit: "unit"}[type(row)]
        q |= Q(**{f"{name}__in": type(row)._default_manager.cluster([row.pk])})
    found = Proposition.objects.published().filter(q).order_by("public_id")
    return found.select_related("strike", "facility", "unit", "actor", "region")
