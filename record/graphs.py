"""Walking what rows name: everything that can be reached, and whether a way leads back to where it began."""

from __future__ import annotations

from collections import deque
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


def reached(
    start: Iterable[Node], neighbours: Callable[[Node], Iterable[Node]], newest_first: bool = False
) -> list[Node]:
    """What is reached from the start, without it, in the order in which it is found, one node at a time.

    Next come the neighbours of the node that was found first, or else of the ``newest``.
    """
    found = dict.fromkeys(start)
    begun_with = len(found)
    waiting = deque(found)
    while waiting:
        for node in neighbours(waiting.pop() if newest_first else waiting.popleft()):
            if node not in found:
                found[node] = None
                waiting.append(node)
    return list(found)[begun_with:]


def way(start: Node, step: Callable[[Node], Node | None]) -> list[Node]:
    """The nodes on the way from a node, one step at a time, itself first; a circle is gone round once."""
    nodes = {start: None}
    node = start
    while (following := step(node)) is not None and following not in nodes:
        nodes[following] = None
        node = following
    return list(nodes)


def end_of_chain(start: Node, step: Callable[[Node], Node | None]) -> Node:
    """The last node of the way from a node: itself, if there is no step from it."""
    return way(start, step)[-1]
