"""Saving a row, or saying in a sentence which rule it breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F


class Refused(Exception):
    """A row, or one value of it, cannot be saved; the text says why."""


@dataclass(frozen=True)
class BrokenRule:
    """A rule that a row breaks, as a sentence, and the fields it looks at."""

    sentence: str
    fields: tuple[str, ...] = ()
    name: str | None = None
    """The constraint, if it is one of ours."""

    def __str__(self) -> str:
        if self.name is None:
            return f"{self.fields[0]}: {self.sentence}" if self.fields else self.sentence
        return f"{self.sentence} ({self.name})"


def save_checked(row: models.Model, before_publish: Callable[[], None] | None = None) -> None:
    """Save a row, or say in a sentence which rule it breaks. Costs one query, not one for each rule."""
    # Whether what the row names exists is left to the database, which asks no query for it.
    foreign_keys = {field.name for field in row._meta.fields if field.is_relation}
    try:
        row.clean_fields(exclude=foreign_keys | {"public_id"} if row.pk else foreign_keys)
        if before_publish is not None:
            before_publish()
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        sentences = [
            f"{name}: {message}" for name, messages in error.message_dict.items() for message in messages
        ]
        raise Refused(" ".join(sentences)) from error
    except IntegrityError as error:
        raise Refused(str(broken_rule([type(row)], error))) from error


def broken_rule(tables: Iterable[type[models.Model]], error: IntegrityError) -> BrokenRule:
    """The rule that an integrity error names, the same on both databases, if it is one of these tables'."""
    message = str(error)
    for model in tables:
        for constraint in model._meta.constraints:
            if _is_named_in(message, model, constraint):
                return BrokenRule(
                    str(constraint.get_violation_error_message()),
                    tuple(fields_of(constraint)),
                    constraint.name,
                )
        for field in model._meta.fields:
            if field.column and f"{model._meta.db_table}.{field.column}" in message:
                return BrokenRule("it is missing or taken.", (field.name,))
    return BrokenRule(message.splitlines()[0])


def _is_named_in(message: str, model: type[models.Model], constraint: models.BaseConstraint) -> bool:
    # SQLite names a unique constraint by its columns, PostgreSQL by its name.
    columns = ", ".join(
        f"{model._meta.db_table}.{getattr(model._meta.get_field(name), 'column', name)}"
        for name in getattr(constraint, "fields", ())
    )
    return constraint.name in message or bool(columns and message.endswith(f": {columns}"))


def broken_rules(row: models.Model, unsaid: Iterable[str] = ()) -> Iterator[BrokenRule]:
    """The constraints that a row would break, those included that look at fields no form shows.

    ``unsaid`` are fields that have no value yet, such as the key of a parent not yet saved.
    """
    for constraint in row._meta.constraints:
        try:
            constraint.validate(type(row), row, exclude=set(unsaid))
        except ValidationError as error:
            yield BrokenRule(" ".join(error.messages), tuple(fields_of(constraint)), constraint.name)


def fields_of(constraint: models.BaseConstraint) -> list[str]:
    """The fields a constraint looks at, in the order in which it names them."""
    names = list(getattr(constraint, "fields", ()))
    condition = getattr(constraint, "condition", None)
    if condition is not None:
        names += [lookup.split("__")[0] for lookup in _lookups_in(condition)]
    return list(dict.fromkeys(names))


def _lookups_in(condition: models.Q) -> Iterator[str]:
    """Every lookup of a condition, level by level, and what each is compared with, if that is a column too."""
    waiting = [condition]
    while waiting:
        for child in waiting.pop(0).children:
            if isinstance(child, models.Q):
                waiting.append(child)
            elif isinstance(child, tuple):
                lookup, value = child
                yield lookup
                if isinstance(value, F):
                    yield str(getattr(value, "name", lookup))
