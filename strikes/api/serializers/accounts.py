"""How accounts, threads and copies are shown."""

from typing import Any

from rest_framework import serializers

from api.serializers import Brief, WordField
from record.choices import WithdrawalReason
from sources.serializers import ActorBrief, NoticeSerializer, ReportBrief
from strikes.api.serializers.briefs import SUBJECT, StrikeBrief, SubjectField
from strikes.api.serializers.claims import ClaimSerializer
from strikes.api.serializers.propositions import WouldChangeSerializer
from strikes.choices import ClaimRelationKind, Dispute, Grade, GradeBasis, Polarity, Topic


class SpeakerSerializer(ActorBrief):
    """Who is heard in an origin."""

    counts = serializers.BooleanField(
        help_text="Whether a word of theirs counts there, for a forecast among the forecasts; false for an echo."
    )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        brief = ActorBrief(context=self.context).to_representation(instance.actor)
        return {**brief, "counts": instance.counts}


class OriginSerializer(serializers.Serializer[object]):
    """One independent origin of a proposition on one side: on whose word claims rest.

    An origin may stand on both sides, where several speak in its name; a single voice has one side, its newest.
    """

    key = serializers.CharField(help_text="The id of the actor on whose word the claims rest.")
    side = WordField(
        Polarity,
        allow_null=True,
        help_text="Where it counts: `positive` for it, `negative` against it, `forecast`; null where it counts "
        "nowhere, since it took back what it said or only echoes others.",
    )
    claims = serializers.IntegerField(
        help_text="How many claims rest on it there, copies and echoes among them."
    )
    documents = serializers.IntegerField(help_text="In how many reports they were read.")
    speakers = SpeakerSerializer(
        many=True, help_text="Everybody who says it there, each with whether it counts."
    )


class TotalsSerializer(serializers.Serializer[object]):
    """How many claims there are on each side, also of those not shown."""

    against = serializers.IntegerField(help_text="Claims against it.")
    forecasts = serializers.IntegerField(help_text="Claims that forecast it.")
    silent = serializers.IntegerField(help_text="Claims that take no side, or retract.")

    def get_fields(self) -> dict[str, serializers.Field]:
        return {"for": serializers.IntegerField(help_text="Claims for it."), **super().get_fields()}


class AssessmentInAccount(Brief):
    """The newest editor's grade."""

    grade = WordField(Grade, help_text="The grade, after Airwars.")
    grade_basis = WordField(
        GradeBasis, allow_null=True, help_text="What it rests on; null if on nothing yet."
    )
    reason = serializers.CharField(help_text="Why this grade.")
    assessed_on = serializers.DateField(help_text="The day of the assessment.")
    author_role = serializers.CharField(
        allow_null=True, help_text="The role in which it was made; null if unknown."
    )


class ClaimInAccount(ClaimSerializer):
    """A claim, without the proposition it stands under."""

    proposition: Any = None


class AccountSerializer(serializers.Serializer[object]):
    """One proposition: how it stands, on whose word, and the claims on each side."""

    id = serializers.CharField(source="proposition.public_id", help_text="The id of the proposition.")
    topic = WordField(Topic, source="proposition.topic", help_text="What it is about, in one word.")
    text = serializers.CharField(
        source="proposition.text", help_text="The point at issue. Not a finding of ours."
    )
    strike = StrikeBrief(
        source="proposition.strike", allow_null=True, help_text="The strike; null without one."
    )
    subject = SubjectField(source="proposition.subject", allow_null=True, help_text=SUBJECT)
    open = serializers.BooleanField(source="proposition.open", help_text="Whether rivals answer it.")
    answers = serializers.CharField(
        allow_null=True, help_text="The id of the open question it answers; otherwise null."
    )
    dispute = WordField(Dispute, source="state.state", help_text="How the independent origins stand to it.")
    origins_for = serializers.IntegerField(
        source="state.origins_for", help_text="Independent origins for it."
    )
    origins_against = serializers.IntegerField(
        source="state.origins_against", help_text="Independent origins against it."
    )
    origins_forecasting = serializers.IntegerField(
        source="state.origins_forecasting",
        help_text="Independent origins that forecast it; they take no side.",
    )
    documents = serializers.IntegerField(
        source="state.documents",
        help_text="Reports with a claim for it, against it or that forecasts it, and that was not taken back.",
    )
    explanation = serializers.CharField(
        source="explained.explanation", help_text="Why it stands so, in a sentence."
    )
    would_change = WouldChangeSerializer(
        many=True, source="explained.would_change", help_text="The states that are one claim away."
    )
    rank = serializers.IntegerField(
        allow_null=True,
        help_text="Its place among all that is at issue about its strike, counted from 1; null without a strike.",
    )
    assessment = AssessmentInAccount(
        allow_null=True, help_text="The newest editor's grade; null if there is none."
    )
    origins = OriginSerializer(many=True, help_text="The independent origins, explained.")
    totals = TotalsSerializer(help_text="How many claims there are on each side.")
    rest = serializers.URLField(
        help_text="The list of all claims on it, where a side has more than the 50 shown here.",
        allow_null=True,
    )

    def get_fields(self) -> dict[str, serializers.Field]:
        sides = {
            "for": ("Claims for it, newest first; the first 50.", "for"),
            "against": ("Claims against it, newest first; the first 50.", "against"),
            "forecasts": (
                "Claims that forecast it, newest first; the first 50. They take no side.",
                "forecasts",
            ),
            "silent": (
                "Claims that take no side, newest first; the first 50: declined, no response, withheld, retracted.",
                "silent",
            ),
        }
        return super().get_fields() | {
            name: ClaimInAccount(many=True, source=f"claims_by_side.{key}", help_text=text)
            for name, (text, key) in sides.items()
        }


