"""What a rehearsal wants of the imitated platforms: accounts, misfortunes, and what they were asked to create."""

import http.client
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

#: Our kind of channel -> the sandbox's platform.
_PLATFORMS = {"x": "x", "facebook": "facebook", "blog": "wordpress"}
#: Kind of channel -> our name of a secret -> the sandbox's.
_SECRETS: dict[str, dict[str, str]] = {
    "x": {
        name: name
        for name in ("consumer_key", "consumer_secret", "access_token", "access_token_secret")
    },
    "facebook": {"page_access_token": "page_token", "app_secret": "app_secret"},
    "blog": {"username": "username", "application_password": "application_password"},
}
#: More than any rehearsal asks for: its hours are minutes, and the limits count real time.
_NO_LIMIT = 1_000_000


class Platforms:
    """The control API of one running sandbox."""

    def __init__(self, url: str) -> None:
        """`url` is the sandbox's address."""
        self.url = url

    def account(self, name: str, kind: str, title: str) -> "Counterpart":
        """Make the account that stands for one of ours, without limits of its own."""
        wish = {"platform": _PLATFORMS[kind], "name": name, "title": title}
        made = self._call("POST", "accounts", wish)
        endpoints = ("POST /2/tweets", "GET /2/users/:id/tweets", "POST /2/media/upload")
        self.settings(
            made["name"],
            x_posts_per_day=_NO_LIMIT,
            x_limits=dict.fromkeys(endpoints, _NO_LIMIT),
        )
        return Counterpart(made, kind)

    def settings(self, name: str, **values: Any) -> None:
        """Change an account's switches."""
        self._call("POST", "settings", {"account": name, **values})

    def fault(self, name: str, kind: str, text: str, **options: Any) -> str:
        """Let something go wrong, once, when an account is to say this text; returns the number of the fault."""
        match = {"account": name, "method": "POST", "text": text}
        return str(self._call("POST", "faults", {"kind": kind, "match": match, **options})["id"])

    def struck(self) -> set[str]:
        """Return the numbers of the faults that have struck."""
        return {str(fault["id"]) for fault in self._call("GET", "faults") if fault["used"]}

    def creates(self, name: str) -> list[dict[str, Any]]:
        """Return what came to stand on an account, oldest first: `external_id` and `at` (seconds since 1970)."""
        query = urlencode({"account": name, "stored": "true", "limit": _NO_LIMIT})
        found: list[dict[str, Any]] = self._call("GET", f"log?{query}")
        return found

    def _call(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        line = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        try:
            sent = None if body is None else json.dumps(body)
            line.request(method, f"/_control/{path}", sent)
            answer = line.getresponse()
            said = answer.read()
            if answer.status != http.client.OK:
                raise OSError(f"The sandbox answered {answer.status}: {said[:200]!r}")
            return json.loads(said)
        finally:
            line.close()


class Counterpart:
    """The account in the sandbox that stands for one of ours."""

    def __init__(self, made: Mapping[str, Any], kind: str) -> None:
        """`made` is how the sandbox describes it."""
        self.name = str(made["name"])
        self.base_url = str(made["base_url"])
        #: On a blog we are its second user.
        self.external_id = "2" if kind == "blog" else str(made["id"])
        given = made["credentials"]
        self.secrets = {ours: str(given[theirs]) for ours, theirs in _SECRETS[kind].items()}
