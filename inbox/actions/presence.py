"""Who has a conversation open and who is typing in it. A sign of life is one statement."""

from django.db import transaction

from inbox.actions.announcing import announce
from inbox.actions.leases import lease_end
from inbox.lifecycle import PresenceState
from inbox.models import Conversation, Presence
from inbox.selectors.access import conversation_for
from inbox.selectors.company import SILENT_AFTER
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now


def presence_note(
    actor: Actor, *, conversation_id: int, tab: str, state: PresenceState
) -> Conversation:
    """Note that a tab shows a conversation. Screens are told only when that is news.

    A tab shows one conversation: what it showed before it shows no longer.
    """
    conversation = conversation_for(actor, conversation_id)
    at, me = now(), actor.person_id
    same = Presence.objects.filter(conversation=conversation, user_id=me, tab=tab)
    if same.filter(state=state, seen_at__gt=at - SILENT_AFTER).update(seen_at=at):
        return conversation
    with transaction.atomic():
        Presence.objects.bulk_create(
            [Presence(conversation=conversation, user_id=me, tab=tab, state=state, seen_at=at)],
            update_conflicts=True,
            unique_fields=["conversation", "user", "tab"],
            update_fields=["state", "seen_at"],
        )
        elsewhere = Presence.objects.filter(user_id=me, tab=tab)
        _gone(list(elsewhere.exclude(conversation=conversation).select_related("conversation")))
        announce(conversation, me)
    return conversation


def presence_end(actor: Actor, *, conversation_id: int, tab: str, for_good: bool = False) -> None:
    """Note that a tab has turned away; for good, it also lets go of the answer that it was writing.

    Another tab of the same person that is still writing keeps it.
    """
    with transaction.atomic():
        mine = Presence.objects.filter(conversation=conversation_id, user_id=actor.person_id)
        _gone(list(mine.filter(tab=tab).select_related("conversation")))
        if for_good and not mine.filter(state=PresenceState.TYPING).exists():
            lease_end(conversation_for(actor, conversation_id), actor.person_id)


def presences_sweep() -> int:
    """Clear tabs that fell silent and tell the screens. Returns how many."""
    with transaction.atomic():
        silent = list(
            Presence.objects.filter(seen_at__lte=now() - SILENT_AFTER)
            .select_related("conversation")
            .select_for_update(of=("self",), skip_locked=True)[:500]
        )
        _gone(silent)
    return len(silent)


def _gone(rows: list[Presence]) -> None:
    Presence.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for row in rows:
        announce(row.conversation, row.user_id)
