"""How sources, reports, actors and evidence are shown."""

from typing import Any

from rest_framework import serializers

from api.serializers import Brief, OnRecordSerializer, WordField
from sources.choices import (
    ActorKind,
    EvidenceKind,
    IdentifierScheme,
    NoticeKind,
    Reliability,
    SourceKind,
    Verification,
)
from sources.models import ReportNotice
from sources.models.fields import Name
from sources.models.identifiers import Identifier
from sources.moments import MomentField

COUNTRY_HELP = "A country, ISO 3166-1 alpha-2, such as `UA`; null if not known or if it belongs to none."
LANGUAGE_HELP = "A BCP 47 tag, such as `en` or `uk`"
NOTE = (
    "A public note by one of our editors, such as a source's own error or a mismatch; null if there is none."
)
IDENTIFIERS = "What it is called in lists that others keep; empty if we know of none."
NAME_LOCAL = "The name in its own language and script; null if we have none."


class NameSerializer(serializers.Serializer[Name]):
    """Another name, in any script: an alias, a former name, a common misspelling."""

    name = serializers.CharField(help_text="The name as it is written.")
    language = serializers.CharField(allow_null=True, help_text=f"{LANGUAGE_HELP}; null if not known.")
    note = serializers.CharField(
        allow_null=True,
        help_text="What kind of name it is, such as `mistranslation`; null for a plain alias.",
    )


class IdentifierSerializer(serializers.Serializer[Identifier]):
    """What it is called in a list that others keep, by which that list can be joined with this record."""

    scheme = WordField(IdentifierScheme, help_text="The list, such as `wikidata`.")
    value = serializers.CharField(
        help_text="What it is called there, such as `Q329347`; `identifier=wikidata:Q329347` finds it."
    )
    url = serializers.URLField(
        allow_null=True, help_text="Where the list describes it; null if it has no page for each."
    )

    @staticmethod
    def word(value: dict[str, Any]) -> str:
        """In a cell: as the filter takes it."""
        return f"{value['scheme']}:{value['value']}"


class ActorBrief(Brief):
    """Who speaks or acts, in short."""

    kind = WordField(ActorKind, help_text="What kind of voice it is, such as a person or a company.")


class ActorSerializer(OnRecordSerializer):
    """Who speaks or acts: a person in an office, a body, a force, a company, or an anonymous voice."""

    name = serializers.CharField(help_text="The name in Latin script.")
    name_local = serializers.CharField(allow_null=True, help_text=NAME_LOCAL)
    kind = WordField(ActorKind, help_text="What kind of voice it is, such as a person or a company.")
    role = serializers.CharField(
        allow_null=True, help_text="The office held when speaking, such as `governor`; null if it has none."
    )
    affiliation = ActorBrief(
        allow_null=True, help_text="The person or body this actor speaks for; null if it speaks for itself."
    )
    first_publisher = Brief(
        allow_null=True,
        help_text="For an anonymous voice: the source that first published what it said; otherwise null. "
        "Who an anonymous voice is, is stored nowhere.",
    )
    country = serializers.CharField(allow_null=True, help_text=COUNTRY_HELP)
    names = NameSerializer(many=True, help_text="Other names and spellings; `q` finds the actor by each.")
    identifiers = IdentifierSerializer(many=True, source="public_identifiers", help_text=IDENTIFIERS)
    note = serializers.CharField(allow_null=True, help_text=NOTE)


class SourceBrief(Brief):
    """Who publishes, in short."""

    kind = WordField(SourceKind, help_text="What kind of publisher it is.")


