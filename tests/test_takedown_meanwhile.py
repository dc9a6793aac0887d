"""A takedown between any two queries of an answer: the answer is made anew, and is never a fault of ours."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import caches
from django.db import connection, transaction

from record.choices import WithdrawalReason
from record.publishing import takedown
from strikes.models import Claim
from tests.client import Api
from tests.factories import (
    ClaimFactory,
    ClaimRelationFactory,
    DamageEstimateFactory,
    FacilityFactory,
    PropositionFactory,
    StrikeFactory,
    UnitFactory,
)
from tests.on_record import on_record
from tests.sweeps import one_in

pytestmark = pytest.mark.django_db


class TakedownBefore:
    """Takes rows down before the nth query of an answer, on the same connection."""

    def __init__(self, n: int, row: Any) -> None:
        self.n, self.row, self.queries = n, row, 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.queries += 1
        if self.queries == self.n:
            takedown(self.row, reason=WithdrawalReason.SAFETY)
        return execute(sql, params, many, context)

    @property
    def happened(self) -> bool:
        return self.queries >= self.n


@pytest.fixture
def claim() -> Any:
    strike = StrikeFactory(public_id="2024-03-12-plant", facility=FacilityFactory(public_id="plant"))
    unit = UnitFactory(public_id="unit", facility=strike.facility)
    damage = PropositionFactory(strike=strike, unit=unit, topic="operations_halted")
    claim, other = ClaimFactory(proposition=damage), ClaimFactory(proposition=damage)
    DamageEstimateFactory(claim=claim)
    ClaimRelationFactory(claim=other, other=claim, kind="disputes")
    on_record(claim, other)
    return claim


ANSWERS = [
    "claims/{claim}/",
    "claims/{claim}/thread/",
    "claims/",
    "damage-estimates/",
    "damage-estimates/{number}/",
    "propositions/",
    "strikes/",
    "strikes/2024-03-12-plant/",
    "strikes/2024-03-12-plant/accounts/",
    "strikes/2024-03-12-plant/days/",
    "facilities/plant/timeline/",
    "units/unit/timeline/",
]


@pytest.mark.parametrize("path", one_in(3, ANSWERS))
def test_a_takedown_between_two_queries_is_no_fault(api: Api, claim: Claim, path: str) -> None:
    number = claim.damage_estimates.get().public_id
    address = path.format(claim=claim.public_id, number=number)
    statuses = set()
    for n in range(1, 100):
        caches["answers"].clear()
        meanwhile = TakedownBefore(n, claim)
        with transaction.atomic():
            with connection.execute_wrapper(meanwhile):
                answer = api.raw(address)
            transaction.set_rollback(True)
        statuses.add(answer.status_code)
        if not meanwhile.happened:
            break
    assert n > 2, "no query was asked"
    assert statuses <= {200, 410}
