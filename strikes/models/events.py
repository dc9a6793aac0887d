"""What is at issue: strikes, and the propositions made about them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.ids import SLUG, id_is_well_spelt, prefixed, random_id, slug_id
from record.models import AsOf, OnRecord, RecordedQuerySet, Revision, never_blank
from record.moments import as_stated, earliest, latest, local_date, moment_rules, precision, zone
from record.search import folded_names, search_text, searchable_words
from record.vocabulary import one_of
from sources.choices import TimePrecision
from sources.models import Actor, editors_note
from strikes.choices import Dispute, Grade, GradeBasis, LocationPrecision, Method, StrikeKind, Topic
from strikes.models.places import Facility, Region, Unit


class StrikeQuerySet(RecordedQuerySet["Strike"]):
    def known(self, at: AsOf) -> Self:
        """Strikes of which somebody had spoken by a moment, and the waves that group them."""
        spoken = Proposition.objects.cited(at).exclude(strike=None).values("strike")
        above: set[Any] = set()
        members: Any = spoken
        while members:
            waves = Strike.objects.filter(pk__in=members).exclude(wave=None)
            members = self.same({one.wave_id for one in waves if one.wave_id}, at) - above
            above |= members
        return self.filter(self.standing_for(Q(pk__in=spoken), at) | Q(pk__in=above))

    def below(self, waves: Iterable[int], at: int | AsOf | None = None) -> set[int]:
        """The keys of these waves and of everything they group, at any depth, with all that is the same."""
        merged = self.merged(at)

        def same(keys: set[int]) -> set[int]:
            roots = {merged.get(key, key) for key in keys}
            return keys | roots | {loser for loser, root in merged.items() if root in roots}

        found = same(set(waves))
        newest = found
        while newest:
            newest = same(set(self.filter(wave__in=newest).values_list("pk", flat=True))) - found
            found |= newest
        return found


class Strike(OnRecord):
    """One reported attack episode at one place; or a wave, a raid, or a plain incident.

    A wave groups strikes; an incident is kept because it changes a baseline. Example: the drone
    attack on NORSI on 12 March 2024. A strike has no facts of its own beyond what identifies it:
    when, where and which facility. Everything else is in the claims made about it.
    """

    public_id = slug_id()
    kind = models.CharField(
        max_length=20, choices=StrikeKind.choices, help_text="An editor's label for finding it."
    )
    title = models.CharField(max_length=200, help_text="A short name by which a reader recognises it.")
    facility = models.ForeignKey(
        Facility, models.PROTECT, null=True, blank=True, related_name="strikes",
        help_text="The facility it is reported to have been aimed at; null for a wave or an unnamed site.",
    )  # fmt: skip
    target_described_as = models.CharField(
        max_length=200, null=True, blank=True,
        help_text="How reports describe the site where it is unnamed or its name was withheld.",
    )  # fmt: skip
    wave = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="members",
        help_text="The wave or campaign it belongs to.",
    )  # fmt: skip
    regions = models.ManyToManyField(
        Region, related_name="strikes", blank=True,
        help_text="Where it took place: the facility's regions, a wave's the union of its strikes'.",
    )  # fmt: skip
    location_precision = models.CharField(
        max_length=20, choices=LocationPrecision.choices, help_text="How exactly the place is known."
    )
    earliest = earliest("the time of the event", null=False, blank=False)
    latest = latest("the time of the event")
    precision = precision("the time of the event", TimePrecision, null=False, blank=False)
    timezone = zone()
    local_date = local_date("the event", null=False, blank=False)
    local_until = models.DateField(
        null=True, blank=True, editable=False,
        help_text="The last date of the event on the clocks of the place; null while it goes on.",
    )  # fmt: skip
    as_stated = as_stated("the time of the event")
    note = editors_note()

    search_text = search_text()

    collection = "strikes"
    watched = frozenset({"kind"})
    mergeable = True
    parts = ("methods",)

    objects: ClassVar[Any] = StrikeQuerySet.as_manager()

    class Meta(OnRecord.Meta):
        ordering = ["-earliest", "public_id"]
        indexes = [models.Index(fields=["-earliest", "public_id"], name="strike_newest_first")]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(SLUG, "strike"),
            one_of("kind", StrikeKind, "strike"),
            one_of("location_precision", LocationPrecision, "strike"),
            *moment_rules("strike", "", TimePrecision, required=True),
            never_blank("strike", "title", "target_described_as", "timezone", "as_stated", "note"),
            CheckConstraint(
                name="strike_that_is_a_wave_has_no_facility",
                condition=~Q(kind=StrikeKind.WAVE) | Q(facility__isnull=True),
                violation_error_message="A wave groups strikes; its facilities are theirs.",
            ),
            CheckConstraint(
                name="strike_is_not_its_own_wave",
                condition=Q(wave__isnull=True) | ~Q(wave=F("id")),
                violation_error_message="A wave does not contain itself.",
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.title}, {self.local_date}"

    def settle(self) -> None:
        self.search_text = folded_names([self.title, self.target_described_as])
        zone = ZoneInfo(self.timezone) if self.timezone else None
        ends = (
            self.latest and self.latest.astimezone(zone).date() if zone else self.latest and self.local_date
        )
        self.local_until = max(ends, self.local_date) if ends else None

    @property
    def method_codes(self) -> list[str]:
        return [row.method for row in self.methods.all()]

    def objections(self) -> Iterable[str]:
        methods = {row.method for row in self.methods.all()}
        if not methods and self.kind != StrikeKind.WAVE:
            yield "methods: name at least one; `none` for an incident, `unknown` if nobody says."
        if Method.NONE in methods and (self.kind != StrikeKind.INCIDENT or len(methods) > 1):
            yield "methods: `none` is for incidents, and stands alone."
        if self.wave is not None and self.wave.kind != StrikeKind.WAVE:
            yield "wave: only a strike of kind `wave` groups others."
        if self.facility is None and self.target_described_as is None and not self.regions.exists():
            yield "facility: a strike has a facility, a described target or a region."
        seen, above = {self.pk}, self.wave
        while above is not None:
            if above.pk in seen:
                yield "wave: it leads back to the strike itself."
                return
            seen.add(above.pk)
            above = above.wave

    def merge_objections(self, other: Strike) -> Iterable[str]:
        if (self.kind == StrikeKind.WAVE) != (other.kind == StrikeKind.WAVE):
            yield "kind: a wave is only ever the same as another wave."
        groups = Strike.objects.below(
            Strike.objects.cited().filter(wave__in=[self, other]).values_list("pk", flat=True)
        )
        if groups & {self.pk, other.pk}:
            yield "wave: one of the two groups the other."

    def bound_by_merges(self) -> Iterable[OnRecord]:
        return self.propositions.all()


class StrikeMethod(models.Model):
    """One method of a strike, as an editor's label for finding it. What was used is in the claims."""

    strike = models.ForeignKey(Strike, models.CASCADE, related_name="methods")
    method = models.CharField(max_length=20, choices=Method.choices, help_text="By what means.")
    owner: ClassVar[str] = "strike"

    class Meta:
        ordering = ["method"]
        constraints = [
            one_of("method", Method, "strikemethod"),
            UniqueConstraint(
                name="strikemethod_is_named_once",
                fields=["strike", "method"],
                violation_error_message="The strike has this method.",
            ),
        ]

    def __str__(self) -> str:
        return self.method


