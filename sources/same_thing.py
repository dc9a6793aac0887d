"""What below two sources is the same if they are: their own voices."""

from __future__ import annotations

from collections.abc import Iterable

from record.derived import Pair
from sources.models import Source


def voices(loser: Source, survivor: Source) -> Iterable[Pair]:
    mine, theirs = loser.voice.canonical, survivor.voice.canonical
    if mine != theirs:
        yield mine, theirs
