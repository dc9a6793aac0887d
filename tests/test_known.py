"""From when things are known: words before their page, days on their own clocks, coarse dates by their end (D83)."""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps

from record import publishing
from record.audit import discrepancies
from record.choices import WithdrawalReason
from record.models import AsOf
from sources.choices import ActorKind
from sources.models import Report, ReportNotice
from strikes.imports.moments import moment_columns
from strikes.models import Claim
from tests.factories import (
    MORNING,
    ActorFactory,
    ClaimFactory,
    DamageEstimateFactory,
    EvidenceFactory,
    PropositionFactory,
    ReportFactory,
    WeaponCountFactory,
)
from tests.on_record import fresh, on_record

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def moment(prefix: str, **written: Any) -> dict[str, Any]:
    """The columns of a moment that a bundle would write so."""
    return {f"{prefix}{name}": value for name, value in moment_columns(written).items()}


def report(**written: Any) -> Any:
    return ReportFactory(**moment("issued_", **written))


def is_there(api, row, known_at):
    return api.raw(f"{row.collection}/{row.public_id}/?known_at={known_at}").status_code == 200


def first_day(api, row):
    """The first date by which a row is there; it is there on all later ones."""
    days = [date(2024, 3, 1) + timedelta(days=number) for number in range(130)]
    first = bisect_left(days, True, key=lambda day: is_there(api, row, day))
    return days[first].isoformat()


# A word before its page ----------------------------------------------------------------------------------


@pytest.fixture
def denial(db):
    """A minister denies it on 5 May; the page in which we read it was issued in September."""
    minister = ActorFactory(kind=ActorKind.PERSON, name="The minister")
    said = moment("said_", date="2024-05-05", time="10:00", timezone="Europe/Moscow")
    page = report(date="2024-09-10", timezone="Europe/Moscow")
    claim = ClaimFactory(actor=minister, stance="denies", report=page, **said)
    DamageEstimateFactory(claim=claim)
    WeaponCountFactory(claim=claim)
    # An outlet says the contrary on the next day; and the late page says so, too.
    ClaimFactory(proposition=claim.proposition, report=report(date="2024-05-06", timezone="Europe/Moscow"))
    late = ClaimFactory(
        proposition=claim.proposition,
        report=page,
        position=1,
        attribution="anonymous",
        actor=ActorFactory(kind=ActorKind.ANONYMOUS, name="officials"),
    )
    on_record(*Claim.objects.all(), EvidenceFactory(report=page))
    assert fresh(late).known_on == date(2024, 9, 10)
    return fresh(claim)


def test_a_word_by_name_is_there_from_the_day_it_was_said(api, denial):
    address = f"claims/{denial.public_id}/?known_at"
    api(f"{address}=2024-05-04", status=404)
    api(f"{address}=2024-05-05T06:59:59Z", status=404)
    for then, later in [("2024-05-05", True), ("2024-05-05T07:00:00Z", True), ("2024-09-10", False)]:
        assert api(f"{address}={then}")["report_issued_later"] is later
    assert api(f"claims/{denial.public_id}/")["report_issued_later"] is False


def test_a_page_that_was_issued_later_is_no_document(api, denial):
    point = denial.proposition

    def stands(query):
        row = api(f"propositions/{point.public_id}/?{query}")
        (account,) = api(f"strikes/{point.strike.public_id}/accounts/?{query}")["propositions"]
        assert account["documents"] == row["documents"]
        summary = api(f"strikes/{point.strike.public_id}/?{query}")["summary"]
        reports = api(f"reports/?strike={point.strike.public_id}&{query}")["count"]
        assert summary["documents"] == reports
        origins = {origin["side"]: origin["documents"] for origin in account["origins"]}
        return row["dispute"], row["documents"], origins, summary["documents"], summary["claims"]

    assert stands("known_at=2024-05-05") == ("denied", 0, {"negative": 0}, 0, 1)
    assert stands("known_at=2024-05-06") == ("disputed", 1, {"negative": 0, "positive": 1}, 1, 2)
    api(f"reports/{denial.report.public_id}/?known_at=2024-09-09", status=404)
    dispute, documents, *_ = stands("known_at=2024-09-10")
    assert (dispute, documents) == ("disputed", 2)


