"""Random histories: what the publishing functions keep equals a slow, obvious account of the same events.

The reference below knows nothing of the database. It remembers the whole world after each revision
as plain dictionaries and works out visibility, origins, sides and states from the rules as written.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from record import publishing
from record.audit import discrepancies
from record.choices import WithdrawalReason
from record.derived import pairs_below
from record.models import Ledger
from sources.models import Actor, Report, ReportNotice
from strikes.models import Claim, ClaimOrigin, ClaimRelation, Proposition, PropositionState
from tests.factories import (
    MORNING,
    ActorFactory,
    ClaimFactory,
    ClaimStepFactory,
    PropositionFactory,
    ReportFactory,
    SourceFactory,
    StrikeFactory,
)
from tests.on_record import fresh, on_record

POSITIVE = ["asserts", "confirms", "reports", "forecasts"]
NEGATIVE = ["denies", "disputes", "retracts"]
NEUTRAL = ["declines_to_comment", "no_response"]

# --- The reference -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One claim, as the reference knows it."""

    id: str
    lineage: str
    actor: str
    head: str | None
    report: str
    proposition: str
    stance: str
    said: int | None  # hours after the morning
    position: int
    part: str


@dataclass
class World:
    """Everything that is public, and what is known of it."""

    claims: dict[str, Said] = field(default_factory=dict)
    relations: set[tuple[str, str, str]] = field(default_factory=set)  # kind, from lineage, to lineage
    retracted: dict[str, int] = field(default_factory=dict)  # hours after the morning
    derived: dict[str, str | None] = field(default_factory=dict)
    affiliation: dict[str, str | None] = field(default_factory=dict)
    answers: dict[str, str | None] = field(default_factory=dict)
    merged: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)  # loser: survivor, revision
    gone: set[tuple[str, str]] = field(default_factory=set)

    def end(self, kind: str, name: str) -> str:
        """Who stands for somebody."""
        while (kind, name) in self.merged:
            name = self.merged[kind, name][0]
        return name

    def standing(self, kind: str, names: Any) -> set[str]:
        """Those that stand for themselves."""
        return {name for name in names if (kind, name) not in self.merged and (kind, name) not in self.gone}


KIND = {
    "ministry": "body",
    "company": "body",
    "chief": "person",
    "spokesman": "person",
    "loner": "person",
    "moscow": "collective",
    "sources-to-a": "anonymous",
    "agency": "media",
    "relay": "media",
}
HOST = {"report-a": "agency", "report-b": "relay", "report-c": "relay", "report-d": "agency"}
ISSUED = {"report-a": 0, "report-b": 5, "report-c": 24, "report-d": 24}
ANSWERS = {"it-was-x": "who", "it-was-y": "who", "it-was-z": "whoever"}
QUESTIONS = ["who", "whoever"]
PROPOSITIONS = ["hit", "damaged", "Hit!", *ANSWERS, *QUESTIONS]
"""`Hit!` is about the other strike, and so is nothing else."""


def key_of(world: World, claim: Said) -> str:
    repeated = repeated_by(world, claim)
    if repeated is not None:
        return key_of(world, repeated)
    speaker = world.end("actor", claim.actor)
    if KIND[speaker] == "collective" and claim.head and is_named(world, claim.head):
        return body_of(world, claim.head)
    if claim.part == "body" and is_own_voice(world, speaker, HOST[claim.report]):
        report = claim.report
        while world.derived[report]:
            report = str(world.derived[report])
        return world.end("actor", world.end("source", HOST[report]))
    return body_of(world, claim.actor)


def repeated_by(world: World, claim: Said) -> Said | None:
    for kind, lineage, repeated in world.relations:
        if kind == "repeats" and lineage == claim.lineage:
            for other in world.claims.values():
                if other.lineage == repeated:
                    return other
    return None


def is_named(world: World, actor: str) -> bool:
    return KIND[world.end("actor", actor)] not in ("collective", "anonymous")


def is_own_voice(world: World, speaker: str, host: str) -> bool:
    """Whether a speaker is a source's own voice, which has the same name as the source."""
    return speaker in (world.end("actor", host), world.end("actor", world.end("source", host)))


def body_of(world: World, actor: str) -> str:
    actor = world.end("actor", actor)
    while KIND[actor] == "person" and world.affiliation.get(actor):
        actor = world.end("actor", str(world.affiliation[actor]))
    return actor


