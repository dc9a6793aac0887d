"""A copy stays equal to the record while several writers change it and the client polls."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from record import publishing
from record.audit import discrepancies
from record.choices import WithdrawalReason
from record.derived import pairs_below
from record.models import Ledger
from strikes.models import Claim, ClaimRelation, Strike
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    DamageEstimateFactory,
    FacilityFactory,
    PartyFactory,
    PropositionFactory,
    ReportFactory,
    StrikeFactory,
    UnitFactory,
    WaveFactory,
)
from tests.on_record import fresh, on_record
from tests.processes import Process, orders_from_test, running, tell_test
from tests.real_server import running_server
from tests.sweeps import few_or_many
from tests.sync_client import copy_equals_lists, polling_client, revision_of_copy, wait_until_current

pytestmark = pytest.mark.django_db(transaction=True)

OUT, TYPO, SAFETY = WithdrawalReason.OUT_OF_SCOPE, WithdrawalReason.TYPO, WithdrawalReason.SAFETY


class RandomEditor:
    """An editor who does one thing or another at random; what is refused does not count."""

    def __init__(self, name: str) -> None:
        self.name, self.dice, self.made = name, random.Random(name), 0
        self.done: Counter[str] = Counter()
        self.strike = Strike.objects.get(public_id="2024-03-12-shared")
        self.wave = self.strike.wave
        shared: Any = Claim.objects.get(statement="shared")
        self.shared = shared
        self.rows: dict[str, list[Any]] = {
            kind: [] for kind in ("actor", "facility", "proposition", "strike", "unit", "report", "claim")
        }

    def slug(self, kind: str) -> str:
        self.made += 1
        return f"{kind}-{self.name}-{self.made}"

    def any_row(self, kind: str) -> Any:
        """A row of this editor's, as it is now; it may have been withdrawn along with another."""
        return fresh(self.dice.choice(self.rows[kind]))

    def make(self) -> tuple[str, Any]:
        """A draft of something, and of what kind it is."""
        match kind := self.dice.choice(["claim"] * 5 + [name for name in self.rows if name != "claim"]):
            case "actor":
                row: Any = ActorFactory(public_id=self.slug(kind), kind="company")
            case "facility":
                row = FacilityFactory(public_id=self.slug(kind))
                PartyFactory(facility=row, actor=self.shared.actor)
            case "unit":
                facility = self.any_row("facility")
                row = UnitFactory(
                    public_id=self.slug(kind), facility=facility, designation=f"AVT-{self.made}"
                )
            case "strike":
                row = StrikeFactory(
                    public_id=f"2024-03-12-{self.slug(kind)}", facility=None, target_described_as="a depot"
                )
            case "proposition":
                row = PropositionFactory(
                    strike=self.dice.choice([self.strike, self.any_row("strike")]), text="It burns"
                )
            case "report":
                row = ReportFactory(source=self.shared.report.source)
            case _:
                row = ClaimFactory(
                    report=self.any_row("report"),
                    actor=self.any_row("actor"),
                    proposition=self.any_row("proposition"),
                    stance=self.dice.choice(["asserts", "denies", "no_response"]),
                    position=self.made,
                )
                if self.dice.random() < 0.5:
                    DamageEstimateFactory(claim=row)
        return kind, row

    # What editors do ------------------------------------------------------------------------------------

    def publish(self) -> None:
        with transaction.atomic():
            kind, row = self.make()
            publishing.publish(row)
        self.rows[kind].append(row)

    def amend(self) -> None:
        kind = self.dice.choice(list(self.rows))
        row = self.any_row(kind)
        note = f"{self.name} {self.made} {self.dice.random()}"
        changes: dict[str, Any] = {"note": note}
        if kind == "actor":
            changes = {"name": note}
        if kind == "strike":
            changes = {"wave": self.dice.choice([self.wave, None]), "title": note}
        if kind == "claim" and self.dice.random() < 0.3:
            relation = ClaimRelation(kind="disputes", other=self.shared)
            publishing.amend(row, add=[relation])
            return
        publishing.amend(row, changes, note=note)

    def amend_a_number(self) -> None:
        for number in self.any_row("claim").damage_estimates.all():
            publishing.amend(number, {"note": f"{self.name} {self.dice.random()}"})
            return
        raise publishing.Blocked([])

    def correct(self) -> None:
        with transaction.atomic():
            correction: Any = publishing.revise(
                self.any_row("claim"), statement=f"Said as {self.dice.random()}"
            )
            publishing.correct(correction, reason=TYPO, note="A slip.")
        self.rows["claim"].append(correction)

    def withdraw(self) -> None:
        kind = self.dice.choice(["claim", "claim", "claim", "report", "unit"])
        publishing.withdraw(self.any_row(kind), reason=OUT, along=self.dice.random() < 0.2)

    def merge(self) -> None:
        kind = self.dice.choice(["actor", "facility", "proposition", "strike"])
        loser, survivor = self.any_row(kind), self.any_row(kind)
        publishing.merge(loser, survivor, *pairs_below(loser, survivor))

    def unmerge(self) -> None:
        publishing.unmerge(self.any_row(self.dice.choice(["actor", "facility", "proposition", "strike"])))

    def take_down(self) -> None:
        publishing.takedown(self.any_row("claim"), reason=SAFETY)

    def work(self, rounds: int) -> Counter[str]:
        actions: dict[Callable[[], None], int] = {
            self.publish: 40,
            self.amend: 20,
            self.amend_a_number: 6,
            self.correct: 12,
            self.withdraw: 6,
            self.merge: 10,
            self.unmerge: 5,
            self.take_down: 1,
        }
        self.begin()
        while self.done.total() < rounds:
            (action,) = self.dice.choices(list(actions), weights=list(actions.values()))
            try:
                action()
            except publishing.Blocked:
                continue
            self.done[action.__name__] += 1
        return self.done

    def begin(self) -> None:
        """Two of everything, so that there is something to choose from."""
        for _ in "ab":
            rows = [
                ActorFactory(public_id=self.slug("actor"), kind="company"),
                FacilityFactory(public_id=self.slug("facility")),
                PropositionFactory(strike=self.strike, text="It burns"),
                StrikeFactory(
                    public_id=f"2024-03-12-{self.slug('strike')}", facility=None, target_described_as="x"
                ),
                ReportFactory(source=self.shared.report.source),
            ]
            rows.append(UnitFactory(public_id=self.slug("unit"), facility=rows[1]))
            rows.append(ClaimFactory(actor=rows[0], proposition=rows[2], report=rows[4]))
            publishing.publish(*rows)
            for kind, row in zip(
                ["actor", "facility", "proposition", "strike", "report", "unit", "claim"], rows, strict=True
            ):
                self.rows[kind].append(row)


