"""What may be searched for on X: the parts of a query, what is wrong with it, and the whole that is sent. Pure.

https://docs.x.com/x-api/posts/search/integrate/build-a-query
"""

import re

#: Characters of a whole query that X takes.
LONGEST = 512
#: Operators that find something by themselves.
_ALONE = frozenset(
    [
        "from", "to", "url", "retweets_of", "context", "entity", "conversation_id", "list", "place",
        "place_country", "point_radius", "bounding_box", "in_reply_to_tweet_id",
        "retweets_of_tweet_id", "quotes_of_tweet_id",
    ]
)  # fmt: skip
#: Those that only narrow down, and the words they know; `lang` takes any code of a language.
_NARROWING = {
    "is": frozenset({"retweet", "reply", "quote", "verified"}),
    "has": frozenset(
        [
            "hashtags", "cashtags", "links", "mentions", "media", "images", "videos", "video_link",
            "geo",
        ]
    ),
    "lang": frozenset[str](),
}  # fmt: skip
_PIECE = re.compile(r'\s*(\(|\)|-?"[^"]*"|-?[^\s()"]+(?:"[^"]*")?)')
_OPERATOR = re.compile(r"([A-Za-z_]+):(.+)", re.DOTALL)
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")


class QueryError(ValueError):
    """What is wrong with a query: a `code`, and the piece that it is about."""

    def __init__(self, code: str, piece: str = "") -> None:
        super().__init__(f"{code} {piece}".strip())
        self.code, self.piece = code, piece


def whole(query: str, *, handle: str, with_reposts: bool) -> str:
    """Return what is sent to X: people who use the words and neither are nor mention us."""
    others = f"-from:{handle} -@{handle}" if handle else ""
    reposts = "" if with_reposts else "-is:retweet"
    return " ".join(part for part in (f"({query.strip()})", others, reposts) if part)


def check(query: str, *, handle: str, with_reposts: bool) -> None:
    """Raise QueryError for what X would refuse."""
    if not query.strip():
        raise QueryError("empty")
    if len(whole(query, handle=handle, with_reposts=with_reposts)) > LONGEST:
        raise QueryError("too_long")
    pieces = _pieces(query)
    is_alone, rest = _either(pieces)
    if rest:
        raise QueryError("unbalanced", rest[0])
    if not is_alone:
        raise QueryError("narrows_only")


def _pieces(query: str) -> list[str]:
    pieces, at = [], 0
    while query[at:].strip():
        found = _PIECE.match(query, at)
        if found is None:
            raise QueryError("unbalanced", '"')
        pieces.append(found[1])
        at = found.end()
    return pieces


def _either(pieces: list[str]) -> tuple[bool, list[str]]:
    """Read parts joined by OR; return whether each of them finds something by itself."""
    is_alone, pieces = _all(pieces)
    while pieces and pieces[0] == "OR":
        also, pieces = _all(pieces[1:])
        is_alone = is_alone and also
    return is_alone, pieces


def _all(pieces: list[str]) -> tuple[bool, list[str]]:
    alone = []
    while pieces and pieces[0] not in {"OR", ")"}:
        is_alone, pieces = _one(pieces)
        alone.append(is_alone)
    if not alone:
        raise QueryError("or_without_words" if pieces[:1] != [")"] else "unbalanced", *pieces[:1])
    return any(alone), pieces


def _one(pieces: list[str]) -> tuple[bool, list[str]]:
    piece, rest = pieces[0], pieces[1:]
    if piece == "-":
        raise QueryError("negated_group", piece)
    if piece == "(":
        is_alone, rest = _either(rest)
        if rest[:1] != [")"]:
            raise QueryError("unbalanced", piece)
        return is_alone, rest[1:]
    is_alone = _term(piece.removeprefix("-"))
    return is_alone and not piece.startswith("-"), rest


def _term(piece: str) -> bool:
    """Return whether a piece finds something by itself."""
    found = _OPERATOR.fullmatch(piece)
    if piece.startswith(('"', "#", "@", "$")) or found is None:
        if not piece.strip('"#@$ '):
            raise QueryError("empty_piece", piece)
        return True
    name, value = found[1].lower(), found[2]
    if name in _NARROWING:
        known = _NARROWING[name]
        if (known and value not in known) or (not known and not _LANGUAGE.fullmatch(value)):
            raise QueryError("operator", piece)
        return False
    if name not in _ALONE:
        raise QueryError("operator", f"{name}:")
    return True
