"""How workers claim what came through the doors, and how each event ends. Workers only.

A claim moves `due_at` to the end of its lease and raises the fence. An event that kills its worker is
claimed again after that, from then on alone, and parked in the end: it takes no other along.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from channels.lifecycle import PINGS, PUSH, SIGNED, PushState
from channels.models import ChannelAccount, PushDoor, PushEvent
from channels.selectors.push import signing_secret
from opsconsole.kernel.clock import now
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.redaction import redact
from opsconsole.kernel.text import storable

S = PushState
#: Seconds in which a claimed batch is taken in; whoever dies over it gives it back so much later.
LEASE = timedelta(seconds=30)
#: The same for a ping, whose page a stranger may make us wait for.
PING_LEASE = timedelta(seconds=120)
#: Events, and bytes, of one batch.
BATCH, BATCH_BYTES = 200, 1_000_000
#: Claims without an end after which an event is taken alone, and after which it is parked.
ALONE_AFTER, PARKED_AFTER = 1, 4
#: How long events rest after the database has had enough.
RELEASED_FOR = timedelta(seconds=2)
#: Tries that may fail because a platform cannot be asked, the first pause, and the longest (seconds).
TRIES, FIRST_PAUSE, LONGEST_PAUSE = 12, 2, 900
#: A platform may be away for hours; for so long nobody need decide anything.
AWAY_FOR = timedelta(days=1)
_KILLER = "Workers ended again and again while they took it in."


def events_claim() -> list[PushEvent]:
    """Claim a batch of what platforms pushed, oldest first; empty when nothing is due."""
    return _claim(sorted(SIGNED), BATCH, LEASE)


def ping_claim() -> PushEvent | None:
    """Claim the ping that has waited longest."""
    found = _claim(sorted(PINGS), 1, PING_LEASE)
    return found[0] if found else None


def _claim(sources: Sequence[str], most: int, lease: timedelta) -> list[PushEvent]:
    at = now()
    due = PushEvent.objects.filter(
        state=S.WAITING, source__in=sources, due_at__lte=at,
        account__is_paused=False, account__verified_at__isnull=False,
    )  # fmt: skip
    with transaction.atomic():
        rows = due.order_by("id").select_for_update(skip_locked=True, of=("self",))
        taken = _batch(list(rows.values_list("pk", "size", "claims")[:most]))
        PushEvent.objects.filter(pk__in=taken).update(
            due_at=at + lease, fence=F("fence") + 1, claims=F("claims") + 1
        )
    events = PushEvent.objects.filter(pk__in=taken).order_by("id")
    return [event for event in _with_accounts(events) if not _has_killed(event)]


def _batch(rows: Sequence[tuple[int, int, int]]) -> list[int]:
    """Return what is taken together: up to so many bytes, and what has failed before alone."""
    taken: list[int] = []
    total = 0
    for pk, size, claims in rows:
        total += size
        if taken and (total > BATCH_BYTES or claims >= ALONE_AFTER):
            break
        taken.append(pk)
        if claims >= ALONE_AFTER:
            break
    return taken


def _with_accounts(events: QuerySet[PushEvent]) -> list[PushEvent]:
    return list(events.select_related("account", "account__credential", "account__unit"))


def _has_killed(event: PushEvent) -> bool:
    if event.claims <= PARKED_AFTER:
        return False
    event_park(event, _KILLER)
    return True


def events_done(outcomes: Sequence[tuple[PushEvent, str]]) -> None:
    """Note what came of events whose items have landed; a worker that ends before that lands them again, in vain."""
    if not outcomes:
        return
    rows = [(event.pk, event.fence, storable(said, 200)) for event, said in outcomes]
    columns = [list(column) for column in zip(*rows, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE channels_pushevent AS event
            SET state = 'done', settled_at = %s, outcome = told.outcome, error = ''
            FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS told (id, fence, outcome)
            WHERE event.id = told.id AND event.fence = told.fence AND event.state = 'waiting'
            """,
            [now(), *columns],
        )
    _heard([event for event, _said in outcomes])


