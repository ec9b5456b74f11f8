"""The sandbox's control API, its misfortunes, its public pages, and what it remembers."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from channels.sandbox.seed import default_world
from channels.sandbox.story import Storyteller
from channels.sandbox.world import Settings, World
from tests.support.hostile import HOSTILE
from tests.support.sandbox import Sandbox

SECONDS = 20


@pytest.fixture(params=["x", "facebook", "wordpress"])
def account(request, sandbox):
    """An account on each platform; Facebook without the proof, which other tests hold."""
    return sandbox.account(request.param, app_secret=False)


def create(account, text, **options):
    """Publish something plainly; returns the response."""
    base, secrets = account["base_url"], account["credentials"]
    options.setdefault("timeout", SECONDS)
    if account["platform"] == "x":
        # The user's own OAuth 2 token: signatures are held by the fidelity tests.
        headers = {"Authorization": f"Bearer {secrets['oauth2_access_token']}"}
        return requests.post(f"{base}/2/tweets", json={"text": text}, headers=headers, **options)
    if account["platform"] == "facebook":
        form = {"message": text, "access_token": secrets["page_token"]}
        return requests.post(f"{base}/v25.0/{account['id']}/feed", data=form, **options)
    auth = (secrets["username"], secrets["application_password"])
    body = {"title": "t", "content": text, "status": "publish"}
    return requests.post(f"{base}/wp-json/wp/v2/posts", json=body, auth=auth, **options)


def listing(account):
    """Read what stands, newest first."""
    base, secrets = account["base_url"], account["credentials"]
    if account["platform"] == "x":
        headers = {"Authorization": f"Bearer {secrets['oauth2_access_token']}"}
        url = f"{base}/2/users/{account['id']}/tweets?max_results=100"
        return requests.get(url, headers=headers, timeout=SECONDS).json().get("data", [])
    if account["platform"] == "facebook":
        params = {"access_token": secrets["page_token"], "limit": 100}
        url = f"{base}/v25.0/{account['id']}/feed"
        return requests.get(url, params=params, timeout=SECONDS).json()["data"]
    url = f"{base}/wp-json/wp/v2/posts?per_page=100"
    return requests.get(url, timeout=SECONDS).json()


def refused(sandbox, method, path, **options):
    response = requests.request(
        method, f"{sandbox.url}/_control/{path}", timeout=SECONDS, **options
    )
    assert response.status_code == 400
    return response.json()["error"]


# --- accounts


def test_an_account_comes_with_all_it_takes_to_connect_it(account, sandbox):
    assert account["name"].startswith(f"{account['platform']}:")
    assert account["base_url"].startswith(sandbox.url)
    assert all(account["credentials"].values()) or account["platform"] == "facebook"
    assert sandbox.account(account["platform"], name=account["name"]) == account
    assert account in sandbox.control("accounts", platform=account["platform"])


def test_credentials_are_the_same_in_every_run():
    """Derived from the seed: a demo may be connected again after a reset."""
    from channels.sandbox.world import Settings, World

    worlds = [World(Settings(seed=seed, default_world=False)) for seed in (1, 1, 2)]
    first, again, other = (world.secret("x:a", "access_token") for world in worlds)
    assert first == again != other


def test_wrong_wishes_are_answered_with_a_sentence(sandbox):
    assert "platform must be" in refused(sandbox, "POST", "accounts", json={"platform": "myspace"})
    assert "no account" in refused(sandbox, "POST", "say", json={"platform": "x", "account": "?"})
    assert "kind must be" in refused(sandbox, "POST", "faults", json={"kind": "earthquake"})
    assert "unknown or missing" in refused(sandbox, "POST", "settings", json={"nope": 1})
    assert "no item" in refused(sandbox, "POST", "delete", json={"id": "nope"})
    assert "no item" in refused(sandbox, "GET", "item?id=nope")
    assert refused(sandbox, "POST", "say", data="{")


def test_help_tells_settings_and_faults(sandbox):
    told = sandbox.control("")
    assert {"drop_after", "canned", "visible_after"} <= set(told["faults"])
    assert "x_spec" in told["settings"]


def test_settings_are_for_one_account_or_for_all(sandbox, account):
    name = account["name"]
    sandbox.control("settings", {"account": name, "latency_ms": 1})
    assert sandbox.control("settings", account=name)["latency_ms"] == 1
    assert sandbox.control("settings")["latency_ms"] == 0


# --- the log


def test_every_create_call_is_logged_once(sandbox, account):
    before = datetime.now(UTC).timestamp()
    assert create(account, "one").ok
    sandbox.fault(account, "status", status=503)
    assert create(account, "two").status_code == 503
    calls = sandbox.creates(account)
    assert [(c["text"], c["stored"], c["fault"]) for c in calls] == [
        ("one", True, ""),
        ("two", False, "status"),
    ]
    assert all(call["at"] >= before - 1 for call in calls)
    assert calls[0]["external_id"]
    assert sandbox.counts(account) == {"one": 1}
    assert sandbox.creates(account, text="two", stored="false") == calls[1:]
    assert sandbox.creates(account, limit=1) == calls[1:]
    assert sandbox.creates(account, since=before + 3600) == []


def test_reads_are_not_logged(sandbox, account):
    listing(account)
    assert sandbox.creates(account) == []


# --- misfortunes


@pytest.mark.parametrize("status", [401, 403, 429, 503])
@pytest.mark.parametrize("after", [False, True])
def test_a_status_before_or_after_the_work(sandbox, account, status, after):
    sandbox.fault(account, "status", status=status, after=after)
    answer = create(account, "x")
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/")
    assert sandbox.counts(account) == ({"x": 1} if after else {})
    assert create(account, "y").ok  # once, unless told otherwise


@pytest.mark.parametrize(
    ("kind", "stands"), [("drop_before", 0), ("drop_after", 1), ("timeout_before", 0),
                         ("timeout_after", 1)]
)  # fmt: skip
def test_answers_that_never_come(sandbox, account, kind, stands):
    sandbox.fault(account, kind, seconds=0.1)
    with pytest.raises(requests.ConnectionError):
        create(account, "x")
    assert sandbox.counts(account).get("x", 0) == stands
    assert [call["fault"] for call in sandbox.creates(account)] == [kind]


def test_a_stall_outlasts_a_short_patience(sandbox, account):
    sandbox.fault(account, "timeout_after", seconds=30)
    with pytest.raises(requests.Timeout):
        create(account, "x", timeout=0.2)
    assert sandbox.counts(account) == {"x": 1}


def test_slow_garbage_halves_and_drips(sandbox, account):
    sandbox.fault(account, "slow", ms=50)
    assert create(account, "slow").ok
    sandbox.fault(account, "garbage")
    assert create(account, "garbage").text.startswith("<!DOCTYPE html>")
    sandbox.fault(account, "half")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):  # also what a cut body is called
        create(account, "half")
    sandbox.fault(account, "drip", ms=1)
    assert create(account, "drip").ok
    assert sandbox.counts(account) == dict.fromkeys(("slow", "garbage", "half", "drip"), 1)


def test_a_canned_answer_is_given_as_it_is(sandbox, account):
    headers = {"Content-Type": "text/plain", "X-Told": "yes"}
    sandbox.fault(account, "canned", status=418, body="teapot", headers=headers)
    answer = create(account, "x")
    assert (answer.status_code, answer.text, answer.headers["x-told"]) == (418, "teapot", "yes")
    assert answer.headers["content-type"] == "text/plain"
    assert sandbox.counts(account) == {}


def test_what_shows_late(sandbox, account):
    before = len(listing(account))
    sandbox.fault(account, "visible_after", seconds=3600)
    assert create(account, "x").ok
    assert sandbox.counts(account) == {"x": 1}
    assert len(listing(account)) == before
    sandbox.fault(account, "drop_after", visible_after=3600)
    with pytest.raises(requests.ConnectionError):
        create(account, "y")
    assert len(listing(account)) == before


def test_muddled_listings(sandbox, account):
    for number in range(8):
        create(account, f"n{number}")
    straight = [row["id"] for row in listing(account)]
    sandbox.fault(account, "out_of_order", times=3)
    shuffled = [[row["id"] for row in listing(account)] for _ in range(3)]
    assert all(sorted(ids) == sorted(straight) for ids in shuffled)
    assert any(ids != straight for ids in shuffled)
    sandbox.fault(account, "duplicate")
    assert len(listing(account)) == 2 * len(straight)


def test_a_script_is_narrowed_by_method_path_and_account(sandbox, account, request):
    other = sandbox.account(account["platform"], app_secret=False)
    sandbox.fault(account, "status", status=503, method="POST", path_regex="feed|tweets|posts")
    assert create(other, "elsewhere").ok
    listing(account)
    assert create(account, "here").status_code == 503


def test_a_script_lasts_as_often_or_as_long_as_told(sandbox, account):
    sandbox.fault(account, "status", status=503, times=2)
    assert [create(account, f"t{n}").status_code // 100 for n in range(3)] == [5, 5, 2]
    sandbox.fault(account, "status", status=503, for_seconds=3600)
    assert [create(account, f"s{n}").status_code for n in range(3)] == [503] * 3
    sandbox.heal(account)
    assert create(account, "healed").ok
    mine = [f for f in sandbox.control("faults") if f["match"]["account"] == account["name"]]
    assert mine == []


def test_a_random_script_is_the_same_for_the_same_seed(sandbox, account):
    wish = {"probabilities": {"status:500": 0.3, "status:429": 0.3}, "seed": 7}
    drawn = []
    for round_ in range(2):
        sandbox.fault(account, "random", **wish)
        drawn.append([create(account, f"{round_} {n}").status_code for n in range(12)])
        sandbox.heal(account)
    kinds = [[status if status >= 400 else 200 for status in codes] for codes in drawn]
    assert kinds[0] == kinds[1]
    assert set(kinds[0]) == {200, 429, 500}


# --- the public


def test_the_public_writes_edits_and_deletes(sandbox, account):
    made = sandbox.say(account, "typo", author={"name": "김"}, at="2026-11-01T00:00:00Z")
    row = sandbox.control("item", id=made)
    assert "typo" in (row.get("text") or row.get("message") or row.get("content"))
    latest = sandbox.control("edit", {"id": made, "text": "fixed"})["id"]
    row = sandbox.control("item", id=latest)
    assert "fixed" in (row.get("text") or row.get("message") or row.get("content"))
    sandbox.control("delete", {"id": latest})
    row = sandbox.control("item", id=made)
    assert row.get("deleted") or row.get("removed")


@pytest.mark.parametrize("verb", ["approve", "hold", "spam", "trash"])
def test_the_host_moderates(sandbox, verb):
    blog = sandbox.account("wordpress")
    made = sandbox.say(blog, "x")
    assert sandbox.control(verb, {"id": made})["status"] == verb
    assert sandbox.control("item", id=made)["status"] == verb.replace("approve", "approved")


def test_many_write_at_once(sandbox, account):
    ids = sandbox.say_many(account, [{"text": f"n{n}"} for n in range(50)])
    assert len(set(ids)) == 50
    storm = {"count": 30, "seconds": 0, "account": account["name"], "wait": True}
    assert sandbox.control("storm", storm)["count"] == 30


# --- the pages


def _pages(sandbox, account):
    kind = {"x": "x", "facebook": "facebook", "wordpress": "blog"}[account["platform"]]
    name = account["id"] if kind == "facebook" else account["handle"]
    pages = [f"/world/{kind}/{name}", "/", "/world/calls"]
    return [*pages, f"/world/blog/{name}/1"] if kind == "blog" else pages


def test_hostile_words_are_shown_harmless(sandbox, account):
    texts = [text.encode("utf-8", "replace").decode() for text in HOSTILE.values()]
    wishes = [{"text": text, "author": {"name": text[:60]}} for text in texts]
    sandbox.say_many(account, wishes)
    for text in texts:
        create(account, text)
    for path in _pages(sandbox, account):
        page = requests.get(sandbox.url + path, timeout=SECONDS)
        assert page.status_code == 200
        for danger in ("<script>alert", "<svg/onload", 'onerror="alert', "<img src=x"):
            assert danger not in page.text
        assert 'href="javascript:' not in page.text
        assert 'href="data:' not in page.text
        assert 'onmouseover="alert' not in page.text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_speak_the_visitors_language(sandbox, account, language):
    for path in _pages(sandbox, account):
        page = requests.get(f"{sandbox.url}{path}?lang={language}", timeout=SECONDS)
        assert f'lang="{language}"' in page.text


def test_anybody_may_write_through_the_pages(sandbox):
    account = sandbox.account("facebook")
    back = f"/world/facebook/{account['id']}"
    form = {"platform": "facebook", "account": account["name"], "author": "김", "text": "<안녕>",
            "kind": "visitor_post", "back": back}  # fmt: skip
    answer = requests.post(f"{sandbox.url}/world/do/say", data=form, timeout=SECONDS)
    assert answer.url == sandbox.url + back
    assert "&lt;안녕&gt;" in answer.text


@pytest.mark.parametrize(
    ("form", "status"),
    [({"text": ""}, 400), ({"text": "x", "platform": "nope"}, 400), ({"text": "x", "in_reply_to": "9"}, 400)],
)  # fmt: skip
def test_what_the_forms_refuse(sandbox, form, status):
    answer = requests.post(f"{sandbox.url}/world/do/say", data=form, timeout=SECONDS)
    assert answer.status_code == status


def test_forms_of_other_sites_are_refused_and_lead_nowhere(sandbox):
    account = sandbox.account("x")
    form = {"platform": "x", "account": account["name"], "text": "x", "author": "a"}
    url = f"{sandbox.url}/world/do/say"
    foreign = requests.post(
        url, data=form, headers={"Origin": "https://evil.example"}, timeout=SECONDS
    )
    assert foreign.status_code == 403
    away = requests.post(
        url, data={**form, "back": "//evil.example"}, allow_redirects=False, timeout=SECONDS
    )
    assert away.headers["location"] == "/"


def test_what_leads_nowhere_is_not_found(sandbox):
    for path in (
        "/nowhere",
        "/world/x/nobody",
        "/world/blog/none/1",
        "/world/x/status/1",
        "/media/1",
    ):
        assert requests.get(sandbox.url + path, timeout=SECONDS).status_code == 404


# --- memory


@contextmanager
def _running(data):
    """A sandbox as a program, killed at the end; yields it and how to speak to it."""
    command = [sys.executable, "-P", "-m", "channels.sandbox", "--port", "0", "--no-story"]
    path = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen(
        [*command, "--data", str(data)], stdout=subprocess.PIPE, text=True, env=path
    ) as program:
        ready = program.stdout.readline()
        sandbox = Sandbox(ready.rsplit(" ", 1)[-1].strip())
        try:
            yield program, sandbox
        finally:
            sandbox.close()
            program.send_signal(signal.SIGKILL)


def test_everything_survives_a_killed_program(tmp_path):
    data = tmp_path / "world.sqlite"
    with _running(data) as (_, sandbox):
        accounts = {p: sandbox.account(p, name="kept", app_secret=False)
                    for p in ("x", "facebook", "wordpress")}  # fmt: skip
        said = {p: sandbox.say(a, f"말 {p}") for p, a in accounts.items()}
        for account in accounts.values():
            assert create(account, "우리 말").ok
        sandbox.control("settings", {"account": accounts["x"]["name"], "x_spec": "new"})
        sandbox.control("edit", {"id": said["x"], "text": "고친 말"})
        before = sandbox.control("log")
    with _running(data) as (program, sandbox):
        for platform, account in accounts.items():
            again = sandbox.account(platform, name="kept")
            assert again["credentials"] == account["credentials"]
            assert again["id"] == account["id"]
            assert sandbox.control("item", id=said[platform])
            assert sandbox.counts(again) == {"우리 말": 1}
            assert listing(again)
        assert sandbox.control("log") == before
        assert sandbox.control("settings", account="x:kept")["x_spec"] == "new"
        assert int(sandbox.say(accounts["x"], "새 말")) > int(said["x"])
        sandbox.control("reset", {})
        assert sandbox.control("log") == []
        program.terminate()
        assert program.wait(10) in {0, -signal.SIGTERM}


def test_the_story_holds_what_is_not_said_to_us_and_how_much_is_liked():
    """Words that only a search finds, posts that name a page, and reactions."""
    world = World(Settings(story=True))
    default_world(world)
    teller = Storyteller(world)
    teller.open()
    for _ in range(150):
        teller.tell()
    handles = [f"@{row.handle.lower()}" for row in world.store.accounts.all() if row.handle]
    talk = [row.text for row in world.store.tweets.all() if "한빛" in row.text]
    assert [text for text in talk if not any(name in text.lower() for name in handles)]
    posts = world.store.fb_objects.all()
    assert [row for row in posts if row.tagged and row.page_id not in row.tagged]
    assert [row for row in posts if row.reactions]
