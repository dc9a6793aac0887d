"""The ledger: numbers without gaps and in commit order, from many writers at once and through crashes.

The writers are processes of their own, each with threads, so that nothing but the database keeps them
apart. Functions that such a process runs are named `as_...`; they talk to the test in lines of text.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from itertools import count, pairwise
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.utils import timezone

from record import doors
from record.audit import discrepancies
from record.choices import Action, WithdrawalReason
from record.models import Change, ClockBehind, Ledger, OnRecord, Revision, collections
from strikes.models import Claim, PropositionState
from tests.factories import (
    ActorFactory,
    ClaimEvidenceFactory,
    ClaimFactory,
    DamageEstimateFactory,
    EvidenceFactory,
    PropositionFactory,
    ReportFactory,
    WeaponCountFactory,
)
from tests.recording import fresh, on_record
from tests.sweeps import few_or_many
from tests.telling import everything

pytestmark = pytest.mark.django_db(transaction=True)

PROCESSES, THREADS = 4, 2

# --- Other processes -------------------------------------------------------------------------------------

CHILD = """
import sys
from importlib import import_module
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
getattr(import_module(sys.argv[2]), sys.argv[3])(*sys.argv[4:])
"""


class Process:
    """A function of a test module, run by a process of its own on the test's database."""

    def __init__(self, task: Callable[..., None], *arguments: str) -> None:
        database = str(connection.settings_dict["NAME"])
        self.popen = subprocess.Popen(
            [sys.executable, "-c", CHILD, database, task.__module__, task.__name__, *arguments],
            cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def tell(self, word: str) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.write(f"{word}\n")
        self.popen.stdin.flush()

    def hear(self) -> str:
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        assert line, f"The process ended: {self.popen.wait()}. Its complaint is on stderr."
        return line.strip()


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Wait until all have started; in the end see that all have ended well."""
    try:
        for process in processes:
            assert process.hear() == "ready"
        yield
    except BaseException:
        for process in processes:
            process.popen.kill()
        raise
    finally:
        for process in processes:
            process.popen.communicate(timeout=60)
    assert [process.popen.returncode for process in processes] == [0] * len(processes)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def orders() -> Iterator[str]:
    """What the test tells this process, until it has nothing more to say."""
    say("ready")
    for line in sys.stdin:
        yield line.strip()


# --- Many writers at once --------------------------------------------------------------------------------


@dataclass
class Deed:
    """What one call of a door did, as its caller saw it. Clocks are the same for all processes."""

    what: str
    opened: float
    began: str
    n: int | None = None
    closed: float = 0.0
    ended: str = ""
    ids: list[str] = field(default_factory=list)


def with_needs(row: OnRecord) -> list[OnRecord]:
    """The row and everything it rests on, however far away."""
    found = [row]
    for one in found:
        found += [target for _, target in one.pointers() if target not in found]
    return found


class Abandoned(Exception):
    """Raised on purpose after a door, to roll its transaction back."""


class Writer:
    """Publishes, amends, corrects and withdraws; some of it is refused or rolled back on purpose."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dice = random.Random(name)
        self.deeds: list[Deed] = []
        self.mine: list[Claim] = []
        self.shared = Claim.objects.get(statement="shared")
        self.cast = with_needs(self.shared)

    def call(self, what: str, door: Callable[[], Revision], *rows: OnRecord) -> bool:
        """Open a door and note what came of it. Returns whether it stood open."""
        deed = Deed(what, time.monotonic(), timezone.now().isoformat())
        self.deeds.append(deed)
        try:
            deed.n = door().n
        except (doors.Blocked, Abandoned):
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
                        report=report, actor=self.shared.actor, proposition=self.shared.proposition,
                        stance=self.dice.choice(["asserts", "denies"]), **fields,
                    )
                ).claim
                for _ in range(size)
            ]  # fmt: skip

    def publish(self) -> None:
        claims = self.drafts(self.dice.randint(1, 6))
        rows = [claims[0].report, *claims]
        numbers = [number for claim in claims for number in claim.damage_estimates.all()]
        assert self.call("publish", lambda: doors.publish(*rows), *rows, *numbers)
        self.mine += claims

    def be_refused(self) -> None:
        claims = self.drafts(3, statement="refused")
        claims[-1].proposition = PropositionFactory(strike=self.shared.proposition.strike)
        claims[-1].save()
        assert not self.call("refused", lambda: doors.publish(claims[0].report, *claims))

    def abandon(self) -> None:
        claims = self.drafts(3, statement="abandoned")

        def publish_and_fail() -> Revision:
            with transaction.atomic():
                doors.publish(claims[0].report, *claims)
                doors.amend(self.shared.report, {"note": "abandoned"})
                raise Abandoned

        assert not self.call("abandoned", publish_and_fail)

    def withdraw(self) -> None:
        if self.mine:
            claim = fresh(self.mine.pop())
            rows = [claim, *claim.damage_estimates.all()]
            reason = WithdrawalReason.OUT_OF_SCOPE
            assert self.call("withdraw", lambda: doors.withdraw(claim, reason=reason), *rows)

    def correct(self) -> None:
        if self.mine:
            claim = fresh(self.mine.pop())
            draft: Any = doors.revise(claim, statement="corrected")
            rows = [claim, *claim.damage_estimates.all(), draft, *draft.damage_estimates.all()]
            reason = WithdrawalReason.TYPO
            assert self.call("correct", lambda: doors.correct(draft, reason=reason), *rows)
            self.mine.append(draft)

    def amend(self) -> None:
        report = self.shared.report
        note = f"{self.name} was here {len(self.deeds)}"
        assert self.call("amend", lambda: doors.amend(report, {"note": note}), report)

    def work(self, rounds: int) -> list[Deed]:
        try:
            # Everybody would be the first. Whoever is not finds everything published.
            self.call("first", lambda: doors.publish(*self.cast), *self.cast)
            acts = [self.publish, self.be_refused, self.abandon, self.withdraw, self.correct, self.amend]
            self.publish()
            self.dice.shuffle(acts)
            for act, _ in zip(acts * rounds, range(rounds), strict=False):
                act()
            reason = WithdrawalReason.OUT_OF_SCOPE
            self.call("last", lambda: doors.withdraw(self.shared, reason=reason), self.shared)
            return self.deeds
        finally:
            connections.close_all()


