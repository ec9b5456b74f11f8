"""Approval under several hands: real threads and connections. What leaves is what was approved, or nothing does."""

from contextlib import suppress
from functools import partial

import pytest

from campaigns.actions.approval_sweep import approvals_sweep
from campaigns.actions.approvals import approval_decide
from campaigns.actions.guest_links import guest_decide, guest_link_make
from campaigns.actions.posts import post_cancel, post_update
from campaigns.actions.releases import release_ask, release_give
from campaigns.actions.taking_back import approval_take_back
from campaigns.approval import Step
from campaigns.contents import from_content
from campaigns.models import ApprovalRequest, ApprovalVoice, Post, PostRevision
from channels.actions.moves import Claim
from channels.actions.sending import (
    delivery_arm,
    delivery_claim,
    delivery_prepared,
    delivery_sent,
    windows_close,
)
from channels.models import Delivery
from channels.types import Receipt
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, DomainError
from opsconsole.tasks import settle
from tests.factories.approvals import delivery_of, due, make_desk, request_of
from tests.factories.campaigns import make_content
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)

TURNS = 12


def saying_yes(actor, post):
    return partial(approval_decide, actor, request_id=request_of(post).pk, agrees=True)


def editing(actor, post, body):
    version = Post.objects.get(pk=post.pk).version
    content = make_content(*(target.account for target in post.targets.all()), body=body)
    return partial(post_update, actor, post_id=post.pk, content=content, version=version)


def send_all():
    """Send whatever may be claimed now, as a worker would."""
    while claim := delivery_claim():
        carry(claim)


def carry(claim: Claim):
    if delivery_prepared(claim, []) and delivery_arm(claim, worker="test"):
        delivery_sent(claim, Receipt(f"out{claim.delivery_id}", posted_at=now()))


def only_what_was_approved_stands():
    """Published hash == approved hash, and the words are those of the approved revision."""
    for row in Delivery.objects.filter(state="sent").select_related("post_target"):
        post_id = row.post_target.post_id
        assert row.content_hash == row.permitted_hash != ""
        approved = ApprovalRequest.objects.get(
            post=post_id, digest=row.content_hash, state="approved"
        )
        shot = from_content(PostRevision.objects.get(pk=approved.revision_id).content)
        assert shot.digest == row.content_hash
        assert (row.text, row.title) == (shot.wording(row.account_id), shot.title)


def test_approving_against_an_edit_only_what_was_approved_leaves():
    desk = make_desk()
    outcomes = set()
    for turn in range(TURNS):
        post = desk.scheduled(body=f"First {turn}")
        said, edited = together(
            saying_yes(desk.min, post), editing(desk.seo, post, f"Second {turn}")
        )
        assert isinstance(edited, Post)
        assert isinstance(said, (ApprovalRequest, Conflict))
        assert delivery_of(post).state == "awaiting"
        assert [row.state for row in post.requests.order_by("pk")] == ["void", "open"]
        outcomes.add(type(said).__name__)
        Delivery.objects.update(not_before=now())
        send_all()
        assert not Delivery.objects.filter(state="sent").exists()
        Delivery.objects.update(state="cancelled")
    assert outcomes


def test_approving_editing_and_sending_at_once_published_is_always_approved():
    desk = make_desk()
    for turn in range(TURNS):
        post = desk.scheduled(body=f"First {turn}")
        if turn % 2:
            saying_yes(desk.gil, post)()
        Delivery.objects.filter(state="planned").update(not_before=now())
        jobs = [editing(desk.seo, post, f"Second {turn}"), send_all, send_all]
        if not turn % 2:
            jobs.append(saying_yes(desk.min, post))
        for result in together(*jobs):
            assert result is None or isinstance(result, (Post, ApprovalRequest, DomainError))
        with suppress(DomainError):
            saying_yes(desk.min, post)()
        Delivery.objects.filter(state="planned").update(not_before=now())
        send_all()
        settle()
        only_what_was_approved_stands()
    assert Delivery.objects.filter(state="sent").count() == TURNS


def test_approving_against_a_cancellation_nothing_leaves():
    desk = make_desk()
    for turn in range(TURNS):
        post = desk.scheduled(body=f"Body {turn}")
        said, gone = together(
            saying_yes(desk.min, post), partial(post_cancel, desk.seo, post_id=post.pk)
        )
        assert isinstance(gone, Post)
        assert isinstance(said, (ApprovalRequest, Conflict))
        assert request_of(post).state == "withdrawn"
        Delivery.objects.update(not_before=now())
        send_all()
    assert set(Delivery.objects.values_list("state", flat=True)) == {"cancelled"}
    assert not ApprovalVoice.objects.filter(is_open=True).exists()


