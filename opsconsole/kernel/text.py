"""Text from outside, made fit to be stored and to be linked to. Says nothing about what it means."""

import hashlib


def storable(text: str, limit: int | None = None) -> str:
    """Return the text without what PostgreSQL cannot hold (NUL, lone surrogates), cut to `limit`."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()[:limit]


def typed(text: str) -> str:
    """Return what a person typed, storable and with plain line breaks: browsers send them as two characters."""
    return storable(text).replace("\r\n", "\n").replace("\r", "\n")


def storable_id(text: str, limit: int = 190) -> str:
    """Return an outside id that fits its column; a longer one keeps its start and gets a hash.

    Two different ids stay different; the same id always gives the same answer.
    """
    kept = storable(text)
    if len(kept) <= limit:
        return kept
    mark = hashlib.sha256(kept.encode()).hexdigest()[:32]
    return f"{kept[: limit - len(mark) - 1]}#{mark}"


def web_address(given: object, limit: int = 600) -> str:
    """Return an address that may become a link; anything but http and https becomes empty."""
    text = storable(str(given or "")).strip()
    is_web = text.lower().startswith(("https://", "http://"))
    return text if is_web and len(text) <= limit else ""


def one_line(text: str, limit: int = 100) -> str:
    """Return a text as one short line that does nothing to a terminal: no controls, no direction marks."""
    kept = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return kept if len(kept) <= limit else f"{kept[: limit - 1]}…"
