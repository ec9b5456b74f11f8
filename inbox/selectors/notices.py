"""Reads of what one has been told."""

from django.db.models import Q, QuerySet

from inbox.models import Notice, NoticePreference
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.kernel.prepared import prepared

#: The bell counts no further: "99+" is all that anyone needs to know.
COUNT_LIMIT = 100


def unread_count(user_id: int) -> int:
    """Count the notices a person has not read, up to COUNT_LIMIT. One query on its own index."""
    return len(_unread(user_id))


@prepared
def _unread(user_id: int) -> QuerySet[Notice, int]:
    rows = Notice.objects.filter(user_id=user_id, read_at__isnull=True)
    return rows.order_by().values_list("pk", flat=True)[:COUNT_LIMIT]


def notice_page(actor: Actor, *, cursor: str = "", size: int = 50) -> KeysetPage[Notice]:
    """Return one's notices, newest first, without those about conversations out of reach by now."""
    rows = _within_reach(actor).select_related("conversation__contact", "conversation__unit")
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows.order_by("-pk")[: size + 1], size, lambda row: [row.pk])


def newest_to_knock(actor: Actor, since: int) -> list[Notice]:
    """Return unread notices after one, of the kinds that shall knock at the desktop; oldest first."""
    wanted = preference_of(actor.person_id).browser
    rows = _within_reach(actor).filter(pk__gt=since, kind__in=wanted, read_at__isnull=True)
    return list(rows.select_related("conversation__contact").order_by("pk")[:5])


def newest_id(user_id: int) -> int:
    """Return the number of a person's newest notice, 0 without any."""
    newest = Notice.objects.filter(user_id=user_id).order_by("-pk").values_list("pk", flat=True)
    return newest.first() or 0


def preference_of(user_id: int) -> NoticePreference:
    """Return how a person wants to be told; the quiet defaults, not stored, when they never said."""
    found = NoticePreference.objects.filter(user_id=user_id).first()
    return found or NoticePreference(user_id=user_id)


def _within_reach(actor: Actor) -> QuerySet[Notice]:
    mine = Notice.objects.filter(user_id=actor.person_id)
    reach = conversations_for(actor).select_related(None).values("pk")
    return mine.filter(Q(conversation__isnull=True) | Q(conversation__in=reach))