def test_approving_against_the_due_time_it_is_sent_or_missed_and_never_both():
    desk = make_desk()
    for turn in range(TURNS):
        post = desk.scheduled(body=f"Body {turn}")
        # The request still runs while the dispatcher already finds the time come.
        Delivery.objects.filter(post_target__post=post).update(not_before=now())
        said, *_ = together(saying_yes(desk.min, post), windows_close, windows_close)
        assert isinstance(said, Conflict)
        assert request_of(post).state == "open"
        windows_close()
        assert delivery_of(post).state == "missed"
    for turn in range(TURNS):
        post = desk.scheduled(body=f"Other {turn}")
        said, _ = together(saying_yes(desk.min, post), partial(due, post))
        windows_close()
        send_all()
        state = delivery_of(post).state
        assert state == ("sent" if isinstance(said, ApprovalRequest) else "missed")
    only_what_was_approved_stands()


@pytest.mark.parametrize("needs_all", [False, True])
def test_two_approvers_at_once(needs_all):
    desk = make_desk(Step(role="manager", needs_all=needs_all))
    for turn in range(TURNS):
        post = desk.scheduled(body=f"Body {turn}")
        said = together(saying_yes(desk.min, post), saying_yes(desk.gil, post))
        names = sorted(type(one).__name__ for one in said)
        assert names == ["ApprovalRequest", "ApprovalRequest" if needs_all else "Conflict"]
        assert request_of(post).state == "approved"
        assert delivery_of(post).state == "planned"
        said_yes = ApprovalVoice.objects.filter(request__post=post, agrees=True).count()
        assert said_yes == (2 if needs_all else 1)


def test_a_yes_and_a_no_at_once_one_stands():
    desk = make_desk()
    for turn in range(TURNS):
        post = desk.scheduled(body=f"Body {turn}")
        number = request_of(post).pk
        together(
            partial(approval_decide, desk.min, request_id=number, agrees=True),
            partial(approval_decide, desk.gil, request_id=number, agrees=False, word="No."),
        )
        ends = {"approved": "planned", "declined": "awaiting"}
        assert delivery_of(post).state == ends[request_of(post).state]


def test_expiry_against_approval_one_of_them_stands():
    desk = make_desk()
    for turn in range(TURNS):
        post = desk.scheduled(body=f"Body {turn}")
        late = partial(
            ApprovalRequest.objects.filter(post=post, state="open").update, expires_at=now()
        )
        said, *_ = together(saying_yes(desk.min, post), late, approvals_sweep)
        approvals_sweep()
        ends = {"approved": "planned", "expired": "awaiting"}
        state = request_of(post).state
        assert delivery_of(post).state == ends[state]
        assert isinstance(said, ApprovalRequest if state == "approved" else Conflict)


def test_two_guests_with_one_address_one_is_heard():
    desk = make_desk()
    for turn in range(6):
        post = desk.scheduled(body=f"Body {turn}")
        _link, secret = guest_link_make(
            desk.min, request_id=request_of(post).pk, language="en"
        )  # fmt: skip
        press = partial(guest_decide, secret=secret, name="Guest", agrees=True)
        names = sorted(type(one).__name__ for one in together(press, press))
        assert names == ["ApprovalRequest", "NotFound"]


def test_an_emergency_release_against_an_edit_lets_out_only_what_was_released():
    desk = make_desk()
    for turn in range(TURNS):
        post = desk.scheduled(body=f"First {turn}")
        release_ask(desk.min, post_id=post.pk, reason="Outage")
        given, edited = together(
            partial(release_give, desk.gil, post_id=post.pk),
            editing(desk.seo, post, f"Second {turn}"),
        )
        assert isinstance(edited, Post)
        assert delivery_of(post).state == "awaiting"
        assert set(post.releases.values_list("state", flat=True)) == {"void"}
        assert not isinstance(given, Exception) or isinstance(given, Conflict)


def test_taking_an_approval_back_against_the_worker_it_is_sent_or_waits_again():
    desk = make_desk()
    for turn in range(TURNS):
        post = desk.scheduled(body=f"Body {turn}")
        saying_yes(desk.min, post)()
        Delivery.objects.filter(state="planned").update(not_before=now())
        back, _ = together(
            partial(approval_take_back, desk.min, request_id=request_of(post).pk), send_all
        )
        assert isinstance(back, (ApprovalRequest, Conflict))
        ends = {"withdrawn": "awaiting", "approved": "sent"}
        assert delivery_of(post).state == ends[request_of(post).state]
        Delivery.objects.filter(state="awaiting").update(state="cancelled")
    only_what_was_approved_stands()
