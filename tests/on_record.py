"""How tests put rows on the record: through the doors, with whatever the rows rest on."""

from typing import Any, TypeVar, cast

from record import publishing
from record.models import OnRecord

Row = TypeVar("Row", bound=OnRecord)


def on_record(row: Row, *others: OnRecord) -> Row:
    """Publish rows together with every draft they rest on; returns the first, fresh from the database."""
    batch: dict[OnRecord, None] = {}

    def add(one: Any) -> None:
        if one.status == "draft" and one not in batch:
            batch[one] = None
            for _, target in one.references():
                add(target)
            for related_name in one.numbered_parts:
                for number in getattr(one, related_name).all():
                    for _, target in number.references():
                        add(target)

    for one in (row, *others):
        add(one)
    publishing.publish(*(one for one in batch if one.owner is None or one in (row, *others)))
    return fresh(row)


def fresh(row: Row) -> Row:
    """The row as it is in the database now."""
    return cast(Row, type(row).objects.get(pk=row.pk))


def with_references(row: OnRecord) -> list[OnRecord]:
    """The row and everything it rests on, however far away."""
    found = [row]
    for one in found:
        found += [target for _, target in one.references() if target not in found]
    return found
