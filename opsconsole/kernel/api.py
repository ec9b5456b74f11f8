"""What every API endpoint shares: problem bodies, strict input, pages. No rows.

Problem bodies follow RFC 9457 with two stable members: `code` for programs, `detail` for people.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from opsconsole.kernel.errors import DomainError, Invalid
from opsconsole.kernel.pagination import KeysetPage

PROBLEM_TYPE = "application/problem+json"
#: Rows on a page when nobody says otherwise, and at most.
PAGE_SIZE, LARGEST_PAGE = 50, 200
#: Where a caller may put the key that makes a request safe to repeat.
KEY_HEADER = "Idempotency-Key"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn whatever an endpoint raised into a problem body; None leaves a bug to be a 500."""
    if isinstance(error, DomainError):
        body = {"code": error.code, "detail": str(error.message), **error.data}
        return Response(body, status=error.status, content_type=PROBLEM_TYPE)
    response = drf_exception_handler(error, context)
    if response is None:
        return None
    response.content_type = PROBLEM_TYPE
    if isinstance(error, ValidationError):
        response.status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
        response.data = _refusal(error)
    else:
        code = error.get_codes() if isinstance(error, APIException) else "not_found"
        response.data = {"code": code, "detail": response.data["detail"]}
    return response


def _refusal(error: ValidationError) -> dict[str, Any]:
    found = dict(_flat(error.detail, ""))
    first = next(iter(found), "")
    return {"code": "invalid", "detail": found.get(first, ""), "field": first, "fields": found}


def _flat(detail: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield (dotted path, first message) pairs of a nested refusal."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            here = "" if name == "non_field_errors" else str(name)
            yield from _flat(inner, ".".join(filter(None, [path, here])))
    elif detail and isinstance(detail[0], Mapping):
        for index, inner in enumerate(detail):
            yield from _flat(inner, f"{path}.{index}")
    elif detail:
        yield path, str(detail[0])


class Strict(serializers.Serializer[Any]):
    """Input that refuses names it does not know: a typing error never passes for a wish."""

    default_error_messages = {"unknown": _("There is no such field.")}

    def to_internal_value(self, data: Any) -> Any:
        """Refuse unknown names, then read the known ones."""
        if isinstance(data, Mapping):
            known = {name for name, field in self.fields.items() if not field.read_only}
            unknown = [str(name) for name in data if name not in known]
            if unknown:
                message = str(self.error_messages["unknown"])
                raise ValidationError({name: [message] for name in sorted(unknown)})
        return super().to_internal_value(data)


class Nothing(Strict):
    """The body of an act that needs no words."""


class PageQuery(Strict):
    """How to walk a list."""

    cursor = serializers.CharField(
        required=False, default="", max_length=300,
        help_text="`next_cursor` of the page before. Leave out for the first page.",
    )  # fmt: skip
    limit = serializers.IntegerField(
        required=False, default=PAGE_SIZE, min_value=1, max_value=LARGEST_PAGE,
        help_text="Rows on a page.",
    )  # fmt: skip


class KeyedRequest(Strict):
    """Something that shall happen once, however often it is asked for."""

    request_key = serializers.UUIDField(
        required=False, default=None,
        help_text="The same key again returns what the first request made, and makes nothing. "
        "May also be given as the header Idempotency-Key.",
    )  # fmt: skip


def request_key_of(request: Request, in_body: UUID | None) -> UUID:
    """Return the caller's key from body or header; without one every request is a new one."""
    given = request.headers.get(KEY_HEADER)
    if given is None:
        return in_body or uuid4()
    try:
        in_header = UUID(given.strip().strip('"'))
    except ValueError as error:
        raise Invalid(_("The key must be a UUID."), code="bad_key", field=KEY_HEADER) from error
    if in_body not in {None, in_header}:
        raise Invalid(_("Two different keys were given."), code="two_keys", field="request_key")
    return in_header


def body_of(request: Request, shape: type[Strict]) -> dict[str, Any]:
    """Return the validated body; a refusal becomes a 422 that names the field."""
    return _validated(shape(data=request.data))


def query_of(request: Request, shape: type[Strict]) -> dict[str, Any]:
    """Return the validated query parameters, the last of repeated ones."""
    return _validated(shape(data=request.query_params.dict()))


def _validated(given: Strict) -> dict[str, Any]:
    given.is_valid(raise_exception=True)
    validated: dict[str, Any] = given.validated_data
    return validated


def page_response(
    request: Request, page: KeysetPage[Any], shape: type[serializers.BaseSerializer[Any]]
) -> Response:
    """Answer with one page: the rows, the cursor of the next page, and its address."""
    return Response(
        {
            "results": shape(page.rows, many=True).data,
            "next_cursor": page.next_cursor,
            "next": address_with(request, cursor=page.next_cursor) if page.next_cursor else None,
        }
    )


def address_with(request: Request, **changes: str) -> str:
    """Return this request's address with some query parameters changed."""
    query = {**request.query_params.dict(), **changes}
    return request.build_absolute_uri(f"{request.path}?{urlencode(query)}")
