"""Which pictures may go out with an answer. Reads no rows."""

from typing import Any

from opsconsole.kernel import pictures
from opsconsole.kernel.pictures import Clean

#: The smallest of what our platforms take.
LARGEST_FILE = 5 * 1024 * 1024
#: What may be published with an answer.
KINDS = ("image/jpeg", "image/png", "image/webp")


def cleaned(upload: Any, *, allowed: tuple[str, ...]) -> Clean:
    """Return an upload as it may go out with an answer on a channel that takes the `allowed` types.

    Raises Invalid for any other, for what is too large before or after, and for what is damaged.
    """
    kinds = tuple(kind for kind in KINDS if kind in allowed)
    return pictures.cleaned(upload, allowed=kinds, largest=LARGEST_FILE, field="picture")
