"""Who lets a live desk out: what they see, that it is what they answer for, and how they refuse."""

import pytest
from django.test import Client

from campaigns.actions.live_desks import Seat, desk_close
from campaigns.actions.live_letting import desk_ask_again, desk_let_out, desk_refuse
from campaigns.actions.live_snippets import snippet_add
from campaigns.actions.policies import unit_policy_set
from campaigns.approval import Step
from campaigns.contents import Picked
from campaigns.models import ApprovalRequest, LiveDesk
from campaigns.selectors.live import desk_for, desk_page, may_let_out, rule_of
from campaigns.selectors.live_asking import digest_of_desk
from opsconsole.audit.models import Activity
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_image, make_live_desk, make_post, say_live
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(kind="x")


@pytest.fixture
def seo(account):
    return make_actor("staff", account.unit)


@pytest.fixture
def boss_user(account):
    return make_user("boss", role="manager", unit=account.unit, language="en")


@pytest.fixture
def boss(account, boss_user):
    actor = actor_for(boss_user)
    unit_policy_set(actor, unit_id=account.unit_id, steps=[Step(role="manager")])
    return actor


@pytest.fixture
def browser(boss, boss_user):
    client = Client()
    client.force_login(boss_user)
    return client


@pytest.fixture
def desk(account, seo, boss):
    return make_live_desk(account, actor=seo)


@pytest.fixture
def desk_with_picture(account, seo, boss):
    """Under a scheduled post with a picture, which waits for approval itself."""
    image = make_image(unit=account.unit, actor=seo, alt_text="A tower at dusk")
    picked = [Picked(image.pk, "A tower at dusk")]
    post = make_post(account, actor=seo, body="We begin.", images=picked, scheduled=True)
    seat = Seat(account.pk, master=post.targets.get().pk)
    return make_live_desk(account, actor=seo, seats=[seat])


def fresh(desk):
    return LiveDesk.objects.get(pk=desk.pk)


def asking(actor, desk):
    (row,) = [one for one in desk_page(actor).rows if one.pk == desk.pk]
    return row.asking


def test_the_list_asks_just_those_who_may_let_it_out(account, seo, boss, desk):
    unit = account.unit
    people = [
        seo, boss, make_actor("manager", unit), make_actor("administrator", unit),
        make_actor("operator", unit), make_actor("manager", None),
    ]  # fmt: skip
    named = make_actor("operator", unit)
    rules = ([Step(role="manager")], [Step(role="staff")], [Step(people=(named.user_id,))])
    for steps in rules:
        unit_policy_set(boss, unit_id=unit.pk, steps=steps)
        for person in (*people, named):
            may = may_let_out(person, fresh(desk), rule_of(desk))
            assert (asking(person, desk) is not None) == may, (steps, person)
    assert desk_page(make_actor("manager", make_unit())).rows == []


def test_it_shows_what_is_about_to_be_said_with_pictures(desk_with_picture, seo, browser):
    snippet_add(seo, desk_id=desk_with_picture.pk, text="Doors open.")
    for address in ("/live/", f"/live/{desk_with_picture.pk}/"):
        page = browser.get(address)
        assert "We begin." in text_of(page)
        assert "Doors open." in text_of(page)
        assert 'alt="A tower at dusk"' in page.content.decode()
        assert "/thumb/" in page.content.decode()


def test_it_is_let_out_from_the_list(desk, browser, boss):
    seen = asking(boss, desk).digest
    wish = {"verdict": "let-out", "seen": seen, "from": "list"}
    answer = browser.post(f"/live/{desk.pk}/decide/", wish)
    assert (answer.status_code, answer["Location"]) == (302, "/live/")
    assert fresh(desk).let_out_by_id == boss.user_id
    assert asking(boss, desk) is None


