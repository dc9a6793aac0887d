"""How the days of a strike are shown."""

from rest_framework import serializers

from strikes.api.serializers.briefs import StrikeBrief


class ListedSerializer(serializers.Serializer[object]):
    """How many there are, and which."""

    count = serializers.IntegerField(help_text="How many there are.")
    ids = serializers.ListField(
        child=serializers.CharField(), help_text="Their ids, in order; the first 100."
    )


class DaySerializer(serializers.Serializer[object]):
    """What of a strike became known on one day, or was published."""

    date = serializers.DateField(
        help_text="By `known`: the date on its own clock, as `known_at` takes it. By `published`: in UTC, as `as_of` does."
    )
    claims = ListedSerializer(help_text="Claims about the strike.")
    propositions = ListedSerializer(help_text="Points at issue of which the first claim became known.")
    reports = ListedSerializer(help_text="Reports in which the claims were read: issued, or read by us.")
    notices = ListedSerializer(
        help_text="Notices by which publishers did something to these reports later, by the ids of the reports."
    )
    assessments = ListedSerializer(help_text="Editors' grades; only by `published`.")
    withdrawn = ListedSerializer(help_text="Claims that were withdrawn, or corrected; only by `published`.")


class StrikeDaysSerializer(serializers.Serializer[object]):
    """The days on which something about a strike became known, or was published by us."""

    strike = StrikeBrief(help_text="The strike.")
    by = serializers.ChoiceField(["known", "published"], help_text="By which days.")
    days = DaySerializer(many=True, help_text="The days on which there was anything, the first one first.")