def test_an_explanation_names_only_who_had_spoken(api, denial):
    address = f"propositions/{denial.proposition.public_id}/"
    assert "officials" in api(address)["explanation"]
    explanation = api(f"{address}?known_at=2024-05-05")["explanation"]
    assert explanation == "Only denied, by The minister; nobody says that it is so."


def test_one_word_that_is_on_no_page_yet_has_no_more_pages(api, denial):
    words = api(f"propositions/{on_record(assertion()).proposition.public_id}/?known_at=2024-05-05")
    assert (words["dispute"], words["documents"]) == ("single_origin", 0)
    assert words["explanation"] == "One word: The company."


def assertion() -> Claim:
    company = ActorFactory(kind=ActorKind.COMPANY, name="The company")
    said = moment("said_", date="2024-05-05", timezone="Europe/Moscow")
    claim: Claim = ClaimFactory(actor=company, report=report(date="2024-06-07"), **said)
    return claim


@pytest.mark.parametrize("collection", ["damage-estimates", "weapon-counts"])
def test_its_numbers_are_there_with_it_and_say_that_the_report_came_later(api, denial, collection):
    assert api(f"{collection}/?known_at=2024-05-04")["count"] == 0
    for then, later in [("2024-05-05", True), ("2024-09-10", False)]:
        (number,) = api(f"{collection}/?known_at={then}")["results"]
        assert number["claim"]["report_issued_later"] is later
        assert api(f"{collection}/{number['id']}/?known_at={then}") == number


def test_both_ways_back_meet(api, denial):
    published = denial.published_rev.at.isoformat().replace("+00:00", "Z")
    address = f"claims/{denial.public_id}/?as_of={published}"
    assert api(f"{address}&known_at=2024-05-05")["report_issued_later"] is True
    api(f"{address}&known_at=2024-05-04", status=404)
    assert api(f"claims/?known_at=2024-05-05&as_of={published}&facets=stance&page_size=1")["count"] == 1


# What was sealed, under embargo, or printed later ----------------------------------------------------------


def test_what_was_disclosed_later_is_known_from_then(api):
    said = moment("said_", date="2024-03-12", timezone="Europe/Moscow")
    disclosed = moment("disclosed_", date="2024-04-02", timezone="Europe/Moscow", as_stated="unsealed")
    claim = on_record(ClaimFactory(report=report(date="2024-05-07"), **said, **disclosed))
    assert first_day(api, claim) == "2024-04-02"
    row = api(f"claims/{claim.public_id}/")
    assert row["disclosed_at"] == {
        "earliest": "2024-04-01T21:00:00Z",
        "latest": "2024-04-02T20:59:59Z",
        "precision": "day",
        "timezone": "Europe/Moscow",
        "local_date": "2024-04-02",
        "as_stated": "unsealed",
    }
    line = b"".join(api.raw("claims/?format=csv").streaming_content).decode()
    assert "disclosed_at.as_stated" in line
    assert "unsealed" in line


def test_a_disclosure_without_an_end_tells_nothing(api):
    open_end = moment("disclosed_", date="2024-04-02", timezone="Europe/Moscow", open=True)
    claim = on_record(ClaimFactory(report=report(date="2024-05-07", timezone="Europe/Moscow"), **open_end))
    assert first_day(api, claim) == "2024-05-07"


@pytest.mark.parametrize(
    ("disclosed", "sentence"),
    [
        ({"date": "2024-03-11", "timezone": "UTC"}, "it became public before it was said"),
        ({"date": "2024-03-21", "timezone": "UTC"}, "it is after the report that prints it"),
    ],
)
def test_what_cannot_have_been_disclosed_then_is_refused(disclosed, sentence):
    said = moment("said_", date="2024-03-13", timezone="UTC")
    page = report(date="2024-03-19", timezone="UTC")
    claim = ClaimFactory(report=page, **said, **moment("disclosed_", **disclosed))
    with pytest.raises(publishing.Blocked, match=sentence):
        on_record(claim)


