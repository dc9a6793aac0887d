"""The record as it was: who stood for whom at a revision, and what rows said before amendments changed them."""

from __future__ import annotations

import copy
from collections import defaultdict
from functools import cached_property
from typing import Any, TypeVar, cast

from record.choices import Action
from record.models import Change, OnRecord
from sources.models import Actor, Source
from strikes.models import Claim

Row = TypeVar("Row", bound=OnRecord)


class Past:
    """Rows as they were: the old values of amendments, put back from the newest to the oldest."""

    def __init__(self) -> None:
        self.later = list(Change.objects.filter(action=Action.AMEND, values__isnull=False))
        self.old: dict[tuple[str, str], dict[str, Any]] = defaultdict(dict)

    def rewind(self, to: int) -> None:
        """Go back to a revision; never forward."""
        while self.later and self.later[-1].revision_id > to:
            change = self.later.pop()
            values = change.values or {}
            self.old[change.collection, change.object_id] |= {name: old for name, (old, _) in values.items()}

    def amended(self, model: type[OnRecord], name: str) -> list[str]:
        """The ids of rows whose field was amended since."""
        return [key[1] for key, old in self.old.items() if key[0] == model.collection and name in old]

    def read(self, row: Row) -> Row:
        """A copy of the row as it was."""
        was = copy.copy(row)
        was._state = copy.copy(row._state)
        was._state.fields_cache = dict(row._state.fields_cache)
        columns = {field.name: field for field in row._meta.fields}
        for name, value in self.old.get((row.collection, row.public_id), {}).items():
            if name in columns:
                setattr(was, name, self.value(columns[name], value))
        return was

    def value(self, field: Any, value: Any) -> Any:
        if not field.is_relation or value is None:
            return field.to_python(value)
        return field.related_model._default_manager.get(public_id=value)

    def claim(self, claim: Claim) -> Claim:
        """A claim, and the report it was read in, as they were."""
        was = self.read(claim)
        was.report = self.read(claim.report)
        was.before_publish()
        return was


class RecordAt:
    """The record as it reads at a revision (now, if none is given): who stands for whom, and what rows said.

    ``past`` puts back what amendments have changed since; without it rows are as they are today.
    """

    def __init__(self, at: int | None = None, past: Past | None = None) -> None:
        self.at, self.past = at, past
        self.kept: dict[tuple[type[Any], int], Any] = {}

    @cached_property
    def actors(self) -> dict[int, int]:
        return Actor.objects.canonical_keys(self.at)

    @cached_property
    def sources(self) -> dict[int, int]:
        return Source.objects.canonical_keys(self.at)

    def actor(self, actor: Actor) -> Actor:
        """The actor that stands for this one."""
        return cast(Actor, self.canonical_row(actor, self.actors))

    def source(self, source: Source) -> Source:
        """The source that stands for this one."""
        return cast(Source, self.canonical_row(source, self.sources))

    def canonical_row(self, row: Any, merged: dict[int, int]) -> Any:
        key = (type(row), merged.get(row.pk, row.pk))
        if key not in self.kept:
            self.kept[key] = self.read(row if key[1] == row.pk else type(row).objects.get(pk=key[1]))
        return self.kept[key]

    def read(self, row: Any) -> Any:
        """The row as it was."""
        return row if self.past is None else self.past.read(row)
