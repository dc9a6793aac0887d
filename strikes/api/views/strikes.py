"""Strikes, waves, raids and incidents over REST."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from strikes.api import filters
from strikes.api.days import DAYS
from strikes.api.differences import differences_of
from strikes.api.facets import COUNTRY_OF_REGION, DISPUTE_FACETS
from strikes.api.serializers.accounts import accounts_of
from strikes.api.serializers.briefs import StrikeBrief
from strikes.api.serializers.days import StrikeDaysSerializer
from strikes.api.serializers.differences import StrikeDiffSerializer
from strikes.api.serializers.strikes import StrikeSerializer
from strikes.api.summaries import summaries
from strikes.api.views.accounts import WithAccounts
from strikes.models import Strike


class StrikeViewSet(WithAccounts[Strike]):
    """Strikes, waves, raids and plain incidents. What is said of them is in their claims.

    `kind=strike` leaves out the waves, which group strikes. Two conditions about a claim, such as
    `actor=lukoil&stance=denies`, are met by one and the same claim about the strike.

    `main_point` says of each whether its facility was hit, and on how many independent words:
    `strikes/?country=RU&facility_kind=refinery&kind=strike` has the strikes on refineries in Russia.
    """

    model = Strike
    filters_of = {
        "accounts": filters.StrikeAccountFilterSet,
        "days": filters.StrikeDaysFilterSet,
        "diff": filters.StrikeDiffFilterSet,
    }
    ways_back = {**WithAccounts.ways_back, "diff": ()}
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
        summary_of = summaries(rows, self.pin.as_of)
        for strike in rows:
            strike.summary = summary_of[strike.pk]

    @extend_schema(responses=StrikeDaysSerializer)
    @action(detail=True)
    def days(self, request: Request, public_id: str) -> Response:
        """The days on which something about a strike became known, or was published by us, with what and how many.

        Each date can be given as `known_at`, or with `by=published` as `as_of`: an answer to it has all that is told
        of this day and of those before. For whoever steps through what was said of a strike, day by day.
        """
        strike = self.load(self.get_queryset()).filter(public_id=public_id).first()
        if strike is None:
            return self.absent(public_id)
        filter_request: Any = request
        filter_set = filters.StrikeDaysFilterSet(
            request.query_params, self.get_queryset(), request=filter_request
        )
        by, descendants = filter_set.chosen("by"), filter_set.filter_values().get("descendants", False)
        body = {"strike": strike, "by": by, "days": DAYS[by](strike, self.pin.as_of, descendants)}
        return Response(StrikeDaysSerializer(body, context=self.get_serializer_context()).data)

    @extend_schema(responses=StrikeDiffSerializer)
    @action(detail=True)
    def diff(self, request: Request, public_id: str) -> Response:
        """What differs between two points in time of all that is said of a strike: claims, numbers, states, fields.

        `from=2024-03-13&to=2024-03-20` tells what we published in that week; with `by=known` what became known to the
        world. Each state that differs is given with its explanation at both points. What is said of the members of a
        wave is not taken in. Claims of a strike that was merged into this one are added at the merge. Of a strike that
        was withdrawn the answer has what was there before, if `to` is before that.
        """
        filter_request: Any = request
        filter_set = filters.StrikeDiffFilterSet(
            request.query_params, self.get_queryset(), request=filter_request
        )
        before, after = filter_set.points(self.pin)
        strike = Strike.objects.published(after).filter(public_id=public_id).first()
        if strike is None:
            self.pin = replace(self.pin, revision=after.revision)  # it may have been merged, or gone, by then
            return self.absent(public_id)
        found = differences_of(strike, before, after)
        given = request.query_params
        body = {
            "strike": strike,
            "by": filter_set.chosen("by"),
            "before_point": {"asked_for": given["from"], "revision": before.revision},
            "after_point": {"asked_for": given.get("to"), "revision": after.revision},
            **vars(found),
        }
        return Response(StrikeDiffSerializer(body, context=self.get_serializer_context()).data)
