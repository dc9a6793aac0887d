"""Claims over REST, and the thread of each."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.errors import BadParameter
from api.pagination import Key
from api.views import RecordViewSet
from strikes.api import filters, threads
from strikes.api.facets import by_counting, by_polarity, by_relation
from strikes.api.loading import attach_to_claims, claims_read, read_claims
from strikes.api.serializers.accounts import ThreadSerializer
from strikes.api.serializers.claims import ClaimSerializer
from strikes.models import Claim


class ClaimViewSet(RecordViewSet[Claim]):
    """Who says what, how surely, and where it was read.

    `strike=2024-03-12-norsi&stance=denies` lists who denies what about one strike. `report=` with
    `ordering=position` gives a report's claims in the order of the report.
    """

    model = Claim
    serializer_class = ClaimSerializer
    filterset_class = filters.ClaimFilterSet
    facets = {
        "stance": "stance",
        "polarity": by_polarity,
        "counts": by_counting,
        "relation": by_relation,
        "certainty": "certainty",
        "attribution": "attribution",
        "credibility": "credibility",
        "part": "part",
        "actor": "actor__public_id",
        "actor_kind": "actor__kind",
        "actor_country": "actor__country",
        "topic": "proposition__topic",
        "strike": "proposition__strike__public_id",
        "source": "report__source__public_id",
        "source_kind": "report__source__kind",
        "language": "report__language",
    }
    orderings = {
        "when": "when_at",
        "said": "sort_at",
        "issued": "report__issued_latest",
        "position": "position",
    }
    orderings_help = "`position` needs exactly one `report`."
    default_ordering = "-said"

    def ordering_keys(self) -> list[Key]:
        keys = super().ordering_keys()
        reports = {part for text in self.request.query_params.getlist("report") for part in text.split(",")}
        if keys[0].column == "position" and len(reports) != 1:
            raise BadParameter("ordering", "Positions compare within one report: name it with `report`.")
        return keys

    def load(self, rows: QuerySet[Claim]) -> QuerySet[Claim]:
        return claims_read(rows, self.pin.as_of)

    def attach(self, rows: Sequence[Claim]) -> None:
        attach_to_claims(rows, self.pin.as_of)

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
        claims.sort(key=lambda claim: (claim.sort_at, claim.report.issued_latest, claim.public_id))
        body = {
            "claim": row.public_id,
            "versions": threads.versions(row, self.pin.as_of),
            "relations": thread.links,
            "claims": claims,
            "complete": thread.complete,
        }
        return Response(ThreadSerializer(body, context=self.get_serializer_context()).data)
