"""Writes down who signs in and out, and who is refused. Called by Django's own signals only."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from rest_framework.authtoken.models import Token

from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clients import client_address
from opsconsole.people.models import User


def connect() -> None:
    """Listen. After the lock-out's own listener, which has counted by then."""
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_refused)


def _signed_in(sender: type, request: HttpRequest, user: User, **_given: Any) -> None:
    record(
        _oneself(user),
        "people.token.issued" if sender is Token else "people.session.started",
        user,
        address=client_address(request),
    )


def _signed_out(request: HttpRequest, user: User | None, **_given: Any) -> None:
    if user is not None:
        record(_oneself(user), "people.session.ended", user, address=client_address(request))


def _oneself(user: User) -> Actor:
    return Actor(kind="user", name=str(user), user_id=user.pk)


def _refused(
    credentials: Mapping[str, Any], request: HttpRequest | None = None, **_given: Any
) -> None:
    """Record wrong passwords for people we know, and the lock-out they lead to.

    The lock-out leaves no count on a request that it has refused unseen.

    Names that nobody has, and knocking during a lock-out, leave no row: strangers must not be able
    to fill a table from which nothing can be deleted. The server's log tells of them.
    """
    if request is None or getattr(request, "axes_failures_since_start", None) is None:
        return
    user = User.objects.filter(username=credentials.get("username", "")).first()
    if user is None:
        return
    name, address = user.username, client_address(request)
    record(SYSTEM, "people.session.refused", user, username=name, address=address)
    if getattr(request, "axes_locked_out", False):
        record(SYSTEM, "people.session.locked_out", user, username=name, address=address)
