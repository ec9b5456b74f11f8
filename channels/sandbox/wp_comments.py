"""The comments of a WordPress blog over REST: listing with every quirk, writing, moderating."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from channels.sandbox.clock import now, parse_time
from channels.sandbox.rows import WpComment, WpPost
from channels.sandbox.wire import Created, Reply
from channels.sandbox.wp_site import Site, WpError, invalid_param, iso, paged, pick_fields
from channels.sandbox.wp_text import (
    add_rel,
    count_links,
    encode_name,
    filter_comment,
    render_comment,
)

STATUS_WORDS = {
    "approve": "approved", "approved": "approved", "1": "approved", "hold": "hold", "0": "hold",
    "spam": "spam", "trash": "trash",
}  # fmt: skip
#: What the query words mean; `all` is approved and held only.
QUERY_STATUS = {
    "approve": {"approved"}, "approved": {"approved"}, "hold": {"hold"}, "spam": {"spam"},
    "trash": {"trash"}, "all": {"approved", "hold"},
}  # fmt: skip
ORDERBY: dict[str, Callable[[Site, WpComment], Any]] = {
    "date": lambda site, c: site.local(c.date_gmt),
    "date_gmt": lambda site, c: int(c.date_gmt),
    "id": lambda site, c: c.number,
    "post": lambda site, c: c.post,
    "parent": lambda site, c: c.parent,
    "type": lambda site, c: c.type,
    "include": lambda site, c: c.number,
}
LONGEST = 65_525
DUPLICATE = "Duplicate comment detected; it looks as though you&#8217;ve already said that!"


def post_of(site: Site, number: int) -> WpPost | None:
    """Return an article of this blog."""
    return site.store.wp_posts.get(f"{site.slug}:{number}")


def permalink(site: Site, post: WpPost) -> str:
    """Return an article's address; one that waits, or on a site without permalinks, has only its number."""
    has_permalinks = site.call.world.setting("wp_permalinks", site.account)
    if post.status != "publish" or not has_permalinks:
        return f"{site.url}/?p={post.number}"
    return f"{site.url}/{site.local(post.date_gmt):%Y/%m/%d}/{post.slug}/"


def show_comment(site: Site, comment: WpComment, context: str = "view") -> dict[str, Any]:
    """Return a comment as REST shows it."""
    post = post_of(site, comment.post)
    rest = f"{site.url}/wp-json/wp/v2"
    sizes = ("24", "48", "96")
    is_ping = comment.type in {"pingback", "trackback"}
    avatar = f"{site.call.origin}/avatar/{comment.author_name.encode().hex()[:12]}.svg"
    content: dict[str, Any] = {"rendered": render_comment(comment.content)}
    if context == "edit":
        content["raw"] = comment.content
    shown: dict[str, Any] = {
        "id": comment.number,
        "post": comment.post,
        "parent": comment.parent,
        "author": comment.author,
        "author_name": comment.author_name,
        "author_url": comment.author_url,
        "date": site.local(comment.date_gmt).isoformat(),
        "date_gmt": iso(comment.date_gmt),
        "content": content,
        "link": f"{permalink(site, post) if post else site.url + '/'}#comment-{comment.number}",
        "status": comment.status,
        "type": comment.type,
        "author_avatar_urls": {s: False if is_ping else f"{avatar}?s={s}" for s in sizes},
        "meta": [],
    }
    if context == "edit":
        shown |= {
            "author_email": comment.author_email,
            "author_ip": comment.author_ip,
            "author_user_agent": comment.author_user_agent,
        }
    shown["_links"] = {
        "self": [{"href": f"{rest}/comments/{comment.number}"}],
        "collection": [{"href": f"{rest}/comments"}],
        "up": [{"embeddable": True, "post_type": "post", "href": f"{rest}/posts/{comment.post}"}],
    }
    if comment.author:
        shown["_links"]["author"] = [
            {"embeddable": True, "href": f"{rest}/users/{comment.author}"}
        ]
    if comment.parent:
        shown["_links"]["in-reply-to"] = [
            {"embeddable": True, "href": f"{rest}/comments/{comment.parent}"}
        ]
    return shown


