"""The articles of a WordPress blog over REST: listing, publishing, scheduling, and WP-Cron."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from channels.sandbox.clock import now
from channels.sandbox.rows import WpPost
from channels.sandbox.wire import Created, Reply
from channels.sandbox.world import World
from channels.sandbox.wp_comments import permalink, post_of
from channels.sandbox.wp_site import Site, WpError, invalid_param, iso, paged, pick_fields
from channels.sandbox.wp_text import plain, render_post, slugify, texturize

STATUSES = ("publish", "future", "draft", "pending", "private")
#: A date less than this ahead publishes at once (seconds).
AT_ONCE = 60
ORDERBY: dict[str, Callable[[WpPost], Any]] = {
    "date": lambda p: p.date_gmt,
    "modified": lambda p: p.modified_gmt,
    "id": lambda p: p.number,
    "slug": lambda p: p.slug,
    "title": lambda p: p.title,
    "author": lambda p: p.author,
    "include": lambda p: p.number,
}


def run_cron(world: World, slug: str) -> int:
    """Publish what is due; returns how many. Nothing else does."""
    due = [
        p
        for p in world.store.wp_posts.by("blog", slug)
        if p.status == "future" and p.date_gmt <= now()
    ]
    for post in due:
        post.status = "publish"
        world.store.wp_posts.put(post)
    return len(due)


def show_post(site: Site, post: WpPost, context: str = "view") -> dict[str, Any]:
    """Return an article as REST shows it."""
    rest = f"{site.url}/wp-json/wp/v2"
    title: dict[str, Any] = {"rendered": texturize(post.title)}
    content: dict[str, Any] = {"rendered": render_post(post.content), "protected": False}
    if context == "edit":
        title["raw"], content["raw"] = post.title, post.content
    summary = post.excerpt or plain(post.content)[:120]
    return {
        "id": post.number,
        "date": site.local(post.date_gmt).isoformat(),
        "date_gmt": iso(post.date_gmt),
        "guid": {"rendered": f"{site.url}/?p={post.number}"},
        "modified": site.local(post.modified_gmt).isoformat(),
        "modified_gmt": iso(post.modified_gmt),
        "slug": post.slug,
        "status": post.status,
        "type": "post",
        "link": permalink(site, post),
        "title": title,
        "content": content,
        "excerpt": {"rendered": f"<p>{texturize(summary)}</p>\n", "protected": False},
        "author": post.author,
        "featured_media": post.featured_media,
        "comment_status": post.comment_status,
        "ping_status": "open",
        "sticky": False,
        "template": "",
        "format": "standard",
        "meta": [],
        "categories": post.categories,
        "tags": [],
        "_links": {
            "self": [{"href": f"{rest}/posts/{post.number}"}],
            "collection": [{"href": f"{rest}/posts"}],
            "replies": [{"embeddable": True, "href": f"{rest}/comments?post={post.number}"}],
        },
    }


def _context(site: Site) -> str:
    context = site.choice("context", "view", ("view", "embed", "edit"))
    if context == "edit" and not site.may_write:
        text = "Sorry, you are not allowed to edit posts in this post type."
        raise WpError("rest_forbidden_context", text, site.denied)
    return context


def _wanted_statuses(site: Site) -> set[str]:
    asked = set(str(site.params.get("status", "publish")).split(","))
    if asked - {*STATUSES, "trash", "any"}:
        raise invalid_param("status", "status[0] is not one of publish, future, draft, pending, "
                            "private, trash, and any.", "rest_not_in_enum")  # fmt: skip
    if asked != {"publish"} and not site.may_write:
        error = invalid_param("status", "Status is forbidden.", "rest_forbidden_status")
        error.data["details"]["status"]["data"] = {"status": site.denied}
        raise error
    return {*STATUSES} if "any" in asked else asked


def list_posts(site: Site) -> Reply:
    """GET /wp/v2/posts."""
    context, statuses = _context(site), _wanted_statuses(site)
    slugs = [slugify(unquote(s)) for s in str(site.params.get("slug", "")).split(",") if s]
    categories, included = site.integers("categories"), site.integers("include")
    search = str(site.params.get("search", "")).lower()
    rows = [
        p
        for p in site.store.wp_posts.by("blog", site.slug)
        if p.status in statuses
        and p.visible_at <= site.call.at
        and (not slugs or p.slug in slugs)
        and (not categories or set(categories) & set(p.categories))
        and (not included or p.number in included)
        and search in f"{p.title} {p.content}".lower()
        and _in_time(site, p)
    ]
    order = site.choice("order", "desc", ("asc", "desc"))
    orderby = site.choice("orderby", "date", tuple(ORDERBY))
    rows.sort(key=lambda p: (ORDERBY[orderby](p), p.number), reverse=order == "desc")
    page, headers = paged(site, rows)
    if not page and rows:
        text = "The page number requested is larger than the number of pages available."
        raise WpError("rest_post_invalid_page_number", text, 400)
    shown = [
        pick_fields(show_post(site, p, context), site.params.get("_fields"), deep=True)
        for p in page
    ]
    return Reply(200, shown, headers, escape_slashes=True)


def _in_time(site: Site, post: WpPost) -> bool:
    local = site.local(post.date_gmt)
    after, before = site.params.get("after"), site.params.get("before")
    return (not after or local > site.read_local(str(after), "after")) and (
        not before or local < site.read_local(str(before), "before")
    )


def _find(site: Site, number: int) -> WpPost:
    post = post_of(site, number)
    if post is None or post.status == "gone" or post.visible_at > site.call.at:
        raise WpError("rest_post_invalid_id", "Invalid post ID.", 404)
    if post.status != "publish" and not site.may_write:
        raise WpError("rest_forbidden", "Sorry, you are not allowed to do that.", site.denied)
    return post


def get_post(site: Site, number: int) -> Reply:
    """GET /wp/v2/posts/{id}."""
    post, context = _find(site, number), _context(site)
    shown = pick_fields(show_post(site, post, context), site.params.get("_fields"), deep=True)
    return Reply(200, shown, escape_slashes=True)


def _text(site: Site, name: str) -> str:
    value = site.params.get(name, "")
    return str(value.get("raw", "") if isinstance(value, dict) else value)


def _date(site: Site) -> float | None:
    """Return the wanted date; `date` (the site's wall time) wins over `date_gmt`."""
    if text := site.params.get("date"):
        return site.read_local(str(text), "date").replace(tzinfo=site.zone).timestamp()
    if text := site.params.get("date_gmt"):
        stamp = str(text)
        suffix = "" if stamp.endswith("Z") or "+" in stamp[10:] else "+00:00"
        return site.read_local(stamp + suffix, "date_gmt").replace(tzinfo=site.zone).timestamp()
    return None


def _settle_status(status: str, date: float) -> str:
    """Return what becomes of `publish` and `future` for a date."""
    if status not in {"publish", "future"}:
        return status
    return "future" if date - now() >= AT_ONCE else "publish"


def _free_slug(site: Site, wanted: str, number: int) -> str:
    taken = {p.slug for p in site.store.wp_posts.by("blog", site.slug) if p.number != number}
    slug, suffix = wanted, 2
    while slug in taken:
        slug, suffix = f"{wanted}-{suffix}", suffix + 1
    return slug


def _status(site: Site, default: str) -> str:
    status = str(site.params.get("status", default))
    if status not in STATUSES:
        raise invalid_param("status", "status is not one of publish, future, draft, pending, and "
                            "private.", "rest_not_in_enum")  # fmt: skip
    return status


def _check_may_write(site: Site, code: str, verb: str) -> None:
    if not site.may_write:
        raise WpError(code, f"Sorry, you are not allowed to {verb} as this user.", site.denied)


def _media(site: Site) -> int:
    wanted = site.params.get("featured_media") or 0
    known = {m.number for m in site.store.media.by("owner", f"wp:{site.slug}")}
    return int(wanted) if str(wanted).isdigit() and int(wanted) in known else 0


def create_post(site: Site) -> Reply:
    """POST /wp/v2/posts. No idempotency key: a second post of the same slug gets `-2`."""
    _check_may_write(site, "rest_cannot_create", "create posts")
    title, content, excerpt = (_text(site, n) for n in ("title", "content", "excerpt"))
    if not (title.strip() or content.strip() or excerpt.strip()):
        raise WpError("empty_content", "Content, title, and excerpt are empty.", 400)
    status, at = _status(site, "draft"), now()
    date = _date(site)
    number = site.next_number("wp_posts")
    slug = slugify(str(site.params.get("slug") or ""))
    if not slug and status not in {"draft", "pending"}:
        slug = slugify(title) or str(number)
    post = WpPost(
        id=f"{site.slug}:{number}",
        blog=site.slug,
        number=number,
        author=site.user.number if site.user else 0,
        title=title,
        content=content,
        excerpt=excerpt,
        slug=_free_slug(site, slug, number) if slug else "",
        status=_settle_status(status, date or at),
        date_gmt=float(int(date or at)),
        modified_gmt=float(int(date or at)),
        categories=site.integers("categories") or [1],
        comment_status=str(site.params.get("comment_status", "open")),
        featured_media=_media(site),
        visible_at=site.call.visible_at,
    )
    site.store.wp_posts.put(post)
    site.call.created = Created(post.id, content, title)
    location = f"{site.url}/wp-json/wp/v2/posts/{number}"
    shown = show_post(site, post, "edit")
    return Reply(201, shown, {"location": location}, escape_slashes=True)


def update_post(site: Site, number: int) -> Reply:
    """POST /wp/v2/posts/{id}. `future` without a date publishes at once."""
    post = _find(site, number)
    _check_may_write(site, "rest_cannot_edit", "edit this post")
    for name in ("title", "content", "excerpt"):
        if name in site.params:
            setattr(post, name, _text(site, name))
    date = _date(site)
    if date is not None:
        post.date_gmt = float(int(date))
    wanted = _status(site, post.status) if "status" in site.params else post.status
    if wanted == "publish" and date is None and post.status in {"draft", "pending", "future"}:
        post.date_gmt = float(int(now()))
    post.status = _settle_status(wanted, post.date_gmt)
    if "slug" in site.params or (not post.slug and post.status in {"publish", "future"}):
        wish = slugify(str(site.params.get("slug") or post.title)) or str(number)
        post.slug = _free_slug(site, wish, number)
    if "categories" in site.params:
        post.categories = site.integers("categories") or [1]
    if "featured_media" in site.params:
        post.featured_media = _media(site)
    post.comment_status = str(site.params.get("comment_status", post.comment_status))
    post.modified_gmt = float(int(now()))
    site.store.wp_posts.put(post)
    return Reply(200, show_post(site, post, "edit"), escape_slashes=True)


def delete_post(site: Site, number: int) -> Reply:
    """DELETE /wp/v2/posts/{id}: to the trash, or for good with `force=true`."""
    post = _find(site, number)
    if not site.may_write:
        text = "Sorry, you are not allowed to delete this post."
        raise WpError("rest_cannot_delete", text, site.denied)
    force = str(site.params.get("force", "")).lower() in {"1", "true"}
    previous = show_post(site, post, "edit")
    if not force and post.status == "trash":
        raise WpError("rest_already_trashed", "The post has already been deleted.", 410)
    post.status = "gone" if force else "trash"
    if force or not post.slug.endswith("__trashed"):
        post.slug = f"{post.slug}__trashed"
    site.store.wp_posts.put(post)
    if force:
        return Reply(200, {"deleted": True, "previous": previous}, escape_slashes=True)
    return Reply(200, show_post(site, post, "edit"), escape_slashes=True)
