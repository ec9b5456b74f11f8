"""Routing rules at work: what opens is routed once, by rules that were tried, and nothing goes wild."""

from datetime import timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from channels.actions.landing import items_land
from inbox.actions.assignment import conversation_hand_over
from inbox.actions.ingest import items_ingest
from inbox.actions.rules import rule_change, rule_delete, rule_move, rule_switch
from inbox.actions.triage import tag_create
from inbox.actions.trials import STEP, rule_try, trials_advance
from inbox.models import Assignment, Conversation, Notice, RoutingRule, RuleRun, UnitStay
from inbox.routing import Conditions, Outcome
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest, make_conversation, make_conversations, make_message
from tests.factories.people import make_actor, make_unit, make_user
from tests.factories.routing import make_rule
from tests.support.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account()


def drain():
    while items_ingest():
        pass


def test_a_rule_sends_what_opens_to_its_unit_person_tags_priority_and_topic(account):
    home = make_unit()
    worker = make_user(role="operator", unit=home)
    tag = tag_create("router")
    rule = make_rule(
        conditions={"keywords": ("공유기",)},
        outcome={
            "unit": home.pk, "assignee": worker.pk, "tags": (tag.pk,), "priority": 3,
            "topic": "router",
        },
    )  # fmt: skip
    hit = make_conversation(account=account, text="공유기가 안돼요")
    other = make_conversation(account=account, text="안녕하세요")
    assert (hit.unit, hit.assignee, hit.priority, hit.topic, hit.state) == (
        home, worker, 3, "router", "open",
    )  # fmt: skip
    assert [row.name for row in hit.tags.all()] == ["router"]
    assert (other.unit, other.priority, other.topic) == (account.unit, 1, "")
    assert Assignment.objects.get(conversation=hit).assignee == worker
    assert Notice.objects.get().user == worker
    act = Activity.objects.get(verb="inbox.conversation.routed")
    assert (act.actor_kind, act.subject_id, act.data["rule"]) == ("system", hit.pk, rule.name)
    rule.refresh_from_db()
    assert (rule.hits, rule.last_hit_at is not None) == (1, True)


def test_a_stay_knows_the_rule_that_was_wrong(account):
    home = make_unit()
    rule = make_rule(outcome={"unit": home.pk})
    row = make_conversation(account=account)
    conversation_hand_over(
        SYSTEM, conversation_id=row.pk, unit_id=account.unit_id, reason="ours", kind="wrong_unit"
    )
    by_rule, back = UnitStay.objects.filter(conversation=row).order_by("id")
    assert (by_rule.came_by, by_rule.unit, by_rule.rule) == ("rule", home, rule)
    assert (back.wrong_rule, back.came_from, back.is_return) == (rule, home, False)


def test_rules_are_asked_in_order_until_one_says_stop(account):
    first = make_rule(outcome={"priority": 3, "stop": True})
    make_rule(outcome={"topic": "late"})
    assert make_conversation(account=account).topic == ""
    rule_move(SYSTEM, rule_id=first.pk, up=False)
    moved = make_conversation(account=account)
    assert (moved.topic, moved.priority) == ("late", 3)


def test_a_conversation_is_routed_once_whatever_comes_after(account):
    make_rule(outcome={"priority": 3})
    row = make_conversation(account=account)
    make_message(row, text="one more")
    make_message(row, text="and more")
    assert RuleRun.objects.filter(conversation=row).count() == 1


def test_no_rule_sets_off_another_and_bots_that_answer_each_other_run_no_rule_twice(account):
    """Rule A tags, B assigns, C tags: one pass. Another brand's bot that answers us opens nothing anew."""
    worker = make_user(role="operator", unit=account.unit)
    a, c = tag_create("a"), tag_create("c")
    make_rule(outcome={"tags": (a.pk,)})
    make_rule(outcome={"assignee": worker.pk})
    make_rule(outcome={"tags": (c.pk,)})
    row = make_conversation(account=account, author="bot")
    for _ in range(5):
        make_message(row, is_own=True, author="us", text="Thank you.")
        make_message(row, text="Thank you for your thanks.")
    assert RuleRun.objects.filter(conversation=row).count() == 3
    assert row.conversation_tags.count() == 2


