"""Kind of channel and way of connecting → what is asked of the platform. Imports adapters, as the registry does.

Workers look; web requests only make the address at which somebody allows it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from channels.adapters.blog import site
from channels.adapters.facebook import login
from channels.adapters.feed import finding
from channels.adapters.x import oauth, trying
from channels.candidates import Candidate
from channels.errors import Rejected
from channels.lifecycle import ChannelKind, Way
from channels.port import Connection
from channels.registry import SecretField

#: The ways of each kind, the best first.
WAYS: Mapping[str, tuple[Way, ...]] = {
    ChannelKind.X: (Way.SIGN_IN, Way.BY_HAND),
    ChannelKind.FACEBOOK: (Way.SIGN_IN, Way.BY_HAND),
    ChannelKind.BLOG: (Way.SIGN_IN, Way.BY_HAND),
    ChannelKind.FEED: (Way.LOOK,),
}
#: Where people sign in through an app of ours, and what must be known of it.
APP_FIELDS: Mapping[str, tuple[SecretField, ...]] = {
    ChannelKind.X: (
        SecretField("client_id", _("Client ID")),
        SecretField("client_secret", _("Client secret")),
        SecretField(
            "consumer_key",
            _("API key"),
            required=False,
            help=_(
                "With it X's limits are counted together with accounts that were connected by hand."
            ),
        ),
        SecretField(
            "consumer_secret",
            _("API key secret"),
            required=False,
            help=_("By it X proves that what it pushes comes from X."),
        ),
    ),
    ChannelKind.FACEBOOK: (
        SecretField("app_id", _("App ID")),
        SecretField("app_secret", _("App secret")),
    ),
}
#: What of an app goes into the credentials of every account that was connected through it.
SHARED: Mapping[str, tuple[str, ...]] = {
    ChannelKind.X: ("client_id", "consumer_key", "consumer_secret"),
    ChannelKind.FACEBOOK: ("app_secret",),
}
_NO_APP = "Our app at this platform is not set up."
_CLOSED = "This site lets no applications in: that needs https, or was switched off there."
_ELSEWHERE = "Another site has answered than the one that was asked."


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known when a worker looks. `given` was typed or came back; `back` is where people return to."""

    kind: str
    way: str
    given: Mapping[str, str] = field(repr=False)
    app: Mapping[str, str] = field(repr=False)
    app_base: str = ""
    back: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look gave: identities, or the address at which somebody must allow it first, with what to keep."""

    candidates: Sequence[Candidate] = ()
    leads_to: str = field(default="", repr=False)
    keep: Mapping[str, str] = field(default_factory=dict, repr=False)


def leads_to(wish: Wish, *, verifier: str) -> str:
    """Return where somebody allows it, for the platforms that we have an app at. Asks nobody."""
    if wish.kind == ChannelKind.X:
        return oauth.authorise_address(
            _x_app(wish.app, wish.app_base), back=wish.back, state=wish.state, verifier=verifier
        )
    return login.dialog_address(_meta_app(wish), back=wish.back, state=wish.state)


def look(wish: Wish) -> Outcome:
    """Ask the platform whose these credentials are, and what they are good for. Raises the errors of the port."""
    return _LOOKS[wish.kind, wish.way](wish)


def token_next(
    secrets: Mapping[str, str], app: Mapping[str, str], base_url: str
) -> tuple[dict[str, str], int]:
    """Return the next secrets of an account whose token ends, and how long they last (seconds)."""
    given = secrets.get("oauth2_refresh_token", "")
    tokens = oauth.refresh(_x_app(app, base_url), refresh_token=given)
    return _lent(tokens), tokens.seconds


def _lent(tokens: oauth.Tokens) -> dict[str, str]:
    return {
        "oauth2_access_token": tokens.access_token,
        "oauth2_refresh_token": tokens.refresh_token,
    }


def _x_app(app: Mapping[str, str], base_url: str) -> oauth.App:
    return oauth.App(
        client_id=app.get("client_id", ""),
        client_secret=app.get("client_secret", ""),
        base_url=base_url,
        timeout=settings.SEND_TIMEOUT_SECONDS,
        allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
    )


def _meta_app(wish: Wish) -> login.App:
    return login.App(
        app_id=wish.app.get("app_id", ""),
        app_secret=wish.app.get("app_secret", ""),
        base_url=wish.app_base,
        timeout=settings.SEND_TIMEOUT_SECONDS,
        allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
    )


def _connection(base_url: str, secrets: Mapping[str, str]) -> Connection:
    return Connection(
        base_url=base_url,
        external_id="",
        secrets=secrets,
        timeout=settings.SEND_TIMEOUT_SECONDS,
        allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
    )


def _typed(wish: Wish) -> Connection:
    secrets = {name: value for name, value in wish.given.items() if name not in _NO_SECRETS}
    return _connection(wish.given.get("base_url", ""), secrets)


_NO_SECRETS = frozenset({"base_url", "name"})


def _x_signed_in(wish: Wish) -> Outcome:
    if not wish.app:
        raise Rejected(_NO_APP)
    tokens = oauth.exchange(
        _x_app(wish.app, wish.app_base),
        code=wish.given["code"], verifier=wish.given["verifier"], back=wish.back,
    )  # fmt: skip
    secrets = {**_lent(tokens), **{name: wish.app.get(name, "") for name in SHARED[ChannelKind.X]}}
    connection = _connection(wish.app_base, secrets)
    return Outcome([trying.try_token(connection, tokens.scopes, tokens.seconds)])


def _x_by_hand(wish: Wish) -> Outcome:
    return Outcome([trying.try_keys(_typed(wish))])


def _facebook_signed_in(wish: Wish) -> Outcome:
    if not wish.app:
        raise Rejected(_NO_APP)
    return Outcome(login.pages_of_code(_meta_app(wish), code=wish.given["code"], back=wish.back))


def _facebook_by_hand(wish: Wish) -> Outcome:
    is_ours = bool(wish.app) and wish.app.get("app_secret") == wish.given.get("app_secret")
    return Outcome([login.try_page_token(_typed(wish), _meta_app(wish) if is_ours else None)])


def _site(wish: Wish) -> site.Site:
    return site.find_site(
        wish.given.get("base_url", ""),
        timeout=settings.SEND_TIMEOUT_SECONDS,
        allow_private_hosts=settings.ALLOW_PRIVATE_HOSTS,
    )


def _blog_signed_in(wish: Wish) -> Outcome:
    """First look where a site lets people in; after they come back, with what it has given them."""
    if "password" not in wish.given:
        found = _site(wish)
        if not found.authorise:
            raise Rejected(_CLOSED)
        address = site.authorise_address(found, back=wish.back, state=wish.state)
        return Outcome(leads_to=address, keep={"base_url": found.base, "name": found.name})
    if not site.is_same(wish.given.get("site_url", ""), wish.given["base_url"]):
        raise Rejected(_ELSEWHERE)
    secrets = {
        "username": wish.given.get("user_login", ""),
        "application_password": wish.given["password"],
    }
    connection = _connection(wish.given["base_url"], secrets)
    return Outcome([site.try_user(connection, name=wish.given.get("name", ""))])


def _blog_by_hand(wish: Wish) -> Outcome:
    found = _site(wish)
    connection = _connection(found.base, _typed(wish).secrets)
    return Outcome([site.try_user(connection, name=found.name)])


def _feed(wish: Wish) -> Outcome:
    return Outcome(finding.find_feeds(_typed(wish)))


_LOOKS: Mapping[tuple[str, str], Callable[[Wish], Outcome]] = {
    (ChannelKind.X, Way.SIGN_IN): _x_signed_in,
    (ChannelKind.X, Way.BY_HAND): _x_by_hand,
    (ChannelKind.FACEBOOK, Way.SIGN_IN): _facebook_signed_in,
    (ChannelKind.FACEBOOK, Way.BY_HAND): _facebook_by_hand,
    (ChannelKind.BLOG, Way.SIGN_IN): _blog_signed_in,
    (ChannelKind.BLOG, Way.BY_HAND): _blog_by_hand,
    (ChannelKind.FEED, Way.LOOK): _feed,
}
