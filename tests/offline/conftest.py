"""A plant and two companies that make claims about it; it is the end of June 2024."""

import pytest
import time_machine

from sources.choices import ActorKind
from tests.factories import ActorFactory, FacilityFactory
from tests.offline.series import unit_with_capacity
from tests.on_record import on_record
from tests.outage_claims import claim_outage


@pytest.fixture(autouse=True)
def today():
    """The end of June 2024."""
    with time_machine.travel("2024-06-30T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def plant():
    return on_record(FacilityFactory(public_id="plant"))


@pytest.fixture
def agency():
    return on_record(ActorFactory(public_id="agency", kind=ActorKind.COMPANY))


@pytest.fixture
def rival():
    return on_record(ActorFactory(public_id="rival", kind=ActorKind.COMPANY))


@pytest.fixture
def nine_days(plant, agency):
    """A unit with a capacity of 70, out from Saturday 2 March until Monday 11 March, which is not counted."""
    unit = unit_with_capacity(plant, "avt", 70)
    return claim_outage(agency, unit, "2024-03-02", "2024-03-20", until="2024-03-11")
