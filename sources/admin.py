"""Sources, reports, actors and evidence in the admin."""

from __future__ import annotations

from django.contrib import admin

from editing.fields import PartInline
from editing.lists import RowList, StateFilter
from editing.record_admin import RecordAdmin
from sources.models import Actor, ActorName, Evidence, Report, ReportNotice, Source


class ActorNameInline(PartInline):
    model = ActorName


@admin.register(Actor)
class ActorAdmin(RecordAdmin):
    list_display = ["public_id", "name", "name_local", "kind", "role", "affiliation", "country", "state"]
    list_filter = [StateFilter, "kind", "country"]
    inlines = [ActorNameInline]
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
    list_display = ["public_id", "name", "kind", "country", "language", "reliability", "state"]
    list_filter = [StateFilter, "kind", "reliability", "country"]
    fields = [
        "public_id",
        "name",
        "kind",
        "voice",
        "country",
        "language",
        "ownership",
        "reliability",
        "homepage",
        "note",
    ]
    lists = [
        RowList(
            "Reports",
            Report,
            "source",
            {"title": lambda row: row.title, "issued": lambda row: row.issued_local_date},
            ["-issued_latest", "pk"],
        )
    ]


class ReportNoticeInline(PartInline):
    model = ReportNotice
    fk_name = "report"


class ReportAdmin(RecordAdmin):
    """Registered by strikes/, which knows the claims that were read in it, and the clocks of its place."""

    list_display = ["public_id", "title", "source", "issued_local_date", "language", "state"]
    list_filter = [StateFilter, "language", "issued_precision"]
    date_hierarchy = "issued_local_date"
    inlines = [ReportNoticeInline]
    goes_along = True


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
