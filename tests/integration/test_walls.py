"""Walls: nobody without a role in a walled unit finds anything of it, by any address of the house."""

import re
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from rest_framework.test import APIClient

from campaigns.actions.approvals import approval_ask, post_comment
from campaigns.actions.guest_links import guest_link_make as approval_link_make
from campaigns.actions.import_running import imports_run
from campaigns.actions.imports import import_upload
from campaigns.actions.live_lines import line_say
from campaigns.actions.live_snippets import snippet_add
from campaigns.actions.policies import unit_policy_set
from campaigns.actions.rehearsals import Wish, rehearsal_ask, rehearsal_begin, rehearsal_done
from campaigns.actions.releases import release_ask
from campaigns.approval import Step
from campaigns.models import PostPart
from channels.actions.holding import hold_place
from channels.models import Handshake
from inbox.actions.assignment import conversation_hand_over
from inbox.actions.consults import consult_ask
from inbox.actions.drafts import draft_save
from inbox.actions.guest_links import guest_link_make
from inbox.actions.notes import note_add
from inbox.actions.notices import notices_give
from inbox.actions.replies import reply_send
from inbox.actions.triage import conversation_tag
from inbox.models import Conversation, Draft, FollowUp, Note, Notice, SavedReply
from inbox.notices import NoticeKind
from inbox.selectors.access import conversations_for
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotAllowed, NotFound
from opsconsole.people.actions import unit_wall_set
from opsconsole.people.models import Membership
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import actor_for, people_who_can
from opsconsole.reports.selectors import ActivityFilter, activity_page
from tests.factories.campaigns import (
    make_campaign,
    make_image,
    make_live_desk,
    make_post,
    make_series,
)
from tests.factories.channels import make_account, make_parked
from tests.factories.clocks import make_policy
from tests.factories.imports import posts_file
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_unit, make_user
from tests.factories.rehearsals import report_about
from tests.factories.reports import books_written

pytestmark = pytest.mark.django_db

SECRET = "봉인된이야기"
OUTSIDERS = ("operator", "manager", "staff", "guest", "administrator", "neighbour", "super")
#: Settings, which an administrator of every unit keeps; what they show is no content.
SETTINGS = re.compile(
    r"^(/people/|/accounts/|/desks/|/preferences/|/photos/|/api/v1/accounts/|/posts/approvals/rules/)"
)
#: Leave the walk itself unharmed.
LEFT_OUT = {"/sign-out/", "/language/", "/live", "/api/v1/tokens/", "/api/v1/tokens/current/"}


