"""How Graph shows pages, posts, comments and people: fields by name, edges with cursors."""

import base64
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from channels.sandbox.clock import graph_time, parse_time
from channels.sandbox.fb_messages import conversation_of, may_answer
from channels.sandbox.fb_posts import created_at, is_visible
from channels.sandbox.graph_counts import COUNTED, counted
from channels.sandbox.graph_errors import GraphError, nonexisting_field
from channels.sandbox.graph_fields import FieldWish, narrow, parse_fields, unparse
from channels.sandbox.rows import Account, FbObject, FbPerson, Media
from channels.sandbox.wire import Call, words

PUBLIC = "https://graph.facebook.com"
DEFAULT_LIMIT = 25
LARGEST_LIMIT = 100
#: Parameters that say where a page begins.
PLACES = frozenset({"after", "before", "until", "__paging_token"})

Node = Account | FbObject | FbPerson
#: Fields that exist but are empty here: asking for them is no error.
QUIET: Mapping[str, frozenset[str]] = {
    "Page": words(
        "about bio cover description emails engagement fan_count hours is_published "
        "location phone picture rating_count verification_status website "
        "unread_notif_count talking_about_count"
    ),
    "Post": words(
        "actions admin_creator allowed_advertising_objectives application backdated_time "
        "call_to_action can_reply_privately child_attachments coordinates event "
        "expanded_height feed_targeting height icon instagram_eligibility is_app_share "
        "is_eligible_for_promotion is_expired is_instagram_eligible is_popular "
        "is_spherical likes message_tags multi_share_end_card parent_id place privacy "
        "properties reactions shares sharedposts sponsor_tags subscribed target targeting "
        "timeline_visibility to video_buying_eligibility width"
    ),
    "Comment": words(
        "application message_tags likes reactions object live_broadcast_timestamp "
        "admin_creator"
    ),
    "User": words(
        "email first_name last_name middle_name picture short_name"
    ),
}  # fmt: skip
#: Removed from posts in v3.3; Graph answers error 12.
REMOVED = frozenset({"caption", "description", "link", "name", "object_id", "picture", "source", "type"})  # fmt: skip


def type_of(node: Node) -> str:
    """Return the name Graph has for a node's type."""
    if isinstance(node, Account):
        return "Page"
    if isinstance(node, FbPerson):
        return "User"
    return "Post" if node.kind == "post" else "Comment"


def permalink(call: Call, row: FbObject) -> str:
    """Return the public address of a post or comment: the sandbox's own page shows it."""
    return f"{call.origin}/world/facebook/{row.page_id}#{row.id.split('_')[-1]}"


def _author(call: Call, row: FbObject) -> dict[str, str] | None:
    """Return `from`, or None when Facebook withholds it."""
    store = call.world.store
    page = call.world.account_of("facebook", row.author_id)
    if page:
        return {"name": page.title, "id": page.identity}
    person = store.fb_people.get(row.author_id)
    withheld = call.world.setting("fb_from", call.account) == "missing"
    if person is None or person.withheld or withheld:
        return None
    return {"name": person.name, "id": person.id}


def _attachment(call: Call, row: FbObject) -> dict[str, Any] | None:
    if not row.photos:
        return _share(row) if row.link else None
    media = call.world.store.media[row.photos[0]]
    image = {
        "height": media.height,
        "width": media.width,
        "src": f"{call.origin}/media/{media.id}",
    }
    return {
        "media": {"image": image},
        "target": {"id": media.id, "url": f"https://www.facebook.com/photo/?fbid={media.id}"},
        "type": _kind(row, media),
        "url": f"https://www.facebook.com/photo/?fbid={media.id}",
    }


def _kind(row: FbObject, media: Media) -> str:
    if media.content_type.startswith("video/"):
        return "video_inline"
    return "sticker" if row.sticker else "photo"


def _share(row: FbObject) -> dict[str, Any]:
    """Return a link as Graph shows it: through its own door, with the page's title."""
    title = row.link.split("//")[-1].rstrip("/")
    return {"title": title, "type": "share", "url": row.link, "target": {"url": row.link}}


