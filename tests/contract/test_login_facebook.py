"""Facebook Login from both ends: the dialog, codes that count once, Pages with tokens of their own, their rights."""

import pytest

from channels.adapters.facebook import login
from channels.adapters.facebook.login import App
from channels.candidates import Right
from channels.errors import AuthExpired, Rejected
from channels.port import Connection
from channels.registry import adapter_for
from channels.types import Outgoing, OutgoingKind
from tests.support.signing_in import allow_facebook, facebook_app

BACK = "https://console.example/accounts/back/facebook/"


@pytest.fixture
def app(sandbox) -> App:
    return facebook_app(sandbox)


@pytest.fixture
def page(sandbox):
    return sandbox.account("facebook")


def pages(app, *there, granted=login.SCOPES):
    code = allow_facebook(app, BACK, [one["name"] for one in there], granted)
    return login.pages_of_code(app, code=code, back=BACK)


def lacks(candidate) -> dict[Right, tuple[str, ...]]:
    return {check.right: check.lacks for check in candidate.checks if check.works is False}


def voice(app, candidate):
    return adapter_for(
        "facebook",
        Connection(
            app.base_url,
            candidate.profile.external_id,
            candidate.secrets,
            allow_private_hosts=True,
        ),
    )


def test_several_pages_come_of_one_code_each_with_a_token_of_its_own(app, sandbox, page):
    other = sandbox.account("facebook", user="Somebody")
    found = pages(app, page, other)
    assert [one.profile.external_id for one in found] == [page["id"], other["id"]]
    assert len({one.secrets["page_access_token"] for one in found}) == 2
    for one in found:
        assert lacks(one) == {}
        assert one.through_app
        assert one.until is not None
        assert voice(app, one).whoami().external_id == one.profile.external_id
    wish = Outgoing(OutgoingKind.POST, "안녕하세요", nonce="n")
    assert voice(app, found[0]).publish(wish).external_id.startswith(page["id"])


def test_many_pages_are_read_to_the_end(app, sandbox, monkeypatch):
    many = [sandbox.account("facebook") for _ in range(3)]
    monkeypatch.setattr(login, "LISTED", "2")
    found = pages(app, *many)
    assert [one.profile.external_id for one in found] == [one["id"] for one in many]


def test_the_address_asks_for_what_is_needed_and_again_for_what_was_declined(app):
    address = login.dialog_address(App("1", "s"), back=BACK, state="word")
    assert address.startswith("https://www.facebook.com/v25.0/dialog/oauth?")
    assert "auth_type=rerequest" in address
    assert "pages_manage_engagement" in address
    assert "state=word" in address


@pytest.mark.parametrize(
    ("declined", "rights"),
    [
        ("pages_manage_posts", {Right.POST}),
        ("pages_manage_engagement", {Right.ANSWER, Right.MODERATE}),
        ("pages_read_user_content", {Right.READ}),
        ("pages_messaging", {Right.PRIVATE}),
        ("pages_manage_metadata", {Right.PUSH}),
    ],
)
def test_a_permission_that_was_declined_is_named(app, page, declined, rights):
    (found,) = pages(app, page, granted=[name for name in login.SCOPES if name != declined])
    assert lacks(found) == dict.fromkeys(rights, (declined,))


def test_a_task_that_the_person_does_not_have_is_named(app, sandbox, page):
    sandbox.control("settings", {"account": page["name"], "fb_tasks": ["ANALYZE", "MODERATE"]})
    (found,) = pages(app, page)
    assert lacks(found) == {Right.POST: ("CREATE_CONTENT",), Right.PRIVATE: ("MESSAGING",)}
    with pytest.raises(Rejected):
        voice(app, found).publish(Outgoing(OutgoingKind.POST, "x", nonce="n"))


def test_a_token_that_is_a_persons_is_no_pages_token(app, sandbox, page):
    sandbox.control("settings", {"account": page["name"], "fb_page_tokens_are_users": True})
    (found,) = pages(app, page)
    assert Right.IDENTITY in lacks(found)


def test_no_page_is_said_so(app):
    with pytest.raises(Rejected, match="No Page was chosen"):
        pages(app)


def test_without_the_right_to_list_there_is_no_page(app, page):
    with pytest.raises(Rejected, match="No Page was chosen"):
        pages(app, page, granted=["pages_manage_posts"])


def test_a_code_counts_once_and_for_its_own_address(app, page):
    code = allow_facebook(app, BACK, [page["name"]])
    with pytest.raises(Rejected, match="redirect_uri"):
        login.pages_of_code(app, code=code, back=BACK + "x")
    assert login.pages_of_code(app, code=code, back=BACK)
    with pytest.raises(Rejected, match="has been used"):
        login.pages_of_code(app, code=code, back=BACK)


def test_the_wrong_app_secret_is_said_so(app, page):
    code = allow_facebook(app, BACK, [page["name"]])
    wrong = App(app.app_id, "wrong", app.base_url, allow_private_hosts=True)
    with pytest.raises(Rejected, match="client secret"):
        login.pages_of_code(wrong, code=code, back=BACK)


def test_every_call_with_a_token_needs_the_proof(app, page):
    (found,) = pages(app, page)
    bare = {"page_access_token": found.secrets["page_access_token"]}
    line = Connection(app.base_url, page["id"], bare, allow_private_hosts=True)
    with pytest.raises(AuthExpired, match="appsecret_proof"):
        adapter_for("facebook", line).whoami()


def test_a_token_by_hand(app, connect):
    place = connect("facebook")
    line = Connection(place._address(), "", place.secrets(), allow_private_hosts=True)
    found = login.try_page_token(line, app)
    assert found.profile.external_id == place.there["id"]
    assert lacks(found) == {}
    unknown = login.try_page_token(line, None)
    assert {check.works for check in unknown.checks} == {True, None}


def test_a_persons_token_by_hand_is_refused(app, connect):
    place = connect("facebook")
    secrets = place.secrets() | {"page_access_token": place.there["credentials"]["user_token"]}
    with pytest.raises(AuthExpired, match="not a Page's token"):
        login.try_page_token(Connection(app.base_url, "", secrets, allow_private_hosts=True), app)


def test_no_secret_stands_in_logs_or_errors(app, page, whole_log):
    (found,) = pages(app, page)
    wrong = App(app.app_id, "notTheSecret", "http://127.0.0.1:1", allow_private_hosts=True)
    with pytest.raises(Exception, match="refused") as told:
        login.pages_of_code(wrong, code="aVerySecretCode", back=BACK)
    said = whole_log() + str(told.value) + repr(app) + repr(found)
    for secret in (
        app.app_secret,
        found.secrets["page_access_token"],
        "notTheSecret",
        "aVerySecretCode",
    ):
        assert secret not in said
