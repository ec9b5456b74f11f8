"""What visitors and other blogs send to a WordPress blog: the comment form and trackbacks."""

import html

from channels.sandbox.clock import now
from channels.sandbox.wire import Created, Reply
from channels.sandbox.wp_comments import add_comment, permalink, post_of
from channels.sandbox.wp_site import Site
from channels.sandbox.wp_text import count_links, encode_name, filter_comment

ERROR_PAGE = (
    "<!DOCTYPE html><html><head><title>Comment Submission Failure</title></head><body>"
    '<div class="wp-die-message"><p><strong>Error:</strong> {}</p></div></body></html>'
)


def _failure(text: str, status: int = 200) -> Reply:
    return Reply(status, ERROR_PAGE.format(text), content_type="text/html; charset=UTF-8")


def submit(site: Site) -> Reply:
    """POST /wp-comments-post.php. A missing name is an error page with status 200."""
    form = site.call.form()
    number = form.get("comment_post_ID", "")
    post = post_of(site, int(number)) if number.isdigit() else None
    if post is None or post.status != "publish":
        return Reply(200, b"", content_type="text/html; charset=UTF-8")
    if post.comment_status != "open":
        return _failure("Sorry, comments are closed for this item.", 403)
    name, email, text = (form.get(n, "").strip() for n in ("author", "email", "comment"))
    if not name or not email:
        return _failure("Please fill the required fields (name, email).")
    if not text:
        return _failure("Please type your comment text.")
    mine = [
        c
        for c in site.store.wp_comments.by("blog", site.slug)
        if c.author_email == email and c.post == post.number and not c.removed
    ]
    if any(c.content == text for c in mine):
        return _failure("Duplicate comment detected; it looks as though you&#8217;ve already said "
                        "that!", 409)  # fmt: skip
    pause = float(site.call.world.setting("wp_flood_seconds", site.account))
    if any(now() - c.date_gmt < pause for c in mine):
        return _failure("You are posting comments too quickly. Slow down.", 429)
    moderated = site.call.world.setting("wp_moderation", site.account)
    held = bool(moderated) or count_links(text) >= 2
    parent = form.get("comment_parent", "0")
    comment = add_comment(
        site.call.world,
        site.slug,
        post=post.number,
        parent=int(parent) if parent.isdigit() else 0,
        author_name=encode_name(name),
        author_email=email,
        author_url=form.get("url", ""),
        content=filter_comment(text),
        date_gmt=now(),
        status="hold" if held else "approved",
    )
    query = f"?unapproved={comment.number}&moderation-hash=0" if held else ""
    location = f"{permalink(site, post)}{query}#comment-{comment.number}"
    return Reply(302, b"", {"location": location}, "text/html; charset=UTF-8")


def trackback(site: Site, number: int) -> Reply:
    """POST <permalink>/trackback/: XML with HTTP 200, whatever happened."""
    form, post = site.call.form(), post_of(site, number)
    url = form.get("url", "")
    if not url or post is None:
        return Reply(200, b"", content_type="text/html; charset=UTF-8")
    rows = site.store.wp_comments.by("blog", site.slug)
    if any(c.type == "trackback" and c.author_url == url and c.post == number for c in rows):
        return _trackback_answer("There is already a ping from that URL for this post.")
    excerpt = html.escape(form.get("excerpt", ""), quote=False)
    if len(excerpt) > 252:
        excerpt = excerpt[:252] + "&#8230;"
    title = html.escape(form.get("title", ""), quote=False)
    comment = add_comment(
        site.call.world,
        site.slug,
        post=number,
        author_name=encode_name(form.get("blog_name", "")),
        author_url=url,
        content=f"<strong>{title}</strong>\n\n{excerpt}",
        date_gmt=now(),
        type="trackback",
    )
    site.call.created = Created(comment.id, excerpt)
    return _trackback_answer("")


def _trackback_answer(error: str) -> Reply:
    message = f"<message>{error}</message>\n" if error else ""
    body = (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f"<response>\n<error>{1 if error else 0}</error>\n{message}</response>"
    )
    return Reply(200, body, content_type="text/xml; charset=UTF-8")
