"""How X shows posts, people and media: only the asked fields, HTML-escaped text, `includes`."""

import base64
import hashlib
import html
import re
from dataclasses import dataclass, field
from typing import Any

from twitter_text import extract_urls_with_indices

from channels.sandbox.clock import snowflake_time, x_time
from channels.sandbox.rows import Media, Tweet, XUser
from channels.sandbox.wire import Call
from channels.sandbox.world import World
from channels.sandbox.x_errors import closed_item, not_found_item
from channels.sandbox.x_params import Wanted

URL = re.compile(r"https?://[^\s<>\"'，。、）)]+")
HANDLE = re.compile(r"(?<![A-Za-z0-9_@/])@([A-Za-z0-9_]{1,15})")
HASHTAG = re.compile(r"(?<!\w)#(\w+)")
_BARE = re.compile(r"[A-Za-z0-9]\.[A-Za-z]{2}")
_HANGUL = re.compile(r"[가-힣]")
_KANA = re.compile(r"[぀-ヿ]")


def is_visible(tweet: Tweet, at: float) -> bool:
    """Say whether reads show a post now."""
    return not tweet.deleted and tweet.visible_at <= at and tweet.created <= at


def is_protected(world: World, tweet: Tweet) -> bool:
    """Say whether only people whom the author has let in may read a post."""
    author = world.store.x_users.get(tweet.author_id)
    return author is not None and author.protected


def short_link(url: str) -> str:
    """Return the t.co link X puts in place of a URL."""
    digest = hashlib.sha256(url.encode()).digest()
    return "https://t.co/" + base64.b64encode(digest, b"ab").decode()[:10]


def links_in(text: str) -> list[tuple[int, int, str]]:
    """Return where links stand and where they lead; a bare `example.com` is one, too."""
    found = [(match.start(), match.end(), match.group()) for match in URL.finditer(text)]
    for bare in extract_urls_with_indices(text) if _BARE.search(text) else []:
        start, end = bare["indices"]
        if all(end <= other or start >= last for other, last, _ in found):
            found.append((start, end, f"http://{bare['url']}"))
    return sorted(found)


def wire_text(tweet: Tweet) -> str:
    """Return the text as the API gives it: links shortened, media link at the end, escaped."""
    text = tweet.text
    for start, end, address in reversed(links_in(text)):
        text = text[:start] + short_link(address) + text[end:]
    if tweet.media:
        text = f"{text} {short_link(tweet.id)}".strip()
    return html.escape(text, quote=False)


def language(text: str) -> str:
    """Guess as coarsely as X does."""
    if _HANGUL.search(text):
        return "ko"
    if _KANA.search(text):
        return "ja"
    return "en" if re.search(r"[A-Za-z]{2}", HANDLE.sub("", text)) else "qme"


def media_key(media: Media) -> str:
    """Return the key under which `includes` lists a file."""
    return f"3_{media.id}"


def _entities(world: World, tweet: Tweet) -> dict[str, Any]:
    text = wire_text(tweet)
    found: dict[str, list[dict[str, Any]]] = {"mentions": [], "hashtags": [], "urls": []}
    for match in HANDLE.finditer(text):
        known = world.store.x_users.by("handle", match[1].lower())
        if known:
            found["mentions"].append(
                {"start": match.start(), "end": match.end(), "username": known[0].handle,
                 "id": known[0].id}
            )  # fmt: skip
    for match in HASHTAG.finditer(text):
        found["hashtags"].append({"start": match.start(), "end": match.end(), "tag": match[1]})
    links = [(short_link(url), url) for _, _, url in links_in(tweet.text)]
    links += [(short_link(tweet.id), "")] if tweet.media else []
    for short, url in links:
        start = text.find(short)
        long = url or f"https://x.com/i/status/{tweet.id}/photo/1"
        item = {"start": start, "end": start + len(short), "url": short, "expanded_url": long,
                "display_url": re.sub(r"^https?://(www\.)?", "", long)[:30]}  # fmt: skip
        if not url:
            item["media_key"] = media_key(world.store.media[tweet.media[0]])
        found["urls"].append(item)
    return {name: items for name, items in found.items() if items}


def references(tweet: Tweet) -> list[dict[str, str]]:
    """Return what a post answers and quotes."""
    found = []
    if tweet.reply_to:
        found.append({"type": "replied_to", "id": tweet.reply_to})
    if tweet.quote_of:
        found.append({"type": "quoted", "id": tweet.quote_of})
    if tweet.repost_of:
        found.append({"type": "retweeted", "id": tweet.repost_of})
    return found


def _tweet_extras(world: World, tweet: Tweet) -> dict[str, Any]:
    """Return every optional field that has a value."""
    files = [world.store.media[m] for m in tweet.media]
    replies = world.store.tweets.by("reply_to", tweet.id)
    reposts = world.store.tweets.by("repost", tweet.id)
    values: dict[str, Any] = {
        "author_id": tweet.author_id,
        "conversation_id": tweet.conversation_id,
        "created_at": x_time(tweet.created),
        "lang": language(tweet.text),
        "possibly_sensitive": False,
        "reply_settings": tweet.reply_settings,
        "source": "Twitter for Android",
        "in_reply_to_user_id": tweet.reply_to_user,
        "referenced_tweets": references(tweet),
        "entities": _entities(world, tweet),
        "attachments": {"media_keys": [media_key(f) for f in files]} if files else None,
        "public_metrics": {
            "retweet_count": len([r for r in reposts if not r.deleted]),
            "reply_count": len([r for r in replies if not r.deleted]),
            "like_count": tweet.likes,
            "quote_count": 0,
            "bookmark_count": 0,
            "impression_count": 40 + tweet.likes * 30,
        },
        "edit_controls": {
            "edits_remaining": max(0, 6 - len(tweet.history)),
            "is_edit_eligible": not tweet.reply_to,
            "editable_until": x_time(tweet.created + 1800),
        },
    }
    return {name: value for name, value in values.items() if value or value is False}


