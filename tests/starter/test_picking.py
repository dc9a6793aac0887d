"""`fields=` in JSON: of each object only what is asked for, nested as it always is."""

import pytest

from tests.starter.streams import streamed_objects
from tests.starter.test_reading import STORED, problem_of
from tests.sweeps import one_in


def picked(value, tree):
    """What is left of a value, worked out apart from the code."""
    if value is None or not tree:
        return value
    if isinstance(value, list):
        return [picked(item, tree) for item in value]
    return {name: picked(value[name], inner) for name, inner in tree.items()}


def test_a_list_an_object_and_a_stream_have_only_what_is_asked_for(api):
    query = "fields=id,report.id,proposition.strike.display,relations.claim.id,said_at.precision"
    tree = {
        "id": {},
        "report": {"id": {}},
        "proposition": {"strike": {"display": {}}},
        "relations": {"claim": {"id": {}}},
        "said_at": {"precision": {}},
    }
    whole = api("claims/?page_size=100")["results"]
    expected = [picked(claim, tree) for claim in whole]
    page = api(f"claims/?page_size=100&{query}")
    assert page["results"] == expected
    assert page["count"] > 100
    assert page["next"]
    assert streamed_objects(api, "claims", "ndjson", f"&{query}")[:100] == expected
    assert api(f"claims/{whole[0]['id']}/?{query}") == expected[0]


def test_fields_come_in_the_order_in_which_they_are_asked_for(api):
    assert list(api("facilities/norsi/?fields=kind,id,display")) == ["kind", "id", "display"]
    assert list(api("facilities/norsi/?fields=kind&fields=id")) == ["kind", "id"]


def test_a_whole_object_takes_in_its_fields(api):
    whole = api("units/norsi-avt-6/")
    assert api("units/norsi-avt-6/?fields=facility.id,facility") == {"facility": whole["facility"]}


@pytest.mark.parametrize("collection", one_in(3, STORED))
def test_every_field_of_every_collection_can_be_asked_for_alone(api, collection):
    page = api(f"{collection}/?page_size=3")["results"]
    for name in page[0]:
        shown = api(f"{collection}/?page_size=3&fields={name}")["results"]
        assert shown == [{name: row[name]} for row in page], name


def test_the_pages_of_a_walk_may_ask_for_other_fields(api):
    page = api("claims/?page_size=5&fields=id")
    assert set(api(page["next"])["results"][0]) == {"id"}
    assert set(api(page["next"].replace("fields=id", "fields=stance"))["results"][0]) == {"stance"}


@pytest.mark.parametrize(
    ("address", "code", "hint"),
    [
        ("claims/?fields=statment", "invalid_choice", "statement"),
        ("claims/?fields=report.sorce", "invalid_choice", "report.source"),
        ("claims/?fields=id,id", "repeated", "id"),
        ("claims/?fields=", "empty", ""),
        ("claims/?fields=id.x", "invalid_choice", ""),
        ("facilities/norsi/?fields=nam", "invalid_choice", "name"),
        ("facilities/norsi/?format=geojson&fields=name", "not_in_this_format", ""),
        ("facilities/norsi/timeline/?fields=id", "unknown_parameter", ""),
    ],
)
def test_what_it_refuses(api, address, code, hint):
    (error,) = problem_of(api.raw(address), 400)["errors"]
    assert (error["parameter"], error["code"]) == ("fields", code)
    assert hint in error["detail"]