@pytest.fixture
def house():
    """A walled unit in which everything happens, and people of every role in every other way."""
    walled, other = make_unit(slug="walled"), make_unit(slug="other")
    inside = make_user("inside", role="operator", unit=walled, language="en")
    actor = actor_for(inside)
    account = make_account(unit=walled, kind="facebook")
    conversation = make_conversation(account=account, author="cho", text=f"L {SECRET}")
    conversation_tag(actor, conversation_id=conversation.pk, name="inside")
    note_add(actor, conversation_id=conversation.pk, text=f"N {SECRET}")
    reply = reply_send(
        actor, conversation_id=conversation.pk, answers_id=None, text=f"R {SECRET}",
        request_key=uuid4(),
    )  # fmt: skip
    draft_save(
        actor, conversation_id=conversation.pk, text=f"D {SECRET}", request_key=uuid4()
    )  # fmt: skip
    notices_give([inside.pk], NoticeKind.ASSIGNED, key="house", conversation=conversation)
    campaign = make_campaign(unit=walled, name=f"C {SECRET}", goal=f"G {SECRET}")
    post = make_post(account, title=f"P {SECRET}", body=f"B {SECRET}", campaign=campaign.pk)
    imported = import_upload(
        actor_for(make_user(role="staff", unit=walled)), unit_id=walled.pk, request_key=uuid4(),
        name=f"I {SECRET}.csv", content=posts_file({"Text": SECRET, "Accounts": account.name}),
    )  # fmt: skip
    imports_run()
    series = make_series(account, texts=[f"Z {SECRET} {{{{number}}}}"])
    writer, boss = (actor_for(make_user(role=role, unit=walled)) for role in ("staff", "manager"))
    desk = make_live_desk(account, actor=writer, name=f"V {SECRET}")
    snippet = snippet_add(writer, desk_id=desk.pk, text=f"W {SECRET}")
    line = line_say(writer, desk_id=desk.pk, text=f"X {SECRET}", request_key=uuid4())
    unit_policy_set(boss, unit_id=walled.pk, steps=[Step(role="manager")])
    asked = approval_ask(writer, post_id=post.pk)
    post_comment(boss, post_id=post.pk, text=f"K {SECRET}")
    release_ask(boss, post_id=post.pk, reason=f"Z {SECRET}")
    rehearsal = rehearsal_ask(boss, campaign_id=campaign.pk, wish=Wish(), request_key=uuid4())
    rehearsal_done(rehearsal_begin(), report_about(post))
    approval_link, _secret = approval_link_make(boss, request_id=asked.pk, language="ko")
    make_conversation(account=make_account(unit=other), author="dan", text="plain line")
    SavedReply.objects.create(
        title=f"T {SECRET}", shortcut="t", text=f"S {SECRET}", unit=walled, created_by=inside,
        created_at=now(), updated_at=now(),
    )  # fmt: skip
    FollowUp.objects.create(
        conversation=conversation, message=conversation.messages.first(), quote=f"F {SECRET}",
        due_at=now(), owner=inside, created_by=inside, created_at=now(),
    )  # fmt: skip
    consult = consult_ask(
        actor,
        conversation_id=conversation.pk,
        unit_id=make_unit(is_walled=True).pk,
        question=f"Q {SECRET}",
    )
    guest_link_make(actor, consult_id=consult.pk, lines=[], language="ko")
    hold = hold_place(
        SYSTEM, scope="unit", target=walled.pk, reason=f"H {SECRET}", with_answers=True
    )  # fmt: skip
    books_written()
    people = {
        role: make_user(role, role=role, language="en")
        for role in ("operator", "manager", "staff", "guest", "administrator")
    }
    people["neighbour"] = make_user("neighbour", role="manager", unit=other, language="en")
    people["super"] = make_user("super", is_superuser=True, language="en")
    walled.is_walled = True
    walled.save()
    image = make_image(actor=writer, unit=walled, name=f"I {SECRET}")
    part = PostPart.objects.create(target=post.targets.get(), position=1, text=SECRET)
    handshake = Handshake.objects.create(
        kind="facebook", way="by_hand", account=account, asked_by=inside, asked_at=now(),
        until=now() + timedelta(hours=1), found=[{"name": SECRET}],
    )  # fmt: skip
    event = make_parked(account, f'{{"object": "page", "entry": "{SECRET}"}}')
    return SimpleNamespace(
        event=event, handshake=handshake, part=part, policy=make_policy(unit=walled),
        walled=walled, other=other, account=account, conversation=conversation, reply=reply,
        post=post, campaign=campaign, series=series, image=image, imported=imported, asked=asked,
        approval_link=approval_link, desk=desk, snippet=snippet, line=line, rehearsal=rehearsal,
        inside=inside, consult=consult, hold=hold, boss=boss.user_id, **people,
    )  # fmt: skip


def ids_of(house):
    """What stands for each part of an address: rows behind the wall."""
    conversation = house.conversation
    return {
        "conversation_id": conversation.pk,
        "delivery_id": house.reply.delivery_id,
        "hold_id": house.hold.pk,
        "account_id": house.account.pk,
        "handshake_id": house.handshake.pk,
        "way": "by_hand",
        "post_id": house.post.pk,
        "campaign_id": house.campaign.pk,
        "rehearsal_id": house.rehearsal.pk,
        "number": 1,
        "series_id": house.series.pk,
        "image_id": house.image.pk,
        "event_id": house.event.pk,
        "desk_id": house.desk.pk,
        "line_id": house.line.pk,
        "word_id": house.line.words.get().pk,
        "place_id": house.desk.places.get().pk,
        "snippet_id": house.snippet.pk,
        "request_id": house.asked.pk,
        "import_id": house.imported.pk,
        "target_id": house.post.targets.get().pk,
        "tag_id": conversation.tags.get().pk,
        "message_id": conversation.messages.first().pk,
        "reply_id": house.reply.pk,
        "saved_reply_id": SavedReply.objects.get().pk,
        "consult_id": house.consult.pk,
        "link_id": house.consult.links.get().pk,
        "notice_id": Notice.objects.get().pk,
        "draft_id": Draft.objects.get().pk,
        "note_id": Note.objects.get().pk,
        "contact_id": conversation.contact_id,
        "policy_id": house.policy.pk,
        "request_key": house.reply.request_key,
        "part_id": house.part.pk,
        "unit_id": house.walled.pk,
        "user_id": house.inside.pk,
        "membership_id": house.inside.memberships.get().pk,
        "kind": "facebook",
        "name": "x.webp",
        "verb": "pause",
        "token": "x" * 43,
    }


