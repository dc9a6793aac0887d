"""The public life of a row, and the one rule of who may see what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Case, CheckConstraint, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.lookups import GreaterThan, IsNull, LessThanOrEqual
from django.db.models.sql.compiler import SQLCompiler

from record.models.ledger import Revision
from record.models.merges import Merge


class Unindexed(Func):
    """A column whose index is not used, because nearly every row passes the comparison.

    PostgreSQL knows that from its statistics. SQLite has none, takes every comparison for a rare hit, and would
    sort half a million public claims for one page rather than read them in order. A plus before the column is
    SQLite's own way of turning its index off.
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


class AsOf(NamedTuple):
    """What a reader looks at: the record as it stood at a revision and, of that, what was known by a moment or a day."""

    revision: int
    known: datetime | date | None = None
    """Only what was known by then: by a moment, or by the end of a day on each row's own clock; null for all we have."""


class KnownBy(NamedTuple):
    """Where a row says from when it was known: the lookups of the moment, and of the day on its own clock."""

    moment: str
    day: str

    def lookup(self, known: datetime | date) -> str:
        """The one that compares with what was asked for (decisions.md D83)."""
        return self.moment if isinstance(known, datetime) else self.day


def end_of(path: str, canonical_keys: Mapping[int, int]) -> F | Case:
    """The key at a path or, if that row was merged away, the key of the row that stands for it."""
    if not canonical_keys:
        return F(path)
    ends = [When(**{path: key}, then=Value(canonical)) for key, canonical in canonical_keys.items()]
    return Case(*ends, default=F(path), output_field=models.BigIntegerField())


_Row = TypeVar("_Row", bound="Recorded", covariant=True)


class RecordedQuerySet(models.QuerySet[_Row]):
    """The one rule of who may see what, on both ways back (decisions.md D29)."""

    def published(self, at: int | AsOf | None = None) -> Self:
        """Rows public at a revision (now, if none is given): published, not withdrawn, not merged away.

        A takedown holds at every revision. With an ``AsOf`` that names a moment, only rows known by then.
        """
        if isinstance(at, AsOf):
            rows = self.published(at.revision)
            return rows if at.known is None else rows.known(at)
        rows = self.cited(at)
        if self.model.mergeable:
            merged_away = Merge.objects.active(at).filter(
                collection=self.model.collection, loser=OuterRef("public_id")
            )
            rows = rows.filter(~Exists(merged_away))
        return rows

    def known(self, at: AsOf) -> Self:
        """Rows that say something known by then; all of them, where rows say nothing."""
        return self.filter(self.model.known_condition(at))

    def cited(self, at: int | AsOf | None = None) -> Self:
        """Rows that others may rest on: public, or merged away (which claims keep pointing at)."""
        if isinstance(at, AsOf):
            rows = self.cited(at.revision)
            return rows if at.known is None else rows.known(at)
        published_rev, withdrawn_rev = Unindexed("published_rev"), Unindexed("withdrawn_rev")
        if at is None:
            return self.filter(IsNull(published_rev, False), IsNull(withdrawn_rev, True))
        return self.filter(
            LessThanOrEqual(published_rev, at),
            Q(IsNull(withdrawn_rev, True)) | Q(GreaterThan(withdrawn_rev, at)),
            IsNull(Unindexed("taken_down_rev"), True),
        )

    def canonical_keys(self, at: int | AsOf | None = None) -> dict[int, int]:
        """The key of each row merged away at a revision, with the key of the row that stands for it."""
        revision = at.revision if isinstance(at, AsOf) else at
        collection = self.model.collection
        canonical_ids = Merge.objects.canonical_ids(collection, revision) if self.model.mergeable else {}
        if not canonical_ids:
            return {}
        rows: models.QuerySet[Any] = self.model._default_manager.all()  # only rows with an id are merged
        merged = rows.filter(public_id__in={*canonical_ids, *canonical_ids.values()})
        keys: dict[str, int] = dict(merged.values_list("public_id", "pk"))
        return {keys[duplicate]: keys[canonical] for duplicate, canonical in canonical_ids.items()}

    def cluster(self, keys: Iterable[int], at: int | AsOf | None = None) -> set[int]:
        """The keys of everything that means the same as one of these at a revision."""
        canonical_of, own_keys = self.canonical_keys(at), set(keys)
        canonical_keys = {canonical_of.get(key, key) for key in own_keys}
        duplicates = {key for key, canonical in canonical_of.items() if canonical in canonical_keys}
        return own_keys | canonical_keys | duplicates

    def including_canonical(self, condition: Q, at: int | AsOf | None = None) -> Q:
        """Rows for which the condition holds, and those that stand for one merged away for which it does."""
        canonical_of = self.canonical_keys(at)
        cited = self.model._default_manager.cited(at.revision if isinstance(at, AsOf) else at)
        duplicates = cited.filter(pk__in=list(canonical_of)).filter(condition)
        # Without merges there is nothing to ask: the query is left out.
        keys = duplicates.values_list("pk", flat=True) if canonical_of else ()
        return condition | Q(pk__in={canonical_of[key] for key in keys})

    def including_duplicates(self, condition: Q, at: int | AsOf | None = None) -> Q:
        """Rows for which the condition holds, and those merged away for which one of them stands."""
        canonical_of = self.canonical_keys(at)
        rows = self.model._default_manager.filter(pk__in=set(canonical_of.values())).filter(condition)
        canonical_keys = set(rows.values_list("pk", flat=True)) if canonical_of else set()
        return condition | Q(pk__in={key for key, end in canonical_of.items() if end in canonical_keys})

    def drafts(self) -> Self:
        """Rows that were never public."""
        return self.filter(published_rev__isnull=True)


