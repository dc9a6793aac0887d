"""The version of the API, for people; and a digest of the code that makes its answers, for caches."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

VERSION = "1.0.0"
"""The version of the API. CHANGELOG.md says what it promises; this is the only place that holds it."""


def code_digest(root: Path, names: Iterable[str]) -> str:
    """A word that changes with any source file of these folders, or with these files, under the root."""
    digest = hashlib.sha256()
    for name in names:
        path = root / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(f"{file.relative_to(root)} {file.stat().st_size}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
