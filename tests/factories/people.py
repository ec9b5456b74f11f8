"""Units and users for tests."""

from itertools import count

from opsconsole.kernel.actor import Actor
from opsconsole.people.models import BusinessUnit, Membership, User
from opsconsole.people.selectors import actor_for

_numbers = count(1)


def make_unit(**given) -> BusinessUnit:
    """A business unit with a slug of its own."""
    number = next(_numbers)
    defaults = {"slug": f"unit-{number}", "name_ko": f"부서 {number}", "name_en": f"Unit {number}"}
    return BusinessUnit.objects.create(**(defaults | given))


def make_user(
    username: str = "", *, role: str = "", unit=None, password: str = "", **given
) -> User:
    """A user; with a role in one unit, or in every unit when none is given."""
    number = next(_numbers)
    user = User(username=username or f"user{number}", **given)
    user.nickname = given.get("nickname") or user.username.title()
    if password:
        user.set_password(password)
    else:
        user.set_unusable_password()
    user.save()
    if role:
        Membership.objects.create(user=user, role=role, unit=unit)
    return user


def make_actor(role: str = "operator", unit=None, **given) -> Actor:
    """Somebody with a role, as actions see them."""
    return actor_for(make_user(role=role, unit=unit, **given))
