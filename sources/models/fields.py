"""Fields that the models of several apps have: codes of countries and languages, other names, notes of editors."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import CheckConstraint, Q

from record.models import never_blank

COUNTRY_CODE = r"\A[A-Z]{2}\Z"
LANGUAGE_TAG = r"\A[a-z]{2,3}(-[A-Za-z0-9]+)*\Z"


def country_code(help_text: str) -> models.CharField:
    return models.CharField(
        max_length=2,
        null=True,
        blank=True,
        db_index=True,
        validators=[RegexValidator(COUNTRY_CODE, "Two capital letters, as in ISO 3166-1.")],
        help_text=f"{help_text} ISO 3166-1 alpha-2, such as `UA`.",
    )


def language_code(help_text: str, null: bool = True, blank: bool = True) -> models.CharField:
    return models.CharField(
        null=null,
        blank=blank,
        max_length=20,
        validators=[RegexValidator(LANGUAGE_TAG, "A BCP 47 tag such as `en` or `uk`.")],
        help_text=f"{help_text} BCP 47, such as `en`.",
    )


def editors_note() -> models.TextField:
    return models.TextField(
        null=True, blank=True, help_text="A public note by an editor, such as a source's own error."
    )


def known_on(what: str) -> models.DateField:
    return models.DateField(
        null=True,
        blank=True,
        editable=False,
        help_text=f"The last day from which {what}, on its own clock. Kept for bare dates.",
    )


class Name(models.Model):
    """Another name of a row, in any script: an alias, a former name, a common misspelling."""

    name = models.CharField(max_length=200, help_text="The name as it is written.")
    language = language_code("The language it is written in.")
    note = models.CharField(
        max_length=200, null=True, blank=True, help_text="What kind of name it is, such as `mistranslation`."
    )

    class Meta:
        abstract = True
        ordering = ["pk"]
        constraints = [
            never_blank("%(class)s", "name", "note"),
            CheckConstraint(
                name="%(class)s_language_is_a_tag",
                condition=Q(language__regex=LANGUAGE_TAG),
                violation_error_message="A BCP 47 tag such as `uk`.",
            ),
        ]

    def __str__(self) -> str:
        return self.name
