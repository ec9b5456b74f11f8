"""Posts that repeat: beginning a series, changing it, leaving a day out, ending it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import available_timezones

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions.lateness import lateness_kept
from campaigns.actions.occurrences import console_for, give_up, write_ahead
from campaigns.lifecycle import PostState
from campaigns.models import Series
from campaigns.recurrence import Frequency, Rule, days, last_day, occurrences
from campaigns.selectors.campaigns import campaign_for_posts_of
from campaigns.selectors.series import series_for
from campaigns.variables import unknown
from channels.models import ChannelAccount
from channels.registry import capabilities_for
from channels.selectors.accounts import accounts_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import typed
from opsconsole.people.models import Language
from opsconsole.people.roles import Ability

#: Occurrences, texts and steps that a rule may have.
MOST_TIMES, MOST_TEXTS, LONGEST_STEP = 1000, 50, 99
#: Occurrences written while the writer waits, so that what is wrong is told at once. A worker goes on.
AT_ONCE = 10


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """What a writer typed: texts that go round, where they go, own words per account id, and when."""

    title: str
    texts: Sequence[str]
    account_ids: Sequence[int]
    rule: Rule
    wording: Mapping[int, str] = field(default_factory=dict)
    language: str = "ko"
    campaign: int | None = None
    lateness: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


def series_create(actor: Actor, *, unit_id: int, plan: SeriesPlan, request_key: UUID) -> Series:
    """Begin a series; its first posts are scheduled when this returns, the rest soon after.

    The same key returns the first. Invalid says which field is wrong, also when the first posts
    could not be scheduled: then nothing has happened.
    """
    actor.must(Ability.WRITE_POSTS, unit_id)
    with transaction.atomic():
        at = now()
        kept = _kept(actor, plan, frozenset())
        kept["campaign_id"] = _campaign(actor, plan, unit_id, None)
        _must_come(plan.rule, at)
        series, is_new = Series.objects.get_or_create(
            request_key=request_key,
            defaults=kept
            | {
                "unit_id": unit_id, "author_id": actor.person_id, "created_at": at,
                "updated_at": at,
            },
        )  # fmt: skip
        if not is_new:
            return _same(actor, series, unit_id, kept)
        series.accounts.set(plan.account_ids)
        record(actor, "campaigns.series.created", series, unit_id=unit_id)
        _write(series, at)
    return series


def series_change(
    actor: Actor, *, series_id: int, plan: SeriesPlan, version: int, first_day: date | None = None
) -> Series:
    """Change all that is still to come, or with `first_day` that occurrence and those after it.

    Then the series ends the day before and another continues it: that one is returned. What has gone
    out, is under way, or was changed by hand stays as it is. Conflict when somebody has saved since
    `version`.
    """
    with transaction.atomic():
        series = series_for(actor, series_id, ability=Ability.WRITE_POSTS, lock=True)
        _must_be_open(series)
        if series.version != version:
            raise Conflict(_("Somebody else has changed this series meanwhile."), code="version")
        at = now()
        present = frozenset(series.accounts.values_list("pk", flat=True))
        kept = _kept(actor, plan, present)
        kept["campaign_id"] = _campaign(actor, plan, series.unit_id, series.campaign_id)
        _must_come(plan.rule, at)
        if first_day is not None and first_day > series.starts_on:
            series = _split(actor, series, first_day, kept)
        else:
            _save(series, **kept, revision=series.revision + 1, written_to=None)
        series.accounts.set(plan.account_ids)
        record(actor, "campaigns.series.changed", series, unit_id=series.unit_id)
        _write(series, at)
    return series


def series_skip(actor: Actor, *, series_id: int, day: date) -> Series:
    """Leave one date out; Conflict when its post is under way or out. Leaving it out again changes nothing."""
    with transaction.atomic():
        series = series_for(actor, series_id, ability=Ability.WRITE_POSTS, lock=True)
        _must_be_open(series)
        key = _key(series, day)
        if key in series.skipped:
            return series
        post = series.posts.filter(occurrence_key=key).first()
        if post is not None and not give_up(actor, post):
            raise Conflict(_("This occurrence has already gone out."), code="in_flight")
        _save(series, skipped=sorted({*series.skipped, key}))
        record(actor, "campaigns.series.skipped", series, unit_id=series.unit_id, day=key)
        _hint(series)
    return series


def series_restore(actor: Actor, *, series_id: int, day: date) -> Series:
    """Take a date that was left out, or whose post was cancelled, in again."""
    with transaction.atomic():
        series = series_for(actor, series_id, ability=Ability.WRITE_POSTS, lock=True)
        _must_be_open(series)
        key = _key(series, day)
        # A cancelled post never comes back to life, so its place may be taken by another.
        gone = series.posts.filter(occurrence_key=key, state=PostState.CANCELLED)
        freed = gone.update(occurrence_key=None)
        if key not in series.skipped and not freed:
            return series
        skipped = [kept for kept in series.skipped if kept != key]
        _save(series, skipped=skipped, written_to=None)
        record(actor, "campaigns.series.restored", series, unit_id=series.unit_id, day=key)
        _write(series, now())
    return series


def series_end(actor: Actor, *, series_id: int) -> Series:
    """End a series now: what is still to come is given up, what is under way goes out."""
    with transaction.atomic():
        series = series_for(actor, series_id, ability=Ability.WRITE_POSTS, lock=True)
        if series.ended_at is not None:
            return series
        for post in series.posts.filter(state__in=[PostState.DRAFT, PostState.SCHEDULED]):
            give_up(console_for(series), post)
        _save(series, ended_at=now())
        record(actor, "campaigns.series.ended", series, unit_id=series.unit_id)
        _hint(series)
    return series


def _split(actor: Actor, old: Series, first_day: date, kept: dict[str, Any]) -> Series:
    """End a series the day before and begin the one that continues it, taking its later posts along."""
    at = now()
    before = sum(1 for day in days(old.rule) if day < first_day)
    new = Series.objects.create(
        **kept, unit=old.unit, author=old.author, continues=old, request_key=uuid4(),
        first_number=old.first_number + before, skipped=old.skipped, revision=old.revision + 1,
        created_at=at, updated_at=at,
    )  # fmt: skip
    old.posts.filter(occurrence_key__gte=first_day.isoformat()).update(series=new)
    eve = date.fromordinal(first_day.toordinal() - 1)
    rule = replace(old.rule, until=eve, count=None)
    _save(old, until=eve, count=None, last_on=last_day(rule))
    return new


def _kept(actor: Actor, plan: SeriesPlan, present: frozenset[int]) -> dict[str, Any]:
    """Check what was typed and return it as columns. `present` are accounts that may stay."""
    texts = [typed(text) for text in plan.texts if text.strip()]
    _check_texts(texts, plan)
    _check_accounts(actor, plan, present)
    _check_rule(plan.rule)
    rule = plan.rule
    return {
        "title": " ".join(typed(plan.title).split())[:200],
        "texts": texts,
        "wording": {
            str(pk): typed(text)
            for pk, text in plan.wording.items()
            if text.strip() and pk in plan.account_ids
        },
        "settings": dict(plan.settings),
        "language": plan.language,
        "lateness": lateness_kept(plan.lateness),
        "frequency": rule.frequency,
        "interval": rule.interval,
        "weekdays": sorted(rule.weekdays),
        "month_day": rule.month_day,
        "nth": rule.nth,
        "starts_on": rule.starts_on,
        "clock": rule.clock,
        "time_zone": rule.zone,
        "until": rule.until,
        "count": rule.count,
        "last_on": last_day(rule),
    }


def _check_texts(texts: Sequence[str], plan: SeriesPlan) -> None:
    if not texts:
        raise Invalid(_("Write a text."), code="blank", field="body")
    if len(texts) > MOST_TEXTS:
        raise Invalid(_("These are too many texts."), code="too_many", field="more_texts")
    if plan.language not in Language.values:
        raise Invalid(_("Choose a language."), code="language", field="language")
    parts = [part for one in plan.settings.get("placing", {}).values() for part in one["parts"]]
    for text in [*texts, *plan.wording.values(), *parts]:
        for name in unknown(text):
            raise Invalid(
                _("There is no variable %(name)s.") % {"name": name}, code="variable", field="body"
            )


def _check_accounts(actor: Actor, plan: SeriesPlan, present: frozenset[int]) -> None:
    wanted = set(plan.account_ids)
    mine: list[ChannelAccount] = list(
        accounts_for(actor, Ability.WRITE_POSTS).filter(pk__in=wanted)
    )
    known = {account.pk for account in mine if capabilities_for(account.kind).can_post}
    if not wanted or wanted - known - present:
        raise Invalid(
            _("Choose at least one account you may post to."), code="accounts", field="accounts"
        )


def _campaign(actor: Actor, plan: SeriesPlan, unit_id: int, present: int | None) -> int | None:
    """Return the campaign of the posts; where the series already belongs it may stay."""
    chosen = plan.campaign
    if chosen is None or chosen == present:
        return chosen
    if campaign_for_posts_of(actor, chosen, unit_id) is None:
        raise Invalid(
            _("This unit writes no posts for that campaign."), code="campaign", field="campaign"
        )
    return chosen


def _check_rule(rule: Rule) -> None:
    """Refuse what no calendar can hold."""
    if rule.zone not in available_timezones():
        raise Invalid(_("There is no such time zone."), code="zone", field="zone")
    if not 1 <= rule.interval <= LONGEST_STEP:
        raise Invalid(_("This step is too long."), code="interval", field="interval")
    if rule.count is not None and not 1 <= rule.count <= MOST_TIMES:
        raise Invalid(_("This is too often."), code="count", field="count")
    if rule.until is not None and rule.until < rule.starts_on:
        raise Invalid(_("The end lies before the beginning."), code="until", field="until")
    is_day = rule.month_day in range(-1, 32)
    is_nth = not rule.nth or (rule.nth in {-1, 1, 2, 3, 4} and len(rule.weekdays) == 1)
    are_weekdays = all(day in range(7) for day in rule.weekdays)
    if not (is_day and is_nth and are_weekdays and rule.frequency in Frequency):
        raise Invalid(_("There is no such rule."), code="rule", field="repeats")


def _must_come(rule: Rule, at: datetime) -> None:
    if not any(found.at > at for found in occurrences(rule)):
        raise Invalid(_("No date of this rule lies ahead."), code="past", field="local_time")


def _same(actor: Actor, series: Series, unit_id: int, kept: Mapping[str, Any]) -> Series:
    """Return the series that a key stands for, when it was meant."""
    if (series.author_id, series.unit_id) != (actor.person_id, unit_id):
        raise Conflict(_("This key already stands for another series."), code="key_reused")
    if any(getattr(series, name) != value for name, value in kept.items()):
        raise Conflict(
            _("This series has been saved before with other words. Change it on its page."),
            code="key_reused",
        )
    return series


def _must_be_open(series: Series) -> None:
    if series.ended_at is not None:
        raise Conflict(_("This series has ended."), code="over")


def _key(series: Series, day: date) -> str:
    """Return the key of a date the series falls on; NotFound for any other."""
    if day not in set(days(series.rule)):
        raise NotFound
    return day.isoformat()


def _write(series: Series, at: datetime) -> None:
    write_ahead(series, at, most=AT_ONCE, is_strict=True)
    ring_on_commit("series_changed")
    _hint(series)


def _save(series: Series, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(series, name, value)
    series.version += 1
    series.updated_at = now()
    series.save()


def _hint(series: Series) -> None:
    hint_on_commit("series", units=[series.unit_id], id=series.pk, version=series.version)
