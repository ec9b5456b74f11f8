"""What stands above items on a platform: wanted when an item lands, read a few levels up, then kept.

Only where a customer may answer somebody whom we do not read: on X.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import F, QuerySet

from channels.lifecycle import ChannelKind
from channels.models import Ancestor, AncestorState, ChannelAccount, InboundItem
from channels.types import Fetched, Recheck
from opsconsole.kernel.clock import now
from opsconsole.kernel.prepared import prepared
from opsconsole.kernel.text import storable, storable_id, web_address

#: How many levels above an item are read, and how often one that the platform keeps silent about is tried.
LEVELS, TRIES = 4, 3
#: Posts above that one poll reads, at most.
AT_ONCE = 100
LONGEST_TEXT = 10_000


def ancestors_want(
    account: ChannelAccount, items: Sequence[Fetched], above: Sequence[Fetched] = ()
) -> None:
    """Note what items answer that is not known yet; `above` came along and need not be asked for.

    Inside the transaction that stores the items.
    """
    if account.kind != ChannelKind.X:
        return
    levels = {item.parent_external_id: 1 for item in items if item.parent_external_id}
    if not levels:
        return
    brought = {item.external_id: item for item in above}
    for _ in range(LEVELS):  # what came along may answer something itself
        for key in [key for key in levels if key in brought]:
            parent = brought[key].parent_external_id
            if parent and levels[key] < LEVELS:
                levels.setdefault(parent, levels[key] + 1)
    _note(account, levels, brought)


def ancestors_wanted(account: ChannelAccount) -> list[Ancestor]:
    """Return the posts above that are still to be read, oldest wish first."""
    return _wanted(account.pk)


@prepared
def _wanted(account_id: int) -> QuerySet[Ancestor]:
    rows = Ancestor.objects.filter(account=account_id, state=AncestorState.WANTED)
    return rows.order_by("id")[:AT_ONCE]


def ancestors_keep(account: ChannelAccount, wanted: Sequence[Ancestor], seen: Recheck) -> None:
    """Keep how posts above look, and want what stands above them. What the platform denies is gone."""
    found = {item.external_id: item for item in seen.items}
    gone = set(seen.gone)
    levels: dict[str, int] = {}
    for row in wanted:
        item = found.get(row.external_id)
        if item is not None:
            Ancestor.objects.filter(pk=row.pk).update(**_facts(item))
            if item.parent_external_id and row.level < LEVELS:
                levels.setdefault(item.parent_external_id, row.level + 1)
        elif row.external_id in gone or row.tries + 1 >= TRIES:
            Ancestor.objects.filter(pk=row.pk).update(state=AncestorState.GONE)
        else:
            Ancestor.objects.filter(pk=row.pk).update(tries=F("tries") + 1)
    _note(account, levels, found)


def ancestors_of_author_drop(account_id: int, author_external_id: str) -> int:
    """Empty what somebody wrote that stands above others' lines: it can no longer be read."""
    rows = Ancestor.objects.filter(account=account_id, author_external_id=author_external_id)
    return rows.update(
        state=AncestorState.GONE, author={}, author_external_id="", text="", permalink="", media=[]
    )


def _note(account: ChannelAccount, levels: dict[str, int], brought: dict[str, Fetched]) -> None:
    """Write down what is not known yet; items are known as such."""
    missing = {storable_id(key): level for key, level in levels.items()}
    missing = {key: missing[key] for key in missing.keys() - _known(account, missing)}
    at = now()
    rows = [
        Ancestor(account=account, external_id=key, level=level, noted_at=at,
                 **(_facts(brought[key]) if key in brought else {}))
        for key, level in sorted(missing.items())
    ]  # fmt: skip
    Ancestor.objects.bulk_create(rows, ignore_conflicts=True)


def _known(account: ChannelAccount, keys: Iterable[str]) -> set[str]:
    rows = InboundItem.objects.filter(account=account, external_id__in=list(keys))
    return set(rows.values_list("external_id", flat=True))


def _facts(item: Fetched) -> dict[str, Any]:
    author = item.author
    return {
        "state": AncestorState.FOUND,
        "author_external_id": storable_id(author.external_id if author else ""),
        "parent_external_id": storable_id(item.parent_external_id),
        "author": {
            "name": storable(author.name, 200), "handle": storable(author.handle, 200),
            "avatar_url": web_address(author.avatar_url),
        } if author else {},
        "text": storable(item.text, LONGEST_TEXT),
        "permalink": web_address(item.permalink),
        "media": [
            {"url": web_address(m.url), "kind": m.kind, "alt_text": storable(m.alt_text, 600),
             "preview": web_address(m.preview)}
            for m in item.media
        ],
        "posted_at": item.posted_at,
    }  # fmt: skip
