"""What happened, as far as it takes to tell one event from another: strikes, waves, raids and incidents."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import ClassVar, Self
from zoneinfo import ZoneInfo

from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, UniqueConstraint

from record.graphs import closure, leads_back
from record.ids import SLUG, id_is_well_spelt, slug_id
from record.models import AsOf, OnRecord, RecordedQuerySet, never_blank
from record.moments import as_stated, earliest, latest, local_date, moment_rules, precision, zone
from record.search import folded_names, search_text
from record.vocabulary import one_of
from sources.choices import TimePrecision
from sources.models.fields import editors_note
from strikes.choices import LocationPrecision, Method, StrikeKind
from strikes.models.places import Facility, Region


class StrikeQuerySet(RecordedQuerySet["Strike"]):
    def known(self, at: AsOf) -> Self:
        """Strikes of which somebody had spoken by a moment, and the waves that group them."""
        # By name: the module of propositions imports this one.
        propositions = apps.get_model("strikes", "Proposition").objects.cited(at)
        spoken_of = propositions.exclude(strike=None).values("strike")

        def waves_of(members: Iterable[int] | QuerySet) -> set[int]:
            rows = Strike.objects.filter(pk__in=members).exclude(wave=None)
            waves = {wave for wave in rows.values_list("wave", flat=True) if wave is not None}
            return self.cluster(waves, at) if waves else waves

        waves = closure(waves_of(spoken_of), waves_of)
        return self.filter(self.including_canonical(Q(pk__in=spoken_of), at) | Q(pk__in=waves))

    def below(self, waves: Iterable[int], at: int | AsOf | None = None) -> set[int]:
        """The keys of these waves and of everything they group, at any depth, with all that is the same."""
        canonical = self.canonical_keys(at)  # once, where cluster() would ask at every step

        def with_duplicates(keys: Collection[int]) -> set[int]:
            roots = {canonical.get(key, key) for key in keys}
            return {*keys, *roots, *(loser for loser, root in canonical.items() if root in roots)}

        def members_of(keys: Collection[int]) -> set[int]:
            return with_duplicates(self.filter(wave__in=keys).values_list("pk", flat=True))

        return closure(with_duplicates(set(waves)), members_of)


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
        Facility,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="strikes",
        help_text="The facility it is reported to have been aimed at; null for a wave or an unnamed site.",
    )
    target_described_as = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        help_text="How reports describe the site where it is unnamed or its name was withheld.",
    )
    wave = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="members",
        help_text="The wave or campaign it belongs to.",
    )
    regions = models.ManyToManyField(
        Region,
        related_name="strikes",
        blank=True,
        help_text="Where it took place. Left empty, it keeps the regions that its facility has when it is published or, "
        "at sea, the countries whose law applies there; a wave's are the union of its strikes'.",
    )
    location_precision = models.CharField(
        max_length=20, choices=LocationPrecision.choices, help_text="How exactly the place is known."
    )
    earliest = earliest("the time of the event", null=False, blank=False)
    latest = latest("the time of the event")
    precision = precision("the time of the event", TimePrecision, null=False, blank=False)
    timezone = zone()
    local_date = local_date("the event", null=False, blank=False)
    local_until = models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text="The last date of the event on the clocks of the place; null while it goes on.",
    )
    as_stated = as_stated("the time of the event")
    note = editors_note()

    search_text = search_text()

    collection = "strikes"
    derived_fields = frozenset({"search_text", "local_until"})
    watched = frozenset({"kind"})
    mergeable = True
    parts = ("methods",)

    objects: ClassVar = StrikeQuerySet.as_manager()

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

    def before_publish(self) -> None:
        self.search_text = folded_names([self.title, self.target_described_as])
        zone = ZoneInfo(self.timezone) if self.timezone else None
        if self.latest is None:
            self.local_until = None  # it goes on
        else:
            # Without a zone, nobody knows on what other date it ended.
            last = self.latest.astimezone(zone).date() if zone else self.local_date
            # Clocks and date may be said apart: an event never ends before the date it is listed under.
            self.local_until = max(last, self.local_date)

    def keep_defaults(self) -> None:
        # Its own from then on: what is amended at the facility later moves no event (decisions.md D79).
        if self.facility is not None and not self.regions.all():
            self.regions.set(self.facility.regions.all() or self.facility.jurisdictions.all())

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
        if leads_back(self, lambda strike: strike.wave):
            yield "wave: it leads back to the strike itself."

    def merge_objections(self, other: Strike) -> Iterable[str]:
        # Other kinds may merge: whether it was a strike or a raid is an editor's label.
        if (self.kind == StrikeKind.WAVE) != (other.kind == StrikeKind.WAVE):
            yield "kind: a wave is only ever the same as another wave."
        members = Strike.objects.cited().filter(wave__in=[self, other]).values_list("pk", flat=True)
        if Strike.objects.below(members) & {self.pk, other.pk}:
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
