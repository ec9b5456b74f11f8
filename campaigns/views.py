"""Screens of posts. Each view reads a form, calls one selector or action, and renders."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns import actions
from campaigns.forms import PostForm, initial_of
from campaigns.lifecycle import PostState
from campaigns.models import Post
from campaigns.selectors import VIEWS, PostFilter, post_for, post_of_target, post_page
from channels.selectors.accounts import accounts_for, speakable_accounts
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told
from opsconsole.people.selectors import units_within


@require_GET
@for_people
def posts(request: ActorRequest) -> HttpResponse:
    """List posts: what is coming, what has been, and drafts."""
    request.actor.must(Ability.READ_POSTS)
    query = request.GET
    filters = PostFilter(
        view=query.get("view") or "upcoming",
        account=_number(query.get("account")),
        unit=_number(query.get("unit")),
    )
    page = post_page(request.actor, filters, cursor=query.get("cursor", ""))
    context = {
        "page": page,
        "filters": filters,
        "views": VIEWS,
        "accounts": accounts_for(request.actor),
        "units": units_within(request.actor, Ability.READ_POSTS),
        "can_write": request.actor.can(Ability.WRITE_POSTS),
    }
    return render(request, "campaigns/posts.html", context)


@require_GET
@for_people
def post(request: ActorRequest, post_id: int) -> HttpResponse:
    """Show one post: each placement as its platform will show it, and what became of it."""
    found = post_for(request.actor, post_id)
    context = {"post": found, "can_write": request.actor.can(Ability.WRITE_POSTS, found.unit_id)}
    is_fragment = request.headers.get("HX-Target") == "post"
    name = "campaigns/_post.html" if is_fragment else "campaigns/post.html"
    return render(request, name, context)


@require_GET
@for_people
def of_target(request: ActorRequest, target_id: int) -> HttpResponse:
    """Lead from a placement to its post: deliveries know placements by their number alone."""
    return redirect("campaigns:post", post_id=post_of_target(request.actor, target_id).pk)


@require_http_methods(["GET", "POST"])
@for_people
def create(request: ActorRequest) -> HttpResponse:
    """Write a new post."""
    request.actor.must(Ability.WRITE_POSTS)
    if request.method == "GET":
        return _form(request, _blank(request, initial={"request_key": uuid4()}), None)
    form = _blank(request, data=request.POST)
    return _saved(request, form, None, lambda: _make(request.actor, form))


@require_http_methods(["GET", "POST"])
@for_people
def edit(request: ActorRequest, post_id: int) -> HttpResponse:
    """Change a draft, or a scheduled post that has not left."""
    found = post_for(request.actor, post_id, ability=Ability.WRITE_POSTS)
    if request.method == "GET":
        return _form(request, _blank(request, found, initial=initial_of(found)), found)
    form = _blank(request, found, data=request.POST, initial=initial_of(found))
    return _saved(request, form, found, lambda: _change(request.actor, found, form))


def _blank(request: ActorRequest, found: Post | None = None, **given: Any) -> PostForm:
    """Offer what one may post to now; where a post already stands stays on offer, silent or not."""
    accounts = {account.pk: account for account in speakable_accounts(request.actor)}
    for target in found.targets.all() if found else ():
        accounts.setdefault(target.account_id, target.account)
    units = units_within(request.actor, Ability.WRITE_POSTS)
    return PostForm(accounts=accounts.values(), units=units, post=found, **given)


def _make(actor: Actor, form: PostForm) -> Post:
    given = form.cleaned_data
    return actions.post_create(
        actor, unit_id=given["unit"], content=form.content(), request_key=given["request_key"]
    )


def _change(actor: Actor, found: Post, form: PostForm) -> Post:
    version = form.cleaned_data["version"] or 0
    return actions.post_update(actor, post_id=found.pk, content=form.content(), version=version)


def _saved(
    request: ActorRequest, form: PostForm, found: Post | None, save: Callable[[], Post]
) -> HttpResponse:
    """Save, then do what the pressed button says; keep what was typed when something is wrong."""
    if not form.is_valid():
        return _form(request, form, found, status=422)
    try:
        stored = save()
    except DomainError as error:
        blame(form, error)
        return _form(request, form, found, status=error.status)
    then = {"schedule": actions.post_schedule, "now": actions.post_send_now}
    action = then.get(request.POST.get("then", ""))
    is_later = found is not None and action is actions.post_send_now
    if action and (stored.state == PostState.DRAFT or is_later):
        try:
            action(request.actor, post_id=stored.pk)
        except DomainError as error:
            messages.error(request, str(error.message))
            return redirect("campaigns:edit", post_id=stored.pk)
    messages.success(request, _("Saved."))
    return redirect("campaigns:post", post_id=stored.pk)


def _form(
    request: ActorRequest, form: PostForm, found: Post | None, *, status: int = 200
) -> HttpResponse:
    return render(request, "campaigns/edit.html", {"form": form, "post": found}, status=status)


#: What the buttons of the detail page do.
_ACTS: dict[str, Callable[..., Post]] = {
    "schedule": actions.post_schedule,
    "unschedule": actions.post_unschedule,
    "cancel": actions.post_cancel,
    "now": actions.post_send_now,
}


@require_POST
@for_people
def act(request: ActorRequest, post_id: int, verb: str) -> HttpResponse:
    """Schedule, take back, cancel or send at once."""
    if verb not in _ACTS:
        raise NotFound
    told(request, lambda: _ACTS[verb](request.actor, post_id=post_id))
    return redirect("campaigns:post", post_id=post_id)


def _number(given: str | None) -> int | None:
    return (
        int(given) if given and given.isascii() and given.isdigit() and len(given) < 19 else None
    )
