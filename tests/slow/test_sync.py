"""Ten thousand publications, amendments, corrections, withdrawals, merges and takedowns, and a copy that keeps up."""

import sys
from pathlib import Path

import pytest
from django.db import connection

from record.audit import discrepancies
from tests.test_sync import keep_equal


@pytest.mark.skipif(
    connection.vendor == "sqlite",
    reason="SQLite has one writer at a time; `tests/test_sync.py` has them take turns",
)
@pytest.mark.timeout(7200)
@pytest.mark.django_db(transaction=True)
def test_a_copy_stays_equal_through_ten_thousand_changes(tmp_path: Path) -> None:
    done = keep_equal(tmp_path, editors=4, rounds=2500, seconds=1200)
    sys.stdout.write(f"{dict(done)}\n")
    assert done.total() == 10_000
    assert list(discrepancies()) == []
