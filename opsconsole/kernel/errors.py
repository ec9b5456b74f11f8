"""What actions raise. Screens and the API turn these into one page or problem body each."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """A business rule said no. `code` is stable for programs, `message` is for people."""

    status = 422
    code = "invalid"
    default = _("That is not possible.")

    def __init__(self, message: Any = None, *, code: str = "", **data: Any) -> None:
        self.message = message or self.default
        self.code = code or self.code
        self.data = data
        super().__init__(str(self.message))


class Invalid(DomainError):
    """What was given cannot be accepted as it is."""


class Conflict(DomainError):
    """Somebody or something was faster; look again and decide anew."""

    status = 409
    code = "conflict"
    default = _("This has just been changed by someone else.")


class NotAllowed(DomainError):
    """The actor's role does not include this act here."""

    status = 403
    code = "not_allowed"
    default = _("Your role does not allow this.")


class NotFound(DomainError):
    """There is no such thing within the actor's reach. Never says whether it exists elsewhere."""

    status = 404
    code = "not_found"
    default = _("This does not exist, or you may not see it.")
