"""From what came through the doors to items: workers read it, look again where it says too little, and land it."""

import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from celery import shared_task
from django.db import Error, OperationalError, transaction

from channels.actions import pushing, tidings
from channels.errors import ChannelError, NoRoom, RateLimited
from channels.looking import Found, look_again
from channels.models import ChannelAccount, InboundItem, PushEvent
from channels.registry import tidings_of
from channels.tidings import Tidings, fault_of
from channels.types import Fetched, Recheck, Visibility
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import bells_gathered, bells_ring

logger = logging.getLogger(__name__)

#: Seconds after which an account that must be reconnected is tried again.
SILENT_FOR = 60
#: In a storm, a round of fewer events than this waits so long (seconds) for more.
FEW, GATHER = 50, 0.2
Events = Mapping[int, PushEvent]


@dataclass
class Batch:
    """What some events, by their numbers, say about one account."""

    account: ChannelAccount
    told: dict[int, Tidings] = field(default_factory=dict)

    @property
    def whole(self) -> Tidings:
        """Everything in one; what was both added and removed, in whatever order, is to be looked at."""
        whole = sum(self.told.values(), Tidings())
        torn = {one.external_id for one in whole.gone}
        torn &= {item.external_id for item in whole.fresh}
        return Tidings(
            tuple(item for item in whole.fresh if item.external_id not in torn),
            (*whole.look, *sorted(torn)),
            tuple(one for one in whole.gone if one.external_id not in torn),
        )

    def without(self, numbers: Iterable[int]) -> "Batch":
        """Return what the other events say."""
        left_out = set(numbers)
        rest = {pk: told for pk, told in self.told.items() if pk not in left_out}
        return Batch(self.account, rest)

    def naming(self, ids: Iterable[str]) -> set[int]:
        """Return the events that speak of, or stand under, any of these items."""
        wanted = set(ids)
        return {pk for pk, told in self.told.items() if wanted & told.names}


@shared_task
def take_in() -> None:
    """Take in what platforms have pushed, until nothing is due.

    The first goes in at once. Of a storm a few gather for each further round: one by one they cost the
    database, and so the doors, several times as much.
    """
    is_storm = False
    with bells_gathered():
        while events := pushing.events_claim():
            try:
                take_in_batch(events)
            except OperationalError:
                pushing.events_release(events)
                raise
            bells_ring()
            if is_storm and len(events) < FEW:
                time.sleep(GATHER)
            is_storm = True


@shared_task
def sweep() -> None:
    """Forget what has been over for long."""
    while pushing.events_sweep():
        pass


def take_in_batch(claimed: Sequence[PushEvent]) -> None:
    """Take in claimed events: those of one account together, and each alone when together fails."""
    events = {event.pk: event for event in claimed}
    batches: dict[int, Batch] = {}
    told: dict[int, Tidings] = {}
    for event in claimed:
        told[event.pk] = Tidings()
        for account, said in _spoken(event):
            batch = batches.setdefault(account.pk, Batch(account))
            batch.told[event.pk] = batch.told.get(event.pk, Tidings()) + said
            told[event.pk] += said
    put_off: set[int] = set()
    for batch in batches.values():
        late, refused = _land(batch, events)
        put_off |= late
        for pk, fault in refused.items():
            told[pk] += Tidings(faults=(fault,))
    ended = [pk for pk in events if pk not in put_off]
    for pk in ended:
        if told[pk].faults:
            pushing.event_park(events[pk], "; ".join(told[pk].faults[:3]))
    sound = [pk for pk in ended if not told[pk].faults]
    pushing.events_done([(events[pk], told[pk].in_words()) for pk in sound])


def _spoken(event: PushEvent) -> list[tuple[ChannelAccount, Tidings]]:
    """Return what an event says about each of our accounts; what is about nobody of ours is left out."""
    account = event.account
    try:
        body = json.loads(bytes(event.body))
        said = tidings_of(account.kind, body, base_url=account.base_url)
    except Exception as error:
        logger.warning("push event %s cannot be understood: %r", event.pk, error)
        return [(account, fault_of(error))]
    found = []
    for owner, told in said.items():
        about = account if owner == account.external_id else pushing.sibling(account, owner)
        if about is not None:
            found.append((about, told))
    return found


