"""Telling people: the one door through which notices are given, and what people do with them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from inbox.models import Conversation, Notice, NoticePreference
from inbox.notices import Digest, NoticeKind
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.live import tell_on_commit
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can


def notices_give(
    user_ids: Iterable[int],
    kind: NoticeKind,
    *,
    key: str,
    conversation: Conversation | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Tell people something about a conversation, each once per `key` ("assignment:17").

    The caller leaves out whoever did it; who may not read the conversation is left out here, and
    so is who has muted the kind. Runs in the caller's transaction.
    """
    wanted = set(user_ids)
    if conversation is not None and wanted:
        can_read = people_who_can(Ability.READ_INBOX, conversation.unit_id)
        wanted &= set(can_read.filter(pk__in=wanted).values_list("pk", flat=True))
    if not wanted:
        return
    muted = NoticePreference.objects.filter(user__in=wanted, muted__contains=[kind])
    told = sorted(wanted - set(muted.values_list("user_id", flat=True)))
    Notice.objects.bulk_create(
        [
            Notice(
                user_id=user_id, kind=kind, key=key, conversation=conversation,
                data=dict(data or {}), created_at=now(),
            )
            for user_id in told
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    if told:
        tell_on_commit("notice", users=told, kind=kind)


def assignees_hear(conversations: Iterable[Conversation]) -> None:
    """Tell whoever has a conversation that its customer wrote, once a wait. For many at once."""
    mine = [
        (row.assignee_id, row.waiting_since, row)
        for row in conversations
        if row.assignee_id and row.waiting_since
    ]
    if not mine:
        return
    kind = NoticeKind.CUSTOMER_WROTE
    people = {user_id for user_id, _since, _row in mine}
    muted = NoticePreference.objects.filter(user__in=people, muted__contains=[kind])
    deaf = set(muted.values_list("user_id", flat=True))
    notices = [
        Notice(
            user_id=user_id, kind=kind, key=f"wait:{row.pk}:{since.timestamp():.0f}",
            conversation=row, created_at=now(),
        )
        for user_id, since, row in mine
        if user_id not in deaf
    ]  # fmt: skip
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    tell_on_commit("notice", users=[notice.user_id for notice in notices], kind=kind)


def notice_read(actor: Actor, *, notice_id: int) -> Notice:
    """Mark one of one's own notices as read, and return it."""
    mine = Notice.objects.filter(user_id=actor.person_id)
    mine.filter(pk=notice_id, read_at__isnull=True).update(read_at=now())
    found = mine.filter(pk=notice_id).first()
    if found is None:
        raise NotFound
    tell_on_commit("notice", users=[actor.person_id])
    return found


def notices_read(actor: Actor, *, up_to: int) -> int:
    """Mark one's own notices as read up to the newest one that was on the screen."""
    unread = Notice.objects.filter(user_id=actor.person_id, read_at__isnull=True, pk__lte=up_to)
    count = unread.update(read_at=now())
    tell_on_commit("notice", users=[actor.person_id])
    return count


def conversation_seen(actor: Actor, *, conversation_id: int) -> None:
    """Take what is said about a conversation off the bell of whoever has it open."""
    unread = Notice.objects.filter(
        user_id=actor.person_id, conversation=conversation_id, read_at__isnull=True
    )
    if unread.update(read_at=now()):
        tell_on_commit("notice", users=[actor.person_id])


def notice_preference_set(
    actor: Actor,
    *,
    muted: Iterable[NoticeKind],
    browser: Iterable[NoticeKind],
    email: str,
    digest: Digest,
    digest_at: int,
) -> NoticePreference:
    """Say how one wants to be told."""
    if digest != Digest.NEVER and not email:
        raise Invalid(_("Say where the digest goes."), code="email", field="email")
    with transaction.atomic():
        row, _is_new = NoticePreference.objects.update_or_create(
            user_id=actor.person_id,
            defaults={
                "muted": sorted(muted), "browser": sorted(browser), "email": email,
                "digest": digest, "digest_at": digest_at,
            },
        )  # fmt: skip
        record(actor, "inbox.notices.chosen", row)
    return row
