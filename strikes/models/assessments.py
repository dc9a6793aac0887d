"""How an editor grades a proposition."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q

from record.ids import id_is_well_spelt, prefixed, random_id
from record.models import OnRecord, never_blank
from record.vocabulary import one_of
from strikes.choices import Grade, GradeBasis
from strikes.models.propositions import Proposition


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
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="assessments",
        help_text="The editor; shown to the public by role only.",
    )
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