def _land(batch: Batch, events: Events) -> tuple[set[int], dict[int, str]]:
    """Land one account's batch; returns which events were put off, and of which a part could not be read or stored."""
    try:
        return _land_together(batch, events)
    except OperationalError:
        raise
    except Error as error:
        if len(batch.told) == 1:
            (pk,) = batch.told
            logger.exception("push event %s cannot be stored", pk)
            return set(), {pk: f"{type(error).__name__}"}
    late: set[int] = set()
    refused: dict[int, str] = {}
    for pk, told in batch.told.items():
        more_late, more_refused = _land(Batch(batch.account, {pk: told}), events)
        late |= more_late
        refused |= more_refused
    return late, refused


def _land_together(batch: Batch, events: Events) -> tuple[set[int], dict[int, str]]:
    account, asked, whole = batch.account, now(), batch.whole
    known = tidings.known_of(account, [item.external_id for item in whole.fresh])
    fresh = [item for item in whole.fresh if item.external_id not in known]
    revived = [key for key, shown in known.items() if shown == Visibility.REMOVED]
    places = Places(account, fresh)
    wanted = list(dict.fromkeys([*whole.look, *revived, *places.missing()]))
    try:
        found = look_again(account, wanted)
        places.learn(found.seen.items)
        above = look_again(account, places.missing())
        places.learn(above.seen.items)
    except ChannelError as error:
        late = batch.naming([*wanted, *places.missing()]) or set(batch.told)
        _put_off(account, [events[pk] for pk in late], error)
        left = batch.without(late)
        more, refused = _land_together(left, events) if left.told else (set(), {})
        return late | more, refused
    seen = Recheck(
        tuple(places.put(item) for item in (*found.seen.items, *above.seen.items)),
        (*found.seen.gone, *above.seen.gone),
    )
    read = {item.external_id for item in seen.items} | set(seen.gone)
    untouched = [places.put(item) for item in fresh if item.external_id not in read]
    with transaction.atomic():
        lost = batch.told.keys() - pushing.events_held([events[pk] for pk in batch.told])
        if not lost:
            tidings.tidings_land(account, fresh=untouched, seen=seen, gone=whole.gone, as_of=asked)
            return set(), _refusals(batch, found, above)
    # Somebody was erased from it meanwhile, or another worker has it: it is not ours to end.
    left = batch.without(lost)
    more, refused = _land_together(left, events) if left.told else (set(), {})
    return lost | more, refused


def _refusals(batch: Batch, *found: Found) -> dict[int, str]:
    return {
        pk: why for one in found for key, why in one.refused.items() for pk in batch.naming([key])
    }


class Places:
    """The posts above comments: what is known of them, and what is not yet."""

    def __init__(self, account: ChannelAccount, items: Sequence[Fetched]) -> None:
        self._account = account
        self._known: dict[str, InboundItem | Fetched] = {}
        self._asked: set[str] = set()
        self._wanted: set[str] = set()
        self.learn(items)

    def learn(self, items: Iterable[Fetched]) -> None:
        """Take note of posts among items, and of the posts above the others."""
        some = list(items)
        self._known |= {item.external_id: item for item in some}
        above = {i.thread_external_id for i in some if tidings.needs_thread(self._account, i)}
        unknown = sorted(above - self._known.keys())
        self._known |= tidings.threads_of(self._account, unknown) if unknown else {}
        self._wanted |= above

    def missing(self) -> list[str]:
        """Return the posts that nobody knows, each once: they are to be read."""
        new = sorted(self._wanted - self._known.keys() - self._asked)
        self._asked |= set(new)
        return new

    def put(self, item: Fetched) -> Fetched:
        """Return an item in its place."""
        above = self._known.get(item.thread_external_id)
        if above is None or not tidings.needs_thread(self._account, item):
            return item
        return tidings.placed(item, above)


def _put_off(account: ChannelAccount, events: Iterable[PushEvent], error: ChannelError) -> None:
    """Put off what cannot land without being looked at; the platform may say for how long."""
    pause: float | None = None
    if isinstance(error, RateLimited | NoRoom) and error.until:
        pause = max((error.until - now()).total_seconds(), 1.0)
    elif account.needs_reconnect:
        pause = SILENT_FOR
    for event in events:
        pushing.event_put_off(event, error.detail, seconds=pause)
