"""WordPress's page on which a user gives an application a password of its own, and how a site leads to its REST."""

import re
import secrets
import string
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from channels.sandbox.looks import leads_to, page
from channels.sandbox.rows import WpUser
from channels.sandbox.wire import Reply
from channels.sandbox.wp_site import Site

AUTHORISE = "/wp-admin/authorize-application.php"
LENGTH = 24
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def rest_link(site: Site) -> str:
    """Return the header that leads to the site's REST interface, with or without pretty addresses."""
    has_permalinks = site.call.world.setting("wp_permalinks", site.account)
    root = f"{site.url}/wp-json/" if has_permalinks else f"{site.url}/index.php?rest_route=/"
    return f'<{root}>; rel="https://api.w.org/"'


def authorise(site: Site) -> Reply:
    """GET or POST /wp-admin/authorize-application.php."""
    if not site.call.world.setting("wp_application_passwords", site.account):
        return Reply(
            501,
            "Application passwords are not available.",
            content_type="text/html; charset=UTF-8",
        )
    form = site.call.form() if site.call.method == "POST" else site.call.params
    fault = _fault(form)
    if fault or site.call.method != "POST":
        users = site.store.wp_users.by("blog", site.slug)
        return page(
            site.call, "allow_wordpress.html", 400 if fault else 200,
            asked=site.call.params, fault=fault, users=users, title=site.account.title,
        )  # fmt: skip
    return _decide(site, form)


def _fault(asked: Mapping[str, str]) -> str:
    """Say what WordPress finds wrong with a request; empty when nothing is."""
    if not asked.get("app_name", "").strip():
        return "app_name"
    if asked.get("app_id") and not _UUID.fullmatch(asked["app_id"]):
        return "The application ID must be a UUID."
    for name in ("success_url", "reject_url"):
        address = urlsplit(asked.get(name, ""))
        is_local = address.hostname in {"127.0.0.1", "localhost"}
        if asked.get(name) and address.scheme == "http" and not is_local:
            return "The URL must be served over a secure connection."
        if asked.get(name) and address.scheme in {"javascript", "data"}:
            return "The URL must not have a forbidden scheme."
    return ""


def _decide(site: Site, form: Mapping[str, str]) -> Reply:
    if form.get("decision") != "approve":
        rejected = form.get("reject_url") or _with(form.get("success_url", ""), success="false")
        return leads_to(rejected or f"{site.url}/wp-admin/")
    user = site.store.wp_users[form["user"]]
    password = _give(site, user, form)
    if not form.get("success_url"):
        return Reply(200, password, content_type="text/plain; charset=UTF-8")
    return leads_to(
        _with(form["success_url"], site_url=site.url, user_login=user.login, password=password)
    )


def _give(site: Site, user: WpUser, form: Mapping[str, str]) -> str:
    letters = string.ascii_letters + string.digits
    password = "".join(secrets.choice(letters) for _ in range(LENGTH))
    user.given = [*user.given, [form["app_name"], form.get("app_id", ""), password]]
    site.store.wp_users.put(user)
    return password


def _with(address: str, **more: str) -> str:
    """Return an address with parameters more, as WordPress's add_query_arg does."""
    if not address:
        return ""
    parts = urlsplit(address)
    query = urlencode({**dict(parse_qsl(parts.query)), **more})
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, parts.fragment))
