"""Asking a unit without giving the case away: who sees what, who answers, and what a guest may do."""

from datetime import timedelta
from functools import partial
from types import SimpleNamespace

import pytest
import time_machine
from django.test import Client

from inbox.actions.consults import (
    consult_answer,
    consult_ask,
    consult_withdraw,
    consults_expire,
)
from inbox.actions.desks import desk_change
from inbox.actions.guest_links import guest_answer, guest_link_make, guest_link_withdraw
from inbox.models import Consult, ConsultLink, Conversation, Notice
from inbox.selectors.consults import open_count
from inbox.selectors.thread import thread
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    home, mobile = make_unit(name_en="Home", slug="home"), make_unit(name_en="Mobile")
    account = make_account(unit=home)
    ana = make_user("ana", role="operator", unit=home, language="en")
    min_ = make_user("min", role="operator", unit=mobile, language="en")
    conversation = make_conversation(account=account, author="cho", text="secret router words")
    return SimpleNamespace(
        home=home, mobile=mobile, account=account, conversation=conversation,
        ana=ana, min=min_, asker=actor_for(ana), asked=actor_for(min_),
    )  # fmt: skip


def ask(house, question="Does 5G reach Jeju?"):
    return consult_ask(
        house.asker, conversation_id=house.conversation.pk, unit_id=house.mobile.pk,
        question=question,
    )  # fmt: skip


def browser(user=None):
    client = Client(headers={"Accept-Language": "en"})
    if user:
        client.force_login(user)
    return client


def test_a_question_has_a_clock_of_its_own_and_the_case_stays(house):
    desk_change(SYSTEM, unit_id=house.mobile.pk, consult_minutes=45)
    consult = ask(house)
    assert consult.due_at - consult.asked_at == timedelta(minutes=45)
    house.conversation.refresh_from_db()
    assert house.conversation.unit == house.home
    assert [row.user for row in Notice.objects.all()] == [house.min]
    assert open_count(house.asked) == 1
    with pytest.raises(Conflict):
        ask(house)


def test_the_asked_unit_reads_the_lines_while_it_is_asked_and_nothing_else(house):
    make_conversation(account=house.account, author="cho", text="other history")
    consult = ask(house)
    client = browser(house.min)
    page = client.get(f"/consults/{consult.pk}/").content.decode()
    assert "secret router words" in page
    assert "other history" not in page
    assert "Does 5G reach Jeju?" in client.get("/consults/").content.decode()
    assert client.get(f"/conversations/{house.conversation.pk}/").status_code == 404
    answered = client.post(f"/consults/{consult.pk}/answer/", {"answer": "It does."})
    assert answered.status_code == 302
    page = client.get(f"/consults/{consult.pk}/").content.decode()
    assert "secret router words" not in page
    assert "It does." in page
    assert (
        browser(make_user(role="operator", unit=make_unit()))
        .get(f"/consults/{consult.pk}/")
        .status_code
        == 404
    )


def test_a_wall_around_the_asker_lets_only_the_question_through(house):
    house.home.is_walled = True
    house.home.save()
    consult = ask(house)
    other = make_user(role="operator", language="en")  # of every unit
    assert "secret router" in browser(other).get(f"/consults/{consult.pk}/").content.decode()
    consult_withdraw(house.asker, consult_id=consult.pk)
    assert "secret router" not in browser(other).get(f"/consults/{consult.pk}/").content.decode()


def test_the_answer_stands_in_the_thread_as_an_internal_line(house):
    consult = ask(house)
    page = browser(house.ana).get(f"/conversations/{house.conversation.pk}/").content.decode()
    assert "Does 5G reach Jeju?" in page
    with time_machine.travel(now() + timedelta(hours=2), tick=False):
        page = browser(house.ana).get(f"/conversations/{house.conversation.pk}/").content.decode()
        assert "Overdue" in page
    consult_answer(house.asked, consult_id=consult.pk, answer="It does.")
    (line,) = [
        e for e in thread(house.asker, house.conversation.pk).entries if e.kind == "consult"
    ]
    assert (line.row.answer, line.row.answered_by) == ("It does.", house.min)
    page = browser(house.ana).get(f"/conversations/{house.conversation.pk}/").content.decode()
    assert "It does." in page
    assert Notice.objects.get(user=house.ana).kind == "consult_answered"
    house.conversation.refresh_from_db()
    assert house.conversation.waiting_since is not None  # the customer still waits


def test_of_two_answers_one_counts_and_the_other_is_told(house):
    consult = ask(house)
    consult_answer(house.asked, consult_id=consult.pk, answer="Yes.")
    with pytest.raises(Conflict):
        consult_answer(house.asked, consult_id=consult.pk, answer="No.")
    page = browser(house.min).post(f"/consults/{consult.pk}/answer/", {"answer": "No."})
    assert page.status_code == 422


def test_who_may_ask_answer_and_take_back(house):
    consult = ask(house)
    guest = make_actor("guest", house.home)
    for act in (
        partial(consult_answer, house.asker, consult_id=consult.pk, answer="x"),
        partial(consult_withdraw, house.asked, consult_id=consult.pk),
        partial(consult_withdraw, guest, consult_id=consult.pk),
        partial(guest_link_make, house.asked, consult_id=consult.pk, lines=[], language="en"),
    ):
        with pytest.raises((NotAllowed, NotFound)):
            act()
    with pytest.raises(NotFound):
        consult_ask(
            house.asked, conversation_id=house.conversation.pk, unit_id=house.home.pk, question="x"
        )


