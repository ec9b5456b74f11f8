"""What a post will look like on each account, before it is saved and after."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from campaigns.calendar import instant
from campaigns.contents import Content, Snapshot, from_content, typed_again
from campaigns.going import Going, goings
from campaigns.models import ApprovalLink, LibraryImage, Post, PostTarget
from campaigns.rules import Fault, alike, faults_of
from campaigns.selectors.posts import content_from
from campaigns.wording import sample
from channels.models import ChannelAccount, Delivery
from opsconsole.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class Followed:
    """Further words under a post, and their delivery once there is one."""

    words: str
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """One account's card: what it shows, what is wrong with it, and what became of it."""

    going: Going
    words: str
    parts: list[Followed]
    categories: list[str]
    faults: list[Fault]
    target: PostTarget | None = None


def previews(
    content: Content, accounts: Iterable[ChannelAccount], library: QuerySet[LibraryImage]
) -> list[Preview]:
    """Return the cards of what is being written. One query for the pictures."""
    wanted = [one.image for one in content.images]
    images = {row.pk: row for row in library.filter(pk__in=wanted)} if wanted else {}
    at = instant(content.local_time, content.time_zone) if content.local_time else None
    made = goings(content, accounts, images)
    same = alike(made)
    cards = [_card(going, at, content.time_zone) for going in made]
    for card in cards:
        card.faults.extend(one for pk, one in same.items() if pk == card.going.account.pk)
    return cards


def post_previews(post: Post) -> list[Preview]:
    """Return the cards of a stored post, articles first. Four queries."""
    pictures = list(post.images.select_related("image"))
    rows = post.targets.select_related("account", "delivery").prefetch_related("parts__delivery")
    targets = {target.account_id: target for target in rows}
    content = content_from(post, targets.values(), pictures)
    images = {row.image_id: row.image for row in pictures}
    made = goings(content, [target.account for target in targets.values()], images)
    return [_card(going, None, post.time_zone, targets[going.account.pk]) for going in made]


def shot_previews(shot: Snapshot) -> list[Preview]:
    """Return the cards of a post as it was when it was put before somebody. Two queries."""
    content = typed_again(shot)
    accounts = ChannelAccount.objects.filter(pk__in=content.account_ids)
    images = {
        row.pk: row
        for row in LibraryImage.objects.filter(pk__in=[one.image for one in shot.media])
    }
    return [_card(going, None, shot.time_zone) for going in goings(content, accounts, images)]


def picture_for_guest(link: ApprovalLink, image_id: int) -> LibraryImage:
    """Return a picture of the post that a link is about; NotFound for any other."""
    shot = from_content(link.voice.request.revision.content)
    if image_id not in {one.image for one in shot.media}:
        raise NotFound
    return LibraryImage.objects.get(pk=image_id)


def _card(
    going: Going, at: datetime | None, zone: str, target: PostTarget | None = None
) -> Preview:
    known = {row["number"]: row["name"] for row in going.account.categories}
    deliveries = [part.delivery for part in target.parts.all()] if target else []
    deliveries += [None] * (len(going.parts) - len(deliveries))
    return Preview(
        going=going,
        words=_words(going, target),
        parts=[Followed(*pair) for pair in zip(going.parts, deliveries, strict=True)],
        categories=[known[number] for number in going.categories if number in known],
        faults=[] if target else faults_of(going, at=at, zone=zone),
        target=target,
    )


def _words(going: Going, target: PostTarget | None) -> str:
    """Return what was sent, once the article's address is known; else what will be, with a likely one."""
    if target and target.delivery and going.is_announcing and not target.delivery.is_blocked:
        return target.delivery.text
    return sample(going.words) if going.is_announcing else going.words
