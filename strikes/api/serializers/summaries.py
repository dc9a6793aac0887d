"""A strike in short."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from api.serializers import NumberField, WordField
from strikes.api.serializers.briefs import SubjectField
from strikes.choices import CapacityBasis, Denominator, Dispute, Metric, Topic, UnitOfMeasure


class OfflineSerializer(serializers.Serializer[object]):
    """What was said to be offline or halted, of one subject, reckoned in one way. No two are put into one range."""

    subject = SubjectField(
        allow_null=True,
        help_text="Of what: a unit, a facility, a region; null where the strike has no facility.",
    )
    metric = WordField(Metric, help_text="What is measured: capacity offline, or output halted.")
    unit_of_measure = WordField(UnitOfMeasure, help_text="The unit that was printed.")
    denominator = WordField(Denominator, allow_null=True, help_text="For a share: of what; otherwise null.")
    denominator_as_stated = serializers.CharField(
        allow_null=True, help_text="Of what, in words; null if the word says it."
    )
    basis = WordField(CapacityBasis, allow_null=True, help_text="How a capacity is reckoned; null if unsaid.")
    scope = serializers.CharField(
        allow_null=True, help_text="What it covers, in words; null if nothing was said."
    )
    excludes = serializers.CharField(
        allow_null=True, help_text="What it leaves out, in words; null if nothing was said."
    )
    low = NumberField(
        allow_null=True,
        help_text="The lowest that was said: a bound, or a value where only that was given; null if somebody gave none.",
    )
    high = NumberField(
        allow_null=True,
        help_text='The highest that was said, likewise; null if somebody left it open, as in "at least half".',
    )
    claims = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of the claims behind it."
    )


@extend_schema_field(
    {
        "type": "object",
        "properties": {
            state.value: {"type": "integer", "description": state.definition} for state in Dispute
        },
        "required": Dispute.values,
    }
)
class StatesField(serializers.ReadOnlyField):
    """How many there are of each dispute state."""

    columns = tuple(Dispute.values)


class SummarySerializer(serializers.Serializer[object]):
    """A strike in short: counts of what is said of it, never a verdict."""

    claims = serializers.IntegerField(help_text="Public claims about it, on all its propositions.")
    documents = serializers.IntegerField(help_text="Reports in which they were read.")
    origins = serializers.IntegerField(
        help_text="On how many independent words all that is said of it rests: origins that count for or against at "
        "least one of its propositions, whatever that is about. Each is counted once, on however many points and sides "
        "it stands, and however often it is copied. So it says how many were heard, and not how many say that the "
        "strike took place or agree on anything: that is in `main_point`, and in `origins_for` and `origins_against` "
        "of each proposition. Forecasts, silence, echoes and what was taken back count nowhere."
    )
    origins_forecasting = serializers.IntegerField(
        help_text="Independent origins that forecast any of its propositions; they take no side, and some may be "
        "among `origins` for another point."
    )
    propositions = StatesField(help_text="For each dispute state, how many of its propositions stand so.")
    capacity_offline = OfflineSerializer(
        many=True,
        help_text="The widest bounds said of capacity offline or output halted, one entry for each way of reckoning.",
    )


class MainPointSerializer(serializers.Serializer[object]):
    """The first of what is at issue about a strike, and how it stands."""

    proposition = serializers.CharField(
        source="point.public_id", help_text="The id of the proposition; its account has the claims."
    )
    topic = WordField(
        Topic, source="point.topic", help_text="`facility_hit`, or `occurrence` where nobody spoke to that."
    )
    dispute = WordField(
        Dispute, source="state.state", help_text="How the independent origins stand to it. It is no verdict."
    )
    origins_for = serializers.IntegerField(
        source="state.origins_for", help_text="How many independent origins are for it."
    )
    origins_against = serializers.IntegerField(
        source="state.origins_against", help_text="How many independent origins are against it."
    )
