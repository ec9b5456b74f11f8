"""The screens of holds: stopping, the banner everywhere, the review, and who may press what."""

from datetime import timedelta

import pytest

from channels.actions.holding import hold_lift, hold_place
from channels.models import Delivery, Hold
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from tests.factories.channels import make_delivery
from tests.support.hostile import HOSTILE
from tests.support.html import harmless, text_of

pytestmark = pytest.mark.django_db

STOP = {"what": "everything", "reason": "The price is wrong."}


def page(client, path="/holds/", **given):
    return client.get(path, **given).content.decode()


def stop(**given):
    return hold_place(SYSTEM, **({"scope": "everything", "reason": "The price is wrong."} | given))


def waiting_for_review(account, count=2):
    rows = [make_delivery(account=account, kind="post") for _ in range(count)]
    hold_lift(SYSTEM, hold_id=stop().pk)
    return rows


def states(rows):
    return [Delivery.objects.get(pk=row.pk).state for row in rows]


def test_one_press_stops_and_shows_what_was_in_flight(company, browser):
    make_delivery(account=company.account, kind="post", state="armed", text="On its way")
    due = make_delivery(account=company.account, kind="post", text="Not yet")
    answer = browser("root").post("/holds/", STOP, follow=True)
    shown = text_of(answer)
    assert "On its way" in shown
    assert "Not yet" in shown
    assert states([due]) == ["held"]
    assert Hold.objects.get().placed_by == company.root


def test_what_was_typed_is_kept_when_it_cannot_be_done(browser):
    answer = browser("root").post("/holds/", {"what": "phrase", "phrase": "x", "reason": "Why so"})
    assert answer.status_code == 422
    assert "Why so" in answer.content.decode()
    assert not Hold.objects.exists()


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"nul", "surrogate"}))
def test_hostile_words_do_no_harm(browser, name):
    hold = stop(reason=f"x {HOSTILE[name]}"[:500])
    for path in ("/holds/", f"/holds/{hold.pk}/", "/holds/banner/"):
        harmless(browser("root").get(path))


def test_the_form_offers_what_one_may_stop(company, browser):
    offered = page(browser("staff"))
    assert f"account:{company.account.pk}" in offered
    assert f"account:{company.home_account.pk}" not in offered
    assert 'value="everything"' not in offered
    assert 'value="everything"' in page(browser("root"))
    assert "Stop now" not in page(browser("operator"))
    assert browser("operator").post("/holds/", STOP).status_code == 403
    assert browser("guest").get("/holds/").status_code == 403


@pytest.mark.parametrize("path", ["/", "/posts/", "/deliveries/", "/accounts/", "/preferences/"])
def test_every_screen_says_who_why_and_since_when(company, browser, path):
    hold_place(
        _actor(company.root), scope="unit", target=company.mobile.pk, reason="A typo in the price"
    )
    shown = page(browser("operator"), path)
    assert "A typo in the price" in shown
    assert "Root" in shown.partition("A typo in the price")[2][:400]
    assert "A typo in the price" not in page(browser("stranger"), path)


def _actor(user):
    from opsconsole.people.selectors import actor_for

    return actor_for(user)


def test_no_banner_without_a_hold(browser):
    assert 'class="banner"' not in page(browser("root"), "/posts/")
    stop()
    assert 'class="banner"' in page(browser("root"), "/posts/")
    assert "data-hold" in page(browser("root"), "/holds/banner/")


def test_a_delivery_says_that_it_is_on_hold_and_why(company, browser):
    row = make_delivery(account=company.account, kind="post")
    hold = stop(reason="Wrong price")
    shown = page(browser("manager"), f"/deliveries/{row.pk}/")
    assert "Wrong price" in shown
    assert "On hold" in shown
    assert "Send again" not in shown
    hold_lift(SYSTEM, hold_id=hold.pk)
    assert "To be reviewed" in page(browser("manager"), f"/deliveries/{row.pk}/")


def test_a_manager_lifts_what_stops_the_unit_and_an_administrator_the_house(company, browser):
    local, house = stop(scope="unit", target=company.mobile.pk), stop()
    assert browser("staff").post(f"/holds/{local.pk}/lift/").status_code == 403
    assert browser("manager").post(f"/holds/{house.pk}/lift/").status_code == 403
    assert browser("stranger").post(f"/holds/{local.pk}/lift/").status_code == 404
    assert browser("manager").post(f"/holds/{local.pk}/lift/").status_code == 302
    assert browser("root").post(f"/holds/{house.pk}/lift/").status_code == 302
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()
    assert "lifted by Root" in page(browser("root"), "/holds/past/")


def test_lifting_twice_says_who_was_faster(company, browser):
    hold = stop()
    for _press in range(2):
        answer = browser("root").post(f"/holds/{hold.pk}/lift/", follow=True)
    assert "Somebody else has just lifted this hold." in text_of(answer)


@pytest.mark.parametrize(("verdict", "state"), [("send", "ready"), ("drop", "cancelled")])
def test_what_waits_for_review_is_decided_together(company, browser, verdict, state):
    rows = waiting_for_review(company.account)
    body = {"delivery": [row.pk for row in rows], "verdict": verdict}
    answer = browser("manager").post("/holds/review/", body, follow=True)
    assert "2 decided." in text_of(answer)
    assert states(rows) == [state, state]


def test_one_gets_a_new_time_and_the_other_waits_on(company, browser):
    rows = waiting_for_review(company.account)
    at = (now() + timedelta(days=2)).replace(second=0, microsecond=0)
    body = {
        "delivery": [rows[0].pk],
        "verdict": "plan",
        "at": f"{at + timedelta(hours=9):%Y-%m-%dT%H:%M}",
    }
    browser("manager").post("/holds/review/", body)
    assert states(rows) == ["planned", "held"]
    assert Delivery.objects.get(pk=rows[0].pk).not_before == at


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"verdict": "send"}, "Choose at least one."),
        ({"verdict": "moon", "delivery": ["1"]}, "Choose what shall become of it."),
        ({"verdict": "plan", "delivery": ["1"]}, "Choose a time that is still to come."),
        ({"verdict": "plan", "delivery": ["1"], "at": "2020-01-01T00:00"}, "Choose a time"),
    ],
)  # fmt: skip
def test_a_decision_that_says_too_little_is_refused(company, browser, body, said):
    answer = browser("manager").post("/holds/review/", body, follow=True)
    assert said in text_of(answer)


def test_staff_see_the_review_and_managers_decide(company, browser):
    rows = waiting_for_review(company.account)
    body = {"delivery": [rows[0].pk], "verdict": "send"}
    assert rows[0].text in page(browser("staff"))
    assert browser("staff").post("/holds/review/", body).status_code == 403
    assert rows[0].text not in page(browser("stranger"))
    assert browser("stranger").post("/holds/review/", body).status_code == 404
    assert states(rows) == ["held", "held"]
