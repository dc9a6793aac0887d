"""Disputes as the rules have them, worked out slowly and obviously, for the random histories.

Nothing here knows the database. A world holds everything that is public as plain values, and each rule goes through
all of it, as often as it likes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

FOR = ["asserts", "confirms", "partly_confirms", "reports", "estimates"]
AGAINST = ["denies", "disputes"]
POLARITY = (
    dict.fromkeys(FOR, "positive")
    | dict.fromkeys([*AGAINST, "retracts"], "negative")
    | {"forecasts": "forecast"}
)
"""Every other stance is neutral."""
NAMELESS = ("collective", "unknown")
SUPERSEDING = ("updates", "corrects")


@dataclass(frozen=True)
class Said:
    """One claim, as the reference knows it. Hours count from the morning, days from the day of it."""

    id: str
    lineage: str
    actor: str
    chain: tuple[tuple[str, str], ...]
    """Steps from the speaker to the page, each an `actor` or a `source`."""
    report: str
    proposition: str
    stance: str
    attribution: str
    said: int | None
    position: int
    event: tuple[int, int | None, str] | None
    """From which day, until which (null: it goes on), and the precision."""
    zone: str | None = None
    """The clock by which it was said."""
    disclosed: int | None = None

    @property
    def polarity(self) -> str:
        return POLARITY.get(self.stance, "neutral")


@dataclass(frozen=True)
class Taken:
    """A notice, by which a publisher may take back a report or some lineages of it."""

    report: str
    kind: str
    for_error: bool
    dated: int
    lineages: frozenset[str]

    @property
    def is_of_error(self) -> bool:
        return self.kind == "retraction" or (self.kind == "withdrawal" and self.for_error)


@dataclass
class World:
    """Everything that is public, and what is known of it."""

    kinds: dict[str, str]
    """Of each actor."""
    hosts: dict[str, str]
    """The source of each report. A source has the same name as its own voice."""
    issued: dict[str, int]
    questions: list[str]
    lasting: list[str]
    """Propositions whose topic is a lasting state."""
    claims: dict[str, Said] = field(default_factory=dict)
    relations: set[tuple[str, str, str]] = field(default_factory=set)  # kind, from lineage, to lineage
    notices: dict[str, Taken] = field(default_factory=dict)
    derived: dict[str, str | None] = field(default_factory=dict)
    wired: dict[str, str | None] = field(default_factory=dict)
    affiliation: dict[str, str | None] = field(default_factory=dict)
    first_publisher: dict[str, str | None] = field(default_factory=dict)
    family: dict[str, str | None] = field(default_factory=dict)
    answers: dict[str, str | None] = field(default_factory=dict)
    merged: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)  # loser: survivor, revision
    gone: set[tuple[str, str]] = field(default_factory=set)
    issued_later: set[str] = field(default_factory=set)
    """Reports that were issued later than what is asked for."""
    said_day: Callable[[Said], int] = lambda claim: 0
    """The day on which a claim was said."""
    copies: dict[str, str | None] | None = None
    """What retractions take for copies, where that is not what is `derived`."""

    def end(self, kind: str, name: str) -> str:
        """Who stands for somebody."""
        while (kind, name) in self.merged:
            name = self.merged[kind, name][0]
        return name

    def standing(self, kind: str, names: Any) -> set[str]:
        """Those that stand for themselves."""
        return {name for name in names if (kind, name) not in self.merged and (kind, name) not in self.gone}

    def kind(self, actor: str) -> str:
        return self.kinds[self.end("actor", actor)]

    def point(self, claim: Said) -> str:
        """The proposition that stands for that of a claim."""
        return self.end("proposition", claim.proposition)

    def time(self, claim: Said) -> tuple[int, int, int, str]:
        issued = self.issued[claim.report]
        return (issued if claim.said is None else claim.said, issued, claim.position, claim.id)

    def copied_from(self, report: str) -> Iterator[str]:
        """The reports of which one is a copy, the nearest first."""
        return chain_of(self.derived, report)

    def is_copy(self, report: str, of: str) -> bool:
        return of in chain_of(self.derived if self.copies is None else self.copies, report)


def chain_of(pointers: dict[str, str | None], name: str) -> Iterator[str]:
    while above := pointers[name]:
        yield above
        name = above


class Verdict(NamedTuple):
    """What is to be kept of a claim."""

    own_key: str
    own_voice: str
    key: str
    voice: str
    not_counted_because: str | None
    retracted_through: str | None

    @property
    def stands(self) -> bool:
        return self.not_counted_because in (None, "forecast")


class Standing(NamedTuple):
    """How a proposition stands."""

    state: str
    origins_for: int
    origins_against: int
    origins_forecasting: int
    documents: int
    first_said: int | None


# Whose word it is -------------------------------------------------------------------------------------------


def newsroom(world: World, source: str) -> str:
    """The voice of the root of a source's families."""
    source = world.end("source", source)
    while world.family[source]:
        source = world.end("source", str(world.family[source]))
    return world.end("actor", source)


