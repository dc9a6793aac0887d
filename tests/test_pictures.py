"""Pictures: well-formed, each mark titled with its claims, readable without colours, and safe to open."""

import itertools
import re
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client

from sources.choices import ActorKind
from strikes.api.pictures import Axis, parse_date, scale_steps
from strikes.choices import Metric
from tests.factories import ActorFactory, CapacityFactory, FacilityFactory, StrikeFactory, UnitFactory
from tests.on_record import on_record
from tests.outage_claims import (
    at_least,
    at_most,
    between,
    claim_outage,
    claim_restart,
    exactly,
    forecast_restart,
)

pytestmark = pytest.mark.django_db

NASTY = "Plant <script>alert(1)</script> & \"Sons\" 'Ltd' \u2028]]>"
SERIES = "stats/capacity-offline/?facility=plant&unit_of_measure=kbbl_per_day&format=svg"
TIMELINE = "facilities/plant/timeline/?format=svg"


@pytest.fixture(autouse=True)
def today():
    with time_machine.travel("2024-06-30T12:00:00Z", tick=False):
        yield


@pytest.fixture
def unit():
    plant = on_record(FacilityFactory(public_id="plant", name=NASTY))
    unit = on_record(UnitFactory(public_id="avt", facility=plant, designation="AVT <6> & co"))
    on_record(CapacityFactory(facility=plant, unit=unit, unit_of_measure="kbbl_per_day", **exactly(70)))
    return unit


@pytest.fixture
def agency():
    return on_record(ActorFactory(public_id="agency", kind=ActorKind.COMPANY))


@pytest.fixture
def rival():
    return on_record(ActorFactory(public_id="rival", kind=ActorKind.COMPANY))


def picture(address):
    response = Client().get(f"/api/v1/{address}")
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    return ElementTree.fromstring(response.content)


def named(root, tag):
    return list(root.iter(f"{{http://www.w3.org/2000/svg}}{tag}"))


def titles(root):
    """The title of each group of marks, with what is drawn in it."""
    marks_by_title = {}
    for group in named(root, "g"):
        title = group.find("{http://www.w3.org/2000/svg}title")
        if title is not None:
            marks_by_title[title.text] = [child for child in group if child is not title]
    return marks_by_title


@pytest.fixture
def claims(unit, agency, rival):
    return {
        "over": claim_outage(agency, unit, "2024-03-12", "2024-06-26", until="2024-06-22"),
        "rival": claim_outage(rival, unit, "2024-03-15", "2024-04-26", until="2024-04-22"),
        "forecast": forecast_restart(rival, unit, "2024-04-01", "2024-03-26", until="2024-06-30"),
        "whole": claim_outage(agency, unit.facility, "2024-03-12", "2024-03-20", numbers=[at_least(30)]),
    }


@pytest.mark.parametrize(
    "address", [TIMELINE, f"{TIMELINE}&policy=all", "units/avt/timeline/?format=svg", SERIES]
)
def test_a_picture_is_well_formed_and_says_what_it_shows(unit, claims, address):
    root = picture(address)
    assert root.get("role") == "img"
    title, text = root[0], root[1]
    assert title.tag.endswith("title")
    assert text.tag.endswith("desc")
    assert root.get("aria-labelledby").split() == [title.get("id"), text.get("id")]
    assert title.text.startswith(("Outages of", "Capacity offline"))
    assert text.text.strip()


@pytest.mark.parametrize("address", [TIMELINE, f"{TIMELINE}&policy=all", SERIES])
def test_a_picture_runs_nothing_and_loads_nothing(unit, claims, address):
    response = Client().get(f"/api/v1/{address}")
    text = response.content.decode()
    root = ElementTree.fromstring(text)
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {
        "svg",
        "title",
        "desc",
        "defs",
        "pattern",
        "rect",
        "text",
        "g",
        "line",
        "path",
        "circle",
        "a",
    }
    names = {name for element in root.iter() for name in element.attrib}
    assert not [name for name in names if name.startswith("on") or name in ("style", "class")]
    assert {link.get("href").rpartition("/api/")[0] for link in named(root, "a")} <= {"http://testserver"}
    assert re.findall(r"url\(([^)]*)\)", text).count("#hatched") == text.count("url(")
    assert "script-src" in response["Content-Security-Policy"]


def test_names_are_text_and_never_markup(unit, claims):
    on_record(StrikeFactory(facility=unit.facility, title=NASTY))
    root = picture(TIMELINE)
    assert NASTY in named(root, "title")[0].text
    shown = [text.text for text in named(root, "text")]
    assert "AVT <6> & co" in shown
    assert any(title.startswith("strike: ") and NASTY in title for title in titles(root))


