"""`make run` gives the first editor an account, and never touches one that is there."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.django_db


def make_admin(**options) -> str:
    out = StringIO()
    call_command("make_admin", stdout=out, **options)
    return out.getvalue()


def test_the_first_run_shows_a_password_that_opens_the_admin(client):
    login = re.search(r"username: (\S+)\n +password: (\S+)", make_admin())
    assert login
    assert login[1] == "admin"
    assert len(login[2]) >= 20
    assert client.login(username=login[1], password=login[2])
    assert client.get("/admin/").status_code == 200


def test_the_name_can_be_chosen():
    make_admin(username="olena")
    assert User.objects.get().username == "olena"


def test_a_second_run_keeps_the_superuser_and_says_how_to_change_the_password():
    make_admin(username="olena")
    before = User.objects.get().password
    output = make_admin()
    assert User.objects.get().password == before
    assert "manage.py changepassword olena" in output
    assert "password: " not in output


def test_an_editor_is_not_made_a_superuser_by_accident():
    User.objects.create_user("admin")
    with pytest.raises(CommandError, match="--username"):
        make_admin()
    assert not User.objects.get().is_superuser
