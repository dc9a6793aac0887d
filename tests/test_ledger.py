"""The ledger: numbers without gaps and in commit order, from many writers at once and through crashes.

The writers are processes of their own, each with threads, so that nothing but the database keeps them
apart. Functions that such a process runs are named `as_...`; they talk to the test in lines of text.
"""

from __future__ import annotations

import json
import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from record import publishing
from record.audit import discrepancies
from record.choices import Action, WithdrawalReason
from record.models import Change, ClockBehind, Ledger, OnRecord, Revision
from strikes.models import Claim, PropositionState
from tests.factories import (
    ActorFactory,
    ClaimEvidenceFactory,
    ClaimFactory,
    DamageEstimateFactory,
    EvidenceFactory,
    PropositionFactory,
    ReportFactory,
)
from tests.ledger_asserts import rows_by_table
from tests.on_record import fresh, on_record, with_references
from tests.processes import Process, orders_from_test, running, tell_test

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES, THREADS = 4, 2

# --- Many writers at once --------------------------------------------------------------------------------


@dataclass
class Deed:
    """What one change of the record did, as its caller saw it. Clocks are the same for all processes."""

    what: str
    opened: float
    began: str
    n: int | None = None
    closed: float = 0.0
    ended: str = ""
    ids: list[str] = field(default_factory=list)


class Abandoned(Exception):
    """Raised on purpose after a change, to roll its transaction back."""


class Writer:
    """Publishes, amends, corrects and withdraws; some of it is refused or rolled back on purpose."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dice = random.Random(name)
        self.deeds: list[Deed] = []
        self.own_claims: list[Claim] = []
        self.shared = Claim.objects.get(statement="shared")
        self.cast = with_references(self.shared)

    def call(self, what: str, change: Callable[[], Revision], *rows: OnRecord) -> bool:
        """Change the record and note what came of it. Returns whether it was changed."""
        deed = Deed(what, time.monotonic(), timezone.now().isoformat())
        self.deeds.append(deed)
        try:
            deed.n = change().n
        except (publishing.Blocked, Abandoned):
            return False
        finally:
            deed.closed, deed.ended = time.monotonic(), timezone.now().isoformat()
        deed.ids = [row.public_id for row in rows]
        return True

    def drafts(self, size: int, **fields: Any) -> list[Claim]:
        """A report with claims on the shared point, each with a number."""
        with transaction.atomic():
            report = ReportFactory(source=self.shared.report.source)
            return [
                DamageEstimateFactory(
                    claim=ClaimFactory(
                        report=report,
                        actor=self.shared.actor,
                        proposition=self.shared.proposition,
                        stance=self.dice.choice(["asserts", "denies"]),
                        **fields,
                    )
                ).claim
                for _ in range(size)
            ]

    def publish(self) -> None:
        claims = self.drafts(self.dice.randint(1, 6))
        rows = [claims[0].report, *claims]
        numbers = [number for claim in claims for number in claim.damage_estimates.all()]
        assert self.call("publish", lambda: publishing.publish(*rows), *rows, *numbers)
        self.own_claims += claims

    def be_refused(self) -> None:
        claims = self.drafts(3, statement="refused")
        claims[-1].proposition = PropositionFactory(strike=self.shared.proposition.strike)
        claims[-1].save()
        assert not self.call("refused", lambda: publishing.publish(claims[0].report, *claims))

    def abandon(self) -> None:
        claims = self.drafts(3, statement="abandoned")

        def publish_and_fail() -> Revision:
            with transaction.atomic():
                publishing.publish(claims[0].report, *claims)
                publishing.amend(self.shared.report, {"note": "abandoned"})
                raise Abandoned

        assert not self.call("abandoned", publish_and_fail)

    def withdraw(self) -> None:
        if self.own_claims:
            claim = fresh(self.own_claims.pop())
            rows = [claim, *claim.damage_estimates.all()]
            reason = WithdrawalReason.OUT_OF_SCOPE
            assert self.call("withdraw", lambda: publishing.withdraw(claim, reason=reason), *rows)

    def correct(self) -> None:
        if self.own_claims:
            claim = fresh(self.own_claims.pop())
            draft: Any = publishing.revise(claim, statement="corrected")
            rows = [claim, *claim.damage_estimates.all(), draft, *draft.damage_estimates.all()]
            reason = WithdrawalReason.TYPO
            assert self.call("correct", lambda: publishing.correct(draft, reason=reason), *rows)
            self.own_claims.append(draft)

    def amend(self) -> None:
        report = self.shared.report
        note = f"{self.name} was here {len(self.deeds)}"
        assert self.call("amend", lambda: publishing.amend(report, {"note": note}), report)

    def work(self, rounds: int) -> list[Deed]:
        try:
            # Everybody would be the first. Whoever is not finds everything published.
            self.call("first", lambda: publishing.publish(*self.cast), *self.cast)
            acts = [self.publish, self.be_refused, self.abandon, self.withdraw, self.correct, self.amend]
            self.publish()
            self.dice.shuffle(acts)
            for act, _ in zip(acts * rounds, range(rounds), strict=False):
                act()
            reason = WithdrawalReason.OUT_OF_SCOPE
            self.call("last", lambda: publishing.withdraw(self.shared, reason=reason), self.shared)
            return self.deeds
        finally:
            connections.close_all()


def as_writers(name: str, rounds: str) -> None:
    """Writers in threads of one process, which begin when they are told to."""
    for _ in orders_from_test():
        with ThreadPoolExecutor(THREADS) as pool:
            for deeds in pool.map(lambda n: Writer(f"{name}.{n}").work(int(rounds)), range(THREADS)):
                tell_test(json.dumps([asdict(deed) for deed in deeds]))
        break


ONE_MOMENT = """
    SELECT (SELECT n FROM record_ledger), (SELECT COUNT(*) FROM record_revision),
           (SELECT MAX(n) FROM record_revision), (SELECT COUNT(DISTINCT revision_id) FROM record_change),
           (SELECT MAX(revision_id) FROM record_change),
           (SELECT COUNT(*) FROM strikes_claim WHERE published_rev_id IS NOT NULL),
           (SELECT COUNT(*) FROM record_change WHERE collection = 'claims' AND action = 'publish')
