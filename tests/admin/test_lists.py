"""Lists and pages: what they show, how they find it, and in how many queries."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from record import publishing
from record.choices import WithdrawalReason
from record.models import OnRecord
from sources.models import Actor, Report
from strikes.models import Claim, Facility, Proposition, Strike, Unit
from tests.admin.conftest import Editor, admin_url, delete_url
from tests.admin.related import RELATED, of_a_claim
from tests.factories import (
    ActorFactory,
    ClaimFactory,
    DamageEstimateFactory,
    EvidenceFactory,
    FacilityFactory,
    PropositionFactory,
    RegionFactory,
    ReportFactory,
    SourceFactory,
    StrikeFactory,
    UnitFactory,
    WeaponCountFactory,
    factories_by_model,
)
from tests.on_record import fresh, on_record
from tests.sweeps import one_in

REGISTERED = [model for model in admin.site._registry if model not in (User, Group)]


def queries(person: Editor, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert person.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def same_count(few: list[str], many: list[str]) -> None:
    assert len(few) == len(many), "\n".join(sorted(many))


@pytest.mark.parametrize("model", [pytest.param(model, id=model.__name__) for model in REGISTERED])
def test_a_list_takes_as_many_queries_for_many_rows_as_for_one(model, editor):
    factories_by_model()[model]()
    editor.get(admin_url(model, "changelist"))
    few = queries(editor, admin_url(model, "changelist"))
    factories_by_model()[model].create_batch(6)
    same_count(few, queries(editor, admin_url(model, "changelist")))


def test_a_list_of_accounts_takes_as_many_queries_for_many_as_for_one(account):
    above = Editor(account(name="superuser", is_superuser=True))
    few = queries(above, admin_url(User, "changelist"))
    for n in range(5):
        account("editor", f"editor-{n}")
    same_count(few, queries(above, admin_url(User, "changelist")))


@pytest.mark.parametrize(
    ("factory", "related"), one_in(3, (pytest.param(*pair, id=pair[1].__name__) for pair in RELATED.items()))
)
def test_a_page_takes_as_many_queries_with_many_parts_as_with_one(factory, related, editor):
    """As a draft, to be edited, and as a public row, to be read."""
    few, many = factory(), factory()
    related(few)
    for _ in range(4):
        related(many)
    editor.get(admin_url(few))
    same_count(queries(editor, admin_url(few)), queries(editor, admin_url(many)))
    few, many = on_record(few), on_record(many)
    same_count(queries(editor, admin_url(few)), queries(editor, admin_url(many)))
    same_count(queries(editor, admin_url(few, "amend")), queries(editor, admin_url(many, "amend")))


def test_a_row_with_nothing_below_it_and_every_other_page_is_pinned_too(editor):
    """The pages of rows that have nothing below them need no more queries than these."""
    for model in (Unit, Actor):
        assert len(queries(editor, admin_url(factories_by_model()[model]()))) < 25


# What is found ----------------------------------------------------------------------------------------------


def find(editor: Editor, field: str, term: str) -> list[str]:
    model, _, name = field.partition(".")
    query = {
        "app_label": "sources" if model in ("actor", "report", "source") else "strikes",
        "model_name": model,
    }
    answer = editor.client.get("/admin/autocomplete/", query | {"field_name": name, "term": term})
    assert answer.status_code == 200
    return [result["text"] for result in answer.json()["results"]]


def norsi(editor: Editor) -> Facility:
    """The refinery, entered by hand."""
    editor.saved(
        admin_url(Facility, "add"),
        public_id="norsi",
        name="NORSI",
        name_local="НОРСИ",
        kind="refinery",
        town="Kstovo",
        location_precision="site",
        **{"names-TOTAL_FORMS": "1", "names-0-name": "Кстовский НПЗ", "names-0-language": "ru"},
    )
    facility: Facility = Facility.objects.get()
    return facility


@pytest.mark.parametrize(
    "term", ["NORSI", "norsi", "НОРСИ", "норси", "Kstovo", "кстовский нпз", "Kstovskiy", "ｎｏｒｓｉ", "nors"]
)
def test_a_draft_entered_by_hand_is_found_in_any_script(term, editor):
    norsi(editor)
    assert find(editor, "unit.facility", term) == ["NORSI · norsi · draft"]
    listed = editor.client.get(admin_url(Facility, "changelist"), {"q": term}).content.decode()
    assert "1 facility" in listed


def test_what_is_changed_is_found_by_its_new_names(editor):
    facility = norsi(editor)
    editor.saved(admin_url(facility), **{"names-0-name": "Лукойл-Нижегороднефтеоргсинтез"})
    assert find(editor, "unit.facility", "lukoylnizhegorod")
    assert find(editor, "unit.facility", "кстовский") == []


@pytest.mark.parametrize(
    ("field", "factory", "values", "term"),
    [
        ("claim.actor", ActorFactory, {"name": "Andriy Yusov", "name_local": "Андрій Юсов"}, "юсов"),
        ("report.source", SourceFactory, {"name": "Ukrainska Pravda"}, "українська"),
        ("claim.proposition", PropositionFactory, {"text": "AVT-6 was damaged."}, "авт-6"),
        ("proposition.strike", StrikeFactory, {"title": "Drones at Кстово"}, "kstovo"),
        ("proposition.unit", UnitFactory, {"designation": "АВТ-6"}, "avt 6"),
        ("proposition.region", RegionFactory, {"name": "Nizhny Novgorod"}, "новгород"),
        ("claim.report", ReportFactory, {"title": "Дрони над Волгою"}, "droni"),
        ("claimrelation.other", ClaimFactory, {"statement": "Возгорание ликвидировано."}, "vozgoranie"),
        ("claimevidence.evidence", EvidenceFactory, {"shows": "a crater"}, "crater"),
    ],
)
def test_every_choice_is_found_by_its_words_and_by_its_id(field, factory, values, term, editor):
    row = factory(**values)
    row.before_publish()
    row.save()
    factory()
    [label] = find(editor, field, term)
    assert label.endswith(f" · {row.public_id} · draft")
    assert find(editor, field, row.public_id)[0] == label


def test_an_autocomplete_marks_drafts_and_leaves_out_what_was_withdrawn(editor):
    FacilityFactory(public_id="kstovo-draft")
    on_record(FacilityFactory(public_id="kstovo-public"))
    gone = on_record(FacilityFactory(public_id="kstovo-gone"))
    publishing.withdraw(gone, reason=WithdrawalReason.DUPLICATE)
    labels = find(editor, "unit.facility", "kstovo")
    assert [label.split(" · ")[1:] for label in labels] == [["kstovo-draft", "draft"], ["kstovo-public"]]
    assert "kstovo-gone" in editor.get(f"{admin_url(Facility, 'changelist')}?q=kstovo-gone").content.decode()


def test_every_list_is_narrowed_by_state(editor):
    draft, public, gone = FacilityFactory(), on_record(FacilityFactory()), on_record(FacilityFactory())
    publishing.withdraw(gone, reason=WithdrawalReason.DUPLICATE)
    for state, row in (("draft", draft), ("published", public), ("withdrawn", gone)):
        listed = editor.get(f"{admin_url(Facility, 'changelist')}?state={state}").content.decode()
        assert "1 facility" in listed
        assert row.public_id in listed
    assert "3 facilities" in editor.get(admin_url(Facility, "changelist")).content.decode()


# What a page shows ------------------------------------------------------------------------------------------


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_the_state_of_a_row_is_plain_to_see(editor):
    draft = ClaimFactory()
    assert "<strong>Draft.</strong>" in text_of(editor.get(admin_url(draft)))
    public = on_record(draft)
    text = text_of(editor.get(admin_url(public)))
    assert f"<strong>Public since revision {public.published_rev_id}.</strong>" in text
    assert f'href="/api/v1/claims/{public.public_id}/"' in text
    correction = publishing.revise(public)
    text = text_of(editor.get(admin_url(correction)))
    assert "<strong>Draft of a correction.</strong>" in text
    assert f'<a href="{admin_url(public)}"><code>{public.public_id}</code></a>' in text
    assert f'A correction is drafted: <a href="{admin_url(correction)}">' in text_of(
        editor.get(admin_url(public))
    )
    publishing.correct(correction, reason=WithdrawalReason.TYPO, note="A slip.")
    text = text_of(editor.get(admin_url(public)))
    assert "<strong>Withdrawn in revision" in text
    assert "A slip." in text
    assert f'Replaced by <a href="{admin_url(correction)}">' in text


def test_a_draft_has_no_public_page(editor):
    assert "View on site" not in editor.get(admin_url(FacilityFactory())).content.decode()


def test_a_report_shows_its_claims_in_order_and_adds_the_next_one(editor):
    report = ReportFactory()
    second = ClaimFactory(report=report, position=1, statement="Said second.")
    first = ClaimFactory(report=report, position=0, statement="Said first.")
    text = text_of(editor.get(admin_url(report)))
    assert text.index(first.statement) < text.index(second.statement)
    assert admin_url(first) in text
    address = f"{admin_url(Claim, 'add')}?report={report.pk}&position=2"
    assert address.replace("&", "&amp;") in text
    form = editor.form(address)
    assert (form["report"], form["position"]) == ([str(report.pk)], "2")


def test_a_strike_shows_its_propositions_and_how_they_stand(editor):
    claim = on_record(ClaimFactory())
    text = text_of(editor.get(admin_url(claim.proposition.strike)))
    assert claim.proposition.text in text
    assert "(1 for, 0 against)" in text
    text = text_of(editor.get(admin_url(claim.proposition)))
    assert claim.statement in text
    assert claim.report.title in text


def test_a_list_below_a_form_does_not_offer_more_to_those_who_may_not(editor, account):
    proposition = PropositionFactory()
    assert "strikes/assessment/add/" in text_of(editor.get(admin_url(proposition)))
    assert "strikes/assessment/add/" not in text_of(
        Editor(account("contributor")).get(admin_url(proposition))
    )


def test_the_parts_of_a_claim_are_on_its_page(editor):
    claim = ClaimFactory()
    of_a_claim(claim)
    form = editor.form(admin_url(claim))
    for prefix, count in {
        "chain": 2,
        "relations": 1,
        "evidence_links": 1,
        "damage_estimates": 1,
        "weapon_counts": 1,
    }.items():
        assert form[f"{prefix}-INITIAL_FORMS"] == str(count)
    assert form["weapon_counts-0-weapons"] == ["drone"]


def test_a_total_is_chosen_among_the_numbers_of_the_same_claim(editor):
    total = DamageEstimateFactory()
    part = DamageEstimateFactory(claim=total.claim)
    elsewhere = DamageEstimateFactory()
    address = admin_url(total.claim)
    which = f"damage_estimates-{int(part.public_id > total.public_id)}-part_of"  # they stand in the order of their ids
    editor.saved(address, **{which: str(total.pk)})
    assert fresh(part).part_of == total
    answer = editor.send(address, **{which: str(elsewhere.pk)})
    assert "Select a valid choice" in answer.content.decode()


def test_what_was_never_public_is_deleted_with_its_numbers(editor):
    claim = ClaimFactory()
    total = DamageEstimateFactory(claim=claim)
    DamageEstimateFactory(claim=claim, part_of=total)
    of_a_claim(claim)
    listed = editor.get(delete_url(claim)).content.decode()
    assert "Are you sure" in listed
    assert editor.post(delete_url(claim), {"post": "yes"}).status_code == 302
    assert not Claim.objects.filter(pk=claim.pk).exists()
    assert not claim.damage_estimates.exists()


def test_what_others_point_at_is_not_deleted(editor):
    claim = ClaimFactory()
    text = editor.post(delete_url(claim.report), {"post": "yes"})
    assert text.status_code == 200
    assert "would require deleting the following protected" in text.content.decode()
    assert Report.objects.filter(pk=claim.report.pk).exists()


def test_every_field_that_an_editor_fills_in_has_help(editor):
    for model, model_admin in admin.site._registry.items():
        if issubclass(model, OnRecord):
            request = type("Request", (), {"user": editor.user, "resolver_match": None})()
            form = model_admin.get_form(request)
            silent = [
                name
                for name, field in form.base_fields.items()
                if not field.help_text and name != "seen_version"
            ]
            assert silent == [], model
    assert {Proposition, Strike} <= set(admin.site._registry)


def test_the_help_of_a_field_that_is_only_shown_looks_as_where_it_is_filled_in(editor):
    for row in (on_record(StrikeFactory()), on_record(WeaponCountFactory())):
        text = editor.get(admin_url(row)).content.decode()
        assert "<code>" in text
        assert "`" not in text
