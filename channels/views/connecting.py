"""Screens of connecting: choosing a way, the way back from a platform, what was found, and what becomes of it."""

from secrets import token_urlsafe
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from channels.actions import agreeing, handshakes
from channels.connect_forms import AddressForm, ByHandForm, KeepForm, UnseenForm
from channels.lifecycle import ChannelKind, HandshakeState, Way
from channels.models import ChannelAccount, Handshake
from channels.selectors.accounts import account_for
from channels.selectors.handshakes import (
    apps_set_up,
    handshake_for,
    identities_of,
    place_of,
    sealed_of,
)
from channels.status import CHANNELS
from channels.ways import APP_FIELDS, WAYS
from opsconsole.kernel.errors import DomainError, NotFound
from opsconsole.people.roles import Ability
from opsconsole.people.screens import ActorRequest, blame, for_people, told
from opsconsole.people.selectors import units_within

#: The word by which a browser is known again when it comes back from a platform.
_WORD = "connecting"
#: While it stands so, the page follows by itself.
_MOVING = frozenset({HandshakeState.ASKED, HandshakeState.LOOKING, HandshakeState.AWAY})


@require_GET
@for_people
def choose(request: ActorRequest) -> HttpResponse:
    """Ask which kind of channel shall be connected."""
    request.actor.must(Ability.MANAGE_ACCOUNTS)
    context = {
        "channels": CHANNELS,
        "manages_apps": request.actor.everywhere(Ability.MANAGE_ACCOUNTS),
    }
    return render(request, "channels/choose.html", context)


@require_GET
@for_people
def connect(request: ActorRequest, kind: str) -> HttpResponse:
    """Offer the ways of connecting one kind of channel."""
    request.actor.must(Ability.MANAGE_ACCOUNTS)
    if kind not in WAYS:
        raise NotFound
    return _ways(request, kind)


@require_GET
@for_people
def reconnect(request: ActorRequest, account_id: int) -> HttpResponse:
    """Offer the ways of giving an account new credentials."""
    account = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    return _ways(request, account.kind, account=account)


@sensitive_post_parameters()
@require_POST
@for_people
def connect_begin(request: ActorRequest, kind: str, way: str) -> HttpResponse:
    """Begin to connect an account."""
    request.actor.must(Ability.MANAGE_ACCOUNTS)
    return _begin(request, kind, way, None)


@sensitive_post_parameters()
@require_POST
@for_people
def reconnect_begin(request: ActorRequest, account_id: int, way: str) -> HttpResponse:
    """Begin to give an account new credentials."""
    account = account_for(request.actor, account_id, Ability.MANAGE_ACCOUNTS)
    return _begin(request, account.kind, way, account)


def _begin(
    request: ActorRequest, kind: str, way: str, account: ChannelAccount | None
) -> HttpResponse:
    if way not in WAYS.get(kind, ()):
        raise NotFound
    form = _form(kind, way, request.POST, account)
    given: dict[str, str] = {}
    if form is not None:
        if not form.is_valid():
            return _ways(request, kind, account=account, form=form, way=way)
        given = form.given()
    word = request.session.setdefault(_WORD, token_urlsafe(24))
    try:
        made = handshakes.handshake_begin(
            request.actor, kind=kind, way=way, given=given, back=_back(kind), session=word,
            account_id=account.pk if account else None,
        )  # fmt: skip
    except DomainError as error:
        if form is None or error.status in {403, 404}:
            raise
        blame(form, error)
        return _ways(request, kind, account=account, form=form, way=way)
    return redirect("channels:connecting", handshake_id=made.pk)


def _back(kind: str) -> str:
    """Return our address to which a platform sends people; at X and Meta it must be registered, letter by letter."""
    return str(urljoin(settings.PUBLIC_URL, reverse("channels:connect_back", args=[kind])))


def _form(
    kind: str, way: str, data: Any = None, account: ChannelAccount | None = None
) -> AddressForm | ByHandForm | None:
    """Return the form of a way; None where a button is enough."""
    initial = {"base_url": account.base_url if account else ""}
    common: dict[str, Any] = {"kind": kind, "initial": initial, "auto_id": f"{way}_%s"}
    if way == Way.BY_HAND:
        return ByHandForm(data, is_known=account is not None, **common)
    if way == Way.LOOK or kind == ChannelKind.BLOG:
        return AddressForm(data, **common)
    return None


def _ways(
    request: ActorRequest,
    kind: str,
    *,
    account: ChannelAccount | None = None,
    form: Form | None = None,
    way: str = "",
) -> HttpResponse:
    """Show the ways of one kind; what is wrong with the form of one stands in it."""
    forms = {one: _form(kind, one, account=account) for one in WAYS[kind]}
    if form is not None:
        forms[Way(way)] = form  # type: ignore[assignment]
    context = {
        "kind": kind,
        "channel": CHANNELS[ChannelKind(kind)],
        "account": account,
        "forms": {str(one): made for one, made in forms.items()},
        "opened": way,
        "needs_app": kind in APP_FIELDS and kind not in apps_set_up(),
        "back": _back(kind),
        "manages_apps": request.actor.everywhere(Ability.MANAGE_ACCOUNTS),
    }
    return render(request, "channels/connect.html", context, status=422 if form else 200)


