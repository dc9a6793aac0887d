"""A row must go for somebody's safety or by law: from every revision, with everything that ever named it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.db.models import F, Q

from record.choices import Action, WithdrawalReason
from record.models import Change, Ledger, Merge, OnRecord, Recorded, Revision, collections
from record.publishing.writing import Blocked, Blocker, Writing, locked, opened, refuse_nothing

Name = tuple[str, str]  # a collection and a public id


def takedown(*rows: OnRecord, reason: WithdrawalReason, note: str | None = None) -> Revision:
    """Take rows off the record at every revision, the past included. There is no way back.

    ``covered_by`` is the preview of all that goes: each row's corrections before and after it, what
    is merged with it, its numbers and parts, and every row that ever named one of these. A draft
    that names one stays a draft and can never be published. In the ledger only collection, id and
    reason of what goes remain; ``note`` is kept with the rows, for editors only.
    """
    if not WithdrawalReason(reason).is_takedown:
        raise Blocked([Blocker(row, "Only for safety or by law: withdraw it instead.") for row in rows])
    refuse_nothing(rows)
    with transaction.atomic():
        with opened() as writing:
            named = locked(rows)
            _must_have_been_public(named)
            covered = covered_by(named)
            Ledger.objects.update(takedowns=F("takedowns") + 1)
            for row in locked(covered.rows):
                _take_down(writing, row, reason, note if row in named else None)
            for part in covered.parts:
                _take_part_down(writing, part)
            _part(writing, covered.rows)
        _blank(covered)
    return writing.revision


@dataclass
class Covered:
    """What a takedown covers, each row with the reason why."""

    why: dict[OnRecord, str] = field(default_factory=dict)
    parts: list[Recorded] = field(default_factory=list)
    """Parts with a public life of their own, such as a party: they go, and their row stays if it is not here."""
    drafts: list[OnRecord] = field(default_factory=list)
    """Drafts that name what goes: they stay drafts, and what they name keeps them from being published."""

    @property
    def rows(self) -> list[OnRecord]:
        return list(self.why)


def covered_by(rows: Iterable[OnRecord]) -> Covered:
    """Everything that taking these rows down would cover."""
    covered = Covered()
    parts: dict[Recorded, None] = {}
    drafts: dict[OnRecord, None] = {}
    once = _once_named()
    queue = [(row, "asked for") for row in rows]
    while queue:
        row, why = queue.pop(0)
        if row in covered.why or row.taken_down_rev_id is not None:
            continue
        if row.published_rev_id is None:
            drafts[row] = None
            continue
        covered.why[row] = why
        queue += _around(row, once, parts)
    covered.parts = [part for part in parts if part.published_rev_id and not part.taken_down_rev_id]
    covered.drafts = list(drafts)
    return covered


def _around(
    row: OnRecord, once: dict[Name, list[Name]], parts: dict[Recorded, None]
) -> Iterator[tuple[OnRecord, str]]:
    """What goes with a row, and why; parts with a life of their own are put among the ``parts``."""
    if row.supersedes is not None:
        yield row.supersedes, f"corrected by {_id(row)}"
    if row.mergeable:
        same = type(row)._default_manager.cluster([row.pk])
        for other in type(row)._default_manager.filter(pk__in=same).exclude(pk=row.pk):
            yield other, f"merged with {_id(row)}"
    for relation in row._meta.get_fields(include_hidden=True):
        if not isinstance(relation, models.ForeignObjectRel):
            continue
        model, name = relation.related_model, relation.field.name
        if issubclass(model, OnRecord):
            words = {"supersedes": f"corrects {_id(row)}", "replaced_by": f"replaced by {_id(row)}"}
            for other in model._default_manager.filter(**{name: row}):
                yield other, words.get(name, f"names {_id(row)} by {name}")
        elif owner := getattr(model, "owner", None):
            for part in model._default_manager.filter(**{name: row}).select_related(owner):
                if isinstance(part, Recorded) and part.published_rev_id is not None:
                    parts[part] = None
                elif name != owner:
                    yield getattr(part, owner), f"names {_id(row)} by {name}"
    for collection, public_id in once.get((row.collection, row.public_id), ()):
        for other in collections()[collection]._default_manager.filter(public_id=public_id):
            yield other, f"once named {_id(row)}"


def _once_named() -> dict[Name, list[Name]]:
    """For each row the rows that named it until an amendment made them name another."""
    found: dict[Name, list[Name]] = defaultdict(list)
    for collection, object_id, values in Change.objects.amendments():
        meta = collections()[collection]._meta
        pointers = {
            one.name: one.related_model.collection
            for one in [*meta.fields, *meta.many_to_many]
            if isinstance(one.related_model, type) and issubclass(one.related_model, OnRecord)
        }
        for name in pointers.keys() & values.keys():
            for text in set(_texts(values[name])):
                found[pointers[name], text].append((collection, object_id))
    return found


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value of the ledger."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


# The steps ----------------------------------------------------------------------------------------------


def _must_have_been_public(rows: Iterable[OnRecord]) -> None:
    problems = [
        Blocker(row, "It was never public: delete the draft.") for row in rows if not row.published_rev_id
    ]
    problems += [Blocker(row, "It is taken down already.") for row in rows if row.taken_down_rev_id]
    if problems:
        raise Blocked(problems)


def _take_down(writing: Writing, row: OnRecord, reason: WithdrawalReason, note: str | None) -> None:
    row.taken_down_rev = writing.revision
    row.withdrawn_rev = row.withdrawn_rev or writing.revision
    row.withdrawal_reason = reason
    row.withdrawal_note = note or None
    row.replaced_by = None
    row.version += 1
    row.save(
        update_fields=[
            "taken_down_rev",
            "withdrawn_rev",
            "withdrawal_reason",
            "withdrawal_note",
            "replaced_by",
            "version",
        ]
    )
    writing.log(Action.WITHDRAW, row, reason=reason)


def _take_part_down(writing: Writing, part: Recorded) -> None:
    part.taken_down_rev = writing.revision
    part.withdrawn_rev = part.withdrawn_rev or writing.revision
    part.save(update_fields=["taken_down_rev", "withdrawn_rev"])
    writing.touch(part)


def _part(writing: Writing, rows: Iterable[OnRecord]) -> None:
    """Undo as if they had never been all merges with what goes; the others take their states back."""
    gone = set(rows)
    for collection, model in collections().items():
        ids = [row.public_id for row in gone if row.collection == collection]
        if not model.mergeable or not ids:
            continue
        merges = Merge.objects.filter(Q(loser__in=ids) | Q(survivor__in=ids), collection=collection)
        others = {one for pair in merges.values_list("loser", "survivor") for one in pair}
        for other in model._default_manager.filter(public_id__in=others):
            if other not in gone:
                writing.touch(other)
        merges.delete()


def _blank(covered: Covered) -> None:
    """Leave of what went only collection, id and reason in the ledger, and in others' lines no word of it."""
    gone = {(row.collection, row.public_id) for row in covered.rows}
    ids = {public_id for _, public_id in gone}
    words = {str(part) for part in covered.parts}

    def named(*texts: Any) -> bool:
        return any(
            text in words or not ids.isdisjoint(re.findall(r"[A-Za-z0-9_-]+", text))
            for text in _texts(list(texts))
        )

    said = Change.objects.filter(
        Q(note__isnull=False) | Q(values__isnull=False) | Q(replaced_by__isnull=False)
    )
    lines = [
        change.pk
        for change in said.iterator()
        if not gone.isdisjoint({(change.collection, one) for one in (change.object_id, change.replaced_by)})
        or named(change.note, change.values)
    ]
    Change.objects.filter(pk__in=lines).update(note=None, values=None, replaced_by=None)
    for model in collections().values():
        noted = model._default_manager.filter(withdrawal_note__isnull=False, taken_down_rev__isnull=True)
        for row in noted.iterator():
            if named(row.withdrawal_note):
                model._default_manager.filter(pk=row.pk).update(withdrawal_note=None)


def _id(row: OnRecord) -> str:
    return f"{row.collection}/{row.public_id}"
