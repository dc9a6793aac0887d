"""Tests on the real starter data. It is loaded once, and every test leaves it as it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from strikes.imports.starter import load_starter
from tests.client import Api
from tests.starter.fact_sheets import FOLDER, Record


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all of them, so that the data is loaded once."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.django_db)
            item.add_marker(pytest.mark.xdist_group("starter"))


@pytest.fixture(scope="package")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        load_starter(FOLDER)
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def starter(loaded: None, db: None) -> None:
    """The starter record, in a transaction that is rolled back."""


@pytest.fixture
def record(api: Api) -> Record:
    """The rows of the record beside those of the sheets."""
    return Record(api)
