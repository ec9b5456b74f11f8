"""Screens of approvals: what waits for me, and the buttons on the page of a post."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import is_naive, make_aware
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from campaigns.actions import approvals as actions
from campaigns.actions.guest_links import guest_link_make, guest_link_withdraw
from campaigns.actions.releases import release_ask, release_give
from campaigns.actions.taking_back import approval_take_back
from campaigns.approval_forms import AskForm, CommentForm, LinkForm, ReleaseForm, WordForm
from campaigns.selectors.approvals import asked_by_me, request_for, waiting_for
from campaigns.selectors.posts import post_for
from campaigns.views.page import post_page
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told


@require_GET
@for_people
def approvals(request: ActorRequest) -> HttpResponse:
    """List what waits for my word, or what I have asked for."""
    request.actor.must(Ability.READ_POSTS)
    is_mine = request.GET.get("view") == "asked"
    rows = asked_by_me(request.actor) if is_mine else waiting_for(request.actor)
    context = {
        "rows": rows,
        "is_mine": is_mine,
        "can_set": request.actor.can(Ability.MANAGE_DESK),
    }
    return render(request, "campaigns/approvals.html", context)


@require_POST
@for_people
def ask(request: ActorRequest, post_id: int) -> HttpResponse:
    """Put a post before those who must agree."""
    form = AskForm(request.POST)

    def act(given: dict[str, Any]) -> None:
        until = given["expires_at"]
        until = make_aware(until) if until and is_naive(until) else until
        actions.approval_ask(request.actor, post_id=post_id, expires_at=until)

    return _answered(request, post_id, form, "ask_form", act, _("Approval is asked for."))


@require_POST
@for_people
def decide(request: ActorRequest, request_id: int) -> HttpResponse:
    """Say yes or no about a revision."""
    found = request_for(request.actor, request_id)
    agrees = request.POST.get("verdict") == "approve"

    def act(given: dict[str, Any]) -> None:
        actions.approval_decide(
            request.actor, request_id=request_id, agrees=agrees, word=given["word"]
        )

    done = _("Approved.") if agrees else _("Sent back.")
    form = WordForm(request.POST)
    return _answered(request, found.post_id, form, "word_form", act, done)


@require_POST
@for_people
def take_back(request: ActorRequest, request_id: int) -> HttpResponse:
    """Take a request, or an approval, back."""
    found = request_for(request.actor, request_id)
    told(
        request,
        lambda: approval_take_back(request.actor, request_id=request_id),
        _("Taken back. Without approval it is not sent."),
    )
    return redirect("campaigns:post", post_id=found.post_id)


@require_POST
@for_people
def comment(request: ActorRequest, post_id: int) -> HttpResponse:
    """Leave a comment."""

    def act(given: dict[str, Any]) -> None:
        actions.post_comment(request.actor, post_id=post_id, text=given["text"])

    return _answered(request, post_id, CommentForm(request.POST), "comment_form", act)


@require_POST
@for_people
def release(request: ActorRequest, post_id: int) -> HttpResponse:
    """Ask a second person to let a post out without approval, or be that person."""
    if request.POST.get("step") == "give":
        told(
            request,
            lambda: release_give(request.actor, post_id=post_id),
            _("Released without approval. Everybody concerned is told."),
        )
        return redirect("campaigns:post", post_id=post_id)

    def act(given: dict[str, Any]) -> None:
        release_ask(request.actor, post_id=post_id, reason=given["reason"])

    done = _("A second person is asked.")
    form = ReleaseForm(request.POST)
    return _answered(request, post_id, form, "release_form", act, done)


@require_POST
@for_people
def link(request: ActorRequest, request_id: int) -> HttpResponse:
    """Make a guest link; its address is shown this once."""
    found = request_for(request.actor, request_id)
    made: list[str] = []

    def act(given: dict[str, Any]) -> None:
        _link, secret = guest_link_make(request.actor, request_id=request_id, **given)
        made.append(request.build_absolute_uri(reverse("campaigns:guest", args=[secret])))

    form = LinkForm(request.POST)
    answer = _answered(request, found.post_id, form, "link_form", act)
    if not made:
        return answer
    return post_page(request, post_for(request.actor, found.post_id), address=made[0])


@require_POST
@for_people
def link_withdraw(request: ActorRequest, request_id: int, link_id: int) -> HttpResponse:
    """Take a guest link back."""
    found = request_for(request.actor, request_id)
    told(
        request,
        lambda: guest_link_withdraw(request.actor, request_id=request_id, link_id=link_id),
        _("The link leads nowhere now."),
    )
    return redirect("campaigns:post", post_id=found.post_id)


def _answered(
    request: ActorRequest,
    post_id: int,
    form: forms.Form,
    name: str,
    act: Callable[[dict[str, Any]], None],
    done: str = "",
) -> HttpResponse:
    """Act and go back to the post; a refusal shows it with what was typed."""
    found = post_for(request.actor, post_id)
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except DomainError as error:
            blame(form, error)
        else:
            if done:
                messages.success(request, done)
            return redirect("campaigns:post", post_id=post_id)
    return post_page(request, found, status=422, **{name: form})
