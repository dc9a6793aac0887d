"""The starter record in the database of the tests: put there for the tests that ask for it, and gone for all others.

It takes seconds to load, so it stays from test to test, outside of the transactions that roll back what each
of them does. Whatever the order of the tests, each finds what it expects; in a good order nothing is loaded twice.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from pytest_django import DjangoDbBlocker

from strikes.imports.starter import load_starter
from tests.roles import restore_roles

FIXTURES = Path(settings.BASE_DIR) / "fixtures"


class StarterRecord:
    """Knows whether the starter record is in the database."""

    def __init__(self, blocker: DjangoDbBlocker) -> None:
        self.blocker = blocker
        self.is_loaded = False

    def put(self) -> None:
        if self.is_loaded:
            return
        with self.blocker.unblock():
            # In a test's own transaction it would be gone after that test, and nobody would know.
            assert not connection.in_atomic_block, "ask for `starter` before anything that asks for `db`"
            load_starter(FIXTURES)
        self.is_loaded = True

    def take_away(self) -> None:
        """Leave the database as the migrations made it."""
        if not self.is_loaded:
            return
        with self.blocker.unblock():
            call_command("flush", interactive=False, verbosity=0)
            restore_roles()  # rows that a migration made; Django itself brings back only permissions
        self.is_loaded = False


RECORD = pytest.StashKey[StarterRecord]()


def needs_starter_record(item: pytest.Item) -> bool:
    return "starter" in getattr(item, "fixturenames", ())
