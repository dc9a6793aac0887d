"""Material that reports mention or show."""

from __future__ import annotations

from django.db import models

from record.ids import id_is_well_spelt, prefixed, random_id
from record.models import KnownBy, OnRecord, never_blank
from record.vocabulary import one_of
from sources.choices import EvidenceKind, Verification
from sources.models.actors import Actor
from sources.models.fields import editors_note
from sources.models.reports import Report


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
        Actor,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="evidence",
        help_text="Who made it public; null if the report does not say.",
    )
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
    known_by = KnownBy("report__issued_latest", "report__known_on")
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
