"""What publishing did: what it logged, what it left in the tables, and what was in its way."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from record import publishing
from record.choices import Action, WithdrawalReason
from record.models import Ledger, OnRecord, Revision, collections
from record.publishing import Blocked, Blocker
from sources.models import Actor
from strikes.models import Claim, Proposition
from tests.factories import (
    ClaimEvidenceFactory,
    ClaimFactory,
    ClaimStepFactory,
    DamageEstimateFactory,
    PropositionFactory,
    RegionFactory,
    StrikeFactory,
    WeaponCountFactory,
    factories_by_model,
)
from tests.on_record import fresh, on_record

audited = pytest.mark.usefixtures("the_record_holds")

FACTORIES = factories_by_model()
TABLES = [
    model._meta.db_table
    for app in ("record", "sources", "strikes")
    for model in apps.get_app_config(app).get_models(include_auto_created=True)
]
COLLECTIONS = list(collections().values())
TAKEDOWNS = [reason for reason in WithdrawalReason if reason.is_takedown]
TYPO, OUT = WithdrawalReason.TYPO, WithdrawalReason.OUT_OF_SCOPE


def rows_by_table() -> dict[str, list[Any]]:
    """Every row of every table of the record, as it is."""
    rows = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            rows[table] = cursor.fetchall()
    return rows


def assert_blocked(publish: Callable[..., object], *rows: Any, **options: Any) -> list[Blocker]:
    """What is in the way of publishing, amending, merging…, which leaves no revision and no half-written row behind."""
    before = rows_by_table()
    with pytest.raises(Blocked) as blocked:
        publish(*rows, **options)
    assert rows_by_table() == before
    return blocked.value.blockers


def withdraw(*rows: OnRecord, reason: WithdrawalReason = OUT, **options: Any) -> Revision:
    return publishing.withdraw(*rows, reason=reason, **options)


def withdrawn(row: Any) -> Any:
    withdraw(row)
    return fresh(row)


def ledger_line(action: Action, row: OnRecord, **details: Any) -> dict[str, Any]:
    """One complete line of the ledger."""
    empty = dict.fromkeys(["reason", "note", "replaced_by", "values"])
    return empty | {"action": action, "collection": row.collection, "object_id": row.public_id} | details


def ledger_lines(revision: Revision) -> list[dict[str, Any]]:
    columns = ledger_line(Action.PUBLISH, Actor())
    return list(revision.changes.values(*columns))


def amended_values(revision: Revision) -> dict[str, Any]:
    """The old and new values in the only line of an amendment."""
    (change,) = ledger_lines(revision)
    assert change["action"] == Action.AMEND
    return dict(change["values"])


def row_or_owner(row: Any) -> Any:
    """The row that stands in a collection: this one, or the one that it is a part of."""
    return row if isinstance(row, OnRecord) else getattr(row, row.owner)


def public_ids(rows: Iterable[OnRecord]) -> set[str]:
    return {row.public_id for row in rows}


def two_claims() -> tuple[Claim, Claim]:
    """Two public claims of one speaker about one proposition, in one report."""
    claim = ClaimFactory()
    other = ClaimFactory(report=claim.report, actor=claim.actor, proposition=claim.proposition)
    return on_record(claim, other), fresh(other)


def claim_with_numbers() -> Claim:
    """A public claim with all that a claim can have: a chain, evidence, a total with a part of it, a count out
    of another count, weapons and regions."""
    claim = ClaimFactory()
    ClaimStepFactory(claim=claim)
    ClaimEvidenceFactory(claim=claim)
    total = DamageEstimateFactory(claim=claim, scope="the whole refinery")
    DamageEstimateFactory(claim=claim, scope="one unit of it", part_of=total)
    launched = WeaponCountFactory(
        claim=claim,
        outcome="launched",
        weapons=["drone", "rocket"],
        regions=[RegionFactory(), RegionFactory()],
        regions_complete=False,
    )
    WeaponCountFactory(claim=claim, outcome="intercepted", out_of=launched, part_of=launched)
    return on_record(claim)


def revisions_showing(model: Any, row: models.Model) -> set[int]:
    """The revisions at which a row is public, from before the first to after the last."""
    return {n for n in range(Ledger.head().n + 2) if model._default_manager.published(n).filter(pk=row.pk)}


def alike_propositions(number: int = 2, **fields: Any) -> list[Proposition]:
    """Public propositions of one strike that say the same, and differ in their text."""
    strike = on_record(StrikeFactory())
    rows = [PropositionFactory(strike=strike, text=f"Fire, spelt way {n}.", **fields) for n in range(number)]
    publishing.publish(*rows)
    return [fresh(row) for row in rows]


def public_claim_of(proposition: Proposition, **fields: Any) -> Any:
    return on_record(ClaimFactory(proposition=proposition, **fields))
