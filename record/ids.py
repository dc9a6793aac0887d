"""Public ids: chosen slugs for what has a name, prefixed random ids for the rest, in one spelling."""

import secrets
from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CheckConstraint, Q

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
LENGTH = 12  # 60 random bits

SLUG = r"\A[a-z0-9]+(-[a-z0-9]+)*\Z"
REGION_CODE = r"\A[A-Z]{2}(-[A-Z0-9]{1,3})?\Z"


def prefixed(prefix: str) -> str:
    """The spelling of a random id, as a regular expression that both databases read in the same way."""
    return rf"\A{prefix}_[{ALPHABET}]{{{LENGTH}}}\Z"


class NewId:
    """Makes random public ids of one prefix; a class, so that migrations can write it down."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __call__(self) -> str:
        return f"{self.prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NewId) and other.prefix == self.prefix

    def __hash__(self) -> int:
        return hash(self.prefix)

    def deconstruct(self) -> tuple[str, tuple[str], dict[str, object]]:
        return "record.ids.NewId", (self.prefix,), {}


class PublicIdField(models.CharField):
    """An ASCII id, sorted by its bytes on every database (decisions.md D13)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 80, **kwargs})

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, str | None]:
        parameters = super().db_parameters(connection)
        parameters["collation"] = "C" if connection.vendor == "postgresql" else None
        return parameters


def slug_id() -> PublicIdField:
    return PublicIdField(
        unique=True,
        verbose_name="id",
        help_text="The public id: lower-case ASCII letters, digits and hyphens, such as `norsi` or "
        "`2024-03-12-norsi`. Chosen once and never changed.",
        validators=[RegexValidator(SLUG, "Lower-case ASCII letters and digits, joined by single hyphens.")],
    )


def random_id(prefix: str) -> PublicIdField:
    return PublicIdField(
        unique=True,
        verbose_name="id",
        default=NewId(prefix),
        editable=False,
        help_text=f"The public id: `{prefix}_` and twelve random letters and digits. Never changed.",
        validators=[RegexValidator(prefixed(prefix), f"`{prefix}_` and twelve letters or digits.")],
    )


def id_is_well_spelt(pattern: str, model: str) -> CheckConstraint:
    return CheckConstraint(
        name=f"{model}_id_is_well_spelt",
        condition=Q(public_id__regex=pattern),
        violation_error_message="The id is not spelt as the ids of this collection are.",
    )