"""


class Reader:
    """Looks at the record while it is being written."""

    def __init__(self) -> None:
        self.pages: dict[int, Any] = {}
        self.looks = 0

    def page(self, n: int) -> Any:
        """What a request answers as of a revision, which it has read before anything else."""
        return (
            sorted(Claim.objects.published(n).values_list("public_id", flat=True)),
            sorted(
                PropositionState.objects.current(n).values_list("proposition", "origins_for", "documents")
            ),
        )

    def look(self) -> None:
        # One statement sees one moment: of every revision everything is there, or nothing.
        with connection.cursor() as cursor:
            cursor.execute(ONE_MOMENT)
            n, revisions, newest, logged, last, published, lines_of_claims = cursor.fetchone()
        if n is None:  # before the first revision
            assert (revisions, logged, published) == (0, 0, 0)
        else:
            assert (revisions, newest, logged, last) == (n, n, n, n)
            assert published == lines_of_claims
        # Several statements see several moments: whoever reads n first never misses a line up to n.
        head = Ledger.head().n
        assert Change.objects.filter(revision__lte=head).values("revision").distinct().count() == head
        newest_line = Change.objects.order_by("revision").last()
        assert newest_line is None or newest_line.revision_id <= Ledger.head().n
        if head not in self.pages:
            self.pages[head] = self.page(head)
        assert max(self.pages) == head, "the head went back"
        self.looks += 1


def write_at_once(rounds: int) -> None:
    ClaimEvidenceFactory(claim__statement="shared")
    draft = fresh(Claim.objects.get())
    reader = Reader()
    writers = [Process(as_writers, f"writer-{number}", str(rounds)) for number in range(PROCESSES)]
    began = timezone.now()
    with running(*writers):
        for writer in writers:
            writer.tell("write")
        with ThreadPoolExecutor(1) as pool:
            heard = pool.submit(lambda: [writer.hear() for writer in writers for _ in range(THREADS)])
            while not heard.done():
                reader.look()
                time.sleep(0.005)
    deeds = [Deed(**deed) for line in heard.result() for deed in json.loads(line)]
    done = sorted((deed for deed in deeds if deed.n is not None), key=lambda deed: deed.n or 0)
    head = Ledger.head().n

    # Without gaps: each number went to one writer, and no other number is in the ledger.
    assert [deed.n for deed in done] == list(range(1, head + 1))
    assert list(Revision.objects.values_list("n", flat=True)) == list(range(1, head + 1))

    # In commit order: whatever was finished before something else began has the smaller number.
    earliest_end = float("inf")
    for deed in reversed(done):
        assert deed.opened < earliest_end
        earliest_end = min(earliest_end, deed.closed)

    # In time order, and each within the time its writer took.
    moments = list(Revision.objects.values_list("at", flat=True))
    assert all(earlier <= later for earlier, later in pairwise([began, *moments, timezone.now()]))
    for deed, at in zip(done, moments, strict=True):
        assert datetime.fromisoformat(deed.began) <= at <= datetime.fromisoformat(deed.ended)

    # Every revision says all that was done in it, and nothing that was rolled back left a trace.
    for deed in done:
        logged = set(Change.objects.filter(revision=deed.n).values_list("object_id", flat=True))
        assert logged == set(deed.ids) if deed.what != "first" else logged >= set(deed.ids)
    rolled_back = Claim.objects.filter(statement__in=["refused", "abandoned"])
    assert {claim.status for claim in rolled_back} == {"draft"}
    outcome = Counter((deed.what, deed.n is not None) for deed in deeds)
    assert outcome["first", True] == outcome["last", True] == 1
    assert outcome["first", False] == outcome["last", False] == PROCESSES * THREADS - 1
    assert fresh(draft).status == "withdrawn"

    assert_no_amendment_was_lost()
    assert reader.looks > 0
    for n, page in reader.pages.items():
        assert reader.page(n) == page, f"what a reader was told as of {n} has changed"
    assert list(discrepancies()) == []


def assert_no_amendment_was_lost() -> None:
    """Each found what the one before had left."""
    amended: Any = Change.objects.filter(action=Action.AMEND, collection="reports").order_by("revision")
    notes = [change.values["note"] for change in amended]
    assert [old for old, _ in notes] == [None, *(new for _, new in notes[:-1])]


@pytest.mark.timeout(300)
def test_revisions_of_many_writers_have_no_gaps_and_come_in_commit_order():
    write_at_once(rounds=2)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_revisions_of_many_busy_writers_have_no_gaps_and_come_in_commit_order():
    write_at_once(rounds=60)


def test_who_drafts_and_who_publishes_never_wait_for_each_other():
    first, second = on_record(ReportFactory()), on_record(ReportFactory())

    def withdraw_both() -> Revision:
        try:
            return publishing.withdraw(second, first, reason=WithdrawalReason.OUT_OF_SCOPE)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            EvidenceFactory(report=first)
            connection.check_constraints()  # PostgreSQL locks what was named, as it does in the end
            revision = pool.submit(withdraw_both)
            time.sleep(0.5)
            EvidenceFactory(report=second)
        assert revision.result().n == Ledger.head().n == 3


# --- Clocks ----------------------------------------------------------------------------------------------


def newest_is_dated(seconds: float) -> Revision:
    """Put the newest revision so far from now, as if the clock had been set back since."""
    revision = publishing.publish(ActorFactory())
    Revision.objects.filter(n=revision.n).update(at=timezone.now() + timedelta(seconds=seconds))
    return Revision.objects.get(n=revision.n)


def test_a_clock_far_behind_the_ledger_refuses_and_leaves_nothing():
    newest_is_dated(seconds=30)
    actor = ActorFactory()
    before = rows_by_table()
    with pytest.raises(ClockBehind, match="newest revision is dated"):
        publishing.publish(actor)
    assert rows_by_table() == before
    Revision.objects.update(at=timezone.now())
    assert publishing.publish(actor).n == 2


def test_a_clock_a_little_behind_the_ledger_waits():
    newest = newest_is_dated(seconds=0.5)
    revision = publishing.publish(ActorFactory())
    assert newest.at <= revision.at <= timezone.now()


def test_a_revision_is_dated_now():
    before = timezone.now()
    revision = publishing.publish(ActorFactory())
    assert before <= revision.at <= timezone.now()


def test_the_ledger_is_empty_before_the_first_revision():
    assert (Ledger.head().n, Ledger.head().takedowns, str(Ledger.head())) == (0, 0, "revision 0")
    assert list(discrepancies()) == []
