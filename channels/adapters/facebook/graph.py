"""facebook-sdk made current: today's version, a proof on every call, our session, the answer kept."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import facebook
import requests

from channels.port import Connection
from channels.transport import make_session

#: The host in facebook-sdk's source; moved when the account has a base URL.
API = "https://graph.facebook.com/"
#: facebook-sdk of 2018 refuses every version it does not know, so this is set after construction.
VERSION = "v25.0"
#: What a create call tells of the thing it has made.
RECEIPT = "id,permalink_url,created_time"


class Graph(facebook.GraphAPI):  # type: ignore[misc]  # the SDK ships no types
    """One Page's connection. The SDK looks at bodies alone; `answer` keeps status and usage headers."""

    def __init__(self, connection: Connection) -> None:
        session = make_session(
            timeout=connection.timeout,
            allow_private_hosts=connection.allow_private_hosts,
            moved={API: connection.base_url} if connection.base_url else None,
        )
        super().__init__(connection.secrets.get("page_access_token"), session=session)
        self.version = VERSION
        self.answer: requests.Response | None = None
        self._proof = _proof(connection.secrets)
        session.hooks["response"].append(self._keep)

    def _keep(self, response: requests.Response, **_: object) -> None:
        self.answer = response

    def request(
        self,
        path: str,
        args: Any = None,
        post_args: Any = None,
        files: Any = None,
        method: Any = None,
    ) -> Any:
        """Call Graph with copies of the arguments: the SDK writes the token into what it is given.

        Raises HTTPError for a failure whose body does not look like one.
        """
        args, post = dict(args or {}), None if post_args is None else dict(post_args)
        if self._proof:
            (args if post is None else post)["appsecret_proof"] = self._proof
        self.answer = None
        result = super().request(path, args, post, files, method)
        if self.answer is not None:
            self.answer.raise_for_status()
        return result


def _proof(secrets: Mapping[str, str]) -> str:
    """Return the proof that the caller knows the app's secret, empty without one.

    https://developers.facebook.com/docs/graph-api/guides/secure-requests
    """
    secret, token = secrets.get("app_secret", ""), secrets.get("page_access_token", "")
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest() if secret else ""


def created_unread(answer: requests.Response | None) -> dict[str, Any]:
    """Return what a create call has made although reading it back failed; empty when it made nothing.

    https://developers.facebook.com/docs/graph-api/advanced#read-after-write
    """
    try:
        made = answer.json()["error"]["original_response"] if answer is not None else {}
    except (ValueError, KeyError, TypeError):
        return {}
    return made if isinstance(made, dict) else {}
