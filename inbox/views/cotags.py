"""Who is who: the initials under answers, and the accounts that carry them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from inbox.actions.cotags import cotag_retire, cotag_set, signing_set
from inbox.forms_wording import CoTagForm, SigningForm
from inbox.selectors.cotags import cotags_for, signings_for
from inbox.views.base import ActorRequest, for_people
from opsconsole.kernel.errors import DomainError
from opsconsole.people.directory import colleague_page
from opsconsole.people.roles import Ability
from opsconsole.people.screens import blame, told


@require_http_methods(["GET", "POST"])
@for_people
def initials(request: ActorRequest) -> HttpResponse:
    """Show who signs how; give initials to oneself, or to others as an administrator."""
    actor = request.actor
    signings = signings_for(actor)
    is_admin = actor.can(Ability.MANAGE_PEOPLE)
    people = colleague_page(actor, size=200).rows if is_admin else []
    accounts = [signing.account for signing in signings]
    form = CoTagForm(request.POST or None, accounts=accounts, people=people)
    if form.is_valid() and _given(request, form):
        return redirect("inbox:initials")
    context = {
        "tags": list(cotags_for(actor)), "signings": signings, "form": form, "me": actor.user_id,
        "is_admin": is_admin, "styles": SigningForm().fields["style"],
    }  # fmt: skip
    return render(request, "inbox/initials.html", context, status=422 if form.is_bound else 200)


def _given(request: ActorRequest, form: CoTagForm) -> bool:
    """Give the initials, or put the refusal at the field it is about."""
    given = form.cleaned_data
    user_id = given.get("user") or request.actor.person_id
    try:
        cotag_set(
            request.actor, user_id=user_id, account_id=given["account"], initials=given["initials"]
        )
    except DomainError as error:
        blame(form, error)
        return False
    messages.success(request, _("Saved."))
    return True


@require_POST
@for_people
def retire(request: ActorRequest, cotag_id: int) -> HttpResponse:
    """Take initials out of use."""
    told(request, lambda: cotag_retire(request.actor, cotag_id=cotag_id), _("Saved."))
    return redirect("inbox:initials")


@require_POST
@for_people
def signing(request: ActorRequest, account_id: int) -> HttpResponse:
    """Say how an account's answers are signed."""
    form = SigningForm(request.POST)
    style = form.cleaned_data["style"] if form.is_valid() else ""
    is_on = bool(request.POST.get("is_on"))
    told(
        request,
        lambda: signing_set(request.actor, account_id=account_id, is_on=is_on, style=style),
        _("Saved."),
    )
    return redirect("inbox:initials")
