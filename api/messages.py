"""Pieces of the sentences by which a request is refused."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_QUOTE = 60


def quoted(text: str) -> str:
    """A value given back in an error: short, and with nothing that does not print."""
    clean = "".join(character if character.isprintable() else "�" for character in text)
    return f"'{clean[:LONGEST_QUOTE]}…'" if len(clean) > LONGEST_QUOTE else f"'{clean}'"


def allowed_values(text: str, allowed: Iterable[str]) -> str:
    """How an error about a value goes on: what is allowed, where that is not much, and what may have been meant."""
    values = sorted(allowed)
    if not values:
        return "; it takes none."
    listed = f": {', '.join(values)}." if len(values) <= 20 else "."
    return f"{listed}{did_you_mean(text, values)}"


def did_you_mean(text: str, known: Iterable[str], cutoff: float = 0.6) -> str:
    """The question after an error that names the known value most like a text; empty if none is like it."""
    closest = difflib.get_close_matches(text, list(known), n=1, cutoff=cutoff)
    return f" Did you mean {closest[0]}?" if closest else ""
