"""Which apps are told what happens on a Page: the edge `subscribed_apps`, and the app behind a token."""

from channels.sandbox.graph_errors import GraphError
from channels.sandbox.graph_login import lent, must_be_allowed
from channels.sandbox.graph_nodes import Node, token_of
from channels.sandbox.rows import Account, Note
from channels.sandbox.seed import app_of
from channels.sandbox.wire import Call, Reply
from channels.sandbox.world import World

#: What an app may be told of a Page.
_FIELDS = """
affiliation attire awards bio birthday category checkins company_overview conversations
culinary_team current_location description email feed founded general_info general_manager
group_feed hometown hours inbox_labels leadgen live_videos location members mention
message_deliveries message_echoes message_reactions message_reads messages
messaging_account_linking messaging_handovers messaging_optins messaging_postbacks
messaging_referrals mission name page_change_proposal page_upcoming_change parking
payment_options personal_info personal_interests phone picture price_range product_review
products public_transit ratings registration standby video_text_question_responses videos
website
"""
FIELDS = frozenset(_FIELDS.split())


def fields_told(world: World, page: Account) -> list[str]:
    """Return what our app is told of a Page; empty while the Page is not subscribed to it."""
    note = world.store.notes.get(f"subscribed:{page.id}")
    return list(note.value["fields"]) if note and note.value else []


def fields_tell(world: World, page: Account, fields: list[str]) -> None:
    """Note what our app is told of a Page from now on."""
    value = {"fields": fields} if fields else {}
    world.store.notes.put(Note(f"subscribed:{page.id}", value))


def the_app(call: Call) -> Reply:
    """GET /app: the app that a token was made for."""
    app = app_of(call.world, "facebook")
    link = f"https://www.facebook.com/games/?app_id={app['app_id']}"
    return Reply(
        200, {"category": "Business", "link": link, "name": "Sandbox", "id": app["app_id"]}
    )


def edge(call: Call, node: Node, method: str, params: dict[str, str]) -> Reply:
    """Answer /{page}/subscribed_apps: read it, subscribe our app, or end that."""
    page = _page(call, node)
    must_be_allowed(call, token_of(call), "subscribed_apps")
    if method == "GET":
        return _read(call, page)
    fields = _wanted(params) if method == "POST" else []
    fields_tell(call.world, page, fields)
    return Reply(200, {"success": True})


def _page(call: Call, node: Node) -> Account:
    row = lent(call, token_of(call))
    is_page = row.kind == "page" if row else token_of(call) == _own_token(node)
    if not isinstance(node, Account) or not is_page:
        text = "(#210) A page access token is required to request this resource."
        raise GraphError(210, text)
    return node


def _own_token(node: Node) -> str:
    return node.credentials["page_token"] if isinstance(node, Account) else ""


def _read(call: Call, page: Account) -> Reply:
    fields = fields_told(call.world, page)
    shown = {**the_app(call).body, "subscribed_fields": fields}
    return Reply(200, {"data": [shown] if fields else []})


def _wanted(params: dict[str, str]) -> list[str]:
    fields = [name for name in params.get("subscribed_fields", "").split(",") if name]
    if not fields:
        raise GraphError(100, "(#100) The parameter subscribed_fields is required.")
    for number, name in enumerate(fields):
        if name not in FIELDS:
            known = ", ".join(sorted(FIELDS))
            text = f"(#100) Param subscribed_fields[{number}] must be one of {{{known}}}"
            raise GraphError(100, f'{text} - got "{name}".')
    return fields
