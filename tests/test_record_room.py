"""What the room of the record knows: nothing of HTTP, of the admin, or of what the rows on it are about."""

import ast
import inspect
import re
import textwrap
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from config.urls import router
from record.models import OnRecord, collections
from record.vocabulary import Vocabulary
from tests.test_imports import FILES, imports, tree

DOMAIN = ["sources", "strikes"]
ROOM = [file for file in FILES if file.parts[0] == "record" and "migrations" not in file.parts]
NOT_IMPORTED = ("rest_framework", "django.contrib.admin")

COMMON_WORDS = {
    "as_stated": "record.moments makes fields of this kind, which models name after it",
    "count": "a method of Django's querysets",
    "dependants": "the public rows of any kind that name a row",
    "earliest": "record.moments makes fields of this kind, which models name after it",
    "key": "a primary key",
    "latest": "record.moments makes fields of this kind, which models name after it",
    "local_date": "record.moments makes fields of this kind, which models name after it",
    "name": "what Django calls a field, a constraint and an app by",
    "names": "texts to search for, in record.search",
    "object": "Python's own",
    "other": "the second of two rows that are compared",
    "part": "what every model may declare as parts",
    "precision": "record.moments makes fields of this kind, which models name after it",
    "relations": "Django's word for the fields that name other rows",
    "search_text": "record.search makes fields of this kind, which models name after it",
    "step": "what is asked of every node of a graph",
    "states": "what merging two rows would restate, whatever that is",
    "successor": "the row that replaces another",
    "text": "any text",
    "timezone": "a module of Django",
    "value": "what a field holds",
}
"""Words of the domain that are also ordinary words, each with what record/ means by it."""

every_file = pytest.mark.parametrize("file", [pytest.param(file, id=str(file)) for file in ROOM])
every_model = pytest.mark.parametrize(
    "model", [pytest.param(model, id=name) for name, model in collections().items()]
)


def own_fields() -> set[str]:
    """The fields of the models of record/, and those that it hands on to the models of the domain."""
    tables: list[type[models.Model]] = [*apps.get_app_config("record").get_models(), OnRecord]
    fields = [field for model in tables for field in model._meta.get_fields()]
    relations = {"replaces", "superseded_by"}
    return {field.name for field in fields} | {f"{field.name}_id" for field in fields} | relations


def words_of_the_domain() -> set[str]:
    """Columns, related names, collections, routes and vocabularies of sources/ and strikes/."""
    tables = [model for app in DOMAIN for model in apps.get_app_config(app).get_models()]
    fields = [field for model in tables for field in model._meta.get_fields()]
    columns = {field.name for field in fields} | {getattr(field, "attname", field.name) for field in fields}
    views = {prefix: view for prefix, view, _ in router.registry if view.__module__.split(".")[0] in DOMAIN}
    actions = {vars(action)["url_path"] for view in views.values() for action in view.get_extra_actions()}
    vocabularies = {
        word.__name__ for word in Vocabulary.__subclasses__() if word.__module__.split(".")[0] in DOMAIN
    }
    return (columns | {*views, *actions, *collections()} | vocabularies) - own_fields()


def words_in(module: ast.Module) -> Iterator[str]:
    """Every identifier and every text of a module but its docstrings; a lookup is taken apart."""
    docstrings = {node.value for node in ast.walk(module) if isinstance(node, ast.Expr)}
    for node in ast.walk(module):
        if node in docstrings:
            continue
        for attribute in ("id", "attr", "arg", "name", "asname"):
            if isinstance(identifier := getattr(node, attribute, None), str):
                yield from re.split(r"\.|__", identifier)
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from node.value.split("__")


@every_file
def test_the_record_imports_neither_the_api_nor_the_admin(file):
    assert [name for name in imports(file) if name.startswith(NOT_IMPORTED)] == []


@every_file
def test_the_record_names_nothing_of_what_is_recorded(file):
    """If it must know such a word, let the model declare what it stands for, as in `derived_fields`."""
    assert set(words_in(tree(file))) & words_of_the_domain() - COMMON_WORDS.keys() == set()


def test_every_exception_is_a_word_of_the_domain_that_the_record_uses():
    used = {word for file in ROOM for word in words_in(tree(file))}
    assert COMMON_WORDS.keys() - (used & words_of_the_domain()) == set()


def test_a_column_is_found_wherever_it_is_named():
    module = ast.parse("""'''sort_at'''\nrows.filter(sort_at__lte=f"{sort_at}")\nkept = {"known_at"}""")
    assert set(words_in(module)) == {"rows", "filter", "sort_at", "lte", "kept", "known_at"}
    assert {"sort_at", "known_at", "facilities", "timeline", "TimePrecision"} <= words_of_the_domain()


@every_model
def test_a_model_declares_what_it_fills_in_before_it_is_published(model):
    assert model.derived_fields == filled_in_by(model, "before_publish")
    assert model.derived_fields <= {field.name for field in model._meta.fields}


def filled_in_by(model: type[models.Model], name: str) -> set[str]:
    """What a method sets on its row, with the `keep_…` methods that it calls for that."""
    method = ast.parse(textwrap.dedent(inspect.getsource(getattr(model, name))))
    nodes = list(ast.walk(method))
    targets = [target for node in nodes if isinstance(node, ast.Assign) for target in node.targets]
    keeping = {
        node.attr for node in nodes if isinstance(node, ast.Attribute) and node.attr.startswith("keep_")
    }
    set_here = {target.attr for target in targets if isinstance(target, ast.Attribute)}
    return set_here.union(*(filled_in_by(model, called) for called in keeping))