#: Rows of one person, of no unit, or behind the gate of something above: their own tests know their gates.
OF_NO_UNIT = {
    "cotag_id", "view_id", "job_id", "draft_id", "shift_id", "rule_id", "followup_id", "language",
    "person_id",
}  # fmt: skip

#: Which row a plain `pk` of the API means.
PKS = {
    "conversations": "conversation_id", "accounts": "account_id", "deliveries": "delivery_id",
    "posts": "post_id", "approvals": "request_id", "campaigns": "campaign_id",
    "images": "image_id", "imports": "import_id", "users": "user_id", "units": "unit_id", "tags": "tag_id",
    "live-desks": "desk_id", "saved-replies": "saved_reply_id", "holds": "hold_id",
    "rehearsals": "rehearsal_id", "series": "series_id", "handshakes": "handshake_id",
}  # fmt: skip


def addresses(house):
    """Every address of the house, filled with rows behind the wall, and with rows that never were."""
    ids = ids_of(house)
    nowhere = {name: uuid4() if name == "request_key" else 999_999 for name in ids}
    nowhere |= {name: ids[name] for name in ("kind", "name", "token", "verb", "way")}
    for route in routes(get_resolver().url_patterns):
        behind, never = _filled(route, ids), _filled(route, nowhere)
        if behind not in LEFT_OUT:
            yield behind, never


def _filled(route, ids):
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(_stand_in(found[1], route, ids)), route)


def _stand_in(name, route, ids):
    if name == "pk":
        return ids[PKS[route.split("/")[3]]]
    if name in OF_NO_UNIT or (name not in ids and "conversation_id" in route):
        return 999_998
    assert name in ids, f"say in ids_of what stands for <{name}> of {route}"
    return ids[name]


def routes(patterns, before="/"):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if not isinstance(pattern, URLPattern):
            yield from routes(pattern.url_patterns, route)
        elif "^" not in route:
            yield route


def client_of(user):
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    return client


def words_of(response):
    if response.streaming:
        with pytest.warns(Warning, match="synchronously"):
            content = b"".join(response)
    else:
        content = response.content
    if content.startswith(b"PK"):  # a workbook: what stands in its parts
        with ZipFile(BytesIO(content)) as parts:
            content = b"".join(parts.read(name) for name in parts.namelist())
    return content.decode()


@pytest.mark.parametrize("role", ["manager", "administrator", "neighbour"])
def test_no_address_of_the_house_shows_what_is_behind_a_wall(house, role):
    """What stands behind a wall is answered for like what never was."""
    user = getattr(house, role)
    pages, api = client_of(user), APIClient()
    api.force_authenticate(user)
    rows = 0
    for behind, never in addresses(house):
        is_setting = role == "administrator" and SETTINGS.match(behind)
        client = api if behind.startswith("/api/") else pages
        seen = client.get(behind)
        assert SECRET not in words_of(seen), behind
        if behind != never and not is_setting:
            rows += 1
            given = {
                "text": "x",
                "reason": "x",
                "name": "x",
                "unit": house.other.pk,
                "assignee": 1,
            }
            assert seen.status_code in {302, 403, 404, 405}, behind
            assert seen.status_code == client.get(never).status_code, behind
            pressed = client.post(behind, given).status_code
            assert pressed == client.post(never, given).status_code, behind
            assert pressed in {302, 403, 404, 405, 415, 422}, behind
    assert rows > 30
    assert Note.objects.count() == 1


@pytest.mark.parametrize(
    "query", ["text={}", "view=all&text={}", "view=all", "unit={}", "account={}"]
)
@pytest.mark.parametrize("role", ["manager", "super"])
def test_no_search_or_filter_finds_it(house, role, query):
    asked = query.format(
        {"unit": house.walled.pk, "account": house.account.pk}.get(query[:-3], SECRET)
    )
    page = client_of(getattr(house, role)).get(f"/?{asked}").content.decode()
    assert f"/conversations/{house.conversation.pk}/" not in page
    assert f"L {SECRET}" not in page


