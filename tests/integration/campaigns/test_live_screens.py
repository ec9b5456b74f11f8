"""The screens under /live/: the list, opening, the desk with and without scripts, what it gives away, its files."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from campaigns.actions.live_desks import desk_close
from campaigns.actions.live_lines import ANYWAY
from campaigns.actions.live_snippets import snippet_add
from campaigns.actions.policies import unit_policy_set
from campaigns.approval import Step
from campaigns.models import LiveDesk, LiveLine
from channels.actions.holding import hold_lift, hold_place
from channels.errors import Rejected
from channels.models import Delivery
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import (
    leave_live,
    make_campaign,
    make_live_desk,
    make_post,
    say_live,
)
from tests.factories.channels import make_account
from tests.factories.people import make_unit, make_user
from tests.support.hostile import HOSTILE
from tests.support.html import harmless, text_of
from tests.support.sending import refuse_next, send_next

pytestmark = pytest.mark.django_db
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def account():
    return make_account(kind="x", name="@hanbit")


@pytest.fixture
def user(account):
    return make_user("seo", role="staff", unit=account.unit, language="en")


@pytest.fixture
def seo(user):
    return signed_in(user)


@pytest.fixture
def desk(account, user):
    return make_live_desk(account, actor=actor_for(user), name="The launch")


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def said(text="The doors are open.", **given):
    return {"text": text, "request_key": str(uuid4())} | given


def test_the_list_shows_open_desks_and_past_ones(seo, desk, user):
    assert "The launch" in text_of(seo.get("/live/"))
    desk_close(actor_for(user), desk_id=desk.pk)
    assert "The launch" not in text_of(seo.get("/live/"))
    assert "The launch" in text_of(seo.get("/live/?view=past"))
    assert seo.get("/live/?view=x").status_code == 422
    assert 'href="/live/"' in seo.get("/posts/").content.decode()


def test_opening_with_a_master_post_and_snippets(seo, account):
    target = make_post(account, title="Today at three", scheduled=True).targets.get()
    page = seo.get("/live/new/").content.decode()
    assert "Today at three" in page
    typed = {
        "name": "The launch", "accounts": [account.pk], f"master_{account.pk}": target.pk,
        "snippets": "First\r\nof all.\r\n\r\n\r\nThank you.", "request_key": str(uuid4()),
    }  # fmt: skip
    answers = [seo.post("/live/new/", typed) for _ in range(2)]
    desk = LiveDesk.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/live/{desk.pk}/"}
    assert [row.text for row in desk.snippets.all()] == ["First\nof all.", "Thank you."]
    assert desk.places.get().master == target


def test_what_is_wrong_is_said_at_the_form_and_nothing_is_lost(seo, account):
    typed = {"name": "", "snippets": "Kept.", "request_key": str(uuid4())}
    refused = seo.post("/live/new/", typed)
    assert refused.status_code == 422
    assert "Kept." in refused.content.decode()
    assert LiveDesk.objects.count() == 0
    assert seo.get(f"/live/new/?unit={make_unit().pk}").status_code == 404


def test_a_page_without_scripts_says_and_takes_back(seo, desk):
    assert seo.post(f"/live/{desk.pk}/say/", said()).status_code == 302
    line = LiveLine.objects.get()
    assert "The doors are open." in text_of(seo.get(f"/live/{desk.pk}/"))
    seo.post(f"/live/{desk.pk}/lines/{line.pk}/take-back/")
    assert "Taken back" in text_of(seo.get(f"/live/{desk.pk}/"))
    refused = seo.post(f"/live/{desk.pk}/say/", said("x" * 281))
    assert refused.status_code == 422
    assert "x" * 281 in refused.content.decode()


def test_a_script_is_answered_in_few_words(seo, desk, account):
    address = f"/live/{desk.pk}/say/"
    assert seo.post(address, said(), headers=SCRIPT).status_code == 204
    for wrong in (said(""), said("x" * 281), said(request_key="x"), said(places=["0"])):
        refused = seo.post(address, wrong, headers=SCRIPT)
        assert refused.status_code == 422
        assert "data-problem" in refused.content.decode()
    colleague = signed_in(make_user(role="staff", unit=account.unit, language="en"))
    warned = colleague.post(address, said("The doors are open!"), headers=SCRIPT)
    assert warned.status_code == 409
    assert "Send anyway" in text_of(warned)
    anyway = said("The doors are open!", confirm=ANYWAY)
    assert colleague.post(address, anyway, headers=SCRIPT).status_code == 204


def test_what_changes_is_fetched_as_parts(seo, desk, user):
    snippet_add(actor_for(user), desk_id=desk.pk, text="Prepared words")
    seo.post(f"/live/{desk.pk}/say/", said())
    seo.post(f"/live/{desk.pk}/presence/", {"tab": "t1", "state": "typing"})
    page = seo.get(f"/live/{desk.pk}/now/").content.decode()
    for part in ("live-alerts", "live-lines", "live-snippets", "live-company", "live-facts"):
        assert f'id="{part}"' in page
    assert "<html" not in page
    assert "data-leaves" in page
    assert "Prepared words" in page
    seo.post(f"/live/{desk.pk}/presence/", {"tab": "t1", "state": "gone"})
    assert "Nobody." in seo.get(f"/live/{desk.pk}/now/").content.decode()


def test_a_failure_stands_on_top_with_what_can_be_done(seo, desk):
    for text in ("One thing.", "Another matter.", "A third one."):
        seo.post(f"/live/{desk.pk}/say/", said(text))
    leave_live(desk)
    send_next()
    refuse_next(Rejected("The platform says no."))
    page = text_of(seo.get(f"/live/{desk.pk}/"))
    for words in (
        "@hanbit: line 2 did not get out",
        "1 line waits behind it",
        "The platform says no.",
    ):
        assert words in page
    word = LiveLine.objects.get(number=2).words.get()
    assert seo.post(f"/live/{desk.pk}/words/{word.pk}/skip/", headers=SCRIPT).status_code == 204
    assert seo.post(f"/live/{desk.pk}/words/{word.pk}/retry/", headers=SCRIPT).status_code == 409
    page = text_of(seo.get(f"/live/{desk.pk}/"))
    assert "did not get out" not in page
    assert "Left out" in page


def test_a_hold_and_an_account_that_cannot_speak_stand_on_top(seo, desk, account):
    boss = actor_for(make_user(role="manager", unit=account.unit))
    address = f"/live/{desk.pk}/now/"
    hold = hold_place(boss, scope="account", target=account.pk, reason="Facts are being checked.")
    assert "Facts are being checked." in text_of(seo.get(address))
    assert f"/holds/{hold.pk}/" in seo.get(address).content.decode()
    hold_lift(boss, hold_id=hold.pk)
    hold_place(boss, scope="unit", target=account.unit_id, reason="The whole unit.")
    page = text_of(seo.get(address))
    assert "Facts are being checked." not in page
    assert "The whole unit." in page
    for state, words in (
        ({"next_allowed_at": now() + timedelta(minutes=9)}, "can say nothing more until"),
        ({"is_paused": True}, "@hanbit is paused"),
        ({"needs_reconnect": True}, "@hanbit must be reconnected"),
    ):
        type(account).objects.filter(pk=account.pk).update(**state)
        assert words in text_of(seo.get(address))


def test_holds_on_a_campaign_and_its_tag_stand_on_top_of_its_desks_alone(seo, account, user):
    boss = actor_for(make_user(role="manager", unit=account.unit))
    writer = actor_for(user)
    campaign = make_campaign(unit=account.unit, tags=["launch"])
    mine = make_live_desk(account, actor=writer, campaign_id=campaign.pk)
    other = make_live_desk(account, actor=writer)
    for wish in (
        {"scope": "campaign", "target": campaign.pk},
        {"scope": "tag", "phrase": "launch", "target": account.unit_id},
    ):
        hold = hold_place(boss, reason="Not now.", **wish)
        for desk, is_stopped in ((mine, True), (other, False)):
            page = text_of(seo.get(f"/live/{desk.pk}/now/"))
            assert ("Not now." in page) == is_stopped
        hold_lift(boss, hold_id=hold.pk)


def test_who_may_let_it_out_is_shown_how_and_others_that_it_waits(seo, desk, account):
    boss = make_user(role="manager", unit=account.unit, language="en")
    unit_policy_set(actor_for(boss), unit_id=account.unit_id, steps=[Step(role="manager")])
    page = seo.get(f"/live/{desk.pk}/").content.decode()
    assert "need approval" in page
    assert "Waits to be let out" in text_of(seo.get("/live/"))
    assert "let-out" not in page
    assert 'id="live-form"' not in page
    manager = signed_in(boss)
    assert "let-out" in manager.get(f"/live/{desk.pk}/").content.decode()
    manager.post(f"/live/{desk.pk}/decide/", {"verdict": "let-out"})
    page = seo.get(f"/live/{desk.pk}/").content.decode()
    assert "need approval" not in page
    assert 'id="live-form"' in page
    assert "Waits to be let out" not in text_of(seo.get("/live/"))


def test_a_closed_desk_sums_up_and_hands_out_its_files(seo, desk, user):
    say_live(desk, "=1+1 is two", actor=actor_for(user))
    say_live(desk, "여기는 행사장입니다", actor=actor_for(user))
    leave_live(desk)
    send_next()
    seo.post(f"/live/{desk.pk}/close/")
    page = text_of(seo.get(f"/live/{desk.pk}/"))
    assert "1 sent, 1 not sent" in page
    table = seo.get(f"/live/{desk.pk}/export.csv")
    assert "'=1+1 is two" in table.content.decode()
    assert "attachment" in table["Content-Disposition"]
    assert "https://platform.example/sent" in table.content.decode()
    words = seo.get(f"/live/{desk.pk}/export.txt").content.decode()
    assert words.index("=1+1") < words.index("행사장")
    assert Activity.objects.filter(verb="campaigns.live.exported").count() == 2
    seo.post(f"/live/{desk.pk}/reopen/")
    assert 'id="live-form"' in seo.get(f"/live/{desk.pk}/").content.decode()


def test_snippets_over_http(seo, desk):
    base = f"/live/{desk.pk}/snippets/"
    for text in ("a", "b"):
        assert seo.post(base, {"text": text}, headers=SCRIPT).status_code == 204
    assert seo.post(base, {"text": " "}, headers=SCRIPT).status_code == 422
    a, b = desk.snippets.all()
    seo.post(f"{base}{b.pk}/up/", headers=SCRIPT)
    assert [row.text for row in desk.snippets.all()] == ["b", "a"]
    change = {"text": "A", "is_kept": "on", "version": 1}
    assert seo.post(f"{base}{a.pk}/change/", change, headers=SCRIPT).status_code == 204
    assert seo.post(f"{base}{a.pk}/change/", change, headers=SCRIPT).status_code == 409
    assert seo.post(f"{base}{a.pk}/drop/", headers=SCRIPT).status_code == 204
    assert seo.post(f"{base}{b.pk}/x/", headers=SCRIPT).status_code == 404
    assert [row.text for row in desk.snippets.all()] == ["b"]


def test_readers_read_and_neighbours_find_nothing(desk, account):
    reader = signed_in(make_user(role="operator", unit=account.unit, language="en"))
    page = reader.get(f"/live/{desk.pk}/").content.decode()
    assert 'id="live-form"' not in page
    assert reader.post(f"/live/{desk.pk}/say/", said()).status_code == 403
    neighbour = signed_in(make_user(role="staff", unit=make_unit()))
    for address in ("", "now/", "export.csv"):
        assert neighbour.get(f"/live/{desk.pk}/{address}").status_code == 404
    assert neighbour.post(f"/live/{desk.pk}/say/", said()).status_code == 404


def test_a_delivery_leads_back_to_its_desk(seo, desk, user):
    say_live(desk, actor=actor_for(user))
    delivery = Delivery.objects.get()
    page = seo.get(f"/deliveries/{delivery.pk}/").content.decode()
    word = LiveLine.objects.get().words.get()
    assert f"/live/of-words/{word.pk}/" in page
    assert seo.get(f"/live/of-words/{word.pk}/")["Location"] == f"/live/{desk.pk}/"


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"nul", "surrogate"}))
def test_hostile_words_are_shown_harmless(seo, account, user, name):
    words = HOSTILE[name]
    desk = make_live_desk(account, actor=actor_for(user), name=words[:100].strip() or "x")
    snippet_add(actor_for(user), desk_id=desk.pk, text=f"s {words}"[:5000])
    seo.post(f"/live/{desk.pk}/say/", said(f"{words[:100]} x"))
    for address in (f"/live/{desk.pk}/", f"/live/{desk.pk}/now/", "/live/"):
        harmless(seo.get(address))