def test_a_page_reaches_to_its_last_update():
    claim = ClaimFactory(
        report=report(date="2024-03-19", timezone="UTC"),
        **moment("disclosed_", date="2024-03-21", timezone="UTC"),
    )
    ReportNotice.objects.create(
        report=claim.report, kind="update", dated=datetime(2024, 3, 21, 9, tzinfo=UTC)
    )
    assert on_record(claim).known_on == date(2024, 3, 19)  # the page itself had told it, however vaguely


def test_an_editor_is_asked_about_a_disclosure_that_moves_nothing():
    disclosed = moment("disclosed_", date="2024-03-11", timezone="UTC")
    claim = ClaimFactory(attribution="anonymous", **disclosed)
    assert [text for text in claim.questions() if text.startswith("disclosed:")]
    by_name = ClaimFactory(**disclosed)
    assert not [text for text in by_name.questions() if text.startswith("disclosed:")]


def test_a_correction_can_say_when_it_was_disclosed(api):
    said = moment("said_", date="2024-03-12", timezone="UTC")
    claim = on_record(ClaimFactory(report=report(date="2024-05-07", timezone="UTC"), **said))
    assert first_day(api, claim) == "2024-03-12"
    draft = publishing.revise(claim, **moment("disclosed_", date="2024-04-01", timezone="UTC"))
    publishing.correct(draft, reason=WithdrawalReason.TYPO)
    assert first_day(api, fresh(draft)) == "2024-04-01"
    with pytest.raises(publishing.Blocked, match="frozen"):
        publishing.amend(fresh(draft), {"disclosed_latest": MORNING})


# Days on their own clocks --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("issued", "day", "moment_after"),
    [
        ({"date": "2024-03-12", "timezone": "Europe/Moscow"}, "2024-03-12", "2024-03-12T20:59:59Z"),
        ({"date": "2024-03-12", "timezone": "America/Los_Angeles"}, "2024-03-12", "2024-03-13T06:59:59Z"),
        ({"date": "2024-03-12"}, "2024-03-12", "2024-03-13T11:59:59Z"),
        ({"date": "2024-03-12", "time": "23:30"}, "2024-03-12", "2024-03-13T11:30:00Z"),
        ({"date": "2024-03-12", "until_date": "2024-03-14"}, "2024-03-14", "2024-03-15T11:59:59Z"),
        ({"date": "2024-03-01", "precision": "month"}, "2024-03-31", "2024-04-01T11:59:59Z"),
        (
            {"date": "2024-02-10", "precision": "month", "timezone": "UTC"},
            "2024-02-29",
            "2024-02-29T23:59:59Z",
        ),
        (
            {"date": "2024-03-11", "precision": "week", "timezone": "UTC"},
            "2024-03-17",
            "2024-03-17T23:59:59Z",
        ),
        (
            {"date": "2023-05-01", "precision": "year", "timezone": "UTC"},
            "2023-12-31",
            "2023-12-31T23:59:59Z",
        ),
    ],
)
def test_a_bare_date_takes_in_whose_last_day_it_is_and_an_instant_compares_late_edges(
    api, issued, day, moment_after
):
    page = report(**issued)
    claim = on_record(ClaimFactory(report=page))
    before = date.fromisoformat(day) - timedelta(days=1)
    an_instant_before = (datetime.fromisoformat(moment_after) - timedelta(seconds=1)).isoformat()[:19] + "Z"
    for row in (page, claim, claim.proposition, claim.proposition.strike):
        assert (is_there(api, row, day), is_there(api, row, before)) == (True, False)
        assert (is_there(api, row, moment_after), is_there(api, row, an_instant_before)) == (True, False)


def test_a_notice_is_dated_on_the_clock_of_its_page(api):
    page = report(date="2024-03-12", timezone="Europe/Moscow")
    claim = ClaimFactory(report=page)
    midnight = datetime(2024, 3, 13, 21, 30, tzinfo=UTC)  # the 14th in Moscow
    ReportNotice.objects.create(report=page, kind="retraction", dated=midnight)
    on_record(claim)
    for then, retracted in [("2024-03-13", False), ("2024-03-14", True), ("2024-03-13T21:30:00Z", True)]:
        assert api(f"claims/{claim.public_id}/?known_at={then}")["report_retracted"] is retracted
    publishing.amend(fresh(page), {"issued_timezone": None})
    assert api(f"claims/{claim.public_id}/?known_at=2024-03-13")["report_retracted"] is True


