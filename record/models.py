"""What it means to be on the record: the ledger, and the public life of a row."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Self, TypeVar, cast

from django.apps import apps
from django.db import models
from django.db.models import (
    Case,
    CheckConstraint,
    Exists,
    F,
    Func,
    OuterRef,
    Q,
    UniqueConstraint,
    Value,
    When,
)
from django.db.models.lookups import GreaterThan, IsNull, LessThanOrEqual
from django.utils import timezone

from record.choices import Action, WithdrawalReason
from record.ids import PublicIdField
from record.vocabulary import one_of

PATIENCE = 1.0  # seconds a writer waits for its clock to reach the ledger's newest moment


class ClockBehind(Exception):
    """This machine's clock is behind the ledger: a revision written now would be dated before the last."""


class Ledger(models.Model):
    """The one row every public change updates first, so that revisions have no gaps and commit in order.

    ``UPDATE ... SET n = n + 1`` takes the row's lock until commit (PostgreSQL) or the database's
    write lock (SQLite); a rollback gives the number back.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    n = models.PositiveBigIntegerField(default=0, help_text="The newest revision.")
    takedowns = models.PositiveBigIntegerField(default=0, help_text="How many takedowns there have been.")

    class Meta:
        verbose_name_plural = "ledger"
        permissions = [
            ("publish_rows", "Can put drafts on the record"),
            ("amend_rows", "Can amend what is on the record"),
            ("correct_rows", "Can correct what is on the record"),
            ("withdraw_rows", "Can withdraw what is on the record"),
            ("merge_rows", "Can merge what is on the record, and undo it"),
            ("takedown_rows", "Can take down what is or was on the record"),
        ]
        constraints = [CheckConstraint(name="ledger_has_one_row", condition=Q(id=1))]

    def __str__(self) -> str:
        return f"revision {self.n}"

    @classmethod
    def head(cls) -> Ledger:
        """The ledger as it stands; an empty one where nothing was ever published."""
        return cls.objects.first() or cls(n=0)


class Revision(models.Model):
    """One transaction that changed what is public, such as number 17 at 2024-03-12T23:59:59Z."""

    n = models.PositiveBigIntegerField(primary_key=True, help_text="Counts from 1 without gaps.")
    at = models.DateTimeField(db_index=True, help_text="When it was recorded (UTC). Never decreases.")

    class Meta:
        ordering = ["n"]
        constraints = [CheckConstraint(name="revision_counts_from_one", condition=Q(n__gte=1))]

    def __str__(self) -> str:
        return f"revision {self.n}"

    @classmethod
    def take(cls, at: datetime | None = None) -> Revision:
        """The next revision. Must be the first statement of the caller's transaction."""
        if not Ledger.objects.update(n=F("n") + 1):
            Ledger.objects.bulk_create([Ledger(n=0)], ignore_conflicts=True)
            Ledger.objects.update(n=F("n") + 1)
        n = Ledger.objects.get().n
        last = cls.objects.filter(n=n - 1).first()
        moment = at or timezone.now()
        if last and moment < last.at:
            behind = (last.at - moment).total_seconds()
            if at or behind > PATIENCE:
                raise ClockBehind(f"The ledger's newest revision is dated {behind:.3f} s after {moment}.")
            time.sleep(behind)
            moment = max(timezone.now(), last.at)
        return cls.objects.create(n=n, at=moment)


