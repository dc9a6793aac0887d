"""Random events on a small record, each done twice: by the publishing functions, and in the world of the reference."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from hypothesis import strategies as st

from record import publishing
from record.choices import WithdrawalReason
from record.derived import pairs_below
from record.models import Ledger
from sources.models import Actor, Report, ReportNotice, Source
from strikes.models import Claim, ClaimRelation, Proposition
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
from tests.slow_disputes import AGAINST, FOR, SUPERSEDING, Said, Taken, World, goes_on
from tests.slow_known import HOURS_EAST, ISSUES, said_day

NEUTRAL = ["declines_to_comment", "no_response"]
STANCES = [*FOR, *AGAINST, "retracts", "forecasts", *NEUTRAL]
KINDS = {
    "ministry": "government_body",
    "company": "company",
    "chief": "person",
    "spokesman": "person",
    "loner": "person",
    "moscow": "collective",
    "sources-to-a": "anonymous",
    "insiders": "anonymous",
    "whisper": "anonymous",
    "agency": "media",
    "relay": "media",
    "edition": "media",
    "blog": "media",
}
SOURCES = ["agency", "relay", "edition"]
"""A blog is an outlet's voice, too, but of no source that is held."""
AFFILIATION = {"chief": "ministry", "spokesman": "chief", "insiders": "company"}
FIRST_PUBLISHER = {"sources-to-a": "agency"}
HOST = {
    "report-a": "agency",
    "report-b": "relay",
    "report-c": "edition",
    "report-d": "agency",
    "report-e": "relay",
}
DERIVED = {"report-b": "report-a", "report-c": "report-b"}
ANSWERS = {"it-was-x": "who", "it-was-y": "who", "it-was-z": "whoever"}
QUESTIONS = ["who", "whoever"]
LASTING = ["evacuated", "closed"]
PROPOSITIONS = ["hit", "damaged", "Hit!", *LASTING, *ANSWERS, *QUESTIONS]
"""`Hit!` is about the other strike, and so is nothing else."""
CHAINS: list[tuple[tuple[str, str], ...]] = [
    (),
    (("actor", "spokesman"),),
    (("actor", "insiders"), ("source", "edition")),
    (("actor", "relay"),),
    (("actor", "moscow"), ("source", "relay")),
    (("actor", "loner"), ("actor", "edition")),
]
EVENTS = [None, (-3, None, "days"), (-3, None, "days"), (-3, -1, "days"), (-3, 1, "days"), (-3, -1, "day")]
ATTRIBUTIONS = ["on_record", "on_record", "anonymous", "unattributed", "own_reporting"]


class Stage:
    """The cast: what every history begins with, in one revision."""

    def __init__(self) -> None:
        self.actors: dict[str, Actor] = {
            name: ActorFactory(public_id=name, kind=kind)
            for name, kind in KINDS.items()
            if name not in SOURCES
        }
        self.sources: dict[str, Source] = {
            name: SourceFactory(public_id=name, voice__public_id=name) for name in SOURCES
        }
        self.actors |= {name: source.voice for name, source in self.sources.items()}
        for name, body in AFFILIATION.items():
            self.actors[name].affiliation = self.actors[body]
            self.actors[name].save()
        for name, publisher in FIRST_PUBLISHER.items():
            self.actors[name].first_publisher = self.sources[publisher]
            self.actors[name].save()
        self.reports: dict[str, Report] = {}
        for number, (name, host) in enumerate(HOST.items()):
            self.reports[name] = ReportFactory(
                public_id=f"rep_{number:012d}",
                source=self.sources[host],
                issued_earliest=MORNING + timedelta(hours=ISSUES[name].hours - ISSUES[name].hours_wide),
                issued_latest=MORNING + timedelta(hours=ISSUES[name].hours),
                issued_precision=ISSUES[name].precision,
                issued_timezone=ISSUES[name].zone,
                issued_local_date=MORNING.date() + timedelta(days=ISSUES[name].date),
                derived_from=self.reports.get(DERIVED.get(name, "")),
            )
        self.strikes = {"strike": StrikeFactory(), "double": StrikeFactory()}
        self.propositions = self._make_propositions()
        self.world = World(
            kinds=dict(KINDS),
            hosts=HOST,
            issued={name: issue.hours for name, issue in ISSUES.items()},
            said_day=said_day,
            questions=QUESTIONS,
            lasting=LASTING,
            derived=dict.fromkeys(HOST) | DERIVED,
            wired=dict.fromkeys(HOST),
            affiliation=dict(AFFILIATION),
            first_publisher=dict(FIRST_PUBLISHER),
            family=dict.fromkeys(SOURCES),
            answers=dict(ANSWERS),
        )
        rows = (self.actors, self.sources, self.reports, self.propositions)
        on_record(*self.strikes.values(), *(row for of_kind in rows for row in of_kind.values()))

    def _make_propositions(self) -> dict[str, Proposition]:
        propositions: dict[str, Proposition] = {}
        for number, name in enumerate(sorted(PROPOSITIONS, key=lambda name: name in ANSWERS)):
            propositions[name] = PropositionFactory(
                public_id=f"prp_{number:012d}",
                strike=self.strikes["double" if name == "Hit!" else "strike"],
                topic="consequence" if name in LASTING else "damage",
                text=name,
                open=name in QUESTIONS,
                answers=propositions.get(ANSWERS.get(name, "")),
            )
        return propositions


