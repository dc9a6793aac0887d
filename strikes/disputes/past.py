"""The record as it was: who stood for whom at a revision, and what rows said before amendments changed them."""

from __future__ import annotations

import copy
from collections import defaultdict
from functools import cached_property
from typing import TypeVar

from django.db.models import Field

from record.choices import Action
from record.models import Change, OnRecord
from sources.models import Actor, Source
from strikes.models import Claim

Row = TypeVar("Row", bound=OnRecord)


class Past:
    """Rows as they were: the old values of amendments, put back from the newest to the oldest."""

    def __init__(self) -> None:
        self.amendments = list(Change.objects.filter(action=Action.AMEND, values__isnull=False))
        self.old_values: dict[tuple[str, str], dict[str, object]] = defaultdict(dict)

    def rewind(self, to: int) -> None:
        """Go back to a revision; never forward."""
        while self.amendments and self.amendments[-1].revision_id > to:
            change = self.amendments.pop()
            old = {name: before for name, (before, _) in (change.values or {}).items()}
            # An older amendment of the same field goes over a newer one: its old value is further back.
            self.old_values[change.collection, change.object_id] |= old

    def ids_amended(self, model: type[OnRecord], name: str) -> list[str]:
        """The ids of rows whose field was amended since."""
        return [
            public_id
            for (collection, public_id), old in self.old_values.items()
            if collection == model.collection and name in old
        ]

    def as_it_was(self, row: Row) -> Row:
        """A copy of the row as it was."""
        was = copy.copy(row)
        # A shallow copy shares the related rows that are loaded: setting one here would set it there.
        was._state = copy.copy(row._state)
        was._state.fields_cache = dict(row._state.fields_cache)
        fields = {field.name: field for field in row._meta.fields}
        for name, value in self.old_values.get((row.collection, row.public_id), {}).items():
            if name in fields:  # parts have no column; none of them is looked at here
                setattr(was, name, _from_ledger(fields[name], value))
        return was

    def claim_as_it_was(self, claim: Claim) -> Claim:
        """A claim, and the report it was read in, as they were."""
        was = self.as_it_was(claim)
        was.report = self.as_it_was(claim.report)
        was.before_publish()  # when it counts as said follows from what the two said then
        return was


def _from_ledger(field: Field, value: object) -> object:
    """A value of a field, from the form in which a change of the ledger keeps it."""
    if not field.is_relation or value is None:
        return field.to_python(value)
    model = field.related_model
    assert isinstance(model, type)
    return model._default_manager.get(public_id=value)


class RecordAt:
    """The record as it reads at a revision (now, if none is given): who stands for whom, and what rows said.

    ``past`` puts back what amendments have changed since; without it rows are as they are today.
    """

    def __init__(self, at: int | None = None, past: Past | None = None) -> None:
        self.at, self.past = at, past
        self.actors_read: set[int] = set()
        """The actors that were looked at: what changed of any other one made no difference to what was asked."""
        self.sources_read: set[int] = set()

    @cached_property
    def canonical_actors(self) -> dict[int, int]:
        return Actor.objects.canonical_keys(self.at)

    @cached_property
    def canonical_sources(self) -> dict[int, int]:
        return Source.objects.canonical_keys(self.at)

    def in_its_time(self) -> RecordAt:
        """The same with what rows said then, where it is not the record of today."""
        if self.at is None or self.past is not None:
            return self
        past = Past()
        past.rewind(self.at)
        return RecordAt(self.at, past)

    def as_it_was(self, row: Row) -> Row:
        return row if self.past is None else self.past.as_it_was(row)
