"""One outage: everything that was said of it, and whose word comes first.

Nothing here is stored. What several issuers say of one outage is kept apart; how it is read is in `readings`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, field

from record.vocabulary import Vocabulary
from strikes.models import Claim, DamageEstimate
from strikes.outages.statements import LOAD_METRICS, OUTAGE_METRICS, EndKind, Span, Statement, Subject


class Policy(Vocabulary):
    """How one reading of an outage is picked where issuers differ.

    Origin: this project; compare the revisions of one message under REMIT, which has one issuer only.
    """

    LATEST = "latest", "The issuer who was heard last; what they left out is taken from the one before."
    WIDEST = (
        "widest",
        "The earliest beginning and the latest end that anybody stands by; no end while anybody stands by "
        "its going on after that.",
    )
    OPERATOR_FIRST = (
        "operator_first",
        "The word of whoever operated the facility when the outage began, where there is one, else the latest.",
    )


@dataclass
class Episode:
    """One outage of a unit or facility: everything that was said of it."""

    subject: Subject
    statements: list[Statement] = field(default_factory=list)
    denials: list[Claim] = field(default_factory=list)
    next_starts: list[Statement] = field(default_factory=list)
    """The beginnings of the next outage of the same subject: what ran till then ended there."""

    @property
    def halts(self) -> list[Statement]:
        return [s for s in self.statements if s.start is not None and not s.is_cut]

    @property
    def cuts(self) -> list[Statement]:
        return [s for s in self.statements if s.start is not None and s.is_cut]

    @property
    def starts(self) -> list[Statement]:
        return [statement for statement in self.statements if statement.start is not None]

    @property
    def ends(self) -> list[Statement]:
        """Who says that it had ended, at whatever load; where nobody does, who says that it had in full."""
        facts = [s for s in self.statements if s.end is not None and s.end_kind == EndKind.FACT]
        return [fact for fact in facts if not fact.is_full] or facts

    @property
    def full_returns(self) -> list[Statement]:
        return [s for s in self.statements if s.is_full and s.end_kind == EndKind.FACT]

    @property
    def forecasts(self) -> list[Statement]:
        return [s for s in self.statements if s.end is not None and s.end_kind == EndKind.FORECAST]

    @property
    def marks(self) -> list[Statement]:
        """Who says of a moment that it stood still, or ran, then; the earliest moment first."""
        marks = [(s.mark.days, s.rank, s) for s in self.statements if s.mark is not None]
        return [statement for *_, statement in sorted(marks, key=lambda mark: mark[:2])]

    @property
    def first_day(self) -> dt.date:
        """The first day that anybody gave: of its beginning or, if nobody spoke of that, of its end or a moment in it."""
        spans = [start.start for start in self.starts] or [s.end or s.mark for s in self.statements]
        return min(span.day for span in spans if span is not None)

    @property
    def days_out(self) -> list[dt.date]:
        """The days on which it was last said to go on, by each statement of it."""
        return [s.still_out_on for s in self.statements if s.still_out_on is not None]

    @property
    def numbers(self) -> list[DamageEstimate]:
        """What was said to be offline while it lasted, each number once."""
        return self._numbers_of(OUTAGE_METRICS)

    @property
    def loads(self) -> list[DamageEstimate]:
        """What was said of how much ran again, each number once."""
        return self._numbers_of(LOAD_METRICS)

    def _numbers_of(self, metrics: Collection[str]) -> list[DamageEstimate]:
        numbers = (number for statement in self.statements for number in statement.numbers)
        return list({number.pk: number for number in numbers if number.metric in metrics}.values())

    @property
    def claims(self) -> list[Claim]:
        return list({statement.claim.pk: statement.claim for statement in self.statements}.values())

    # Whose word -------------------------------------------------------------------------------------------

    def issuers(self, policy: Policy, operators: Collection[str]) -> list[str]:
        """Whose word comes first, by a policy: of those who spoke of its beginning or end, in the order in which they
        were last heard."""
        newest: dict[str, tuple[dt.datetime | int | str | None, ...]] = {}
        for statement in self.statements:
            if statement.speaks_of_an_edge:
                issuer, rank = statement.issuer, statement.rank
                newest[issuer] = max(newest.get(issuer, rank), rank)
        ranked = sorted(newest, key=lambda issuer: newest[issuer], reverse=True)
        if policy == Policy.OPERATOR_FIRST:
            ranked.sort(key=lambda issuer: issuer not in operators)
        return ranked

    def of_issuer(self, issuer: str) -> Episode:
        """What one issuer said of it, alone."""
        own = [statement for statement in self.statements if statement.issuer == issuer]
        return Episode(self.subject, own)


def is_same(time: Span | None, other: Span | None) -> bool:
    return time is not None and other is not None and time.days == other.days


def is_before(time: Span | None, day: dt.date | None) -> bool:
    return time is not None and day is not None and time.last_day < day
