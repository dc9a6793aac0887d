"""The sealed form of a row: canonical JSON of what it says itself, and its hash.

A sealed form has the fields that editors fill in and the parts of the row, with other rows by their ids alone. It
has nothing that is derived, no address and no line for readers, so that it never has to change: what a later version
of this code shows is made from it. Keys are sorted; decimals are texts without exponent and trailing zeros; times
are in UTC with six digits after the second; unknown is null.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db import models

from record.models import OnRecord, Recorded, Revision, bookkeeping_of

SCHEMA = 1
"""The version of the sealed form. Raised when a field changes its meaning; what was sealed keeps the version it has."""

Body = dict[str, Any]
"""What a row says: each field with its value, each kind of part with a list of what the parts say."""


class Named(NamedTuple):
    """A row that is named by its key, until its id is looked up."""

    model: type[OnRecord]
    key: int


class Part(NamedTuple):
    """What a part says, and from when until when; both are null if it has no public life of its own."""

    says: Body
    published: int | None
    withdrawn: int | None

    def is_public(self, revision: int) -> bool:
        return self.published is None or (
            self.published <= revision and (self.withdrawn is None or revision < self.withdrawn)
        )


@dataclass
class Said:
    """What one row says now, with all the parts it ever had."""

    object_id: str
    lineage: str
    published: int
    withdrawn: int | None
    fields: Body
    parts: dict[str, list[Part]]

    def body(self, revision: int) -> Body:
        """What it says with the parts that were public at a revision."""
        parts = {
            name: [part.says for part in parts if part.is_public(revision)]
            for name, parts in self.parts.items()
        }
        return {**self.fields, **parts}


def canonical(value: object) -> str:
    """JSON in the one spelling that is hashed."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def leaf(collection: str, object_id: str, revision: Revision, schema: int, body: str, salt: bytes) -> str:
    """The hash of a sealed form: SHA-256 of a zero byte, the salt, and what was said by whom and when."""
    frame = {
        "collection": collection,
        "id": object_id,
        "n": revision.n,
        "at": sealed_value(revision.at),
        "schema": schema,
        "body": json.loads(body),
    }
    return hashlib.sha256(b"\0" + salt + canonical(frame).encode()).hexdigest()


def says_the_same(sealed: Body, body: Body) -> bool:
    """Whether a row still says what was sealed. Fields that came later say nothing as long as they are empty."""
    later = {name: value for name, value in body.items() if name not in sealed}
    return not any(later.values()) and all(
        value == body[name] for name, value in sealed.items() if name in body
    )


# Values -------------------------------------------------------------------------------------------------


@cache
def own_fields(model: type[models.Model]) -> tuple[models.Field, ...]:
    """The columns that say something in public: not keys, derived values, the row that a part belongs to, or who
    edited it."""
    left_out = {*bookkeeping_of(model), getattr(model, "owner", None)}
    if issubclass(model, OnRecord):
        left_out -= {"supersedes", getattr(model, "owner", None)}
    fields = model._meta.concrete_fields
    return tuple(
        field
        for field in fields
        if field.name not in left_out and not field.generated and not _names_what_is_not_on_record(field)
    )


def _names_what_is_not_on_record(field: models.Field) -> bool:
    target = field.related_model
    return isinstance(target, type) and not issubclass(target, OnRecord)


def sealed_value(value: object) -> object:
    """A value in the form in which it is sealed."""
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    assert value is None or isinstance(value, (bool, int, str, list))
    return value


def _value(field: models.Field, value: Any) -> object:
    if field.is_relation and value is not None:
        named: Any = field.related_model
        return Named(named, value)
    return sealed_value(value)


def part_model_of(model: type[OnRecord], name: str) -> Any:
    """The model of the parts of that name. Django tells no more of it than that it may be one."""
    return model._meta.get_field(name).related_model


def sealed_part(part: models.Model) -> Body:
    """What a part without a public life of its own says; it names no other rows."""
    return {field.name: sealed_value(getattr(part, field.attname)) for field in own_fields(type(part))}


# Reading ------------------------------------------------------------------------------------------------