@pytest.mark.parametrize("role", OUTSIDERS)
def test_the_gate_knows_the_wall(house, role):
    actor = actor_for(getattr(house, role))
    assert not actor.can(Ability.READ_INBOX, house.walled.pk)
    assert not conversations_for(actor).filter(pk=house.conversation.pk).exists()


def test_who_has_a_role_in_the_unit_sees_it(house):
    page = client_of(house.inside).get(f"/conversations/{house.conversation.pk}/")
    assert page.status_code == 200
    assert SECRET in page.content.decode()


def test_a_role_in_the_unit_opens_the_wall_to_a_role_in_every_unit(house):
    Membership.objects.create(user=house.manager, unit=house.walled, role="operator")
    actor = actor_for(house.manager)
    assert actor.can(Ability.READ_INBOX, house.walled.pk)
    assert not actor.can(Ability.DIRECT_INBOX, house.walled.pk)
    assert actor.can(Ability.DIRECT_INBOX, house.other.pk)


def test_the_customers_history_stops_at_the_wall(house):
    seen = make_conversation(
        account=make_account(unit=house.other, kind="x"), author="cho", text="hello"
    )
    Conversation.objects.filter(pk=seen.pk).update(contact=house.conversation.contact)
    page = client_of(house.operator).get(f"/conversations/{seen.pk}/").content.decode()
    assert SECRET not in page
    assert f"/conversations/{house.conversation.pk}/" not in page


def test_its_record_is_read_inside_only_while_acts_of_the_house_stay_readable(house):
    unit_wall_set(SYSTEM, unit_id=house.other.pk, is_walled=False)
    for role in ("manager", "administrator"):
        shown = activity_page(actor_for(getattr(house, role)), ActivityFilter(), size=100).rows
        assert house.walled.pk not in {row.unit_id for row in shown}
    assert actor_for(house.administrator).everywhere(Ability.READ_AUDIT)


def test_nobody_outside_is_told_or_given_work(house):
    people = [getattr(house, role).pk for role in OUTSIDERS] + [house.inside.pk]
    notices_give(people, NoticeKind.HANDED_OVER, key="1", conversation=house.conversation)
    told = Notice.objects.filter(kind=NoticeKind.HANDED_OVER)
    assert [row.user_id for row in told] == [house.inside.pk]
    can = people_who_can(Ability.WORK_INBOX, house.walled.pk)
    assert {user.pk for user in can} == {house.inside.pk, house.boss}


def test_a_conversation_handed_over_behind_a_wall_is_gone_for_those_outside(house):
    mine = make_conversation(account=make_account(unit=house.other), author="eve")
    actor = actor_for(house.operator)
    conversation_hand_over(
        actor, conversation_id=mine.pk, unit_id=house.walled.pk, reason="theirs"
    )
    make_message(mine, text="one more")
    assert client_of(house.operator).get(f"/conversations/{mine.pk}/").status_code == 404
    assert client_of(house.inside).get(f"/conversations/{mine.pk}/").status_code == 200


def test_only_who_manages_people_raises_a_wall_and_never_around_nobody(house):
    with pytest.raises(NotAllowed):
        unit_wall_set(actor_for(house.manager), unit_id=house.other.pk, is_walled=True)
    admin = actor_for(house.administrator)
    empty = make_unit()
    with pytest.raises(Invalid):
        unit_wall_set(admin, unit_id=empty.pk, is_walled=True)
    with pytest.raises(NotFound):
        unit_wall_set(admin, unit_id=999_999, is_walled=True)
    unit_wall_set(admin, unit_id=house.walled.pk, is_walled=False)
    assert actor_for(house.operator).can(Ability.READ_INBOX, house.walled.pk)


def test_the_wall_is_put_up_on_a_screen(house):
    client = client_of(house.administrator)
    address = f"/people/units/{house.other.pk}/wall/"
    assert "neighbour" in client.get(address).content.decode().lower()
    client.post(address, {"wall": "up"})
    house.other.refresh_from_db()
    assert house.other.is_walled
    assert client_of(house.manager).get(address).status_code == 403


def test_walls_around_all_units_open_nothing(house):
    house.other.is_walled = True
    house.other.save()
    actor = actor_for(house.operator)
    assert actor.units(Ability.READ_INBOX) == frozenset()
    assert not actor.can(Ability.READ_INBOX, house.other.pk)
