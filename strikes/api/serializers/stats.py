"""Counts, one group a row."""

from collections.abc import Sequence
from typing import Any

from rest_framework import serializers

from strikes.api.serializers.summaries import StatesField


class TallySerializer(serializers.Serializer[object]):
    """What is counted of some events."""

    strikes = serializers.IntegerField(
        help_text="Strikes and raids. A wave is never counted as one, since it groups them."
    )
    incidents = serializers.IntegerField(
        help_text="Plain incidents, which are no strikes; the other counts leave them out."
    )
    waves = serializers.IntegerField(
        help_text="Waves without itemised strikes: those below which there is no strike, raid or incident, at any "
        "depth. How many strikes each was nobody has told apart, so they are in no other count but `wave_claims`."
    )
    facilities = serializers.IntegerField(help_text="Different facilities that the strikes were aimed at.")
    claims = serializers.IntegerField(
        help_text="Public claims about the strikes, whoever makes them; with `actor` as a filter and in `group_by`, "
        "those asked for. Claims about waves are never among them."
    )
    wave_claims = serializers.IntegerField(
        help_text="Likewise the public claims about `waves`. None is in `claims`: add the two for both."
    )
    propositions = StatesField(
        help_text="For each dispute state, how many points at issue about the strikes stand so."
    )


class KeyField(serializers.DictField):
    """The values of a group by the words that were asked for; in a table each has a column."""

    columns: Sequence[str | None] = (None,)


class GroupSerializer(TallySerializer):
    """One group: its values, and what is counted of the events that have them."""

    def __init__(self, *args: Any, group_by: Sequence[str] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.group_by = group_by

    key = KeyField(
        child=serializers.CharField(allow_null=True),
        help_text="For each word of `group_by` the value of the group; null for events that have none. A time is "
        "coarser than was asked for (`2024` beside `2024-03`) for events whose date is known no closer.",
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        fields = super().get_fields()
        key = fields.pop("key")
        assert isinstance(key, KeyField)
        key.columns = self.group_by or key.columns
        return {"key": key, **fields}


class StrikeCountsSerializer(serializers.Serializer[object]):
    """How many strikes, by one or two words."""

    group_by = serializers.ListField(
        child=serializers.CharField(help_text="A word of `group_by`."),
        help_text="The words that were asked for, in their order.",
    )
    total = TallySerializer(
        help_text="Everything found, each once. An event with several values is in several groups, so the "
        "groups may add up to more."
    )
    groups: Any = GroupSerializer(many=True, help_text="The groups, ordered by their values; null last.")
