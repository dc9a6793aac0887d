"""How many weapons a claim counts, and what is said to have become of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from record.ids import id_is_well_spelt, prefixed, random_id
from record.models import KnownBy, OnRecord, never_blank
from record.search import folded_names, search_text
from record.vocabulary import one_of
from strikes.choices import Method, WeaponOutcome
from strikes.models.claims import Claim
from strikes.models.numbers import FROZEN_BOUNDS, NUMBER_TEXTS, Bounded
from strikes.models.places import Region


class WeaponCount(OnRecord, Bounded):
    """How many weapons a claim says were launched, intercepted, hit, lost or found.

    Example: 25 drones intercepted over seven named regions, the list introduced by "including". A
    count over several regions is one count; a stated split is rows with `part_of`.
    """

    public_id = random_id("wct")
    claim = models.ForeignKey(
        Claim, models.PROTECT, related_name="weapon_counts", help_text="The claim that carries it."
    )
    outcome = models.CharField(
        max_length=20, choices=WeaponOutcome.choices, help_text="What is said to have become of them."
    )
    model_as_stated = models.CharField(
        max_length=100, null=True, blank=True, help_text="The model the speaker names, such as `Shahed`."
    )
    out_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="outcomes",
        help_text="The count this one is out of, such as the number launched.",
    )
    part_of = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="stated_parts",
        help_text="The total of which this is a stated part; the two are never added.",
    )
    regions = models.ManyToManyField(
        Region, related_name="weapon_counts", blank=True, help_text="Where, as far as regions are named."
    )
    regions_complete = models.BooleanField(
        null=True,
        blank=True,
        help_text="Whether the named regions are all of them; false where the speaker says 'including'.",
    )

    search_text = search_text()

    collection = "weapon-counts"
    derived_fields = frozenset({"search_text"})
    known_by = KnownBy("claim__known_at", "claim__known_on")
    owner = "claim"
    parts = ("weapons",)
    frozen_parts = frozenset({"weapons"})
    frozen = FROZEN_BOUNDS | {
        "claim",
        "outcome",
        "model_as_stated",
        "out_of",
        "part_of",
        "regions",
        "regions_complete",
    }

    class Meta(OnRecord.Meta):
        ordering = ["public_id"]
        constraints = [
            *OnRecord.Meta.constraints,
            *Bounded.Meta.constraints,
            id_is_well_spelt(prefixed("wct"), "weaponcount"),
            one_of("outcome", WeaponOutcome, "weaponcount"),
            never_blank("weaponcount", "model_as_stated", *NUMBER_TEXTS),
            CheckConstraint(
                name="weaponcount_is_not_part_of_itself",
                condition=Q(part_of__isnull=True) | ~Q(part_of=F("id")),
                violation_error_message="A count is not a part of itself.",
            ),
            CheckConstraint(
                name="weaponcount_is_not_out_of_itself",
                condition=Q(out_of__isnull=True) | ~Q(out_of=F("id")),
                violation_error_message="A count is not out of itself.",
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.words} {self.outcome}"

    def before_publish(self) -> None:
        self.search_text = folded_names([self.model_as_stated])

    @property
    def weapon_codes(self) -> list[str]:
        return [row.weapon for row in self.weapons.all()]

    def objections(self) -> Iterable[str]:
        if not self.weapons.exists():
            yield "weapons: name at least one; `unknown` if the speaker does not say."
        # A list of regions says nothing of the rest unless we know whether it is all of them.
        if self.regions.exists() == (self.regions_complete is None):
            yield "regions_complete: say it where regions are named, and only there."
        for name in ("part_of", "out_of"):
            total = getattr(self, name)
            if total is not None and total.claim_id != self.claim_id:
                yield f"{name}: both counts are in one claim."


class CountedWeapon(models.Model):
    """One kind of weapon in a count; a mixed count has several."""

    count = models.ForeignKey(WeaponCount, models.CASCADE, related_name="weapons")
    weapon = models.CharField(max_length=20, choices=Method.choices, help_text="The kind of weapon.")
    owner: ClassVar[str] = "count"

    class Meta:
        ordering = ["weapon"]
        constraints = [
            one_of("weapon", Method, "countedweapon"),
            UniqueConstraint(
                name="countedweapon_is_named_once",
                fields=["count", "weapon"],
                violation_error_message="The count has this weapon.",
            ),
            CheckConstraint(
                name="countedweapon_is_a_weapon",
                condition=~Q(weapon=Method.NONE),
                violation_error_message="`none` is not a weapon.",
            ),
        ]

    def __str__(self) -> str:
        return self.weapon
