"""The ledger: its revisions, and what each of them changed."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone

from record.choices import Action, WithdrawalReason
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
            # The very first revision: several writers may find no row, and one of them makes it.
            Ledger.objects.bulk_create([Ledger(n=0)], ignore_conflicts=True)
            Ledger.objects.update(n=F("n") + 1)
        n = Ledger.objects.get().n
        previous = cls.objects.filter(n=n - 1).first()
        recorded_at = at or timezone.now()
        if previous and recorded_at < previous.at:
            # Clocks of two machines differ a little: wait. Much, or a date that was given: refuse.
            behind = (previous.at - recorded_at).total_seconds()
            if at or behind > PATIENCE:
                raise ClockBehind(
                    f"The ledger's newest revision is dated {behind:.3f} s after {recorded_at}."
                )
            time.sleep(behind)
            recorded_at = max(timezone.now(), previous.at)
        return cls.objects.create(n=n, at=recorded_at)


OldAndNew = dict[str, list[object]]
"""The fields that an amendment changed, each with its old and its new value."""


class ChangeQuerySet(models.QuerySet["Change"]):
    def amendments(self) -> Iterator[tuple[str, str, OldAndNew]]:
        """Each amendment in order: collection and id of the row, and the old and new values of its fields."""
        amended = self.filter(action=Action.AMEND, values__isnull=False)
        for change in amended.iterator():
            yield change.collection, change.object_id, change.values or {}

    def with_details(self) -> Self:
        """Changes that say more than what was done to which row."""
        return self.filter(Q(note__isnull=False) | Q(values__isnull=False) | Q(replaced_by__isnull=False))


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
    replaced_parts = models.JSONField(
        null=True,
        help_text="For an amendment that replaced parts, such as names: these as they were sealed, whole, by their "
        "related name. `values` has them as lines to read.",
    )

    objects = ChangeQuerySet.as_manager()

    changed: Sequence[object]
    """What reads differently since then, set by whoever tells the versions of a row."""

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
    def old_and_new(self) -> list[dict[str, object]]:
        """The fields of an amendment, each with its old and new value."""
        return [
            {"field": name, "old": old, "new": new}
            for name, (old, new) in sorted((self.values or {}).items())
        ]
