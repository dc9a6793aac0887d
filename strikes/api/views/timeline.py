"""The timeline of what can stand still."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.pagination import today
from strikes.api.filters import TimelineFilterSet
from strikes.api.pictures import TimelineSvg
from strikes.api.views.accounts import WithAccounts
from strikes.models import Facility, Unit
from strikes.outages.episodes import Policy
from strikes.outages.timelines import timeline

OutageRow = TypeVar("OutageRow", bound=Facility | Unit)


class WithTimeline(WithAccounts[OutageRow]):
    """What can stand still: its outages in time."""

    filters_of = {**WithAccounts.filters_of, "timeline": TimelineFilterSet}
    timeline_serializer: ClassVar[type[serializers.Serializer[object]]]

    def get_renderers(self) -> list[BaseRenderer]:
        return [*super().get_renderers(), *([TimelineSvg()] if self.action == "timeline" else [])]

    @action(detail=True)
    def timeline(self, request: Request, public_id: str) -> Response:
        """Strikes, outages with their ends and forecasts, and capacities, each in the order of time.

        An outage is put together from claims when it is read: claims that something stood still, with a time, and
        claims that it ran again or will. Where issuers differ, `policy` picks one reading and is named in the
        answer, what others say stands beside it in `rivals`, and `policy=all` gives each issuer's own. Every edge
        names the claims behind it. Predicted ends are compared with the end: met, early, late, pending or overdue.
        Numbers of which nobody says when they held are in `undated`. Nothing of this is stored, or a finding of ours.
        """
        # It is shown in short: the loading plan of its own page is not needed.
        rows = self.get_queryset().select_related(*self.model.display_needs)
        row = rows.filter(public_id=public_id).first()
        if row is None:
            return self.absent(public_id)
        filter_request: Any = request
        filter_set = TimelineFilterSet(request.query_params, self.get_queryset(), request=filter_request)
        policy = filter_set.chosen("policy")
        outages_in_time = timeline(
            row, self.pin.as_of, None if policy == "all" else Policy(policy), today(request)
        )
        body = {str(self.model._meta.model_name): row, "policy": policy, **vars(outages_in_time)}
        return Response(self.timeline_serializer(body, context=self.get_serializer_context()).data)

    def judged_by(self) -> list[str]:
        return [today(self.request).isoformat()] if self.action == "timeline" else []
