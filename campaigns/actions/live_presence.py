"""Who is at a live desk and who is typing there. A sign of life is one statement."""

from django.db import transaction

from campaigns.models import LivePresence
from campaigns.selectors.live import desk_for
from campaigns.selectors.live_room import SILENT_AFTER
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.live import hint_on_commit


def live_presence_note(actor: Actor, *, desk_id: int, tab: str, is_typing: bool) -> None:
    """Note that a tab shows a desk. Screens are told only when that is news."""
    desk = desk_for(actor, desk_id)
    at, me = now(), actor.person_id
    same = LivePresence.objects.filter(desk=desk, user_id=me, tab=tab, is_typing=is_typing)
    if same.filter(seen_at__gt=at - SILENT_AFTER).update(seen_at=at):
        return
    with transaction.atomic():
        LivePresence.objects.bulk_create(
            [LivePresence(desk=desk, user_id=me, tab=tab, is_typing=is_typing, seen_at=at)],
            update_conflicts=True,
            unique_fields=["desk", "user", "tab"],
            update_fields=["is_typing", "seen_at"],
        )
        _hint(desk.unit_id, desk.pk)


def live_presence_end(actor: Actor, *, desk_id: int, tab: str) -> None:
    """Note that a tab has turned away."""
    desk = desk_for(actor, desk_id)
    with transaction.atomic():
        mine = LivePresence.objects.filter(desk=desk, user_id=actor.person_id, tab=tab)
        if mine.delete()[0]:
            _hint(desk.unit_id, desk.pk)


def live_presences_sweep() -> int:
    """Clear tabs that fell silent and tell the screens. Returns how many."""
    with transaction.atomic():
        silent = LivePresence.objects.filter(seen_at__lte=now() - SILENT_AFTER)
        rows = list(
            silent.select_related("desk").select_for_update(of=("self",), skip_locked=True)[:500]
        )
        LivePresence.objects.filter(pk__in=[row.pk for row in rows]).delete()
        for desk in {row.desk_id: row.desk for row in rows}.values():
            _hint(desk.unit_id, desk.pk)
    return len(rows)


def _hint(unit_id: int, desk_id: int) -> None:
    hint_on_commit("livepresence", units=[unit_id], id=desk_id)
