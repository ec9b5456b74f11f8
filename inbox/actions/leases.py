"""Who is answering a conversation at this moment. One statement decides; everybody else reads who it is."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from inbox.actions import changes
from inbox.actions.announcing import announce
from inbox.actions.notices import notices_give
from inbox.models import Conversation, Lease
from inbox.notices import NoticeKind
from inbox.selectors.access import conversation_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.people.roles import Ability

#: How long a lease lasts without a key stroke.
LASTS = timedelta(seconds=90)


def lease_take(actor: Actor, *, conversation_id: int) -> Lease:
    """Begin to answer, or go on: of many who try at once one has it, and Conflict names that one."""
    with transaction.atomic():
        conversation = conversation_for(actor, conversation_id, ability=Ability.WORK_INBOX)
        if conversation.assignee_id not in {None, actor.user_id}:
            raise _taken(conversation.assignee)
        lease, is_new = _compare_and_set(actor, conversation)
        if is_new:
            announce(conversation, actor.person_id)
    return lease


def _compare_and_set(actor: Actor, conversation: Conversation) -> tuple[Lease, bool]:
    """Return the lease and whether it was not the actor's a moment ago; Conflict when it is another's."""
    at = now()
    row, me, ends = Lease.objects.filter(conversation=conversation), actor.person_id, at + LASTS
    if row.filter(holder_id=me, expires_at__gt=at).update(expires_at=ends):
        return row.get(), False
    ended = row.filter(Q(holder_id=me) | Q(expires_at__lte=at))
    taken = ended.update(holder_id=me, taken_at=at, expires_at=ends)
    if not taken:
        wish = Lease(conversation=conversation, holder_id=me, taken_at=at, expires_at=ends)
        Lease.objects.bulk_create([wish], ignore_conflicts=True)
    lease = row.select_related("holder").first()
    if lease is None:  # its holder let go between our two looks
        raise Conflict
    if lease.holder_id != me:
        raise _taken(lease.holder)
    return lease, True


def _taken(name: object) -> Conflict:
    return Conflict(_("%(name)s is answering this.") % {"name": name}, code="taken")


def lease_release(actor: Actor, *, conversation_id: int) -> None:
    """Let go of one's lease; without one nothing happens."""
    with transaction.atomic():
        lease_end(conversation_for(actor, conversation_id), actor.person_id)


def lease_end(conversation: Conversation, user_id: int) -> None:
    """End somebody's lease on a conversation that the caller has put through the gate."""
    if Lease.objects.filter(conversation=conversation, holder_id=user_id).delete()[0]:
        announce(conversation, user_id)


def lease_must_be_free(conversation: Conversation, user_id: int | None) -> None:
    """Raise Conflict when somebody else is answering at this moment."""
    held = Lease.objects.filter(conversation=conversation, expires_at__gt=now())
    other = held.exclude(holder_id=user_id).select_related("holder").first()
    if other is not None:
        raise _taken(other.holder)


def lease_take_over(actor: Actor, *, conversation_id: int, reason: str) -> Lease:
    """Take the answer out of a colleague's hands, with a reason. The colleague is told."""
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say in a few words why."), code="reason", field="reason")
    with transaction.atomic():
        conversation = conversation_for(
            actor, conversation_id, ability=Ability.WORK_INBOX, lock=True
        )
        if conversation.assignee_id not in {None, actor.user_id}:
            raise _taken(conversation.assignee)
        at, me = now(), actor.person_id
        row = Lease.objects.filter(conversation=conversation).select_for_update(of=("self",))
        lease = row.select_related("holder").first()
        if lease is None or lease.holder_id == me or lease.expires_at <= at:
            return _compare_and_set(actor, conversation)[0]
        former = lease.holder
        changes.touch(conversation)
        lease.holder_id, lease.taken_at, lease.expires_at = me, at, at + LASTS
        lease.save(update_fields=["holder", "taken_at", "expires_at"])
        record(
            actor, "inbox.lease.taken_over", conversation,
            unit_id=conversation.unit_id, former=str(former), reason=reason[:300],
        )  # fmt: skip
        notices_give(
            [former.pk], NoticeKind.LEASE_TAKEN, key=f"lease:{lease.pk}:{at.timestamp()}",
            conversation=conversation, data={"by": actor.name, "reason": reason[:300]},
        )  # fmt: skip
        announce(conversation, me)
    return lease


def leases_sweep() -> int:
    """Clear leases that have ended and tell the screens. Returns how many."""
    with transaction.atomic():
        ended = list(
            Lease.objects.filter(expires_at__lte=now())
            .select_related("conversation")
            .select_for_update(of=("self",), skip_locked=True)[:500]
        )
        Lease.objects.filter(pk__in=[lease.pk for lease in ended]).delete()
        for lease in ended:
            announce(lease.conversation, lease.holder_id)
    return len(ended)
