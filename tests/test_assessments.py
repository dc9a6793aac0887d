"""An editor grades a point at issue beside its claims; readers see the grade, its basis and reason, and in which role."""

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse

from strikes.models import Assessment
from tests.client import Api
from tests.factories import ClaimFactory
from tests.forms import form_of
from tests.on_record import on_record
from tests.roles import restore_roles

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor():
    restore_roles()
    user = User.objects.create_user("greta.holm", first_name="Greta", is_staff=True)
    user.groups.add(Group.objects.get(name="editor"))
    client = Client()
    client.force_login(user)
    return client


def grade(editor, point, **values):
    """Draft an assessment from the link on the page of the proposition, and publish it."""
    add = f"{reverse('admin:strikes_assessment_add')}?proposition={point.pk}"
    form = form_of(editor.get(add))
    assert form["proposition"] == [str(point.pk)]
    answer = editor.post(add, {**form, **values, "_save": "Save"})
    assert answer.status_code == 302, answer.content
    row = Assessment.objects.order_by("pk").last()
    page = f"{reverse('admin:strikes_assessment_publish')}?id={row.public_id}"
    answer = editor.post(page, form_of(editor.get(page)))
    assert answer.status_code == 302, answer.content
    return Assessment.objects.get(pk=row.pk)


def assert_nobody_is_named(accounts):
    """The editor is shown by role only."""
    everything = Client().get("/api/v1/assessments/").content + Client().get(f"/api/v1/{accounts}").content
    assert b"greta" not in everything.lower()


def test_a_grade_is_given_beside_the_claims_it_weighs_and_kept_per_revision(editor):
    claim = on_record(ClaimFactory(statement="The unit took a direct hit.", stance="asserts"))
    point, api = claim.proposition, Api()
    accounts = f"strikes/{point.strike.public_id}/accounts/"

    def assessment(query=""):
        (account,) = api(f"{accounts}{query}")["propositions"]
        return account["assessment"]

    weak = {"grade": "weak", "grade_basis": "single_testimony", "reason": "One voice."}
    confirmed = {"grade": "confirmed", "grade_basis": "satellite", "reason": "Seen from above."}
    first = grade(editor, point, **weak, assessed_on="2024-03-13")
    second = grade(editor, point, **confirmed, assessed_on="2024-03-20")
    page = editor.get(reverse("admin:strikes_proposition_change", args=[point.pk])).content.decode()
    for words in (
        claim.actor.name,
        "asserts",
        "confirmed",
        "satellite",
        "Seen from above.",
        "weak",
        "One voice.",
    ):
        assert words in page, words
    assert assessment() == {
        "id": second.public_id,
        "url": f"http://testserver/api/v1/assessments/{second.public_id}/",
        "display": f"confirmed: {point.text}",
        **confirmed,
        "assessed_on": "2024-03-20",
        "author_role": "editor",
    }
    first_graded_at = first.published_rev.at.isoformat().replace("+00:00", "Z")
    assert assessment(f"?as_of={first_graded_at}")["id"] == first.public_id
    assert assessment(f"?as_of={claim.published_rev.at.isoformat().replace('+00:00', 'Z')}") is None
    assert assessment("?known_at=2024-03-12T06:00:00Z")["id"] == second.public_id
    assert_nobody_is_named(accounts)
    assert api("propositions/?grade=confirmed&grade_basis=satellite")["count"] == 1
    assert api("assessments/?grade=weak")["count"] == 1
