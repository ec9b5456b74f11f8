"""Asking for approval, saying yes or no, and what makes either void.

Whoever changes anything here holds the post's row first: an edit, a cancellation and a decision never pass
each other. Approval is given to the hash of a revision, and to nothing else.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions.news import news_write, owners_of
from campaigns.approval import deadline, steps_from
from campaigns.calendar import instant
from campaigns.lifecycle import APPROVAL, LIVE, ApprovalState, PostState, ReleaseState
from campaigns.models import ApprovalRequest, ApprovalVoice, Post, PostComment, PostRevision
from campaigns.news import NewsKind
from campaigns.selectors.approvals import (
    is_let_out,
    is_released,
    live_request,
    needs_of,
    people_asked,
    request_for,
    writers_of,
)
from campaigns.selectors.posts import deliveries_of, post_for
from channels.actions.deliveries import Permit, deliveries_permit
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.text import typed
from opsconsole.people.roles import Ability

R = ApprovalState
LONGEST_WORD = 1000
#: Why a request can no longer be decided.
OVER = {
    R.APPROVED: _("This has been approved already."),
    R.DECLINED: _("This has been sent back already."),
    R.VOID: _("The post was changed meanwhile; this approval is void."),
    R.EXPIRED: _("It is too late to decide about this."),
    R.WITHDRAWN: _("This is no longer asked for."),
}


def permit_of(post: Post, digest: str) -> Permit:
    """Return whether a post's deliveries need letting out, and whether just this content was."""
    if not needs_of(post).steps:
        return Permit(digest, is_needed=False)
    return Permit(digest, given=digest if is_let_out(post, digest) else "")


def must_be_let_out(post: Post, digest: str) -> None:
    """Refuse to send at once what needs approval: a time that was approved is the only one, unless none was set."""
    permit = permit_of(post, digest)
    if not permit.is_needed or is_released(post, digest):
        return
    if permit.given != digest:
        raise Conflict(_("This needs approval before it is sent."), code="not_approved")
    if post.local_time:
        raise Conflict(
            _("It was approved for its time. To send it earlier, change the time and ask again."),
            code="approved_for_its_time",
        )


def approval_ask(
    actor: Actor, *, post_id: int, expires_at: datetime | None = None
) -> ApprovalRequest:
    """Put a draft, or a scheduled post, before those who must agree. Until `expires_at`, if that is earlier."""
    with transaction.atomic():
        post = post_for(actor, post_id, ability=Ability.WRITE_POSTS, lock=True)
        if post.state not in {PostState.DRAFT, PostState.SCHEDULED}:
            raise Conflict(_("This post can no longer be changed."), code="over")
        if not needs_of(post).steps:
            raise Conflict(_("This post needs no approval."), code="not_needed")
        revision = post.revisions.order_by("-number").first()
        if revision is None:
            raise Conflict(_("Save the post first."), code="unsaved")
        return approval_open(actor, post, revision, expires_at=expires_at)


def approval_open(
    actor: Actor, post: Post, revision: PostRevision, *, expires_at: datetime | None = None
) -> ApprovalRequest:
    """Ask for approval of a revision, unless that is asked or given already. The caller holds the post.

    What the console schedules by itself is asked for in the writer's name.

    Invalid when a step has nobody who may decide, or when it is too late for anybody to.
    """
    present = live_request(post)
    if present is not None and present.digest == revision.digest:
        return present
    needs = needs_of(post)
    at, until = now(), deadline(_time_of(post), needs.hours_before, expires_at)
    if until is not None and until <= at:
        raise Invalid(_("It is too late to ask for approval."), code="late", field="local_time")
    asker = post.author_id if actor.user_id is None else actor.user_id
    writers = writers_of(post) | {asker}
    for number, step in enumerate(needs.steps, 1):
        if not set(people_asked(step, post.unit_id)) - writers:
            raise Invalid(
                _("Nobody but its writers could approve step %(step)s.") % {"step": number},
                code="nobody",
            )
    request = ApprovalRequest.objects.create(
        post=post, revision=revision, digest=revision.digest, asked_by_id=asker,
        asked_at=at, expires_at=until, steps=[step.as_json() for step in needs.steps],
    )  # fmt: skip
    record(
        actor, "campaigns.approval.asked", post, unit_id=post.unit_id, revision=revision.number
    )  # fmt: skip
    _step_begins(request, post)
    return request


