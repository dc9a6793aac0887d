"""Filters whose values come from a closed list: vocabularies, choices, codes and flags."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from django.core.exceptions import ValidationError

from api.filters.parameter import RecordFilter
from api.messages import allowed_values, did_you_mean, quoted
from api.openapi.vocabularies import enum_of
from api.types import JsonObject
from record.vocabulary import Vocabulary


class VocabularyFilter(RecordFilter):
    """Words of a vocabulary."""

    several = True

    def __init__(self, vocabulary: type[Vocabulary], **options: object) -> None:
        super().__init__(**options)
        self.vocabulary = vocabulary

    def value(self, text: str, revision: int) -> str:
        if text not in self.vocabulary.values:
            raise ValidationError(
                f"{quoted(text)} is not a word of the vocabulary `{self.vocabulary.slug()}`"
                f"{allowed_values(text, self.vocabulary.values)}",
                "invalid_choice",
            )
        return text

    def value_schema(self) -> JsonObject:
        return enum_of(self.vocabulary)

    def value_description(self) -> str:
        return ""


class VocabularyChoiceFilter(VocabularyFilter):
    """One word of a vocabulary."""

    several = False


class GroupingFilter(RecordFilter):
    """One or two of the words, each once; the groups are named in this order."""

    several = True
    needed = True
    most = 2

    def __init__(self, known: Iterable[str], **options: object) -> None:
        super().__init__(**options)
        self.known = list(known)

    def read(self, texts: list[str], revision: int) -> list[str]:
        words = [part for text in texts for part in text.split(",")]
        allowed = f"one or two of {', '.join(self.known)}."
        for word in words:
            if word not in self.known:
                raise ValidationError(
                    f"{quoted(word)} groups nothing here: {allowed}{did_you_mean(word, self.known)}",
                    "invalid_choice",
                )
            if words.count(word) > 1:
                raise ValidationError(f"{word} is named twice: {allowed}", "repeated")
        if len(words) > self.most:
            raise ValidationError(f"At most two at once: {allowed}", "too_many")
        return words

    def schema(self) -> JsonObject:
        bounds = {"minItems": 1, "maxItems": self.most, "uniqueItems": True}
        return {"type": "array", "items": {"type": "string", "enum": self.known}, **bounds}

    def description(self) -> str:
        return "By commas or by repetition."


class OneOfFilter(RecordFilter):
    """One of a few words; without a default there is no answer without it."""

    def __init__(self, choices: Iterable[str], default: str | None = None, **options: object) -> None:
        super().__init__(**options)
        self.choices, self.default, self.needed = list(choices), default, default is None

    def value(self, text: str, revision: int) -> str:
        if text not in self.choices:
            raise ValidationError(
                f"{quoted(text)} is not allowed here{allowed_values(text, self.choices)}", "invalid_choice"
            )
        return text

    def value_schema(self) -> JsonObject:
        default = {"default": self.default} if self.default else {}
        return {"type": "string", "enum": self.choices, **default}

    def value_description(self) -> str:
        return f"`{self.default}` if not given." if self.default else ""


class ChoicesFilter(RecordFilter):
    """Some of a few words that are no vocabulary, such as the names of collections."""

    several = True

    def __init__(self, choices: Callable[[], Collection[str]], **options: object) -> None:
        super().__init__(**options)
        self.choices = choices  # asked late: collections register themselves after this is declared

    def value(self, text: str, revision: int) -> str:
        if text not in self.choices():
            raise ValidationError(
                f"{quoted(text)} is none{allowed_values(text, self.choices())}", "invalid_choice"
            )
        return text

    def value_schema(self) -> JsonObject:
        return {"type": "string", "enum": sorted(self.choices())}

    def value_description(self) -> str:
        return ""


class CodesFilter(RecordFilter):
    """Codes of a closed list that is kept elsewhere, such as ISO 3166-1."""

    several = True

    def __init__(self, pattern: str, known: Callable[[str], bool], what: str, **options: object) -> None:
        super().__init__(**options)
        self.pattern, self.known, self.what = pattern, known, what

    def value(self, text: str, revision: int) -> str:
        if not re.fullmatch(self.pattern, text) or not self.known(text):
            raise ValidationError(f"{quoted(text)} is not {self.what}.")
        return text

    def value_schema(self) -> JsonObject:
        return {"type": "string", "pattern": f"^{self.pattern}$"}

    def value_description(self) -> str:
        return f"Each is {self.what}."


class FlagFilter(RecordFilter):
    """`true` or `false`."""

    def value(self, text: str, revision: int) -> bool:
        if text not in ("true", "false"):
            raise ValidationError("`true` or `false`.", "invalid_choice")
        return text == "true"

    def value_schema(self) -> JsonObject:
        return {"type": "boolean"}

    def value_description(self) -> str:
        return ""
