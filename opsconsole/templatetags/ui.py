"""Small template helpers shared by all screens. No queries, no business rules."""

import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from opsconsole.kernel.addresses import address_of
from opsconsole.kernel.clock import now
from opsconsole.kernel.initials import initials
from opsconsole.people.roles import Ability

register = template.Library()

#: Seconds of waiting after which a time is aging, late, overdue. Handed to live screens by base.html.
AGE_STEPS = {"aging": 15 * 60, "late": 60 * 60, "overdue": 4 * 60 * 60}
#: Hues that people without a photo are told apart by; the names are those of css/tokens.css.
HUES = ("blue", "teal", "green", "orange", "pink", "violet", "red", "yellow")


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the rail."""

    label: Any
    icon: str
    url_name: str
    ability: str
    #: Name of the number in the frame's context that stands beside it.
    count: str = ""
    #: Where else this place is.
    also: str = ""
    #: Who may do this has the place at hand on a phone before others.
    calls: str = ""


PLACES = (
    Place(
        gettext_lazy("Inbox"), "inbox", "inbox:queue", Ability.READ_INBOX, calls=Ability.READ_INBOX
    ),
    Place(
        gettext_lazy("Today"),
        "today",
        "reports:today",
        Ability.READ_REPORTS,
        calls=Ability.READ_REPORTS,
    ),
    Place(
        gettext_lazy("Reports"),
        "reports",
        "reports:times",
        Ability.READ_REPORTS,
        also="/misroutes/",
    ),
    Place(gettext_lazy("Duty"), "duty", "inbox:duty", Ability.WORK_INBOX),
    Place(gettext_lazy("Promises"), "promise", "inbox:promises", Ability.READ_INBOX),
    Place(gettext_lazy("Consults"), "help", "inbox:consults", Ability.READ_INBOX, "open_consults"),
    Place(
        gettext_lazy("Posts"),
        "posts",
        "campaigns:posts",
        Ability.READ_POSTS,
        also="/live/",
        calls=Ability.WRITE_POSTS,
    ),
    Place(
        gettext_lazy("Approvals"),
        "check",
        "campaigns:approvals",
        Ability.READ_POSTS,
        "open_approvals",
        calls=Ability.WRITE_POSTS,
    ),
    Place(gettext_lazy("Hold"), "pause", "channels:holds", Ability.READ_POSTS),
    Place(gettext_lazy("Deliveries"), "deliveries", "channels:deliveries", Ability.READ_ACCOUNTS),
    Place(gettext_lazy("Watch"), "watch", "channels:watch", Ability.READ_WATCH),
    Place(gettext_lazy("Accounts"), "accounts", "channels:accounts", Ability.READ_ACCOUNTS),
    Place(gettext_lazy("Units"), "unit", "inbox:desks", Ability.MANAGE_DESK),
    Place(gettext_lazy("People"), "people", "people:people", Ability.MANAGE_PEOPLE),
    Place(gettext_lazy("Activity"), "activity", "reports:activity", Ability.READ_AUDIT),
)


#: Places beside "more" in the bar of a phone.
AT_HAND = 4


@register.inclusion_tag("components/_nav.html", takes_context=True)
def nav(context: template.Context) -> dict[str, Any]:
    """List the places this person may go to, the present one marked."""
    actor, path = context.get("actor"), context["request"].path
    home = reverse("inbox:queue")
    places: list[dict[str, Any]] = []
    for place in PLACES:
        if actor is None or not actor.can(place.ability):
            continue
        try:
            url = address_of(place.url_name)
        except NoReverseMatch:
            continue
        here = (
            path == home or "/conversations/" in path
            if url == home
            else _lies_in(path, url, place)
        )
        count = context.get(place.count) if place.count else None
        places.append({"place": place, "url": url, "here": here, "count": count})
    # A place may lie within another: only the innermost is here.
    depth = max((len(entry["url"]) for entry in places if entry["here"]), default=0)
    for entry in places:
        entry["here"] = entry["here"] and len(entry["url"]) == depth
    return {"places": places, "beyond": _at_hand(actor, places)}


def _at_hand(actor: Any, places: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Mark the places that a phone shows without asking; return what stands behind "more", if anything does."""
    called = [one for one in places if one["place"].calls and actor.can(one["place"].calls)]
    ranked = called + [one for one in places if one not in called]
    is_short = len(places) <= AT_HAND + 1
    shown = places if is_short else [one for one in places if one in ranked[:AT_HAND]]
    for one in places:
        one["at_hand"], one["is_last"] = one in shown, one is shown[-1]
    rest = [one for one in places if one not in shown]
    if not rest:
        return None
    here = next((one for one in rest if one["here"]), None)
    return {"here": here, "count": sum(one["count"] or 0 for one in rest)}


