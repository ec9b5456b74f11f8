"""Screens of posts. Each view reads a form, calls one selector or action, and renders."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from campaigns.actions import posts as actions
from campaigns.actions.history import post_bring_back
from campaigns.actions.launching import post_launch_set
from campaigns.actions.scratches import scratch_forget
from campaigns.actions.series import series_create
from campaigns.forms import PostForm, initial_of
from campaigns.lifecycle import PostState
from campaigns.models import Post
from campaigns.selectors.campaigns import campaigns_for, campaigns_to_choose
from campaigns.selectors.library import images_for
from campaigns.selectors.posts import (
    VIEWS,
    PostFilter,
    post_for,
    post_of_part,
    post_of_target,
    post_page,
)
from campaigns.selectors.scratches import initial_from, scratch_for, scratch_of
from campaigns.series_forms import RepeatForm
from campaigns.views.calendar import offered
from campaigns.views.page import links_context
from campaigns.views.page import post_page as post_screen
from campaigns.views.series import repeat_context
from campaigns.views.writing import accounts_offered, cards_of
from channels.selectors.accounts import accounts_for
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, number_of_row, told
from opsconsole.people.selectors import units_within


@require_GET
@for_people
def posts(request: ActorRequest) -> HttpResponse:
    """List posts: what is coming, what has been, and drafts."""
    request.actor.must(Ability.READ_POSTS)
    filters = filters_of(request.GET)
    page = post_page(request.actor, filters, cursor=request.GET.get("cursor", ""))
    context = {
        "page": page,
        "filters": filters,
        "views": VIEWS,
        "accounts": accounts_for(request.actor),
        "units": units_within(request.actor, Ability.READ_POSTS),
        "campaigns": campaigns_for(request.actor).order_by("name", "id"),
        "can_write": request.actor.can(Ability.WRITE_POSTS),
    }
    return render(request, "campaigns/posts.html", context)


def filters_of(query: QueryDict) -> PostFilter:
    """Read which posts an address asks for."""
    return PostFilter(
        view=query.get("view") or "upcoming",
        account=number_of_row(query.get("account")),
        unit=number_of_row(query.get("unit")),
        campaign=number_of_row(query.get("campaign")),
        is_broken=query.get("links") == "broken",
    )


@require_GET
@for_people
def post(request: ActorRequest, post_id: int) -> HttpResponse:
    """Show one post: each placement as its platform will show it, and what became of it."""
    return post_screen(request, post_for(request.actor, post_id))


@require_GET
@for_people
def links(request: ActorRequest, post_id: int) -> HttpResponse:
    """Show what is known of the links in a post, for a page on which it is not known yet."""
    found = post_for(request.actor, post_id)
    return render(request, "campaigns/_links.html", {"post": found, **links_context(found)})


@require_GET
@for_people
def of_target(request: ActorRequest, target_id: int) -> HttpResponse:
    """Lead from a placement to its post: deliveries know placements by their number alone."""
    return redirect("campaigns:post", post_id=post_of_target(request.actor, target_id).pk)


@require_GET
@for_people
def of_part(request: ActorRequest, part_id: int) -> HttpResponse:
    """Lead from what follows under a post to the post."""
    return redirect("campaigns:post", post_id=post_of_part(request.actor, part_id).pk)


@require_http_methods(["GET", "POST"])
@for_people
def create(request: ActorRequest) -> HttpResponse:
    """Write a new post."""
    request.actor.must(Ability.WRITE_POSTS)
    if request.method == "GET":
        first = {
            "request_key": uuid4(),
            "campaign": number_of_row(request.GET.get("campaign")),
            **offered(request),
        }
        first |= _taken_up(request)
        return _form(request, _blank(request, initial=first), None, RepeatForm(initial=first))
    form, repeat = _blank(request, data=request.POST), RepeatForm(request.POST)
    if not (form.is_valid() and repeat.is_valid()):
        return _form(request, form, None, repeat, status=422)
    if repeat.is_repeating:
        return _begun(request, form, repeat)
    return _saved(request, form, None, lambda: _make(request.actor, form), repeat)


def _taken_up(request: ActorRequest) -> dict[str, Any]:
    """Return what was typed before and is to be gone on with, if the address names it."""
    try:
        kept = scratch_of(request.actor, UUID(request.GET.get("scratch", "")))
    except ValueError:
        return {}
    return initial_from(kept) if kept else {}


def _begun(request: ActorRequest, form: PostForm, repeat: RepeatForm) -> HttpResponse:
    """Begin a series, or say what is wrong with it and keep what was typed."""
    if not form.cleaned_data["local_time"]:
        form.add_error("local_time", _("Choose a time."))
        return _form(request, form, None, repeat, status=422)
    given = form.cleaned_data
    try:
        begun = series_create(
            request.actor, unit_id=given["unit"], plan=repeat.plan(form.content(), given["local_time"]),
            request_key=given["request_key"],
        )  # fmt: skip
    except DomainError as error:
        blame(repeat if error.data.get("field") in repeat.fields else form, error)
        return _form(request, form, None, repeat, status=error.status)
    scratch_forget(request.actor, given["request_key"])
    messages.success(request, _("Saved."))
    return redirect("campaigns:series", series_id=begun.pk)


@require_http_methods(["GET", "POST"])
@for_people
def edit(request: ActorRequest, post_id: int) -> HttpResponse:
    """Change a draft, or a scheduled post that has not left."""
    found = post_for(request.actor, post_id, ability=Ability.WRITE_POSTS)
    if request.method == "GET":
        first = initial_of(found) | _taken_up(request)
        return _form(request, _blank(request, found, initial=first), found)
    form = _blank(request, found, data=request.POST, initial=initial_of(found))
    return _saved(request, form, found, lambda: _change(request.actor, found, form))


def _blank(request: ActorRequest, found: Post | None = None, **given: Any) -> PostForm:
    """Offer what one may write now."""
    return PostForm(
        **accounts_offered(request, found),
        units=units_within(request.actor, Ability.WRITE_POSTS),
        post=found,
        campaigns=campaigns_to_choose(request.actor),
        library=images_for(request.actor),
        **given,
    )


def _make(actor: Actor, form: PostForm) -> Post:
    given = form.cleaned_data
    return actions.post_create(
        actor, unit_id=given["unit"], content=form.content(), request_key=given["request_key"]
    )


def _change(actor: Actor, found: Post, form: PostForm) -> Post:
    version = form.cleaned_data["version"] or 0
    return actions.post_update(actor, post_id=found.pk, content=form.content(), version=version)


def _saved(
    request: ActorRequest,
    form: PostForm,
    found: Post | None,
    save: Callable[[], Post],
    repeat: RepeatForm | None = None,
) -> HttpResponse:
    """Save, then do what the pressed button says; keep what was typed when something is wrong."""
    if not form.is_valid():
        return _form(request, form, found, repeat, status=422)
    try:
        stored = save()
    except DomainError as error:
        blame(form, error)
        return _form(request, form, found, repeat, status=error.status)
    scratch_forget(request.actor, form.cleaned_data["request_key"])
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
    request: ActorRequest,
    form: PostForm,
    found: Post | None,
    repeat: RepeatForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    is_first = request.method == "GET" and not request.GET.get("scratch")
    context = {
        "form": form,
        "post": found,
        "cards": cards_of(request, form),
        "scratch": scratch_for(request.actor, found) if is_first else None,
    }
    context |= repeat_context(repeat) if repeat else {}
    return render(request, "campaigns/edit.html", context, status=status)


#: What the buttons of the detail page do.
_ACTS: dict[str, Callable[..., Post]] = {
    "launch": partial(post_launch_set, is_launch=True),
    "ordinary": partial(post_launch_set, is_launch=False),
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


@require_POST
@for_people
def bring_back(request: ActorRequest, post_id: int, number: int) -> HttpResponse:
    """Make a post read again as it did in an earlier revision."""
    version = number_of_row(request.POST.get("version")) or 0
    told(
        request,
        lambda: post_bring_back(request.actor, post_id=post_id, number=number, version=version),
        _("It reads again as it did then."),
    )
    return redirect("campaigns:post", post_id=post_id)
