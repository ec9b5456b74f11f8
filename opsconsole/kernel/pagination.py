"""Keyset pages: the next page starts after a row, not at a number, so depth costs nothing."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.utils.translation import gettext_lazy as _

from opsconsole.kernel.errors import Invalid

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class KeysetPage(Generic[Row]):
    """Some rows and the cursor of the next page, empty on the last."""

    rows: list[Row]
    next_cursor: str = ""


def cut(rows: Iterable[Row], size: int, key: Callable[[Row], Sequence[Any]]) -> KeysetPage[Row]:
    """Make a page from up to `size + 1` rows; the extra row only proves that there is more."""
    kept = list(rows)
    more = len(kept) > size
    kept = kept[:size]
    return KeysetPage(kept, encode(key(kept[-1])) if more else "")


def encode(key: Sequence[Any]) -> str:
    """Return a sort key as a token that is safe in a URL."""
    body = json.dumps([str(part) for part in key], separators=(",", ":"))
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def decode(cursor: str, length: int) -> list[str]:
    """Return the parts of a token; Invalid when it was not made by `encode`."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError) as error:
        raise Invalid(_("This page address is not valid."), code="bad_cursor") from error
    if not isinstance(parts, list) or len(parts) != length:
        raise Invalid(_("This page address is not valid."), code="bad_cursor")
    return [str(part) for part in parts]


def after_number(cursor: str) -> int:
    """Return the row number in a token of one part; Invalid when there is none."""
    (number,) = decode(cursor, 1)
    try:
        return int(number)
    except ValueError as error:
        raise Invalid(_("This page address is not valid."), code="bad_cursor") from error


def moment_and_number(cursor: str) -> tuple[datetime, int]:
    """Return the moment and the row number in a token of two parts; Invalid when it has others."""
    at, number = decode(cursor, 2)
    try:
        return datetime.fromisoformat(at).astimezone(UTC), int(number)
    except (ValueError, OverflowError) as error:
        raise Invalid(_("This page address is not valid."), code="bad_cursor") from error
