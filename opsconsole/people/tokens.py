"""API tokens: exchanging a name and password for one, and taking it back."""

from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authtoken.models import Token

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
    # Tells the lock-out that the counting starts anew, and notes the time of the sign-in.
    user_logged_in.send(sender=User, request=request, user=user)
    token, _is_new = Token.objects.get_or_create(user=user)
    return token


def token_revoke(*, user_id: int) -> None:
    """Take a person's token back. Taking back none changes nothing."""
    Token.objects.filter(user_id=user_id).delete()
