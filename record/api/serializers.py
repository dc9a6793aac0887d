"""What every object of the API has: an id, an address, a line to recognise it by."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from record.models import OnRecord


class AddressField(serializers.Field):
    """The absolute address of the object."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, **options})

    def to_representation(self, row: OnRecord) -> str:
        return f"{self.context['api']}{row.collection}/{row.public_id}/"


class NumberField(serializers.Field):
    """A number; exact, since what is stored never has more digits than JSON numbers keep."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"read_only": True, **options})

    def to_representation(self, value: Decimal) -> int | float:
        return int(value) if value == value.to_integral_value() else float(value)


class Brief(serializers.Serializer[Any]):
    """A related object: enough to recognise it and to find it."""

    id = serializers.CharField(source="public_id", help_text="The public id.")
    url = AddressField(help_text="The absolute address of the object.")
    display = serializers.CharField(help_text="One line by which a reader recognises it.")


class OnRecordSerializer(Brief):
    """An object of a collection, with the moment and the revision at which it became public."""

    recorded_at = serializers.DateTimeField(
        source="published_rev.at", help_text="When it became public here (UTC)."
    )
    revision = serializers.IntegerField(
        source="published_rev_id", help_text="The revision of the record that made it public."
    )


class MomentField(serializers.Field):
    """A time as a report gives it: a range in UTC, its precision, and the words."""

    columns = ("earliest", "latest", "precision", "timezone", "local_date", "as_stated")

    def __init__(self, prefix: str, **options: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, **options})
        self.prefix = prefix

    def to_representation(self, row: Any) -> dict[str, Any] | None:
        values: dict[str, Any] = {
            column: getattr(row, f"{self.prefix}{column}", None) for column in self.columns
        }
        if all(value is None for value in values.values()):
            return None
        for name in ("earliest", "latest"):
            if values[name] is not None:
                values[name] = values[name].isoformat().replace("+00:00", "Z")
        if values["local_date"] is not None:
            values["local_date"] = values["local_date"].isoformat()
        return values
