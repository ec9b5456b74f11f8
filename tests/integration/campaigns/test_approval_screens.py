"""Approval as people and programs meet it: the list, the buttons on a post, the rules, guests, endpoints."""

import pytest
from django.test import Client

from campaigns.contents import Picked
from campaigns.models import ApprovalLink, ApprovalPolicy, Post
from opsconsole.people.models import User
from opsconsole.tasks import tell
from tests.factories.approvals import delivery_of, due, make_desk, request_of
from tests.factories.campaigns import make_campaign, make_image, make_post
from tests.factories.people import make_unit, make_user
from tests.integration.api.conftest import token_client
from tests.support.html import harmless, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    made = make_desk()
    User.objects.update(language="en")
    return made


def signed_in(actor):
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


def page_of(actor, post):
    page = signed_in(actor).get(f"/posts/{post.pk}/")
    harmless(page)
    return text_of(page)


def test_what_waits_for_me_is_listed_counted_and_told(desk):
    post = desk.scheduled(title="Launch")
    tell()
    client = signed_in(desk.min)
    page = client.get("/posts/approvals/")
    assert "Launch" in text_of(page)
    assert 'rail__count">1<' in page.content.decode()
    assert "Nothing waits for you" in text_of(signed_in(desk.seo).get("/posts/approvals/"))
    assert "Launch" in text_of(signed_in(desk.seo).get("/posts/approvals/?view=asked"))
    notice = User.objects.get(pk=desk.min.user_id).notices.get()
    assert client.get(f"/notices/{notice.pk}/")["Location"] == f"/posts/{post.pk}/"
    assert "A post waits for your approval" in text_of(client.get("/notices/"))


def test_a_manager_approves_on_the_page_of_the_post(desk):
    post = desk.scheduled()
    words = page_of(desk.min, post)
    assert all(word in words for word in ("Step 1", "Manager", "Approve", "is not sent"))
    assert "Send back" not in page_of(desk.seo, post)
    address = f"/posts/approvals/{request_of(post).pk}/decide/"
    refused = signed_in(desk.seo).post(address, {"verdict": "approve"})
    assert refused.status_code == 403
    signed_in(desk.min).post(address, {"verdict": "approve", "word": "Good to go"})
    assert delivery_of(post).state == "planned"
    assert "Good to go" in page_of(desk.seo, post)
    assert "Take the approval back" in page_of(desk.min, post)
    signed_in(desk.min).post(f"/posts/approvals/{request_of(post).pk}/take-back/")
    assert delivery_of(post).state == "awaiting"


def test_a_refusal_keeps_what_was_typed(desk):
    post = desk.scheduled()
    number = request_of(post).pk
    client = signed_in(desk.min)
    answer = client.post(f"/posts/approvals/{number}/decide/", {"verdict": "decline"})
    assert answer.status_code == 422
    assert "Say what shall be different." in text_of(answer)
    due(post)
    answer = client.post(
        f"/posts/approvals/{number}/decide/", {"verdict": "approve", "word": "Kept words"}
    )
    assert answer.status_code == 422
    assert "Kept words" in answer.content.decode()
    assert "too late" in text_of(answer)


def test_sending_back_and_asking_again(desk):
    post = desk.scheduled()
    address = f"/posts/approvals/{request_of(post).pk}/decide/"
    signed_in(desk.min).post(address, {"verdict": "decline", "word": "Shorter"})
    words = page_of(desk.seo, post)
    assert "Shorter" in words
    assert "Ask for approval" in words
    signed_in(desk.seo).post(f"/posts/{post.pk}/approval/ask/", {"expires_at": ""})
    assert request_of(post).state == "open"
    late = signed_in(desk.seo).post(
        f"/posts/{post.pk}/approval/ask/", {"expires_at": "2001-01-01T00:00"}
    )
    assert late.status_code == 302  # asked for already


def test_comments_stand_on_the_page(desk):
    post = desk.scheduled()
    client = signed_in(desk.min)
    client.post(f"/posts/{post.pk}/comments/", {"text": "<b>Nice</b>"})
    assert "<b>Nice</b>" in page_of(desk.seo, post)
    assert client.post(f"/posts/{post.pk}/comments/", {"text": ""}).status_code == 422


def test_two_people_release_on_screens(desk):
    post = desk.scheduled()
    address = f"/posts/{post.pk}/approval/release/"
    assert "Emergency" not in page_of(desk.seo, post)
    assert signed_in(desk.min).post(address, {"reason": ""}).status_code == 422
    signed_in(desk.min).post(address, {"reason": "Network outage"})
    assert "as the second person" not in page_of(desk.min, post)
    assert "as the second person" in page_of(desk.gil, post)
    signed_in(desk.gil).post(address, {"step": "give"})
    assert delivery_of(post).state == "planned"
    words = page_of(desk.seo, post)
    assert "released this without approval" in words
    assert "Network outage" in words


