"""How outages, restarts and forecasts are shown."""

from rest_framework import serializers

from api.serializers import Brief, WordField
from sources.moments import MomentField
from strikes.api.serializers.briefs import StrikeBrief
from strikes.api.serializers.conversions import AmountField
from strikes.api.serializers.numbers import CapacitySerializer, ClaimOfNumber, EstimateInClaim
from strikes.api.serializers.places import FacilityBrief, UnitBrief
from strikes.api.serializers.summaries import OfflineSerializer
from strikes.choices import Denominator
from strikes.outages.readings import PhaseState
from strikes.outages.rivals import Outcome
from strikes.outages.statements import EndKind


class SpanSerializer(serializers.Serializer[object]):
    """A time, between two edges."""

    earliest = serializers.DateTimeField(help_text="The early edge (UTC).")
    latest = serializers.DateTimeField(help_text="The late edge (UTC).")
    local_date = serializers.DateField(
        source="day", help_text="The date of the early edge on the clocks of the place."
    )
    local_until = serializers.DateField(source="last_day", help_text="The date of the late edge there.")


class OutageEdgeSerializer(serializers.Serializer[object]):
    """The beginning or the end of an outage as it is read, and on whose word."""

    at = SpanSerializer(
        allow_null=True,
        help_text="When; null if nobody says, or it goes on and no prediction of its end stands.",
    )
    kind = WordField(
        EndKind,
        allow_null=True,
        help_text="For an end: fact, forecast, open, or never. Null for a beginning. Among rivals also `status`: a "
        "moment at which it was said to be otherwise.",
    )
    through_facility = serializers.BooleanField(
        help_text="Whether it was said only of the whole facility, whose full return is that of its units."
    )
    issuers = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of the actors on whose word it rests."
    )
    claims = serializers.ListField(
        child=serializers.CharField(),
        help_text="The ids of the claims that say so; for an open end, that it went on.",
    )


class RivalsSerializer(serializers.Serializer[object]):
    """What else was said of an outage: other times, each with its claims."""

    start = OutageEdgeSerializer(many=True, help_text="Other beginnings, the earliest first.")
    end = OutageEdgeSerializer(
        many=True,
        help_text="Other ends, told as facts or as forecasts, the earliest first; then who says that it went on later.",
    )


class DaysSerializer(serializers.Serializer[object]):
    """How many days it stood still, by the dates on the clocks of the place. Arithmetic of ours: nobody's statement."""

    low = serializers.IntegerField(help_text="At least so many days.")
    high = serializers.IntegerField(help_text="At most so many days.")


class MarkSerializer(serializers.Serializer[object]):
    """A moment at which it was said to stand still, or to run: neither a beginning nor an end."""

    at = SpanSerializer(help_text="When it was so.")
    state = WordField(PhaseState, help_text="`halted` or `running`.")
    issuers = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of the actors who say so."
    )
    claims = serializers.ListField(child=serializers.CharField(), help_text="The ids of the claims.")


class ForecastSerializer(serializers.Serializer[object]):
    """A predicted end, and what came of it."""

    claim = ClaimOfNumber(help_text="The claim that predicts it.")
    said_at = serializers.DateTimeField(source="claim.known_at", help_text="From when it was known (UTC).")
    issuer = serializers.CharField(help_text="The id of the actor on whose word it rests.")
    predicted = SpanSerializer(help_text="The predicted time.")
    of_full_return = serializers.BooleanField(
        help_text="Whether it predicts the full return, and not one at whatever load."
    )
    outcome = WordField(Outcome, help_text="What became of it, by the end as the policy reads it.")
    days_late = serializers.IntegerField(
        allow_null=True,
        help_text="Days from the predicted time to the end: 0 within it, negative before it; null until it has ended.",
    )


class NumberSaid(EstimateInClaim):
    """A number with its claim."""

    claim = ClaimOfNumber(help_text="The claim that carries it.")


class ShareSerializer(serializers.Serializer[object]):
    """What the unit can do, in percent of one statement of what its whole facility can do or does.

    Arithmetic of ours, with the units converted: nobody's statement, and no measure of what stood still.
    """

    low = AmountField(allow_null=True, help_text="At least so many percent; null if no bound was stated.")
    best = AmountField(allow_null=True, help_text="The value over the value; null unless both were stated.")
    high = AmountField(allow_null=True, help_text="At most so many percent; null if it was left open.")
    denominator = WordField(Denominator, help_text="Of what: by how the facility's figure is reckoned.")
    unit_capacity = serializers.CharField(help_text="The id of the capacity statement about the unit.")
    facility_capacity = serializers.CharField(help_text="The id of the one about the facility.")


