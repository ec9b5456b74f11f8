"""What a live desk shows at one moment: its lines, what is in the way, who is here. A fixed number of queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Prefetch

from campaigns.approval import Step
from campaigns.models import LiveDesk, LiveLine, LivePlace, LiveSnippet, LiveWord, PostPart
from campaigns.selectors.live import is_let_out, may_let_out, rule_of
from campaigns.selectors.live_asking import Asking, asked_of
from campaigns.selectors.live_silence import Silence, holds_over, silences_of
from channels.lifecycle import UNBEGUN, DeliveryState
from channels.models import Delivery, Hold
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.people.models import User
from opsconsole.people.roles import Ability

D = DeliveryState
#: Screens give a sign of life every 10 s; two lost ones and a bit, and whoever it was is gone.
SILENT_AFTER = timedelta(seconds=22)
#: Lines on the screen; the export has them all.
SHOWN = 150
#: More than was ever said at one desk.
WHOLE = 100_000
#: Snippets that a key stands for.
KEYS = 9
#: Where words do not get on without a person.
STUCK = frozenset({D.REJECTED, D.FAILED, D.MISSED, D.NEEDS_HUMAN, D.HELD})


@dataclass(frozen=True, slots=True)
class Here:
    """A person at a desk, in however many tabs."""

    user: User
    is_typing: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """What stands in the way on a place: words, or without any the master post; and how many wait behind it."""

    place: LivePlace
    delivery: Delivery
    word: LiveWord | None
    behind: int

    @property
    def may_retry(self) -> bool:
        """Whether trying again is for the desk: not what nobody can tell, nor the master post."""
        return self.word is not None and self.delivery.state != D.NEEDS_HUMAN


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was said: lines in all, by whom, and what became of it on each account (sent, not sent)."""

    lines: int
    people: list[tuple[User, int]]
    places: list[tuple[str, int, int]]


@dataclass(slots=True)
class Room:
    """A desk as one person sees it."""

    desk: LiveDesk
    places: list[LivePlace]
    heads: dict[int, Delivery]
    lines: list[LiveLine]
    snippets: list[LiveSnippet]
    people: list[Here]
    rule: list[Step]
    is_let_out: bool
    may_let_out: bool
    asking: Asking | None
    can_write: bool
    troubles: list[Trouble] = field(default_factory=list)
    silences: list[Silence] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    is_cut: bool = False

    @property
    def may_speak(self) -> bool:
        """Whether the actor can say something now."""
        return self.can_write and self.desk.is_open and self.is_let_out

    @property
    def tally(self) -> Tally:
        """Count what is shown, what was taken back left out."""
        lines = [line for line in self.lines if not line.is_taken_back]
        people = Counter(line.author for line in lines)
        ends: dict[int, Counter[bool]] = {place.pk: Counter() for place in self.places}
        for word in (word for line in lines for word in line.words.all()):
            is_sent = word.delivery is not None and word.delivery.state == D.SENT
            ends[word.place_id][is_sent] += 1
        names = {place.pk: place.account.name for place in self.places}
        places = [(names[pk], count[True], count[False]) for pk, count in ends.items()]
        return Tally(len(lines), people.most_common(), places)


def room_of(actor: Actor, desk: LiveDesk, *, shown: int = SHOWN) -> Room:
    """Return how a desk that has come through its gate stands. At most eleven queries, six more for whom it asks."""
    places = list(desk.places.select_related("account", "master__post", "master__delivery"))
    heads = _heads(places)
    words = LiveWord.objects.select_related("delivery__account", "place__account")
    rows = desk.lines.select_related("author").prefetch_related(Prefetch("words", queryset=words))
    lines = list(rows.order_by("-number")[: shown + 1])
    rule = rule_of(desk)
    let_out = is_let_out(desk, rule)
    may = not let_out and may_let_out(actor, desk, rule)
    return Room(
        desk=desk, places=places, heads=heads, lines=lines[:shown], is_cut=len(lines) > shown,
        snippets=list(desk.snippets.all()), people=people_at(desk), rule=rule,
        is_let_out=let_out, may_let_out=may,
        asking=asked_of(actor, [(desk, rule)]).get(desk.pk) if may and desk.is_open else None,
        can_write=actor.can(Ability.WRITE_POSTS, desk.unit_id),
        troubles=_troubles(desk, places, heads),
        silences=silences_of(places),
        holds=holds_over(desk, places),
    )  # fmt: skip


def people_at(desk: LiveDesk) -> list[Here]:
    """Return who is at a desk, each once, by name. One query."""
    tabs = desk.presences.filter(seen_at__gt=now() - SILENT_AFTER).select_related("user")
    found: dict[int, Here] = {}
    for tab in tabs.order_by("user__nickname", "id"):
        known = found.get(tab.user_id)
        found[tab.user_id] = Here(tab.user, tab.is_typing or bool(known and known.is_typing))
    return list(found.values())


def _heads(places: Iterable[LivePlace]) -> dict[int, Delivery]:
    """Return the last of what each master post puts on its account, by place. One query."""
    masters = {place.pk: place.master for place in places if place.master is not None}
    targets = [target.pk for target in masters.values()]
    parts = PostPart.objects.filter(target__in=targets, delivery__isnull=False)
    last: dict[int, Delivery] = {}
    for part in parts.select_related("delivery").order_by("position"):
        if part.delivery is not None and part.delivery.state != D.CANCELLED:
            last[part.target_id] = part.delivery
    heads = {pk: last.get(target.pk) or target.delivery for pk, target in masters.items()}
    return {pk: head for pk, head in heads.items() if head is not None}


def _troubles(
    desk: LiveDesk, places: Iterable[LivePlace], heads: dict[int, Delivery]
) -> list[Trouble]:
    """Return what stands in the way, one for each place: the oldest that does not get on without a person."""
    rows = LiveWord.objects.filter(
        place__desk=desk, is_skipped=False, line__is_taken_back=False,
        delivery__state__in=STUCK | UNBEGUN,
    )  # fmt: skip
    by_place: dict[int, list[LiveWord]] = {}
    for word in rows.select_related("delivery", "line__author").order_by("line__number"):
        by_place.setdefault(word.place_id, []).append(word)
    found = (_trouble(one, heads.get(one.pk), by_place.get(one.pk, [])) for one in places)
    return [trouble for trouble in found if trouble is not None]


def _trouble(place: LivePlace, head: Delivery | None, words: list[LiveWord]) -> Trouble | None:
    waiting = sum(_waits(word.delivery) for word in words)
    if head is not None and head.state in (STUCK | {D.CANCELLED}) - {D.HELD}:
        return Trouble(place, head, None, waiting)
    for word in words:
        if word.delivery is not None and word.delivery.state in STUCK:
            return Trouble(place, word.delivery, word, waiting - _waits(word.delivery))
    return None


def _waits(delivery: Delivery | None) -> bool:
    return delivery is not None and (
        delivery.state in UNBEGUN
        or (delivery.state == D.MISSED and delivery.reason_code == "before_failed")
    )
