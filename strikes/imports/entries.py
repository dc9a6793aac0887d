"""The rows of a bundle, as they are written: before any of them is a row of the database.

A bundle maps collections to lists of rows. A row has an `id` and may have a `ref`, a handle by which
other rows of the bundle point at it. `fixtures/README.md` explains the format.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db import models

from record.models import OnRecord, collections
from record.saving import Refused
from strikes.imports.problems import LONGEST_PRINTED, BundleError, Problem, naming, printable
from strikes.imports.values import as_list, as_mapping

HANDLES = ("id", "ref")


@dataclass(eq=False)
class Entry:
    """One row of a bundle, before it is a row of the database."""

    file: str
    model: type[OnRecord]
    values: dict[str, object]
    place: str
    """Where it stands, such as `row 3`: its name if it has no better one."""
    owner: Entry | None = None
    """The row it is written in and a numbered part of."""
    row: OnRecord | None = None

    @property
    def name(self) -> str:
        for handle in (self.values.get("ref"), self.values.get("id")):
            if isinstance(handle, str) and handle and handle.isprintable():
                return handle
        return self.place

    def problem(self, rule: str) -> Problem:
        return Problem(self.file, f"{self.model.collection} {self.name[:LONGEST_PRINTED]}", rule)


def entries_of(bundle: object, file: str) -> list[Entry]:
    """The rows of one bundle; the numbers of a claim are entries of their own."""
    if not isinstance(bundle, Mapping):
        raise BundleError([Problem(file, "the file", "It does not map collections to lists of rows.")])
    known = collections()
    entries: list[Entry] = []
    problems: list[Problem] = []
    for collection, rows in bundle.items():
        if collection not in known:
            problems.append(Problem(file, printable(collection), "There is no such collection."))
        elif not isinstance(rows, list):
            problems.append(Problem(file, collection, f"{printable(rows)}: a list of rows is meant."))
        else:
            entries += _entries_of_collection(rows, known[collection], file, problems)
    if problems:
        raise BundleError(problems)
    return entries


def _entries_of_collection(
    rows: list[object], model: type[OnRecord], file: str, problems: list[Problem]
) -> Iterator[Entry]:
    """The rows of one list with their numbers; what is wrong with any is added to the problems."""
    for number, values in enumerate(rows, start=1):
        place = f"row {number}"
        if not isinstance(values, Mapping):
            rule = f"{printable(values)}: a row maps fields to values."
            problems.append(Problem(file, f"{model.collection} {place}", rule))
            continue
        entry = Entry(file, model, dict(values), place)
        try:
            numbers = _numbers_of(entry)
        except Refused as refusal:
            problems.append(entry.problem(str(refusal)))
        else:
            yield entry
            yield from numbers


def _numbers_of(entry: Entry) -> list[Entry]:
    """The numbers written in a row, taken out of it."""
    numbers = []
    for related_name in entry.model.numbered_parts:
        relation = entry.model._meta.get_field(related_name)
        assert isinstance(relation, models.ManyToOneRel)
        assert issubclass(relation.related_model, OnRecord)
        with naming(related_name):
            for number, values in enumerate(as_list(entry.values.pop(related_name, None)), start=1):
                place = f"row {number} of {entry.name}"
                numbers.append(Entry(entry.file, relation.related_model, as_mapping(values), place, entry))
    return numbers
