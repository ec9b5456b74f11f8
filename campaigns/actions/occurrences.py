"""Writing the posts of a series ahead: one for each local date, however many write at once."""

import logging
from datetime import date, datetime
from uuid import uuid4

from django.db import IntegrityError, transaction

from campaigns.actions.posts import (
    post_cancel,
    post_create,
    post_schedule,
    post_unschedule,
    post_update,
)
from campaigns.calendar import wall_time
from campaigns.contents import Content, with_settings
from campaigns.lifecycle import PostState
from campaigns.models import Post, Series
from campaigns.recurrence import Occurrence, occurrences
from campaigns.selectors.campaigns import campaign_for_posts_of
from campaigns.selectors.series import horizon_of, series_to_write, settings_on, wording_of
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit

logger = logging.getLogger(__name__)

S = PostState
#: Posts of one series written in one transaction.
BATCH = 20


def console_for(series: Series) -> Actor:
    """Return the console writing in the name of the series' author, whatever became of their role."""
    return Actor(kind="system", name="system", user_id=series.author_id)


def series_write_due(limit: int = 50) -> int:
    """Write posts ahead for the series that need it. Returns how many posts were written or changed.

    Several may call at once: a series that somebody else holds is left to them.
    """
    return sum(_write_one(pk) for pk in series_to_write(now(), limit))


def _write_one(series_id: int) -> int:
    with transaction.atomic():
        rows = Series.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
        series = rows.filter(pk=series_id, ended_at=None).first()
        if series is None:
            return 0
        done = write_ahead(series, now(), most=BATCH)
        if done:
            hint_on_commit("series", units=[series.unit_id], id=series.pk, version=series.version)
    return done


def write_ahead(series: Series, at: datetime, *, most: int, is_strict: bool = False) -> int:
    """Bring the posts of a locked series up to date as far as its horizon; returns how many changed.

    Stops after `most`, to be called again. With `is_strict` a post that cannot be scheduled raises
    Invalid; otherwise it stays a draft that says why.
    """
    horizon = horizon_of(series, at)
    wanted = [
        one
        for one in _until(series, horizon.isoformat())
        if one.at > at and one.key not in series.skipped
    ]
    present = {str(post.occurrence_key): post for post in _coming(series, at)}
    _drop_unwanted(series, present, {one.key for one in wanted}, at)
    done = 0
    for one in wanted:
        if _needs_work(series, present.get(one.key)):
            if done == most:
                _note(series, written_to=None)
                return done
            done += _bring(series, one, present.get(one.key), is_strict)
    _note(series, written_to=horizon)
    return done


def give_up(actor: Actor, post: Post) -> bool:
    """Cancel a post that has not left; False when it is under way or over."""
    if post.state == S.CANCELLED:
        return True
    try:
        with transaction.atomic():
            post_cancel(actor, post_id=post.pk)
    except Conflict:
        return False
    return True


def _until(series: Series, last: str) -> list[Occurrence]:
    found = []
    for one in occurrences(series.rule, series.first_number):
        if one.key > last:
            break
        found.append(one)
    return found


def _coming(series: Series, at: datetime) -> list[Post]:
    """Lock the posts of today and later: nobody edits one while it is written anew."""
    today = wall_time(at, series.time_zone).date().isoformat()
    return list(series.posts.filter(occurrence_key__gte=today).order_by("pk").select_for_update())


def _needs_work(series: Series, post: Post | None) -> bool:
    """Say whether a date has no post yet, or one from before a change that nobody touched since."""
    if post is None:
        return True
    is_ours = post.state == S.SCHEDULED or (post.state == S.DRAFT and bool(post.trouble))
    return is_ours and not post.is_detached and post.series_revision < series.revision


def _drop_unwanted(
    series: Series, present: dict[str, Post], wanted: set[str], at: datetime
) -> None:
    """Give up posts for dates that a changed rule no longer falls on, and free their place."""
    for key, post in present.items():
        if key in wanted or not _needs_work(series, post):
            continue
        is_coming = post.publish_at is None or post.publish_at > at
        if is_coming and give_up(console_for(series), post):
            Post.objects.filter(pk=post.pk).update(occurrence_key=None)


def _bring(series: Series, one: Occurrence, post: Post | None, is_strict: bool) -> bool:
    """Write or rewrite the post of one date, and schedule it. What is under way goes out as it was.

    Says whether anything was written: what cannot be must not be tried for ever.
    """
    actor = console_for(series)
    try:
        with transaction.atomic():
            row = _put(series, one, post)
            if row.state == S.DRAFT:
                post_schedule(actor, post_id=row.pk)
    except (Conflict, IntegrityError):
        return False
    except Invalid as error:
        if is_strict:
            raise
        return _put_aside(series, one, post, error)
    return True


def _put_aside(series: Series, one: Occurrence, post: Post | None, error: Invalid) -> bool:
    """Keep what cannot be scheduled as a draft that says why: old words must not go out instead."""
    try:
        with transaction.atomic():
            if post is not None and post.state == S.SCHEDULED:
                post = post_unschedule(console_for(series), post_id=post.pk)
            row = _put(series, one, post)
            Post.objects.filter(pk=row.pk).update(trouble=error.code)
    except (Conflict, IntegrityError):
        return False
    except Invalid:
        logger.warning("series %d: nothing could be written for %s", series.pk, one.key)
        return False
    return True


def _put(series: Series, one: Occurrence, post: Post | None) -> Post:
    content = content_of(series, one)
    actor = console_for(series)
    if post is None:
        post = post_create(actor, unit_id=series.unit_id, content=content, request_key=uuid4())
    else:
        post = post_update(actor, post_id=post.pk, content=content, version=post.version)
    Post.objects.filter(pk=post.pk).update(
        series=series, occurrence_key=one.key, series_revision=series.revision,
        is_detached=False, trouble="",
    )  # fmt: skip
    return post


def content_of(series: Series, one: Occurrence) -> Content:
    """Return what the post of one date says, where and when."""
    body, wording = wording_of(series, one)
    content = Content(
        title=series.title,
        body=body,
        account_ids=[account.pk for account in series.accounts.all()],
        wording=wording,
        local_time=datetime.combine(one.day, series.clock),
        time_zone=series.time_zone,
        campaign=_campaign(series),
        lateness=series.lateness,
    )
    return with_settings(content, settings_on(series, one))


def _campaign(series: Series) -> int | None:
    """Return the campaign of the posts, as long as it takes any."""
    if series.campaign_id is None:
        return None
    found = campaign_for_posts_of(console_for(series), series.campaign_id, series.unit_id)
    return found.pk if found else None


def _note(series: Series, *, written_to: date | None) -> None:
    series.written_to = written_to
    Series.objects.filter(pk=series.pk).update(written_to=written_to)
