"""The database's side of the operators' bench: who they are, and whether all went well. Needs a running stack."""

import re
import time
from collections import Counter
from datetime import datetime

import django

django.setup()

from django.db.models import Count, Q  # noqa: E402 - models exist only after setup
from rest_framework.authtoken.models import Token  # noqa: E402

from channels.lifecycle import SETTLED, DeliveryState  # noqa: E402
from channels.models import Delivery, InboundItem  # noqa: E402
from inbox.models import Conversation, Message, Reply  # noqa: E402
from opsconsole.people.models import BusinessUnit, Membership, User  # noqa: E402
from opsconsole.people.roles import Role  # noqa: E402

#: What the bench's customers write, wherever the platform puts a name before it.
QUESTION = re.compile("문의 [0-9a-f]{10}")


def tokens(count: int) -> list[str]:
    """Make operators of the bench's unit, and return a token of each."""
    unit = BusinessUnit.objects.get(slug="bench")
    made = []
    for number in range(count):
        user = User.objects.create_user(
            f"operator{number}", password=None, nickname=f"상담{number}"
        )
        Membership.objects.create(user=user, unit=unit, role=Role.OPERATOR)
        made.append(Token.objects.create(user=user).key)
    return made


def wait_until_quiet(said: int, seconds: float = 120) -> None:
    """Wait until everything that was said is in the inbox and no delivery is on its way."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        arrived = len(_questions())
        under_way = Delivery.objects.exclude(state__in=SETTLED).exists()
        if arrived >= said and not under_way and not _unsettled():
            return
        time.sleep(0.5)


def _questions() -> list[tuple[str, datetime]]:
    """Return every question of the bench that is in the inbox, with when it was first written down."""
    rows = Message.objects.filter(direction="inbound").values_list("text", "landed_at")
    return [(found[0], at) for text, at in rows if (found := QUESTION.search(text))]


def _unsettled() -> bool:
    pending = InboundItem.objects.filter(is_pending=True).exists()
    return pending or Delivery.objects.filter(is_unseen=True).exists()


def verdict(said: dict[str, str]) -> dict[str, int]:
    """Count what must not be: lines lost, answers doubled, conversations that wait in no list."""
    held = Counter(words for words, _at in _questions())
    sent = Reply.objects.filter(delivery__state=DeliveryState.SENT)
    doubled = sent.values("answers").annotate(n=Count("pk")).filter(n__gt=1)
    hidden = Conversation.objects.filter(waiting_since__isnull=False).filter(
        Q(state="resolved") | Q(queue_at__year=9999)
    )
    return {
        "lines lost": sum(held[words] == 0 for words in said),
        "lines stored twice": sum(count > 1 for count in held.values()),
        "customers' lines answered twice": doubled.count(),
        "waits in no list": hidden.count(),
    }


def lags(shown: dict[str, float]) -> list[float]:
    """Return, sorted, the seconds from our first durable write of a line to its row on the screen."""
    stored = dict(_questions())
    return sorted(shown[words] - stored[words].timestamp() for words in shown if words in stored)


def newest_conversations(count: int) -> set[str]:
    """Return the numbers of the conversations in which something happened last."""
    rows = Conversation.objects.order_by("-last_message_at", "-pk").values_list("pk", flat=True)
    return {str(pk) for pk in rows[:count]}
