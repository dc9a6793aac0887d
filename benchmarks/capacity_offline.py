"""How fast the series of capacity offline is, beside a plain SQL sweep in SQLite and in DuckDB over the same data.

    python benchmarks/capacity_offline.py [estimates]

The API weighs at most 5,000 claims an answer. Here its pure function `strikes.outages.series.series` is called on stretches
of outages in memory; the databases get the same stretches as a table, loaded before the clock
starts. All three give the monthly means of the lower bound, the value and the upper bound by the same rules (what
covers one unit is never added, nothing is above its facility), and the answers are compared before anything is
printed. This project also names the claims and origins behind each month, which the SQL does not.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import sqlite3
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import django
import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from strikes.outages.amounts import Amount  # noqa: E402  (Django is set up first)
from strikes.outages.coverage import Covered  # noqa: E402  (likewise)
from strikes.outages.series import series  # noqa: E402  (likewise)
from strikes.outages.stretches import Stretch  # noqa: E402  (likewise)

FACILITIES, UNITS, DAYS = 400, 5, 3653
FIRST = dt.date(2015, 1, 1)
LIMIT = 250
MONTHS = f"""
WITH RECURSIVE calendar(day) AS (SELECT 0 UNION ALL SELECT day + 1 FROM calendar WHERE day < {DAYS} - 1),
of_unit AS (
    SELECT day, facility, unit, MAX(low) AS low,
           CASE WHEN COUNT(best) = COUNT(*) THEN MAX(best) END AS best,
           CASE WHEN COUNT(high) = COUNT(*) THEN MAX(high) END AS high
    FROM calendar JOIN stretch ON first <= day AND day < until GROUP BY day, facility, unit
),
of_facility AS (
    SELECT day, facility, SUM(COALESCE(low, 0)) AS low,
           CASE WHEN COUNT(best) = COUNT(*) THEN SUM(best) END AS best,
           CASE WHEN COUNT(high) = COUNT(*) THEN SUM(high) END AS high
    FROM of_unit GROUP BY day, facility
),
capped AS (
    SELECT day, CASE WHEN low > {LIMIT} THEN {LIMIT} ELSE low END AS low,
           CASE WHEN best > {LIMIT} THEN {LIMIT} ELSE best END AS best,
           CASE WHEN high > {LIMIT} THEN {LIMIT} ELSE high END AS high
    FROM of_facility
),
of_day AS (
    SELECT calendar.day AS day, SUM(COALESCE(low, 0)) AS low,
           CASE WHEN COUNT(best) = COUNT(low) THEN SUM(COALESCE(best, 0)) END AS best,
           CASE WHEN COUNT(high) = COUNT(low) THEN SUM(COALESCE(high, 0)) END AS high
    FROM calendar LEFT JOIN capped ON capped.day = calendar.day GROUP BY calendar.day
)
SELECT month, AVG(low), CASE WHEN COUNT(best) = COUNT(*) THEN AVG(best) END,
       CASE WHEN COUNT(high) = COUNT(*) THEN AVG(high) END
FROM of_day JOIN month_of ON month_of.day = of_day.day GROUP BY month ORDER BY month
"""
TABLES = "CREATE TABLE {} (facility INTEGER, unit INTEGER, first INTEGER, until INTEGER, low INTEGER, best INTEGER, high INTEGER)"


def rows_of(count: int) -> list[tuple[int | None, ...]]:
    """Estimates at random, the same in every run: nine of ten with a value, one with bounds, a few left open."""
    chance = random.Random(1)
    rows = []
    for number in range(count):
        first = chance.randrange(DAYS)
        until = min(first + chance.randrange(1, 30), DAYS)
        low, width = chance.randrange(10, 100), chance.randrange(50)
        bounds: tuple[int | None, int | None, int | None] = (low, low, low)
        if chance.random() < 0.1:
            bounds = (low, None, low + width)
        if number % 100_000 == 0:
            bounds = (low, None, None)
        rows.append((chance.randrange(FACILITIES), chance.randrange(UNITS), first, until, *bounds))
    return rows


def months() -> list[tuple[int, str]]:
    """Each day by its number, with its month."""
    return [(number, f"{FIRST + dt.timedelta(days=number):%Y-%m}") for number in range(DAYS)]


def project_series(rows: list[Any]) -> Callable[[], list[tuple[Any, ...]]]:
    stretches = [
        Stretch(
            ("unit", facility * UNITS + unit),
            facility,
            FIRST + dt.timedelta(days=first),
            FIRST + dt.timedelta(days=until),
            Amount(
                *(None if bound is None else Decimal(bound) for bound in bounds),
                claims=[f"clm_{number}"],
                issuers=[f"actor-{number % 500}"],
            ),
        )
        for number, (facility, unit, first, until, *bounds) in enumerate(rows)
    ]
    limits = dict.fromkeys(range(FACILITIES), Decimal(LIMIT))
    until = FIRST + dt.timedelta(days=DAYS)
    covered = [Covered(FIRST, until)] * FACILITIES  # of every day something is known, as in the SQL

    def sweep() -> list[tuple[Any, ...]]:
        points = series(stretches, limits, covered, "month", FIRST, until)
        return [(f"{point.start:%Y-%m}", point.low, point.best, point.high) for point in points]

    return sweep


def in_sqlite(rows: list[Any]) -> Callable[[], list[tuple[Any, ...]]]:
    database = sqlite3.connect(":memory:")
    database.execute(TABLES.format("stretch"))
    database.executemany("INSERT INTO stretch VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    database.execute("CREATE TABLE month_of (day INTEGER PRIMARY KEY, month TEXT)")
    database.executemany("INSERT INTO month_of VALUES (?, ?)", months())
    database.execute("CREATE INDEX by_first ON stretch (first, until)")
    database.execute("ANALYZE")
    return lambda: database.execute(MONTHS).fetchall()


def in_duckdb(rows: list[Any]) -> Callable[[], list[tuple[Any, ...]]]:
    database = duckdb.connect()
    database.execute(TABLES.format("stretch"))
    for begin in range(0, len(rows), 10_000):
        values = ", ".join(
            f"({', '.join('NULL' if value is None else str(value) for value in row)})"
            for row in rows[begin : begin + 10_000]
        )
        database.execute(f"INSERT INTO stretch VALUES {values}")
    database.execute("CREATE TABLE month_of (day INTEGER, month TEXT)")
    database.execute(f"INSERT INTO month_of VALUES {', '.join(map(str, months()))}")
    return lambda: database.execute(MONTHS).fetchall()


def rounded(answer: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [
        (month, *(None if bound is None else round(float(bound), 6) for bound in bounds))
        for month, *bounds in answer
    ]


def main(count: int) -> None:
    rows = rows_of(count)
    ways = {
        "this project": project_series(rows),
        "SQL sweep in SQLite": in_sqlite(rows),
        "SQL sweep in DuckDB": in_duckdb(rows),
    }
    seconds: dict[str, float] = {}
    answers = []
    for name, way in ways.items():
        processor_started, started = time.process_time(), time.perf_counter()
        answers.append(rounded(way()))
        seconds[name] = time.perf_counter() - started
        processor_seconds = time.process_time() - processor_started
        print(f"{name}: {seconds[name]:.2f} s, {processor_seconds:.2f} s of processor time")
    if not answers[0] == answers[1] == answers[2]:
        raise SystemExit("The answers differ.")
    print(f"{count:,} estimates, {len(answers[0])} months; the answers are the same.")
    for name in list(ways)[1:]:
        print(f"this project takes {seconds['this project'] / seconds[name]:.2f} times as long as the {name}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
