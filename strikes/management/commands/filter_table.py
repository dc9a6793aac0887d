"""manage.py filter_table: which word filters which collection, as docs/filters.md."""

from collections.abc import Iterable, Iterator

from django.core.management.base import BaseCommand
from django.urls import URLPattern, URLResolver, get_resolver

from api.filters import RecordFilter
from api.openapi.schema import PARAMETERS
from api.pagination import BACK_IN_TIME

INTRODUCTION = """# The words of the filters

A word means the same in every collection; `manage.py filter_table` writes this page, and a test compares it. Several values
are given by commas or by repetition, and their union is meant; different words narrow each other. Words about a claim are met
by one and the same claim. Dates: [after, before). A word that a collection does not know is a 400. `stats/strikes/` takes the
words of `strikes`, and `group_by` and `zero` besides. `convert_to` filters nothing: it adds the same bounds in another unit.
"""


def filters_of_collections() -> dict[str, dict[str, RecordFilter]]:
    """The filters of every collection of the API, by the name of the collection."""
    filters_of = {}
    for pattern in _patterns(get_resolver().url_patterns):
        filter_set = getattr(getattr(pattern.callback, "cls", None), "filterset_class", None)
        if pattern.name and pattern.name.endswith("-list") and filter_set is not None:
            filters_of[pattern.name.removesuffix("-list")] = dict(filter_set.base_filters)
    return filters_of


def _patterns(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern
        else:
            yield from _patterns(pattern.url_patterns)


def filter_table() -> str:
    collections = filters_of_collections()
    words = sorted({word for filters in collections.values() for word in filters})
    lines = [
        INTRODUCTION,
        "| word | " + " | ".join(collections) + " |",
        "|---" * (len(collections) + 1) + "|",
    ]
    for word in words:
        marks = ("x" if word in filters else "" for filters in collections.values())
        lines.append(f"| `{word}` | " + " | ".join(marks) + " |")
    for word in BACK_IN_TIME:
        lines.append(f"| `{word}` | " + " | ".join("x" for _ in collections) + " |")
    lines += ["", "| word | means |", "|---|---|"]
    for word in words:
        meanings = dict.fromkeys(
            filters[word].extra.get("help_text", "") for filters in collections.values() if word in filters
        )
        lines.append(f"| `{word}` | {' '.join(meanings)} |")
    lines += [f"| `{word}` | {PARAMETERS[word][0]} |" for word in BACK_IN_TIME]
    return "\n".join([*lines, ""])


class Command(BaseCommand):
    help = "Prints docs/filters.md: which word filters which collection, and what it means."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(filter_table(), ending="")
