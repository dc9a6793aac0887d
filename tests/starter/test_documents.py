"""What the documents show is what the record says."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIXTURES = (ROOT / "fixtures" / "README.md").read_text(encoding="utf-8")
EXAMPLE = (ROOT / "docs" / "worked-example.md").read_text(encoding="utf-8")


def contained(shown: Any, answer: Any) -> bool:
    """Whether everything that a document shows is in the answer, which may have more keys."""
    if isinstance(shown, dict):
        return isinstance(answer, dict) and all(
            key in answer and contained(value, answer[key]) for key, value in shown.items()
        )
    if isinstance(shown, list):
        return len(shown) == len(answer) and all(map(contained, shown, answer))
    return bool(shown == answer)


def rows_of(table: str) -> list[list[str]]:
    lines = [line for line in EXAMPLE.split(table)[1].split("\n\n")[0].splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


def test_the_requests_of_the_readme_have_the_answers_that_are_shown(api):
    addresses = re.findall(r"^GET (\S+)$", README, re.MULTILINE)
    shown = re.findall(r"^```json\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert len(addresses) == len(shown) == 3
    for address, answer in zip(addresses, shown, strict=True):
        assert contained(json.loads(answer), api(address)), address


def test_the_grade_that_the_readme_tells_of_is_there(api):
    (grade,) = api("assessments/?strike=2024-03-15-pervy-zavod")["results"]
    assert (grade["proposition"]["id"], grade["grade"]) == ("prp_qg8hr83ftkva", "contested")


def test_the_page_on_the_starter_record_counts_right_and_names_points_that_there_are(api):
    page = (ROOT / "docs" / "starter-record.md").read_text(encoding="utf-8")
    (total,) = re.findall(r"All (\d+) points", page)
    assert int(total) == api("propositions/")["count"]
    counts = re.findall(
        r"(\d+) points rest on one origin, (\d+) are only denied, (\d+) agreed, (\d+) only forecast", page
    )
    states = ("single_origin", "denied", "agreed", "forecast_only")
    assert [int(n) for n in counts[0]] == [api(f"propositions/?dispute={state}")["count"] for state in states]
    counts = re.findall(r"(\d+) disputed and (\d+) unreported\. (\d+) have a grade", page)
    here = [api(f"propositions/?dispute={state}")["count"] for state in ("disputed", "unreported")]
    assert [int(n) for n in counts[0]] == [*here, api("assessments/")["count"]]
    for public_id in re.findall(r"`((?:prp|clm)_\w+)`", page):
        collection = "propositions" if public_id.startswith("prp") else "claims"
        assert api.raw(f"{collection}/{public_id}/").status_code in (200, 410)


def test_the_readme_has_the_nine_words():
    words = re.findall(r"^\| \*\*(\w+)\*\* \|", README, re.MULTILINE)
    assert len(words) == 9


def test_the_counts_of_the_readmes_are_those_of_the_record(api):
    def count(query):
        return api(query)["count"]

    (shown,) = re.findall(r"January to April 2024: (.*?side by side)", FIXTURES, re.DOTALL)
    assert [int(number) for number in re.findall(r"\d+", shown)] == [
        count("claims/"),
        count("reports/"),
        count("sources/"),
        count("propositions/"),
        count("strikes/?kind=strike"),
        count("strikes/?kind=wave"),
        count("damage-estimates/"),
        count("weapon-counts/"),
        count("capacities/"),
    ]
    assert f"covers {count('strikes/?kind=strike')} reported strikes" in README


def test_the_folders_of_the_readme_are_there():
    tree = README.split("## What is where")[1].split("```")[1]
    folders = re.findall(r"^(\w+/)", tree, re.MULTILINE)
    assert folders
    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


CLAIMS = rows_of("| on whose word (origin) | counts |\n|---|---|---|---|---|---|\n")
STATES = rows_of("| proposition | for | against | state | documents |\n|---|---|---|---|---|\n")


@pytest.mark.parametrize("row", CLAIMS, ids=lambda row: row[0])
def test_a_claim_that_was_worked_out_by_hand(api, row):
    public_id, _, stance, proposition, origin, counts = row
    claim = api(f"claims/{public_id}/")
    assert (claim["stance"], claim["proposition"]["display"], claim["origin"]) == (
        stance,
        proposition,
        origin,
    )
    reason = claim["not_counted_because"]
    assert counts == ("yes" if claim["counts"] else f"no: {reason}")


@pytest.mark.parametrize("row", STATES, ids=lambda row: row[0])
def test_a_state_that_was_worked_out_by_hand(api, row):
    text, *counts = row
    (proposition,) = (row for row in api.every("propositions/?page_size=500") if row["text"] == text)
    columns = ("origins_for", "origins_against", "dispute", "documents")
    assert [str(proposition[column]) for column in columns] == counts
