"""Whose word counts where issuers differ, and what does not count."""

import datetime as dt

import pytest

from record import publishing
from record.choices import WithdrawalReason
from sources.choices import NoticeKind
from strikes.choices import ClaimRelationKind, Stance, Topic
from strikes.models import Claim
from tests.factories import (
    ActorFactory,
    CapacityFactory,
    ClaimRelationFactory,
    ReportFactory,
    ReportNoticeFactory,
    UnitFactory,
)
from tests.on_record import on_record
from tests.outage_claims import (
    add_operator,
    claim_outage,
    claim_restart,
    claim_stop,
    draft_claim,
    exactly,
    forecast_restart,
    get_json,
    publish_claim,
)
from tests.timelines.outages import company, days, outages, reading, the_outage

pytestmark = pytest.mark.django_db


# Who says so -----------------------------------------------------------------------------------------


@pytest.fixture
def differing(unit, agency, rival):
    """The operator, an agency and a rival, each with another beginning and end."""
    operator = company("operator")
    add_operator(operator, unit.facility)
    return {
        "operator": claim_outage(operator, unit, "2024-03-12", "2024-03-25", until="2024-03-20"),
        "agency": claim_outage(agency, unit, "2024-03-11", "2024-04-10", until="2024-04-05"),
        "rival": claim_outage(rival, unit, "2024-03-13", "2024-04-20", until="2024-03-31"),
    }


@pytest.mark.parametrize(
    ("policy", "start", "end"),
    [
        ("latest", ("2024-03-13", "rival"), ("2024-03-31", "rival")),
        ("widest", ("2024-03-11", "agency"), ("2024-04-05", "agency")),
        ("operator_first", ("2024-03-12", "operator"), ("2024-03-20", "operator")),
    ],
)
def test_a_policy_picks_one_reading_and_the_rivals_are_kept(unit, differing, policy, start, end):
    answer = get_json(f"units/avt/timeline/?policy={policy}")
    (outage,) = answer["outages"]
    assert answer["policy"] == policy
    for edge, (day, issuer) in (("start", start), ("end", end)):
        assert days(outage[edge]) == day
        assert outage[edge]["claims"] == [differing[issuer]]
        others = {edge["claims"][0]: edge["issuers"] for edge in outage["rivals"][edge]}
        assert others == {claim: [name] for name, claim in differing.items() if name != issuer}
    assert sorted(outage["claims"]) == sorted(differing.values())
    assert outage["readings"] == []


def test_each_issuer_has_a_reading_of_its_own(unit, differing, agency):
    lone = company("lone")
    forecast_restart(lone, unit, "2024-05-01", "2024-03-14")
    answer = get_json("units/avt/timeline/?policy=all")
    (outage,) = answer["outages"]
    assert answer["policy"] == "all"
    assert (outage["start"], outage["end"], outage["days"]) == (None, None, None)
    assert {of_issuer["issuer"]: reading(of_issuer) for of_issuer in outage["readings"]} == {
        "operator": ("2024-03-12", "2024-03-20", "fact"),
        "agency": ("2024-03-11", "2024-04-05", "fact"),
        "rival": ("2024-03-13", "2024-03-31", "fact"),
        "lone": (None, "2024-05-01", "forecast"),
    }
    assert all(
        of_issuer["start"]["issuers"] in ([], [of_issuer["issuer"]]) for of_issuer in outage["readings"]
    )


def test_what_the_newest_issuer_left_out_is_taken_from_the_one_before(unit, agency, rival):
    start = claim_stop(agency, unit, "2024-03-12", "2024-03-13")
    end = claim_restart(rival, unit, "2024-04-01", "2024-04-02")
    outage = the_outage()
    assert (outage["start"]["claims"], outage["end"]["claims"]) == ([start], [end])


