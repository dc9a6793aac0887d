"""Regions are those of ISO 3166, de jure, under the names that ISO gives them."""

import re
from io import StringIO

import pycountry
import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command

from record.ids import REGION_CODE
from record.models import Change, Ledger
from strikes.imports.starter import load_starter
from strikes.models import Region
from tests.factories import RegionFactory
from tests.on_record import on_record

FIXTURES = settings.BASE_DIR / "fixtures"
IN_FIXTURES = yaml.safe_load((FIXTURES / "reference/regions.yaml").read_text(encoding="utf-8"))["regions"]


def load_regions(*countries: str) -> str:
    out = StringIO()
    call_command("load_regions", *countries, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("row", IN_FIXTURES, ids=lambda row: row["id"])
def test_a_region_of_the_fixtures_is_as_iso_has_it(row):
    if row["level"] == "country":
        country = pycountry.countries.get(alpha_2=row["id"])
        assert row == {"id": country.alpha_2, "name": country.name, "level": "country"}
    else:
        part = pycountry.subdivisions.get(code=row["id"])
        parent = part.parent_code or part.country_code
        assert row == {"id": part.code, "name": part.name, "level": "subdivision", "parent": parent}


def test_every_code_and_name_of_iso_fits_the_model():
    name_by_code = {country.alpha_2: country.name for country in pycountry.countries}
    name_by_code |= {part.code: part.name for part in pycountry.subdivisions}
    longest = Region._meta.get_field("name").max_length
    assert len(name_by_code) > 5000
    for code, name in name_by_code.items():
        assert re.fullmatch(REGION_CODE, code), code
        assert 0 < len(name.strip()) <= longest, code


@pytest.mark.django_db
def test_a_country_is_loaded_with_its_subdivisions():
    assert load_regions("UA") == "28 new regions; the record is at revision 1.\n"
    ukraine = Region.objects.published().get(public_id="UA")
    assert (ukraine.name, ukraine.level, ukraine.parent) == ("Ukraine", "country", None)
    codes = {part.code for part in pycountry.subdivisions.get(country_code="UA")}
    assert set(ukraine.subdivisions.published().values_list("public_id", flat=True)) == codes


@pytest.mark.django_db
def test_regions_are_de_jure():
    load_regions("ua", "ru")
    crimea = Region.objects.get(public_id="UA-43")
    assert (crimea.name, crimea.parent.public_id) == ("Avtonomna Respublika Krym", "UA")
    russian = Region.objects.filter(parent__public_id="RU").values_list("name", flat=True)
    assert not [name for name in russian if "Krym" in name or "Sevastopol" in name]


@pytest.mark.django_db
def test_a_subdivision_may_be_a_part_of_another():
    load_regions("AZ")
    assert Region.objects.get(public_id="AZ-BAB").parent.public_id == "AZ-NX"
    assert Region.objects.get(public_id="AZ-NX").parent.public_id == "AZ"


@pytest.mark.django_db
def test_what_is_needed_first_is_written_first():
    load_regions("AZ")
    written = list(Change.objects.values_list("object_id", flat=True))
    for region in Region.objects.exclude(parent=None).select_related("parent"):
        assert written.index(region.parent.public_id) < written.index(region.public_id)


@pytest.mark.django_db
def test_loading_twice_changes_nothing():
    load_regions("UA")
    assert load_regions("UA") == "0 new regions; the record is at revision 1.\n"
    assert (Ledger.head().n, Region.objects.count()) == (1, 28)


@pytest.mark.django_db
def test_regions_on_the_record_are_left_alone():
    on_record(RegionFactory(public_id="UA", name="Ukraine, as an editor name_by_code it"))
    assert load_regions("UA") == "27 new regions; the record is at revision 2.\n"
    assert Region.objects.get(public_id="UA").name == "Ukraine, as an editor name_by_code it"
    assert Region.objects.get(public_id="UA").subdivisions.count() == 27


@pytest.mark.django_db
def test_they_meet_the_regions_of_the_starter_data(tmp_path):
    (tmp_path / "regions.yaml").write_bytes((FIXTURES / "reference/regions.yaml").read_bytes())
    load_starter(tmp_path)
    elsewhere = Region.objects.exclude(public_id__startswith="RU").count()
    load_regions("RU")
    subdivisions = pycountry.subdivisions.get(country_code="RU")
    assert Region.objects.count() == 1 + len(subdivisions) + elsewhere
    assert Region.objects.drafts().count() == 0


@pytest.mark.django_db
def test_a_draft_in_the_way_is_named_and_nothing_is_loaded():
    RegionFactory(public_id="UA")
    with pytest.raises(CommandError, match="parent: UA is draft, not public"):
        load_regions("UA")
    assert (Ledger.head().n, Region.objects.count()) == (0, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("code", ["XX", "UA-43", "Ukraine", ""])
def test_a_code_that_is_no_country_is_refused(code):
    with pytest.raises(CommandError, match="Not a country code"):
        load_regions("UA", code)
    assert Region.objects.count() == 0


@pytest.mark.slow
@pytest.mark.django_db
def test_the_whole_of_iso_goes_on_the_record():
    expected = len(pycountry.countries) + len(pycountry.subdivisions)
    assert load_regions() == f"{expected} new regions; the record is at revision 1.\n"
    assert Region.objects.published().count() == expected
    assert load_regions() == "0 new regions; the record is at revision 1.\n"
    call_command("check_record", stdout=StringIO())
