"""WordPress through its REST API. One adapter per task; no retry of a write happens here."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

import requests

from channels.adapters.blog import mapping, pictures, walks
from channels.adapters.blog.errors import from_response, translate
from channels.adapters.blog.naming import is_named_so, says_the_same, slug_of
from channels.adapters.blog.reading import Reading
from channels.errors import Ambiguous, AuthExpired, Rejected, RejectionCode, Unreachable
from channels.markup import formatted, plain
from channels.port import Connection, moderated, must_carry, must_moderate
from channels.transport import make_session
from channels.types import (
    LARGEST_FILM,
    OUTCOMES,
    Article,
    Capabilities,
    Category,
    Counting,
    ModerationVerb,
    Outgoing,
    OutgoingKind,
    Profile,
    Receipt,
    Recheck,
)

#: A small site's clock may be this far off ours when we look for what we wrote.
CLOCK_DRIFT = timedelta(minutes=5)
#: The words that WordPress has for our verbs.
_STATUS_WORDS = {
    ModerationVerb.APPROVE: "approve",
    ModerationVerb.HOLD: "hold",
    ModerationVerb.SPAM: "spam",
    ModerationVerb.UNSPAM: "unspam",
    ModerationVerb.TRASH: "trash",
    ModerationVerb.UNTRASH: "untrash",
}
_UNKNOWN_FORM = "The site answered in an unknown form."


class BlogAdapter(Reading):
    """One WordPress site: comments, pingbacks and trackbacks in, replies and articles out."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        can_reply=True,
        can_post=True,
        counting=Counting.CHARACTERS,
        max_length=20_000,
        needs_title=True,
        max_media=10,
        media_types=("image/jpeg", "image/png", "image/gif", "image/webp"),
        recheck_batch=100,
        has_duplicate_guard=True,
        moderation=frozenset({*_STATUS_WORDS, ModerationVerb.DELETE_OWN}),
        largest_media=10_000_000,
        film_types=("video/mp4",),
        largest_film=LARGEST_FILM,
        longest_film=4 * 3600,
        film_alone=False,
        has_categories=True,
        is_formatted=True,
        streams=(walks.COMMENTS,),
    )

    def __init__(self, connection: Connection) -> None:
        self._base = connection.base_url.rstrip("/")
        self._id = connection.external_id
        self._own = frozenset({connection.external_id, *connection.also_own})
        self._secrets = connection.secrets
        self._plain = False
        self._session = make_session(
            timeout=connection.timeout, allow_private_hosts=connection.allow_private_hosts
        )
        # requests would encode names as Latin-1; WordPress reads UTF-8.
        words = [connection.secrets.get(name, "") for name in ("username", "application_password")]
        user, password = (word.encode().decode("latin-1") for word in words)
        self._session.auth = (user, password)

    def whoami(self) -> Profile:
        """Return the user; AuthExpired when the password is wrong or the role cannot moderate.

        Public listings answer even to a wrong password, so only this tells.
        https://developer.wordpress.org/rest-api/reference/users/#retrieve-a-user-2
        """
        user = self.who()
        able = user.get("capabilities") or {}
        if not able.get("moderate_comments"):
            raise AuthExpired("This user may not moderate comments. Give it the role Editor.")
        return Profile(
            external_id=str(user["id"]),
            name=plain(str(user.get("name") or "")),
            handle=str(user.get("slug") or ""),
            url=self._base,
        )

    def who(self) -> dict[str, Any]:
        """Return the user as WordPress describes it to itself."""
        user = self._get("users/me", context="edit")
        if not user.get("id"):
            raise Unreachable(_UNKNOWN_FORM)
        return user

    def prepare(self, out: Outgoing) -> Outgoing:
        """Upload the pictures, the featured one first. https://developer.wordpress.org/rest-api/reference/media/"""
        handles = []
        if out.media:
            self._settle_address()
        for media in out.media:
            files = {"file": (media.filename, media.content, media.content_type)}
            answer = self._post(
                "media", is_write=False, files=files, data={"alt_text": media.alt_text}
            )
            if not isinstance(answer, dict) or not answer.get("id"):
                raise Unreachable("The site took the picture but gave it no number.")
            handles.append(pictures.handle_of(answer))
        return out.with_handles(tuple(handles))

    def publish(self, out: Outgoing) -> Receipt:
        """Create a reply or an article.

        https://developer.wordpress.org/rest-api/reference/comments/#create-a-comment
        """
        must_carry(out, self.capabilities)
        if out.kind == OutgoingKind.REPLY:
            return self._reply(out)
        words: dict[str, Any] = {
            "title": mapping.as_html(out.title),
            "content": formatted(out.text) + pictures.figures(out),
            "slug": slug_of(out),
            "status": "publish",
        }
        if out.article.excerpt:
            words["excerpt"] = mapping.as_html(out.article.excerpt)
        if out.article.categories:
            words["categories"] = list(out.article.categories)
        if featured := pictures.featured(out):
            words["featured_media"] = featured
        self._settle_address()
        return _receipt(self._post("posts", is_write=True, json=words), mapping.THREAD_PREFIX)

    def _reply(self, out: Outgoing) -> Receipt:
        """WordPress accepts any parent, even a missing one: look first."""
        if not out.reply_to.isdigit():
            raise Rejected("There is no comment to answer.", code=RejectionCode.TARGET_GONE)
        parent = self._get(f"comments/{out.reply_to}", context="edit")
        post = parent.get("post")
        is_there = parent.get("status") in {"approved", "hold"}
        if not is_there or mapping.thread_of(post) != out.thread:
            raise Rejected("The comment is no longer there.", code=RejectionCode.TARGET_GONE)
        words = {
            "post": post,
            "parent": int(out.reply_to),
            "content": mapping.as_html(out.text),
            **self._signature(out.article),
        }
        return _receipt(self._post("comments", is_write=True, json=words), "")

    def _signature(self, article: Article) -> dict[str, Any]:
        """Say who signs. With a name alone WordPress would take it for a visitor's words."""
        signs = {"author": article.author or int(self._id)}
        if article.author_name:
            return {**signs, "author_name": article.author_name}
        return signs if article.author else {}

    def find(self, out: Outgoing, *, since: datetime, until: datetime) -> list[Receipt]:
        """Look for our article by its name, or among our own replies under the comment."""
        early, late = since - CLOCK_DRIFT, until + CLOCK_DRIFT
        if out.kind == OutgoingKind.POST:
            posts = self._articles(out, early, late)
            return [_receipt(post, mapping.THREAD_PREFIX) for post in posts]
        wanted = mapping.fingerprint(mapping.as_html(out.text))
        rows = self._rows(
            "comments", author=str(out.article.author or self._id), parent=out.reply_to, status="all",
            per_page="100", orderby="id", order="desc",
        )  # fmt: skip
        return [
            _receipt(row, "")
            for row in rows
            if mapping.fingerprint(str(row["content"].get("raw") or "")) == wanted
            and early <= mapping.moment(str(row["date_gmt"])) <= late
        ]

    def _articles(self, out: Outgoing, since: datetime, until: datetime) -> list[dict[str, Any]]:
        """Ask for the name, which is exact; where nothing has it, look at our latest articles ourselves.

        Deliveries armed before there were readable names are called by their nonce.
        """
        named = self._rows("posts", slug=f"{slug_of(out)},{out.nonce}", status="any")
        if named:
            return named
        latest = self._rows(
            "posts", author=self._id, status="any", per_page="100", orderby="id", order="desc"
        )
        return [
            row for row in latest if is_named_so(row, out) or says_the_same(row, out, since, until)
        ]

    def categories(self) -> list[Category]:
        """Return the headings that articles can be filed under, by name.

        https://developer.wordpress.org/rest-api/reference/categories/#list-categories
        """
        rows = self._rows("categories", per_page="100", orderby="name", order="asc")
        return [Category(int(row["id"]), plain(str(row.get("name") or ""))) for row in rows]

    def remove(self, external_id: str) -> None:
        """Delete what we published, past the trash."""
        kind = "posts" if external_id.startswith(mapping.THREAD_PREFIX) else "comments"
        number = external_id.removeprefix(mapping.THREAD_PREFIX)
        self._settle_address()
        try:
            self._call("DELETE", f"{kind}/{number}", is_write=True, params={"force": "true"})
        except Rejected as error:
            if error.code != RejectionCode.TARGET_GONE:
                raise

    def moderate(self, external_id: str, verb: ModerationVerb) -> Recheck:
        """Change a comment's status, or delete one of ours.

        WordPress calls it a failure to set the status that a comment has, and ignores words it does not
        know, so the comment is read before and its new status believed alone.
        https://developer.wordpress.org/rest-api/reference/comments/#update-a-comment
        """
        must_moderate(verb, self.capabilities)
        if verb == ModerationVerb.DELETE_OWN:
            self.remove(external_id)
            return Recheck(gone=(external_id,))
        row = self._get(f"comments/{external_id}", context="edit")
        titles = self._titles({}, [row])
        items = self._items([row], titles)
        if not any(item.visibility in OUTCOMES[verb] for item in items):
            # The browser of whoever wrote it: left out, the call's own would take its place.
            browser = str(row.get("author_user_agent") or "")
            words = {"status": _STATUS_WORDS[verb], "author_user_agent": browser}
            row = self._post(f"comments/{external_id}", is_write=True, json=words)
            items = self._items([row], titles)
        return moderated(Recheck(tuple(items)), external_id, verb)

    def _settle_address(self) -> None:
        """Find out which form of address the site knows, by a read, before a call that must not repeat."""
        self._get("users/me")

    def _rows(self, route: str, **asked: str) -> list[dict[str, Any]]:
        """Read a listing as a moderator sees it; an answer that is no list is not an empty one."""
        rows = self._call("GET", route, is_write=False, params={"context": "edit", **asked})
        if not isinstance(rows, list):
            raise Unreachable(_UNKNOWN_FORM)
        return rows

    def _get(self, route: str, **asked: str) -> dict[str, Any]:
        row = self._call("GET", route, is_write=False, params=asked)
        if not isinstance(row, dict):
            raise Unreachable(_UNKNOWN_FORM)
        return row

    def _post(self, route: str, *, is_write: bool, **parts: Any) -> Any:
        return self._call("POST", route, is_write=is_write, **parts)

    def _call(self, method: str, route: str, *, is_write: bool, **parts: Any) -> Any:
        asked = dict(parts.pop("params", {}) or {})
        url = f"{self._base}/wp-json/wp/v2/{route}"
        if self._plain:
            url, asked = f"{self._base}/", {"rest_route": f"/wp/v2/{route}", **asked}
        try:
            response = self._session.request(
                method, url, params=asked, allow_redirects=False, **parts
            )
        except Exception as error:
            raise translate(error, is_write=is_write, secrets=self._secrets) from None
        if self._lacks_pretty_addresses(method, response):
            self._plain = True
            return self._call(method, route, is_write=is_write, params=asked, **parts)
        if not response.ok or response.is_redirect:
            raise from_response(response, is_write=is_write, secrets=self._secrets)
        return _json(response, is_write=is_write)

    def _lacks_pretty_addresses(self, method: str, response: requests.Response) -> bool:
        """A 404 in HTML means that the site has no permalinks; only reads may find out."""
        is_html = "json" not in response.headers.get("Content-Type", "")
        return method == "GET" and not self._plain and response.status_code == 404 and is_html


def _json(response: requests.Response, *, is_write: bool) -> Any:
    try:
        return response.json()
    except ValueError:
        detail = "The site answered with something that is not JSON."
        raise (Ambiguous if is_write else Unreachable)(detail) from None


def _receipt(row: Mapping[str, Any], prefix: str) -> Receipt:
    """Return the receipt of what WordPress says it stored."""
    if not isinstance(row, dict) or not row.get("id"):
        raise Ambiguous("The site answered without a number.")
    is_held = row.get("status") in {"hold", "pending", "draft"}
    at = mapping.moment(str(row["date_gmt"])) if row.get("date_gmt") else None
    return Receipt(f"{prefix}{row['id']}", str(row.get("link") or ""), at, is_held=is_held)
