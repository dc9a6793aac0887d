"""When words were said and became public, and from when on a claim was known (decisions.md D83)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import models

from record.moments import as_stated, earliest, last_day, latest, local_date, precision, zone
from sources.choices import ActorKind, NoticeKind, TimePrecision
from sources.models import Report
from sources.models.fields import known_on
from strikes.choices import Attribution

TOLERANCE = dt.timedelta(hours=1)
"""By how much clocks may differ before a time is impossible."""


WITHOUT_NAME = frozenset({ActorKind.COLLECTIVE, ActorKind.UNKNOWN, ActorKind.ANONYMOUS, ActorKind.MEDIA})
"""Who is never a person or a body that speaks on the record by name."""


def is_by_name(attribution: str, kind_of_actor: str) -> bool:
    """Whether somebody says it on the record, by name."""
    return attribution == Attribution.ON_RECORD and kind_of_actor not in WITHOUT_NAME


class WithKnownTime(models.Model):
    """When it was said, when it became public apart from its page, and from when on it was known."""

    said_earliest = earliest("the time it was said")
    said_latest = latest("the time it was said")
    said_precision = precision("the time it was said", TimePrecision)
    said_timezone = zone()
    said_local_date = local_date("the statement")
    said_as_stated = as_stated("the time it was said")
    disclosed_earliest = earliest("the time it became public")
    disclosed_latest = latest("the time it became public")
    disclosed_precision = precision("the time it became public", TimePrecision)
    disclosed_timezone = zone()
    disclosed_local_date = local_date("its becoming public")
    disclosed_as_stated = as_stated("the time it became public")
    sort_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="The late edge of when it was said or, if that is not known, issued. Kept for ordering.",
    )
    known_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="From when it was known: the late edge of the report's issue or, for words on record by name, of when "
        "they were said or disclosed, if that is earlier. Kept by the doors.",
    )
    known_on = known_on("it was known")

    class Meta:
        abstract = True

    def said_day(self, report: Report) -> dt.date:
        """The last day on which it can have been said or, if that is not known, issued."""
        late, on = self.said_latest or self.said_earliest, self.said_local_date
        if late is None:
            return report.last_day if on is None else on
        return last_day(late, self.said_timezone, on)

    def keep_known_time(self, report: Report, by_name: bool) -> None:
        """Keep from when on it was known: a page tells what is on it, and who speaks by name was heard before."""
        self.sort_at = self.said_latest or self.said_earliest or report.issued_latest
        self.known_at = report.issued_latest
        self.known_on = report.last_day
        became_public = self._became_public() if by_name else None
        if became_public is not None:
            # What a page prints is known from the page on, however vague the time that it gives.
            self.known_at = min(became_public[0], report.issued_latest)
            self.known_on = min(became_public[1], report.last_day)

    def _became_public(self) -> tuple[dt.datetime, dt.date] | None:
        """When it became public by the claim itself: the late edge, and the last day of it."""
        for late, place, on in (
            (self.disclosed_latest, self.disclosed_timezone, self.disclosed_local_date),
            (self.said_latest, self.said_timezone, self.said_local_date),
        ):
            if late is not None:
                return late, last_day(late, place, on)
        return None

    def objections_to_disclosure(self, report: Report, recorded_at: dt.datetime | None) -> Iterator[str]:
        """What is impossible about when it became public: by early edges, with an hour's tolerance."""
        early = self.disclosed_earliest or self.disclosed_latest
        late, said = self.disclosed_latest, self.said_earliest or self.said_latest
        if late is not None and said is not None and late + TOLERANCE < said:
            yield "disclosed: it became public before it was said."
        if early is None:
            return
        updates = report.notices.filter(withdrawn_rev=None, kind=NoticeKind.UPDATE)
        last_issue = max([report.issued_latest, *updates.values_list("dated", flat=True)])
        if early > last_issue + TOLERANCE:
            yield "disclosed: it is after the report that prints it; what is printed is public."
        if recorded_at is not None and early > recorded_at + TOLERANCE:
            yield "disclosed: it is after it was recorded."
