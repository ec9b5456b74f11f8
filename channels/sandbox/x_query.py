"""X's search language: what a query means, which posts it finds, and what is refused in it."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from channels.sandbox.rows import Tweet
from channels.sandbox.wire import words
from channels.sandbox.world import World
from channels.sandbox.x_errors import XError, invalid
from channels.sandbox.x_view import HANDLE, HASHTAG, language, links_in

LONGEST = 512
#: Operators that may stand alone, and those that need something else beside them.
ALONE = words(
    "from to url retweets_of context entity conversation_id list place place_country "
    "point_radius bounding_box in_reply_to_tweet_id retweets_of_tweet_id quotes_of_tweet_id"
)
BESIDE = {
    "is": words("retweet reply quote verified nullcast"),
    "has": words("hashtags cashtags links mentions media images videos video_link geo"),
    "lang": frozenset[str](),
}
_PIECE = re.compile(r'\s*(\(|\)|-?"[^"]*"|-?[^\s()"]+(?:"[^"]*")?)')
_OPERATOR = re.compile(r"([a-z_]+):(.+)", re.DOTALL)

#: Whether a post fits.
Test = Callable[[World, Tweet], bool]


@dataclass
class _Part:
    """A piece of a query: its test, and whether it can stand alone."""

    test: Test
    alone: bool


def parse(query: str) -> Test:
    """Return the test that a query is; XError 400 for what X does not take."""
    if not query.strip():
        raise _refused(query, "query parameter can not be empty")
    if len(query) > LONGEST:
        raise _refused(query, f"query length is not less than or equal to {LONGEST}")
    part, rest = _either(query, _pieces(query))
    if rest:
        raise _wrong(query, f"no viable alternative at input '{rest[0]}'")
    if not part.alone:
        raise _wrong(
            query,
            "Rules must contain at least one positive, non-stopword clause that stands alone",
        )
    return part.test


def _refused(query: str, why: str) -> XError:
    return invalid([{"parameters": {"query": [query]}, "message": f"Invalid query: {why}"}])


def _wrong(query: str, why: str) -> XError:
    text = f"There were errors processing your request: {why} (at position 1)"
    return invalid([{"parameters": {"query": [query]}, "message": text}])


def _pieces(query: str) -> list[str]:
    pieces, at = [], 0
    while query[at:].strip():
        found = _PIECE.match(query, at)
        if found is None:
            raise _wrong(query, f"missing EOF at '{query[at:].strip()[:20]}'")
        pieces.append(found[1])
        at = found.end()
    return pieces


def _either(query: str, pieces: list[str]) -> tuple[_Part, list[str]]:
    """Read parts joined by OR; AND binds closer."""
    part, pieces = _all(query, pieces)
    parts = [part]
    while pieces and pieces[0] == "OR":
        part, pieces = _all(query, pieces[1:])
        parts.append(part)
    whole = _Part(
        lambda world, tweet: any(p.test(world, tweet) for p in parts), all(p.alone for p in parts)
    )
    return whole, pieces


def _all(query: str, pieces: list[str]) -> tuple[_Part, list[str]]:
    parts = []
    while pieces and pieces[0] not in {"OR", ")"}:
        part, pieces = _one(query, pieces)
        parts.append(part)
    if not parts:
        raise _wrong(query, f"no viable alternative at input '{' '.join(pieces[:2]) or '<EOF>'}'")
    whole = _Part(
        lambda world, tweet: all(p.test(world, tweet) for p in parts), any(p.alone for p in parts)
    )
    return whole, pieces


def _one(query: str, pieces: list[str]) -> tuple[_Part, list[str]]:
    piece, rest = pieces[0], pieces[1:]
    if piece == "-":
        raise _wrong(query, "Negation of grouped operators is not supported")
    if piece == "(":
        part, rest = _either(query, rest)
        if not rest or rest[0] != ")":
            raise _wrong(query, "missing ')' at '<EOF>'")
        return part, rest[1:]
    if piece.startswith("-"):
        negated = _term(query, piece[1:])
        return _Part(lambda world, tweet: not negated.test(world, tweet), False), rest
    return _term(query, piece), rest


def _term(query: str, piece: str) -> _Part:
    found = _OPERATOR.fullmatch(piece)
    if found and not piece.startswith('"'):
        return _operator(query, found[1], found[2].strip('"'))
    if piece.startswith("@"):
        return _Part(lambda world, tweet: piece[1:].lower() in _mentioned(tweet), True)
    if piece.startswith("#"):
        wanted = piece[1:].lower()
        return _Part(
            lambda _world, tweet: wanted in {t.lower() for t in HASHTAG.findall(tweet.text)}, True
        )
    phrase = " ".join(piece.strip('"').lower().split())
    return _Part(lambda _world, tweet: _says(tweet, phrase), True)


def _operator(query: str, name: str, value: str) -> _Part:
    if name in BESIDE:
        if BESIDE[name] and value not in BESIDE[name]:
            raise _wrong(query, f"Reference to invalid operator '{name}:{value}'")
        return _Part(lambda world, tweet: _marked(world, tweet, name, value), False)
    if name not in ALONE:
        text = (
            f"Reference to invalid operator '{name}'. Operator is not available in current product"
        )
        raise _wrong(query, text)
    return _Part(lambda world, tweet: _placed(world, tweet, name, value), True)


def _says(tweet: Tweet, phrase: str) -> bool:
    """Words of Latin letters are found as words; Korean has endings, so X finds parts of words."""
    text = " ".join(tweet.text.lower().split())
    if not phrase.isascii():
        return phrase in text
    return re.search(rf"(?<![a-z0-9_]){re.escape(phrase)}(?![a-z0-9_])", text) is not None


def _mentioned(tweet: Tweet) -> set[str]:
    return {handle.lower() for handle in HANDLE.findall(tweet.text)}


def _marked(world: World, tweet: Tweet, name: str, value: str) -> bool:
    if name == "lang":
        return language(tweet.text) == value
    author = world.store.x_users[tweet.author_id]
    marks = {
        "retweet": bool(tweet.repost_of), "reply": bool(tweet.reply_to),
        "quote": bool(tweet.quote_of), "verified": author.verified, "nullcast": False,
        "hashtags": bool(HASHTAG.search(tweet.text)), "mentions": bool(_mentioned(tweet)),
        "links": bool(links_in(tweet.text)), "media": bool(tweet.media),
        "images": bool(tweet.media),
    }  # fmt: skip
    return marks.get(value, False)


def _placed(world: World, tweet: Tweet, name: str, value: str) -> bool:
    author = world.store.x_users[tweet.author_id]
    wanted = value.lower().lstrip("@")
    answered = world.store.x_users.get(tweet.reply_to_user)
    found = {
        "from": author.handle.lower() == wanted or author.id == wanted,
        "to": answered is not None and answered.handle.lower() == wanted,
        "url": any(wanted in address.lower() for _, _, address in links_in(tweet.text)),
        "conversation_id": tweet.conversation_id == value,
        "in_reply_to_tweet_id": tweet.reply_to == value,
        "quotes_of_tweet_id": tweet.quote_of == value,
        "retweets_of_tweet_id": tweet.repost_of == value,
    }
    return found.get(name, False)
