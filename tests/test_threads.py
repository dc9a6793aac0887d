"""Threads of claims and copies of reports: both ways, by lineage, bounded, at every point in time."""

from datetime import timedelta
from itertools import pairwise

import pytest

from record import publishing
from record.choices import WithdrawalReason
from record.models import Revision
from strikes.api import threads
from strikes.models import ClaimRelation
from tests.factories import (
    MORNING,
    ClaimFactory,
    ClaimRelationFactory,
    PropositionFactory,
    ReportFactory,
    ReportNoticeFactory,
)
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def at(revision):
    """The moment of a revision, as a parameter."""
    moment = revision.at if isinstance(revision, Revision) else revision
    return moment.isoformat().replace("+00:00", "Z")


def said(hours, **fields):
    moment = MORNING + hours * HOUR
    if "report" not in fields:
        fields["report__issued_earliest"] = moment
    return ClaimFactory(said_earliest=moment, said_latest=moment, said_precision="minute", **fields)


def exchange():
    """An assertion, its denial, an update of the denial, and a copy of the assertion, in the order of time."""
    point = PropositionFactory()
    first = said(0, proposition=point)
    denial = said(1, proposition=point, stance="denies")
    update = said(2, proposition=point, stance="denies")
    first = on_record(first, denial, update)
    copy = said(3, proposition=fresh(point))
    ClaimRelationFactory(claim=copy, kind="repeats", other=first)
    on_record(copy)
    publishing.amend(denial, add=[ClaimRelation(kind="disputes", other=first, note="On the same evening.")])
    publishing.amend(update, add=[ClaimRelation(kind="updates", other=denial)])
    return [fresh(one) for one in (first, denial, update, copy)]


def ids(answer):
    return [claim["id"] for claim in answer["claims"]]


def test_a_thread_is_the_same_from_each_of_its_claims_and_in_the_order_of_time(api):
    claims = exchange()
    first, denial, update, copy = (claim.public_id for claim in claims)
    unrelated = on_record(said(1, proposition=claims[0].proposition))
    for claim in claims:
        answer = api(f"claims/{claim.public_id}/thread/")
        assert list(answer) == ["claim", "versions", "relations", "claims", "complete"]
        assert answer["claim"] == claim.public_id
        assert ids(answer) == [first, denial, update, copy]
        assert [
            (relation["claim"], relation["kind"], relation["other"], relation["note"])
            for relation in answer["relations"]
        ] == [
            (copy, "repeats", first, None),
            (denial, "disputes", first, "On the same evening."),
            (update, "updates", denial, None),
        ]
        assert answer["complete"] is True
    alone = api(f"claims/{unrelated.public_id}/thread/")
    assert (ids(alone), alone["relations"]) == ([unrelated.public_id], [])


def test_the_claims_of_a_thread_read_as_they_do_elsewhere(api):
    first, *_ = exchange()
    (shown,) = [
        claim
        for claim in api(f"claims/{first.public_id}/thread/")["claims"]
        if claim["id"] == first.public_id
    ]
    assert shown == api(f"claims/{first.public_id}/")


def test_a_corrected_claim_keeps_its_place_and_shows_its_versions(api):
    first, denial, update, _ = exchange()
    before = Revision.objects.last()
    draft = publishing.revise(denial, statement="Nothing was hit, said the company.")
    publishing.correct(draft, reason=WithdrawalReason.TYPO, note="A word was missing.")
    api(f"claims/{denial.public_id}/thread/", status=410)
    answer = api(f"claims/{first.public_id}/thread/")
    assert ids(answer)[1] == draft.public_id
    assert ("disputes", draft.public_id, first.public_id) in [
        (relation["kind"], relation["claim"], relation["other"]) for relation in answer["relations"]
    ]
    old, new = api(f"claims/{draft.public_id}/thread/")["versions"]
    assert (old["id"], old["reason"], old["note"]) == (denial.public_id, "typo", "A word was missing.")
    assert old["replaced_by"] == new["id"] == draft.public_id
    assert old["withdrawn_at"] == new["recorded_at"]
    assert (new["withdrawn_at"], new["reason"]) == (None, None)

    earlier = api(f"claims/{update.public_id}/thread/?as_of={at(before)}")
    assert ids(earlier)[1] == denial.public_id
    (version,) = api(f"claims/{denial.public_id}/thread/?as_of={at(before)}")["versions"]
    assert (version["withdrawn_at"], version["replaced_by"]) == (None, None)


