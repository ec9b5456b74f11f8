"""The doors at which platforms push. No session, no cookie: who knocks proves itself, or is not heard."""

import logging
from collections.abc import Callable
from functools import wraps

from django.db import Error
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels.actions.receiving import door_proved, door_refused, event_receive
from channels.lifecycle import ChannelKind, PushSource
from channels.selectors.push import Doorway, door_at
from channels.signatures import facebook_signature, is_same, is_signed, x_signature
from opsconsole.kernel.body_limit import LARGEST_HOOK
from opsconsole.kernel.errors import Invalid, NotFound

logger = logging.getLogger(__name__)

Hook = Callable[[HttpRequest, str], HttpResponse]
#: Seconds after which somebody should come again whom the database had no time for.
COME_AGAIN = "5"


def hook(view: Hook) -> Hook:
    """Make a view a door: it knows no person, and never claims a success that is not in the database."""

    @csrf_exempt
    @wraps(view)
    def door(request: HttpRequest, token: str) -> HttpResponse:
        try:
            response = view(request, token)
        except NotFound:
            response = said(404, "There is no such door.")
        except (Error, Invalid) as error:  # the latter: our own key to the secrets does not fit
            logger.warning("a door had to turn somebody away: %s", type(error).__name__)
            response = said(503, "Come again later.")
            response.headers["Retry-After"] = COME_AGAIN
        response.headers["Cache-Control"] = "no-store"
        return response

    return door


@require_http_methods(["GET", "POST"])
@hook
def facebook(request: HttpRequest, token: str) -> HttpResponse:
    """Take a subscription's proof, or changes on a Page.

    https://developers.facebook.com/docs/graph-api/webhooks/getting-started
    """
    door = door_at(token, frozenset({ChannelKind.FACEBOOK}))
    if request.method == "GET":
        given = request.GET.get("hub.verify_token", "")
        is_right = request.GET.get("hub.mode") == "subscribe" and is_same(door.verify_token, given)
        if not is_right:
            door_refused(door)
            return said(403, "The verify token is wrong.")
        door_proved(door)
        return said(200, request.GET.get("hub.challenge", "")[:200])
    sign = request.headers.get("X-Hub-Signature-256", "")
    return _take(request, door, PushSource.FACEBOOK, facebook_signature, sign)


@require_http_methods(["GET", "POST"])
@hook
def x(request: HttpRequest, token: str) -> HttpResponse:
    """Answer X's challenge, or take activities. https://docs.x.com/x-api/webhooks/introduction"""
    door = door_at(token, frozenset({ChannelKind.X}))
    if request.method == "GET":
        challenge, secret = request.GET.get("crc_token", ""), door.secret
        if not challenge or not secret:
            return said(400, "There is nothing to answer.")
        door_proved(door)
        return JsonResponse({"response_token": x_signature(secret, challenge.encode())})
    sign = request.headers.get("X-Twitter-Webhooks-Signature", "")
    return _take(request, door, PushSource.X, x_signature, sign)


def _take(
    request: HttpRequest,
    door: Doorway,
    source: PushSource,
    sign: Callable[[str, bytes], str],
    given: str,
) -> HttpResponse:
    """Store a signed body. Nobody looks into it here, least of all before its signature is right."""
    raw = request.read(LARGEST_HOOK + 1)
    if len(raw) > LARGEST_HOOK:
        return said(413, "That is too much at once.")
    if not is_signed(sign, door.secret, raw, given):
        door_refused(door)
        return said(403, "The signature is wrong.")
    event_receive(door.account_id, source, raw)
    return said(200, "")


def said(status: int, words: str) -> HttpResponse:
    """Return a short answer for a program."""
    return HttpResponse(words, status=status, content_type="text/plain; charset=utf-8")
