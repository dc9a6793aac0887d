"""On whose word, and how it stands: origins, sides and dispute states.

Everything here is computed from the record as it stands at a revision; the doors keep the results
(`ClaimOrigin`, `PropositionState`) and `manage.py check_record` compares them with a new computation.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from record.api.problems import BadParameter
from record.models import AsOf, Recorded, Revision
from sources.choices import ActorKind, NoticeKind, ReportPart
from sources.models import Actor, Report, ReportNotice
from strikes.choices import ClaimRelationKind, Dispute, Polarity, Stance
from strikes.models import Claim, ClaimOrigin, ClaimRelation, Proposition, PropositionState

NAMELESS = {ActorKind.COLLECTIVE, ActorKind.UNKNOWN}
HEADINGS = {ReportPart.HEADLINE, ReportPart.SUBHEADLINE}
SUPERSEDING = {ClaimRelationKind.UPDATES, ClaimRelationKind.CORRECTS}


# Origins ------------------------------------------------------------------------------------


def origin_key(claim: Claim) -> str:
    """The id of the actor on whose word a claim rests. Claims of one key are one origin.

    A claim that repeats another rests on that one's word. A person speaks for the first body above
    them; a collective or unknown voice for the named actor at the head of its chain; an outlet, in
    its own voice, for the outlet whose copy it carries, but for its headings itself.
    """
    repeated = repeated_by(claim)
    if repeated is not None:
        return origin_key(repeated)
    if claim.actor.kind in NAMELESS:
        head = claim.chain.select_related("actor").first()
        if head and head.actor and head.actor.kind not in NAMELESS | {ActorKind.ANONYMOUS}:
            return str(body_of(head.actor).public_id)
    if claim.actor_id == claim.report.source.voice_id and claim.part not in HEADINGS:
        return str(claim.report.root().voice.public_id)
    return str(body_of(claim.actor).public_id)


def body_of(actor: Actor) -> Actor:
    """The first body above a person, or the person; a body is never folded into its parent."""
    while actor.kind == ActorKind.PERSON and actor.affiliation is not None:
        actor = actor.affiliation
    return actor


def repeated_by(claim: Claim) -> Claim | None:
    """The public claim that this one merely repeats."""
    relation = (
        ClaimRelation.objects.published()
        .filter(claim__public_id=claim.lineage, kind=ClaimRelationKind.REPEATS)
        .select_related("other")
        .first()
    )
    if relation is None:
        return None
    return Claim.objects.published().filter(lineage=relation.other.public_id).first()


def repeaters_of(claim: Claim) -> Iterator[Claim]:
    """The public claims that merely repeat this one."""
    lineages = (
        ClaimRelation.objects.published()
        .filter(other__public_id=claim.lineage, kind=ClaimRelationKind.REPEATS)
        .values("claim__public_id")
    )
    yield from Claim.objects.published().filter(lineage__in=lineages)


# Sides --------------------------------------------------------------------------------------


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
class Standing:
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

    def kept(self) -> dict[str, object]:
        return {
            "state": self.state,
            "origins_for": self.origins_for,
            "origins_against": self.origins_against,
            "documents": len(self.documents),
        }


class OpenStanding(Standing):
    """How an open question stands: by which of its rival answers somebody is for."""

    def __init__(self, rivals: Collection[Standing]) -> None:
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


def standings(propositions: Collection[int], at: int | AsOf | None = None) -> dict[int, Standing]:
    """How each of these propositions stood at a revision (now, if none is given). Five queries."""
    revision = at.revision if isinstance(at, AsOf) else at
    rivals: dict[int, list[int]] = defaultdict(list)
    for rival, question in (
        Proposition.objects.published(at).filter(answers__in=propositions).values_list("pk", "answers")
    ):
        rivals[question or 0].append(rival)
    wanted = set(propositions) | {rival for group in rivals.values() for rival in group}

    claims = list(
        Claim.objects.published(at)
        .of_polarity(Polarity.POSITIVE, Polarity.NEGATIVE)
        .filter(proposition__in=wanted)
        .exclude(report__in=retracted(at))
        .select_related("report")
    )
    keys = dict(
        ClaimOrigin.objects.current(revision)
        .filter(claim__proposition__in=wanted)
        .values_list("claim", "key")
    )  # fmt: skip
    updates = set(
        ClaimRelation.objects.published(at)
        .filter(kind__in=SUPERSEDING, other__public_id__in=[claim.lineage for claim in claims])
        .values_list("claim__public_id", "other__public_id")
    )
    grouped: dict[int, dict[str, list[Claim]]] = defaultdict(lambda: defaultdict(list))
    for claim in claims:
        grouped[claim.proposition_id][keys[claim.pk]].append(claim)

    found = {}
    for proposition in wanted:
        standing = Standing()
        for key, group in grouped[proposition].items():
            side = side_of(group, updates)
            if side is not None:
                standing.on_side[side].add(key)
            reports = {claim.report_id for claim in group}
            standing.documents |= reports
            standing.origins.append(Origin(key, side, len(group), reports))
        found[proposition] = standing
    open_ones = set(Proposition.objects.filter(pk__in=propositions, open=True).values_list("pk", flat=True))
    return {
        pk: OpenStanding([found[rival] for rival in rivals[pk]]) if pk in open_ones else found[pk]
        for pk in propositions
    }


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


def retracted(at: int | AsOf | None = None) -> QuerySet[Any, Any]:
    """Reports that their publisher has retracted, as far as the record knew at a revision."""
    return ReportNotice.objects.published(at).filter(kind=NoticeKind.RETRACTION).values("report")


MOST_CLAIMS, MOST_PROPOSITIONS = 20_000, 10_000
"""What is weighed for one answer under `known_at`; beyond that it is refused."""


def known_states(propositions: QuerySet[Proposition], then: AsOf) -> dict[int, PropositionState]:
    """How propositions stood, by what had been said and issued by a moment: computed, since none is kept."""
    keys = set(propositions.values_list("pk", flat=True)[: MOST_PROPOSITIONS + 1])
    claims = Claim.objects.published(then).filter(proposition__in=propositions.values("pk"))
    if len(keys) > MOST_PROPOSITIONS or claims[: MOST_CLAIMS + 1].count() > MOST_CLAIMS:
        text = f"More than {MOST_CLAIMS:,} claims or {MOST_PROPOSITIONS:,} propositions to weigh: narrow it."
        raise BadParameter("known_at", text, "too_much")
    return {
        pk: PropositionState(proposition_id=pk, **standing.kept())
        for pk, standing in standings(keys, then).items()
    }


def states_of(propositions: QuerySet[Proposition], then: AsOf) -> dict[int, PropositionState]:
    """How propositions stood: the states kept at a revision or, as of what was known, computed."""
    if then.known is not None:
        return known_states(propositions, then)
    kept = PropositionState.objects.current(then.revision).filter(proposition__in=propositions.values("pk"))
    return {state.proposition_id: state for state in kept}


def about_themselves(then: AsOf) -> QuerySet[Claim]:
    """Claims about the speaker's own deed: the speaker, or the body it speaks for, is the subject."""
    spoken_for = ClaimOrigin.objects.current(then.revision).filter(
        claim=OuterRef("pk"), key=OuterRef("proposition__actor__public_id")
    )
    claims: QuerySet[Claim] = Claim.objects.filter(Q(actor=F("proposition__actor")) | Exists(spoken_for))
    return claims


