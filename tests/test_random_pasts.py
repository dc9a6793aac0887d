"""Random histories, looked back upon: every way to ask for the past gives what the slow reference says."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from record.models import AsOf, Revision
from strikes.disputes.states import dispute_tallies
from strikes.models import Proposition, Strike
from tests.client import Api
from tests.factories import MORNING
from tests.test_past import HOUR, as_parameter
from tests.test_random_histories import ISSUED, PROPOSITIONS, History, Said, Stage, World, state_of

pytestmark = pytest.mark.django_db

States = dict[str, tuple[str, int, int, int]]
"""Of each proposition its state, its origins for and against, and its documents."""


def known_from(claim: Said) -> int:
    """From when a claim of the reference was known."""
    issued = ISSUED[claim.report]
    return issued if claim.said is None else max(claim.said, issued)


def world_at(history: History, n: int, known: int | None) -> World:
    """The world as it was at a revision and, of that, what was known by so many hours after the morning.

    A claim's position is a reference field, and so is what a rival answers: today's value at every revision.
    """
    world = copy.deepcopy(history.after[n])
    world.answers = history.world.answers
    positions = {
        claim.id: claim.position
        for _, past in sorted(history.after.items())
        for claim in past.claims.values()
    }
    world.claims = {
        claim.id: replace(claim, position=positions[claim.id])
        for claim in world.claims.values()
        if known is None or known_from(claim) <= known
    }
    world.retracted = {report: at for report, at in world.retracted.items() if known is None or at <= known}
    return world


def propositions_known(world: World) -> set[str]:
    spoken_to = {claim.proposition for claim in world.claims.values()}
    spoken_to |= {question for name in spoken_to if (question := world.answers.get(name))}
    return {world.end("proposition", name) for name in spoken_to}


def look_back(history: History, api: Api, n: int, known: int | None) -> None:
    """Every way to ask at one point of the past gives what the slow reference says."""
    world = world_at(history, n, known)
    names = world.standing("proposition", PROPOSITIONS) if known is None else propositions_known(world)
    expected = {name: state_of(world, name) for name in names}
    query = f"as_of={as_parameter(Revision.objects.get(n=n))}"
    if known is not None:
        query += f"&known_at={as_parameter(MORNING + known * HOUR)}"
    at = AsOf(n, None if known is None else MORNING + known * HOUR)
    check_tallies(at, expected)
    # Kept states remember the position they were made with; what is computed looks at today's.
    if known is not None or not history.repositioned:
        check_lists(api, query, expected)
        if names:
            check_accounts(api, query, world, expected, at)
    check_claims(api, query, world)


def check_tallies(at: AsOf, expected: States) -> None:
    text_of = {row.pk: row.text for row in Proposition.objects.published(at)}
    tallies = {text_of[pk]: tally for pk, tally in dispute_tallies(text_of, at).items()}
    assert expected == {
        text: (tally.state, tally.origins_for, tally.origins_against, len(tally.reports))
        for text, tally in tallies.items()
    }


def state_in(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("dispute", "origins_for", "origins_against", "documents"))


def check_lists(api: Api, query: str, expected: States) -> None:
    rows = api(f"propositions/?page_size=500&{query}")["results"]
    assert {row["text"]: state_in(row) for row in rows} == expected
    contested = api(f"propositions/?dispute=disputed,denied&page_size=500&{query}")["results"]
    assert {row["text"] for row in contested} == {
        name for name, (state, *_) in expected.items() if state in ("disputed", "denied")
    }


def check_accounts(api: Api, query: str, world: World, expected: States, at: AsOf) -> None:
    accounts = [
        account
        for strike in Strike.objects.published(at).values_list("public_id", flat=True)
        for account in api(f"strikes/{strike}/accounts/?{query}")["propositions"]
    ]
    assert {account["text"]: state_in(account) for account in accounts} == expected
    for account in accounts:
        for side, number in (("positive", "origins_for"), ("negative", "origins_against")):
            keys = {origin["key"] for origin in account["origins"] if origin["side"] == side}
            assert len(keys) == account[number]
        ends = [world.end("proposition", claim.proposition) for claim in world.claims.values()]
        assert sum(account["totals"].values()) == ends.count(account["text"])


def check_claims(api: Api, query: str, world: World) -> None:
    rows = api(f"claims/?page_size=500&{query}")["results"]
    assert {row["id"] for row in rows} == set(world.claims)
    assert {row["id"] for row in rows if row["report_retracted"]} == {
        claim.id for claim in world.claims.values() if claim.report in world.retracted
    }


def check_random_pasts(examples: int) -> None:
    stage, api = Stage(), Api()

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def check(data: Any) -> None:
        with transaction.atomic():
            history = History(data.draw, stage)
            for _ in range(data.draw(st.integers(4, 16))):
                history.step()
            for _ in range(3):
                n = data.draw(st.sampled_from(sorted(history.after)))
                look_back(history, api, n, data.draw(st.one_of(st.none(), st.integers(-1, 40))))
            transaction.set_rollback(True)

    check()


def test_the_past_of_a_random_history_equals_the_slow_and_obvious_account_of_it():
    check_random_pasts(examples=4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_pasts_of_many_random_histories_equal_the_slow_and_obvious_account_of_them():
    check_random_pasts(examples=30)
