"""How long it takes to say of an agency, or of a speaker, with many claims what decides whose word they are.

    python benchmarks/rekeying.py [claims]

Makes an agency and a speaker with so many claims each (20,000 unless said), four to a point, in a database of its own,
and amends each through the publishing functions: the family of the agency and the affiliation of the speaker, which
change the origin of every claim, and the name of the speaker, which changes none. The same with a tenth of the claims,
in the same run. `DATABASE_URL` names a database to be filled; without it, it is SQLite in a temporary folder.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
os.environ.setdefault("SECRET_KEY", "only for this run")
if "DATABASE_URL" not in os.environ:
    os.environ["VAR_DIR"] = tempfile.mkdtemp(prefix="rekeying-")
django.setup()

from django.core.management import call_command  # noqa: E402  (Django is set up first)
from django.db import connection  # noqa: E402  (likewise)
from django.test.utils import CaptureQueriesContext  # noqa: E402  (likewise)

from record import publishing  # noqa: E402  (likewise)
from record.audit import discrepancies  # noqa: E402  (likewise)
from record.models import Revision  # noqa: E402  (likewise)
from strikes.disputes.rewriting import rewrite_propositions  # noqa: E402  (likewise)
from strikes.models import Claim, ClaimOrigin, Proposition  # noqa: E402  (likewise)
from tests.factories import ActorFactory, ClaimFactory, PropositionFactory, ReportFactory, SourceFactory  # noqa: E402  (likewise)
from tests.on_record import fresh, on_record  # noqa: E402  (likewise)

PER_POINT, PER_REPORT = 4, 20


def many(row: Any, number: int, **turns: list[Any]) -> list[Any]:
    """So many public rows like one, put there at once; each of some fields takes its values in turn."""
    model = type(row)
    fields = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.generated}
    del fields["id"]
    prefix = str(row.public_id).split("_")[0]
    first = model.objects.count()
    rows = [
        model(
            **{
                **fields,
                "public_id": f"{prefix}_{first + n:012d}",
                **{name: values[n % len(values)] for name, values in turns.items()},
            }
        )
        for n in range(number)
    ]
    model.objects.bulk_create(rows, batch_size=1_000)
    return list(
        model.objects.filter(public_id__in=[row.public_id for row in rows]).values_list("pk", flat=True)
    )


def world(name: str, claims: int) -> tuple[Any, Any]:
    """An agency and a speaker with so many claims each."""
    agency, speaker = SourceFactory(public_id=name, voice__public_id=f"{name}-voice"), ActorFactory()
    point = PropositionFactory()
    by_agency = ClaimFactory(
        actor=agency.voice, report=ReportFactory(source=agency), proposition=point, attribution="unattributed"
    )
    by_speaker = ClaimFactory(actor=speaker, proposition=PropositionFactory(strike=point.strike))
    on_record(by_agency, by_speaker)
    for claim in (fresh(by_agency), fresh(by_speaker)):
        points = many(fresh(claim.proposition), claims // PER_POINT)
        reports = many(fresh(claim.report), claims // PER_REPORT)
        many(claim, claims, proposition_id=points, report_id=reports)
        newest = Revision.objects.last()
        assert newest is not None
        rewrite_propositions(points, newest)
    return fresh(agency), fresh(speaker)


@contextmanager
def timed(what: str, claims: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        start = time.perf_counter()
        yield
        taken = time.perf_counter() - start
    print(f"{what:<38}{claims:>8,} claims {taken:>8.2f} s {len(queries):>6} queries")


def main(claims: int) -> None:
    call_command("migrate", verbosity=0)
    print(f"{connection.vendor}, {claims:,} claims of an agency and as many of a speaker")
    for size in (claims // 10, claims):
        agency, speaker = world(f"agency-{size}", size)
        above, body = on_record(SourceFactory()), on_record(ActorFactory(kind="government_body"))
        before = ClaimOrigin.objects.count()
        with timed("name of the speaker (changes no origin)", size):
            publishing.amend(speaker, {"name": "Another Name"})
        assert ClaimOrigin.objects.count() == before
        with timed("family of the agency", size):
            publishing.amend(agency, {"family": above})
        with timed("affiliation of the speaker", size):
            publishing.amend(fresh(speaker), {"affiliation": body})
        assert ClaimOrigin.objects.current().filter(key=above.voice.public_id).count() == size + 1
        assert ClaimOrigin.objects.current().filter(key=body.public_id).count() == size + 1
    assert Proposition.objects.count() > claims // PER_POINT
    assert Claim.objects.count() > claims
    start = time.perf_counter()
    wrong = [sentence for sentence in discrepancies() if "origin" in sentence or "state" in sentence]
    assert not wrong, wrong[:3]
    print(f"check_record: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
