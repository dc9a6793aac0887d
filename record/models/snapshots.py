"""What a row said, from one revision until another."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.ids import PublicIdField
from record.models.ledger import Revision


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def current(self, at: int | None = None) -> Self:
        """What rows say at a revision (now, if none is given)."""
        if at is None:
            return self.filter(to_rev__isnull=True)
        return self.filter(from_rev__lte=at).filter(Q(to_rev__isnull=True) | Q(to_rev__gt=at))


class Snapshot(models.Model):
    """What one row said, from the revision that made it say so until the one that changed or withdrew it.

    Written by the functions that change the record, in the same transaction, and never changed after that. Only a
    takedown erases: then ``body`` and ``salt`` are null, and ``leaf``, without them, says nothing. Where a takedown
    removed no more than a part, such as a party, the body stays without it, and only the salt goes.
    """

    collection = models.CharField(max_length=40, help_text="The collection of the row, as in its address.")
    lineage = PublicIdField(
        help_text="The id of the first row of its chain of corrections, which all of them share; its own where there "
        "are none."
    )
    object_id = PublicIdField(help_text="The public id of the row.")
    from_rev = models.ForeignKey(
        Revision, models.PROTECT, related_name="+", help_text="The revision from which it said so."
    )
    to_rev = models.ForeignKey(
        Revision,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="The revision from which it no longer did; null if it still does.",
    )
    schema = models.PositiveSmallIntegerField(
        help_text="The version of the sealed form, by which the body is read."
    )
    body = models.TextField(
        null=True, help_text="The sealed form: canonical JSON of what the row says itself."
    )
    salt = models.BinaryField(null=True, help_text="32 random bytes without which the leaf tells nothing.")
    leaf = models.CharField(
        max_length=64,
        help_text="SHA-256 of the sealed form with its salt, id and revision, in hexadecimal digits.",
    )

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        ordering = ["collection", "lineage", "from_rev"]
        constraints = [
            UniqueConstraint(
                name="snapshot_is_one_from_each_revision", fields=["collection", "lineage", "from_rev"]
            ),
            UniqueConstraint(
                name="snapshot_is_one_at_a_time",
                fields=["collection", "lineage"],
                condition=Q(to_rev__isnull=True),
            ),
            CheckConstraint(
                name="snapshot_ends_after_it_began",
                condition=Q(to_rev__isnull=True) | Q(to_rev__gt=F("from_rev")),
            ),
            CheckConstraint(
                name="snapshot_without_a_body_has_no_salt",
                condition=Q(body__isnull=False) | Q(salt__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.collection}/{self.object_id}, revision {self.from_rev_id}"
