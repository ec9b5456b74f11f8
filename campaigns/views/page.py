"""The page of a post, for all views that show it: what it says, how it stands, how it read before."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from campaigns.actions.links import links_ask
from campaigns.approval import steps_from
from campaigns.approval_forms import AskForm, CommentForm, LinkForm, ReleaseForm, WordForm
from campaigns.lifecycle import PostState
from campaigns.models import Post
from campaigns.selectors.approvals import Standing, people_named, standing_of
from campaigns.selectors.history import history_of
from campaigns.selectors.links import links_told, urls_of
from campaigns.selectors.previews import post_previews
from opsconsole.people.models import User
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest


def post_page(
    request: ActorRequest, post: Post, *, status: int = 200, **extra: Any
) -> HttpResponse:
    """Render a post that has come through its gate; `extra` are forms that were refused, and what is shown once."""
    standing = standing_of(request.actor, post)
    unit_id = post.unit_id
    context = {
        "post": post,
        "can_write": request.actor.can(Ability.WRITE_POSTS, unit_id),
        "can_launch": request.actor.can(Ability.LAUNCH_POSTS, unit_id),
        "can_comment": request.actor.can(Ability.WRITE_NOTES, unit_id),
        "cards": post_previews(post),
        "history": history_of(post),
        "standing": standing,
        "steps": _steps(standing),
        "word_form": WordForm(),
        "comment_form": CommentForm(),
        "ask_form": AskForm(),
        "release_form": ReleaseForm(),
        "link_form": LinkForm(initial={"language": request.LANGUAGE_CODE, "hours": 24}),
        **extra,
    }
    context |= links_context(post)
    is_fragment = request.headers.get("HX-Target") == "post"
    name = "campaigns/_post.html" if is_fragment else "campaigns/post.html"
    return render(request, name, context, status=status)


def links_context(post: Post) -> dict[str, Any]:
    """Return what is known of the addresses in a post that may still be changed, and have it looked up anew."""
    if post.state not in {PostState.DRAFT, PostState.SCHEDULED}:
        return {"links": []}
    urls = urls_of(post)
    links_ask(urls)
    links = links_told(urls)
    return {"links": links, "is_looking": any(row.next_at for row in links if not row.checked_at)}


def _steps(standing: Standing) -> list[dict[str, Any]]:
    """Return the steps to show: those of the request, else those that would be asked; with what was said."""
    kept = standing.request
    steps = steps_from(kept.steps) if kept and kept.is_open else standing.needs
    if kept and not kept.is_open and standing.voices:
        steps = steps_from(kept.steps)
    named: dict[int, User] = people_named({pk for step in steps for pk in step.people})
    return [
        {
            "number": number + 1,
            "step": step,
            "people": [named[pk] for pk in step.people if pk in named],
            "is_open": bool(kept and kept.is_open and kept.step == number),
            "voices": [row for row in standing.voices if row.step == number],
        }
        for number, step in enumerate(steps)
    ]
