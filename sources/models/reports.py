"""Where something was read, and the material that reports mention or show."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import ClassVar, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q

from record.graphs import leads_back
from record.ids import id_is_well_spelt, prefixed, random_id
from record.models import KnownBy, OnRecord, Recorded, RecordedQuerySet, never_blank
from record.moments import earliest, last_day, latest, local_date, moment_rules, precision, zone
from record.search import search_text, searchable_words
from record.vocabulary import one_of
from sources.choices import NoticeKind, TimePrecision
from sources.models.actors import Source
from sources.models.fields import LANGUAGE_TAG, editors_note, known_on, language_code


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

    known_on = known_on("it was issued")
    search_text = search_text()

    collection = "reports"
    derived_fields = frozenset({"search_text", "known_on"})
    known_by = KnownBy("issued_latest", "known_on")
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
                name="report_in_public_has_a_last_day",
                condition=Q(published_rev__isnull=True) | Q(known_on__isnull=False),
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

    @property
    def last_day(self) -> dt.date:
        """The last day, on its own clock, on which it can have been issued."""
        return last_day(self.issued_latest, self.issued_timezone, self.issued_local_date)

    def before_publish(self) -> None:
        self.known_on = self.last_day
        self.search_text = searchable_words(self.title)

    def objections(self) -> Iterable[str]:
        if leads_back(self, lambda report: report.derived_from):
            yield "derived_from: it leads back to the report itself."
        yield from self._objections_to_notices()

    def _objections_to_notices(self) -> Iterable[str]:
        written = [claim for notice in self.notices.filter(withdrawn_rev=None) for claim in notice.claims]
        if any(not isinstance(claim, str) for claim in written):
            yield "notices: name claims by their ids."
        named = {claim for claim in written if isinstance(claim, str)}
        if named:
            claims = self.claims.filter(published_rev__isnull=False, lineage__in=named)
            for stranger in sorted(named - set(claims.values_list("lineage", flat=True))):
                yield f"notices: `{stranger}` is no public claim of this report, or not the first of its corrections."


class NoticeQuerySet(RecordedQuerySet["ReportNotice"]):
    def of_error(self) -> Self:
        """Notices by which a publisher says that something was wrong, and takes it back."""
        return self.filter(Q(kind=NoticeKind.RETRACTION) | Q(kind=NoticeKind.WITHDRAWAL, for_error=True))


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
    for_error = models.BooleanField(
        default=False,
        help_text="For a withdrawal: whether the publisher said that the content was wrong. Then it is like a "
        "retraction; a page that is merely gone counts on.",
    )
    claims = models.JSONField(
        default=list,
        blank=True,
        help_text="The ids of the claims of this report that it touches; empty if it touches all of it.",
    )
    note = models.TextField(null=True, blank=True, help_text="What changed, in our words.")
    known_on = known_on("it was dated")
    owner = "report"
    derived_fields = frozenset({"known_on"})
    known_by = KnownBy("dated", "known_on")

    objects: ClassVar = NoticeQuerySet.as_manager()

    public_claims: Sequence[str] | None
    """The lineages of the claims it touches but for what was taken down, set by the loading plan of a request."""

    class Meta(Recorded.Meta):
        ordering = ["dated", "pk"]
        constraints = [
            *Recorded.Meta.constraints,
            one_of("kind", NoticeKind, "reportnotice"),
            never_blank("reportnotice", "note"),
            CheckConstraint(
                name="reportnotice_in_public_has_a_last_day",
                condition=Q(published_rev__isnull=True) | Q(known_on__isnull=False),
            ),
            CheckConstraint(
                name="reportnotice_for_error_is_a_withdrawal",
                condition=Q(for_error=False) | Q(kind=NoticeKind.WITHDRAWAL),
                violation_error_message="Only a withdrawal is for error or not; a retraction always is.",
            ),
            CheckConstraint(
                name="reportnotice_names_another_report",
                condition=Q(successor__isnull=True) | ~Q(successor=F("report")),
                violation_error_message="A report is not its own successor.",
            ),
        ]

    def before_publish(self) -> None:
        # It has no clock of its own but its publisher's; where that is not known, it is dated in UTC.
        self.known_on = last_day(self.dated, self.report.issued_timezone, None)

    def __str__(self) -> str:
        touched = f", of {', '.join(map(str, self.claims))}" if self.claims else ""
        return f"{self.kind}{' for error' if self.for_error else ''} of {self.dated:%Y-%m-%d}{touched}"
