"""The demo's logins, for the sign-in page of a console on one's own machine."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opsconsole.demo.company import PASSWORD, PEOPLE
from opsconsole.people.models import BusinessUnit, User
from opsconsole.people.status import ROLE_NAMES


@dataclass(frozen=True, slots=True)
class Login:
    """One person of the model company, and what they are there for."""

    username: str
    nickname: str
    password: str
    role: str | Promise
    units: list[str | Promise]


def demo_logins() -> list[Login]:
    """Return the logins that exist; none outside a demonstration on a developer's machine."""
    if not (settings.DEBUG and settings.SANDBOX_URL):
        return []
    known = set(
        User.objects.filter(username__in=PEOPLE, is_active=True).values_list("username", flat=True)
    )
    named = {unit.slug: unit.name for unit in BusinessUnit.objects.all()}
    return [
        Login(
            username, nickname, PASSWORD, ROLE_NAMES[held[0][0]],
            [named.get(slug, slug) if slug else _("Every unit") for _role, slug in held],
        )
        for username, (nickname, _language, held, _purpose) in PEOPLE.items()
        if username in known
    ]  # fmt: skip
