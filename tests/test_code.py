"""How the code may grow: the bounds of a file and of a function, and what no line needs."""

import ast
from pathlib import Path

import pytest

from tests.test_imports import FILES, ROOT, tree

LONGEST_FILE, LONGEST_TEST, LONGEST_FUNCTION = 350, 600, 50
MOST_ANY = 150
"""Places in the code, tests apart, that are typed as `Any`."""
TESTS = [path.relative_to(ROOT) for path in sorted((ROOT / "tests").rglob("*.py"))]


def lines_of(file: Path) -> list[str]:
    return (ROOT / file).read_text(encoding="utf-8").splitlines()


def written_by_hand(files: list[Path]) -> list[Path]:
    return [file for file in files if "migrations" not in file.parts]


@pytest.mark.parametrize(("files", "longest"), [(FILES, LONGEST_FILE), (TESTS, LONGEST_TEST)])
def test_a_file_reads_in_one_sitting(files, longest):
    counted = {str(file): len(lines_of(file)) for file in written_by_hand(files)}
    assert {file: count for file, count in counted.items() if count > longest} == {}


def test_a_function_fits_on_a_screen():
    """That none has more than ten branches is a rule of ruff (C901)."""
    long = [
        f"{file}:{node.lineno} {node.name}: {node.end_lineno - node.lineno + 1} lines"
        for file in written_by_hand([*FILES, *TESTS])
        for node in ast.walk(tree(file))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_no_line_asks_the_formatter_for_an_exception():
    asking = "fmt: " + "skip"
    assert [str(file) for file in [*FILES, *TESTS] if any(asking in line for line in lines_of(file))] == []


def test_few_things_are_typed_as_anything():
    places = [
        f"{file}:{node.lineno}"
        for file in written_by_hand(FILES)
        for node in ast.walk(tree(file))
        if isinstance(node, ast.Name) and node.id == "Any"
    ]
    assert len(places) < MOST_ANY, f"{len(places)} places"
