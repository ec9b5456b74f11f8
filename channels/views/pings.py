"""The doors at which other people's sites ping: what cannot be a ping is refused at once, the rest read later."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from channels.actions.receiving import event_receive
from channels.lifecycle import PushSource
from channels.pings import forms
from channels.pings.forms import NotAPing, Ping
from channels.selectors.push import PINGED, Doorway, door_at, pings_waiting, site_of
from channels.views.hooks import hook, said

#: The largest ping (bytes): two addresses, and a few words in a trackback.
LARGEST_PING = 64 * 1024
#: Pings of one account that wait to be verified, at most: anybody may send them.
MOST_WAITING = 500


@require_POST
@hook
def webmention(request: HttpRequest, token: str) -> HttpResponse:
    """Take a webmention. https://www.w3.org/TR/webmention/#receiving-webmentions"""
    fault = _take(request, token, PushSource.WEBMENTION, forms.webmention_in)
    if fault:
        return said(429 if fault == "busy" else 400, forms.WORDS[fault])
    return said(202, "Accepted. The source is read in a moment.")


@require_POST
@hook
def trackback(request: HttpRequest, token: str) -> HttpResponse:
    """Take a trackback for the article that `target` names."""
    target = request.GET.get("target", "")
    fault = _take(
        request, token, PushSource.TRACKBACK, lambda raw: forms.trackback_in(raw, target)
    )
    return HttpResponse(forms.trackback_said(fault), content_type="text/xml; charset=utf-8")


@require_POST
@hook
def pingback(request: HttpRequest, token: str) -> HttpResponse:
    """Take an XML-RPC call of `pingback.ping`."""
    fault = _take(request, token, PushSource.PINGBACK, forms.pingback_in)
    text = (
        forms.pingback_fault(fault)
        if fault
        else forms.pingback_said("Thank you. The source is read in a moment.")
    )
    return HttpResponse(text, content_type="text/xml; charset=utf-8")


def _take(
    request: HttpRequest, token: str, source: PushSource, read: Callable[[bytes], Ping]
) -> str:
    """Store a ping; returns what forbids it, empty when nothing does."""
    door = door_at(token, PINGED)
    raw = request.read(LARGEST_PING + 1)
    if len(raw) > LARGEST_PING:
        return "form"
    try:
        ping = read(raw)
    except NotAPing as error:
        return str(error)
    return _stored(door, source, ping)


def _stored(door: Doorway, source: PushSource, ping: Ping) -> str:
    fault = forms.fault_of_ping(
        ping, site_of(door.kind, door.base_url), allow_private=settings.ALLOW_PRIVATE_HOSTS
    )
    if fault:
        return fault
    if pings_waiting(door.account_id, MOST_WAITING) >= MOST_WAITING:
        return "busy"
    event_receive(door.account_id, source, ping.packed())
    return ""
