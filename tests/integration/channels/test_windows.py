"""The platforms' windows: shared by machines, accounts and ranks, and never exceeded by one call."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels.actions.metering import metered
from channels.actions.sending import delivery_claim
from channels.actions.windows import Place, answer_heard, call_take
from channels.errors import NoRoom
from channels.models import ChannelAccount, RateWindow
from channels.quota import app_key_of, told_by
from channels.ranks import Rank
from channels.selectors.accounts import voice_of
from channels.selectors.watch import limited_since
from channels.selectors.windows import quotas_of
from channels.tasks import deliver, poll_account
from channels.types import Outgoing, OutgoingKind
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_delivery
from tests.support.together import together
from tests.support.voices import Place as There

pytestmark = pytest.mark.django_db

MENTIONS = "GET /2/users/:id/mentions"
ME = "GET /2/users/me"
CREATE = "POST /2/tweets"


def connected(sandbox, kind="x", *, limits=None, **wish):
    """An account in the sandbox and ours that speaks for it."""
    there = There(kind, sandbox, sandbox.account({"x": "x", "facebook": "facebook"}[kind], **wish))
    if limits:
        there.set(**limits)
    secrets = there.secrets()
    account = make_account(
        kind=kind, secrets=secrets, base_url=there.there["base_url"],
        external_id=there.there["id"], app_key=app_key_of(secrets),
    )  # fmt: skip
    return account, there


def voice(account):
    return voice_of(
        ChannelAccount.objects.select_related("credential").get(pk=account.pk),
        timeout=20, allow_private_hosts=True,
    )  # fmt: skip


def look(account, rank=Rank.ANSWERS):
    """Ask who one is; False when there is no room."""
    try:
        with metered(account, rank):
            voice(account).whoami()
    except NoRoom:
        return False
    return True


def calls_of(sandbox, endpoint, there):
    """How many calls the platform has counted."""
    mine = there.there["name"] + ":"
    rows = sandbox.control("limits")
    return sum(
        row["used"] for row in rows
        if row["endpoint"] == endpoint and row["caller"].startswith(mine)
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_many_at_once_use_a_window_up_and_never_one_call_more(sandbox):
    account, there = connected(sandbox, limits={"x_limits": {ME: 20}})

    def work():
        return sum(look(account) for _ in range(6))

    passed = together(*[work] * 8)
    assert sum(passed) == 20
    assert calls_of(sandbox, ME, there) == 20
    assert RateWindow.objects.get(endpoint=ME).remaining == 0


@pytest.mark.django_db(transaction=True)
def test_accounts_of_one_app_share_what_it_may_post_in_a_day(sandbox):
    app = f"app{now().timestamp()}"
    pairs = [
        connected(sandbox, limits={"x_posts_per_day": 10}, app=app) for _ in range(2)
    ]  # fmt: skip

    def work(number):
        account, _there = pairs[number % 2]
        sent = 0
        for turn in range(4):
            out = Outgoing(OutgoingKind.POST, f"{number} {turn}", nonce=f"{number}{turn}")
            try:
                with metered(account, Rank.ANSWERS):
                    voice(account).publish(out)
                sent += 1
            except NoRoom:
                pass
        return sent

    assert sum(together(*[lambda n=n: work(n) for n in range(6)])) == 10
    key = pairs[0][1].there["credentials"]["consumer_key"]
    rows = [row for row in sandbox.control("limits") if row["caller"] == key]
    assert [row["used"] for row in rows] == [10]


def test_a_lower_rank_leaves_what_those_above_may_need(sandbox):
    account, there = connected(sandbox, limits={"x_limits": {ME: 20}})
    passed = dict.fromkeys(Rank, 0)
    for rank in reversed(Rank):
        while look(account, rank):
            passed[rank] += 1
    assert passed == {Rank.EXTRAS: 10, Rank.POSTS: 6, Rank.POLLS: 2, Rank.ANSWERS: 2}
    assert calls_of(sandbox, ME, there) == 20


def test_a_poll_without_room_waits_and_has_not_failed(sandbox):
    account, _there = connected(sandbox, limits={"x_limits": {MENTIONS: 10}})
    for _ in range(10):
        ChannelAccount.objects.update(poll_due_at=now())
        poll_account(account.pk)
    account.refresh_from_db()
    assert account.failures == 0
    assert account.last_error == ""
    assert account.reads_wait_until == account.poll_due_at > now() + timedelta(minutes=10)
    assert account.next_allowed_at is None, "answers go on"
    assert RateWindow.objects.get(endpoint=MENTIONS).remaining == 1


def test_posts_wait_for_room_and_answers_still_leave(sandbox):
    account, there = connected(sandbox, limits={"x_limits": {CREATE: 5}})
    asked = there.asked("질문")
    posts = [
        make_delivery(account=account, kind="post", text=f"소식 {number}") for number in range(6)
    ]
    for _ in range(5):
        claim = delivery_claim()
        assert claim is not None
        deliver(claim)
    assert delivery_claim() is None, "all posts wait"
    account.refresh_from_db()
    assert account.posts_wait_until > now()
    answer = make_delivery(account=account, text="답", reply_to=asked.external_id)
    claim = delivery_claim()
    assert claim.delivery_id == answer.pk
    deliver(claim)
    answer.refresh_from_db()
    assert answer.state == "sent"
    for post in posts:
        post.refresh_from_db()
    assert sorted({post.state for post in posts}) == ["planned", "retry_wait", "sent"]
    assert [p.reason_code for p in posts if p.state == "retry_wait"] == ["no_quota"]
    assert calls_of(sandbox, CREATE, there) == 5


def test_others_who_use_the_same_token_are_heard_in_the_headers(sandbox):
    account, there = connected(sandbox, limits={"x_limits": {ME: 20}})
    assert look(account)
    for _ in range(18):
        there.adapter().whoami()
    assert look(account)
    assert not look(account)
    assert calls_of(sandbox, ME, there) == 20


def test_a_window_that_is_over_begins_anew(sandbox):
    account, _there = connected(sandbox, limits={"x_limits": {ME: 2}})
    assert [look(account) for _ in range(3)] == [True, True, False]
    RateWindow.objects.update(ends_at=now() - timedelta(minutes=1))
    sandbox.control("limits/reset", {})
    assert [look(account) for _ in range(3)] == [True, True, False]


def test_facebook_slows_down_and_stops_by_its_own_measure(sandbox):
    account, there = connected(sandbox, "facebook")
    ChannelAccount.objects.update(poll_due_at=now(), poll_every=60)
    there.set(fb_usage=85)
    poll_account(account.pk)
    account.refresh_from_db()
    pause = account.poll_due_at - account.last_polled_at
    assert timedelta(seconds=170) < pause < timedelta(seconds=190)
    assert [look(account, rank) for rank in Rank] == [True, True, False, False]
    there.set(fb_usage=96)
    assert look(account)
    assert [look(account, rank) for rank in Rank] == [False] * 4


def test_after_the_time_that_facebook_told_one_call_looks_again(sandbox):
    account, there = connected(sandbox, "facebook")
    there.set(fb_usage=100)
    look(account)
    usage = RateWindow.objects.get(span="business_usage")
    assert timedelta(minutes=11) < usage.ends_at - now() < timedelta(minutes=13)
    assert not look(account)
    there.set(fb_usage=3)
    RateWindow.objects.update(ends_at=now() - timedelta(seconds=1))
    assert look(account)
    assert look(account, Rank.EXTRAS)


def test_an_answer_of_an_older_window_changes_nothing():
    account = make_account(kind="x")
    place = Place("x", account.pk, "", ME)
    at = now()

    def told(left, minutes):
        headers = {"x-rate-limit-limit": "75", "x-rate-limit-remaining": str(left),
                   "x-rate-limit-reset": str(int((at + timedelta(minutes=minutes)).timestamp()))}  # fmt: skip
        return told_by("x", ME, headers, at)

    taken = call_take(place, Rank.ANSWERS)
    assert taken.scouted
    answer_heard(place, taken, told(70, 10), is_answer=True)
    answer_heard(place, call_take(place, Rank.ANSWERS), told(3, 5), is_answer=True)
    assert RateWindow.objects.get().remaining == 69
    answer_heard(place, call_take(place, Rank.ANSWERS), told(30, 10), is_answer=True)
    assert RateWindow.objects.get().remaining == 30


def test_who_tells_nothing_is_not_held_back_and_one_lost_answer_locks_nobody_out():
    place = Place("x", make_account(kind="x").pk, "", ME)
    lost = call_take(place, Rank.POLLS)
    answer_heard(place, lost, [], is_answer=False)
    silent = call_take(place, Rank.POLLS)
    assert silent.scouted
    answer_heard(place, silent, [], is_answer=True)
    for _ in range(3):
        assert not call_take(place, Rank.EXTRAS).scouted


def test_a_full_window_that_only_the_platform_knew_of_is_heard(sandbox):
    account, there = connected(sandbox, limits={"x_limits": {ME: 1}})
    there.adapter().whoami()
    assert not look(account), "the answer says until when"
    assert not look(account)
    assert calls_of(sandbox, ME, there) == 2


def refuse(there, path_regex):
    """X refuses calls of an endpoint, and does not say for how long."""
    there.fault("status", status=429, header="missing", path_regex=path_regex, for_seconds=600)


def polled(account):
    """Poll an account now, whatever it waits for."""
    ChannelAccount.objects.update(poll_due_at=now())
    poll_account(account.pk)
    account.refresh_from_db()


def pass_holds():
    """Let the pauses be over."""
    RateWindow.objects.filter(holds__gt=0).update(held_until=now() - timedelta(seconds=1))


def test_a_plain_429_holds_back_only_the_endpoint_that_was_called(sandbox):
    account, there = connected(sandbox)
    asked = there.asked("질문")
    refuse(there, "/mentions$")
    polled(account)
    assert (account.next_allowed_at, account.failures, account.last_error) == (None, 0, "")
    assert timedelta(seconds=25) < account.reads_wait_until - now() <= timedelta(seconds=30)
    assert look(account, Rank.EXTRAS), "other endpoints go on"
    answer = make_delivery(account=account, text="답", reply_to=asked.external_id)
    deliver(delivery_claim())
    answer.refresh_from_db()
    assert answer.state == "sent"
    assert calls_of(sandbox, MENTIONS, there) <= 1


def test_a_plain_429_is_waited_out_longer_each_time_and_forgotten_with_an_answer(sandbox):
    account, there = connected(sandbox)
    refuse(there, "/mentions$")
    pauses = []
    for _ in range(7):
        pass_holds()
        polled(account)
        row = RateWindow.objects.get(endpoint=MENTIONS)
        pauses.append(round((row.held_until - now()).total_seconds() / 30))
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    sandbox.heal(there.there)
    pass_holds()
    polled(account)
    row = RateWindow.objects.get(endpoint=MENTIONS)
    assert (row.holds, row.held_until, account.reads_wait_until) == (0, None, None)


def test_after_a_plain_429_one_call_alone_looks_whether_it_still_holds(sandbox):
    account, there = connected(sandbox)
    refuse(there, "/users/me$")
    assert not look(account)
    assert not look(account), "not asked again before the pause is over"
    pass_holds()
    place = Place("x", account.pk, account.app_key, ME)
    first = call_take(place, Rank.EXTRAS)
    assert first.is_trial
    with pytest.raises(NoRoom):
        call_take(place, Rank.ANSWERS)


def test_mentions_are_read_while_looking_again_is_refused(sandbox):
    account, there = connected(sandbox)
    there.asked("질문")
    refuse(there, "/2/tweets$|/users/[0-9]+/tweets$")
    ChannelAccount.objects.update(recheck_due_at=now())
    polled(account)
    assert (account.next_allowed_at, account.reads_wait_until) == (None, None)
    assert account.last_success_at is not None
    assert account.recheck_due_at > now()
    assert account.items.filter(is_own=False).count() == 1


def test_the_quota_that_is_left_can_be_read(sandbox, django_assert_num_queries):
    account, _there = connected(sandbox)
    assert look(account)
    account.refresh_from_db()
    with django_assert_num_queries(1):
        (quota,) = quotas_of(account, now())
    assert (quota.endpoint, quota.most, quota.left) == (ME, 75, 74)
    later = quota.ends_at + timedelta(minutes=1)
    assert quotas_of(account, later)[0].left == 75


def test_an_idle_poll_costs_one_small_statement_a_call(sandbox):
    account, _there = connected(sandbox)
    for _ in range(2):
        ChannelAccount.objects.update(poll_due_at=now(), recheck_due_at=now() + timedelta(hours=1))
        poll_account(account.pk)
    ChannelAccount.objects.update(poll_due_at=now())
    with CaptureQueriesContext(connection) as caught:
        poll_account(account.pk)
    taken = [q for q in caught.captured_queries if MENTIONS in q["sql"]]
    assert len(taken) == 1
    assert not [q for q in caught.captured_queries if "channels_ratewindow" in q["sql"]]


def test_what_is_due_and_refused_is_as_limited_as_what_is_parked(sandbox):
    account, there = connected(sandbox)
    refuse(there, "/2/tweets$")
    post = make_delivery(account=account, kind="post", text="소식")
    assert limited_since(now()) is None
    deliver(delivery_claim())
    post.refresh_from_db()
    assert (post.state, post.reason_code) == ("retry_wait", "no_quota")
    assert limited_since(now()) == post.not_before
    RateWindow.objects.update(holds=0, held_until=None)
    assert limited_since(now()) is None, "our own count is no refusal"
