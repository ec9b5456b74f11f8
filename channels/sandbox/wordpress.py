"""WordPress over HTTP: which blog, which route, who is signed in; feeds, forms and the front page."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from channels.sandbox.gateway import Platform
from channels.sandbox.rows import Account
from channels.sandbox.wire import Call, Reply
from channels.sandbox.wordpress_feed import feed
from channels.sandbox.wp_allow import AUTHORISE, authorise, rest_link
from channels.sandbox.wp_comments import (
    create_comment,
    delete_comment,
    get_comment,
    list_comments,
    update_comment,
)
from channels.sandbox.wp_form import submit, trackback
from channels.sandbox.wp_media import create_media, get_media, get_user, index, list_categories, me
from channels.sandbox.wp_posts import (
    create_post,
    delete_post,
    get_post,
    list_posts,
    run_cron,
    update_post,
)
from channels.sandbox.wp_site import Site, WpError, signed_in

ROUTES: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
    ("GET", r"/?", index),
    ("GET", r"/wp/v2/comments", list_comments),
    ("POST", r"/wp/v2/comments", create_comment),
    ("GET", r"/wp/v2/comments/(\d+)", get_comment),
    ("POST PUT PATCH", r"/wp/v2/comments/(\d+)", update_comment),
    ("DELETE", r"/wp/v2/comments/(\d+)", delete_comment),
    ("GET", r"/wp/v2/posts", list_posts),
    ("POST", r"/wp/v2/posts", create_post),
    ("GET", r"/wp/v2/posts/(\d+)", get_post),
    ("POST PUT PATCH", r"/wp/v2/posts/(\d+)", update_post),
    ("DELETE", r"/wp/v2/posts/(\d+)", delete_post),
    ("GET", r"/wp/v2/categories", list_categories),
    ("GET", r"/wp/v2/users/me", me),
    ("GET", r"/wp/v2/users/(\d+)", get_user),
    ("POST", r"/wp/v2/media", create_media),
    ("GET", r"/wp/v2/media/(\d+)", get_media),
)
_ARTICLE = re.compile(r"/\d{4}/\d\d/\d\d/([^/]+)(/trackback|/feed|/feed/atom)?/?")


def split_path(call: Call) -> tuple[str, str]:
    """Return the blog's slug and the path inside it."""
    if call.mount == "/blogs":
        _, slug, *rest = call.path.split("/", 2)
        return slug, "/" + (rest[0] if rest else "")
    return call.mount.strip("/"), call.path


def identify(call: Call) -> Account | None:
    """Return the blog that is addressed."""
    return call.world.account_of("wordpress", split_path(call)[0])


def rest_path(call: Call, path: str) -> str | None:
    """Return the REST route of a call, or None when it is for the blog itself."""
    route = call.params.get("rest_route")
    if route:  # WordPress looks for it below any path
        return "/" + route.strip("/")
    has_permalinks = call.world.setting("wp_permalinks", call.account)
    if has_permalinks and (path == "/wp-json" or path.startswith("/wp-json/")):
        return "/" + path.removeprefix("/wp-json").strip("/")
    return None


def _query(call: Call) -> dict[str, Any]:
    """Return the query, `name[]` collected into lists."""
    params: dict[str, Any] = {}
    for name, value in call.query:
        if name.endswith("[]"):
            params.setdefault(name[:-2], []).append(value)
        else:
            params[name] = value
    return params


def _body(call: Call) -> dict[str, Any]:
    if call.content_type == "application/json" and call.body:
        try:
            body = call.json()
        except ValueError as error:
            raise WpError(
                "rest_invalid_json", "Invalid JSON body passed.", 400,
                json_error_code=4, json_error_message="Syntax error",
            ) from error  # fmt: skip
        return body if isinstance(body, dict) else {}
    return dict(call.form())


def _site(call: Call, path: str) -> Site:
    account = call.account
    if account is None:
        raise WpError("rest_no_route", "No such site.", 404)
    prefix = call.mount if call.mount != "/blogs" else f"/blogs/{account.identity}"
    return Site(
        call=call,
        account=account,
        url=call.origin + prefix,
        path=path,
        params=_query(call),
        user=signed_in(call, account.identity),
    )


