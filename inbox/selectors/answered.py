"""What a conversation, or a line in it, answers: our post, a stranger's, a line further up."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from channels.lifecycle import ChannelKind
from channels.models import Ancestor, AncestorState, InboundItem
from channels.types import Visibility
from inbox.models import Conversation, Message
from inbox.selectors.above import ancestors_named, chain_above
from opsconsole.kernel.prepared import prepared


@dataclass(frozen=True, slots=True)
class Quotable:
    """Something that a line answers, as far as a short quote needs it. `author` is None for ours.

    What `is_gone` was deleted, or only others may see it.
    """

    external_id: str
    author: str | None
    text: str
    url: str = ""
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class AnsweredPost:
    """The post under which a conversation stands. `author` is empty when we only know its words.

    `above` is what that one answers, farthest first. What `is_gone` was deleted, or only others may see it.
    """

    text: str
    url: str
    author: str = ""
    avatar_url: str = ""
    posted_at: datetime | None = None
    media: list[dict[str, Any]] = field(default_factory=list)
    is_ours: bool = False
    is_removed: bool = False
    is_gone: bool = False
    above: "tuple[AnsweredPost, ...]" = ()


def answered_post(conversation: Conversation, first: Message | None = None) -> AnsweredPost | None:
    """Return the post that the conversation's first line stands under; None when there is none.

    `first` is that line, where it is known. What has landed tells most: our own posts always do.
    Otherwise the first line brought the words or the title along, and its address.
    """
    first = first or conversation.messages.order_by("posted_at", "id").first()
    item = _landed(conversation, first) if first else None
    if item is None and first is not None and (post := _not_landed(conversation, first)):
        return post
    if item is not None:
        is_removed = item.visibility == Visibility.REMOVED
        author = item.author or {}
        return AnsweredPost(
            text="" if is_removed else item.text,
            url=item.permalink,
            author=str(conversation.account if item.is_own else author.get("name") or ""),
            avatar_url=str(author.get("avatar_url") or ""),
            posted_at=item.posted_at,
            media=[] if is_removed else item.media,
            is_ours=item.is_own,
            is_removed=is_removed,
        )
    if conversation.context or conversation.context_url:
        return AnsweredPost(text=conversation.context, url=conversation.context_url)
    return None


def _not_landed(conversation: Conversation, first: Message) -> AnsweredPost | None:
    """Return what a line on X answers that never spoke to us, with what stands above it."""
    if conversation.channel != ChannelKind.X:
        return None
    chain = [_post(row) for row in chain_above(conversation.account_id, first.parent_external_id)]
    if not chain:
        return None
    nearest = chain[0]
    if nearest.is_gone:  # the line's own address of it still leads somewhere
        nearest = replace(nearest, url=conversation.context_url)
    return replace(nearest, above=tuple(reversed(chain[1:])))


def _post(row: Ancestor) -> AnsweredPost:
    return AnsweredPost(
        text=row.text, url=row.permalink, author=str(row.author.get("name") or ""),
        avatar_url=str(row.author.get("avatar_url") or ""), posted_at=row.posted_at,
        media=row.media, is_gone=row.state == AncestorState.GONE,
    )  # fmt: skip


def _landed(conversation: Conversation, first: Message) -> InboundItem | None:
    """On X a line answers its parent; on Facebook and blogs it stands under the root of its thread."""
    is_x = conversation.channel == ChannelKind.X
    wanted = first.parent_external_id if is_x else first.thread_external_id
    if not wanted or wanted == first.external_id:
        return None
    return _item.first(conversation.account_id, wanted)


@prepared
def _item(account_id: int, external_id: str) -> QuerySet[InboundItem]:
    return InboundItem.objects.filter(account_id=account_id, external_id=external_id)


def quotables(conversation: Conversation, shown: Iterable[Message]) -> dict[str, Quotable]:
    """Return what these lines answer without being among them: further up, or a post of ours.

    Others' posts that spoke to us are left out: they may belong to a unit that one does not read.
    """
    shown = list(shown)
    wanted = {message.parent_external_id for message in shown} - {""}
    wanted -= {message.external_id for message in shown}
    if not wanted:
        return {}
    is_x = conversation.channel == ChannelKind.X
    found = _posts_above(conversation, wanted) if is_x else {}
    lines = conversation.messages.filter(external_id__in=wanted).select_related("contact")
    for line in lines.filter(removed_at__isnull=True):
        author = str(line.contact) if line.is_inbound else None
        found[line.external_id] = Quotable(line.external_id, author, line.text, line.permalink)
    return found


def _posts_above(conversation: Conversation, wanted: Collection[str]) -> dict[str, Quotable]:
    found = {
        row.external_id: Quotable(
            row.external_id, str(row.author.get("name") or "?"), row.text, row.permalink,
            is_gone=row.state == AncestorState.GONE,
        )
        for row in ancestors_named(conversation.account_id, wanted)
    }  # fmt: skip
    return found | _posts_of_ours(conversation, wanted)


def _posts_of_ours(conversation: Conversation, wanted: Iterable[str]) -> dict[str, Quotable]:
    """Only on X does a line name a post as what it answers; elsewhere it stands under one."""
    ours = InboundItem.objects.filter(
        account_id=conversation.account_id, external_id__in=wanted, is_own=True
    )
    return {
        item.external_id: Quotable(item.external_id, None, item.text, item.permalink)
        for item in ours.exclude(visibility=Visibility.REMOVED)
    }