def test_history_is_left_alone_unless_a_rule_asks_for_it(account):
    long_ago = now() - timedelta(days=3)
    make_rule(outcome={"priority": 3})
    make_rule(outcome={"topic": "old"}, on_old_lines=True)
    rows = make_conversations(20, account=account, posted_at=long_ago)
    assert {(row.priority, row.topic) for row in rows} == {(1, "old")}


def test_a_rule_that_hits_too_often_is_switched_off_and_administrators_are_told(account):
    root = make_user(role="administrator")
    rule = make_rule(outcome={"priority": 3}, most_per_hour=5)
    rows = make_conversations(12, account=account)
    assert sorted(row.priority for row in rows) == [1] * 7 + [3] * 5
    rule.refresh_from_db()
    assert (rule.is_on, rule.hits, rule.tripped_at is None) == (False, 5, False)
    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.data["name"]) == (root, "rule_tripped", rule.name)
    assert make_conversation(account=account).priority == 1


def test_what_a_rule_names_may_be_gone_and_nothing_breaks(account):
    home = make_unit()
    worker = make_user(role="operator", unit=home)
    make_rule(outcome={"unit": home.pk, "assignee": worker.pk, "priority": 3})
    home.is_active = False
    home.save()
    row = make_conversation(account=account)
    assert (row.unit, row.assignee, row.priority) == (account.unit, None, 3)


def test_routing_costs_as_many_statements_for_forty_conversations_as_for_four(account):
    home = make_unit()
    tag = tag_create("t")
    for number in range(5):
        make_rule(outcome={"unit": home.pk, "tags": (tag.pk,), "priority": number % 4})

    def cost(count):
        items_land(account, [make_fetched(author=f"c{count}-{n}") for n in range(count)])
        with CaptureQueriesContext(connection) as queries:
            items_ingest()
        return len(queries)

    cost(1)
    few, many = cost(4), cost(19)
    assert few == many


def test_only_what_was_tried_is_switched_on_and_a_change_must_be_tried_anew(account):
    rule = make_rule(is_on=False)
    with pytest.raises(Conflict) as refusal:
        rule_switch(SYSTEM, rule_id=rule.pk, is_on=True)
    assert refusal.value.code == "untried"
    rule_try(SYSTEM, rule_id=rule.pk)
    assert trials_advance()
    rule_switch(SYSTEM, rule_id=rule.pk, is_on=True)
    same = {"name": "New name", "conditions": Conditions(), "outcome": Outcome(priority=2)}
    assert rule_change(SYSTEM, rule_id=rule.pk, **same).is_on
    changed = rule_change(SYSTEM, rule_id=rule.pk, **(same | {"outcome": Outcome(priority=3)}))
    assert not changed.is_on
    with pytest.raises(Conflict):
        rule_switch(SYSTEM, rule_id=rule.pk, is_on=True)


def test_a_trial_says_what_would_happen_and_changes_nothing(account):
    home = make_unit()
    earlier = make_rule(conditions={"keywords": ("vip",)}, outcome={"unit": account.unit_id})
    stops = make_rule(conditions={"keywords": ("spam",)}, outcome={"stop": True})
    rule = make_rule(
        is_on=False, conditions={"keywords": ("roaming",)},
        outcome={"unit": home.pk, "priority": 3},
    )  # fmt: skip
    plain = make_conversation(account=account, text="roaming please")
    right = make_conversation(account=account, text="my roaming")
    Conversation.objects.filter(pk=right.pk).update(unit=home)
    make_conversation(account=account, text="vip roaming")
    make_conversation(account=account, text="spam roaming")
    make_conversation(account=account, text="something else")
    old = make_conversation(account=account, text="roaming long ago")
    Conversation.objects.filter(pk=old.pk).update(opened_at=now() - timedelta(days=31))
    trial = rule_try(SYSTEM, rule_id=rule.pk)
    while trials_advance():
        pass
    trial.refresh_from_db()
    assert (trial.state, trial.total, trial.looked_at) == ("done", 5, 5)
    found = trial.result
    assert (found["hits"], sum(found["per_day"].values())) == (3, 3)
    assert found["stopped"] == {str(stops.pk): 1}
    assert found["too_late"] == {"unit": {str(earlier.pk): 1}}
    assert found["decides"] == {"unit": 2, "priority": 3}
    assert (found["there_already"], found["elsewhere"]) == (1, 1)
    assert {plain.pk, right.pk} < set(found["examples"])
    plain.refresh_from_db()
    assert plain.priority == 1
    assert not RuleRun.objects.filter(rule=rule).exists()


