"""What accounts are read for beside what speaks to them: when, at what cost, and what becomes of it."""

from datetime import timedelta

import pytest

from channels import tasks
from channels.actions.accounts import account_poll_now
from channels.actions.listening import account_listening_set
from channels.actions.natives import natives_keep
from channels.actions.side_streams import streams_due
from channels.models import Ancestor, ChannelAccount, InboundItem, NativePost, SideStream
from channels.types import ItemKind, Planned, SideKind
from inbox.models import Conversation, Message, Wait
from inbox.selectors.answered import answered_post
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from tests.factories.channels import make_account
from tests.support.platforms import connect


def both(sandbox, kind):
    """Return an account of ours, and the sandbox's that it stands for."""
    line = connect(sandbox, kind)
    if kind == "x":
        ChannelAccount.objects.filter(pk=line.account.pk).update(handle=line.there["handle"])
    return line.account, line.there


def again(account):
    """Let a worker read an account now, as at its next time."""
    ChannelAccount.objects.filter(pk=account.pk).update(poll_due_at=now())
    tasks.poll_account(account.pk)


def listen(account, query, *, with_reposts=False):
    account_listening_set(SYSTEM, account_id=account.pk, query=query, with_reposts=with_reposts)


# --- searching


@pytest.mark.django_db
def test_a_find_comes_into_the_inbox_and_nobody_waits(sandbox, run_background):
    account, there = both(sandbox, "x")
    run_background()
    word = f"w{there['handle']}"
    listen(account, word)
    found = sandbox.say(there, f"{word} 느려요", kind="post", author="Ann")
    run_background()
    message = Message.objects.get(account=account, external_id=found)
    assert message.kind == "keyword"
    assert message.conversation.state == "new"
    assert message.conversation.waiting_since is None
    assert not Wait.objects.filter(conversation=message.conversation).exists()


@pytest.mark.django_db
def test_whoever_was_found_and_then_speaks_to_us_waits(sandbox, run_background):
    account, there = both(sandbox, "x")
    run_background()
    word = f"w{there['handle']}"
    listen(account, word)
    found = sandbox.say(there, f"{word} 느려요", kind="post", author="Ann")
    run_background()
    sandbox.say(
        there, f"@{there['handle']} 좀 봐 주세요", in_reply_to=found, kind="reply", author="Ann"
    )
    again(account)
    run_background()
    conversation = Conversation.objects.get(account=account)
    assert conversation.waiting_since is not None
    assert conversation.message_count == 2


@pytest.mark.django_db
def test_a_search_is_asked_at_its_own_interval(sandbox, run_background, django_assert_num_queries):
    account, there = both(sandbox, "x")
    run_background()
    listen(account, f"w{there['handle']}")
    again(account)
    stream = SideStream.objects.get(account=account)
    read_at = stream.read_at
    assert read_at is not None
    assert stream.due_at > now() + timedelta(minutes=4)
    again(account)
    stream.refresh_from_db()
    assert stream.read_at == read_at
    account.refresh_from_db()
    with django_assert_num_queries(0):
        assert streams_due(account, {SideKind.SEARCH: 300}) == []


@pytest.mark.django_db
def test_another_query_begins_anew_and_none_ends_it(sandbox, run_background):
    account, there = both(sandbox, "x")
    run_background()
    listen(account, f"w{there['handle']}")
    again(account)
    SideStream.objects.update(cursor={"begun": True, "since": "1"})
    listen(account, f"w{there['handle']}")
    assert SideStream.objects.get().cursor != {}
    listen(account, f"w{there['handle']} OR 다른말")
    assert SideStream.objects.get().cursor == {}
    listen(account, "")
    assert not SideStream.objects.exists()


@pytest.mark.django_db
def test_a_search_that_fails_is_no_failure_of_the_account(sandbox, run_background):
    account, there = both(sandbox, "x")
    run_background()
    listen(account, f"w{there['handle']}")
    sandbox.fault(there, "status", status=503, path_regex="search", times=1)
    mention = sandbox.say(there, "안녕하세요")
    again(account)
    account.refresh_from_db()
    assert (account.last_error, account.failures) == ("", 0)
    assert SideStream.objects.get().last_error
    assert InboundItem.objects.filter(external_id=mention).exists()


