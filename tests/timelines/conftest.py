"""A unit, and who speaks of it."""

import pytest
import time_machine

from tests.factories import UnitFactory
from tests.on_record import on_record
from tests.timelines.outages import company


@pytest.fixture(autouse=True)
def today():
    """The first of July 2024, which moves on only where a test says so."""
    with time_machine.travel("2024-07-01T12:00:00Z", tick=False) as clock:
        yield clock


@pytest.fixture
def unit():
    return on_record(UnitFactory(public_id="avt", facility__public_id="plant"))


@pytest.fixture
def agency():
    return company("agency")


@pytest.fixture
def rival():
    return company("rival")
