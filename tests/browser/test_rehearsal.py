"""Rehearsals on the screen: asked for, read in any light, no wider than a phone."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg2
import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import complaints

#: A report with a line of every kind.
_ROWS = [
    {"goes": True, "late": 0.4, "attempts": 1},
    {"goes": True, "late": 41.2, "attempts": 2, "injected": "bad_gateway"},
    {"goes": False, "reason": "not_approved", "attempts": 0},
    {"goes": False, "reason": "draft", "attempts": 0, "troubles": ["too_long"]},
]


def rows(post, unit, account):
    at = datetime.now(UTC).isoformat()
    plain = {
        "post": post["id"], "title": post["title"], "unit": unit, "account": account["id"],
        "name": account["name"], "kind": account["kind"], "planned": at, "went": at, "state": "sent",
        "late": None, "injected": "", "reason": "", "detail": "", "awaits_host": False,
        "troubles": [], "part": 0,
    }  # fmt: skip
    return [plain | row for row in _ROWS]


@pytest.fixture(scope="module")
def rehearsed(console):
    """A campaign with one post, and a rehearsal of it that has ended."""
    account = next(one for one in console.api("GET", "accounts/")["results"] if one["kind"] == "x")
    unit = account["unit"]["id"]
    today = datetime.now(UTC).date()
    campaign = console.api("POST", "campaigns/", {
        "unit": unit, "name": f"Rehearsed {uuid4().hex[:6]}", "starts_on": str(today),
        "ends_on": str(today + timedelta(days=7)), "request_key": str(uuid4()),
    })  # fmt: skip
    post = console.api("POST", "posts/", {
        "unit": unit, "title": "Winter", "body": f"Winter {uuid4().hex[:6]}",
        "targets": [{"account": account["id"]}], "campaign": campaign["id"], "request_key": str(uuid4()),
        "local_time": (datetime.now(UTC) + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"),
    })  # fmt: skip
    report = {
        "rows": rows(post, unit, account), "duplicates": 0, "injected": {"bad_gateway": 1},
        "seconds": 74.5, "is_cut": False,
        "clashes": [{"kind": "alike", "posts": [{"post": post["id"], "title": "Winter", "unit": unit}] * 2}],
        "limits": [{
            "account": account["id"], "name": account["name"], "unit": unit, "whose": "platform", "seconds": 900,
            "most": 100, "count": 120, "from": datetime.now(UTC).isoformat(),
        }],
    }  # fmt: skip
    with psycopg2.connect(console.stack.database_url) as line, line.cursor() as cursor:
        cursor.execute(
            "INSERT INTO campaigns_rehearsal (campaign_id, state, speed, skips_gaps, faults, seed,"
            " request_key, asked_by_id, asked_at, ended_at, progress, report, reason, detail)"
            " VALUES (%s, 'done', 60, true, 'ordinary', 7, %s,"
            " (SELECT min(id) FROM people_user), now(), now(), '{}', %s, '', '') RETURNING id",
            [campaign["id"], str(uuid4()), json.dumps(report)],
        )
        number = cursor.fetchone()[0]
    return {
        "campaign": f"/posts/campaigns/{campaign['id']}/",
        "form": f"/posts/campaigns/{campaign['id']}/rehearse/",
        "list": f"/posts/campaigns/{campaign['id']}/rehearsals/",
        "report": f"/posts/rehearsals/{number}/",
    }


@pytest.mark.parametrize("name", ["campaign", "form", "list", "report"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_serious_is_found_on_its_pages(name, theme, rehearsed, screen_of):
    page = screen_of("admin", rehearsed[name], color_scheme=theme)
    assert complaints(page) == []


@pytest.mark.parametrize("name", ["form", "list", "report"])
def test_its_pages_are_no_wider_than_a_phone(name, rehearsed, screen_of):
    page = screen_of("admin", rehearsed[name], width=390)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints(page) == []


def test_one_is_asked_for_and_stopped(rehearsed, screen_of):
    page = screen_of("admin", rehearsed["campaign"])
    page.locator(f"a[href='{rehearsed['form']}']").click()
    page.locator("main form button.button--primary").click()
    expect(page.locator(".rehearsal__progress")).to_be_visible()
    page.locator("form[action$='/cancel/'] button").click()
    expect(page.locator(".rehearsal__progress")).to_have_count(0)
