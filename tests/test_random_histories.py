"""Random histories: what the doors keep equals a slow, obvious account of the same events.

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

from record import doors
from record.audit import discrepancies
from record.choices import WithdrawalReason
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
from tests.recording import on_record

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


KIND = {"ministry": "body", "company": "body", "chief": "person", "spokesman": "person", "loner": "person",
        "moscow": "collective", "sources-to-a": "anonymous", "agency": "media", "relay": "media"}  # fmt: skip
HOST = {"report-a": "agency", "report-b": "relay", "report-c": "relay", "report-d": "agency"}
ISSUED = {"report-a": 0, "report-b": 5, "report-c": 24, "report-d": 24}
RIVALS = {"who": ["it-was-x", "it-was-y"]}
PROPOSITIONS = ["hit", "damaged", "it-was-x", "it-was-y"]


def key_of(world: World, claim: Said) -> str:
    for kind, here, there in world.relations:
        if kind == "repeats" and here == claim.lineage:
            for other in world.claims.values():
                if other.lineage == there:
                    return key_of(world, other)

    def body(actor: str) -> str:
        while KIND[actor] == "person" and world.affiliation.get(actor):
            actor = str(world.affiliation[actor])
        return actor

    if (
        KIND[claim.actor] == "collective"
        and claim.head
        and KIND[claim.head] not in ("collective", "anonymous")
    ):
        return body(claim.head)
    if claim.actor == HOST[claim.report] and claim.part == "body":
        report = claim.report
        while world.derived[report]:
            report = str(world.derived[report])
        return HOST[report]
    return body(claim.actor)


def sides_of(world: World, proposition: str) -> dict[str, str]:
    """Origin to side: 'for', 'against', or 'none' for a voice that took back what it said."""
    groups: dict[str, list[Said]] = {}
    for claim in world.claims.values():
        counts = claim.report not in world.retracted and claim.stance not in NEUTRAL
        if claim.proposition == proposition and counts:
            groups.setdefault(key_of(world, claim), []).append(claim)
    sides = {}
    for key, group in groups.items():
        lineages = {claim.lineage for claim in group}
        old = {
            there
            for kind, here, there in world.relations
            if kind in ("updates", "corrects") and here in lineages and there in lineages
        }
        latest = [claim for claim in group if claim.lineage not in old] or group

        def age(claim: Said) -> tuple[Any, ...]:
            issued = ISSUED[claim.report]
            return (issued if claim.said is None else claim.said, issued, claim.position, claim.id)

        newest = max(latest, key=age)
        sides[key] = (
            "none" if newest.stance == "retracts" else "for" if newest.stance in POSITIVE else "against"
        )
    return sides


def documents_of(world: World, propositions: list[str]) -> int:
    return len({
        claim.report
        for claim in world.claims.values()
        if claim.proposition in propositions
        and claim.report not in world.retracted
        and claim.stance not in NEUTRAL
    })  # fmt: skip


def state_of(world: World, proposition: str) -> tuple[str, int, int, int]:
    rivals = RIVALS.get(proposition)
    if rivals is None:
        counted = [proposition]
    else:
        asserted = [rival for rival in rivals if "for" in sides_of(world, rival).values()]
        counted = asserted if len(asserted) == 1 else rivals
    supporters = {k for p in counted for k, side in sides_of(world, p).items() if side == "for"}
    opponents = {k for p in counted for k, side in sides_of(world, p).items() if side == "against"}
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
        agency, relay = SourceFactory(voice__public_id="agency"), SourceFactory(voice__public_id="relay")
        self.actors |= {"agency": agency.voice, "relay": relay.voice}
        self.reports: dict[str, Report] = {}
        for name, source in zip(ISSUED, (agency, relay, relay, agency), strict=True):
            self.reports[name] = ReportFactory(
                source=source, issued_earliest=MORNING + timedelta(hours=ISSUED[name])
            )
        self.reports["report-b"].derived_from = self.reports["report-a"]
        self.reports["report-b"].save()
        self.world.derived = dict.fromkeys(ISSUED) | {"report-b": "report-a"}
        strike = StrikeFactory()
        self.propositions: dict[str, Proposition] = {
            name: PropositionFactory(strike=strike, text=name) for name in ("hit", "damaged")
        }
        self.propositions["who"] = PropositionFactory(strike=strike, text="who", open=True)
        for rival in RIVALS["who"]:
            self.propositions[rival] = PropositionFactory(
                strike=strike, text=rival, answers=self.propositions["who"]
            )
        on_record(
            strike, *self.actors.values(), agency, relay, *self.reports.values(), *self.propositions.values()
        )


class History:
    """Drives the doors and the reference through the same events."""

    def __init__(self, draw: Any, stage: Stage) -> None:
        self.draw = draw
        self.actors, self.reports, self.propositions = stage.actors, stage.reports, stage.propositions
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
        moment = MORNING + timedelta(hours=hours)
        return {"said_earliest": moment, "said_latest": moment, "said_precision": "minute"}

    def claim(self, said: Said) -> Claim:
        return Claim.objects.get(public_id=said.id)

    def root(self, lineage: str) -> Claim:
        return Claim.objects.get(public_id=lineage)

    def next_id(self) -> str:
        """An id that is the same in every run, and in no order that could pass for that of time."""
        self.count += 1
        return f"clm_{self.count * 7919 % 10007:012d}"

    # The events. Each goes through a door and, if the door opens, changes the reference.

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
        stance = self.one_of(NEUTRAL if proposition == "who" else POSITIVE + NEGATIVE + NEUTRAL)
        hours = self.draw(st.one_of(st.none(), st.integers(0, 30)))
        head = self.one_of(["ministry", "spokesman", "sources-to-a"]) if actor == "moscow" else None
        part = self.one_of(["body", "headline"])
        claim = ClaimFactory(
            public_id=self.next_id(), actor=self.actors[actor], report=self.reports[report], part=part, stance=stance,
            proposition=self.propositions[proposition], position=self.draw(st.integers(0, 2)), **self.at(hours),
        )  # fmt: skip
        if head:
            ClaimStepFactory(claim=claim, actor=self.actors[head])
        if relation:
            ClaimRelation.objects.create(claim=claim, kind=relation[0], other=self.root(relation[1]))
        doors.publish(claim)
        public_id = claim.public_id
        self.roots.append(public_id)
        self.world.claims[public_id] = Said(
            public_id, public_id, actor, head, report, proposition, stance, hours, claim.position, part
        )
        if relation:
            self.world.relations.add((relation[0], public_id, relation[1]))

    def withdraw(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        doors.withdraw(self.claim(said), reason=WithdrawalReason.OUT_OF_SCOPE, note="Not ours.")
        del self.world.claims[said.id]

    def correct(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        stance = self.one_of(NEUTRAL if said.proposition == "who" else POSITIVE + NEGATIVE + NEUTRAL)
        draft = doors.revise(self.claim(said), stance=stance, public_id=self.next_id())
        doors.correct(draft, reason=WithdrawalReason.MISATTRIBUTION)
        del self.world.claims[said.id]
        self.world.claims[draft.public_id] = replace(said, id=draft.public_id, stance=stance)

    def reposition(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        doors.amend(self.claim(said), {"position": said.position + 1})
        self.world.claims[said.id] = replace(said, position=said.position + 1)
        self.repositioned = True

    def relate(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        kind = self.one_of(["repeats", "updates", "corrects", "disputes"])
        other = self.one_of(self.roots)
        doors.amend(self.claim(said), add=[ClaimRelation(kind=kind, other=self.root(other))])
        self.world.relations.add((kind, said.lineage, other))

    def unrelate(self) -> None:
        public = {claim.lineage for claim in self.world.claims.values()}
        here = sorted(relation for relation in self.world.relations if relation[1] in public)
        kind, lineage, other = self.draw(st.sampled_from(here))
        said = next(claim for claim in self.world.claims.values() if claim.lineage == lineage)
        relation = ClaimRelation.objects.published().get(
            kind=kind, claim__public_id=lineage, other__public_id=other
        )
        doors.amend(self.claim(said), end=[relation])
        self.world.relations.remove((kind, lineage, other))

    def retract_report(self) -> None:
        report = self.one_of(self.reports.keys() - self.world.retracted.keys())
        hours = self.draw(st.integers(0, 30))
        dated = MORNING + timedelta(hours=hours)
        doors.amend(self.reports[report], add=[ReportNotice(kind="retraction", dated=dated)])
        self.world.retracted[report] = hours

    def reinstate_report(self) -> None:
        report = self.one_of(self.world.retracted)
        doors.amend(self.reports[report], end=ReportNotice.objects.published().filter(
            report=self.reports[report]))  # fmt: skip
        del self.world.retracted[report]

    def derive(self) -> None:
        above = self.one_of({"report-a", "report-d"}) if self.draw(st.booleans()) else None
        doors.amend(self.reports["report-b"], {"derived_from": above and self.reports[above]})
        self.world.derived["report-b"] = above

    def affiliate(self) -> None:
        actor = self.one_of(["chief", "spokesman", "loner"])
        above = self.one_of({"ministry", "company", "chief"} - {actor}) if self.draw(st.booleans()) else None
        doors.amend(self.actors[actor], {"affiliation": above and self.actors[above]})
        self.world.affiliation[actor] = above

    def possible(self) -> list[Any]:
        events = [self.publish, self.publish, self.publish, self.derive, self.affiliate]
        if self.world.claims:
            events += [self.withdraw, self.correct, self.correct, self.relate, self.relate, self.reposition]
        if any(claim.lineage == relation[1] for claim in self.world.claims.values()
               for relation in self.world.relations):  # fmt: skip
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
        except doors.Blocked:
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
        assert kept == {name: state_of(world, name) for name in [*PROPOSITIONS, "who"]}, f"states at {n}"
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
    check_random_histories(examples=15)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.django_db
def test_many_random_histories_equal_the_slow_and_obvious_account_of_them():
    check_random_histories(examples=400)
