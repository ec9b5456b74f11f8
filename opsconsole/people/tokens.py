"""API tokens: exchanging a name and password for one, and taking it back."""

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import DomainError
from opsconsole.people.models import User


class WrongPassword(DomainError):
    """Name and password do not belong together. Never says which of the two is wrong."""

    status = 401
    code = "wrong_password"
    default = _("The name or the password is wrong.")


class LockedOut(DomainError):
    """Too many wrong passwords; only time helps."""

    status = 429
    code = "locked_out"
    default = _("Too many wrong passwords. Try again later.")


def token_issue(request: HttpRequest, *, username: str, password: str) -> Token:
    """Return the caller's token. Raises WrongPassword, or LockedOut as on the sign-in page.

    A person has one token: asking again returns the same one.
    """
    user = authenticate(request, username=username, password=password)
    if getattr(request, "axes_locked_out", False):
        raise LockedOut
    if not isinstance(user, User):
        raise WrongPassword
    # Tells the lock-out that the counting starts anew, notes the time, and is recorded as what it is.
    user_logged_in.send(sender=Token, request=request, user=user)
    token, _is_new = Token.objects.get_or_create(user=user)
    return token


def token_revoke(actor: Actor, *, user: User) -> None:
    """Take one's own token back. Taking back none changes nothing."""
    if token_drop(user_id=user.pk):
        record(actor, "people.token.revoked", user)


def token_drop(*, user_id: int) -> bool:
    """Make a person's token worthless; say whether there was one."""
    dropped, _by_table = Token.objects.filter(user_id=user_id).delete()
    return dropped > 0
