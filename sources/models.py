"""Who says it, and where we read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, F, Q

from record.ids import SLUG, id_is_well_spelt, prefixed, random_id, slug_id
from record.models import OnRecord, Recorded, never_blank
from record.moments import earliest, latest, local_date, moment_rules, precision, zone
from record.search import folded_names, search_text, searchable_words
from record.vocabulary import one_of
from sources.choices import (
    ActorKind,
    EvidenceKind,
    NoticeKind,
    Reliability,
    SourceKind,
    TimePrecision,
    Verification,
)

COUNTRY = r"\A[A-Z]{2}\Z"
LANGUAGE = r"\A[a-z]{2,3}(-[A-Za-z0-9]+)*\Z"


def country_code(help_text: str) -> models.CharField:
    return models.CharField(
        max_length=2, null=True, blank=True, db_index=True,
        validators=[RegexValidator(COUNTRY, "Two capital letters, as in ISO 3166-1.")],
        help_text=f"{help_text} ISO 3166-1 alpha-2, such as `UA`.",
    )  # fmt: skip


def language_code(help_text: str, **options: Any) -> models.CharField:
    return models.CharField(
        **{"null": True, "blank": True, **options}, max_length=20,
        validators=[RegexValidator(LANGUAGE, "A BCP 47 tag such as `en` or `uk`.")],
        help_text=f"{help_text} BCP 47, such as `en`.",
    )  # fmt: skip


def editors_note() -> models.TextField:
    return models.TextField(
        null=True, blank=True, help_text="A public note by an editor, such as a source's own error."
    )


class Name(models.Model):
    """Another name of a row, in any script: an alias, a former name, a common misspelling."""

    name = models.CharField(max_length=200, help_text="The name as it is written.")
    language = language_code("The language it is written in.")
    note = models.CharField(
        max_length=200, null=True, blank=True, help_text="What kind of name it is, such as `mistranslation`."
    )

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            never_blank("%(class)s", "name", "note"),
            CheckConstraint(
                name="%(class)s_language_is_a_tag",
                condition=Q(language__regex=LANGUAGE),
                violation_error_message="A BCP 47 tag such as `uk`.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Actor(OnRecord):
    """Who speaks or acts: a person in an office, a body, a force, a company, or an anonymous voice.

    Example: Andriy Yusov, spokesperson, who speaks for the Defence Intelligence of Ukraine. An
    anonymous voice is one row per first publisher and kind of voice, such as "industry sources, to
    Reuters"; who they are is stored nowhere.
    """

    public_id = slug_id()
    name = models.CharField(max_length=200, help_text="The name in Latin script.")
    name_local = models.CharField(
        max_length=200, null=True, blank=True, help_text="The name in its own language and script."
    )
    kind = models.CharField(max_length=30, choices=ActorKind.choices, help_text="What kind of voice it is.")
    role = models.CharField(
        max_length=200, null=True, blank=True, help_text="The office held or the part played when speaking."
    )
    affiliation = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="voices",
        help_text="The person or body this actor speaks for.",
    )  # fmt: skip
    first_publisher = models.ForeignKey(
        "Source", models.PROTECT, null=True, blank=True, related_name="anonymous_voices",
        help_text="For an anonymous voice: the source that first published what it said.",
    )  # fmt: skip
    country = country_code("The country it belongs to.")
    note = editors_note()

    search_text = search_text()

    collection = "actors"
    watched = frozenset({"kind"})
    mergeable = True
    parts = ("names",)

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(SLUG, "actor"),
            one_of("kind", ActorKind, "actor"),
            never_blank("actor", "name", "name_local", "role", "note"),
            CheckConstraint(
                name="actor_country_is_a_code",
                condition=Q(country__regex=COUNTRY),
                violation_error_message="Two capital letters, as in ISO 3166-1.",
            ),
            CheckConstraint(
                name="actor_does_not_speak_for_itself",
                condition=Q(affiliation__isnull=True) | ~Q(affiliation=F("id")),
                violation_error_message="An actor is not affiliated with itself.",
            ),
            CheckConstraint(
                name="actor_with_a_first_publisher_is_anonymous",
                condition=Q(first_publisher__isnull=True) | Q(kind=ActorKind.ANONYMOUS),
                violation_error_message="Only an anonymous voice has a first publisher.",
            ),
            CheckConstraint(
                name="actor_that_is_anonymous_has_no_local_name",
                condition=~Q(kind=ActorKind.ANONYMOUS) | Q(name_local__isnull=True),
                violation_error_message="Nothing that could identify an anonymous voice is stored.",
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.name}, {self.role}" if self.role else self.name

    def settle(self) -> None:
        self.search_text = folded_names([self.name, self.name_local, *(row.name for row in self.names.all())])

    def objections(self) -> Iterable[str]:
        itself = self.survivor if self.affiliation else self
        above, seen = itself.affiliation, {itself.pk}
        while above is not None:
            above = above.survivor
            if above.pk in seen:
                yield "affiliation: it leads back to the actor itself."
                return
            seen.add(above.pk)
            above = above.affiliation

    def merge_objections(self, other: Actor) -> Iterable[str]:
        if (self.kind == ActorKind.ANONYMOUS) != (other.kind == ActorKind.ANONYMOUS):
            yield "An anonymous voice is only ever the same as another anonymous voice."
        if Source.objects.cited().filter(voice=self).exists() and other.kind != ActorKind.MEDIA:
            yield "The own voice of a source is only ever the same as an actor of kind `media`."
        for rule in self.survivor.objections():
            yield f"Their survivor's {rule}"

    def bound_by_merges(self) -> Iterable[OnRecord]:
        return Actor.objects.cited().filter(Q(pk=self.pk) | Q(affiliation=self))


class ActorName(Name):
    """Another name or spelling of an actor, such as "GUR" for the Defence Intelligence of Ukraine."""

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="names")
    owner: ClassVar[str] = "actor"


class Source(OnRecord):
    """Who publishes: an agency, newspaper, broadcaster, official site, channel or dataset.

    Example: Reuters, a news agency. Its own voice is an actor of kind `media`, one to one.
    """

    public_id = slug_id()
    name = models.CharField(max_length=200, help_text="The name it publishes under.")
    kind = models.CharField(max_length=30, choices=SourceKind.choices, help_text="What kind of publisher.")
    country = country_code("Where it is published.")
    language = language_code("The main language.")
    ownership = models.CharField(
        max_length=100, null=True, blank=True, help_text="Who owns or funds it, such as `state-owned`."
    )
    reliability = models.CharField(
        max_length=1, choices=Reliability.choices, null=True, blank=True,
        help_text="The Admiralty grade of the source, A to F; null if it has not been graded yet. "
        "F means that its reliability cannot be judged, not that it is the worst.",
    )  # fmt: skip
    voice = models.OneToOneField(
        Actor,
        models.PROTECT,
        related_name="source",
        help_text="The actor of kind `media` that is its own voice.",
    )
    homepage = models.URLField(max_length=500, null=True, blank=True, help_text="Its home page.")
    note = editors_note()

    search_text = search_text()

    collection = "sources"
    mergeable = True
    frozen = frozenset({"voice"})

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(SLUG, "source"),
            one_of("kind", SourceKind, "source"),
            one_of("reliability", Reliability, "source"),
            never_blank("source", "name", "ownership", "homepage", "note"),
            CheckConstraint(
                name="source_country_is_a_code",
                condition=Q(country__regex=COUNTRY),
                violation_error_message="Two capital letters, as in ISO 3166-1.",
            ),
            CheckConstraint(
                name="source_language_is_a_tag",
                condition=Q(language__regex=LANGUAGE),
                violation_error_message="A BCP 47 tag such as `en`.",
            ),
        ]

    @property
    def display(self) -> str:
        return self.name

    def settle(self) -> None:
        self.search_text = folded_names([self.name])

    def objections(self) -> Iterable[str]:
        if self.voice.kind != ActorKind.MEDIA:
            yield "voice: the own voice of a source is an actor of kind `media`."


class Report(OnRecord):
    """One published item of a source: an article, post, statement or image product.

    Example: the World Today News article of 12 March 2024, derived from Al Jazeera English.
    """

    public_id = random_id("rep")
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="reports", help_text="Who published this copy."
    )
    title = models.CharField(
        max_length=500,
        help_text="The headline as printed; in brackets, our description where none was captured.",
    )
    link = models.URLField(max_length=1000, null=True, blank=True, help_text="Where it was read.")
    language = language_code("The language it is written in.", null=False, blank=False)
    issued_earliest = earliest("the time of publication", null=False, blank=False)
    issued_latest = latest("the time of publication", null=False, blank=False)
    issued_precision = precision("the time of publication", TimePrecision, null=False, blank=False)
    issued_timezone = zone()
    issued_local_date = local_date("publication", null=False, blank=False)
    issued_as_printed = models.CharField(
        max_length=200, null=True, blank=True,
        help_text="The date as the page prints it, where that is wrong or vague.",
    )  # fmt: skip
    derived_from = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="dependants_on_record",
        help_text="The report whose copy this is.",
    )  # fmt: skip
    wire_source = models.ForeignKey(
        Source, models.PROTECT, null=True, blank=True, related_name="copied_in",
        help_text="The source whose copy this is, where that item itself is not held.",
    )  # fmt: skip
    note = editors_note()

    search_text = search_text()

    collection = "reports"
    known_by = "issued_latest"
    display_needs = ("source",)
    parts = ("notices",)
    frozen = frozenset({"source"})

    class Meta(OnRecord.Meta):
        ordering = ["-issued_latest", "public_id"]
        indexes = [models.Index(fields=["-issued_latest", "public_id"], name="report_newest_first")]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(prefixed("rep"), "report"),
            *moment_rules("report", "issued_", TimePrecision, required=True),
            never_blank("report", "title", "link", "issued_timezone", "issued_as_printed", "note"),
            CheckConstraint(
                name="report_language_is_a_tag",
                condition=Q(language__regex=LANGUAGE),
                violation_error_message="A BCP 47 tag such as `en`.",
            ),
            CheckConstraint(
                name="report_is_derived_from_one_place",
                condition=Q(derived_from__isnull=True) | Q(wire_source__isnull=True),
                violation_error_message="Name the report it is derived from, or its source, not both.",
            ),
            CheckConstraint(
                name="report_is_not_derived_from_itself",
                condition=Q(derived_from__isnull=True) | ~Q(derived_from=F("id")),
                violation_error_message="A report is not derived from itself.",
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.source.name}: {self.title}"

    def settle(self) -> None:
        self.search_text = searchable_words(self.title)

    def objections(self) -> Iterable[str]:
        seen, above = {self.pk}, self.derived_from
        while above is not None:
            if above.pk in seen:
                yield "derived_from: it leads back to the report itself."
                return
            seen.add(above.pk)
            above = above.derived_from

    def root(self) -> Source:
        """The source whose own words this report carries, at the end of what is known of its copies."""
        report = self
        while report.derived_from is not None:
            report = report.derived_from
        return report.wire_source or report.source


class ReportNotice(Recorded):
    """What a publisher later did to its own report: an update, a correction, a retraction."""

    report = models.ForeignKey(Report, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=NoticeKind.choices, help_text="What the publisher did.")
    dated = models.DateTimeField(help_text="When the publisher did it (UTC), or the latest it can have been.")
    successor = models.ForeignKey(
        Report,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="The report that replaced it.",
    )
    note = models.TextField(null=True, blank=True, help_text="What changed, in our words.")
    owner = "report"
    known_by = "dated"

    class Meta(Recorded.Meta):
        ordering = ["dated", "pk"]
        constraints = [
            *Recorded.Meta.constraints,
            one_of("kind", NoticeKind, "reportnotice"),
            never_blank("reportnotice", "note"),
            CheckConstraint(
                name="reportnotice_names_another_report",
                condition=Q(successor__isnull=True) | ~Q(successor=F("report")),
                violation_error_message="A report is not its own successor.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.dated:%Y-%m-%d}"


class Evidence(OnRecord):
    """Material that a report mentions or shows: a photograph, a video, a document, a dataset.

    Example: a drone video released by the Freedom of Russia Legion, of streets in Tyotkino. It is
    attached to claims, each time with a role; never to a strike at large.
    """

    public_id = random_id("evd")
    kind = models.CharField(max_length=20, choices=EvidenceKind.choices, help_text="What kind of material.")
    report = models.ForeignKey(
        Report, models.PROTECT, related_name="evidence", help_text="The report that mentions or shows it."
    )
    published_by = models.ForeignKey(
        Actor, models.PROTECT, null=True, blank=True, related_name="evidence",
        help_text="Who made it public; null if the report does not say.",
    )  # fmt: skip
    shows = models.CharField(max_length=300, help_text="What it is said to show.")
    verification = models.CharField(
        max_length=20, choices=Verification.choices, help_text="How far it has been checked."
    )
    verification_as_stated = models.CharField(
        max_length=300, null=True, blank=True, help_text="What the report says of how it was checked."
    )
    link = models.URLField(max_length=1000, null=True, blank=True, help_text="Where it can be seen.")
    note = editors_note()

    collection = "evidence"
    known_by = "report__issued_latest"
    frozen = frozenset({"kind", "report", "published_by", "shows"})

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        verbose_name_plural = "evidence"
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(prefixed("evd"), "evidence"),
            one_of("kind", EvidenceKind, "evidence"),
            one_of("verification", Verification, "evidence"),
            never_blank("evidence", "shows", "verification_as_stated", "link", "note"),
        ]

    @property
    def display(self) -> str:
        return f"{self.kind}: {self.shows}"