def _route(call: Call, path: str) -> Reply:
    site = _site(call, path)
    if not site.account.settings.get("rest", True):
        raise WpError("rest_disabled", "The REST API on this site has been disabled.", 403)
    if call.method != "GET":
        site.params |= _body(call)
    for methods, pattern, handler in ROUTES:
        found = re.fullmatch(pattern, path)
        if found and call.method in methods.split():
            return handler(site, *(int(part) for part in found.groups()))
    text = "No route was found matching the URL and request method."
    raise WpError("rest_no_route", text, 404)


def _rest(call: Call, path: str) -> Reply:
    try:
        return _route(call, path)
    except WpError as error:
        return error.reply()


def _article_path(site: Site, path: str) -> Reply | None:
    """Answer an article's address, its feeds and its trackback door."""
    found = _ARTICLE.fullmatch(path)
    slug, tail = (quote(found[1]).lower(), found[2] or "") if found else ("", "")
    number = site.call.params.get("p", "")
    posts = site.store.wp_posts.by("blog", site.slug)
    post = next(
        (p for p in posts if p.status == "publish"
         and ((slug and p.slug == slug) or str(p.number) == number)), None,
    )  # fmt: skip
    if post is None:
        return None
    if tail == "/trackback" and site.call.method == "POST":
        return trackback(site, post.number)
    if tail.startswith("/feed"):
        return feed(site, atom=tail.endswith("atom"), number=post.number)
    address = f"{site.call.origin}/world/blog/{site.slug}/{post.number}"
    headers = {
        "location": address,
        "x-pingback": f"{site.url}/xmlrpc.php",
        "link": rest_link(site),
    }
    return Reply(302, b"", headers, "text/html; charset=UTF-8")


def _front(call: Call, path: str) -> Reply:
    """Answer what is no REST: feeds, the form, WP-Cron, articles. A visit runs WP-Cron."""
    not_found = Reply(404, "<h1>Page not found</h1>", content_type="text/html; charset=UTF-8")
    try:
        site = _site(call, path)
    except WpError:
        return not_found
    run_cron(call.world, site.slug)
    clean = path.rstrip("/")
    if clean == AUTHORISE:
        return authorise(site)
    if clean in {"/comments/feed", "/comments/feed/atom"}:
        return feed(site, atom=clean.endswith("atom"))
    if clean == "/wp-cron.php":
        return Reply(200, b"", content_type="text/html; charset=UTF-8")
    if clean == "/wp-comments-post.php" and call.method == "POST":
        return submit(site)
    if clean in {"", "/index.php"} and not call.params.get("p"):
        home = f"{call.origin}/world/blog/{site.slug}"
        headers = {"location": home, "link": rest_link(site)}
        return Reply(302, b"", headers, "text/html; charset=UTF-8")
    return _article_path(site, path) or not_found


def handle(call: Call) -> Reply:
    """Answer one call as a WordPress blog would."""
    _, path = split_path(call)
    route = rest_path(call, path)
    return _front(call, path) if route is None else _rest(call, route)


def scripted(call: Call, options: dict[str, Any]) -> Reply:
    """Build the answer of a `status` fault. Options: status, code, message."""
    status = int(options.get("status", 500))
    codes = {
        401: ("rest_not_logged_in", "You are not currently logged in."),
        403: ("rest_forbidden", "Sorry, you are not allowed to do that."),
        409: ("comment_duplicate", ("Duplicate comment detected; it looks as though you&#8217;ve "
              "already said that!")),
        429: ("too_many_requests", "Too many requests."),
    }  # fmt: skip
    code, message = codes.get(status, ("internal_server_error", ("There has been a critical error on "
                                       "this website.")))  # fmt: skip
    error = WpError(str(options.get("code", code)), str(options.get("message", message)), status)
    reply = error.reply()
    if status == 429 and options.get("header", "ok") == "ok":
        reply.headers["retry-after"] = str(int(options.get("reset_in", 60)))
    return reply


def is_create(call: Call) -> bool:
    """Say whether a call wants to publish something through REST."""
    route = rest_path(call, split_path(call)[1])
    return call.method == "POST" and route in {"/wp/v2/comments", "/wp/v2/posts"}


PLATFORM = Platform("wordpress", identify, handle, scripted, is_create)
