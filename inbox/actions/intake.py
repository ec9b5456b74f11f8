"""New lines of customers, many at once: each table is read once and written once for all of them.

Only lines that nothing was known of before come here. Edits, removals and answers of ours go one by
one through `inbox.actions.ingest`; so does a batch in which one line turns out to be poison.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from channels.lifecycle import ChannelKind
from channels.models import InboundItem
from channels.types import CameAs
from inbox.actions import changes
from inbox.actions.arrivals import arrival
from inbox.actions.blocking import lines_of_blocked
from inbox.actions.clocks import clocks_follow_all, clocks_foresee
from inbox.actions.contacts import contacts_for
from inbox.actions.notices import assignees_hear
from inbox.actions.routing import Opening, route, routed_record
from inbox.actions.searching import search_later
from inbox.actions.shifts_over import customers_need_somebody
from inbox.actions.threading import begins_anew
from inbox.lifecycle import Direction, MessageKind, Searchable
from inbox.models import Contact, Conversation, Message
from inbox.waits import FAR_FUTURE
from opsconsole.audit.actions import act, record_all
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.bulk import row_new, row_point, rows_insert

#: Where an item belongs: account, and the key of its thread.
Key = tuple[int, str]


@dataclass
class Intake:
    """What a batch has found and decided so far, before anything is written."""

    contacts: dict[int, Contact]
    keys: dict[int, Key]
    latest: dict[Key, Conversation]
    opened: list[Conversation] = field(default_factory=list)
    openings: list[Opening] = field(default_factory=list)
    known: dict[int, Conversation] = field(default_factory=dict)
    waited: set[int] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    reopened: list[Conversation] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)

    def add(self, item: InboundItem) -> None:
        """Decide where a line belongs and what it does there."""
        conversation = self._place(item)
        if conversation.pk and conversation.pk not in self.known and conversation.waiting_since:
            self.waited.add(conversation.pk)
        found = arrival(conversation, item)
        if found.reopens:
            self.reopened.append(conversation)
        self.changed |= changes.set_on(conversation, found.fields).keys()
        if conversation.pk:
            self.known[conversation.pk] = conversation
        self.messages.append(_message(item, conversation, self.contacts[item.pk]))

    def of_blocked(self) -> list[Conversation]:
        """Return the conversations in which a blocked customer has just written."""
        rows = {id(m.conversation): m.conversation for m in self.messages if _is_blocked(m)}
        return list(rows.values())

    def _place(self, item: InboundItem) -> Conversation:
        key = self.keys[item.pk]
        latest = self.latest.get(key)
        if latest is not None and not begins_anew(latest, item):
            return latest
        made = _conversation(item, key[1], self.contacts[item.pk], latest)
        self.latest[key] = made
        self.opened.append(made)
        self.openings.append((made, item))
        return made


def _is_blocked(message: Message) -> bool:
    return message.contact is not None and message.contact.blocked_at is not None


def lines_take_in(items: Sequence[InboundItem]) -> list[Conversation]:
    """Bring new lines of customers into the inbox, oldest first. Returns the conversations they are in.

    One transaction around it, and the caller's lock: the order of lines decides what opens.
    """
    keys = _keys_of(items)
    intake = Intake(contacts_for(items), keys, _latest(keys.values()))
    for item in items:
        intake.add(item)
    _write(intake)
    lines_of_blocked(intake.of_blocked())
    customers_need_somebody(intake.known.values(), waited=intake.waited)
    return [*intake.known.values(), *intake.opened]


def _write(intake: Intake) -> None:
    routed = route(intake.openings)
    clocks_foresee(intake.opened)
    rows_insert(intake.opened)
    routed_record(routed)
    changes.write_all(intake.known.values(), intake.changed)
    for message in intake.messages:
        row_point(message, "conversation", message.conversation)  # it has its number by now
    rows_insert(intake.messages)
    search_later(Searchable.MESSAGE, [message.pk for message in intake.messages])
    record_all([*_acts("opened", intake.opened), *_acts("reopened_by_customer", intake.reopened)])
    _clocks(intake)
    heard = {m.conversation_id for m in intake.messages if m.came_as == CameAs.LIVE}
    assignees_hear(row for row in intake.known.values() if row.pk in heard)
    changes.hint_all([*intake.known.values(), *intake.opened])


def _clocks(intake: Intake) -> None:
    fresh: dict[int, list[Message]] = {conversation.pk: [] for conversation in intake.opened}
    for message in intake.messages:
        if message.conversation_id in fresh:
            fresh[message.conversation_id].append(message)
    clocks_follow_all([*intake.known.values(), *intake.opened], fresh=fresh)


def _acts(verb: str, conversations: Iterable[Conversation]) -> list[Activity]:
    return [
        act(SYSTEM, f"inbox.conversation.{verb}", conversation, unit_id=conversation.unit_id)
        for conversation in conversations
    ]


def _conversation(
    item: InboundItem, thread_key: str, contact: Contact, previous: Conversation | None
) -> Conversation:
    return row_new(
        Conversation, account=item.account, channel=item.account.kind, unit_id=item.account.unit_id,
        contact=contact, thread_key=thread_key, cycle=previous.cycle + 1 if previous else 1,
        previous=previous, context=item.context, context_url=item.context_url,
        opened_at=item.posted_at, queue_at=FAR_FUTURE, last_message_at=item.posted_at,
        contact_followers=contact.followers or 0, is_vip=contact.is_vip,
    )  # fmt: skip


def _message(item: InboundItem, conversation: Conversation, contact: Contact) -> Message:
    return row_new(
        Message, conversation=conversation, account=item.account, external_id=item.external_id,
        direction=Direction.INBOUND, kind=MessageKind(item.kind), visibility=item.visibility,
        contact=contact, thread_external_id=item.thread_external_id,
        parent_external_id=item.parent_external_id, text=item.text, language=item.language,
        permalink=item.permalink, media=item.media, posted_at=item.posted_at,
        landed_at=item.landed_at, came_as=item.came_as,
    )  # fmt: skip


def _keys_of(items: Sequence[InboundItem]) -> dict[int, Key]:
    """Name the thread of each item as `inbox.actions.threading` does, for all of them in two reads."""
    known = _known_branches([item for item in items if item.account.kind != ChannelKind.X])
    keys: dict[int, Key] = {}
    for item in items:
        if item.account.kind == ChannelKind.X:
            author = item.author_external_id or f"unknown:{item.external_id}"[:190]
            keys[item.pk] = (item.account_id, f"{item.thread_external_id}:{author}")
            continue
        key = _branch(item, known)
        keys[item.pk] = (item.account_id, key)
        known[item.account_id, item.external_id] = key
        known.setdefault((item.account_id, key), key)
    return keys


def _branch(item: InboundItem, known: dict[Key, str]) -> str:
    for ancestor in (item.parent_external_id, item.thread_external_id, item.external_id):
        if ancestor and (found := known.get((item.account_id, ancestor))):
            return found
    return item.parent_external_id or item.external_id


def _known_branches(items: Sequence[InboundItem]) -> dict[Key, str]:
    """Return the branch of each ancestor that is known, and of each line that answers wait for."""
    accounts = {item.account_id for item in items}
    ancestors = {item.parent_external_id for item in items} | {
        item.thread_external_id for item in items
    }
    awaited = Conversation.objects.filter(
        account__in=accounts, thread_key__in=[item.external_id for item in items]
    )
    lines = Message.objects.filter(account__in=accounts, external_id__in=ancestors - {""})
    found = {
        (account, key): key for account, key in awaited.values_list("account_id", "thread_key")
    }
    found |= {
        (account, external_id): key
        for account, external_id, key in lines.values_list(
            "account_id", "external_id", "conversation__thread_key"
        )
    }
    return found


def _latest(keys: Iterable[Key]) -> dict[Key, Conversation]:
    """Lock and return the newest conversation of each thread."""
    wanted = set(keys)
    rows = (
        Conversation.objects.select_for_update(of=("self",))
        .filter(
            account__in={account for account, _ in wanted}, thread_key__in={k for _, k in wanted}
        )
        .order_by("id")
    )
    found: dict[Key, Conversation] = {}
    for row in rows:
        key = (row.account_id, row.thread_key)
        if key not in found or found[key].cycle < row.cycle:
            found[key] = row
    return found
