"""Graph's error answers: one table of codes, and the shape they all share."""

import hashlib
import json
from typing import Any

from channels.sandbox.wire import Call, Reply

#: code -> (HTTP status, type, message, is_transient)
CODES: dict[int, tuple[int, str, str, bool]] = {
    1: (500, "OAuthException", "An unknown error has occurred.", True),
    2: (503, "OAuthException", "Service temporarily unavailable", True),
    3: (400, "OAuthException", ("(#3) Application does not have the capability to make this API "
        "call."), False),
    4: (403, "OAuthException", "(#4) Application request limit reached", True),
    10: (403, "OAuthException", ("(#10) This endpoint requires the 'pages_read_engagement' "
         "permission or the 'Page Public Content Access' feature."), False),
    12: (400, "OAuthException", ("(#12) deprecate_post_aggregated_fields_for_attachement is "
         "deprecated for versions v3.3 and higher"), False),
    17: (400, "OAuthException", "(#17) User request limit reached", True),
    32: (403, "OAuthException", "(#32) Page request limit reached", True),
    100: (400, "OAuthException", "(#100) Invalid parameter", False),
    102: (401, "OAuthException", "(#102) A user access token is required to request this resource.",
          False),
    104: (400, "OAuthException", "An access token is required to request this resource.", False),
    190: (401, "OAuthException", "Invalid OAuth access token - Cannot parse access token", False),
    200: (403, "OAuthException", ("(#200) If posting to a group, requires app being installed in "
          "the group, and either publish_to_groups permission with user token, or both "
          "pages_read_engagement and pages_manage_posts permission with page token"), False),
    210: (403, "OAuthException", "(#210) A page access token is required to request this resource.",
          False),
    368: (403, "OAuthException", ("The action attempted has been deemed abusive or is otherwise "
          "disallowed"), False),
    506: (400, "OAuthException", "(#506) Duplicate status message", False),
    613: (403, "OAuthException", "(#613) Calls to this api have exceeded the rate limit.", True),
    803: (404, "OAuthException", "(#803) Some of the aliases you requested do not exist", False),
    2500: (400, "OAuthException", ("An active access token must be used to query information about "
           "the current user."), False),
    80001: (403, "OAuthException", "(#80001) There have been too many calls to this Page account.",
            True),
}  # fmt: skip

#: Messages of the subcodes of 190.
TOKEN_TROUBLE: dict[int, str] = {
    458: "Error validating access token: The user has not authorized application 1.",
    459: "Error validating access token: You cannot access the app till you log in to "
         "www.facebook.com and follow the instructions given.",
    460: "Error validating access token: The session has been invalidated because the user changed "
         "their password or Facebook has changed the session for security reasons.",
    463: "Error validating access token: Session has expired on Monday, 23-Nov-26 01:00:00 PST. "
         "The current time is Tuesday, 24-Nov-26 01:00:00 PST.",
    464: "Error validating access token: Sessions for the user are not allowed because the user is "
         "not a confirmed user.",
    467: "Error validating access token: The access token is invalid since the user has logged "
         "out.",
}  # fmt: skip


class GraphError(Exception):
    """Carries an error answer out of a handler."""

    def __init__(self, code: int, message: str = "", **more: Any) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.more = more

    def reply(self, call: Call) -> Reply:
        """Build the answer."""
        status, kind, text, transient = CODES.get(
            self.code, (400, "OAuthException", "Error", False)
        )
        status = int(self.more.pop("status", 0) or status)
        error: dict[str, Any] = {
            "message": self.message or text,
            "type": self.more.pop("type", kind),
            "code": self.code,
        }
        if transient:
            error["is_transient"] = True
        error |= {name: value for name, value in self.more.items() if value is not None}
        trace = hashlib.sha256(f"{call.at}{call.path}".encode()).hexdigest()[:11]
        error["fbtrace_id"] = f"A{trace}"
        word = "invalid_token" if self.code == 190 else "invalid_request"
        head = f'OAuth "Facebook Platform" "{word}" "{error["message"]}"'
        headers = {"www-authenticate": head.encode("ascii", "replace").decode()}
        return Reply(status, {"error": error}, headers, escape_slashes=True)


def nonexisting_field(field: str, node_type: str) -> GraphError:
    """Refuse a field that a node does not have."""
    text = f"(#100) Tried accessing nonexisting field ({field}) on node type ({node_type})"
    return GraphError(100, text)


def no_such_object(object_id: str, verb: str = "get") -> GraphError:
    """Refuse an id that is gone or was never there."""
    text = (
        f"Unsupported {verb} request. Object with ID '{object_id}' does not exist, cannot be "
        "loaded due to missing permissions, or does not support this operation. Please read the "
        "Graph API documentation at https://developers.facebook.com/docs/graph-api"
    )
    return GraphError(100, text, type="GraphMethodException", error_subcode=33)


def scripted(call: Call, options: dict[str, Any]) -> Reply:
    """Build the answer of a `status` fault.

    Options: code, subcode, status, message, user_message, reset_in (seconds, told in minutes).
    """
    code = int(options.get("code", 0))
    subcode = options.get("subcode")
    if not code:
        code = {401: 190, 403: 10, 404: 803, 429: 32, 503: 2}.get(
            int(options.get("status", 500)), 1
        )
    message = str(options.get("message", ""))
    if code == 190 and not message:
        message = TOKEN_TROUBLE.get(int(subcode or 0), "")
    error = GraphError(
        code,
        message,
        status=options.get("status"),
        error_subcode=subcode,
        error_user_msg=options.get("user_message"),
    )
    reply = error.reply(call)
    if "reset_in" in options:
        minutes = -(-int(options["reset_in"]) // 60)
        usage = {"type": "pages", "call_count": 100, "total_cputime": 25, "total_time": 25,
                 "estimated_time_to_regain_access": minutes}  # fmt: skip
        page = call.account.identity if call.account else "0"
        reply.headers["x-business-use-case-usage"] = json.dumps({page: [usage]})
    return reply
