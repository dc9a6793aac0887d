"""Rows that are public: published as the project publishes them, together with whatever they refer to."""

from typing import Any, TypeVar, cast

from record import publishing
from record.models import OnRecord

Row = TypeVar("Row", bound=OnRecord)


def on_record(row: Row, *others: OnRecord) -> Row:
    """Publish rows together with every draft they refer to; returns the first, fresh from the database."""
    rows = (row, *others)
    drafts: dict[OnRecord, None] = {}  # a set that keeps its order

    def add(draft: Any) -> None:
        if draft.status == "draft" and draft not in drafts:
            drafts[draft] = None
            for _, target in draft.references():
                add(target)
            for related_name in draft.numbered_parts:
                for number in getattr(draft, related_name).all():
                    for _, target in number.references():
                        add(target)

    for draft in rows:
        add(draft)
    # A number of a claim is published with it, unless a test asks for the number itself.
    publishing.publish(*(draft for draft in drafts if draft.owner is None or draft in rows))
    return fresh(row)


def fresh(row: Row) -> Row:
    """The row as it is in the database now."""
    return cast(Row, type(row).objects.get(pk=row.pk))


def with_references(row: OnRecord) -> list[OnRecord]:
    """The row and everything it refers to, however far away."""
    rows = [row]
    for referring in rows:
        rows += [target for _, target in referring.references() if target not in rows]
    return rows
