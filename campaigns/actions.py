"""Writing, scheduling and stopping posts. Sending is the channels' business."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from campaigns.calendar import instant
from campaigns.lifecycle import POST, PostState
from campaigns.models import Post, PostTarget
from campaigns.selectors import post_for, same_text_nearby
from channels.actions.deliveries import delivery_request, delivery_revise, delivery_withdraw
from channels.lifecycle import SETTLED, STOPPABLE
from channels.models import ChannelAccount, Delivery
from channels.registry import capabilities_for
from channels.selectors.accounts import accounts_for
from channels.types import OutgoingKind
from guidelines.checks import Severity, run_all
from guidelines.phrases import sentence
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

S = PostState
#: A post that could not leave for this long after its time is shown as missed.
LATE_LIMIT = timedelta(minutes=30)
#: The same words on the same account must lie this far apart.
SAME_TEXT_APART = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Content:
    """What a writer typed: a common text, and own words per account id where they differ."""

    title: str
    body: str
    account_ids: Sequence[int]
    wording: Mapping[int, str] = field(default_factory=dict)
    local_time: datetime | None = None
    time_zone: str = "Asia/Seoul"


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
                "created_at": at,
                "updated_at": at,
            },
        )
        if not is_new:
            return _same(actor, post, unit_id, content)
        _place(actor, post, content)
        record(actor, "campaigns.post.created", post, unit_id=unit_id)
        _hint(post)
    return post


def post_update(actor: Actor, *, post_id: int, content: Content, version: int) -> Post:
    """Change a post; a scheduled one with its deliveries, as long as none is under way.

    Conflict when somebody else has saved since `version`.
    """
    with transaction.atomic():
        post = post_for(actor, post_id, ability=Ability.WRITE_POSTS, lock=True)
        if post.version != version:
            raise Conflict(_("Somebody else has changed this post meanwhile."), code="version")
        if post.state not in {S.DRAFT, S.SCHEDULED}:
            raise Conflict(_("This post can no longer be changed."), code="over")
        _save(
            post, title=_title(content), body=typed(content.body), local_time=_kept(content.local_time),
            time_zone=content.time_zone,
        )  # fmt: skip
        _place(actor, post, content)
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
        _save(post, state=S.CANCELLED)
        record(actor, "campaigns.post.cancelled", post, unit_id=post.unit_id)
        _hint(post)
    return post


def posts_settle(limit: int = 100) -> int:
    """Close posts all of whose placements are settled. Returns how many deliveries were looked at."""
    unseen = Delivery.objects.filter(is_unseen=True, origin__startswith="target:").order_by("id")
    moved = list(unseen.values_list("pk", flat=True)[:limit])
    posts = Post.objects.filter(targets__delivery__in=moved).order_by("id").distinct()
    settled = sum(_settle(pk) for pk in list(posts.values_list("pk", flat=True)))
    withdrawn = unseen.filter(pk__in=moved, post_target=None).update(is_unseen=False)
    return settled + withdrawn


def _settle(post_id: int) -> int:
    """Post first, deliveries second, as everybody locks them. A post being changed waits for the next sweep."""
    with transaction.atomic():
        post = Post.objects.select_for_update(skip_locked=True).filter(pk=post_id).first()
        if post is None:
            return 0
        rows = Delivery.objects.filter(post_target__post=post).select_for_update(of=("self",))
        deliveries = list(rows.order_by("id"))
        is_over = bool(deliveries) and all(row.is_settled for row in deliveries)
        _save(post, **({"state": S.DONE} if post.state == S.SCHEDULED and is_over else {}))
        seen = [row.pk for row in deliveries if row.is_unseen]
        Delivery.objects.filter(pk__in=seen).update(is_unseen=False)
        _hint(post)
    return len(seen)


def _place(actor: Actor, post: Post, content: Content) -> None:
    """Make the placements what the writer chose; one that is under way cannot be taken away.

    Where the post already stands it may stay, even on an account this writer may not post to.
    """
    wanted = set(content.account_ids)
    targets = list(post.targets.select_related("delivery", "delivery__account"))
    mine = accounts_for(actor, Ability.WRITE_POSTS).filter(pk__in=wanted)
    known = {account.pk for account in mine if capabilities_for(account.kind).can_post}
    if not wanted or wanted - known - {target.account_id for target in targets}:
        raise Invalid(
            _("Choose at least one account you may post to."), code="accounts", field="accounts"
        )
    for target in targets:
        if target.account_id not in wanted:
            if target.delivery:
                delivery_withdraw(actor, delivery=target.delivery)
            target.delete()
    for pk in sorted(wanted):
        PostTarget.objects.update_or_create(
            post=post, account_id=pk, defaults={"text": typed(content.wording.get(pk, ""))}
        )


def _same(actor: Actor, post: Post, unit_id: int, content: Content) -> Post:
    """Return the post that a key stands for, when it was meant."""
    if (post.author_id, post.unit_id) != (actor.person_id, unit_id):
        raise Conflict(_("This key already stands for another post."), code="key_reused")
    placed = {target.account_id: target.text for target in post.targets.all()}
    wanted = {pk: typed(content.wording.get(pk, "")) for pk in content.account_ids}
    if (post.title, post.body, post.local_time, post.time_zone, placed) != (
        _title(content), typed(content.body), _kept(content.local_time), content.time_zone, wanted,
    ):  # fmt: skip
        raise Conflict(
            _("This post has been saved before with other words. Change it in the list of posts."),
            code="key_reused",
        )
    return post


def _arrange(actor: Actor, post: Post, at: datetime) -> None:
    """Check every wording, then request or revise one delivery per placement."""
    _one_at_a_time(post)
    for target in post.targets.select_related("account", "delivery", "delivery__account"):
        _check(target, at)
        deadline = at + LATE_LIMIT
        if target.delivery is None:
            target.delivery = delivery_request(
                actor, origin=f"target:{target.pk}:{post.version}", account=target.account,
                kind=OutgoingKind.POST, text=target.wording, title=post.title, not_before=at,
                deadline=deadline,
            )  # fmt: skip
            target.save(update_fields=["delivery"])
        else:
            delivery_revise(
                actor, delivery=target.delivery, text=target.wording, title=post.title,
                not_before=at, deadline=deadline,
            )  # fmt: skip
    _save(post, state=S.SCHEDULED, publish_at=at)


def _one_at_a_time(post: Post) -> None:
    """Lock the accounts: two posts with the same words are not checked past each other."""
    accounts = ChannelAccount.objects.filter(post_targets__post=post).order_by("pk")
    list(accounts.select_for_update(no_key=True, of=("self",)).values_list("pk"))


def _check(target: PostTarget, at: datetime) -> None:
    account: ChannelAccount = target.account
    limits = capabilities_for(account.kind)
    if limits.needs_title and not target.post.title.strip():
        raise Invalid(_("A blog article needs a title."), code="title", field="title")
    findings = run_all(target.wording, counting=limits.counting, max_length=limits.max_length)
    for finding in findings:
        if finding.severity == Severity.BLOCKER:
            message = f"{account.name}: {sentence(finding)}"
            raise Invalid(message, code=finding.code, field=f"text_{account.pk}")
    if same_text_nearby(target, target.wording, at - SAME_TEXT_APART, at + SAME_TEXT_APART):
        raise Invalid(
            _("%(account)s says exactly this within 24 hours already.") % {"account": account.name},
            code="same_text", field=f"text_{account.pk}",
        )  # fmt: skip


def _withdraw(actor: Actor, post: Post) -> None:
    for target in post.targets.select_related("delivery", "delivery__account"):
        if target.delivery and target.delivery.state in SETTLED - STOPPABLE:
            raise Conflict(_("Part of this post has already gone out."), code="in_flight")
        if target.delivery:
            delivery_withdraw(actor, delivery=target.delivery)
            target.delivery = None
            target.save(update_fields=["delivery"])


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