class Recorded(models.Model):
    """A row with a public life: from the revision that published it to the one that withdrew it."""

    published_rev = models.ForeignKey(
        Revision,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The revision that made the row public; null for a draft.",
    )
    withdrawn_rev = models.ForeignKey(
        Revision,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The revision that withdrew it; null while it is public.",
    )
    taken_down_rev = models.ForeignKey(
        Revision,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        help_text="The revision that took it down for safety or by law: then it is gone at every point in time.",
    )

    collection: ClassVar[str] = ""
    mergeable: ClassVar[bool] = False
    owner: ClassVar[str | None] = None
    """The field that names the row this one is a part of: it is published and withdrawn with it."""
    known_by: ClassVar[KnownBy | None] = None
    """From when the row was known; null where that does not matter."""
    derived_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields that `before_publish` fills in, such as what the row is found by: no editor does."""
    follows_lineage: ClassVar[bool] = False
    """A part that hangs on the first row of a chain of corrections and outlives each of them."""

    objects = RecordedQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                name="%(class)s_is_withdrawn_after_it_was_published",
                condition=Q(withdrawn_rev__isnull=True) | Q(withdrawn_rev__gt=F("published_rev")),
            ),
            CheckConstraint(
                name="%(class)s_is_withdrawn_when_taken_down",
                condition=Q(taken_down_rev__isnull=True) | Q(withdrawn_rev__isnull=False),
            ),
            CheckConstraint(
                name="%(class)s_is_withdrawn_only_once_published",
                condition=Q(withdrawn_rev__isnull=True) | Q(published_rev__isnull=False),
            ),
        ]

    @property
    def is_public(self) -> bool:
        return self.published_rev_id is not None and self.withdrawn_rev_id is None

    @classmethod
    def known_condition(cls, at: AsOf, path: str = "") -> Q:
        """Whether a row was known by then, asked of whatever leads to it by a path."""
        if cls.known_by is None or at.known is None:
            return Q()
        return Q(**{f"{path}{cls.known_by.lookup(at.known)}__lte": at.known})

    def is_known(self, at: AsOf) -> bool:
        """The same of this row, with all that it takes loaded."""
        if self.known_by is None or at.known is None:
            return True
        known_from = attrgetter(self.known_by.lookup(at.known).replace("__", "."))(self)
        return bool(known_from <= at.known)

    # What the publishing functions ask ------------------------------------------------------

    def before_publish(self) -> None:
        """Fill in what the row is sorted and found by, when it is published and when it is amended."""
