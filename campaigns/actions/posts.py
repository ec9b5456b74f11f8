"""Writing, scheduling and stopping posts. Sending is the channels' business."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaigns.actions.approvals import (
    approval_open,
    approvals_void,
    approvals_withdraw,
    must_be_let_out,
)
from campaigns.actions.arranging import deliveries_arrange
from campaigns.actions.lateness import lateness_kept
from campaigns.actions.news import news_write, owners_of
from campaigns.actions.picturing import pictures_as_kept, pictures_set
from campaigns.actions.placing import parts_of, placements_set
from campaigns.actions.revisions import latest_revision, revision_begin, revision_keep
from campaigns.calendar import instant
from campaigns.contents import PLAIN, Content, Placing
from campaigns.lifecycle import POST, PostState
from campaigns.models import Post, PostPart
from campaigns.news import NewsKind
from campaigns.selectors.campaigns import campaign_for_posts_of
from campaigns.selectors.posts import content_of, deliveries_of, post_for
from channels.actions.deliveries import delivery_withdraw
from channels.lifecycle import SETTLED, STOPPABLE
from channels.models import Delivery
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

S = PostState


def post_create(actor: Actor, *, unit_id: int, content: Content, request_key: UUID) -> Post:
    """Write a draft. The same key with the same words returns the first; with others it is a Conflict."""
    actor.must(Ability.WRITE_POSTS, unit_id)
    with transaction.atomic():
        at = now()
        post, is_new = Post.objects.get_or_create(
            request_key=request_key,
            defaults={
                "unit_id": unit_id,
                "author_id": actor.person_id,
                "title": _title(content),
                "body": typed(content.body),
                "local_time": _kept(content.local_time),
                "time_zone": content.time_zone,
                "campaign_id": _campaign(actor, content.campaign, unit_id),
                **_settings(content),
                "created_at": at,
                "updated_at": at,
            },
        )
        if not is_new:
            return _same(actor, post, unit_id, content)
        placements_set(actor, post, content)
        pictures_set(actor, post, content)
        revision_keep(actor, post)
        record(actor, "campaigns.post.created", post, unit_id=unit_id)
        _hint(post)
    return post


def post_update(
    actor: Actor, *, post_id: int, content: Content, version: int, brought_back: int | None = None
) -> Post:
    """Change a post; a scheduled one with its deliveries, as long as none is under way.

    Conflict when somebody else has saved since `version`. `brought_back` is the revision it repeats.
    """
    with transaction.atomic():
        post = post_for(actor, post_id, ability=Ability.WRITE_POSTS, lock=True)
        if post.version != version:
            raise Conflict(_("Somebody else has changed this post meanwhile."), code="version")
        if post.state not in {S.DRAFT, S.SCHEDULED}:
            raise Conflict(_("This post can no longer be changed."), code="over")
        revision_begin(post)
        _save(
            post, title=_title(content), body=typed(content.body), local_time=_kept(content.local_time),
            time_zone=content.time_zone, is_detached=post.series_id is not None,
            campaign_id=_campaign(actor, content.campaign, post.unit_id, post.campaign_id),
            **_settings(content),
        )  # fmt: skip
        placements_set(actor, post, content)
        pictures_set(actor, post, content)
        revision, is_new = revision_keep(actor, post, brought_back=brought_back)
        if is_new:
            approvals_void(actor, post, revision.digest)
        if post.state == S.SCHEDULED:
            _arrange(actor, post, _future(content.local_time, content.time_zone))
        record(actor, "campaigns.post.updated", post, unit_id=post.unit_id)
        _hint(post)
    return post


def post_schedule(actor: Actor, *, post_id: int) -> Post:
    """Set a draft on its way to its time."""
    with transaction.atomic():
        post = post_for(actor, post_id, ability=Ability.WRITE_POSTS, lock=True)
        _must_move(post, S.SCHEDULED)
        revision_begin(post)
        local = datetime.fromisoformat(post.local_time) if post.local_time else None
        _arrange(actor, post, _future(local, post.time_zone))
        record(
            actor, "campaigns.post.scheduled", post, unit_id=post.unit_id, at=str(post.publish_at)
        )
        _hint(post)
    return post


def post_send_now(actor: Actor, *, post_id: int) -> Post:
    """Send a draft, or a scheduled post, without waiting for its time."""
    with transaction.atomic():
        post = post_for(actor, post_id, ability=Ability.WRITE_POSTS, lock=True)
        if post.state != S.SCHEDULED:
            _must_move(post, S.SCHEDULED)
        revision_begin(post)
        must_be_let_out(post, latest_revision(post).digest)
        _arrange(actor, post, now())
        record(actor, "campaigns.post.sent_now", post, unit_id=post.unit_id)
        _hint(post)
    return post


def post_unschedule(actor: Actor, *, post_id: int) -> Post:
    """Take a scheduled post back to a draft; Conflict once any placement is under way."""
    with transaction.atomic():
        post = post_for(actor, post_id, ability=Ability.WRITE_POSTS, lock=True)
        _must_move(post, S.DRAFT)
        _withdraw(actor, post)
        _save(post, state=S.DRAFT, publish_at=None)
        record(actor, "campaigns.post.unscheduled", post, unit_id=post.unit_id)
        _hint(post)
    return post


def post_cancel(actor: Actor, *, post_id: int) -> Post:
    """Give a post up; Conflict once any placement is under way."""
    with transaction.atomic():
        post = post_for(actor, post_id, ability=Ability.WRITE_POSTS, lock=True)
        if post.state == S.CANCELLED:
            return post
        _must_move(post, S.CANCELLED)
        _withdraw(actor, post)
        approvals_withdraw(actor, post)
        _save(post, state=S.CANCELLED)
        record(actor, "campaigns.post.cancelled", post, unit_id=post.unit_id)
        _hint(post)
    return post


def posts_settle(limit: int = 100) -> int:
    """Close posts all of whose placements are settled. Returns how many deliveries were looked at."""
    ours = Q(origin__startswith="target:") | Q(origin__startswith="part:")
    unseen = Delivery.objects.filter(ours, is_unseen=True).order_by("id")
    moved = list(unseen.values_list("pk", flat=True)[:limit])
    placed = Q(targets__delivery__in=moved) | Q(targets__parts__delivery__in=moved)
    posts = Post.objects.filter(placed).order_by("id").distinct()
    settled = sum(_settle(pk) for pk in list(posts.values_list("pk", flat=True)))
    left = unseen.filter(pk__in=moved, post_target=None, post_part=None)
    withdrawn = left.update(is_unseen=False)
    return settled + withdrawn


def _settle(post_id: int) -> int:
    """Post first, deliveries second, as everybody locks them. A post being changed waits for the next sweep."""
    with transaction.atomic():
        post = Post.objects.select_for_update(skip_locked=True).filter(pk=post_id).first()
        if post is None:
            return 0
        deliveries = list(deliveries_of(post).select_for_update(of=("self",)).order_by("id"))
        _tell_missed(post, deliveries)
        is_over = bool(deliveries) and all(row.is_settled for row in deliveries)
        _save(post, **({"state": S.DONE} if post.state == S.SCHEDULED and is_over else {}))
        seen = [row.pk for row in deliveries if row.is_unseen]
        Delivery.objects.filter(pk__in=seen).update(is_unseen=False)
        _hint(post)
    return len(seen)


def _tell_missed(post: Post, deliveries: list[Delivery]) -> None:
    """Tell who answers for a post that it was not sent, because nobody had approved it."""
    missed = [row.pk for row in deliveries if row.is_unseen and row.reason_code == "not_approved"]
    if missed:
        key = f"missed:{post.pk}:{missed[0]}"
        news_write(post, NewsKind.MISSED, owners_of(post), key=key)


def _same(actor: Actor, post: Post, unit_id: int, content: Content) -> Post:
    """Return the post that a key stands for, when it was meant."""
    if (post.author_id, post.unit_id) != (actor.person_id, unit_id):
        raise Conflict(_("This key already stands for another post."), code="key_reused")
    if content_of(post) != _as_kept(post, content):
        raise Conflict(
            _("This post has been saved before with other words. Change it in the list of posts."),
            code="key_reused",
        )
    return post


def _as_kept(post: Post, content: Content) -> Content:
    """Return what was typed as it is read back once it is saved."""
    placing = {pk: content.placing.get(pk, PLAIN) for pk in content.account_ids}
    return replace(
        content,
        title=_title(content),
        body=typed(content.body),
        account_ids=sorted(set(content.account_ids)),
        wording={pk: typed(content.wording.get(pk, "")) for pk in content.account_ids},
        placing={
            pk: Placing(
                tuple(parts_of(one)), typed(one.excerpt).strip(),
                tuple(sorted(set(one.categories))), tuple(sorted(set(one.left_out))),
            )
            for pk, one in placing.items()
        },
        images=pictures_as_kept(post, content.images),
        **_settings(content),
    )  # fmt: skip


def _settings(content: Content) -> dict[str, Any]:
    """Return what is set for a post as a whole, beside its words and its time."""
    return {
        "is_announced": content.is_announced,
        "link_tag": "-".join(typed(content.link_tag).split())[:60],
        "lateness": lateness_kept(content.lateness),
    }


def _arrange(actor: Actor, post: Post, at: datetime) -> None:
    """Turn a post into deliveries, and ask for approval where it is needed."""
    revision = latest_revision(post)
    permit = deliveries_arrange(actor, post, at, revision.digest)
    _save(post, state=S.SCHEDULED, publish_at=at)
    if permit.is_needed and not permit.given:
        approval_open(actor, post, revision)


def _withdraw(actor: Actor, post: Post) -> None:
    """Take every delivery back; Conflict once any has gone out or is being sent."""
    for delivery in deliveries_of(post).select_related("account"):
        if delivery.state in SETTLED - STOPPABLE:
            raise Conflict(_("Part of this post has already gone out."), code="in_flight")
        delivery_withdraw(actor, delivery=delivery)
    post.targets.update(delivery=None)
    PostPart.objects.filter(target__post=post).update(delivery=None)


def _campaign(
    actor: Actor, chosen: int | None, unit_id: int, present: int | None = None
) -> int | None:
    """Return the campaign a post of this unit may belong to; where it already belongs it may stay."""
    if chosen is None or chosen == present:
        return chosen
    if campaign_for_posts_of(actor, chosen, unit_id) is None:
        raise Invalid(
            _("This unit writes no posts for that campaign."), code="campaign", field="campaign"
        )
    return chosen


def _future(local: datetime | None, zone: str) -> datetime:
    if local is None:
        raise Invalid(_("Choose a time."), code="time", field="local_time")
    at = instant(local, zone)
    if at <= now():
        raise Invalid(_("This time has passed."), code="past", field="local_time")
    return at


def _kept(local: datetime | None) -> str:
    return "" if local is None else local.isoformat(timespec="seconds")


def _title(content: Content) -> str:
    return " ".join(typed(content.title).split())[:200]


def _must_move(post: Post, new: PostState) -> None:
    if not POST.allows(PostState(post.state), new):
        raise Conflict(_("This post has moved on meanwhile."), code="moved_on")


def _save(post: Post, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(post, name, value)
    post.version += 1
    Post.objects.filter(pk=post.pk).update(version=F("version") + 1, updated_at=now(), **changes)


def _hint(post: Post) -> None:
    hint_on_commit("post", units=[post.unit_id], id=post.pk, version=post.version)
