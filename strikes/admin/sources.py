"""Actors, sources, reports and evidence in the admin. A report shows the claims that were read in it."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Max

from editing.fields import PartInline
from editing.lists import RowList, StateFilter
from editing.record_admin import RecordAdmin
from record.models import OnRecord
from sources.models import Actor, ActorIdentifier, ActorName, Evidence, Report, Source
from strikes.admin.clocks import RULE, MomentAdmin, MomentForm, from_clock, moment_fields, until_clock
from strikes.admin.columns import CLAIM_COLUMNS, standing_of_claims
from strikes.admin.notices import ReportNoticeInline
from strikes.models import Capacity, Claim


class ActorNameInline(PartInline):
    model = ActorName


class ActorIdentifierInline(PartInline):
    model = ActorIdentifier


@admin.register(Actor)
class ActorAdmin(RecordAdmin):
    list_display = ["public_id", "name", "name_local", "kind", "role", "affiliation", "country", "state"]
    list_filter = [StateFilter, "kind", "country"]
    inlines = [ActorNameInline, ActorIdentifierInline]
    fields = [
        "public_id",
        "name",
        "name_local",
        "kind",
        "role",
        "affiliation",
        "first_publisher",
        "country",
        "note",
    ]


@admin.register(Source)
class SourceAdmin(RecordAdmin):
    grades = frozenset({"reliability"})
    list_display = ["public_id", "name", "kind", "country", "language", "reliability", "family", "state"]
    list_filter = [StateFilter, "kind", "reliability", "country"]
    fields = [
        "public_id",
        "name",
        "kind",
        "voice",
        "family",
        "country",
        "language",
        "ownership",
        "reliability",
        "homepage",
        "note",
    ]
    lists = [
        RowList(
            "Editions of its family",
            Source,
            "family",
            {
                "name": lambda source: source.name,
                "kind": lambda source: source.get_kind_display(),
                "language": lambda source: source.language,
            },
            ["public_id"],
        ),
        RowList(
            "Reports",
            Report,
            "source",
            {"title": lambda report: report.title, "issued": lambda report: report.issued_local_date},
            ["-issued_latest", "pk"],
        ),
    ]


class ReportForm(MomentForm):
    moments = ["issued_"]
    issued_from_time, issued_until_time = from_clock(), until_clock()


@admin.register(Report)
class ReportAdmin(MomentAdmin):
    form = ReportForm
    list_display = ["public_id", "title", "source", "issued_local_date", "language", "state"]
    list_filter = [StateFilter, "language", "issued_precision"]
    date_hierarchy = "issued_local_date"
    inlines = [ReportNoticeInline]
    goes_along = True
    fieldsets = [
        (None, {"fields": ["public_id", "source", "title", "link", "language"]}),
        (
            "When it was issued",
            {"fields": [*moment_fields("issued_"), "issued_as_printed"], "description": RULE},
        ),
        ("Whose copy it is", {"fields": ["derived_from", "wire_source"]}),
        (None, {"fields": ["note"]}),
    ]
    lists = [
        RowList(
            "Claims, in the order of the report",
            Claim,
            "report",
            {
                "position": lambda claim: claim.position,
                "part": lambda claim: claim.get_part_display(),
                **CLAIM_COLUMNS,
                "point at issue": lambda claim: claim.proposition.text,
            },
            ["position", "pk"],
            prefetch=[standing_of_claims()],
        ),
        RowList("Capacities it states", Capacity, "report", {"as stated": str}),
        RowList(
            "Evidence it mentions",
            Evidence,
            "report",
            {"shows": lambda evidence: evidence.shows, "kind": lambda evidence: evidence.get_kind_display()},
        ),
        RowList(
            "Copies of it",
            Report,
            "derived_from",
            {"source": lambda report: report.source.name, "title": lambda report: report.title},
            addable=False,
        ),
    ]

    def prefilled(self, row_list: RowList, row: OnRecord) -> str:
        """A claim comes after the last one that was read in the report."""
        if row_list.of is not Claim or not isinstance(row, Report):
            return ""
        last = Claim.objects.filter(report=row, withdrawn_rev=None).aggregate(Max("position"))[
            "position__max"
        ]
        return f"&position={0 if last is None else last + 1}"


@admin.register(Evidence)
class EvidenceAdmin(RecordAdmin):
    list_display = ["public_id", "kind", "shows", "published_by", "verification", "report", "state"]
    list_filter = [StateFilter, "kind", "verification"]
    searched_as_written = ["shows"]
    fields = [
        "public_id",
        "kind",
        "report",
        "published_by",
        "shows",
        "verification",
        "verification_as_stated",
        "link",
        "note",
    ]
