"""Times are entered as on the clocks of the place; the edges in UTC are worked out."""

from datetime import UTC, datetime
from typing import Any

import pytest

from sources.models import Report
from strikes.models import Claim
from tests.admin.conftest import Editor, admin_url
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    PropositionFactory,
    ReportFactory,
    SourceFactory,
    StrikeFactory,
)
from tests.forms import complaints, sentences
from tests.on_record import fresh, on_record


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


def entered(editor: Editor, **moment: Any) -> Report:
    editor.saved(
        admin_url(Report, "add"),
        source=str(SourceFactory().pk),
        title="A headline",
        language="en",
        issued_local_date="2024-03-12",
        **{f"issued_{name}": value for name, value in moment.items()},
    )
    return Report.objects.get()


@pytest.mark.parametrize(
    ("moment", "earliest", "latest", "precision"),
    [
        (
            {"timezone": "Europe/Moscow", "from_time": "08:25"},
            at(2024, 3, 12, 5, 25),
            at(2024, 3, 12, 5, 25),
            "minute",
        ),
        ({"timezone": "Europe/Moscow"}, at(2024, 3, 11, 21), at(2024, 3, 12, 20, 59, 59), "day"),
        ({}, at(2024, 3, 11, 10), at(2024, 3, 13, 11, 59, 59), "day"),
        (
            {"timezone": "Europe/Kyiv", "from_time": "02:00", "until_time": "05:30"},
            at(2024, 3, 12),
            at(2024, 3, 12, 3, 30),
            "part_of_day",
        ),
        (
            {"timezone": "UTC", "from_time": "23:00", "until_time": "03:00"},
            at(2024, 3, 12, 23),
            at(2024, 3, 13, 3),
            "part_of_day",
        ),
        (
            {"timezone": "UTC", "from_time": "8:25", "precision": "hour"},
            at(2024, 3, 12, 8, 25),
            at(2024, 3, 12, 8, 25),
            "hour",
        ),
        ({"timezone": "UTC", "precision": "month"}, at(2024, 3, 12), at(2024, 3, 31, 23, 59, 59), "month"),
    ],
)
def test_the_edges_are_worked_out_from_the_date_the_zone_and_the_time_of_day(
    moment, earliest, latest, precision, editor
):
    report = entered(editor, **moment)
    assert (report.issued_earliest, report.issued_latest, report.issued_precision) == (
        earliest,
        latest,
        precision,
    )


def test_edges_that_are_entered_are_kept(editor):
    report = entered(
        editor,
        timezone="Europe/Moscow",
        precision="days",
        earliest_0="2024-03-12",
        earliest_1="00:00:00",
        latest_0="2024-03-14",
        latest_1="20:59:59",
    )
    assert (report.issued_earliest, report.issued_latest) == (at(2024, 3, 12), at(2024, 3, 14, 20, 59, 59))


def test_when_words_were_disclosed_is_entered_like_any_other_time(editor):
    claim = ClaimFactory(report=ReportFactory(issued_earliest=at(2024, 5, 7)))
    editor.saved(admin_url(claim), disclosed_local_date="2024-04-02", disclosed_timezone="Europe/Moscow")
    saved = fresh(claim)
    assert (saved.disclosed_earliest, saved.disclosed_latest, saved.disclosed_precision) == (
        at(2024, 4, 1, 21),
        at(2024, 4, 2, 20, 59, 59),
        "day",
    )


def test_a_strike_that_still_goes_on_keeps_its_open_end(editor):
    strike = StrikeFactory(latest=None)
    editor.saved(admin_url(strike), title="Another name")
    assert fresh(strike).latest is None


def test_emptied_edges_are_worked_out_anew(editor):
    report = ReportFactory(issued_timezone="Europe/Moscow")
    editor.saved(
        admin_url(report),
        issued_local_date="2024-03-13",
        **{f"issued_{edge}_{n}": "" for edge in ("earliest", "latest") for n in (0, 1)},
    )
    assert fresh(report).issued_earliest == at(2024, 3, 12, 21)


def test_local_times_entered_as_utc_are_noticed_by_their_date(editor):
    report = ReportFactory()
    answer = editor.send(
        admin_url(report),
        issued_timezone="Asia/Tokyo",
        issued_earliest_1="23:00:00",
        issued_latest_1="23:00:00",
    )
    assert (
        "issued_local_date",
        "By the early edge, which is in UTC, it was 2024-03-13 there. Empty both edges to have them worked out from the date.",
    ) in complaints(answer)


def test_what_cannot_be_worked_out_is_said_beside_its_field(editor):
    claim = ClaimFactory()
    for entered_, field in (
        ({"said_from_time": "08:25"}, "said_local_date"),
        ({"said_local_date": "2024-03-12", "said_until_time": "08:25"}, "said_until_time"),
        ({"said_local_date": "2024-03-12", "said_timezone": "Mars/Olympus"}, "said_local_date"),
        ({"said_local_date": "2024-03-12", "said_from_time": "25:00"}, "said_from_time"),
        (
            {"said_local_date": "9998-12-31", "said_from_time": "08:00", "said_until_time": "07:00"},
            "said_local_date",
        ),
    ):
        complained = complaints(editor.send(admin_url(claim), **entered_))
        assert field in [name for name, _ in complained], (entered_, complained)
    assert fresh(claim).said_earliest is None


def test_a_report_without_any_time_is_refused(editor):
    answer = editor.send(
        admin_url(Report, "add"), source=str(SourceFactory().pk), title="A headline", language="en"
    )
    assert "This field is required." in sentences(answer)
    assert not Report.objects.exists()


def test_a_claim_needs_no_time_of_its_own(editor):
    editor.saved(
        admin_url(Claim, "add"),
        report=str(ReportFactory().pk),
        position="0",
        part="body",
        actor=str(ActorFactory().pk),
        proposition=str(PropositionFactory().pk),
        stance="asserts",
        attribution="on_record",
        statement="Hit.",
    )
    claim = Claim.objects.get()
    assert claim.said_earliest is claim.said_latest is claim.said_precision is claim.event_earliest is None


def test_the_time_of_a_public_strike_is_amended_by_its_clock(editor):
    strike = on_record(StrikeFactory(timezone="Europe/Moscow"))
    editor.saved(admin_url(strike, "amend"), "_amend", from_time="03:10")
    assert fresh(strike).earliest == fresh(strike).latest == at(2024, 3, 12, 0, 10)


def test_the_frozen_times_of_a_public_claim_have_no_clocks(editor):
    claim = on_record(ClaimFactory())
    for address in (admin_url(claim), admin_url(claim, "amend")):
        assert not [name for name in editor.form(address) if name.endswith("_time")]
