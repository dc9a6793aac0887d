"""How the claims on one proposition weigh: which count, for whom, on which side, and why the others do not.

Nothing here knows the database. The rules are those of `docs/decisions.md` D69: repeats are one statement, one voice
has one side, an outlet's own words without a source echo whoever else speaks, and forecasts stand apart.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from record.graphs import way
from strikes.choices import NotCounted, Polarity, Stance

SIDES = (Polarity.POSITIVE, Polarity.NEGATIVE, Polarity.FORECAST)
TAKEN = (Polarity.POSITIVE, Polarity.NEGATIVE)
"""The sides of which one voice has one."""
Time = tuple[dt.datetime, dt.datetime, int, str]
"""By what the newest word is found: when it was said, when it was issued, its position, its id."""


class TakenBack(NamedTuple):
    """The report whose publisher took a claim back: its own, or one that it rests on."""

    report: int
    public_id: str


@dataclass(slots=True)
class WeighedClaim:
    """A claim as it is weighed: what it says, whose word it is, and what comes of it."""

    claim: int
    public_id: str
    lineage: str
    proposition: int
    """The proposition that stands for the one it is about."""
    speaker: str
    """The id of the actor who speaks, or of the one that stands for it."""
    report: int
    stance: Stance
    polarity: Polarity
    time: Time
    own_key: str
    own_voice: str
    is_named: bool
    is_own_words: bool
    page: int | None = None
    """Its report as a document; null if that was issued later than what was asked for."""
    tells_of: dt.date = dt.date.min
    """The last day of what it tells of or, if it does not say, the day on which it was said."""
    goes_on: bool = False
    """Whether it says that a lasting state goes on."""
    ended_on: dt.date | None = None
    """The day on which, as it says, a lasting state ended."""
    has_ended: bool = False
    """Whether it is outdated since something has ended, and not since its speaker turned."""
    retracted_through: TakenBack | None = None
    key: str = ""
    voice: str = ""
    not_counted_because: NotCounted | None = None

    def says_the_same_as(self, other: WeighedClaim) -> bool:
        """Whether both are about one point and do the same to it. To take a word back is not to deny it."""
        both_take_back = (self.stance == Stance.RETRACTS) == (other.stance == Stance.RETRACTS)
        return self.proposition == other.proposition and self.polarity == other.polarity and both_take_back

    @property
    def counts(self) -> bool:
        return self.not_counted_because is None

    @property
    def stands(self) -> bool:
        """Whether it counts on its side or, for a forecast, among the forecasts."""
        return self.not_counted_because in (None, NotCounted.FORECAST)


@dataclass(slots=True)
class Statement:
    """A claim with all that repeat it: one word, however many pages carry it."""

    claims: list[WeighedClaim]
    """Those that were not taken back."""
    lineages: set[str]
    key: str
    voice: str
    polarity: Polarity
    time: Time
    retracts: bool
    is_own_words: bool

    def end_as(self, reason: NotCounted) -> None:
        for claim in self.claims:
            if claim.stands:
                claim.not_counted_because = reason

    def end_if(self, is_over: bool) -> None:
        if is_over:
            self.end_as(NotCounted.OUTDATED)

    def has_ended(self) -> None:
        for claim in self.claims:
            claim.has_ended = claim.has_ended or claim.stands
        self.end_as(NotCounted.OUTDATED)

    @property
    def stands(self) -> bool:
        return any(claim.stands for claim in self.claims)


@dataclass
class OriginTally:
    """One independent origin on one side: by how many claims in how many reports it is heard, and of whom."""

    key: str
    side: Polarity | None
    """Null where it stands on none: it has taken back what it said, or was an echo only."""
    claims: int = 0
    reports: set[int] = field(default_factory=set)
    speakers: dict[str, bool] = field(default_factory=dict)
    """Who is heard, and whether a claim of theirs counts."""

    @property
    def documents(self) -> int:
        return len(self.reports)

    def add(self, claim: WeighedClaim) -> None:
        self.claims += 1
        if claim.page is not None:
            self.reports.add(claim.page)
        self.speakers[claim.speaker] = self.speakers.get(claim.speaker, False) or claim.stands


class Ending(NamedTuple):
    """Who said that a lasting state had ended, and when."""

    speaker: str
    on: dt.date


# Weighing ---------------------------------------------------------------------------------------------------


def settle(
    claims: Iterable[WeighedClaim], statements: Sequence[Statement], updates: Collection[tuple[str, str]]
) -> None:
    """Say of each claim on one proposition whether its speaker stands by it, by a pair of a newer and an older
    lineage for each update."""
    for claim in claims:
        claim.not_counted_because = _not_counted_by_itself(claim)
    by_voice: dict[str, list[Statement]] = defaultdict(list)
    for statement in statements:
        by_voice[statement.voice].append(statement)
    newest_of_voice = {
        voice: newest_of(sided, updates)
        for voice, said in by_voice.items()
        if (sided := [statement for statement in said if statement.polarity in TAKEN])
    }
    for statement in statements:
        newest = newest_of_voice.get(statement.voice)
        if newest is not None and newest is not statement and not statement.retracts:
            statement.end_if(_is_over(statement.polarity, newest, newest.time > statement.time))
        _let_go_of_repeats(statement, newest_of_voice)


def _let_go_of_repeats(statement: Statement, newest_of_voice: Mapping[str, Statement]) -> None:
    """Who repeated somebody and has since turned no longer carries that word either."""
    for claim in statement.claims:
        newest = newest_of_voice.get(claim.own_voice)
        if newest is None or claim.own_voice == statement.voice or newest.time < claim.time:
            continue
        if claim.stands and _is_over(statement.polarity, newest, is_newer=True):
            claim.not_counted_because = NotCounted.OUTDATED


def _is_over(side: Polarity, newest: Statement, is_newer: bool) -> bool:
    """Whether a voice no longer stands by a word on a side, given its newest."""
    if side == Polarity.FORECAST:
        # A forecast that has come true was one all the same.
        return newest.polarity == Polarity.NEGATIVE and is_newer
    return newest.retracts or side != newest.polarity


def conclude(
    statements: Sequence[Statement], ended_elsewhere: Sequence[tuple[WeighedClaim, str]] = ()
) -> list[Ending]:
    """Of what is still stood by, say what has ended and what is an echo.

    ``ended_elsewhere`` has claims on other propositions, each with the lineage of what it says has ended.
    """
    endings = _end_what_has_ended(statements, ended_elsewhere)
    for side in SIDES:
        _let_echoes_fade([s for s in statements if s.polarity == side and s.stands])
    return endings


def _not_counted_by_itself(claim: WeighedClaim) -> NotCounted | None:
    """Why a claim does not count, whatever else is said."""
    if claim.polarity == Polarity.NEUTRAL or claim.stance == Stance.RETRACTS:
        return NotCounted.NEUTRAL
    if claim.retracted_through is not None:
        return NotCounted.RETRACTED
    return NotCounted.FORECAST if claim.polarity == Polarity.FORECAST else None


def statements_of(claims: Sequence[WeighedClaim], repeats: Mapping[str, str]) -> list[Statement]:
    """What takes a side or forecasts, with all that repeat it; and the key and the voice of every claim.

    ``repeats`` has the lineage that a lineage repeats.
    """
    key_of_voice: dict[str, str] = {}
    for claim in sorted(claims, key=lambda claim: claim.time):
        # Whose publisher is not known has the key of the page it is read in: one voice is one origin all the same.
        key_of_voice.setdefault(claim.own_voice, claim.own_key)
    trees: dict[str, list[WeighedClaim]] = defaultdict(list)
    steps = {claim.lineage: way(claim.lineage, repeats.get) for claim in claims}
    for claim in claims:
        trees[steps[claim.lineage][-1]].append(claim)

    def attribution(claim: WeighedClaim) -> tuple[object, ...]:
        # Of one day, what is repeated was there before what repeats it.
        return not claim.is_named, claim.time[:2], len(steps[claim.lineage]), claim.time

    statements = []
    for tree in trees.values():
        # The best attributed: on the record by name, and then the earliest.
        first = min(tree, key=attribution)
        for claim in tree:
            claim.key, claim.voice = key_of_voice[first.own_voice], first.own_voice
        standing = [claim for claim in tree if claim.retracted_through is None]
        if standing and first.polarity != Polarity.NEUTRAL:
            statements.append(
                Statement(
                    standing,
                    {claim.lineage for claim in standing},
                    key_of_voice[first.own_voice],
                    first.own_voice,
                    first.polarity,
                    first.time,
                    first.stance == Stance.RETRACTS,
                    all(claim.is_own_words for claim in tree),
                )
            )
    return statements


def newest_of(said: Sequence[Statement], updates: Collection[tuple[str, str]]) -> Statement:
    """The newest word of one voice: none that it has itself updated or corrected, and then the last."""
    place = {lineage: number for number, statement in enumerate(said) for lineage in statement.lineages}
    outdated = {
        place[older]
        for newer, older in updates
        if newer in place and older in place and place[newer] != place[older]
    }
    # Two that update each other are both outdated: then their times decide.
    latest = [statement for number, statement in enumerate(said) if number not in outdated] or said
    return max(latest, key=lambda statement: statement.time)


def _end_what_has_ended(
    statements: Iterable[Statement], ended_elsewhere: Sequence[tuple[WeighedClaim, str]]
) -> list[Ending]:
    """Where an origin says that a lasting state has ended, its older word that it goes on no longer stands.

    Nor does its word that it ended stand for what goes on: that is no denial, and takes no side of its own.
    """
    standing = [s for s in statements if s.polarity == Polarity.POSITIVE and s.stands]
    going_on = [s for s in standing if any(claim.goes_on for claim in s.claims)]
    if not going_on:
        return []
    endings = []
    for statement in standing:
        ending = next((claim for claim in statement.claims if claim.ended_on is not None), None)
        ended = [o for o in going_on if o.key == statement.key and o.time < statement.time]
        if ending is not None and ending.ended_on is not None and ended:
            endings.append(Ending(ending.speaker, ending.ended_on))
            for older in (*ended, statement):
                older.has_ended()
    for claim, lineage in ended_elsewhere:
        for older in going_on:
            if lineage in older.lineages and older.key == claim.key and older.time < claim.time:
                endings.append(Ending(claim.speaker, claim.tells_of))
                older.has_ended()
    return list(dict.fromkeys(endings))


def _let_echoes_fade(standing: Sequence[Statement]) -> None:
    """An outlet's own words without a source corroborate nobody but other newsrooms' own words."""
    if not all(statement.is_own_words for statement in standing):
        for statement in standing:
            if statement.is_own_words:
                statement.end_as(NotCounted.ECHO)


def origins_among(claims: Iterable[WeighedClaim]) -> list[OriginTally]:
    """The origins of claims, on each side where one stands; where none does, once without a side."""
    tallies: dict[tuple[str, Polarity | None], OriginTally] = {}
    weighed = [c for c in claims if c.polarity != Polarity.NEUTRAL and c.retracted_through is None]
    sides_of_key: dict[str, set[Polarity]] = defaultdict(set)
    for claim in weighed:
        if claim.stands:
            sides_of_key[claim.key].add(claim.polarity)
    for claim in weighed:
        sides = sides_of_key.get(claim.key, set())
        side = claim.polarity if claim.polarity in sides else None
        is_heard = claim.stands or claim.not_counted_because == NotCounted.ECHO
        if (side is None and sides) or (side is not None and not is_heard):
            continue  # what it said before it took another side is no more of it
        tallies.setdefault((claim.key, side), OriginTally(claim.key, side)).add(claim)
    return list(tallies.values())
