"""Random histories: what the publishing functions keep equals a slow, obvious account of the same events.

The reference knows nothing of the database. It remembers the whole world after each revision as plain values and
works out visibility, origins, sides and states from the rules as written.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from record.audit import discrepancies
from strikes.models import Claim, ClaimOrigin, PropositionState
from tests.factories import MORNING
from tests.random_events import PROPOSITIONS, History, Stage
from tests.slow_disputes import Standing, Verdict, World, standing_of, verdicts

REPORT_OF_ID = {f"rep_{number:012d}": f"report-{letter}" for number, letter in enumerate("abcde")}
ORIGIN = ("own_key", "own_voice", "key", "voice", "not_counted_because")


def origins_kept(n: int) -> dict[str, Verdict]:
    rows = ClaimOrigin.objects.current(n).values("claim__public_id", *ORIGIN, "retracted_through__public_id")
    return {
        row["claim__public_id"]: Verdict(
            **{name: row[name] for name in ORIGIN},
            retracted_through=REPORT_OF_ID.get(row["retracted_through__public_id"]),
        )
        for row in rows
    }


def states_kept(n: int) -> dict[str, Standing]:
    return {
        state.proposition.text: Standing(
            state.state,
            state.origins_for,
            state.origins_against,
            state.origins_forecasting,
            state.documents,
            None if state.first_said_at is None else (state.first_said_at - MORNING) // timedelta(hours=1),
        )
        for state in PropositionState.objects.current(n).select_related("proposition")
    }


def compare(history: History) -> None:
    for n, world in history.after.items():
        compare_at(n, world)
        for kind, rows in history.rows.items():
            public = type(next(iter(rows.values()))).objects.published(n)
            names = {name for name, row in rows.items() if row in public}
            assert names == world.standing(kind, rows), f"{kind} visible at revision {n}"
    assert list(discrepancies()) == []


def compare_at(n: int, world: World) -> None:
    visible = set(Claim.objects.published(n).values_list("public_id", flat=True))
    assert visible == set(world.claims), f"who is visible at revision {n}"
    expected = verdicts(world)
    assert origins_kept(n) == expected, f"origins at {n}"
    standing = world.standing("proposition", PROPOSITIONS)
    assert states_kept(n) == {name: standing_of(world, expected, name) for name in standing}, f"states at {n}"


def check_random_histories(examples: int) -> None:
    stage = Stage()

    @settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def check(data: Any) -> None:
        with transaction.atomic():
            history = History(data.draw, stage)
            for _ in range(data.draw(st.integers(4, 20))):
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
