"""Static files as they are served: collected into one folder, under names that change with their content."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = ".collected"
"""The file that names the sources of what is collected. Written last, so that a collection that broke off is begun again."""


def sources_digest() -> str:
    """A word that changes when a static file of any app does, or the pins of what the collected ones are made with."""
    lines = [Path(settings.BASE_DIR, "requirements.txt").read_text(encoding="utf-8")]
    for finder in get_finders():
        for path, storage in finder.list([]):
            source = Path(storage.path(path)).stat()
            lines.append(f"{path} {source.st_size} {source.st_mtime_ns}")
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def collect_if_changed() -> bool:
    """Collect the static files, unless the folder has them already. Says whether there was anything to do."""
    stamp, digest = Path(settings.STATIC_ROOT, STAMP), sources_digest()
    if stamp.exists() and stamp.read_text(encoding="ascii") == digest:
        return False
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    stamp.write_text(digest, encoding="ascii")
    return True
