"""What takes minutes: fuzzing, a generated client, every parameter, half a million claims. `make test-slow`."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.starter_record import StarterRecord

HERE = Path(__file__).parent


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """Where none of this is run, its libraries need not be imported either."""
    return True if "not slow" in str(config.getoption("markexpr")) else None


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Generator[None]:
    """Marks them as slow, and lets the longest begin first, so that the other workers do the rest meanwhile.

    A file whose data takes long to make has an `xdist_group`: one worker runs it, and makes the data once.
    """
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)
    yield
    items.sort(key=lambda item: item.path != HERE / "test_sync.py")


@pytest.fixture(scope="module")
def starter(starter_record: StarterRecord) -> None:
    """The starter record, for the tests of one file; they leave it as it was."""
    starter_record.put()