@pytest.mark.django_db
def test_what_x_would_refuse_is_refused_in_words():
    account = make_account(kind="x", handle="hanbit")
    with pytest.raises(Invalid) as refused:
        listen(account, "(한빛 OR")
    assert refused.value.code == "query_or_without_words"
    assert not SideStream.objects.exists()
    with pytest.raises(Invalid):
        listen(make_account(kind="facebook"), "한빛")


# --- reposts


@pytest.mark.django_db
def test_reposts_come_in_only_where_somebody_wants_them(sandbox, run_background):
    account, there = both(sandbox, "x")
    run_background()
    first = sandbox.say(there, "알려 주세요", author="Ann")
    sandbox.say(there, "", kind="repost", in_reply_to=first, author="Bob")
    again(account)
    run_background()
    assert not InboundItem.objects.filter(kind=ItemKind.REPOST).exists()
    listen(account, "", with_reposts=True)
    sandbox.say(there, "", kind="repost", in_reply_to=first, author="Cid")
    again(account)
    run_background()
    passed_on = Message.objects.filter(kind="repost")
    assert passed_on.exists()
    assert all(m.conversation.waiting_since is None for m in passed_on)


# --- what stands above


@pytest.mark.django_db
def test_what_a_customer_answers_is_read_some_levels_up(sandbox, run_background):
    account, there = both(sandbox, "x")
    run_background()
    top = sandbox.say(there, "처음", kind="post", author="Ann")
    middle = sandbox.say(there, "중간", kind="reply", in_reply_to=top, author="Bob")
    asked = sandbox.say(
        there, f"@{there['handle']} 이거요", kind="reply", in_reply_to=middle, author="Cid"
    )
    for _ in range(2):
        again(account)
    run_background()
    message = Message.objects.get(external_id=asked)
    post = answered_post(message.conversation, message)
    assert (post.text.endswith("중간"), post.author) == (True, "Bob")
    assert [(one.text, one.author) for one in post.above] == [("처음", "Ann")]


@pytest.mark.django_db
def test_what_was_deleted_above_is_said_to_be_gone(sandbox, run_background):
    account, there = both(sandbox, "x")
    run_background()
    top = sandbox.say(there, "처음", kind="post", author="Ann")
    asked = sandbox.say(
        there, f"@{there['handle']} 이거요", kind="reply", in_reply_to=top, author="Cid"
    )
    sandbox.control("delete", {"id": top})
    again(account)
    run_background()
    message = Message.objects.get(external_id=asked)
    post = answered_post(message.conversation, message)
    assert post.is_gone
    assert Ancestor.objects.get(external_id=top).state == "gone"


# --- Facebook


@pytest.mark.django_db
def test_a_page_is_read_for_tags_and_answered_there(sandbox, run_background):
    account, there = both(sandbox, "facebook")
    run_background()
    assert set(SideStream.objects.filter(account=account).values_list("kind", flat=True)) == {
        "tagged", "activity", "planned",
    }  # fmt: skip
    post = sandbox.say(there, "한빛 좋아요", kind="tagged")
    account_poll_now(SYSTEM, account_id=account.pk, ring=False)
    run_background()
    message = Message.objects.get(account=account)
    assert message.external_id == f"tagged:{post}"
    assert message.kind == "tagged"
    assert message.conversation.waiting_since is not None


@pytest.mark.django_db
def test_numbers_of_likes_are_kept_and_are_no_news(sandbox, run_background):
    account, there = both(sandbox, "facebook")
    comment = sandbox.say(there, "좋아요", kind="comment")
    run_background()
    sandbox.control("react", {"id": comment, "count": 12})
    again(account)
    item = InboundItem.objects.get(external_id=comment)
    assert (item.reactions, item.is_pending) == (12, False)


@pytest.mark.django_db
def test_what_is_scheduled_elsewhere_follows_the_platform():
    account, at = make_account(kind="facebook"), now()
    first = Planned("1_1", "하나", at + timedelta(hours=1))
    natives_keep(account, [first, Planned("1_2", "둘", at + timedelta(hours=2))])
    assert NativePost.objects.count() == 2
    natives_keep(account, [Planned("1_1", "고침", at + timedelta(hours=3))])
    row = NativePost.objects.get()
    assert (row.text, row.due_at) == ("고침", at + timedelta(hours=3))
    natives_keep(account, [])
    assert not NativePost.objects.exists()