def comments_of(site: Site) -> list[WpComment]:
    """Return every comment of this blog that reads can know of."""
    rows = site.store.wp_comments.by("blog", site.slug)
    return [c for c in rows if not c.removed and c.visible_at <= site.call.at]


def _context(site: Site) -> str:
    context = site.choice("context", "view", ("view", "embed", "edit"))
    if context == "edit" and not site.may_moderate:
        text = "Sorry, you are not allowed to edit comments."
        raise WpError("rest_forbidden_context", text, site.denied)
    return context


def _check_protected(site: Site) -> None:
    """Refuse filters that only moderators may use."""
    if site.may_moderate:
        return
    params = site.params
    wrong = [n for n in ("author", "author_exclude", "author_email") if params.get(n)]
    wrong += ["type"] if params.get("type", "comment") != "comment" else []
    wrong += ["status"] if params.get("status", "approve") != "approve" else []
    if wrong:
        text = f"Query parameter not permitted: {', '.join(wrong)}"
        raise WpError("rest_forbidden_param", text, site.denied)


def _check_posts(site: Site) -> None:
    for number in site.integers("post"):
        post = post_of(site, number)
        if post and (post.password or post.status != "publish") and not site.may_write:
            text = "Sorry, you are not allowed to read the post for this comment."
            raise WpError("rest_cannot_read_post", text, site.denied)


def _filters(site: Site) -> list[Callable[[WpComment], bool]]:
    """Return the conditions of a listing."""
    params = site.params
    statuses = QUERY_STATUS.get(str(params.get("status", "approve")), set())
    kind = str(params.get("type", "comment"))
    tests: list[Callable[[WpComment], bool]] = [lambda c: c.status in statuses]
    if kind != "all":
        tests.append(lambda c: c.type == kind)
    for name, attribute in (("post", "post"), ("parent", "parent"), ("author", "author"),
                            ("include", "number")):  # fmt: skip
        if wanted := site.integers(name):
            tests.append(lambda c, a=attribute, w=wanted: getattr(c, a) in w)  # type: ignore[misc]
    for name, attribute in (("exclude", "number"), ("author_exclude", "author"),
                            ("parent_exclude", "parent")):  # fmt: skip
        if unwanted := site.integers(name):
            tests.append(lambda c, a=attribute, w=unwanted: getattr(c, a) not in w)  # type: ignore[misc]
    if email := params.get("author_email"):
        tests.append(lambda c: c.author_email == email)
    if search := str(params.get("search", "")).lower():
        tests.append(lambda c: search in c.content.lower() or search in c.author_name.lower())
    return tests + _time_filters(site)


def _time_filters(site: Site) -> list[Callable[[WpComment], bool]]:
    """Return `after` and `before`: strict, and on the site's wall clock, folds and all."""
    tests: list[Callable[[WpComment], bool]] = []
    if after := site.params.get("after"):
        low: datetime = site.read_local(str(after), "after")
        tests.append(lambda c: site.local(c.date_gmt) > low)
    if before := site.params.get("before"):
        high: datetime = site.read_local(str(before), "before")
        tests.append(lambda c: site.local(c.date_gmt) < high)
    return tests


def list_comments(site: Site) -> Reply:
    """GET /wp/v2/comments."""
    context = _context(site)
    _check_protected(site)
    _check_posts(site)
    order = site.choice("order", "desc", ("asc", "desc"))
    orderby = site.choice("orderby", "date_gmt", tuple(ORDERBY))
    tests = _filters(site)
    rows = [c for c in comments_of(site) if all(test(c) for test in tests)]
    rows.sort(key=lambda c: (ORDERBY[orderby](site, c), c.number), reverse=order == "desc")
    if orderby == "include":
        place = {number: at for at, number in enumerate(site.integers("include"))}
        rows.sort(key=lambda c: place.get(c.number, 0))
    page, headers = paged(site, rows)
    shown = [
        pick_fields(show_comment(site, c, context), site.params.get("_fields"), deep=False)
        for c in page
    ]
    return Reply(200, shown, headers, escape_slashes=True)


