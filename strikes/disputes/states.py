"""How a proposition stands: its origins, the sides they are on, and the dispute state that follows from them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from django.db.models import Q, QuerySet

from record.limits import TooMuch
from record.models import AsOf
from strikes.choices import Dispute, Polarity
from strikes.disputes.basis import Basis, basis_of, basis_of_answers, stands_of, state_from
from strikes.disputes.loading import Weighed, weigh_propositions
from strikes.disputes.past import Past, RecordAt
from strikes.disputes.voices import VoicesAt
from strikes.disputes.weighing import OriginTally, WeighedClaim, origins_among
from strikes.models import Claim, Proposition, PropositionState

LAST = dt.datetime.max.replace(tzinfo=dt.UTC)


class DisputeTally:
    """How the origins of a proposition stand to it."""

    def __init__(self, weighed: Weighed | None = None) -> None:
        self.weighed = weighed or Weighed()

    @property
    def claims(self) -> Sequence[WeighedClaim]:
        return self.weighed.claims

    @cached_property
    def keys_by_side(self) -> dict[Polarity, set[str]]:
        keys: dict[Polarity, set[str]] = defaultdict(set)
        for claim in self.claims:
            if claim.stands:
                keys[claim.polarity].add(claim.key)
        return keys

    @property
    def origins_for(self) -> int:
        return len(self.keys_by_side[Polarity.POSITIVE])

    @property
    def origins_against(self) -> int:
        return len(self.keys_by_side[Polarity.NEGATIVE])

    @property
    def origins_forecasting(self) -> int:
        return len(self.keys_by_side[Polarity.FORECAST])

    @cached_property
    def reports(self) -> set[int]:
        """The reports with a claim for it, against it or that forecasts it, and that was not taken back."""
        return {
            claim.page
            for claim in self.claims
            if claim.page and claim.polarity != Polarity.NEUTRAL and claim.retracted_through is None
        }

    @cached_property
    def origins(self) -> list[OriginTally]:
        return origins_among(self.claims)

    @property
    def first_said_at(self) -> dt.datetime | None:
        return min((claim.time[0] for claim in self.claims), default=None)

    @property
    def state(self) -> Dispute:
        return state_from({side: len(keys) for side, keys in self.keys_by_side.items()})

    @cached_property
    def basis(self) -> Basis:
        return basis_of(self.claims, self.weighed.endings)

    def as_state(self) -> dict[str, object]:
        """What is kept of it in a ``PropositionState``."""
        return {
            "state": self.state,
            "origins_for": self.origins_for,
            "origins_against": self.origins_against,
            "origins_forecasting": self.origins_forecasting,
            "documents": len(self.reports),
            "first_said_at": self.first_said_at,
            "basis": self.basis,
        }


class OpenDisputeTally(DisputeTally):
    """How an open question stands: by which of its rival answers somebody is for."""

    def __init__(self, own: DisputeTally, rivals: Mapping[str, DisputeTally]) -> None:
        super().__init__()
        self.own, self.rivals = own, rivals
        self.asserted = {name: rival for name, rival in rivals.items() if rival.origins_for}
        # Where one answer alone is given, the question stands as that answer does; else all are counted together.
        self.counted = self.asserted if len(self.asserted) == 1 else rivals

    @cached_property
    def counted_claims(self) -> list[WeighedClaim]:
        return [claim for rival in self.counted.values() for claim in rival.claims]

    @cached_property
    def keys_by_side(self) -> dict[Polarity, set[str]]:
        keys: dict[Polarity, set[str]] = defaultdict(set)
        for rival in self.counted.values():
            for side, keys_of_rival in rival.keys_by_side.items():
                keys[side] |= keys_of_rival
        return keys

    @cached_property
    def reports(self) -> set[int]:
        return {report for rival in self.counted.values() for report in rival.reports}

    @cached_property
    def origins(self) -> list[OriginTally]:
        return origins_among(self.counted_claims)

    @property
    def claims(self) -> Sequence[WeighedClaim]:
        return self.own.claims

    @property
    def first_said_at(self) -> dt.datetime | None:
        moments = [tally.first_said_at for tally in (self.own, *self.rivals.values())]
        return min((moment for moment in moments if moment is not None), default=None)

    @property
    def state(self) -> Dispute:
        if not self.asserted:
            # Denying answers gives none; predicting one does not either.
            return Dispute.FORECAST_ONLY if self.origins_forecasting else Dispute.UNREPORTED
        if len(self.asserted) > 1:
            return Dispute.DISPUTED  # two who name different culprits contradict each other
        return super().state

    @cached_property
    def basis(self) -> Basis:
        stands = {name: stands_of(rival.claims) for name, rival in self.rivals.items()}
        return basis_of_answers(self.own.basis, {n: rival.basis for n, rival in self.rivals.items()}, stands)


def dispute_tallies(
    propositions: Collection[int],
    at: int | AsOf | None = None,
    past: Past | None = None,
    voices: VoicesAt | None = None,
) -> dict[int, DisputeTally]:
    """How each of these propositions stood at a revision (now, if none is given), with what was merged into it.

    ``past`` puts back what amendments have changed since that revision; ``voices`` knows those that are not kept yet.
    """
    revision = at.revision if isinstance(at, AsOf) else at
    voices = voices or VoicesAt(RecordAt(revision, past))
    canonical = Proposition.objects.canonical_keys(at)
    rivals: dict[int, set[int]] = defaultdict(set)
    for rival, question in rivals_of(_with_duplicates(propositions, canonical), at, past):
        rivals[canonical.get(question, question)].add(canonical.get(rival, rival))
    wanted = set(propositions).union(*rivals.values())
    weighed = weigh_propositions(_with_duplicates(wanted, canonical), canonical, at, voices)
    tallies = {pk: DisputeTally(weighed.get(pk)) for pk in wanted}
    questions = Proposition.objects.filter(pk__in=propositions, open=True).values_list("pk", flat=True)
    answering = set().union(*rivals.values())
    id_of = dict(Proposition.objects.filter(pk__in=answering).values_list("pk", "public_id"))
    for question in questions:
        # What was answered first is told first; an answer that nobody has given comes last.
        in_order = sorted(
            rivals[question], key=lambda rival: (tallies[rival].first_said_at or LAST, id_of[rival])
        )
        answers = {str(id_of[rival]): tallies[rival] for rival in in_order}
        tallies[question] = OpenDisputeTally(tallies[question], answers)
    return {pk: tallies[pk] for pk in propositions}


def _with_duplicates(propositions: Iterable[int], canonical: Mapping[int, int]) -> set[int]:
    """These propositions and what was merged into them."""
    wanted = set(propositions)
    return wanted | {loser for loser, root in canonical.items() if root in wanted}


def rivals_of(
    questions: Collection[int], at: int | AsOf | None = None, past: Past | None = None
) -> Iterator[tuple[int, int]]:
    """Each proposition that answers one of these, with the one it answers."""
    cited = Proposition.objects.cited(at)
    # What an amendment has pointed elsewhere since may have answered one of these then.
    amended = past.ids_amended(Proposition, "answers") if past else []
    for row in cited.filter(Q(answers__in=questions) | Q(public_id__in=amended)):
        question = (past.as_it_was(row) if past else row).answers_id
        if question is not None and question in questions:
            yield row.pk, question


MOST_CLAIMS_WEIGHED, MOST_PROPOSITIONS_WEIGHED = 20_000, 10_000
"""What is weighed for one answer under `known_at`; beyond that it is refused."""


def tallies_known_by(propositions: QuerySet[Proposition], as_of: AsOf) -> dict[int, DisputeTally]:
    """How propositions stood, by what had been said and issued by a moment: computed, since it is not kept."""
    keys = set(propositions.values_list("pk", flat=True)[: MOST_PROPOSITIONS_WEIGHED + 1])
    claims = Claim.objects.published(as_of).filter(proposition__in=propositions.values("pk"))
    if (
        len(keys) > MOST_PROPOSITIONS_WEIGHED
        or claims[: MOST_CLAIMS_WEIGHED + 1].count() > MOST_CLAIMS_WEIGHED
    ):
        raise TooMuch(
            "known_at",
            f"More than {MOST_CLAIMS_WEIGHED:,} claims or {MOST_PROPOSITIONS_WEIGHED:,} propositions to weigh: narrow it.",
        )
    return dispute_tallies(keys, as_of)


def states_known_by(propositions: QuerySet[Proposition], as_of: AsOf) -> dict[int, PropositionState]:
    """The same as states."""
    tallies = tallies_known_by(propositions, as_of)
    return {pk: PropositionState(proposition_id=pk, **tally.as_state()) for pk, tally in tallies.items()}


def states_of(propositions: QuerySet[Proposition], as_of: AsOf) -> dict[int, PropositionState]:
    """How propositions stood: the states kept at a revision or, as of what was known, computed."""
    if as_of.known is not None:
        return states_known_by(propositions, as_of)
    states = PropositionState.objects.current(as_of.revision).filter(
        proposition__in=propositions.values("pk")
    )
    return {state.proposition_id: state for state in states}
