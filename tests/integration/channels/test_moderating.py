"""How an act on what stands on a platform is claimed and settled: every move, and what a lost claim may do."""

from datetime import timedelta

import pytest

from channels import tasks
from channels.actions import moderating
from channels.actions.moderations import moderation_request, moderation_stop
from channels.errors import (
    Ambiguous,
    AuthExpired,
    RateLimited,
    Rejected,
    RejectionCode,
    Unreachable,
)
from channels.models import ChannelAccount, InboundItem, Moderation
from channels.types import ModerationVerb, Recheck, Visibility
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest
from tests.support.platforms import connect
from tests.support.together import together

pytestmark = pytest.mark.django_db
V = ModerationVerb


def ask(verb=V.HIDE, *, account=None, external_id="c1", **changes):
    made = moderation_request(
        SYSTEM, account=account or make_account(), external_id=external_id, verb=verb
    )
    Moderation.objects.filter(pk=made.pk).update(**changes)
    made.refresh_from_db()
    return made


def refuse(act, error):
    claim = moderating.moderation_claim()
    assert claim is not None
    assert claim.moderation_id == act.pk
    assert moderating.moderation_failed(claim, error)
    act.refresh_from_db()
    return act


def test_the_same_act_asked_for_twice_is_one_and_another_must_wait():
    act = ask()
    assert ask(account=act.account).pk == act.pk
    with pytest.raises(Conflict):
        ask(V.UNHIDE, account=act.account)
    moderation_stop(moderation=act)
    assert ask(V.UNHIDE, account=act.account).pk != act.pk


def test_what_a_worker_has_cannot_be_stopped():
    act = ask()
    assert moderating.moderation_claim()
    with pytest.raises(Conflict):
        moderation_stop(moderation=act)


@pytest.mark.parametrize(
    "silence",
    [
        {"is_paused": True},
        {"needs_reconnect": True},
        {"verified_at": None},
        {"next_allowed_at": now() + timedelta(hours=1)},
    ],
    ids=lambda silence: next(iter(silence)),
)
def test_a_silent_account_holds_up_nobody_else(silence):
    ask(account=make_account(**silence))
    other = ask()
    claim = moderating.moderation_claim()
    assert claim.moderation_id == other.pk
    assert moderating.moderation_claim() is None


@pytest.mark.parametrize("error", [Unreachable("503"), Ambiguous("reset"), AuthExpired("old")])
def test_what_may_pass_is_tried_again_and_at_last_given_up(error):
    """Repeating it changes nothing more, so a lost answer is no riddle."""
    act = ask()
    if isinstance(error, AuthExpired):  # somebody has reconnected since the call began
        act.account.credential.updated_at = now() + timedelta(minutes=5)
        act.account.credential.save(update_fields=["updated_at"])
    for tries in range(1, 8):
        assert refuse(act, error).state == "planned"
        assert (act.retries, act.reason_code) == (tries, "unreachable")
        assert act.not_before > now()
        Moderation.objects.filter(pk=act.pk).update(not_before=now())
    assert refuse(act, error).state == "failed"
    assert (act.attempts, act.settled_at is None) == (8, False)


def test_a_limit_parks_the_account_and_a_dead_token_waits_for_a_person():
    act = ask()
    until = now() + timedelta(minutes=3)
    assert refuse(act, RateLimited("slow", until=until)).state == "planned"
    assert ChannelAccount.objects.get(pk=act.account_id).next_allowed_at >= until
    ChannelAccount.objects.update(next_allowed_at=None)
    assert refuse(act, AuthExpired("gone")).reason_code == "account_disconnected"
    assert ChannelAccount.objects.get(pk=act.account_id).needs_reconnect
    ChannelAccount.objects.update(needs_reconnect=False)
    assert moderating.moderation_claim() is not None


def test_a_refusal_ends_it_with_its_reason():
    act = refuse(ask(), Rejected("(#200)", code=RejectionCode.NOT_PERMITTED))
    assert (act.state, act.reason_code, act.reason) == ("failed", "not_permitted", "(#200)")


def test_what_is_gone_shows_as_gone_and_is_done_for_whoever_wanted_it_away():
    account = make_account()
    ingest(account, make_fetched("c1"), make_fetched("c2"))
    gone = Rejected("404", code=RejectionCode.TARGET_GONE)
    assert refuse(ask(V.HIDE, account=account, external_id="c1"), gone).state == "failed"
    assert refuse(ask(V.TRASH, account=account, external_id="c2"), gone).state == "done"
    assert set(InboundItem.objects.values_list("visibility", flat=True)) == {"removed"}


def test_what_could_not_be_done_in_its_time_is_given_up():
    act, kept = ask(deadline=now() - timedelta(seconds=1)), ask()
    assert moderating.moderations_sweep() == 1
    act.refresh_from_db()
    assert (act.state, act.reason_code) == ("failed", "window_closed")
    assert moderating.moderation_claim().moderation_id == kept.pk


def test_a_dead_workers_act_goes_to_the_next_and_the_dead_one_writes_nothing():
    act = ask()
    lost = moderating.moderation_claim()
    Moderation.objects.update(lease_until=now() - timedelta(seconds=1))
    assert moderating.moderations_sweep() == 1
    assert moderating.claim_is_mine(lost) is None
    mine = moderating.moderation_claim()
    assert not moderating.moderation_done(lost, Recheck())
    assert not moderating.moderation_failed(lost, Unreachable("late"))
    assert moderating.moderation_done(mine, Recheck())
    act.refresh_from_db()
    assert (act.state, act.attempts) == ("done", 2)


@pytest.mark.django_db(transaction=True)
def test_each_act_is_claimed_by_one_of_many_workers():
    wanted = {ask(external_id=f"c{n}").pk for n in range(12)}

    def drain():
        found = []
        while claim := moderating.moderation_claim():
            found.append(claim.moderation_id)
        return found

    hauls = together(*[drain] * 4)
    claimed = [pk for haul in hauls for pk in haul]
    assert len(claimed) == len(wanted)
    assert set(claimed) == wanted


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_at_once_are_one_act():
    account = make_account()
    found = together(*[lambda: ask(account=account)] * 4)
    assert len({act.pk for act in found}) == 1
    assert Moderation.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "verb", "look"),
    [("facebook", V.HIDE, "hidden"), ("blog", V.SPAM, "spam"), ("blog", V.TRASH, "removed")],
)
def test_the_whole_way_lands_how_the_item_looks_now(sandbox, kind, verb, look):
    line = connect(sandbox, kind)
    wish = {"kind": "comment"} if kind == "facebook" else {}
    external_id = line.say("광고", **wish).rpartition(":")[2]
    tasks.poll_account(line.due().pk)
    act = ask(verb, account=line.account, external_id=external_id)
    line.fault("status", status=503, method="POST")
    tasks.moderate_due()
    act.refresh_from_db()
    assert (act.state, act.reason_code) == ("planned", "unreachable")
    line.heal()
    Moderation.objects.update(not_before=now())
    tasks.moderate_due()
    act.refresh_from_db()
    assert act.state == "done", act.reason
    item = InboundItem.objects.get(account=line.account, external_id=external_id)
    assert (item.visibility, item.is_pending) == (Visibility(look), True)
