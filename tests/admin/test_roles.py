"""Who may do what: every address of the admin, asked by every role, by nobody in particular and by a stranger."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.urls import URLPattern

from record import publishing
from record.choices import WithdrawalReason
from record.models import OnRecord
from sources.models import Actor
from strikes.models import Assessment, Capacity, Claim, DamageEstimate, Facility, PropositionState, Strike
from tests.admin.conftest import ACTIONS, Editor, admin_url, delete_url, record_contents
from tests.admin.related import RELATED
from tests.factories import (
    ActorFactory,
    AssessmentFactory,
    ClaimFactory,
    DamageEstimateFactory,
    FacilityFactory,
    FacilityNameFactory,
    PropositionFactory,
    ReportFactory,
    SourceFactory,
    WaveFactory,
    factories_by_model,
)
from tests.forms import form_of
from tests.on_record import fresh, on_record
from tests.roles import ROLES
from tests.sweeps import one_in

REGISTERED = list(admin.site._registry)
ON_RECORD = [model for model in REGISTERED if issubclass(model, OnRecord)]
LEDGER = ["revision", "change", "merge", "propositionstate"]
PEOPLE = [*ROLES, "nobody", "superuser", "stranger"]

WRITERS = {"contributor", "editor", "superuser"}
EDITORS = {"editor", "superuser"}
READERS = {*ROLES, "superuser"}
"""Who may open which page. Everybody else is refused, and a stranger sent to the login."""


def may(model: Any, name: str, state: str) -> set[str]:
    if model is User:
        return {"administrator", "superuser"} if name != "delete" else {"superuser"}
    if model is Group:
        return (
            {"administrator", "superuser"} if name in ("changelist", "change", "history") else {"superuser"}
        )
    if model._meta.model_name in LEDGER:
        return READERS if name in ("changelist", "change", "history") else set()
    if name in ("changelist", "change", "history"):
        return READERS
    if name in ("amend", *ACTIONS):
        return EDITORS if name != "amend" or state == "public" else set()
    writers = EDITORS if model is Assessment else WRITERS
    return writers if name == "add" or state == "draft" else set()


@pytest.fixture
def people(account: Any) -> dict[str, Editor]:
    people = {role: Editor(account(role)) for role in (*ROLES, "nobody")}
    people["superuser"] = Editor(account(name="superuser", is_superuser=True))
    return people | {"stranger": Editor()}


def rows_of(model: Any) -> dict[str, Any]:
    """A draft and a public row of a collection; of anything else any row."""
    if model is User:
        return {"any": User.objects.create_user("somebody")}
    if model is Group:
        return {"any": Group.objects.get(name="editor")}
    factory = factories_by_model()[model]
    if not issubclass(model, OnRecord):
        return {"any": factory()}
    public, draft = factory(), factory()
    for make, related in RELATED.items():
        if factories_by_model()[model] is make or (make is WaveFactory and model is Strike):
            related(public)
            related(draft)
    on_record(getattr(public, public.owner) if public.owner else public)
    return {"draft": draft, "public": fresh(public)}


@pytest.mark.parametrize(
    "model", one_in(17, (pytest.param(model, id=model.__name__) for model in REGISTERED))
)
def test_every_page_opens_for_those_who_may_and_for_nobody_else(model, people):
    wrong = []
    for state, row in rows_of(model).items():
        addresses = {name: admin_url(row, name) for name in ("change", "history", "delete")}
        addresses |= {name: admin_url(model, name) for name in ("changelist", "add")}
        if issubclass(model, OnRecord):
            addresses |= {name: admin_url(row, name) for name in ("amend", *ACTIONS)} | {
                "delete": delete_url(row)
            }
        for name, address in addresses.items():
            for who, person in people.items():
                answer = person.get(address).status_code
                expected = 302 if who == "stranger" else 200 if who in may(model, name, state) else 403
                if answer != expected:
                    wrong.append((state, name, who, answer))
    assert wrong == []


def names_of_addresses() -> set[str]:
    names: set[str] = set()
    for model, model_admin in admin.site._registry.items():
        prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
        names |= {
            str(url.name).removeprefix(prefix)
            for url in model_admin.get_urls()
            if isinstance(url, URLPattern) and url.name
        }
    return names


def test_no_address_of_the_admin_is_left_out_here():
    swept = {"changelist", "add", "change", "history", "delete", "amend", *ACTIONS}
    assert names_of_addresses() == swept | {"password_change"}
    of_the_site = {url.name for url in admin.site.urls[0] if isinstance(url, URLPattern)}
    public = {"login", "logout"}
    swept_below = {"index", "app_list", "autocomplete", "jsi18n", "password_change", "password_change_done"}
    assert of_the_site - public - swept_below == {"view_on_site", None}


@pytest.mark.parametrize(
    "name", ["", "sources/", "strikes/", "record/", "auth/", "password_change/", "r/1/1/"]
)
def test_a_stranger_is_sent_to_the_login(name, people):
    answer = people["stranger"].get(f"/admin/{name}")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


def test_somebody_without_a_role_sees_nothing(people):
    assert "You don’t have permission" in people["nobody"].get("/admin/").content.decode()
    assert people["nobody"].get("/admin/sources/").status_code == 404


def test_an_account_that_is_no_staff_gets_nowhere(account):
    outside = Editor(account("editor", is_staff=False))
    assert outside.get("/admin/").status_code == 302
    assert outside.get(admin_url(ActorFactory())).status_code == 302


@pytest.mark.parametrize("model", one_in(11, (pytest.param(model, id=model.__name__) for model in ON_RECORD)))
def test_what_may_not_be_written_stays_as_it_was(model, people):
    """Every page that saves is sent a form it would take from somebody who may."""
    rows = rows_of(model)
    forms: dict[str, dict[str, Any]] = {}
    for state, row in rows.items():
        reader = people["superuser"].form(admin_url(row, "amend" if state == "public" else "change"))
        forms[state] = {**reader, "note": "Slipped in", "reason": "Slipped in"}
    before = record_contents()
    wrong = []
    for state, row in rows.items():
        for who, person in people.items():
            sent = {"change": forms[state], "delete": {"post": "yes"}, "amend": forms[state]}
            action_posts = {
                action: {
                    "reason": "typo",
                    "with_needed": "on",
                    f"version-{row.collection}/{row.public_id}": row.version,
                }
                for action in ACTIONS
            }
            for name, data in {**sent, **action_posts}.items():
                if who in may(model, name, state) and not (name in ACTIONS and who not in EDITORS):
                    continue
                answer = person.post(admin_url(row, name), data, "_save")
                if answer.status_code not in (302, 403) or (answer.status_code == 302 and who != "stranger"):
                    wrong.append((state, name, who, answer.status_code))
    assert wrong == []
    assert record_contents() == before


def test_a_public_row_is_not_saved_from_its_page_even_by_a_superuser(people):
    facility = on_record(FacilityFactory(town="Kstovo"))
    data = people["superuser"].form(admin_url(facility, "amend")) | {"town": "Elsewhere"}
    before = record_contents()
    for button in ("_save", "_continue", "_addanother", "_amend", "_preview"):
        answer = people["superuser"].post(admin_url(facility), data, button)
        assert answer.status_code == 200
        assert "was published or withdrawn since" in answer.content.decode()
    assert people["superuser"].post(admin_url(facility), data, "_saveasnew").status_code == 403
    assert people["superuser"].post(admin_url(facility, "amend"), data, "_saveasnew").status_code == 403
    assert record_contents() == before


def test_nothing_is_deleted_from_a_list(people):
    public, draft = on_record(FacilityFactory()), FacilityFactory()
    before = record_contents()
    for who in ("contributor", "editor", "superuser"):
        data = {"action": "delete_selected", "_selected_action": [public.pk, draft.pk], "post": "yes"}
        people[who].client.post(admin_url(Facility, "changelist"), data)
    assert record_contents() == before


@pytest.mark.parametrize("action", ["to_publish", "to_withdraw"])
def test_the_actions_of_a_list_open_their_pages_for_editors_and_nobody_else(action, people):
    rows = [FacilityFactory(), FacilityFactory()]
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    name = action.removeprefix("to_")
    answer = people["editor"].client.post(admin_url(Facility, "changelist"), data)
    assert answer[
        "Location"
    ] == f"{admin_url(Facility, name)}?id={rows[1].public_id}&id={rows[0].public_id}" or (
        answer["Location"] == f"{admin_url(Facility, name)}?id={rows[0].public_id}&id={rows[1].public_id}"
    )
    for who in ("contributor", "administrator"):
        listed = people[who].get(admin_url(Facility, "changelist")).content.decode()
        assert action not in listed
        answer = people[who].client.post(admin_url(Facility, "changelist"), data)
        assert name not in answer.get("Location", "")


def test_a_number_goes_through_no_action_of_its_own(people):
    DamageEstimateFactory()
    assert "to_publish" not in people["editor"].get(admin_url(DamageEstimate, "changelist")).content.decode()


def test_rows_of_another_state_are_refused(editor):
    draft, public, gone = FacilityFactory(), on_record(FacilityFactory()), on_record(FacilityFactory())
    publishing.withdraw(gone, reason=WithdrawalReason.DUPLICATE)
    gone = fresh(gone)
    before = record_contents()
    for action, row in [
        ("publish", public),
        ("publish", gone),
        ("withdraw", draft),
        ("withdraw", gone),
        ("correct", public),
        ("correct", gone),
        ("correct", draft),
    ]:
        answer = editor.post(
            admin_url(row, action),
            {"reason": "typo", f"version-facilities/{row.public_id}": row.version},
            "_do",
        )
        assert answer.status_code == 409, (action, row.status)
    assert record_contents() == before


def test_a_page_of_an_action_knows_no_rows_of_other_collections_and_no_nonsense(editor):
    row = FacilityFactory()
    actor = admin_url(Actor, "publish")
    assert editor.get(f"{actor}?id={row.public_id}").status_code == 404
    for query in (
        "",
        "?id=",
        "?id=%00",
        "?id=%ED%A0%80",
        "?id=" + "x" * 5000,
        "?id=no-such-row",
        f"?id={row.public_id}&id=x",
    ):
        assert editor.get(admin_url(Facility, "publish") + query).status_code == 404
    many = "&".join(f"id={n}" for n in range(300))
    assert editor.get(f"{admin_url(Facility, 'publish')}?{many}").status_code == 404


def test_a_contributor_makes_drafts_and_grades_nothing(contributor):
    source = SourceFactory()
    report = ReportFactory(source=source)
    claim = ClaimFactory(report=report)
    assert "reliability" not in contributor.form(admin_url(source))
    contributor.saved(admin_url(source), name="The Post", reliability="A")
    contributor.saved(admin_url(claim), statement="Said otherwise.", credibility="1")
    assert (fresh(source).name, fresh(source).reliability) == ("The Post", None)
    assert (fresh(claim).statement, fresh(claim).credibility) == ("Said otherwise.", None)
    assert contributor.get(admin_url(Assessment, "add")).status_code == 403
    answer = contributor.post(
        admin_url(Assessment, "add"),
        {
            "proposition": claim.proposition.pk,
            "grade": "fair",
            "grade_basis": "visual",
            "reason": "x",
            "assessed_on": "2024-03-13",
        },
    )
    assert answer.status_code == 403
    assert not Assessment.objects.exists()


def test_an_editor_grades_and_is_named_as_its_author(editor):
    proposition = PropositionFactory()
    editor.saved(
        f"{admin_url(Assessment, 'add')}?proposition={proposition.pk}",
        grade="fair",
        grade_basis="visual",
        reason="Two photographs.",
        assessed_on="2024-03-13",
    )
    assert Assessment.objects.get().author == editor.user


def test_an_author_is_not_chosen(editor, account):
    other = account("editor", "other")
    row = AssessmentFactory(author=editor.user)
    editor.saved(admin_url(row), reason="Better said.", author=other.pk)
    assert fresh(row).author == editor.user


def test_the_inlines_of_a_reader_take_nothing(people):
    facility = FacilityFactory()
    name = FacilityNameFactory(facility=facility)
    data = people["editor"].form(admin_url(facility)) | {"names-0-name": "Changed", "names-0-DELETE": "on"}
    before = record_contents()
    for who in ("administrator", "nobody"):
        assert people[who].post(admin_url(facility), data).status_code == 403
    assert record_contents() == before
    assert fresh(name).name == name.name


def test_a_popup_is_no_way_around(people):
    before = record_contents()
    for who in ("administrator", "nobody"):
        for model in ON_RECORD:
            address = f"{admin_url(model, 'add')}?_popup=1"
            assert people[who].post(address, {"_popup": "1", "name": "x"}).status_code == 403
    assert record_contents() == before


def test_a_popup_gives_back_what_was_made(contributor):
    address = f"{admin_url(Actor, 'add')}?_popup=1"
    answer = contributor.send(address, public_id="the-post", name="The Post", kind="media")
    assert answer.status_code == 200
    assert "popup_response" in answer.content.decode()


def test_accounts_are_kept_by_administrators_who_make_no_superusers(people, account):
    keeper = people["administrator"]
    other = account("contributor", "other")
    keeper.saved(
        admin_url(other),
        is_superuser="on",
        groups=[str(Group.objects.get(name="editor").pk)],
        user_permissions=["1"],
        first_name="Olena",
    )
    other.refresh_from_db()
    assert (other.first_name, other.is_superuser) == ("Olena", False)
    assert not other.user_permissions.exists()
    assert other.groups.get().name == "editor"
    keeper.saved(admin_url(keeper.user), is_superuser="on")
    keeper.user.refresh_from_db()
    assert not keeper.user.is_superuser


def test_the_account_of_a_superuser_is_changed_by_superusers_only(people):
    keeper, above = people["administrator"], people["superuser"].user
    before = record_contents()
    assert keeper.get(admin_url(above)).status_code == 200  # to be read
    assert keeper.post(admin_url(above), {"username": "mine"}).status_code == 403
    password = f"/admin/auth/user/{above.pk}/password/"
    assert keeper.get(password).status_code == 403
    data = {"password1": "Kstovo-2024-03-12", "password2": "Kstovo-2024-03-12"}
    assert keeper.post(password, data).status_code == 403
    assert record_contents() == before
    assert keeper.post(f"/admin/auth/user/{people['nobody'].user.pk}/password/", data).status_code == 302


@pytest.mark.parametrize("who", ["contributor", "editor"])
def test_nobody_else_sees_an_account(who, people):
    for address in (
        admin_url(User, "changelist"),
        admin_url(people["nobody"].user),
        admin_url(Group, "changelist"),
    ):
        assert people[who].get(address).status_code == 403


def test_an_autocomplete_answers_those_who_may_see_its_rows(people):
    FacilityFactory(name="Kstovo refinery")
    address = "/admin/autocomplete/?app_label=strikes&model_name=unit&field_name=facility&term="
    answers = {who: person.get(address).status_code for who, person in people.items()}
    assert answers == dict.fromkeys(PEOPLE, 200) | {"nobody": 403, "stranger": 302}


def test_only_what_a_form_points_at_can_be_asked_of_an_autocomplete(editor):
    for field in ("name", "published_rev", "no_such_field"):
        address = f"/admin/autocomplete/?app_label=strikes&model_name=facility&field_name={field}&term="
        assert editor.get(address).status_code in (403, 404), field
    address = "/admin/autocomplete/?app_label=auth&model_name=group&field_name=permissions&term="
    assert editor.get(address).status_code == 403


def test_a_number_is_not_added_to_what_is_on_the_record(editor):
    claim = on_record(ClaimFactory())
    answer = editor.send(
        f"{admin_url(DamageEstimate, 'add')}?claim={claim.pk}",
        metric="output_halted",
        comparator="vague",
        unit_of_measure="kbbl_per_day",
    )
    assert "correct it instead" in answer.content.decode()
    assert not DamageEstimate.objects.exists()


def test_the_ledger_is_written_by_nobody(people):
    on_record(ClaimFactory())
    row = PropositionState.objects.get()
    before = record_contents()
    for name in ("change", "delete"):
        assert (
            people["superuser"].post(admin_url(row, name), {"state": "agreed", "post": "yes"}).status_code
            == 403
        )
    assert record_contents() == before
    assert form_of(people["superuser"].get(admin_url(row))).keys() <= {"csrfmiddlewaretoken", "theme"}
    assert {Capacity, Claim, Strike} <= set(ON_RECORD)
