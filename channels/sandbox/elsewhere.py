"""Other people's sites: pages that link to an article of ours, and the pings their programs send about it."""

import asyncio
import html
from collections.abc import Mapping
from typing import Any

import requests
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from channels.sandbox.rows import Note
from channels.sandbox.visitors import Refusal, account_named
from channels.sandbox.world import World

KINDS = ("webmention", "pingback", "trackback")
PATIENCE = 10
_PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title></head><body>
<article class="h-entry"><h1 class="p-name">{title}</h1>
<p>by <a class="p-author h-card" href="{origin}/elsewhere/">{author}</a></p>
<div class="e-content"><p>{text} {link}</p></div></article></body></html>"""
_CALL = (
    '<?xml version="1.0"?><methodCall><methodName>pingback.ping</methodName><params>'
    "<param><value><string>{}</string></value></param>"
    "<param><value><string>{}</string></value></param></params></methodCall>"
)


class Elsewhere:
    """Everybody else's web, on one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    def _page(self, name: str) -> Note:
        note = self.world.store.notes.get(f"elsewhere:{name}")
        if note is None:
            raise Refusal(f"no page {name}")
        return note

    def write(self, wish: Mapping[str, Any], origin: str) -> Note:
        """Write a page about an article. Wishes: account, target, author, title, text."""
        target = str(wish.get("target") or self._newest_article(wish, origin))
        value = {
            "title": str(wish.get("title", "이런 글을 봤습니다")),
            "author": str(wish.get("author", "옆집 블로그")),
            "text": str(wish.get("text", "")),
            "target": target,
            "links": True,
            "gone": False,
        }
        return self.world.store.notes.put(Note(f"elsewhere:{self.world.serial()}", value))

    def _newest_article(self, wish: Mapping[str, Any], origin: str) -> str:
        blog = account_named(self.world, "wordpress", str(wish.get("account") or ""))
        posts = self.world.store.wp_posts.by("blog", blog.identity)
        numbers = [post.number for post in posts if post.status == "publish"]
        if not numbers:
            raise Refusal(f"{blog.id} has no article")
        own = {"blog", "feedblog"}
        mount = f"/{blog.identity}" if blog.identity in own else f"/blogs/{blog.identity}"
        return f"{origin}{mount}/?p={max(numbers)}"

    async def show(self, request: Request) -> Response:
        """GET /elsewhere/{name}: the page as it is now."""
        note = self.world.store.notes.get(f"elsewhere:{request.path_params['name']}")
        if note is None or note.value["gone"]:
            return Response("Gone", 410 if note else 404)
        value = {name: html.escape(str(note.value[name])) for name in ("title", "author", "text")}
        target = html.escape(note.value["target"])
        link = f'<a class="u-in-reply-to" href="{target}">여기</a>' if note.value["links"] else ""
        origin = f"{request.url.scheme}://{request.url.netloc}"
        page = _PAGE.format(link=link, origin=origin, **value)
        return Response(page, media_type="text/html")

    def send(self, note: Note, kind: str, url: str, origin: str) -> dict[str, Any]:
        """Send a ping about a page, as its site's program would."""
        source = f"{origin}/elsewhere/{note.id.removeprefix('elsewhere:')}"
        target = note.value["target"]
        if kind == "webmention":
            parts: dict[str, Any] = {"data": {"source": source, "target": target}}
        elif kind == "pingback":
            body = _CALL.format(html.escape(source), html.escape(target))
            parts = {"data": body.encode(), "headers": {"Content-Type": "text/xml"}}
        else:
            value = note.value
            parts = {"params": {"target": target},
                     "data": {"url": source, "title": value["title"], "excerpt": value["text"],
                              "blog_name": value["author"]}}  # fmt: skip
        try:
            answer = requests.post(url, timeout=PATIENCE, allow_redirects=False, **parts)
        except requests.RequestException as error:
            raise Refusal(f"{url} does not answer: {type(error).__name__}") from error
        return {"source": source, "target": target, "status": answer.status_code,
                "answer": answer.text}  # fmt: skip

    async def ping(self, request: Request, body: dict[str, Any]) -> Any:
        """Write a page and ping about it; with `id`, change that page first (text, links, gone) and ping again."""
        kind = str(body.get("kind", "webmention"))
        if kind not in KINDS:
            raise Refusal(f"kind must be one of {', '.join(KINDS)}")
        origin = f"{request.url.scheme}://{request.url.netloc}"
        note = self._page(str(body["id"])) if "id" in body else self.write(body, origin)
        if "id" in body:
            note.value |= {k: body[k] for k in ("text", "links", "gone", "title") if k in body}
            self.world.store.notes.put(note)
        found: dict[str, Any] = {"id": note.id.removeprefix("elsewhere:")}
        if body.get("url"):
            sent = await asyncio.to_thread(self.send, note, kind, str(body["url"]), origin)
            found |= sent
        return found

    def routes(self) -> list[Route]:
        """Return the pages."""
        return [Route("/elsewhere/{name}", self.show)]