class PropositionQuerySet(RecordedQuerySet["Proposition"]):
    def known(self, at: AsOf) -> Self:
        """Points to which somebody had spoken by a moment, and the open questions that they answer."""
        said: Any = Proposition._meta.get_field("claims").related_model
        claims = said.objects.published(at)
        spoken = claims.values("proposition")
        answered = Proposition.objects.filter(pk__in=spoken, answers__isnull=False).values("answers")
        return self.filter(self.standing_for(Q(pk__in=spoken) | Q(pk__in=answered), at))


class Proposition(OnRecord):
    """One point at issue, about a strike or, without one, about its subject.

    Example: "AVT-6 was damaged". Actors take stances on it in claims, for and against. An open one
    ("Who carried it out?") is answered by rivals, which stand together.
    """

    public_id = random_id("prp")
    strike = models.ForeignKey(
        Strike, models.PROTECT, null=True, blank=True, related_name="propositions",
        help_text="The strike it is about; null for a statement about the subject alone.",
    )  # fmt: skip
    facility = models.ForeignKey(
        Facility, models.PROTECT, null=True, blank=True, related_name="propositions",
        help_text="The subject, if it is a facility.",
    )  # fmt: skip
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="propositions",
        help_text="The subject, if it is a unit.",
    )  # fmt: skip
    actor = models.ForeignKey(
        Actor, models.PROTECT, null=True, blank=True, related_name="propositions",
        help_text="The subject, if it is an actor, such as an operator.",
    )  # fmt: skip
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, related_name="propositions",
        help_text="The subject, if it is a region or a country.",
    )  # fmt: skip
    topic = models.CharField(max_length=30, choices=Topic.choices, help_text="What it is about, in one word.")
    text = models.CharField(
        max_length=300, help_text="The point at issue as one sentence that can be affirmed or denied."
    )
    open = models.BooleanField(
        default=False, help_text="Whether it is a question that others answer; it takes only neutral claims."
    )
    answers = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="rivals",
        help_text="The open proposition this one is an answer to.",
    )  # fmt: skip
    caused_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="effects",
        help_text="The proposition that is said to be its cause.",
    )  # fmt: skip
    note = editors_note()

    search_text = search_text()

    objects: ClassVar[Any] = PropositionQuerySet.as_manager()

    collection = "propositions"
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
                condition=Q(strike__isnull=False) | Q(facility__isnull=False) | Q(unit__isnull=False)
                | Q(actor__isnull=False) | Q(region__isnull=False),
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
        ]  # fmt: skip

    @property
    def display(self) -> str:
        return self.text

    def settle(self) -> None:
        self.search_text = searchable_words(self.text)

    states_read: Sequence[PropositionState]
    """The state in force at the revision a request reads, set by its loading plan."""

    @property
    def standing(self) -> PropositionState:
        return self.states_read[0]

    @property
    def subject(self) -> Facility | Unit | Actor | Region | None:
        return self.facility or self.unit or self.actor or self.region

    def objections(self) -> Iterable[str]:
        asked = self.answers
        if asked is not None:
            if not asked.open:
                yield "answers: only an open proposition can be answered."
            if not (same(asked.strike, self.strike) or same(asked.subject, self.subject)):
                yield "answers: a rival is about the same strike or the same subject as the question."
        itself = self.survivor if self.caused_by else self
        above, seen = itself.caused_by, {itself.pk}
        while above is not None:
            above = above.survivor
            if above.pk in seen:
                yield "caused_by: it leads back to the proposition itself."
                return
            seen.add(above.pk)
            above = above.caused_by

    def merge_objections(self, other: Proposition) -> Iterable[str]:
        if self.topic != other.topic:
            yield "topic: they are of two topics."
        if self.open != other.open:
            yield "open: one is a question, the other is not."
        for name in ("strike", "facility", "unit", "actor", "region"):
            mine, theirs = getattr(self, name), getattr(other, name)
            if (mine is not None or theirs is not None) and not same(mine, theirs):
                yield f"{name}: they are about two different ones; if these are one, merge these."
        for rule in self.survivor.objections():
            yield f"Their survivor's {rule}"

    def bound_by_merges(self) -> Iterable[OnRecord]:
        return Proposition.objects.filter(Q(pk=self.pk) | Q(caused_by=self))


