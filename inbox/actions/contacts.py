"""Recognising the outside person behind an item."""

from collections.abc import Iterable, Sequence
from typing import Any

from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount, InboundItem
from inbox.actions.mirrors import mirror_followers
from inbox.actions.searching import search_later
from inbox.lifecycle import Searchable
from inbox.models import Contact
from opsconsole.kernel.bulk import row_new, rows_insert, rows_update
from opsconsole.kernel.text import web_address

#: What tells two people apart: the network, and their id on it.
Identity = tuple[str, str]
#: Name, handle and followers: what others repeat of a contact.
Seen = tuple[str, str, int | None]
PROFILE = ("name", "handle", "url", "avatar_url", "followers")


def network_of(account: ChannelAccount) -> str:
    """Return the name space of author ids: X ids hold everywhere, all others only where they arose."""
    if account.kind == ChannelKind.X:
        return "x"
    return f"{account.kind}:{account.external_id}"[:190]


def contact_for(item: InboundItem) -> Contact:
    """Return the contact who wrote an item, with the newest profile. Unknown authors stay apart."""
    return contacts_for([item])[item.pk]


def contacts_for(items: Sequence[InboundItem]) -> dict[int, Contact]:
    """Return who wrote each item, by the item's number, with their newest profiles.

    Three statements at most, however many items there are.
    """
    identities = {item.pk: _identity(item) for item in items}
    found = _known(set(identities.values()))
    missing: dict[Identity, Contact] = {}
    changed: dict[int, Contact] = {}
    before = {row.pk: _seen(row) for row in found.values()}
    for item in items:
        identity = identities[item.pk]
        contact = found.get(identity)
        if contact is None:
            contact = found[identity] = missing[identity] = _new(item, identity)
        elif _refresh(contact, item) and identity not in missing:
            changed[contact.pk] = contact
    rows_update(list(changed.values()), [*PROFILE, "last_seen_at"])
    if missing:
        rows_insert(list(missing.values()), ignore_conflicts=True)
        found |= _known(set(missing))
    _tell(before, found.values())
    return {pk: found[identity] for pk, identity in identities.items()}


def _tell(before: dict[int, Seen], contacts: Iterable[Contact]) -> None:
    """Tell the search of new and changed names, and conversations of changed follower counts."""
    renamed, counted = [], []
    for row in contacts:
        seen = before.get(row.pk)
        if seen is None or seen[:2] != _seen(row)[:2]:
            renamed.append(row.pk)
        if seen is not None and seen[2] != row.followers:
            counted.append(row.pk)
    search_later(Searchable.CONTACT, renamed)
    mirror_followers(counted)


def _seen(contact: Contact) -> Seen:
    return contact.name, contact.handle, contact.followers


def _identity(item: InboundItem) -> Identity:
    external_id = item.author_external_id or f"unknown:{item.external_id}"[:190]
    return network_of(item.account), external_id


def _known(identities: set[Identity]) -> dict[Identity, Contact]:
    rows = Contact.objects.filter(
        network__in={network for network, _ in identities},
        external_id__in={external_id for _, external_id in identities},
    )
    return {(row.network, row.external_id): row for row in rows}


def _new(item: InboundItem, identity: Identity) -> Contact:
    network, external_id = identity
    return row_new(
        Contact, network=network, external_id=external_id, first_seen_at=item.posted_at,
        last_seen_at=item.posted_at, **_profile(item),
    )  # fmt: skip


def _profile(item: InboundItem) -> dict[str, Any]:
    author = item.author
    followers = author.get("followers")
    return {
        "name": str(author.get("name") or "")[:190],
        "handle": str(author.get("handle") or "")[:190],
        "url": web_address(author.get("url")),
        "avatar_url": web_address(author.get("avatar_url")),
        "followers": min(max(int(followers), 0), 2_000_000_000) if followers is not None else None,
    }


def _refresh(contact: Contact, item: InboundItem) -> bool:
    """Take over what an item says about its author, unless something newer has. True when it did."""
    if item.posted_at < contact.last_seen_at:
        return False
    for name, value in _profile(item).items():
        if value not in ("", None):
            setattr(contact, name, value)
    contact.last_seen_at = item.posted_at
    return True
