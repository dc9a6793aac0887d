"""How a point at issue is shown, and how an editor grades it."""

from rest_framework import serializers

from api.serializers import Brief, OnRecordSerializer, WordField
from sources.serializers import NOTE
from strikes.api.serializers.briefs import SUBJECT, StrikeBrief, SubjectField
from strikes.choices import Dispute, Grade, GradeBasis, Topic


class PropositionBrief(Brief):
    """A point at issue, in short."""

    topic = WordField(Topic, help_text="What it is about, in one word.")
    strike = StrikeBrief(
        allow_null=True, help_text="The strike it is about; null where it is about the subject alone."
    )
    subject = SubjectField(allow_null=True, help_text=SUBJECT)


class WouldChangeSerializer(serializers.Serializer[object]):
    """A state that is one claim away."""

    to = WordField(Dispute, help_text="How the proposition would stand then.")

    def get_fields(self) -> dict[str, serializers.Field]:
        condition = serializers.CharField(source="condition", help_text="What would lead to it, in words.")
        return {**super().get_fields(), "if": condition}


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
    origins_forecasting = serializers.IntegerField(
        source="loaded_state.origins_forecasting",
        help_text="How many independent origins forecast it. They take no side: who predicts is no witness.",
    )
    documents = serializers.IntegerField(
        source="loaded_state.documents",
        help_text="How many reports carry a claim for it, against it or that forecasts it, copies and echoes among "
        "them; what was taken back is left out.",
    )
    explanation = serializers.CharField(
        source="explained.explanation",
        help_text="Why it stands so, in a sentence: who counts, and what does not. Names read as they do today.",
    )
    would_change = WouldChangeSerializer(
        many=True,
        source="explained.would_change",
        help_text="The states that are one claim away, each with the claim that would lead to it.",
    )
    rank = serializers.IntegerField(
        allow_null=True,
        help_text="Its place among all that is at issue about its strike, counted from 1: what is disputed first, "
        "then what happened, what stopped, how badly, when it ran again, who, and the rest; null without a strike.",
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
