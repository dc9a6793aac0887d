"""Search in any script: what the spellings of one name have in common (decisions.md D27)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from anyascii import anyascii
from django.db import models


def search_text() -> models.TextField:
    return models.TextField(
        null=True,
        blank=True,
        editable=False,
        help_text="What the row is found by, folded to Latin letters and digits. Kept by the doors.",
    )


def fold(text: str) -> str:
    """Latin lower-case letters and digits only: `НОРСИ` is `norsi`, `АВТ-6` and `AVT 6` are `avt6`."""
    plain = anyascii(unicodedata.normalize("NFKC", text).casefold())
    return re.sub(r"[^a-z0-9]", "", plain.lower())


def folded_words(text: str) -> list[str]:
    """Each word of a query folded, in order."""
    return [folded for word in text.split() if (folded := fold(word))]


def folded_names(names: Iterable[str | None]) -> str:
    """The names by which a row is found, each folded, between line breaks."""
    return "\n".join(["", *dict.fromkeys(folded for name in names if name and (folded := fold(name))), ""])


def searchable_words(*texts: str | None) -> str:
    """The words by which a text is found, between spaces: each word, and the pieces of compounds."""
    distinct: dict[str, None] = {}  # in the order in which they come
    for text in texts:
        for word in (text or "").split():
            pieces = re.split(r"[\W_]+", word)
            distinct |= dict.fromkeys(folded for piece in [word, *pieces] if (folded := fold(piece)))
    return " ".join(["", *distinct, ""])
