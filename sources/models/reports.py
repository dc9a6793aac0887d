"""Where something was read, and the material that reports mention or show."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.db.models import CheckConstraint, F, Q

from record.graphs import leads_back
from record.ids import id_is_well_spelt, prefixed, random_id
from record.models import OnRecord, Recorded, never_blank
from record.moments import earliest, latest, local_date, moment_rules, precision, zone
from record.search import search_text, searchable_words
from record.vocabulary import one_of
from sources.choices import NoticeKind, TimePrecision
from sources.models.actors import Source
from sources.models.fields import LANGUAGE_TAG, editors_note, language_code


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
        max_length=200,
        null=True,
        blank=True,
        help_text="The date as the page prints it, where that is wrong or vague.",
    )
    derived_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="dependants_on_record",
        help_text="The report whose copy this is.",
    )
    wire_source = models.ForeignKey(
        Source,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="copied_in",
        help_text="The source whose copy this is, where that item itself is not held.",
    )
    note = editors_note()

    search_text = search_text()

    collection = "reports"
    derived_fields = frozenset({"search_text"})
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
                condition=Q(language__regex=LANGUAGE_TAG),
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

    def before_publish(self) -> None:
        self.search_text = searchable_words(self.title)

    def objections(self) -> Iterable[str]:
        if leads_back(self, lambda report: report.derived_from):
            yield "derived_from: it leads back to the report itself."


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
