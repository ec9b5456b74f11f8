"""Tags that a page uses by the dozen, and that say the same for the same values: drawn once, then known."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.base import Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as read_url
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from opsconsole.kernel.addresses import address_of

register = template.Library()

#: Faces kept in memory by each process: about 300 bytes each.
KEPT = 4_000


@register.simple_tag
def avatar(name: Any, photo: Any = None, src: str = "", size: str = "") -> SafeString:
    """Draw a face: a colleague's photo (as stored), a picture from elsewhere (`src`), or letters."""
    return _avatar(str(name), photo.instance.photo_url if photo else "", str(src or ""), size)


@lru_cache(KEPT)
def _avatar(name: str, photo: str, src: str, size: str) -> SafeString:
    inputs = {"name": name, "photo": photo, "src": src, "size": size}
    return render_to_string("components/_avatar.html", inputs)


class KnownURLNode(URLNode):
    """Django's `url`, where only whole numbers are put in without looking the address up each time."""

    def render(self, context: Context) -> str:
        """Return the path; everything but whole numbers is left to Django."""
        name = self.view_name.resolve(context)
        numbers = [one.resolve(context) for one in self.args]
        is_plain = not self.kwargs and self.asvar is None and type(name) is str
        if is_plain and all(type(number) is int and number >= 0 for number in numbers):
            return address_of(name, *numbers)
        return super().render(context)


@register.tag
def url(parser: Parser, token: Token) -> KnownURLNode:
    """Give the address of a view, as Django's own tag of this name."""
    read = read_url(parser, token)
    return KnownURLNode(read.view_name, read.args, read.kwargs, read.asvar)
