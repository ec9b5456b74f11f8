"""Signatures of X bear our time: the database's, whatever the worker's own clock says.

X refuses a signature that is some minutes off as it refuses a lost login.
https://docs.x.com/fundamentals/authentication/oauth-1-0a/authorizing-a-request
"""

from typing import Any

from oauthlib.common import Request  # type: ignore[import-untyped]
from oauthlib.oauth1 import Client  # type: ignore[import-untyped]
from requests_oauthlib import OAuth1

from opsconsole.kernel.clock import now


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
