"""What goes out on each account of a post: made of what was typed, the same for the screen and for sending."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from campaigns.contents import PLAIN, Content
from campaigns.models import LibraryImage
from campaigns.wording import announcing, tagged
from channels.models import ChannelAccount
from channels.registry import capabilities_for
from channels.types import Capabilities


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture on its way out, and what it shows."""

    image: LibraryImage
    alt_text: str


@dataclass(frozen=True, slots=True)
class Going:
    """What one account says. `words` hold a place for the article's address where `is_announcing`."""

    account: ChannelAccount
    title: str
    words: str
    parts: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    excerpt: str = ""
    categories: tuple[int, ...] = ()
    is_announcing: bool = False

    @property
    def limits(self) -> Capabilities:
        """What the account's platform takes."""
        return capabilities_for(self.account.kind)

    @property
    def described(self) -> int:
        """How many of its pictures carry a description."""
        return sum(bool(picture.alt_text) for picture in self.pictures)

    @property
    def is_article(self) -> bool:
        """Whether it is a blog's: what announces it waits for it."""
        return self.limits.needs_title


def goings(
    content: Content,
    accounts: Iterable[ChannelAccount],
    images: Mapping[int, LibraryImage],
) -> list[Going]:
    """Return what goes out on each of the accounts, articles first. Pictures that are not there are left out."""
    rows = sorted(accounts, key=lambda one: (not _is_blog(one), one.pk))
    has_article = any(_is_blog(one) for one in rows)
    return [_going(content, one, images, content.is_announced and has_article) for one in rows]


def _is_blog(account: ChannelAccount) -> bool:
    return capabilities_for(account.kind).needs_title


def _going(
    content: Content,
    account: ChannelAccount,
    images: Mapping[int, LibraryImage],
    is_announced: bool,
) -> Going:
    settings = content.placing.get(account.pk, PLAIN)
    words = content.wording.get(account.pk, "") or content.body
    is_announcing = is_announced and not _is_blog(account)
    if is_announcing:
        words = announcing(words)
    return Going(
        account=account,
        title=content.title,
        words=_tagged(content, account, words),
        parts=tuple(_tagged(content, account, part) for part in settings.parts),
        pictures=_pictures(content, account, images, settings.left_out),
        excerpt=settings.excerpt,
        categories=tuple(settings.categories),
        is_announcing=is_announcing,
    )


def _tagged(content: Content, account: ChannelAccount, words: str) -> str:
    if not content.link_tag:
        return words
    return tagged(words, source=account.kind, campaign=content.link_tag)


def _pictures(
    content: Content,
    account: ChannelAccount,
    images: Mapping[int, LibraryImage],
    left_out: Iterable[int],
) -> tuple[Picture, ...]:
    """A blog takes the first picture as its featured one; the rest stands in the article."""
    left = set(left_out)
    return tuple(
        Picture(images[one.image], one.alt_text or images[one.image].alt_text)
        for one in content.images
        if one.image in images and one.image not in left
    )
