"""What a dispute state rests on, by ids: from it a sentence is written, with the names as they read then.

And what would change it: every other state that one more claim would lead to.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from strikes.choices import Dispute, NotCounted, Polarity, Stance
from strikes.disputes.weighing import Ending, WeighedClaim

Basis = dict[str, Any]
"""As it is kept, in JSON; `docs/decisions.md` D71 says what stands in it."""

SIDE_NAMES = {Polarity.POSITIVE: "for", Polarity.NEGATIVE: "against", Polarity.FORECAST: "forecasts"}
MOST_NAMED = 3
"""Origins, speakers and reports that are named; the others are counted."""
MOST_KEYS = 20
"""Origins of a side that are looked at for whether all are bodies of one state."""
FEW = 2
"""With more origins on a side, no single word taken back changes the state."""
MOST_ANSWERS = 10
"""Answers of an open question of which it is worked out what they would change."""


class Stand(NamedTuple):
    """A voice on a side, by whose word it counts there."""

    key: str
    voice: str
    side: Polarity
    is_own_words: bool


Stands = frozenset[Stand]
NEWCOMER = ""
"""The key and the voice of somebody who has not spoken yet."""


class Step(NamedTuple):
    """One more claim: what it would be, whose, about which answer, and how voices would stand then."""

    would_be: str
    voice: str | None
    stands: Stands


def state_from(sides: Mapping[Polarity, int]) -> Dispute:
    """The dispute state that follows from how many independent origins stand where."""
    origins_for, origins_against = sides.get(Polarity.POSITIVE, 0), sides.get(Polarity.NEGATIVE, 0)
    if origins_for and origins_against:
        return Dispute.DISPUTED
    if origins_against:
        return Dispute.DENIED
    # One word alone is reported; only a second origin makes it agreed, however many pages repeat the first.
    if origins_for:
        return Dispute.AGREED if origins_for > 1 else Dispute.SINGLE_ORIGIN
    # Two who predict are no witnesses.
    return Dispute.FORECAST_ONLY if sides.get(Polarity.FORECAST) else Dispute.UNREPORTED


def basis_of(claims: Sequence[WeighedClaim], endings: Sequence[Ending]) -> Basis:
    """What the state of a proposition rests on."""
    in_time = sorted(claims, key=lambda claim: claim.time)
    basis: Basis = {name: side for polarity, name in SIDE_NAMES.items() if (side := _side(in_time, polarity))}
    others = _who_else_spoke(in_time)
    for name, of_these in others.items():
        if speakers := _few(claim.speaker for claim in of_these):
            basis[name] = speakers
    if reports := _few(c.retracted_through.public_id for c in in_time if c.retracted_through is not None):
        basis["retracted"] = reports
    still = {claim.speaker for claim in claims if claim.stands and claim.polarity == Polarity.POSITIVE}
    endings = [ending for ending in endings if ending.speaker not in still]
    if endings:
        basis["ended"] = [[ending.speaker, ending.on.isoformat()] for ending in endings[:MOST_NAMED]]
    basis["would_change"] = [
        [to, step.would_be, step.voice] for to, step in _changes(stands_of(claims), state_of_stands)
    ]
    return basis


def _who_else_spoke(in_time: Sequence[WeighedClaim]) -> dict[str, list[WeighedClaim]]:
    """The claims of voices that stand on no side: silent, turned, or taken back.

    Of a voice only what it says last is told: one that stands on a side is not silent, nor is it taken back.
    """
    standing = {voice for claim in in_time if claim.stands for voice in (claim.voice, claim.own_voice)}
    heard = [c for c in in_time if c.retracted_through is None]
    taken_back = [c for c in heard if c.stance == Stance.RETRACTS and c.own_voice not in standing]
    gone = {claim.own_voice for claim in taken_back}
    silent = [c for c in heard if c.polarity == Polarity.NEUTRAL and c.own_voice not in standing | gone]
    turned = [c for c in heard if c.not_counted_because == NotCounted.OUTDATED and not c.has_ended]
    outdated = [claim for claim in turned if claim.own_voice not in gone]
    return {"silent": silent, "outdated": outdated, "taken_back": taken_back}


def _few(names: Iterator[str]) -> list[Any]:
    """The first of these, each once, and how many more there are."""
    distinct = list(dict.fromkeys(names))
    more = len(distinct) - MOST_NAMED
    return [*distinct[:MOST_NAMED], more] if more > 0 else distinct


def _side(claims: Sequence[WeighedClaim], polarity: Polarity) -> Basis | None:
    standing = [claim for claim in claims if claim.polarity == polarity and claim.stands]
    if not standing:
        return None
    by_key: dict[str, list[WeighedClaim]] = {}
    for claim in standing:
        by_key.setdefault(claim.key, []).append(claim)
    origins = [
        {"key": key, "speakers": _speakers_of(of_origin), "pages": len(_pages_of(of_origin))}
        for key, of_origin in list(by_key.items())[:MOST_NAMED]
    ]
    # A page that quotes who counts says nothing the second time.
    echoing = [c for c in claims if c.polarity == polarity and c.not_counted_because == NotCounted.ECHO]
    echoes = _pages_of(echoing) - _pages_of(standing)
    return {
        "count": len(by_key),
        "origins": origins,
        "keys": list(by_key) if len(by_key) <= MOST_KEYS else [],
        "own_words": all(claim.is_own_words for claim in standing),
        "echoes": len(echoes),
    }


def _pages_of(claims: Iterable[WeighedClaim]) -> set[int]:
    """The reports of claims, as far as they had been issued."""
    return {claim.page for claim in claims if claim.page is not None}


def _speakers_of(origin: Sequence[WeighedClaim]) -> list[Any]:
    """Who speaks for an origin: not those who only repeat its word, if anybody else is left."""
    own = [claim.speaker for claim in origin if claim.own_voice == claim.voice]
    return _few(iter(own or [claim.speaker for claim in origin]))


# What would change it ---------------------------------------------------------------------------------------


def stands_of(claims: Sequence[WeighedClaim]) -> Stands:
    """How voices stand, echoes among them: they count again where nobody else is left."""
    return frozenset(
        Stand(claim.key, claim.voice, claim.polarity, claim.is_own_words)
        for claim in claims
        if claim.stands or claim.not_counted_because == NotCounted.ECHO
    )


def counted(stands: Stands) -> dict[Polarity, set[str]]:
    """The origins on each side; an outlet's own words count only where nobody else does."""
    keys: dict[Polarity, set[str]] = {}
    for side in SIDE_NAMES:
        on_side = [stand for stand in stands if stand.side == side]
        others = [stand for stand in on_side if not stand.is_own_words]
        keys[side] = {stand.key for stand in others or on_side}
    return keys


