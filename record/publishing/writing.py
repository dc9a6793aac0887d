"""What all publishing functions have in common: writing a revision, and reading rows for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models, transaction
from django.db.models import prefetch_related_objects

from record import derived
from record.choices import Action, WithdrawalReason
from record.models import Change, OnRecord, Recorded, Revision, merges_read_once
from record.publishing.blocking import Blocked, Blocker
from record.saving import Refused, save_checked
from record.snapshots import keeping


@dataclass
class RevisionWriter:
    """Writes one revision: collects its changes, and the rows that it has touched so far."""

    revision: Revision
    touched: dict[tuple[type[Recorded], int], Recorded] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)

    def log(
        self,
        action: Action,
        row: OnRecord,
        *,
        reason: WithdrawalReason | None = None,
        note: str | None = None,
        replaced_by: str | None = None,
        values: Mapping[str, object] | None = None,
        replaced_parts: Mapping[str, object] | None = None,
    ) -> None:
        self.touch(row)
        change = Change(
            revision=self.revision,
            position=len(self.changes),
            action=action,
            collection=row.collection,
            object_id=row.public_id,
            reason=reason,
            note=note or None,  # a form hands on an empty note; unknown is null
            replaced_by=replaced_by,
            values=values or None,
            replaced_parts=replaced_parts or None,
        )
        self.changes.append(change)

    def touch(self, row: Recorded) -> None:
        self.touched[type(row), row.pk] = row


@contextmanager
def new_revision(at: datetime | None = None) -> Iterator[RevisionWriter]:
    """A transaction that writes one revision, dated now unless a moment is given."""
    with transaction.atomic():
        # Taking the number locks the ledger until commit: it comes first, so that revisions commit in order.
        writer = RevisionWriter(Revision.take(at))
        yield writer
        Change.objects.bulk_create(writer.changes)
        # What is derived from rows is worked out last, when every row reads as it will be.
        with merges_read_once():
            derived.refresh(list(writer.touched.values()), writer.revision)
            keeping.keep(writer.touched.values(), writer.revision)


def lock_rows(rows: Iterable[OnRecord]) -> list[OnRecord]:
    """The rows as they are in the database now, locked until commit; refused if an editor saw an older version."""
    distinct_rows = list(dict.fromkeys(rows))
    keys = defaultdict(list)
    for row in distinct_rows:
        keys[type(row)].append(row.pk)
    locked = {
        row: row
        for model, keys_of_model in keys.items()
        # Ordered, so that two writers never wait for each other; no_key, so that drafts may name the rows meanwhile.
        for row in model._default_manager.select_for_update(no_key=True)
        .filter(pk__in=keys_of_model)
        .order_by("pk")
    }
    for row in distinct_rows:
        if row not in locked:
            raise type(row).DoesNotExist(f"{row._meta.verbose_name} {row.public_id} is gone.")
        if row.seen_version not in (None, locked[row].version):
            rule = "Somebody changed it since you opened it: look at it again."
            raise Blocked([Blocker(locked[row], rule)])
    return [locked[row] for row in distinct_rows]


def load_together(rows: Sequence[OnRecord]) -> Sequence[OnRecord]:
    """Load the parts of the rows, a query for each relation, and let rows that name each other be the same objects.

    What is then set on one of them, such as the revision that publishes it, is seen by the others.
    """
    loaded: dict[tuple[object, int], OnRecord] = {(type(row), row.pk): row for row in rows}
    for model in dict.fromkeys(type(row) for row in rows):
        relations = [relation.name for relation in model._meta.many_to_many]
        rows_of_model = [row for row in rows if type(row) is model]
        prefetch_related_objects(rows_of_model, *relations, *model.parts, *model.numbered_parts)
    for row in rows:
        for pointer in row._meta.fields:
            if target := loaded.get((pointer.related_model, getattr(row, pointer.attname))):
                setattr(row, pointer.name, target)
    return rows


def numbered_parts(row: OnRecord) -> Iterator[OnRecord]:
    """The parts with an id of their own, such as the numbers of a claim."""
    for related_name in row.numbered_parts:
        yield from getattr(row, related_name).all()


def parts_of(row: OnRecord) -> Iterator[Recorded]:
    """The parts that have a public life of their own within the row's."""
    for related_name in row.parts:
        for part in getattr(row, related_name).all():
            if isinstance(part, Recorded):
                yield part


def field_values(row: models.Model, without: Collection[str] = ()) -> dict[str, object]:
    """What a row says, field by field; generated columns are left to the database."""
    return {
        column.name: getattr(row, column.name)
        for column in row._meta.concrete_fields
        if column.name not in without and not column.generated
    }


def save(row: models.Model, before_publish: bool = False) -> None:
    """Save by the rules of one row: its constraints, its vocabularies, what it must have."""
    try:
        save_checked(
            row, before_publish=row.before_publish if before_publish and isinstance(row, Recorded) else None
        )
    except Refused as refused:
        raise Blocked([Blocker(row, str(refused))]) from refused
