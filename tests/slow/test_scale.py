"""Half a million claims: what is asked of them is found by an index, and takes no longer than among a few."""

from __future__ import annotations

import datetime as dt
import re
import time
from collections.abc import Iterator
from itertools import takewhile
from statistics import median
from typing import Any

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from record.models import Ledger, Revision
from record.search import searchable_words
from strikes.models import Claim
from tests.client import Api
from tests.factories import MORNING, ClaimFactory

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(900), pytest.mark.xdist_group("scale")]

FEW, MANY = 5_000, 500_000
HITS = 40
"""Claims that have the words asked for: as many among the few as among the many."""
SLOWER_AT_MOST = 8
"""How much longer a search may take among a hundred times as many claims; without an index it is about 50."""

STRIKES, PROPOSITIONS, ACTORS, REPORTS = 500, 5_000, 400, 5_000


def copy_of(row: Any, **changes: Any) -> Any:
    """An unsaved row that differs from another only in this."""
    fields = [field for field in row._meta.concrete_fields if not field.generated and not field.primary_key]
    return type(row)(**{field.attname: getattr(row, field.attname) for field in fields} | changes)


def digits(prefix: str, number: int) -> str:
    return f"{prefix}_{number:012}"


class Crowd:
    """A public record that grows to any number of claims, spread over strikes, reports and speakers."""

    def __init__(self) -> None:
        self.public = {"published_rev_id": Revision.objects.create(n=1, at=MORNING).pk}
        Ledger.objects.create(id=1, n=1)
        self.model: Any = ClaimFactory()
        report, proposition, actor = self.model.report, self.model.proposition, self.model.actor
        strike: Any = proposition.strike
        drafts: list[Any] = [
            report.source.voice,
            report.source,
            report,
            actor,
            strike.facility,
            strike,
            proposition,
        ]
        report.before_publish()  # sets its last day, without which it is not public
        type(report).objects.filter(pk=report.pk).update(known_on=report.known_on)
        for row in drafts:
            type(row).objects.filter(pk=row.pk).update(**self.public)
        self.strikes = self.many(strike, [f"2024-03-12-place-{i}" for i in range(STRIKES)])
        self.actors = self.many(actor, [f"speaker-{i}" for i in range(ACTORS)])
        self.reports = self.many(report, [digits("rep", i) for i in range(REPORTS)])
        ids = [digits("prp", i) for i in range(PROPOSITIONS)]
        self.propositions = self.many(proposition, ids, strike_id=self.strikes)
        Claim.objects.filter(pk=self.model.pk).delete()

    def many(self, row: Any, ids: list[str], **turns: list[int]) -> list[int]:
        """Public rows like one, with other ids; takes turns with the values of a column."""
        rows = [
            copy_of(
                row,
                public_id=public_id,
                **self.public,
                **{name: keys[i % len(keys)] for name, keys in turns.items()},
            )
            for i, public_id in enumerate(ids)
        ]
        return [made.pk for made in type(row)._default_manager.bulk_create(rows)]

    def claim(self, i: int) -> Any:
        words = (
            f"The {'drone' if i % 2 else 'missile'} number{i % 1000} damaged unit{i % 77} of plant{i % 4999}"
        )
        if i % (FEW // HITS) == 0:
            words += ", the Kstovo refinery"
        return copy_of(
            self.model,
            public_id=digits("clm", i),
            actor_id=self.actors[i % ACTORS],
            report_id=self.reports[i * 7 % REPORTS],
            proposition_id=self.propositions[i * 13 % PROPOSITIONS],
            position=i,
            statement=words,
            search_text=searchable_words(words),
            sort_at=MORNING + dt.timedelta(minutes=i * 7919 % FEW),
            known_at=MORNING + dt.timedelta(minutes=i * 7919 % FEW),
            known_on=(MORNING + dt.timedelta(minutes=i * 7919 % FEW)).date(),
            when_at=MORNING + dt.timedelta(minutes=i * 7919 % FEW),
            **self.public,
        )

    def begin(self) -> None:
        """The few, of which `HITS` have the words that are asked for."""
        Claim.objects.bulk_create([self.claim(i) for i in range(FEW)])
        self.update_indexes()

    def grow(self) -> None:
        """The many: each of the others as often as it takes. The engine copies them; Python would take minutes."""
        names: list[Any] = [
            field.column
            for field in Claim._meta.concrete_fields
            if not field.generated and not field.primary_key
        ]
        column = connection.ops.quote_name
        copied = [
            f"'clm_' || CAST(100000000000 + position + {FEW} * k AS text)"
            if name == "public_id"
            else column(name)
            for name in names
        ]
        with connection.cursor() as cursor:
            cursor.execute(
                f"WITH RECURSIVE copy(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM copy WHERE k < {MANY // FEW})"
                f" INSERT INTO strikes_claim ({', '.join(map(column, names))})"
                f" SELECT {', '.join(copied)} FROM strikes_claim, copy WHERE search_text NOT LIKE '% kstovo %'"
            )
        self.update_indexes()

    def update_indexes(self) -> None:
        with connection.cursor() as cursor:
            # Each claim rests on its own speaker and counts.
            cursor.execute(
                "INSERT INTO strikes_claimorigin"
                " (claim_id, own_key, own_voice, key, voice, is_named, is_own_words, from_rev_id)"
                " SELECT claim.id, actor.public_id, actor.public_id, actor.public_id, actor.public_id, true, false, 1"
                " FROM strikes_claim AS claim JOIN sources_actor AS actor ON actor.id = claim.actor_id"
                " WHERE NOT EXISTS (SELECT 1 FROM strikes_claimorigin WHERE claim_id = claim.id)"
            )
        run("INSERT INTO claim_words(claim_words) VALUES('rebuild')", "VACUUM ANALYZE")


def run(on_sqlite: str, on_postgresql: str) -> None:
    """What a command or the autovacuum does after rows have come by the thousand."""
    with connection.cursor() as cursor:
        cursor.execute(on_sqlite if connection.vendor == "sqlite" else on_postgresql)


def forget() -> None:
    """Neither counts nor whole answers are remembered from here on."""
    for cache in caches.all():
        cache.clear()


def seconds(address: str) -> float:
    """How long an answer takes with nothing remembered: the middle of five, after one."""
    api, durations = Api(), []
    for _ in range(6):
        forget()
        start = time.perf_counter()
        assert api(address)["results"]
        durations.append(time.perf_counter() - start)
    return median(durations[1:])


SEARCHES = ["claims/?q=kstovo", "claims/?q=Кстово%20refinery", "claims/?q=kstovo&actor=speaker-0"]


@pytest.fixture(scope="module")
def among_few(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, float]]:
    """How long each search takes among a few thousand claims; then there are many."""
    with django_db_blocker.unblock():
        crowd = Crowd()
        crowd.begin()
        durations = {address: seconds(address) for address in SEARCHES}
        crowd.grow()
        assert Claim.objects.count() > 0.99 * MANY
        yield durations
        call_command("flush", interactive=False, verbosity=0)
        run("INSERT INTO claim_words(claim_words) VALUES('delete-all')", "SELECT 1")


