"""The flat form of an object: the columns of a collection, and the cells of a row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from types import SimpleNamespace
from typing import Any

from rest_framework.request import Request
from rest_framework.serializers import ChoiceField, ListField, ListSerializer, Serializer

from api.errors import BadParameter
from api.messages import allowed_values, quoted
from api.types import JsonObject

RISKY = tuple("=+-@\t\r\n＝＋－＠")
"""What a cell begins with that a spreadsheet would run as a formula."""


@dataclass(frozen=True)
class Column:
    """A value of a record, by its path in the JSON object; a list is written as words with bars between."""

    path: tuple[str, ...]
    word: Callable[[object], str] = str

    @property
    def name(self) -> str:
        return ".".join(self.path)

    def cell(self, row: JsonObject) -> object:
        value: Any = row  # of JSON, whatever the path leads to
        for step in self.path:
            if value is None:
                return None
            value = value[step]
        return " | ".join(map(self.word, value)) if isinstance(value, list) else value


def columns_of(serializer: Serializer[Any]) -> Iterator[Column]:
    """The columns of a collection, read off its serializer, so that they are there without any row."""
    for name, field in serializer.fields.items():
        if isinstance(field, Serializer):
            for column in columns_of(field):
                if column.path != ("url",):
                    yield Column((name, *column.path), column.word)
        elif isinstance(field, (ListSerializer, ListField)):
            yield Column((name,), word_of(field.child))
        else:
            for part in getattr(field, "columns", [None]):
                yield Column((name, part) if part else (name,))


def word_of(item: object) -> Callable[[Any], str]:
    """How one item of a list is written: as it says itself; by its id; or the ids and codes in it (`repeats:clm_1`)."""
    if not isinstance(item, Serializer):
        return str
    if hasattr(item, "word"):
        written_by_itself: Callable[[object], str] = item.word
        return written_by_itself
    if "id" in item.fields:
        return itemgetter("id")
    coded = [name for name, field in item.fields.items() if isinstance(field, (ChoiceField, Serializer))]
    names = coded or list(item.fields)[:1]

    def written(value: JsonObject) -> str:
        parts = [value[name] for name in names if value[name] is not None]
        return ":".join(str(part["id"] if isinstance(part, dict) else part) for part in parts)

    return written


def requested_columns(columns: list[Column], request: Request) -> list[Column]:
    """The columns that `fields` names, in its order; all of them without it."""
    if "fields" not in request.query_params:
        return columns
    known = {column.name: column for column in columns}
    names = [name for text in request.query_params.getlist("fields") for name in text.split(",")]
    for name in names:
        if name not in known:
            raise BadParameter(
                "fields", f"There is no column {quoted(name)}{allowed_values(name, known)}", "invalid_choice"
            )
        if names.count(name) > 1:
            raise BadParameter("fields", f"The column {name} is named twice.", "repeated")
    return [known[name] for name in names]


def csv_row(values: Sequence[object]) -> bytes:
    text: str = csv.writer(SimpleNamespace(write=str)).writerow([csv_cell(value) for value in values])
    return text.encode()


def csv_cell(value: object) -> object:
    """Null is empty; a text that a spreadsheet would run gets an apostrophe before it; a number stays one."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value
