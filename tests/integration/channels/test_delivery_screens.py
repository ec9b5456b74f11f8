"""The screens of deliveries: who may see and decide, what is said, and the evidence for a verdict."""

from datetime import timedelta
from uuid import uuid4

import pytest

from channels.actions.landing import items_land
from channels.lifecycle import GROUPS, DeliveryState
from channels.models import Delivery
from channels.status import DELIVERY_STATUS
from inbox.actions.replies import reply_send
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_post
from tests.factories.channels import make_delivery, make_fetched
from tests.factories.inbox import make_conversation
from tests.support.hostile import HOSTILE
from tests.support.html import fields_of, harmless, read, text_of

pytestmark = pytest.mark.django_db
S = DeliveryState
VERBS = ["confirm", "again", "drop", "cancel"]
LIVE = {"HX-Request": "true"}


def path(delivery, rest=""):
    return f"/deliveries/{delivery.pk}/{rest}"


def listed(response):
    return [row.pk for row in response.context["page"].rows]


def make_unclear(account, **given):
    """A delivery whose create call went out two minutes ago and was never answered."""
    delivery = make_delivery(
        account=account, state=S.NEEDS_HUMAN, thread="post1", reply_to="q1", **given
    )
    at = now() - timedelta(minutes=2)
    delivery.attempts.create(number=1, armed_at=at, worker="w7", http_status=502, detail="reset")
    return delivery


def state_of(delivery):
    return Delivery.objects.get(pk=delivery.pk).state


# --- Gates ---


def test_nobody_looks_or_decides_without_signing_in(company, browser):
    delivery = make_unclear(company.account)
    assert browser().get("/deliveries/").status_code == 302
    assert browser().get(path(delivery)).status_code == 302
    for verb in VERBS:
        answer = browser().post(path(delivery, f"{verb}/"), {"external_id": "1"})
        assert answer["Location"].startswith("/sign-in/")
    assert state_of(delivery) == S.NEEDS_HUMAN


@pytest.mark.parametrize(
    ("who", "list_status", "page_status", "settle_status"),
    [
        ("nobody", 403, 404, 404),
        ("guest", 403, 404, 404),
        ("operator", 200, 200, 403),
        ("staff", 200, 200, 403),
        ("manager", 200, 200, 302),
        ("administrator", 200, 200, 302),
        ("stranger", 200, 404, 404),
    ],
)
def test_each_role_reaches_what_it_may(
    company, browser, who, list_status, page_status, settle_status
):
    client = browser(who)
    assert client.get("/deliveries/").status_code == list_status
    for verb in ("confirm", "again", "drop"):
        delivery = make_unclear(company.account)
        assert client.get(path(delivery)).status_code == page_status
        body = {"external_id": f"found{delivery.pk}"}
        assert client.post(path(delivery, f"{verb}/"), body).status_code == settle_status
        assert (state_of(delivery) != S.NEEDS_HUMAN) == (settle_status == 302)


@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [
        ("operator", "reply", 302),
        ("operator", "post", 403),
        ("staff", "reply", 403),
        ("staff", "post", 302),
        ("manager", "reply", 302),
        ("guest", "reply", 404),
        ("stranger", "post", 404),
    ],
)
def test_those_who_may_send_may_stop(company, browser, who, kind, status):
    delivery = make_delivery(account=company.account, kind=kind)
    assert browser(who).post(path(delivery, "cancel/")).status_code == status
    assert (state_of(delivery) == S.CANCELLED) == (status == 302)


@pytest.mark.parametrize("state", list(DeliveryState))
@pytest.mark.parametrize("who", ["operator", "staff", "manager"])
def test_every_button_on_the_page_works(company, browser, who, state):
    """What is offered is allowed, in every state and for every role."""
    client = browser(who)
    shown = client.get(path(make_delivery(account=company.account, state=state)))
    forms = [a["action"] for tag, a in read(shown).tags if tag == "form"]
    acts = [action for action in forms if action.startswith("/deliveries/")]
    for action in acts:
        delivery = make_delivery(account=company.account, state=state)
        answer = client.post(path(delivery, action.split("/", 3)[3]), {"external_id": "77"})
        assert answer.status_code == 302
        assert state_of(delivery) != state
    if who == "manager" and state in {S.NEEDS_HUMAN, S.FAILED, S.MISSED, S.HELD, S.PLANNED}:
        assert acts


