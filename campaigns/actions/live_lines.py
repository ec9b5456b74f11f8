"""Saying something at a live desk, and taking it back in the seconds before it leaves."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext_lazy as _

from campaigns.actions.live_chain import chain_mend, permit_of_desk, word_ask
from campaigns.models import LiveDesk, LiveLine, LivePlace, LiveSnippet, LiveWord
from campaigns.selectors.live import desk_for, is_let_out, line_of, rule_of, tail_of
from campaigns.slots import reads_alike
from channels.actions.deliveries import delivery_withdraw
from channels.lifecycle import DeliveryState
from channels.models import Delivery
from channels.registry import capabilities_for
from channels.types import OutgoingKind
from guidelines.checks import Severity, run_all
from guidelines.phrases import sentence
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import SYSTEM, Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

#: For so long everything said can be taken back.
UNDO = timedelta(seconds=5)
#: The same words on the same account must lie this far apart: reading a platform back goes by words.
SAME_TEXT_APART = timedelta(hours=24)
#: Within this time nearly the same from somebody else is pointed out.
ALIKE_WITHIN = timedelta(minutes=3)
#: Why a delivery was cancelled: its author took the words back.
UNDONE = "undone"
#: What whoever was told that it had nearly been said already says to send it all the same.
ANYWAY = "nearly_same"
_GONE = [
    DeliveryState.CANCELLED,
    DeliveryState.REJECTED,
    DeliveryState.FAILED,
    DeliveryState.MISSED,
]


def line_say(
    actor: Actor,
    *,
    desk_id: int,
    text: str,
    request_key: UUID,
    place_ids: Sequence[int] | None = None,
    snippet_id: int | None = None,
    confirm: str = "",
) -> LiveLine:
    """Say something on some of a desk's accounts, or on all; it leaves after UNDO. The same key returns the first.

    Two who speak at once are both heard, in the order in which they come to the desk's row. Conflict when
    somebody else has just said nearly the same, unless `confirm` says that this is known.
    """
    words = typed(text).strip()
    with transaction.atomic():
        desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
        first = LiveLine.objects.filter(request_key=request_key).first()
        if first is not None:
            return _same(actor, first, desk, words)
        _must_hear(desk)
        places = _places(desk, place_ids)
        for place in places:
            _check(place, words)
        snippet = _snippet(desk, snippet_id, confirm)
        if confirm != ANYWAY:
            _must_be_news(actor, desk, words)
        line = _write(actor, desk, words, request_key, snippet)
        for place in places:
            word = LiveWord(line=line, place=place)
            word.save()
            word_ask(actor, word, tail_of(place, before=line.number), permit_of_desk(desk, words))
        record(
            actor, "campaigns.live.said", desk, unit_id=desk.unit_id, line=line.number,
            accounts=[place.account_id for place in places],
        )  # fmt: skip
        desk_hint(desk)
    return line


def line_take_back(actor: Actor, *, desk_id: int, line_id: int) -> LiveLine:
    """Take back what one has said oneself, while no worker has any of it. What came after closes up.

    Compare and set against the workers that would send it: Conflict when one was faster.
    """
    with transaction.atomic():
        desk = desk_for(actor, desk_id, ability=Ability.WRITE_POSTS, lock=True)
        line = line_of(desk, line_id)
        if line.author_id != actor.user_id:
            raise NotAllowed(_("Only who said it takes it back."))
        if line.is_taken_back:
            return line
        words = list(
            line.words.filter(is_skipped=False).select_related("delivery__account", "place")
        )
        for word in words:
            if word.delivery is not None:
                delivery_withdraw(actor, delivery=word.delivery, reason_code=UNDONE)
        line.is_taken_back = True
        line.save(update_fields=["is_taken_back"])
        LiveSnippet.objects.filter(lines=line).update(is_used=False)
        for word in words:
            chain_mend(actor, desk, word.place)
        record(
            actor, "campaigns.live.taken_back", desk, unit_id=desk.unit_id, line=line.number
        )  # fmt: skip
        desk_hint(desk)
    return line


def live_settle(limit: int = 100) -> int:
    """Take note of deliveries of desks that moved; what was stopped elsewhere leaves no gap. Returns how many."""
    ours = Q(origin__startswith="live:")
    unseen = Delivery.objects.filter(ours, is_unseen=True).order_by("id")
    moved = list(unseen.values_list("pk", flat=True)[:limit])
    desks = LiveDesk.objects.filter(lines__words__delivery__in=moved).order_by("pk").distinct()
    settled = sum(_settle(pk, moved) for pk in list(desks.values_list("pk", flat=True)))
    return settled + unseen.filter(pk__in=moved, live_word=None).update(is_unseen=False)


def _settle(desk_id: int, moved: list[int]) -> int:
    """Desk first, deliveries second, as everybody locks them. A desk that is busy waits for the next sweep."""
    with transaction.atomic():
        desk = LiveDesk.objects.select_for_update(skip_locked=True).filter(pk=desk_id).first()
        if desk is None:
            return 0
        rows = Delivery.objects.filter(pk__in=moved, live_word__line__desk=desk)
        found = list(rows.select_for_update(of=("self",)).order_by("pk"))
        Delivery.objects.filter(pk__in=[row.pk for row in found]).update(is_unseen=False)
        stopped = [row.pk for row in found if row.state == DeliveryState.CANCELLED]
        for place in desk.places.filter(words__delivery__in=stopped).distinct():
            chain_mend(SYSTEM, desk, place)
        desk_hint(desk)
    return len(found)


def desk_hint(desk: LiveDesk) -> None:
    """Tell open screens that a desk has changed."""
    hint_on_commit("livedesk", units=[desk.unit_id], id=desk.pk)


def _must_hear(desk: LiveDesk) -> None:
    if not desk.is_open:
        raise Conflict(_("This desk is closed. Reopen it first."), code="closed")
    if not is_let_out(desk, rule_of(desk)):
        raise Conflict(
            _("Somebody who approves posts here has to let this desk out first."),
            code="not_let_out",
        )


def _same(actor: Actor, line: LiveLine, desk: LiveDesk, words: str) -> LiveLine:
    """Return the line that a key stands for, when it was meant."""
    if (line.author_id, line.desk_id, line.text) != (actor.person_id, desk.pk, words):
        raise Conflict(_("This key already stands for other words."), code="key_reused")
    return line


def _places(desk: LiveDesk, chosen: Sequence[int] | None) -> list[LivePlace]:
    places = list(desk.places.select_related("account", "master"))
    if chosen is not None:
        known = {place.pk for place in places}
        if not chosen or set(chosen) - known:
            raise Invalid(_("Choose where it is said."), code="places", field="places")
        places = [place for place in places if place.pk in set(chosen)]
    return places


def _check(place: LivePlace, words: str) -> None:
    """Refuse what an account's platform would, and what was said there already; Invalid names the account."""
    account = place.account
    limits = capabilities_for(account.kind)
    for finding in run_all(words, counting=limits.counting, max_length=limits.max_length):
        if finding.severity == Severity.BLOCKER:
            message = f"{account.name}: {sentence(finding)}"
            raise Invalid(message, code=finding.code, field="text")
    ours = Q(kind=OutgoingKind.POST) | Q(follows__isnull=False)
    same = Delivery.objects.filter(
        ours, account=account, text=words, not_before__gte=now() - SAME_TEXT_APART,
        not_before__lte=now() + SAME_TEXT_APART,
    )  # fmt: skip
    if same.exclude(state__in=_GONE).exists():
        raise Invalid(
            _("%(account)s says exactly this within 24 hours already.") % {"account": account.name},
            code="same_text", field="text",
        )  # fmt: skip


