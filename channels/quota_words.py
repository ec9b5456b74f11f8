"""How the windows of the platforms are called on screens: tables only."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels.quota import APP_USAGE, BUSINESS_USAGE, DAY, PAGE_USAGE

#: Endpoint of X → what it is for.
ENDPOINTS: dict[str, Promise] = {
    "GET /2/users/:id/mentions": _("Reading mentions"),
    "GET /2/users/:id/tweets": _("Reading own posts"),
    "GET /2/tweets": _("Reading posts again"),
    "GET /2/tweets/search/recent": _("Search for words"),
    "GET /2/users/me": _("Looking at the account itself"),
    "GET /2/users/:id/followers": _("Reading followers"),
    "POST /2/tweets": _("Answers and posts"),
    "DELETE /2/tweets/:id": _("Deleting posts"),
    "POST /2/media/upload": _("Uploading pictures"),
    "POST /2/media/upload/initialize": _("Beginning films"),
    "POST /2/media/upload/:id/append": _("Uploading films"),
    "POST /2/media/upload/:id/finalize": _("Ending films"),
    "GET /2/media/upload": _("Asking after films"),
    "POST /2/media/metadata": _("Describing pictures"),
}

#: Measure of Facebook → what it measures.
MEASURES: dict[str, Promise] = {
    APP_USAGE: _("Calls of the app"),
    PAGE_USAGE: _("Calls of the Page"),
    BUSINESS_USAGE: _("Work on the Page"),
}


def quota_label(endpoint: str, span: str) -> Promise | str:
    """Name a window; what no table knows is called as the platform calls it."""
    return MEASURES.get(span) or ENDPOINTS.get(endpoint) or endpoint


def span_label(span: str) -> Promise | str:
    """Say over which time a window counts."""
    return _("in 24 hours") if span == DAY else ""