def as_writers(name: str, rounds: str) -> None:
    """Writers in threads of one process, which begin when they are told to."""
    for _ in orders():
        with ThreadPoolExecutor(THREADS) as pool:
            for deeds in pool.map(lambda n: Writer(f"{name}.{n}").work(int(rounds)), range(THREADS)):
                say(json.dumps([asdict(deed) for deed in deeds]))
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
        said = set(Change.objects.filter(revision=deed.n).values_list("object_id", flat=True))
        assert said == set(deed.ids) if deed.what != "first" else said >= set(deed.ids)
    rolled_back = Claim.objects.filter(statement__in=["refused", "abandoned"])
    assert {claim.status for claim in rolled_back} == {"draft"}
    outcome = Counter((deed.what, deed.n is not None) for deed in deeds)
    assert outcome["first", True] == outcome["last", True] == 1
    assert outcome["first", False] == outcome["last", False] == PROCESSES * THREADS - 1
    assert fresh(draft).status == "withdrawn"

    # No amendment was lost: each found what the one before had left.
    amended: Any = Change.objects.filter(action=Action.AMEND, collection="reports").order_by("revision")
    notes = [change.values["note"] for change in amended]
    assert [old for old, _ in notes] == [None, *(new for _, new in notes[:-1])]

    # What a reader was told as of a revision is what he is told of it now.
    assert reader.looks > 0
    for n, page in reader.pages.items():
        assert reader.page(n) == page, f"the answer as of {n} has changed"
    assert list(discrepancies()) == []


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
            return doors.withdraw(second, first, reason=WithdrawalReason.OUT_OF_SCOPE)
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


# --- Crashes ---------------------------------------------------------------------------------------------


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


DOORS: dict[str, Callable[[list[Any]], Revision]] = {
    "publish": lambda rows: doors.publish(*rows),
    "amend": lambda rows: doors.amend(rows[0], {"note": "Seen."}),
    "correct": lambda rows: doors.correct(*rows, reason=WithdrawalReason.TYPO),
    "withdraw": lambda rows: doors.withdraw(*rows, reason=WithdrawalReason.OUT_OF_SCOPE, along=True),
}


def as_mortals() -> None:
    """Open doors in one fork after another, each of which is killed: at a statement, or after some time.

    This process has no connection and no thread, so that its forks inherit neither.
    """
    for order in orders():
        door, statements, seconds, *names = order.split()
        born, waiting = os.pipe()
        child = os.fork()
        if not child:
            status = 1
            try:
                found = [name.split("/") for name in names]
                rows = [collections()[where].objects.get(public_id=public_id) for where, public_id in found]
                os.write(waiting, b".")
                with connection.execute_wrapper(Last(None if statements == "-" else int(statements))):
                    DOORS[door](rows)
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
        say({0: "lived", -signal.SIGKILL: "died"}.get(ended, f"failed with {ended}"))


class Mortals(Process):
    def __init__(self) -> None:
        super().__init__(as_mortals)

    def open(self, door: str, *rows: OnRecord, statements: int | None = None, seconds: str = "-") -> str:
        """Have a door opened by a process that is killed on its way; says whether it died of it."""
        names = [f"{row.collection}/{row.public_id}" for row in rows]
        self.tell(" ".join([door, "-" if statements is None else str(statements), seconds, *names]))
        answer = self.hear()
        assert answer in ("lived", "died")
        return answer


def nothing_or_everything(before: dict[str, list[Any]], n: int) -> bool:
    """Whether the door was opened: if not, no row of any table differs; if so, nothing is missing."""
    with transaction.atomic():  # wait for what the database may still be doing for the dead
        Ledger.objects.select_for_update().first()
    if Ledger.head().n == n:
        assert everything() == before
        return False
    revision = Revision.objects.get(n=n + 1)
    assert Ledger.head().n == revision.n
    for model in collections().values():
        for verb, pointer in [("publish", "published_rev"), ("withdraw", "withdrawn_rev")]:
            rows = model.objects.filter(**{pointer: revision}).values_list("public_id", flat=True)
            logged = revision.changes.filter(action=verb, collection=model.collection)
            assert sorted(rows) == sorted(logged.values_list("object_id", flat=True))
    assert list(discrepancies()) == []
    return True