@require_GET
@for_people
def back(request: ActorRequest, kind: str) -> HttpResponse:
    """Take what a platform sends back with somebody, and lead on at once: the address holds secrets."""
    if kind not in WAYS:
        raise NotFound
    row = handshakes.handshake_return(
        request.actor, kind=kind, state=request.GET.get("state", ""),
        session=request.session.get(_WORD, ""), said=request.GET.dict(),
    )  # fmt: skip
    return redirect("channels:connecting", handshake_id=row.pk)


@require_GET
@for_people
def connecting(request: ActorRequest, handshake_id: int) -> HttpResponse:
    """Show how far the connecting has come, and what there is to decide."""
    return _connecting(request, handshake_for(request.actor, handshake_id))


def _connecting(request: ActorRequest, row: Handshake, form: Form | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        "handshake": row,
        "channel": CHANNELS[ChannelKind(row.kind)],
        "is_moving": row.state in _MOVING,
        "form": form,
    }
    if row.state == HandshakeState.AWAY:
        context["leads_to"] = sealed_of(row).get("leads_to", "")
    if row.state == HandshakeState.FOUND:
        context |= _found(request, row, form)
    if row.state == HandshakeState.FAILED and agreeing.may_be_kept_unseen(row):
        context["unseen"] = form or _unseen_form(request, row)
        context["may_keep"] = True
    is_part = request.htmx.target == "connecting"
    name = "channels/_connecting.html" if is_part else "channels/connecting.html"
    return render(request, name, context, status=422 if form and form.errors else 200)


def _found(request: ActorRequest, row: Handshake, form: Form | None) -> dict[str, Any]:
    identities = identities_of(request.actor, row)
    if row.account is not None:
        place = place_of(row, row.account)
        return {
            "identities": [one for one in identities if place in {None, one.place}],
            "is_other": place is None,
        }
    made = form or _keep_form(request, row)
    assert isinstance(made, KeepForm)  # noqa: S101 - a found handshake has no other form
    rows = [(one, made.row(one.place) if one.is_open else None) for one in identities]
    return {"form": made, "rows": rows, "identities": identities}


def _keep_form(request: ActorRequest, row: Handshake, data: Any = None) -> KeepForm:
    places = [one.place for one in identities_of(request.actor, row) if one.is_open]
    units = units_within(request.actor, Ability.MANAGE_ACCOUNTS)
    return KeepForm(data, kind=row.kind, found=row.found, open_places=places, units=units)


def _unseen_form(request: ActorRequest, row: Handshake, data: Any = None) -> UnseenForm:
    units = units_within(request.actor, Ability.MANAGE_ACCOUNTS)
    return UnseenForm(data, kind=row.kind, units=units)


@require_POST
@for_people
def keep(request: ActorRequest, handshake_id: int) -> HttpResponse:
    """Connect what was picked of what was found."""
    row = handshake_for(request.actor, handshake_id)
    form = _keep_form(request, row, request.POST)
    if not form.is_valid():
        return _connecting(request, row, form)
    try:
        accounts = agreeing.handshake_keep(
            request.actor, handshake_id=handshake_id, picks=form.picks(), **form.wish()
        )
    except DomainError as error:
        blame(form, error)
        return _connecting(request, row, form)
    messages.success(request, _("Connected. A worker reads it now."))
    if len(accounts) == 1:
        return redirect("channels:account", account_id=accounts[0].pk)
    return redirect("channels:accounts")


@require_POST
@for_people
def renew(request: ActorRequest, handshake_id: int) -> HttpResponse:
    """Give the account the credentials that were found for it."""
    account = agreeing.handshake_renew(
        request.actor, handshake_id=handshake_id, anyway=bool(request.POST.get("anyway"))
    )
    messages.success(request, _("Reconnected. What had to wait goes on its way."))
    return redirect("channels:account", account_id=account.pk)


@require_POST
@for_people
def keep_unseen(request: ActorRequest, handshake_id: int) -> HttpResponse:
    """Store what was typed though nobody could look into it."""
    row = handshake_for(request.actor, handshake_id)
    wish: dict[str, Any] = {"unit_id": 0, "name": ""}
    form = _unseen_form(request, row, request.POST)
    if row.account is None:
        if not form.is_valid():
            return _connecting(request, row, form)
        wish = form.wish()
    account = agreeing.handshake_keep_unseen(request.actor, handshake_id=handshake_id, **wish)
    messages.success(request, _("Stored. A worker checks it now."))
    return redirect("channels:account", account_id=account.pk)


@require_POST
@for_people
def again(request: ActorRequest, handshake_id: int) -> HttpResponse:
    """Have a worker look once more."""
    told(request, lambda: handshakes.handshake_again(request.actor, handshake_id=handshake_id))
    return redirect("channels:connecting", handshake_id=handshake_id)


@require_POST
@for_people
def leave(request: ActorRequest, handshake_id: int) -> HttpResponse:
    """Give it up."""
    row = handshake_for(request.actor, handshake_id)
    handshakes.handshake_leave(request.actor, handshake_id=handshake_id)
    if row.account_id is not None:
        return redirect("channels:account", account_id=row.account_id)
    return redirect("channels:accounts")