def is_going_on(said: Said) -> bool:
    return goes_on(said) and said.polarity == "positive"


def possibly_disclosed(said: Said) -> Said:
    """Nothing is disclosed before it is said, or after it is printed."""
    issued = ISSUES[said.report].hours
    if said.disclosed is None or (said.said or 0) > issued:
        return replace(said, disclosed=None)
    return replace(said, disclosed=min(max(said.disclosed, said.said or 0), issued))


Turn = tuple[Said, tuple[str, str] | None]
"""What is said next, and how it stands to the lineage of an earlier claim."""


class History:
    """Drives the publishing functions and the reference through the same events."""

    def __init__(self, draw: Any, stage: Stage) -> None:
        self.draw = draw
        self.actors, self.sources = stage.actors, stage.sources
        self.reports, self.propositions = stage.reports, stage.propositions
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
        self.notices: dict[str, ReportNotice] = {}
        self.count = 0
        self.talked_of = [self.one_of(["hit", "damaged", *ANSWERS]), self.one_of(LASTING)] * 4
        self.remember()

    def remember(self) -> None:
        self.after[Ledger.head().n] = copy.deepcopy(self.world)

    def one_of(self, choices: Any) -> Any:
        return self.draw(st.sampled_from(sorted(choices)))

    def maybe(self, of_ten: int = 5) -> bool:
        return bool(self.draw(st.integers(1, 10)) <= of_ten)

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
        turns = [
            self.say,
            self.say,
            self.repeat,
            self.repeat,
            self.take_up,
            self.take_up,
            self.copy,
            self.copy,
        ]
        turns += [self.end] * 3 if any(map(is_going_on, self.world.claims.values())) else []
        said, relation = self.draw(st.sampled_from(turns if self.world.claims else [self.say]))()
        if said.proposition in QUESTIONS and said.polarity != "neutral":
            said = replace(said, stance=self.one_of(NEUTRAL))
        said = possibly_disclosed(said)
        claim = self.draft(said)
        if relation:
            ClaimRelation.objects.create(claim=claim, kind=relation[0], other=self.root(relation[1]))
        publishing.publish(claim)
        self.roots.append(said.id)
        self.world.claims[said.id] = said
        if relation:
            self.world.relations.add((relation[0], said.id, relation[1]))

    # What is published next: a claim, and how it stands to an earlier one.

    def say(self) -> Turn:
        return self.something_said(), None

    def repeat(self) -> Turn:
        earlier, said = self.earlier(), self.something_said()
        stance = earlier.stance if self.maybe(9) else said.stance
        said = replace(said, proposition=earlier.proposition, event=earlier.event, stance=stance)
        return said, ("repeats", earlier.lineage)

    def take_up(self) -> Turn:
        """Mostly the speaker comes back to the same point."""
        earlier, said = self.earlier(), self.something_said()
        if self.maybe(7):
            said = replace(said, actor=earlier.actor, proposition=earlier.proposition)
        return said, (self.one_of(SUPERSEDING), earlier.lineage)

    def copy(self) -> Turn:
        """A copy of the report says the same of the same point, or in the words of its outlet."""
        earlier, said = self.earlier(), self.something_said()
        copies = [report for report in self.reports if self.world.is_copy(report, earlier.report)]
        said = replace(said, report=self.one_of(copies or self.reports), proposition=earlier.proposition)
        if self.maybe():
            said = replace(said, actor=earlier.actor, chain=earlier.chain)
        return replace(said, stance=earlier.stance if self.maybe(7) else said.stance), None

    def end(self) -> Turn:
        """What went on is said to have ended: on the same point or on another one, mostly by the same speaker."""
        earlier, said = self.earlier(going_on=True), self.something_said()
        said = replace(said, report=self.one_of(["report-d", "report-e"]), said=None, stance="asserts")
        said = replace(said, proposition=self.one_of([earlier.proposition, *LASTING, "hit"]))
        if self.maybe(8):
            said = replace(said, actor=earlier.actor, chain=earlier.chain)
        ends = [(-3, -1, "days"), (-3, -1, "days"), (-3, 2, "days"), (-3, -1, "day")]
        said = replace(said, event=self.draw(st.sampled_from(ends)) if said.proposition in LASTING else None)
        related = said.proposition != earlier.proposition or self.maybe()
        return said, (self.one_of(SUPERSEDING), earlier.lineage) if related else None

    def earlier(self, going_on: bool = False) -> Said:
        claims = [claim for claim in self.world.claims.values() if is_going_on(claim) or not going_on]
        earlier: Said = self.draw(st.sampled_from(claims))
        return earlier

    def something_said(self) -> Said:
        public_id = self.next_id()
        actor, proposition = self.one_of(self.actors), self.one_of([*PROPOSITIONS, *self.talked_of])
        attribution = self.draw(st.sampled_from(ATTRIBUTIONS))
        event = self.draw(st.sampled_from(EVENTS)) if proposition in LASTING else None
        stances = [*STANCES, "asserts", "denies", "forecasts"] if event is None else [*FOR, "denies"]
        if self.maybe(3):  # an outlet says so, and not who told it
            actor, attribution = self.one_of([*SOURCES, "blog"]), "unattributed"
        return Said(
            id=public_id,
            lineage=public_id,
            actor=actor,
            chain=self.draw(st.sampled_from(CHAINS)),
            report=self.one_of(self.reports),
            proposition=proposition,
            stance=self.draw(st.sampled_from(stances)),
            attribution=attribution,
            said=self.draw(st.one_of(st.none(), st.integers(0, 30))),
            zone=self.draw(st.sampled_from(list(HOURS_EAST))),
            disclosed=self.draw(st.one_of(st.none(), st.none(), st.integers(0, 30))),
            position=self.draw(st.integers(0, 2)),
            event=event,
        )

    def draft(self, said: Said) -> Claim:
        fields: dict[str, Any] = {}
        if said.said is not None:
            time = MORNING + timedelta(hours=said.said)
            fields |= {"said_earliest": time, "said_latest": time, "said_precision": "minute"}
            fields["said_timezone"] = said.zone
        if said.disclosed is not None:
            time = MORNING + timedelta(hours=said.disclosed)
            fields |= {"disclosed_earliest": time, "disclosed_latest": time, "disclosed_precision": "minute"}
        if said.event is not None:
            first, last, precision = said.event
            midnight = MORNING.replace(hour=0)
            fields |= {"event_earliest": midnight + timedelta(days=first), "event_precision": precision}
            fields["event_latest"] = None if last is None else midnight + timedelta(days=last, hours=23)
        claim = ClaimFactory(
            public_id=said.id,
            actor=self.actors[said.actor],
            report=self.reports[said.report],
            part=self.one_of(["body", "headline"]),
            stance=said.stance,
            attribution=said.attribution,
            proposition=self.propositions[said.proposition],
            position=said.position,
            **fields,
        )
        for step, (of, name) in enumerate(said.chain, start=1):
            ClaimStepFactory(claim=claim, step=step, **{of: self.rows[of][name]})
        return claim

    def withdraw(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        publishing.withdraw(self.claim(said), reason=WithdrawalReason.OUT_OF_SCOPE, note="Not ours.")
        del self.world.claims[said.id]

    def correct(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        stance = self.one_of(NEUTRAL if said.proposition in QUESTIONS else STANCES)
        draft = publishing.revise(self.claim(said), stance=stance, public_id=self.next_id())
        publishing.correct(draft, reason=WithdrawalReason.MISATTRIBUTION)
        del self.world.claims[said.id]
        self.world.claims[draft.public_id] = replace(said, id=draft.public_id, stance=stance)

    def reposition(self) -> None:
        said = self.world.claims[self.one_of(self.world.claims)]
        publishing.amend(self.claim(said), {"position": said.position + 1})
        self.world.claims[said.id] = replace(said, position=said.position + 1)

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

    def give_notice(self) -> None:
        # Mostly of a report in which something was read.
        report = self.one_of([*self.reports, *(claim.report for claim in self.world.claims.values())])
        kind = self.draw(st.sampled_from(["retraction", "retraction", "withdrawal", "withdrawal", "update"]))
        for_error = kind == "withdrawal" and self.maybe(7)
        dated = self.draw(st.integers(0, 40))
        in_report = sorted({claim.lineage for claim in self.world.claims.values() if claim.report == report})
        named = self.draw(st.lists(st.sampled_from(in_report), unique=True, max_size=2)) if in_report else []
        notice = ReportNotice(
            kind=kind, for_error=for_error, dated=MORNING + timedelta(hours=dated), claims=named
        )
        publishing.amend(self.reports[report], add=[notice])
        name = f"notice {len(self.notices)}"
        self.notices[name] = notice
        self.world.notices[name] = Taken(report, kind, for_error, dated, frozenset(named))

    def take_notice_back(self) -> None:
        name = self.one_of(self.world.notices)
        publishing.amend(self.reports[self.world.notices[name].report], end=[fresh_part(self.notices[name])])
        del self.world.notices[name]

    def derive(self) -> None:
        report = self.one_of(["report-b", "report-c", "report-e"])
        above = self.one_of(self.reports) if self.maybe() else None
        wire = self.one_of(self.sources) if above is None and self.maybe() else None
        fields = {"derived_from": above and self.reports[above], "wire_source": wire and self.sources[wire]}
        publishing.amend(self.reports[report], fields)
        self.world.derived[report], self.world.wired[report] = above, wire

    def found_family(self) -> None:
        source = self.one_of(self.sources)
        above = self.one_of(self.sources) if self.maybe(7) else None
        publishing.amend(self.sources[source], {"family": above and self.sources[above]})
        self.world.family[source] = above

    def affiliate(self) -> None:
        actor = self.one_of(["chief", "spokesman", "loner", "insiders", "insiders", "whisper"])
        bodies = {"ministry", "company", "chief", "insiders", "edition", "moscow"} - {actor}
        above = self.one_of(bodies) if self.maybe(7) else None
        publishing.amend(self.actors[actor], {"affiliation": above and self.actors[above]})
        self.world.affiliation[actor] = above

    def find_first_publisher(self) -> None:
        actor = self.one_of(["sources-to-a", "insiders", "whisper"])
        publisher = self.one_of(self.sources) if self.maybe(7) else None
        publishing.amend(self.actors[actor], {"first_publisher": publisher and self.sources[publisher]})
        self.world.first_publisher[actor] = publisher

    def name_kind(self) -> None:
        kind = self.one_of(["collective", "unknown", "government_body"])
        publishing.amend(self.actors["moscow"], {"kind": kind})
        self.world.kinds["moscow"] = kind

    def answer(self) -> None:
        rival = self.one_of(ANSWERS)
        question = self.draw(st.sampled_from([None, *QUESTIONS]))
        publishing.amend(self.propositions[rival], {"answers": question and self.propositions[question]})
        self.world.answers[rival] = question

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
        kind = self.one_of(["claim"] * 7 + ["report", "actor", "proposition"])
        if kind == "claim":
            ever = {claim.id for world in self.after.values() for claim in world.claims.values()}
            name = self.one_of(ever)
            row: Any = self.root(name)
        else:
            name = self.one_of(self.rows[kind])
            row = fresh(self.rows[kind][name])
        publishing.takedown(row, reason=WithdrawalReason.LEGAL, note="By order of a court.")
        gone = going(self, kind, name)
        for world in (self.world, *self.after.values()):
            forget(world, gone)
        self.roots = [lineage for lineage in self.roots if ("claim", lineage) not in gone]

    def possible(self) -> list[Any]:
        events = [self.publish] * 9
        events += [self.derive, self.affiliate, self.answer, self.found_family, self.find_first_publisher]
        events += [self.name_kind, self.merge, self.merge, self.merge, self.give_notice]
        if self.world.merged:
            events += [self.unmerge, self.unmerge]
        if self.roots:
            events.append(self.take_down)
        if self.world.claims:
            events += [self.withdraw, self.correct, self.correct, self.relate, self.relate, self.reposition]
            events += [self.publish, self.publish, self.publish, self.give_notice]
        if any(
            claim.lineage == relation[1]
            for claim in self.world.claims.values()
            for relation in self.world.relations
        ):
            events.append(self.unrelate)
        if self.world.notices:
            events.append(self.take_notice_back)
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


def fresh_part(notice: ReportNotice) -> ReportNotice:
    return ReportNotice.objects.get(pk=notice.pk)


# What a takedown covers -------------------------------------------------------------------------------------

Address = tuple[str, str]


def going(history: History, kind: str, name: str) -> set[Address]:
    """All that goes with something: what ever named it, its corrections, and what is the same now."""
    worlds = [history.world, *history.after.values()]
    taken_along: set[tuple[Address, Address]] = set()
    for said in {said for world in worlds for said in world.claims.values()}:
        named = [("actor", said.actor), ("report", said.report), ("proposition", said.proposition)]
        for target in (*named, *said.chain, ("claim", said.lineage)):
            taken_along.add((target, ("claim", said.id)))
        taken_along.add((("claim", said.id), ("claim", said.lineage)))
    for report, host in HOST.items():
        taken_along |= {(("actor", host), ("source", host)), (("source", host), ("report", report))}
    for world in worlds:
        for of, to, pointers in (
            ("report", "report", world.derived),
            ("report", "source", world.wired),
            ("actor", "actor", world.affiliation),
            ("actor", "source", world.first_publisher),
            ("source", "source", world.family),
            ("proposition", "proposition", world.answers),
        ):
            taken_along |= {((to, target), (of, row)) for row, target in pointers.items() if target}
    for (of, loser), (survivor, _) in history.world.merged.items():
        taken_along |= {((of, loser), (of, survivor)), ((of, survivor), (of, loser))}
    gone, newest = {(kind, name)}, {(kind, name)}
    while newest:
        newest = {dependant for target, dependant in taken_along if target in newest} - gone
        gone |= newest
    return gone


def forget(world: World, gone: set[Address]) -> None:
    """Leave what is gone out of a world, as if it had never been there."""
    world.gone |= gone
    world.claims = {name: said for name, said in world.claims.items() if ("claim", name) not in gone}
    lineages = {name for of, name in gone if of == "claim"}
    world.relations = {relation for relation in world.relations if not lineages & {*relation[1:]}}
    world.notices = {
        name: notice for name, notice in world.notices.items() if ("report", notice.report) not in gone
    }
    world.merged = {
        (of, loser): (survivor, n)
        for (of, loser), (survivor, n) in world.merged.items()
        if not gone & {(of, loser), (of, survivor)}
    }
