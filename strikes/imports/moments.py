"""Moments as a bundle writes them: a date on the clocks of a place, in up to seven columns of a row."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Mapping
from contextlib import suppress
from zoneinfo import ZoneInfo

from record.moments import FIRST_ON_EARTH, LAST_ON_EARTH
from record.saving import Refused
from sources.choices import TimePrecision
from strikes.imports.problems import printable
from strikes.imports.values import as_boolean, as_date, as_utc, as_zone

CLOCK = re.compile(r"[0-2][0-9]:[0-5][0-9](:[0-5][0-9])?")
DAY_BEGINS, DAY_ENDS = dt.time.min, dt.time(23, 59, 59)
TIMES_OF_DAY = {"time", "from_time", "until_time"}
KEYS = TIMES_OF_DAY | {
    "date",
    "until_date",
    "timezone",
    "precision",
    "open",
    "as_stated",
    "earliest",
    "latest",
}


def moment_columns(written: Mapping[str, object]) -> dict[str, object]:
    """The columns of a moment that was written as a date on the clocks of a place.

    A date alone is that whole day, or the week, month or year that its precision says; where the zone is not given,
    as it is anywhere on earth.
    """
    _must_fit_together(written)
    zone = None if written.get("timezone") is None else as_zone(written["timezone"])
    columns: dict[str, object] = {key: written.get(key) for key in ("timezone", "as_stated")}
    if written.get("date") is not None:
        columns |= _edges(written, zone)
    if as_boolean(written.get("open", False)):
        columns["latest"] = None
    for key in ("precision", "earliest", "latest"):
        if key in written:
            columns[key] = written[key]  # what the editor says goes before what the date says
    # An open end is a null that is meant; every other null is a key left out.
    return {key: value for key, value in columns.items() if value is not None or key == "latest"}


def _must_fit_together(written: Mapping[str, object]) -> None:
    if unknown := set(written) - KEYS:
        raise Refused(f"{printable(', '.join(sorted(unknown)))}: not a part of a moment.")
    if "date" not in written and written.keys() & (TIMES_OF_DAY | {"until_date"}):
        raise Refused("a time of day, or a last day, needs a date.")
    if "time" in written and written.keys() & {"from_time", "until_time"}:
        raise Refused("give the time, or from when until when, not both.")


def _edges(written: Mapping[str, object], zone: ZoneInfo | None) -> dict[str, object]:
    """From when until when the days and times of day last, and how precise that is."""
    first = as_date(written["date"])
    last = (
        as_date(written["until_date"])
        if "until_date" in written
        else _end_of(first, written.get("precision"))
    )
    begins = _time_of_day(written.get("time", written.get("from_time")), DAY_BEGINS)
    ends = _time_of_day(written.get("time", written.get("until_time")), DAY_ENDS)
    return {
        "earliest": as_utc(dt.datetime.combine(first, begins, zone or FIRST_ON_EARTH)),
        "latest": as_utc(dt.datetime.combine(last, ends, zone or LAST_ON_EARTH)),
        "local_date": first,
        "precision": "minute" if "time" in written else "day" if last == first else "days",
    }


def _end_of(day: dt.date, precision: object) -> dt.date:
    """The last day of the week that begins on a day, or of its month or year: what is known so is known by its end."""
    match precision:
        case TimePrecision.WEEK:
            return day + dt.timedelta(days=6)
        case TimePrecision.MONTH:
            return day.replace(day=monthrange(day.year, day.month)[1])
        case TimePrecision.YEAR:
            return day.replace(month=12, day=31)
    return day


def _time_of_day(value: object, unless_given: dt.time) -> dt.time:
    if value is None:
        return unless_given
    if isinstance(value, str) and CLOCK.fullmatch(value):
        with suppress(ValueError):  # the pattern lets 29:00 pass
            return dt.time.fromisoformat(value)
    raise Refused(f'{printable(value)}: a time of day is meant, such as "08:25".')
