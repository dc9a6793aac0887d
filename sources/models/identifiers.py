"""What others call an actor, a facility or a unit in a list of theirs."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from record.models import Recorded
from record.vocabulary import one_of
from sources.choices import ActorKind, IdentifierScheme
from sources.models.actors import IDENTIFYING, Actor

SPELLINGS = {
    IdentifierScheme.WIKIDATA: r"Q[1-9][0-9]{0,19}",
    IdentifierScheme.GEM: r"[A-Z][0-9]{1,19}",
    IdentifierScheme.GEONAMES: r"[1-9][0-9]{0,19}",
    IdentifierScheme.UN_LOCODE: r"[A-Z]{2}[A-Z2-9]{3}",
}
"""How a value of each scheme is spelt, from its beginning to its end."""
PAGES = {
    IdentifierScheme.WIKIDATA: "https://www.wikidata.org/wiki/",
    IdentifierScheme.GEONAMES: "https://www.geonames.org/",
}
"""What the address of a thing begins with, in the schemes that have a page for each; the value follows."""


LONGEST = 30


def spelt_as_its_scheme_demands() -> Q:
    spelt = Q()
    for scheme, spelling in SPELLINGS.items():
        # The value first: a form says a broken rule beside the first field that the rule names.
        spelt |= Q(value__regex=rf"\A{spelling}\Z") & Q(scheme=scheme)
    return spelt


def given_once(owner: str) -> UniqueConstraint:
    return UniqueConstraint(
        name="%(class)s_is_given_once",
        fields=[owner, "value", "scheme"],
        condition=Q(withdrawn_rev__isnull=True),
        violation_error_message="It has this identifier already.",
    )


class Identifier(Recorded):
    """What a row is called in a list that others keep, such as `wikidata:Q329347`.

    It begins and ends at revisions, as a party does, so that `as_of` shows what was said then (decisions.md D88).
    """

    scheme = models.CharField(
        max_length=20, choices=IdentifierScheme.choices, help_text="The list that it is from."
    )
    value = models.CharField(
        max_length=LONGEST,
        help_text="What the thing is called there, as the list spells it, such as `Q329347`.",
    )

    class Meta(Recorded.Meta):
        abstract = True
        ordering = ["scheme", "value", "pk"]
        constraints = [
            *Recorded.Meta.constraints,
            one_of("scheme", IdentifierScheme, "%(class)s"),
            CheckConstraint(
                name="%(class)s_is_spelt_as_its_scheme_demands",
                condition=spelt_as_its_scheme_demands(),
                violation_error_message="In `wikidata` it is Q and digits, in `gem` a capital letter and digits, in "
                "`geonames` digits, in `un_locode` a country and three more characters, such as RULED.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme}:{self.value}"

    @property
    def url(self) -> str | None:
        """Where the thing is described under the scheme; none if there is no page for each."""
        page = PAGES.get(IdentifierScheme(self.scheme))
        return page and f"{page}{self.value}"


class ActorIdentifier(Identifier):
    """What an actor is called in a list that others keep; an anonymous voice is in none."""

    actor = models.ForeignKey(Actor, models.CASCADE, related_name="identifiers")
    owner: ClassVar[str] = "actor"

    class Meta(Identifier.Meta):
        constraints = [*Identifier.Meta.constraints, given_once("actor")]

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        """No draft keeps one of an anonymous voice either; no constraint can look at the row of the actor."""
        super().clean_fields(exclude)
        if self.actor.kind == ActorKind.ANONYMOUS:
            raise ValidationError({"value": IDENTIFYING})
