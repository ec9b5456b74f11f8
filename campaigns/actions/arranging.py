"""Turning a post into deliveries: every wording is checked, then each is asked for or changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.actions.approvals import permit_of
from campaigns.going import Going, Picture, goings
from campaigns.lateness import lateness_of
from campaigns.models import Post, PostPart, PostTarget
from campaigns.rules import faults_of
from campaigns.selectors.posts import content_of, same_text_nearby
from channels.actions.deliveries import (
    File,
    Following,
    Permit,
    delivery_request,
    delivery_revise,
)
from channels.lifecycle import LAUNCH, NORMAL
from channels.models import ChannelAccount, Delivery
from channels.types import Article, FollowKind, OutgoingKind
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid

#: The same words on the same account must lie this far apart.
SAME_TEXT_APART = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the deliveries of one post have in common."""

    actor: Actor
    post: Post
    at: datetime
    permit: Permit

    @property
    def timing(self) -> dict[str, Any]:
        """When each leaves, in which lane, and what becomes of it when it cannot."""
        late = lateness_of(self.post.lateness)
        return {
            "not_before": self.at,
            "deadline": self.at + late.window,
            "late_rule": late.rule,
            "priority": LAUNCH if self.post.is_launch else NORMAL,
        }


def deliveries_arrange(actor: Actor, post: Post, at: datetime, digest: str) -> Permit:
    """Ask for what a post says at its time, or change what was asked for. Returns whether it is let out.

    The article goes first: what announces it waits for it. Raises Invalid for what cannot go out so.
    """
    lock_accounts(post)
    plan = Plan(actor, post, at, permit_of(post, digest))
    targets = {
        target.account_id: target
        for target in post.targets.select_related("account", "delivery__account")
    }
    announced: Delivery | None = None
    for going in goings_of(post, targets.values()):
        target = targets[going.account.pk]
        must_be_sound(going, target, at)
        delivery = _send(plan, going, target, announced if going.is_announcing else None)
        if going.is_article and announced is None:
            announced = delivery
        _follow(plan, going, target, delivery)
    return plan.permit


def goings_of(post: Post, targets: Iterable[PostTarget]) -> list[Going]:
    """Return what of a stored post goes out on some of its placements."""
    images = {row.image_id: row.image for row in post.images.select_related("image")}
    return goings(content_of(post), [target.account for target in targets], images)


def lock_accounts(post: Post) -> None:
    """Lock the accounts: two posts with the same words are not checked past each other."""
    accounts = ChannelAccount.objects.filter(post_targets__post=post).order_by("pk")
    list(accounts.select_for_update(no_key=True, of=("self",)).values_list("pk"))


def _send(plan: Plan, going: Going, target: PostTarget, announced: Delivery | None) -> Delivery:
    post = plan.post
    following = Following(announced, FollowKind.ANNOUNCE) if announced else None
    article = Article(going.excerpt, going.categories) if going.is_article else None
    media = files_of(going.pictures)
    if target.delivery is None:
        target.delivery = delivery_request(
            plan.actor, origin=f"target:{target.pk}:{post.version}", account=target.account,
            kind=OutgoingKind.POST, text=going.words, title=post.title, **plan.timing,
            permit=plan.permit, following=following, article=article,
            media=media,
        )  # fmt: skip
        target.save(update_fields=["delivery"])
    else:
        delivery_revise(
            plan.actor, delivery=target.delivery, text=going.words, title=post.title,
            **plan.timing, permit=plan.permit,
            following=following, article=article, media=media,
        )  # fmt: skip
    return target.delivery


def files_of(pictures: Iterable[Picture]) -> list[File]:
    """Return pictures as a delivery takes them along."""
    return [
        File(str(one.image.file.name), one.image.content_type, one.alt_text) for one in pictures
    ]


def _follow(plan: Plan, going: Going, target: PostTarget, before: Delivery) -> None:
    """Have what follows under a placement leave in order."""
    rows = target.parts.select_related("delivery__account")
    for part, words in zip(rows, going.parts, strict=True):
        before = _send_part(plan, target, part, words, before)


def _send_part(
    plan: Plan, target: PostTarget, part: PostPart, words: str, before: Delivery
) -> Delivery:
    following = Following(before, FollowKind.THREAD)
    if part.delivery is None:
        part.delivery = delivery_request(
            plan.actor, origin=f"part:{part.pk}:{plan.post.version}", account=target.account,
            kind=OutgoingKind.REPLY, text=words, **plan.timing,
            permit=plan.permit, following=following,
        )  # fmt: skip
        part.save(update_fields=["delivery"])
    else:
        delivery_revise(
            plan.actor, delivery=part.delivery, text=words, title="", **plan.timing,
            permit=plan.permit, following=following,
        )  # fmt: skip
    return part.delivery


def must_be_sound(going: Going, target: PostTarget, at: datetime) -> None:
    """Refuse what an account's platform would: Invalid names the account, and the field that is wrong."""
    for fault in faults_of(going, at=at, zone=target.post.time_zone):
        if fault.is_blocker:
            raise Invalid(fault.message, code=fault.code, field=fault.field)
    if same_text_nearby(target, going.words, at - SAME_TEXT_APART, at + SAME_TEXT_APART):
        raise Invalid(
            _("%(account)s says exactly this within 24 hours already.")
            % {"account": going.account.name},
            code="same_text", field=f"text_{going.account.pk}",
        )  # fmt: skip
