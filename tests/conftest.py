"""For every test: the order, the starter record, caches, and a few fixtures."""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as project
from django.core.cache import caches
from pytest_django import DjangoDbBlocker

from pages.static_files import collect_if_changed
from record.audit import discrepancies
from tests.client import Api
from tests.starter_record import RECORD, StarterRecord, needs_starter_record


def pytest_configure(config: pytest.Config) -> None:
    config.args.sort(key=lambda argument: folder_of(config.invocation_params.dir, argument))
    give_each_worker_a_redis_database()
    collect_static_files_once()


def folder_of(start: Path, argument: str) -> Path:
    """The folder of a file that pytest is asked to run.

    pytest 9.1 forgets the conftest.py of a folder whose files are named apart from each other, with a file
    of the folder above between them (its issue 14964): so the files of a folder are put together.
    """
    path = start / argument.partition("::")[0]
    return path if path.is_dir() else path.parent


def collect_static_files_once() -> None:
    """All workers, and the servers that tests start, have the same static files."""
    os.environ["STATIC_ROOT"] = str(project.STATIC_ROOT)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        collect_if_changed()


def give_each_worker_a_redis_database() -> None:
    """Each has a record of its own, and the cache holds answers about it."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    for cache in project.CACHES.values() if project.REDIS_URL else ():
        cache["LOCATION"] = f"{project.REDIS_URL.rstrip('/')}/{int(worker) % 15 + 1}"  # Redis has sixteen


@pytest.hookimpl(trylast=True)  # after pytest-randomly and pytest-django, which have their own orders
def pytest_collection_modifyitems(items):
    """What needs the starter record runs first and together, so that a process loads it once in any order."""
    items.sort(key=lambda item: not needs_starter_record(item))


@pytest.hookimpl(tryfirst=True)  # before the fixtures of the test, of which `db` begins its transaction
def pytest_runtest_setup(item):
    """No other test sees the starter record, even where one stands between two that need it."""
    record = item.session.stash.get(RECORD, None)
    if record is not None and not needs_starter_record(item):
        record.take_away()


@pytest.fixture(scope="session")
def starter_record(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[StarterRecord]:
    record = request.session.stash[RECORD] = StarterRecord(django_db_blocker)
    yield record
    record.take_away()  # with --reuse-db the database is there in the next run


def pytest_collection_finish():
    """Modules stay imported: the garbage collector need not go through them again and again, in every test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def nothing_slow_on_purpose(settings):
    """Hashing a password takes a fifth of a second; looking up every static file costs each client 20 ms."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def nothing_remembered():
    """A test is rolled back, but what it left in the cache would stay."""
    for cache in caches.all(initialized_only=False):
        cache.clear()


@pytest.fixture
def the_record_holds(db):
    """Whatever the test publishes, `check_record` finds nothing wrong."""
    yield
    assert list(discrepancies()) == []


@pytest.fixture
def api() -> Api:
    """A reader of the API, not logged in."""
    return Api()
