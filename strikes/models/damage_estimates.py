"""The numbers that claims carry: how much was hit, halted or lost, and how many people were harmed."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import CheckConstraint, F, Q

from record.ids import id_is_well_spelt, prefixed, random_id
from record.models import KnownBy, OnRecord, never_blank
from record.vocabulary import one_of
from strikes.choices import Metric, PersonKind
from strikes.models.claims import Claim
from strikes.models.numbers import FROZEN_MEASURE, FROZEN_TERM, NUMBER_TEXTS, Lasting, Measured

PEOPLE = [
    Metric.CASUALTIES,
    Metric.PEOPLE_AFFECTED,
    Metric.PEOPLE_KILLED,
    Metric.PEOPLE_INJURED,
    Metric.PEOPLE_MISSING,
    Metric.PEOPLE_EVACUATED,
    Metric.PEOPLE_DETAINED,
]
OBJECTS = [Metric.OBJECTS_AFFECTED, Metric.OBJECTS_DAMAGED, Metric.OBJECTS_DESTROYED]


class DamageEstimate(OnRecord, Measured, Lasting):
    """A number that a claim carries, with its bounds: at least half of the output, two people injured.

    A stated part names its total in `part_of`, and the two are never added.
    """

    public_id = random_id("est")
    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="damage_estimates", help_text="The claim that carries it."
    )
    metric = models.CharField(max_length=40, choices=Metric.choices, help_text="What is counted or measured.")
    metric_as_stated = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        help_text="What is measured, in words; needed where it is `other`.",
    )
    object = models.CharField(
        max_length=100, null=True, blank=True, help_text="For `objects_...`: which objects, such as `houses`."
    )
    who = models.CharField(
        max_length=20,
        choices=PersonKind.choices,
        null=True,
        blank=True,
        help_text="For people: which people; null for anything else.",
    )
    indirect = models.BooleanField(
        null=True, blank=True, help_text="For people: whether the harm was indirect, such as a heart attack."
    )
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stated_parts",
        help_text="The total of which this is a stated part.",
    )

    collection = "damage-estimates"
    known_by = KnownBy("claim__known_at", "claim__known_on")
    owner = "claim"
    frozen = (
        FROZEN_MEASURE
        | FROZEN_TERM
        | {"claim", "metric", "metric_as_stated", "object", "who", "indirect", "part_of"}
    )

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            *Measured.Meta.constraints,
            *Lasting.Meta.constraints,
            id_is_well_spelt(prefixed("est"), "damageestimate"),
            one_of("metric", Metric, "damageestimate"),
            one_of("who", PersonKind, "damageestimate"),
            never_blank(
                "damageestimate", "metric_as_stated", "object", "denominator_as_stated", *NUMBER_TEXTS
            ),
            CheckConstraint(
                name="damageestimate_of_another_metric_is_named",
                condition=~Q(metric=Metric.OTHER) | Q(metric_as_stated__isnull=False),
                violation_error_message="Say in words what is measured.",
            ),
            CheckConstraint(
                name="damageestimate_of_objects_names_them",
                condition=~Q(metric__in=OBJECTS) | Q(object__isnull=False),
                violation_error_message="Say which objects are counted.",
            ),
            CheckConstraint(
                name="damageestimate_of_people_says_which",
                condition=Q(metric__in=PEOPLE, who__isnull=False)
                | (~Q(metric__in=PEOPLE) & Q(who__isnull=True, indirect__isnull=True)),
                violation_error_message="A number of people says which people (`unspecified` if the speaker "
                "does not), and no other number does.",
            ),
            CheckConstraint(
                name="damageestimate_is_not_part_of_itself",
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                violation_error_message="A number is not a part of itself.",
            ),
        ]

    @property
    def display(self) -> str:
        of = f" of {self.denominator.replace('_', ' ')}" if self.denominator else ""
        return f"{self.metric.replace('_', ' ')}: {self.words} {self.get_unit_of_measure_display()}{of}"

    def objections(self) -> Iterable[str]:
        if self.part_of is not None and self.part_of.claim_id != self.claim_id:
            yield "part_of: a stated part and its total are in one claim."