def read(model: type[OnRecord], keys: Collection[int]) -> dict[int, Said]:
    """What these rows say, of those that were ever public and are not taken down. A fixed number of queries."""
    fields = own_fields(model)
    rows = model._default_manager.filter(
        pk__in=keys, published_rev__isnull=False, taken_down_rev__isnull=True
    )
    columns = ("pk", "public_id", model.lineage_field, "published_rev", "withdrawn_rev")
    said: dict[int, Said] = {}
    for row in _read_columns(rows.order_by("pk"), columns, fields):
        key, object_id, lineage, published, withdrawn, values = row
        said[key] = Said(object_id, lineage, published, withdrawn, values, {})
    if not said:
        return said
    for many in model._meta.many_to_many:
        _read_many(many, said)
    hangs_on = _anchors(model, said)
    for name in model.parts:
        _read_parts(model, name, said, hangs_on)
    _look_up_ids(said.values())
    return said


def _read_columns(
    rows: models.QuerySet[Any], columns: Sequence[str], fields: Sequence[models.Field]
) -> Iterator[list[Any]]:
    """The columns of each row, and last what its fields say."""
    for row in rows.values_list(*columns, *(field.attname for field in fields)):
        values = row[len(columns) :]
        says = {field.name: _value(field, value) for field, value in zip(fields, values, strict=True)}
        yield [*row[: len(columns)], says]


def _read_many(many: models.ManyToManyField[Any, Any], said: Mapping[int, Said]) -> None:
    through: Any = many.remote_field.through
    target: Any = many.related_model
    for row in said.values():
        row.fields[many.name] = []
    pairs = through._default_manager.filter(**{f"{many.m2m_field_name()}__in": list(said)})
    for key, target_key in pairs.values_list(many.m2m_field_name(), many.m2m_reverse_field_name()):
        said[key].fields[many.name].append(Named(target, target_key))


def _anchors(model: type[OnRecord], said: Mapping[int, Said]) -> dict[int, list[int]]:
    """For the key of the first row of each chain of corrections those of the rows of it that are read."""
    if model.lineage_field == "public_id":
        return {key: [key] for key in said}
    first = {row.lineage: key for key, row in said.items() if row.lineage == row.object_id}
    if elsewhere := {row.lineage for row in said.values()} - first.keys():
        rows = model._default_manager.filter(public_id__in=elsewhere).order_by()
        first |= dict(rows.values_list("public_id", "pk"))
    rows_of: dict[int, list[int]] = defaultdict(list)
    for key, row in said.items():
        rows_of[first[row.lineage]].append(key)
    return rows_of


def _read_parts(
    model: type[OnRecord], name: str, said: Mapping[int, Said], rows_of: Mapping[int, Sequence[int]]
) -> None:
    part_model = part_model_of(model, name)
    owner = part_model.owner
    recorded = issubclass(part_model, Recorded)
    hangs_on = rows_of if recorded and part_model.follows_lineage else {key: [key] for key in said}
    # In their own order among those of one row: that of the rows they belong to would cost a join.
    order = [column for column in part_model._meta.ordering if column not in (owner, "pk")]
    parts = part_model._default_manager.filter(**{f"{owner}__in": list(hangs_on)}).order_by(*order, "pk")
    columns = [owner]
    if recorded:
        parts = parts.filter(published_rev__isnull=False, taken_down_rev__isnull=True)
        columns += ["published_rev", "withdrawn_rev"]
    for row in said.values():
        row.parts[name] = []
    for anchor, *life, says in _read_columns(parts, columns, own_fields(part_model)):
        published, withdrawn = life or (None, None)
        for key in hangs_on[anchor]:
            said[key].parts[name].append(Part(dict(says), published, withdrawn))


def _look_up_ids(said: Iterable[Said]) -> None:
    """Put the ids of the rows that are named in place of their keys: a query for each collection."""
    bodies = [body for row in said for body in _bodies(row)]
    keys: dict[type[OnRecord], set[int]] = defaultdict(set)
    for body in bodies:
        for value in body.values():
            for named in value if isinstance(value, list) else [value]:
                if isinstance(named, Named):
                    keys[named.model].add(named.key)
    id_of = {
        Named(model, key): public_id
        for model, wanted in keys.items()
        for key, public_id in model._default_manager.filter(pk__in=wanted)
        .order_by()
        .values_list("pk", "public_id")
    }
    for body in bodies:
        for name, value in body.items():
            if isinstance(value, Named):
                body[name] = id_of[value]
            elif isinstance(value, list) and any(isinstance(item, Named) for item in value):
                body[name] = sorted(id_of[item] for item in value)


def _bodies(row: Said) -> Iterator[Body]:
    yield row.fields
    for parts in row.parts.values():
        yield from (part.says for part in parts)
