"""Who speaks, and who publishes; the own voice of a source is an actor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q

from record.graphs import leads_back
from record.ids import SLUG, id_is_well_spelt, slug_id
from record.models import OnRecord, never_blank
from record.search import folded_names, search_text
from record.vocabulary import one_of
from sources.choices import ActorKind, Reliability, SourceKind
from sources.models.fields import COUNTRY_CODE, LANGUAGE_TAG, Name, country_code, editors_note, language_code

IDENTIFYING = "Nothing that could identify an anonymous voice is stored."


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
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="voices",
        help_text="The person or body this actor speaks for.",
    )
    first_publisher = models.ForeignKey(
        "Source",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="anonymous_voices",
        help_text="For an anonymous voice: the source that first published what it said.",
    )
    country = country_code("The country it belongs to.")
    note = editors_note()

    search_text = search_text()

    collection = "actors"
    derived_fields = frozenset({"search_text"})
    watched = frozenset({"kind"})
    mergeable = True
    parts = ("names", "identifiers")

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(SLUG, "actor"),
            one_of("kind", ActorKind, "actor"),
            never_blank("actor", "name", "name_local", "role", "note"),
            CheckConstraint(
                name="actor_country_is_a_code",
                condition=Q(country__regex=COUNTRY_CODE),
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
                violation_error_message=IDENTIFYING,
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.name}, {self.role}" if self.role else self.name

    def before_publish(self) -> None:
        self.search_text = folded_names([self.name, self.name_local, *(row.name for row in self.names.all())])

    def objections(self) -> Iterable[str]:
        # Two actors that are one may close a circle: each step goes to the actor that stands for the other.
        start = self.canonical if self.affiliation else self
        if leads_back(start, lambda actor: actor.affiliation.canonical if actor.affiliation else None):
            yield "affiliation: it leads back to the actor itself."
        # Those that ended, too: a past revision shows them beside the kind of today.
        if self.kind == ActorKind.ANONYMOUS and self.identifiers.all():
            yield f"identifiers: {IDENTIFYING}"

    def merge_objections(self, other: Actor) -> Iterable[str]:
        if (self.kind == ActorKind.ANONYMOUS) != (other.kind == ActorKind.ANONYMOUS):
            yield "An anonymous voice is only ever the same as another anonymous voice."
        if Source.objects.cited().filter(voice=self).exists() and other.kind != ActorKind.MEDIA:
            yield "The own voice of a source is only ever the same as an actor of kind `media`."
        for rule in self.canonical.objections():
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
        max_length=1,
        choices=Reliability.choices,
        null=True,
        blank=True,
        help_text="The Admiralty grade of the source, A to F; null if it has not been graded yet. "
        "F means that its reliability cannot be judged, not that it is the worst.",
    )
    voice = models.OneToOneField(
        Actor,
        models.PROTECT,
        related_name="source",
        help_text="The actor of kind `media` that is its own voice.",
    )
    family = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="editions",
        help_text="The source whose newsroom it belongs to, as an edition, a language service or another site of it. "
        "What a family says in its own voice is one origin. To have the same owner is not enough.",
    )
    homepage = models.URLField(max_length=500, null=True, blank=True, help_text="Its home page.")
    note = editors_note()

    search_text = search_text()

    collection = "sources"
    derived_fields = frozenset({"search_text"})
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
                name="source_is_not_its_own_family",
                condition=Q(family__isnull=True) | ~Q(family=F("id")),
                violation_error_message="A source is not an edition of itself.",
            ),
            CheckConstraint(
                name="source_country_is_a_code",
                condition=Q(country__regex=COUNTRY_CODE),
                violation_error_message="Two capital letters, as in ISO 3166-1.",
            ),
            CheckConstraint(
                name="source_language_is_a_tag",
                condition=Q(language__regex=LANGUAGE_TAG),
                violation_error_message="A BCP 47 tag such as `en`.",
            ),
        ]

    @property
    def display(self) -> str:
        return self.name

    def before_publish(self) -> None:
        self.search_text = folded_names([self.name])

    def objections(self) -> Iterable[str]:
        if self.voice.kind != ActorKind.MEDIA:
            yield "voice: the own voice of a source is an actor of kind `media`."
        # Two sources that are one may close a circle, as with actors.
        start = self.canonical if self.family else self
        if leads_back(start, lambda source: source.family.canonical if source.family else None):
            yield "family: it leads back to the source itself."

    def merge_objections(self, other: Source) -> Iterable[str]:
        for rule in self.canonical.objections():
            yield f"Their survivor's {rule}"

    def bound_by_merges(self) -> Iterable[OnRecord]:
        return Source.objects.cited().filter(Q(pk=self.pk) | Q(family=self))
