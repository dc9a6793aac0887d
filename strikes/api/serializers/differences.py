"""How the difference between two points in time is shown."""

from __future__ import annotations

from rest_framework import serializers

from api.serializers import WordField
from api.versions import DifferenceSerializer
from strikes.api.serializers.briefs import StrikeBrief
from strikes.api.serializers.days import ListedSerializer
from strikes.api.serializers.propositions import PropositionBrief
from strikes.choices import Dispute


class PointInTimeSerializer(serializers.Serializer[object]):
    """One of the two points."""

    asked_for = serializers.CharField(
        allow_null=True, help_text="The date or the moment as it was given; null for now."
    )
    revision = serializers.IntegerField(
        help_text="The revision that is read: by `published` the newest of then, by `known` that of now; 0 where there "
        "was none yet."
    )


class ClaimsThatDiffer(serializers.Serializer[object]):
    """Claims about the strike, by their ids."""

    added = ListedSerializer(help_text="Those that are there at `to` and not at `from`.")
    removed = ListedSerializer(help_text="Those that are there at `from` and not at `to`.")
    corrected = ListedSerializer(
        help_text="Those that stand at `to` in place of an earlier wording, which was there at `from`."
    )


class NumbersThatDiffer(serializers.Serializer[object]):
    """Damage estimates and weapon counts of these claims, by their ids."""

    added = ListedSerializer(help_text="Those that are there at `to` and not at `from`.")
    removed = ListedSerializer(
        help_text="Those that are there at `from` and not at `to`; a correction issues numbers anew."
    )


class StateSerializer(serializers.Serializer[object]):
    """How a proposition stood."""

    dispute = WordField(Dispute, source="state.state", help_text="How the independent origins stood to it.")
    origins_for = serializers.IntegerField(
        source="state.origins_for", help_text="How many independent origins were for it."
    )
    origins_against = serializers.IntegerField(
        source="state.origins_against", help_text="How many independent origins were against it."
    )
    origins_forecasting = serializers.IntegerField(
        source="state.origins_forecasting", help_text="How many independent origins forecast it."
    )
    documents = serializers.IntegerField(
        source="state.documents", help_text="How many reports carried a claim on it that takes a side."
    )
    explanation = serializers.CharField(
        help_text="Why it stood so, in a sentence. Names read as they do today."
    )


class RestatedSerializer(serializers.Serializer[object]):
    """A proposition that stands differently."""

    proposition = PropositionBrief(help_text="The point at issue.")

    def get_fields(self) -> dict[str, serializers.Field]:
        # `from` is a word of Python's own.
        before = StateSerializer(
            source="before", allow_null=True, help_text="How it stood at `from`; null if it was not there."
        )
        after = StateSerializer(
            source="after", allow_null=True, help_text="How it stood at `to`; null if it was not there."
        )
        return {**super().get_fields(), "from": before, "to": after}


class StrikeDiffSerializer(serializers.Serializer[object]):
    """What differs between two points in time of all that is said of a strike."""

    strike = StrikeBrief(help_text="The strike.")
    by = serializers.ChoiceField(["known", "published"], help_text="By which time.")
    claims = ClaimsThatDiffer(help_text="Claims about the strike.")
    numbers = NumbersThatDiffer(help_text="Numbers that these claims carry.")
    states = RestatedSerializer(
        many=True, help_text="Propositions that stand differently, by their ids; the first 500."
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        named = super().get_fields()
        # `fields` is a name of the serializer's own, and `from` a word of Python's.
        points = {
            "from": PointInTimeSerializer(source="before_point", help_text="The earlier point in time."),
            "to": PointInTimeSerializer(source="after_point", help_text="The later point in time."),
        }
        changed = DifferenceSerializer(
            many=True,
            source="fields_changed",
            help_text="Fields of the strike itself that read differently; by `known` none, since editors' labels have "
            "no other time than ours.",
        )
        return {"strike": named.pop("strike"), "by": named.pop("by"), **points, **named, "fields": changed}
