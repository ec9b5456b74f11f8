"""Recognising the outside person behind an item."""

from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount, InboundItem
from inbox.models import Contact
from opsconsole.kernel.text import web_address


def network_of(account: ChannelAccount) -> str:
    """Return the name space of author ids: X ids hold everywhere, all others only where they arose."""
    if account.kind == ChannelKind.X:
        return "x"
    return f"{account.kind}:{account.external_id}"[:190]


def contact_for(item: InboundItem) -> Contact:
    """Return the contact who wrote an item, with the newest profile. Unknown authors stay apart."""
    network = network_of(item.account)
    external_id = item.author_external_id or f"unknown:{item.external_id}"[:190]
    profile = _profile(item)
    contact, is_new = Contact.objects.get_or_create(
        network=network,
        external_id=external_id,
        defaults={
            **profile,
            "first_seen_at": item.posted_at,
            "last_seen_at": item.posted_at,
        },
    )
    if not is_new:
        _refresh(contact, item, profile)
    return contact


def _profile(item: InboundItem) -> dict[str, object]:
    author = item.author
    followers = author.get("followers")
    return {
        "name": str(author.get("name") or "")[:190],
        "handle": str(author.get("handle") or "")[:190],
        "url": web_address(author.get("url")),
        "avatar_url": web_address(author.get("avatar_url")),
        "followers": min(max(int(followers), 0), 2_000_000_000) if followers is not None else None,
    }


def _refresh(contact: Contact, item: InboundItem, profile: dict[str, object]) -> None:
    if item.posted_at < contact.last_seen_at:
        return
    known = {name: value for name, value in profile.items() if value not in ("", None)}
    for name, value in known.items():
        setattr(contact, name, value)
    contact.last_seen_at = item.posted_at
    contact.save(update_fields=[*known, "last_seen_at"])
