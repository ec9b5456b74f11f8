"""How domain errors look in the API: RFC 9457 problem bodies."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import exception_handler as drf_exception_handler

from opsconsole.kernel.errors import DomainError


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a DomainError into a problem body; leave the rest to the framework."""
    if isinstance(error, DomainError):
        body = {"code": error.code, "detail": str(error.message), **error.data}
        return Response(body, status=error.status, content_type="application/problem+json")
    return drf_exception_handler(error, context)
