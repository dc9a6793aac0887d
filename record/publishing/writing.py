"""What all doors have in common: a revision being written, and what can stand in the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import prefetch_related_objects

from record import derived
from record.choices import Action
from record.models import Change, OnRecord, Recorded, Revision
from record.saving import Refused, save_checked

ON_EVERY_ROW = frozenset({"id", *(field.name for field in OnRecord._meta.fields)})


def bookkeeping_of(model: type[models.Model]) -> frozenset[str]:
    """The fields that no editor fills in: they are neither amended, compared nor copied into a draft."""
    return ON_EVERY_ROW | (model.derived_fields if issubclass(model, OnRecord) else frozenset())


@dataclass(frozen=True)
class Blocker:
    """One thing that stands in the way: of which row, by which rule, because of which other row."""

    row: models.Model
    rule: str
    target: OnRecord | None = None

    def __str__(self) -> str:
        return f"{self.row._meta.verbose_name} {getattr(self.row, 'public_id', self.row)}: {self.rule}"


class Blocked(Exception):
    """A door stayed shut; ``blockers`` says what is in the way. Nothing was changed."""

    def __init__(self, blockers: Sequence[Blocker]) -> None:
        self.blockers = list(blockers)
        super().__init__("\n".join(str(blocker) for blocker in blockers))


@dataclass
class Writing:
    """One revision being written, and the rows it has touched so far."""

    revision: Revision
    touched: dict[tuple[type[Recorded], Any], Recorded] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def log(self, action: Action, row: OnRecord, **details: Any) -> None:
        self.touch(row)
        change = Change(
            revision=self.revision,
            position=len(self.changes),
            action=action,
            collection=row.collection,
            object_id=row.public_id,
            **{name: value or None for name, value in details.items()},
        )
        self.changes.append(change)

    def touch(self, row: Recorded) -> None:
        self.touched[type(row), row.pk] = row


@contextmanager
def opened(at: datetime | None = None) -> Iterator[Writing]:
    """A transaction whose first statement takes the revision and whose last refreshes what is kept."""
    with transaction.atomic():
        writing = Writing(Revision.take(at))
        yield writing
        Change.objects.bulk_create(writing.changes)
        derived.refresh(list(writing.touched.values()), writing.revision)


def locked(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """The rows as they are in the database now, held until commit; refused if someone saw an older version."""
    asked = list(dict.fromkeys(rows))
    keys = defaultdict(list)
    for row in asked:
        keys[type(row)].append(row.pk)
    held = {
        row: row
        for model, wanted in keys.items()
        for row in model._default_manager.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    }
    for row in asked:
        if row not in held:
            raise type(row).DoesNotExist(f"{row._meta.verbose_name} {row.public_id} is gone.")
        if row.seen_version not in (None, held[row].version):
            raise Blocked([Blocker(held[row], "Somebody changed it since you opened it: look at it again.")])
    return [held[row] for row in asked]


def acquainted(rows: Sequence[OnRecord]) -> Sequence[OnRecord]:
    """The rows with their parts at hand, each naming the others as they are here: a query for each relation."""
    held: dict[tuple[Any, Any], OnRecord] = {(type(row), row.pk): row for row in rows}
    for model in dict.fromkeys(type(row) for row in rows):
        relations = [relation.name for relation in model._meta.many_to_many]
        same = [row for row in rows if type(row) is model]
        prefetch_related_objects(same, *relations, *model.parts, *model.numbered_parts)
    for row in rows:
        for pointer in row._meta.fields:
            if target := held.get((pointer.related_model, getattr(row, pointer.attname))):
                setattr(row, pointer.name, target)
    return rows


def refuse_nothing(rows: Sequence[OnRecord]) -> None:
    if not rows:
        raise ValueError("Name at least one row.")


def must_be_public(rows: Iterable[OnRecord]) -> None:
    hidden = [row for row in rows if not row.is_public]
    if hidden:
        raise Blocked([Blocker(row, "It is not public.") for row in hidden])


def numbered_parts(row: OnRecord) -> Iterator[OnRecord]:
    for related_name in row.numbered_parts:
        yield from getattr(row, related_name).all()


def parts_of(row: OnRecord) -> Iterator[Recorded]:
    """The parts that have a public life of their own within the row's."""
    for related_name in row.parts:
        for part in getattr(row, related_name).all():
            if isinstance(part, Recorded):
                yield part


def save(row: models.Model, before_publish: bool = False) -> None:
    """Save by the rules of one row: its constraints, its vocabularies, what it must have."""
    try:
        save_checked(
            row, before_publish=row.before_publish if before_publish and isinstance(row, OnRecord) else None
        )
    except Refused as refused:
        raise Blocked([Blocker(row, str(refused))]) from refused


def refuse_objections(rows: Iterable[OnRecord]) -> None:
    """What other rows have against a change of the one they rest on."""
    problems = [Blocker(row, rule) for row in rows for rule in row.objections()]
    if problems:
        raise Blocked(problems)
