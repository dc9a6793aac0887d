"""Tests on the real starter data. It is loaded once, and every test leaves it as it was."""

from pathlib import Path

import pytest

from tests.client import Api
from tests.starter.fact_sheets import Record
from tests.starter_record import StarterRecord


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all of them, so that the data is loaded once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            # No mark `django_db`: it would begin the transaction before the record is loaded.
            item.add_marker(pytest.mark.xdist_group("starter"))


@pytest.fixture
def loaded(starter_record: StarterRecord) -> None:
    starter_record.put()


@pytest.fixture(autouse=True)
def starter(loaded: None, db: None) -> None:
    """The starter record, in a transaction that is rolled back."""


@pytest.fixture
def record(api: Api) -> Record:
    """The rows of the record beside those of the sheets."""
    return Record(api)
