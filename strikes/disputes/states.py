"""How a proposition stands: its origins, the side of each, and the dispute state that follows from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from django.db.models import Q, QuerySet

from record.limits import TooMuch
from record.models import AsOf
from sources.choices import NoticeKind
from sources.models import ReportNotice
from strikes.choices import ClaimRelationKind, Dispute, Polarity, Stance
from strikes.disputes.past import Past
from strikes.models import Claim, ClaimOrigin, ClaimRelation, Proposition, PropositionState

SUPERSEDING = {ClaimRelationKind.UPDATES, ClaimRelationKind.CORRECTS}


@dataclass
class Origin:
    """One independent origin: its one side, and by how many claims in how many reports it is heard."""

    key: str
    side: Polarity | None
    """Null where it takes none: it only declined, or has retracted what it said."""
    claims: int = 0
    reports: set[int] = field(default_factory=set)

    @property
    def documents(self) -> int:
        return len(self.reports)


@dataclass
class DisputeTally:
    """How the origins of a proposition stand to it."""

    on_side: dict[Polarity, set[str]] = field(
        default_factory=lambda: {Polarity.POSITIVE: set(), Polarity.NEGATIVE: set()}
    )
    documents: set[int] = field(default_factory=set)
    origins: list[Origin] = field(default_factory=list)

    @property
    def origins_for(self) -> int:
        return len(self.on_side[Polarity.POSITIVE])

    @property
    def origins_against(self) -> int:
        return len(self.on_side[Polarity.NEGATIVE])

    @property
    def state(self) -> Dispute:
        if self.origins_for and self.origins_against:
            return Dispute.DISPUTED
        if self.origins_against:
            return Dispute.DENIED
        if self.origins_for > 1:
            return Dispute.AGREED
        return Dispute.SINGLE_ORIGIN if self.origins_for else Dispute.UNREPORTED

    def as_state(self) -> dict[str, object]:
        return {
            "state": self.state,
            "origins_for": self.origins_for,
            "origins_against": self.origins_against,
            "documents": len(self.documents),
        }


class OpenDisputeTally(DisputeTally):
    """How an open question stands: by which of its rival answers somebody is for."""

    def __init__(self, rivals: Collection[DisputeTally]) -> None:
        super().__init__()
        merged: dict[Any, Origin] = {}
        asserted = [rival for rival in rivals if rival.origins_for]
        for rival in asserted if len(asserted) == 1 else rivals:
            for side, keys in rival.on_side.items():
                self.on_side[side] |= keys
            self.documents |= rival.documents
            for one in rival.origins:
                whole = merged.setdefault((one.key, one.side), Origin(one.key, one.side))
                whole.claims += one.claims
                whole.reports |= one.reports
        self.origins = list(merged.values())
        self._state = Dispute.DISPUTED if len(asserted) > 1 else None
        if not asserted:
            self._state = Dispute.UNREPORTED

    @property
    def state(self) -> Dispute:
        return self._state or super().state


def dispute_tallies(
    propositions: Collection[int], at: int | AsOf | None = None, past: Past | None = None
) -> dict[int, DisputeTally]:
    """How each of these propositions stood at a revision (now, if none is given), with what was merged into it.

    ``past`` puts back what amendments have changed since that revision.
    """
    revision = at.revision if isinstance(at, AsOf) else at
    merged = Proposition.objects.canonical_keys(at)
    members: dict[int, set[int]] = defaultdict(set)
    for loser, root in merged.items():
        members[root].add(loser)

    def family(keys: Iterable[int]) -> set[int]:
        return {one for key in keys for one in {key, *members[key]}}

    rivals: dict[int, set[int]] = defaultdict(set)
    for rival, question in answers(family(propositions), at, past):
        rivals[merged.get(question, question)].add(merged.get(rival, rival))
    wanted = set(propositions) | {rival for group in rivals.values() for rival in group}

    claims = list(
        Claim.objects.published(at)
        .of_polarity(Polarity.POSITIVE, Polarity.NEGATIVE)
        .filter(proposition__in=family(wanted))
        .exclude(report__in=retracted_reports(at))
        .select_related("report")
    )
    if past is not None:
        claims = [past.claim(claim) for claim in claims]
    keys = dict(
        ClaimOrigin.objects.current(revision)
        .filter(claim__proposition__in=family(wanted))
        .values_list("claim", "key")
    )
    updates = set(
        ClaimRelation.objects.published(at)
        .filter(kind__in=SUPERSEDING, other__public_id__in=[claim.lineage for claim in claims])
        .values_list("claim__public_id", "other__public_id")
    )
    grouped: dict[int, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        grouped[merged.get(claim.proposition_id, claim.proposition_id)][keys[claim.pk]].append(claim)

    found = {}
    for proposition in wanted:
        tally = DisputeTally()
        for key, group in grouped[proposition].items():
            side = side_of(group, updates)
            if side is not None:
                tally.on_side[side].add(key)
            reports = {claim.report_id for claim in group}
            tally.documents |= reports
            tally.origins.append(Origin(key, side, len(group), reports))
        found[proposition] = tally
    open_ones = set(Proposition.objects.filter(pk__in=propositions, open=True).values_list("pk", flat=True))
    return {
        pk: OpenDisputeTally([found[rival] for rival in rivals[pk]]) if pk in open_ones else found[pk]
        for pk in propositions
    }


def answers(
    questions: Collection[int], at: int | AsOf | None = None, past: Past | None = None
) -> Iterator[tuple[int, int]]:
    """Each proposition that answers one of these, with the one it answers."""
    cited = Proposition.objects.cited(at)
    amended = past.amended(Proposition, "answers") if past else []
    for row in cited.filter(Q(answers__in=questions) | Q(public_id__in=amended)):
        question = (past.read(row) if past else row).answers_id
        if question in questions:
            yield row.pk, cast(int, question)


def side_of(claims: Collection[Claim], updates: Collection[tuple[str, str]]) -> Polarity | None:
    """The one side of one origin: that of its newest claim; none if that retracts what it said.

    A claim is older than its own origin's update or correction of it; beyond that the later edge of
    when it was said, when it was issued, its position and its id decide.
    """
    lineages = {claim.lineage for claim in claims}
    outdated = {older for newer, older in updates if newer in lineages and older in lineages}
    latest = [claim for claim in claims if claim.lineage not in outdated] or claims
    newest = max(latest, key=lambda c: (c.sort_at, c.report.issued_latest, c.position, c.public_id))
    return None if newest.stance == Stance.RETRACTS else newest.polarity


def retracted_reports(at: int | AsOf | None = None) -> QuerySet[Any, Any]:
    """Reports that their publisher has retracted, as far as the record knew at a revision."""
    return ReportNotice.objects.published(at).filter(kind=NoticeKind.RETRACTION).values("report")


MOST_CLAIMS_WEIGHED, MOST_PROPOSITIONS_WEIGHED = 20_000, 10_000
"""What is weighed for one answer under `known_at`; beyond that it is refused."""


def states_known_by(propositions: QuerySet[Proposition], as_of: AsOf) -> dict[int, PropositionState]:
    """How propositions stood, by what had been said and issued by a moment: computed, since none is kept."""
    keys = set(propositions.values_list("pk", flat=True)[: MOST_PROPOSITIONS_WEIGHED + 1])
    claims = Claim.objects.published(as_of).filter(proposition__in=propositions.values("pk"))
    if (
        len(keys) > MOST_PROPOSITIONS_WEIGHED
        or claims[: MOST_CLAIMS_WEIGHED + 1].count() > MOST_CLAIMS_WEIGHED
    ):
        text = f"More than {MOST_CLAIMS_WEIGHED:,} claims or {MOST_PROPOSITIONS_WEIGHED:,} propositions to weigh: narrow it."
        raise TooMuch("known_at", text)
    return {
        pk: PropositionState(proposition_id=pk, **tally.as_state())
        for pk, tally in dispute_tallies(keys, as_of).items()
    }


def states_of(propositions: QuerySet[Proposition], as_of: AsOf) -> dict[int, PropositionState]:
    """How propositions stood: the states kept at a revision or, as of what was known, computed."""
    if as_of.known is not None:
        return states_known_by(propositions, as_of)
    kept = PropositionState.objects.current(as_of.revision).filter(proposition__in=propositions.values("pk"))
    return {state.proposition_id: state for state in kept}