def sides_of(world: World, proposition: str) -> dict[str, str]:
    """Origin to side: 'for', 'against', or 'none' for a voice that took back what it said."""
    claims_by_key: dict[str, list[Said]] = {}
    for claim in world.claims.values():
        counts = claim.report not in world.retracted and claim.stance not in NEUTRAL
        if world.end("proposition", claim.proposition) == proposition and counts:
            claims_by_key.setdefault(key_of(world, claim), []).append(claim)
    sides = {}
    for key, claims in claims_by_key.items():
        lineages = {claim.lineage for claim in claims}
        outdated = {
            older
            for kind, newer, older in world.relations
            if kind in ("updates", "corrects") and newer in lineages and older in lineages
        }
        latest = [claim for claim in claims if claim.lineage not in outdated] or claims

        def age(claim: Said) -> tuple[Any, ...]:
            issued = ISSUED[claim.report]
            return (issued if claim.said is None else claim.said, issued, claim.position, claim.id)

        newest = max(latest, key=age)
        sides[key] = (
            "none" if newest.stance == "retracts" else "for" if newest.stance in POSITIVE else "against"
        )
    return sides


def documents_of(world: World, propositions: list[str]) -> int:
    return len(
        {
            claim.report
            for claim in world.claims.values()
            if world.end("proposition", claim.proposition) in propositions
            and claim.report not in world.retracted
            and claim.stance not in NEUTRAL
        }
    )


def state_of(world: World, proposition: str) -> tuple[str, int, int, int]:
    rivals = None
    if proposition not in QUESTIONS:
        counted = [proposition]
    else:
        rivals = sorted(
            {
                world.end("proposition", rival)
                for rival, question in world.answers.items()
                if ("proposition", rival) not in world.gone
                and question
                and world.end("proposition", question) == proposition
            }
        )
        asserted = [rival for rival in rivals if "for" in sides_of(world, rival).values()]
        counted = asserted if len(asserted) == 1 else rivals
    sides = [side for point in counted for side in sides_of(world, point).items()]
    supporters = {key for key, side in sides if side == "for"}
    opponents = {key for key, side in sides if side == "against"}
    if rivals is not None and not asserted:
        state = "unreported"
    elif (rivals is not None and len(asserted) > 1) or (supporters and opponents):
        state = "disputed"
    elif opponents:
        state = "denied"
    elif len(supporters) > 1:
        state = "agreed"
    else:
        state = "single_origin" if supporters else "unreported"
    return state, len(supporters), len(opponents), documents_of(world, counted)


# --- The record --------------------------------------------------------------------------------------------


class Stage:
    """The cast: what every history begins with, in one revision."""

    def __init__(self) -> None:
        self.world = World()
        make = ActorFactory
        self.actors: dict[str, Actor] = {
            "ministry": make(public_id="ministry", kind="government_body"),
            "company": make(public_id="company", kind="company"),
            "moscow": make(public_id="moscow", kind="collective"),
            "sources-to-a": make(public_id="sources-to-a", kind="anonymous"),
            "loner": make(public_id="loner", kind="person"),
        }
        self.actors["chief"] = make(public_id="chief", kind="person", affiliation=self.actors["ministry"])
        self.actors["spokesman"] = make(
            public_id="spokesman", kind="person", affiliation=self.actors["chief"]
        )
        self.world.affiliation = {"chief": "ministry", "spokesman": "chief"}
        agency, relay = (SourceFactory(public_id=name, voice__public_id=name) for name in ("agency", "relay"))
        self.sources = {"agency": agency, "relay": relay}
        self.actors |= {"agency": agency.voice, "relay": relay.voice}
        self.reports: dict[str, Report] = {}
        for name, source in zip(ISSUED, (agency, relay, relay, agency), strict=True):
            self.reports[name] = ReportFactory(
                source=source, issued_earliest=MORNING + timedelta(hours=ISSUED[name])
            )
        self.reports["report-b"].derived_from = self.reports["report-a"]
        self.reports["report-b"].save()
        self.world.derived = dict.fromkeys(ISSUED) | {"report-b": "report-a"}
        self.strikes = {"strike": StrikeFactory(), "double": StrikeFactory()}
        strike, double = self.strikes.values()
        self.propositions: dict[str, Proposition] = {
            name: PropositionFactory(
                strike=double if name == "Hit!" else strike, text=name, open=name in QUESTIONS
            )
            for name in sorted(PROPOSITIONS, key=lambda name: name in ANSWERS)
        }
        for rival, question in ANSWERS.items():
            self.propositions[rival].answers = self.propositions[question]
            self.propositions[rival].save()
        self.world.answers = dict(ANSWERS)
        on_record(
            strike,
            double,
            *self.actors.values(),
            agency,
            relay,
            *self.reports.values(),
            *self.propositions.values(),
        )


