"""Random histories, looked back upon: every way to ask for the past gives what the slow reference says."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
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
from tests.random_events import PROPOSITIONS, History, Stage
from tests.slow_disputes import Standing, Verdict, World, keys_on, standing_of, verdicts
from tests.slow_known import ISSUES, Then, leave_out_what_was_not_known, of_claim
from tests.test_past import HOUR, as_parameter
from tests.test_random_histories import REPORT_OF_ID

pytestmark = pytest.mark.django_db

SIDES = {"for": "positive", "against": "negative", "forecasts": "forecast"}


def world_at(history: History, n: int, known: Then | None) -> World:
    """The world as it was at a revision and, of that, what was known by an instant or a date."""
    if known is None:
        return history.after[n]
    world = with_values_of_today(history, history.after[n])
    leave_out_what_was_not_known(world, history.world.kinds, known)
    return world


def with_values_of_today(history: History, world: World) -> World:
    """A world of the past with today's values of three reference fields.

    What is kept is as it was. What is computed when it is asked for looks at today's position of a claim, at what a
    rival answers today, and at the report of which another one is a copy today. Voices are kept.
    """
    world = copy.deepcopy(world)
    world.answers, world.copies = history.world.answers, history.world.derived
    positions = {
        claim.id: claim.position
        for _, past in sorted(history.after.items())
        for claim in past.claims.values()
    }
    world.claims = {claim.id: replace(claim, position=positions[claim.id]) for claim in world.claims.values()}
    return world


def propositions_known(world: World) -> set[str]:
    spoken_to = {claim.proposition for claim in world.claims.values()}
    spoken_to |= {question for name in spoken_to if (question := world.answers.get(name))}
    return {world.end("proposition", name) for name in spoken_to}


class LookingBack:
    """One point of the past, in every way it can be asked for."""

    def __init__(self, history: History, api: Api, n: int, known: Then | None) -> None:
        self.api, self.known, self.kinds = api, known, history.world.kinds
        self.world = world_at(history, n, known)
        self.of = verdicts(self.world)
        # Who stands on which side is computed for an account, at every revision.
        self.in_accounts = verdicts(with_values_of_today(history, self.world))
        names = (
            self.world.standing("proposition", PROPOSITIONS)
            if known is None
            else propositions_known(self.world)
        )
        self.expected = {name: standing_of(self.world, self.of, name) for name in names}
        self.query = f"as_of={as_parameter(Revision.objects.get(n=n))}"
        self.at = AsOf(n, None if known is None else asked_for(known))
        if self.at.known is not None:
            is_instant = isinstance(self.at.known, datetime)
            self.query += f"&known_at={as_parameter(self.at.known) if is_instant else self.at.known}"

    def check(self) -> None:
        if self.known is not None:
            self.check_tallies()
        self.check_lists()
        self.check_claims()
        self.check_reports()
        self.check_days()
        if self.expected:
            self.check_accounts()

    def check_tallies(self) -> None:
        text_of = {row.pk: row.text for row in Proposition.objects.published(self.at)}
        tallies = {text_of[pk]: tally for pk, tally in dispute_tallies(text_of, self.at).items()}
        assert self.expected == {
            text: Standing(
                tally.state,
                tally.origins_for,
                tally.origins_against,
                tally.origins_forecasting,
                len(tally.reports),
                None if tally.first_said_at is None else (tally.first_said_at - MORNING) // HOUR,
            )
            for text, tally in tallies.items()
            if text in self.expected
        }

    def check_lists(self) -> None:
        rows = self.rows("propositions/?page_size=500")
        assert {row["text"]: state_in(row) for row in rows} == self.states()
        contested = self.rows("propositions/?dispute=disputed,denied&page_size=500")
        assert {row["text"] for row in contested} == {
            name for name, standing in self.expected.items() if standing.state in ("disputed", "denied")
        }

    def check_claims(self) -> None:
        rows = self.rows("claims/?page_size=500")
        assert {row["id"]: how_it_stands(row) for row in rows} == {
            claim: self.as_shown(claim) for claim in self.world.claims
        }
        counting = self.rows("claims/?counts=true&page_size=500")
        assert {row["id"] for row in counting} == {
            claim for claim, verdict in self.of.items() if verdict.not_counted_because is None
        }

    def check_reports(self) -> None:
        shown = {REPORT_OF_ID[row["id"]] for row in self.rows("reports/?page_size=500")}
        assert shown == self.world.standing("report", ISSUES) - self.world.issued_later

    def check_days(self) -> None:
        """The days of each strike, added up, are what is there by each of them."""
        for name in Strike.objects.published(self.at).values_list("public_id", flat=True):
            about = {
                claim["id"]: of_claim(self.kinds, self.world.claims[claim["id"]]).day
                for claim in self.rows(f"claims/?strike={name}&page_size=500")
            }
            told = {
                public_id: (date.fromisoformat(day["date"]) - MORNING.date()).days
                for day in self.api(f"strikes/{name}/days/?{self.query}")["days"]
                for public_id in day["claims"]["ids"]
            }
            assert told == about

    def check_accounts(self) -> None:
        accounts = [
            account
            for strike in Strike.objects.published(self.at).values_list("public_id", flat=True)
            for account in self.api(f"strikes/{strike}/accounts/?{self.query}")["propositions"]
        ]
        assert {account["text"]: state_in(account) for account in accounts} == self.states()
        for account in accounts:
            self.check_account(account)

    def check_account(self, account: dict[str, Any]) -> None:
        on_it = [claim for claim in self.world.claims.values() if self.world.point(claim) == account["text"]]
        for side, polarity in SIDES.items():
            if not account["open"]:
                keys = {origin["key"] for origin in account["origins"] if origin["side"] == polarity}
                assert keys == keys_on(self.world, self.in_accounts, {account["text"]}, polarity)
            assert {claim["id"]: how_it_stands(claim) for claim in account[side]} == {
                claim.id: self.as_shown(claim.id)
                for claim in on_it
                if claim.polarity == polarity and claim.stance != "retracts"
            }
        assert sum(account["totals"].values()) == len(on_it)

    def rows(self, path: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.api(f"{path}&{self.query}")["results"]
        return rows

    def states(self) -> dict[str, tuple[Any, ...]]:
        return {name: standing[:5] for name, standing in self.expected.items()}

    def as_shown(self, claim: str) -> tuple[Any, ...]:
        verdict: Verdict = self.of[claim]
        reason, through = verdict.not_counted_because, verdict.retracted_through
        own_report = through == self.world.claims[claim].report
        is_later = self.world.claims[claim].report in self.world.issued_later
        return verdict.key, reason is None, reason, own_report, is_later, through


def asked_for(known: Then) -> datetime | date:
    return MORNING.date() + timedelta(days=known.number) if known.is_date else MORNING + known.number * HOUR


def state_in(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("dispute", "origins_for", "origins_against", "origins_forecasting", "documents")
    return tuple(row[name] for name in names)


def how_it_stands(row: dict[str, Any]) -> tuple[Any, ...]:
    through = row["retracted_through"] and REPORT_OF_ID[row["retracted_through"]["id"]]
    named = ("origin", "counts", "not_counted_because", "report_retracted", "report_issued_later")
    return *(row[name] for name in named), through


def check_random_pasts(examples: int) -> None:
    stage, api = Stage(), Api()

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def check(data: Any) -> None:
        with transaction.atomic():
            history = History(data.draw, stage)
            for _ in range(data.draw(st.integers(4, 20))):
                history.step()
            look_back(history, api, data.draw)
            transaction.set_rollback(True)

    check()


def look_back(history: History, api: Api, draw: Callable[..., Any]) -> None:
    for _ in range(3):
        n = draw(st.sampled_from(sorted(history.after)))
        instants = st.builds(Then, st.integers(-1, 40), st.just(False))
        dates = st.builds(Then, st.integers(-1, 2), st.just(True))
        LookingBack(history, api, n, draw(st.one_of(st.none(), instants, dates))).check()


def test_the_past_of_a_random_history_equals_the_slow_and_obvious_account_of_it():
    check_random_pasts(examples=4)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_pasts_of_many_random_histories_equal_the_slow_and_obvious_account_of_them():
    check_random_pasts(examples=30)
