"""Families of sources: no circle, by amending or by merging, and no edition is public without its family."""

import pytest

from record.choices import WithdrawalReason
from record.publishing import (
    amend,
    blockers,
    conflicts_of,
    merge,
    needed_by,
    publish,
    resting_on,
    unmerge,
    withdraw,
)
from sources.models import Source
from tests.factories import PropositionFactory, ReportFactory, SourceFactory
from tests.ledger_asserts import assert_blocked, audited, public_claim_of
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db

LEADS_BACK = "family: it leads back to the source itself."
SURVIVOR_LEADS_BACK = f"Their survivor's {LEADS_BACK}"


def public_source(family: Source | None = None) -> Source:
    return on_record(SourceFactory(family=family))


def rules(refused: list[object]) -> list[str]:
    return [blocker.rule for blocker in refused]  # type: ignore[attr-defined]


# Circles ----------------------------------------------------------------------------------------------------


def test_a_circle_of_families_is_not_amended_however_long():
    paper = public_source()
    edition = public_source(paper)
    page_of_the_edition = public_source(edition)
    for below in (edition, page_of_the_edition):
        assert rules(assert_blocked(amend, paper, {"family": below})) == [LEADS_BACK]
    assert fresh(paper).family is None


def test_a_source_is_not_an_edition_of_itself():
    source = public_source()
    [blocker] = assert_blocked(amend, source, {"family": source})
    assert "A source is not an edition of itself." in blocker.rule


def test_a_circle_is_not_published():
    first, second = SourceFactory(), SourceFactory()
    for source, family in ((first, second), (second, first)):
        source.family = family
        source.save()
    assert LEADS_BACK in rules(blockers(first, second, first.voice, second.voice))


def test_a_merge_does_not_close_a_circle():
    """An edition of an edition that stood for the first of them would be an edition of its own edition."""
    paper = public_source()
    last = public_source(public_source(paper))
    assert rules(assert_blocked(merge, paper, last)) == [SURVIVOR_LEADS_BACK]
    assert rules(conflicts_of(paper, last, pairs=()).blockers) == [SURVIVOR_LEADS_BACK]
    assert fresh(paper).canonical == paper


@audited
def test_an_edition_may_turn_out_to_be_its_family():
    """The family that counts is that of the survivor: the paper has none."""
    paper = public_source()
    edition = public_source(paper)
    last = public_source(edition)
    merge(edition, paper)
    merge(last, paper)
    assert fresh(last).canonical == paper


@audited
def test_a_circle_through_a_merge_is_not_amended():
    paper, double = public_source(), public_source()
    merge(double, paper)
    edition = public_source(double)
    assert rules(assert_blocked(amend, paper, {"family": edition})) == [LEADS_BACK]


@audited
def test_undoing_a_merge_does_not_close_a_circle():
    """While it is merged away, the family that a row names does not count; afterwards it would."""
    paper, double = public_source(), public_source()
    edition = public_source(double)
    merge(double, paper)
    amend(double, {"family": edition})
    assert LEADS_BACK in rules(assert_blocked(unmerge, double))
    amend(edition, {"family": None})
    unmerge(double)
    assert fresh(double).family == edition


# One public row names another -------------------------------------------------------------------------------


def test_an_edition_is_not_published_without_its_family():
    family = SourceFactory()
    edition = SourceFactory(family=family)
    [blocker] = blockers(edition, edition.voice)
    assert (blocker.rule, blocker.target) == (f"family: {family.public_id} is draft, not public.", family)
    assert set(needed_by([edition])) == {family, family.voice, edition.voice}
    publish(edition, *needed_by([edition]))
    assert fresh(family).is_public


def test_no_source_is_given_a_draft_as_its_family():
    source, draft = public_source(), SourceFactory()
    [blocker] = assert_blocked(amend, source, {"family": draft})
    assert blocker.target == draft


def test_a_family_is_not_withdrawn_under_its_editions():
    family = public_source()
    edition = public_source(family)
    assert resting_on([family]) == [edition]
    assert_blocked(withdraw, family, reason=WithdrawalReason.OUT_OF_SCOPE)
    amend(edition, {"family": None})
    withdraw(family, reason=WithdrawalReason.OUT_OF_SCOPE)
    assert not fresh(family).is_public


@audited
def test_a_family_that_is_merged_away_is_still_one():
    family, other = public_source(), public_source()
    edition = public_source(family)
    point = on_record(PropositionFactory())
    for source in (edition, other):
        public_claim_of(point, report=on_record(ReportFactory(source=source)), actor=source.voice)
    assert point.states.get(to_rev=None).origins_for == 2
    merge(family, other)
    assert point.states.get(to_rev=None).origins_for == 1
    unmerge(family)
    assert point.states.get(to_rev=None).origins_for == 2