class History:
    """Drives the publishing functions and the reference through the same events."""

    def __init__(self, draw: Any, stage: Stage) -> None:
        self.draw = draw
        self.actors, self.reports, self.propositions = stage.actors, stage.reports, stage.propositions
        self.rows: dict[str, dict[str, Any]] = {
            "actor": stage.actors,
            "source": stage.sources,
            "strike": stage.strikes,
            "proposition": stage.propositions,
            "report": stage.reports,
        }
        self.world = copy.deepcopy(stage.world)
        self.after: dict[int, World] = {}
        self.roots: list[str] = []  # lineages, in the order of their publication
        self.count = 0
        self.repositioned = False
        self.remember()

    def remember(self) -> None:
        self.after[Ledger.head().n] = copy.deepcopy(self.world)

    def one_of(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(sorted(choices)))

    def at(self, hours: int | None) -> dict[str, Any]:
        if hours is None:
            return {}
        time = MORNING + timedelta(hours=hours)
        return {"said_earliest": time, "said_latest": time, "said_precision": "minute"}

    def claim(self, said: Said) -> Claim:
        return Claim.objects.get(public_id=said.id)

    def root(self, lineage: str) -> Claim:
        return Claim.objects.get(public_id=lineage)

    def next_id(self) -> str:
        """An id that is the same in every run, and in no order that could pass for that of time."""
        self.count += 1
        return f"clm_{self.count * 7919 % 10007:012d}"

    # The events. Each calls a publishing function and, unless that refuses, changes the reference.

    def publish(self) -> None:
        relation = None
        if self.roots and self.draw(st.booleans()):
            relation = (self.one_of(["repeats", "updates", "corrects", "disputes"]), self.one_of(self.roots))
        if relation and self.draw(st.booleans()):  # the speaker comes back to the same point
            earlier = self.root(relation[1])
            actor, proposition = earlier.actor.public_id, earlier.proposition.text
        else:
            actor, proposition = self.one_of(self.actors), self.one_of(self.propositions)
        report = self.one_of(self.reports)
        stance = self.one_of(NEUTRAL if proposition in QUESTIONS else POSITIVE + NEGATIVE + NEUTRAL)
        hours = self.draw(st.one_of(st.none(), st.integers(0, 30)))
        head = self.one_of(["ministry", "spokesman", "sources-to-a"]) if actor == "moscow" else None
        part = self.one_of(["body", "headline"])
        claim = ClaimFactory(
            public_id=self.next_id(),
            actor=self.actors[actor],
            report=self.reports[report],
            part=part,
            stance=stance,
            proposition=self.propositions[proposition],
            position=self.draw(st.integers(0, 2)),
            **self.at(hours),
        )
        if head:
            ClaimStepFactory(claim=claim, actor=self.actors[head])
        if relation:
            ClaimRelation.objects.create(claim=claim, kind=relation[0], other=self.root(relation[1]))
        publishing.publish(claim)
        public_id = claim.public_id
        self.roots.append(public_id)
        self.world.claims[public_id] = Said(
            public_id, public_id, actor, head, report, proposition, stance, hours, claim.position, part
        )
        if relation:
            self.world.relations.add((relation[0], public_id, relation[1]))

    def withdraw(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        publishing.withdraw(self.claim(said), reason=WithdrawalReason.OUT_OF_SCOPE, note="Not ours.")
        del self.world.claims[said.id]

    def correct(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        stance = self.one_of(NEUTRAL if said.proposition in QUESTIONS else POSITIVE + NEGATIVE + NEUTRAL)
        draft = publishing.revise(self.claim(said), stance=stance, public_id=self.next_id())
        publishing.correct(draft, reason=WithdrawalReason.MISATTRIBUTION)
        del self.world.claims[said.id]
        self.world.claims[draft.public_id] = replace(said, id=draft.public_id, stance=stance)

    def reposition(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        publishing.amend(self.claim(said), {"position": said.position + 1})
        self.world.claims[said.id] = replace(said, position=said.position + 1)
        self.repositioned = True

    def relate(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        kind = self.one_of(["repeats", "updates", "corrects", "disputes"])
        other = self.one_of(self.roots)
        publishing.amend(self.claim(said), add=[ClaimRelation(kind=kind, other=self.root(other))])
        self.world.relations.add((kind, said.lineage, other))

    def unrelate(self) -> None:
        public = {claim.lineage for claim in self.world.claims.values()}
        relations = sorted(relation for relation in self.world.relations if relation[1] in public)
        kind, lineage, other = self.draw(st.sampled_from(relations))
        said = next(claim for claim in self.world.claims.values() if claim.lineage == lineage)
        relation = ClaimRelation.objects.published().get(
            kind=kind, claim__public_id=lineage, other__public_id=other
        )
        publishing.amend(self.claim(said), end=[relation])
        self.world.relations.remove((kind, lineage, other))

    def retract_report(self) -> None:
        report = self.one_of(self.reports.keys() - self.world.retracted.keys())
        hours = self.draw(st.integers(0, 30))
        dated = MORNING + timedelta(hours=hours)
        publishing.amend(self.reports[report], add=[ReportNotice(kind="retraction", dated=dated)])
        self.world.retracted[report] = hours

    def reinstate_report(self) -> None:
        report = self.one_of(self.world.retracted)
        publishing.amend(
            self.reports[report], end=ReportNotice.objects.published().filter(report=self.reports[report])
        )
        del self.world.retracted[report]

    def derive(self) -> None:
        above = self.one_of({"report-a", "report-d"}) if self.draw(st.booleans()) else None
        publishing.amend(self.reports["report-b"], {"derived_from": above and self.reports[above]})
        self.world.derived["report-b"] = above

    def affiliate(self) -> None:
        actor = self.one_of(["chief", "spokesman", "loner"])
        above = self.one_of({"ministry", "company", "chief"} - {actor}) if self.draw(st.booleans()) else None
        publishing.amend(self.actors[actor], {"affiliation": above and self.actors[above]})
        self.world.affiliation[actor] = above

    def answer(self) -> None:
        rival = self.one_of(ANSWERS)
        question = self.draw(st.sampled_from([None, *QUESTIONS]))
        publishing.amend(self.propositions[rival], {"answers": question and self.propositions[question]})
        self.world.answers[rival] = question
        self.repositioned = True

    def merge(self) -> None:
        kind = self.one_of(["actor", "actor", "proposition", "proposition", "source", "strike"])
        loser, survivor = (self.one_of(self.rows[kind]) for _ in range(2))
        rows = fresh(self.rows[kind][loser]), fresh(self.rows[kind][survivor])
        pairs = pairs_below(*rows) if self.draw(st.booleans()) else []
        n = publishing.merge(*rows, *pairs).n
        names = {row: (of, name) for of, rows in self.rows.items() for name, row in rows.items()}
        self.world.merged[kind, loser] = (survivor, n)
        for lower_loser, lower_survivor in pairs:
            self.world.merged[names[lower_loser]] = (names[lower_survivor][1], n)

    def unmerge(self) -> None:
        kind, loser = self.one_of(self.world.merged)
        publishing.unmerge(self.rows[kind][loser])
        _, n = self.world.merged[kind, loser]
        together = [merged for merged, (_, revision) in self.world.merged.items() if revision == n]
        for merged in together if (kind, loser) == together[0] else [(kind, loser)]:
            del self.world.merged[merged]

    def take_down(self) -> None:
        kind = self.one_of(["claim"] * 5 + ["report", "actor", "proposition"])
        if kind == "claim":
            ever = {claim.id for world in self.after.values() for claim in world.claims.values()}
            name = self.one_of(ever)
            row: Any = self.root(name)
        else:
            name = self.one_of(self.rows[kind])
            row = fresh(self.rows[kind][name])
        publishing.takedown(row, reason=WithdrawalReason.LEGAL, note="By order of a court.")
        gone = self.going(kind, name)
        for world in (self.world, *self.after.values()):
            world.gone |= gone
            world.claims = {
                public_id: said
                for public_id, said in world.claims.items()
                if ("claim", public_id) not in gone
            }
            lineages = {name for of, name in gone if of == "claim"}
            world.relations = {relation for relation in world.relations if not lineages & {*relation[1:]}}
            world.merged = {
                (of, loser): (survivor, n)
                for (of, loser), (survivor, n) in world.merged.items()
                if not gone & {(of, loser), (of, survivor)}
            }
        self.roots = [lineage for lineage in self.roots if ("claim", lineage) not in gone]

    def going(self, kind: str, name: str) -> set[tuple[str, str]]:
        """All that goes with something: what ever named it, its corrections, and what is the same now."""
        worlds = [self.world, *self.after.values()]
        claims = {said for world in worlds for said in world.claims.values()}
        taken_along: set[tuple[tuple[str, str], tuple[str, str]]] = set()
        for said in claims:
            named = [("actor", said.actor), ("report", said.report), ("proposition", said.proposition)]
            for target in [*named, *([("actor", said.head)] if said.head else []), ("claim", said.lineage)]:
                taken_along.add((target, ("claim", said.id)))
            taken_along.add((("claim", said.id), ("claim", said.lineage)))
        for report, host in HOST.items():
            taken_along |= {(("actor", host), ("source", host)), (("source", host), ("report", report))}
        for world in worlds:
            for of, pointers in (
                ("report", world.derived),
                ("actor", world.affiliation),
                ("proposition", world.answers),
            ):
                taken_along |= {((of, target), (of, name)) for name, target in pointers.items() if target}
        for (of, loser), (survivor, _) in self.world.merged.items():
            taken_along |= {((of, loser), (of, survivor)), ((of, survivor), (of, loser))}
        gone, newest = {(kind, name)}, {(kind, name)}
        while newest:
            newest = {dependant for target, dependant in taken_along if target in newest} - gone
            gone |= newest
        return gone

    def possible(self) -> list[Any]:
        events = [self.publish, self.publish, self.publish, self.derive, self.affiliate, self.answer]
        events += [self.merge, self.merge, self.merge]
        if self.world.merged:
            events += [self.unmerge, self.unmerge]
        if self.roots:
            events.append(self.take_down)
        if self.world.claims:
            events += [self.withdraw, self.correct, self.correct, self.relate, self.relate, self.reposition]
        if any(
            claim.lineage == relation[1]
            for claim in self.world.claims.values()
            for relation in self.world.relations
        ):
            events.append(self.unrelate)
        if self.world.retracted.keys() != self.reports.keys():
            events.append(self.retract_report)
        if self.world.retracted:
            events.append(self.reinstate_report)
        return events

    def step(self) -> None:
        before = copy.deepcopy(self.world)
        n = Ledger.head().n
        try:
            with transaction.atomic():
                self.draw(st.sampled_from(self.possible()))()
        except publishing.Blocked:
            assert (self.world, Ledger.head().n) == (before, n), "a refused event left something behind"
        else:
            self.remember()


def compare(history: History) -> None:
    for n, world in history.after.items():
        visible = set(Claim.objects.published(n).values_list("public_id", flat=True))
        assert visible == set(world.claims), f"who is visible at revision {n}"
        keys = dict(ClaimOrigin.objects.current(n).values_list("claim__public_id", "key"))
        assert keys == {claim.id: key_of(world, claim) for claim in world.claims.values()}, f"origins at {n}"
        kept = {
            state.proposition.text: (state.state, state.origins_for, state.origins_against, state.documents)
            for state in PropositionState.objects.current(n).select_related("proposition")
        }
        standing = world.standing("proposition", PROPOSITIONS)
        assert kept == {name: state_of(world, name) for name in standing}, f"states at {n}"
        for kind, rows in history.rows.items():
            public = type(next(iter(rows.values()))).objects.published(n)
            names = {name for name, row in rows.items() if row in public}
            assert names == world.standing(kind, rows), f"{kind} visible at revision {n}"
    assert list(discrepancies()) == []


def check_random_histories(examples: int) -> None:
    stage = Stage()

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def check(data: Any) -> None:
        with transaction.atomic():
            history = History(data.draw, stage)
            for _ in range(data.draw(st.integers(4, 16))):
                history.step()
            compare(history)
            transaction.set_rollback(True)

    check()


@pytest.mark.django_db
def test_a_random_history_equals_the_slow_and_obvious_account_of_it():
    check_random_histories(examples=6)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.django_db
def test_many_random_histories_equal_the_slow_and_obvious_account_of_them():
    check_random_histories(examples=60)
