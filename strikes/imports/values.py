"""What stands in a bundle, read as the kind of value that a field keeps. Anything of another kind is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations

from record.saving import Refused
from strikes.imports.problems import printable

NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def must_be_storable(bundle: object) -> None:
    """Refuse keys that are not words, and texts that one of the databases cannot keep: those with a NUL
    or with half of a surrogate pair. For whatever comes from outside, however deeply nested.
    """
    waiting = [bundle]  # a list of our own: Python's stack would give up on a deep nesting
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += value.values()
            for key in value:
                if not isinstance(key, str):
                    raise Refused(f"{printable(key)}: a key is a word.")
                waiting.append(key)
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, str) and not _is_storable(value):
            raise Refused(f"{printable(value)}: a text holds no NUL and no half of a surrogate pair.")


def _is_storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def field_value(field: models.Field, value: object) -> object:
    """A value as its field keeps it. Unknown is null; anything of another kind is refused."""
    if value is None:
        return None
    match field:
        case models.CharField() if field.name.endswith("timezone"):
            return as_zone(value).key
        case models.CharField() | models.TextField():
            return as_text(value)
        case models.BooleanField():
            return as_boolean(value)
        case models.DecimalField():
            return as_decimal(value)
        case models.IntegerField():
            return as_whole_number(value, field)
        case models.DateTimeField():  # before DateField, of which Django makes it a kind
            return as_utc(value)
        case models.DateField():
            return as_date(value)
    raise Refused("it is not entered by hand.")


def as_list(value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise Refused(f"{printable(value)}: a list is meant.")
    return value


def as_mapping(value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise Refused(f"{printable(value)}: keys with their values are meant.")
    return dict(value)


def as_text(value: object) -> str:
    if not isinstance(value, str):
        raise Refused(f"{printable(value)}: a text is meant; put it in quotation marks if it is one.")
    if not value.strip():
        raise Refused("a text is never blank; leave out what is not known.")
    return value


def as_boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"{printable(value)}: true or false is meant.")
    return value


def as_decimal(value: object) -> Decimal:
    """A decimal exactly as it is written, with no more digits than the field has room for."""
    # True and False are numbers to Python: isinstance(True, int)
    if isinstance(value, bool) or not NUMBER.fullmatch(str(value)):
        raise Refused(f"{printable(value)}: a number is meant, such as 25.71.")
    return Decimal(str(value))


def as_whole_number(value: object, field: models.IntegerField) -> int:
    """A whole number that both databases have room for."""
    lowest, highest = BaseDatabaseOperations.integer_field_ranges[field.get_internal_type()]
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise Refused(f"{printable(value)}: a whole number between {lowest} and {highest} is meant.")
    return value


def as_date(value: object) -> dt.date:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str):
        with suppress(ValueError):
            date = dt.date.fromisoformat(value)
            if date.isoformat() == value:  # Python also reads 20240312 and 2024-W11-2
                return date
    raise Refused(f"{printable(value)}: a date is meant, such as 2024-03-12.")


def as_utc(value: object) -> dt.datetime:
    """A time in UTC that has a date on the clocks of every place."""
    with suppress(ValueError, OverflowError):
        time = dt.datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(time, dt.datetime) and time.tzinfo is not None:
            utc = time.astimezone(dt.UTC)
            if dt.MINYEAR < utc.year < dt.MAXYEAR:  # east or west of Greenwich it may be another year
                return utc
    raise Refused(f"{printable(value)}: a time in UTC is meant, such as 2024-03-12T05:25:00Z.")


def as_zone(value: object) -> ZoneInfo:
    if not isinstance(value, str) or value not in _zones():
        raise Refused(f"{printable(value)}: an IANA time zone is meant, such as Europe/Moscow.")
    return ZoneInfo(value)


@cache
def _zones() -> set[str]:
    return available_timezones()
