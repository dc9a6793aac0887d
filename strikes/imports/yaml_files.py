"""Files of a bundle: YAML with no more in it than JSON has, read row by row."""

from __future__ import annotations

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError
from yaml.nodes import MappingNode, Node, ScalarNode

from strikes.imports.corrections import CorrectionFile, correction_file
from strikes.imports.entries import Entry, entries_of
from strikes.imports.problems import BundleError, Problem, printable

LARGEST = 1_000_000  # bytes of one file
DEEPEST = 20  # lists and mappings, one in the other


class PlainYaml(yaml.SafeLoader):
    """YAML with no more in it than JSON has: texts, whole numbers, true, false and null.

    A decimal, a date or a time of day stays the text it was written as, for its field to read: no number
    goes through floating point, and no 20:30 becomes 1230. Anchors are refused, since a few lines of
    them can mean more rows than memory holds.
    """

    yaml_implicit_resolvers = {
        None: [
            ("tag:yaml.org,2002:null", re.compile(r"(~|null|Null|NULL|)\Z")),
            ("tag:yaml.org,2002:bool", re.compile(r"(true|True|TRUE|false|False|FALSE)\Z")),
            ("tag:yaml.org,2002:int", re.compile(r"-?(0|[1-9][0-9]{0,17})\Z")),
        ]
    }
    depth = 0

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        event = self.peek_event()
        if event.anchor is not None or event.tag is not None:
            raise ComposerError(None, None, "anchors, aliases and tags are not read", event.start_mark)
        if self.depth == DEEPEST:
            raise ComposerError(None, None, "nested too deeply", event.start_mark)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        keys = set()
        for key, _ in node.value:
            if not isinstance(key, ScalarNode):
                raise ConstructorError(None, None, "a key is a word", key.start_mark)
            if key.value in keys:  # PyYAML would silently take the last
                raise ConstructorError(None, None, f"{printable(key.value)} is there twice", key.start_mark)
            keys.add(key.value)
        return super().construct_mapping(node, deep)


CORRECTIONS = "corrections"
"""The folder of what editors put right: its files are no bundles."""


def read_folder(folder: Path) -> list[Entry]:
    """Every row of every bundle below a folder, in the order of the file names."""
    return [
        entry
        for path, name in _files(folder)
        if not name.startswith(f"{CORRECTIONS}/")
        for entry in entries_of(_read(path, name), name)
    ]


def correction_files(folder: Path) -> list[CorrectionFile]:
    """The files of a folder that say what editors put right."""
    return [
        correction_file(_read(path, name), name)
        for path, name in _files(folder)
        if name.startswith(f"{CORRECTIONS}/")
    ]


def _files(folder: Path) -> list[tuple[Path, str]]:
    if not folder.is_dir():
        raise BundleError([Problem(str(folder), "the folder", "There is no such folder.")])
    return [(path, path.relative_to(folder).as_posix()) for path in sorted(folder.rglob("*.yaml"))]


def _read(path: Path, name: str) -> object:
    """What stands in one file, which messages call by that name."""
    try:
        if path.stat().st_size > LARGEST:
            raise BundleError([Problem(name, "the file", f"It is larger than {LARGEST:,} bytes.")])
        written = yaml.load(path.read_text(encoding="utf-8"), Loader=PlainYaml)
    except OSError as error:
        raise BundleError([Problem(name, "the file", f"It cannot be read: {error.strerror}.")]) from error
    except UnicodeDecodeError as error:
        raise BundleError([Problem(name, "the file", "It is not written in UTF-8.")]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"line {mark.line + 1}" if mark else "the file"
        raise BundleError([Problem(name, where, f"Not YAML as we read it: {error.problem}.")]) from error
    except yaml.YAMLError as error:
        raise BundleError([Problem(name, "the file", " ".join(str(error).split()))]) from error
    return {} if written is None else written
