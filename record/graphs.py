"""Walking what rows name: everything that can be reached, and whether a way leads back to where it began."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def closure(start: Iterable[Node], step: Callable[[Collection[Node]], Iterable[Node]]) -> set[Node]:
    """The start and everything that is reached from it, however far away.

    ``step`` gives what is one step from some nodes. It is asked about each node once, and about all that
    one step has newly reached together: where it is a query, there is one query a step.
    """
    reached = set(start)
    newest = set(reached)
    while newest:
        newest = set(step(newest)) - reached
        reached |= newest
    return reached


def leads_back(start: Node, step: Callable[[Node], Node | None]) -> bool:
    """Whether the way from a node, one step at a time, comes to a node that it has passed."""
    passed = {start}
    node = step(start)
    while node is not None:
        if node in passed:
            return True
        passed.add(node)
        node = step(node)
    return False


def end_of_way(start: Node, step: Callable[[Node], Node | None]) -> Node:
    """The node at which the way from this one ends, one step at a time. The way must not lead back."""
    node = start
    while (further := step(node)) is not None:
        node = further
    return node