# Keeping them ---------------------------------------------------------------------------------


def refresh(touched: Collection[Recorded], revision: Revision) -> None:
    """Bring the kept origins and states up to date with the rows that a revision has touched."""
    claims = _claims_behind(touched)
    for claim in claims:
        if claim.is_public:
            _resettle(claim)
    propositions = {claim.proposition_id for claim in claims}
    propositions |= {row.pk for row in touched if isinstance(row, Proposition)}
    propositions |= _rekey(claims, revision)
    _keep_states(propositions, revision)


def _claims_behind(touched: Collection[Recorded]) -> list[Claim]:
    """The claims whose origin, weight or order can have changed."""
    claims = {row.pk for row in touched if isinstance(row, Claim)}
    reports = _all_derived({row.pk for row in touched if isinstance(row, Report)})
    actors = _all_voices({row.pk for row in touched if isinstance(row, Actor)})
    if reports or actors:
        about = Q(report__in=reports) | Q(actor__in=actors) | Q(chain__actor__in=actors)
        claims |= set(Claim.objects.cited().filter(about).values_list("pk", flat=True))
    return list(Claim.objects.filter(pk__in=claims).order_by("published_rev", "pk"))


def _all_derived(reports: set[int]) -> set[int]:
    newest = reports
    while newest:
        newest = set(Report.objects.filter(derived_from__in=newest).values_list("pk", flat=True)) - reports
        reports = reports | newest
    return reports


