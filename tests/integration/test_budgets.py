"""What each screen costs in queries: as many at thirty rows as at three, and no more than agreed here."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.actions.approvals import approval_decide, post_comment
from campaigns.actions.launching import post_launch_set
from campaigns.actions.live_desks import Seat
from campaigns.actions.live_presence import live_presence_note
from campaigns.actions.live_snippets import snippet_add
from campaigns.actions.planning import daily_goal_set
from campaigns.actions.policies import unit_policy_set
from campaigns.actions.rehearsals import Wish, rehearsal_ask, rehearsal_begin, rehearsal_done
from campaigns.approval import Step
from campaigns.contents import Picked
from campaigns.models import (
    Campaign,
    Import,
    LibraryImage,
    LiveDesk,
    Post,
    PostImage,
    Rehearsal,
    Series,
)
from campaigns.tasks import write_series
from channels.actions.holding import hold_lift, hold_place
from channels.actions.spending import account_budget_set
from channels.budgets import WINDOWS
from channels.models import ChannelAccount, Delivery, DeliveryAttempt, Hold
from channels.types import Media
from inbox.actions.assignment import conversation_hand_over
from inbox.actions.consults import consult_answer, consult_ask
from inbox.actions.cotags import cotag_set
from inbox.actions.drafts import draft_save
from inbox.actions.handing import hand_over_note_leave
from inbox.actions.notes import note_add
from inbox.actions.rules import rule_switch
from inbox.actions.saved_replies import saved_reply_create
from inbox.actions.triage import conversation_tag
from inbox.models import Conversation, Message, Reply
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.people.models import BusinessUnit, User
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import (
    make_campaign,
    make_image,
    make_live_desk,
    make_post,
    make_series,
    say_live,
)
from tests.factories.channels import make_account, make_delivery, make_fetched, make_parked
from tests.factories.duty import make_on_duty
from tests.factories.imports import make_import, row_of
from tests.factories.inbox import ingest, make_conversations
from tests.factories.people import make_unit, make_user
from tests.factories.rehearsals import report_about
from tests.factories.reports import books_written, make_waits
from tests.factories.routing import make_rule

pytestmark = pytest.mark.django_db


@dataclass
class House:
    """A unit with an account, and somebody who may do everything there."""

    account: ChannelAccount
    user: User

    @property
    def actor(self):
        return actor_for(self.user)


def many_conversations(house, count):
    """Each with another tag and another assignee to look up."""
    for row in make_conversations(count, account=house.account):
        worker = make_user(role="operator", unit=house.account.unit)
        Conversation.objects.filter(pk=row.pk).update(assignee_id=worker.pk, state="open")
        conversation_tag(SYSTEM, conversation_id=row.pk, name=f"tag {row.pk}")


def one_long_conversation(house, count):
    """Lines with pictures and edits, answers that stand and that do not, notes and acts."""
    (row,) = make_conversations(1, account=house.account, author="hong")
    question = row.messages.get()
    below = {"parent_external_id": question.external_id}
    line = {"author": "hong", "media": (Media("https://cdn.example/a.png"),), **below}
    keys = [f"{row.pk}-{number}" for number in range(count)]
    for text in ("first", "second"):
        ingest(house.account, *(make_fetched(key, text=text, **line) for key in keys))
    ingest(house.account, *(make_fetched(is_own=True, author="us", **below) for _key in keys))
    for ours in row.messages.filter(direction="outbound"):
        make_unit()
        worker = make_user(role="operator", unit=house.account.unit)
        sent = make_delivery(account=house.account, state="sent")
        Message.objects.filter(pk=ours.pk).update(operator_id=worker.pk, delivery_id=sent.pk)
        Reply.objects.create(
            conversation=row, answers=question, author=worker, text="No.", request_key=uuid4(),
            delivery=make_delivery(account=house.account, state="rejected"), created_at=now(),
        )  # fmt: skip
        note_add(actor_for(worker), conversation_id=row.pk, text="psst")
        conversation_tag(SYSTEM, conversation_id=row.pk, name=f"tag {worker.pk}")


def many_posts(house, count):
    """Each on accounts of other units, half of them on their way."""
    for number in range(2 * count):
        others = [make_account(unit=make_unit(), kind="x") for _ in range(2)]
        post = make_post(house.account, *others, actor=house.actor)
        for target in post.targets.all() if number % 2 else ():
            target.delivery = make_delivery(account=target.account, kind="post")
            target.save()
            Post.objects.filter(pk=post.pk).update(state="scheduled", publish_at=now())


def many_approvals(house, count):
    """Each asked for by the onlooker or of them, the newest by many and with a word from each."""
    unit = house.account.unit
    approvers = [make_user(role="manager", unit=unit) for _ in range(count)]
    writer = actor_for(make_user(role="staff", unit=unit))
    people = (house.user.pk, *(user.pk for user in approvers))
    unit_policy_set(house.actor, unit_id=unit.pk, steps=[Step(people=people[:30], needs_all=True)])
    for _ in range(count):
        make_post(house.account, actor=house.actor, scheduled=True)
        post = make_post(house.account, actor=writer, scheduled=True)
    for user in approvers[:-1]:
        approval_decide(
            actor_for(user), request_id=post.requests.get().pk, agrees=True, word="Yes."
        )
        post_comment(actor_for(user), post_id=post.pk, text="Nice.")


def many_campaigns(house, count):
    """Each shared with another unit; all posts are the newest one's."""
    for _ in range(count):
        campaign = make_campaign(
            unit=house.account.unit, actor=house.actor, partners=[make_unit().pk]
        )
    for _ in range(count):
        others = [make_account(unit=make_unit(), kind="x") for _ in range(2)]
        make_post(house.account, *others, actor=house.actor, campaign=campaign.pk, scheduled=True)