def show_tweet(world: World, tweet: Tweet, wanted: Wanted) -> dict[str, Any]:
    """Return a post with the fields that were asked for."""
    shown: dict[str, Any] = {
        "id": tweet.id,
        "text": wire_text(tweet),
        wanted.name("edit_history_tweet_ids"): tweet.history or [tweet.id],
    }
    fields = set(wanted.tweet_fields) | _implied(wanted)
    extras = _tweet_extras(world, tweet)
    shown |= {wanted.name(name): extras[name] for name in sorted(fields & extras.keys())}
    return shown


def _implied(wanted: Wanted) -> set[str]:
    """Return the fields that an expansion brings along."""
    implied = set()
    for expansion in wanted.expansions:
        head = expansion.split(".")[0].replace("referenced_posts", "referenced_tweets")
        implied.add("attachments" if head == "attachments" else head)
    return implied


def show_user(user: XUser, wanted: Wanted, origin: str) -> dict[str, Any]:
    """Return a person with the fields that were asked for."""
    values: dict[str, Any] = {
        "created_at": x_time(snowflake_time(user.id)),
        "description": user.description,
        "profile_image_url": f"{origin}/avatar/{user.id}.svg",
        "protected": user.protected,
        "verified": user.verified,
        "verified_type": "business" if user.verified else "none",
        "url": "",
        "public_metrics": {
            "followers_count": user.followers,
            "following_count": user.following,
            "tweet_count": 100 + user.followers // 3,
            "listed_count": user.followers // 200,
            "like_count": 0,
            "media_count": 0,
        },
    }
    shown = {"id": user.id, "name": user.name, "username": user.handle}
    return shown | {name: values[name] for name in sorted(wanted.user_fields & values.keys())}


def show_media(media: Media, wanted: Wanted, origin: str) -> dict[str, Any]:
    """Return a picture with the fields that were asked for."""
    is_film = media.content_type.startswith("video")
    values: dict[str, Any] = {
        "alt_text": media.alt_text,
        "height": media.height,
        "width": media.width,
        "url": "" if is_film else f"{origin}/media/{media.id}",
        "preview_image_url": f"{origin}/media/{media.id}" if is_film else "",
    }
    shown = {"media_key": media_key(media), "type": "video" if is_film else "photo"}
    names = wanted.media_fields & values.keys()
    return shown | {name: values[name] for name in sorted(names) if values[name]}


@dataclass
class Includes:
    """Collects what the posts of one answer refer to, each once, and what of it is gone."""

    call: Call
    wanted: Wanted
    users: dict[str, XUser] = field(default_factory=dict)
    tweets: dict[str, Tweet] = field(default_factory=dict)
    media: dict[str, Media] = field(default_factory=dict)
    errors: list[dict[str, str]] = field(default_factory=list)

    def collect(self, tweet: Tweet) -> None:
        """Follow the asked expansions from one post."""
        wanted, store = self.wanted.expansions, self.call.world.store
        if "author_id" in wanted:
            self._user(tweet.author_id)
        if "in_reply_to_user_id" in wanted and tweet.reply_to_user:
            self._user(tweet.reply_to_user)
        if "entities.mentions.username" in wanted:
            for user_id in tweet.mentions:
                self._user(user_id)
        if "attachments.media_keys" in wanted:
            self.media |= {m: store.media[m] for m in tweet.media}
        if wanted & {"referenced_tweets.id", "referenced_posts", "referenced_tweets.id.author_id"}:
            self._referenced(tweet)

    def _referenced(self, tweet: Tweet) -> None:
        for reference in references(tweet):
            other = self.call.world.store.tweets.get(reference["id"])
            if other is None or not is_visible(other, self.call.at):
                name = self.wanted.name("referenced_tweets") + ".id"
                self.errors.append(not_found_item(reference["id"], name))
                continue
            if is_protected(self.call.world, other):
                name = self.wanted.name("referenced_tweets") + ".id"
                self.errors.append(closed_item(reference["id"], name))
                continue
            self.tweets[other.id] = other
            if self.wanted.expansions & {"referenced_tweets.id.author_id",
                                         "referenced_posts.author_id"}:  # fmt: skip
                self._user(other.author_id)

    def _user(self, user_id: str) -> None:
        user = self.call.world.store.x_users.get(user_id)
        if user:
            self.users[user_id] = user

    def shown(self) -> dict[str, Any]:
        """Return the parts of the answer beside `data`."""
        world, wanted = self.call.world, self.wanted
        parts: dict[str, Any] = {
            "users": [show_user(u, wanted, self.call.origin) for u in self.users.values()],
            "tweets": [show_tweet(world, t, wanted) for t in self.tweets.values()],
            "media": [show_media(m, wanted, self.call.origin) for m in self.media.values()],
        }
        includes = {name: items for name, items in parts.items() if items}
        body: dict[str, Any] = {"includes": includes} if includes else {}
        if self.errors:
            body["errors"] = self.errors
        return body
