"""A real server on the database of the tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.db import connection


def database_url() -> str:
    """The database of this test run, in the form that another process takes it: a DATABASE_URL."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


@contextmanager
def running_server(var: Path) -> Iterator[str]:
    """Gunicorn as `make run` starts it; whatever happens, it is stopped. Gives its address."""
    with socket.create_server(("127.0.0.1", 0)) as listening, (var / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "gunicorn",
                "--config",
                "config/gunicorn.conf.py",
                "--bind",
                f"fd://{listening.fileno()}",
                "config.wsgi",
            ],
            cwd=settings.BASE_DIR,
            pass_fds=[listening.fileno()],
            stdout=log,
            stderr=log,
            start_new_session=True,
            env={**os.environ, "DATABASE_URL": database_url(), "VAR_DIR": str(var)},
        )
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            sys.stderr.write((var / "log").read_text())  # shown with a failure
