"""What the form of a post asks for while one types: how it will look, and that nothing is lost."""

from typing import TypedDict
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from campaigns.actions.links import links_ask
from campaigns.actions.scratches import scratch_forget, scratch_keep
from campaigns.contents import Content
from campaigns.forms import PostForm
from campaigns.models import LinkCheck, Post
from campaigns.selectors.campaigns import campaigns_to_choose
from campaigns.selectors.library import images_for
from campaigns.selectors.links import links_told
from campaigns.selectors.posts import posts_for
from campaigns.selectors.previews import Preview, previews
from campaigns.wording import addresses_in
from channels.models import ChannelAccount
from channels.selectors.accounts import posting_accounts
from opsconsole.kernel.errors import Invalid
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people, number_of_row
from opsconsole.people.selectors import units_within


class Offered(TypedDict):
    """What a form of a post offers, and what it names as silent."""

    accounts: list[ChannelAccount]
    silent: list[ChannelAccount]


def accounts_offered(request: ActorRequest, post: Post | None) -> Offered:
    """Return what one may post to now; where a post already stands stays on offer, silent or not."""
    mine = posting_accounts(request.actor)
    accounts = {account.pk: account for account in mine if account.can_speak}
    for target in post.targets.all() if post else ():
        accounts.setdefault(target.account_id, target.account)
    silent = [account for account in mine if account.pk not in accounts]
    return Offered(accounts=list(accounts.values()), silent=silent)


def cards_of(request: ActorRequest, form: PostForm) -> list[Preview]:
    """Return how what stands in the form will look on the chosen accounts."""
    if form.is_bound:
        form.is_valid()
        content = form.content()
    else:
        content = form.first_content()
    chosen = set(content.account_ids)
    accounts = [account for account in form.choices if account.pk in chosen]
    return previews(content, accounts, images_for(request.actor))


@require_POST
@for_people
def preview(request: ActorRequest) -> HttpResponse:
    """Show how what is typed will look, and what is wrong with it. Keeps nothing."""
    request.actor.must(Ability.WRITE_POSTS)
    post = posts_for(request.actor).filter(pk=number_of_row(request.POST.get("post")) or 0).first()
    form = PostForm(
        request.POST,
        **accounts_offered(request, post),
        units=units_within(request.actor, Ability.WRITE_POSTS),
        campaigns=campaigns_to_choose(request.actor),
        post=post,
    )
    context = {"cards": cards_of(request, form), "links": _links(form.content())}
    return render(request, "campaigns/_previews.html", context)


def _links(content: Content) -> list[LinkCheck]:
    """Return what is known of the addresses typed so far; one that may still grow is not looked up yet."""
    texts = [content.body, *content.wording.values()]
    texts += [part for one in content.placing.values() for part in one.parts]
    found = [(url, text.endswith(url)) for text in texts for url in addresses_in(text)]
    links_ask(url for url, is_growing in found if not is_growing)
    return links_told(url for url, _is_growing in found)


@require_POST
@for_people
def scratch(request: ActorRequest) -> HttpResponse:
    """Keep what is typed, so that a closed tab loses nothing."""
    given = {name: request.POST.getlist(name) for name in request.POST}
    given.pop("csrfmiddlewaretoken", None)
    key = _key(request)
    post_id = number_of_row(request.POST.get("post"))
    scratch_keep(request.actor, key=key, post_id=post_id, fields=given)
    return HttpResponse(status=204)


@require_POST
@for_people
def scratch_drop(request: ActorRequest) -> HttpResponse:
    """Throw away what was typed."""
    scratch_forget(request.actor, _key(request))
    return redirect("campaigns:create")


def _key(request: ActorRequest) -> UUID:
    try:
        return UUID(request.POST.get("request_key", ""))
    except ValueError as error:
        raise Invalid(code="key") from error
