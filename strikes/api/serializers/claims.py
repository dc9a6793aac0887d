"""How strikes, propositions and claims are shown."""

from typing import Any

from rest_framework import serializers

from api.serializers import Brief, OnRecordSerializer, WordField
from sources.choices import ReportPart
from sources.moments import MomentField
from sources.serializers import NOTE, ActorBrief, EvidenceBrief, ReportBrief
from strikes.api.serializers.numbers import CountInClaim, EstimateInClaim
from strikes.api.serializers.propositions import PropositionBrief
from strikes.choices import (
    Attribution,
    Certainty,
    ClaimRelationKind,
    Credibility,
    EvidenceRole,
    NotCounted,
    Polarity,
    Stance,
)


class StepSerializer(serializers.Serializer[object]):
    """One step of the way the words took from the speaker to the page. Each is a source or an actor."""

    step = serializers.IntegerField(help_text="Its place in the chain, counted from 1 at the speaker.")
    source: Any = Brief(allow_null=True, help_text="The source; null if the step is an actor.")
    actor = ActorBrief(allow_null=True, help_text="The actor; null if the step is a source.")
    inferred = serializers.BooleanField(
        help_text="True if one of our editors inferred the step; false if the report states it."
    )
    did = serializers.CharField(
        allow_null=True, help_text="What was done at this step, such as `reported`; null if not said."
    )


class RelationSerializer(serializers.Serializer[object]):
    """How the claim stands to another."""

    kind = WordField(ClaimRelationKind, help_text="How it stands to the other claim, such as `repeats`.")
    claim = Brief(help_text="The claim it stands to so, as it reads now.")
    note = serializers.CharField(allow_null=True, help_text=NOTE)


class AttachedEvidence(serializers.Serializer[object]):
    """A piece of evidence with what it does for the claim."""

    role = WordField(EvidenceRole, help_text="What it does for the claim, such as `supports`.")
    evidence = EvidenceBrief(help_text="The piece of evidence.")


class ClaimSerializer(OnRecordSerializer):
    """One actor taking one stance on one proposition, as read in one report. It never changes once public."""

    report = ReportBrief(help_text="The report it was read in.")
    position = serializers.IntegerField(help_text="Its place in the report, counted from 0.")
    part = WordField(
        ReportPart, help_text="Where in the report it stands. A headline often says more than its body."
    )
    actor = ActorBrief(help_text="Who speaks.")
    actor_as_stated = serializers.CharField(
        allow_null=True,
        help_text="How the report describes the speaker, where that differs from the name; otherwise null.",
    )
    stance = WordField(
        Stance,
        help_text="How the speaker stands to the proposition. To decline to comment, to give no answer and to "
        "deny are three different stances.",
    )
    polarity = WordField(
        Polarity,
        help_text="Whether the stance is for the proposition, against it, a forecast, or takes no side.",
    )
    proposition = PropositionBrief(help_text="The point at issue.")
    certainty = WordField(
        Certainty,
        allow_null=True,
        help_text="How sure the speaker says it is, not how sure we are; null if none was expressed.",
    )
    attribution = WordField(Attribution, help_text="On what footing the words reach us.")
    speakers_stated = serializers.IntegerField(
        allow_null=True,
        help_text='How many speakers the report says there were, such as 2 for "two sources"; null if not said.',
    )
    statement = serializers.CharField(help_text="What was said, in our own words.")
    quote = serializers.CharField(
        allow_null=True, help_text="The few words that matter, as printed; null if none are kept."
    )
    quote_language = serializers.CharField(
        allow_null=True,
        help_text="The language of the quote, a BCP 47 tag, where it is not the report's; otherwise null.",
    )
    said_at = MomentField(
        "said_", allow_null=True, help_text="When it was said; null if not known apart from the report."
    )
    disclosed_at = MomentField(
        "disclosed_",
        allow_null=True,
        help_text="When it became public apart from this report, where that was later than it was said: sealed, under "
        "embargo, printed later. Null if that is not known.",
    )
    event_time = MomentField(
        "event_",
        allow_null=True,
        help_text="When, according to the claim, it happened or will happen; null if it says nothing of that. "
        "An interval with no `latest` still goes on.",
    )
    is_status = serializers.BooleanField(
        help_text="Whether that time is only a moment at which it was so: neither when it began nor when it ended."
    )
    is_permanent = serializers.BooleanField(
        help_text="Whether, by the speaker's word, what began then will never end."
    )
    place_as_stated = serializers.CharField(
        allow_null=True, help_text="The place as this speaker names it; null if it does not matter."
    )
    origin = serializers.CharField(
        source="standing.key",
        help_text="The id of the actor on whose word it rests. Claims of one origin count once on a side, however "
        "many reports carry them.",
    )
    counts = serializers.BooleanField(
        source="standing.counts",
        help_text="Whether it counts among the independent origins for or against its proposition.",
    )
    not_counted_because = WordField(
        NotCounted,
        source="standing.not_counted_because",
        allow_null=True,
        help_text="Why it does not count, such as `echo`; null if it counts.",
    )
    report_issued_later = serializers.BooleanField(
        help_text="With `known_at`: whether its report was issued only later. Words on record by name are known from when "
        "they were said; the report is then no document, and answers 404 itself."
    )
    report_retracted = serializers.BooleanField(
        help_text="Whether the publisher of its own report took it back; it stays visible but does not count."
    )
    retracted_through = ReportBrief(
        allow_null=True,
        help_text="The report whose publisher took it back: its own, or one that it repeats or that its report "
        "copies; null if nobody did.",
    )
    credibility = WordField(
        Credibility,
        allow_null=True,
        help_text="Our editors' Admiralty grade of the information, 1 to 6. 6 means that it cannot be judged, "
        "not that it is the worst; null means not graded yet.",
    )
    chain = StepSerializer(
        many=True, help_text="The way the words took, in order: speaker, agency, relay, host."
    )
    relations = RelationSerializer(
        many=True, source="public_relations", help_text="How it stands to other claims."
    )
    evidence = AttachedEvidence(
        many=True, source="public_evidence", help_text="Material attached to it, each with its role."
    )
    damage_estimates = EstimateInClaim(
        many=True, source="public_estimates", help_text="The numbers it carries, each with its bounds."
    )
    weapon_counts = CountInClaim(
        many=True, source="public_counts", help_text="The counts of weapons it carries."
    )
    supersedes = serializers.CharField(
        source="supersedes.public_id",
        allow_null=True,
        read_only=True,
        default=None,
        help_text="The id of the claim it corrects, which answers 410 from then on; null if it corrects none.",
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)
