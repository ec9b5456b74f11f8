"""Finding a site, its rights and its feeds, asked of WordPress itself."""

import pytest

from channels.adapters.blog.site import authorise_address, find_site, try_user
from channels.adapters.feed.finding import find_feeds
from channels.candidates import Right
from channels.port import Connection

pytestmark = pytest.mark.wordpress
WISH = {"timeout": 30, "allow_private_hosts": True}


def tried(site, user):
    secrets = {"username": user, "application_password": site.users[user]}
    return try_user(Connection(site.url, "", secrets, allow_private_hosts=True))


def test_any_page_leads_to_the_site(site):
    article = site.article("찾아 주세요")
    for address in (site.url, f"{site.url}/", article["link"], f"{site.url}/wp-json/",
                    f"{site.url}/wp-json/wp/v2/posts/{article['id']}"):  # fmt: skip
        found = find_site(address, **WISH)
        assert found.base == site.url.rstrip("/"), address
        assert found.name


def test_the_page_on_which_applications_are_let_in_is_told_and_there(site):
    found = find_site(site.url, **WISH)
    assert found.authorise.endswith("/wp-admin/authorize-application.php")
    address = authorise_address(found, back="https://console.example/back/", state="word")
    answer = site.session().get(address, allow_redirects=False, timeout=30)
    assert answer.status_code == 302  # to the login, which leads back
    assert "wp-login.php" in answer.headers["Location"]


def test_rights_are_told_as_they_are(site):
    lacking = {c.right for c in tried(site, "author").checks if c.works is False}
    assert Right.MODERATE in lacking
    assert Right.POST not in lacking
    assert [c.right for c in tried(site, "editor").checks if c.works is False] == []


def test_its_feed_of_comments_is_found(site):
    article = site.article("댓글 피드")
    site.comment(article, "피드에 보이나요")
    found = find_feeds(Connection(site.url, "", {}, timeout=30, allow_private_hosts=True))
    assert found[0].base_url.rstrip("/").endswith("/comments/feed")