def approval_decide(
    actor: Actor, *, request_id: int, agrees: bool, word: str = ""
) -> ApprovalRequest:
    """Say yes or no, as somebody who is asked. A no needs a word. Conflict when it is over or changed."""
    request = request_for(actor, request_id)
    with transaction.atomic():
        post, request = locked(request.post_id, request.pk)
        voice = request.voices.filter(step=request.step, user=actor.person_id).first()
        if voice is None or actor.user_id in writers_of(post) | {request.asked_by_id}:
            raise NotAllowed(_("You are not asked about this."))
        return speak(actor, post, request, voice, agrees=agrees, word=word)


def locked(post_id: int, request_id: int) -> tuple[Post, ApprovalRequest]:
    """Lock a post and then a request for it that can still be decided; Conflict says why it cannot."""
    post = Post.objects.select_for_update(of=("self",)).get(pk=post_id)
    request = ApprovalRequest.objects.select_for_update(of=("self",)).get(pk=request_id)
    state = ApprovalState(request.state)
    if request.is_open and request.expires_at is not None and request.expires_at <= now():
        state = R.EXPIRED
    if state != R.OPEN:
        raise Conflict(OVER[state], code=str(state))
    return post, request


def speak(
    actor: Actor, post: Post, request: ApprovalRequest, voice: ApprovalVoice, *,
    agrees: bool, word: str, guest: str = "",
) -> ApprovalRequest:  # fmt: skip
    """Take down what somebody says about a locked request, and do what follows from it."""
    word = words(word)
    if not agrees and not word:
        raise Invalid(_("Say what shall be different."), code="blank", field="word")
    if not voice.is_open:
        raise Conflict(_("This step is decided already."), code="decided")
    voice.is_open, voice.agrees, voice.word, voice.guest = False, agrees, word, guest
    voice.at = now()
    voice.save(update_fields=["is_open", "agrees", "word", "guest", "at"])
    verb = "campaigns.approval.given" if agrees else "campaigns.approval.declined"
    record(
        actor, verb, post, unit_id=post.unit_id,
        revision=request.revision.number, step=request.step + 1, word=word, guest=guest,
    )  # fmt: skip
    if not agrees:
        request_end(request, R.DECLINED)
        news_write(
            post, NewsKind.DECLINED, _askers(post, request) - {actor.user_id},
            key=f"request:{request.pk}",
        )  # fmt: skip
    elif _step_is_done(request):
        _go_on(actor, post, request)
    hint(post)
    return request


def approvals_void(actor: Actor, post: Post, digest: str) -> bool:
    """Make void what was asked or given for another content than this; say so. The caller holds the post."""
    voided = False
    stale = post.requests.filter(state__in=LIVE).exclude(digest=digest)
    for request in stale.select_for_update(of=("self",)):
        said = request.voices.filter(agrees=True).values_list("user_id", flat=True)
        told = {*said, request.asked_by_id} | owners_of(post)
        request_end(request, R.VOID)
        news_write(
            post, NewsKind.VOID, told - {actor.user_id}, key=f"void:{request.pk}"
        )  # fmt: skip
        voided = True
    released = post.releases.exclude(state=ReleaseState.VOID).exclude(digest=digest)
    voided = bool(released.update(state=ReleaseState.VOID)) or voided
    if voided:
        record(actor, "campaigns.approval.voided", post, unit_id=post.unit_id)
    return voided


