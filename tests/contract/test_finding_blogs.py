"""Finding sites and feeds from any page of a blog, and WordPress's own way of letting an application in."""

import pytest
import requests

from channels.adapters.blog import site
from channels.adapters.feed import finding
from channels.candidates import Right
from channels.errors import AuthExpired, Rejected, Unreachable
from channels.port import Connection
from channels.registry import adapter_for
from tests.support.signing_in import decide, said_in

BACK = "https://console.example/accounts/back/blog/"
WISH = {"timeout": 20, "allow_private_hosts": True}


@pytest.fixture
def there(sandbox):
    return sandbox.account("wordpress")


@pytest.mark.parametrize(
    "rest", ["", "/", "/?p=1", "/wp-json/", "/some/page/that/is/gone/", "/wp-json/wp/v2/posts/1"]
)
@pytest.mark.parametrize("pretty", [True, False])
def test_any_page_of_a_site_leads_to_it(sandbox, there, rest, pretty):
    """The site stands below a path of its host, as those of a network do; with or without pretty addresses."""
    sandbox.control("settings", {"account": there["name"], "wp_permalinks": pretty})
    found = site.find_site(there["base_url"] + rest, **WISH)
    assert found.base == there["base_url"]
    assert found.name
    assert found.authorise == f"{there['base_url']}/wp-admin/authorize-application.php"
    line = Connection(found.base, "", _typed(there), allow_private_hosts=True)
    assert site.try_user(line).profile.external_id == "2"


def test_what_is_no_wordpress_is_said_so(sandbox):
    with pytest.raises(Rejected, match="no WordPress site"):
        site.find_site(f"{sandbox.url}/x/", **WISH)
    with pytest.raises(Unreachable):
        site.find_site("http://127.0.0.1:1/", **WISH)


def test_a_site_in_a_private_network_is_not_asked(there):
    with pytest.raises(Rejected, match="must not be called"):
        site.find_site(there["base_url"], timeout=5, allow_private_hosts=False)


def test_an_application_password_is_given_on_the_site(sandbox, there):
    found = site.find_site(there["base_url"], **WISH)
    address = site.authorise_address(found, back=BACK, state="word")
    said = said_in(decide(address, decision="approve", user=f"{there['id']}:2"))
    assert said["state"] == "word"
    assert site.is_same(said["site_url"], found.base)
    secrets = {"username": said["user_login"], "application_password": said["password"]}
    line = Connection(found.base, "2", secrets, allow_private_hosts=True)
    assert adapter_for("blog", line).whoami().handle == "ops"
    again = said_in(decide(address, decision="approve", user=f"{there['id']}:2"))
    assert again["password"] != said["password"]


def test_whoever_rejects_comes_back_with_that(there):
    found = site.find_site(there["base_url"], **WISH)
    address = site.authorise_address(found, back=BACK, state="word")
    assert said_in(decide(address, decision="reject"))["error"] == "access_denied"


def test_a_site_that_lets_nobody_in_says_so(sandbox, there):
    sandbox.control("settings", {"account": there["name"], "wp_application_passwords": False})
    assert site.find_site(there["base_url"], **WISH).authorise == ""


@pytest.mark.parametrize(
    "change", [{"app_id": "one"}, {"success_url": "http://console.example/"}, {"app_name": ""}]
)
def test_the_page_refuses_what_wordpress_refuses(there, change):
    asked = {"app_name": "opsconsole", "app_id": site.APP_ID, "success_url": BACK} | change
    address = f"{there['base_url']}/wp-admin/authorize-application.php"
    assert requests.get(address, params=asked, timeout=10).status_code == 400


@pytest.mark.parametrize(
    ("login", "missing"),
    [
        ("writer", {Right.READ, Right.ANSWER, Right.MODERATE}),
        ("reader", {Right.READ, Right.ANSWER, Right.MODERATE, Right.POST, Right.UPLOAD}),
        ("admin", set()),
    ],
)
def test_what_a_role_lacks_is_told(there, login, missing):
    secrets = {
        "username": login,
        "application_password": there["credentials"][f"{login}_application_password"],
    }
    found = site.try_user(Connection(there["base_url"], "", secrets, allow_private_hosts=True))
    assert {check.right for check in found.checks if check.works is False} == missing


def test_a_wrong_password_speaks_for_nobody(there):
    secrets = {"username": "ops", "application_password": "wrong"}
    with pytest.raises(AuthExpired):
        site.try_user(Connection(there["base_url"], "", secrets, allow_private_hosts=True))


# --- Feeds ---


def feeds(address):
    return finding.find_feeds(Connection(address, "", {}, timeout=20, allow_private_hosts=True))


@pytest.mark.parametrize("rest", ["", "/", "/?p=1", "/comments/feed/"])
def test_the_feed_of_comments_is_found_from_any_page(sandbox, rest):
    there = sandbox.account("wordpress", rest=False)
    found = feeds(there["base_url"] + rest)
    assert found[0].base_url.rstrip("/") == there["feed_url"].rstrip("/")
    assert [check.works for check in found[0].checks] == [True, True]
    assert len({one.base_url for one in found}) == len(found)


def test_no_feed_is_said_so(sandbox):
    with pytest.raises(Rejected, match="No feed was found"):
        feeds(f"{sandbox.url}/graph/")


def _typed(there) -> dict[str, str]:
    names = ("username", "application_password")
    return {name: there["credentials"][name] for name in names}
