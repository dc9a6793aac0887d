"""Other processes, for tests of what several do at once, or of what one leaves behind when it is killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

CHILD = """
import sys
from importlib import import_module
import django
from django.conf import settings
settings.DATABASES["default"]["NAME"] = sys.argv[1]
django.setup()
getattr(import_module(sys.argv[2]), sys.argv[3])(*sys.argv[4:])
"""


class Process:
    """A function of a test module, run by a process of its own on the test's database."""

    def __init__(self, task: Callable[..., None], *arguments: str) -> None:
        database = str(connection.settings_dict["NAME"])
        self.popen = subprocess.Popen(
            [sys.executable, "-c", CHILD, database, task.__module__, task.__name__, *arguments],
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, word: str) -> None:
        assert self.popen.stdin is not None
        self.popen.stdin.write(f"{word}\n")
        self.popen.stdin.flush()

    def hear(self) -> str:
        assert self.popen.stdout is not None
        line = self.popen.stdout.readline()
        assert line, f"The process ended: {self.popen.wait()}. Its complaint is on stderr."
        return line.strip()


@contextmanager
def running(*processes: Process) -> Iterator[None]:
    """Wait until all have started; in the end see that all have ended well."""
    try:
        for process in processes:
            assert process.hear() == "ready"
        yield
    except BaseException:
        for process in processes:
            process.popen.kill()
        raise
    finally:
        for process in processes:
            process.popen.communicate(timeout=60)
    assert [process.popen.returncode for process in processes] == [0] * len(processes)


def tell_test(line: str) -> None:
    """For the function that runs in the process: `Process.hear` is the other end."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def orders_from_test() -> Iterator[str]:
    """What the test tells this process, line by line, until it closes the pipe."""
    tell_test("ready")
    for line in sys.stdin:
        yield line.strip()
