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
    """Countries (ISO 3166-1) and their subdivisions (ISO 3166-2), de jure.

    Who controls a place is a party of a facility; how a speaker names it is kept with the claim.
    """

    model = Region
    serializer_class = RegionSerializer
    filterset_class = filters.RegionFilters

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("parent")


class FacilityViewSet(RecordViewSet):
    """Pieces of infrastructure, at town or site level, with their names and parties.

    `facilities/?q=НОРСИ` finds one by any of its names, in any script. What it can do is in `capacities/`.
    """

    model = Facility
    serializer_class = FacilitySerializer
    place = ""
    filterset_class = filters.FacilityFilters
    facets = {"facility_kind": "kind", "country": "regions__public_id", "region": "regions__public_id"}

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        parties = Party.objects.published(self.pin.revision).select_related("actor", "report__source")
        return (
            super()
            .load(rows)
            .prefetch_related("regions", "names", Prefetch("parties", parties, to_attr="public_parties"))
        )


class UnitViewSet(RecordViewSet):
    """Parts of facilities that can be out on their own, such as AVT-6 of NORSI.

    Plants share names, and a name never tells the capacity: that is in `capacities/`, with its report.
    """

    model = Unit
    serializer_class = UnitSerializer
    place = "facility"
    filterset_class = filters.UnitFilters
    facets = {"unit_kind": "kind", "facility": "facility__public_id"}

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("facility").prefetch_related("names")


class CapacityViewSet(RecordViewSet):
    """How much facilities and units can do, as reports state it. Rivals stand side by side.

    `capacities/?facility=norsi` shows what reports say of one refinery; none of them is marked as right.
    """

    model = Capacity
    serializer_class = CapacitySerializer
    filterset_class = filters.CapacityFilters
    facets = {
        "facility": "facility__public_id",
        "unit": "unit__public_id",
        "source": "report__source__public_id",
        "unit_of_measure": "unit_of_measure",
        "comparator": "comparator",
    }

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("facility", "unit__facility", "report__source", "actor")


class StrikeViewSet(RecordViewSet):
    """Strikes, waves, raids and plain incidents. What is said of them is in their claims.

    `kind=strike` leaves out the waves, which group strikes. Two conditions about a claim, such as
    `actor=lukoil&stance=denies`, are met by one and the same claim about the strike.
    """

    model = Strike
    serializer_class = StrikeSerializer
    place = "facility"
    filterset_class = filters.StrikeFilters
    facets = {
        "country": "regions__public_id",
        "region": "regions__public_id",
        "kind": "kind",
        "method": "methods__method",
        "facility": "facility__public_id",
        "facility_kind": "facility__kind",
        "wave": "wave__public_id",
    }
    orderings = {"when": "earliest"}
    default_ordering = "-when"

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("facility", "wave").prefetch_related("regions", "methods")


class PropositionViewSet(RecordViewSet):
    """Points at issue, each with how the independent origins stand to it.

    `propositions/?strike=2024-03-12-norsi&dispute=disputed` lists what is disputed about one strike.
    """

    model = Proposition
    serializer_class = PropositionSerializer
    filterset_class = filters.PropositionFilters
    facets = {"topic": "topic", "strike": "strike__public_id", "unit": "unit__public_id"}

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

    `strike=2024-03-12-norsi&stance=denies` lists who denies what about one strike. `report=` with
    `ordering=position` gives a report's claims in the order of the report.
    """

    model = Claim
    serializer_class = ClaimSerializer
    filterset_class = filters.ClaimFilters
    facets = {
        "stance": "stance",
        "attribution": "attribution",
        "credibility": "credibility",
        "part": "part",
        "actor": "actor__public_id",
        "actor_kind": "actor__kind",
        "actor_country": "actor__country",
        "topic": "proposition__topic",
        "strike": "proposition__strike__public_id",
        "source": "report__source__public_id",
        "language": "report__language",
    }
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
    """Numbers with their bounds, each with the claim that carries it.

    `comparator=at_least` lists those of which only a lower bound was said: their `best` is null. Do not add
    or average numbers of different scope, basis or denominator.
    """

    model = DamageEstimate
    serializer_class = DamageEstimateSerializer
    filterset_class = filters.DamageEstimateFilters
    facets = {
        "metric": "metric",
        "comparator": "comparator",
        "unit_of_measure": "unit_of_measure",
        "actor": "claim__actor__public_id",
        "strike": "claim__proposition__strike__public_id",
    }


class WeaponCountViewSet(NumberViewSet):
    """Weapons said to have been launched, intercepted, hit, lost or found.

    A count over several regions is one count. A stated part names its total in `part_of`: do not add the two.
    """

    model = WeaponCount
    serializer_class = WeaponCountSerializer
    filterset_class = filters.WeaponCountFilters
    facets = {
        "outcome": "outcome",
        "comparator": "comparator",
        "actor": "claim__actor__public_id",
        "strike": "claim__proposition__strike__public_id",
    }

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("out_of").prefetch_related("weapons", "regions")


class AssessmentViewSet(RecordViewSet):
    """Editors' grades of propositions, with basis and reason. The newest of a proposition counts.

    A grade is a judgement of ours. It stands beside the counts of origins, and replaces no claim.
    """

    model = Assessment
    serializer_class = AssessmentSerializer
    filterset_class = filters.AssessmentFilters
    facets = {"grade": "grade", "grade_basis": "grade_basis"}

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return (
            super().load(rows).select_related("proposition__strike", *with_prefix("proposition", *SUBJECTS))
        )


class ReportViewSet(sources.ReportViewSet):
    __doc__ = sources.ReportViewSet.__doc__
    filterset_class = filters.ReportFilters
    facets = {"source": "source__public_id", "language": "language"}


class EvidenceViewSet(sources.EvidenceViewSet):
    __doc__ = sources.EvidenceViewSet.__doc__
    filterset_class = filters.EvidenceFilters
    facets = {"verification": "verification"}


class ActorViewSet(sources.ActorViewSet):
    __doc__ = sources.ActorViewSet.__doc__
    filterset_class = filters.ActorFilters
    facets = {"actor_kind": "kind", "actor_country": "country"}


class SourceViewSet(sources.SourceViewSet):
    __doc__ = sources.SourceViewSet.__doc__
    filterset_class = filters.SourceFilters
    facets = {"language": "language", "reliability": "reliability"}
