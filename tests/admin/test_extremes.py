"""Whatever is typed into a form, the answer is a page and never a server error."""

from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client

from record.models import OnRecord
from strikes.models import Facility
from tests.admin.conftest import Editor, admin_url, record_contents
from tests.factories import (
    ClaimFactory,
    DamageEstimateFactory,
    FacilityFactory,
    RegionFactory,
    StrikeFactory,
    factories_by_model,
)
from tests.forms import complaints, sentences
from tests.on_record import fresh
from tests.sweeps import one_in

PAGES = [model for model in admin.site._registry if issubclass(model, OnRecord)]
EXTREMES = [
    "\x00",
    "a\x00b",
    "x" * 5000,
    "9" * 30,
    "-1",
    "1e400",
    "NaN",
    "1.0000000001",
    "0000-01-01",
    "0001-01-01",
    "9999-12-31",
    "2024-02-30",
    "24:61",
    "²",
    "\u202e",
]
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("model", one_in(9, (pytest.param(model, id=model.__name__) for model in PAGES)))
def test_no_text_in_all_fields_breaks_a_form(model, editor):
    form = editor.form(admin_url(model, "add"))
    names = [name for name in form if name != "csrfmiddlewaretoken" and not name.endswith("_FORMS")]
    before = record_contents()
    for text in EXTREMES:
        response = editor.post(admin_url(model, "add"), form | dict.fromkeys(names, text))
        assert response.status_code == 200, text
        assert complaints(response)
    assert record_contents() == before


@pytest.mark.parametrize("model", one_in(9, (pytest.param(model, id=model.__name__) for model in PAGES)))
def test_no_value_that_a_form_might_take_is_too_much_for_the_database(model, editor):
    row = factories_by_model()[model]()
    form = editor.form(admin_url(row))
    for field in model._meta.fields:
        for text in large(field):
            for key in [key for key in (field.name, f"{field.name}_0") if key in form]:
                response = editor.post(admin_url(row), form | {key: text, "seen_version": fresh(row).version})
                assert response.status_code in (200, 302), (key, text)


def large(field: Any) -> list[str]:
    if field.is_relation or field.choices or field.name == "public_id":
        return []
    if isinstance(field, models.DateField):
        return ["0002-01-01", "9998-12-31"]
    if isinstance(field, models.DecimalField):
        return ["9" * (field.max_digits - field.decimal_places) + ".999"]
    if isinstance(field, models.IntegerField):
        return ["2147483647", "2147483648", "9223372036854775808"]
    if isinstance(field, models.CharField | models.TextField):
        return ["\U0001f525" * (field.max_length or 5000)]
    return []


def test_half_a_surrogate_pair_breaks_nothing():
    """A browser cannot send one; a script can."""
    client = Client()
    answer = client.post("/admin/login/", "username=%ED%A0%80&password=%ED%BF%BF", content_type=FORM)
    assert answer.status_code == 200


def test_half_a_surrogate_pair_in_a_form_is_kept_as_the_sign_for_what_cannot_be_read(editor):
    facility = FacilityFactory()
    form = editor.form(admin_url(facility)) | {"_save": "x"}
    form.pop("name")
    body = urlencode(form, doseq=True) + "&name=a%ED%A0%80b"
    assert editor.client.post(admin_url(facility), body, content_type=FORM).status_code == 302
    assert fresh(facility).name == "a\ufffd\ufffd\ufffdb"


@pytest.mark.parametrize(
    "model", one_in(5, (pytest.param(model, id=model.__name__) for model in admin.site._registry))
)
def test_no_question_to_a_list_breaks_it(model, account):
    asker = Editor(account(name="superuser", is_superuser=True))
    factory = factories_by_model().get(model)
    if factory:
        factory()
    address = admin_url(model, "changelist")
    model_admin = admin.site._registry[model]
    filters = [
        by if isinstance(by, str) else getattr(by, "parameter_name", "") for by in model_admin.list_filter
    ]
    dates = (
        [f"{model_admin.date_hierarchy}__{part}" for part in ("year", "month", "day")]
        if model_admin.date_hierarchy
        else []
    )
    names = ["q", "p", "o", "_facets", "no_such", *filters, *(f"{name}__exact" for name in filters), *dates]
    for text in ["\x00", "9" * 30, "0"]:
        for name in names:
            answer = asker.get(f"{address}?{name}={quote(text)}")
            assert answer.status_code in (200, 302), (name, text)
    for text in ["-1", "9999", "10000", "²", "x"]:
        for name in dates:
            assert asker.get(f"{address}?{name}={quote(text)}").status_code in (200, 302), (name, text)
    assert asker.get(f"{address}?q=%ED%A0%80{'x' * 3000}").status_code == 200


@pytest.mark.parametrize("key", ["0", "-1", "9" * 30, "x", "%00", "%ED%A0%80", "1_2F", "x" * 3000])
def test_a_row_that_is_not_there_is_not_found(key, editor):
    for name in ("change", "history", "delete"):
        answer = editor.get(f"/admin/strikes/claim/{key}/{name}/")
        assert answer.status_code in (302, 404), name
    assert editor.get(f"/admin/strikes/claim/{key}/amend/").status_code == 404


def test_no_term_breaks_an_autocomplete(editor):
    FacilityFactory()
    address = "/admin/autocomplete/?app_label=strikes&model_name=unit&field_name=facility&term="
    for term in ("%00", "%ED%A0%80", "x" * 5000, "9" * 30, "%25", "_", "'\"", "%E2%80%AE"):
        assert editor.get(address + term).status_code == 200, term
    for page_ in ("0", "-1", "9" * 30, "x", "%00"):
        assert editor.get(f"{address}&page={page_}").status_code in (200, 404)


def test_prefilled_nonsense_breaks_no_form(editor):
    for model in PAGES:
        for text in ("%00", "9" * 30, "x"):
            query = "&".join(
                f"{field.name}={text}" for field in [*model._meta.fields, *model._meta.many_to_many]
            )
            assert editor.get(f"{admin_url(model, 'add')}?{query}").status_code == 200, text


def test_many_regions_with_keys_that_are_none_are_refused(editor):
    region = RegionFactory()
    for row in (FacilityFactory(), StrikeFactory()):
        for key in ("9" * 30, "\x00", "-1", "x"):
            response = editor.send(admin_url(row), regions=[str(region.pk), key])
            assert response.status_code == 200
            assert sentences(response)
    assert not Facility.objects.exclude(regions=None).exists()


def test_the_first_and_the_last_year_are_no_years_of_this_record(editor):
    strike = StrikeFactory(timezone="Europe/Moscow")
    for edge in ("0001-01-01", "9999-12-31"):
        response = editor.send(admin_url(strike), earliest_0=edge, latest_0=edge, local_date=edge)
        assert "That is not a year of this record." in sentences(response)
    assert fresh(strike).earliest == strike.earliest


def test_a_number_with_too_many_digits_is_refused_beside_it(editor):
    number = DamageEstimateFactory(claim=ClaimFactory())
    for text in ("9" * 30, "1e400", "NaN", "0.0001"):
        complained = complaints(editor.send(admin_url(number), low=text, comparator="at_least"))
        assert [field for field, _ in complained] == ["low"], (text, complained)
