"""How strikes, propositions and claims are shown."""

from typing import Any

from rest_framework import serializers

from record.api.serializers import Brief, MomentField, OnRecordSerializer
from sources.choices import ReportPart
from sources.serializers import ActorBrief, EvidenceBrief, ReportBrief
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
    Polarity,
    Stance,
    StrikeKind,
    Topic,
)
from strikes.serializers.numbers import CountInClaim, EstimateInClaim
from strikes.serializers.places import FacilityBrief


class StrikeBrief(Brief):
    """A strike."""

    kind = serializers.ChoiceField(StrikeKind.choices, help_text="An editor's label for finding it.")
    local_date = serializers.DateField(help_text="The date of the event on the clocks of the place.")


class StrikeSerializer(OnRecordSerializer):
    kind = serializers.ChoiceField(StrikeKind.choices, help_text="An editor's label for finding it.")
    title = serializers.CharField(help_text="A short name.")
    facility = FacilityBrief(allow_null=True, help_text="The facility; null for a wave or an unnamed site.")
    target_described_as = serializers.CharField(
        allow_null=True, help_text="How reports describe a site that is unnamed or withheld."
    )
    wave = StrikeBrief(allow_null=True, help_text="The wave or campaign it belongs to.")
    regions = Brief(many=True, help_text="Where it took place.")
    methods = serializers.ListField(
        source="method_codes", child=serializers.CharField(), help_text="By what means: labels, not claims."
    )
    location_precision = serializers.ChoiceField(
        LocationPrecision.choices, help_text="How exactly the place is known."
    )
    when = MomentField("", help_text="When it is reported to have happened.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class SubjectField(serializers.Field):
    """What a proposition is about beside its strike: a facility, unit, actor or region."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"read_only": True, **options})

    def to_representation(self, subject: Any) -> dict[str, Any]:
        brief = Brief(subject, context=self.context).data
        return {"type": subject._meta.model_name, **brief}


class PropositionBrief(Brief):
    """A point at issue."""

    topic = serializers.ChoiceField(Topic.choices, help_text="What it is about, in one word.")
    strike = StrikeBrief(allow_null=True, help_text="The strike it is about.")
    subject = SubjectField(allow_null=True, help_text="The facility, unit, actor or region it is about.")


class PropositionSerializer(OnRecordSerializer):
    topic = serializers.ChoiceField(Topic.choices, help_text="What it is about, in one word.")
    text = serializers.CharField(help_text="The point at issue, as one sentence.")
    strike = StrikeBrief(allow_null=True, help_text="The strike it is about.")
    subject = SubjectField(allow_null=True, help_text="The facility, unit, actor or region it is about.")
    open = serializers.BooleanField(help_text="Whether it is a question that others answer.")
    answers = Brief(allow_null=True, help_text="The open proposition it is an answer to.")
    caused_by = Brief(allow_null=True, help_text="The proposition said to be its cause.")
    dispute = serializers.ChoiceField(
        Dispute.choices, source="standing.state", help_text="How the independent origins stand to it."
    )
    origins_for = serializers.IntegerField(
        source="standing.origins_for", help_text="Independent origins whose side is for it."
    )
    origins_against = serializers.IntegerField(
        source="standing.origins_against", help_text="Independent origins whose side is against it."
    )
    documents = serializers.IntegerField(
        source="standing.documents", help_text="Reports with a claim that takes a side and counts."
    )
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class StepSerializer(serializers.Serializer[Any]):
    """One step of the way the words took."""

    step = serializers.IntegerField(help_text="Counted from 1 at the speaker.")
    source: Any = Brief(allow_null=True, help_text="The source, if the step is one.")
    actor = ActorBrief(allow_null=True, help_text="The actor, if the step is one.")
    inferred = serializers.BooleanField(help_text="Whether an editor inferred it.")
    did = serializers.CharField(allow_null=True, help_text="What was done at this step.")


class RelationSerializer(serializers.Serializer[Any]):
    """How the claim stands to another."""

    kind = serializers.ChoiceField(ClaimRelationKind.choices, help_text="How it stands to it.")
    claim = Brief(help_text="The claim it stands to so, as it reads now.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class AttachedEvidence(serializers.Serializer[Any]):
    """A piece of evidence with what it does for the claim."""

    role = serializers.ChoiceField(EvidenceRole.choices, help_text="What it does for the claim.")
    evidence = EvidenceBrief(help_text="The piece of evidence.")


class ClaimSerializer(OnRecordSerializer):
    report = ReportBrief(help_text="The report it was read in.")
    position = serializers.IntegerField(help_text="Its place in the report, counted from 0.")
    part = serializers.ChoiceField(ReportPart.choices, help_text="Where in the report it stands.")
    actor = ActorBrief(help_text="Who speaks.")
    actor_as_stated = serializers.CharField(
        allow_null=True, help_text="How the report describes the speaker."
    )
    stance = serializers.ChoiceField(Stance.choices, help_text="How the speaker stands to the proposition.")
    polarity = serializers.ChoiceField(
        Polarity.choices, help_text="Whether the stance is for it, against it, or neither."
    )
    proposition = PropositionBrief(help_text="The point at issue.")
    certainty = serializers.ChoiceField(
        Certainty.choices, allow_null=True, help_text="The speaker's own certainty; null = none expressed."
    )
    attribution = serializers.ChoiceField(
        Attribution.choices, help_text="On what footing the words reach us."
    )
    speakers_stated = serializers.IntegerField(
        allow_null=True, help_text="How many speakers the report says there were."
    )
    statement = serializers.CharField(help_text="What was said, in our own words.")
    quote = serializers.CharField(allow_null=True, help_text="The few words that matter, as printed.")
    quote_language = serializers.CharField(allow_null=True, help_text="BCP 47, where not the report's.")
    said_at = MomentField("said_", help_text="When it was said; null if not known apart from the report.")
    event_time = MomentField("event_", help_text="When the claim says it happened or will happen.")
    place_as_stated = serializers.CharField(allow_null=True, help_text="The place as this speaker names it.")
    origin = serializers.CharField(
        source="origin_key", help_text="The actor on whose word it rests; claims of one origin count once."
    )
    report_retracted = serializers.BooleanField(
        help_text="Whether the publisher retracted the report; such a claim stays but does not count."
    )
    credibility = serializers.ChoiceField(
        Credibility.choices, allow_null=True, help_text="Admiralty grade 1 to 6; null = not yet graded."
    )
    chain = StepSerializer(many=True, help_text="The way the words took: speaker, agency, relay, host.")
    relations = RelationSerializer(
        many=True, source="public_relations", help_text="How it stands to other claims."
    )
    evidence = AttachedEvidence(
        many=True, source="public_evidence", help_text="Material attached to it, each with its role."
    )
    damage_estimates = EstimateInClaim(
        many=True, source="public_estimates", help_text="The numbers it carries."
    )
    weapon_counts = CountInClaim(
        many=True, source="public_counts", help_text="The counts of weapons it carries."
    )
    supersedes = serializers.CharField(
        source="supersedes.public_id", allow_null=True, default=None, help_text="The claim it corrects."
    )
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class AssessmentSerializer(OnRecordSerializer):
    proposition = PropositionBrief(help_text="What is graded.")
    grade = serializers.ChoiceField(Grade.choices, help_text="The grade, after Airwars.")
    grade_basis = serializers.ChoiceField(
        GradeBasis.choices, allow_null=True, help_text="What the grade rests on."
    )
    reason = serializers.CharField(help_text="Why this grade.")
    assessed_on = serializers.DateField(help_text="The day of the assessment.")
