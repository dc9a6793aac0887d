"""Periods that events are counted by, and where an event stands whose date is known less closely than that."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable

from sources.choices import TimePrecision

Label = Callable[[dt.date], str]
Bounds = Callable[[dt.date], tuple[dt.date, dt.date]]


def year(day: dt.date) -> str:
    return f"{day.year:04}"


def quarter(day: dt.date) -> str:
    return f"{day.year:04}-Q{(day.month + 2) // 3}"


def month(day: dt.date) -> str:
    return f"{day.year:04}-{day.month:02}"


def week(day: dt.date) -> str:
    """The week of ISO 8601, which may belong to the year before or after."""
    of_year, number, _ = day.isocalendar()
    return f"{of_year:04}-W{number:02}"


TIMES: dict[str, Label] = {
    "year": year,
    "quarter": quarter,
    "month": month,
    "week": week,
    "day": dt.date.isoformat,
}
"""Each word for a length of time, with how the one around a day is labelled."""


def bounds_of_year(day: dt.date) -> tuple[dt.date, dt.date]:
    return day.replace(month=1, day=1), day.replace(month=12, day=31)


def bounds_of_month(day: dt.date) -> tuple[dt.date, dt.date]:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def bounds_of_week(day: dt.date) -> tuple[dt.date, dt.date]:
    monday = day - dt.timedelta(days=day.weekday())
    return monday, monday + dt.timedelta(days=6)


COARSE: dict[str, tuple[Label, Bounds]] = {
    TimePrecision.YEAR: (year, bounds_of_year),
    TimePrecision.MONTH: (month, bounds_of_month),
    TimePrecision.WEEK: (week, bounds_of_week),
}
"""What leaves the day open, with the period around it. What lasted `days` began on a day that is known."""


def period_of(word: str, day: dt.date, precision: str) -> str | None:
    """The period of an event: the one that was asked for or, where its date may lie in several, what is known of it.

    Null where nobody says when: what is then kept as its date is an outer limit.
    """
    label = TIMES[word]
    if precision == TimePrecision.UNKNOWN:
        return None
    if precision not in COARSE:
        return label(day)
    own_label, bounds = COARSE[precision]
    first, last = bounds(day)
    return label(day) if label(first) == label(last) else own_label(day)  # decisions.md D75