def _page_values(call: Call, page: Account) -> dict[str, Any]:
    return {
        "name": page.title,
        "link": f"{call.origin}/world/facebook/{page.identity}",
        "username": page.handle,
        "category": "Telecommunication company",
        "category_list": [{"id": "2239", "name": "Telecommunication company"}],
        "followers_count": page.settings.get("followers", 182_340),
        "tasks": ["ADVERTISE", "ANALYZE", "CREATE_CONTENT", "MESSAGING", "MODERATE", "MANAGE"],
        "access_token": page.credentials["page_token"],
    }


def _post_values(call: Call, row: FbObject) -> dict[str, Any]:
    attachment = _attachment(call, row)
    return {
        "message": row.message,
        "from": _author(call, row),
        "created_time": graph_time(created_at(row)),
        "updated_time": graph_time(max(row.updated, created_at(row))),
        "permalink_url": permalink(call, row),
        "is_published": row.published or (bool(row.scheduled) and row.scheduled <= call.at),
        "is_hidden": row.hidden,
        "status_type": "added_photos" if row.photos else "mobile_status_update",
        "story": "" if row.message or not row.photos else "added a new photo.",
        "scheduled_publish_time": int(row.scheduled) or None,
        "full_picture": attachment["media"]["image"]["src"] if row.photos and attachment else None,
        "attachments": {"data": [attachment]} if attachment else None,
    }


def _comment_values(call: Call, row: FbObject) -> dict[str, Any]:
    children = [c for c in call.world.store.fb_objects.by("parent", row.id) if not c.deleted]
    parent = call.world.store.fb_objects.get(row.parent_id)
    return {
        "message": row.message,
        "from": _author(call, row),
        "created_time": graph_time(row.created),
        "permalink_url": permalink(call, row),
        "is_hidden": row.hidden,
        "is_private": False,
        "can_comment": bool(call.world.setting("fb_comments_open", call.account)),
        "can_hide": row.author_id != row.page_id,
        "can_like": True,
        "can_remove": True,
        "can_reply_privately": may_answer(call, row),
        "private_reply_conversation": conversation_of(call, row),
        "user_likes": False,
        "like_count": 0,
        "comment_count": len(children),
        "attachment": _attachment(call, row),
        "parent": show(call, parent, []) if parent and parent.kind == "comment" else None,
    }


def _values(call: Call, node: Node) -> dict[str, Any]:
    if isinstance(node, Account):
        return _page_values(call, node)
    if isinstance(node, FbPerson):
        return {"name": node.name}
    return _post_values(call, node) if node.kind == "post" else _comment_values(call, node)


DEFAULTS: Mapping[str, tuple[str, ...]] = {
    "Page": ("name",),
    "User": ("name",),
    "Post": ("created_time", "message", "story"),
    "Comment": ("created_time", "from", "message"),
}
NULLABLE = {"is_hidden", "is_private", "user_likes", "like_count", "comment_count", "can_hide",
            "can_reply_privately", "can_comment", "is_published",
            "message"}  # fmt: skip


def show(call: Call, node: Node, wishes: list[FieldWish]) -> dict[str, Any]:
    """Return a node with the wanted fields; GraphError 100 for one that does not exist."""
    kind, values = type_of(node), _values(call, node)
    identity = node.identity if isinstance(node, Account) else node.id
    shown: dict[str, Any] = {}
    for wish in wishes or [FieldWish(name) for name in DEFAULTS[kind]]:
        if wish.name in COUNTED and kind != "Page":
            shown[wish.key] = counted(node, wish.modifiers)
        elif wish.name in EDGES.get(kind, {}):
            shown[wish.key] = edge(call, node, wish.name, wish.modifiers, wish.below, nested=True)
        elif wish.name in values:
            value = values[wish.name]
            if value or (value is not None and wish.name in NULLABLE and value != ""):
                shown[wish.key] = narrow(value, wish.below)
        elif wish.name in REMOVED and kind == "Post":
            raise GraphError(12)
        elif wish.name not in QUIET[kind] | {"id", "metadata"}:
            raise nonexisting_field(wish.name, kind)
    shown["id"] = identity
    return shown


