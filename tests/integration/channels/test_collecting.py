"""Polling the platforms through the real adapters: nothing lost, nothing twice, changes noticed."""

from datetime import timedelta
from uuid import uuid4

import pytest

from channels import tasks
from channels.actions import landing, polling
from channels.models import ChannelAccount, InboundItem
from channels.selectors.accounts import voice_of
from channels.tasks import outgoing
from channels.types import Visibility
from inbox.actions.replies import reply_send
from inbox.models import Conversation, Message
from inbox.tasks import ingest
from opsconsole.kernel.clock import now
from tests.factories.channels import make_delivery
from tests.factories.people import make_actor
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db

KINDS = ["x", "facebook", "blog"]
#: What makes a customer's line an ordinary comment or mention on each platform.
PLAIN = {"x": {}, "facebook": {"kind": "comment"}, "blog": {}}


@pytest.fixture
def line(request, sandbox):
    return connect(sandbox, request.param)


every_kind = pytest.mark.parametrize("line", KINDS, indirect=True)


def poll(line):
    """Poll once, whatever the clock says, and bring the inbox up to date."""
    tasks.poll_account(line.due().pk)
    ingest()
    line.account.refresh_from_db()


def say(line, text, **wish):
    return line.say(text, **(PLAIN[line.account.kind] | wish))


def voice(line):
    return voice_of(line.account, timeout=5, allow_private_hosts=True)


def stored():
    """Return every item as it lies there; when it is looked up again is not part of it."""
    rows = InboundItem.objects.order_by("pk").values()
    return [{name: value for name, value in row.items() if name != "recheck_at"} for row in rows]


# --- In ---


@every_kind
def test_what_customers_say_lands_once_however_often_we_look(line):
    for text in ("하나", "둘"):
        say(line, text)
    poll(line)
    before = stored()
    line.fault("duplicate", for_seconds=60)
    poll(line)
    assert stored() == before
    assert Conversation.objects.filter(state="new", waiting_since__isnull=False).count() == 2
    assert line.account.last_error == ""


@every_kind
def test_what_is_listed_out_of_order_is_put_in_order(line):
    for number in range(5):
        say(line, f"줄 {number}")
    line.fault("out_of_order", for_seconds=60)
    poll(line)
    say(line, "줄 5")
    poll(line)
    assert len(line.items()) == 6


@pytest.mark.parametrize(
    ("line", "count"), [("x", 105), ("facebook", 60), ("blog", 105)], indirect=["line"]
)
def test_a_poll_killed_between_pages_goes_on_where_it_stood(line, count, time_machine):
    """Then the platform asks for patience; after that everything is there, and everything once."""
    time_machine.move_to(now())
    for number in range(count):
        say(line, f"{number}번째", author=f"customer{number % 7}")
    claimed = polling.poll_claim(line.due().pk)
    page = voice(line).fetch(claimed.cursor)
    assert page.has_more
    assert landing.page_land(claimed, page.items, page.next_cursor, claimed.poll_fence)
    first = len(line.items())
    # The worker dies here. Its lease runs out, and the next one meets a limit.
    tasks.poll_account(line.account.pk)
    assert len(line.items()) == first < count
    time_machine.shift(timedelta(seconds=polling.POLL_LEASE + 1))
    line.fault("status", status=429, reset_in=120)
    tasks.poll_account(line.account.pk)
    assert len(line.items()) == first
    line.account.refresh_from_db()
    assert line.account.cursor == page.next_cursor
    waits_until = line.account.next_allowed_at or line.account.reads_wait_until
    assert waits_until > now()
    time_machine.shift(waits_until - now() + timedelta(seconds=1))
    tasks.poll_account(line.account.pk)
    ingest()
    assert len(line.items()) == Message.objects.filter(direction="inbound").count() == count


def test_what_x_no_longer_gives_is_told_even_when_the_poll_fails_after_it(sandbox):
    line = connect(sandbox, "x")
    for number in range(5):
        say(line, f"{number}")
    walk = {"since": "1", "newest": "", "token": "", "seen": 798}
    ChannelAccount.objects.update(cursor={"walk": "mentions", "mentions": walk})
    line.fault("status", status=503, path_regex="/tweets$")
    poll(line)
    assert len(line.items()) == 5
    assert "800" in line.account.last_gap
    assert line.account.failures == 1


