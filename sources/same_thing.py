"""What below two sources is the same if they are: their own voices."""

from __future__ import annotations

from collections.abc import Iterable

from record.derived import Pair
from sources.models import Source


def voices(duplicate: Source, canonical: Source) -> Iterable[Pair]:
    voice, canonical_voice = duplicate.voice.canonical, canonical.voice.canonical
    if voice != canonical_voice:
        yield voice, canonical_voice