def _find(site: Site, number: int) -> WpComment:
    comment = site.store.wp_comments.get(f"{site.slug}:{number}")
    if comment is None or comment.removed or comment.visible_at > site.call.at:
        raise WpError("rest_comment_invalid_id", "Invalid comment ID.", 404)
    return comment


def get_comment(site: Site, number: int) -> Reply:
    """GET /wp/v2/comments/{id}."""
    comment, context = _find(site, number), _context(site)
    if comment.status != "approved" and not site.may_moderate:
        text = "Sorry, you are not allowed to read this comment."
        raise WpError("rest_cannot_read", text, site.denied)
    shown = pick_fields(
        show_comment(site, comment, context), site.params.get("_fields"), deep=True
    )
    return Reply(200, shown, escape_slashes=True)


def _text(site: Site) -> str:
    value = site.params.get("content", "")
    if isinstance(value, dict):
        value = value.get("raw", "")
    if not isinstance(value, str):
        raise invalid_param("content", "content is not of type object,string.")
    return value


def _check_may_comment(site: Site) -> WpPost:
    if site.user is None:
        text = "Sorry, you must be logged in to comment."
        raise WpError("rest_comment_login_required", text, 401)
    for name, code in (("author", "author"), ("author_ip", "author_ip"), ("status", "status")):
        if name in site.params and not site.may_moderate:
            text = f"Sorry, you are not allowed to edit '{name}' for comments."
            raise WpError(f"rest_comment_invalid_{code}", text, site.denied)
    post = post_of(site, int(str(site.params.get("post") or 0)))
    if post is None:
        text = "Sorry, you are not allowed to create this comment without a post."
        raise WpError("rest_comment_invalid_post_id", text, 403)
    if post.status in {"draft", "pending", "future"}:
        text = "Sorry, you are not allowed to create a comment on this post."
        raise WpError("rest_comment_draft_post", text, 403)
    if post.comment_status != "open":
        text = "Sorry, comments are closed for this item."
        raise WpError("rest_comment_closed", text, 403)
    return post


def _author(site: Site) -> dict[str, Any]:
    """Return who signs: the caller, or for moderators whoever they say."""
    user, params = site.user, site.params
    if user is None:
        return {}
    if "author" in params:
        known = {u.number: u for u in site.store.wp_users.by("blog", site.slug)}
        if params["author"] not in known:
            raise WpError("rest_comment_author_invalid", "Invalid comment author ID.", 400)
        user = known[params["author"]]
        if params.get("author_name"):
            name = encode_name(str(params["author_name"]))
            return {"author": user.number, "author_name": name, "author_email": user.email,
                    "author_url": site.url}  # fmt: skip
    elif params.get("author_name"):
        if not params.get("author_email"):
            text = "Creating a comment requires valid author name and email values."
            raise WpError("rest_comment_author_data_required", text, 400)
        return {
            "author_name": encode_name(str(params["author_name"])),
            "author_email": str(params["author_email"]),
            "author_url": str(params.get("author_url", "")),
        }
    return {
        "author": user.number,
        "author_name": encode_name(user.name),
        "author_email": user.email,
        "author_url": site.url,
    }


def _check_again(site: Site, text: str, post: WpPost, parent: int, author: dict[str, Any]) -> None:
    """Refuse repetitions and floods. The new text is compared unfiltered with the stored one."""
    rows = site.store.wp_comments.by("blog", site.slug)
    mine = [c for c in rows if c.author_name == author["author_name"] and not c.removed]
    for old in mine:
        same_place = (old.post, old.parent) == (post.number, parent)
        if same_place and old.content == text and old.status != "trash":
            raise WpError("comment_duplicate", DUPLICATE, 409)
    pause = float(site.call.world.setting("wp_flood_seconds", site.account))
    last = max((c.date_gmt for c in mine), default=0.0)
    if not site.may_moderate and site.call.at - last < pause:
        text = "You are posting comments too quickly. Slow down."
        raise WpError("comment_flood", text, 400)


