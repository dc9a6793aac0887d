"""Numbers with their bounds: "at least half" is never 50 %."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import CheckConstraint, F, Q

from sources.models.fields import editors_note
from strikes.choices import CapacityBasis, Comparator, Denominator, NumberEdge, UnitOfMeasure

NUMBER_TEXTS = ("verbatim", "scope", "excludes", "note")
"""The columns of every number that hold words, and are never blank."""
FROZEN_BOUNDS = frozenset(
    {
        "comparator",
        "low",
        "best",
        "high",
        "or_more",
        "verbatim",
        "scope",
        "excludes",
        "measured_on",
        "cumulative",
    }
)
"""The fields of every quantity that never change once it is public."""
FROZEN_MEASURE = FROZEN_BOUNDS | {"unit_of_measure", "denominator", "denominator_as_stated", "basis"}
"""Those of a quantity with a unit of measure."""
FROZEN_TERM = frozenset({"effective_from", "effective_from_edge", "effective_until", "effective_until_edge"})
"""Those that say from when until when it holds."""


def bound(help_text: str) -> models.DecimalField:
    """Fifteen digits in all, three after the point: exact in Decimal, SQLite and JSON alike (decisions.md D9)."""
    return models.DecimalField(max_digits=15, decimal_places=3, null=True, blank=True, help_text=help_text)


class Bounded(models.Model):
    """A quantity as it was said: a comparator and the bounds it gives, in the unit that was printed."""

    comparator = models.CharField(
        max_length=20, choices=Comparator.choices, help_text="What the speaker's words make of the number."
    )
    low = bound("The lower bound; null if none was said. Open if the comparator is `more_than`.")
    best = bound("The value itself, where one was said; null if only a bound was.")
    high = bound("The upper bound; null if none was said. Open if the comparator is `less_than` or `almost`.")
    or_more = models.BooleanField(
        default=False, help_text="For a range whose upper end was left open: '6 to 24 months or longer'."
    )
    verbatim = models.CharField(
        max_length=200, null=True, blank=True, help_text="The words of the report; never overwritten."
    )
    scope = models.CharField(
        max_length=200, null=True, blank=True, help_text="What the number covers: whose area, which assets."
    )
    excludes = models.CharField(
        max_length=200, null=True, blank=True, help_text="What it leaves out, where the speaker says so."
    )
    measured_on = models.DateField(null=True, blank=True, help_text="The day it describes, if said.")
    cumulative = models.BooleanField(
        null=True, blank=True, help_text="Whether it adds up since some earlier moment; null if not said."
    )
    note = editors_note()

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                name="%(class)s_comparator_is_a_known_word", condition=Q(comparator__in=Comparator.values)
            ),
            CheckConstraint(
                name="%(class)s_bounds_fit_the_comparator",
                condition=Q(
                    comparator=Comparator.EXACTLY,
                    low__isnull=False,
                    best__isnull=False,
                    high__isnull=False,
                    low=F("best"),
                    high=F("best"),
                )
                | Q(
                    comparator=Comparator.APPROXIMATELY,
                    low__isnull=True,
                    best__isnull=False,
                    high__isnull=True,
                )
                | Q(
                    comparator__in=[Comparator.AT_LEAST, Comparator.MORE_THAN],
                    low__isnull=False,
                    best__isnull=True,
                    high__isnull=True,
                )
                | Q(
                    comparator__in=[Comparator.AT_MOST, Comparator.LESS_THAN],
                    low__isnull=True,
                    best__isnull=True,
                    high__isnull=False,
                )
                | Q(
                    comparator=Comparator.ALMOST,
                    low__isnull=True,
                    best__isnull=False,
                    high__isnull=False,
                    high=F("best"),
                )
                | Q(
                    Q(best__isnull=True) | Q(best__gte=F("low"), best__lte=F("high")),
                    comparator=Comparator.RANGE,
                    low__isnull=False,
                    high__isnull=False,
                    low__lte=F("high"),
                )
                | Q(comparator=Comparator.VAGUE, low__isnull=True, best__isnull=True, high__isnull=True),
                violation_error_message="These bounds do not fit the comparator: exactly has all three equal, "
                "approximately a best value, at_least and more_than a low, at_most and less_than a high, "
                "almost an equal best and high, a range its low and high, and vague none.",
            ),
            CheckConstraint(
                name="%(class)s_is_not_negative",
                condition=(Q(low__isnull=True) | Q(low__gte=0))
                & (Q(best__isnull=True) | Q(best__gte=0))
                & (Q(high__isnull=True) | Q(high__gte=0)),
                violation_error_message="A quantity is zero or more.",
            ),
            CheckConstraint(
                name="%(class)s_or_more_is_for_ranges",
                condition=Q(or_more=False) | Q(comparator=Comparator.RANGE),
                violation_error_message="Only a range can be 'or more'; otherwise use at_least.",
            ),
        ]

    @property
    def low_open(self) -> bool:
        """Whether the lower bound itself is excluded ("more than 50")."""
        return self.comparator == Comparator.MORE_THAN

    @property
    def high_open(self) -> bool:
        """Whether the upper bound itself is excluded ("less than 50", "almost 75")."""
        return self.comparator in (Comparator.LESS_THAN, Comparator.ALMOST)

    # Not renamed: the admin writes the name above its column.
    @property
    def words(self) -> str:
        """The comparator with its numbers, such as `at least 50`."""
        if self.comparator == Comparator.RANGE:
            return (
                f"{without_zeros(self.low)} to {without_zeros(self.high)}{' or more' if self.or_more else ''}"
            )
        bounds = [bound for bound in (self.best, self.low, self.high) if bound is not None]
        return " ".join([self.comparator.replace("_", " "), *map(without_zeros, bounds[:1])])


class Measured(Bounded):
    """A bounded quantity with a unit of measure and, if it is a share, of what."""

    unit_of_measure = models.CharField(
        max_length=20, choices=UnitOfMeasure.choices, help_text="The unit that was printed."
    )
    denominator = models.CharField(
        max_length=30,
        choices=Denominator.choices,
        null=True,
        blank=True,
        help_text="For a share: of what. Null for anything that is not a share.",
    )
    denominator_as_stated = models.CharField(
        max_length=200, null=True, blank=True, help_text="Of what, in words; needed where it is `other`."
    )
    basis = models.CharField(
        max_length=20,
        choices=CapacityBasis.choices,
        null=True,
        blank=True,
        help_text="For a capacity or an output: how it is reckoned.",
    )

    class Meta(Bounded.Meta):
        abstract = True
        constraints = [
            *Bounded.Meta.constraints,
            CheckConstraint(
                name="%(class)s_unit_of_measure_is_a_known_word",
                condition=Q(unit_of_measure__in=UnitOfMeasure.values),
            ),
            CheckConstraint(
                name="%(class)s_denominator_is_a_known_word", condition=Q(denominator__in=Denominator.values)
            ),
            CheckConstraint(
                name="%(class)s_basis_is_a_known_word", condition=Q(basis__in=CapacityBasis.values)
            ),
            CheckConstraint(
                name="%(class)s_share_says_of_what",
                condition=Q(unit_of_measure=UnitOfMeasure.PERCENT, denominator__isnull=False)
                | (~Q(unit_of_measure=UnitOfMeasure.PERCENT) & Q(denominator__isnull=True)),
                violation_error_message="A percentage names its denominator, and nothing else has one.",
            ),
            CheckConstraint(
                name="%(class)s_other_denominator_is_named",
                condition=Q(denominator__isnull=True)
                | ~Q(denominator=Denominator.OTHER)
                | Q(denominator_as_stated__isnull=False),
                violation_error_message="Say in words of what it is a share.",
            ),
            CheckConstraint(
                name="%(class)s_unspecified_denominator_has_a_scope",
                condition=Q(denominator__isnull=True)
                | ~Q(denominator=Denominator.UNSPECIFIED)
                | Q(scope__isnull=False),
                violation_error_message="Where the speaker does not say of what, say what it covers.",
            ),
        ]


class Lasting(models.Model):
    """From when until when a number holds: each end a time, open, or a forecast."""

    effective_from = models.DateTimeField(null=True, blank=True, help_text="When it began (UTC).")
    effective_from_edge = models.CharField(
        max_length=10,
        choices=NumberEdge.choices,
        null=True,
        blank=True,
        help_text="How the beginning is meant; null if nothing was said of it.",
    )
    effective_until = models.DateTimeField(
        null=True, blank=True, help_text="When it ended or will end (UTC)."
    )
    effective_until_edge = models.CharField(
        max_length=10,
        choices=NumberEdge.choices,
        null=True,
        blank=True,
        help_text="How the end is meant: stated, still open, forecast, or never to come; null if nothing was said of it.",
    )

    class Meta:
        abstract = True
        constraints = [
            CheckConstraint(
                name="%(class)s_effective_from_edge_is_a_known_word",
                condition=Q(effective_from_edge__in=NumberEdge.values),
            ),
            CheckConstraint(
                name="%(class)s_effective_until_edge_is_a_known_word",
                condition=Q(effective_until_edge__in=NumberEdge.values),
            ),
            CheckConstraint(
                name="%(class)s_beginning_fits_its_edge",
                condition=Q(effective_from__isnull=True, effective_from_edge__isnull=True)
                | Q(effective_from__isnull=True, effective_from_edge=NumberEdge.OPEN)
                | Q(
                    effective_from__isnull=False,
                    effective_from_edge__in=[NumberEdge.STATED, NumberEdge.FORECAST],
                    effective_from_edge__isnull=False,
                ),
                violation_error_message="A stated or forecast beginning has a time; an open one has none.",
            ),
            CheckConstraint(
                name="%(class)s_end_fits_its_edge",
                condition=Q(effective_until__isnull=True, effective_until_edge__isnull=True)
                | Q(
                    effective_until__isnull=True,
                    effective_until_edge__in=[NumberEdge.OPEN, NumberEdge.NEVER],
                    effective_until_edge__isnull=False,
                )
                | Q(
                    effective_until__isnull=False,
                    effective_until_edge__in=[NumberEdge.STATED, NumberEdge.FORECAST],
                    effective_until_edge__isnull=False,
                ),
                violation_error_message="A stated or forecast end has a time; an open one, and one that never comes, has none.",
            ),
            CheckConstraint(
                name="%(class)s_begins_before_it_ends",
                condition=Q(effective_from__isnull=True)
                | Q(effective_until__isnull=True)
                | Q(effective_from__lte=F("effective_until")),
                violation_error_message="It ends before it begins.",
            ),
        ]


def without_zeros(value: Decimal | None) -> str:
    """A decimal without the zeros of its scale: `50.000` is `50`. What a form still lacks is an ellipsis."""
    if value is None:
        return "…"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
