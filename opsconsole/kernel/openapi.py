"""How an endpoint describes itself in the schema: one decorator, one table of refusals. No behaviour."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from opsconsole.kernel.api import KEY_HEADER, PROBLEM_TYPE

View = TypeVar("View", bound=Callable[..., Any])
Shape = type[serializers.Serializer[Any]]


class Problem(serializers.Serializer[Any]):
    """Why something was refused. `code` is stable; `detail` is in the reader's language."""

    code = serializers.CharField()
    detail = serializers.CharField()
    field = serializers.CharField(required=False, help_text="The input that is wrong, if one is.")
    fields = serializers.DictField(  # type: ignore[assignment]  # a field of that name, on purpose
        child=serializers.CharField(), required=False, help_text="Every wrong input."
    )


#: Status -> what it means here, and how it looks.
_REFUSALS: dict[int, tuple[str, dict[str, Any]]] = {
    400: ("The body is not JSON.", {"code": "parse_error", "detail": "JSON parse error"}),
    401: (
        "No token, no session, or not a valid one.",
        {"code": "not_authenticated", "detail": "Authentication credentials were not provided."},
    ),
    403: (
        "Your role does not include this act here.",
        {"code": "not_allowed", "detail": "Your role does not allow this."},
    ),
    404: (
        "There is no such thing within your reach.",
        {"code": "not_found", "detail": "This does not exist, or you may not see it."},
    ),
    409: (
        "Somebody or something was faster; look again and decide anew.",
        {"code": "taken", "detail": "Ana has just taken this.", "assignee": 7},
    ),
    422: (
        "What was given cannot be accepted as it is.",
        {"code": "invalid", "detail": "This field is required.", "field": "text"},
    ),
    429: (
        "Too many requests; wait for the seconds in Retry-After.",
        {"code": "throttled", "detail": "Request was throttled."},
    ),
}
#: What reading one row, reading a list, and acting on a row may be refused with.
READ, LIST, ACT = (401, 404, 429), (401, 422, 429), (400, 401, 403, 404, 409, 422, 429)


#: How the key that makes a request safe to repeat is given.
KEY_PARAMETER = OpenApiParameter(
    KEY_HEADER, UUID, OpenApiParameter.HEADER, description="Instead of `request_key` in the body."
)


def operation(
    operation_id: str,
    tag: str,
    *,
    returns: Any,
    status: int = 200,
    body: Any = None,
    query: Shape | None = None,
    refusals: Sequence[int] = ACT,
    examples: Sequence[OpenApiExample] = (),
    headers: Sequence[OpenApiParameter] = (),
    media: str = "",
) -> Callable[[View], View]:
    """Describe an endpoint: its name, what it takes, what it returns, what it refuses.

    The description is the first line of the method's docstring. `media` is the type of an answer that is a file.
    """

    def describe(view: View) -> View:
        responses: dict[Any, Any] = {(status, media) if media else status: returns}
        for code in refusals:
            responses[(code, PROBLEM_TYPE)] = _refusal(code)
        described: View = extend_schema(
            operation_id=operation_id,
            tags=[tag],
            summary=(view.__doc__ or "").strip().splitlines()[0],
            request=body,
            responses=responses,
            parameters=[*([query] if query else []), *headers],
            examples=list(examples),
        )(view)
        return described

    return describe


def _refusal(code: int) -> OpenApiResponse:
    meaning, example = _REFUSALS[code]
    shown = OpenApiExample(example["code"], value=example, response_only=True, status_codes=[code])
    return OpenApiResponse(Problem, description=meaning, examples=[shown])


def page_of(shape: Shape, name: str) -> Any:
    """Return the shape of one page of rows."""
    return inline_serializer(
        name,
        {
            "results": shape(many=True),
            "next_cursor": serializers.CharField(
                allow_blank=True, help_text="Give it as `cursor`; empty on the last page."
            ),
            "next": serializers.URLField(
                allow_null=True, help_text="Address of the next page, null on the last."
            ),
        },
    )


def request_example(name: str, value: Any) -> OpenApiExample:
    """Return an example of a request body."""
    return OpenApiExample(name, value=value, request_only=True)
