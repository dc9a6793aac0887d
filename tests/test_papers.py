"""What the papers say of the code is so: the picture of the rooms, the glossary, the decisions, the forms."""

import datetime as dt
import re
from importlib import import_module
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests.test_imports import FILES, PACKAGES, ROOMS_OF_STRIKES

ROOT = Path(settings.BASE_DIR)
PAPERS = [
    "README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "docs/glossary.md",
    "docs/decisions.md",
    "docs/disagreement.md",
]
CITING = [*FILES, *(path.relative_to(ROOT) for path in sorted((ROOT / "tests").rglob("*.py")))]
NO_ROOMS = {"management", "migrations", "__pycache__", "static", "templates", "templatetags"}
"""Folders that Django asks for; they are no rooms."""


def paper(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


# The rooms ----------------------------------------------------------------------------------------------


def rooms(indented: bool) -> dict[str, str]:
    """The rooms of the picture in its order, each with its line: the packages, or those inside strikes/."""
    picture = paper("README.md").split("## What is where")[1].split("```")[1]
    lines = re.findall(r"^( *)(\w+)/ {2,}(\S.*)$", picture, re.MULTILINE)
    return {name: line for indent, name, line in lines if bool(indent) == indented}


def test_the_picture_has_the_rooms_in_the_order_of_their_imports():
    assert list(rooms(indented=False)) == PACKAGES
    assert list(rooms(indented=True)) == ROOMS_OF_STRIKES


def test_every_room_has_a_line_of_its_own():
    lines = [*rooms(indented=False).values(), *rooms(indented=True).values()]
    assert len(set(lines)) == len(PACKAGES) + len(ROOMS_OF_STRIKES)


def test_every_folder_with_code_is_a_room():
    folders = {path.parts[0] for path in FILES}
    inner = {path.parts[1] for path in FILES if path.parts[0] == "strikes" and len(path.parts) > 2}
    assert folders == set(rooms(indented=False))
    assert inner - NO_ROOMS == set(rooms(indented=True))


# The glossary -------------------------------------------------------------------------------------------


def terms() -> list[tuple[str, str]]:
    """Each term of the glossary with what its last column says."""
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| ([^|]+) \|$", paper("docs/glossary.md"), re.MULTILINE)
    return [(term, where) for term, where in rows if term != "term"]


def is_there(module: str, name: str) -> bool:
    """Whether a module defines a name, or a class in it the name after the dot, as a field or otherwise."""
    found = import_module(module)
    for part in name.split("."):
        if not hasattr(found, part):
            fields = {field.name for field in found._meta.get_fields()} if hasattr(found, "_meta") else set()
            return part in fields
        found = getattr(found, part)
    return True


def test_the_glossary_has_every_term_once_and_in_one_form():
    names = [term for term, _ in terms()]
    lines = [line for line in paper("docs/glossary.md").splitlines() if line.startswith("| ")]
    headings = sum(line.startswith("| term |") for line in lines)
    assert len(names) == len(set(names)) == len(lines) - headings > 60


@pytest.mark.parametrize(("term", "where"), terms(), ids=[term for term, _ in terms()])
def test_what_the_glossary_names_is_there(term, where):
    module, *names = re.findall(r"`([\w.]+)`", where)
    import_module(module)
    assert [name for name in names if not is_there(module, name)] == []


# The decisions ------------------------------------------------------------------------------------------

DECISION = re.compile(r"^## D(\d+)\. (\S.*)\n\*(\d{4}-\d{2}-\d{2})\.\* \S", re.MULTILINE)
CITED = re.compile(r"decisions\.md`? D(\d+)|\(D(\d+)\)|by D(\d+)")


def decisions() -> dict[int, tuple[str, dt.date]]:
    found = DECISION.findall(paper("docs/decisions.md"))
    return {int(number): (title, dt.date.fromisoformat(day)) for number, title, day in found}


def test_decisions_are_numbered_without_gaps_and_dated_in_order():
    headings = re.findall(r"^## .*$", paper("docs/decisions.md"), re.MULTILINE)
    assert list(decisions()) == list(range(1, len(headings) + 1)) != []
    assert all(earlier <= later for (_, earlier), (_, later) in pairwise(decisions().values()))
    assert len({title for title, _ in decisions().values()}) == len(headings)


def test_a_decision_that_is_cited_is_there():
    cited = {
        (str(file), int(number))
        for file in [*CITING, *PAPERS]
        for numbers in CITED.findall(paper(str(file)))
        for number in filter(None, numbers)
    }
    assert {(file, number) for file, number in cited if number not in decisions()} == set()


# What the papers point at -------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAPERS)
def test_a_file_that_a_paper_names_is_there(name):
    named = re.findall(r"`((?:\.?[\w-]+/)*[\w.-]+\.(?:md|py|yaml|txt|yml|json))(?:::\w+)?`", paper(name))
    folders = re.findall(r"`((?:[\w-]+/)+)`", paper(name))
    known = {path for path in [*named, *folders] if "/" in path and not path.startswith(("api/v1", "/"))}
    shown = set(re.findall(r"^New file `([^`]+)`", paper(name), re.MULTILINE))
    start = {path.split("/")[0] for path in known if (ROOT / path.split("/")[0]).exists()}
    missing = [path for path in known - shown if path.split("/")[0] in start and not (ROOT / path).exists()]
    assert missing == []


@pytest.mark.parametrize("name", PAPERS)
def test_a_target_of_make_that_a_paper_names_is_there(name):
    targets = set(re.findall(r"^([a-z-]+):", paper("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)`", paper(name))) - targets == set()


def test_the_changelog_has_the_version_and_the_newest_first():
    versions = re.findall(
        r"^## \[(\d+\.\d+\.\d+)\] - (\d{4}-\d{2}-\d{2})$", paper("CHANGELOG.md"), re.MULTILINE
    )
    assert settings.SPECTACULAR_SETTINGS["VERSION"] in dict(versions)
    days = [dt.date.fromisoformat(day) for _, day in versions]
    assert days == sorted(days, reverse=True) != []


# For the outside world ----------------------------------------------------------------------------------


def test_the_workflow_runs_every_check_on_both_databases():
    workflow = yaml.safe_load(paper(".github/workflows/ci.yml"))
    (job,) = workflow["jobs"].values()
    assert ".ci/run" in [step.get("run") for step in job["steps"]]
    assert set(job["services"]) == {"postgres", "redis"}
    assert {"TEST_DATABASE_URL", "TEST_REDIS_URL"} <= set(job["env"])
    assert workflow["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("name", ["bug", "correction", "feature"])
def test_an_issue_form_asks_something_and_each_thing_once(name):
    form = yaml.safe_load(paper(f".github/ISSUE_TEMPLATE/{name}.yml"))
    assert {"name", "description", "body"} <= set(form)
    asked = [field["id"] for field in form["body"] if field["type"] != "markdown"]
    assert len(asked) == len(set(asked)) > 1
    assert any(field.get("validations", {}).get("required") for field in form["body"])