class SourceSerializer(OnRecordSerializer):
    """Who publishes: an agency, newspaper, broadcaster, official site, channel or dataset."""

    name = serializers.CharField(help_text="The name it publishes under.")
    kind = WordField(SourceKind, help_text="What kind of publisher it is.")
    country = serializers.CharField(allow_null=True, help_text=COUNTRY_HELP)
    language = serializers.CharField(
        allow_null=True, help_text=f"The main language. {LANGUAGE_HELP}; null if not known."
    )
    ownership = serializers.CharField(
        allow_null=True, help_text="Who owns or funds it, in words, such as `state-owned`; null if not known."
    )
    reliability = WordField(
        Reliability,
        allow_null=True,
        help_text="Our editors' Admiralty grade of the source, A to F. F means that its reliability cannot be "
        "judged, not that it is the worst; null means not graded yet.",
    )
    voice = ActorBrief(help_text="The actor that is its own voice, one to one.")
    family = SourceBrief(
        allow_null=True,
        help_text="The source whose newsroom it belongs to, as an edition or a language service; null if to none. "
        "What a family says in its own voice is one origin.",
    )
    homepage = serializers.CharField(allow_null=True, help_text="Its home page; null if we have none.")
    note = serializers.CharField(allow_null=True, help_text=NOTE)


class ReportBrief(Brief):
    """Where it was read, in short."""

    source: Any = SourceBrief(help_text="Who published it.")  # every field of DRF has a `source` of its own
    issued_at = MomentField("issued_", help_text="When it was published.")


class NoticeSerializer(serializers.Serializer[ReportNotice]):
    """What a publisher later did to its own report."""

    kind = WordField(NoticeKind, help_text="What the publisher did, such as a correction or a retraction.")
    dated = serializers.DateTimeField(
        help_text="When the publisher did it, or the latest it can have been (UTC)."
    )
    successor = Brief(
        allow_null=True, help_text="The report that replaced it; null if there is none or we do not hold it."
    )
    for_error = serializers.BooleanField(
        help_text="For a withdrawal: whether the publisher said that the content was wrong. A retraction always is."
    )
    claims = serializers.ListField(
        child=serializers.CharField(),
        source="public_claims",
        allow_null=True,
        help_text="The claims of this report that it touches, each by the id of the first of its corrections, which "
        "stands for them all; null if it touches all of it.",
    )
    note = serializers.CharField(allow_null=True, help_text="What changed, in our words; null if not known.")


class ReportSerializer(OnRecordSerializer):
    """One published item of a source: an article, post, statement or image product."""

    source: Any = SourceBrief(help_text="Who published this copy.")
    title = serializers.CharField(
        help_text="The headline as printed; in brackets, our description where no headline was captured."
    )
    link = serializers.CharField(
        allow_null=True, help_text="The address of the page where it was read; null if it has none."
    )
    language = serializers.CharField(help_text=f"The language it is written in. {LANGUAGE_HELP}.")
    issued_at = MomentField("issued_", help_text="When it was published.")
    issued_as_printed = serializers.CharField(
        allow_null=True,
        help_text="The date as the page prints it, where that is wrong or vague; otherwise null.",
    )
    derived_from = Brief(
        allow_null=True,
        help_text="The report whose copy this is; null if it is none, or its origin is not held.",
    )
    wire_source = SourceBrief(
        allow_null=True,
        help_text="The source whose copy this is, where that item itself is not held; otherwise null.",
    )
    notices = NoticeSerializer(
        many=True, source="public_notices", help_text="What its publisher later did to it, oldest first."
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)


class EvidenceBrief(Brief):
    """A piece of evidence, in short."""

    kind = WordField(EvidenceKind, help_text="What kind of material it is.")
    verification = WordField(Verification, help_text="How far it has been checked, by anyone who says how.")


class EvidenceSerializer(OnRecordSerializer):
    """Material that a report mentions or shows: a photograph, a video, a document, a dataset."""

    kind = WordField(EvidenceKind, help_text="What kind of material it is.")
    report = ReportBrief(help_text="The report that mentions or shows it.")
    published_by = ActorBrief(
        allow_null=True, help_text="Who made it public; null if the report does not say."
    )
    shows = serializers.CharField(help_text="What it is said to show, in our words.")
    verification = WordField(Verification, help_text="How far it has been checked, by anyone who says how.")
    verification_as_stated = serializers.CharField(
        allow_null=True, help_text="What the report says of how it was checked; null if nothing."
    )
    link = serializers.CharField(
        allow_null=True, help_text="Where it can be seen; null if we know no address."
    )
    note = serializers.CharField(allow_null=True, help_text=NOTE)
