"""Sources, reports, actors and evidence over REST."""

from typing import Any

from django.db.models import Prefetch, QuerySet

from api.views import RecordViewSet
from sources.models import Actor, Evidence, Report, ReportNotice, Source
from sources.serializers import ActorSerializer, EvidenceSerializer, ReportSerializer, SourceSerializer


class ActorViewSet(RecordViewSet):
    """Who speaks or acts: persons in office, bodies, forces, companies and anonymous voices.

    `actors/?q=lukoil` finds an actor by any of its names, in any script; `claims/?actor=lukoil` what it said.
    """

    model = Actor
    serializer_class = ActorSerializer

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("affiliation", "first_publisher").prefetch_related("names")


class SourceViewSet(RecordViewSet):
    """Who publishes: agencies, newspapers, broadcasters, official sites, channels and datasets.

    A source publishes; its own voice, where it states something itself, is an actor (`voice`).
    """

    model = Source
    serializer_class = SourceSerializer

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("voice")


class ReportViewSet(RecordViewSet):
    """Published items, with what they were copied from and what their publisher later did to them.

    `reports/?strike=2024-03-12-norsi` lists those with a claim about one strike.
    """

    model = Report
    serializer_class = ReportSerializer
    orderings = {"issued_at": "issued_latest"}
    default_ordering = "-issued_at"

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        notices = ReportNotice.objects.published(self.pin.as_of).select_related("successor__source")
        return (
            super()
            .load(rows)
            .select_related("source", "derived_from__source", "wire_source")
            .prefetch_related(Prefetch("notices", notices, to_attr="public_notices"))
        )


class EvidenceViewSet(RecordViewSet):
    """Material that reports mention or show, such as a video, with how far it has been checked.

    It is attached to claims, each time with a role; never to a strike at large.
    """

    model = Evidence
    serializer_class = EvidenceSerializer

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("report__source", "published_by")
