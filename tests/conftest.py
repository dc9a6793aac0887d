"""What holds for every test."""

import gc
import os

import pytest
from django.conf import settings as project
from django.core.cache import caches

from record.audit import discrepancies
from tests.client import Api


def pytest_configure(config):
    """Each worker has a Redis database of its own, since each has its own record."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    for one in project.CACHES.values() if project.REDIS_URL else ():
        one["LOCATION"] = f"{project.REDIS_URL.rstrip('/')}/{int(worker) % 15 + 1}"  # Redis has sixteen


def pytest_collection_finish():
    """What has been imported by now stays: looking through it again and again for garbage costs every test."""
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
    for one in caches.all(initialized_only=False):
        one.clear()


@pytest.fixture
def the_record_holds(db):
    """Whatever the test does through the doors, `check_record` finds nothing."""
    yield
    assert list(discrepancies()) == []


@pytest.fixture
def api() -> Api:
    """A reader of the API, who is nobody in particular."""
    return Api()
