"""What platforms do: they take and do not say so, cannot be read, want patience, lose a login, refuse a picture."""

import base64
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db.models import F

from channels.actions.accounts import account_reconnect
from channels.actions.deliveries import delivery_confirm_live
from channels.models import ChannelAccount, Delivery, DeliveryMedia, InboundItem, RateWindow
from inbox.models import Conversation, Notice
from opsconsole.bench.faulting.field import Field, Line, secrets_of, until
from opsconsole.bench.faulting.rows import Row
from opsconsole.kernel.clock import now

KINDS = ("x", "facebook", "blog")
#: The smallest picture there is.
_DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
#: Accepted, and then: how the answer fails to come.
_UNHEARD = (
    {"kind": "timeout_after", "seconds": 8},
    {"kind": "drop_after"},
    {"kind": "status", "status": 502, "body": "html", "after": True},
    {"kind": "garbage"},
    {"kind": "drop_after", "visible_after": 2},  # the listing lags behind, too
)


def accepted_but_unheard(field: Field, row: Row) -> None:
    """3. The platform stores the text, and its answer is lost in each of the ways there are."""
    row.injected = "stored, then stall · reset · 502 · garbage · listing 2 s late"
    made = []
    for wish in _UNHEARD:
        for line in field.lines(*KINDS):
            line.fault(**wish)
            made.append(field.post(line))
    row.seconds = field.rest(made, 90)
    row.fates = field.fates(made)
    row.all_are("sent")


def unreadable(field: Field, row: Row) -> None:
    """4. The answer is lost, and the platform cannot be read either, or shows it too late to be believed."""
    row.injected = "stored, reset; then 503 to every read · listing 3 s late"
    dark, late = field.lines(*KINDS), field.lines("x", "facebook")
    for line in dark:
        line.fault("drop_after")
    for line in late:
        line.fault("drop_after", visible_after=3)
    made, shown = [field.post(line) for line in dark], [field.post(line) for line in late]
    for line in dark:
        until(lambda line=line: bool(line.calls()), 20, every=0.02)  # type: ignore[misc]
        line.fault("status", method="GET", status=503, for_seconds=600)
    row.seconds = field.rest(made + shown, 90)
    row.fates = field.fates(made)
    row.all_are("needs_human")
    for line, delivery in zip(dark, made, strict=True):  # a person looks, and says what is so
        line.heal()
        number = line.number_of(line.stored()[0])
        delivery_confirm_live(field.actor, delivery_id=delivery.pk, external_id=number)
    row.fates = field.fates(made + shown)
    row.all_are("sent")
    row.note = "unreadable ones were left to a person"


def limits(field: Field, row: Row) -> None:
    """10. Every account is limited at once, with a right, a wrong and a missing end; credits are spent."""
    row.injected = "429 everywhere: reset right · absurd · missing; 402 credits"
    right, absurd, missing, spent = field.lines("x", "x", "facebook", "x")
    right.fault("status", status=429, reset_in=4, for_seconds=4)
    wrong = {"x-rate-limit-reset": "9999999999"}
    absurd.fault("canned", status=429, headers=wrong, body={}, for_seconds=600)
    missing.fault("status", status=429, for_seconds=600)
    spent.fault("status", status=402, for_seconds=600)
    lines = [right, absurd, missing, spent]
    made = {line.name: [field.post(line, after=-40) for _ in range(3)] for line in lines}
    everything = [delivery for some in made.values() for delivery in some]
    until(lambda: all(line.calls() for line in lines), 20)
    until(
        lambda: Delivery.objects.filter(pk__in=_ids(made[right.name]), state="sent").count() == 3,
        30,
    )
    for line in lines[1:]:
        calls = len(line.calls())  # hands that were under way together each learn of it
        row.expect(calls <= 3, f"{line.name} was tried {calls} times against its limit")
        line.account.refresh_from_db()
        waits = line.account.next_allowed_at or line.account.posts_wait_until
        row.expect(waits is not None, f"{line.name} does not wait")
    until(lambda: Notice.objects.filter(kind="sending_limited").exists(), 15)
    told = Notice.objects.filter(kind="sending_limited", user=field.actor.user_id).count()
    row.expect(told == 1, f"{told} alerts instead of one")
    for line in lines[1:]:
        line.heal()
    # Their quarter of an hour goes by.
    parked = ChannelAccount.objects.filter(pk__in=[line.account.pk for line in lines[1:]])
    RateWindow.objects.filter(holds__gt=0).update(held_until=now())
    parked.filter(next_allowed_at__isnull=False).update(next_allowed_at=now())
    parked.update(posts_wait_until=None)
    row.seconds = field.rest(everything, 30)
    row.fates = field.fates(everything)
    row.all_are("sent")


