"""Letting a post out without approval, in an emergency: two different people, and everybody hears of it."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions.approvals import hint, request_end
from campaigns.actions.news import news_write, owners_of
from campaigns.actions.revisions import latest_revision, revision_begin
from campaigns.lifecycle import ApprovalState, ReleaseState
from campaigns.models import EmergencyRelease, Post
from campaigns.news import NewsKind
from campaigns.selectors.approvals import is_let_out, may_leave, needs_of
from campaigns.selectors.posts import deliveries_of, post_for
from channels.actions.deliveries import deliveries_permit
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import people_who_can

LONGEST_REASON = 500
#: A second person must follow within this time.
FOLLOWED_WITHIN = timedelta(hours=1)


def release_ask(actor: Actor, *, post_id: int, reason: str) -> EmergencyRelease:
    """Ask a second person to let a post out as it reads now. Conflict when it is let out, or asked already."""
    reason = typed(reason).strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(
            _("Say why, in at most 500 characters."), code="reason", field="reason"
        )  # fmt: skip
    with transaction.atomic():
        post, digest = _held(actor, post_id)
        at = now()
        asked = post.releases.filter(state=ReleaseState.ASKED).first()
        if asked is not None and asked.asked_at > at - FOLLOWED_WITHIN:
            raise Conflict(_("Somebody has asked for this already."), code="asked")
        post.releases.exclude(state=ReleaseState.VOID).update(state=ReleaseState.VOID)
        release = EmergencyRelease.objects.create(
            post=post, digest=digest, reason=reason, asked_by_id=actor.person_id, asked_at=at
        )
        record(actor, "campaigns.release.asked", post, unit_id=post.unit_id, reason=reason)
        able = people_who_can(Ability.RELEASE_POSTS, post.unit_id)
        told = set(able.values_list("pk", flat=True)) - {actor.user_id}
        news_write(post, NewsKind.RELEASE_ASKED, told, key=f"release:{release.pk}")
        hint(post)
    return release


def release_give(actor: Actor, *, post_id: int) -> EmergencyRelease:
    """Let a post out as the second person. What was missed stays missed, and may be sent again by hand."""
    with transaction.atomic():
        post, digest = _held(actor, post_id)
        rows = post.releases.filter(state=ReleaseState.ASKED, digest=digest)
        release = rows.select_for_update(of=("self",)).first()
        at = now()
        if release is None or release.asked_at <= at - FOLLOWED_WITHIN:
            raise Conflict(_("Nobody asks for this any more."), code="not_asked")
        if release.asked_by_id == actor.person_id:
            raise Conflict(
                _("A second person must do this, not the same one twice."), code="same_person"
            )
        release.state, release.given_by_id, release.given_at = (
            ReleaseState.GIVEN,
            actor.user_id,
            at,
        )
        release.save(update_fields=["state", "given_by", "given_at"])
        for request in post.requests.filter(state=ApprovalState.OPEN):
            request_end(request, ApprovalState.WITHDRAWN)
        deliveries_permit(
            actor, delivery_ids=deliveries_of(post).values_list("pk", flat=True),
            content=digest, late=True,
        )  # fmt: skip
        record(
            actor, "campaigns.release.given", post, unit_id=post.unit_id,
            first=str(release.asked_by), reason=release.reason,
        )  # fmt: skip
        able = people_who_can(Ability.RELEASE_POSTS, post.unit_id).values_list("pk", flat=True)
        told = {*able, *owners_of(post)} - {actor.user_id}
        news_write(post, NewsKind.RELEASED, told, key=f"release:{release.pk}")
        hint(post)
    return release


def _held(actor: Actor, post_id: int) -> tuple[Post, str]:
    """Lock a post that needs approval and has none, and return the hash of how it reads."""
    post = post_for(actor, post_id, ability=Ability.RELEASE_POSTS, lock=True)
    if not may_leave(post) or not needs_of(post).steps:
        raise Conflict(_("This post needs no release."), code="not_needed")
    revision_begin(post)
    digest = latest_revision(post).digest
    if is_let_out(post, digest):
        raise Conflict(_("This has been let out already."), code="let_out")
    return post, digest
