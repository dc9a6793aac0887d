"""CONTRIBUTING.md is followed to the letter: the collection it shows is built, published and asked for over HTTP."""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.skipif(connection.vendor != "sqlite", reason="one engine is enough")

ROOT = Path(settings.BASE_DIR)
NEXT_MIGRATION = 1 + max(int(path.name[:4]) for path in (ROOT / "strikes" / "migrations").glob("[0-9]*.py"))


def with_numbers_of_today(page: str) -> str:
    """The page as its reader follows it: with migrations numbered on from the last that there is."""
    for number, name in enumerate(("inspections", "roles_of_inspections"), start=NEXT_MIGRATION):
        page = re.sub(rf"[0-9]{{4}}_{name}\b", f"{number:04}_{name}", page)
    return page


CONTRIBUTING = with_numbers_of_today((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
STORY = Path(__file__).parent / "worked_example.py"
MOST_LINES, MOST_FILES = 60, 3
LEFT_OUT = (
    ".git",
    ".venv",
    "var",
    "staticfiles",
    "tests",
    "fixtures",
    "benchmarks",
    "__pycache__",
    ".*_cache",
)
"""What the copy of the project does without."""


@dataclass
class Block:
    """A block of code of the page, with the file it goes to."""

    file: Path
    is_new: bool
    code: str

    @property
    def belongs_to_the_model(self) -> bool:
        return self.file.parts[1] in ("models", "migrations")

    def write(self, root: Path) -> None:
        path = root / self.file
        if self.is_new:
            assert not path.exists(), f"{self.file} is there already"
            path.write_text(self.code, encoding="utf-8")
        else:
            path.write_text(with_added(path.read_text(encoding="utf-8"), self.code), encoding="utf-8")


def blocks() -> list[Block]:
    pattern = r"^(New file|Added to) `([^`]+)`[^\n]*:\n```python\n(.*?)^```$"
    return [
        Block(Path(name), how == "New file", code)
        for how, name, code in re.findall(pattern, CONTRIBUTING, re.MULTILINE | re.DOTALL)
    ]


def with_added(module: str, code: str) -> str:
    """A module with some code added: imports after imports, a call beside calls of its kind, the rest at the end."""
    added, lines = ast.parse(code).body, module.splitlines()
    cut = last_line(node for node in added if is_import(node))
    there = ast.parse(module).body
    after = last_line(node for node in there if is_import(node))
    called = {name_of_call(node) for node in added} - {""}
    beside = last_line(node for node in there if name_of_call(node) in called) if called else len(lines)
    head, rest = code.splitlines()[:cut], code.splitlines()[cut:]
    return "\n".join([*lines[:after], *head, *lines[after:beside], *rest, *lines[beside:], ""])


def is_import(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


def name_of_call(node: ast.stmt) -> str:
    call = node.value if isinstance(node, ast.Expr) else None
    return ast.unparse(call.func) if isinstance(call, ast.Call) else ""


def last_line(nodes: Iterable[ast.stmt]) -> int:
    return max(node.end_lineno or 0 for node in nodes)


def run(root: Path, *command: str) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.endswith("_URL")}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=root,
        env={**environment, "PYTHONPATH": str(root), "VAR_DIR": str(root / "var")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{' '.join(command)}:\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A copy of the project in which somebody has done what the page says."""
    root: Path = tmp_path_factory.mktemp("project") / "project"
    shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(*LEFT_OUT))
    first = [block for block in blocks() if "migrations" not in block.file.parts]
    for block in first:
        block.write(root)
    (command,) = re.findall(r"`\.venv/bin/python (manage\.py makemigrations strikes -n \w+)`", CONTRIBUTING)
    run(root, *command.split())
    for block in blocks():
        if block not in first:
            block.write(root)
    return root


@pytest.fixture(scope="module")
def told(built) -> dict:
    """What was seen of the new collection: `tests/worked_example.py` run in the copy."""
    (bundle,) = re.findall(r"^```yaml\n(inspections:.*?)^```$", CONTRIBUTING, re.MULTILINE | re.DOTALL)
    (built / "bundle").mkdir()
    (built / "bundle" / "inspections.yaml").write_text(bundle, encoding="utf-8")
    shutil.copy(STORY, built)
    run(built, "manage.py", "migrate", "--verbosity", "0")
    run(built, "manage.py", "shell", "-c", "import worked_example; worked_example.main()")
    answer: dict = json.loads((built / "seen.json").read_text(encoding="utf-8"))
    return answer


def test_a_collection_takes_at_most_sixty_lines_in_three_files_besides_its_model():
    besides = [block for block in blocks() if not block.belongs_to_the_model]
    lines = {str(block.file): len(block.code.splitlines()) for block in besides}
    assert 0 < len(lines) <= MOST_FILES
    assert sum(lines.values()) <= MOST_LINES, lines


def test_the_code_of_the_page_is_in_order(built):
    files = [str(block.file) for block in blocks() if block.is_new and "migrations" not in block.file.parts]
    run(built, "-m", "ruff", "check", "--no-cache", *files)
    run(built, "-m", "ruff", "format", "--no-cache", "--check", *files)


def test_no_migration_is_missing(built):
    run(built, "manage.py", "makemigrations", "--check", "--dry-run")


def test_the_api_describes_the_collection(built):
    run(built, "manage.py", "spectacular", "--validate", "--fail-on-warn", "--file", "openapi.yaml")
    assert "/api/v1/inspections/{public_id}/:" in (built / "openapi.yaml").read_text(encoding="utf-8")


def test_the_row_of_the_page_is_on_the_record(told):
    assert told["listed"] == ["ins_7c2m9x4t0qhb"]
    assert told["detail"]["facility"]["id"] == "example-power-plant"
    assert told["detail"]["display"] == "Example power plant: No damage to the units was seen."


def test_filters_narrow_it_and_refuse_what_they_do_not_know(told):
    assert told["of its facility"] == 1
    assert told["of another kind"] == 0
    assert told["misspelt"] == 400


def test_it_comes_as_csv(told):
    head, row = told["csv"].splitlines()
    assert "facility.id" in head.split(",")
    assert row.startswith("ins_7c2m9x4t0qhb,")


def test_what_is_withdrawn_is_gone_and_stays_in_the_past(told):
    assert told["withdrawn"] == {"status": 410, "code": "withdrawn", "listed": 0}
    assert told["before"] == 1
    assert told["discrepancies"] == []


def test_editors_and_contributors_have_its_pages(told):
    assert told["pages"] == {"editor": [200, 200], "contributor": [200, 200], "administrator": [200, 403]}
