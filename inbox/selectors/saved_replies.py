"""Saved replies within reach: the list to look after, and what is offered while somebody types."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from inbox.models import Conversation, SavedReply
from inbox.saving import Filled, fill
from inbox.selectors.access import conversation_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotFound
from opsconsole.kernel.pagination import KeysetPage, cut, decode
from opsconsole.people.models import BusinessUnit
from opsconsole.people.roles import Ability

#: As many as fit above the text without scrolling.
OFFERED = 8


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """Which saved replies to list. Empty means no restriction, except that archived ones are left out."""

    text: str = ""
    unit: int | None = None
    language: str = ""
    whose: str = ""  # mine, shared
    state: str = ""  # archived


@dataclass(frozen=True, slots=True)
class Offer:
    """A saved reply as it would read in this conversation."""

    saved: SavedReply
    filled: Filled


def saved_replies_for(actor: Actor) -> QuerySet[SavedReply]:
    """Return one's own, and those shared by units whose inbox one reads or by all units."""
    rows = SavedReply.objects.select_related("unit", "owner")
    if not actor.can(Ability.READ_INBOX):
        return rows.none()
    units = actor.units(Ability.READ_INBOX)
    here = Q() if units is None else Q(unit__isnull=True) | Q(unit__in=units)
    return rows.filter(Q(owner_id=actor.user_id) | Q(owner__isnull=True), here)


def saved_reply_for(actor: Actor, saved_reply_id: int, *, lock: bool = False) -> SavedReply:
    """Return one within reach, archived or not; NotFound for any other."""
    rows = saved_replies_for(actor).filter(pk=saved_reply_id)
    found = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise NotFound
    return found


def may_change(actor: Actor, saved: SavedReply) -> bool:
    """Say whether the actor may edit and archive it: one's own, or what one's units share as a manager."""
    if saved.owner_id is not None:
        return saved.owner_id == actor.user_id
    return may_share(actor, saved.unit_id)


def may_share(actor: Actor, unit_id: int | None) -> bool:
    """Say whether the actor may keep saved replies that a unit, or every unit, shares."""
    if unit_id is None:
        return actor.everywhere(Ability.MANAGE_DESK)
    return actor.can(Ability.MANAGE_DESK, unit_id)


def saved_reply_page(
    actor: Actor, filters: SavedFilter, *, cursor: str = "", size: int = 50
) -> KeysetPage[SavedReply]:
    """Return one page, by title."""
    rows = saved_replies_for(actor).filter(archived_at__isnull=filters.state != "archived")
    if filters.text:
        rows = rows.filter(_says(filters.text))
    if filters.unit is not None:
        rows = rows.filter(Q(unit=filters.unit) | Q(unit__isnull=True))
    if filters.language:
        rows = rows.filter(language__in=[filters.language, ""])
    if filters.whose:
        rows = rows.filter(owner__isnull=filters.whose == "shared")
    if cursor:
        title, pk = decode(cursor, 2)
        if not pk.isdigit():
            raise Invalid(code="bad_cursor")
        rows = rows.filter(Q(title__gt=title) | Q(title=title, pk__gt=int(pk)))
    page = rows.order_by("title", "pk")[: size + 1]
    return cut(page, size, lambda row: [row.title, row.pk])


def _says(words: str) -> Q:
    found = Q()
    for column in ("title", "shortcut", "text"):
        found |= Q(**{f"{column}__icontains": words})
    return found


def offers(actor: Actor, conversation_id: int, words: str) -> list[Offer]:
    """Return what fits the words behind a slash, filled in for this conversation. Two queries.

    The customer's language comes first, then what begins as typed, then what is used most.
    """
    conversation = conversation_for(actor, conversation_id)
    rows = saved_replies_for(actor).filter(
        Q(unit__isnull=True) | Q(unit=conversation.unit_id), archived_at__isnull=True
    )
    words = words.strip()[:80]
    if words:
        rows = rows.filter(_says(words))
    language = conversation.language[:2]
    ranked = rows.annotate(
        strangeness=_rank(Q(language=language), Q(language="")),
        distance=_rank(Q(shortcut__istartswith=words), Q(title__istartswith=words)),
    ).order_by("strangeness", "distance", "-used_count", "title", "pk")
    return [Offer(row, filled_in(actor, row, conversation)) for row in ranked[:OFFERED]]


def _rank(best: Q, good: Q) -> Any:
    return Case(
        When(best, then=Value(0)), When(good, then=Value(1)), default=Value(2),
        output_field=IntegerField(),
    )  # fmt: skip


def filled_in(actor: Actor, saved: SavedReply, conversation: Conversation) -> Filled:
    """Return a saved reply as it reads in a conversation, in the language it is written in."""
    language = saved.language or conversation.language[:2]
    contact = conversation.contact
    values = {
        "customer": contact.name or (f"@{contact.handle}" if contact.handle else ""),
        "operator": actor.name,
        "unit": _named(conversation.unit, language),
        "account": conversation.account.name,
        "today": _today(language),
    }
    return fill(saved.text, values)


def _named(unit: BusinessUnit, language: str) -> str:
    return unit.name_ko if language == "ko" else unit.name_en


def _today(language: str) -> str:
    with translation.override("ko" if language == "ko" else "en"):
        return date_format(localtime(now()), "MONTH_DAY_FORMAT")
