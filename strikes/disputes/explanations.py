"""Why a proposition stands as it does, in a sentence, and what would change it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sources.choices import ActorKind
from sources.models import Actor, Report
from strikes.choices import Dispute
from strikes.disputes.basis import Basis
from strikes.models import Proposition, PropositionState

SIDES = ("for", "against", "forecasts")
STATE_BODIES = {ActorKind.GOVERNMENT_BODY, ActorKind.ARMED_FORCE, ActorKind.INTELLIGENCE_AGENCY}
"""Bodies that speak for their state, and so are no independent witnesses of each other."""


REMARKS = {
    "for": ("Those for it", "It", "says so", "say so"),
    "against": ("Those against it", "The denial", "denies it", "deny it"),
    "forecasts": ("Those who forecast it", "The forecast", "forecasts it", "forecast it"),
}
"""How remarks on a side speak of those who stand there, of one word alone, and of pages that echo it."""


class Name(NamedTuple):
    """An actor as a sentence names it."""

    name: str
    kind: str
    country: str | None

    def __str__(self) -> str:
        return f"unnamed {self.name}" if self.kind == ActorKind.ANONYMOUS else self.name


class WouldChange(NamedTuple):
    """A state that is one claim away, and the claim that would lead to it."""

    to: str
    condition: str


class Explained(NamedTuple):
    """Why a proposition stands as it does, and what would change it."""

    explanation: str
    would_change: list[WouldChange]


def explained(states: Iterable[PropositionState]) -> dict[int, Explained]:
    """The explanation of each of these states, by its proposition. At most three queries."""
    states = list(states)
    writer = Explainer([state.basis for state in states])
    return {state.proposition_id: writer.explain(state.state, state.basis) for state in states}


def a_few(names: Sequence[str], more: int = 0) -> str:
    """Names as a sentence lists them: "A, B and 2 more". Names with commas of their own are set apart by semicolons."""
    parts = [*names, f"{more} more"] if more else list(names)
    if len(parts) < 2:
        return "".join(parts)
    if any(", " in part for part in parts):
        return f"{'; '.join(parts[:-1])}; and {parts[-1]}"
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def counted(number: int, singular: str, plural: str | None = None) -> str:
    words = {
        1: "one",
        2: "two",
        3: "three",
        4: "four",
        5: "five",
        6: "six",
        7: "seven",
        8: "eight",
        9: "nine",
    }
    return f"{words.get(number, f'{number:,}')} {singular if number == 1 else plural or singular + 's'}"


class Explainer:
    """Writes sentences from what states rest on, with the names of all that they mention."""

    def __init__(self, bases: Collection[Basis]) -> None:
        actors = {name for basis in bases for name in _actors_in(basis)}
        reports = {name for basis in bases for name in basis.get("retracted", ()) if isinstance(name, str)}
        points = {name for basis in bases for name in basis.get("answers", ())}
        points |= {
            change[3] for basis in bases for change in basis["would_change"] if len(change) > 3 and change[3]
        }
        columns = ("public_id", "name", "kind", "country")
        self.actors = {
            public_id: Name(*name)
            for public_id, *name in Actor.objects.filter(public_id__in=actors).values_list(*columns)
        }
        published = Report.objects.filter(public_id__in=reports).values_list("public_id", "source__name")
        self.publishers = dict(published) if reports else {}
        answers = Proposition.objects.filter(public_id__in=points) if points else ()
        self.answers: dict[str, str] = {row.public_id: row.text for row in answers}

    def explain(self, state: str, basis: Basis) -> Explained:
        sentences = [self.answered(basis) if basis.get("open") else self.stands(Dispute(state), basis)]
        sentences += [sentence for sentence in self.remarks(basis) if sentence]
        return Explained(" ".join(map(_begun, sentences)), list(self.would_change(basis)))

    def answer(self, public_id: str) -> str:
        """An answer as it is quoted within a sentence."""
        return f"“{self.answers.get(public_id, public_id).removesuffix('.')}”"

    # Who ---------------------------------------------------------------------------------------------------

    def name(self, actor: str) -> str:
        return str(self.actors.get(actor, actor))

    def names(self, few: Sequence[str | int]) -> str:
        """Some speakers, as they are kept: ids, and at the end how many more there are."""
        names = [self.name(part) for part in few if isinstance(part, str)]
        return a_few(names, sum(part for part in few if isinstance(part, int)))

    def origin(self, origin: Basis) -> str:
        """An origin by whoever speaks for it: an unnamed source, never the body that it is said to belong to."""
        key, speakers = origin["key"], origin["speakers"]
        if key in speakers and len(speakers) > 1:
            others = [speaker for speaker in speakers if speaker != key]
            return f"{self.name(key)} (with {self.names(others)})"
        if key in speakers or len(speakers) > 1:
            return self.names(speakers)
        speaker = self.actors.get(speakers[0])
        is_for_a_body = speaker is not None and speaker.kind == ActorKind.PERSON and key in self.actors
        return f"{self.name(speakers[0])} for {self.name(key)}" if is_for_a_body else self.names(speakers)

    def origins(self, side: Basis | None) -> str:
        if side is None:
            return "nobody"
        return a_few(
            [self.origin(origin) for origin in side["origins"]], side["count"] - len(side["origins"])
        )

    # Why ---------------------------------------------------------------------------------------------------

    def stands(self, state: Dispute, basis: Basis) -> str:
        sides = {name: basis[name] for name in SIDES if name in basis}
        match state:
            case Dispute.DISPUTED:
                return f"For it: {self.origins(sides.get('for'))}. Against it: {self.origins(sides.get('against'))}."
            case Dispute.DENIED:
                return f"Only denied, by {self.origins(sides.get('against'))}; nobody says that it is so."
            case Dispute.AGREED:
                return f"{counted(sides['for']['count'], 'independent origin').capitalize()}: {self.origins(sides.get('for'))}."
            case Dispute.SINGLE_ORIGIN:
                # What was said by name before any page was out is on none of them yet.
                pages = max(0, sum(origin["pages"] for origin in sides["for"]["origins"]) - 1)
                repeated = (
                    f"; {counted(pages, 'more page')} {'carries' if pages == 1 else 'carry'} it"
                    if pages
                    else ""
                )
                return f"One word: {self.origins(sides['for'])}{repeated}."
            case Dispute.FORECAST_ONLY:
                return f"Only forecast, by {self.origins(sides.get('forecasts'))}; nobody says that it is so."
        return self.unreported(basis)

    def unreported(self, basis: Basis) -> str:
        if "ended" in basis:
            ended = [
                f"{self.name(speaker)} said that it ended on {_day(on)}" for speaker, on in basis["ended"]
            ]
            return f"It no longer goes on: {a_few(ended)}."
        if "retracted" in basis:
            return "Nobody's word for it or against it still stands."
        if "outdated" in basis or "taken_back" in basis:
            return "Nobody stands by it, or by a denial of it, any longer."
        return "Nobody says that it is so, or that it is not."

    def answered(self, basis: Basis) -> str:
        # Asked for by the list: PostgreSQL keeps the keys of an object in an order of its own.
        told = [(name, basis["given"][name]) for name in basis["answers"] if name in basis["given"]]
        given = [f"{self.answer(name)} {self.given_by(sides)}" for name, sides in told]
        number = len(basis["answers"])
        if not number:
            return "Nobody stands for any answer."
        if number == 1:
            return f"One answer is given: {given[0]}."
        answers = counted(number, "answer").capitalize()
        return f"{answers} are given, which contradict each other: {a_few(given, number - len(given))}."

    def given_by(self, sides: Basis) -> str:
        """Who gives an answer, and who denies it."""
        denied = f", denied by {self.origins(sides['against'])}" if "against" in sides else ""
        return f"(by {self.origins(sides['for'])}{denied})"

    def remarks(self, basis: Basis) -> Iterator[str]:
        """What else a reader should know of the words that count, and of those that do not."""
        for name in SIDES:
            if name in basis:
                yield from self.remarks_on(name, basis[name], alone="against" not in basis)
        if "forecasts" in basis and ("for" in basis or "against" in basis):
            yield f"Forecast, which takes no side, by {self.origins(basis['forecasts'])}."
        if "ended" in basis and ("for" in basis or "against" in basis):
            for speaker, on in basis["ended"]:
                yield f"{self.name(speaker)} said that it ended on {_day(on)}."
        if "taken_back" in basis:
            yield f"Taken back by {self.names(basis['taken_back'])}."
        if "outdated" in basis:
            yield f"{self.names(basis['outdated'])} said otherwise before."
        if "retracted" in basis:
            publishers = dict.fromkeys(
                self.publishers.get(part, part) if isinstance(part, str) else f"{part} more"
                for part in basis["retracted"]
            )
            yield f"Not counted, since it was taken back by its publisher: what {a_few(list(publishers))} reported."
        if "silent" in basis:
            yield f"Without a side: {self.names(basis['silent'])}."

    def remarks_on(self, name: str, side: Basis, alone: bool) -> Iterator[str]:
        they, it, says, say = REMARKS[name]
        if side["own_words"]:
            it = it if alone else {"for": "What is said for it"}.get(name, it)
            yield (
                f"{they} are newsrooms that name no source."
                if side["count"] > 1
                else f"{it} is a newsroom's own word, without a source."
            )
        if state := self.one_state(side):
            yield f"{they} are all bodies of one state ({state})."
        if echoes := side["echoes"]:
            pages = counted(echoes, "page").capitalize()
            doing, add = (says, "adds") if echoes == 1 else (say, "add")
            yield f"{pages} {doing} without a source and {add} no voice."

    def one_state(self, side: Basis) -> str | None:
        """The country whose bodies all of several origins are."""
        bodies = [self.actors.get(key) for key in side["keys"]]
        if len(bodies) < 2 or not all(body is not None and body.kind in STATE_BODIES for body in bodies):
            return None
        countries = {body.country for body in bodies if body is not None}
        return countries.pop() if len(countries) == 1 else None

    # What would change it ----------------------------------------------------------------------------------

    def would_change(self, basis: Basis) -> Iterator[WouldChange]:
        for to, would_be, voice, *answer in basis["would_change"]:
            yield WouldChange(
                to, self.condition(would_be, voice, answer[0] if answer else None, bool(answer))
            )

    def condition(self, would_be: str, voice: str | None, answer: str | None, is_open: bool) -> str:
        """One more claim, in words. "Should" is right of one speaker and of several."""
        it = "it"
        if is_open:
            it = self.answer(answer) if answer else "an answer that nobody has given yet"
        says = "gives" if is_open and not answer else "says"
        who = "" if voice is None else self.name(voice)
        return {
            "somebody_says": f"an independent origin {says} {'that it is so' if it == 'it' else it}",
            "newsroom_says": f"another newsroom {says} {'so' if it == 'it' else it} in its own words",
            "somebody_denies": f"somebody denies {it}",
            "newsroom_denies": f"another newsroom denies {it} in its own words",
            "somebody_forecasts": f"somebody forecasts {it}",
            "takes_back": f"{who} should take back what was said",
            "now_says": f"{who} should now say {'that it is so' if it == 'it' else it}",
            "now_denies": f"{who} should now deny {it}",
        }[would_be]


def _actors_in(basis: Mapping[str, object]) -> Iterator[str]:
    """The ids of all actors that the explanation of a state can name."""
    for name in SIDES:
        side = basis.get(name)
        if isinstance(side, dict):
            yield from side["keys"]
            for origin in side["origins"]:
                yield origin["key"]
                yield from (speaker for speaker in origin["speakers"] if isinstance(speaker, str))
    given = basis.get("given")
    for sides in given.values() if isinstance(given, dict) else ():
        yield from _actors_in({"would_change": [], **sides})
    for name in ("silent", "outdated", "taken_back"):
        few = basis.get(name, ())
        if isinstance(few, list):
            yield from (speaker for speaker in few if isinstance(speaker, str))
    for name, position in (("ended", 0), ("would_change", 2)):
        rows = basis.get(name, ())
        if isinstance(rows, list):
            yield from (row[position] for row in rows if row[position])


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _day(iso: str) -> str:
    day = dt.date.fromisoformat(iso)
    return f"{day.day} {day:%B} {day.year}"