# --- The list ---


def test_the_list_is_newest_first_and_counts_what_needs_a_decision(company, browser):
    rows = [make_delivery(account=company.account, state=state) for state in DeliveryState]
    make_delivery(account=company.home_account, state=S.NEEDS_HUMAN)
    shown = browser("manager").get("/deliveries/")
    assert listed(shown) == [row.pk for row in reversed(rows)]
    tabs = [a.get("id") for tag, a in read(shown).tags if a.get("class") == "tab"]
    assert tabs == [*(f"group-{group}" for group in GROUPS), "group-all"]
    assert shown.context["undecided"] == 1
    assert "Needs a decision 1" in " ".join(text_of(shown).split())


@pytest.mark.parametrize("group", list(GROUPS))
def test_a_group_shows_its_states(company, browser, group):
    for state in DeliveryState:
        make_delivery(account=company.account, state=state)
    shown = browser("manager").get(f"/deliveries/?group={group}")
    assert {row.state for row in shown.context["page"].rows} == GROUPS[group]


def test_every_state_belongs_to_one_group():
    assert sorted(state for group in GROUPS.values() for state in group) == sorted(DeliveryState)


def test_the_list_is_filtered_by_account_and_kind(company, browser):
    reply = make_delivery(account=company.account)
    post = make_delivery(account=company.home_account, kind="post")
    client = browser("root")
    assert listed(client.get(f"/deliveries/?account={company.account.pk}")) == [reply.pk]
    assert listed(client.get("/deliveries/?kind=post")) == [post.pk]
    assert listed(client.get("/deliveries/?account=&kind=&group=")) == [post.pk, reply.pk]
    assert listed(client.get(f"/deliveries/?account={company.account.pk}&kind=post")) == []


@pytest.mark.parametrize(
    ("query", "status"),
    [("group=odd", 422), ("kind=odd", 422), ("cursor=odd", 422), ("account=odd", 200)],
)
def test_odd_filters_break_nothing(company, browser, query, status):
    assert browser("manager").get(f"/deliveries/?{query}").status_code == status


def test_the_next_page_goes_on_where_this_one_ended(company, browser):
    rows = [make_delivery(account=company.account).pk for _ in range(55)]
    client = browser("manager")
    first = client.get("/deliveries/?kind=reply")
    (link,) = [a["href"] for tag, a in read(first).tags if "cursor=" in a.get("href", "")]
    assert "kind=reply" in link
    make_delivery(account=company.account)
    assert listed(first) + listed(client.get(f"/deliveries/{link}")) == rows[::-1]


def test_an_empty_list_says_what_will_be_there(browser):
    client = browser("manager")
    assert "No deliveries here" in text_of(client.get("/deliveries/"))
    assert "Nothing needs a decision" in text_of(client.get("/deliveries/?group=decide"))


# --- One delivery ---


@pytest.mark.parametrize("state", list(DeliveryState))
def test_a_state_is_said_in_words(company, browser, state):
    delivery = make_delivery(account=company.account, state=state, text="Our own words.")
    words = text_of(browser("operator").get(path(delivery)))
    for part in (DELIVERY_STATUS[state].label, DELIVERY_STATUS[state].hint, "Our own words."):
        assert str(part) in words


def test_what_is_given_up_is_not_said_to_be_tried_again(company, browser):
    given = {"reason_code": "unreachable", "reason": "HTTP 503"}
    failed = make_delivery(account=company.account, state=S.FAILED, **given)
    words = text_of(browser("manager").get(path(failed)))
    assert "The platform did not answer. · HTTP 503" in words
    assert "tried again" not in words
    waiting = make_delivery(account=company.account, state=S.RETRY_WAIT, **given)
    assert "it will be tried again" in text_of(browser("manager").get(path(waiting)))