# What changes it -----------------------------------------------------------------------------------------


def test_an_amended_issue_moves_what_was_known(api):
    page = report(date="2024-03-12", timezone="Europe/Moscow")
    claim = on_record(ClaimFactory(report=page, attribution="anonymous"))
    changes = moment("issued_", date="2024-03-20", timezone="Europe/Moscow")
    publishing.amend(fresh(page), changes)
    assert (first_day(api, page), first_day(api, claim)) == ("2024-03-20", "2024-03-20")
    publishing.amend(fresh(page), {"issued_timezone": "Pacific/Auckland"})
    assert (first_day(api, page), first_day(api, claim)) == ("2024-03-21", "2024-03-21")


def test_who_speaks_by_name_follows_what_the_speaker_is(api):
    speaker = ActorFactory(kind=ActorKind.COLLECTIVE, name="Moscow")
    said = moment("said_", date="2024-03-12", timezone="UTC")
    claim = on_record(ClaimFactory(actor=speaker, report=report(date="2024-04-01", timezone="UTC"), **said))
    assert first_day(api, claim) == "2024-04-01"
    publishing.amend(fresh(speaker), {"kind": ActorKind.GOVERNMENT_BODY})
    assert first_day(api, claim) == "2024-03-12"


def test_what_is_kept_is_what_the_migrations_keep_and_check_record_says_where_it_is_not(denial):
    ReportNotice.objects.create(
        report=report(date="2024-03-12", timezone="Asia/Tokyo"), kind="update", dated=MORNING + 10 * HOUR
    )
    on_record(*Report.objects.filter(published_rev=None))
    kept = [
        (Report, ["pk", "known_on"]),
        (ReportNotice, ["pk", "known_on"]),
        (Claim, ["pk", "known_at", "known_on"]),
    ]
    before = [set(model.objects.values_list(*columns)) for model, columns in kept]
    assert list(discrepancies()) == []
    for model, _ in kept:
        model.objects.update(known_on=date(1999, 1, 1))
    Claim.objects.update(known_at=MORNING - 99 * HOUR)
    wrong = [line for line in discrepancies() if "from when on it was known" in line]
    assert len(wrong) == sum(len(rows) for rows in before)
    import_module("sources.migrations.0004_when_it_was_known").keep_last_days(apps, None)
    import_module("strikes.migrations.0013_when_it_was_known").keep_known_times(apps, None)
    assert [set(model.objects.values_list(*columns)) for model, columns in kept] == before


def test_an_undated_page_was_there_when_we_recorded_it(api):
    """Its late edge is the day on which it was read; words by name that it prints were known before."""
    page = report(date="2024-06-01", timezone="UTC", earliest="2023-01-01T00:00:00Z", precision="unknown")
    unnamed = ClaimFactory(report=page, attribution="unattributed")
    said = moment("said_", date="2024-03-12", timezone="UTC")
    named = ClaimFactory(report=page, position=1, **said)
    on_record(unnamed, named)
    assert (first_day(api, page), first_day(api, unnamed), first_day(api, named)) == (
        "2024-06-01",
        "2024-06-01",
        "2024-03-12",
    )


def test_what_was_said_in_a_report_dated_to_the_month_was_said_by_its_end():
    page = report(date="2024-04-01", precision="month", timezone="UTC")
    assert ClaimFactory(report=page).said_on == date(2024, 4, 30)


def test_a_row_says_whether_it_was_known():
    claim = on_record(ClaimFactory(report=report(date="2024-03-12")))
    assert claim.is_known(AsOf(1))
    assert claim.is_known(AsOf(1, date(2024, 3, 12)))
    assert not claim.is_known(AsOf(1, MORNING))
    assert PropositionFactory().is_known(AsOf(1, MORNING))  # what says nothing is not judged by it
