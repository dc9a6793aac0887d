"""Imports flow one way, `record <- api <- editing <- sources <- strikes <- pages <- config`, and nothing acts from a distance."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ["record", "api", "editing", "sources", "strikes", "pages", "config"]
FILES = [path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
BY_NAME = {"__import__", "import_module", "import_string", "importlib", "pkgutil", "runpy"}

every_file = pytest.mark.parametrize("file", [pytest.param(file, id=str(file)) for file in FILES])


def tree(file: Path) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), filename=str(file))


def imports(file: Path) -> Iterator[str]:
    """The dotted name of everything a file imports, at its head or inside a function."""
    for node in ast.walk(tree(file)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            folders = file.parent.parts[: len(file.parent.parts) + 1 - node.level] if node.level else ()
            module = ".".join([*folders, *([node.module] if node.module else [])])
            yield from (f"{module}.{alias.name}" for alias in node.names)


def test_there_are_files_to_read():
    assert {file.parts[0] for file in FILES} == set(PACKAGES)


@every_file
def test_a_package_imports_only_what_comes_before_it(file):
    later = PACKAGES[PACKAGES.index(file.parts[0]) + 1 :]
    assert [name for name in imports(file) if name.split(".")[0] in [*later, "tests"]] == []


@every_file
def test_nothing_is_imported_by_a_dotted_name_outside_the_settings(file):
    if file == Path("config/settings.py"):
        return
    nodes = list(ast.walk(tree(file)))
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    used |= {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    used |= {part for name in imports(file) for part in name.split(".")}
    assert sorted(used & BY_NAME) == []


@every_file
def test_no_module_is_included_by_a_dotted_name(file):
    calls = [node for node in ast.walk(tree(file)) if isinstance(node, ast.Call)]
    named = [c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "include" and c.args]
    assert [ast.unparse(call) for call in named if isinstance(call.args[0], ast.Constant)] == []


@every_file
def test_there_are_no_signals(file):
    forbidden = {"signals", "dispatch"}
    assert [name for name in imports(file) if forbidden & set(name.split("."))] == []
