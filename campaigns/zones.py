"""Time zones that are offered where one is chosen. Any other may be given by a program."""

from django.utils.translation import gettext_lazy as _

SEOUL = "Asia/Seoul"
#: Zone -> how it is called; home first, then from east to west.
OFFERED = {
    SEOUL: _("Seoul"),
    "Pacific/Auckland": _("Auckland"),
    "Australia/Sydney": _("Sydney"),
    "Asia/Tokyo": _("Tokyo"),
    "Asia/Shanghai": _("Shanghai"),
    "Asia/Singapore": _("Singapore"),
    "Asia/Ho_Chi_Minh": _("Ho Chi Minh City"),
    "Asia/Kolkata": _("Delhi"),
    "Asia/Dubai": _("Dubai"),
    "Africa/Casablanca": _("Casablanca"),
    "Europe/Berlin": _("Berlin"),
    "Europe/London": _("London"),
    "UTC": "UTC",
    "America/New_York": _("New York"),
    "America/Chicago": _("Chicago"),
    "America/Los_Angeles": _("Los Angeles"),
}


def zone_choices(present: str = SEOUL) -> list[tuple[str, object]]:
    """Return the zones to choose from, with the one that is chosen already."""
    offered: dict[str, object] = dict(OFFERED)
    offered.setdefault(present, present)
    return list(offered.items())
