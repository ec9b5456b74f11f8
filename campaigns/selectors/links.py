"""Reads of what is known about the addresses in posts."""

import hashlib
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import prefetch_related_objects

from campaigns.lifecycle import LinkState
from campaigns.models import LinkCheck, Post
from campaigns.wording import addresses_in

#: For so long nobody looks again.
FRESH = timedelta(hours=1)
#: A longer address is not looked up, nor are more than so many of one post.
LONGEST, MOST = 2000, 60
#: In this order they are told: what is wrong first.
_ORDER = [
    LinkState.BROKEN,
    LinkState.UNREACHABLE,
    LinkState.PENDING,
    LinkState.MOVED,
    LinkState.OK,
]


def link_key(url: str) -> str:
    """Return the name under which an address is kept."""
    return hashlib.sha256(url.encode()).hexdigest()


def link_states(urls: Iterable[str]) -> dict[str, LinkCheck]:
    """Return what is known of these addresses, by address; those nobody asked about are missing. One query."""
    keys = [link_key(url) for url in set(urls)]
    return {row.url: row for row in LinkCheck.objects.filter(key__in=keys)} if keys else {}


def urls_of(post: Post) -> list[str]:
    """Return the addresses in all words of a post that has come through its gate. One query at most."""
    prefetch_related_objects([post], "targets__parts")
    texts = [post.body]
    for target in post.targets.all():
        texts += [target.text, target.excerpt, *(part.text for part in target.parts.all())]
    found = dict.fromkeys(url for text in texts for url in addresses_in(text))
    return [url for url in found if len(url) <= LONGEST][:MOST]


def links_told(urls: Iterable[str]) -> list[LinkCheck]:
    """Return what is known of these addresses, what is wrong first. One query."""
    rows = link_states(urls).values()
    return sorted(rows, key=lambda row: (_ORDER.index(LinkState(row.state)), row.url))
