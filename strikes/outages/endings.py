"""Which word on the end of an outage still stands beside others, and how far it reaches."""

from __future__ import annotations

from collections.abc import Sequence

from strikes.outages.statements import EndKind, Statement


def not_outranked(on_end: Sequence[Statement]) -> list[Statement]:
    """Without predictions, and without words of its going on until then, that a return said later has overtaken."""
    facts = [statement for statement in on_end if statement.end_kind == EndKind.FACT]
    return [
        statement
        for statement in on_end
        if statement in facts
        or not any(fact.rank > statement.rank and overtakes(fact, statement) for fact in facts)
    ]


def overtakes(fact: Statement, statement: Statement) -> bool:
    if statement.end_kind != EndKind.OPEN:
        return True
    return not outlives(statement, fact)


def outlives(statement: Statement, fact: Statement) -> bool:
    """Whether somebody says that it went on after a day on which somebody says that it ended."""
    assert fact.end is not None  # a fact has a time
    return statement.still_out_on is not None and statement.still_out_on > fact.end.last_day


def start_order(statement: Statement) -> tuple[object, ...]:
    return statement.start and statement.start.day, statement.rank


def reach(statement: Statement) -> tuple[object, ...]:
    """How far a statement on the end reaches: to the end that it names, or to the last day on which it went on."""
    if statement.end_kind == EndKind.FACT and statement.end is not None:
        return statement.end.last_day, False, statement.rank
    return statement.still_out_on, True, statement.rank