def accounts_of(name: str, brief: type[Brief]) -> type[serializers.Serializer[object]]:
    """The accounts of a strike, a facility and so on, each under its own name."""
    text = "Who says what, who says otherwise, and on whose word, proposition by proposition."
    listed = AccountSerializer(many=True, help_text="The most important first, by the rules of `rank`.")
    fields = {"__doc__": text, "propositions": listed, name: brief(help_text="What the accounts are about.")}
    return type(f"{name.capitalize()}AccountsSerializer", (serializers.Serializer,), fields)


class LinkSerializer(serializers.Serializer[object]):
    """How one claim stands to another."""

    claim = serializers.CharField(help_text="The id of the claim that stands so.")
    kind = WordField(ClaimRelationKind, help_text="How it stands to the other, such as `disputes`.")
    other = serializers.CharField(help_text="The id of the other claim.")
    note = serializers.CharField(allow_null=True, help_text="An editor's note; null if there is none.")


class VersionSerializer(serializers.Serializer[object]):
    """One claim of a chain of corrections."""

    id = serializers.CharField(help_text="The id of the claim.")
    recorded_at = serializers.DateTimeField(help_text="When it became public (UTC).")
    withdrawn_at = serializers.DateTimeField(
        allow_null=True, help_text="When it was withdrawn (UTC); null if it stands."
    )
    reason = WordField(WithdrawalReason, allow_null=True, help_text="Why it was; null if it stands.")
    note = serializers.CharField(allow_null=True, help_text="The public note; null if there is none.")
    replaced_by = serializers.CharField(
        allow_null=True, help_text="The id of its successor; null if it has none."
    )


class ThreadSerializer(serializers.Serializer[object]):
    """A claim among those that it answers and that answer it, both ways and on from there."""

    claim = serializers.CharField(help_text="The id of the claim that was asked for, as it reads now.")
    versions = VersionSerializer(many=True, help_text="Its chain of corrections, the first version first.")
    relations = LinkSerializer(many=True, help_text="How the claims below stand to each other.")
    claims = ClaimSerializer(
        many=True,
        help_text="The claims of the thread, itself among them, in the order in which they were said; the nearest "
        "500 of them, at most eight steps away.",
    )
    complete = serializers.BooleanField(
        help_text="Whether these are all; false where more may belong to the thread than is shown."
    )


class CopySerializer(ReportBrief):
    """A report copied from another, with what its own publisher did to it."""

    steps = serializers.IntegerField(help_text="How many copies away it is: 1 for a direct one.")
    derived_from = serializers.CharField(
        source="derived_from.public_id", help_text="The id of the report it was copied from."
    )
    notices = NoticeSerializer(
        many=True, source="public_notices", help_text="What its publisher later did to it."
    )


class DependantsSerializer(serializers.Serializer[object]):
    """A report's notices, and the reports that were copied from it."""

    report = ReportBrief(help_text="The report.")
    notices = NoticeSerializer(
        many=True,
        source="report.public_notices",
        help_text="What its publisher later did to it, oldest first.",
    )
    dependants = CopySerializer(
        many=True,
        help_text="Copies of it, the nearest first, each with its own notices; at most 500, eight steps away.",
    )
    complete = serializers.BooleanField(
        help_text="Whether these are all; false where there may be more copies than are shown."
    )
