"""Words: each controlled vocabulary said once, with its definitions and its origin."""

import re

from django.db import models
from django.db.models import CheckConstraint, Q


class Vocabulary(models.TextChoices):
    """A closed list of words. Each member is written ``NAME = "code", "What the code means."``

    The class docstring says what the vocabulary is for; its last line, ``Origin: ...``, names where
    the words come from. API, admin, filters, schema and the published codebook all read this class.
    """

    @property
    def label(self) -> str:
        """The code as a reader sees it: underscores become spaces."""
        return str(self.value).replace("_", " ")

    @property
    def definition(self) -> str:
        """One sentence that says what the code means."""
        return str(self._label_)

    @classmethod
    def slug(cls) -> str:
        """The vocabulary's id in the API: ``FacilityKind`` is ``facility-kind``."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def description(cls) -> str:
        return _docstring(cls)[0]

    @classmethod
    def origin(cls) -> str:
        return _docstring(cls)[1]


def _docstring(vocabulary: type[Vocabulary]) -> tuple[str, str]:
    text = " ".join((vocabulary.__doc__ or "").split())
    description, _, origin = text.partition(" Origin: ")
    return description, origin


def vocabularies() -> dict[str, type[Vocabulary]]:
    """Every vocabulary by its slug, in alphabetical order."""
    return dict(sorted((vocabulary.slug(), vocabulary) for vocabulary in Vocabulary.__subclasses__()))


def one_of(field: str, vocabulary: type[Vocabulary], model: str) -> CheckConstraint:
    """The database keeps the vocabulary, whatever writes the row. Null passes; blank never does."""
    return CheckConstraint(
        name=f"{model}_{field}_is_a_known_word",
        condition=Q(**{f"{field}__in": vocabulary.values}),
        violation_error_message=f"Not a word of the vocabulary '{vocabulary.slug()}'.",
    )
