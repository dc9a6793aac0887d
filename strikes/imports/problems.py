"""What is wrong with a bundle, in sentences that name the file, the row and the key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from record.saving import Refused

LONGEST_PRINTED = 80  # characters of a value or a name that a message repeats


@dataclass(frozen=True)
class Problem:
    """What is wrong with one row: the file, the row, the rule."""

    file: str
    row: str
    rule: str

    def __str__(self) -> str:
        return f"{self.file}: {self.row}: {self.rule}"


class BundleError(Exception):
    """The bundle was refused; nothing of it was kept."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


class Entangled(Refused):
    """A row is refused because of one it points at, whose own problem has been noted already."""


@contextmanager
def naming(key: str) -> Iterator[None]:
    """Say in a refusal which key it is about."""
    try:
        yield
    except Entangled:
        raise
    except Refused as refusal:
        raise Refused(f"{key}: {refusal}") from refusal


def printable(value: object) -> str:
    """A value as a message repeats it: on one line, in characters that can be printed, not too long."""
    text = str(value) if isinstance(value, dt.date) else repr(value)
    return text if len(text) <= LONGEST_PRINTED else f"{text[: LONGEST_PRINTED - 3]}..."
