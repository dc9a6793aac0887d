"""Every refusal is a problem document; a fault of ours is Django's to log and to report."""

import logging

import pytest
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.test import Client
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail

from api.errors import BadParameter, exception_handler, flat_errors
from api.root import RootView
from record.limits import TooMuch


def answer_to(exception):
    return exception_handler(exception, {})


@pytest.mark.parametrize(
    ("exception", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (SuspiciousOperation("forged"), 400, "parse_error"),
        (BadParameter("page_size", "Too large."), 400, "invalid"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
    ],
)
def test_what_is_refused_is_answered_by_a_problem(exception, status, code):
    response = answer_to(exception)
    assert (response.status_code, response.data["status"], response.data["code"]) == (status, status, code)
    assert response.headers["X-Request-ID"] == response.data["request_id"]
    assert response.content_type == "application/problem+json"


def test_what_is_too_much_names_the_parameter_to_narrow_it_by():
    response = answer_to(TooMuch("known_at", "More than 10,000 claims."))
    assert response.status_code == 400
    assert response.data["errors"] == [
        {"parameter": "known_at", "code": "too_much", "detail": "More than 10,000 claims."}
    ]
    assert response.data["detail"] == "known_at: More than 10,000 claims."


def test_what_is_nested_is_flat_with_a_path():
    short, wrong = ErrorDetail("Too short.", "short"), ErrorDetail("No address.", "invalid")
    nested = {"name": [short], "accounts": [{}, {"email": [wrong, short]}]}
    assert list(flat_errors(nested)) == [
        ("name", short),
        ("accounts.1.email", wrong),
        ("accounts.1.email", short),
    ]


def test_headers_say_how_to_come_back():
    wait, unknown = exceptions.Throttled(wait=7), exceptions.NotAuthenticated()
    unknown.auth_header = "Bearer"
    assert answer_to(wait).headers["Retry-After"] == "7"
    assert answer_to(unknown).headers["WWW-Authenticate"] == "Bearer"


def test_a_fault_is_logged_with_its_trace_and_answered_without_it(monkeypatch, caplog, db):
    def break_down(self, request):
        raise RuntimeError("a secret")

    monkeypatch.setattr(RootView, "get", break_down)
    with caplog.at_level(logging.ERROR, "django.request"):
        response = Client(raise_request_exception=False).get("/api/v1/")
    assert (response.status_code, response["Content-Type"]) == (500, "application/problem+json")
    assert response.json()["code"] == "error"
    assert "secret" not in response.content.decode()
    assert [record.exc_info[0] for record in caplog.records] == [RuntimeError]
    with pytest.raises(RuntimeError):  # the test client hears got_request_exception
        Client().get("/api/v1/")