def _heard(events: Iterable[PushEvent]) -> None:
    """Note at the doors when their newest event came."""
    newest: dict[int, PushEvent] = {}
    for event in events:
        known = newest.get(event.account_id)
        if known is None or known.received_at < event.received_at:
            newest[event.account_id] = event
    for account_id, event in newest.items():
        stale = Q(heard_at__isnull=True) | Q(heard_at__lt=event.received_at)
        if PushDoor.objects.filter(stale, account=account_id).update(heard_at=event.received_at):
            hint_on_commit("account", units=[event.account.unit_id], id=account_id)


def events_held(events: Iterable[PushEvent]) -> set[int]:
    """Lock claimed events until the end of the transaction; return those that nobody has taken from us."""
    fences = {event.pk: event.fence for event in events}
    rows = PushEvent.objects.filter(pk__in=fences, state=S.WAITING).order_by("pk")
    found = rows.select_for_update(no_key=True).values_list("pk", "fence")
    return {pk for pk, fence in found if fences[pk] == fence}


def events_release(events: Iterable[PushEvent]) -> None:
    """Give claimed events back: it is no fault of theirs that the database had enough."""
    for event in events:
        _mine(event).filter(state=S.WAITING).update(due_at=now() + RELEASED_FOR, claims=0)


def event_park(event: PushEvent, error: str) -> None:
    """Put one event aside with what is wrong with it; the others go on."""
    parked = _move(event, S.PARKED, error=storable(redact(error), 500))
    if parked:
        hint_on_commit("account", units=[event.account.unit_id], id=event.account_id)


def event_put_off(event: PushEvent, error: str, *, seconds: float | None = None) -> None:
    """Have an event tried again later; one that has been tried too often and for too long is parked.

    With `seconds` the pause is known and counts as no try.
    """
    is_old = now() - event.received_at > AWAY_FOR
    if seconds is None and is_old and event.tries + 1 >= TRIES:
        event_park(event, error)
        return
    pause = min(FIRST_PAUSE * 2**event.tries, LONGEST_PAUSE) if seconds is None else seconds
    _mine(event).update(
        due_at=now() + timedelta(seconds=pause),
        tries=event.tries + (seconds is None),
        claims=0,
        error=storable(redact(error), 500),
    )


def _move(event: PushEvent, state: PushState, **changes: object) -> int:
    return _mine(event).filter(state__in=PUSH.sources(state)).update(state=state, **changes)


def _mine(event: PushEvent) -> QuerySet[PushEvent]:
    """The event, while the claim that read it has not lost it."""
    return PushEvent.objects.filter(pk=event.pk, fence=event.fence)


def sibling(account: ChannelAccount, external_id: str) -> ChannelAccount | None:
    """Return the account that a call to another's door is about: several of one app share an address.

    Only one whose platform signs with the very same secret; whoever knows that could knock at its own door.
    """
    other = (
        ChannelAccount.objects.select_related("credential", "unit")
        .filter(kind=account.kind, base_url=account.base_url, external_id=external_id)
        .first()
    )
    secret = signing_secret(account)
    return other if other and secret and signing_secret(other) == secret else None


def events_sweep() -> int:
    """Forget events that have been over for some days; what they said is in the items."""
    over = now() - timedelta(days=settings.PUSH_KEEP_DAYS)
    old = Q(state__in=[S.DONE, S.DROPPED], settled_at__lt=over)
    if settings.RETENTION_DAYS:  # nobody has decided about it for longer than words may be kept
        outlived = now() - timedelta(days=settings.RETENTION_DAYS)
        old |= Q(state=S.PARKED, received_at__lt=outlived)
    rows = PushEvent.objects.filter(old).values_list("pk", flat=True)[:5000]
    return PushEvent.objects.filter(pk__in=list(rows)).delete()[0]