def same(one: OnRecord | None, other: OnRecord | None) -> bool:
    """Whether two rows are there and are one thing, given the merges in force."""
    if one is None or other is None or type(one) is not type(other):
        return False
    return one == other or one.survivor == other.survivor


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
    documents = models.PositiveIntegerField(help_text="Reports with a claim that takes a side and counts.")

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


class Assessment(OnRecord):
    """An editor's grade of a proposition, with its basis and its reason. The newest one counts."""

    public_id = random_id("asm")
    proposition = models.ForeignKey(
        Proposition, models.PROTECT, related_name="assessments", help_text="What is graded."
    )
    grade = models.CharField(max_length=20, choices=Grade.choices, help_text="The grade, after Airwars.")
    grade_basis = models.CharField(
        max_length=30, choices=GradeBasis.choices, null=True, blank=True, help_text="What the grade rests on."
    )
    reason = models.TextField(help_text="Why this grade, for the public.")
    assessed_on = models.DateField(help_text="The day of the assessment.")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assessments",
        help_text="The editor; shown to the public by role only.",
    )  # fmt: skip
    author_role = models.CharField(
        max_length=50, null=True, blank=True, help_text="The role in which it was made, such as `editor`."
    )

    collection = "assessments"
    display_needs = ("proposition",)
    frozen = frozenset(
        {"proposition", "grade", "grade_basis", "reason", "assessed_on", "author", "author_role"}
    )

    class Meta(OnRecord.Meta):
        ordering = ["-assessed_on", "public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(prefixed("asm"), "assessment"),
            one_of("grade", Grade, "assessment"),
            one_of("grade_basis", GradeBasis, "assessment"),
            never_blank("assessment", "reason", "author_role"),
            CheckConstraint(
                name="assessment_names_its_basis",
                condition=Q(grade=Grade.UNASSESSED) | Q(grade_basis__isnull=False),
                violation_error_message="A grade names what it rests on.",
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.grade}: {self.proposition.text}"
