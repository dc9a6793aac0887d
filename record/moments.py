"""Times as reports give them: a range in UTC, its precision, and the words."""

from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q

from record.vocabulary import Vocabulary, one_of


def earliest(of: str, null: bool = True, blank: bool = True) -> models.DateTimeField:
    return models.DateTimeField(null=null, blank=blank, help_text=f"The early edge of {of}, in UTC.")


def latest(of: str, null: bool = True, blank: bool = True) -> models.DateTimeField:
    return models.DateTimeField(
        null=null,
        blank=blank,
        help_text=f"The late edge of {of}, in UTC. Null with an early edge given: still going on.",
    )


def precision(
    of: str, vocabulary: type[Vocabulary], null: bool = True, blank: bool = True
) -> models.CharField:
    return models.CharField(
        null=null,
        blank=blank,
        max_length=20,
        choices=vocabulary.choices,
        help_text=f"How exactly {of} is known; it applies to both edges.",
    )


@cache
def zones() -> set[str]:
    return available_timezones()


def is_a_zone(value: str) -> None:
    if value not in zones():
        raise ValidationError("An IANA time zone is meant, such as `Europe/Moscow`.")


def zone() -> models.CharField:
    return models.CharField(
        max_length=40,
        null=True,
        blank=True,
        validators=[is_a_zone],
        help_text="The IANA time zone of the place, such as `Europe/Moscow`. Null if it is not known; "
        "the range is then wide enough for every zone it can be.",
    )


def local_date(of: str, null: bool = True, blank: bool = True) -> models.DateField:
    return models.DateField(null=null, blank=blank, help_text=f"The date of {of} on the clocks of the place.")


def as_stated(of: str) -> models.CharField:
    return models.CharField(
        max_length=200, null=True, blank=True, help_text=f"The words the report uses for {of}."
    )


def moment_rules(
    model: str, prefix: str, vocabulary: type[Vocabulary], required: bool = False
) -> list[CheckConstraint]:
    """A range runs forward, and whoever gives an edge says how exactly it is known.

    Where the precision is ``required``, its column is not null and needs no second rule.
    """
    early, late, exact = f"{prefix}earliest", f"{prefix}latest", f"{prefix}precision"
    rules = [
        one_of(exact, vocabulary, model),
        CheckConstraint(
            name=f"{model}_{prefix}range_runs_forward",
            condition=Q(**{f"{late}__isnull": True})
            | Q(**{f"{early}__isnull": True})
            | Q(**{f"{late}__gte": F(early)}),
            violation_error_message="The late edge is before the early one.",
        ),
    ]
    if not required:
        rules.append(
            CheckConstraint(
                name=f"{model}_{prefix}range_has_a_precision",
                condition=Q(**{f"{exact}__isnull": False})
                | Q(**{f"{early}__isnull": True, f"{late}__isnull": True}),
                violation_error_message="Say how exactly the time is known.",
            )
        )
    return rules