def newsroom_behind(world: World, report: str) -> str:
    """The newsroom whose words are on a page that may be a copy."""
    first = [report, *world.copied_from(report)][-1]
    return newsroom(world, world.wired[first] or world.hosts[first])


def source_of(world: World, actor: str) -> str | None:
    """The source whose own voice an actor is: its own before one that came with a merge."""
    if actor in world.family:
        return actor
    return next((source for source in sorted(world.family) if world.end("actor", source) == actor), None)


def is_own_voice(world: World, actor: str, report: str) -> bool:
    host = world.hosts[report]
    return actor in (world.end("actor", host), world.end("actor", world.end("source", host)))


def own_key(world: World, claim: Said) -> str:
    speaker = world.end("actor", claim.actor)
    if world.kind(speaker) in NAMELESS and claim.chain and claim.chain[0][0] == "actor":
        first = world.end("actor", claim.chain[0][1])
        return key_of(world, speaker if world.kind(first) in (*NAMELESS, "anonymous") else first, claim)
    if world.kind(speaker) == "media" and is_own_voice(world, speaker, claim.report):
        return newsroom_behind(world, claim.report)
    return key_of(world, speaker, claim)


def key_of(world: World, actor: str, claim: Said) -> str:
    """The key of an actor who is heard in a claim."""
    if world.kind(actor) in ("person", "anonymous") and world.affiliation.get(actor):
        return key_of(world, world.end("actor", str(world.affiliation[actor])), claim)
    if world.kind(actor) == "anonymous":
        return newsroom_vouching(world, actor, claim)
    source = source_of(world, actor) if world.kind(actor) == "media" else None
    return newsroom(world, source) if source else actor


def newsroom_vouching(world: World, anonymous: str, claim: Said) -> str:
    publisher = world.first_publisher.get(anonymous)
    if publisher:
        return newsroom(world, publisher)
    for of, name in claim.chain:
        source = name if of == "source" else source_of(world, world.end("actor", name))
        if source:
            return newsroom(world, source)
    return newsroom_behind(world, claim.report)


def own_voice(world: World, claim: Said) -> str:
    speaker = world.end("actor", claim.actor)
    return speaker if world.kind(speaker) == "anonymous" else own_key(world, claim)


def is_on_record_by_name(world: World, claim: Said) -> bool:
    nobody = (*NAMELESS, "anonymous", "media")
    return claim.attribution == "on_record" and world.kind(claim.actor) not in nobody


def is_own_words(world: World, claim: Said) -> bool:
    return claim.attribution == "unattributed" and world.kind(claim.actor) == "media"


# What repeats what ------------------------------------------------------------------------------------------


