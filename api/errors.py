"""Errors as problem details (RFC 9457), the same shape everywhere."""

from __future__ import annotations

import uuid
from http import HTTPStatus
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, JsonResponse
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import exceptions
from rest_framework.response import Response

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
        self.members: dict[str, Any] = {
            "reason": row.withdrawal_reason,
            "note": None if row.taken_down_rev_id else row.withdrawal_note,
            "replaced_by": row.replaced_by.public_id if row.replaced_by else None,
        }


def problem(status: int, detail: str, code: str, **members: Any) -> dict[str, Any]:
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


class ProblemFormatter(ExceptionFormatter):
    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        first = error_response.errors[0]
        if isinstance(self.exc, exceptions.ValidationError):
            errors = [
                {"parameter": error.attr, "code": error.code, "detail": error.detail}
                for error in error_response.errors
            ]
            detail = " ".join(f"{error.attr}: {error.detail}" for error in error_response.errors)
            return problem(self.exc.status_code, detail, "invalid", errors=errors)
        members = getattr(self.exc, "members", {})
        return problem(self.exc.status_code, first.detail, first.code, errors=[], **members)


class ProblemHandler(ExceptionHandler):
    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, Http404):
            return NotFound()
        if isinstance(exc, TooMuch):
            return BadParameter(exc.narrow_by, str(exc), "too_much")
        if isinstance(exc, SuspiciousOperation):
            return exceptions.ParseError("The request cannot be read.")
        return super().convert_known_exceptions(exc)

    def get_response(self, exc: exceptions.APIException, data: dict[str, Any]) -> Response:
        headers = self.get_headers(exc) | {"X-Request-ID": data["request_id"]}
        return Response(data, status=exc.status_code, headers=headers, content_type=CONTENT_TYPE)


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