def plans(address: str, counts: bool) -> Iterator[tuple[str, list[str]]]:
    """Each query of a request that reads claims, with what the engine does for it, line by line."""
    forget()
    with CaptureQueriesContext(connection) as captured:
        Api()(address)
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    with connection.cursor() as cursor:
        for sql in [query["sql"] for query in captured.captured_queries]:
            if 'FROM "strikes_claim"' in sql and (counts or not sql.startswith("SELECT COUNT(")):
                cursor.execute(explain + sql.replace("%", "%%"))
                yield sql, [str(row[-1]) for row in cursor.fetchall()]


def scans(sql: str, plan: list[str]) -> list[str]:
    """The steps that read all claims, one after the other or along an index."""
    if connection.vendor == "postgresql":
        return [line for line in plan if re.search(r"Seq Scan on strikes_claim\b", line)]
    names = {alias or "strikes_claim" for alias in re.findall(r'"strikes_claim"(?: (U\d+|T\d+))?', sql)}
    return [line for line in plan if line.startswith("SCAN") and line.split()[1] in names]


@pytest.mark.parametrize(
    "address",
    [
        *SEARCHES,
        "claims/?q=unit7",
        "claims/?actor=speaker-7",
        "claims/?report=rep_000000000007",
        "claims/?strike=2024-03-12-place-7",
        "claims/?proposition=prp_000000000007",
        "claims/?report=rep_000000000007&ordering=position",
    ],
)
def test_a_search_and_a_filter_read_only_what_they_find(among_few, address):
    planned = list(plans(address, counts=True))
    assert len(planned) >= 2  # the count and the page
    for sql, plan in planned:
        assert not scans(sql, plan), "\n".join([sql, *plan])


@pytest.mark.parametrize(
    "address", ["claims/", "claims/?ordering=said", "claims/?ordering=id", "claims/?ordering=-id"]
)
def test_a_page_of_everything_is_read_along_its_order(among_few, address):
    """Its exact count does read everything, once for each revision."""
    for page in (address, Api()(address)["next"]):
        ((sql, plan),) = [(sql, plan) for sql, plan in plans(page, counts=False) if "LIMIT" in sql]
        whole = "\n".join([sql, *plan])
        walked = "Index Scan" if connection.vendor == "postgresql" else "USING INDEX"
        assert any(walked in line for line in plan), whole
        assert not any(re.search(r"Seq Scan on strikes_claim\b", line) for line in plan), whole
        assert not sorts(plan), whole


def sorts(plan: list[str]) -> list[str]:
    """The steps that sort all claims; not those that sort what belongs to one claim, or ties along the order."""
    if connection.vendor == "postgresql":
        alone = [line.strip() for line in takewhile(lambda line: "SubPlan" not in line, plan)]
        return [line for line in alone if re.match(r"(->  )?Sort  \(", line)]
    return [line for line in plan if line == "USE TEMP B-TREE FOR ORDER BY"]


@pytest.mark.parametrize("address", SEARCHES)
def test_a_search_takes_no_longer_among_a_hundred_times_as_many_claims(among_few, address):
    assert seconds(address) < SLOWER_AT_MOST * among_few[address]
