"""From when things were known, worked out slowly and obviously for the random histories.

Hours count from the morning of 12 March, at six UTC; days from that day. Nothing here knows the database.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from tests.slow_disputes import NAMELESS, Said, Taken, World

HOURS_EAST = {"Pacific/Auckland": 13, "America/Los_Angeles": -7, None: 0}
"""In that week of March; America had put its clocks forward on the 10th."""


class Known(NamedTuple):
    """The late edge, and the last day on its own clock."""

    hours: int
    day: int

    def is_by(self, then: Then) -> bool:
        return self.day <= then.number if then.is_date else self.hours <= then.number


@dataclass(frozen=True)
class Then:
    """What is asked for: a bare date, or an instant."""

    number: int
    is_date: bool


@dataclass(frozen=True)
class Issue:
    """When a report was issued: its late edge in hours, its date and zone if it has one, and how exact that is."""

    hours: int
    date: int
    zone: str | None = None
    precision: str = "minute"
    hours_wide: int = 0

    @property
    def known(self) -> Known:
        # A date without a zone ends where it ends last on earth, twelve hours west of Greenwich.
        east = HOURS_EAST[self.zone] if self.zone else -12
        return Known(self.hours, max(self.date, day_at(self.hours, east)))


ISSUES = {
    "report-a": Issue(0, 0),
    "report-b": Issue(5, 1, "Pacific/Auckland"),
    "report-c": Issue(24, 0, "America/Los_Angeles"),
    "report-d": Issue(24, 1, precision="unknown", hours_wide=999),
    "report-e": Issue(30, 0, precision="month", hours_wide=300),
}


def day_at(hours: int, east: int = 0) -> int:
    return (6 + hours + east) // 24


def said_day(claim: Said) -> int:
    """The day on which a claim was said or, if that is not known, its report issued."""
    if claim.said is None:
        return ISSUES[claim.report].known.day
    return day_at(claim.said, HOURS_EAST[claim.zone])


def of_claim(kinds: dict[str, str], claim: Said) -> Known:
    """Who speaks by name was heard when it was said, or disclosed; of everything else the page tells."""
    page = ISSUES[claim.report].known
    if claim.attribution != "on_record" or kinds[claim.actor] in (*NAMELESS, "anonymous", "media"):
        return page
    if claim.disclosed is not None:
        heard = Known(claim.disclosed, day_at(claim.disclosed))
    elif claim.said is not None:
        heard = Known(claim.said, said_day(claim))
    else:
        return page
    return Known(min(heard.hours, page.hours), min(heard.day, page.day))


def of_notice(notice: Taken) -> Known:
    """A notice is dated on the clock of its page or, where that is not known, in UTC."""
    return Known(notice.dated, day_at(notice.dated, HOURS_EAST[ISSUES[notice.report].zone]))


def leave_out_what_was_not_known(world: World, kinds: dict[str, str], then: Then) -> None:
    world.claims = {c.id: c for c in world.claims.values() if of_claim(kinds, c).is_by(then)}
    world.notices = {name: notice for name, notice in world.notices.items() if of_notice(notice).is_by(then)}
    world.issued_later = {report for report, issue in ISSUES.items() if not issue.known.is_by(then)}
