"""Pictures of an article: the first is its featured one, the others stand in it, as the editor makes them. Pure.

https://developer.wordpress.org/block-editor/reference-guides/core-blocks/#image
"""

from collections.abc import Mapping
from html import escape
from typing import Any

from channels.types import Outgoing

#: Parts a picture's number from its address in a handle.
_BAR = "|"


def handle_of(uploaded: Mapping[str, Any]) -> str:
    """Return what has to be remembered of an upload: its number and its address."""
    return f"{uploaded['id']}{_BAR}{uploaded.get('source_url') or ''}"


def number_of(handle: str) -> int:
    """Return a picture's number."""
    return int(handle.partition(_BAR)[0])


def figures(out: Outgoing) -> str:
    """Return the pictures after the first, below the words; nothing for one that has no address."""
    rest = list(zip(out.media, out.media_handles, strict=False))[1:]
    return "".join(_figure(handle, media.alt_text) for media, handle in rest)


def _figure(handle: str, alt_text: str) -> str:
    number, _, address = handle.partition(_BAR)
    if not address:
        return ""
    return (
        f'\n<!-- wp:image {{"id":{int(number)},"sizeSlug":"full"}} -->'
        f'\n<figure class="wp-block-image size-full"><img src="{escape(address)}" '
        f'alt="{escape(alt_text)}" class="wp-image-{int(number)}"/></figure>'
        "\n<!-- /wp:image -->"
    )
