"""A test works by itself, beside any other, and in any order."""

import os
import subprocess
import sys
from itertools import groupby

import pytest
from django.conf import settings
from django.contrib.auth.models import Group

from record.models import Ledger
from strikes.models import Claim
from tests.roles import restore_roles
from tests.starter_record import needs_starter_record

IN_TURN = [
    "tests/starter/test_norsi.py",
    "tests/test_assessments.py",
    "tests/admin/test_history.py",
    "tests/starter/test_landing.py::test_every_link_of_it_works",
    "tests/test_vocabularies.py",
    "tests/admin/test_clocks.py",
    "tests/starter/test_elsewhere.py",
]
"""Files of several folders, with and without the starter record."""
RUNS = {
    "one test": ["tests/starter/test_norsi.py::test_a_unit_is_known_under_all_its_names"],
    "as asked for": ["-p", "no:randomly", *IN_TURN],
    "at random": ["--randomly-seed=1", *IN_TURN],
}


def test_what_needs_the_starter_record_runs_together(request):
    """Otherwise it would be loaded again and again."""
    turns = [needs for needs, _ in groupby(request.session.items, needs_starter_record)]
    assert turns.count(True) <= 1


def permissions() -> dict[str, set[str]]:
    return {
        group.name: {permission.codename for permission in group.permissions.all()}
        for group in Group.objects.prefetch_related("permissions")
    }


@pytest.mark.slow
@pytest.mark.timeout(600)  # it loads the record twice
@pytest.mark.django_db(transaction=True)
def test_the_starter_record_comes_and_goes_and_comes_again_the_same(starter_record):
    restore_roles()
    roles = permissions()
    sizes = []
    for _ in range(2):
        starter_record.put()
        sizes.append((Claim.objects.published().count(), Ledger.head().n))
        starter_record.take_away()
        assert (Claim.objects.count(), Ledger.head().n) == (0, 0)
        assert permissions() == roles
    assert sizes[0] == sizes[1] > (0, 0)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.skipif(
    "DATABASE_URL" in os.environ, reason="The run is on SQLite, whichever database this one is on."
)
@pytest.mark.parametrize("arguments", RUNS.values(), ids=RUNS)
def test_a_run_of_some_tests_passes(tmp_path, arguments):
    """In a process of its own, on a database of its own."""
    environment = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path}/db", "VAR_DIR": str(tmp_path)}
    for name in ("REDIS_URL", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        environment.pop(name, None)
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", *arguments],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout
