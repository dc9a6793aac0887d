"""Rows with a public id: what they tell the publishing functions, and which of them name which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar, Self, cast

from django.apps import apps
from django.db import models
from django.db.models import CheckConstraint, F, Q

from record.choices import WithdrawalReason
from record.ids import PublicIdField
from record.models.merges import Merge
from record.models.recorded import Recorded


class OnRecord(Recorded):
    """A row with a public id. It declares here what the functions that change the record ask of it."""

    public_id = PublicIdField(unique=True)
    """Each model says how its ids are spelt: `slug_id()` or `random_id(prefix)`."""

    withdrawal_reason = models.CharField(
        max_length=20,
        choices=WithdrawalReason.choices,
        null=True,
        blank=True,
        editable=False,
        help_text="Why the row was withdrawn.",
    )
    withdrawal_note = models.TextField(
        null=True, blank=True, editable=False, help_text="The public note that explains the withdrawal."
    )
    replaced_by = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="replaces",
        help_text="The row that stands in its place.",
    )
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="superseded_by",
        help_text="The row this one corrects. Publishing this one withdraws that one.",
    )

    version = models.PositiveIntegerField(
        default=1,
        editable=False,
        help_text="Counts the changes that editors made; who saves an older version than this is refused.",
    )

    supersedes_id: int | None
    seen_version: int | None = None
    """The version an editor saw: the row is refused if it has changed since."""

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
    lineage_field: ClassVar[str] = "public_id"
    """The field with the id of the first row of a chain of corrections, where rows of it share more than their ids."""
    chained_by: ClassVar[frozenset[str]] = frozenset({"supersedes"})
    """Fields that make a row a link in a chain of corrections, and say nothing of what it is about."""
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
    def canonical(self) -> Self:
        """The row that stands for this one now: itself, or the one at the end of its chain of merges."""
        if not self.mergeable:
            return self
        end = Merge.objects.canonical_of(self.collection, [self.public_id])[self.public_id]
        if end == self.public_id:
            return self
        return cast(Self, type(self)._default_manager.get(public_id=end))

    # What the publishing functions ask ------------------------------------------------------

    def keep_defaults(self) -> None:
        """Keep what the row takes over from rows that it names, once, when it is published."""

    def succeed(self, earlier: Self) -> None:
        """Take over what the next row of a chain of corrections inherits beyond its fields."""

    def anchor(self) -> Self:
        """The row on which parts hang that follow the lineage."""
        return self

    def objections(self) -> Iterable[str]:
        """Rules that span rows and that this row breaks, as sentences for an editor."""
        return ()

    def questions(self) -> Iterable[str]:
        """What an editor should look at twice, now that this row is public; nothing is refused for it."""
        return ()

    def merge_objections(self, other: Self) -> Iterable[str]:
        """What speaks against this row being the same thing as another, given all merges in force."""
        return ()

    def bound_by_merges(self) -> Iterable[OnRecord]:
        """Rows with rules that look at what this row is the same as; asked again when a merge is undone."""
        return ()

    # What it names, and what names it -------------------------------------------------------

    def references(self) -> Iterator[tuple[str, OnRecord]]:
        """Every row this one (with its parts) names, and the name by which it does."""
        yield from references_of(self)
        for related_name in self.parts:
            for part in getattr(self, related_name).all():
                # What hangs on the lineage, or was withdrawn, does not keep this row from being public.
                if isinstance(part, Recorded) and (part.follows_lineage or part.withdrawn_rev_id):
                    continue
                for name, target in references_of(part):
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
            for row in self._rows_naming_by(model, name):
                if row != self:
                    yield row, name

    def _rows_naming_by(self, model: type[models.Model], name: str) -> Iterable[OnRecord]:
        """The rows that name this one by a field of theirs, or by one of their parts."""
        if issubclass(model, OnRecord):
            return model._default_manager.filter(withdrawn_rev=None, **{name: self})
        owner = getattr(model, "owner", None)
        # A part of this very row, or one that outlives its row, lets no row rest on this one.
        if owner is None or owner == name or getattr(model, "follows_lineage", False):
            return ()
        parts = model._default_manager.filter(**{name: self}).select_related(owner)
        return {getattr(part, owner) for part in parts if _counts_for_its_owner(part, owner)}


def _counts_for_its_owner(part: models.Model, owner: str) -> bool:
    """Whether a part says something now, or will once its owner is published."""
    if not isinstance(part, Recorded) or part.is_public:
        return True
    return part.withdrawn_rev_id is None and getattr(part, owner).status == "draft"


EXEMPT = frozenset({"supersedes", "replaced_by"})
"""References between versions of one row: they outlive what they name (decisions.md D2)."""


ON_EVERY_ROW = frozenset({"id", *(field.name for field in OnRecord._meta.fields)})


def bookkeeping_of(model: type[models.Model]) -> frozenset[str]:
    """The fields that no editor fills in: they are neither amended, compared nor copied into a draft."""
    return ON_EVERY_ROW | (model.derived_fields if issubclass(model, Recorded) else frozenset())


def reference_fields(model: type[models.Model]) -> Iterator[tuple[models.Field, type[OnRecord]]]:
    """The fields by which a model names rows with an id, each with the model of these."""
    for field in [*model._meta.fields, *model._meta.many_to_many]:
        target = field.related_model
        if isinstance(target, type) and issubclass(target, OnRecord):
            yield field, target


def references_of(row: models.Model) -> Iterator[tuple[str, OnRecord]]:
    """Every row that this one names itself, and the field by which it does; not the versions of it."""
    for field, _ in reference_fields(type(row)):
        if field.name in EXEMPT:
            continue
        if field.many_to_many:
            for target in getattr(row, field.name).all():
                yield field.name, target
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
