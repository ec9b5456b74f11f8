"""From what was typed into the search field to what is to be looked for: names become numbers."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from channels.lifecycle import ChannelKind
from channels.selectors.accounts import accounts_for
from inbox.models import Tag
from inbox.search.language import Asked, Misunderstood, understood
from inbox.search.words import folded
from inbox.selectors.filters import ME, NOBODY, QueueFilter, day_start
from inbox.selectors.names import contacts_named
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.people.directory import colleague_page
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import units_within

#: What may follow "is:", in both languages.
STATES = {
    "open": "open", "열림": "open", "mine": "mine", "내": "mine",
    "unassigned": "unassigned", "미배정": "unassigned",
    "answered": "waiting", "답변": "waiting", "snoozed": "snoozed", "보류": "snoozed",
    "resolved": "resolved", "완료": "resolved",
}  # fmt: skip
_CHANNELS = {
    "x": ChannelKind.X, "트위터": ChannelKind.X, "twitter": ChannelKind.X,
    "facebook": ChannelKind.FACEBOOK, "페이스북": ChannelKind.FACEBOOK, "fb": ChannelKind.FACEBOOK,
    "blog": ChannelKind.BLOG, "블로그": ChannelKind.BLOG, "feed": ChannelKind.FEED,
}  # fmt: skip
#: Customers that one "from:" goes by, lately seen first.
MOST_SENDERS = 500


@dataclass(frozen=True, slots=True)
class Search:
    """A search ready to be made: the filters with its operators in them, and its words."""

    filters: QueueFilter
    words: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    since: datetime | None = None
    before: datetime | None = None

    @property
    def has_words(self) -> bool:
        """Whether lines have to be looked through at all."""
        return bool(self.words or self.excluded)


def search_of(actor: Actor, filters: QueueFilter) -> Search:
    """Understand the filter's text; Invalid says in a sentence what makes no sense."""
    if not filters.text:
        return Search(filters)
    try:
        asked = understood(filters.text)
    except Misunderstood as problem:
        raise Invalid(_sentence(problem), code=problem.code, field="text") from problem
    for name, given in asked.values.items():
        filters = replace(filters, **_OPERATORS[name](actor, given))
    return _timed(filters, asked)


def _timed(filters: QueueFilter, asked: Asked) -> Search:
    since = day_start(asked.since) if asked.since else None
    before = day_start(asked.until) if asked.until else None
    return Search(filters, asked.words, asked.excluded, since, before)


def _sentence(problem: Misunderstood) -> str:
    word = {"word": problem.word}
    return {
        "unknown_operator": _(
            "“%(word)s:” is no search word. There are from:, unit:, tag:, channel:, account:, "
            "assignee:, is:, before: and after:."
        ),
        "excluded_operator": _("“%(word)s:” cannot be excluded; only words can."),
        "empty_operator": _("Write something after “%(word)s:”."),
        "not_a_day": _("“%(word)s” is no date. Write it like 2026-11-25, 2026-11 or 2026."),
        "only_excluded": _("Say what to look for besides what to leave out (“%(word)s”)."),
        "too_many_words": _("A search takes at most %(word)s words."),
    }[problem.code] % word


def _unknown(given: str) -> Invalid:
    return Invalid(
        _("Nothing here is called “%(name)s”.") % {"name": given},
        code="unknown_name",
        field="text",
    )


def _from(_actor: Actor, given: str) -> dict[str, Any]:
    found = contacts_named([folded(given.lstrip("@"))], limit=MOST_SENDERS)
    if found is None:
        raise Invalid(
            _("Write at least two letters of the name after “from:”."),
            code="too_short",
            field="text",
        )
    return {"contacts": tuple(found)}


def _unit(actor: Actor, given: str) -> dict[str, Any]:
    named = Q(slug__iexact=given) | Q(name_ko__iexact=given) | Q(name_en__iexact=given)
    found = units_within(actor, Ability.READ_INBOX).filter(named).first()
    if found is None:
        raise _unknown(given)
    return {"unit": found.pk}


def _tag(_actor: Actor, given: str) -> dict[str, Any]:
    found = Tag.objects.filter(name__iexact=given.lstrip("#")).first()
    if found is None:
        raise _unknown(given)
    return {"tag": found.pk}


def _channel(_actor: Actor, given: str) -> dict[str, Any]:
    kind = _CHANNELS.get(given.casefold())
    if kind is None:
        raise _unknown(given)
    return {"channel": kind}


def _account(actor: Actor, given: str) -> dict[str, Any]:
    name = given.lstrip("@").casefold()
    for account in accounts_for(actor, Ability.READ_INBOX):
        if name in {account.name.lstrip("@").casefold(), account.handle.lstrip("@").casefold()}:
            return {"account": account.pk}
    raise _unknown(given)


def _assignee(actor: Actor, given: str) -> dict[str, Any]:
    name = given.lstrip("@").casefold()
    if name in {ME, NOBODY, "나", "없음"}:
        return {"assignee": {"나": ME, "없음": NOBODY}.get(name, name)}
    for person in colleague_page(actor, size=200).rows:
        if name in {person.username.casefold(), person.nickname.casefold()}:
            return {"assignee": person.pk}
    raise _unknown(given)


def _is(_actor: Actor, given: str) -> dict[str, Any]:
    name = given.casefold()
    if name in STATES:
        return {"view": STATES[name]}
    if name in {"overdue", "지연"}:
        return {"clock": "overdue"}
    if name == "vip":
        return {"vip": True}
    raise _unknown(given)


_OPERATORS: dict[str, Callable[[Actor, str], dict[str, Any]]] = {
    "from": _from, "unit": _unit, "tag": _tag, "channel": _channel, "account": _account,
    "assignee": _assignee, "is": _is,
}  # fmt: skip
