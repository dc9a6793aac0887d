"""Filters whose values are measured or spelt: numbers, times, places on the map, and words to search for."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from django.core.exceptions import ValidationError

from api.filters.parameter import RecordFilter
from api.pagination import day_or_moment
from api.types import JsonObject
from record.search import folded_words

LATITUDE, LONGITUDE = Decimal(90), Decimal(180)
LARGEST_NUMBER = Decimal("999999999999.999")
LARGEST_COUNT = 1000
SHORTEST_RADIUS, LONGEST_RADIUS = Decimal("0.001"), Decimal(2000)
LONGEST_SEARCH = 200
NUMBER = r"-?[0-9]{1,12}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,3})?"  # clients print floats as 1e-05
DEGREES = r"-?[0-9]{1,3}(\.[0-9]{1,6})?"
DATE_OR_MOMENT: JsonObject = {
    "anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]
}


def decimal(text: str, least: Decimal, most: Decimal) -> Decimal:
    if not re.fullmatch(NUMBER, text) or not least <= Decimal(text) <= most:
        raise ValidationError(f"A number from {least} to {most}, such as 12.5.")
    return Decimal(text)


class RevisionFilter(RecordFilter):
    """A revision that there is, as a whole number; 0 is before the first."""

    def value(self, text: str, revision: int) -> int:
        if not re.fullmatch("[0-9]{1,18}", text) or int(text) > revision:
            raise ValidationError(f"A revision: a whole number from 0 to {revision}, the newest.")
        return int(text)

    def value_schema(self) -> JsonObject:
        return {"type": "integer", "minimum": 0}


class NumberFilter(RecordFilter):
    """A number of zero or more, as JSON writes it; below a million million."""

    def value(self, text: str, revision: int) -> Decimal:
        return decimal(text, Decimal(0), LARGEST_NUMBER)

    def value_schema(self) -> JsonObject:
        return {"type": "number", "minimum": 0, "maximum": float(LARGEST_NUMBER)}


class CountFilter(RecordFilter):
    """A whole number from 1 to 1,000."""

    def value(self, text: str, revision: int) -> int:
        if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= LARGEST_COUNT:
            raise ValidationError(f"A whole number from 1 to {LARGEST_COUNT}.")
        return int(text)

    def value_schema(self) -> JsonObject:
        return {"type": "integer", "minimum": 1, "maximum": LARGEST_COUNT}


class WhenFilter(RecordFilter):
    """A date (`2024-03-12`) or a moment with its zone (`2024-03-12T08:25:00Z`)."""

    def value(self, text: str, revision: int) -> dt.date | dt.datetime:
        day = day_or_moment(text)
        if day is None:
            raise ValidationError("A date, 2024-03-12, or a moment with its zone, 2024-03-12T08:25:00Z.")
        return day

    def value_schema(self) -> JsonObject:
        return DATE_OR_MOMENT


class BoxFilter(RecordFilter):
    """`west,south,east,north` in degrees; a box whose west is east of its east crosses the date line."""

    def value(self, text: str, revision: int) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        parts = text.split(",")
        if len(parts) != 4:
            raise ValidationError("Four numbers: west,south,east,north.")
        limits = (LONGITUDE, LATITUDE, LONGITUDE, LATITUDE)
        west, south, east, north = (
            decimal(part, -limit, limit) for part, limit in zip(parts, limits, strict=True)
        )
        if south > north:
            raise ValidationError("The south is north of the north: west,south,east,north.")
        return west, south, east, north

    def value_schema(self) -> JsonObject:
        return {"type": "string", "pattern": f"^{DEGREES}(,{DEGREES}){{3}}$"}


class PointFilter(RecordFilter):
    """`latitude,longitude` in degrees; `radius_km` says how far around."""

    def value(self, text: str, revision: int) -> tuple[float, float]:
        parts = text.split(",")
        if len(parts) != 2:
            raise ValidationError("Two numbers: latitude,longitude.")
        latitude = decimal(parts[0], -LATITUDE, LATITUDE)
        return float(latitude), float(decimal(parts[1], -LONGITUDE, LONGITUDE))

    def value_schema(self) -> JsonObject:
        return {"type": "string", "pattern": f"^{DEGREES},{DEGREES}$"}


class RadiusFilter(RecordFilter):
    """Kilometres around `near`, more than 0 and at most 2,000."""

    def value(self, text: str, revision: int) -> float:
        return float(decimal(text, SHORTEST_RADIUS, LONGEST_RADIUS))

    def value_schema(self) -> JsonObject:
        return {"type": "number", "minimum": float(SHORTEST_RADIUS), "maximum": int(LONGEST_RADIUS)}


class SearchFilter(RecordFilter):
    """Words in any script."""

    def value(self, text: str, revision: int) -> list[str]:
        if len(text) > LONGEST_SEARCH:
            raise ValidationError(f"At most {LONGEST_SEARCH} characters.")
        words = list(dict.fromkeys(folded_words(text)))
        if not words:
            raise ValidationError("There is no letter or digit in it.")
        return words

    def value_schema(self) -> JsonObject:
        return {"type": "string", "minLength": 1, "maxLength": LONGEST_SEARCH}

    def value_description(self) -> str:
        return ""
