"""X's OAuth 2.0 from both ends: PKCE, codes and refresh tokens that count once, and what a token may do."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from channels.adapters.x import oauth, trying
from channels.adapters.x.oauth import App
from channels.candidates import Right
from channels.errors import AuthExpired, Rejected, Unreachable
from channels.port import Connection
from channels.sandbox.media import draw_picture
from channels.types import OutgoingMedia
from tests.support.signing_in import allow_x, x_app, x_tokens

BACK = "https://console.example/accounts/back/x/"
VERIFIER = "v" * 64


@pytest.fixture
def app(sandbox) -> App:
    return x_app(sandbox)


@pytest.fixture
def there(sandbox):
    return sandbox.account("x")


def test_a_code_becomes_tokens_that_speak_for_the_account(app, there, connect):
    tokens = x_tokens(app, there)
    assert (tokens.seconds, tokens.scopes) == (7200, frozenset(oauth.SCOPES))
    place = connect("x", name=there["name"])
    secrets = {"oauth2_access_token": tokens.access_token}
    voice = place.adapter(**dict.fromkeys(place.secrets(), ""), **secrets)
    assert voice.whoami().external_id == there["id"]
    item = place.asked()
    sent = voice.publish(place.reply("답합니다", item))
    assert place.stands("답합니다") == 1
    assert sent.external_id
    media = OutgoingMedia("a.png", "image/png", draw_picture(90), alt_text="점")
    voice.publish(voice.prepare(place.post("그림", media=(media,))))
    assert place.stands("그림") == 1


def test_keys_work_as_before(connect):
    place = connect("x")
    assert place.adapter().whoami().external_id == place.there["id"]


def test_the_address_carries_challenge_state_and_every_scope(app):
    address = oauth.authorise_address(app, back=BACK, state="s", verifier=VERIFIER)
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["code_challenge"] == [oauth.challenge_of(VERIFIER)]
    assert asked["scope"] == [
        "tweet.read users.read tweet.write media.write follows.read offline.access"
    ]
    assert VERIFIER not in address
    real = oauth.authorise_address(App("c", "s"), back=BACK, state="s", verifier=VERIFIER)
    assert real.startswith("https://x.com/i/oauth2/authorize?")


@pytest.mark.parametrize(
    ("verifier", "back"), [("w" * 64, BACK), ("v" * 10, BACK), (VERIFIER, BACK + "x")]
)
def test_a_code_needs_its_verifier_and_its_address(app, there, verifier, back):
    code = allow_x(app, there, BACK, VERIFIER)
    with pytest.raises(Rejected):
        oauth.exchange(app, code=code, verifier=verifier, back=back)
    with pytest.raises(Rejected):  # and it is spent
        oauth.exchange(app, code=code, verifier=VERIFIER, back=BACK)


def test_a_code_that_comes_twice_ends_what_came_of_it(app, there, sandbox):
    code = allow_x(app, there, BACK, VERIFIER)
    tokens = oauth.exchange(app, code=code, verifier=VERIFIER, back=BACK)
    with pytest.raises(Rejected):
        oauth.exchange(app, code=code, verifier=VERIFIER, back=BACK)
    with pytest.raises(AuthExpired):
        oauth.refresh(app, refresh_token=tokens.refresh_token)


def test_a_code_counts_for_seconds_only(app, there, sandbox):
    sandbox.control("settings", {"x_code_seconds": -1})
    try:
        code = allow_x(app, there, BACK, VERIFIER)
        with pytest.raises(Rejected):
            oauth.exchange(app, code=code, verifier=VERIFIER, back=BACK)
    finally:
        sandbox.control("settings", {"x_code_seconds": 30})


def test_a_refresh_token_counts_once_and_a_second_time_ends_the_family(app, there):
    first = x_tokens(app, there)
    second = oauth.refresh(app, refresh_token=first.refresh_token)
    assert second.refresh_token != first.refresh_token
    who = _who(app, second)
    assert who == there["id"]
    with pytest.raises(AuthExpired):  # the old access token is over as well
        _who(app, first)
    with pytest.raises(AuthExpired):
        oauth.refresh(app, refresh_token=first.refresh_token)
    with pytest.raises(AuthExpired):
        _who(app, second)
    with pytest.raises(AuthExpired):
        oauth.refresh(app, refresh_token=second.refresh_token)


def test_a_token_ends(app, there, sandbox):
    sandbox.control("settings", {"account": there["name"], "x_token_seconds": 0})
    with pytest.raises(AuthExpired):
        _who(app, x_tokens(app, there))


def test_the_wrong_app_is_no_matter_of_the_account(app, there):
    tokens = x_tokens(app, there)
    wrong = App(app.client_id, "wrong", app.base_url, allow_private_hosts=True)
    with pytest.raises(Unreachable, match="client id and secret"):
        oauth.refresh(wrong, refresh_token=tokens.refresh_token)
    assert oauth.refresh(app, refresh_token=tokens.refresh_token).access_token


def test_what_is_missing_is_named(app, there):
    tokens = x_tokens(app, there, scopes=("tweet.read", "users.read"))
    assert tokens.refresh_token == ""
    found = trying.try_token(_line(app, tokens), tokens.scopes, tokens.seconds)
    lacks = {check.right: check.lacks for check in found.checks if check.works is False}
    assert lacks == {
        Right.ANSWER: ("tweet.write",), Right.POST: ("tweet.write",),
        Right.UPLOAD: ("media.write",), Right.STAY: ("offline.access",),
    }  # fmt: skip
    assert found.profile.external_id == there["id"]


def test_keys_that_may_only_read_are_told(connect):
    place = connect("x")
    place.set(x_access="read")
    line = Connection(place._address(), "", place.secrets(), allow_private_hosts=True)
    found = trying.try_keys(line)
    failed = {check.right for check in found.checks if check.works is False}
    assert failed == {Right.ANSWER, Right.POST, Right.UPLOAD}


def test_an_app_without_a_plan_is_told(connect):
    place = connect("x")
    place.fault("status", status=402, path_regex="/mentions")
    line = Connection(place._address(), "", place.secrets(), allow_private_hosts=True)
    (read,) = [c for c in trying.try_keys(line).checks if c.right == Right.READ]
    assert read.works is False
    assert "credits" in read.said


@pytest.mark.parametrize("change", [{"client_id": "x"}, {"code_challenge": ""}, {"redirect_uri": "ftp://a"},
                                    {"scope": "all"}, {"state": ""}])  # fmt: skip
def test_the_page_that_allows_refuses_what_x_refuses(app, change):
    address = oauth.authorise_address(app, back=BACK, state="s", verifier=VERIFIER)
    asked = {k: v[0] for k, v in parse_qs(urlsplit(address).query).items()} | change
    answer = requests.get(f"{app.base_url}/i/oauth2/authorize", params=asked, timeout=10)
    assert answer.status_code == 400


def test_nobody_at_the_door_learns_a_secret(app, there, whole_log):
    tokens = x_tokens(app, there)
    with pytest.raises(AuthExpired) as told:
        oauth.refresh(app, refresh_token=tokens.refresh_token + "x")
    said = whole_log() + str(told.value) + repr(app) + repr(tokens)
    assert app.client_secret not in said
    assert tokens.refresh_token not in said


def _line(app: App, tokens: oauth.Tokens) -> Connection:
    secrets = {"oauth2_access_token": tokens.access_token}
    return Connection(app.base_url, "", secrets, allow_private_hosts=True)


def _who(app: App, tokens: oauth.Tokens) -> str:
    return trying.try_token(_line(app, tokens), tokens.scopes, 1).profile.external_id