# --- What changes afterwards ---


@every_kind
def test_an_edit_is_noticed_and_the_earlier_words_are_kept(line, sandbox):
    sandbox_id = say(line, "처음 쓴 말")
    poll(line)
    before = Message.objects.get()
    sandbox.control("edit", {"id": sandbox_id, "text": "고친 말"})
    poll(line)
    after = Message.objects.order_by("pk").first()
    if line.account.kind == "x":  # an edited post has a new id; both are told
        assert any("고친 말" in message.text for message in Message.objects.all())
        return
    assert (after.pk, after.text) == (before.pk, "고친 말")
    assert [r.text for r in after.revisions.all()] == ["처음 쓴 말"]
    assert after.edited_at is not None


@every_kind
def test_a_removal_is_noticed_and_ends_the_wait(line, sandbox):
    sandbox_id = say(line, "지울 말")
    poll(line)
    sandbox.control("delete", {"id": sandbox_id})
    poll(line)
    message = Message.objects.get()
    assert (message.visibility, message.removed_at is not None) == (Visibility.REMOVED, True)
    assert "지울 말" in message.text
    assert message.conversation.waiting_since is None


def test_a_late_approval_is_noticed(sandbox):
    line = connect(sandbox, "blog")
    held = say(line, "승인 대기", status="hold")
    poll(line)
    message = Message.objects.get()
    since = message.conversation.waiting_since
    assert message.visibility == Visibility.HELD
    assert since == message.posted_at
    sandbox.control("approve", {"id": held})
    poll(line)
    message.refresh_from_db()
    assert message.visibility == Visibility.PUBLIC
    assert message.conversation.waiting_since == since


def test_what_the_host_finds_to_be_spam_no_longer_waits(sandbox):
    line = connect(sandbox, "blog")
    spam = say(line, "싸게 팝니다")
    poll(line)
    sandbox.control("spam", {"id": spam})
    poll(line)
    message = Message.objects.get()
    assert message.visibility == Visibility.SPAM
    assert message.conversation.waiting_since is None


# --- Our own words ---


@every_kind
def test_our_answer_comes_back_as_what_it_is(line, run_background):
    say(line, "질문입니다")
    run_background()
    conversation = Conversation.objects.get()
    ana = make_actor("operator", line.account.unit)
    reply_send(
        ana,
        conversation_id=conversation.pk,
        answers_id=None,
        text="답변입니다",
        request_key=uuid4(),
    )
    run_background()
    poll(line)
    poll(line)
    (ours,) = Message.objects.filter(direction="outbound")
    assert (ours.operator_id, ours.delivery.state) == (ana.user_id, "sent")
    assert InboundItem.objects.get(external_id=ours.external_id).is_own
    conversation.refresh_from_db()
    assert (conversation.state, Conversation.objects.count()) == ("waiting", 1)
    assert sum(line.stands().values()) == 1


@every_kind
def test_an_answer_written_on_the_platform_itself_ends_the_wait_too(line, run_background):
    say(line, "질문입니다")
    run_background()
    question = Message.objects.get()
    elsewhere = make_delivery(
        account=line.account, text="다른 창에서 답했습니다", reply_to=question.external_id,
        thread=question.thread_external_id, state="cancelled",
    )  # fmt: skip
    assert voice(line).publish(outgoing(elsewhere)).external_id
    poll(line)
    ours = Message.objects.get(direction="outbound")
    assert (ours.operator_id, ours.delivery_id) == (None, None)
    assert ours.conversation.state == "waiting"


@every_kind
def test_our_own_posts_are_nobodys_question(line, run_background):
    post = make_delivery(
        account=line.account, kind="post", text="새 소식입니다", title="소식", origin="target:0:1"
    )
    run_background()
    poll(line)
    post.refresh_from_db()
    assert post.state == "sent"
    assert not Conversation.objects.exists()
    own = InboundItem.objects.filter(is_own=True)
    assert all(item.external_id == post.external_id for item in own)