def test_what_xml_cannot_hold_is_left_out(unit, agency):
    unit.facility.name = "Plant \x08\ufffe"
    unit.facility.save()
    assert named(picture(TIMELINE), "title")[0].text.startswith("Outages of Plant ,")


def test_every_bar_and_mark_of_a_timeline_names_its_claims(unit, claims):
    on_record(StrikeFactory(facility=unit.facility))
    root = picture(TIMELINE)
    marks_by_title = titles(root)
    drawn = [
        mark
        for marks in marks_by_title.values()
        for mark in marks
        if mark.tag.rpartition("}")[2] in ("rect", "circle", "path")
    ]
    assert len(named(root, "rect")) - 3 + len(named(root, "circle")) + len(named(root, "path")) == len(drawn)
    marks = [
        title for title in marks_by_title if not title.startswith(("strike", "incident", "AVT", "The whole"))
    ]
    assert len(marks) == 5
    assert all(re.search(r"\((clm_\w+)(, clm_\w+)*\)$", title) for title in marks)
    text = " ".join(marks)
    assert all(claim in text for claim in claims.values())
    assert f"halted from 2024-03-12 until 2024-06-22 ({claims['over']})" in marks
    assert f"Also said to end: 2024-04-22, by rival ({claims['rival']})" in marks
    assert f"Predicted to end: between 2024-04-01 and 2024-06-30, by rival ({claims['forecast']})" in marks
    description = named(root, "desc")[0].text
    assert claims["over"] in description
    assert claims["whole"] in description


def test_forecasts_and_what_goes_on_are_dashed_and_what_is_over_is_not(unit, claims):
    marks_by_title = titles(picture(TIMELINE))

    def dashed(begin):
        (marks,) = (marks for title, marks in marks_by_title.items() if title.startswith(begin))
        return [mark.get("stroke-dasharray") is not None for mark in marks]

    assert dashed("Predicted to end") == [True, True]
    assert dashed("Also said to end") == [False, False]
    assert dashed("halted from 2024-03-12 until") == [False]
    assert dashed("halted from 2024-03-12 still") == [True]


def test_certain_and_uncertain_differ_by_more_than_their_colour(unit, claims):
    marks_by_title = titles(picture(TIMELINE))
    fills = {
        title.split(" (")[0]: marks[0].get("fill")
        for title, marks in marks_by_title.items()
        if title.startswith("halted from")
    }
    assert fills == {
        "halted from 2024-03-12 until 2024-06-22": "#8a2c0d",
        "halted from 2024-03-12 still, no end predicted": "url(#hatched)",
    }


def test_each_issuer_has_a_bar_of_its_own(unit, claims):
    root = picture(f"{TIMELINE}&policy=all")
    bars = {title: marks[0] for title, marks in titles(root).items() if title.startswith("halted from")}
    assert len({(bar.get("x"), bar.get("y")) for bar in bars.values()}) == len(bars) == 3
    assert any(" by rival (" in title for title in bars)
    assert "rival" in [text.text for text in named(root, "text")]


def test_what_ran_at_part_load_is_drawn_lower_than_what_stood_still(unit, agency):
    load = exactly(60, metric=Metric.UTILISATION, unit_of_measure="percent", denominator="unit_capacity")
    claim_outage(agency, unit, "2024-03-12", "2024-03-15")
    back = claim_restart(agency, unit, "2024-06-22", "2024-06-26", numbers=[load])
    root = picture(TIMELINE)
    bars = {title.split()[0]: marks[0] for title, marks in titles(root).items() if title.endswith(f"{back})")}
    assert int(bars["halted"].get("height")) == 2 * int(bars["reduced"].get("height"))
    assert bars["halted"].get("fill") != bars["reduced"].get("fill") == "url(#hatched)"
    text = named(root, "desc")[0].text
    assert "reduced at utilisation: exactly 60 percent of unit capacity from 2024-06-22 still" in text


def test_who_says_that_it_goes_on_is_drawn_as_an_arrow(unit, agency, rival):
    claim_restart(agency, unit, "2024-04-01", "2024-06-01")
    claim = claim_outage(rival, unit, "2024-03-12", "2024-05-01")
    assert f"Also said to go on, by rival ({claim})" in titles(picture(TIMELINE))


def test_an_outage_without_a_beginning_is_drawn_and_says_so(unit, agency):
    claim = claim_restart(agency, unit, "2024-04-01", "2024-06-01")
    assert f"halted nobody says since when, until 2024-04-01 ({claim})" in titles(picture(TIMELINE))


def test_nothing_to_draw_is_said_in_words(unit):
    for address, words in (
        (TIMELINE, "No outage was reported."),
        (SERIES, "Nothing was said to be offline that can"),
    ):
        assert any((text.text or "").startswith(words) for text in named(picture(address), "text"))