def repeated_by(world: World, claim: Said) -> Said | None:
    """What a claim repeats, as far as both are about one point and do the same to it.

    What is no longer there is passed over: behind it stands what it repeated itself.
    """
    lineage: str | None = claim.lineage
    while (lineage := repeated_lineage(world, str(lineage))) is not None:
        for other in world.claims.values():
            if other.lineage == lineage:
                same_point = world.point(other) == world.point(claim)
                same_side = other.polarity == claim.polarity
                both_retract = (other.stance == "retracts") == (claim.stance == "retracts")
                return other if same_point and same_side and both_retract else None
    return None


def repeated_lineage(world: World, lineage: str) -> str | None:
    return next((to for kind, of, to in world.relations if kind == "repeats" and of == lineage), None)


def trees_on(world: World, proposition: str) -> list[list[Said]]:
    """The claims on a proposition, each together with all that repeat each other."""
    trees: dict[str, list[Said]] = {}
    for claim in world.claims.values():
        if world.point(claim) == proposition:
            root = claim
            while (repeated := repeated_by(world, root)) is not None:
                root = repeated
            trees.setdefault(root.id, []).append(claim)
    return list(trees.values())


# What was taken back ----------------------------------------------------------------------------------------


def taken_back(world: World) -> dict[str, str]:
    """Of each claim that was taken back the report whose notice reaches it: its own, else that of the earliest."""
    through: dict[str, str] = {}
    of_error = [notice for notice in world.notices.values() if notice.is_of_error]
    # The reports' ids are in the order of their names.
    for notice in sorted(of_error, key=lambda notice: (notice.dated, notice.report)):
        for claim in reached_by(world, notice):
            if claim not in through or world.claims[claim].report == notice.report:
                through[claim] = notice.report
    return through


def reached_by(world: World, notice: Taken) -> set[str]:
    claims = list(world.claims.values())
    whole = not notice.lineages
    in_report = [claim for claim in claims if claim.report == notice.report]
    reached = {claim.id for claim in in_report if whole or claim.lineage in notice.lineages}
    if whole:
        voices = {own_voice(world, claim) for claim in in_report}
        publisher = newsroom(world, world.hosts[notice.report])
        for claim in claims:
            is_heard = is_own_words(world, claim) or own_voice(world, claim) in voices
            is_heard = is_heard or own_key(world, claim) == publisher
            if world.is_copy(claim.report, notice.report) and is_heard:
                reached.add(claim.id)
    grown = True
    while grown:
        more = {
            claim.id
            for claim in claims
            if claim.id not in reached
            and any(carries_on(world, claim, world.claims[other]) for other in reached)
        }
        reached |= more
        grown = bool(more)
    return reached


def carries_on(world: World, claim: Said, other: Said) -> bool:
    """Whether a claim falls with another: it repeats it, or stands in a copy of its report."""
    if repeated_by(world, claim) == other:
        return True
    if world.point(claim) != world.point(other) or not world.is_copy(claim.report, other.report):
        return False
    return is_own_words(world, claim) or own_voice(world, claim) == own_voice(world, other)


# What counts ------------------------------------------------------------------------------------------------


@dataclass
class Statement:
    """A claim with all that repeat it."""

    members: list[Said]
    """Those not taken back."""
    best: Said
    key: str
    voice: str
    time: tuple[int, int, int, str]
    is_own_words: bool
    ended: str | None = None
    """Why it does not count, though nobody took it back."""
    let_go: set[str] = field(default_factory=set)
    """Those who repeated it and have turned since."""

    @property
    def stands(self) -> bool:
        return not self.ended and any(claim.id not in self.let_go for claim in self.members)

    @property
    def side(self) -> str:
        """`positive`, `negative` or `forecast`; else `taken back` or `neutral`."""
        return "taken back" if self.best.stance == "retracts" else self.best.polarity


def attribution(world: World, claim: Said) -> tuple[Any, ...]:
    """How well a claim is attributed, the best first: by name, then the earliest; of one time what is repeated."""
    steps, repeated = 0, repeated_by(world, claim)
    while repeated is not None:
        steps, repeated = steps + 1, repeated_by(world, repeated)
    return not is_on_record_by_name(world, claim), world.time(claim)[:2], steps, world.time(claim)


