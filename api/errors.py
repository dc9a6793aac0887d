"""Errors as problem details (RFC 9457), the same shape everywhere."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from http import HTTPStatus

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from api.types import JsonObject
from record.limits import TooMuch
from record.models import OnRecord

CONTENT_TYPE = "application/problem+json"


class BadParameter(exceptions.ValidationError):
    """One query parameter that cannot be used."""

    def __init__(self, parameter: str, detail: str, code: str = "invalid") -> None:
        super().__init__({parameter: [exceptions.ErrorDetail(detail, code)]})


class NotFound(exceptions.NotFound):
    default_detail = "There is nothing public at this address."


class Withdrawn(exceptions.APIException):
    """The row was public and was withdrawn. The answer says why and names its successor."""

    status_code = HTTPStatus.GONE
    default_code = "withdrawn"

    def __init__(self, row: OnRecord) -> None:
        super().__init__(f"{row.public_id} was withdrawn from the record.")
        self.members: JsonObject = {
            "reason": row.withdrawal_reason,
            "note": None if row.taken_down_rev_id else row.withdrawal_note,
            "replaced_by": row.replaced_by.public_id if row.replaced_by else None,
        }


def problem(status: int, detail: str, code: str, **members: object) -> JsonObject:
    """A problem document. ``members`` extend it, as the standard allows."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": uuid.uuid4().hex,
        **members,
    }


def exception_handler(exception: Exception, context: JsonObject) -> Response | None:
    """The answer to what a view raises; null for a fault of ours, which Django logs, signals and answers (500)."""
    refusal = refusal_of(exception)
    if refusal is None:
        return None
    set_rollback()
    body = problem_of(refusal)
    headers = {"X-Request-ID": body["request_id"]}
    if auth_header := getattr(refusal, "auth_header", None):
        headers["WWW-Authenticate"] = auth_header
    if wait := getattr(refusal, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(body, status=refusal.status_code, headers=headers, content_type=CONTENT_TYPE)


def refusal_of(exception: Exception) -> exceptions.APIException | None:
    """What an exception says to the client: its own words, or those for what Django and the domain raise."""
    if isinstance(exception, exceptions.APIException):
        return exception
    if isinstance(exception, Http404):
        return NotFound()
    if isinstance(exception, TooMuch):  # the domain knows no HTTP: this is the one place that translates it
        return BadParameter(exception.narrow_by, str(exception), "too_much")
    if isinstance(exception, SuspiciousOperation):
        return exceptions.ParseError("The request cannot be read.")
    if isinstance(exception, PermissionDenied):
        return exceptions.PermissionDenied()
    return None


def problem_of(refusal: exceptions.APIException) -> JsonObject:
    errors = list(flat_errors(refusal.detail))
    if isinstance(refusal, exceptions.ValidationError):
        detail = " ".join(f"{parameter}: {error}" for parameter, error in errors)
        named = [
            {"parameter": parameter, "code": error.code, "detail": str(error)} for parameter, error in errors
        ]
        return problem(refusal.status_code, detail, "invalid", errors=named)
    _, first = errors[0]
    members = getattr(refusal, "members", {})
    return problem(refusal.status_code, str(first), first.code or "error", errors=[], **members)


def flat_errors(detail: object, path: str = "") -> Iterator[tuple[str, exceptions.ErrorDetail]]:
    """Every error in what DRF nests by field and by position, each with the dotted path to it."""
    if isinstance(detail, exceptions.ErrorDetail):
        yield path, detail
    elif isinstance(detail, dict):
        for name, nested in detail.items():
            yield from flat_errors(nested, below(path, name))
    elif isinstance(detail, list):
        # Several errors of one field share its path; what is nested further has a position.
        nested_items = [item for item in detail if not isinstance(item, exceptions.ErrorDetail)]
        yield from ((path, item) for item in detail if isinstance(item, exceptions.ErrorDetail))
        for position, item in enumerate(nested_items):
            yield from flat_errors(item, below(path, position))


def below(path: str, step: object) -> str:
    return f"{path}.{step}" if path else str(step)


def _answer(status: int, detail: str, code: str) -> JsonResponse:
    body = problem(status, detail, code, errors=[])
    return JsonResponse(
        body,
        status=status,
        content_type=CONTENT_TYPE,
        headers={"Cache-Control": "no-cache", "X-Request-ID": body["request_id"]},
    )


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's own 400."""
    return _answer(400, "The request cannot be read.", "bad_request")


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's own 403."""
    return _answer(403, "This is not allowed.", "permission_denied")


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's own 404."""
    return _answer(404, NotFound.default_detail, "not_found")


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's own 500."""
    return _answer(500, "Something went wrong on our side.", "error")
