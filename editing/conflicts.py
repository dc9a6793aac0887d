"""Why a save is refused, and what becomes of the form that was sent."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from django.http import QueryDict

from editing.differences import Difference
from editing.forms import PartFormSet
from record import publishing
from record.models import OnRecord
from record.saving import BrokenRule


class Conflict(Exception):
    """Somebody changed, published or deleted the row between this editor's reading and saving of it."""

    def __init__(self, how: Literal["changed", "overtaken", "deleted"], row: OnRecord | None) -> None:
        super().__init__(how)
        self.how, self.row = how, row


def rule_of(blocker: publishing.Blocker) -> BrokenRule:
    """What is in the way, beside the field that the sentence begins with."""
    field, colon, sentence = blocker.rule.partition(": ")
    if colon and re.fullmatch(r"[a-z_]+", field):
        return BrokenRule(sentence, (field,))
    return BrokenRule(str(blocker))


def parts_added_meanwhile(formset: PartFormSet) -> Iterator[Difference]:
    """Parts that a form knows nothing of, because somebody added them since: they stay as they are."""
    known = {form.instance.pk for form in formset.forms}
    for part in formset.get_queryset():
        if part.pk not in known:
            yield Difference(str(formset.model._meta.verbose_name), str(part), "not in your form: it stays")


def owner_field(model: type[OnRecord], name: str) -> str:
    """The field by which the parts of that name say whose they are."""
    return str(getattr(model._meta.get_field(name).related_model, "owner", ""))


def with_parts_revived(data: QueryDict, model: type[OnRecord], row: OnRecord | None) -> QueryDict:
    """What was entered, with the parts that somebody deleted meanwhile turned into new ones.

    A formset numbers the forms of kept rows before those of new ones, so the forms are numbered anew.
    """
    revived = data.copy()
    for prefix in [*model.parts, *model.numbered_parts]:
        counts = [data.get(f"{prefix}-INITIAL_FORMS", ""), data.get(f"{prefix}-TOTAL_FORMS", "")]
        if not all(count.isdecimal() and len(count) < 4 for count in counts):
            continue
        initial, total = map(int, counts)
        kept_keys = {str(part.pk) for part in getattr(row, prefix).all()} if row is not None else set()
        kept = [n for n in range(initial) if data.get(f"{prefix}-{n}-id") in kept_keys]
        order = [*kept, *(n for n in range(total) if n not in kept)]
        for new, old in enumerate(order):
            for name in [name for name in data if name.startswith(f"{prefix}-{old}-")]:
                revived.setlist(f"{prefix}-{new}-{name.removeprefix(f'{prefix}-{old}-')}", data.getlist(name))
            if old not in kept:
                revived[f"{prefix}-{new}-{owner_field(model, prefix)}"] = ""
                revived[f"{prefix}-{new}-id"] = ""
        revived[f"{prefix}-INITIAL_FORMS"] = str(len(kept))
    return revived
