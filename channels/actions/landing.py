"""Storing what a platform showed us: idempotent, and in one transaction with the cursor."""

import hashlib
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from channels.actions.ancestors import ancestors_want
from channels.actions.covering import late_after, poll_reading, reach_note
from channels.actions.polling import POLL_LEASE, SLOWLY, recheck_after
from channels.models import ChannelAccount, InboundItem
from channels.tidings import ONLY_TOLD
from channels.types import (
    CameAs,
    Cursor,
    Fetched,
    ItemKind,
    Media,
    Profile,
    Reach,
    Recheck,
    Visibility,
)
from opsconsole.kernel.arrays import array_literal
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import storable, storable_id, web_address

#: A platform's clock this far ahead of ours is not believed (seconds).
CLOCK_TOLERANCE = 120
#: Characters of one item that are kept.
LONGEST_TEXT = 100_000
#: The digest of what was erased here: however it looks on its platform, it does not come back.
ERASED = "erased"

#: Every column with its type: they travel as arrays, a fraction of the cost of a placeholder per value.
_COLUMNS = {
    "account_id": "bigint", "external_id": "text", "kind": "text", "visibility": "text",
    "is_own": "boolean", "thread_external_id": "text", "parent_external_id": "text",
    "author_external_id": "text", "author": "jsonb", "text": "text", "language": "text",
    "permalink": "text", "context": "text", "context_url": "text", "media": "jsonb",
    "limits": "jsonb",
    "posted_at": "timestamptz", "landed_at": "timestamptz", "changed_at": "timestamptz",
    "digest": "text", "is_pending": "boolean", "problem": "text", "came_as": "text",
    "recheck_at": "timestamptz", "as_of": "timestamptz",
}  # fmt: skip
#: What a later look may change. `posted_at` and the thread are facts of the first look.
_CHANGING = [
    "visibility", "author_external_id", "author", "text", "language", "limits", "changed_at", "digest",
    "is_pending", "problem", "as_of",
]  # fmt: skip

_UPSERT = """
INSERT INTO channels_inbounditem ({columns})
SELECT * FROM unnest({values}) AS told({columns}) WHERE came_as <> '' OR EXISTS (
    SELECT 1 FROM channels_inbounditem AS known
    WHERE known.account_id = told.account_id AND known.external_id = told.external_id
)
ON CONFLICT (account_id, external_id) {otherwise} RETURNING xmax = 0
"""
_UPDATE = """DO UPDATE SET {changes} WHERE channels_inbounditem.digest NOT IN (excluded.digest, 'erased')
AND (channels_inbounditem.as_of IS NULL OR channels_inbounditem.as_of <= excluded.as_of)
"""


_REACTIONS = """
UPDATE channels_inbounditem AS item SET reactions = told.number
FROM unnest(%s::text[], %s::int[]) AS told (external_id, number)
WHERE item.account_id = %s AND item.external_id = told.external_id
AND item.reactions IS DISTINCT FROM told.number
"""


#: How to tell in which way an item came to us; None: it is left to others.
CameAsRule = Callable[[Fetched], CameAs | None]


def _live(_item: Fetched) -> CameAs:
    return CameAs.LIVE


@dataclass(frozen=True, slots=True)
class Landed:
    """How many items were stored for the first time, and how many in another form than before."""

    fresh: int = 0
    changed: int = 0


def items_land(
    account: ChannelAccount,
    items: Sequence[Fetched],
    above: Sequence[Fetched] = (),
    *,
    as_of: datetime | None = None,
    only_new: bool = False,
    came_as: CameAsRule = _live,
) -> int:
    """Store items, new or changed, and ring for the ingester. Returns how many rows were written.

    Call inside the transaction that moves the cursor. Items seen before and unchanged write nothing, nor
    does what the platform was asked for `as_of` a moment before somebody else stored something newer. With
    `only_new` all that is known stays as it is. `above` is what items hang under, as far as it came along.
    """
    landed = items_store(account, items, above, as_of=as_of, only_new=only_new, came_as=came_as)
    return landed.fresh + landed.changed


