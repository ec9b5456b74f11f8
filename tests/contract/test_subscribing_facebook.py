"""Subscribing a Page to our app from both ends: what Graph allows, and what the adapter makes of it."""

import pytest
import requests

from channels.adapters.facebook import login
from channels.errors import AuthExpired, Rejected, RejectionCode, Unreachable
from channels.port import Connection, Subscribable
from channels.registry import adapter_for
from tests.support.ear import ear
from tests.support.signing_in import allow_facebook, facebook_app
from tests.support.voices import Place

__all__ = ["ear"]

BACK = "https://console.example/accounts/back/facebook/"


@pytest.fixture
def place(sandbox):
    return Place("facebook", sandbox, sandbox.account("facebook"))


def graph(place, method="GET", token=None, **asked):
    """Call the edge without our adapter; pages made without an app secret want no proof."""
    url = f"{place.there['base_url']}/v25.0/{place.there['id']}/subscribed_apps"
    voice = place.adapter()._calls.graph
    given = {"access_token": token or voice.access_token, "appsecret_proof": voice._proof, **asked}
    answer = requests.request(method, url, params=given, timeout=10)
    return answer.status_code, answer.json()


def test_a_page_is_subscribed_looked_at_and_let_go(place):
    voice = place.adapter()
    assert isinstance(voice, Subscribable)
    assert voice.told_of() == ()
    for _ in range(2):
        assert voice.subscribe() == ("feed", "mention")
    assert place.adapter().told_of() == ("feed", "mention")
    for _ in range(2):
        assert voice.unsubscribe() == ()


def test_what_the_app_was_told_before_stays(place):
    assert graph(place, "POST", subscribed_fields="leadgen")[0] == 200
    assert place.adapter().subscribe() == ("feed", "leadgen", "mention")


def test_other_apps_subscriptions_are_not_ours(place):
    other = {"data": [{"id": "1", "name": "Other", "subscribed_fields": ["feed"]}]}
    place.canned(other, path_regex="subscribed_apps$")
    assert place.adapter().told_of() == ()


@pytest.mark.parametrize(
    "body", [{"data": None}, {"data": [{"id": "APP", "subscribed_fields": "feed"}]}]
)
def test_an_answer_in_an_unknown_form_is_no_answer(place, body):
    app = place.adapter()._calls.node("app", "id")["id"]
    rows = body["data"] and [{**body["data"][0], "id": app}]
    place.canned({"data": rows}, path_regex="subscribed_apps$")
    with pytest.raises(Unreachable):
        place.adapter().told_of()


def test_fields_are_named_and_known(place):
    status, body = graph(place, "POST")
    assert (status, body["error"]["code"]) == (400, 100)
    status, body = graph(place, "POST", subscribed_fields="feed,mood")
    assert "subscribed_fields[1] must be one of" in body["error"]["message"]
    assert place.adapter().told_of() == ()


def test_it_takes_a_pages_own_token(place):
    person = place.adapter(page_access_token=place.there["credentials"]["user_token"])
    with pytest.raises(Rejected) as refused:
        person.told_of()
    assert "page access token is required" in refused.value.detail
    with pytest.raises(AuthExpired):
        place.adapter(page_access_token="EAAwrong").told_of()


def test_without_the_permission_nothing_is_subscribed(sandbox, place):
    app = facebook_app(sandbox)
    granted = [name for name in login.SCOPES if name != "pages_manage_metadata"]
    code = allow_facebook(app, BACK, [place.there["name"]], granted)
    (found,) = login.pages_of_code(app, code=code, back=BACK)
    voice = adapter_for(
        "facebook",
        Connection(app.base_url, place.there["id"], found.secrets, allow_private_hosts=True),
    )
    for act in (voice.told_of, voice.subscribe, voice.unsubscribe):
        with pytest.raises(Rejected) as refused:
            act()
        assert refused.value.code == RejectionCode.NOT_PERMITTED
        assert "pages_manage_metadata" in refused.value.detail


def test_nothing_is_told_of_a_page_that_is_not_subscribed(sandbox, ear, place):
    ear.secret, ear.verify_token = place.there["credentials"]["app_secret"], "t"
    sandbox.control("push", {
        "account": place.there["name"], "url": ear.url, "verify_token": "t", "page": False,
    })  # fmt: skip
    place.say("들리나요")
    place.adapter().subscribe()
    place.say("이제 들려요")
    place.adapter().unsubscribe()
    place.say("다시 안 들려요")
    assert sandbox.control("push/flush", {})["arrived"]
    assert [value["message"] for value in ear.changes()] == ["이제 들려요"]
