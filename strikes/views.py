"""The record over REST: places, strikes, propositions, claims and numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery

from record.api.pages import Key
from record.api.problems import BadParameter
from record.api.views import RecordViewSet
from sources import views as sources
from sources.choices import NoticeKind
from sources.models import ReportNotice
from strikes import filters
from strikes.models import (
    Assessment,
    Capacity,
    Claim,
    ClaimEvidence,
    ClaimOrigin,
    ClaimRelation,
    DamageEstimate,
    Facility,
    Party,
    Proposition,
    PropositionState,
    Region,
    Strike,
    Unit,
    WeaponCount,
)
from strikes.serializers.claims import (
    AssessmentSerializer,
    ClaimSerializer,
    PropositionSerializer,
    StrikeSerializer,
)
from strikes.serializers.numbers import CapacitySerializer, DamageEstimateSerializer, WeaponCountSerializer
from strikes.serializers.places import FacilitySerializer, RegionSerializer, UnitSerializer

SUBJECTS = ("facility", "unit__facility", "actor", "region")


def with_prefix(prefix: str, *names: str) -> list[str]:
    return [f"{prefix}__{name}" for name in names]


class RegionViewSet(RecordViewSet):
    """Countries (ISO 3166-1) and their subdivisions (ISO 3166-2), de jure."""

    model = Region
    serializer_class = RegionSerializer

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("parent")


class FacilityViewSet(RecordViewSet):
    """Pieces of infrastructure, at town or site level, with their names and parties."""

    model = Facility
    serializer_class = FacilitySerializer

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        parties = Party.objects.published(self.pin.revision).select_related("actor", "report__source")
        return (
            super()
            .load(rows)
            .prefetch_related("regions", "names", Prefetch("parties", parties, to_attr="public_parties"))
        )


class UnitViewSet(RecordViewSet):
    """Parts of facilities that can be out on their own, such as AVT-6 of NORSI."""

    model = Unit
    serializer_class = UnitSerializer
    filterset_class = filters.UnitFilters

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("facility").prefetch_related("names")


class CapacityViewSet(RecordViewSet):
    """How much facilities and units can do, as reports state it. Rivals stand side by side."""

    model = Capacity
    serializer_class = CapacitySerializer
    filterset_class = filters.CapacityFilters

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("facility", "unit__facility", "report__source", "actor")


class StrikeViewSet(RecordViewSet):
    """Strikes, waves, raids and plain incidents. What is said of them is in their claims."""

    model = Strike
    serializer_class = StrikeSerializer
    filterset_class = filters.StrikeFilters
    orderings = {"when": "earliest"}
    default_ordering = "-when"

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("facility", "wave").prefetch_related("regions", "methods")


class PropositionViewSet(RecordViewSet):
    """Points at issue, each with how the independent origins stand to it."""

    model = Proposition
    serializer_class = PropositionSerializer
    filterset_class = filters.PropositionFilters

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        states = PropositionState.objects.current(self.pin.revision)
        return (
            super()
            .load(rows)
            .select_related("strike", "answers", "caused_by", *SUBJECTS)
            .prefetch_related(Prefetch("states", states, to_attr="states_read"))
        )


class ClaimViewSet(RecordViewSet):
    """Who says what, how surely, and where it was read.

    `report=` with `ordering=position` gives a report's claims in the order of the report.
    """

    model = Claim
    serializer_class = ClaimSerializer
    filterset_class = filters.ClaimFilters
    orderings = {"said_at": "sort_at", "position": "position"}
    default_ordering = "-said_at"

    def ordering_keys(self) -> list[Key]:
        keys = super().ordering_keys()
        reports = {part for text in self.request.query_params.getlist("report") for part in text.split(",")}
        if keys[0].column == "position" and len(reports) != 1:
            raise BadParameter("ordering", "Positions compare within one report: name it with `report`.")
        return keys

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        n = self.pin.revision
        rows = super().load(rows)
        origins = ClaimOrigin.objects.current(n).filter(claim=OuterRef("pk")).values("key")[:1]
        retractions = ReportNotice.objects.published(n).filter(
            kind=NoticeKind.RETRACTION, report=OuterRef("report")
        )
        evidence = ClaimEvidence.objects.published(n).select_related("evidence")
        estimates = DamageEstimate.objects.published(n).select_related("part_of")
        counts = (
            WeaponCount.objects.published(n)
            .select_related("part_of", "out_of")
            .prefetch_related("weapons", "regions")
        )
        read: QuerySet[Any] = (
            rows.select_related("report__source", "actor", "supersedes", "proposition__strike")
            .select_related(*with_prefix("proposition", *SUBJECTS))
            .annotate(origin_key=Subquery(origins), report_retracted=Exists(retractions))
            .prefetch_related(
                "chain__actor",
                "chain__source",
                Prefetch("evidence_links", evidence, to_attr="public_evidence"),
                Prefetch("damage_estimates", estimates, to_attr="public_estimates"),
                Prefetch("weapon_counts", counts, to_attr="public_counts"),
            )
        )
        return read

    def attach(self, rows: Sequence[Claim]) -> None:
        """The relations of each claim's lineage, each with the other claim as it reads now."""
        relations = (
            ClaimRelation.objects.published(self.pin.revision)
            .filter(claim__public_id__in=[row.lineage for row in rows])
            .select_related("claim", "other")
        )
        found: dict[str, list[ClaimRelation]] = defaultdict(list)
        for relation in relations:
            found[relation.claim.public_id].append(relation)
        current = {
            claim.lineage: claim
            for claim in Claim.objects.published(self.pin.revision)
            .filter(lineage__in={r.other.public_id for group in found.values() for r in group})
            .select_related("actor", "proposition")
        }
        for row in rows:
            row.public_relations = [
                {"kind": relation.kind, "note": relation.note, "claim": current[relation.other.public_id]}
                for relation in found[row.lineage]
                if relation.other.public_id in current
            ]


class NumberViewSet(RecordViewSet):
    """A number that a claim carries."""

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        related = with_prefix("claim", "actor", "proposition", "report__source")
        return super().load(rows).select_related("part_of", *related)


class DamageEstimateViewSet(NumberViewSet):
    """Numbers with their bounds, each with the claim that carries it."""

    model = DamageEstimate
    serializer_class = DamageEstimateSerializer
    filterset_class = filters.DamageEstimateFilters


class WeaponCountViewSet(NumberViewSet):
    """Weapons said to have been launched, intercepted, hit, lost or found."""

    model = WeaponCount
    serializer_class = WeaponCountSerializer
    filterset_class = filters.WeaponCountFilters

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("out_of").prefetch_related("weapons", "regions")


class AssessmentViewSet(RecordViewSet):
    """Editors' grades of propositions, with basis and reason. The newest of a proposition counts."""

    model = Assessment
    serializer_class = AssessmentSerializer
    filterset_class = filters.AssessmentFilters

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return (
            super().load(rows).select_related("proposition__strike", *with_prefix("proposition", *SUBJECTS))
        )


class ReportViewSet(sources.ReportViewSet):
    __doc__ = sources.ReportViewSet.__doc__
    filterset_class = filters.ReportFilters


class EvidenceViewSet(sources.EvidenceViewSet):
    __doc__ = sources.EvidenceViewSet.__doc__
    filterset_class = filters.EvidenceFilters
