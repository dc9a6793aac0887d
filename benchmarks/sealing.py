"""What it costs to seal what a revision publishes, and to make the snapshots again.

    python benchmarks/sealing.py [reports]

Publishes so many reports (20 unless said) with 30 claims each, every third with a number, in a database of its own: in
turn with snapshots and without them, so that both are measured side by side. Then makes all snapshots again from rows
and ledger. `DATABASE_URL` names a database to be filled; without it, it is SQLite in a temporary folder. CPU seconds are
of this process; those of a PostgreSQL server are not in them.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "only for this run")
if "DATABASE_URL" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="sealing-")
django.setup()

from django.core.management import call_command  # noqa: E402  (Django is set up first)
from django.db import connection  # noqa: E402  (likewise)
from django.db.models import Avg, Count  # noqa: E402  (likewise)
from django.db.models.functions import Length  # noqa: E402  (likewise)

from record import publishing  # noqa: E402  (likewise)
from record.models import Snapshot  # noqa: E402  (likewise)
from record.snapshots import keeping  # noqa: E402  (likewise)
from tests.factories import (  # noqa: E402  (likewise)
    ActorFactory,
    ClaimFactory,
    DamageEstimateFactory,
    PropositionFactory,
    ReportFactory,
)
from tests.on_record import fresh, on_record  # noqa: E402  (likewise)

CLAIMS = 30
SEALING = keeping.keep


def drafts(actors: list[Any], points: list[Any], source: Any) -> list[Any]:
    """A report with its claims, as an editor has entered them."""
    report = ReportFactory(source=source)
    claims = [
        ClaimFactory(
            report=report, actor=actors[n % len(actors)], proposition=points[n % len(points)], position=n
        )
        for n in range(CLAIMS)
    ]
    for claim in claims[::3]:
        DamageEstimateFactory(claim=claim)
    return [report, *claims]


def main(reports: int) -> None:
    call_command("migrate", verbosity=0)
    source = on_record(ReportFactory()).source
    actors = [on_record(ActorFactory()) for _ in range(10)]
    point = on_record(PropositionFactory())
    points = [
        on_record(PropositionFactory(strike=fresh(point.strike), text=f"Point {n}.")) for n in range(CLAIMS)
    ]
    taken = {"with snapshots": 0.0, "without": 0.0}
    for turn in range(2 * reports):
        name = list(taken)[turn % 2]
        rows = drafts(actors, points, source)
        keeping.keep = SEALING if name == "with snapshots" else lambda *_: None
        start = time.process_time()
        publishing.publish(*rows)
        taken[name] += time.process_time() - start
    print(f"{connection.vendor}: {reports} reports with {CLAIMS} claims each, CPU seconds a report")
    for name, seconds in taken.items():
        print(f"{name:<16}{seconds / reports:>8.3f}")
    print(f"as a multiple   {taken['with snapshots'] / taken['without']:>8.2f}")
    keeping.keep = SEALING
    Snapshot.objects.all().delete()
    start = time.process_time()
    call_command("rebuild_snapshots", verbosity=0)
    seconds = time.process_time() - start
    of_claims = Snapshot.objects.filter(collection="claims").aggregate(
        rows=Count("pk"), characters=Avg(Length("body"))
    )
    print(f"made again: {Snapshot.objects.count() / seconds:,.0f} snapshots a CPU second")
    print(f"characters in the sealed form of a claim: {of_claims['characters']:,.0f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)
