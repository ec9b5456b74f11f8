"""Kind of channel → adapter, limits, and the secrets it needs. The only importer of adapters."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels.adapters.blog.adapter import BlogAdapter
from channels.adapters.facebook import pushed as facebook_pushed
from channels.adapters.facebook.adapter import FacebookAdapter
from channels.adapters.facebook.subscribing import FIELDS as SUBSCRIBED_TO
from channels.adapters.feed.adapter import FeedAdapter
from channels.adapters.x import pushed as x_pushed
from channels.adapters.x.adapter import XAdapter
from channels.lifecycle import ChannelKind
from channels.port import ChannelAdapter, Connection
from channels.tidings import Tidings
from channels.types import Capabilities, SideKind

__all__ = ["SUBSCRIBED_TO"]


@dataclass(frozen=True, slots=True)
class SecretField:
    """One credential that a connect screen asks for."""

    name: str
    label: "str | Promise"
    required: bool = True
    help: "str | Promise" = ""


_ADAPTERS: dict[str, type[XAdapter | FacebookAdapter | BlogAdapter | FeedAdapter]] = {
    ChannelKind.X: XAdapter,
    ChannelKind.FACEBOOK: FacebookAdapter,
    ChannelKind.BLOG: BlogAdapter,
    ChannelKind.FEED: FeedAdapter,
}

_SECRETS: dict[str, tuple[SecretField, ...]] = {
    ChannelKind.X: (
        SecretField("consumer_key", _("API key")),
        SecretField("consumer_secret", _("API key secret")),
        SecretField("access_token", _("Access token")),
        SecretField("access_token_secret", _("Access token secret")),
    ),
    ChannelKind.FACEBOOK: (
        SecretField("page_access_token", _("Page access token")),
        SecretField(
            "app_secret",
            _("App secret"),
            required=False,
            help=_("With it every call carries a proof that it comes from your app."),
        ),
    ),
    ChannelKind.BLOG: (
        SecretField("username", _("User name")),
        SecretField("application_password", _("Application password")),
    ),
    ChannelKind.FEED: (),
}


def adapter_for(kind: str, connection: Connection) -> ChannelAdapter:
    """Return an adapter for one account; make a new one for every task."""
    return _ADAPTERS[kind](connection)


def adapter_type(kind: str) -> type[XAdapter | FacebookAdapter | BlogAdapter | FeedAdapter]:
    """Return the class whose objects speak for a channel, to be asked what they can do."""
    return _ADAPTERS[kind]


def capabilities_for(kind: str) -> Capabilities:
    """Return what a channel can do."""
    return _ADAPTERS[kind].capabilities


def side_intervals(kind: str) -> Mapping[SideKind, int]:
    """Return which side streams a channel has, and after how many seconds each is read again."""
    found: Mapping[SideKind, int] = getattr(_ADAPTERS[kind], "side_streams", {})
    return found


def secret_fields(kind: str) -> tuple[SecretField, ...]:
    """Return the credentials a channel needs."""
    return _SECRETS[kind]


#: The secret with which a platform signs what it pushes.
SIGNED_WITH: dict[str, str] = {
    ChannelKind.X: "consumer_secret",
    ChannelKind.FACEBOOK: "app_secret",
}


def tidings_of(kind: str, body: Mapping[str, Any], *, base_url: str) -> dict[str, Tidings]:
    """Return what a platform's call says, by our own id there. Raises when it cannot be understood."""
    if kind == ChannelKind.X:
        return x_pushed.tidings_of(body, base_url=base_url.rstrip("/") or "https://x.com")
    return facebook_pushed.tidings_of(body)