def items_store(
    account: ChannelAccount,
    items: Sequence[Fetched],
    above: Sequence[Fetched] = (),
    *,
    came_as: CameAsRule = _live,
    as_of: datetime | None = None,
    only_new: bool = False,
) -> Landed:
    """Store items as `items_land` does, and tell what they were to us.

    Those for which `came_as` has no answer are stored only if they are known.
    """
    at = now()
    if not account.with_reposts:
        items = [item for item in items if item.kind != ItemKind.REPOST]
    rows = [_row(account, item, at, as_of or at, came_as(item)) for item in _latest_of_each(items)]
    if not rows:
        return Landed()
    changes = ", ".join(f"{column} = excluded.{column}" for column in _CHANGING)
    sql = _UPSERT.format(
        columns=", ".join(_COLUMNS),
        values=", ".join(f"%s::{kind}[]" for kind in _COLUMNS.values()),
        otherwise="DO NOTHING" if only_new else _UPDATE.format(changes=changes),
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [array_literal(column) for column in zip(*rows, strict=True)])
        written = [is_fresh for (is_fresh,) in cursor.fetchall()]
    if written:
        ancestors_want(account, items, above)
        ring_on_commit("items_landed")
    _count_reactions(account, items)
    return Landed(written.count(True), written.count(False))


def late_or_live(account: ChannelAccount, patience: timedelta | None = None) -> CameAsRule:
    """Return how to tell what comes late from what is news, where it does not come by a poll.

    With `patience` what is older than that is late.
    """
    late = patience or late_after(account)

    def came_as(item: Fetched) -> CameAs:
        return CameAs.FILLED if now() - item.posted_at > late else CameAs.LIVE

    return came_as


def _count_reactions(account: ChannelAccount, items: Sequence[Fetched]) -> None:
    """Keep how often things are liked. It is no news: nobody is rung for."""
    counted = {storable_id(i.external_id): i.reactions for i in items if i.reactions is not None}
    if not counted:
        return
    with connection.cursor() as cursor:
        cursor.execute(_REACTIONS, [list(counted), list(counted.values()), account.pk])


def page_land(
    account: ChannelAccount,
    items: Sequence[Fetched],
    next_cursor: Cursor,
    fence: int,
    *,
    gap: str = "",
    reached: Sequence[Reach] = (),
    has_more: bool = False,
    as_of: datetime | None = None,
    above: Sequence[Fetched] = (),
    is_revisit: bool = False,
) -> bool:
    """Store a page, move the cursor, note a gap and extend the ledger together.

    It was asked for `as_of` a moment in the platform's time. False when another worker polls by now.
    """
    began_name = "revisit_began_at" if is_revisit else "walk_began_at"
    began = getattr(account, began_name) or as_of or now()
    told: dict[str, object] = {"last_gap": storable(gap, 300)} if gap else {}
    told[began_name] = began if has_more else None
    with transaction.atomic():
        moved = still_polling(account, fence, cursor=dict(next_cursor), **told)
        if moved:
            items_store(account, items, above, came_as=_lateness(account, began), as_of=as_of)
            reading = poll_reading(account, began, SLOWLY if is_revisit else 1)
            reach_note(account, reached, reading)
    if moved:
        setattr(account, began_name, told[began_name])
    if gap and moved:
        hint_on_commit("account", units=[account.unit_id], id=account.pk)
    return moved


def _lateness(account: ChannelAccount, began: datetime) -> CameAsRule:
    """Return how to tell what comes late from what is news; from before the account was read live is history."""
    last, live_since = account.last_success_at, account.live_since
    is_late = last is not None and began - last > late_after(account)
    if not is_late and live_since is None:
        return _live
    news = began - timedelta(seconds=account.poll_every)

    def came_as(item: Fetched) -> CameAs | None:
        if live_since is not None and item.posted_at < live_since:
            return None
        return CameAs.FILLED if is_late and item.posted_at < news else CameAs.LIVE

    return came_as