class ChangeQuerySet(models.QuerySet["Change"]):
    def amendments(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Each amendment in order: collection and id of the row, and the old and new values of its fields."""
        amended = self.filter(action=Action.AMEND, values__isnull=False)
        for change in amended.iterator():
            yield change.collection, change.object_id, change.values or {}


class Change(models.Model):
    """What one revision did to one row: the line of the change feed and of the corrections page."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="changes")
    position = models.PositiveIntegerField(
        default=0, help_text="Its place among the changes of the revision, counted from 0."
    )
    action = models.CharField(max_length=20, choices=Action.choices, help_text="What was done.")
    collection = models.CharField(max_length=40, help_text="The collection of the row, as in its address.")
    object_id = models.CharField(max_length=80, help_text="The public id of the row.")
    reason = models.CharField(
        max_length=20, choices=WithdrawalReason.choices, null=True, help_text="Why it was withdrawn."
    )
    note = models.TextField(null=True, help_text="The public note that explains the change.")
    replaced_by = models.CharField(max_length=80, null=True, help_text="The public id of the successor.")
    values = models.JSONField(null=True, help_text="For an amendment: each field with its old and new value.")

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ["revision", "position"]
        indexes = [models.Index(fields=["collection", "object_id"], name="change_of_one_row")]
        constraints = [
            UniqueConstraint(name="change_has_its_own_position", fields=["revision", "position"]),
            one_of("action", Action, "change"),
            one_of("reason", WithdrawalReason, "change"),
            CheckConstraint(name="change_note_is_never_blank", condition=~Q(note="")),
            CheckConstraint(
                name="change_gives_a_reason_when_it_withdraws",
                condition=Q(action=Action.WITHDRAW, reason__isnull=False)
                | (~Q(action=Action.WITHDRAW) & Q(reason__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.collection}/{self.object_id}"

    @property
    def old_and_new(self) -> list[dict[str, Any]]:
        """The fields of an amendment, each with its old and new value."""
        return [
            {"field": name, "old": old, "new": new}
            for name, (old, new) in sorted((self.values or {}).items())
        ]


class MergeQuerySet(models.QuerySet["Merge"]):
    def active(self, at: int | None = None) -> Self:
        """Merges in force at a revision (now, if none is given)."""
        if at is None:
            return self.filter(undone_rev__isnull=True)
        return self.filter(from_rev__lte=at).filter(Q(undone_rev__isnull=True) | Q(undone_rev__gt=at))

    def of(self, revision: Revision) -> Self:
        """Merges that one revision made or undid."""
        return self.filter(Q(from_rev=revision) | Q(undone_rev=revision))

    def roots(self, collection: str, at: int | None = None) -> dict[str, str]:
        """Every id merged away at a revision, with the id at the end of its chain. One query: merges are few."""
        steps = dict(self.active(at).filter(collection=collection).values_list("loser", "survivor"))
        found = {}
        for loser, end in steps.items():
            passed = {loser}
            while end in steps and end not in passed:
                passed.add(end)
                end = steps[end]
            found[loser] = end
        return found

    def survivors(self, collection: str, public_ids: Iterable[str], at: int | None = None) -> dict[str, str]:
        """For each id the one at the end of the chain of merges that starts at it."""
        step, ends = self.active(at).filter(collection=collection), {one: one for one in public_ids}
        newest = set(ends)
        while newest:
            merged = dict(step.filter(loser__in=newest).values_list("loser", "survivor"))
            ends = {one: merged.get(end, end) for one, end in ends.items()}
            newest = set(merged.values())
        return ends

    def families(
        self, collection: str, public_ids: Iterable[str], at: int | None = None
    ) -> dict[str, set[str]]:
        """For each id all that mean the same thing: the survivor and everything merged into it."""
        step, ends = self.active(at).filter(collection=collection), self.survivors(collection, public_ids, at)
        families = {end: {end} for end in ends.values()}
        newest = {end: end for end in families}
        while newest:
            losers = step.filter(survivor__in=newest).values_list("loser", "survivor")
            newest = {loser: newest[survivor] for loser, survivor in losers}
            for loser, end in newest.items():
                families[end].add(loser)
        return {one: families[end] for one, end in ends.items()}


class Merge(models.Model):
    """One row found to be the same thing as another. Claims are never re-pointed, so undoing is exact."""

    collection = models.CharField(max_length=40, help_text="The collection both rows are in.")
    loser = models.CharField(max_length=80, help_text="The public id that leads to the survivor.")
    survivor = models.CharField(max_length=80, help_text="The public id that stands for both.")
    from_rev = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    undone_rev = models.ForeignKey(Revision, models.PROTECT, null=True, related_name="+")

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["collection", "survivor"], name="merge_by_survivor")]
        constraints = [
            UniqueConstraint(
                name="merge_of_one_loser_at_a_time",
                fields=["collection", "loser"],
                condition=Q(undone_rev__isnull=True),
            ),
            CheckConstraint(name="merge_is_between_two_rows", condition=~Q(loser=F("survivor"))),
            CheckConstraint(
                name="merge_is_undone_after_it_began",
                condition=Q(undone_rev__isnull=True) | Q(undone_rev__gt=F("from_rev")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection}/{self.loser} is {self.survivor}"


class Unindexed(Func):
    """A column that no index is searched for, because nearly every row has what is asked of it.

    PostgreSQL knows that. SQLite keeps no statistics, takes every comparison for a rare hit, and would sort half
    a million public claims for one page rather than read them along their order; a plus before the column is its
    own way of saying so.
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


class AsOf(NamedTuple):
    """What a reader looks at: the record as it stood at a revision and, of that, what was known by a moment."""

    revision: int
    known: datetime | None = None
    """Only what had been said and issued by then; null for all that we have."""


def end_of(path: str, merged: Mapping[int, int]) -> Any:
    """The key that a path leads to or, if that row was merged away, the key of the row that stands for it."""
    if not merged:
        return F(path)
    ends = [When(**{path: loser}, then=Value(root)) for loser, root in merged.items()]
    return Case(*ends, default=F(path), output_field=models.BigIntegerField())


_Row = TypeVar("_Row", bound="Recorded", covariant=True)


class RecordedQuerySet(models.QuerySet[_Row]):
    """The one rule of who may see what."""

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
        """Rows that say something said and issued by a moment; all of them, where rows say nothing."""
        return self.filter(**{f"{self.model.known_by}__lte": at.known}) if self.model.known_by else self.all()

    def cited(self, at: int | AsOf | None = None) -> Self:
        """Rows that others may rest on: public, or merged away (which claims keep pointing at)."""
        if isinstance(at, AsOf):
            rows = self.cited(at.revision)
            return rows if at.known is None else rows.known(at)
        begun, ended = Unindexed("published_rev"), Unindexed("withdrawn_rev")
        if at is None:
            return self.filter(IsNull(begun, False), IsNull(ended, True))
        return self.filter(
            LessThanOrEqual(begun, at),
            Q(IsNull(ended, True)) | Q(GreaterThan(ended, at)),
            IsNull(Unindexed("taken_down_rev"), True),
        )

    def merged(self, at: int | AsOf | None = None) -> dict[int, int]:
        """The key of each row merged away at a revision, with the key of the row that stands for it."""
        n = at.revision if isinstance(at, AsOf) else at
        roots = Merge.objects.roots(self.model.collection, n) if self.model.mergeable else {}
        if not roots:
            return {}
        rows: Any = self.model._default_manager.all()
        rows = rows.filter(public_id__in={*roots, *roots.values()})
        keys: dict[str, int] = dict(rows.values_list("public_id", "pk"))
        return {keys[loser]: keys[root] for loser, root in roots.items()}

    def same(self, keys: Iterable[int], at: int | AsOf | None = None) -> set[int]:
        """The keys of everything that means the same as one of these at a revision."""
        merged, asked = self.merged(at), set(keys)
        roots = {merged.get(key, key) for key in asked}
        return asked | roots | {loser for loser, root in merged.items() if root in roots}

    def standing_for(self, which: Q, at: int | AsOf | None = None) -> Q:
        """Rows of which this holds, and those that stand for one merged away of which it does."""
        merged = self.merged(at)
        rows: Any = self.model._default_manager.filter(pk__in=list(merged))
        losers = rows.filter(which).values_list("pk", flat=True) if merged else ()
        return which | Q(pk__in={merged[pk] for pk in losers})

    def stood_for(self, which: Q, at: int | AsOf | None = None) -> Q:
        """Rows of which this holds, and those merged away for which one of them stands."""
        merged = self.merged(at)
        rows: Any = self.model._default_manager.filter(pk__in=set(merged.values()))
        roots = set(rows.filter(which).values_list("pk", flat=True)) if merged else set()
        return which | Q(pk__in={loser for loser, root in merged.items() if root in roots})

    def drafts(self) -> Self:
        """Rows that were never public."""
        return self.filter(published_rev__isnull=True)


class Recorded(models.Model):
    """A row with a public life: from the revision that published it to the one that withdrew it."""

    published_rev = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        help_text="The revision that made the row public; null for a draft.",
    )  # fmt: skip
    withdrawn_rev = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        help_text="The revision that withdrew it; null while it is public.",
    )  # fmt: skip
    taken_down_rev = models.ForeignKey(
        Revision, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        help_text="The revision that took it down for safety or by law: then it is gone at every point in time.",
    )  # fmt: skip

    collection: ClassVar[str] = ""
    mergeable: ClassVar[bool] = False
    owner: ClassVar[str | None] = None
    """The pointer to the row this one is a part of: it is published and withdrawn with it."""
    known_by: ClassVar[str | None] = None
    """What leads to the moment from which the row was known; null where that does not matter."""
    follows_lineage: ClassVar[bool] = False
    """A part that hangs on the first row of a chain of corrections and outlives each of them."""

    objects: ClassVar[Any] = RecordedQuerySet.as_manager()

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


class OnRecord(Recorded):
    """A row with a public id. It declares here what the functions that change the record ask of it."""

    public_id = PublicIdField(unique=True)
    """Each model says how its ids are spelt: `slug_id()` or `random_id(prefix)`."""

    withdrawal_reason = models.CharField(
        max_length=20, choices=WithdrawalReason.choices, null=True, blank=True, editable=False,
        help_text="Why the row was withdrawn.",
    )  # fmt: skip
    withdrawal_note = models.TextField(
        null=True, blank=True, editable=False, help_text="The public note that explains the withdrawal."
    )
    replaced_by = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="replaces",
        help_text="The row that stands in its place.",
    )  # fmt: skip
    supersedes = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="superseded_by",
        help_text="The row this one corrects. Publishing this one withdraws that one.",
    )  # fmt: skip

    version = models.PositiveIntegerField(
        default=1, editable=False,
        help_text="Counts the changes that editors made; who saves an older version than this is refused.",
    )  # fmt: skip

    supersedes_id: int | None
    seen_version: int | None = None
    """The version an editor saw: the doors refuse the row if it has changed since."""

    frozen: ClassVar[frozenset[str]] = frozenset()
    """Fields that never change once public; to change one, correct the row."""
    watched: ClassVar[frozenset[str]] = frozenset()
    """Amendable fields that the rules of other rows look at."""
    parts: ClassVar[tuple[str, ...]] = ()
    """Related names of rows that are part of this one and have no id of their own."""
    frozen_parts: ClassVar[frozenset[str]] = frozenset()
    """Those of them that never change once public, such as the chain of a claim."""
    numbered_parts: ClassVar[tuple[str, ...]] = ()
    """Related names of rows with an id of their own that go public and leave with this one."""
    display_needs: ClassVar[tuple[str, ...]] = ()
    """The relations that `display` reads, for whoever shows many rows."""
    compared: ClassVar[tuple[str, ...]] = ()
    """Related names of rows that are shown side by side before two rows are merged."""

    class Meta(Recorded.Meta):
        abstract = True
        constraints = [
            *Recorded.Meta.constraints,
            CheckConstraint(
                name="%(class)s_gives_a_reason_when_withdrawn",
                condition=Q(withdrawn_rev__isnull=True, withdrawal_reason__isnull=True)
                | Q(withdrawn_rev__isnull=False, withdrawal_reason__isnull=False),
            ),
            CheckConstraint(
                name="%(class)s_withdrawal_reason_is_a_known_word",
                condition=Q(withdrawal_reason__in=WithdrawalReason.values),
            ),
            CheckConstraint(
                name="%(class)s_withdrawal_note_is_never_blank", condition=~Q(withdrawal_note="")
            ),
            CheckConstraint(
                name="%(class)s_is_taken_down_for_safety_or_by_law",
                condition=Q(taken_down_rev__isnull=True)
                | Q(withdrawn_rev__isnull=True)
                | Q(withdrawal_reason__in=[WithdrawalReason.SAFETY, WithdrawalReason.LEGAL]),
            ),
            CheckConstraint(
                name="%(class)s_is_replaced_only_when_withdrawn",
                condition=Q(replaced_by__isnull=True)
                | (Q(withdrawn_rev__isnull=False) & ~Q(replaced_by=F("id"))),
            ),
            CheckConstraint(
                name="%(class)s_supersedes_another_row",
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("id")),
            ),
        ]

    def __str__(self) -> str:
        return self.display

    @property
    def display(self) -> str:
        """One line by which a reader recognises the row; it runs no query beyond loaded relations."""
        return str(self.public_id)

    @property
    def status(self) -> str:
        if self.published_rev_id is None:
            return "draft"
        if self.withdrawn_rev_id is None:
            return "published"
        return "withdrawn" if self.taken_down_rev_id is None else "taken down"

    @property
    def survivor(self) -> Self:
        """The row that stands for this one now: itself, or the one at the end of its chain of merges."""
        if not self.mergeable:
            return self
        end = Merge.objects.survivors(self.collection, [self.public_id])[self.public_id]
        if end == self.public_id:
            return self
        row: Any = type(self)._default_manager.get(public_id=end)
        return cast(Self, row)

    # What the doors ask ------------------------------------------------------------------

    def settle(self) -> None:
        """Fill in what the row is sorted and found by, when it is published and when it is amended."""

    def succeed(self, earlier: Self) -> None:
        """Take over what the next row of a chain of corrections inherits beyond its fields."""

    def anchor(self) -> Self:
        """The row on which parts hang that follow the lineage."""
        return self

    def objections(self) -> Iterable[str]:
        """Rules that span rows and that this row breaks, as sentences for an editor."""
        return ()

    def pairs_below(self, other: Self) -> Iterable[tuple[OnRecord, OnRecord]]:
        """If this is the same thing as another row: what below it is then the same as what below that one."""
        return ()

    def merge_objections(self, other: Self) -> Iterable[str]:
        """What speaks against this row being the same thing as another, given all merges in force."""
        return ()

    def bound_by_merges(self) -> Iterable[OnRecord]:
        """Rows with rules that look at what this row is the same as; asked again when a merge is undone."""
        return ()

    @classmethod
    def restated(cls, revision: Revision) -> Iterable[tuple[OnRecord, str, str]]:
        """Rows of which a revision changed what is kept, each with how it read before and after."""
        return ()

    @classmethod
    def refresh(cls, touched: Collection[Recorded], revision: Revision) -> None:
        """Bring up to date what this model keeps about rows that a revision has touched."""

    @classmethod
    def discrepancies(cls) -> Iterable[str]:
        """Where what this model keeps differs from what the record says, for `check_record`."""
        return ()

    # What it points at --------------------------------------------------------------------

    def pointers(self) -> Iterator[tuple[str, OnRecord]]:
        """Every row this one (with its parts) names, and the name by which it does."""
        yield from pointers_of(self)
        for related_name in self.parts:
            for part in getattr(self, related_name).all():
                if isinstance(part, Recorded) and (part.follows_lineage or part.withdrawn_rev_id):
                    continue
                for name, target in pointers_of(part):
                    if target != self:
                        yield f"{related_name}.{name}", target

    def dependants(self) -> Iterator[tuple[OnRecord, str]]:
        """Every public row that names this one, and the name by which it does."""
        return ((row, name) for row, name in self._named_by() if row.is_public)

    def resting_drafts(self) -> Iterator[OnRecord]:
        """Every draft that names this row and could go public with it; numbers go with their claims."""
        for row, name in self._named_by():
            if row.status == "draft" and row.owner != name:
                yield row

    def _named_by(self) -> Iterator[tuple[OnRecord, str]]:
        for relation in self._meta.get_fields(include_hidden=True):
            if not isinstance(relation, models.ForeignObjectRel):
                continue
            model, name = relation.related_model, relation.field.name
            if not issubclass(model, models.Model) or name in EXEMPT:
                continue
            if issubclass(model, OnRecord):
                rows: Iterable[OnRecord] = model._default_manager.filter(withdrawn_rev=None, **{name: self})
            elif (owner := getattr(model, "owner", None)) and owner != name:
                if getattr(model, "follows_lineage", False):
                    continue
                parts = model._default_manager.filter(**{name: self}).select_related(owner)
                current = [
                    part
                    for part in parts
                    if not isinstance(part, Recorded)
                    or part.is_public
                    or (part.withdrawn_rev_id is None and getattr(part, owner).status == "draft")
                ]
                rows = {getattr(part, owner) for part in current}
            else:
                continue
            for row in rows:
                if row != self:
                    yield row, name


EXEMPT = frozenset({"supersedes", "replaced_by"})
"""Pointers between versions of one row: they outlive what they name."""


def pointers_of(row: models.Model) -> Iterator[tuple[str, OnRecord]]:
    for field in [*row._meta.fields, *row._meta.many_to_many]:
        target = field.related_model
        if not (isinstance(target, type) and issubclass(target, OnRecord)) or field.name in EXEMPT:
            continue
        if field.many_to_many:
            for one in getattr(row, field.name).all():
                yield field.name, one
        elif getattr(row, field.attname) is not None:
            yield field.name, getattr(row, field.name)


def collections() -> dict[str, type[OnRecord]]:
    """Every collection of the record by its name in the address."""
    return {
        model.collection: model
        for model in apps.get_models()
        if issubclass(model, OnRecord) and model.collection
    }


def never_blank(model: str, *fields: str) -> CheckConstraint:
    """Unknown is null: an empty text is refused by the database."""
    condition = Q()
    for field in fields:
        condition &= ~Q(**{field: ""})
    return CheckConstraint(
        name=f"{model}_texts_are_never_blank",
        condition=condition,
        violation_error_message="A text is either given or left out, never empty.",
    )
