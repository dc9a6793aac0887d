"""Filters by the public ids of other objects, and what an id means at a revision."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models import CheckConstraint, QuerySet

from api.filters.parameter import RecordFilter
from api.messages import did_you_mean, quoted
from api.openapi.examples import example_id
from api.types import JsonObject
from record.models import Merge, OnRecord

MOST_COMPARED = 5000  # ids that a misspelt one is compared with: it only makes an error kinder
LONGEST_ID = 80
ALIKE = 0.75


class IdsFilter(RecordFilter):
    """Public ids of one collection, each of which also finds what was merged with it."""

    several = True

    def __init__(self, model: type[OnRecord], **options: object) -> None:
        super().__init__(**options)
        self.of = model  # `model` is the filter set's

    def values(self, texts: list[str], revision: int) -> set[int]:
        return resolve(self.of, texts, revision)

    def value_schema(self) -> JsonObject:
        return id_schema(self.of)

    def value_description(self) -> str:
        example = example_id(self.of.collection)
        such_as = f", such as `{example}`" if example else ""
        return f"Ids of `{self.of.collection}`{such_as}."


def id_schema(model: type[OnRecord]) -> JsonObject:
    """How the ids of a collection are spelt: as the database keeps it, in the anchors of JSON Schema."""
    for rule in model._meta.constraints:
        if isinstance(rule, CheckConstraint) and rule.name.endswith("_id_is_well_spelt"):
            # The stubs do not know that the condition is a Q of one lookup, as `id_is_well_spelt` makes it.
            pattern = str(dict(rule.condition.children)["public_id__regex"])  # type: ignore[union-attr, arg-type]
            return {"type": "string", "pattern": pattern.replace(r"\A", "^").replace(r"\Z", "$")}
    return {"type": "string"}


def resolve(model: type[OnRecord], ids: Iterable[str], revision: int) -> set[int]:
    """The keys of the rows that these public ids mean at a revision.

    The one place where an id in a filter is looked up: it follows merges; unknown and unpublished
    are one and the same error; a withdrawn id is an error that names its successor.
    """
    public_ids = list(ids)
    for public_id in public_ids:
        if "\x00" in public_id:  # PostgreSQL refuses to look for it
            raise ValidationError(_unknown(model, public_id, revision), "unknown_id")
    with_duplicates = set(public_ids)
    if model.mergeable:
        clusters = Merge.objects.clusters(model.collection, public_ids, revision)
        with_duplicates = with_duplicates.union(*clusters.values())
    rows: QuerySet[OnRecord] = model._default_manager.filter(
        public_id__in=with_duplicates, published_rev__lte=revision
    ).order_by()
    columns = ("public_id", "pk", "taken_down_rev", "withdrawn_rev", "replaced_by__public_id")
    found = {public_id: values for public_id, *values in rows.values_list(*columns)}
    for public_id in public_ids:
        key, taken_down, withdrawn, successor = found.get(public_id, (None, None, None, None))
        if key is None or taken_down:
            raise ValidationError(_unknown(model, public_id, revision), "unknown_id")
        if withdrawn is not None and withdrawn <= revision:
            replaced = f"; it was replaced by {successor}" if successor else ""
            raise ValidationError(f"{public_id} was withdrawn from the record{replaced}.", "withdrawn_id")
    return {key for key, *_ in found.values()}


def _unknown(model: type[OnRecord], public_id: str, revision: int) -> str:
    text = f"No public {model._meta.verbose_name} has the id {quoted(public_id)}."
    if model._meta.get_field("public_id").has_default() or len(public_id) > LONGEST_ID:
        return text  # random ids have no neighbours
    known = model._default_manager.published(revision).values_list("public_id", flat=True)[:MOST_COMPARED]
    return f"{text}{did_you_mean(public_id, known, ALIKE)}"
