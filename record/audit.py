"""Whether the record keeps its promises: what `manage.py check_record` looks at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from django.apps import apps
from django.db import models
from django.db.models import F, Max, Q
from django.utils import timezone

from record.choices import Action
from record.models import EXEMPT, Change, Ledger, OnRecord, Recorded, Revision, collections


def discrepancies() -> Iterator[str]:
    """Every broken promise, as a sentence that names the row."""
    yield from _ledger()
    for model in apps.get_models():
        if issubclass(model, Recorded):
            yield from _closure(model)
    for collection in collections().values():
        yield from _changes(collection)
        yield from collection.discrepancies()
        for row in collection._default_manager.filter(published_rev__isnull=False, withdrawn_rev=None):
            for rule in row.objections():
                yield f"{collection.collection}/{row.public_id}: {rule}"


def _ledger() -> Iterator[str]:
    head = Ledger.head()
    revisions = list(Revision.objects.order_by("n"))
    if [revision.n for revision in revisions] != list(range(1, head.n + 1)):
        yield f"ledger: the revisions do not count from 1 to {head.n} without gaps."
    for earlier, later in pairwise(revisions):
        if later.at < earlier.at:
            yield f"ledger: revision {later.n} is dated before revision {earlier.n}."
    if revisions and revisions[-1].at > timezone.now():
        yield f"ledger: revision {revisions[-1].n} is dated in the future."
    empty = Revision.objects.filter(changes__isnull=True).aggregate(Max("n"))["n__max"]
    if empty:
        yield f"ledger: revision {empty} changes nothing."


def _closure(model: type[Recorded]) -> Iterator[str]:
    """A public interval lies inside that of everything the row's frozen pointers name."""
    frozen: frozenset[str] = getattr(model, "frozen", frozenset())
    for field in [*model._meta.fields, *model._meta.many_to_many]:
        target = field.related_model
        if not (isinstance(target, type) and issubclass(target, OnRecord)) or field.name in EXEMPT:
            continue
        if model.follows_lineage:
            continue
        name = field.name
        if name in frozen:
            outside = (
                Q(**{f"{name}__published_rev__isnull": True})
                | Q(**{f"{name}__published_rev__gt": F("published_rev")})
                | Q(**{f"{name}__withdrawn_rev__isnull": False}) & Q(withdrawn_rev__isnull=True)
                | Q(**{f"{name}__withdrawn_rev__lt": F("withdrawn_rev")})
            )
            rows = model._default_manager.filter(published_rev__isnull=False)
        else:
            outside = Q(**{f"{name}__published_rev__isnull": True}) | Q(
                **{f"{name}__withdrawn_rev__isnull": False}
            )
            rows = model._default_manager.filter(published_rev__isnull=False, withdrawn_rev__isnull=True)
        for row in rows.filter(outside, **{f"{name}__isnull": False}):
            yield f"{_name(row)}: {name} is not public for as long as the row is."


def _changes(model: type[OnRecord]) -> Iterator[str]:
    """Every row that went public or left has its line in the ledger, at the same revision."""
    logged = set(
        Change.objects.filter(collection=model.collection).values_list("action", "object_id", "revision")
    )
    for row in model._default_manager.filter(published_rev__isnull=False):
        if (Action.PUBLISH, row.public_id, row.published_rev_id) not in logged:
            yield f"{_name(row)}: its publication is not in the ledger."
        left = (Action.WITHDRAW, row.public_id, row.withdrawn_rev_id)
        if row.withdrawn_rev_id is not None and left not in logged:
            yield f"{_name(row)}: its withdrawal is not in the ledger."


def _name(row: models.Model) -> str:
    if isinstance(row, OnRecord):
        return f"{row.collection}/{row.public_id}"
    return f"{row._meta.model_name} {row}"
