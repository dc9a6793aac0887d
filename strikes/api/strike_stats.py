"""`stats/strikes/`: how many strikes there were, grouped as the request says."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import BadParameter
from api.filters import FlagFilter, GroupingFilter
from api.stats import StatsView
from strikes.api.filters import FilterValues, StrikeFilterSet
from strikes.api.serializers.stats import GroupSerializer, StrikeCountsSerializer
from strikes.counting import GROUPINGS, Events, add_zeros, strike_counts
from strikes.models import Claim, Strike
from strikes.periods import TIMES


class StrikeStatsFilterSet(StrikeFilterSet):
    """The words of `strikes/`, and how to group what they find."""

    group_by = GroupingFilter(
        GROUPINGS,
        help_text=f"What the groups have in common, one or two of {', '.join(GROUPINGS)}. Of times, an event whose "
        "date is known less closely is in a group of its own, such as `2024` beside `2024-03`. With `actor` here and "
        "as a filter, the groups are those actors', and only the claims asked for are counted.",
    )
    zero = FlagFilter(
        help_text="Whether times without any event have a row of zeros, from `after` to `before` or else from the "
        "first event found to the last whose date is known closely enough. A zero says that no event is known to "
        "have happened then; one that is dated to the year only may have. "
        f"Needs {', '.join(TIMES)} in `group_by`."
    )

    def filter_values(self) -> FilterValues:
        """What narrows the strikes; how to group them is kept beside it."""
        values = super().filter_values()
        self.grouped_by: list[str] = values.pop("group_by")
        self.with_zeros: bool = values.pop("zero", False)
        if self.with_zeros and not set(self.grouped_by) & set(TIMES):
            raise BadParameter("zero", f"It needs {', '.join(TIMES)} in `group_by`.", "missing")
        self.limits = values.get("after"), values.get("before")
        self.values_given = values
        return values

    def claims_asked_for(self) -> QuerySet[Claim] | None:
        """Where actors are asked for and group: their claims, as far as these were asked for. Else null, for all."""
        if "actor" not in self.grouped_by or "actor" not in self.values_given:
            return None
        return self.claims_by_which_strikes_are_found(self.values_given)

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
    weeks are those of ISO 8601, quarters read `2024-Q1`. **An event whose date is known less closely than that has a
    row of its own**: one that is dated to the year only is under `2024`, beside `2024-03`, in every grouping but by
    year; one dated to the month under `2024-03`, beside days or weeks; one dated to a week under `2024-W11`, beside
    days, and beside longer times where the week belongs to two of them. One whose time nobody says is under null. So
    no event is put on a date that nobody stated: to have all of a year, add up its rows, or group by `year`.

    **Waves are no strikes.** Where the strikes of a wave are in the record, they are counted and the wave is not. A
    wave below which there is no strike, raid or incident, at any depth, is counted in `waves`, and what is claimed of
    it in `wave_claims`; `claims` and all the rest are of strikes and raids alone. Whether there is one does not depend
    on the filters. What is claimed of other waves as a whole is not counted here: it is in `claims/?strike=`.

    An event in two regions is in both groups, and once in `total`. `actor` groups by who speaks of an event,
    `operator` by who ran the facility on that day, `dispute` by the states of what is at issue. Every word that
    filters `strikes/` narrows which events are counted; what is claimed of these is counted whoever says it. The one
    exception is `actor=` together with `group_by=actor`: then there are groups of these actors only, and `claims` and
    `wave_claims`, in `total` too, are the claims that were asked for: theirs, and of the `stance` or whatever else
    was asked of a claim.
    """

    parameters_class = StrikeStatsFilterSet
    serializer_class = StrikeCountsSerializer
    name = "strikes"

    def get(self, request: Request) -> Response | HttpResponse:
        filter_set = self.asked_of(Strike.objects.published(self.pin.as_of))
        rows = filter_set.qs  # it reads the filters that the next line asks about
        events = Events(rows, self.pin.as_of, filter_set.claims_asked_for())
        counts = strike_counts(events, filter_set.grouped_by)
        if filter_set.with_zeros:
            days = filter_set.first_and_last(events.days_known(filter_set.grouped_by))
            if days is not None:
                add_zeros(counts, *days)
        answer = {"group_by": counts.group_by, "total": counts.total, "groups": counts.in_order()}
        body = StrikeCountsSerializer(answer).data
        response: Response | HttpResponse = self.answer(
            body, body["groups"], GroupSerializer(group_by=counts.group_by)
        )
        return response