def test_a_trial_goes_on_where_a_worker_left_it(account, monkeypatch):
    monkeypatch.setattr("inbox.actions.trials.STEP", 3)
    assert STEP > 3
    make_conversations(7, account=account)
    rule = make_rule(is_on=False)
    trial = rule_try(SYSTEM, rule_id=rule.pk)
    assert rule_try(SYSTEM, rule_id=rule.pk) == trial
    progress = []
    while trials_advance():
        trial.refresh_from_db()
        progress.append(trial.looked_at)
    assert progress == [3, 6, 7]
    assert trial.result["hits"] == 7


def test_rules_are_kept_by_those_who_direct_the_whole_house(account):
    rule = make_rule(is_on=False)
    for who in (make_actor("manager", account.unit), make_actor("operator")):
        with pytest.raises(NotAllowed):
            rule_switch(who, rule_id=rule.pk, is_on=False)
    assert rule_move(make_actor("manager"), rule_id=rule.pk, up=True) == rule


@pytest.mark.parametrize(
    ("conditions", "outcome", "field"),
    [
        ({}, {}, "unit"),
        ({}, {"unit": 999_999}, "unit"),
        ({}, {"assignee": 999_999}, "assignee"),
        ({"zone": "Mars/Base"}, {"priority": 2}, "zone"),
        ({"begins": 60, "ends": 60}, {"priority": 2}, "ends"),
    ],
)
def test_nonsense_is_refused_at_its_field(conditions, outcome, field):
    rule = make_rule(is_on=False)
    with pytest.raises(Invalid) as refusal:
        rule_change(
            SYSTEM, rule_id=rule.pk, name="x", conditions=Conditions(**conditions),
            outcome=Outcome(**outcome),
        )  # fmt: skip
    assert refusal.value.data["field"] == field


def test_a_rule_that_is_on_is_not_deleted(account):
    rule = make_rule()
    with pytest.raises(Conflict):
        rule_delete(SYSTEM, rule_id=rule.pk)
    rule_switch(SYSTEM, rule_id=rule.pk, is_on=False)
    make_conversation(account=account)
    rule_delete(SYSTEM, rule_id=rule.pk)
    assert not RoutingRule.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_storm_by_two_doors_runs_each_rule_once(account):
    make_rule(outcome={"priority": 3})
    make_rule(outcome={"topic": "storm"})
    for turn in range(3):
        page = [make_fetched(f"{turn}-{n}", author=f"c{turn}-{n}") for n in range(20)]
        land = [partial(items_land, account, items) for items in (page, list(reversed(page)))]
        together(*land, drain, drain)
        drain()
    assert Conversation.objects.count() == 60
    assert RuleRun.objects.count() == 120
    assert sorted(RoutingRule.objects.values_list("hits", flat=True)) == [60, 60]


def test_one_by_one_gives_what_the_batch_gives(account):
    """A line that has been answered on the platform takes the long way; it is routed there too."""
    make_rule(outcome={"priority": 3})
    line = make_fetched("q1", author="cho")
    answer = make_fetched("a1", author="us", is_own=True, parent_external_id="q1")
    ingest(account, line, answer)
    assert Conversation.objects.get().priority == 3