def test_a_question_that_nobody_answers_comes_to_its_end(house):
    consult = ask(house)
    assert consults_expire() == 0
    with time_machine.travel(now() + timedelta(days=8), tick=False):
        assert consults_expire() == 1
    consult.refresh_from_db()
    assert consult.state == "expired"
    assert Notice.objects.get(user=house.ana).kind == "consult_expired"


# --- Guests ---


@pytest.fixture
def link(house):
    """A consult with a guest link that shows the second of two lines."""
    consult = ask(house)
    shown = make_message(house.conversation, text="shown to the guest")
    made, secret = guest_link_make(
        house.asker, consult_id=consult.pk, lines=[shown.pk], language="en"
    )
    return SimpleNamespace(row=made, secret=secret, consult=consult, address=f"/guest/{secret}/")


def test_a_guest_sees_the_question_and_the_chosen_lines_and_answers_once(house, link):
    guest = browser()
    page = guest.get(link.address)
    words = page.content.decode()
    assert "Does 5G reach Jeju?" in words
    assert "shown to the guest" in words
    assert "secret router words" not in words
    assert "Cho" not in words  # no names
    assert page["Referrer-Policy"] == "same-origin"
    assert "noindex" in page["X-Robots-Tag"]
    assert "no-store" in page["Cache-Control"]
    link.row.refresh_from_db()
    assert link.row.opened_at is not None
    done = guest.post(link.address, {"name": "Kim, engineer", "answer": "Yes, since May."})
    assert done.status_code == 302
    assert "Thank you" in guest.get(done["Location"]).content.decode()
    consult = Consult.objects.get()
    assert (consult.state, consult.answer, consult.guest_name) == (
        "answered", "Yes, since May.", "Kim, engineer",
    )  # fmt: skip
    for answer in (
        guest.get(link.address),
        guest.post(link.address, {"name": "x", "answer": "y"}),
    ):
        assert answer.status_code == 404
        assert "Jeju" not in answer.content.decode()
    verbs = list(Activity.objects.order_by("id").values_list("verb", flat=True))
    assert verbs[-3:] == [
        "inbox.consult.link_made", "inbox.consult.link_opened", "inbox.consult.answered_by_guest",
    ]  # fmt: skip


def test_only_a_hash_of_the_address_is_kept(link):
    kept = str(ConsultLink.objects.values().get()) + str(list(Activity.objects.values()))
    assert link.secret not in kept


@pytest.mark.parametrize("how", ["expired", "link taken back", "question taken back", "wrong"])
def test_an_address_that_is_over_says_nothing(house, link, how):
    later, address = now(), link.address
    if how == "expired":
        later += timedelta(hours=24, seconds=1)
    elif how == "link taken back":
        guest_link_withdraw(house.asker, consult_id=link.consult.pk, link_id=link.row.pk)
    elif how == "question taken back":
        consult_withdraw(house.asker, consult_id=link.consult.pk)
    else:
        address = "/guest/wrong/"
    with time_machine.travel(later, tick=False):
        for answer in (
            browser().get(address),
            browser().post(address, {"name": "x", "answer": "y"}),
        ):
            assert answer.status_code == 404
            assert "Jeju" not in answer.content.decode()


def test_the_page_speaks_the_language_of_the_link(house, link):
    _row, secret = guest_link_make(
        house.asker, consult_id=link.consult.pk, lines=[], language="ko"
    )
    assert '<html lang="ko"' in browser().get(f"/guest/{secret}/").content.decode()
    assert '<html lang="en"' in browser().get(link.address).content.decode()


def test_looks_are_limited(link):
    guest = browser()
    answers = [guest.get("/guest/guessed/").status_code for _ in range(40)]
    assert answers.count(429) == 10
    assert guest.get(link.address).status_code == 429


def test_lines_of_other_conversations_cannot_be_shown(house, link):
    other = make_conversation(account=house.account, author="dan")
    with pytest.raises(Invalid):
        guest_link_make(
            house.asker, consult_id=link.consult.pk, lines=[other.messages.get().pk], language="en"
        )


def test_the_address_is_shown_once_on_the_screen(house):
    consult = ask(house)
    client = browser(house.ana)
    made = client.post(
        f"/consults/{consult.pk}/links/",
        {"language": "ko", "hours": "24", "lines": [house.conversation.messages.get().pk]},
    )
    assert made.status_code == 200
    assert "/guest/" in made.content.decode()
    again = client.get(f"/consults/{consult.pk}/").content.decode()
    assert "http://testserver/guest/" not in again
    link = ConsultLink.objects.get()
    client.post(f"/consults/{consult.pk}/links/{link.pk}/withdraw/")
    link.refresh_from_db()
    assert link.withdrawn_at is not None


@pytest.mark.django_db(transaction=True)
def test_of_a_guest_who_presses_twice_and_a_colleague_one_answer_counts(house, link):
    press = partial(guest_answer, secret=link.secret, name="Kim", answer="Yes.")
    colleague = partial(consult_answer, house.asked, consult_id=link.consult.pk, answer="No.")
    results = together(press, press, colleague)
    assert sum(isinstance(result, Consult) for result in results) == 1
    assert all(isinstance(r, Consult | Conflict | NotFound) for r in results), results
    assert Consult.objects.get().state == "answered"
    assert Conversation.objects.count() == 1
