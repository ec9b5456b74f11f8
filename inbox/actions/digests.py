"""The digest: what somebody has not read, by e-mail, once a day at the hour they chose."""

import logging
from datetime import datetime
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext, override

from inbox.models import NoticePreference
from inbox.notice_words import NOTICE_WORDS
from inbox.notices import Digest, NoticeKind
from inbox.selectors.notices import notice_page
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for

logger = logging.getLogger(__name__)

#: Notices that one digest names; the rest is a number and a link.
LONGEST = 30


def digests_send(limit: int = 50) -> int:
    """Send the digests whose hour has come. Returns how many were looked at; call again until 0.

    Each is marked before it is sent: a worker that dies costs one digest, never two.
    """
    at = timezone.localtime(now())
    hour = at.replace(minute=0, second=0, microsecond=0)
    due = (
        NoticePreference.objects.exclude(digest=Digest.NEVER)
        .filter(digest_at=at.hour, user__is_active=True)
        .filter(Q(digested_at__isnull=True) | Q(digested_at__lt=hour))
    )
    if at.weekday() >= 5:
        due = due.exclude(digest=Digest.WEEKDAYS)
    found = list(due.select_related("user").order_by("pk")[:limit])
    for preference in found:
        if _take(preference, hour):
            _send(preference)
    return len(found)


def _take(preference: NoticePreference, hour: datetime) -> bool:
    """Mark a digest as sent; False when another worker was faster."""
    mine = NoticePreference.objects.filter(pk=preference.pk, digested_at=preference.digested_at)
    return bool(mine.update(digested_at=max(now(), hour)))


def _send(preference: NoticePreference) -> None:
    user = preference.user
    with override(user.language):
        page = notice_page(actor_for(user), size=LONGEST)
        rows = [row for row in page.rows if row.read_at is None]
        if not rows:
            return
        context = {
            "lines": [
                (row, NOTICE_WORDS[NoticeKind(row.kind)][0], _address(row.pk)) for row in rows
            ],
            "all": settings.PUBLIC_URL + reverse("inbox:notices"),
            "user": user,
        }
        subject = ngettext("%(count)s unread notice", "%(count)s unread notices", len(rows))
        letter = EmailMultiAlternatives(
            subject % {"count": len(rows)},
            render_to_string("inbox/digest.txt", context),
            to=[preference.email],
        )
        letter.attach_alternative(render_to_string("inbox/digest.html", context), "text/html")
    try:
        letter.send()
    except (SMTPException, OSError):
        logger.warning("the digest of user %s could not be sent", user.pk, exc_info=True)


def _address(notice_id: int) -> str:
    return f"{settings.PUBLIC_URL}{reverse('inbox:notice', args=[notice_id])}"