class PhaseSerializer(serializers.Serializer[object]):
    """Some time of an outage in which nothing changes, as far as was said."""

    state = WordField(PhaseState, help_text="What it did.")
    start = OutageEdgeSerializer(help_text="When it began.")
    end = OutageEdgeSerializer(
        allow_null=True,
        help_text="When it ended or is predicted to; null for `full`: with that the outage is over.",
    )
    load = NumberSaid(many=True, help_text="At which load it ran, as stated; empty if nobody says.")
    issuers = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of the actors on whose word it rests."
    )
    claims = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of the claims behind its edges and its load."
    )


class ReadingSerializer(serializers.Serializer[object]):
    """An outage as one issuer reads it."""

    issuer = serializers.CharField(help_text="The id of the actor.")
    start = OutageEdgeSerializer(help_text="When it began, by this issuer.")
    end = OutageEdgeSerializer(help_text="When it was over, by this issuer.")
    days = DaysSerializer(allow_null=True, help_text="How many days it stood still; null while it does.")
    phases = PhaseSerializer(many=True, help_text="Its phases, by this issuer.")


class OutageSerializer(serializers.Serializer[object]):
    """One outage of a unit or of a whole facility, put together from claims when it is read."""

    unit = UnitBrief(allow_null=True, help_text="The unit that stood still; null if it was the facility.")
    facility = FacilityBrief(help_text="The facility.")
    start = OutageEdgeSerializer(
        allow_null=True, help_text="Its beginning, as the policy reads it; null with `policy=all`."
    )
    end = OutageEdgeSerializer(
        allow_null=True,
        help_text="When it was over, as the policy reads it: back in full, or at a load that nobody states. At a "
        "stated load below its own it goes on. Null with `policy=all`.",
    )
    days = DaysSerializer(
        allow_null=True,
        help_text="How many days it stood still; null while it does, or if its output was only cut.",
    )
    phases = PhaseSerializer(
        many=True, help_text="Its phases in time, as the policy reads it. Empty with `policy=all`."
    )
    marks = MarkSerializer(
        many=True, help_text="Moments at which it was said to stand still or to run, the earliest first."
    )
    rivals = RivalsSerializer(help_text="What else was said of its beginning and end.")
    readings = ReadingSerializer(
        many=True, help_text="With `policy=all`: each issuer's own. Otherwise empty."
    )
    offline = OfflineSerializer(
        many=True,
        help_text="What was said to be offline or halted meanwhile: the widest bounds of each way of reckoning.",
    )
    shares = ShareSerializer(
        many=True,
        help_text="What the unit can do, set against each statement about the whole facility; empty for a facility. "
        "Shares of different denominators are different statements: none follows from another.",
    )
    load = NumberSaid(
        many=True, help_text="What was said of how much ran again, such as 60 % after a restart."
    )
    forecasts = ForecastSerializer(
        many=True, help_text="Every predicted end, in the order in which it was said."
    )
    denied_by = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of claims that it did not stand still."
    )
    claims = serializers.ListField(
        child=serializers.CharField(), help_text="The ids of all claims behind it."
    )


class StrikeInTime(StrikeBrief):
    """A strike with its time."""

    when = MomentField("", help_text="When it is reported to have happened.")


def timeline_of(name: str, brief: type[Brief]) -> type[serializers.Serializer[object]]:
    """The timeline of a unit or a facility, under its own name."""
    text = "Strikes, outages and capacities of one place, each in the order of time."
    fields = {
        "__doc__": text,
        name: brief(help_text="What the timeline is about."),
        "policy": serializers.CharField(
            help_text="How one reading was picked where issuers differ; or `all`."
        ),
        "strikes": StrikeInTime(
            many=True, help_text="Strikes and incidents at the facility, the earliest first."
        ),
        "outages": OutageSerializer(many=True, help_text="Outages, the earliest first."),
        "undated": NumberSaid(
            many=True,
            help_text="Numbers of how much was offline, halted or running, of which nobody says when they held.",
        ),
        "capacities": CapacitySerializer(
            many=True, help_text="What reports say it can do, the newest report first; rivals side by side."
        ),
    }
    return type(f"{name.capitalize()}TimelineSerializer", (serializers.Serializer,), fields)
