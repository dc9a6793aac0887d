"""Saving a row, or saying in a sentence which rule it breaks."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction


class Refused(Exception):
    """A row, or one value of it, cannot be saved; the text says why."""


def save_checked(row: models.Model, settle: Callable[[], None] | None = None) -> None:
    """Save a row, or say in a sentence which rule it breaks. Costs one query, not one for each rule."""
    pointers = {field.name for field in row._meta.fields if field.is_relation}
    try:
        row.clean_fields(exclude=pointers | {"public_id"} if row.pk else pointers)
        if settle is not None:
            settle()
        with transaction.atomic():
            row.save()
    except ValidationError as error:
        texts = [f"{name}: {text}" for name, lines in error.message_dict.items() for text in lines]
        raise Refused(" ".join(texts)) from error
    except IntegrityError as error:
        raise Refused(broken_rule(row, error)) from error


def broken_rule(row: models.Model, error: IntegrityError) -> str:
    """The sentence of the constraint that an integrity error names, the same on both databases."""
    text = str(error)
    for constraint in row._meta.constraints:
        columns = ", ".join(
            f"{row._meta.db_table}.{getattr(row._meta.get_field(name), 'column', name)}"
            for name in getattr(constraint, "fields", ())
        )
        if constraint.name in text or (columns and text.endswith(f": {columns}")):
            return f"{constraint.get_violation_error_message()} ({constraint.name})"
    for field in row._meta.fields:
        if field.column and f"{row._meta.db_table}.{field.column}" in text:
            return f"{field.name}: it is missing or taken."
    return text.splitlines()[0]
