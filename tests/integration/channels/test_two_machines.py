"""Two worker machines, processes of their own, never exceed a platform's window nor do anything twice."""

from collections import Counter

import pytest

from channels.models import ChannelAccount, Delivery, RateWindow
from channels.quota import app_key_of
from channels.ranks import Rank, kept
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_delivery
from tests.support.machine import all_of, machines
from tests.support.voices import Place as There

ME = "GET /2/users/me"
MENTIONS = "GET /2/users/:id/mentions"
#: Calls that X takes in the window.
MOST = 40

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def two(django_db_setup, django_db_blocker):
    """Two machines that live as long as the tests of this file."""
    with django_db_blocker.unblock(), machines(2) as made:
        yield made


def connected(sandbox, **limits):
    """An account on X and ours that speaks for it."""
    there = There("x", sandbox, sandbox.account("x"))
    there.set(x_limits=limits)
    secrets = there.secrets()
    account = make_account(
        kind="x", secrets=secrets, base_url=there.there["base_url"], poll_due_at=now(),
        external_id=there.there["id"], app_key=app_key_of(secrets),
    )  # fmt: skip
    return account, there


def used(sandbox, endpoint, there):
    """How many calls the platform has counted, refused ones included."""
    rows = sandbox.control("limits")
    mine = [row for row in rows if row["caller"].startswith(there.there["name"] + ":")]
    return sum(row["used"] for row in mine if row["endpoint"] == endpoint)


def passed_by(answers):
    """What passed at each rank, on all machines together."""
    total = Counter()
    for answer in answers:
        total.update(answer)
    return {rank: total[rank.name] for rank in Rank}


def test_two_machines_use_a_window_up_and_never_one_call_more(sandbox, two):
    account, there = connected(sandbox, **{ME: MOST})
    ranks = [rank.name for rank in Rank]
    passed = passed_by(all_of(two, "calls", account=account.pk, ranks=ranks))
    assert sum(passed.values()) == MOST == used(sandbox, ME, there)
    assert RateWindow.objects.get(endpoint=ME).remaining == 0
    below = 0
    for rank in reversed(Rank):
        below += passed[rank]
        assert below <= MOST - kept(rank, MOST, is_share=False), rank


def test_two_machines_leave_each_rank_what_is_kept_for_it(sandbox, two):
    account, there = connected(sandbox, **{ME: MOST})
    passed = {
        rank: sum(
            passed_by(all_of(two, "calls", account=account.pk, ranks=[rank.name] * 4)).values()
        )
        for rank in reversed(Rank)
    }
    assert passed == {Rank.EXTRAS: 20, Rank.POSTS: 12, Rank.POLLS: 4, Rank.ANSWERS: 4}
    assert used(sandbox, ME, there) == MOST


def test_two_machines_poll_each_account_once(sandbox, two):
    pairs = [connected(sandbox) for _ in range(6)]
    all_of(two, "polls", accounts=[account.pk for account, _there in pairs])
    assert [used(sandbox, MENTIONS, there) for _account, there in pairs] == [1] * 6
    fences = ChannelAccount.objects.values_list("poll_fence", "failures")
    assert set(fences) == {(1, 0)}


def test_two_machines_send_each_delivery_once(sandbox, two):
    account, there = connected(sandbox)
    texts = [f"소식 {number}" for number in range(20)]
    for text in texts:
        make_delivery(account=account, kind="post", text=text)
    assert sum(all_of(two, "sends")) == 20
    assert Counter(call["text"] for call in there.creates()) == dict.fromkeys(texts, 1)
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
