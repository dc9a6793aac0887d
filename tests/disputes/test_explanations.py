"""Why a point stands as it does, in a sentence; what would change it, tried; and what a reader is shown first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from record import publishing
from strikes.models import Proposition
from tests.disputes.scenes import (
    UNNAMED,
    account,
    at,
    body,
    newsroom,
    notice,
    own_words,
    page,
    point_at_issue,
    relate,
    say,
    stands,
    unnamed,
    word,
)
from tests.factories import PropositionFactory, StrikeFactory
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db


class Cast:
    """Who can speak of a point, and what they say in each of its states."""

    def __init__(self) -> None:
        self.point = point_at_issue()
        self.governor, self.mayor = (body(name, kind="person") for name in ("governor", "mayor"))
        self.company = body("company")
        self.newcomer = body("newcomer")
        self.paper, self.relay, self.third = (newsroom(name) for name in ("paper", "relay", "third"))

    def unreported(self) -> None:
        say(word(self.point, self.company, stance="declines_to_comment"))

    def forecast_only(self) -> None:
        say(word(self.point, self.company, stance="forecasts"))

    def single_origin(self) -> None:
        first = say(word(self.point, self.governor))
        relate(say(own_words(self.point, self.paper, day=1)), "repeats", first)
        say(own_words(self.point, self.relay, day=1))

    def agreed(self) -> None:
        say(word(self.point, self.governor), word(self.point, self.mayor, day=1))

    def agreed_by_newsrooms(self) -> None:
        say(own_words(self.point, self.paper), own_words(self.point, self.relay, day=1))

    def agreed_by_many(self) -> None:
        say(*(word(self.point, body(f"witness-{n}", kind="person"), day=n) for n in range(5)))

    def agreed_by_one_state(self) -> None:
        ministry = body("ministry", kind="government_body", country="XA")
        army = body("army", kind="armed_force", country="XA")
        say(word(self.point, ministry), word(self.point, army, day=1))

    def denied(self) -> None:
        say(word(self.point, self.governor, stance="denies"))

    def disputed(self) -> None:
        say(word(self.point, self.governor), word(self.point, self.company, stance="denies"))

    def retracted(self) -> None:
        report = page(self.paper)
        say(own_words(self.point, self.paper, report=report))
        notice(report, day=2)

    def turned(self) -> None:
        say(word(self.point, self.governor), word(self.point, self.governor, day=1, stance="retracts"))


SENTENCES = {
    "unreported": "Nobody says that it is so, or that it is not. Without a side: Company.",
    "forecast_only": "Only forecast, by Company; nobody says that it is so.",
    "single_origin": "One word: Governor; one more page carries it. One page says so without a source and adds no voice."
    "",
    "agreed": "Two independent origins: Governor and Mayor.",
    "agreed_by_newsrooms": "Two independent origins: Paper and Relay. Those for it are newsrooms that name no source.",
    "agreed_by_many": "Five independent origins: Witness-0, Witness-1, Witness-2 and 2 more.",
    "agreed_by_one_state": "Two independent origins: Ministry and Army. Those for it are all bodies of one state (XA).",
    "denied": "Only denied, by Governor; nobody says that it is so.",
    "disputed": "For it: Governor. Against it: Company.",
    "retracted": "Nobody's word for it or against it still stands. Not counted, since it was taken back by its "
    "publisher: what Paper reported.",
    "turned": "Nobody stands by it, or by a denial of it, any longer. Taken back by Governor.",
}


@pytest.mark.parametrize("scene", SENTENCES)
def test_each_state_says_in_a_sentence_why_it_is_so(api, scene):
    cast = Cast()
    getattr(cast, scene)()
    assert set(account(api, cast.point)["explanation"].split(". ")) == set(SENTENCES[scene].split(". "))


NOT_A_NEWSROOM = "somebody else than a newsroom that names no source says that it is so"
WORDS: dict[str, Callable[[Cast], Any]] = {
    "an independent origin says that it is so": lambda cast: word(cast.point, cast.newcomer, day=5),
    NOT_A_NEWSROOM: lambda cast: word(cast.point, cast.newcomer, day=5),
    "another newsroom says so in its own words": lambda cast: own_words(cast.point, cast.third, day=5),
    "somebody denies it": lambda cast: word(cast.point, cast.newcomer, day=5, stance="denies"),
    "another newsroom denies it in its own words": lambda cast: own_words(
        cast.point, cast.third, day=5, stance="denies"
    ),
    "somebody forecasts it": lambda cast: word(cast.point, cast.newcomer, day=5, stance="forecasts"),
}
STANCES = {"take back what was said": "retracts", "now say that it is so": "asserts", "now deny it": "denies"}
NAMES = {"Governor": "governor", "Mayor": "mayor", "Company": "company", "Paper": "paper", "Relay": "relay"}


def one_more_claim(cast: Cast, condition: str) -> Any:
    """The claim that a sentence tells of."""
    if condition in WORDS:
        return WORDS[condition](cast)
    name, _, what = condition.partition(" should ")
    actor = NAMES.get(name, name.lower())
    speaker = next(claim.actor for claim in fresh(cast.point).claims.all() if claim.actor.public_id == actor)
    own = (
        {"attribution": "unattributed", "report": page(speaker.source, 5)} if speaker.kind == "media" else {}
    )
    return word(cast.point, speaker, day=5, stance=STANCES[what], **own)


EXPECTED = {
    "unreported": {"single_origin", "denied", "forecast_only"},
    "forecast_only": {"single_origin", "denied", "unreported"},
    "single_origin": {"agreed", "disputed"},  # the page that says the same would still stand
    "agreed": {"disputed", "single_origin"},
    "agreed_by_newsrooms": {"disputed", "single_origin"},
    "agreed_by_many": {"disputed"},
    "agreed_by_one_state": {"disputed", "single_origin"},
    "denied": {"disputed", "unreported", "single_origin"},
    "disputed": {"denied", "single_origin", "agreed"},
    "retracted": {"single_origin", "denied", "forecast_only"},
    "turned": {"single_origin", "denied", "forecast_only"},
}


@pytest.mark.parametrize("scene", EXPECTED)
def test_what_would_change_it_does_when_it_is_said(api, scene):
    cast = Cast()
    getattr(cast, scene)()
    would_change = account(api, cast.point)["would_change"]
    assert {change["to"] for change in would_change} == EXPECTED[scene]
    assert len(would_change) == len(EXPECTED[scene])
    for change in would_change:
        claim = say(one_more_claim(cast, change["if"]))
        assert account(api, cast.point)["dispute"] == change["to"], change
        publishing.withdraw(fresh(claim), reason="out_of_scope", note="Only tried.")


def test_a_sentence_names_people_as_they_are_called_today_and_whoever_speaks_for_a_body(api):
    ministry = body("ministry", kind="government_body")
    spokesman = body("spokesman", kind="person", affiliation=ministry)
    point = point_at_issue()
    say(word(point, spokesman))
    assert account(api, point)["explanation"] == "One word: Spokesman for Ministry."
    states = fresh(point).states.count()
    publishing.amend(fresh(spokesman), {"name": "A. Spokesman"})
    assert account(api, point)["explanation"] == "One word: A. Spokesman for Ministry."
    assert fresh(point).states.count() == states


# Open questions -------------------------------------------------------------------------------------------


def answers(*texts: str) -> tuple[Proposition, list[Proposition]]:
    question = point_at_issue("Who did it?", topic="responsibility", open=True)
    rivals = [
        PropositionFactory(strike=question.strike, topic="responsibility", text=text, answers=question)
        for text in texts
    ]
    on_record(question, *rivals)
    return question, rivals


def test_an_open_question_says_which_answers_are_given(api):
    question, (x, y) = answers("X did it.", "Y did it.")
    assert account(api, question)["explanation"] == "Nobody stands for any answer."
    say(word(x, body("army")))
    found = account(api, question)
    assert (found["dispute"], found["explanation"]) == (
        "single_origin",
        "One answer is given: “X did it” (by Army).",
    )
    assert {change["to"]: change["if"] for change in found["would_change"]} == {
        "disputed": "an independent origin gives an answer that nobody has given yet",
        "agreed": "an independent origin says “X did it”",
        "unreported": "Army should take back what was said",
    }
    say(word(y, body("ministry"), day=1))
    found = account(api, question)
    assert stands(found) == ("disputed", 2, 0, 0)
    assert found["explanation"] == (
        "Two answers are given, which contradict each other: “X did it” (by Army) and “Y did it” (by Ministry)."
    )
    assert {change["to"] for change in found["would_change"]} == {"single_origin"}


def test_an_answer_that_is_only_forecast_answers_nothing(api):
    question, (x,) = answers("X will be charged.")
    say(word(x, body("court", kind="court"), stance="forecasts"))
    assert stands(account(api, question)) == ("forecast_only", 0, 0, 1)


# What comes first -----------------------------------------------------------------------------------------


def test_rank_puts_first_what_readers_ask_first(api):
    strike = StrikeFactory()
    speaker, other = body("governor", kind="person"), body("company")
    texts = {
        "motive": "It was revenge.",
        "responsibility": "The army did it.",
        "recovery": "It runs again.",
        "damage": "It was damaged.",
        "operations_halted": "It stood still.",
        "occurrence": "It happened.",
        "weapon": "It was a drone.",
    }
    points = {
        topic: PropositionFactory(strike=strike, topic=topic, text=text) for topic, text in texts.items()
    }
    say(*(word(point, speaker, day=1) for point in points.values()))
    early = point_at_issue("It was hit.", topic="facility_hit", strike=strike)
    say(word(early, other, day=0))
    revision = say(word(points["weapon"], other, stance="denies", day=2)).published_rev

    def ranked(query: str = "") -> list[tuple[int, str]]:
        shown = api(f"strikes/{strike.public_id}/accounts/{query}")["propositions"]
        assert [found["rank"] for found in shown] == sorted(found["rank"] for found in shown)
        return [(found["rank"], found["topic"]) for found in shown]

    order = [
        "weapon",
        "facility_hit",
        "occurrence",
        "operations_halted",
        "damage",
        "recovery",
        "responsibility",
    ]
    assert ranked() == list(enumerate([*order, "motive"], start=1))
    assert ranked("?topic=recovery,motive") == [(6, "recovery"), (8, "motive")]
    listed = api(f"propositions/?strike={strike.public_id}")["results"]
    assert {(found["rank"], found["topic"]) for found in listed} == set(ranked())
    publishing.withdraw(
        *points["weapon"].claims.filter(stance="denies"), reason="out_of_scope", note="Not ours."
    )
    assert ranked()[0] == (1, "facility_hit")
    assert ranked(at(revision))[0] == (1, "weapon")
    assert (
        api(
            f"propositions/{on_record(PropositionFactory(strike=None, actor=fresh(other), topic='policy')).public_id}/"
        )["rank"]
        is None
    )


def test_an_unnamed_voice_of_a_body_is_never_called_by_the_name_of_the_body(api):
    company = body("company")
    point = point_at_issue()
    say(word(point, unnamed("voice", newsroom("paper"), affiliation=company), **UNNAMED))
    assert account(api, point)["explanation"] == "One word: unnamed Voice."


def test_nobody_is_silent_or_taken_back_who_has_taken_a_side_since(api):
    company, other = body("company"), body("other")
    point = point_at_issue()
    say(word(point, company, stance="declines_to_comment"), word(point, other, stance="no_response"))
    say(word(point, company, day=1), word(point, company, day=2, stance="retracts"))
    assert account(api, point)["explanation"].endswith("Taken back by Company. Without a side: Other.")
    say(word(point, company, day=3, stance="denies"))
    assert account(api, point)["explanation"] == (
        "Only denied, by Company; nobody says that it is so. Company said otherwise before. Without a side: Other."
    )


def test_a_page_that_names_its_source_does_not_echo_it(api):
    paper = newsroom("paper")
    report = page(paper)
    point = point_at_issue()
    on_record(
        word(point, body("governor", kind="person"), report=report),
        own_words(point, paper, report=report, position=1, part="headline"),
    )
    assert account(api, point)["explanation"] == "One word: Governor."


def test_an_answer_says_who_gives_it_and_who_denies_it(api):
    question, (x,) = answers("X did it.")
    say(word(x, body("army")), word(x, body("ministry"), day=1, stance="denies"))
    found = account(api, question)
    assert found["dispute"] == "disputed"
    assert found["explanation"] == "One answer is given: “X did it” (by Army, denied by Ministry)."
