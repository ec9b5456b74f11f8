"""Who else is at a conversation: answering, typing, looking on, and what they are writing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from inbox.lifecycle import LIVE_DRAFTS, DraftKind, PresenceState
from inbox.models import Conversation, Draft, Lease, Presence
from inbox.selectors.access import conversations_for
from inbox.selectors.belongings import Belongings, rows_if
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.people.models import User

#: Screens give a sign of life every 10 s; two lost ones and a bit, and whoever it was is gone.
SILENT_AFTER = timedelta(seconds=22)


@dataclass(frozen=True, slots=True)
class Here:
    """A person at a conversation, in however many tabs."""

    user: User
    is_typing: bool


@dataclass(slots=True)
class Company:
    """Everybody at a conversation; `drafts` are the live ones that hold words, the newest first."""

    answering: User | None = None
    people: list[Here] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)

    def draft_of(self, user_id: int | None, kind: DraftKind) -> Draft | None:
        """Return what somebody is writing here."""
        mine = (d for d in self.drafts if d.author_id == user_id and d.kind == kind)
        return next(mine, None)


def company_of(conversation: Conversation, there: Belongings | None = None) -> Company:
    """Return who is at one conversation. Three queries at most, none for what is not there."""
    return _companies([conversation.pk], there)[conversation.pk]


def companies(actor: Actor, conversation_ids: Iterable[int]) -> dict[int, Company]:
    """Return who is at some conversations, those out of reach left out. Four queries."""
    within = conversations_for(actor).select_related(None).filter(pk__in=list(conversation_ids))
    return _companies(list(within.values_list("pk", flat=True)))


def _companies(ids: list[int], there: Belongings | None = None) -> dict[int, Company]:
    at = now()
    found = {pk: Company() for pk in ids}
    leases = Lease.objects.filter(conversation__in=ids, expires_at__gt=at)
    for lease in rows_if(there is None or there.leases, leases.select_related("holder")):
        found[lease.conversation_id].answering = lease.holder
    drafts = Draft.objects.filter(conversation__in=ids, state__in=LIVE_DRAFTS)
    written = drafts.exclude(text="").select_related("author", "decided_by")
    for draft in rows_if(there is None or there.drafts, written.order_by("-updated_at", "-id")):
        found[draft.conversation_id].drafts.append(draft)
    tabs = Presence.objects.filter(conversation__in=ids, seen_at__gt=at - SILENT_AFTER)
    named = tabs.select_related("user").order_by("user__nickname", "id")
    for pk, people in _once_each(rows_if(there is None or there.presences, named)):
        found[pk].people = people
    return found


def _once_each(tabs: Iterable[Presence]) -> Iterable[tuple[int, list[Here]]]:
    """Ten tabs of one person are one person, who types when any of them does."""
    people: dict[int, dict[int, Here]] = {}
    for tab in tabs:
        here = people.setdefault(tab.conversation_id, {})
        known = here.get(tab.user_id)
        is_typing = tab.state == PresenceState.TYPING or (known is not None and known.is_typing)
        here[tab.user_id] = Here(tab.user, is_typing)
    return ((pk, list(here.values())) for pk, here in people.items())
