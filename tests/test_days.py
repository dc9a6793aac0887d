"""The days on which something about a strike became known, or was published by us, in one request."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from record import publishing
from record.choices import WithdrawalReason
from sources.models import ReportNotice
from strikes.imports.moments import moment_columns
from strikes.models import Claim
from tests.factories import (
    AssessmentFactory,
    ClaimFactory,
    PropositionFactory,
    ReportFactory,
    StrikeFactory,
    WaveFactory,
)
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db

KINDS = ("claims", "propositions", "reports", "notices", "assessments", "withdrawn")


def moment(prefix: str, **written: Any) -> dict[str, Any]:
    return {f"{prefix}{name}": value for name, value in moment_columns(written).items()}


def claim_of(strike, issued, said=None, **fields):
    """A claim of a page issued on a day in Moscow, and said on another one in Vladivostok."""
    point = fields.pop("proposition", None) or PropositionFactory(strike=fresh(strike))
    page = ReportFactory(**moment("issued_", date=issued, timezone="Europe/Moscow"))
    if said is not None:
        fields |= moment("said_", date=said, timezone="Asia/Vladivostok")
    return ClaimFactory(report=page, proposition=fresh(point), **fields)


class Clock:
    """Our own days, on each of which something is done to the record."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = datetime(2031, 5, 1, 23, 30, tzinfo=UTC)
        monkeypatch.setattr("django.utils.timezone.now", lambda: self.now)

    def next_day(self) -> None:
        self.now += timedelta(days=1)


@pytest.fixture
def told(monkeypatch):
    """A strike of a wave: claims of three points, one of them an open question, a retraction, a grade, a typo."""
    clock = Clock(monkeypatch)
    wave = WaveFactory(public_id="night")
    strike = StrikeFactory(public_id="north", wave=wave)
    who = PropositionFactory(strike=strike, open=True, text="Who?", topic="responsibility")
    rival = PropositionFactory(strike=strike, text="X did.", answers=who, topic="responsibility")
    damaged = PropositionFactory(strike=strike, text="It was damaged.")
    first = on_record(claim_of(strike, "2024-03-12", proposition=damaged))
    clock.next_day()
    on_record(claim_of(strike, "2024-03-13", proposition=damaged, stance="denies"))
    on_record(claim_of(strike, "2024-05-01", "2024-03-13", proposition=rival))
    clock.next_day()
    on_record(claim_of(strike, "2024-03-20", "2024-03-19", proposition=damaged, attribution="anonymous"))
    on_record(AssessmentFactory(proposition=fresh(damaged)), claim_of(wave, "2024-03-11"))
    clock.next_day()
    taken_back = ReportNotice(kind="retraction", dated=datetime(2024, 3, 14, 22, tzinfo=UTC))
    publishing.amend(fresh(first).report, add=[taken_back])  # the 15th in Moscow
    clock.next_day()
    draft = publishing.revise(first, statement="The unit took a hit.")
    publishing.correct(draft, reason=WithdrawalReason.TYPO)
    clock.next_day()
    return damaged.public_id


def counts(api, address):
    return {
        day["date"]: {kind: day[kind]["count"] for kind in KINDS if day[kind]["count"]}
        for day in api(address)["days"]
    }


def test_each_day_on_which_something_became_known_comes_with_what_and_how_many(api, told):
    assert counts(api, "strikes/north/days/") == {
        "2024-03-12": {"claims": 1, "propositions": 1, "reports": 1},
        "2024-03-13": {"claims": 2, "propositions": 2, "reports": 1},
        "2024-03-15": {"notices": 1},
        "2024-03-20": {"claims": 1, "reports": 1},
        "2024-05-01": {"reports": 1},
    }
    answer = api("strikes/north/days/")
    assert (answer["strike"]["id"], answer["by"]) == ("north", "known")
    first, *_ = answer["days"]
    assert first["propositions"]["ids"] == [told]


def test_each_day_on_which_we_published_something_comes_with_what_and_how_many(api, told):
    assert counts(api, "strikes/north/days/?by=published") == {
        "2031-05-01": {"claims": 1, "propositions": 1, "reports": 1},
        "2031-05-02": {"claims": 2, "propositions": 2, "reports": 2},
        "2031-05-03": {"claims": 1, "reports": 1, "assessments": 1},
        "2031-05-04": {"notices": 1},
        "2031-05-05": {"claims": 1, "withdrawn": 1},
    }


