"""How calls to X say who speaks: signed with keys, or bearing a token that was lent.

Signatures bear our time: the database's, whatever the worker's own clock says. X refuses one that is some
minutes off as it refuses a lost login.
https://docs.x.com/fundamentals/authentication/oauth-1-0a/authorizing-a-request
"""

from collections.abc import Mapping
from typing import Any

import requests
import tweepy
from oauthlib.common import Request  # type: ignore[import-untyped]
from oauthlib.oauth1 import Client  # type: ignore[import-untyped]
from requests_oauthlib import OAuth1

from opsconsole.kernel.clock import now

#: The secret that an account has whose owner has signed in at X; the four keys of OAuth 1.0a count without it.
LENT = "oauth2_access_token"


class TimedClient(Client):  # type: ignore[misc]  # oauthlib ships no types
    """Stamps each request anew with the corrected time, unless it was given one."""

    timestamp: str | None

    def get_oauth_params(self, request: Request) -> list[tuple[str, Any]]:
        """Return the parameters of the signature."""
        given = self.timestamp
        self.timestamp = given or str(int(now().timestamp()))
        try:
            params: list[tuple[str, Any]] = super().get_oauth_params(request)
        finally:
            self.timestamp = given
        return params


def sign_by_our_time() -> None:
    """Have whatever tweepy signs bear our time; requests-oauthlib asks for the class of its signers here."""
    OAuth1.client_class = TimedClient


class _Bearer(requests.auth.AuthBase):
    """Puts a lent token at the head of a call."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class Auth:
    """Who speaks in a call: an account by its four keys, or by a token of OAuth 2.0."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._lent = secrets.get(LENT, "")
        names = ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
        self._keys = {name: secrets.get(name) for name in names}

    @property
    def signs(self) -> bool:
        """Whether tweepy shall sign; else it sends the token."""
        return not self._lent

    def client(self) -> tweepy.Client:
        """Return tweepy's client."""
        who = {"bearer_token": self._lent} if self._lent else self._keys
        return tweepy.Client(**who, return_type=dict, wait_on_rate_limit=False)

    def signer(self) -> requests.auth.AuthBase:
        """Return what does the same for calls that tweepy does not know."""
        if self._lent:
            return _Bearer(self._lent)
        signed: requests.auth.AuthBase = tweepy.OAuth1UserHandler(
            *self._keys.values()
        ).apply_auth()
        return signed