def test_a_guest_sees_the_post_and_decides_once(desk):
    post = desk.scheduled(title="Launch", body="5G for all")
    number = request_of(post).pk
    client = signed_in(desk.min)
    page = client.post(f"/posts/approvals/{number}/link/", {"language": "en", "hours": "8"})
    address = page.context["address"]
    assert address in page.content.decode()
    path = address.partition("testserver")[2]
    guest = Client()
    shown = guest.get(path)
    harmless(shown)
    assert all(word in text_of(shown) for word in ("Launch", "5G for all"))
    assert shown["Referrer-Policy"] == "same-origin"
    assert "noindex" in shown["X-Robots-Tag"]
    assert guest.post(path, {"name": "", "verdict": "approve"}).status_code == 422
    done = guest.post(path, {"name": "Ms. Cho", "verdict": "approve"})
    assert guest.get(done["Location"]).status_code == 200
    assert guest.get(path).status_code == 404
    assert delivery_of(post).state == "planned"
    assert "Ms. Cho" in page_of(desk.seo, post)


def test_a_guest_sees_the_pictures_of_this_post_and_no_others(desk):
    mine, other = make_image(unit=desk.account.unit), make_image(unit=desk.account.unit)
    post = desk.scheduled(images=[Picked(mine.pk, "A cat")])
    client, number = signed_in(desk.min), request_of(post).pk
    page = client.post(f"/posts/approvals/{number}/link/", {"language": "en", "hours": "8"})
    path = page.context["address"].partition("testserver")[2]
    guest = Client()
    assert f"{path}picture/{mine.pk}/" in guest.get(path).content.decode()
    shown = guest.get(f"{path}picture/{mine.pk}/")
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/png")
    assert guest.get(f"{path}picture/{other.pk}/").status_code == 404
    guest.post(path, {"name": "Ms. Cho", "verdict": "approve"})
    assert guest.get(f"{path}picture/{mine.pk}/").status_code == 404


def test_a_guest_link_is_taken_back_on_the_page(desk):
    post = desk.scheduled()
    number = request_of(post).pk
    client = signed_in(desk.min)
    client.post(f"/posts/approvals/{number}/link/", {"language": "en", "hours": "8"})
    link = ApprovalLink.objects.get()
    client.post(f"/posts/approvals/{number}/link/{link.pk}/withdraw/")
    link.refresh_from_db()
    assert link.withdrawn_at
    wrong = client.post(f"/posts/approvals/{number}/link/", {"language": "xx", "hours": "8"})
    assert wrong.status_code == 422


def test_guessing_is_slowed_down(desk):
    guest = Client()
    answers = [guest.get(f"/posts/guest/{'x' * 43}/").status_code for _ in range(31)]
    assert set(answers[:30]) == {404}
    assert answers[30] == 429


def test_rules_are_set_on_screens(desk):
    client = signed_in(desk.root)
    assert "1 step" in text_of(client.get("/posts/approvals/rules/"))
    address = f"/posts/approvals/rules/{desk.account.unit_id}/"
    assert client.get(address).status_code == 200
    given = {
        "who_0": "people", "people_0": [desk.min.user_id], "needs_0": "all", "who_1": "manager",
        "needs_1": "any", "who_2": "", "needs_2": "any", "hours_before": "2",
    }  # fmt: skip
    assert client.post(address, given).status_code == 302
    policy = ApprovalPolicy.objects.get()
    assert policy.hours_before == 2
    assert policy.steps == [
        {"role": "", "people": [desk.min.user_id], "needs_all": True},
        {"role": "manager", "people": [], "needs_all": False},
    ]
    wrong = client.post(address, given | {"people_0": []})
    assert wrong.status_code == 422
    assert signed_in(desk.seo).get(address).status_code == 403
    campaign = make_campaign(unit=desk.account.unit, actor=desk.seo)
    address = f"/posts/campaigns/{campaign.pk}/rule/"
    assert client.post(address, given).status_code == 302
    assert signed_in(desk.seo).get(address).status_code == 403


def test_programs_ask_decide_and_release(desk):
    seo, boss, other = (
        token_client(User.objects.get(pk=actor.user_id))
        for actor in (desk.seo, desk.min, desk.gil)
    )
    post = make_post(desk.account, actor=desk.seo)
    asked = seo.post(f"/api/v1/posts/{post.pk}/approvals/", {}, format="json")
    assert asked.status_code == 201, asked.content
    address = f"/api/v1/approvals/{asked.json()['id']}/"
    assert [row["post"] for row in boss.get("/api/v1/approvals/").json()] == [post.pk]
    assert boss.get(address).json()["digest"] == post.revisions.first().digest
    assert len(boss.get(f"{address}voices/").json()) == 2
    assert seo.post(f"{address}approve/", {}, format="json").status_code == 403
    assert boss.post(f"{address}decline/", {}, format="json").status_code == 422
    assert boss.post(f"{address}approve/", {}, format="json").json()["state"] == "approved"
    late = other.post(f"{address}decline/", {"word": "No."}, format="json")
    assert (late.status_code, late.json()["code"]) == (409, "approved")
    assert boss.post(f"{address}take-back/", {}, format="json").json()["state"] == "withdrawn"
    rows = seo.get(f"/api/v1/posts/{post.pk}/approvals/").json()
    assert [row["state"] for row in rows] == ["withdrawn"]
    urgent = make_post(desk.account, actor=desk.seo, scheduled=True)
    release = f"/api/v1/posts/{urgent.pk}/release/"
    assert boss.post(release, {"reason": "Outage"}, format="json").status_code == 201
    assert boss.put(release, {}, format="json").status_code == 409
    assert other.put(release, {}, format="json").json()["state"] == "given"
    stranger = token_client(make_user(role="manager", unit=make_unit()))
    assert stranger.get(address).status_code == 404
    assert Post.objects.get(pk=urgent.pk).state == "scheduled"