def statements_on(world: World, proposition: str, through: dict[str, str]) -> list[Statement]:
    statements = []
    key_of_voice: dict[str, str] = {}
    for claim in sorted(world.claims.values(), key=world.time):
        if world.point(claim) == proposition:
            key_of_voice.setdefault(own_voice(world, claim), own_key(world, claim))
    for tree in trees_on(world, proposition):
        best = min(tree, key=lambda claim: attribution(world, claim))
        statements.append(
            Statement(
                [claim for claim in tree if claim.id not in through],
                best,
                key_of_voice[own_voice(world, best)],
                own_voice(world, best),
                world.time(best),
                all(is_own_words(world, claim) for claim in tree),
            )
        )
    return statements


def settled(world: World, proposition: str, through: dict[str, str]) -> list[Statement]:
    """The statements on a proposition, each outdated whose voice has turned."""
    statements = statements_on(world, proposition, through)
    said = [statement for statement in statements if statement.members and statement.side != "neutral"]
    newest_of: dict[str, Statement] = {}
    for voice in {statement.voice for statement in said}:
        newest = let_one_voice_have_one_side(world, [s for s in said if s.voice == voice])
        if newest is not None:
            newest_of[voice] = newest
    for statement in said:
        for claim in statement.members:
            newest = newest_of.get(own_voice(world, claim))
            if newest is None or newest.voice == statement.voice or newest.time < world.time(claim):
                continue
            if statement.side == "forecast" and newest.side == "positive":
                continue
            if newest.side != statement.side and statement.side != "taken back":
                statement.let_go.add(claim.id)
    return statements


def weigh(world: World, proposition: str, through: dict[str, str]) -> list[Statement]:
    """The statements on a proposition, each with the reason why it does not count, if that lies in the others."""
    statements = settled(world, proposition, through)
    said = [statement for statement in statements if statement.members and statement.side != "neutral"]
    if proposition in world.lasting:
        let_what_ended_end(world, proposition, said, through)
    for side in ("positive", "negative", "forecast"):
        standing = [statement for statement in said if statement.side == side and statement.stands]
        if any(not statement.is_own_words for statement in standing):
            for statement in standing:
                if statement.is_own_words:
                    statement.ended = "echo"
    return statements


def supersedes(world: World, newer: Statement, older: Statement) -> bool:
    return any(
        (kind, by.lineage, of.lineage) in world.relations
        for kind in SUPERSEDING
        for by in newer.members
        for of in older.members
    )


def let_one_voice_have_one_side(world: World, said: list[Statement]) -> Statement | None:
    sided = [statement for statement in said if statement.side != "forecast"]
    if not sided:
        return None
    left = [
        statement
        for statement in sided
        if not any(supersedes(world, other, statement) for other in sided if other is not statement)
    ]
    newest = max(left or sided, key=lambda statement: statement.time)
    for statement in said:
        if statement.side == "forecast":
            if newest.side != "positive" and newest.time > statement.time:
                statement.ended = "outdated"
        elif statement.side != newest.side and statement.side != "taken back":
            statement.ended = "outdated"
    return newest


def goes_on(claim: Said) -> bool:
    return claim.event is not None and claim.event[1] is None


def says_it_ended(world: World, claim: Said) -> bool:
    if claim.event is None or claim.event[1] is None or claim.event[2] != "days":
        return False
    return claim.event[1] <= world.said_day(claim)


def let_what_ended_end(
    world: World, proposition: str, said: list[Statement], through: dict[str, str]
) -> None:
    standing = [statement for statement in said if statement.side == "positive" and statement.stands]
    going_on = [statement for statement in standing if any(map(goes_on, statement.members))]
    ended: list[Statement] = []
    for older in going_on:
        for newer in standing:
            says_so = any(says_it_ended(world, claim) for claim in newer.members)
            if says_so and newer.key == older.key and newer.time > older.time:
                ended += [older, newer]
        if any(ends_elsewhere(world, newer, older, through) for newer in elsewhere(world, proposition)):
            ended.append(older)
    for statement in ended:
        statement.ended = "outdated"


