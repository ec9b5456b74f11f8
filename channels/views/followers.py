"""The screen of who follows an account: the curve, its days as a file, and who came and went."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from channels.actions.followers import COUNTED, LISTED, followers_keep
from channels.models import ChannelAccount
from channels.prices import Priced
from channels.selectors.accounts import account_for
from channels.selectors.followers import came_and_went, curve_of, watch_of
from channels.selectors.spending import price_of
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.sheets import BOM, csv_text
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, for_people, told

#: Days on the screen and in the file.
SHOWN, IN_FILE = 90, 3660


@require_http_methods(["GET", "POST"])
@for_people
def followers(request: ActorRequest, account_id: int) -> HttpResponse:
    """Show how many follow an account; those who manage it say whether their list is kept."""
    found = _account(request, account_id)
    if request.method == "POST":
        keeps = request.POST.get("keeps_list") == "yes"
        done = _("The list is read from now on.") if keeps else _("The list is no longer read.")
        told(
            request,
            lambda: followers_keep(request.actor, account_id=account_id, keeps_list=keeps),
            done,
        )
        return redirect("channels:followers", account_id=account_id)
    curve, watch = curve_of(found, timezone.localdate(now()), SHOWN), watch_of(found)
    latest = curve.latest.count if curve.latest else 0
    context = {
        "account": found, "curve": curve, "watch": watch, "is_listed": found.kind in LISTED,
        "can_manage": request.actor.can(Ability.MANAGE_ACCOUNTS, found.unit_id),
        "cost": price_of(Priced.USER_READ) * latest, "latest": latest,
        "moved": came_and_went(found) if watch and watch.keeps_list else [],
    }  # fmt: skip
    return render(request, "channels/followers.html", context)


@require_GET
@for_people
def followers_file(request: ActorRequest, account_id: int) -> HttpResponse:
    """Give all days as CSV."""
    found = _account(request, account_id)
    samples = curve_of(found, timezone.localdate(now()), IN_FILE).samples
    rows = [[sample.day.isoformat(), sample.count] for sample in samples]
    word = _("Followers")
    name = f"{found.name}-{word}.csv"
    headers = {"Content-Disposition": content_disposition_header(True, name) or ""}
    body = BOM + csv_text([[_("Day"), _("Followers")], *rows])
    return HttpResponse(body, content_type="text/csv; charset=utf-8", headers=headers)


def _account(request: ActorRequest, account_id: int) -> ChannelAccount:
    found = account_for(request.actor, account_id)
    if found.kind not in COUNTED:
        raise NotFound
    return found
