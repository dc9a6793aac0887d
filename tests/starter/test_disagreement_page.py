"""docs/disagreement.md: every request of the page is sent, and everything that it shows comes back."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from strikes.choices import Dispute, NotCounted
from strikes.imports.starter import load_starter
from tests.starter.test_documents import contained

DOCS = Path(settings.BASE_DIR) / "docs"
PAGE = (DOCS / "disagreement.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^```\nGET (\S+)\n```\n\n```json\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
KINDS = ["Agreed", "One word on ten pages", "Echo", "Disputed", "Denied", "Only forecast", "Retracted"]


@pytest.fixture
def with_examples():
    """The two kinds that the starter data does not have."""
    assert load_starter(DOCS / "examples" / "disagreement").rows > 0


def test_the_page_has_seven_kinds_and_each_has_a_request():
    sections = re.findall(r"^## (\d)\. (.*?)$(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert [title.split(",")[0] for _, title, _ in sections] == KINDS
    assert [number for number, _, _ in sections] == list("1234567")
    assert all("\nGET /api/v1/" in text for _, _, text in sections)
    assert len(SHOWN) == PAGE.count("GET /api/v1/") == PAGE.count("```json")


@pytest.mark.parametrize(("request_line", "shown"), SHOWN, ids=[address for address, _ in SHOWN])
def test_what_the_page_shows_comes_back(api, with_examples, request_line, shown):
    assert contained(json.loads(shown), api(request_line))


def test_the_page_explains_every_reason_for_not_counting():
    rows = re.findall(r"^\| not, (?:as an?|if) `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(rows) == sorted(NotCounted.values)


def test_the_page_shows_every_state_but_that_of_silence():
    states = {json.loads(shown).get("dispute") for _, shown in SHOWN} - {None}
    assert states == set(Dispute.values) - {Dispute.UNREPORTED}


def test_every_list_that_the_page_names_finds_what_it_says(api, with_examples):
    named = re.findall(r"`((?:claims|propositions)/\?[^`]+)`", PAGE)
    assert len(named) == 3
    assert all(api(address)["count"] > 0 for address in named)
    assert api("claims/?proposition=prp_yhp9r0qyhxe0&relation=repeats")["count"] == 2
    (taken_back,) = api("claims/?notice=retraction")["results"]
    assert taken_back["actor"]["id"] == "example-officials"
