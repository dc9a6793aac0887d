"""The client in docs/examples/sync.py, run as its first lines say to run it, and what it has copied."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from runpy import run_path
from typing import Any

from django.conf import settings
from django.test import Client

from record.models import Ledger, collections

SYNC = Path(settings.BASE_DIR) / "docs" / "examples" / "sync.py"


@contextmanager
def polling_client(server: str, file: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The client at work: it polls ten times a second until the block ends, and must not have ended before."""
    client = subprocess.Popen([sys.executable, SYNC, f"{server}/api/v1/", file, "0.1"])
    try:
        yield client
        assert client.poll() is None, "the client has ended"
    finally:
        client.terminate()
        client.wait()


def revision_of_copy(file: Path) -> int:
    with closing(sqlite3.connect(file)) as copy:
        return int(copy.execute("pragma user_version").fetchone()[0])


def wait_until_current(file: Path, client: subprocess.Popen[bytes], seconds: float) -> None:
    """Until the copy has reached the newest revision."""
    deadline = time.monotonic() + seconds
    while not file.exists() or revision_of_copy(file) != Ledger.head().n:
        assert client.poll() is None, "the client has ended"
        assert time.monotonic() < deadline, f"the copy is at {revision_of_copy(file)} of {Ledger.head().n}"
        time.sleep(0.1)


def copied_objects(file: Path) -> dict[str, dict[str, Any]]:
    """What the client has, by collection and id."""
    objects: dict[str, dict[str, Any]] = {name: {} for name in collections()}
    with closing(sqlite3.connect(file)) as copy:
        for collection, public_id, body in copy.execute("select collection, id, body from object"):
            objects[collection][public_id] = json.loads(body)
    return objects


def listed_objects() -> dict[str, dict[str, Any]]:
    """What the lists have now, each object with its own fields."""
    client = run_path(str(SYNC))
    own, computed = client["own"], client["COMPUTED"]
    objects: dict[str, dict[str, Any]] = {}
    for name in collections():
        response: Any = Client().get(f"/api/v1/{name}/?format=ndjson")
        rows = [json.loads(line) for line in b"".join(response.streaming_content).splitlines()]
        objects[name] = {
            row["id"]: {field: own(value) for field, value in row.items() if field not in computed}
            for row in rows
        }
    return objects


def copy_equals_lists(file: Path) -> bool:
    """Whether the copy is equal to the lists; fails with the collection and the ids of what differs."""
    copied, listed = copied_objects(file), listed_objects()
    for name, rows in listed.items():
        copies = copied[name]
        different = {
            public_id for public_id in copies.keys() | rows if copies.get(public_id) != rows.get(public_id)
        }
        assert not different, f"{name}: {sorted(different)[:5]} of {len(different)}"
    return copied == listed