def _all_voices(actors: set[int]) -> set[int]:
    newest = actors
    while newest:
        newest = set(Actor.objects.filter(affiliation__in=newest).values_list("pk", flat=True)) - actors
        actors = actors | newest
    return actors


def _resettle(claim: Claim) -> None:
    before = claim.sort_at, claim.known_at
    claim.settle()
    if (claim.sort_at, claim.known_at) != before:
        claim.save(update_fields=["sort_at", "known_at"])


def _rekey(claims: Iterable[Claim], revision: Revision) -> set[int]:
    """Set the origin of each claim anew, and of those that repeat it; returns their propositions."""
    propositions = set()
    queue = deque(claims)
    while queue:
        claim = queue.popleft()
        key = origin_key(claim) if claim.is_public else None
        kept = ClaimOrigin.objects.current().filter(claim=claim).first()
        if (kept.key if kept else None) == key:
            continue
        if kept is not None and kept.from_rev_id == revision.pk:
            kept.delete()
        elif kept is not None:
            kept.to_rev = revision
            kept.save(update_fields=["to_rev"])
        if key is not None:
            ClaimOrigin.objects.create(claim=claim, key=key, from_rev=revision)
        propositions.add(claim.proposition_id)
        queue.extend(repeaters_of(claim))
    return propositions


def _keep_states(propositions: set[int], revision: Revision) -> None:
    """Write the state of each proposition, and of the open ones it can be an answer to, if it changed."""
    rows = Proposition.objects.filter(pk__in=propositions)
    beside = Q(strike__in=rows.filter(strike__isnull=False).values("strike"))
    for subject in ("facility", "unit", "actor", "region"):
        beside |= Q(**{f"{subject}__in": rows.filter(**{f"{subject}__isnull": False}).values(subject)})
    questions = Proposition.objects.cited().filter(beside, open=True)
    affected = propositions | set(questions.values_list("pk", flat=True))
    public = set(Proposition.objects.cited().filter(pk__in=affected).values_list("pk", flat=True))
    now = standings(public)
    kept = {state.proposition_id: state for state in PropositionState.objects.current().filter(
        proposition__in=affected)}  # fmt: skip
    for pk in affected:
        new = now[pk].kept() if pk in now else None
        old = kept.get(pk)
        if old is not None:
            if new == {name: getattr(old, name) for name in new or {}}:
                continue
            if old.from_rev_id == revision.pk:
                old.delete()
            else:
                old.to_rev = revision
                old.save(update_fields=["to_rev"])
        if new is not None:
            PropositionState.objects.create(proposition_id=pk, from_rev=revision, **new)


def discrepancies() -> Iterator[str]:
    """Where what is kept differs from what the record says now."""
    keys = dict(ClaimOrigin.objects.current().values_list("claim", "key"))
    for claim in Claim.objects.cited():
        key = keys.pop(claim.pk, None)
        if key != (right := origin_key(claim)):
            yield f"claims/{claim.public_id}: its origin is kept as {key} and should be {right}."
    for pk in keys:
        yield f"claims/{Claim.objects.get(pk=pk).public_id}: an origin is kept though it is not public."
    public = {row.pk: row.public_id for row in Proposition.objects.cited()}
    kept = {state.proposition_id: state for state in PropositionState.objects.current()}
    for pk, standing in standings(set(public)).items():
        state = kept.pop(pk, None)
        right_state = standing.kept()
        if state is None or right_state != {name: getattr(state, name) for name in right_state}:
            yield f"propositions/{public[pk]}: its state is kept as {state} and should be {right_state}."
    for pk in kept:
        yield f"propositions/{Proposition.objects.get(pk=pk).public_id}: a state is kept, not public."
