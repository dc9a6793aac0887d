"""Times as reports give them: a range in UTC, its precision, and the words."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q

from record.vocabulary import Vocabulary, one_of


def earliest(of: str, null: bool = True, blank: bool = True) -> models.DateTimeField:
    return models.DateTimeField(null=null, blank=blank, help_text=f"The early edge of {of}, in UTC.")


def latest(of: str, null: bool = True, blank: bool = True) -> models.DateTimeField:
    return models.DateTimeField(
        null=null,
        blank=blank,
        help_text=f"The late edge of {of}, in UTC. Null with an early edge given: still going on.",
    )


def precision(
    of: str, vocabulary: type[Vocabulary], null: bool = True, blank: bool = True
) -> models.CharField:
    return models.CharField(
        null=null,
        blank=blank,
        max_length=20,
        choices=vocabulary.choices,
        help_text=f"How exactly {of} is known; it applies to both edges.",
    )


@cache
def zones() -> set[str]:
    return available_timezones()


def is_a_zone(value: str) -> None:
    if value not in zones():
        raise ValidationError("An IANA time zone is meant, such as `Europe/Moscow`.")


def zone() -> models.CharField:
    return models.CharField(
        max_length=40,
        null=True,
        blank=True,
        validators=[is_a_zone],
        help_text="The IANA time zone of the place, such as `Europe/Moscow`. Null if it is not known; "
        "the range is then wide enough for every zone it can be.",
    )


def local_date(of: str, null: bool = True, blank: bool = True) -> models.DateField:
    return models.DateField(null=null, blank=blank, help_text=f"The date of {of} on the clocks of the place.")


FIRST_ON_EARTH = dt.timezone(dt.timedelta(hours=14))
LAST_ON_EARTH = dt.timezone(dt.timedelta(hours=-12))
"""The clocks on which a date begins first, and those on which it ends last."""


def last_day(latest: dt.datetime, zone: str | None, local_date: dt.date | None) -> dt.date:
    """The last day of a time on its own clock. Without a zone a date is that of everywhere: it ends where it ends last.

    A time with neither is one in UTC.
    """
    if zone is None and local_date is not None:
        clocks: dt.tzinfo = LAST_ON_EARTH
    else:
        clocks = ZoneInfo(zone or "UTC")
    day = latest.date()
    with suppress(OverflowError):  # on the last day that a date can have
        day = latest.astimezone(clocks).date()
    return day if local_date is None else max(local_date, day)


def as_stated(of: str) -> models.CharField:
    return models.CharField(
        max_length=200, null=True, blank=True, help_text=f"The words the report uses for {of}."
    )


COLUMNS = ("earliest", "latest", "precision", "timezone", "local_date", "as_stated")
"""What a moment is kept in, each with a prefix."""


def columns_of(*prefixes: str) -> list[str]:
    return [f"{prefix}{column}" for prefix in prefixes for column in COLUMNS]


def moment_rules(
    model: str, prefix: str, vocabulary: type[Vocabulary], required: bool = False
) -> list[CheckConstraint]:
    """A range runs forward, and whoever gives an edge says how exactly it is known.

    Where the precision is ``required``, its column is not null and needs no second rule.
    """
    early, late, exact = f"{prefix}earliest", f"{prefix}latest", f"{prefix}precision"
    rules = [
        one_of(exact, vocabulary, model),
        CheckConstraint(
            name=f"{model}_{prefix}range_runs_forward",
            condition=Q(**{f"{late}__isnull": True})
            | Q(**{f"{early}__isnull": True})
            | Q(**{f"{late}__gte": F(early)}),
            violation_error_message="The late edge is before the early one.",
        ),
    ]
    if not required:
        rules.append(
            CheckConstraint(
                name=f"{model}_{prefix}range_has_a_precision",
                condition=Q(**{f"{exact}__isnull": False})
                | Q(**{f"{early}__isnull": True, f"{late}__isnull": True}),
                violation_error_message="Say how exactly the time is known.",
            )
        )
    return rules
