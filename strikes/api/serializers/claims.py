"""How strikes, propositions and claims are shown."""

from typing import Any

from rest_framework import serializers

from api.serializers import Brief, MomentField, OnRecordSerializer, WordField
from sources.choices import ReportPart
from sources.serializers import NOTE, ActorBrief, EvidenceBrief, ReportBrief
from strikes.api.serializers.briefs import SUBJECT, StrikeBrief, SubjectField
from strikes.api.serializers.numbers import CountInClaim, EstimateInClaim
from strikes.api.serializers.places import FacilityBrief
from strikes.api.serializers.summaries import SummarySerializer
from strikes.choices import (
    Attribution,
    Certainty,
    ClaimRelationKind,
    Credibility,
    Dispute,
    EvidenceRole,
    Grade,
    GradeBasis,
    LocationPrecision,
    Method,
    Polarity,
    Stance,
    StrikeKind,
    Topic,
)


class StrikeSerializer(OnRecordSerializer):
    """One reported attack at one place, or a wave, a raid, or a plain incident.

    It has no facts of its own beyond when, where and which facility: everything else is in the claims
    about it, which may contradict each other.
    """

    kind = WordField(
        StrikeKind,
        help_text="Strike, wave, raid or incident; an editor's label. A wave groups strikes: "
        "do not count it as one.",
    )
    title = serializers.CharField(help_text="A short name by which a reader recognises it.")
    facility = FacilityBrief(
        allow_null=True,
        help_text="The facility it is reported to have been aimed at; null for a wave or an unnamed site.",
    )
    target_described_as = serializers.CharField(
        allow_null=True,
        help_text="How reports describe a site that is unnamed or whose name was withheld; otherwise null.",
    )
    wave = StrikeBrief(allow_null=True, help_text="The wave or campaign it belongs to; null if to none.")
    regions = Brief(
        many=True, help_text="Where it took place, de jure; for a wave, all its strikes' regions."
    )
    methods = serializers.ListField(
        source="method_codes",
        child=WordField(Method),
        help_text="By what means: labels for finding it. What is said of weapons is in the claims.",
    )
    location_precision = WordField(LocationPrecision, help_text="How exactly the place is known.")
    when = MomentField("", help_text="When it is reported to have happened.")
    summary = SummarySerializer(
        help_text="What is said of it, counted; a wave's own claims, not its strikes'."
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)


class PropositionBrief(Brief):
    """A point at issue, in short."""

    topic = WordField(Topic, help_text="What it is about, in one word.")
    strike = StrikeBrief(
        allow_null=True, help_text="The strike it is about; null where it is about the subject alone."
    )
    subject = SubjectField(allow_null=True, help_text=SUBJECT)


class PropositionSerializer(OnRecordSerializer):
    """One point at issue, on which actors take stances in claims, for and against."""

    topic = WordField(Topic, help_text="What it is about, in one word.")
    text = serializers.CharField(
        help_text="The point at issue, as one sentence that can be affirmed or denied. Not a finding of ours."
    )
    strike = StrikeBrief(
        allow_null=True, help_text="The strike it is about; null where it is about the subject alone."
    )
    subject = SubjectField(allow_null=True, help_text=SUBJECT)
    open = serializers.BooleanField(
        help_text='Whether it is a question that rival propositions answer, such as "Who carried it out?".'
    )
    answers = Brief(allow_null=True, help_text="The open proposition it is an answer to; otherwise null.")
    caused_by = Brief(
        allow_null=True, help_text="The proposition said to be its cause; null if none is said."
    )
    dispute = WordField(
        Dispute,
        source="loaded_state.state",
        help_text="How the independent origins stand to it, counted and not weighed. It is no verdict.",
    )
    origins_for = serializers.IntegerField(
        source="loaded_state.origins_for",
        help_text="How many independent origins are for it. Copies of one word count once.",
    )
    origins_against = serializers.IntegerField(
        source="loaded_state.origins_against",
        help_text="How many independent origins are against it. Copies of one word count once.",
    )
    documents = serializers.IntegerField(
        source="loaded_state.documents",
        help_text="How many reports carry a claim that takes a side and counts; more than origins, as copies do.",
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)


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
        Polarity, help_text="Whether the stance is for the proposition, against it, or takes no side."
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
    event_time = MomentField(
        "event_",
        allow_null=True,
        help_text="When, according to the claim, it happened or will happen; null if it says nothing of that. "
        "An interval with no `latest` still goes on.",
    )
    place_as_stated = serializers.CharField(
        allow_null=True, help_text="The place as this speaker names it; null if it does not matter."
    )
    origin = serializers.CharField(
        source="origin_key",
        help_text="The id of the actor on whose word it rests. Claims of one origin count once, however many "
        "reports carry them.",
    )
    report_retracted = serializers.BooleanField(
        help_text="Whether the publisher retracted the report; such a claim stays visible but does not count."
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


class AssessmentSerializer(OnRecordSerializer):
    """An editor's grade of a proposition, with its basis and its reason. The newest one counts."""

    proposition = PropositionBrief(help_text="What is graded.")
    grade = WordField(Grade, help_text="The grade, after Airwars.")
    grade_basis = WordField(
        GradeBasis, allow_null=True, help_text="What the grade rests on; null if it rests on nothing yet."
    )
    reason = serializers.CharField(help_text="Why this grade, for the public.")
    assessed_on = serializers.DateField(help_text="The day of the assessment.")
    author_role = serializers.CharField(
        allow_null=True, help_text="The role in which it was made, such as `editor`; null if not kept."
    )