@pytest.mark.parametrize(("by", "parameter"), [("known", "known_at"), ("published", "as_of")])
@pytest.mark.parametrize("of", ["strike=north", "wave=night"])
def test_every_day_can_be_asked_for_and_shows_what_was_told_up_to_it(api, told, by, parameter, of):
    strike = of.split("=")[1]
    days = api(f"strikes/{strike}/days/?by={by}&descendants=true")["days"]
    assert [day["date"] for day in days] == sorted(day["date"] for day in days)
    gone: set[str] = set()
    seen: dict[str, set[str]] = {kind: set() for kind in ("claims", "propositions", "reports")}
    for day in days:
        gone |= set(day["withdrawn"]["ids"])
        for kind, ids in seen.items():
            ids |= set(day[kind]["ids"])
            rows = api(f"{kind}/?{of}&{parameter}={day['date']}&page_size=100")["results"]
            assert {row["id"] for row in rows} == ids - gone, (day["date"], kind)
        before = date.fromisoformat(day["date"]) - timedelta(days=1)
        if day == days[0]:  # the strike itself is not there yet
            api(f"strikes/{strike}/?{parameter}={before}", status=404)
            continue
        rows = api(f"claims/?{of}&{parameter}={before}&page_size=100")["results"]
        new = set(day["claims"]["ids"])
        assert not {row["id"] for row in rows} & new


def test_both_ways_back_narrow_them(api, told):
    assert counts(api, "strikes/north/days/?as_of=2031-05-02") == {
        "2024-03-12": {"claims": 1, "propositions": 1, "reports": 1},
        "2024-03-13": {"claims": 2, "propositions": 2, "reports": 1},
        "2024-05-01": {"reports": 1},
    }
    assert list(counts(api, "strikes/north/days/?known_at=2024-03-13")) == ["2024-03-12", "2024-03-13"]
    assert counts(api, "strikes/north/days/?known_at=2024-03-12&by=published") == {
        "2031-05-01": {"claims": 1, "propositions": 1, "reports": 1},
        "2031-05-03": {"assessments": 1},
        "2031-05-05": {"claims": 1, "withdrawn": 1},
    }
    api("strikes/north/days/?known_at=2024-03-11", status=404)
    api("strikes/north/days/?as_of=2031-04-30", status=404)


def test_a_wave_takes_in_what_it_groups_if_asked(api, told):
    assert counts(api, "strikes/night/days/") == {
        "2024-03-11": {"claims": 1, "propositions": 1, "reports": 1}
    }
    assert len(counts(api, "strikes/night/days/?descendants=true")) == 6


def test_what_was_merged_belongs_to_the_days(api, told):
    twin = StrikeFactory(public_id="twin", wave=fresh(on_record(WaveFactory(public_id="other"))))
    point = on_record(claim_of(twin, "2024-03-10", proposition=PropositionFactory(strike=twin))).proposition
    publishing.merge(
        twin,
        fresh(
            Claim.objects.get(proposition__public_id=told, withdrawn_rev=None, stance="denies")
        ).proposition.strike,
    )
    days = api("strikes/north/days/")["days"]
    assert days[0]["date"] == "2024-03-10"
    assert days[0]["propositions"]["ids"] == [point.public_id]
    assert api.raw("strikes/twin/days/").status_code == 308


def test_what_was_taken_down_is_on_no_day(api, told):
    claim = Claim.objects.get(proposition__public_id=told, stance="denies")
    publishing.takedown(claim, reason=WithdrawalReason.LEGAL, note="By order of a court.")
    for by in ("known", "published"):
        days = api(f"strikes/north/days/?by={by}")["days"]
        assert claim.public_id not in {name for day in days for kind in KINDS for name in day[kind]["ids"]}


def test_its_parameters_are_strict(api, told):
    for query, parameter, code in [
        ("by=said", "by", "invalid_choice"),
        ("by=", "by", "empty"),
        ("by=known&by=published", "by", "repeated"),
        ("descendants=yes", "descendants", "invalid_choice"),
        ("topic=damage", "topic", "unknown_parameter"),
        ("known_at=yesterday", "known_at", "invalid"),
    ]:
        (error,) = api(f"strikes/north/days/?{query}", status=400)["errors"]
        assert (error["parameter"], error["code"]) == (parameter, code)
    api("strikes/nowhere/days/", status=404)


def test_the_answer_is_bounded(api, told, monkeypatch):
    monkeypatch.setattr("strikes.api.days.MOST_IDS", 1)
    days = api("strikes/north/days/")["days"]
    assert [(day["claims"]["count"], len(day["claims"]["ids"])) for day in days[:2]] == [(1, 1), (2, 1)]
    monkeypatch.setattr("strikes.api.days.MOST_CLAIMS", 3)
    (error,) = api("strikes/north/days/?by=known", status=400)["errors"]
    assert error["code"] == "too_much"


@pytest.mark.parametrize("by", ["known", "published"])
def test_more_claims_take_no_more_queries(api, told, by, django_assert_num_queries):
    address = f"strikes/night/days/?by={by}&descendants=true"
    with CaptureQueriesContext(connection) as few:
        api(address)
    for day in range(10, 16):
        another = StrikeFactory(wave=StrikeFactory._meta.model.objects.get(public_id="night"))
        on_record(claim_of(another, f"2024-04-{day}"))
    with django_assert_num_queries(len(few)):
        api(address)
