"""How a proposition stands: its origins, the side of each, and the dispute state that follows from them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

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
class OriginTally:
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

    keys_by_side: dict[Polarity, set[str]] = field(
        default_factory=lambda: {Polarity.POSITIVE: set(), Polarity.NEGATIVE: set()}
    )
    reports: set[int] = field(default_factory=set)
    """The reports with a claim that takes a side."""
    origins: list[OriginTally] = field(default_factory=list)

    @property
    def origins_for(self) -> int:
        return len(self.keys_by_side[Polarity.POSITIVE])

    @property
    def origins_against(self) -> int:
        return len(self.keys_by_side[Polarity.NEGATIVE])

    @property
    def state(self) -> Dispute:
        if self.origins_for and self.origins_against:
            return Dispute.DISPUTED
        if self.origins_against:
            return Dispute.DENIED
        # One word alone is reported; only a second origin makes it agreed, however many pages repeat the first.
        if self.origins_for > 1:
            return Dispute.AGREED
        return Dispute.SINGLE_ORIGIN if self.origins_for else Dispute.UNREPORTED

    def as_state(self) -> dict[str, object]:
        """What is kept of it in a ``PropositionState``."""
        return {
            "state": self.state,
            "origins_for": self.origins_for,
            "origins_against": self.origins_against,
            "documents": len(self.reports),
        }


class OpenDisputeTally(DisputeTally):
    """How an open question stands: by which of its rival answers somebody is for."""

    def __init__(self, rivals: Collection[DisputeTally]) -> None:
        super().__init__()
        self.asserted = [rival for rival in rivals if rival.origins_for]
        # Where one answer alone is given, the question stands as that answer does; else all are counted together.
        counted = self.asserted if len(self.asserted) == 1 else rivals
        origins: dict[tuple[str, Polarity | None], OriginTally] = {}
        for rival in counted:
            for side, keys in rival.keys_by_side.items():
                self.keys_by_side[side] |= keys
            self.reports |= rival.reports
            for origin in rival.origins:
                tally = origins.setdefault((origin.key, origin.side), OriginTally(origin.key, origin.side))
                tally.claims += origin.claims
                tally.reports |= origin.reports
        self.origins = list(origins.values())

    @property
    def state(self) -> Dispute:
        if not self.asserted:
            return Dispute.UNREPORTED  # denying answers gives none
        if len(self.asserted) > 1:
            return Dispute.DISPUTED  # two who name different culprits contradict each other
        return super().state


def dispute_tallies(
    propositions: Collection[int], at: int | AsOf | None = None, past: Past | None = None
) -> dict[int, DisputeTally]:
    """How each of these propositions stood at a revision (now, if none is given), with what was merged into it.

    ``past`` puts back what amendments have changed since that revision.
    """
    canonical = Proposition.objects.canonical_keys(at)
    rivals: dict[int, set[int]] = defaultdict(set)
    for rival, question in rivals_of(_with_duplicates(propositions, canonical), at, past):
        rivals[canonical.get(question, question)].add(canonical.get(rival, rival))
    weighed = set(propositions).union(*rivals.values())
    tallies = _tallies_by_claims(weighed, canonical, at, past)
    questions = Proposition.objects.filter(pk__in=propositions, open=True)
    open_ones = set(questions.values_list("pk", flat=True))
    return {
        pk: OpenDisputeTally([tallies[rival] for rival in rivals[pk]]) if pk in open_ones else tallies[pk]
        for pk in propositions
    }


def _with_duplicates(propositions: Iterable[int], canonical: Mapping[int, int]) -> set[int]:
    """These propositions and what was merged into them."""
    wanted = set(propositions)
    return wanted | {loser for loser, root in canonical.items() if root in wanted}


def _tallies_by_claims(
    propositions: Collection[int], canonical: Mapping[int, int], at: int | AsOf | None, past: Past | None
) -> dict[int, DisputeTally]:
    """How these propositions stood by the claims on them, answers left aside."""
    with_duplicates = _with_duplicates(propositions, canonical)
    claims = _claims_that_count(with_duplicates, at, past)
    revision = at.revision if isinstance(at, AsOf) else at
    origin_keys = dict(
        ClaimOrigin.objects.current(revision)
        .filter(claim__proposition__in=with_duplicates)
        .values_list("claim", "key")
    )
    updates = set(
        ClaimRelation.objects.published(at)
        .filter(kind__in=SUPERSEDING, other__public_id__in=[claim.lineage for claim in claims])
        .values_list("claim__public_id", "other__public_id")
    )
    claims_by_origin: dict[int, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        proposition = canonical.get(claim.proposition_id, claim.proposition_id)
        claims_by_origin[proposition][origin_keys[claim.pk]].append(claim)
    return {pk: _tally(claims_by_origin[pk], updates) for pk in propositions}


def _claims_that_count(
    propositions: Collection[int], at: int | AsOf | None, past: Past | None
) -> list[Claim]:
    """The claims that take a side. Nobody stands on one by silence, nor by a report that was retracted."""
    claims = (
        Claim.objects.published(at)
        .of_polarity(Polarity.POSITIVE, Polarity.NEGATIVE)
        .filter(proposition__in=propositions)
        .exclude(report__in=retracted_reports(at))
        .select_related("report")
    )
    return [claim if past is None else past.claim_as_it_was(claim) for claim in claims]


def _tally(
    claims_by_origin: Mapping[str, Collection[Claim]], updates: Collection[tuple[str, str]]
) -> DisputeTally:
    tally = DisputeTally()
    for key, claims in claims_by_origin.items():
        side = side_of(claims, updates)
        if side is not None:
            tally.keys_by_side[side].add(key)  # once, however often it speaks
        reports = {claim.report_id for claim in claims}
        tally.reports |= reports
        tally.origins.append(OriginTally(key, side, len(claims), reports))
    return tally


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


def side_of(claims: Collection[Claim], updates: Collection[tuple[str, str]]) -> Polarity | None:
    """The one side of one origin: that of its newest claim; none if that retracts what it said.

    A claim is older than its own origin's update or correction of it; beyond that the later edge of
    when it was said, when it was issued, its position and its id decide.
    """
    lineages = {claim.lineage for claim in claims}
    # An update by somebody else ages nothing: only one's own word takes one's word back.
    outdated = {older for newer, older in updates if newer in lineages and older in lineages}
    # Two that update each other are both outdated: then their dates decide.
    latest = [claim for claim in claims if claim.lineage not in outdated] or claims
    newest = max(
        latest, key=lambda claim: (claim.sort_at, claim.report.issued_latest, claim.position, claim.public_id)
    )
    return None if newest.stance == Stance.RETRACTS else newest.polarity


def retracted_reports(at: int | AsOf | None = None) -> QuerySet[ReportNotice, int]:
    """Reports that their publisher has retracted, as far as the record knew at a revision."""
    # Only a retraction: a page that was merely taken away counts on, else a censor could erase an origin.
    return (
        ReportNotice.objects.published(at).filter(kind=NoticeKind.RETRACTION).values_list("report", flat=True)
    )


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
        raise TooMuch(
            "known_at",
            f"More than {MOST_CLAIMS_WEIGHED:,} claims or {MOST_PROPOSITIONS_WEIGHED:,} propositions to weigh: narrow it.",
        )
    tallies = dispute_tallies(keys, as_of)
    return {pk: PropositionState(proposition_id=pk, **tally.as_state()) for pk, tally in tallies.items()}


def states_of(propositions: QuerySet[Proposition], as_of: AsOf) -> dict[int, PropositionState]:
    """How propositions stood: the states kept at a revision or, as of what was known, computed."""
    if as_of.known is not None:
        return states_known_by(propositions, as_of)
    states = PropositionState.objects.current(as_of.revision).filter(
        proposition__in=propositions.values("pk")
    )
    return {state.proposition_id: state for state in states}
