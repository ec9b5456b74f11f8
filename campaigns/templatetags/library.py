"""How images of the library are shown. No queries."""

from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaigns.models import LibraryImage
from campaigns.selectors.library import SOON

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
    """Return the kind of its file as people call it."""
    return image.content_type.partition("/")[2].upper()
