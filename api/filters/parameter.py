"""One filter: a parameter of the query that reads its own texts and describes itself."""

from __future__ import annotations

import inspect

import django_filters

from api.types import JsonObject

SEVERAL = "Several by commas or by repetition: any of them."


class RecordFilter(django_filters.Filter):
    """A word of the query. It reads its texts, or raises a ``ValidationError`` that says what is allowed."""

    several = False
    """Whether it takes several values, by commas or by repetition; their union is meant."""
    needed = False
    """Whether there is no answer without it."""

    def read(self, texts: list[str], revision: int) -> object:
        """What the texts of a request mean at a revision."""
        if not self.several:
            return self.value(texts[0], revision)
        return self.values(list(dict.fromkeys(part for text in texts for part in text.split(","))), revision)

    def value(self, text: str, revision: int) -> object:
        return text

    def values(self, texts: list[str], revision: int) -> object:
        return [self.value(text, revision) for text in texts]

    @property
    def help_text(self) -> str:
        """What it asks, as the filter set declares it."""
        return self.extra.get("help_text") or ""

    # In the description of the API ---------------------------------------------------------

    def schema(self) -> JsonObject:
        """What it takes, as JSON Schema."""
        one_value = self.value_schema()
        return {"type": "array", "items": one_value} if self.several else one_value

    def value_schema(self) -> JsonObject:
        """What one value looks like."""
        return {"type": "string"}

    def description(self) -> str:
        """What it takes, in a sentence that follows its help text; may be empty where the schema says enough."""
        return f"{self.value_description()} {SEVERAL}".strip() if self.several else self.value_description()

    def value_description(self) -> str:
        """What one value looks like, in words: unless a filter says otherwise, the docstring of its class."""
        return " ".join((inspect.getdoc(type(self)) or "").split())
