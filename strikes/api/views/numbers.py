"""Capacities, damage estimates and weapon counts over REST."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from api.views import RecordViewSet
from strikes.api import filters
from strikes.api.facets import by_flag
from strikes.api.serializers.numbers import (
    CapacitySerializer,
    DamageEstimateSerializer,
    WeaponCountSerializer,
)
from strikes.api.views.conversion import WithConversion
from strikes.models import Capacity, DamageEstimate, WeaponCount
from strikes.models.related import with_prefix
from strikes.outages.agreement import find_agreement

CLAIM_OF_NUMBER = ("part_of", *with_prefix("claim", "actor", "proposition", "report__source"))
"""What is shown of a number's claim and of the total it is a part of."""
ORDERINGS_OF_NUMBERS = {
    "when": "claim__when_at",
    "said": "claim__sort_at",
    "issued": "claim__report__issued_latest",
}
"""Numbers are ordered as their claims are."""


class CapacityViewSet(WithConversion[Capacity]):
    """How much facilities and units can do, as reports state it. Rivals stand side by side.

    `capacities/?facility=norsi` shows what reports say of one refinery; none of them is marked as right. With
    `unit_of_measure=mt_per_year,kbbl_per_day&convert_to=kbbl_per_day` each is also given in barrels a day, and
    `agrees_with` names the rivals that say the same.
    """

    model = Capacity
    serializer_class = CapacitySerializer
    filterset_class = filters.CapacityFilterSet
    orderings = {"issued": "report__issued_latest"}
    facets = {
        "facility": "facility__public_id",
        "unit": "unit__public_id",
        "source": "report__source__public_id",
        "source_kind": "report__source__kind",
        "unit_of_measure": "unit_of_measure",
        "denominator": "denominator",
        "basis": "basis",
        "comparator": "comparator",
    }

    def load(self, rows: QuerySet[Capacity]) -> QuerySet[Capacity]:
        return super().load(rows).select_related("facility", "unit__facility", "report__source", "actor")

    def convert(self, rows: Sequence[Capacity], to: str | None) -> None:
        super().convert(rows, to)
        if to is not None:
            find_agreement(rows, to, self.pin.as_of)


class DamageEstimateViewSet(WithConversion[DamageEstimate]):
    """Numbers with their bounds, each with the claim that carries it.

    `comparator=at_least` lists those of which only a lower bound was said: their `best` is null. Do not add
    or average numbers of different scope, basis or denominator. `metric=people_killed&strike=…&ordering=said` is a
    toll as it grew. `unit_of_measure=t_per_day&convert_to=kbbl_per_day`
    adds the same bounds in barrels, with the density that was taken.
    """

    model = DamageEstimate
    serializer_class = DamageEstimateSerializer
    filterset_class = filters.DamageEstimateFilterSet
    orderings = ORDERINGS_OF_NUMBERS
    facets = {
        "metric": "metric",
        "comparator": "comparator",
        "unit_of_measure": "unit_of_measure",
        "denominator": "denominator",
        "basis": "basis",
        "who": "who",
        "indirect": by_flag("indirect"),
        "actor": "claim__actor__public_id",
        "strike": "claim__proposition__strike__public_id",
    }

    def load(self, rows: QuerySet[DamageEstimate]) -> QuerySet[DamageEstimate]:
        return super().load(rows).select_related(*CLAIM_OF_NUMBER)

    def attach(self, rows: Sequence[DamageEstimate]) -> None:
        super().attach(rows)
        for number in rows:
            number.claim.compare_with_report(self.pin.as_of)


class WeaponCountViewSet(RecordViewSet[WeaponCount]):
    """Weapons said to have been launched, intercepted, hit, lost or found.

    A count over several regions is one count. A stated part names its total in `part_of`: do not add the two.
    """

    model = WeaponCount
    serializer_class = WeaponCountSerializer
    filterset_class = filters.WeaponCountFilterSet
    orderings = ORDERINGS_OF_NUMBERS
    facets = {
        "outcome": "outcome",
        "comparator": "comparator",
        "actor": "claim__actor__public_id",
        "strike": "claim__proposition__strike__public_id",
    }

    def load(self, rows: QuerySet[WeaponCount]) -> QuerySet[WeaponCount]:
        return (
            super()
            .load(rows)
            .select_related("out_of", *CLAIM_OF_NUMBER)
            .prefetch_related("weapons", "regions")
        )

    def attach(self, rows: Sequence[WeaponCount]) -> None:
        for count in rows:
            count.claim.compare_with_report(self.pin.as_of)
