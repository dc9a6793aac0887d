"""A process that is killed in the middle of publishing leaves nothing or everything."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction

from record import publishing
from record.audit import discrepancies
from record.choices import WithdrawalReason
from record.models import Ledger, OnRecord, Revision, collections
from tests.factories import (
    ActorFactory,
    ClaimEvidenceFactory,
    ClaimFactory,
    DamageEstimateFactory,
    WeaponCountFactory,
)
from tests.ledger_asserts import rows_by_table
from tests.on_record import fresh, with_references
from tests.processes import Process, orders_from_test, running, tell_test
from tests.sweeps import few_or_many

pytestmark = pytest.mark.django_db(transaction=True)


class Last:
    """Counts statements, and kills this process after so many of them."""

    def __init__(self, statements: int | None) -> None:
        self.left = statements
        self.count = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        self.count += 1
        if self.count == self.left:
            os.kill(os.getpid(), signal.SIGKILL)
        return result


VERBS: dict[str, Callable[[list[Any]], Revision]] = {
    "publish": lambda rows: publishing.publish(*rows),
    "amend": lambda rows: publishing.amend(rows[0], {"note": "Seen."}),
    "correct": lambda rows: publishing.correct(*rows, reason=WithdrawalReason.TYPO),
    "withdraw": lambda rows: publishing.withdraw(*rows, reason=WithdrawalReason.OUT_OF_SCOPE, along=True),
}


def as_mortals() -> None:
    """Change the record in one fork after another, each of which is killed: at a statement, or after some time.

    This process has no connection and no thread, so that its forks inherit neither.
    """
    for order in orders_from_test():
        verb, statements, seconds, *names = order.split()
        born, waiting = os.pipe()
        child = os.fork()
        if not child:
            status = 1
            try:
                addresses = [name.split("/") for name in names]
                rows = [
                    collections()[collection].objects.get(public_id=public_id)
                    for collection, public_id in addresses
                ]
                os.write(waiting, b".")
                with connection.execute_wrapper(Last(None if statements == "-" else int(statements))):
                    VERBS[verb](rows)
                status = 0
            finally:
                os._exit(status)
        os.close(waiting)
        os.read(born, 1)
        os.close(born)
        if seconds != "-":
            time.sleep(float(seconds))
            os.kill(child, signal.SIGKILL)
        ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        tell_test({0: "lived", -signal.SIGKILL: "died"}.get(ended, f"failed with {ended}"))


class Mortals(Process):
    def __init__(self) -> None:
        super().__init__(as_mortals)

    def run(self, verb: str, *rows: OnRecord, statements: int | None = None, seconds: str = "-") -> str:
        """Have the record changed by a process that is killed on its way; returns whether it died of it."""
        names = [f"{row.collection}/{row.public_id}" for row in rows]
        self.tell(" ".join([verb, "-" if statements is None else str(statements), seconds, *names]))
        answer = self.hear()
        assert answer in ("lived", "died")
        return answer


def nothing_or_everything(before: dict[str, list[Any]], n: int) -> bool:
    """Whether the record was changed: if not, no row of any table differs; if so, nothing is missing."""
    with transaction.atomic():  # wait for what the database may still be doing for the dead
        Ledger.objects.select_for_update().first()
    if Ledger.head().n == n:
        assert rows_by_table() == before
        return False
    revision = Revision.objects.get(n=n + 1)
    assert Ledger.head().n == revision.n
    for model in collections().values():
        for action, pointer in [("publish", "published_rev"), ("withdraw", "withdrawn_rev")]:
            rows = model.objects.filter(**{pointer: revision}).values_list("public_id", flat=True)
            logged = revision.changes.filter(action=action, collection=model.collection)
            assert sorted(rows) == sorted(logged.values_list("object_id", flat=True))
    return True


def nothing_is_amiss() -> None:
    """What is kept is what comes out when it is computed anew: once for many deaths, since a fault would stay."""
    assert list(discrepancies()) == []


def a_batch() -> list[OnRecord]:
    """Drafts of every kind: a claim with evidence and numbers, and all they rest on."""
    claim = ClaimFactory()
    ClaimEvidenceFactory(claim=claim)
    DamageEstimateFactory(claim=claim)
    WeaponCountFactory(claim=claim)
    return with_references(claim)


def next_publish_works() -> None:
    n = Ledger.head().n
    assert publishing.publish(ActorFactory()).n == n + 1


def test_a_process_killed_at_any_statement_of_the_first_publish_leaves_nothing_or_everything():
    actor = ActorFactory()
    before = rows_by_table()
    mortals = Mortals()
    with running(mortals):
        for statements in count(1):
            lived = mortals.run("publish", actor, statements=statements) == "lived"
            assert nothing_or_everything(before, 0) == lived
            if lived:
                break
        assert statements > 5
        nothing_is_amiss()
        next_publish_works()


@pytest.mark.parametrize("moments", few_or_many(3, 20))
def test_a_process_killed_in_the_middle_of_a_publish_leaves_nothing_or_everything(moments):
    another, batch, total = a_batch(), a_batch(), Last(None)
    next_publish_works()
    with connection.execute_wrapper(total):
        publishing.publish(*another)
    size = total.count
    points = {1, 2, size - 1, size, *random.sample(range(3, size - 1), moments)}
    mortals = Mortals()
    with running(mortals):
        for statements in sorted(points):
            before, n = rows_by_table(), Ledger.head().n
            assert mortals.run("publish", *batch, statements=statements) == "died"
            assert not nothing_or_everything(before, n), f"killed after {statements} of {size} statements"
            next_publish_works()
        before, n = rows_by_table(), Ledger.head().n
        assert mortals.run("publish", *batch, statements=size + 1) == "lived"
        assert nothing_or_everything(before, n)
        nothing_is_amiss()


def kill_at_any_moment(times: int) -> None:
    publishing.publish(*a_batch())
    batch = a_batch()
    began = time.monotonic()
    publishing.publish(*batch)
    duration = time.monotonic() - began
    outcomes = Counter[bool]()
    mortals = Mortals()
    batch = a_batch()
    with running(mortals):
        for _ in range(times):
            before, n = rows_by_table(), Ledger.head().n
            mortals.run("publish", *batch, seconds=f"{random.uniform(0, 1.5 * duration):.6f}")
            published = nothing_or_everything(before, n)
            outcomes[published] += 1
            if published:
                batch = a_batch()
            next_publish_works()
    assert sum(outcomes.values()) == times
    nothing_is_amiss()


def test_a_process_killed_at_any_moment_leaves_nothing_or_everything():
    kill_at_any_moment(times=8)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_processes_killed_at_any_moment_leave_nothing_or_everything():
    kill_at_any_moment(times=300)


def rows_for(verb: str) -> list[OnRecord]:
    batch = a_batch()
    if verb == "publish":
        return batch
    publishing.publish(*batch)
    claim: Any = fresh(batch[0])
    return {"amend": [claim], "correct": [publishing.revise(claim)], "withdraw": [claim.proposition]}[verb]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("verb", VERBS)
def test_a_process_killed_at_any_statement_of_any_change_leaves_nothing_or_everything(verb):
    rows = rows_for(verb)
    before, n = rows_by_table(), Ledger.head().n
    mortals = Mortals()
    with running(mortals):
        for statements in count(1):
            lived = mortals.run(verb, *rows, statements=statements) == "lived"
            assert nothing_or_everything(before, n) == lived
            if lived:
                break
    assert statements > 10
    nothing_is_amiss()
    next_publish_works()
