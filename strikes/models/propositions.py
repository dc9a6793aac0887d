"""What is at issue: propositions, and how they stood from one revision to another."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self

from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.graphs import leads_back
from record.ids import id_is_well_spelt, prefixed, random_id
from record.models import AsOf, OnRecord, RecordedQuerySet, Revision, never_blank
from record.search import search_text, searchable_words
from record.vocabulary import one_of
from sources.models import Actor
from sources.models.fields import editors_note
from strikes.choices import Dispute, Topic
from strikes.models.places import Facility, Region, Unit
from strikes.models.strikes import Strike


class PropositionQuerySet(RecordedQuerySet["Proposition"]):
    def known(self, at: AsOf) -> Self:
        """Points to which somebody had spoken by a moment, and the open questions that they answer."""
        # By name: the module of claims imports this one.
        claims = apps.get_model("strikes", "Claim").objects.published(at)
        spoken_to = claims.values("proposition")
        questions = Proposition.objects.filter(pk__in=spoken_to, answers__isnull=False).values("answers")
        return self.filter(self.including_canonical(Q(pk__in=spoken_to) | Q(pk__in=questions), at))


class Proposition(OnRecord):
    """One point at issue, about a strike or, without one, about its subject.

    Example: "AVT-6 was damaged". Actors take stances on it in claims, for and against. An open one
    ("Who carried it out?") is answered by rivals, which stand together.
    """

    public_id = random_id("prp")
    strike = models.ForeignKey(
        Strike,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="propositions",
        help_text="The strike it is about; null for a statement about the subject alone.",
    )
    facility = models.ForeignKey(
        Facility,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="propositions",
        help_text="The subject, if it is a facility.",
    )
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="propositions",
        help_text="The subject, if it is a unit.",
    )
    actor = models.ForeignKey(
        Actor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="propositions",
        help_text="The subject, if it is an actor, such as an operator.",
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="propositions",
        help_text="The subject, if it is a region or a country.",
    )
    topic = models.CharField(max_length=30, choices=Topic.choices, help_text="What it is about, in one word.")
    text = models.CharField(
        max_length=300, help_text="The point at issue as one sentence that can be affirmed or denied."
    )
    open = models.BooleanField(
        default=False, help_text="Whether it is a question that others answer; it takes only neutral claims."
    )
    answers = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rivals",
        help_text="The open proposition this one is an answer to.",
    )
    caused_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="effects",
        help_text="The proposition that is said to be its cause.",
    )
    note = editors_note()

    search_text = search_text()

    objects: ClassVar = PropositionQuerySet.as_manager()

    collection = "propositions"
    derived_fields = frozenset({"search_text"})
    mergeable = True
    frozen = frozenset({"strike", "facility", "unit", "actor", "region", "topic", "text", "open"})

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(prefixed("prp"), "proposition"),
            one_of("topic", Topic, "proposition"),
            never_blank("proposition", "text", "note"),
            CheckConstraint(
                name="proposition_is_about_something",
                condition=Q(strike__isnull=False)
                | Q(facility__isnull=False)
                | Q(unit__isnull=False)
                | Q(actor__isnull=False)
                | Q(region__isnull=False),
                violation_error_message="Name a strike or a subject.",
            ),
            CheckConstraint(
                name="proposition_has_at_most_one_subject",
                condition=Q(facility__isnull=True, unit__isnull=True, actor__isnull=True)
                | Q(facility__isnull=True, unit__isnull=True, region__isnull=True)
                | Q(facility__isnull=True, actor__isnull=True, region__isnull=True)
                | Q(unit__isnull=True, actor__isnull=True, region__isnull=True),
                violation_error_message="At most one of facility, unit, actor and region.",
            ),
            CheckConstraint(
                name="proposition_that_is_open_answers_nothing",
                condition=Q(open=False) | Q(answers__isnull=True),
                violation_error_message="An open question is not an answer.",
            ),
            CheckConstraint(
                name="proposition_does_not_answer_itself",
                condition=Q(answers__isnull=True) | ~Q(answers=F("id")),
                violation_error_message="A proposition does not answer itself.",
            ),
            CheckConstraint(
                name="proposition_does_not_cause_itself",
                condition=Q(caused_by__isnull=True) | ~Q(caused_by=F("id")),
                violation_error_message="A proposition is not its own cause.",
            ),
        ]

    @property
    def display(self) -> str:
        return self.text

    def before_publish(self) -> None:
        self.search_text = searchable_words(self.text)

    loaded_states: Sequence[PropositionState]
    """The state in force at the revision a request reads, set by its loading plan."""

    explained: Any
    """Why it stands so, a ``strikes.disputes.explanations.Explained``, set likewise."""
    rank: int | None
    """Its place among all that is at issue about its strike, set likewise."""

    @property
    def loaded_state(self) -> PropositionState:
        return self.loaded_states[0]

    @property
    def subject(self) -> Facility | Unit | Actor | Region | None:
        return self.facility or self.unit or self.actor or self.region

    def objections(self) -> Iterable[str]:
        question = self.answers
        if question is not None:
            if not question.open:
                yield "answers: only an open proposition can be answered."
            if not (is_same(question.strike, self.strike) or is_same(question.subject, self.subject)):
                yield "answers: a rival is about the same strike or the same subject as the question."
        # A cause that was merged away passes its own cause on to the row that stands for it.
        if self.caused_by and leads_back(self.canonical, cause_of):
            yield "caused_by: it leads back to the proposition itself."

    def merge_objections(self, other: Proposition) -> Iterable[str]:
        if self.topic != other.topic:
            yield "topic: they are of two topics."
        if self.open != other.open:
            yield "open: one is a question, the other is not."
        for name in ("strike", "facility", "unit", "actor", "region"):
            subjects = getattr(self, name), getattr(other, name)
            if subjects != (None, None) and not is_same(*subjects):
                yield f"{name}: they are about two different ones; if these are one, merge these."
        # Together they may answer, or be caused by, what neither could alone.
        for rule in self.canonical.objections():
            yield f"Their survivor's {rule}"

    def bound_by_merges(self) -> Iterable[OnRecord]:
        # An undone merge can close a circle of causes, and part a claim from the point of the one it repeats.
        yield from Proposition.objects.filter(Q(pk=self.pk) | Q(caused_by=self))
        yield from self.claims.cited().repeating()


def cause_of(proposition: Proposition) -> Proposition | None:
    """The proposition that stands for its cause, given the merges in force."""
    return proposition.caused_by.canonical if proposition.caused_by else None


def is_same(row: OnRecord | None, other: OnRecord | None) -> bool:
    """Whether two rows are there and are one thing, given the merges in force."""
    if row is None or other is None or type(row) is not type(other):
        return False
    return row == other or row.canonical == other.canonical


class StateQuerySet(models.QuerySet["PropositionState"]):
    def current(self, at: int | None = None) -> Self:
        """The states in force at a revision (now, if none is given)."""
        if at is None:
            return self.filter(to_rev__isnull=True)
        return self.filter(from_rev__lte=at).filter(Q(to_rev__isnull=True) | Q(to_rev__gt=at))


class PropositionState(models.Model):
    """How the origins stood to a proposition, from one revision until another.

    Kept by the functions that change the record, so that now and then are the same lookup;
    `manage.py check_record` recomputes it.
    """

    proposition = models.ForeignKey(Proposition, models.CASCADE, related_name="states")
    from_rev = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    to_rev = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=20, choices=Dispute.choices, help_text="The dispute state.")
    origins_for = models.PositiveIntegerField(help_text="Independent origins whose side is for it.")
    origins_against = models.PositiveIntegerField(help_text="Independent origins whose side is against it.")
    origins_forecasting = models.PositiveIntegerField(help_text="Independent origins that forecast it.")
    documents = models.PositiveIntegerField(
        help_text="Reports with a claim for it, against it or that forecasts it, and that was not taken back."
    )
    first_said_at = models.DateTimeField(
        null=True, help_text="When somebody first spoke of it, as claims are ordered; null if nobody did."
    )
    basis = models.JSONField(help_text="What the state rests on, by ids: from it the explanation is written.")

    objects = StateQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["state", "to_rev"], name="state_now")]
        constraints = [
            one_of("state", Dispute, "propositionstate"),
            UniqueConstraint(
                name="propositionstate_is_one_at_a_time",
                fields=["proposition"],
                condition=Q(to_rev__isnull=True),
            ),
            CheckConstraint(
                name="propositionstate_ends_after_it_began",
                condition=Q(to_rev__isnull=True) | Q(to_rev__gt=F("from_rev")),
            ),
        ]

    def __str__(self) -> str:
        return self.state
