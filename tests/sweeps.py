"""Sweeps over everything there is: a few of their cases are tried at every change, all of them by `make test-slow`."""

from collections.abc import Iterable
from typing import Any

import pytest


def few_or_many(few: int, many: int) -> list[Any]:
    """How often a thing is tried, or with what: the first at every change, the other by `make test-slow`."""
    return [few, pytest.param(many, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])]


def one_in(number: int, cases: Iterable[Any]) -> list[Any]:
    """The cases of a sweep; all but one in so many are slow."""
    whole = [case if hasattr(case, "marks") else pytest.param(*as_tuple(case)) for case in cases]
    return [
        case._replace(marks=[*case.marks, *([pytest.mark.slow] if place % number else [])])
        for place, case in enumerate(whole)
    ]


def as_tuple(case: Any) -> tuple[Any, ...]:
    return case if isinstance(case, tuple) else (case,)