def lost_login(field: Field, row: Row) -> None:
    """11. A token is revoked; somebody reconnects as another account first, then as the right one."""
    row.injected = "401 mid-way; reconnected as a stranger, then rightly"
    lost, well, stranger = field.lines("x", "x", "x")
    lost.fault("status", status=401, method="POST", for_seconds=600)
    made = [field.post(lost), field.post(lost), field.post(well)]
    field.rest(made[2:], 20)
    until(lambda: Delivery.objects.filter(pk=made[0].pk, state="held").exists(), 20)
    until(lambda: bool(_told_of(lost, field)), 15)
    # Two hands that were under way together each learn of it.
    row.expect(len(lost.calls()) <= 2, "it went on as an account without a voice")
    _reconnect(field, lost, stranger)
    until(
        lambda: ChannelAccount.objects.filter(pk=lost.account.pk, needs_reconnect=True).exists(),
        20,
    )
    row.expect(not lost.stored() and not stranger.calls(), "something was sent as a stranger")
    lost.heal()
    _reconnect(field, lost, lost)
    row.seconds = field.rest(made, 30, of=["sent"])
    row.fates = field.fates(made)
    row.all_are("sent")
    row.expect(_told_of(lost, field) <= 2, "people were told again and again")


def pictures(field: Field, row: Row) -> None:
    """15. An upload fails, a handle is lost with its call, a file is no picture."""
    row.injected = "upload 503 · create reset after upload · a file that is none"
    shaky, dropped, bad = field.lines("x", "x", "x")
    shaky.fault("status", path_regex="/media/upload", status=503)
    dropped.fault("drop_before")
    made = [_illustrated(field, line, _DOT) for line in (shaky, dropped)]
    made.append(_illustrated(field, bad, b"no picture"))
    row.seconds = field.rest(made, 60)
    row.fates = field.fates(made)
    states = [Delivery.objects.get(pk=delivery.pk).state for delivery in made]
    row.expect(states == ["sent", "sent", "rejected"], f"they are {states}")
    row.expect(not bad.calls(), "what carries no picture was handed over all the same")


def seen_again(field: Field, row: Row) -> None:
    """16. Polls bring our own post again and again, out of order, and from the very beginning."""
    row.injected = "listings doubled and shuffled; polls overlap; cursor lost twice"
    line = field.line("x", poll_due_at=now(), recheck_due_at=now(), poll_every=1)
    for kind in ("duplicate", "out_of_order"):
        line.fault(kind, method="GET", times=6)
    text = f"@{line.there['handle']} 안내 {uuid4().hex}"
    made = [field.post(line, text=text), field.post(line)]
    row.seconds = field.rest(made, 30)
    own = InboundItem.objects.filter(account=line.account, is_own=True)
    until(lambda: own.count() == len(made), 20)
    for _ in range(2):
        before = now()
        ChannelAccount.objects.filter(pk=line.account.pk).update(
            cursor={}, poll_due_at=before, recheck_due_at=before,
            poll_fence=F("poll_fence") + 1, poll_lease_until=None,
        )  # fmt: skip
        until(lambda b=before: _read_since(line, b), 20)  # type: ignore[misc]
    ChannelAccount.objects.filter(pk=line.account.pk).update(is_paused=True)
    row.fates = field.fates(made)
    row.all_are("sent")
    row.expect(own.count() == len(made), f"{own.count()} items of our own instead of {len(made)}")
    talk = Conversation.objects.filter(account=line.account).count()
    row.expect(not talk, "the inbox holds a conversation with ourselves")
    row.note = "polls only: no webhooks"


def _read_since(line: Line, at: object) -> bool:
    return ChannelAccount.objects.filter(pk=line.account.pk, last_success_at__gt=at).exists()


def _reconnect(field: Field, line: Line, other: Line) -> None:
    account_reconnect(
        field.actor, account_id=line.account.pk, secrets=secrets_of("x", other.there)
    )


def _told_of(line: Line, field: Field) -> int:
    told = Notice.objects.filter(kind="account_lost", user=field.actor.user_id)
    return told.filter(data__account=line.account.pk).count()


def _illustrated(field: Field, line: Line, content: bytes) -> Delivery:
    delivery = field.post(line, after=1)
    DeliveryMedia.objects.create(
        delivery=delivery, file=ContentFile(content, name="dot.png"), content_type="image/png"
    )
    return delivery


def _ids(deliveries: list[Delivery]) -> list[int]:
    return [delivery.pk for delivery in deliveries]