def _snippet(desk: LiveDesk, snippet_id: int | None, confirm: str) -> LiveSnippet | None:
    """Take the snippet that the words began as; one that somebody else was faster with is pointed out."""
    if snippet_id is None:
        return None
    snippet = desk.snippets.filter(pk=snippet_id).first()
    if snippet is None or snippet.is_kept:
        return snippet
    if snippet.is_used and confirm != ANYWAY:
        raise Conflict(
            _("Somebody has just used this snippet."), code=ANYWAY, words=snippet.text
        )  # fmt: skip
    snippet.is_used = True
    snippet.save(update_fields=["is_used"])
    return snippet


def _must_be_news(actor: Actor, desk: LiveDesk, words: str) -> None:
    lately = desk.lines.filter(said_at__gte=now() - ALIKE_WITHIN, is_taken_back=False)
    for line in lately.exclude(author=actor.user_id).select_related("author")[:20]:
        if reads_alike(line.text, words):
            raise Conflict(
                _("%(name)s has just said nearly the same.") % {"name": line.author},
                code=ANYWAY, words=line.text,
            )  # fmt: skip


def _write(
    actor: Actor, desk: LiveDesk, words: str, request_key: UUID, snippet: LiveSnippet | None
) -> LiveLine:
    at = now()
    last = desk.lines.aggregate(last=Max("number"))["last"] or 0
    return LiveLine.objects.create(
        desk=desk, number=last + 1, author_id=actor.person_id, text=words, snippet=snippet,
        request_key=request_key, said_at=at, leaves_at=at + UNDO,
    )  # fmt: skip
