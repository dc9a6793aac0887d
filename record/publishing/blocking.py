"""What can stand in the way of a change, and the rules by which it is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.db import models, transaction

from record.models import OnRecord, references_of


@dataclass(frozen=True)
class Blocker:
    """One thing that stands in the way: the row, the rule it breaks, and the other row that is the cause."""

    row: models.Model
    rule: str
    target: OnRecord | None = None

    def __str__(self) -> str:
        return f"{self.row._meta.verbose_name} {getattr(self.row, 'public_id', self.row)}: {self.rule}"


class Blocked(Exception):
    """A publishing function refused; ``blockers`` says what is in the way. Nothing was changed."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        self.blockers = list(blockers)
        super().__init__("\n".join(str(blocker) for blocker in blockers))


@dataclass(frozen=True)
class Trial:
    """What a publishing function would meet with: what is in the way and, if nothing is, what it would ask."""

    blockers: list[Blocker]
    questions: list[str]


def tried(act: Callable[[], object], rows: Iterable[OnRecord]) -> Trial:
    """Do something that makes these rows public, look, and undo it: some things show only once it is done."""
    with transaction.atomic():
        try:
            act()
            return Trial([], questions(rows))
        except Blocked as blocked:
            return Trial(blocked.blockers, [])
        finally:
            transaction.set_rollback(True)


def questions(rows: Iterable[OnRecord]) -> list[str]:
    """What an editor should look at twice in these public rows, each question once. No function refuses it."""
    return list(dict.fromkeys(question for row in rows for question in row.questions()))


def refuse_if_any(blockers: Iterable[Blocker]) -> None:
    """Raise ``Blocked`` with everything that is in the way, so that an editor sees all of it at once."""
    in_the_way = list(blockers)
    if in_the_way:
        raise Blocked(in_the_way)


def refuse_what_names_gone(*parts: models.Model) -> None:
    """Nothing that was taken down is ever named again."""
    refuse_if_any(
        Blocker(target, f"{name}: it was taken down.", target)
        for part in parts
        for name, target in references_of(part)
        if target.taken_down_rev_id is not None
    )


def require_rows(rows: Sequence[OnRecord]) -> None:
    # A revision that changes nothing would leave an empty line in the feed.
    if not rows:
        raise ValueError("Name at least one row.")


def require_public(rows: Iterable[OnRecord]) -> None:
    refuse_if_any(Blocker(row, "It is not public.") for row in rows if not row.is_public)


def require_no_objections(rows: Iterable[OnRecord]) -> None:
    """What the rows themselves, by the rules of their models, object to."""
    refuse_if_any(Blocker(row, rule) for row in rows for rule in row.objections())


def require_public_targets(rows: Sequence[OnRecord]) -> None:
    """Whatever a public row names is public too, and the row obeys the rules of its model."""
    blockers = []
    for row in rows:
        for name, target in row.references():
            if not target.is_public and target not in rows:
                rule = f"{name}: {target.public_id} is {target.status}, not public."
                blockers.append(Blocker(row, rule, target))
        blockers += [Blocker(row, rule) for rule in row.objections()]
    refuse_if_any(blockers)
