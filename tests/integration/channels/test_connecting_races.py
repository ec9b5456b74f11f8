"""Connecting when several things happen at once: one code, one way back, one account; and workers that die."""

from datetime import timedelta

import pytest

from channels.actions.agreeing import Pick, handshake_keep
from channels.actions.apps import app_set
from channels.actions.handshakes import handshake_begin, handshake_return
from channels.actions.looking import handshake_claim
from channels.connecting_tasks import look_into_handshakes
from channels.models import ChannelAccount, Handshake
from channels.selectors.handshakes import sealed_of
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, NotFound
from opsconsole.people.selectors import actor_for
from tests.factories.people import make_unit, make_user
from tests.support.platforms import secrets_for
from tests.support.signing_in import decide, said_in
from tests.support.together import together

BACK = "https://console.example/accounts/back/x/"
WORD = "the browser's own word"


@pytest.fixture
def actor(transactional_db, settings, sandbox):
    settings.ALLOW_PRIVATE_HOSTS = True
    shown = sandbox.control("apps")["x"]
    app_set(SYSTEM, kind="x", secrets=shown["credentials"], base_url=shown["base_url"])
    return actor_for(make_user(role="administrator"))


def begin(actor):
    return handshake_begin(actor, kind="x", way="sign_in", given={}, back=BACK, session=WORD)


def allowed(row, sandbox):
    """What comes back once somebody has allowed it."""
    there = sandbox.account("x")
    address = sealed_of(row)["leads_to"]
    return said_in(decide(address, decision="allow", **{"as": there["name"]}))


def come_back(actor, said):
    return handshake_return(actor, kind="x", state=said["state"], session=WORD, said=said)


def test_the_way_back_twice_at_once_counts_once(actor, sandbox):
    said = allowed(begin(actor), sandbox)
    found = together(*[lambda: come_back(actor, said)] * 4)
    assert sum(isinstance(one, Handshake) for one in found) == 1
    assert all(isinstance(one, Handshake | NotFound) for one in found), found


def test_many_workers_show_a_code_once(actor, sandbox):
    """The sandbox ends all that came of a code that is shown twice."""
    row = begin(actor)
    come_back(actor, allowed(row, sandbox))
    together(*[look_into_handshakes] * 4)
    row.refresh_from_db()
    assert (row.state, row.fence) == ("found", 1), row.detail


def test_pressing_connect_twice_makes_one_account(actor, sandbox):
    unit = make_unit()
    row = begin(actor)
    come_back(actor, allowed(row, sandbox))
    look_into_handshakes()
    picks = [Pick(0, unit.pk, "Once")]
    found = together(*[lambda: handshake_keep(actor, handshake_id=row.pk, picks=picks)] * 3)
    assert sum(isinstance(one, list) for one in found) == 1, found
    assert all(isinstance(one, list | Conflict) for one in found)
    assert ChannelAccount.objects.filter(name="Once").count() == 1


def test_a_code_that_a_dead_worker_had_is_not_shown_again(actor, sandbox):
    row = begin(actor)
    come_back(actor, allowed(row, sandbox))
    assert handshake_claim().pk == row.pk  # and dies
    assert handshake_claim() is None
    Handshake.objects.update(lease_until=now() - timedelta(seconds=1))
    look_into_handshakes()
    row.refresh_from_db()
    assert (row.state, row.reason, bytes(row.sealed)) == ("failed", "interrupted", b"")


def test_what_was_typed_is_looked_into_again(actor, sandbox):
    there = sandbox.account("x")
    typed = secrets_for("x", there["credentials"]) | {"base_url": there["base_url"]}
    row = handshake_begin(actor, kind="x", way="by_hand", given=typed, back=BACK, session=WORD)
    assert handshake_claim().pk == row.pk  # and dies
    Handshake.objects.update(lease_until=now() - timedelta(seconds=1))
    look_into_handshakes()
    row.refresh_from_db()
    assert (row.state, row.fence) == ("found", 2), row.detail


def test_a_late_worker_changes_nothing(actor, sandbox):
    from channels.actions.looking import look_failed
    from channels.errors import Unreachable

    there = sandbox.account("x")
    typed = secrets_for("x", there["credentials"]) | {"base_url": there["base_url"]}
    handshake_begin(actor, kind="x", way="by_hand", given=typed, back=BACK, session=WORD)
    late = handshake_claim()
    Handshake.objects.update(lease_until=now() - timedelta(seconds=1))
    look_into_handshakes()
    assert not look_failed(late, Unreachable("late"))
    assert Handshake.objects.get().state == "found"
