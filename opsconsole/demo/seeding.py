"""Making the demo: through the same actions as everybody, and any number of times."""

import json
from datetime import timedelta
from typing import Any
from urllib.request import urlopen
from uuid import NAMESPACE_URL, uuid5

from campaigns.actions.posts import post_create, post_schedule
from campaigns.calendar import wall_time
from campaigns.contents import Content
from campaigns.models import Post
from channels.actions.accounts import account_connect
from channels.actions.apps import app_set
from channels.actions.listening import account_listening_set
from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount
from inbox.actions.cotags import cotag_set
from inbox.actions.saved_replies import saved_reply_create
from inbox.actions.service_levels import calendar_change, policy_add
from inbox.models import CoTag, SavedReply, Tag
from inbox.selectors.service_levels import calendar_version, policies_of
from opsconsole.demo.company import HOURS, LEVELS, PASSWORD, PEOPLE, POSTS, TAGS, UNITS
from opsconsole.demo.replies import INITIALS, SAVED_REPLIES
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.people.models import BusinessUnit, Membership, User
from opsconsole.people.selectors import actor_for

#: Seconds between polls of the demo's accounts: short, so that a newcomer need not wait.
POLL_EVERY = 3
ZONE = "Asia/Seoul"
#: What the company looks for on X beside what speaks to it.
SEARCHED = "한빛텔레콤 OR 한빛모바일 OR 한빛TV"


def seed_people() -> None:
    """Make units, people, memberships and tags that are not there yet."""
    for slug, (korean, english, colour) in UNITS.items():
        names = {"name_ko": korean, "name_en": english, "colour": colour}
        BusinessUnit.objects.get_or_create(slug=slug, defaults=names)
    units = {unit.slug: unit for unit in BusinessUnit.objects.all()}
    hashed = ""
    for name, (nickname, language, memberships, _purpose) in PEOPLE.items():
        user, is_new = User.objects.get_or_create(
            username=name, defaults={"nickname": nickname, "language": language}
        )
        if not is_new:
            continue
        if not hashed:
            user.set_password(PASSWORD)
            hashed = user.password  # hashing is slow on purpose; one password, one hash
        user.password = hashed
        user.save(update_fields=["password"])
        Membership.objects.bulk_create(
            Membership(user=user, role=role, unit=units[slug] if slug else None)
            for role, slug in memberships
        )
    Tag.objects.bulk_create(
        [Tag(name=name, colour=colour) for name, colour in TAGS.items()], ignore_conflicts=True
    )


def seed_wording() -> None:
    """Give operators initials and every unit saved replies, once."""
    people = {user.username: user for user in User.objects.filter(username__in=INITIALS)}
    for name, initials in INITIALS.items():
        if not CoTag.objects.filter(user=people[name]).exists():
            actor = actor_for(people[name])
            cotag_set(actor, user_id=people[name].pk, account_id=None, initials=initials)
    sora = actor_for(people["sora"])
    units = {unit.slug: unit.pk for unit in BusinessUnit.objects.all()}
    if SavedReply.objects.filter(owner__isnull=True).exists():
        return
    for shortcut, language, slug, title, text in SAVED_REPLIES:
        saved_reply_create(
            sora, title=title, shortcut=shortcut, text=text, language=language,
            unit_id=units[slug] if slug else None, is_shared=True,
        )  # fmt: skip


def seed_clocks() -> None:
    """Give units hours and service levels, where they have none yet."""
    actor = actor_for(User.objects.get(username="admin"))
    units: dict[str | None, int | None] = {None: None}
    units |= {unit.slug: unit.pk for unit in BusinessUnit.objects.all()}
    for slug, (week, closes) in HOURS.items():
        if calendar_version(units[slug]) is None:
            country = "KR" if closes else ""
            calendar_change(actor, unit_id=units[slug], week=week, zone=ZONE, country=country)
    without = {slug for slug, pk in units.items() if not policies_of(pk).filter(unit=pk).exists()}
    for slug, channel, priority, name, targets, by_calendar in LEVELS:
        if slug in without:
            first, following, resolved = (minutes * 60 for minutes in targets)
            policy_add(
                actor, unit_id=units[slug], channel=channel, priority=priority, name=name,
                first_s=first, next_s=following, resolution_s=resolved, by_calendar=by_calendar,
            )  # fmt: skip


def seed_accounts(sandbox_url: str) -> None:
    """Connect every account of the sandbox to its unit, or give it the sandbox's present address."""
    actor = actor_for(User.objects.get(username="admin"))
    units = {unit.name_en: unit for unit in BusinessUnit.objects.all()}
    with urlopen(f"{sandbox_url}/_control/accounts", timeout=10) as answer:  # noqa: S310 - our own sandbox
        shown_accounts = json.load(answer)
    for shown in shown_accounts:
        _connect(actor, shown, units.get(shown["unit"]) or units["Corporate"])


def seed_apps(sandbox_url: str) -> None:
    """Set up our apps at the sandbox's platforms."""
    actor = actor_for(User.objects.get(username="admin"))
    with urlopen(f"{sandbox_url}/_control/apps", timeout=10) as answer:  # noqa: S310 - our own sandbox
        shown = json.load(answer)
    for kind, app in shown.items():
        app_set(actor, kind=kind, secrets=app["credentials"], base_url=app["base_url"])


def _connect(actor: Actor, shown: dict[str, Any], unit: BusinessUnit) -> None:
    kind = _kind_of(shown)
    base_url = shown["feed_url"] if kind == ChannelKind.FEED else shown["base_url"]
    known = ChannelAccount.objects.filter(kind=kind, name=_name_of(shown)).first()
    if known is None:
        secrets = {"page_access_token": shown["credentials"].get("page_token", "")}
        made = account_connect(
            actor, kind=kind, unit_id=unit.pk, name=_name_of(shown), base_url=base_url,
            secrets=secrets | shown["credentials"], poll_every=POLL_EVERY,
            history_days=None,
        )  # fmt: skip
        if kind == ChannelKind.X and unit.slug == "corporate":
            account_listening_set(actor, account_id=made.pk, query=SEARCHED, with_reposts=False)
    elif known.base_url != base_url.rstrip("/"):
        ChannelAccount.objects.filter(pk=known.pk).update(base_url=base_url.rstrip("/"))


def _kind_of(shown: dict[str, Any]) -> ChannelKind:
    if shown["platform"] == "wordpress":
        return ChannelKind.BLOG if shown["rest"] else ChannelKind.FEED
    return ChannelKind(shown["platform"])


def _name_of(shown: dict[str, Any]) -> str:
    handle = shown.get("handle")
    return f"@{handle}" if shown["platform"] == "x" else str(shown["title"])


def seed_posts() -> None:
    """Schedule a few posts, once."""
    actor = actor_for(User.objects.get(username="jiho"))
    unit = BusinessUnit.objects.get(slug="corporate")
    accounts = ChannelAccount.objects.filter(unit=unit).exclude(kind=ChannelKind.FEED)
    chosen = [account.pk for account in accounts]
    for title, body, minutes in POSTS:
        key = uuid5(NAMESPACE_URL, f"demo:{title}")
        if Post.objects.filter(request_key=key).exists():
            continue
        at = wall_time(now() + timedelta(minutes=minutes), ZONE).replace(second=0, microsecond=0)
        content = Content(title=title, body=body, account_ids=chosen, local_time=at)
        post = post_create(actor, unit_id=unit.pk, content=content, request_key=key)
        post_schedule(actor, post_id=post.pk)
