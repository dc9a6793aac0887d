"""How the description shows what can be asked."""

from __future__ import annotations

from drf_spectacular.drainage import warn

from api.expanding import expandable_fields
from api.filters import RecordFilterSet, declared_filters
from api.filters.values import DATE_OR_MOMENT
from api.openapi.examples import example_id
from api.pagination import MOST, PAGE_SIZE
from api.types import JsonObject
from api.views import ListViewSet

PARAMETERS: dict[str, tuple[str, JsonObject]] = {
    "format": ("The format of the answer; it beats `Accept`.", {}),
    "fields": (
        "The fields that are wanted, in this order, by commas or repetition; all of them if not given. A dotted "
        "path leads into an object or into each object of a list, such as `report.id`. In JSON and NDJSON other fields are "
        "left out; with `format=csv` these are the columns, of which each holds one value. Not in GeoJSON.",
        {"type": "array", "items": {"type": "string"}},
    ),
    "as_of": (
        "What this record had published by then: a date (the end of that day, UTC) or a moment with its zone; not "
        "in the future. Names, spellings, places and grades of sources show today's values all the same.",
        DATE_OR_MOMENT,
    ),
    "known_at": (
        "What the world had been told by then, among all that the record holds: a moment with its zone, or a date, "
        "which takes in whatever carries that date or an earlier one on its own clock; not in the future. Claims are "
        "known from their report; words on record by name from when they were said or disclosed, if that is "
        "earlier; strikes and propositions with their first known claim; actors, facilities and assessments always. "
        "With `as_of` it ranges over what was published by then.",
        DATE_OR_MOMENT,
    ),
    "page_size": (
        f"How many results a page has, from 1 to {MOST}; {PAGE_SIZE} if not given.",
        {"type": "integer", "minimum": 1, "maximum": MOST, "default": PAGE_SIZE},
    ),
    "cursor": (
        "Where the page begins. Take it from `next` or `previous`: it is signed, and belongs to this query and "
        "to the revision at which the walk began.",
        {"type": "string"},
    ),
}
FACETS = (
    "Words to count by, by commas or repetition: the answer then has `facets`, which says for each value of the "
    "word how many of the filtered rows have it. For pages of JSON only."
)

EXPAND = (
    "Fields that hold other objects in short, by commas or repetition: these are then given in whole, as their own lists "
    "have them, one level deep. What is not public at the point in time of the answer stays short. In JSON and NDJSON only."
)


def parameter(name: str, description: str, schema: JsonObject) -> JsonObject:
    """A parameter of the query. A list is described as repeated, as generated clients send it."""
    repeated = {"style": "form", "explode": True} if schema.get("type") == "array" else {}
    return {"in": "query", "name": name, "description": description, "schema": schema, **repeated}


def common_parameter(name: str) -> JsonObject:
    """A parameter that means the same wherever it is taken."""
    return parameter(name, *PARAMETERS[name])


def filter_parameters(filterset: type[RecordFilterSet] | None) -> list[JsonObject]:
    """The filters of a filter set, each as it describes itself."""
    described = []
    for name, declared in declared_filters(filterset).items():
        if not declared.help_text:
            warn(f"the filter {name} says nothing of itself.")
        description = f"{declared.help_text} {declared.description()}".strip()
        required = {"required": True} if declared.needed else {}
        described.append(parameter(name, description, declared.schema()) | required)
    return described


def paging_parameters(view: ListViewSet) -> list[JsonObject]:
    """How a list is ordered, counted and cut into pages."""
    pages = [common_parameter(name) for name in ("page_size", "cursor")]
    if "ordering" not in view.paging:
        return pages
    names = [*view.orderings, *view.common_orderings]
    text = (
        "What the list is ordered by; a leading `-` reverses it. Ties are ordered by id. "
        f"`{view.default_ordering}` if not given. {view.orderings_help}"
    )
    order = {
        "type": "string",
        "enum": [*names, *(f"-{name}" for name in names)],
        "default": view.default_ordering,
    }
    described = [parameter("ordering", text.strip(), order)]
    if view.facets:
        items = {"type": "string", "enum": sorted(view.facets)}
        described.append(parameter("facets", FACETS, {"type": "array", "items": items}))
    return described + pages


def format_parameters(formats: list[str], of_rows: bool) -> list[JsonObject]:
    """The formats that an answer is given in, the first of them unless another is asked for."""
    description, _ = PARAMETERS["format"]
    described = [parameter("format", description, {"type": "string", "enum": formats, "default": formats[0]})]
    return described + ([common_parameter("fields")] if of_rows else [])


def expand_parameters(view: ListViewSet) -> list[JsonObject]:
    """The fields whose objects can be given in whole; nothing where there are none."""
    names = expandable_fields(type(view))
    items = {"type": "string", "enum": list(names)}
    return [parameter("expand", EXPAND, {"type": "array", "items": items})] if names else []


def id_parameter(described: JsonObject, collection: str) -> JsonObject:
    """The id in a path, with one that there is in the starter data."""
    described["description"] = "The public id, as lists and other objects give it."
    if example := example_id(collection):
        described["example"] = example
    return described
