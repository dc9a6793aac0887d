"""A public row changes in place what it may change, and the ledger keeps how it read before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from record.choices import Action
from record.models import OnRecord, Recorded, Revision, bookkeeping_of
from record.publishing.blocking import (
    Blocked,
    Blocker,
    refuse_what_names_gone,
    require_no_objections,
    require_public,
    require_public_targets,
)
from record.publishing.writing import RevisionWriter, field_values, lock_rows, new_revision, save
from record.snapshots.sealed import sealed_part


@dataclass(frozen=True)
class Amendment:
    """What one public row changes in place, and why."""

    row: OnRecord
    changes: Mapping[str, object] = field(default_factory=dict)
    """The new values by the names of their fields; a collection for a many-to-many field."""
    note: str | None = None
    add: Sequence[Recorded] = ()
    """New parts of the row with a public life of their own, such as a party or a notice."""
    end: Sequence[Recorded] = ()
    """Parts of that kind that are withdrawn."""
    parts: Mapping[str, Sequence[models.Model]] = field(default_factory=dict)
    """Whole lists in place of parts without a public life of their own, such as names."""

    def __bool__(self) -> bool:
        return bool(self.changes or self.add or self.end or self.parts)


def amend(
    row: OnRecord,
    changes: Mapping[str, object] | None = None,
    *,
    note: str | None = None,
    add: Iterable[Recorded] = (),
    end: Iterable[Recorded] = (),
    parts: Mapping[str, Sequence[models.Model]] | None = None,
) -> Revision:
    """Change in place what a public row may change, keeping old and new value.

    The arguments are those of an ``Amendment``. A frozen field is refused: correct the row instead.
    """
    with new_revision() as writer:
        amend_row(writer, Amendment(row, changes or {}, note, list(add), list(end), parts or {}))
    return writer.revision


def amend_row(writer: RevisionWriter, amendment: Amendment) -> None:
    (row,) = lock_rows([amendment.row])
    require_public([row])
    values, targets_by_field = _set_fields(row, amendment.changes)
    replaced_parts = {}
    for name, new_parts in amendment.parts.items():
        old_parts = _replace_parts(row, name, new_parts)
        if old_parts is not None:
            values[name] = [[str(part) for part in old_parts], [str(part) for part in new_parts]]
            replaced_parts[name] = [sealed_part(part) for part in old_parts]
    row.version += 1
    save(row, before_publish=True)
    for name, targets in targets_by_field.items():
        getattr(row, name).set(targets)
    ended = [_end_part(writer, row, part) for part in amendment.end]
    added = [_add_part(writer, row, part) for part in amendment.add]
    if added or ended:
        values["parts"] = [ended, added]
    if not values:
        raise Blocked([Blocker(row, "Nothing would change.")])
    require_public_targets([row])
    if row.watched & values.keys():
        require_no_objections([dependant for dependant, _ in row.dependants()])
    writer.log(Action.AMEND, row, note=amendment.note, values=values, replaced_parts=replaced_parts)


def _set_fields(
    row: OnRecord, changes: Mapping[str, object]
) -> tuple[dict[str, list[object]], dict[str, list[object]]]:
    """Set the new values; returns what changed, old and new, and the targets of many-to-many fields.

    Those are set when the row is saved.
    """
    values: dict[str, list[object]] = {}
    targets_by_field: dict[str, list[object]] = {}
    for name, value in changes.items():
        model_field = _amendable_field(row, name)
        old: object
        new: object
        if model_field.many_to_many and isinstance(value, Iterable):
            old, new = list(getattr(row, name).all()), list(value)
            targets_by_field[name] = new
            changed = set(old) != set(new)
        else:
            old, new = getattr(row, name), _value(row, model_field, value)
            changed = old != new
            setattr(row, name, new)
        if changed:
            values[name] = [_as_logged(old), _as_logged(new)]
    return values, targets_by_field


def _amendable_field(row: OnRecord, name: str) -> models.Field:
    """The field of that name, if a public row may change it."""
    try:
        model_field = row._meta.get_field(name)
    except FieldDoesNotExist:
        raise Blocked([Blocker(row, f"{name}: there is no such field.")]) from None
    if model_field.name != name:
        raise Blocked([Blocker(row, f"{name}: there is no such field.")])
    kept = row.frozen | bookkeeping_of(type(row))
    if name in kept or not isinstance(model_field, models.Field) or model_field.auto_created:
        raise Blocked([Blocker(row, f"{name}: frozen since it was published; correct the row instead.")])
    return model_field


def _value(row: OnRecord, model_field: models.Field, value: object) -> object:
    """A value as the field keeps it, whatever it was handed as; a row that it names as it is now."""
    if isinstance(value, OnRecord):
        return lock_rows([value])[0]
    try:
        return value if model_field.is_relation else model_field.to_python(value)
    except ValidationError as error:
        raise Blocked([Blocker(row, f"{model_field.name}: {' '.join(error.messages)}")]) from error


def _as_logged(value: object) -> object:
    """A value as the ledger keeps it, in JSON: rows by their ids, moments in UTC."""
    if isinstance(value, OnRecord):
        return value.public_id
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, Iterable):
        return sorted(str(_as_logged(item)) for item in value)
    return DjangoJSONEncoder().default(value)


def _replace_parts(row: OnRecord, name: str, new_parts: Sequence[models.Model]) -> list[models.Model] | None:
    """Make these the parts of that name; returns the old ones, if they differ."""
    replaceable = name in row.parts and name not in row.frozen_parts
    if not replaceable or any(isinstance(part, Recorded) for part in new_parts):
        raise Blocked([Blocker(row, f"{name}: its parts cannot be replaced; correct the row instead.")])
    old_parts = {part.pk: part for part in getattr(row, name).all()}
    staying = {part.pk for part in new_parts if part.pk is not None}
    if not staying <= old_parts.keys():
        raise Blocked([Blocker(row, f"{name}: a part belongs to another row, or is gone.")])
    values_before = {pk: field_values(part) for pk, part in old_parts.items()}
    for pk in old_parts.keys() - staying:
        type(old_parts[pk])._default_manager.filter(pk=pk).delete()
    for part in new_parts:
        setattr(part, str(getattr(part, "owner", "")), row)
        save(part)
    if values_before == {part.pk: field_values(part) for part in new_parts}:
        return None
    return list(old_parts.values())


def _add_part(writer: RevisionWriter, row: OnRecord, part: Recorded) -> str:
    _require_life_of_its_own(row, part)
    if part.pk is not None:
        part.refresh_from_db(fields=["published_rev"])
    if part.published_rev_id is not None:
        raise Blocked([Blocker(part, "It is or was on the record already.")])
    refuse_what_names_gone(part)
    part.published_rev = writer.revision
    setattr(part, str(part.owner), row.anchor() if part.follows_lineage else row)
    save(part, before_publish=True)
    writer.touch(part)
    return str(part)


def _end_part(writer: RevisionWriter, row: OnRecord, part: Recorded) -> str:
    _require_life_of_its_own(row, part)
    part.refresh_from_db()
    if getattr(part, str(part.owner)) not in (row, row.anchor()) or not part.is_public:
        raise Blocked([Blocker(part, f"It is not a public part of {row.public_id}.")])
    part.withdrawn_rev = writer.revision
    part.save(update_fields=["withdrawn_rev"])
    writer.touch(part)
    return str(part)


def _require_life_of_its_own(row: OnRecord, part: models.Model) -> None:
    if not isinstance(part, Recorded):
        raise Blocked([Blocker(row, f"{part}: it has no public life of its own; correct the row instead.")])
