"""The screen of what an account costs: the month by kind, its ceiling, and a file of its days."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from channels.actions.charging import account_ceiling_set
from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount
from channels.prices import Priced, month_of
from channels.selectors.accounts import account_for
from channels.selectors.spending import days_spent, month_spent, price_of
from channels.spending_forms import CeilingForm, initial_of, month_given
from channels.spending_words import priced_label
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.kernel.sheets import BOM, csv_text
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people


@require_http_methods(["GET", "POST"])
@for_people
def spending(request: ActorRequest, account_id: int) -> HttpResponse:
    """Show what an account has cost in a month; those who manage it set its ceiling."""
    found, status = _account(request, account_id), 200
    can_manage = request.actor.can(Ability.MANAGE_ACCOUNTS, found.unit_id)
    form = CeilingForm(request.POST or None, initial=initial_of(found))
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                account_ceiling_set(request.actor, account_id=account_id, **form.cleaned_data)
            except DomainError as error:
                blame(form, error)
            else:
                messages.success(request, _("Saved."))
                return redirect("channels:spending", account_id=account_id)
    present = month_of(now())
    month = month_spent(found, month_given(request.GET.get("month", ""), present))
    context = {
        "account": found, "form": form if can_manage else None, "month": month,
        "is_present": month.first == present,         "prices": [(kind, price_of(kind)) for kind in Priced],
    }  # fmt: skip
    return render(request, "channels/spending.html", context, status=status)


@require_GET
@for_people
def spending_file(request: ActorRequest, account_id: int) -> HttpResponse:
    """Give the days of a month as CSV."""
    found = _account(request, account_id)
    first = month_given(request.GET.get("month", ""), month_of(now()))
    rows = [
        [row.day.isoformat(), str(priced_label(row.kind)), row.count, float(row.amount)]
        for row in days_spent(found, first)
    ]
    head = [_("Day"), _("What for"), _("Times"), _("US dollars")]
    name = f"{found.name}-{first:%Y-%m}.csv"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    kind = "text/csv; charset=utf-8"
    return HttpResponse(BOM + csv_text([head, *rows]), content_type=kind, headers=headers)


def _account(request: ActorRequest, account_id: int) -> ChannelAccount:
    """Only X costs money."""
    found = account_for(request.actor, account_id)
    if found.kind != ChannelKind.X:
        raise NotFound
    return found
