"""`stats/strikes/`: how many strikes there were, grouped as the request says."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import BadParameter
from api.filters import FlagFilter, GroupingFilter
from api.stats import StatsView
from strikes.api.filters import FilterValues, StrikeFilterSet
from strikes.api.serializers.stats import GroupSerializer, StrikeCountsSerializer
from strikes.counting import GROUPINGS, TIMES, Events, add_zeros, strike_counts
from strikes.models import Strike


class StrikeStatsFilterSet(StrikeFilterSet):
    """The words of `strikes/`, and how to group what they find."""

    group_by = GroupingFilter(
        GROUPINGS, help_text=f"What the groups have in common, one or two of {', '.join(GROUPINGS)}."
    )
    zero = FlagFilter(
        help_text="Whether times without any event have a row of zeros, from `after` to `before` or else from the "
        f"first event found to the last. Needs {', '.join(TIMES)} in `group_by`."
    )

    def filter_values(self) -> FilterValues:
        """What narrows the strikes; how to group them is kept beside it."""
        values = super().filter_values()
        self.grouped_by: list[str] = values.pop("group_by")
        self.with_zeros: bool = values.pop("zero", False)
        if self.with_zeros and not set(self.grouped_by) & set(TIMES):
            raise BadParameter("zero", f"It needs {', '.join(TIMES)} in `group_by`.", "missing")
        self.limits = values.get("after"), values.get("before")
        return values

    def first_and_last(self, days: list[dt.date]) -> tuple[dt.date, dt.date] | None:
        """The first and the last day that were asked for or, failing that, found; null if neither."""
        after, before = self.limits
        if not days and (after is None or before is None):
            return None
        first = date_of(after) if after is not None else min(days)
        last = max(days) if before is None else date_of(before, less=True)
        return first, last


def date_of(value: dt.date | dt.datetime, less: bool = False) -> dt.date:
    """The day of a limit, of a moment in UTC; the last day before it, if it is not included."""
    day = value.date() if isinstance(value, dt.datetime) else value
    begins_it = not isinstance(value, dt.datetime) or value.time() == dt.time.min
    return day - dt.timedelta(days=1) if less and begins_it and day > dt.date.min else day


class StrikeStatsView(StatsView):
    """How many strikes, raids and incidents there were, by one or two words, and how what is said of them stands.

    `group_by=month,country` gives a row for each month and country. Times are local dates, on which the event began;
    weeks are those of ISO 8601. An event in two regions is in both groups, and once in `total`. `actor` groups by who
    speaks of an event, `operator` by who ran the facility on that day, `dispute` by the states of what is at issue.
    Every word that filters `strikes/` narrows what is counted.
    """

    parameters_class = StrikeStatsFilterSet
    serializer_class = StrikeCountsSerializer
    name = "strikes"

    def get(self, request: Request) -> Response | HttpResponse:
        filter_set = self.asked_of(Strike.objects.published(self.pin.as_of))
        events = Events(filter_set.qs, self.pin.as_of)
        counts = strike_counts(events, filter_set.grouped_by)
        if filter_set.with_zeros:
            days = filter_set.first_and_last([event.on for event in events.all])
            if days is not None:
                add_zeros(counts, *days)
        answer = {"group_by": counts.group_by, "total": counts.total, "groups": counts.in_order()}
        body = StrikeCountsSerializer(answer).data
        response: Response | HttpResponse = self.answer(
            body, body["groups"], GroupSerializer(group_by=counts.group_by)
        )
        return response