def test_nothing_is_drawn_outside_the_picture(unit, claims, agency):
    for number in range(12):
        claim_outage(
            agency,
            unit,
            f"2023-{number + 1:02}-01",
            f"2023-{number + 1:02}-20",
            until=f"2023-{number + 1:02}-10",
        )
    for address in (TIMELINE, f"{TIMELINE}&policy=all", SERIES, f"{SERIES}&interval=day&after=2023-06-01"):
        root = picture(address)
        width, height = float(root.get("width")), float(root.get("height"))
        for rect in (*named(root, "rect"), *named(root, "text")):
            assert (
                0
                <= float(rect.get("x", 0))
                <= float(rect.get("x", 0)) + float(rect.get("width", 0))
                <= width + 1
            )
            assert (
                0
                <= float(rect.get("y", 0))
                <= float(rect.get("y", 0)) + float(rect.get("height", 0))
                <= height + 1
            )
        ticks = [
            float(t.get("x"))
            for t in named(root, "text")
            if re.fullmatch(r"[A-Z][a-z]{2} \d{4}", t.text or "")
        ]
        assert ticks == sorted(ticks)
        assert all(later - earlier > 45 for earlier, later in itertools.pairwise(ticks))


# The series -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "words", "sure", "maybe", "line"),
    [
        (exactly(50), "at least 50, at most 50", True, False, True),
        (between(20, 60), "at least 20, at most 60", True, True, False),
        (at_most(60), "at least 0, at most 60", False, True, False),
        (at_least(20), "at least 20, left open above", True, True, False),
    ],
)
def test_bounds_are_bands(unit, agency, number, words, sure, maybe, line):
    claim = claim_outage(agency, unit, "2024-03-01", "2024-03-10", until="2024-03-02", numbers=[number])
    root = picture(f"{SERIES}&interval=day&before=2024-03-04")
    ((title, marks),) = titles(root).items()
    assert title == f"2024-03-01 to 2024-03-02: {words} kbbl per day ({claim})"
    drawn = [(mark.tag.rpartition("}")[2], mark.get("fill")) for mark in marks]
    assert (("rect", "#8a2c0d") in drawn) is sure
    assert (("rect", "url(#hatched)") in drawn) is maybe
    assert (("line", None) in drawn) is line
    assert (("path", "#ffffff") in drawn) is words.endswith("above")


def test_what_lies_beyond_the_last_word_is_dashed(unit, agency):
    claim_outage(agency, unit, "2024-06-28", "2024-06-29")
    marks_by_title = titles(picture(f"{SERIES}&interval=day"))
    dashed = {
        title[:10]: any(mark.get("stroke-dasharray") for mark in marks)
        for title, marks in marks_by_title.items()
    }
    assert dashed == {"2024-06-28": False, "2024-06-29": False, "2024-06-30": True}
    assert [", in part beyond the last word (" in title for title in marks_by_title] == [False, False, True]


def test_a_problem_is_no_picture(unit, agency):
    for address in (
        "stats/capacity-offline/?format=svg",
        "units/nothing/timeline/?format=svg",
        f"{TIMELINE}&x=1",
    ):
        response = Client().get(f"/api/v1/{address}")
        assert response.status_code in (400, 404)
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["status"] == response.status_code
    claim_outage(agency, unit, "2024-03-01", "2024-03-02", numbers=[exactly(5, unit_of_measure="mw")])
    assert Client().get(f"/api/v1/{SERIES}").json()["code"] == "invalid"


def test_a_picture_is_there_only_where_something_is_drawn():
    for address in ("facilities/?format=svg", "claims/?format=svg"):
        assert Client().get(f"/api/v1/{address}").status_code == 400
    assert Client().get("/api/v1/claims/", headers={"Accept": "image/svg+xml"}).status_code == 406


def test_a_picture_can_be_asked_for_by_its_type(unit):
    response = Client().get("/api/v1/units/avt/timeline/", headers={"Accept": "image/svg+xml"})
    assert response["Content-Type"].startswith("image/svg+xml")


# The scales -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ([0], [0, 0.2, 0.4, 0.6, 0.8, 1]),
        ([28.67], [0, 10, 20, 30]),
        ([70], [0, 20, 40, 60, 80]),
        ([100], [0, 20, 40, 60, 80, 100]),
        ([0.03], [0, 0.01, 0.02, 0.03]),
        ([1234567], [0, 250000, 500000, 750000, 1000000, 1250000]),
    ],
)
def test_a_scale_has_round_numbers(values, expected):
    assert scale_steps(values) == pytest.approx(expected)


@pytest.mark.parametrize(
    "last", ["2024-01-02", "2024-12-31", "2030-01-01", "2063-01-01", "2999-01-01", "9999-11-30"]
)
def test_an_axis_has_no_more_marks_than_can_be_read(last):
    assert len(Axis(parse_date("2024-01-01"), parse_date(last)).ticks()) <= 13
