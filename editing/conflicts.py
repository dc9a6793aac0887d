"""Why a save is refused, and what becomes of the form that was sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from record import publishing
from record.models import OnRecord
from record.saving import BrokenRule


class Conflict(Exception):
    """Somebody changed, published or deleted the row between this editor's reading and saving of it."""

    def __init__(self, how: str, row: OnRecord | None) -> None:
        super().__init__(how)
        self.how, self.row = how, row


def rule_of(blocker: publishing.Blocker) -> BrokenRule:
    """What is in the way, beside the field that the sentence begins with."""
    field, colon, sentence = blocker.rule.partition(": ")
    if colon and re.fullmatch(r"[a-z_]+", field):
        return BrokenRule(sentence, (field,))
    return BrokenRule(str(blocker))


def theirs_alone(formset: Any) -> Iterator[tuple[str, str, str]]:
    """Parts that a form knows nothing of, because somebody added them since: they stay as they are."""
    known = {one.instance.pk for one in formset.forms}
    for row in formset.get_queryset():
        if row.pk not in known:
            yield str(formset.model._meta.verbose_name), str(row), "not in your form: it stays"


def part_of(model: type[OnRecord], name: str) -> str:
    """The field by which the parts of that name say whose they are."""
    return str(getattr(model._meta.get_field(name).related_model, "owner", ""))


def with_parts_revived(data: Any, model: type[OnRecord], row: OnRecord | None) -> Any:
    """What was entered, with the parts that somebody deleted meanwhile turned into new ones."""
    revived = data.copy()
    for prefix in [*model.parts, *model.numbered_parts]:
        counts = [data.get(f"{prefix}-INITIAL_FORMS", ""), data.get(f"{prefix}-TOTAL_FORMS", "")]
        if not all(count.isdecimal() and len(count) < 4 for count in counts):
            continue
        initial, total = map(int, counts)
        there = {str(part.pk) for part in getattr(row, prefix).all()} if row is not None else set()
        old = [n for n in range(initial) if data.get(f"{prefix}-{n}-id") in there]
        order = [*old, *(n for n in range(total) if n not in old)]
        for new, was in enumerate(order):
            for name in [name for name in data if name.startswith(f"{prefix}-{was}-")]:
                revived.setlist(f"{prefix}-{new}-{name.removeprefix(f'{prefix}-{was}-')}", data.getlist(name))
            if was not in old:
                revived[f"{prefix}-{new}-{part_of(model, prefix)}"] = ""
                revived[f"{prefix}-{new}-id"] = ""
        revived[f"{prefix}-INITIAL_FORMS"] = str(len(old))
    return revived
