"""Imports flow one way, without circles and not hidden in functions, and nothing acts from a distance."""

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ["record", "api", "editing", "sources", "strikes", "pages", "config"]
"""In the order in which they may be imported: each only by those after it."""
ROOMS_OF_STRIKES = ["choices", "models", "disputes", "outages", "imports", "api", "admin"]
"""Likewise, inside strikes/."""
FILES = [path.relative_to(ROOT) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
BY_NAME = {"__import__", "import_module", "import_string", "importlib", "pkgutil", "runpy"}

every_file = pytest.mark.parametrize("file", [pytest.param(file, id=str(file)) for file in FILES])


def tree(file: Path) -> ast.Module:
    return ast.parse((ROOT / file).read_text(encoding="utf-8"), filename=str(file))


def imported_names(node: ast.AST, file: Path) -> Iterator[str]:
    """The dotted name of everything that an import statement brings in."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        folders = file.parent.parts[: len(file.parent.parts) + 1 - node.level] if node.level else ()
        module = ".".join([*folders, *([node.module] if node.module else [])])
        yield from (f"{module}.{alias.name}" for alias in node.names)


def imports(file: Path) -> Iterator[str]:
    """The dotted name of everything a file imports, at its head or inside a function."""
    for node in ast.walk(tree(file)):
        yield from imported_names(node, file)


def module_file(name: str) -> Path | None:
    """The file of ours that a dotted name leads to: the module itself, or the one that defines the name."""
    module, _, _ = name.rpartition(".")
    for dotted in filter(None, (name, module)):
        path = dotted.replace(".", "/")
        for candidate in (Path(path, "__init__.py"), Path(f"{path}.py")):
            if (ROOT / candidate).is_file():
                return candidate
    return None


def imported_files(file: Path) -> set[Path]:
    found = {module_file(name) for name in imports(file)}
    return {target for target in found if target in FILES and target != file}


def functions_of(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(file)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def test_there_are_files_to_read():
    assert {file.parts[0] for file in FILES} == set(PACKAGES)


def test_an_import_is_resolved_to_the_module_that_it_loads():
    assert module_file("record.models.Revision") == Path("record/models/__init__.py")
    assert module_file("record.models.ledger.Revision") == Path("record/models/ledger.py")
    assert module_file("strikes.api.facets") == Path("strikes/api/facets.py")
    assert module_file("django.db.models") is None


@every_file
def test_a_package_imports_only_what_comes_before_it(file):
    later = PACKAGES[PACKAGES.index(file.parts[0]) + 1 :]
    assert [name for name in imports(file) if name.split(".")[0] in [*later, "tests"]] == []


@pytest.mark.parametrize("room", ROOMS_OF_STRIKES)
def test_a_room_of_strikes_imports_only_what_comes_before_it(room):
    later = ROOMS_OF_STRIKES[ROOMS_OF_STRIKES.index(room) + 1 :]
    back = {
        (str(file), str(target))
        for file in FILES
        if file.parts[:2] == ("strikes", room)
        for target in imported_files(file)
        if target.parts[0] == "strikes" and target.parts[1] in later
    }
    assert back == set()


def test_no_import_leads_back_to_its_own_module():
    try:
        TopologicalSorter({file: imported_files(file) for file in FILES}).prepare()
    except CycleError as error:
        circle = " -> ".join(str(file) for file in error.args[1])
        pytest.fail(f"These modules import each other: {circle}")


@every_file
def test_no_import_is_hidden_in_a_function(file):
    """``AppConfig.ready()`` alone may import: what it registers is not there before."""
    hidden = [
        f"{function.name}, line {node.lineno}"
        for function in functions_of(file)
        if not (file.name == "apps.py" and function.name == "ready")
        for node in ast.walk(function)
        if isinstance(node, (ast.Import, ast.ImportFrom))
    ]
    assert hidden == []


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
