"""How images of the library are shown. No queries."""

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import LibraryImage
from campaigns.selectors.library import SOON
from campaigns.wording import clock
from channels.lifecycle import ChannelKind
from channels.registry import capabilities_for
from channels.status import CHANNELS

register = template.Library()


@register.filter
def rights_words(image: LibraryImage, today: date) -> tuple[str, str]:
    """Return in words how long an image may be used, and their tone; empty when it has no end."""
    end = image.rights_until
    if end is None:
        return "", ""
    is_near = end.year == today.year
    shown = {"day": date_format(end, "MONTH_DAY_FORMAT" if is_near else "DATE_FORMAT")}
    if image.rights_ended(today):
        return _("Rights ended: %(day)s") % shown, "danger"
    return _("Rights until %(day)s") % shown, "warn" if end - today <= SOON else "quiet"


@register.filter
def image_kind(image: LibraryImage) -> str:
    """Return the kind of its file as people call it, and how long a film is."""
    kind = image.content_type.partition("/")[2].upper()
    return kind if image.seconds is None else f"{kind} · {clock(image.seconds)}"


def _length(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return clock(seconds) if rest else _("%(count)d hours") % {"count": hours}


@register.simple_tag
def film_limits() -> list[str]:
    """Say how long a film each platform takes."""
    kinds = {kind: capabilities_for(kind) for kind in ChannelKind}
    return [
        f"{CHANNELS[kind].label} {_length(limits.longest_film)}"
        for kind, limits in kinds.items()
        if limits.film_types
    ]
