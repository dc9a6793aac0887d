"""How the description shows what can go wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from rest_framework import serializers

from api.errors import CONTENT_TYPE
from api.serializers import WordField
from api.types import JsonObject
from record.choices import WithdrawalReason


class ProblemErrorSerializer(serializers.Serializer[JsonObject]):
    """One thing that is wrong with a request."""

    parameter = serializers.CharField(help_text="The query parameter that is wrong.")
    code = serializers.CharField(
        help_text="What is wrong with it, as a word for programs, such as `unknown_parameter`, `unknown_id`, "
        "`invalid_choice`, `empty` or `repeated`."
    )
    detail = serializers.CharField(help_text="What is wrong with it, as a sentence for people.")


class ProblemSerializer(serializers.Serializer[JsonObject]):
    """What every error looks like (RFC 9457), with the content type `application/problem+json`."""

    type = serializers.CharField(help_text="Always `about:blank`: `code` says what happened.")
    title = serializers.CharField(help_text="The name of the HTTP status, such as `Bad Request`.")
    status = serializers.IntegerField(help_text="The HTTP status, such as 400.")
    detail = serializers.CharField(help_text="What happened, as a sentence for people.")
    code = serializers.CharField(
        help_text="What happened, as a word for programs, such as `invalid`, `not_found` or `withdrawn`."
    )
    request_id = serializers.CharField(
        help_text="Names this one answer; the header `X-Request-ID` has it too. Give it when you ask us."
    )
    errors: Any = ProblemErrorSerializer(
        many=True, help_text="For a 400: each parameter that is wrong. Otherwise empty."
    )
    reason = WordField(
        WithdrawalReason, required=False, help_text="For a 410 only: why the object was withdrawn."
    )
    note = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="For a 410 only: the public note that explains the withdrawal; null if there is none.",
    )
    replaced_by = serializers.CharField(
        required=False,
        allow_null=True,
        help_text="For a 410 only: the id of the object that stands in its place; null if there is none.",
    )


PROBLEMS = {
    "400": "A parameter is unknown, empty, malformed, out of range or wrongly repeated. `errors` names it and "
    "says what is allowed.",
    "404": "There is nothing public at this address.",
    "406": "None of the types that `Accept` names can be given here.",
    "410": "The object was public and was withdrawn. The problem says why, and by what it was replaced.",
}
MERGED = (
    "It was found to be the same thing as another object, whose address is in `Location`. The query is kept."
)


def problem_response(status: str, problem_ref: JsonObject) -> JsonObject:
    """The answer of a status that refuses, as a reference to the component that says what it looks like."""
    return {"content": {CONTENT_TYPE: {"schema": problem_ref}}, "description": PROBLEMS[status]}


def response_name(status: str) -> str:
    """The name under which an answer is said once for all operations."""
    return HTTPStatus(int(status)).phrase.replace(" ", "")