def _lies_in(path: str, url: str, place: Place) -> bool:
    return path.startswith(url) or (bool(place.also) and path.startswith(place.also))


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: str = "") -> SafeString:
    """Draw an icon of icons.svg; it says nothing to a screen reader."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"></use></svg>',
        f" icon--{size}" if size else "",
        static("opsconsole/icons.svg"),
        name,
    )


@register.filter(name="initials")
def letters(name: Any) -> str:
    """Return the letters that stand for a person without a photo."""
    return initials(str(name))


@register.filter
def hue(name: Any) -> str:
    """Return the same colour for the same name, always."""
    return HUES[sum(str(name).encode()) % len(HUES)]


@register.filter
def elapsed(since: datetime | None) -> str:
    """Say how long ago something was in the fewest characters; live.js keeps it moving."""
    if since is None:
        return ""
    seconds = max(0, (now() - since).total_seconds())
    if seconds < 60:
        return _("now")
    if seconds < 3600:
        return _("%(n)dm") % {"n": math.floor(seconds / 60)}
    if seconds < 86400:
        return _("%(n)dh") % {"n": math.floor(seconds / 3600)}
    return _("%(n)dd") % {"n": math.floor(seconds / 86400)}


@register.filter
def lasting(seconds: float | None) -> str:
    """Say how long something took in the fewest characters: 45m, 3h, 2d."""
    if not seconds:
        return ""
    if seconds < 60:
        return _("%(n)ds") % {"n": math.floor(seconds)}
    if seconds < 3600:
        return _("%(n)dm") % {"n": math.floor(seconds / 60)}
    if seconds < 172_800:
        return _("%(n)dh") % {"n": math.floor(seconds / 3600)}
    return _("%(n)dd") % {"n": math.floor(seconds / 86400)}


@register.filter
def duration(seconds: float | None) -> str:
    """Say how long something took by its two greatest units; nothing for None."""
    if seconds is None:
        return "–"
    whole = round(seconds)
    if whole < 60:
        return _("%(s)d s") % {"s": whole}
    if whole < 3600:
        return _("%(m)d min %(s)d s") % {"m": whole // 60, "s": whole % 60}
    if whole < 86400:
        return _("%(h)d h %(m)d min") % {"h": whole // 3600, "m": whole % 3600 // 60}
    return _("%(d)d d %(h)d h") % {"d": whole // 86400, "h": whole % 86400 // 3600}


@register.filter
def from_seconds(number: int | None) -> datetime | None:
    """Return the moment that so many seconds since 1970 stand for."""
    return None if number is None else datetime.fromtimestamp(number, UTC)


@register.filter
def weekday(number: int) -> str:
    """Name a day of the week in the fewest letters, 0 for Monday."""
    return str(WEEKDAYS_ABBR[number])


@register.filter
def place(rows: Any, number: int) -> Any:
    """Return the row at a place of a list: two lists of one order are shown side by side."""
    return rows[number]


@register.filter
def entry(table: Any, name: Any) -> Any:
    """Return what a table has under a name; nothing for a name it does not have."""
    return table.get(name, "")


@register.filter
def percent(share: float | None) -> str:
    """Show a share of one as whole percent, never rounded up to 100; nothing for None."""
    return "–" if share is None else f"{math.floor(share * 100)}%"


@register.filter
def age(since: datetime | None) -> str:
    """Name the step of AGE_STEPS that a wait has reached."""
    seconds = 0.0 if since is None else (now() - since).total_seconds()
    return next((step for step, at in reversed(AGE_STEPS.items()) if seconds >= at), "fresh")


@register.simple_tag
def age_steps() -> str:
    """Return AGE_STEPS for scripts."""
    return " ".join(f"{name}:{at}" for name, at in AGE_STEPS.items())


@register.simple_tag
def moment(at: datetime | None, *, seconds: bool = False) -> SafeString | str:
    """Show a moment in Seoul: only the time today, the date as well on other days."""
    if at is None:
        return ""
    return _moment(at, timezone.localtime(now()).date(), seconds, get_language())


@lru_cache(maxsize=4096)
def _moment(at: datetime, today: date, seconds: bool, _language: str | None) -> SafeString:
    local = timezone.localtime(at)
    full = f"{date_format(local, 'DATE_FORMAT')} {local:%H:%M:%S}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        at.isoformat(),
        full,
        _short(local, today, seconds),
    )


def _short(local: datetime, today: date, seconds: bool) -> str:
    clock = f"{local:%H:%M:%S}" if seconds else f"{local:%H:%M}"
    if local.date() == today:
        return clock
    if local.date() == today - timedelta(days=1):
        return _("Yesterday %(time)s") % {"time": clock}
    form = "MONTH_DAY_FORMAT" if local.year == today.year else "DATE_FORMAT"
    return f"{date_format(local, form)} {clock}"


@register.filter
def day_name(at: datetime) -> str:
    """Name a moment's day in Seoul: today, yesterday, or the date with its weekday."""
    local = timezone.localtime(at)
    behind = (timezone.localtime(now()).date() - local.date()).days
    if behind == 0:
        return _("Today")
    if behind == 1:
        return _("Yesterday")
    return f"{date_format(local, 'DATE_FORMAT')} ({date_format(local, 'D')})"
