"""When a claim says that it happened, as lists are filtered and ordered by it (decisions.md D82)."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import CheckConstraint, Q

from record.moments import as_stated, earliest, last_day, latest, local_date, precision, zone
from sources.choices import TimePrecision


class WithEventTime(models.Model):
    """The claim's own time of the event, also in days of the place, and its place among all events."""

    event_earliest = earliest("what the claim says happened")
    event_latest = latest("what the claim says happened")
    event_precision = precision("what the claim says happened", TimePrecision)
    event_timezone = zone()
    event_local_date = local_date("what the claim says happened")
    event_as_stated = as_stated("the time of what happened")
    is_status = models.BooleanField(
        default=False,
        help_text="Whether the time is only a moment at which it was so (“still out on 15 March”): neither when it "
        "began nor when it ended.",
    )
    is_permanent = models.BooleanField(
        default=False,
        help_text="Whether, by the speaker's word, what began then will never end: it was destroyed, or closed for good.",
    )
    event_began_on = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The first date of the claim's own time of the event, on the clocks of the place; null if it gives none.",
    )
    event_ended_on = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The last date of it; null while it goes on, or if it gives none.",
    )
    when_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="The early edge of the claim's own time of the event, else of its strike's, else when it was said. "
        "Kept for ordering.",
    )

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                name="%(class)s_status_is_of_some_time",
                condition=Q(is_status=False) | Q(event_earliest__isnull=False, event_latest__isnull=False),
                violation_error_message="A status needs the time of the event at which it was so, with both its edges.",
            ),
            CheckConstraint(
                name="%(class)s_permanent_has_a_beginning_and_no_end",
                condition=Q(is_permanent=False)
                | Q(event_earliest__isnull=False, event_latest__isnull=True, is_status=False),
                violation_error_message="What never ends has a time at which it began, with no late edge.",
            ),
        ]

    def keep_event_time(self) -> None:
        """Keep the days of this time; an edge alone is a moment, and an early one without a late one goes on."""
        late, place, on = self.event_latest, self.event_timezone, self.event_local_date
        began = self.event_earliest or late
        self.when_at = began
        self.event_began_on = self.event_ended_on = None
        if began is None:
            return
        first = on or began.astimezone(ZoneInfo(place) if place else dt.UTC).date()
        self.event_began_on = first
        if late is not None:
            self.event_ended_on = max(first, last_day(late, place, on))