def test_every_attempt_is_shown(company, browser):
    delivery = make_unclear(company.account)
    delivery.attempts.update(outcome="absent", ended_at=now())
    delivery.attempts.create(number=2, armed_at=now(), worker="w8")
    words = text_of(browser("operator").get(path(delivery)))
    for part in ("w7", "502", "reset", "Not there", "w8", "Nobody knows yet how it ended."):
        assert part in words


def test_an_answer_leads_to_its_conversation(company, browser):
    conversation = make_conversation(account=company.account, text="Where is my parcel?")
    actor = actor_for(company.operator)
    sent = reply_send(
        actor, conversation_id=conversation.pk, answers_id=None, text="Here.", request_key=uuid4()
    )
    shown = browser("manager").get(path(sent.delivery))
    assert "Where is my parcel?" in text_of(shown)
    address = f"/replies/{sent.request_key}/"
    assert address in [a.get("href") for tag, a in read(shown).tags if tag == "a"]
    found = browser("manager").get(address)
    assert found["Location"] == f"/conversations/{conversation.pk}/"
    assert browser("stranger").get(address).status_code == 404
    assert browser().get(address).status_code == 302


def test_a_post_leads_to_its_post(company, browser):
    target = make_post(company.account).targets.get()
    delivery = make_delivery(account=company.account, kind="post", origin=f"target:{target.pk}:1")
    address = f"/posts/of-placement/{target.pk}/"
    assert address in browser("manager").get(path(delivery)).content.decode()
    assert browser("manager").get(address)["Location"] == f"/posts/{target.post_id}/"
    assert browser("stranger").get(address).status_code == 404


# --- A person's verdict ---


def test_the_evidence_stands_beside_what_we_wanted_to_say(company, browser):
    question = make_fetched("q1", text="How long?", permalink="https://platform.example/q1")
    ours = make_fetched(
        "o1", text="Two days.", is_own=True, permalink="https://platform.example/o1"
    )
    early = make_fetched("o0", text="Too early", is_own=True, posted_at=now() - timedelta(hours=1))
    taken = make_fetched("o2", text="Someone else's", is_own=True)
    elsewhere = make_fetched("o3", text="Elsewhere", is_own=True, thread_external_id="post2")
    items_land(company.account, [question, ours, early, taken, elsewhere])
    make_delivery(account=company.account, state=S.SENT, external_id="o2", text="Other.")
    shown = browser("manager").get(path(make_unclear(company.account, text="Two days.")))
    assert [item.external_id for item in shown.context["evidence"].candidates] == ["o1"]
    links = [a.get("href") for tag, a in read(shown).tags if tag == "a"]
    assert {"https://platform.example/q1", "https://platform.example/o1"} <= set(links)
    for part in ("How long?", "The same words", "This is it"):
        assert part in text_of(shown)


def test_it_is_confirmed_by_the_line_that_we_found_ourselves(company, browser):
    items_land(
        company.account,
        [make_fetched("o1", text="Yes.", is_own=True, permalink="https://platform.example/o1")],
    )
    delivery = make_unclear(company.account, text="Yes.")
    browser("manager").post(path(delivery, "confirm/"), {"external_id": "o1"})
    delivery.refresh_from_db()
    found = (delivery.state, delivery.external_id, delivery.url)
    assert found == (S.SENT, "o1", "https://platform.example/o1")
    assert delivery.attempts.get().outcome == "sent"
    assert Activity.objects.filter(verb="channels.delivery.confirmed").exists()


@pytest.mark.parametrize(
    ("kind", "given", "external_id"),
    [
        ("reply", "https://www.facebook.com/p/posts/1?comment_id=5", "post1_5"),
        ("reply", "post1_5", "post1_5"),
        ("post", "https://www.facebook.com/hanbit/posts/22", "{page}_22"),
    ],
)
def test_it_is_confirmed_by_its_address_or_number(company, browser, kind, given, external_id):
    delivery = make_unclear(company.account, kind=kind)
    answer = browser("manager").post(path(delivery, "confirm/"), {"external_id": given})
    assert answer.status_code == 302
    delivery.refresh_from_db()
    assert delivery.external_id == external_id.format(page=company.account.external_id)
    assert delivery.url == (given if "://" in given else "")


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        ("", 422, "This field is required."),
        ("https://www.facebook.com/hanbit/about", 422, "does not say which one it is"),
        ("q1", 422, "That was written by a customer."),
        ("https://platform.example/q1", 422, "That was written by a customer."),
        ("theirs", 409, "Another delivery already stands for that."),
    ],
)
def test_a_wrong_find_is_refused_and_what_was_typed_stays(company, browser, given, status, said):
    permalink = "https://platform.example/q1"
    items_land(company.account, [make_fetched("q1", permalink=permalink)])
    make_delivery(account=company.account, state=S.SENT, external_id="theirs")
    delivery = make_unclear(company.account)
    answer = browser("manager").post(path(delivery, "confirm/"), {"external_id": given})
    assert answer.status_code == status
    assert said in text_of(answer)
    assert fields_of(answer)["external_id"] == given
    assert state_of(delivery) == S.NEEDS_HUMAN


