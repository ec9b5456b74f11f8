"""The demo's routing rules, tried and switched on, and a question between units. Once only."""

from inbox.actions.consults import consult_ask
from inbox.actions.rules import rule_create, rule_switch
from inbox.actions.triage import tag_named
from inbox.actions.trials import rule_try, trials_advance
from inbox.lifecycle import ACTIVE, Priority
from inbox.models import Consult, Conversation, RoutingRule
from inbox.routing import Conditions, Outcome
from opsconsole.kernel.actor import Actor
from opsconsole.people.models import BusinessUnit, User
from opsconsole.people.selectors import actor_for

QUESTION = "이 고객이 쓰는 공유기도 5G 결합 할인 대상인가요? 오늘 안에 답해야 합니다."


def seed_rules() -> None:
    """Make a few rules; the last waits for its trial."""
    if RoutingRule.objects.exists():
        return
    actor = actor_for(User.objects.get(username="sora"))
    units = {unit.slug: unit.pk for unit in BusinessUnit.objects.all()}
    fault = tag_named(actor, "장애").pk
    english = tag_named(actor, "English").pk
    rules = [
        ("인터넷·공유기는 홈으로",
         Conditions(keywords=("공유기", "와이파이", "iptv", "셋톱")),
         Outcome(unit=units["home"], topic="인터넷")),
        ("장애 신고는 긴급",
         Conditions(keywords=("끊겨", "끊김", "끊깁", "먹통", "장애")),
         Outcome(priority=Priority.URGENT, tags=(fault,))),
        ("영어 문의", Conditions(languages=("en",)), Outcome(tags=(english,))),
    ]  # fmt: skip
    for name, conditions, outcome in rules:
        rule = rule_create(actor, name=name, conditions=conditions, outcome=outcome)
        rule_try(actor, rule_id=rule.pk)
        while trials_advance():
            pass
        rule_switch(actor, rule_id=rule.pk, is_on=True)
    rule_create(
        actor, name="팔로워 1만 명 이상", conditions=Conditions(followers_at_least=10_000),
        outcome=Outcome(priority=Priority.HIGH),
    )  # fmt: skip


def seed_consult() -> None:
    """Let Mobile ask Home about a conversation, as soon as there is one."""
    if Consult.objects.exists():
        return
    actor: Actor = actor_for(User.objects.get(username="yuna"))
    home = BusinessUnit.objects.get(slug="home")
    about = (
        Conversation.objects.filter(unit__slug="mobile", state__in=ACTIVE).order_by("pk").first()
    )
    if about is not None:
        consult_ask(actor, conversation_id=about.pk, unit_id=home.pk, question=QUESTION)