def test_no_end_is_read_before_its_beginning(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-01", "2024-03-25", until="2024-03-05")
    claim_outage(rival, unit, "2024-03-02", "2024-03-21", until="2024-03-20")
    claim_stop(company("third"), unit, "2024-03-10", "2024-03-30")
    assert reading(the_outage()) == ("2024-03-10", "2024-03-20", "fact")


def test_two_who_say_the_same_stand_together(unit, agency, rival):
    claims = [
        claim_outage(issuer, unit, "2024-03-12", "2024-03-25", until="2024-03-20")
        for issuer in (agency, rival)
    ]
    outage = the_outage()
    assert sorted(outage["start"]["claims"]) == sorted(outage["end"]["claims"]) == sorted(claims)
    assert outage["rivals"] == {"start": [], "end": []}


def test_widest_has_no_end_while_somebody_stands_by_its_going_on(unit, agency, rival):
    claim_restart(agency, unit, "2024-04-01", "2024-06-01")
    claim = claim_outage(rival, unit, "2024-03-12", "2024-05-01")
    assert reading(the_outage("units/avt/timeline/?policy=latest")) == ("2024-03-12", "2024-04-01", "fact")
    outage = the_outage("units/avt/timeline/?policy=widest")
    assert reading(outage) == ("2024-03-12", None, "open")
    assert outage["end"]["claims"] == [claim]
    outage = the_outage("units/avt/timeline/?policy=latest")
    assert [(edge["at"], edge["kind"], edge["claims"]) for edge in outage["rivals"]["end"]] == [
        (None, "open", [claim])
    ]


def test_an_issuer_that_revises_its_word_no_longer_stands_by_the_old_one(unit, agency):
    claim_outage(agency, unit, "2024-03-12", "2024-05-01")
    claim_restart(agency, unit, "2024-04-20", "2024-05-10")
    assert reading(the_outage("units/avt/timeline/?policy=widest")) == ("2024-03-12", "2024-04-20", "fact")


@pytest.mark.parametrize(
    ("since", "until", "first"),
    [
        (None, None, "operator"),
        ("2024-01-01", None, "operator"),
        ("2024-03-13", None, "agency"),
        (None, "2024-03-11", "agency"),
        ("2024-03-12", "2024-03-12", "operator"),
    ],
)
def test_the_operator_is_who_operated_it_when_it_stopped(unit, agency, since, until, first):
    operator = company("operator")
    add_operator(operator, unit.facility, since=since, until=until)
    claim_outage(operator, unit, "2024-03-12", "2024-03-25", until="2024-03-20")
    claim_outage(agency, unit, "2024-03-12", "2024-04-10", until="2024-04-05")
    assert the_outage("units/avt/timeline/?policy=operator_first")["end"]["issuers"] == [first]


def test_a_spokesman_speaks_for_the_operator(unit, agency):
    operator = company("operator")
    add_operator(operator, unit.facility)
    spokesman = on_record(ActorFactory(affiliation=operator))
    claim = claim_outage(spokesman, unit, "2024-03-12", "2024-03-25", until="2024-03-20")
    claim_outage(agency, unit, "2024-03-12", "2024-04-10", until="2024-04-05")
    assert the_outage("units/avt/timeline/?policy=operator_first")["end"]["claims"] == [claim]


# What does not count ---------------------------------------------------------------------------------


def test_a_denial_is_named_and_ends_nothing(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    denial = publish_claim(rival, Topic.OPERATIONS_HALTED, unit, "2024-03-16", stance=Stance.DENIES)
    outage = the_outage()
    assert outage["denied_by"] == [denial]
    assert outage["end"]["kind"] == "open"
    assert denial not in outage["claims"]


def test_silence_is_neither(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    publish_claim(rival, Topic.OPERATIONS_HALTED, unit, "2024-03-16", stance=Stance.DECLINES_TO_COMMENT)
    assert the_outage()["denied_by"] == []


@pytest.mark.parametrize("stance", [Stance.DENIES, Stance.DISPUTES, Stance.RETRACTS])
def test_who_takes_its_word_back_no_longer_says_so(unit, agency, rival, stance):
    claim_outage(agency, unit, "2024-03-10", "2024-03-15")
    publish_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-20", stance=stance)
    assert outages() == []
    standing = claim_outage(rival, unit, "2024-03-12", "2024-03-15")
    outage = the_outage()
    assert outage["claims"] == [standing]
    assert bool(outage["denied_by"]) is (stance != Stance.RETRACTS)


def test_an_update_counts_as_newer_whenever_it_was_said(unit, agency):
    denial = on_record(draft_claim(agency, Topic.OPERATIONS_HALTED, unit, "2024-03-20", stance=Stance.DENIES))
    claim = draft_claim(
        agency, Topic.OPERATIONS_HALTED, unit, "2024-03-15", {"date": "2024-03-12", "open": True}
    )
    ClaimRelationFactory(claim=claim, kind=ClaimRelationKind.UPDATES, other=denial)
    on_record(claim)
    assert the_outage()["claims"] == [claim.public_id]


def test_a_report_that_its_publisher_retracted_no_longer_counts(unit, agency, rival):
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    report = on_record(ReportFactory(issued_earliest=dt.datetime(2024, 4, 2, tzinfo=dt.UTC)))
    claim_restart(rival, unit, "2024-04-01", "2024-04-02", report=report)
    assert the_outage()["end"]["kind"] == "fact"
    publishing.amend(report, add=[ReportNoticeFactory.build(report=report, kind=NoticeKind.RETRACTION)])
    outage = the_outage()
    assert outage["end"]["kind"] == "open"
    assert len(outage["claims"]) == 1


def test_drafts_and_withdrawn_claims_are_never_seen(unit, agency, rival):
    standing = claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    draft_claim(rival, Topic.OPERATIONS_HALTED, unit, "2024-03-15", {"date": "2024-01-01", "open": True})
    gone = claim_restart(rival, unit, "2024-04-01", "2024-04-02")
    publishing.withdraw(Claim.objects.get(public_id=gone), reason=WithdrawalReason.TYPO)
    number = draft_claim(rival, Topic.CAPACITY, unit, "2024-03-16", numbers=(exactly(5),))
    outage = the_outage()
    assert outage["claims"] == [standing]
    assert outage["offline"] == []
    assert number.public_id not in str(get_json("units/avt/timeline/"))


def test_a_draft_unit_or_capacity_is_not_there(unit, agency):
    hidden = UnitFactory(facility=unit.facility)
    get_json(f"units/{hidden.public_id}/timeline/", 404)
    CapacityFactory(unit=unit, facility=unit.facility)
    assert get_json("units/avt/timeline/")["capacities"] == []