def elsewhere(world: World, proposition: str) -> Iterable[Said]:
    return [claim for claim in world.claims.values() if world.point(claim) != proposition]


def ends_elsewhere(world: World, newer: Said, older: Statement, through: dict[str, str]) -> bool:
    """Whether a claim about another point, of the same origin, says that something is over."""
    if newer.polarity != "positive" or newer.id in through:
        return False
    if not any(
        (kind, newer.lineage, member.lineage) in world.relations
        for kind in SUPERSEDING
        for member in older.members
    ):
        return False
    tree = next(
        statement for statement in settled(world, world.point(newer), through) if newer in statement.members
    )
    if tree.ended or newer.id in tree.let_go:
        return False
    return tree.key == older.key and world.time(newer) > older.time


def verdicts(world: World) -> dict[str, Verdict]:
    """What is to be kept of every claim."""
    through = taken_back(world)
    found: dict[str, Verdict] = {}
    for proposition in {world.point(claim) for claim in world.claims.values()}:
        for statement in weigh(world, proposition, through):
            for tree in trees_on(world, proposition):
                if statement.best in tree:
                    for claim in tree:
                        found[claim.id] = Verdict(
                            own_key(world, claim),
                            own_voice(world, claim),
                            statement.key,
                            statement.voice,
                            reason(claim, statement, through),
                            through.get(claim.id),
                        )
    return found


def reason(claim: Said, statement: Statement, through: dict[str, str]) -> str | None:
    if claim.polarity == "neutral" or claim.stance == "retracts":
        return "neutral"
    if claim.id in through:
        return "retracted"
    if claim.id in statement.let_go:
        return "outdated"
    return statement.ended or ("forecast" if claim.polarity == "forecast" else None)


# How it stands ----------------------------------------------------------------------------------------------


def keys_on(world: World, of: dict[str, Verdict], propositions: Iterable[str], polarity: str) -> set[str]:
    return {
        of[claim.id].key
        for claim in world.claims.values()
        if world.point(claim) in propositions and claim.polarity == polarity and of[claim.id].stands
    }


def rivals_of(world: World, question: str) -> set[str]:
    return {
        world.end("proposition", rival)
        for rival, answered in world.answers.items()
        if ("proposition", rival) not in world.gone
        and answered
        and world.end("proposition", answered) == question
    }


def standing_of(world: World, of: dict[str, Verdict], proposition: str) -> Standing:
    rivals, asserted, counted = set(), set(), {proposition}
    is_open = proposition in world.questions
    if is_open:
        rivals = rivals_of(world, proposition)
        asserted = {rival for rival in rivals if keys_on(world, of, [rival], "positive")}
        counted = asserted if len(asserted) == 1 else rivals
    for_, against, forecasting = (
        len(keys_on(world, of, counted, polarity)) for polarity in ("positive", "negative", "forecast")
    )
    if is_open and not asserted:
        state = "forecast_only" if forecasting else "unreported"
    elif len(asserted) > 1 or (for_ and against):
        state = "disputed"
    elif for_ or against:
        state = "denied" if against else "agreed" if for_ > 1 else "single_origin"
    else:
        state = "forecast_only" if forecasting else "unreported"
    documents = {
        claim.report
        for claim in world.claims.values()
        if world.point(claim) in counted
        and claim.report not in world.issued_later
        and claim.polarity != "neutral"
        and not of[claim.id].retracted_through
    }
    moments = [
        world.time(claim)[0]
        for claim in world.claims.values()
        if world.point(claim) in {proposition, *rivals}
    ]
    return Standing(state, for_, against, forecasting, len(documents), min(moments, default=None))
