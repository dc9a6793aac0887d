"""What was said: claims."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Self, cast

from django.db import models
from django.db.models import CheckConstraint, Q
from django.db.models.functions import Coalesce

from record.ids import PublicIdField, id_is_well_spelt, prefixed, random_id
from record.models import OnRecord, RecordedQuerySet, never_blank
from record.moments import as_stated, earliest, latest, local_date, moment_rules, precision, zone
from record.search import search_text, searchable_words
from record.vocabulary import one_of
from sources.choices import ReportPart, TimePrecision
from sources.models import Actor, Report
from sources.models.fields import LANGUAGE_TAG, editors_note, language_code
from strikes.choices import Attribution, Certainty, ClaimRelationKind, Credibility, Polarity, Stance
from strikes.models.propositions import Proposition


class ClaimQuerySet(RecordedQuerySet["Claim"]):
    def of_polarity(self, *polarities: Polarity) -> Self:
        return self.filter(stance__in=[stance for stance in Stance if stance.polarity in polarities])


class Claim(OnRecord):
    """One actor taking one stance on one proposition, as read in one report.

    Example: Lukoil (actor) declines to comment (stance) on whether half of NORSI's output is halted
    (proposition), read in World Today News (report). Frozen once public; a correction is a new claim.
    """

    public_id = random_id("clm")
    report = models.ForeignKey(
        Report, models.PROTECT, related_name="claims", help_text="The report it was read in."
    )
    actor = models.ForeignKey(Actor, models.PROTECT, related_name="claims", help_text="Who speaks.")
    actor_as_stated = models.CharField(
        max_length=200,
        null=True,
        blank=True,
        help_text="How the report describes the speaker, where that differs from the name.",
    )
    proposition = models.ForeignKey(
        Proposition, models.PROTECT, related_name="claims", help_text="The point at issue."
    )
    stance = models.CharField(
        max_length=30, choices=Stance.choices, help_text="How the speaker stands to the proposition."
    )
    certainty = models.CharField(
        max_length=20,
        choices=Certainty.choices,
        null=True,
        blank=True,
        help_text="The speaker's own certainty; null if none was expressed.",
    )
    attribution = models.CharField(
        max_length=30, choices=Attribution.choices, help_text="On what footing the words reach us."
    )
    speakers_stated = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many speakers the report says there were, such as 2 sources."
    )
    position = models.PositiveIntegerField(help_text="Its place in the report, counted from 0.")
    part = models.CharField(
        max_length=20,
        choices=ReportPart.choices,
        help_text="Where in the report it stands; a headline often says more than its body.",
    )
    statement = models.TextField(help_text="What was said, in our own words.")
    quote = models.CharField(
        max_length=300, null=True, blank=True, help_text="The few words that matter, as printed."
    )
    quote_language = language_code("The language of the quote, where it is not the report's.")
    said_earliest = earliest("the time it was said")
    said_latest = latest("the time it was said")
    said_precision = precision("the time it was said", TimePrecision)
    said_timezone = zone()
    said_local_date = local_date("the statement")
    said_as_stated = as_stated("the time it was said")
    event_earliest = earliest("what the claim says happened")
    event_latest = latest("what the claim says happened")
    event_precision = precision("what the claim says happened", TimePrecision)
    event_timezone = zone()
    event_local_date = local_date("what the claim says happened")
    event_as_stated = as_stated("the time of what happened")
    place_as_stated = models.CharField(
        max_length=200, null=True, blank=True, help_text="The place as this speaker names it."
    )
    credibility = models.CharField(
        max_length=1,
        choices=Credibility.choices,
        null=True,
        blank=True,
        help_text="The Admiralty grade of the information, 1 to 6; null if it has not been graded yet.",
    )
    note = editors_note()
    lineage_from = PublicIdField(
        null=True,
        blank=True,
        editable=False,
        help_text="The first claim of the chain of corrections; null if this is it.",
    )
    # Relations hang on it, so that correcting a typo breaks none (decisions.md D5).
    lineage = models.GeneratedField(
        expression=Coalesce("lineage_from", "public_id"),
        output_field=PublicIdField(),
        db_persist=True,
        help_text="The id of the first claim of the chain of corrections, by which relations name it.",
    )
    sort_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="The late edge of when it was said or, if that is not known, issued. Kept for ordering.",
    )

    known_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="From when it was known: the later of the late edges of said and issued. Kept by the doors.",
    )

    public_relations: Sequence[dict[str, Any]]
    """How it stands to other claims at the revision a request reads, set by its loading plan."""

    search_text = search_text()

    collection = "claims"
    derived_fields = frozenset({"search_text", "sort_at", "known_at"})
    known_by = "known_at"
    display_needs = ("actor", "proposition")
    parts = ("chain", "evidence_links", "relations")
    frozen_parts = frozenset({"chain"})
    numbered_parts = ("damage_estimates", "weapon_counts")
    frozen = frozenset(
        {
            "report",
            "actor",
            "actor_as_stated",
            "proposition",
            "stance",
            "certainty",
            "attribution",
            "speakers_stated",
            "statement",
            "quote",
            "quote_language",
            "said_earliest",
            "said_latest",
            "said_precision",
            "said_timezone",
            "said_local_date",
            "said_as_stated",
            "event_earliest",
            "event_latest",
            "event_precision",
            "event_timezone",
            "event_local_date",
            "event_as_stated",
            "place_as_stated",
            "lineage_from",
            "lineage",
        }
    )

    objects: ClassVar = ClaimQuerySet.as_manager()

    class Meta(OnRecord.Meta):
        ordering = ["report", "position", "public_id"]
        indexes = [
            models.Index(fields=["-sort_at", "public_id"], name="claim_newest_first"),
            models.Index(fields=["lineage"], name="claim_lineage"),
            models.Index(fields=["proposition", "known_at"], name="claim_known_of_a_proposition"),
            models.Index(fields=["report", "position", "public_id"], name="claim_in_its_report"),
        ]
        constraints = [
            *OnRecord.Meta.constraints,
            id_is_well_spelt(prefixed("clm"), "claim"),
            one_of("stance", Stance, "claim"),
            one_of("certainty", Certainty, "claim"),
            one_of("attribution", Attribution, "claim"),
            one_of("part", ReportPart, "claim"),
            one_of("credibility", Credibility, "claim"),
            *moment_rules("claim", "said_", TimePrecision),
            *moment_rules("claim", "event_", TimePrecision),
            never_blank(
                "claim",
                "actor_as_stated",
                "statement",
                "quote",
                "said_timezone",
                "said_as_stated",
                "event_timezone",
                "event_as_stated",
                "place_as_stated",
                "note",
            ),
            CheckConstraint(
                name="claim_quote_language_is_a_tag",
                condition=Q(quote_language__regex=LANGUAGE_TAG),
                violation_error_message="A BCP 47 tag such as `ru`.",
            ),
            CheckConstraint(
                name="claim_quote_language_needs_a_quote",
                condition=Q(quote_language__isnull=True) | Q(quote__isnull=False),
                violation_error_message="There is no quote to have a language.",
            ),
            CheckConstraint(
                name="claim_speakers_stated_are_one_or_more",
                condition=Q(speakers_stated__gte=1),
                violation_error_message="Leave it out if the report does not say how many spoke.",
            ),
            CheckConstraint(
                name="claim_in_public_can_be_ordered",
                condition=Q(published_rev__isnull=True) | Q(sort_at__isnull=False, known_at__isnull=False),
            ),
            CheckConstraint(
                name="claim_that_corrects_keeps_its_lineage",
                condition=Q(supersedes__isnull=True, lineage_from__isnull=True)
                | Q(supersedes__isnull=False, lineage_from__isnull=False),
            ),
        ]

    @property
    def display(self) -> str:
        return f"{self.actor.name} {self.stance.replace('_', ' ')}: {self.proposition.text}"

    @property
    def polarity(self) -> Polarity:
        return Stance(self.stance).polarity

    def before_publish(self) -> None:
        self.sort_at = self.said_latest or self.said_earliest or self.report.issued_latest
        # Words said in the morning are known when the evening's report of them is out.
        self.known_at = max(self.sort_at, self.report.issued_latest)
        self.search_text = searchable_words(self.statement, self.quote)

    def succeed(self, earlier: Self) -> None:
        self.lineage_from = earlier.lineage
        self.sort_at = self.known_at = None  # worked out anew when it is published

    def anchor(self) -> Self:
        return cast(Self, Claim.objects.get(public_id=self.lineage))

    def objections(self) -> Iterable[str]:
        if self.proposition.open and self.polarity != Polarity.NEUTRAL:
            yield "proposition: it is an open question and takes only neutral claims; claim one of its answers."
        first = self.anchor()  # relations outlive corrections: they hang on the first claim of the chain
        for relation in first.relations.filter(withdrawn_rev__isnull=True).select_related("other"):
            if relation.other.lineage_from is not None:
                yield "relations: name the first claim of the other lineage."
            if relation.kind == ClaimRelationKind.REPEATS:
                repeated_at, published_at = relation.other.published_rev_id, first.published_rev_id
                # Of two that repeat each other, neither would be anybody's word.
                if repeated_at is None or published_at is None or repeated_at >= published_at:
                    yield "relations: a claim repeats only what was published before it."
