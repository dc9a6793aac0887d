"""Sources, reports, actors and evidence over REST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.views import RecordViewSet
from sources.models import Actor, ActorIdentifier, Evidence, Report, ReportNotice, Source
from sources.serializers import (
    ActorBrief,
    ActorSerializer,
    EvidenceSerializer,
    ReportSerializer,
    SourceSerializer,
)
from strikes.api import filters, threads
from strikes.api.loading import attach_to_notices, identifiers_read
from strikes.api.serializers.accounts import DependantsSerializer, accounts_of
from strikes.api.views.accounts import WithAccounts


class SourceViewSet(RecordViewSet[Source]):
    """Who publishes: agencies, newspapers, broadcasters, official sites, channels and datasets.

    A source publishes; its own voice, where it states something itself, is an actor (`voice`).
    """

    model = Source
    serializer_class = SourceSerializer
    filterset_class = filters.SourceFilterSet
    facets = {"source_kind": "kind", "language": "language", "reliability": "reliability"}

    def load(self, rows: QuerySet[Source]) -> QuerySet[Source]:
        return super().load(rows).select_related("voice", "family")


class ReportViewSet(RecordViewSet[Report]):
    """Published items, with what they were copied from and what their publisher later did to them.

    `reports/?strike=2024-03-12-norsi` lists those with a claim about one strike.
    """

    model = Report
    serializer_class = ReportSerializer
    filterset_class = filters.ReportFilterSet
    facets = {"source": "source__public_id", "source_kind": "source__kind", "language": "language"}
    orderings = {"issued": "issued_latest"}
    default_ordering = "-issued"

    def load(self, rows: QuerySet[Report]) -> QuerySet[Report]:
        notices = ReportNotice.objects.published(self.pin.as_of).select_related("successor__source")
        return (
            super()
            .load(rows)
            .select_related("source", "derived_from__source", "wire_source")
            .prefetch_related(Prefetch("notices", notices, to_attr="public_notices"))
        )

    def attach(self, rows: Sequence[Report]) -> None:
        attach_to_notices(rows)

    @extend_schema(responses=DependantsSerializer)
    @action(detail=True)
    def dependants(self, request: Request, public_id: str) -> Response:
        """The reports that were copied from a report, directly or through others, each with its notices.

        What a publisher retracts or corrects may live on in its copies: here they are, the nearest first.
        """
        row = self.load(self.get_queryset()).filter(public_id=public_id).first()
        if row is None:
            return self.absent(public_id)
        copies, complete = threads.dependants(row, self.pin.as_of)
        copied_reports = Report.objects.filter(pk__in=[copy.report.pk for copy in copies])
        loaded: dict[int, Any] = {report.pk: report for report in self.load(copied_reports)}
        for copy in copies:
            loaded[copy.report.pk].steps = copy.steps
        attach_to_notices([row, *loaded.values()])
        body = {
            "report": row,
            "dependants": [loaded[copy.report.pk] for copy in copies],
            "complete": complete,
        }
        return Response(DependantsSerializer(body, context=self.get_serializer_context()).data)


class ActorViewSet(WithAccounts[Actor]):
    """Who speaks or acts: persons in office, bodies, forces, companies and anonymous voices.

    `actors/?q=lukoil` finds an actor by any of its names, in any script; `claims/?actor=lukoil` what it said.
    """

    model = Actor
    serializer_class = ActorSerializer
    accounts_serializer = accounts_of("actor", ActorBrief)
    filterset_class = filters.ActorFilterSet
    facets = {"actor_kind": "kind", "actor_country": "country"}

    def load(self, rows: QuerySet[Actor]) -> QuerySet[Actor]:
        identifiers = identifiers_read(ActorIdentifier, self.pin.as_of)
        actors = super().load(rows).select_related("affiliation", "first_publisher")
        return actors.prefetch_related("names", identifiers)


class EvidenceViewSet(RecordViewSet[Evidence]):
    """Material that reports mention or show, such as a video, with how far it has been checked.

    It is attached to claims, each time with a role; never to a strike at large.
    """

    model = Evidence
    serializer_class = EvidenceSerializer
    filterset_class = filters.EvidenceFilterSet
    facets = {"evidence_kind": "kind", "verification": "verification"}
    orderings = {"issued": "report__issued_latest"}

    def load(self, rows: QuerySet[Evidence]) -> QuerySet[Evidence]:
        return super().load(rows).select_related("report__source", "published_by")