def work_as_editor(name: str, rounds: str) -> None:
    """Runs in a process of its own: an editor who begins when the test says so."""
    for _ in orders_from_test():
        try:
            tell_test(json.dumps(RandomEditor(name).work(int(rounds))))
        finally:
            connections.close_all()
        break


def keep_equal(folder: Path, editors: int, rounds: int, seconds: float) -> Counter[str]:
    """Let several editors work at once while the client polls; in the end its copy is equal to the lists."""
    strike = StrikeFactory(public_id="2024-03-12-shared", wave=WaveFactory())
    on_record(ClaimFactory(statement="shared", proposition=PropositionFactory(strike=strike)))
    file = folder / "copy.sqlite3"
    processes = [Process(work_as_editor, f"hand{number}", str(rounds)) for number in range(editors)]
    with running_server(folder) as server, polling_client(server, file) as client:
        wait_until_current(file, client, 60)
        first_revision = revision_of_copy(file)
        with running(*processes):
            for process in processes:
                process.tell("work")
            done = sum((Counter(json.loads(process.hear())) for process in processes), Counter[str]())
        wait_until_current(file, client, seconds)
        assert copy_equals_lists(file)
    assert Ledger.head().n >= first_revision + editors * rounds
    return done


@pytest.mark.timeout(300)
@pytest.mark.parametrize("rounds", few_or_many(12, 60))
def test_a_copy_stays_equal_while_editors_work_and_it_polls(tmp_path, rounds):
    done = keep_equal(tmp_path, editors=2, rounds=rounds, seconds=60)
    assert done.total() == 2 * rounds
    assert list(discrepancies()) == []
