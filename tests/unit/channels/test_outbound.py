"""Which hosts may be called, and through which proxy."""

import pytest

from channels.outbound import Routes, platform_of, routes_of

PROXY = "http://proxy.internal:3128"


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://api.twitter.com/2/tweets", "x"),
        ("https://api.x.com/2/tweets", "x"),
        ("https://graph.facebook.com/v25.0/me", "facebook"),
        ("https://notfacebook.com/", "web"),
        ("https://blog.example.com/", "web"),
        ("http://127.0.0.1:8001/x/2/tweets", "web"),
    ],
)
def test_whose_an_address_is(url, platform):
    assert platform_of(url) == platform


def test_each_platform_has_its_proxy():
    routes = routes_of({"x": PROXY}, [])
    assert routes.proxy_for("https://api.x.com/2/tweets") == PROXY
    assert routes.proxy_for("https://graph.facebook.com/") == ""
    assert Routes().proxy_for("https://api.x.com/") == ""


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("api.x.com", True), ("API.X.COM", True), ("api.x.com.", True), ("x.com", False),
        ("blog.hanbit.example", True), ("hanbit.example", False), ("evilhanbit.example", False),
        ("api.x.com.evil.example", False),
    ],
)  # fmt: skip
def test_a_list_allows_its_hosts_alone(host, may):
    routes = routes_of({}, ["api.x.com", " *.Hanbit.example ", ""])
    assert routes.allows(f"https://{host}/path") is may
    assert Routes().allows(f"https://{host}/path")


@pytest.mark.parametrize("wrong", [{"blog": PROXY}, {"x": "proxy:3128"}, {"x": "socks5://p:1"}])
def test_a_wrong_proxy_stops_the_program(wrong):
    with pytest.raises(ValueError, match=r"platform|must be"):
        routes_of(wrong, [])
