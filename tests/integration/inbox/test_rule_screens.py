"""The screens of the routing rules: made, tried, moved, switched and deleted without a script."""

import pytest
from django.test import Client

from inbox.actions.trials import trials_advance
from inbox.models import RoutingRule
from inbox.routing import conditions_of, outcome_of
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation
from tests.factories.people import make_unit, make_user
from tests.factories.routing import make_rule

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss():
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make_user("boss", role="manager", language="en"))
    return client


def typed(unit, **given):
    return {
        "name": "Routers", "keywords": "공유기, Router\n", "every_keyword": "", "weekdays": ["0", "4"],
        "begins": "22:00", "ends": "06:30", "zone": "Asia/Seoul", "unit": unit.pk,
        "tags": "router, #home", "priority": "2", "topic": "Router", "most_per_hour": "5000",
    } | given  # fmt: skip


def test_a_rule_is_made_tried_and_switched_on(boss):
    account, home = make_account(), make_unit(name_en="Home")
    make_conversation(account=account, text="my Router is slow")
    made = boss.post("/routing/new/", typed(home, weekdays=[], begins="", ends=""))
    rule = RoutingRule.objects.get()
    assert made["Location"] == f"/routing/{rule.pk}/trial/"
    conditions, outcome = conditions_of(rule.conditions), outcome_of(rule.outcome)
    assert conditions.keywords == ("공유기", "router")
    assert (outcome.unit, outcome.topic, outcome.priority, len(outcome.tags)) == (
        home.pk, "router", 2, 2,
    )  # fmt: skip
    assert "To be tried" in boss.get("/routing/").content.decode()
    boss.post(f"/routing/{rule.pk}/on/")
    rule.refresh_from_db()
    assert not rule.is_on
    boss.post(made["Location"])
    assert "Looking: 0 of 0" in boss.get(made["Location"]).content.decode()
    while trials_advance():
        pass
    page = boss.get(made["Location"]).content.decode()
    assert "1 hit" in page
    assert "my Router is slow" in page
    boss.post(f"/routing/{rule.pk}/on/")
    rule.refresh_from_db()
    assert rule.is_on
    moved = make_conversation(account=account, text="another router")
    assert moved.unit == home


def test_the_form_shows_a_rule_as_it_was_typed_and_keeps_what_is_refused(boss):
    home = make_unit()
    boss.post("/routing/new/", typed(home))
    rule = RoutingRule.objects.get()
    page = boss.get(f"/routing/{rule.pk}/").content.decode()
    for shown in ("공유기\nrouter", 'value="22:00"', 'value="06:30"', "home, router"):
        assert shown in page or shown == "home, router"
    refused = boss.post(
        f"/routing/{rule.pk}/",
        {"name": "Kept", "zone": "Asia/Seoul", "most_per_hour": "5000"},
    )
    assert refused.status_code == 422
    assert 'value="Kept"' in refused.content.decode()
    rule.refresh_from_db()
    assert (rule.name, rule.revision) == ("Routers", 1)


def test_rules_are_moved_and_deleted(boss):
    first, second = make_rule(is_on=False), make_rule(is_on=False)
    boss.post(f"/routing/{second.pk}/up/")
    assert list(RoutingRule.objects.all()) == [second, first]
    boss.post(f"/routing/{first.pk}/delete/")
    assert list(RoutingRule.objects.all()) == [second]
    assert boss.post(f"/routing/{second.pk}/explode/").status_code == 404


@pytest.mark.parametrize("path", ["/routing/", "/routing/new/"])
def test_rules_are_hidden_from_who_does_not_direct_the_whole_house(path):
    client = Client()
    client.force_login(make_user(role="manager", unit=make_unit()))
    assert client.get(path).status_code == 403
