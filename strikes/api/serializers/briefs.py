"""Strikes and subjects, in short."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers import Brief, WordField
from record.models import OnRecord
from strikes.choices import StrikeKind


class StrikeBrief(Brief):
    """A strike, in short."""

    kind = WordField(StrikeKind, help_text="Strike, wave, raid or incident; an editor's label.")
    local_date = serializers.DateField(help_text="The date of the event on the clocks of the place.")


SUBJECT = "The facility, unit, actor or region it is about; null where it is about the strike alone."


class Subject(Brief):
    """What a proposition is about beside its strike."""

    type = serializers.ChoiceField(
        ["facility", "unit", "actor", "region"], help_text="What the subject is; it says which collection."
    )


@extend_schema_field(Subject)
class SubjectField(serializers.Field):
    """What a proposition is about beside its strike: a facility, unit, actor or region."""

    columns = ("type", "id", "display")
    is_brief = True  # it holds an object in short, though it is no serializer: `expand` has to be told

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"read_only": True, **options})

    def to_representation(self, subject: OnRecord) -> dict[str, object]:
        brief = Brief(subject, context=self.context).data
        return {"type": subject._meta.model_name, **brief}
