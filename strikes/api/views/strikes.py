"""Strikes, waves, raids and incidents over REST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet

from strikes.api import filters
from strikes.api.accounts import summaries
from strikes.api.facets import COUNTRY_OF_REGION, DISPUTE_FACETS
from strikes.api.serializers.accounts import accounts_of
from strikes.api.serializers.briefs import StrikeBrief
from strikes.api.serializers.strikes import StrikeSerializer
from strikes.api.views.accounts import WithAccounts
from strikes.models import Strike


class StrikeViewSet(WithAccounts[Strike]):
    """Strikes, waves, raids and plain incidents. What is said of them is in their claims.

    `kind=strike` leaves out the waves, which group strikes. Two conditions about a claim, such as
    `actor=lukoil&stance=denies`, are met by one and the same claim about the strike.
    """

    model = Strike
    accounts_serializer = accounts_of("strike", StrikeBrief)
    serializer_class = StrikeSerializer
    place = "facility"
    filterset_class = filters.StrikeFilterSet
    facets = {
        "country": COUNTRY_OF_REGION,
        "region": "regions__public_id",
        "kind": "kind",
        "method": "methods__method",
        "facility": "facility__public_id",
        "facility_kind": "facility__kind",
        "wave": "wave__public_id",
        **DISPUTE_FACETS,
    }
    orderings = {"when": "earliest"}
    default_ordering = "-when"

    def load(self, rows: QuerySet[Strike]) -> QuerySet[Strike]:
        return super().load(rows).select_related("facility", "wave").prefetch_related("regions", "methods")

    def attach(self, rows: Sequence[Any]) -> None:
        summary_of = summaries([strike.pk for strike in rows], self.pin.as_of)
        for strike in rows:
            strike.summary = summary_of[strike.pk]