def _feed(call: Call, page: Account) -> list[FbObject]:
    rows = call.world.store.fb_objects.by("page", page.identity)
    shown = [row for row in rows if is_visible(row, call.at)]
    return sorted(shown, key=lambda r: (created_at(r), r.id), reverse=True)


def _own(call: Call, page: Account) -> list[FbObject]:
    return [row for row in _feed(call, page) if row.author_id == page.identity]


def _visitors(call: Call, page: Account) -> list[FbObject]:
    return [row for row in _feed(call, page) if row.author_id != page.identity]


def _tagged(call: Call, page: Account) -> list[FbObject]:
    rows = call.world.store.fb_objects.by("tagged", page.identity)
    return sorted((r for r in rows if is_visible(r, call.at)), key=created_at, reverse=True)


def _scheduled(call: Call, page: Account) -> list[FbObject]:
    rows = call.world.store.fb_objects.by("page", page.identity)
    return [r for r in rows if r.scheduled > call.at and not r.deleted]


def _comments(call: Call, row: FbObject) -> list[FbObject]:
    return call.world.store.fb_objects.by("parent", row.id)


def _nothing(_call: Call, _node: Node) -> list[FbObject]:
    return []


EDGES: Mapping[str, Mapping[str, Callable[..., list[FbObject]]]] = {
    "Page": {"feed": _feed, "posts": _own, "published_posts": _own, "visitor_posts": _visitors,
             "tagged": _tagged, "scheduled_posts": _scheduled, "photos": _nothing},
    "Post": {"comments": _comments, "likes": _nothing, "reactions": _nothing},
    "Comment": {"comments": _comments, "likes": _nothing, "reactions": _nothing},
}  # fmt: skip


def _cursor(row: FbObject) -> str:
    return (
        base64.urlsafe_b64encode(f"{created_at(row):.6f}|{row.id}".encode()).decode().rstrip("=")
    )


def _position(cursor: str) -> tuple[float, str]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        moment, _, row_id = text.partition("|")
        return float(moment), row_id
    except ValueError as error:
        raise GraphError(100, "(#100) Invalid cursors values", error_subcode=1357046) from error


def _comment_order(call: Call, node: FbObject, params: Mapping[str, str]) -> list[FbObject]:
    """Return the comments of an object: top level or the whole stream, oldest first by default."""
    store = call.world.store.fb_objects
    if params.get("filter") not in {None, "stream", "toplevel"}:
        raise GraphError(100, "(#100) Param filter must be one of {STREAM, TOPLEVEL}")
    stream = params.get("filter") == "stream" and node.kind == "post"
    rows = store.by("post" if stream else "parent", node.id)
    shown = [row for row in rows if is_visible(row, call.at)]
    is_minded = call.world.setting("fb_order", call.account) == "as_asked"
    wanted = {"reverse_chronological", "reverse_chronologically"}
    newest_first = is_minded and params.get("order") in wanted
    return sorted(shown, key=lambda r: (r.created, r.id), reverse=newest_first)


def _between(rows: list[FbObject], params: Mapping[str, str]) -> list[FbObject]:
    """Apply `since` and `until`, which look at the time of the last change."""
    try:
        since = parse_time(params["since"]) if params.get("since") else 0.0
        until = parse_time(params["until"]) if params.get("until") else float("inf")
    except ValueError as error:
        raise GraphError(100, "(#100) Invalid time given for since or until") from error
    return [row for row in rows if since <= int(max(row.updated, created_at(row))) <= until]