def test_what_has_changed_since_one_looked_is_not_let_out(desk, seo, boss, browser):
    seen = digest_of_desk(desk_for(boss, desk.pk))
    snippet_add(seo, desk_id=desk.pk, text="Something else.")
    with pytest.raises(Conflict) as refused:
        desk_let_out(boss, desk_id=desk.pk, seen=seen)
    assert refused.value.code == "changed"
    page = browser.post(
        f"/live/{desk.pk}/decide/", {"verdict": "let-out", "seen": seen}, follow=True
    )
    assert "changed since you looked" in text_of(page)
    assert fresh(desk).let_out_at is None
    desk_let_out(boss, desk_id=desk.pk, seen=digest_of_desk(desk_for(boss, desk.pk)))


def test_a_refusal_says_why_and_ends_when_somebody_asks_again(desk, seo, boss, browser):
    page = browser.post(
        f"/live/{desk.pk}/decide/", {"verdict": "refuse", "word": " "}, follow=True
    )
    assert "Say what shall be different." in text_of(page)
    browser.post(f"/live/{desk.pk}/decide/", {"verdict": "refuse", "word": "Not before noon."})
    kept = fresh(desk)
    assert (kept.refused_by_id, kept.refused_word) == (boss.user_id, "Not before noon.")
    with pytest.raises(Conflict):
        say_live(desk, actor=seo)
    assert "Not before noon." in text_of(browser.get(f"/live/{desk.pk}/"))
    assert "Not before noon." in text_of(browser.get("/live/"))
    assert "Refused" in text_of(browser.get("/live/"))
    with pytest.raises(NotAllowed):
        desk_ask_again(make_actor("operator", desk.unit), desk_id=desk.pk)
    desk_ask_again(seo, desk_id=desk.pk)
    assert fresh(desk).refused_at is None
    said = {row.verb for row in Activity.objects.filter(subject_id=desk.pk)}
    assert {"campaigns.live.refused", "campaigns.live.asked_again"} <= said


def test_letting_out_ends_a_refusal(desk, seo, boss):
    desk_refuse(boss, desk_id=desk.pk, word="Wait.")
    desk_let_out(boss, desk_id=desk.pk)
    kept = fresh(desk)
    assert (kept.refused_at, kept.refused_word, kept.refused_by_id) == (None, "", None)
    say_live(desk, actor=seo)
    with pytest.raises(Conflict) as refused:
        desk_refuse(boss, desk_id=desk.pk, word="Too late.")
    assert refused.value.code == "let_out"


def test_nobody_decides_about_their_own_or_out_of_reach(account, seo, boss, desk):
    own = make_live_desk(account, actor=boss)
    for actor, one in ((boss, own), (seo, desk)):
        with pytest.raises(NotAllowed):
            desk_refuse(actor, desk_id=one.pk, word="No.")
        assert asking(actor, one) is None
    with pytest.raises(NotFound):
        desk_refuse(make_actor("manager", make_unit()), desk_id=desk.pk, word="No.")
    with pytest.raises(Invalid):
        desk_refuse(boss, desk_id=desk.pk, word="x" * 1001)
    desk_close(seo, desk_id=desk.pk)
    with pytest.raises(Conflict):
        desk_refuse(boss, desk_id=desk.pk, word="No.")


@pytest.mark.parametrize(("verdict", "state"), [("approve", "approved"), ("decline", "declined")])
def test_its_master_post_is_decided_there_too(desk_with_picture, browser, boss, verdict, state):
    request = ApprovalRequest.objects.get()
    assert asking(boss, desk_with_picture).openings[0].request == request
    address = f"/live/{desk_with_picture.pk}/master/{request.pk}/decide/"
    answer = browser.post(address, {"verdict": verdict, "word": "As agreed.", "from": "list"})
    assert answer["Location"] == "/live/"
    request.refresh_from_db()
    assert request.state == state
    assert asking(boss, desk_with_picture).openings[0].request is None
    assert "waits for your approval, too" not in text_of(browser.get("/live/"))


def test_a_master_post_is_not_approved_by_who_wrote_it(desk_with_picture, account, boss):
    author = desk_with_picture.opened_by
    client = Client()
    client.force_login(author)
    request = ApprovalRequest.objects.get()
    address = f"/live/{desk_with_picture.pk}/master/{request.pk}/decide/"
    assert client.post(address, {"verdict": "approve"}).status_code == 403
    request.refresh_from_db()
    assert request.is_open
