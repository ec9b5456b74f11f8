"""Adding people from the command line."""

import io

import pytest
from django.core.management import CommandError, call_command

from opsconsole.audit.models import Activity
from opsconsole.people.management.commands import user_create
from opsconsole.people.models import User
from tests.factories.people import make_unit, make_user
from tests.integration.people.conftest import PASSWORD


@pytest.fixture
def typed(monkeypatch):
    """Type a line into the program."""
    return lambda line: monkeypatch.setattr("sys.stdin", io.StringIO(line))


def create(*given):
    out = io.StringIO()
    call_command("user_create", *given, "--password-stdin", stdout=out)
    return out.getvalue()


def test_the_first_administrator_of_an_empty_console(db, typed):
    typed(f"{PASSWORD}\n")
    assert "root: administrator, all" in create("root", "--role=administrator", "--unit=all")
    root = User.objects.get(username="root")
    assert root.check_password(PASSWORD)
    assert (root.nickname, root.language) == ("root", "ko")
    assert root.memberships.get().unit_id is None
    assert {row.actor_kind for row in Activity.objects.all()} == {"system"}


def test_somebody_in_a_unit_by_a_named_administrator(db, typed):
    make_unit(slug="mobile")
    boss = make_user("boss", role="administrator")
    typed(PASSWORD)
    create(
        "bea", "--nickname=Bea", "--role=operator", "--unit=mobile", "--language=en", "--by=boss"
    )
    bea = User.objects.get(username="bea")
    assert (bea.nickname, bea.language) == ("Bea", "en")
    assert bea.memberships.get().unit.slug == "mobile"
    assert {row.actor_id for row in Activity.objects.all()} == {boss.pk}


@pytest.mark.parametrize(
    ("given", "password"),
    [
        (["bea", "--role=operator", "--unit=nowhere"], PASSWORD),
        (["bea", "--role=operator", "--unit=all"], "short"),
        (["bea", "--role=operator", "--unit=all"], ""),
        (["b e a", "--role=operator", "--unit=all"], PASSWORD),
        (["GUEST", "--role=operator", "--unit=all"], PASSWORD),
        (["bea", "--role=operator", "--unit=all", "--by=guest"], PASSWORD),
        (["bea", "--role=operator", "--unit=all", "--by=ghost"], PASSWORD),
        (["bea", "--role=king", "--unit=all"], PASSWORD),
        (["bea", "--role=operator"], PASSWORD),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_half_done(db, typed, given, password):
    make_user("guest", role="guest")
    typed(password)
    with pytest.raises(CommandError):
        create(*given)
    assert User.objects.count() == 1


def test_a_password_that_is_typed_is_asked_for_twice(db, monkeypatch):
    answers = iter([PASSWORD, PASSWORD, PASSWORD, "another"])
    monkeypatch.setattr(user_create.getpass, "getpass", lambda _prompt: next(answers))
    call_command("user_create", "bea", "--role=guest", "--unit=all", stdout=io.StringIO())
    assert User.objects.get(username="bea").check_password(PASSWORD)
    with pytest.raises(CommandError, match="differ"):
        call_command("user_create", "cea", "--role=guest", "--unit=all")


def test_a_password_is_never_an_argument(db):
    with pytest.raises((CommandError, TypeError)):
        call_command("user_create", "bea", "--role=guest", "--unit=all", "--password=x")