def test_send_again_drop_and_cancel(company, browser):
    client = browser("manager")
    again, drop = (make_unclear(company.account) for _row in range(2))
    cancel = make_delivery(account=company.account)
    assert "It is sent again now." in text_of(client.post(path(again, "again/"), follow=True))
    assert "Given up." in text_of(client.post(path(drop, "drop/"), follow=True))
    assert "Stopped." in text_of(client.post(path(cancel, "cancel/"), follow=True))
    assert [state_of(row) for row in (again, drop, cancel)] == ["ready", "cancelled", "cancelled"]


def test_who_comes_too_late_is_told(company, browser):
    delivery = make_delivery(account=company.account, state=S.ARMED)
    shown = browser("manager").post(path(delivery, "cancel/"), follow=True)
    assert "can no longer be stopped" in text_of(shown)
    shown = browser("manager").post(path(delivery, "again/"), follow=True)
    assert "changed by someone else" in text_of(shown)
    assert state_of(delivery) == S.ARMED


def test_an_unknown_act_does_not_exist(company, browser):
    delivery = make_delivery(account=company.account)
    assert browser("manager").post(path(delivery, "explode/")).status_code == 404
    assert browser("manager").get(path(delivery, "drop/")).status_code == 405


# --- Parts, budgets, hostile words ---


@pytest.mark.parametrize("part", ["groups", "deliveries", "delivery"])
def test_what_is_fetched_again_is_the_part_alone(company, browser, part):
    delivery = make_unclear(company.account)
    address = path(delivery) if part == "delivery" else "/deliveries/"
    answer = browser("manager").get(address, headers=LIVE | {"HX-Target": part})
    tags = [a.get("id") for tag, a in read(answer).tags]
    assert tags[0] == part
    assert "<html" not in answer.content.decode()


def test_the_list_costs_the_same_however_long_it_is(company, browser, queries_of):
    client = browser("root")
    fill(company.account, 3)
    few = queries_of(lambda: client.get("/deliveries/"))
    fill(company.account, 27)
    assert queries_of(lambda: client.get("/deliveries/")) == few <= 10


def fill(account, number):
    for row in range(number):
        make_delivery(account=account, state=list(DeliveryState)[row % len(DeliveryState)])


def test_the_page_costs_the_same_however_often_it_was_tried(company, browser, queries_of):
    client = browser("root")
    delivery = make_unclear(company.account)
    few = queries_of(lambda: client.get(path(delivery)))
    at = now()
    for number in range(2, 31):
        delivery.attempts.create(number=number, armed_at=at, ended_at=at, outcome="absent")
    ours = [make_fetched(is_own=True) for _ in range(30)]
    items_land(company.account, ours)
    assert queries_of(lambda: client.get(path(delivery))) == few <= 12


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"nul", "surrogate"}))
def test_hostile_words_are_shown_harmless(company, browser, name):
    words = HOSTILE[name]
    items_land(
        company.account, [make_fetched("q1", text=words), make_fetched(text=words, is_own=True)]
    )
    delivery = make_unclear(
        company.account, text=words, title=words[:300], reason=words[:500], url=words[:600]
    )
    delivery.attempts.update(detail=words[:1000], worker=words[:80])
    for address in ("/deliveries/", path(delivery)):
        shown = browser("manager").get(address)
        assert shown.status_code == 200
        harmless(shown)
