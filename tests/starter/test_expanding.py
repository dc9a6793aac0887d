"""`expand=`: whole objects in place of short ones."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve

from api.expanding import expandable_fields
from tests.factories import DamageEstimateFactory
from tests.on_record import on_record
from tests.starter.streams import streamed_objects
from tests.starter.test_examples import described
from tests.starter.test_reading import STORED, problem_of
from tests.sweeps import one_in


def names_in(collection):
    return expandable_fields(resolve(f"/api/v1/{collection}/").func.cls)


def objects_in(value):
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def in_lists(api, shorts):
    """What the lists have of these objects, by address."""
    collections = {short["url"].split("/")[-3] for short in shorts}
    rows = [row for collection in collections for row in api.every(f"{collection}/?page_size=500")]
    return {row["url"]: row for row in rows}


def test_what_can_be_expanded_in_all():
    assert {name for name in STORED if names_in(name)} == set(STORED)
    assert names_in("claims")[:3] == ("report", "actor", "proposition")
    assert "subject" in names_in("propositions")


@pytest.mark.parametrize("collection", one_in(3, STORED))
def test_each_whole_object_is_what_its_list_has(api, collection):
    names = names_in(collection)
    short = api(f"{collection}/?page_size=500")["results"]
    page = api(f"{collection}/?page_size=500&expand={','.join(names)}")
    described(f"{page_name(collection)}Page").validate(page)
    shorts = [value for row in short for name in names for value in objects_in(row[name])]
    assert shorts
    whole = in_lists(api, shorts)
    for before, after in zip(short, page["results"], strict=True):
        assert {k: v for k, v in after.items() if k not in names} == {
            k: v for k, v in before.items() if k not in names
        }
        for name in names:
            for one, other in zip(objects_in(before[name]), objects_in(after[name]), strict=True):
                assert other == {**one, **whole[one["url"]]}
                assert len(other) > 4
            assert isinstance(after[name], type(before[name]))


def page_name(collection):
    serializer = resolve(f"/api/v1/{collection}/").func.cls.serializer_class
    return serializer.__name__.removesuffix("Serializer")


def test_an_object_and_a_stream_expand_as_a_page_does(api):
    page = api("claims/?page_size=100&expand=report&expand=actor")["results"]
    assert streamed_objects(api, "claims", "ndjson", "&expand=report,actor")[:100] == page
    assert api(f"claims/{page[0]['id']}/?expand=report,actor") == page[0]


def test_it_takes_as_many_queries_for_many_rows_as_for_few(api):

    counts = []
    for size in (40, 300):
        with CaptureQueriesContext(connection) as queries:
            api(f"claims/?page_size={size}&expand=report,actor,proposition")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_what_was_issued_later_stays_short(api):
    for claim in api("claims/?known_at=2024-03-13&page_size=500&expand=report,actor")["results"]:
        assert "recorded_at" in claim["actor"]
        assert ("recorded_at" in claim["report"]) != claim["report_issued_later"]


@pytest.mark.parametrize(
    ("address", "code", "hint"),
    [
        ("claims/?expand=reprt", "invalid_choice", "report"),
        ("claims/?expand=statement", "invalid_choice", ""),
        ("claims/?expand=report.source", "invalid_choice", ""),
        ("claims/?expand=", "empty", ""),
        ("claims/?expand=report&fields=id", "invalid", "report"),
        ("claims/?expand=report&fields=report.id", "invalid", "report"),
        ("claims/?expand=report&format=csv", "not_in_this_format", "csv"),
        ("strikes/?expand=facility&format=geojson", "not_in_this_format", "geojson"),
        ("changes/?expand=id", "unknown_parameter", ""),
        ("facilities/norsi/timeline/?expand=regions", "unknown_parameter", ""),
    ],
)
def test_what_it_refuses(api, address, code, hint):
    (error,) = problem_of(api.raw(address), 400)["errors"]
    assert (error["parameter"], error["code"]) == ("expand", code)
    assert hint in error["detail"]


def test_the_parameters_of_a_request_mean_its_own_objects(api):
    """The total is in another unit than its part, which is converted; by itself it could not be."""
    exactly = {"comparator": "exactly", "low": 5, "high": 5, "best": 5}
    part = DamageEstimateFactory(unit_of_measure="t_per_day", **exactly)
    part.part_of = DamageEstimateFactory(claim=part.claim, unit_of_measure="mw", **exactly)
    part.save()
    part = on_record(part.claim).damage_estimates.get(pk=part.pk)
    query = f"claim={part.claim.public_id}&unit_of_measure=t_per_day&convert_to=kbbl_per_day"
    (row,) = api(f"damage-estimates/?{query}&expand=part_of")["results"]
    assert row["converted"] is not None
    assert (row["part_of"]["unit_of_measure"], row["part_of"]["converted"]) == ("mw", None)


def test_fields_and_expansion_together(api):
    (row,) = api("claims/?page_size=1&fields=id,report&expand=report")["results"]
    assert list(row) == ["id", "report"]
    assert "recorded_at" in row["report"]
