"""What is worked out from the rows and kept beside them: an app registers here, when it starts, how.

record/ knows no origin, no dispute state and no search index. Whoever keeps such things says in its
``AppConfig.ready()`` how they are brought up to date after a revision, and how they are checked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from record.models import OnRecord, Recorded, Revision

Pair = tuple[OnRecord, OnRecord]
Restated = tuple[OnRecord, str, str]
"""A row of which a revision changed what is derived: how it read before, and how it reads after."""
Row = TypeVar("Row", bound=OnRecord)


def _nothing(*_: object) -> tuple[()]:
    return ()


@dataclass(frozen=True)
class Derivation:
    """One kind of thing that is kept beside the rows."""

    refresh: Callable[[Collection[Recorded], Revision], None]
    """Bring it up to date with the rows that a revision has touched, at the end of the revision's transaction."""
    restated: Callable[[Revision], Iterable[Restated]] = _nothing
    """What a revision changed of it, for previews."""
    discrepancies: Callable[[], Iterable[str]] = _nothing
    """Where it differs from what the rows say, for `check_record`."""


_derivations: list[Derivation] = []
_pairs_below: dict[type[OnRecord], Callable[[Any, Any], Iterable[Pair]]] = {}


def register(derivation: Derivation) -> None:
    """Keep this up to date from now on; in the order in which it was registered."""
    _derivations.append(derivation)


def register_pairs_below(model: type[Row], pairs_below: Callable[[Row, Row], Iterable[Pair]]) -> None:
    """Say what below two rows of a model is the same thing if the two are."""
    _pairs_below[model] = pairs_below


def refresh(touched: Collection[Recorded], revision: Revision) -> None:
    for derivation in _derivations:
        derivation.refresh(touched, revision)


def restated(revision: Revision) -> Iterator[Restated]:
    for derivation in _derivations:
        yield from derivation.restated(revision)


def discrepancies() -> Iterator[str]:
    for derivation in _derivations:
        yield from derivation.discrepancies()


def pairs_below(duplicate: OnRecord, canonical: OnRecord) -> list[Pair]:
    """What lies below two rows and is the same if they are, in the order in which it is to be merged."""
    if not duplicate.mergeable or type(duplicate) is not type(canonical):
        return []
    return list(_pairs_below.get(type(duplicate), _nothing)(duplicate, canonical))
