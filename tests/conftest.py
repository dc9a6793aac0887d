"""What holds for every test."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def nothing_slow_on_purpose(settings):
    """Hashing a password takes a fifth of a second; looking up every static file costs each client 20 ms."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture(autouse=True)
def nothing_remembered():
    """A test is rolled back, but what it left in the cache would stay."""
    cache.clear()
