"""On whose word, and how it stands: origins, sides and dispute states.

Everything here is computed from the record as it stands at a revision; the doors keep the results
(`ClaimOrigin`, `PropositionState`) and `manage.py check_record` compares them with a new computation.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from api.errors import BadParameter
from record.models import AsOf, ChangeQuerySet, Merge, Recorded, Revision
from sources.choices import ActorKind, NoticeKind, ReportPart
from sources.models import Actor, Report, ReportNotice, Source
from strikes.choices import ClaimRelationKind, Dispute, Polarity, Stance
from strikes.models import Claim, ClaimOrigin, ClaimRelation, Proposition, PropositionState

if TYPE_CHECKING:
    from strikes.disputes.past import Past

NAMELESS = {ActorKind.COLLECTIVE, ActorKind.UNKNOWN}
HEADINGS = {ReportPart.HEADLINE, ReportPart.SUBHEADLINE}
SUPERSEDING = {ClaimRelationKind.UPDATES, ClaimRelationKind.CORRECTS}


# Origins ------------------------------------------------------------------------------------


class Then:
    """The record as it reads at a revision (now, if none is given): who stands for whom, and what rows said.

    ``past`` puts back what amendments have changed since; without it rows are as they are today.
    """

    def __init__(self, at: int | None = None, past: Past | None = None) -> None:
        self.at, self.past = at, past
        self.kept: dict[tuple[type[Any], int], Any] = {}

    @cached_property
    def actors(self) -> dict[int, int]:
        return Actor.objects.merged(self.at)

    @cached_property
    def sources(self) -> dict[int, int]:
        return Source.objects.merged(self.at)

    def actor(self, actor: Actor) -> Actor:
        """The actor that stands for this one."""
        return cast(Actor, self.standing_for(actor, self.actors))

    def source(self, source: Source) -> Source:
        """The source that stands for this one."""
        return cast(Source, self.standing_for(source, self.sources))

    def standing_for(self, row: Any, merged: dict[int, int]) -> Any:
        key = (type(row), merged.get(row.pk, row.pk))
        if key not in self.kept:
            self.kept[key] = self.read(row if key[1] == row.pk else type(row).objects.get(pk=key[1]))
        return self.kept[key]

    def read(self, row: Any) -> Any:
        """The row as it was."""
        return row if self.past is None else self.past.read(row)


def origin_key(claim: Claim, then: Then | None = None) -> str:
    """The id of the actor on whose word a claim rests. Claims of one key are one origin.

    A claim that repeats another rests on that one's word. A person speaks for the first body above
    them; a collective or unknown voice for the named actor at the head of its chain; an outlet, in
    its own voice, for the outlet whose copy it carries, but for its headings itself. Whoever was
    merged is the one that stands for them.
    """
    then = then or Then()
    repeated = repeated_by(claim, then.at)
    if repeated is not None:
        return origin_key(repeated, then)
    actor = then.actor(claim.actor)
    if actor.kind in NAMELESS:
        head = claim.chain.select_related("actor").first()
        if head and head.actor and then.actor(head.actor).kind not in NAMELESS | {ActorKind.ANONYMOUS}:
            return str(body_of(head.actor, then).public_id)
    if then.read(claim).part not in HEADINGS:
        voices = (one.voice_id for one in (claim.report.source, then.source(claim.report.source)))
        if actor.pk in (then.actors.get(voice, voice) for voice in voices):
            return str(then.actor(then.source(root_of(claim.report, then)).voice).public_id)
    return str(body_of(actor, then).public_id)


def body_of(actor: Actor, then: Then) -> Actor:
    """The first body above a person, or the person; a body is never folded into its parent."""
    actor = then.actor(actor)
    while actor.kind == ActorKind.PERSON and actor.affiliation is not None:
        actor = then.actor(actor.affiliation)
    return actor


def root_of(report: Report, then: Then) -> Source:
    """The source whose own words a report carries, at the end of what is known of its copies."""
    report = then.read(report)
    while report.derived_from is not None:
        report = then.read(report.derived_from)
    return report.wire_source or report.source


def repeated_by(claim: Claim, at: int | None = None) -> Claim | None:
    """The public claim that this one merely repeats."""
    relation = (
        ClaimRelation.objects.published(at)
        .filter(claim__public_id=claim.lineage, kind=ClaimRelationKind.REPEATS)
        .select_related("other")
        .first()
    )
    if relation is None:
        return None
    return Claim.objects.published(at).filter(lineage=relation.other.public_id).first()


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


def standings(
    propositions: Collection[int], at: int | AsOf | None = None, past: Past | None = None
) -> dict[int, Standing]:
    """How each of these propositions stood at a revision (now, if none is given), with what was merged into it.

    ``past`` puts back what amendments have changed since that revision.
    """
    revision = at.revision if isinstance(at, AsOf) else at
    merged = Proposition.objects.merged(at)
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
        .exclude(report__in=retracted(at))
        .select_related("report")
    )
    if past is not None:
        claims = [past.claim(claim) for claim in claims]
    keys = dict(
        ClaimOrigin.objects.current(revision)
        .filter(claim__proposition__in=family(wanted))
        .values_list("claim", "key")
    )  # fmt: skip
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
    themselves: Any = Q(Q(actor=F("proposition__actor")) | Exists(spoken_for))
    merged = Actor.objects.merged(then)
    for root, public_id in Actor.objects.filter(pk__in=set(merged.values())).values_list("pk", "public_id"):
        same = {root} | {loser for loser, end in merged.items() if end == root}
        by_key = ClaimOrigin.objects.current(then.revision).filter(claim=OuterRef("pk"), key=public_id)
        themselves |= Q(proposition__actor__in=same) & (Q(actor__in=same) | Exists(by_key))
    claims: QuerySet[Claim] = Claim.objects.filter(themselves)
    return claims


# Keeping them ---------------------------------------------------------------------------------


def refresh(touched: Collection[Recorded], revision: Revision) -> None:
    """Bring the kept origins and states up to date with the rows that a revision has touched."""
    claims = claims_behind(touched, renamed(touched, revision))
    for claim in claims:
        if claim.is_public:
            _resettle(claim)
    propositions = {claim.proposition_id for claim in claims}
    propositions |= {row.pk for row in touched if isinstance(row, Proposition)}
    propositions |= _rekey(claims, revision)
    _keep_states(propositions, revision)


def renamed(touched: Collection[Recorded], revision: Revision) -> list[Recorded]:
    """The actors and sources that a merge or its undoing made stand, or no longer stand, for others."""
    found: list[Recorded] = []
    for model in {Actor, Source} & {type(row) for row in touched}:
        ids = Merge.objects.of(revision).filter(collection=model.collection).values_list("loser", "survivor")
        found += model.objects.filter(public_id__in={one for pair in ids for one in pair})
    return found


def claims_behind(touched: Collection[Recorded], renamed: Collection[Recorded] = ()) -> list[Claim]:
    """The claims whose origin, weight or order can have changed."""
    claims = {row.pk for row in touched if isinstance(row, Claim)}
    reports = {row.pk for row in touched if isinstance(row, Report)}
    voices = Actor.objects.same(row.pk for row in renamed if isinstance(row, Actor)) if renamed else set()
    sources = Source.objects.same(row.pk for row in renamed if isinstance(row, Source)) if renamed else set()
    if voices or sources:
        own = Source.objects.filter(Q(pk__in=sources) | Q(voice__in=voices)).values("pk")
        copies = Report.objects.filter(Q(source__in=own) | Q(wire_source__in=own))
        reports |= set(copies.values_list("pk", flat=True))
    reports = _all_derived(reports)
    actors = _all_voices({row.pk for row in [*touched, *renamed] if isinstance(row, Actor)})
    if reports or actors:
        about = Q(report__in=reports) | Q(actor__in=actors) | Q(chain__actor__in=actors)
        claims |= set(Claim.objects.cited().filter(about).values_list("pk", flat=True))
    if not claims:
        return []
    rows = Claim.objects.filter(pk__in=claims).select_related("actor", "report__source")
    return list(rows.order_by("published_rev", "pk"))


def _all_derived(reports: set[int]) -> set[int]:
    newest = reports
    while newest:
        newest = set(Report.objects.filter(derived_from__in=newest).values_list("pk", flat=True)) - reports
        reports = reports | newest
    return reports


def _all_voices(actors: set[int]) -> set[int]:
    if not actors:
        return actors
    newest = actors = Actor.objects.same(actors)
    while newest:
        below = Actor.objects.filter(affiliation__in=newest).values_list("pk", flat=True)
        newest = Actor.objects.same(below) - actors
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
    then = Then()
    while queue:
        claim = queue.popleft()
        key = origin_key(claim, then) if claim.is_public else None
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
    if not propositions:
        return
    propositions = Proposition.objects.same(propositions)
    questions = beside(propositions) | answered(propositions, revision.changes.all())
    affected = propositions | Proposition.objects.same(questions)
    public = set(Proposition.objects.published().filter(pk__in=affected).values_list("pk", flat=True))
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


def beside(propositions: set[int]) -> set[int]:
    """The open propositions about the strikes or the subjects of these."""
    rows = Proposition.objects.filter(pk__in=propositions)
    found = Q(strike__in=rows.filter(strike__isnull=False).values("strike"))
    for subject in ("facility", "unit", "actor", "region"):
        found |= Q(**{f"{subject}__in": rows.filter(**{f"{subject}__isnull": False}).values(subject)})
    return set(Proposition.objects.cited().filter(found, open=True).values_list("pk", flat=True))


def answered(propositions: set[int], amendments: ChangeQuerySet) -> set[int]:
    """The open propositions that these answer, or answered until one of these amendments."""
    rows = Proposition.objects.filter(pk__in=propositions).exclude(answers=None)
    changes = amendments.filter(collection=Proposition.collection, values__has_key="answers").amendments()
    ids = {one for _, _, values in changes for one in values["answers"] if one}
    earlier = Proposition.objects.filter(public_id__in=ids)
    return {key for key in rows.values_list("answers", flat=True) if key} | set(
        earlier.values_list("pk", flat=True)
    )


def restated(revision: Revision) -> Iterator[tuple[Proposition, str, str]]:
    """The propositions whose state a revision changed, each with how it stood before and after."""
    before = {one.proposition_id: one for one in PropositionState.objects.filter(to_rev=revision)}
    after = {one.proposition_id: one for one in PropositionState.objects.filter(from_rev=revision)}
    for row in Proposition.objects.filter(pk__in={*before, *after}).order_by("public_id"):
        yield row, in_words(before.get(row.pk)), in_words(after.get(row.pk))


def in_words(state: PropositionState | None) -> str:
    if state is None:
        return "none of its own"
    return f"{state.state.replace('_', ' ')}, {state.origins_for} for and {state.origins_against} against"


def discrepancies() -> Iterator[str]:
    """Where what is kept differs from what the record says now."""
    then = Then()
    keys = dict(ClaimOrigin.objects.current().values_list("claim", "key"))
    for claim in Claim.objects.cited():
        key = keys.pop(claim.pk, None)
        if key != (right := origin_key(claim, then)):
            yield f"claims/{claim.public_id}: its origin is kept as {key} and should be {right}."
    for pk in keys:
        yield f"claims/{Claim.objects.get(pk=pk).public_id}: an origin is kept though it is not public."
    public = {row.pk: row.public_id for row in Proposition.objects.published()}
    kept = {state.proposition_id: state for state in PropositionState.objects.current()}
    for pk, standing in standings(set(public)).items():
        state = kept.pop(pk, None)
        right_state = standing.kept()
        if state is None or right_state != {name: getattr(state, name) for name in right_state}:
            yield f"propositions/{public[pk]}: its state is kept as {state} and should be {right_state}."
    for pk in kept:
        yield f"propositions/{Proposition.objects.get(pk=pk).public_id}: a state is kept, not public."
    for kept_of in (
        ClaimOrigin.objects.filter(claim__taken_down_rev__isnull=False).values_list(
            "claim__public_id", flat=True
        ),
        PropositionState.objects.filter(proposition__taken_down_rev__isnull=False).values_list(
            "proposition__public_id", flat=True
        ),
    ):
        for public_id in set(kept_of):
            yield f"{public_id}: an origin or a state is kept of what was taken down."