def approvals_withdraw(actor: Actor, post: Post) -> None:
    """End what is asked or given for a post that is given up. The caller holds the post."""
    for request in post.requests.filter(state__in=LIVE).select_for_update(of=("self",)):
        request_end(request, R.WITHDRAWN)
        record(actor, "campaigns.approval.withdrawn", post, unit_id=post.unit_id)
    post.releases.exclude(state=ReleaseState.VOID).update(state=ReleaseState.VOID)


def post_comment(actor: Actor, *, post_id: int, text: str) -> PostComment:
    """Leave a word about a post for those who write and approve it."""
    text = words(text)
    if not text:
        raise Invalid(_("Write something first."), code="blank", field="text")
    with transaction.atomic():
        post = post_for(actor, post_id)
        actor.must(Ability.WRITE_NOTES, post.unit_id)
        number = post.revisions.order_by("-number").values_list("number", flat=True).first() or 0
        comment = PostComment.objects.create(
            post=post, author_id=actor.person_id, revision=number, text=text, at=now()
        )
        record(actor, "campaigns.post.commented", post, unit_id=post.unit_id)
        hint(post)
    return comment


def words(given: str) -> str:
    """Return what was typed; Invalid when it is too much."""
    text = typed(given).strip()
    if len(text) > LONGEST_WORD:
        raise Invalid(_("At most 1,000 characters."), code="too_long", field="word")
    return text


def _step_is_done(request: ApprovalRequest) -> bool:
    """One suffices, or all who are still there must have said yes."""
    if not steps_from(request.steps)[request.step].needs_all:
        return True
    open_ones = request.voices.filter(step=request.step, is_open=True, user__is_active=True)
    return not open_ones.exists()


def _go_on(actor: Actor, post: Post, request: ApprovalRequest) -> None:
    request.voices.filter(is_open=True).update(is_open=False)
    if request.step + 1 < len(request.steps):
        request.step += 1
        request.save(update_fields=["step"])
        _step_begins(request, post)
        return
    request_end(request, R.APPROVED)
    placed = deliveries_of(post).values_list("pk", flat=True)
    deliveries_permit(actor, delivery_ids=placed, content=request.digest)
    record(
        actor, "campaigns.approval.completed", post,
        unit_id=post.unit_id, revision=request.revision.number,
    )  # fmt: skip
    news_write(
        post, NewsKind.APPROVED, _askers(post, request) - {actor.user_id},
        key=f"request:{request.pk}",
    )  # fmt: skip


def _step_begins(request: ApprovalRequest, post: Post) -> None:
    step = steps_from(request.steps)[request.step]
    asked = set(people_asked(step, post.unit_id)) - writers_of(post) - {request.asked_by_id}
    ApprovalVoice.objects.bulk_create(
        [ApprovalVoice(request=request, step=request.step, user_id=pk) for pk in sorted(asked)]
    )
    news_write(
        post, NewsKind.ASKED, asked, key=f"request:{request.pk}:{request.step}"
    )  # fmt: skip
    hint(post)


def request_end(request: ApprovalRequest, state: ApprovalState) -> None:
    """Bring a locked request to an end; nobody is asked any more."""
    if not APPROVAL.allows(ApprovalState(request.state), state):
        raise Conflict(OVER[ApprovalState(request.state)], code=request.state)
    request.state, request.ended_at = state, now()
    request.save(update_fields=["state", "ended_at"])
    request.voices.filter(is_open=True).update(is_open=False)


def _askers(post: Post, request: ApprovalRequest) -> set[int]:
    return owners_of(post) | {request.asked_by_id}


def _time_of(post: Post) -> datetime | None:
    """Return the time that the content names: approval is given for it and for no other."""
    if not post.local_time:
        return post.publish_at
    return instant(datetime.fromisoformat(post.local_time), post.time_zone)


def hint(post: Post) -> None:
    """Tell open screens that a post, and what it waits for, has changed."""
    hint_on_commit("post", units=[post.unit_id], id=post.pk, version=post.version)
    hint_on_commit("approval", units=[post.unit_id], id=post.pk)