def _first_status(site: Site, text: str) -> str:
    if site.may_moderate:
        return STATUS_WORDS.get(str(site.params.get("status", "approved")), "approved")
    moderated = site.call.world.setting("wp_moderation", site.account)
    return "hold" if moderated or count_links(text) >= 2 else "approved"


def create_comment(site: Site) -> Reply:
    """POST /wp/v2/comments. A parent that does not exist is accepted."""
    post = _check_may_comment(site)
    text = _text(site).strip()
    if not text:
        raise WpError("rest_comment_content_invalid", "Invalid comment content.", 400)
    if len(text.encode()) > LONGEST:
        raise WpError("comment_content_column_length", "Your comment is too long.", 400)
    parent = int(str(site.params.get("parent") or 0))
    author = _author(site)
    _check_again(site, text, post, parent, author)
    stored = add_rel(text) if site.may_moderate else filter_comment(text)
    given = site.params.get("date_gmt")
    comment = add_comment(
        site.call.world,
        site.slug,
        post=post.number,
        parent=parent,
        content=stored,
        date_gmt=parse_time(str(given)) if given else now(),
        status=_first_status(site, text),
        author_user_agent=site.call.headers.get("user-agent", ""),
        visible_at=site.call.visible_at,
        **author,
    )
    site.call.created = Created(f"{site.slug}:{comment.number}", text)
    shown = show_comment(site, comment, "edit" if site.may_moderate else "view")
    location = f"{site.url}/wp-json/wp/v2/comments/{comment.number}"
    return Reply(201, shown, {"location": location}, escape_slashes=True)


def add_comment(world: Any, slug: str, **facts: Any) -> WpComment:
    """Store a comment under the blog's next number."""
    rows = world.store.wp_comments.by("blog", slug)
    number = max((row.number for row in rows), default=0) + 1
    row = WpComment(id=f"{slug}:{number}", blog=slug, number=number, **facts)
    stored: WpComment = world.store.wp_comments.put(row)
    return stored


def update_comment(site: Site, number: int) -> Reply:
    """POST /wp/v2/comments/{id}. An unknown status is ignored without a word."""
    comment = _find(site, number)
    if not site.may_moderate:
        text = "Sorry, you are not allowed to edit this comment."
        raise WpError("rest_cannot_edit", text, site.denied)
    if "content" in site.params:
        text = _text(site).strip()
        if not text:
            raise WpError("rest_comment_content_invalid", "Invalid comment content.", 400)
        comment.content = add_rel(text)
    # As WordPress does for every update: what made it takes the place of the visitor's browser.
    given = site.params.get("author_user_agent") or site.call.headers.get("user-agent", "")
    comment.author_user_agent = str(given)
    _set_status(comment, str(site.params.get("status", "")))
    site.store.wp_comments.put(comment)
    return Reply(200, show_comment(site, comment, "edit"), escape_slashes=True)


def _set_status(comment: WpComment, word: str) -> None:
    """Spam and trash remember what was before; "unspam" and "untrash" go back to it."""
    new = STATUS_WORDS.get(word)
    if {"unspam": "spam", "untrash": "trash"}.get(word) == comment.status:
        new, comment.before_trash = comment.before_trash or "hold", ""
    elif new in {"spam", "trash"} and new != comment.status:
        comment.before_trash = comment.status
    comment.status = new or comment.status


def delete_comment(site: Site, number: int) -> Reply:
    """DELETE /wp/v2/comments/{id}: to the trash, or for good with `force=true`."""
    comment = _find(site, number)
    if not site.may_moderate:
        text = "Sorry, you are not allowed to delete this comment."
        raise WpError("rest_cannot_delete", text, site.denied)
    if str(site.params.get("force", "")).lower() in {"1", "true"}:
        previous = show_comment(site, comment, "edit")
        comment.removed = True
        site.store.wp_comments.put(comment)
        return Reply(200, {"deleted": True, "previous": previous}, escape_slashes=True)
    if comment.status == "trash":
        text = "The comment has already been trashed."
        raise WpError("rest_already_trashed", text, 410)
    comment.before_trash, comment.status = comment.status, "trash"
    site.store.wp_comments.put(comment)
    return Reply(200, show_comment(site, comment, "edit"), escape_slashes=True)
