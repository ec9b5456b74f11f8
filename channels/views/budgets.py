"""The screen of an account's budget."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from channels.actions.spending import account_budget_set
from channels.budget_forms import BudgetForm, initial_of
from channels.selectors.accounts import account_for, accounts_for
from channels.selectors.budgets import can_overflow, uses_of
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people


@require_http_methods(["GET", "POST"])
@for_people
def budget(request: ActorRequest, account_id: int) -> HttpResponse:
    """Say how much an account says at most, and who answers once that is used up."""
    found = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    mine = accounts_for(request.actor, Ability.MANAGE_ACCOUNTS)
    others = [other for other in mine if can_overflow(found, other)]
    form = BudgetForm(request.POST or None, initial=initial_of(found), others=others)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                account_budget_set(request.actor, account_id=account_id, **form.wish())
            except DomainError as error:
                blame(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("channels:account", account_id=account_id)
    context = {"form": form, "account": found, "uses": uses_of(found, now()), "others": others}
    return render(request, "channels/budget.html", context, status=status)
