"""X's error answers, word for word where a recording or a document gives the words."""

from typing import Any

from channels.sandbox.wire import Call, Reply

PROBLEMS = "https://api.twitter.com/2/problems/"
DUPLICATE = "You are not allowed to create a Tweet with duplicate content."
NOT_VISIBLE = "You attempted to reply to a Tweet that is deleted or not visible to you."
NOT_SUMMONED = (
    "Reply to this conversation is not allowed because you have not been mentioned or otherwise "
    "engaged by the author of the post you are replying to."
)
TOO_LONG = (
    "Your Tweet text is too long. For more information on how Twitter determines text length see "
    "https://github.com/twitter/twitter-text."
)

TITLES = {
    400: "Invalid Request",
    401: "Unauthorized",
    402: "CreditsDepleted",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


class XError(Exception):
    """Carries an error answer out of a handler."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.body))
        self.reply = reply


def problem(status: int, detail: str = "", kind: str = "about:blank", title: str = "") -> Reply:
    """Build a problem document."""
    title = title or TITLES.get(status, "Error")
    body = {"title": title, "type": kind, "status": status, "detail": detail or title}
    return Reply(status, body, content_type="application/problem+json; charset=utf-8")


def forbidden(detail: str) -> XError:
    """Build a plain 403, in the order of keys that was recorded."""
    body = {"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403}
    return XError(Reply(403, body))


def invalid(errors: list[dict[str, Any]]) -> XError:
    """Build the 400 that names every wrong parameter."""
    body = {
        "errors": errors,
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS + "invalid-request",
    }
    return XError(Reply(400, body))


def unsupported_authentication() -> XError:
    """Refuse an app-only token where a user must speak."""
    detail = (
        "Authenticating with OAuth 2.0 Application-Only is forbidden for this endpoint.  Supported "
        "authentication types are [OAuth 1.0a User Context, OAuth 2.0 User Context]."
    )
    reply = problem(403, detail, PROBLEMS + "unsupported-authentication")
    reply.body = {**reply.body, "title": "Unsupported Authentication", "errors": [
        {"detail": detail, "type": PROBLEMS + "unsupported-authentication"}
    ]}  # fmt: skip
    return XError(reply)


def not_allowed_to_write() -> XError:
    """Refuse keys of an app that may only read."""
    detail = (
        "Your client app is not configured with the appropriate oauth1 app permissions for this "
        "endpoint."
    )
    return XError(problem(403, detail, PROBLEMS + "oauth1-permissions"))


def not_found_item(value: str, parameter: str, resource: str = "tweet") -> dict[str, str]:
    """Describe one thing that is gone, for the `errors` beside the data of a 200."""
    return {
        "value": value,
        "detail": f"Could not find {resource} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": resource,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEMS + "resource-not-found",
    }


def closed_item(value: str, parameter: str, resource: str = "tweet") -> dict[str, str]:
    """Describe one thing that only others may see, for the `errors` beside the data of a 200."""
    return {
        "resource_id": value,
        "parameter": parameter,
        "resource_type": resource,
        "section": "data",
        "title": "Authorization Error",
        "value": value,
        "detail": f"Sorry, you are not authorized to see the {resource.capitalize()} with "
        f"{parameter}: [{value}].",
        "type": PROBLEMS + "not-authorized-for-resource",
    }


def scripted(call: Call, options: dict[str, Any]) -> Reply:
    """Build the answer of a `status` fault.

    Options: status, reason (`duplicate`, `usage-capped`, or any detail text), reset_in, header
    (`ok`, `missing`, `wrong`).
    """
    status = int(options.get("status", 503))
    reason = str(options.get("reason") or options.get("detail") or "")
    if status == 403:
        return forbidden(DUPLICATE if reason == "duplicate" else reason or "Forbidden").reply
    if status == 402:
        detail = "Your enrolled account does not have any credits to fulfill this request."
        return problem(402, detail, PROBLEMS + "credits")
    if status == 429:
        return _patience(call, options, reason)
    return problem(status, reason)


def _patience(call: Call, options: dict[str, Any], reason: str) -> Reply:
    if reason == "usage-capped":
        detail = "Usage cap exceeded: Monthly product cap"
        return problem(429, detail, PROBLEMS + "usage-capped", "UsageCapExceeded")
    reply = problem(429)
    header = options.get("header", "ok")
    if header == "missing":
        return reply
    reset = int(call.at + float(options.get("reset_in", 900)))
    if header == "wrong":
        reset = int(call.at) - 86_400
    reply.headers |= {
        "x-rate-limit-limit": "300",
        "x-rate-limit-remaining": "0",
        "x-rate-limit-reset": str(reset),
    }
    return reply
