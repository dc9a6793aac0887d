"""Tests on the real starter data. It is loaded once, and every test leaves it as it was."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from strikes.starter import load

FOLDER = Path(settings.BASE_DIR) / "fixtures"


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
        load(FOLDER)
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def record(loaded: None, db: None) -> None:
    """The starter record, in a transaction that is rolled back."""


class Api:
    """A reader of the API: `api("strikes/?facility=norsi")` is the decoded answer."""

    def __init__(self) -> None:
        self.client = Client(raise_request_exception=False)

    def raw(self, address: str) -> Any:
        return self.client.get(address if address.startswith(("/", "http")) else f"/api/v1/{address}")

    def __call__(self, address: str, status: int = 200) -> Any:
        response = self.raw(address)
        assert response.status_code == status, response.content
        return response.json()

    def every(self, address: str) -> list[Any]:
        """All results, page after page."""
        found, next_page = [], address
        while next_page:
            page = self(next_page)
            found += page["results"]
            next_page = page["next"]
        return found


@pytest.fixture
def api() -> Api:
    return Api()
