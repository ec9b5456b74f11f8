"""Work for a bench: accounts, customers who write, and deliveries asked for. Needs a running stack."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import django

django.setup()

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Max  # noqa: E402

from channels.actions.accounts import account_connect  # noqa: E402 - models exist only after setup
from channels.actions.deliveries import delivery_request  # noqa: E402
from channels.lifecycle import LAUNCH, NORMAL, SETTLED, ChannelKind, DeliveryState  # noqa: E402
from channels.models import (  # noqa: E402
    ChannelAccount,
    Delivery,
    DeliveryAttempt,
    InboundItem,
)
from channels.types import OutgoingKind  # noqa: E402
from inbox.actions.replies import reply_send  # noqa: E402
from inbox.models import Message  # noqa: E402
from opsconsole.bench.platform import control  # noqa: E402
from opsconsole.kernel.actor import Actor  # noqa: E402
from opsconsole.kernel.clock import now  # noqa: E402
from opsconsole.people.models import (  # noqa: E402
    BusinessUnit,
    Membership,
    User,
)
from opsconsole.people.roles import Role  # noqa: E402
from opsconsole.people.selectors import actor_for  # noqa: E402

#: What the sandbox calls a platform, and what we call its channel.
_KINDS = {"x": ChannelKind.X, "facebook": ChannelKind.FACEBOOK, "wordpress": ChannelKind.BLOG}
_state: dict[str, Any] = {}


def connect(sandbox_url: str, *, poll_every: int) -> None:
    """Make an administrator and a unit, connect the sandbox's accounts, and wait for their first poll."""
    actor = somebody()
    unit = BusinessUnit.objects.create(slug="bench", name_ko="벤치", name_en="Bench")
    for shown in control(sandbox_url, "accounts"):
        if shown["rest"]:
            kind = _KINDS[shown["platform"]]
            secrets = shown["credentials"] | {
                "page_access_token": shown["credentials"].get("page_token", "")
            }
            account_connect(
                actor, kind=kind, unit_id=unit.pk, name=shown["name"],
                base_url=shown["base_url"], secrets=secrets, poll_every=poll_every,
                history_days=None,
            )  # fmt: skip
    _state.update(actor=actor, accounts=_wait_for_accounts())


def prepare(sandbox_url: str, deliveries: int) -> list[str]:
    """Connect, have half as many customers write, and return unique texts to be sent."""
    connect(sandbox_url, poll_every=2)
    accounts = _state["accounts"]
    for number in range(deliveries // 2):
        account = accounts[number % len(accounts)].name
        words = f"질문 {number} {uuid4().hex[:6]}"
        body = {"platform": account.split(":")[0], "account": account, "text": words}
        control(sandbox_url, "say", body | {"author": f"customer{number}"})
    _state.update(questions=_wait_for_messages(deliveries // 2))
    return [f"답변 {number} {uuid4().hex}" for number in range(deliveries)]


def session() -> str:
    """Return the key of a session in which the administrator is signed in."""
    user = User.objects.get(username="bench")
    kept = SessionStore()
    kept[SESSION_KEY] = str(user.pk)
    kept[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    kept[HASH_SESSION_KEY] = user.get_session_auth_hash()
    kept.create()
    return str(kept.session_key)


def newest_message() -> int:
    """Return the number of the newest message, 0 when there is none."""
    return Message.objects.aggregate(newest=Max("pk"))["newest"] or 0


def questions_after(
    known: int, count: int, seconds: float = 60, *, by: str = ""
) -> list[tuple[int, int]]:
    """Wait for so many messages after one, of authors whose names begin so; return (message, conversation).

    What customers of the imitated world wrote before may still come in meanwhile.
    """
    end = time.monotonic() + seconds
    fresh = Message.objects.filter(
        pk__gt=known, direction="inbound", contact__name__startswith=by
    ).order_by("pk")
    while fresh.count() < count and time.monotonic() < end:
        time.sleep(0.1)
    return list(fresh.values_list("pk", "conversation_id"))


def answer(question: tuple[int, int], text: str) -> None:
    """Answer one message."""
    message, conversation = question
    reply_send(
        _state["actor"], conversation_id=conversation, answers_id=message, text=text,
        request_key=uuid4(),
    )  # fmt: skip


def schedule(text: str, at: float) -> None:
    """Ask for a post at a moment given in seconds of the epoch."""
    moment = datetime.fromtimestamp(at, UTC)
    account = next(a for a in _state["accounts"] if a.kind == ChannelKind.FACEBOOK)
    delivery_request(
        _state["actor"], origin=f"bench:{text}", account=account, kind=OutgoingKind.POST,
        text=text, not_before=moment, deadline=moment + timedelta(hours=1),
    )  # fmt: skip


def somebody() -> Actor:
    """Make the administrator who does everything in a bench."""
    user = User.objects.create_user("bench", password=None, nickname="Bench")
    Membership.objects.create(user=user, role=Role.ADMINISTRATOR)
    return actor_for(user)


def _wait_for_accounts(seconds: float = 60) -> list[ChannelAccount]:
    end = time.monotonic() + seconds
    while (
        ChannelAccount.objects.filter(last_success_at__isnull=True).exists()
        or InboundItem.objects.filter(is_pending=True).exists()
    ):
        if time.monotonic() > end:
            raise TimeoutError("the accounts were not read in time")
        time.sleep(0.1)
    return list(ChannelAccount.objects.all())


def _wait_for_messages(count: int, seconds: float = 120) -> list[Message]:
    end = time.monotonic() + seconds
    asked = Message.objects.filter(text__contains="질문 ")
    while asked.count() < count:
        if time.monotonic() > end:
            raise TimeoutError(f"{asked.count()} of {count} questions arrived in time")
        time.sleep(0.1)
    return list(asked.order_by("id"))


def request(number: int, text: str) -> None:
    """Ask for one delivery: even numbers answer a customer, odd ones are posts."""
    actor = _state["actor"]
    if number % 2 == 0:
        question = _state["questions"][number // 2]
        reply_send(
            actor, conversation_id=question.conversation_id, answers_id=question.pk, text=text,
            request_key=uuid4(),
        )  # fmt: skip
        return
    accounts = _state["accounts"]
    at = now()
    delivery_request(
        actor, origin=f"bench:{number}", account=accounts[number // 2 % len(accounts)],
        kind=OutgoingKind.POST, title=f"글 {number}", text=text, not_before=at,
        deadline=at + timedelta(hours=1),
    )  # fmt: skip


def wait_until_settled(count: int, seconds: float) -> dict[str, int]:
    """Wait until all deliveries are settled or the time is up; return what became of them."""
    end = time.monotonic() + seconds
    settled = Delivery.objects.filter(state__in=SETTLED)
    while settled.count() < count and time.monotonic() < end:
        time.sleep(0.2)
    return {
        "settled": settled.count(),
        "sent": Delivery.objects.filter(state=DeliveryState.SENT).count(),
        "attempts": DeliveryAttempt.objects.count(),
    }


def launch(texts: list[str], at: float, *, is_launch: bool = False) -> None:
    """Ask for posts at one second, spread over all accounts, at once."""
    moment, accounts = datetime.fromtimestamp(at, UTC), _state["accounts"]
    with transaction.atomic():
        for number, text in enumerate(texts):
            delivery_request(
                _state["actor"], origin=f"bench:{text}", account=accounts[number % len(accounts)],
                kind=OutgoingKind.POST, text=text, not_before=moment,
                deadline=moment + timedelta(hours=1), priority=LAUNCH if is_launch else NORMAL,
            )  # fmt: skip
