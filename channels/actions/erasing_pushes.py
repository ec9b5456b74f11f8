"""Taking a person out of what platforms have pushed, whatever became of it."""

from collections.abc import Collection

from django.db import connection

from channels.lifecycle import PushState
from channels.models import PushEvent
from channels.pushed_people import Names, without
from opsconsole.kernel.clock import now

#: Locks in the order of numbers, as those do who take events in.
_NAMING = """
SELECT event.id FROM channels_pushevent AS event
JOIN channels_channelaccount AS account ON account.id = event.account_id
WHERE account.kind = ANY(%s) AND event.state IN ('waiting', 'parked')
AND EXISTS (
    SELECT 1 FROM unnest(%s::bytea[]) AS one (name) WHERE position(one.name IN event.body) > 0
)
ORDER BY event.id FOR NO KEY UPDATE OF event
"""


def pushes_forget(
    kinds: Collection[str], *, people: Collection[str], lines: Collection[str]
) -> None:
    """Take a person's part out of every call to doors of these kinds; several accounts may share one.

    What is left of a call is taken in anew, also if it had been put aside. A worker that has it in hand
    loses it: nothing of it lands after this. Calls that are over are emptied, whoever they were about.
    Inside a transaction, and before any item is locked: who lands locks in that order, too.
    """
    names, at = Names.of(people, lines), now()
    for event in _naming(kinds, names):
        raw = bytes(event.body)
        left = without(raw, names)
        if left == raw:
            continue
        event.fence += 1
        event.error = event.outcome = ""
        if left is None:
            was_parked = event.state == PushState.PARKED
            event.state = PushState.DROPPED if was_parked else PushState.DONE
            event.settled_at = at
        else:
            event.state, event.due_at, event.claims, event.tries = PushState.WAITING, at, 0, 0
        event.body, event.size = left or b"", len(left or b"")
        event.save()
    over = PushEvent.objects.filter(
        account__kind__in=kinds, state__in=[PushState.DONE, PushState.DROPPED], size__gt=0
    )
    over.update(body=b"", size=0)


def _naming(kinds: Collection[str], names: Names) -> list[PushEvent]:
    with connection.cursor() as cursor:
        cursor.execute(_NAMING, [sorted(kinds), names.as_written])
        ids = [pk for (pk,) in cursor.fetchall()]
    return list(PushEvent.objects.filter(pk__in=ids).order_by("pk"))
