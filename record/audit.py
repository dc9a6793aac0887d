"""Whether the record keeps its promises: what `manage.py check_record` looks at."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from django.apps import apps
from django.db import models
from django.db.models import F, Max, Q
from django.utils import timezone

from record import derived
from record.choices import Action
from record.models import EXEMPT, Change, Ledger, Merge, OnRecord, Recorded, Revision, collections


def discrepancies() -> Iterator[str]:
    """Every broken promise, as a sentence that names the row."""
    yield from _ledger()
    yield from _merges()
    yield from _takedowns()
    yield from derived.discrepancies()
    for model in apps.get_models():
        if issubclass(model, Recorded):
            yield from _closure(model)
    for collection in collections().values():
        yield from _changes(collection)
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


def _merges() -> Iterator[str]:
    """Each merge is between two public rows that may be one, has its lines, and leads to an end."""
    logged = set(
        Change.objects.filter(action__in=[Action.MERGE, Action.UNMERGE]).values_list(
            "action", "collection", "object_id", "revision"
        )
    )
    for one in Merge.objects.all():
        for action, n in ((Action.MERGE, one.from_rev_id), (Action.UNMERGE, one.undone_rev_id)):
            if n is not None and (action, one.collection, one.loser, n) not in logged:
                yield f"{one}: revision {n} does not say so."
    for name, model in collections().items():
        roots = Merge.objects.canonical_ids(name)
        steps = dict(Merge.objects.active().filter(collection=name).values_list("loser", "survivor"))
        rows = {
            row.public_id: row
            for row in model._default_manager.filter(public_id__in={*roots, *roots.values()})
        }
        for loser, root in roots.items():
            if root in roots:
                yield f"{name}/{loser}: its merges lead in a circle."
                return
        for loser, survivor in steps.items():
            if not model.mergeable or not {loser, survivor} <= rows.keys():
                yield f"{name}/{loser} is merged into {survivor}, which cannot be."
            elif rows[loser].is_public and not rows[survivor].is_public:
                yield f"{name}/{survivor}: it is {rows[survivor].status}, and {loser} is merged into it."
            elif rows[loser].is_public:
                for rule in rows[loser].merge_objections(rows[survivor]):
                    yield f"{name}/{loser} is merged into {survivor}: {rule}"


def _takedowns() -> Iterator[str]:
    """What was taken down left nothing but its id and the reason, and nothing public names it."""
    revisions: set[int] = set()
    gone: set[tuple[str, str]] = set()
    for name, model in collections().items():
        down = model._default_manager.filter(taken_down_rev__isnull=False)
        gone |= {(name, public_id) for public_id in down.values_list("public_id", flat=True)}
        revisions |= set(down.values_list("taken_down_rev", flat=True))
        for row in down.filter(replaced_by__isnull=False):
            yield f"{_name(row)}: it was taken down and names a successor."
    if len(revisions) != Ledger.head().takedowns:
        yield f"ledger: it counts {Ledger.head().takedowns} takedowns, and there were {len(revisions)}."
    if not gone:
        return
    for change in Change.objects.filter(
        Q(note__isnull=False) | Q(values__isnull=False) | Q(replaced_by__isnull=False)
    ):
        for public_id in (change.object_id, change.replaced_by):
            if (change.collection, str(public_id)) in gone:
                yield f"{change}, revision {change.revision_id}: it still tells of {public_id}, which was taken down."
    for one in Merge.objects.all():
        if {(one.collection, one.loser), (one.collection, one.survivor)} & gone:
            yield f"{one}: one of them was taken down."
    for table in apps.get_models():
        for field in [*table._meta.fields, *table._meta.many_to_many] if issubclass(table, Recorded) else ():
            target = field.related_model
            if isinstance(target, type) and issubclass(target, OnRecord):
                left = table._default_manager.filter(
                    published_rev__isnull=False,
                    taken_down_rev__isnull=True,
                    **{f"{field.name}__taken_down_rev__isnull": False},
                )
                for named in left:
                    yield f"{_name(named)}: its {field.name} was taken down, and it was not."


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
