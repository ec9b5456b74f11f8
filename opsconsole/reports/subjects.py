"""What an act was about: found again for those who may still see it, and searched by its words."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from campaigns.selectors.campaigns import campaigns_for
from campaigns.selectors.imports import imports_for
from campaigns.selectors.library import images_for
from campaigns.selectors.live import desks_for
from campaigns.selectors.posts import posts_for
from campaigns.selectors.series import series_of
from channels.selectors.accounts import accounts_for
from channels.selectors.deliveries import deliveries_for
from channels.selectors.holds import hold_title, holds_for
from inbox.selectors.access import conversations_for
from inbox.selectors.saved_replies import saved_replies_for
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import Actor
from opsconsole.people.models import BusinessUnit, User
from opsconsole.people.roles import Ability

Gate = Callable[[Actor], QuerySet[Any]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A sort of subject: its name, its gate, which columns hold its words, and its screen."""

    name: Promise
    gate: Gate
    label: Callable[[Any], object]
    words: tuple[str, ...]
    url_name: str = ""
    ability: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What an act was about, as it may be shown; without a label it is out of reach by now."""

    kind: Promise | str
    label: str = ""
    url: str = ""


KINDS: dict[str, Kind] = {
    "inbox.conversation": Kind(
        _("Conversation"), conversations_for, lambda row: row.contact,
        ("contact__name", "contact__handle", "preview"), "inbox:conversation",
    ),
    "inbox.savedreply": Kind(
        _("Saved reply"), saved_replies_for, lambda row: row.title, ("title", "shortcut"),
        "inbox:saved_reply",
    ),
    "campaigns.post": Kind(
        _("Post"), lambda actor: posts_for(actor).prefetch_related(None),
        lambda row: row.title or row.body, ("title", "body"), "campaigns:post",
    ),
    "campaigns.campaign": Kind(
        _("Campaign"), campaigns_for, lambda row: row.name, ("name", "goal"),
        "campaigns:campaign",
    ),
    "campaigns.livedesk": Kind(
        _("Live desk"), desks_for, lambda row: row.name, ("name",), "livedesk:desk",
    ),
    "campaigns.libraryimage": Kind(
        _("Library image"), images_for, lambda row: row.name, ("name", "alt_text", "rights"),
        "campaigns:library_item",
    ),
    "campaigns.series": Kind(
        _("Series"), lambda actor: series_of(actor).prefetch_related(None),
        lambda row: row, ("title",), "campaigns:series",
    ),
    "campaigns.import": Kind(
        _("Import"), imports_for, lambda row: row.name, ("name",), "campaigns:import",
    ),
    "channels.channelaccount": Kind(
        _("Account"), accounts_for, lambda row: row.name, ("name", "handle"), "channels:account",
    ),
    "channels.delivery": Kind(
        _("Delivery"), deliveries_for, lambda row: row.text or row.title,
        ("text", "title", "account__name"), "channels:delivery",
    ),
    "channels.hold": Kind(
        _("Hold"), holds_for, hold_title, ("phrase", "reason"), "channels:hold",
    ),
    "people.user": Kind(
        _("Person"), lambda _actor: User.objects.all(), lambda row: row,
        ("username", "nickname"), "people:person", Ability.MANAGE_PEOPLE,
    ),
    "people.businessunit": Kind(
        _("Unit"), lambda _actor: BusinessUnit.objects.all(), lambda row: row.name,
        ("slug", "name_ko", "name_en"),
    ),
}  # fmt: skip


def subjects_of(actor: Actor, rows: Iterable[Activity]) -> dict[tuple[str, int], Subject]:
    """Return the subjects of some acts by type and number. One query for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        wanted[row.subject_type].add(row.subject_id)
    return {
        (name, pk): subject
        for name, numbers in wanted.items()
        for pk, subject in _named(actor, name, numbers).items()
    }


def _named(actor: Actor, name: str, numbers: set[int]) -> dict[int, Subject]:
    kind = KINDS.get(name)
    if kind is None:
        return {}
    found = kind.gate(actor).filter(pk__in=numbers)
    return dict.fromkeys(numbers, Subject(kind.name)) | {
        row.pk: Subject(kind.name, _label(kind, row), _url(actor, kind, row)) for row in found
    }


def _label(kind: Kind, row: Model) -> str:
    return Truncator(" ".join(str(kind.label(row)).split())).chars(60)


def _url(actor: Actor, kind: Kind, row: Model) -> str:
    if not kind.url_name or (kind.ability and not actor.can(kind.ability)):
        return ""
    try:
        return reverse(kind.url_name, args=[row.pk])
    except NoReverseMatch:
        return ""


def about(actor: Actor, text: str) -> Q:
    """Return the condition that an act was about something with these words, within reach."""
    found = Q()
    for name, kind in KINDS.items():
        words = Q()
        for column in kind.words:
            words |= Q(**{f"{column}__icontains": text})
        rows = kind.gate(actor).filter(words).values("pk")
        found |= Q(subject_type=name, subject_id__in=rows)
    return found
