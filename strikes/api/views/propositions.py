"""Points at issue, and editors' grades of them, over REST."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from api.views import RecordViewSet
from strikes.api import filters
from strikes.api.facets import DISPUTE_FACETS, by_flag
from strikes.api.serializers.propositions import AssessmentSerializer, PropositionSerializer
from strikes.disputes.explanations import explained
from strikes.disputes.ranking import ranks
from strikes.disputes.states import states_known_by
from strikes.models import Assessment, Proposition, PropositionState
from strikes.models.related import SUBJECTS, with_prefix


class PropositionViewSet(RecordViewSet[Proposition]):
    """Points at issue, each with how the independent origins stand to it.

    `propositions/?strike=2024-03-12-norsi&dispute=disputed` lists what is disputed about one strike.
    """

    model = Proposition
    serializer_class = PropositionSerializer
    filterset_class = filters.PropositionFilterSet
    facets = {
        "topic": "topic",
        "open": by_flag("open"),
        "strike": "strike__public_id",
        "unit": "unit__public_id",
        **DISPUTE_FACETS,
    }

    def load(self, rows: QuerySet[Proposition]) -> QuerySet[Proposition]:
        # Typed by hand: the type checker would take `to_attr` for a second declaration of the attribute.
        states: Prefetch[str, QuerySet[PropositionState], str] = Prefetch(
            "states", PropositionState.objects.current(self.pin.revision), to_attr="loaded_states"
        )
        return (
            super()
            .load(rows)
            .select_related("strike", "answers", "caused_by", *SUBJECTS)
            .prefetch_related(states)
        )

    def attach(self, rows: Sequence[Proposition]) -> None:
        if self.pin.known is not None:
            listed = Proposition.objects.filter(pk__in=[proposition.pk for proposition in rows])
            state_of = states_known_by(listed, self.pin.as_of)
            for proposition in rows:
                proposition.loaded_states = [state_of[proposition.pk]]
        explained_of = explained(proposition.loaded_state for proposition in rows)
        rank_of = ranks(rows, self.pin.as_of)
        for proposition in rows:
            proposition.explained = explained_of[proposition.pk]
            proposition.rank = rank_of[proposition.pk]


class AssessmentViewSet(RecordViewSet[Assessment]):
    """Editors' grades of propositions, with basis and reason. The newest of a proposition counts.

    A grade is a judgement of ours. It stands beside the counts of origins, and replaces no claim.
    """

    model = Assessment
    serializer_class = AssessmentSerializer
    filterset_class = filters.AssessmentFilterSet
    facets = {"grade": "grade", "grade_basis": "grade_basis"}

    def load(self, rows: QuerySet[Assessment]) -> QuerySet[Assessment]:
        return (
            super().load(rows).select_related("proposition__strike", *with_prefix("proposition", *SUBJECTS))
        )
