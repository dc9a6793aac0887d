"""The record over REST: places, strikes, propositions, claims and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import BadParameter
from api.pagination import BACK_IN_TIME, Key, today
from api.serializers import Brief
from api.views import PREFIX, RecordViewSet
from sources import views as sources
from sources.models import Report
from sources.serializers import ActorBrief
from strikes.api import facets, filters, threads
from strikes.api.accounts import accounts, propositions_about, put_on_sides, summaries
from strikes.api.loading import attach_relations, claims_read, read_claims
from strikes.api.pictures import TimelineSvg
from strikes.api.serializers.accounts import DependantsSerializer, ThreadSerializer, accounts_of
from strikes.api.serializers.briefs import StrikeBrief
from strikes.api.serializers.claims import (
    AssessmentSerializer,
    ClaimSerializer,
    PropositionSerializer,
    StrikeSerializer,
)
from strikes.api.serializers.numbers import (
    CapacitySerializer,
    DamageEstimateSerializer,
    WeaponCountSerializer,
)
from strikes.api.serializers.places import (
    FacilityBrief,
    FacilitySerializer,
    RegionSerializer,
    UnitBrief,
    UnitSerializer,
)
from strikes.api.serializers.timelines import timeline_of
from strikes.disputes.states import states_known_by
from strikes.models import (
    Assessment,
    Capacity,
    Claim,
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
from strikes.models.related import SUBJECTS, with_prefix
from strikes.outages.agreement import converted, find_agreement
from strikes.outages.episodes import Policy
from strikes.outages.timelines import timeline

MOST_ACCOUNTS, MOST_CLAIMS = 500, 5_000
"""Propositions, and claims of them, that one answer shows."""

DISPUTE_FACETS = {
    "dispute": facets.by_state("state"),
    "min_origins": facets.by_state("origins_for"),
    "grade": facets.by_grade("grade"),
    "grade_basis": facets.by_grade("grade_basis"),
    "own": facets.by_own_deed,
}


class WithAccounts(RecordViewSet):
    """What propositions are about: it can be asked who says what of it, and who says otherwise."""

    filters_of: ClassVar[dict[str, Any]] = {"accounts": filters.AccountFilterSet}
    accounts_serializer: ClassVar[Any]

    @action(detail=True)
    def accounts(self, request: Request, public_id: str) -> Response:
        """Who says what, who says otherwise, and on whose word, proposition by proposition.

        Each proposition comes with how the independent origins stand to it (`dispute`), the newest editor's grade,
        the origins explained, and the claims for it, against it and silent on it: exact totals, the first 50 of each,
        and where all are listed. A denial of one point is no denial of another: look at the text of the proposition.
        """
        row = self.load(self.get_queryset()).filter(public_id=public_id).first()
        if row is None:
            return self.absent(public_id)
        asked: Any = request
        rows = Proposition.objects.published(self.pin.as_of).filter(propositions_about(row, self.pin.as_of))
        rows = filters.AccountFilterSet(request.query_params, rows, request=asked).qs
        if rows[: MOST_ACCOUNTS + 1].count() > MOST_ACCOUNTS:
            raise BadParameter("topic", f"More than {MOST_ACCOUNTS} propositions: narrow it.", "too_much")
        found, keys = accounts(rows, self.pin.as_of)
        if len(keys) > MOST_CLAIMS:
            raise BadParameter("topic", f"More than {MOST_CLAIMS:,} claims to show: narrow it.", "too_much")
        put_on_sides(found, read_claims(keys, self.pin.as_of))
        for account in found:
            account.rest = self.rest(account)
        serializer = self.accounts_serializer(
            {self.model._meta.model_name: row, "propositions": found}, context=self.get_serializer_context()
        )
        return Response(serializer.data)

    def rest(self, account: Any) -> str | None:
        """The list of all claims of a proposition, at the same point in time, where not all are shown."""
        if all(len(account.claims_by_side[side]) == total for side, total in account.totals.items()):
            return None
        query = {"proposition": account.proposition.public_id}
        query |= {
            name: self.request.query_params[name]
            for name in BACK_IN_TIME
            if name in self.request.query_params
        }
        return f"{self.base_url()}{PREFIX}claims/?{urlencode(query)}"


class WithTimeline(WithAccounts):
    """What can stand still: its outages in time."""

    filters_of: ClassVar[dict[str, Any]] = {**WithAccounts.filters_of, "timeline": filters.TimelineFilterSet}
    timeline_serializer: ClassVar[Any]

    def get_renderers(self) -> Any:
        return [*super().get_renderers(), *([TimelineSvg()] if self.action == "timeline" else [])]

    @action(detail=True)
    def timeline(self, request: Request, public_id: str) -> Response:
        """Strikes, outages with their ends and forecasts, and capacities, each in the order of time.

        An outage is put together from claims when it is read: claims that something stood still, with a time, and
        claims that it ran again or will. Where issuers differ, `policy` picks one reading and is named in the
        answer, what others say stands beside it in `rivals`, and `policy=all` gives each issuer's own. Every edge
        names the claims behind it. Predicted ends are compared with the end: met, early, late, pending or overdue.
        Numbers of which nobody says when they held are in `undated`. Nothing of this is stored, or a finding of ours.
        """
        row = self.load(self.get_queryset()).filter(public_id=public_id).first()
        if row is None:
            return self.absent(public_id)
        asked: Any = request
        word = filters.TimelineFilterSet(request.query_params, self.get_queryset(), request=asked).chosen(
            "policy"
        )
        policy = None if word == "all" else Policy(word)
        told = timeline(row, self.pin.as_of, policy, today(request))
        found: dict[Any, Any] = {self.model._meta.model_name: row, "policy": word, **vars(told)}
        return Response(self.timeline_serializer(found, context=self.get_serializer_context()).data)

    def judged_by(self) -> list[str]:
        return [today(self.request).isoformat()] if self.action == "timeline" else []


class RegionViewSet(WithAccounts):
    """Countries (ISO 3166-1) and their subdivisions (ISO 3166-2), de jure.

    Who controls a place is a party of a facility; how a speaker names it is kept with the claim.
    """

    model = Region
    accounts_serializer = accounts_of("region", Brief)
    serializer_class = RegionSerializer
    filterset_class = filters.RegionFilterSet

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("parent")


class FacilityViewSet(WithTimeline):
    """Pieces of infrastructure, at town or site level, with their names and parties.

    `facilities/?q=НОРСИ` finds one by any of its names, in any script. What it can do is in `capacities/`.
    """

    model = Facility
    accounts_serializer = accounts_of("facility", FacilityBrief)
    timeline_serializer = timeline_of("facility", FacilityBrief)
    serializer_class = FacilitySerializer
    place = ""
    filterset_class = filters.FacilityFilterSet
    facets = {"facility_kind": "kind", "country": "regions__public_id", "region": "regions__public_id"}

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        parties = Party.objects.published(self.pin.as_of).select_related("actor", "report__source")
        return (
            super()
            .load(rows)
            .prefetch_related("regions", "names", Prefetch("parties", parties, to_attr="public_parties"))
        )


class UnitViewSet(WithTimeline):
    """Parts of facilities that can be out on their own, such as AVT-6 of NORSI.

    Plants share names, and a name never tells the capacity: that is in `capacities/`, with its report.
    """

    model = Unit
    accounts_serializer = accounts_of("unit", UnitBrief)
    timeline_serializer = timeline_of("unit", UnitBrief)
    serializer_class = UnitSerializer
    place = "facility"
    filterset_class = filters.UnitFilterSet
    facets = {"unit_kind": "kind", "facility": "facility__public_id"}

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("facility").prefetch_related("names")


class WithConversion(RecordViewSet):
    """Numbers that can be shown in another unit beside the one that was printed."""

    filters_of: ClassVar[dict[str, Any]] = {"retrieve": filters.ConversionFilterSet}

    def attach(self, rows: Sequence[Any]) -> None:
        super().attach(rows)
        asked: Any = self.request
        words = filters.ConversionFilterSet(asked.query_params, self.get_queryset(), request=asked)
        to = words.filter_values().get("convert_to") if words.is_valid() else None
        if to is not None:
            for row in rows:
                filters.refuse_unlike(row.unit_of_measure, to)
        self.convert(rows, to)

    def convert(self, rows: Sequence[Any], to: str | None) -> None:
        for row in rows:
            row.converted = converted(row, to) if to is not None else None


class CapacityViewSet(WithConversion):
    """How much facilities and units can do, as reports state it. Rivals stand side by side.

    `capacities/?facility=norsi` shows what reports say of one refinery; none of them is marked as right. With
    `unit_of_measure=mt_per_year,kbbl_per_day&convert_to=kbbl_per_day` each is also given in barrels a day, and
    `agrees_with` names the rivals that say the same.
    """

    model = Capacity
    serializer_class = CapacitySerializer
    filterset_class = filters.CapacityFilterSet
    facets = {
        "facility": "facility__public_id",
        "unit": "unit__public_id",
        "source": "report__source__public_id",
        "unit_of_measure": "unit_of_measure",
        "comparator": "comparator",
    }

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("facility", "unit__facility", "report__source", "actor")

    def convert(self, rows: Sequence[Any], to: str | None) -> None:
        super().convert(rows, to)
        if to is not None:
            find_agreement(rows, to, self.pin.as_of)


class StrikeViewSet(WithAccounts):
    """Strikes, waves, raids and plain incidents. What is said of them is in their claims.

    `kind=strike` leaves out the waves, which group strikes. Two conditions about a claim, such as
    `actor=lukoil&stance=denies`, are met by one and the same claim about the strike.
    """

    model = Strike
    accounts_serializer = accounts_of("strike", StrikeBrief)
    serializer_class = StrikeSerializer
    place = "facility"
    filterset_class = filters.StrikeFilterSet
    facets = {
        "country": "regions__public_id",
        "region": "regions__public_id",
        "kind": "kind",
        "method": "methods__method",
        "facility": "facility__public_id",
        "facility_kind": "facility__kind",
        "wave": "wave__public_id",
        **DISPUTE_FACETS,
    }
    orderings = {"when": "earliest"}
    default_ordering = "-when"

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return super().load(rows).select_related("facility", "wave").prefetch_related("regions", "methods")

    def attach(self, rows: Sequence[Any]) -> None:
        found = summaries([row.pk for row in rows], self.pin.as_of)
        for row in rows:
            row.summary = found[row.pk]


class PropositionViewSet(RecordViewSet):
    """Points at issue, each with how the independent origins stand to it.

    `propositions/?strike=2024-03-12-norsi&dispute=disputed` lists what is disputed about one strike.
    """

    model = Proposition
    serializer_class = PropositionSerializer
    filterset_class = filters.PropositionFilterSet
    facets = {"topic": "topic", "strike": "strike__public_id", "unit": "unit__public_id", **DISPUTE_FACETS}

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        states = PropositionState.objects.current(self.pin.revision)
        return (
            super()
            .load(rows)
            .select_related("strike", "answers", "caused_by", *SUBJECTS)
            .prefetch_related(Prefetch("states", states, to_attr="loaded_states"))
        )

    def attach(self, rows: Sequence[Proposition]) -> None:
        if self.pin.known is not None:
            found = states_known_by(
                Proposition.objects.filter(pk__in=[row.pk for row in rows]), self.pin.as_of
            )
            for row in rows:
                row.loaded_states = [found[row.pk]]


class ClaimViewSet(RecordViewSet):
    """Who says what, how surely, and where it was read.

    `strike=2024-03-12-norsi&stance=denies` lists who denies what about one strike. `report=` with
    `ordering=position` gives a report's claims in the order of the report.
    """

    model = Claim
    serializer_class = ClaimSerializer
    filterset_class = filters.ClaimFilterSet
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
        return claims_read(rows, self.pin.as_of)

    def attach(self, rows: Sequence[Claim]) -> None:
        attach_relations(rows, self.pin.as_of)

    @extend_schema(responses=ThreadSerializer)
    @action(detail=True)
    def thread(self, request: Request, public_id: str) -> Response:
        """The claims that a claim answers and that answer it, both ways and on from there, in time order.

        Named by lineage: a corrected claim keeps its place, and `versions` shows its chain of corrections.
        """
        row = self.get_queryset().filter(public_id=public_id).first()
        if row is None:
            return self.absent(public_id)
        thread = threads.thread(row, self.pin.as_of)
        claims = read_claims(thread.claims, self.pin.as_of)
        found = {
            "claim": row.public_id,
            "versions": threads.versions(row, self.pin.as_of),
            "relations": thread.links,
            "claims": sorted(claims, key=lambda one: (one.sort_at, one.report.issued_latest, one.public_id)),
            "complete": thread.complete,
        }
        return Response(ThreadSerializer(found, context=self.get_serializer_context()).data)


class NumberViewSet(RecordViewSet):
    """A number that a claim carries."""

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        related = with_prefix("claim", "actor", "proposition", "report__source")
        return super().load(rows).select_related("part_of", *related)


class DamageEstimateViewSet(WithConversion, NumberViewSet):
    """Numbers with their bounds, each with the claim that carries it.

    `comparator=at_least` lists those of which only a lower bound was said: their `best` is null. Do not add
    or average numbers of different scope, basis or denominator. `unit_of_measure=t_per_day&convert_to=kbbl_per_day`
    adds the same bounds in barrels, with the density that was taken.
    """

    model = DamageEstimate
    serializer_class = DamageEstimateSerializer
    filterset_class = filters.DamageEstimateFilterSet
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
    filterset_class = filters.WeaponCountFilterSet
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
    filterset_class = filters.AssessmentFilterSet
    facets = {"grade": "grade", "grade_basis": "grade_basis"}

    def load(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return (
            super().load(rows).select_related("proposition__strike", *with_prefix("proposition", *SUBJECTS))
        )


class ReportViewSet(sources.ReportViewSet):
    __doc__ = sources.ReportViewSet.__doc__
    filterset_class = filters.ReportFilterSet
    facets = {"source": "source__public_id", "language": "language"}

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
        loaded = {
            one.pk: one for one in self.load(Report.objects.filter(pk__in=[c.report.pk for c in copies]))
        }
        for copy in copies:
            loaded[copy.report.pk].steps = copy.steps
        found = {
            "report": row,
            "notices": row.public_notices,
            "dependants": [loaded[copy.report.pk] for copy in copies],
            "complete": complete,
        }
        return Response(DependantsSerializer(found, context=self.get_serializer_context()).data)


class EvidenceViewSet(sources.EvidenceViewSet):
    __doc__ = sources.EvidenceViewSet.__doc__
    filterset_class = filters.EvidenceFilterSet
    facets = {"verification": "verification"}


class ActorViewSet(WithAccounts, sources.ActorViewSet):
    __doc__ = sources.ActorViewSet.__doc__
    accounts_serializer = accounts_of("actor", ActorBrief)
    filterset_class = filters.ActorFilterSet
    facets = {"actor_kind": "kind", "actor_country": "country"}


class SourceViewSet(sources.SourceViewSet):
    __doc__ = sources.SourceViewSet.__doc__
    filterset_class = filters.SourceFilterSet
    facets = {"language": "language", "reliability": "reliability"}
