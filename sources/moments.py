"""A time as a report gives it, in the API: a range, how exactly it is known, and the words."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Model
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers import WordField
from api.types import JsonObject
from record.moments import COLUMNS
from sources.choices import TimePrecision


class Moment(serializers.Serializer[JsonObject]):
    """A time as a report gives it: a range in UTC, how exactly it is known, and the words.

    Do not read `earliest` as the time: "on the night of 12 March" is a range of several hours.
    """

    earliest = serializers.DateTimeField(
        allow_null=True, help_text="The early edge, in UTC; null if no early edge is known."
    )
    latest = serializers.DateTimeField(
        allow_null=True,
        help_text="The late edge, in UTC; null with an `earliest`: it still goes on, as far as was said.",
    )
    precision = WordField(
        TimePrecision,
        allow_null=True,
        help_text="How exactly the time is known; applies to both edges. Null: not said.",
    )
    timezone = serializers.CharField(
        allow_null=True,
        help_text="The IANA time zone of the place, such as `Europe/Moscow`; null if it is not known, and the "
        "range is then wide enough for every zone it can be.",
    )
    local_date = serializers.DateField(
        allow_null=True, help_text="The date on the clocks of the place; null if not known."
    )
    as_stated = serializers.CharField(
        allow_null=True, help_text="The words the report uses for the time; null if none are kept."
    )


@extend_schema_field(Moment)
class MomentField(serializers.Field):
    """A time as a report gives it: a range in UTC, its precision, and the words."""

    columns = COLUMNS

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, **options})
        self.prefix = prefix

    def to_representation(self, row: Model) -> JsonObject | None:
        values = {column: getattr(row, f"{self.prefix}{column}", None) for column in self.columns}
        if all(value is None for value in values.values()):
            return None
        return {column: as_json(value) for column, value in values.items()}


def as_json(value: object) -> object:
    """A value of a moment as JSON writes it: times in UTC, with a Z."""
    if isinstance(value, dt.datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, dt.date) else value
