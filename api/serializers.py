"""What every object of the API has: an id, an address, a line to recognise it by."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from record.choices import Action, WithdrawalReason
from record.models import Change, OnRecord
from record.vocabulary import Vocabulary


@extend_schema_field({"type": "string", "format": "uri"})
class AddressField(serializers.Field):
    """The absolute address of the object."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"source": "*", "read_only": True, **options})

    def to_representation(self, row: OnRecord) -> str:
        return f"{self.context['api']}{row.collection}/{row.public_id}/"


@extend_schema_field({"type": "number"})
class NumberField(serializers.Field):
    """A number; exact, since what is stored never has more digits than JSON numbers keep."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"read_only": True, **options})

    def to_representation(self, value: Decimal) -> int | float:
        return int(value) if value == value.to_integral_value() else float(value)


class WordField(serializers.ChoiceField):
    """A word of a vocabulary; in the schema, the enum named after it."""

    def __init__(self, vocabulary: type[Vocabulary], **options: Any) -> None:
        super().__init__(vocabulary.choices, **options)
        self.vocabulary = vocabulary


class Brief(serializers.Serializer[OnRecord]):
    """A related object: enough to recognise it and to find it."""

    id = serializers.CharField(
        source="public_id", help_text="The public id: never changes, and is what filters take."
    )
    url = AddressField(help_text="The absolute address of the object.")
    display = serializers.CharField(
        help_text="One line by which a reader recognises it. For people; do not parse it."
    )


class OnRecordSerializer(Brief):
    """An object of a collection, with the moment and the revision at which it became public."""

    recorded_at = serializers.DateTimeField(
        source="published_rev.at",
        help_text="When it became public in this record (UTC): neither when it was said nor when it was issued.",
    )
    revision = serializers.IntegerField(
        source="published_rev_id",
        help_text="The revision of the record that made it public; revisions count from 1 without gaps.",
    )


class ChangeSerializer(serializers.Serializer[Change]):
    """What one revision did to one object."""

    revision = serializers.IntegerField(
        source="revision_id", help_text="The revision that did it; revisions count from 1 without gaps."
    )
    at = serializers.DateTimeField(source="revision.at", help_text="When that revision was recorded (UTC).")
    action = WordField(Action, help_text="What was done to the object.")
    collection = serializers.CharField(help_text="The collection of the object, as in its address.")
    id = serializers.CharField(source="object_id", help_text="The id of the object.")
    reason = WordField(
        WithdrawalReason, allow_null=True, help_text="Why it was withdrawn; null for anything else."
    )
    replaced_by = serializers.CharField(
        allow_null=True,
        help_text="The id of what stands in its place: of a withdrawn object its successor, of a merged one "
        "its survivor; null if nothing does.",
    )
