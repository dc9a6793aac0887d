"""Sweeps over everything there is: a few of their cases are tried at every change, all of them by `make test-slow`."""

from collections.abc import Iterable
from typing import Any

import pytest


def few_or_many(few: int, many: int) -> list[Any]:
    """A small number for every run and a large one for `make test-slow`, to parametrize a test with."""
    return [few, pytest.param(many, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]


def one_in(number: int, cases: Iterable[Any]) -> list[Any]:
    """The cases of a sweep: one in `number` is tried in every run, all the others are slow."""
    parameters = [case if hasattr(case, "marks") else pytest.param(*as_tuple(case)) for case in cases]
    return [
        case._replace(marks=[*case.marks, *([pytest.mark.slow] if position % number else [])])
        for position, case in enumerate(parameters)
    ]


def as_tuple(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)