def recheck_land(
    account: ChannelAccount, seen: Recheck, fence: int, *, as_of: datetime | None = None
) -> bool:
    """Store how known items look now. False when another worker polls by now: its look is newer."""
    with transaction.atomic():
        moved = still_polling(account, fence)
        if moved:
            items_store(account, seen.items, as_of=as_of)
            items_vanish(account, seen.gone, as_of=as_of)
    return moved


def still_polling(account: ChannelAccount, fence: int, **changes: object) -> bool:
    """Renew the lease of a poll that has not been lost, with whatever else changes."""
    renewed = now() + timedelta(seconds=POLL_LEASE)
    mine = ChannelAccount.objects.filter(pk=account.pk, poll_fence=fence)
    return bool(mine.update(poll_lease_until=renewed, **changes))


def items_vanish(
    account: ChannelAccount, external_ids: Iterable[str], *, as_of: datetime | None = None
) -> int:
    """Mark items that the platform no longer has. Rings when any was still there."""
    at = now()
    gone = (
        InboundItem.objects.filter(account=account, external_id__in=list(external_ids))
        .exclude(visibility=Visibility.REMOVED)
        .exclude(digest=ERASED)
        .update(
            visibility=Visibility.REMOVED,
            digest="",
            changed_at=at,
            is_pending=True,
            as_of=as_of or at,
        )
    )
    if gone:
        ring_on_commit("items_landed")
    return gone


def _latest_of_each(items: Sequence[Fetched]) -> list[Fetched]:
    """One statement may touch a row once; a platform may list an item twice.

    Sorted, so that there are no deadlocks; by length first, as numbers are: within one second the
    order of our rows is the order of what was said.
    """
    unique = {storable_id(item.external_id): item for item in items}
    return [unique[key] for key in sorted(unique, key=lambda key: (len(key), key))]


def _row(
    account: ChannelAccount, item: Fetched, at: datetime, as_of: datetime, came_as: CameAs | None
) -> list[Any]:
    author = _flat(item.author) if item.author else {}
    ahead = (item.posted_at - at).total_seconds()
    posted_at = at if ahead > CLOCK_TOLERANCE else item.posted_at
    is_told = item.external_id.startswith(ONLY_TOLD)  # no platform can be asked for it
    recheck_at = None if is_told else recheck_after(account, posted_at, at)
    media = [
        _flat(media) | {"url": web_address(media.url), "preview": web_address(media.preview)}
        for media in item.media
    ]
    return [
        account.pk, storable_id(item.external_id), item.kind, item.visibility, item.is_own,
        storable_id(item.thread_external_id), storable_id(item.parent_external_id),
        storable_id(item.author.external_id if item.author else ""), _json(author),
        storable(item.text, LONGEST_TEXT), storable(item.language, 12),
        web_address(item.permalink), storable(item.context, 600), web_address(item.context_url),
        _json(media), _json(list(item.limits)), posted_at, at, at, digest_of(item), True, "",
        came_as or "", recheck_at, as_of,
    ]  # fmt: skip


def _flat(found: Profile | Media) -> dict[str, Any]:
    """Return its fields by name; nothing in it is nested, so nothing need be copied."""
    return {name: getattr(found, name) for name in found.__slots__}


def digest_of(item: Fetched) -> str:
    """Hash what the outside can change about an item. Follower counts drift too often to count."""
    author = [item.author.external_id, item.author.name, item.author.handle] if item.author else []
    media = [m.url.partition("?")[0] for m in item.media]  # the rest is a signature that expires
    body: list[object] = [item.text, item.visibility, author, media]
    if item.limits:  # what had none before them keeps its digest
        body.append(sorted(item.limits))
    return hashlib.sha256(json.dumps(body).encode()).hexdigest()


def _json(value: object) -> str:
    return json.dumps(_cleaned(value), ensure_ascii=False)


def _cleaned(value: object) -> object:
    if isinstance(value, str):
        return storable(value, 600)
    if isinstance(value, dict):
        return {key: _cleaned(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_cleaned(inner) for inner in value]
    return value