def test_a_thread_knows_only_what_had_been_said_and_related_by_then(api):
    first, denial, _, copy = exchange()
    known = api(f"claims/{first.public_id}/thread/?known_at={at(MORNING + HOUR)}")
    assert ids(known) == [first.public_id, denial.public_id]
    assert [relation["kind"] for relation in known["relations"]] == ["disputes"]
    api(f"claims/{copy.public_id}/thread/?known_at={at(MORNING + HOUR)}", status=404)
    published = copy.published_rev
    earlier = api(f"claims/{first.public_id}/thread/?as_of={at(published)}")
    assert set(ids(earlier)) == {first.public_id, copy.public_id}


def test_a_way_leads_through_nothing_that_is_not_there(api):
    """The update hangs on the first claim by the denial alone: without the denial it belongs to another thread."""
    first, denial, update, copy = exchange()
    publishing.withdraw(denial, reason=WithdrawalReason.OUT_OF_SCOPE)
    assert ids(api(f"claims/{first.public_id}/thread/")) == [first.public_id, copy.public_id]
    assert ids(api(f"claims/{update.public_id}/thread/")) == [update.public_id]


def test_a_way_leads_through_nothing_that_was_said_later(api):
    point = PropositionFactory()
    early, late, other = (said(h, proposition=point) for h in (0, 9, 1))
    on_record(early, late, other)
    publishing.amend(
        late, add=[ClaimRelation(kind="disputes", other=early), ClaimRelation(kind="disputes", other=other)]
    )
    assert len(ids(api(f"claims/{early.public_id}/thread/"))) == 3
    assert ids(api(f"claims/{early.public_id}/thread/?known_at={at(MORNING + 2 * HOUR)}")) == [
        early.public_id
    ]


def test_drafts_and_ended_relations_are_in_no_thread(api):
    first, _, update, _ = exchange()
    before = api(f"claims/{first.public_id}/thread/")
    draft = ClaimFactory(proposition=first.proposition)
    ClaimRelationFactory(claim=draft, other=first)
    ClaimRelationFactory(claim=update, kind="qualifies", other=first)
    assert api(f"claims/{first.public_id}/thread/") == before
    publishing.amend(update, end=ClaimRelation.objects.published().filter(claim=update))
    assert update.public_id not in ids(api(f"claims/{first.public_id}/thread/"))


def crowd(size):
    """A claim that many others confirm."""
    first = said(0)
    others = [said(1 + n % 20, proposition=first.proposition, report=first.report) for n in range(size)]
    for other in others:
        ClaimRelationFactory(claim=other, kind="confirms", other=first)
    return on_record(first, *others)


def test_a_thread_is_bounded_and_says_so(api, monkeypatch, django_assert_max_num_queries):
    first = crowd(12)
    monkeypatch.setattr(threads, "MOST_ROWS", 5)
    answer = api(f"claims/{first.public_id}/thread/")
    assert answer["complete"] is False
    assert len(ids(answer)) == 5
    assert ids(answer)[0] == first.public_id
    assert [claim["said_at"]["latest"] for claim in answer["claims"]] == sorted(
        claim["said_at"]["latest"] for claim in answer["claims"]
    )
    assert len(answer["relations"]) == 4
    monkeypatch.setattr(threads, "MOST_ROWS", 13)
    assert api(f"claims/{first.public_id}/thread/?known_at=2024-03-14")["complete"] is True
    monkeypatch.setattr(threads, "MOST_RELATIONS", 6)
    with django_assert_max_num_queries(26):
        answer = api(f"claims/{first.public_id}/thread/?known_at=2024-03-15")
    assert answer["complete"] is False
    assert first.public_id in ids(answer)


def test_a_thread_follows_eight_steps(api):
    point = PropositionFactory()
    chain = [said(n, proposition=point) for n in range(11)]
    for earlier, later in pairwise(chain):
        ClaimRelationFactory(claim=later, kind="responds_to", other=earlier)
    on_record(*chain)
    answer = api(f"claims/{chain[0].public_id}/thread/")
    assert ids(answer) == [claim.public_id for claim in chain[:9]]
    assert answer["complete"] is False
    assert len(ids(api(f"claims/{chain[5].public_id}/thread/"))) == 11