def a_batch() -> list[OnRecord]:
    """Drafts of every kind: a claim with evidence and numbers, and all they rest on."""
    claim = ClaimFactory()
    ClaimEvidenceFactory(claim=claim)
    DamageEstimateFactory(claim=claim)
    WeaponCountFactory(claim=claim)
    return with_needs(claim)


def next_publish_works() -> None:
    n = Ledger.head().n
    assert doors.publish(ActorFactory()).n == n + 1


def test_a_process_killed_at_any_statement_of_the_first_publish_leaves_nothing_or_everything():
    actor = ActorFactory()
    before = everything()
    mortals = Mortals()
    with running(mortals):
        for statements in count(1):
            lived = mortals.open("publish", actor, statements=statements) == "lived"
            assert nothing_or_everything(before, 0) == lived
            if lived:
                break
        assert statements > 5
        next_publish_works()


@pytest.mark.parametrize("moments", few_or_many(3, 20))
def test_a_process_killed_in_the_middle_of_a_publish_leaves_nothing_or_everything(moments):
    another, batch, total = a_batch(), a_batch(), Last(None)
    next_publish_works()
    with connection.execute_wrapper(total):
        doors.publish(*another)
    size = total.count
    points = {1, 2, size - 1, size, *random.sample(range(3, size - 1), moments)}
    mortals = Mortals()
    with running(mortals):
        for statements in sorted(points):
            before, n = everything(), Ledger.head().n
            assert mortals.open("publish", *batch, statements=statements) == "died"
            assert not nothing_or_everything(before, n), f"killed after {statements} of {size} statements"
            next_publish_works()
        before, n = everything(), Ledger.head().n
        assert mortals.open("publish", *batch, statements=size + 1) == "lived"
        assert nothing_or_everything(before, n)


def kill_at_any_moment(times: int) -> None:
    doors.publish(*a_batch())
    batch = a_batch()
    began = time.monotonic()
    doors.publish(*batch)
    duration = time.monotonic() - began
    outcomes = Counter[bool]()
    mortals = Mortals()
    batch = a_batch()
    with running(mortals):
        for _ in range(times):
            before, n = everything(), Ledger.head().n
            mortals.open("publish", *batch, seconds=f"{random.uniform(0, 1.5 * duration):.6f}")
            published = nothing_or_everything(before, n)
            outcomes[published] += 1
            if published:
                batch = a_batch()
            next_publish_works()
    assert sum(outcomes.values()) == times


def test_a_process_killed_at_any_moment_leaves_nothing_or_everything():
    kill_at_any_moment(times=8)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_many_processes_killed_at_any_moment_leave_nothing_or_everything():
    kill_at_any_moment(times=300)


def rows_for(door: str) -> list[OnRecord]:
    batch = a_batch()
    if door == "publish":
        return batch
    doors.publish(*batch)
    claim: Any = fresh(batch[0])
    return {"amend": [claim], "correct": [doors.revise(claim)], "withdraw": [claim.proposition]}[door]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("door", DOORS)
def test_a_process_killed_at_any_statement_of_any_door_leaves_nothing_or_everything(door):
    rows = rows_for(door)
    before, n = everything(), Ledger.head().n
    mortals = Mortals()
    with running(mortals):
        for statements in count(1):
            lived = mortals.open(door, *rows, statements=statements) == "lived"
            assert nothing_or_everything(before, n) == lived
            if lived:
                break
    assert statements > 10
    next_publish_works()


# --- Clocks ----------------------------------------------------------------------------------------------


def newest_is_dated(seconds: float) -> Revision:
    """Put the newest revision so far from now, as if the clock had been set back since."""
    revision = doors.publish(ActorFactory())
    Revision.objects.filter(n=revision.n).update(at=timezone.now() + timedelta(seconds=seconds))
    return Revision.objects.get(n=revision.n)


def test_a_clock_far_behind_the_ledger_refuses_and_leaves_nothing():
    newest_is_dated(seconds=30)
    actor = ActorFactory()
    before = everything()
    with pytest.raises(ClockBehind, match="newest revision is dated"):
        doors.publish(actor)
    assert everything() == before
    Revision.objects.update(at=timezone.now())
    assert doors.publish(actor).n == 2


def test_a_clock_a_little_behind_the_ledger_waits():
    newest = newest_is_dated(seconds=0.5)
    revision = doors.publish(ActorFactory())
    assert newest.at <= revision.at <= timezone.now()


def test_a_revision_is_dated_now():
    before = timezone.now()
    revision = doors.publish(ActorFactory())
    assert before <= revision.at <= timezone.now()


def test_the_ledger_is_empty_before_the_first_revision():
    assert (Ledger.head().n, Ledger.head().takedowns, str(Ledger.head())) == (0, 0, "revision 0")
    assert list(discrepancies()) == []