def state_of_stands(stands: Stands) -> Dispute:
    return state_from({side: len(keys) for side, keys in counted(stands).items()})


def _changes(stands: Stands, state_after: Callable[[Stands], Dispute]) -> Iterator[tuple[Dispute, Step]]:
    """Each other state that one more claim leads to, with the first such claim."""
    reached = {state_after(stands)}
    for step in steps_from(stands):
        to = state_after(step.stands)
        if to not in reached:
            reached.add(to)
            yield to, step


def steps_from(stands: Stands) -> Iterator[Step]:
    """What one more claim could be: by somebody who has not spoken, or by one whose word weighs alone."""

    def newcomer(side: Polarity, is_own_words: bool = False) -> Stands:
        return stands | {Stand(NEWCOMER, NEWCOMER, side, is_own_words)}

    yield Step("somebody_says", None, newcomer(Polarity.POSITIVE))
    yield Step("newsroom_says", None, newcomer(Polarity.POSITIVE, is_own_words=True))
    yield Step("somebody_denies", None, newcomer(Polarity.NEGATIVE))
    yield Step("newsroom_denies", None, newcomer(Polarity.NEGATIVE, is_own_words=True))
    yield Step("somebody_forecasts", None, newcomer(Polarity.FORECAST))
    for stand in sorted(_that_weigh_alone(stands)):
        others = frozenset(other for other in stands if other.voice != stand.voice)
        yield Step("takes_back", stand.voice, others)
        if stand.side == Polarity.NEGATIVE:
            yield Step("now_says", stand.voice, others | {stand._replace(side=Polarity.POSITIVE)})
        else:
            yield Step("now_denies", stand.voice, others | {stand._replace(side=Polarity.NEGATIVE)})


def _that_weigh_alone(stands: Stands) -> Iterator[Stand]:
    """Voices that are the only ones of their origin on a side of few origins."""
    for side, keys in counted(stands).items():
        if len(keys) <= FEW:
            for key in keys:
                of_origin = [stand for stand in stands if stand.side == side and stand.key == key]
                if len({stand.voice for stand in of_origin}) == 1:
                    yield of_origin[0]


# Open questions ---------------------------------------------------------------------------------------------


def basis_of_answers(own: Basis, answers: Mapping[str, Basis], stands: Mapping[str, Stands]) -> Basis:
    """What the state of an open question rests on: which of its answers somebody is for."""
    given = [name for name in answers if answers[name].get("for")]
    basis: Basis = {"open": True, "answers": given}
    basis["given"] = {name: _of_sides(answers[name]) for name in given[:MOST_NAMED]}
    if "silent" in own:
        basis["silent"] = own["silent"]
    basis["would_change"] = [
        [to, step.would_be, step.voice, answer] for to, step, answer in _changes_of_answers(stands)
    ]
    return basis


def _of_sides(basis: Basis) -> Basis:
    """What is told of an answer within its question: who is for it and who against."""
    return {name: basis[name] for name in ("for", "against") if name in basis}


def _changes_of_answers(answers: Mapping[str, Stands]) -> Iterator[tuple[Dispute, Step, str | None]]:
    reached = {state_of_answers(answers.values())}
    nobody: Stands = frozenset()
    for name, stands in [(None, nobody), *list(answers.items())[:MOST_ANSWERS]]:
        for step in steps_from(stands):
            to = state_of_answers([step.stands, *(s for other, s in answers.items() if other != name)])
            if to not in reached:
                reached.add(to)
                yield to, step, name


def state_of_answers(answers: Collection[Stands]) -> Dispute:
    """The state of an open question: that of its one asserted answer, or disputed if there are several."""
    keys = [counted(stands) for stands in answers]
    asserted = [sides for sides in keys if sides[Polarity.POSITIVE]]
    if len(asserted) > 1:
        return Dispute.DISPUTED  # two who name different culprits contradict each other
    if asserted:
        return state_from({side: len(of_side) for side, of_side in asserted[0].items()})
    # Denying answers gives none, and predicting one does not either.
    is_forecast = any(sides[Polarity.FORECAST] for sides in keys)
    return Dispute.FORECAST_ONLY if is_forecast else Dispute.UNREPORTED
