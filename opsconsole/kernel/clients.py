"""Whose request this is, as far as the network can tell."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """Return the caller's address as the outermost proxy we trust saw it; None when nobody can tell.

    Everything left of our own proxies in X-Forwarded-For is what the caller claims, and not believed.
    """
    claimed = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    trusted = settings.TRUSTED_PROXIES
    seen = claimed[-trusted] if 0 < trusted <= len(claimed) else ""
    return _address(seen) or _address(request.META.get("REMOTE_ADDR", ""))


def _address(given: str) -> str | None:
    try:
        return str(ip_address(given.strip().partition("%")[0]))
    except ValueError:
        return None
