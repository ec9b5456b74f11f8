"""What a door does while somebody waits at it: one insert, and nothing that could take long.

Nothing here looks into what came. A platform that gets no answer, or one that is no success, sends it again:
so whatever is slow or broken in the database ends in an error, never in a success that is none.
"""

import hashlib
import logging
import time
from datetime import timedelta

from django.conf import settings
from django.db import Error, connection, transaction
from django.db.models import Q

from channels.lifecycle import SIGNED, PushSource
from channels.models import PushDoor
from channels.selectors.push import Doorway
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.live import hint_on_commit

logger = logging.getLogger(__name__)

#: One process rings for what came through its doors at most this often (seconds); workers go on until
#: nothing is left, and the clock rings anyhow.
REST = 0.5
#: A wrong signature is noted at most this often: whoever forges shall not make us write.
REFUSAL_NOTED_EVERY = timedelta(minutes=1)

#: One string, so one way there and back and one transaction: whatever takes too long undoes all of it.
_INSERT = """
SET LOCAL statement_timeout = {longest}; SET LOCAL lock_timeout = {longest};
INSERT INTO channels_pushevent
(account_id, source, body, size, digest, received_at, state, due_at, fence, claims, tries, outcome, error)
VALUES (%s, %s, %s, %s, %s, %s, 'waiting', %s, 0, 0, 0, '', '')
ON CONFLICT DO NOTHING
"""


class _Rung:
    """When this process last rang; two threads may both find it time, which does no harm."""

    at = 0.0


_rung = _Rung()


def _longest() -> int:
    """Return the milliseconds that whoever knocks will wait for the database."""
    return int(settings.PUSH_PATIENCE_SECONDS * 1000)


def event_receive(account_id: int, source: PushSource, raw: bytes) -> None:
    """Store what came through a door, as it came; the same bytes from a platform are stored once.

    OperationalError when the database takes longer over it than anybody waits.
    """
    at = now()
    digest = hashlib.sha256(raw).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(longest=_longest()),
            [account_id, source, raw, len(raw), digest, at, at],
        )
        is_new = bool(cursor.rowcount)
    if is_new and time.monotonic() - _rung.at > REST:
        _rung.at = time.monotonic()
        event_ring(source)


def door_proved(door: Doorway) -> None:
    """Note that a platform and we have proved to each other who we are. It is worth no failure."""
    try:
        with transaction.atomic():
            _be_quick()
            PushDoor.objects.filter(pk=door.door_id).update(proved_at=now())
            hint_on_commit("account", units=[door.unit_id], id=door.account_id)
    except Error:
        logger.warning("the proof of a door could not be noted")


def door_refused(door: Doorway) -> None:
    """Note that something came with a wrong signature. It is worth no failure."""
    at = now()
    stale = Q(refused_at__isnull=True) | Q(refused_at__lt=at - REFUSAL_NOTED_EVERY)
    try:
        with transaction.atomic():
            _be_quick()
            if PushDoor.objects.filter(stale, pk=door.door_id).update(refused_at=at):
                hint_on_commit("account", units=[door.unit_id], id=door.account_id)
    except Error:
        logger.warning("a wrong signature could not be noted")


def _be_quick() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {_longest()}")


def event_ring(source: PushSource) -> None:
    """Wake whoever takes in what came through a door of this kind."""
    if source in SIGNED:
        ring_on_commit("push_heard")
    else:
        ring_on_commit("ping_heard")