@pytest.mark.parametrize("size", [2, 30])
def test_a_thread_takes_a_fixed_number_of_queries(api, size, django_assert_num_queries):
    first = crowd(size)
    with django_assert_num_queries(14):
        api(f"claims/{first.public_id}/thread/")


# Reports -------------------------------------------------------------------------------------------------


def copies():
    """A report, two copies of it, and a copy of a copy; then the first is retracted and a copy corrected."""
    first = ReportFactory(issued_earliest=MORNING)
    near = ReportFactory(issued_earliest=MORNING + HOUR, derived_from=first)
    later = ReportFactory(issued_earliest=MORNING + 2 * HOUR, derived_from=first)
    far = ReportFactory(issued_earliest=MORNING + 3 * HOUR, derived_from=near)
    on_record(first, near, later, far, ReportFactory())
    publishing.amend(
        first,
        add=[
            ReportNoticeFactory.build(
                report=None, kind="retraction", dated=MORNING + 30 * HOUR, note="Unfounded."
            )
        ],
    )
    publishing.amend(
        near,
        add=[
            ReportNoticeFactory.build(
                report=None, kind="correction", dated=MORNING + 40 * HOUR, successor=fresh(later)
            )
        ],
    )
    return first, near, later, far


def test_a_report_knows_its_copies_the_nearest_first_each_with_its_notices(api):
    first, near, later, far = copies()
    answer = api(f"reports/{first.public_id}/dependants/")
    assert list(answer) == ["report", "notices", "dependants", "complete"]
    assert answer["report"]["id"] == first.public_id
    assert [(notice["kind"], notice["note"]) for notice in answer["notices"]] == [
        ("retraction", "Unfounded.")
    ]
    assert [(copy["id"], copy["steps"], copy["derived_from"]) for copy in answer["dependants"]] == [
        (near.public_id, 1, first.public_id),
        (later.public_id, 1, first.public_id),
        (far.public_id, 2, near.public_id),
    ]
    (correction,) = answer["dependants"][0]["notices"]
    assert (correction["kind"], correction["successor"]["id"]) == ("correction", later.public_id)
    assert [copy["notices"] for copy in answer["dependants"][1:]] == [[], []]
    assert answer["complete"] is True
    assert api(f"reports/{far.public_id}/dependants/")["dependants"] == []


def test_copies_and_notices_are_those_of_the_time(api):
    first, near, later, far = copies()

    def seen(query):
        answer = api(f"reports/{first.public_id}/dependants/?{query}")
        copied = [copy["id"] for copy in answer["dependants"]]
        return copied, len(answer["notices"]), sum(len(copy["notices"]) for copy in answer["dependants"])

    all_ids = [near.public_id, later.public_id, far.public_id]
    assert seen(f"known_at={at(MORNING + HOUR)}") == ([near.public_id], 0, 0)
    assert seen(f"known_at={at(MORNING + 29 * HOUR)}") == (all_ids, 0, 0)
    assert seen(f"known_at={at(MORNING + 30 * HOUR)}") == (all_ids, 1, 0)
    assert seen(f"known_at={at(MORNING + 40 * HOUR)}") == (all_ids, 1, 1)
    assert seen(f"as_of={at(fresh(first).published_rev)}") == (all_ids, 0, 0)
    api(f"reports/{far.public_id}/dependants/?known_at={at(MORNING)}", status=404)


def test_draft_copies_and_draft_notices_are_not_there(api):
    first, *_ = copies()
    before = api(f"reports/{first.public_id}/dependants/")
    ReportFactory(derived_from=first)
    ReportNoticeFactory(report=first, kind="withdrawal")
    assert api(f"reports/{first.public_id}/dependants/") == before


def test_copies_are_bounded_and_it_says_so(api, monkeypatch):
    first, near, later, _ = copies()
    monkeypatch.setattr(threads, "MOST_ROWS", 2)
    answer = api(f"reports/{first.public_id}/dependants/")
    assert [copy["id"] for copy in answer["dependants"]] == [near.public_id, later.public_id]
    assert answer["complete"] is False
    monkeypatch.setattr(threads, "MOST_ROWS", 3)
    answer = api(f"reports/{first.public_id}/dependants/?known_at=2024-03-20")
    assert (len(answer["dependants"]), answer["complete"]) == (3, True)