def _limit(text: str, name: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise GraphError(100, "(#100) Param limit must be an integer greater than 0")
    if int(text) > LARGEST_LIMIT and name != "comments":
        raise GraphError(100, "(#100) Param limit must be a number between 1 and 100")
    return min(int(text), LARGEST_LIMIT)


def edge(
    call: Call,
    node: Node,
    name: str,
    params: Mapping[str, str],
    wishes: list[FieldWish],
    *,
    nested: bool = False,
) -> dict[str, Any]:
    """Return one page of an edge. Empty ones have no `paging`, last ones no `next`."""
    if name == "comments" and isinstance(node, FbObject):
        rows = _comment_order(call, node, params)
    else:
        rows = EDGES[type_of(node)][name](call, node)
    if not nested and name == "comments" and _is_user_token(call):
        rows = []
    place = params.get("after") or params.get("__paging_token")
    every = rows = rows if params.get("__paging_token") else _between(rows, params)
    limit = _limit(params.get("limit") or str(DEFAULT_LIMIT), name)
    if place:
        rows = _after(rows, place)
    elif params.get("before"):
        rows = _before(rows, params["before"], limit)
    page = rows[:limit]
    shown: dict[str, Any] = {"data": [show(call, row, wishes) for row in page]}
    if page:
        if nested and wishes:
            params = {**params, "fields": unparse(wishes)}
        shown["paging"] = _paging(call, node, name, params, page, every, nested=nested)
    if params.get("summary") in {"true", "1"} and name == "comments":
        shown["summary"] = {
            "order": "chronological",
            "total_count": len(every),
            "can_comment": True,
        }
    return shown


def _is_user_token(call: Call) -> bool:
    return call.account is not None and token_of(call) == call.account.credentials["user_token"]


def _after(rows: list[FbObject], cursor: str) -> list[FbObject]:
    moment, row_id = _position(cursor)
    for index, row in enumerate(rows):
        if row.id == row_id:
            return rows[index + 1 :]
    newest_first = len(rows) > 1 and created_at(rows[0]) > created_at(rows[-1])
    return [
        r for r in rows if (created_at(r) < moment if newest_first else created_at(r) > moment)
    ]


def _before(rows: list[FbObject], cursor: str, limit: int) -> list[FbObject]:
    _, row_id = _position(cursor)
    index = next((i for i, row in enumerate(rows) if row.id == row_id), 0)
    return rows[max(0, index - limit) : index]


def _paging(
    call: Call,
    node: Node,
    name: str,
    params: Mapping[str, str],
    page: list[FbObject],
    every: list[FbObject],
    *,
    nested: bool,
) -> dict[str, Any]:
    """Return where the neighbours of a page are: by cursors, or by times as some edges still do."""
    by_time = call.world.setting("fb_paging", call.account) == "times"
    first, last = _cursor(page[0]), _cursor(page[-1])
    paging: dict[str, Any] = {} if by_time else {"cursors": {"before": first, "after": last}}
    identity = node.identity if isinstance(node, Account) else node.id
    keep = {k: v for k, v in params.items() if k not in PLACES | {"as", "appsecret_proof"}}
    keep = {"access_token": token_of(call), "pretty": "0", **keep}
    keep["limit"] = params.get("limit") or str(DEFAULT_LIMIT)
    base = f"{PUBLIC}/{version_of(call)}/{identity}/{name}?"
    until = str(int(created_at(page[-1])))
    further = {"until": until, "__paging_token": last} if by_time else {"after": last}
    if page[-1] is not every[-1]:
        paging["next"] = base + urlencode({**keep, **further})
    if page[0] is not every[0] and not nested:
        paging["previous"] = base + urlencode({**keep, "before": first})
    return paging


def token_of(call: Call) -> str:
    """Return the access token, from the query, the form or the header."""
    header = call.headers.get("authorization", "")
    bearer = header.split(" ", 1)[1] if header.lower().startswith(("bearer ", "oauth ")) else ""
    return call.params.get("access_token") or call.form().get("access_token") or bearer


def version_of(call: Call) -> str:
    """Return the version in the path, or the oldest one still offered."""
    first = call.path.strip("/").split("/")[0]
    return first if first.startswith("v") and "." in first else "v19.0"


def wishes_of(call: Call, params: Mapping[str, str]) -> list[FieldWish]:
    """Return the parsed `fields` parameter."""
    return parse_fields(params.get("fields", ""))
