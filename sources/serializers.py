"""How sources, reports, actors and evidence are shown."""

from typing import Any

from rest_framework import serializers

from record.api.serializers import Brief, MomentField, OnRecordSerializer
from sources.choices import ActorKind, EvidenceKind, NoticeKind, Reliability, SourceKind, Verification


class NameSerializer(serializers.Serializer[Any]):
    """Another name, in any script."""

    name = serializers.CharField(help_text="The name as it is written.")
    language = serializers.CharField(allow_null=True, help_text="BCP 47; null if not given.")
    note = serializers.CharField(allow_null=True, help_text="What kind of name it is.")


class ActorBrief(Brief):
    """Who speaks or acts."""

    kind = serializers.ChoiceField(ActorKind.choices, help_text="What kind of voice it is.")


class ActorSerializer(OnRecordSerializer):
    name = serializers.CharField(help_text="The name in Latin script.")
    name_local = serializers.CharField(allow_null=True, help_text="The name in its own language and script.")
    kind = serializers.ChoiceField(ActorKind.choices, help_text="What kind of voice it is.")
    role = serializers.CharField(allow_null=True, help_text="The office held when speaking.")
    affiliation = ActorBrief(allow_null=True, help_text="The person or body this actor speaks for.")
    first_publisher = Brief(
        allow_null=True, help_text="For an anonymous voice: the source that first published what it said."
    )
    country = serializers.CharField(allow_null=True, help_text="ISO 3166-1 alpha-2.")
    names = NameSerializer(many=True, help_text="Other names and spellings.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class SourceBrief(Brief):
    """Who publishes."""

    kind = serializers.ChoiceField(SourceKind.choices, help_text="What kind of publisher.")


class SourceSerializer(OnRecordSerializer):
    name = serializers.CharField(help_text="The name it publishes under.")
    kind = serializers.ChoiceField(SourceKind.choices, help_text="What kind of publisher.")
    country = serializers.CharField(allow_null=True, help_text="ISO 3166-1 alpha-2.")
    language = serializers.CharField(allow_null=True, help_text="The main language, BCP 47.")
    ownership = serializers.CharField(allow_null=True, help_text="Who owns or funds it.")
    reliability = serializers.ChoiceField(
        Reliability.choices, allow_null=True, help_text="Admiralty grade; null = not yet graded."
    )
    voice = ActorBrief(help_text="The actor that is its own voice.")
    homepage = serializers.CharField(allow_null=True, help_text="Its home page.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class ReportBrief(Brief):
    """Where it was read."""

    source: Any = SourceBrief(help_text="Who published it.")
    issued_at = MomentField("issued_", help_text="When it was published.")


class NoticeSerializer(serializers.Serializer[Any]):
    """What a publisher later did to its own report."""

    kind = serializers.ChoiceField(NoticeKind.choices, help_text="What the publisher did.")
    dated = serializers.DateTimeField(help_text="When, or the latest it can have been (UTC).")
    successor = Brief(allow_null=True, help_text="The report that replaced it.")
    note = serializers.CharField(allow_null=True, help_text="What changed, in our words.")


class ReportSerializer(OnRecordSerializer):
    source: Any = SourceBrief(help_text="Who published this copy.")
    title = serializers.CharField(help_text="The headline as printed.")
    link = serializers.CharField(allow_null=True, help_text="Where it was read.")
    language = serializers.CharField(help_text="BCP 47.")
    issued_at = MomentField("issued_", help_text="When it was published.")
    issued_as_printed = serializers.CharField(
        allow_null=True, help_text="The date as the page prints it, where that is wrong or vague."
    )
    derived_from = Brief(allow_null=True, help_text="The report whose copy this is.")
    wire_source = SourceBrief(
        allow_null=True, help_text="The source whose copy this is, where that item itself is not held."
    )
    notices = NoticeSerializer(
        many=True, source="public_notices", help_text="What its publisher later did to it."
    )
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")


class EvidenceBrief(Brief):
    """A piece of evidence."""

    kind = serializers.ChoiceField(EvidenceKind.choices, help_text="What kind of material.")
    verification = serializers.ChoiceField(Verification.choices, help_text="How far it has been checked.")


class EvidenceSerializer(OnRecordSerializer):
    kind = serializers.ChoiceField(EvidenceKind.choices, help_text="What kind of material.")
    report = ReportBrief(help_text="The report that mentions or shows it.")
    published_by = ActorBrief(allow_null=True, help_text="Who made it public; null if not said.")
    shows = serializers.CharField(help_text="What it is said to show.")
    verification = serializers.ChoiceField(Verification.choices, help_text="How far it has been checked.")
    verification_as_stated = serializers.CharField(
        allow_null=True, help_text="What the report says of how it was checked."
    )
    link = serializers.CharField(allow_null=True, help_text="Where it can be seen.")
    note = serializers.CharField(allow_null=True, help_text="A public editor's note.")
