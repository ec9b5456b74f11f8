"""Every way a create call can go wrong, on every platform: one text stands, once, and we know it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from channels.actions import sending
from channels.actions.accounts import account_reconnect
from channels.actions.deliveries import delivery_confirm_live, delivery_drop, delivery_send_again
from channels.models import ChannelAccount, Delivery
from channels.selectors.accounts import voice_of
from channels.tasks import outgoing
from channels.types import Receipt
from inbox.actions.replies import reply_send
from inbox.models import Conversation, Message
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.tasks import settle
from tests.factories.channels import make_delivery
from tests.factories.people import make_actor
from tests.support.platforms import connect

pytestmark = pytest.mark.django_db

TEXT = "곧 확인해 드리겠습니다"
#: The address of the create call, by kind of channel and of delivery.
CREATES = {
    ("x", "reply"): "/2/tweets$",
    ("x", "post"): "/2/tweets$",
    ("facebook", "reply"): "/comments$",
    ("facebook", "post"): "/feed$",
    ("blog", "reply"): "/comments$",
    ("blog", "post"): "/posts$",
}
PLAIN = {"x": {}, "facebook": {"kind": "comment"}, "blog": {}}
#: What goes wrong, and whether the platform has taken the text all the same.
FAULTS = {
    "reset before": ({"kind": "drop_before"}, False),
    "reset after": ({"kind": "drop_after"}, True),
    "503 before": ({"kind": "status", "status": 503}, False),
    "502 after": ({"kind": "status", "status": 502, "body": "html", "after": True}, True),
    "garbage after": ({"kind": "garbage"}, True),
}
#: What tells nothing more about answers, and about posts.
SKIPPED = {"reply": {"502 after"}, "post": {"503 before"}}


@pytest.fixture
def wait(time_machine, run_background):
    """Let seconds pass and the workers work."""
    time_machine.move_to(now())

    def pass_time(seconds):
        time_machine.shift(timedelta(seconds=seconds))
        run_background()

    return pass_time


@pytest.fixture
def line(request, sandbox):
    kind, what = getattr(request, "param", ("facebook", "reply"))
    later = {"poll_due_at": now() + timedelta(days=1)} if what == "post" else {}
    made = connect(sandbox, kind, **later)
    made.what = what
    return made


def ask(line, run_background):
    """Have a customer ask and an operator answer, or a post be due; return its delivery."""
    kind, what = line.account.kind, line.what
    if what == "post":
        return due_post(line, text=TEXT)
    line.say("안 돼요", **PLAIN[kind])
    run_background()
    # Only the reading back shall look from here on; that polls see our words is tested elsewhere.
    ChannelAccount.objects.update(poll_due_at=now() + timedelta(days=1))
    conversation = Conversation.objects.get(account=line.account)
    ana = make_actor("operator", line.account.unit)
    return reply_send(
        ana, conversation_id=conversation.pk, answers_id=None, text=TEXT, request_key=uuid4()
    ).delivery


def due_post(line, **given):
    origin = f"target:0:{uuid4()}"
    return make_delivery(account=line.account, kind="post", title="알림", origin=origin, **given)


def break_create(line, **fault):
    path = CREATES[line.account.kind, line.what]
    line.fault(fault.pop("kind"), method="POST", path_regex=path, **fault)


def state(delivery):
    delivery.refresh_from_db()
    return delivery.state


def outcomes(delivery):
    return list(delivery.attempts.order_by("number").values_list("outcome", flat=True))


def stands_once(line):
    return sum(line.stands().values()) == 1


@pytest.mark.parametrize(
    ("line", "fault"),
    [(create, fault) for create in CREATES for fault in FAULTS if fault not in SKIPPED[create[1]]],
    ids=str,
    indirect=["line"],
)
def test_whatever_happens_to_the_create_call_one_text_stands(line, fault, wait, run_background):
    script, is_taken = FAULTS[fault]
    delivery = ask(line, run_background)
    break_create(line, **script)
    run_background()
    assert state(delivery) == "ambiguous"
    wait(6)
    assert state(delivery) == ("sent" if is_taken else "ambiguous")
    for seconds in (0,) if is_taken else (10, 30, 76):
        assert len(line.calls()) == 1, "nothing is repeated before the proof"
        wait(seconds)
    assert state(delivery) == "sent"
    assert outcomes(delivery) == (["sent"] if is_taken else ["absent", "sent"])
    assert stands_once(line)
    assert line.calls()[-1]["external_id"] in delivery.external_id


@pytest.mark.parametrize("kind", ["timeout_before", "timeout_after"])
def test_an_answer_that_never_comes_is_not_waited_for(line, kind, wait, run_background, settings):
    delivery = ask(line, run_background)
    settings.SEND_TIMEOUT_SECONDS = 1.0
    break_create(line, kind=kind, seconds=3)
    run_background()
    settings.SEND_TIMEOUT_SECONDS = 30
    assert state(delivery) == "ambiguous"
    for seconds in (6, 10, 30, 76):
        wait(seconds)
    assert state(delivery) == "sent"
    assert stands_once(line)


def test_the_operator_reads_the_truth_at_each_step(line, wait, run_background):
    delivery = ask(line, run_background)
    break_create(line, kind="drop_after")
    run_background()
    conversation = Conversation.objects.get()
    assert conversation.waiting_since is not None, "nobody is answered until it is sure"
    assert not Message.objects.filter(direction="outbound").exists()
    wait(6)
    conversation.refresh_from_db()
    message = Message.objects.get(direction="outbound")
    assert (conversation.state, message.delivery_id) == ("waiting", delivery.pk)
    assert message.posted_at <= now()


def test_what_the_platform_shows_late_is_still_found(sandbox, wait, run_background):
    """A worker dies between the call and the record; the listing lags two minutes behind."""
    line = connect(sandbox, "facebook")
    delivery = due_post(line)
    line.fault("visible_after", method="POST", path_regex="/feed$", seconds=120)
    claim = die_after_arming(delivery)
    voice_of(line.account, timeout=5, allow_private_hosts=True).publish(outgoing(delivery))
    wait(91)
    assert state(delivery) == "ambiguous"
    assert not sending.delivery_sent(claim, Receipt("late")), "the dead worker changes nothing"
    for seconds in (16, 31):
        wait(seconds)
    assert state(delivery) == "sent"
    assert outcomes(delivery) == ["sent"]
    assert stands_once(line)


def die_after_arming(delivery):
    claim = sending.delivery_claim()
    assert claim.delivery_id == delivery.pk
    assert sending.delivery_prepared(claim, [])
    assert sending.delivery_arm(claim, worker="doomed")
    return claim


def test_a_worker_that_dies_before_the_call_costs_two_minutes(line, wait, run_background):
    delivery = ask(line, run_background)
    die_after_arming(delivery)
    wait(60)
    assert state(delivery) == "armed", "its lease still runs"
    wait(31)
    assert state(delivery) == "ambiguous"
    assert delivery.reason_code == "worker_lost"
    for seconds in (16, 30, 76):
        wait(seconds)
    assert state(delivery) == "sent"
    assert outcomes(delivery) == ["absent", "sent"]
    assert stands_once(line)


def test_absence_proved_too_late_is_missed_not_sent(line, wait, run_background):
    delivery = ask(line, run_background)
    Delivery.objects.update(deadline=now() + timedelta(seconds=60))
    break_create(line, kind="drop_before")
    for seconds in (0, 6, 10, 30, 76):
        wait(seconds)
    assert state(delivery) == "missed"
    assert outcomes(delivery) == ["absent"]
    assert line.stands() == {}


@pytest.mark.parametrize("verdict", ["live", "again", "drop"])
def test_what_cannot_be_read_back_is_decided_by_a_person(line, verdict, wait, run_background):
    delivery = ask(line, run_background)
    break_create(line, kind="drop_before" if verdict == "again" else "drop_after")
    run_background()
    line.fault("status", method="GET", status=503, for_seconds=10_000)
    for seconds in (6, 16, 60, 60, 60, 60):
        wait(seconds)
    assert state(delivery) == "needs_human"
    assert delivery.reason_code == "unreadable"
    assert len(line.calls()) == 1
    line.heal()
    if verdict == "live":
        found = line.calls()[0]["external_id"]
        delivery_confirm_live(SYSTEM, delivery_id=delivery.pk, external_id=found)
    elif verdict == "again":
        delivery_send_again(SYSTEM, delivery_id=delivery.pk)
    else:
        delivery_drop(SYSTEM, delivery_id=delivery.pk)
    run_background()
    expected = {"live": "sent", "again": "sent", "drop": "cancelled"}
    assert state(delivery) == expected[verdict]
    assert stands_once(line)
    assert None not in outcomes(delivery)


def test_a_message_deleted_under_ones_hands_is_not_answered_anywhere(sandbox, run_background):
    """Neither as a reply to nothing nor as a new post."""
    for kind in ("x", "facebook", "blog"):
        line = connect(sandbox, kind)
        said = line.say("지울 말", **PLAIN[kind])
        run_background()
        conversation = Conversation.objects.get(account=line.account)
        sandbox.control("delete", {"id": said})
        delivery = reply_send(
            make_actor("operator", line.account.unit), conversation_id=conversation.pk,
            answers_id=None, text=TEXT, request_key=uuid4(),
        ).delivery  # fmt: skip
        run_background()
        assert state(delivery) == "rejected", kind
        assert delivery.reason_code == "target_gone", kind
        assert line.stands() == {}
        conversation.refresh_from_db()
        assert conversation.waiting_since is not None


def test_a_lost_login_holds_its_account_alone_until_it_is_back(sandbox, run_background):
    lost, well = connect(sandbox, "x"), connect(sandbox, "x")
    first, second = (due_post(lost) for _ in range(2))
    other = due_post(well)
    lost.fault("status", method="POST", status=401)
    run_background()
    assert (state(first), state(second), state(other)) == ("held", "planned", "sent")
    lost.account.refresh_from_db()
    assert lost.account.needs_reconnect
    names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    secrets = {name: lost.there["credentials"][name] for name in names}
    account_reconnect(SYSTEM, account_id=lost.account.pk, secrets=secrets)
    run_background()
    assert (state(first), state(second)) == ("sent", "sent")
    assert set(lost.stands().values()) == {1}


def test_a_limit_holds_what_was_asked_back_and_keeps_the_order(sandbox, wait, run_background):
    limited, well = connect(sandbox, "x"), connect(sandbox, "x")
    posts = [due_post(limited) for _ in range(3)]
    other = due_post(well)
    limited.fault("status", method="POST", status=429, reset_in=300)
    run_background()
    assert [state(post) for post in posts] == ["retry_wait", "planned", "planned"]
    assert state(other) == "sent"
    assert len(limited.calls()) == 1, "nobody runs against the wall again"
    wait(240)
    assert limited.stands() == {}
    wait(90)  # past the reset, and past the one call that tries
    assert [state(post) for post in posts] == ["sent"] * 3
    assert [call["text"] for call in limited.calls()][1:] == [post.text for post in posts]
    assert posts[0].retries == 0


def test_an_unreachable_platform_is_tried_again_and_given_up_in_the_end(
    line, wait, run_background
):
    delivery = ask(line, run_background)
    ChannelAccount.objects.update(
        base_url="http://127.0.0.1:9", poll_due_at=now() + timedelta(days=1)
    )
    run_background()
    assert (state(delivery), delivery.retries) == ("retry_wait", 1)
    for _ in range(8):
        wait(61)
    assert state(delivery) == "failed"
    assert set(outcomes(delivery)) == {"refused"}
    settle()
    assert Conversation.objects.get().waiting_since is not None