def many_imports(house, count):
    """Each with as many rows, half of them faulty, the others with remarks."""
    words = f"News {uuid4()}"
    rows = [row_of(house.account, words, days=2 + 2 * number) for number in range(count)]
    rows += [row_of(house.account, "", Accounts=f"no {number}") for number in range(count)]
    for number in range(max(count // 9, 1)):
        make_import(house.actor, house.account.unit, *rows, name=f"{number}.csv")


def many_rehearsals(house, count):
    """Each asked for by somebody else; the campaign has as many posts."""
    campaign = make_campaign(unit=house.account.unit, actor=house.actor)
    given = {"actor": house.actor, "campaign": campaign.pk, "scheduled": True}
    posts = [make_post(house.account, **given) for _ in range(count)]
    for _ in range(count):
        boss = actor_for(make_user(role="manager", unit=house.account.unit))
        rehearsal_ask(boss, campaign_id=campaign.pk, wish=Wish(), request_key=uuid4())
        rehearsal_done(rehearsal_begin(), report_about(*posts))


def one_long_report(house, count):
    many_rehearsals(house, count)


def one_wide_post(house, count):
    accounts = [make_account(unit=house.account.unit) for _ in range(count)]
    body = f"News {uuid4()}"
    make_post(house.account, *accounts, actor=house.actor, body=body, scheduled=True)


def many_images(house, count):
    """Each of the unit, the newest in a post; every post with links of its own."""
    unit = house.account.unit
    for number in range(count):
        image = make_image(unit=unit, actor=house.actor, alt_text="x")
        post = make_post(house.account, actor=house.actor, body=f"https://a.example/{image.pk}")
        PostImage.objects.create(post=post, image=image, position=number)
    for post in Post.objects.order_by("-pk")[:count]:
        PostImage.objects.get_or_create(post=post, image=image, defaults={"position": count})


def many_live_desks(house, count):
    """Each on several accounts; the newest with many lines by many people, snippets, and people at it."""
    accounts = [make_account(unit=house.account.unit, kind="x") for _ in range(2)]
    for _ in range(count):
        desk = make_live_desk(*accounts, actor=house.actor)
    for number in range(count):
        worker = actor_for(make_user(role="staff", unit=house.account.unit))
        say_live(desk, actor=worker)
        snippet_add(worker, desk_id=desk.pk, text=f"snippet {number}")
        live_presence_note(worker, desk_id=desk.pk, tab="t", is_typing=True)


def many_desks_to_let_out(house, count):
    """Each by somebody else on an account of its own, under a post with a picture that waits, with a snippet."""
    unit = house.account.unit
    rule = [Step(people=(house.user.pk,))]
    unit_policy_set(house.actor, unit_id=unit.pk, steps=rule)
    for number in range(count):
        writer = actor_for(make_user(role="staff", unit=unit))
        image = make_image(unit=unit, actor=writer, alt_text="x")
        given = {"body": f"Launch {image.pk}", "images": [Picked(image.pk, "x")]}
        account = make_account(unit=unit, kind="x")
        post = make_post(account, actor=writer, scheduled=True, **given)
        seat = Seat(account.pk, master=post.targets.get().pk)
        desk = make_live_desk(account, actor=writer, seats=[seat])
        snippet_add(writer, desk_id=desk.pk, text=f"snippet {number}")


def many_on_calendar(house, count):
    """Each on several accounts at the same minute, with a goal."""
    for _number in range(count):
        account = make_account(unit=house.account.unit, kind="x")
        daily_goal_set(house.actor, account_id=account.pk, low=1, high=3)
        make_post(house.account, account, actor=house.actor, scheduled=True)


def many_series(house, count):
    """Each on several accounts, the newest with many occurrences."""
    for number in range(max(count // 9, 1)):
        accounts = [make_account(unit=house.account.unit, kind="x") for _ in range(2)]
        make_series(*accounts, actor=house.actor, texts=[f"{number} {{{{number}}}}"])
    write_series()


def many_drafts(house, count):
    """Each by another colleague."""
    for row in make_conversations(count, account=house.account):
        worker = actor_for(make_user(role="operator", unit=house.account.unit))
        draft_save(worker, conversation_id=row.pk, text="words", request_key=uuid4())


def many_on_duty(house, count):
    """Each with a shift, something in hand, something put aside and a note for the next shift."""
    unit = house.account.unit
    for number, row in enumerate(make_conversations(2 * count, account=house.account)):
        worker = make_on_duty(unit)
        aside = {"state": "snoozed", "snoozed_until": now()} if number % 2 else {"state": "open"}
        Conversation.objects.filter(pk=row.pk).update(assignee_id=worker.user_id, **aside)
        hand_over_note_leave(worker, unit_id=unit.pk, text="psst")


def many_consults(house, count):
    """Each asked by another person of another unit, half of them answered."""
    unit = house.account.unit
    for number in range(2 * count):
        account = make_account(unit=make_unit())
        (row,) = make_conversations(1, account=account)
        asker = make_user(role="operator", unit=account.unit)
        asked = consult_ask(
            actor_for(asker), conversation_id=row.pk, unit_id=unit.pk, question="What now?"
        )
        if number % 2:
            consult_answer(house.actor, consult_id=asked.pk, answer="This.")


def many_rules_and_misroutes(house, count):
    """Rules with units, people and tags to look up, and conversations that they sent wrongly."""
    for _ in range(count):
        unit = make_unit()
        worker = make_user(role="operator", unit=unit)
        rule = make_rule(outcome={"unit": unit.pk, "assignee": worker.pk, "tags": ()})
        (row,) = make_conversations(1, account=house.account)
        conversation_hand_over(
            house.actor, conversation_id=row.pk, unit_id=make_unit().pk, reason="x",
            kind="wrong_unit",
        )  # fmt: skip
        rule_switch(SYSTEM, rule_id=rule.pk, is_on=False)


def many_wordings(house, count):
    """Saved replies, and operators with initials."""
    for number in range(count):
        worker = make_user(role="operator", unit=house.account.unit)
        actor, key = actor_for(worker), f"{worker.pk}"
        cotag_set(
            actor, user_id=worker.pk, account_id=house.account.pk, initials=f"A{number}{count}"
        )
        saved_reply_create(
            house.actor, title=key, shortcut=key, text="{{customer}}", is_shared=True,
            unit_id=house.account.unit_id,
        )  # fmt: skip


def many_missed(house, count):
    """Posts that did not leave at their time, each on accounts of several units."""
    many_posts(house, count)
    Delivery.objects.filter(state="planned").update(state="missed", reason_code="late_asks")


def attempted(deliveries):
    """Each was sent with its first call, just now."""
    DeliveryAttempt.objects.bulk_create(
        DeliveryAttempt(
            delivery=one, account=one.account, number=1, armed_at=now(), ended_at=now(),
            outcome="sent",
        )
        for one in deliveries
    )  # fmt: skip


def many_launch_posts(house, count):
    """All of one campaign, each on accounts of two units, sent."""
    campaign = Campaign.objects.first() or make_campaign(
        unit=house.account.unit, actor=house.actor
    )
    for _ in range(count):
        given = {"actor": house.actor, "campaign": campaign.pk, "scheduled": True}
        post = make_post(house.account, make_account(unit=make_unit(), kind="x"), **given)
        post_launch_set(house.actor, post_id=post.pk, is_launch=True)
        attempted(Delivery.objects.filter(post_target__post=post))


def many_spending_accounts(house, count):
    """Each with a budget, and the others to answer for it; the newest has said as much."""
    for _ in range(count):
        account = make_account(unit=house.account.unit, kind="x")
        limits = dict.fromkeys(WINDOWS, 1000)
        account_budget_set(house.actor, account_id=account.pk, limits=limits, reserved=20)
    attempted(make_delivery(account=account, kind="post", state="sent") for _ in range(count))


def many_holds(house, count):
    """Holds in force and over, things they stop and things to review, accounts that are not well."""
    for number in range(count):
        account = make_account(unit=make_unit(), needs_reconnect=bool(number % 2))
        make_delivery(account=account, kind="post", state="armed")
        for _ in range(2):
            make_delivery(account=account, kind="post")
        wish = {"scope": "account", "target": account.pk}
        over = hold_place(house.actor, reason="over", **wish)
        hold_lift(house.actor, hold_id=over.pk)
        make_delivery(account=account, kind="post", priority=number)
        hold_place(house.actor, reason="in force", **wish)


def many_waits(house, count):
    """Waits of other accounts, people, tags and days each, answered and not, in the books."""
    for number in range(count):
        account = make_account(unit=house.account.unit)
        person = make_user(role="operator", unit=house.account.unit)
        opened = now() - timedelta(days=number % 7, hours=1)
        waits = make_waits(house.account.unit, opened, 5, None, account=account, replier=person)
        conversation_tag(SYSTEM, conversation_id=waits[0].conversation_id, name=f"t {person.pk}")
    books_written()


def many_parked(house, count):
    for _ in range(count):
        make_parked(house.account)


#: What fills the screens; each screen's address ({} is the newest conversation or post) and its queries.
SCREENS = {
    many_wordings: {"/saved-replies/": 9, "/initials/": 12},
    many_conversations: {"/": 18, "/?view=all&text=line": 18, "/?view=resolved": 17},
    one_long_conversation: {
        "/conversations/{}/": 36,
        "/conversations/{}/customer/": 36,
        "/conversations/{}/customer/erase/": 20,
        "/conversations/{}/timeline/": 23,
        "/conversations/{}/waits/": 10,
        "/conversations/{}/beside/": 9,
    },
    many_drafts: {"/drafts/?view=unit": 8},
    many_on_duty: {"/duty/": 14, "/duty/units/{}/hand-over/": 18},
    many_posts: {"/posts/": 14, "/posts/?view=drafts": 13},
    many_missed: {"/posts/missed/": 15},
    many_approvals: {
        "/posts/approvals/": 11,
        "/posts/approvals/?view=asked": 11,
        "/posts/approvals/rules/": 9,
        "/posts/{}/": 23,
    },
    many_launch_posts: {
        "/posts/campaigns/{}/certificate/": 14,
        "/posts/campaigns/{}/certificate/?format=csv": 10,
    },
    many_waits: {
        "/reports/?period=30": 20,
        "/reports/?period=30&group=operator": 21,
        "/reports/?period=30&group=tag&cohort=ended": 23,
        "/reports/rows/?period=30&measure=any": 18,
        "/reports/levels/?period=30": 26,
    },
    many_parked: {"/accounts/{}/push/": 12, "/accounts/{}/": 26},
    many_spending_accounts: {
        "/accounts/{}/budget/": 10,
        "/accounts/{}/past/": 11,
        "/accounts/{}/listening/": 10,
        "/accounts/": 8,
    },
    many_campaigns: {"/posts/campaigns/": 10, "/posts/campaigns/{}/": 18},
    many_rehearsals: {
        "/posts/campaigns/{}/rehearsals/": 12,
        "/posts/campaigns/{}/rehearse/": 17,
    },
    one_long_report: {"/posts/rehearsals/{}/": 12},
    many_consults: {"/consults/": 8, "/consults/?view=past": 8},
    many_rules_and_misroutes: {"/routing/": 12, "/misroutes/": 14, "/misroutes/rows/": 12},
    many_images: {
        "/posts/library/": 12,
        "/posts/library/?show=undescribed&q=x": 12,
        "/posts/library/pick/": 8,
        "/posts/library/{}/": 14,
    },
    many_on_calendar: {
        "/posts/calendar/": 15,
        "/posts/calendar/?view=week": 15,
        "/posts/calendar/?view=day": 15,
        "/posts/calendar/?view=list": 15,
    },
    many_live_desks: {
        "/live/": 11,
        "/live/{}/": 20,
        "/live/{}/now/": 16,
        "/live/new/": 14,
    },
    many_desks_to_let_out: {"/live/": 18, "/live/{}/": 26},
    many_series: {"/posts/series/": 10, "/posts/series/{}/": 14},
    many_holds: {"/holds/": 18, "/holds/past/": 12, "/holds/{}/": 13, "/watch/": 24},
    many_imports: {"/posts/import/": 9, "/posts/import/{}/": 14},
    one_wide_post: {"/posts/{}/": 21, "/posts/{}/edit/": 17, "/posts/{}/certificate/": 16},
}
#: Rows to begin with: a conversation longer than a page also asks for what the page does not reach.
FEW = {one_long_conversation: 25}
NEWEST = {one_long_conversation: Conversation, one_wide_post: Post, many_on_duty: BusinessUnit,
          many_campaigns: Campaign, many_images: LibraryImage, many_series: Series, many_approvals: Post,
          many_launch_posts: Campaign, many_spending_accounts: ChannelAccount, many_desks_to_let_out: LiveDesk,
          many_parked: ChannelAccount,
          many_live_desks: LiveDesk, many_holds: Hold, many_imports: Import, many_rehearsals: Campaign,
          one_long_report: Rehearsal}  # fmt: skip


def cost(client, fill, address):
    """Return the queries of one look."""
    newest = NEWEST[fill].objects.order_by("-pk").first().pk if fill in NEWEST else ""
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address.format(newest)).status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("fill", SCREENS, ids=lambda fill: fill.__name__)
def test_thirty_rows_cost_no_more_queries_than_three(fill):
    house = House(make_account(), make_user("boss", role="administrator", language="en"))
    client = Client()
    client.force_login(house.user)
    fill(house, FEW.get(fill, 3))
    few = {address: len(cost(client, fill, address)) for address in SCREENS[fill]}
    fill(house, 27)
    for address, agreed in SCREENS[fill].items():
        statements = cost(client, fill, address)
        assert len(statements) == few[address], statements
        assert len(statements) <= agreed, statements
