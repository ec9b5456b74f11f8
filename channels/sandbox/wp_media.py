"""The rest of a WordPress blog's REST API: media, users, categories and the index."""

import re
import unicodedata
from email.message import Message
from typing import Any

from channels.sandbox.clock import moment, now
from channels.sandbox.media import fill, sniff
from channels.sandbox.rows import Media, WpUser
from channels.sandbox.wire import Reply
from channels.sandbox.wp_site import MODERATORS, Site, WpError, iso, paged, pick_fields

EXTENSIONS = {"png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif",
              "webp": "image/webp", "mp4": "video/mp4"}  # fmt: skip


def _ascii_name(name: str) -> str:
    """Fold a file name as WordPress does: `päir 1.png` becomes `pair-1.png`."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^\w.-]+", "-", folded).strip("-") or "file"


def _received(site: Site) -> tuple[str, bytes]:
    """Return the name and bytes of an upload, multipart or raw."""
    call = site.call
    file = call.files().get("file")
    if file is not None:
        return file.filename, file.content
    disposition = call.headers.get("content-disposition")
    if not disposition:
        text = "No Content-Disposition supplied."
        raise WpError("rest_upload_no_content_disposition", text, 400)
    message = Message()
    message["content-disposition"] = disposition
    name = message.get_filename()
    if not name:
        text = "Invalid Content-Disposition supplied. It needs to be formatted as `attachment; filename=...`."
        raise WpError("rest_upload_invalid_disposition", text, 400)
    return name, call.body


def show_media(site: Site, media: Media) -> dict[str, Any]:
    """Return a file as REST shows it."""
    url = f"{site.call.origin}/media/{media.id}"
    full = {"file": media.filename, "width": media.width, "height": media.height,
            "mime_type": media.content_type, "source_url": url}  # fmt: skip
    return {
        "id": media.number,
        "date_gmt": iso(media.created),
        "slug": media.filename.rsplit(".", 1)[0].lower(),
        "status": "inherit",
        "type": "attachment",
        "link": f"{site.url}/?attachment_id={media.number}",
        "title": {"rendered": media.title or media.filename.rsplit(".", 1)[0]},
        "alt_text": media.alt_text,
        "media_type": "image" if media.content_type.startswith("image") else "file",
        "mime_type": media.content_type,
        "media_details": {"width": media.width, "height": media.height, "sizes": {"full": full}},
        "source_url": url,
    }


def create_media(site: Site) -> Reply:
    """POST /wp/v2/media. A file that is not what it says is a 500, and stays one."""
    if not site.may_write:
        text = "Sorry, you are not allowed to create posts as this user."
        raise WpError("rest_cannot_create", text, site.denied)
    name, content = _received(site)
    extension = name.rsplit(".", 1)[-1].lower()
    if not content or EXTENSIONS.get(extension) != sniff(content):
        text = "Sorry, you are not allowed to upload this file type."
        raise WpError("rest_upload_unknown_error", text, 500)
    owner = f"wp:{site.slug}"
    number = 1000 + len(site.store.media.by("owner", owner)) + 1
    media = Media(
        id=f"wp-{site.slug}-{number}",
        owner=owner,
        number=number,
        content_type=EXTENSIONS[extension],
        filename=_ascii_name(name),
        title=str(site.params.get("title", "")),
        alt_text=str(site.params.get("alt_text", "")),
        created=now(),
    )
    site.store.media.put(fill(media, content))
    location = f"{site.url}/wp-json/wp/v2/media/{number}"
    return Reply(201, show_media(site, media), {"location": location}, escape_slashes=True)


def get_media(site: Site, number: int) -> Reply:
    """GET /wp/v2/media/{id}."""
    for media in site.store.media.by("owner", f"wp:{site.slug}"):
        if media.number == number:
            return Reply(200, show_media(site, media), escape_slashes=True)
    raise WpError("rest_post_invalid_id", "Invalid post ID.", 404)


def show_user(site: Site, user: WpUser, context: str) -> dict[str, Any]:
    """Return a user as REST shows it."""
    shown: dict[str, Any] = {
        "id": user.number,
        "name": user.name,
        "url": site.url,
        "description": "",
        "link": f"{site.url}/author/{user.login}/",
        "slug": user.login,
        "avatar_urls": dict.fromkeys(
            ("24", "48"), f"{site.call.origin}/avatar/wp{user.number}.svg"
        ),
    }
    if context == "edit":
        moderator, writer = user.role in MODERATORS, user.role != "subscriber"
        shown |= {
            "username": user.login,
            "email": user.email,
            "roles": [user.role],
            "registered_date": "2024-01-02T00:00:00+00:00",
            "capabilities": {
                "read": True,
                "moderate_comments": moderator,
                "publish_posts": writer,
                "edit_posts": writer,
                "upload_files": writer,
                user.role: True,
            },
        }
    return shown


def me(site: Site) -> Reply:
    """GET /wp/v2/users/me: the only honest check of credentials."""
    if site.user is None:
        raise WpError("rest_not_logged_in", "You are not currently logged in.", 401)
    context = site.choice("context", "view", ("view", "embed", "edit"))
    shown = show_user(site, site.user, context)
    return Reply(
        200, pick_fields(shown, site.params.get("_fields"), deep=True), escape_slashes=True
    )


def get_user(site: Site, number: int) -> Reply:
    """GET /wp/v2/users/{id}."""
    user = site.store.wp_users.get(f"{site.slug}:{number}")
    if user is None:
        raise WpError("rest_user_invalid_id", "Invalid user ID.", 404)
    return Reply(200, show_user(site, user, "view"), escape_slashes=True)


def list_categories(site: Site) -> Reply:
    """GET /wp/v2/categories."""
    posts = site.store.wp_posts.by("blog", site.slug)
    rows, headers = paged(site, site.store.wp_categories.by("blog", site.slug))
    shown = [
        {
            "id": c.number,
            "count": sum(c.number in p.categories and p.status == "publish" for p in posts),
            "description": "",
            "link": f"{site.url}/category/{c.slug}/",
            "name": c.name,
            "slug": c.slug,
            "taxonomy": "category",
            "parent": 0,
            "meta": [],
        }
        for c in rows
    ]
    return Reply(200, shown, headers, escape_slashes=True)


def index(site: Site) -> Reply:
    """GET /wp-json/: who this is and what it speaks."""
    offset = moment(now()).astimezone(site.zone).utcoffset()
    body = {
        "name": site.account.title,
        "description": "",
        "url": site.url,
        "home": site.url,
        "gmt_offset": offset.total_seconds() / 3600 if offset else 0,
        "timezone_string": str(site.zone),
        "namespaces": ["oembed/1.0", "wp/v2"],
        "authentication": {
            "application-passwords": {
                "endpoints": {"authorization": f"{site.url}/wp-admin/authorize-application.php"}
            }
        }
        if site.call.world.setting("wp_application_passwords", site.account)
        else [],
        "routes": {},
    }
    return Reply(200, body, escape_slashes=True)
