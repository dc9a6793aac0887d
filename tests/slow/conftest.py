"""What takes minutes: fuzzing, a generated client, every parameter, half a million claims. `make test-slow`."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from strikes.imports.starter import load_starter

HERE = Path(__file__).parent


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Where none of this is run, its libraries need not be imported either."""
    return True if "not slow" in str(config.getoption("markexpr")) else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """A file whose data is dear has an `xdist_group` of its own: one worker runs it, and makes the data once.

    The longest of all begins first, so that the other workers do the rest beside it.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
    yield
    items.sort(key=lambda item: item.path != HERE / "test_sync.py")


@pytest.fixture(scope="module")
def starter(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The starter record, for the tests of one file; they leave it as it was."""
    with django_db_blocker.unblock():
        load_starter(Path(settings.BASE_DIR) / "fixtures")
        yield
        call_command("flush", interactive=False, verbosity=0)
