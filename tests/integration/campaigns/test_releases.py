"""Out of the ordinary: guests who approve by a link, and two people who release in an emergency."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from campaigns.actions.guest_links import (
    guest_decide,
    guest_link_make,
    guest_link_opened,
    guest_link_withdraw,
)
from campaigns.actions.posts import post_send_now
from campaigns.actions.releases import release_ask, release_give
from campaigns.models import ApprovalLink, EmergencyRelease, PostNews
from campaigns.selectors.approvals import digest_of, link_of
from channels.actions.deliveries import delivery_send_again
from channels.actions.sending import windows_close
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.tasks import settle
from tests.factories.approvals import delivery_of, due, make_desk, request_of
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_desk()


def link_for(desk, post, **given):
    wish = {"language": "en", **given}
    return guest_link_make(desk.min, request_id=request_of(post).pk, **wish)


def decide(secret, *, agrees=True, name="Ms. Cho", word=""):
    return guest_decide(secret=secret, name=name, agrees=agrees, word=word)


# --- Guests ---


def test_a_guest_speaks_once_for_whoever_is_asked(desk):
    post = desk.scheduled()
    link, secret = link_for(desk, post)
    assert (link.digest, secret in str(vars(link))) == (digest_of(secret), False)
    guest_link_opened(link_of(secret))
    decide(secret, word="Fine.")
    voice = request_of(post).voices.get(user=desk.min.user_id)
    assert (voice.agrees, voice.guest, voice.word) == (True, "Ms. Cho", "Fine.")
    assert delivery_of(post).state == "planned"
    with pytest.raises(NotFound):
        decide(secret)
    verbs = Activity.objects.filter(verb__startswith="campaigns.approval.link")
    assert {row.verb.rsplit("_", 1)[1] for row in verbs} == {"made", "opened"}


def test_a_guest_can_say_no(desk):
    post = desk.scheduled()
    _link, secret = link_for(desk, post)
    with pytest.raises(Invalid):
        decide(secret, agrees=False)
    with pytest.raises(Invalid):
        decide(secret, name=" ")
    decide(secret, agrees=False, word="No.")
    assert request_of(post).state == "declined"


def test_a_link_dies_of_age_of_being_taken_back_and_with_the_request(desk):
    post = desk.scheduled()
    old, secret = link_for(desk, post)
    ApprovalLink.objects.filter(pk=old.pk).update(expires_at=now())
    with pytest.raises(NotFound):
        decide(secret)
    taken, secret = link_for(desk, post)
    with pytest.raises(NotFound):
        guest_link_withdraw(desk.gil, request_id=request_of(post).pk, link_id=taken.pk)
    guest_link_withdraw(desk.min, request_id=request_of(post).pk, link_id=taken.pk)
    with pytest.raises(NotFound):
        decide(secret)
    _link, secret = link_for(desk, post)
    due(post)
    with pytest.raises(NotFound):
        decide(secret)
    for nonsense in ("", "x", "x" * 43):
        with pytest.raises(NotFound):
            decide(nonsense)


def test_only_who_is_asked_makes_a_link_and_not_too_many(desk):
    post = desk.scheduled()
    with pytest.raises(NotAllowed):
        guest_link_make(desk.seo, request_id=request_of(post).pk, language="en")
    for _ in range(3):
        link_for(desk, post)
    with pytest.raises(Conflict):
        link_for(desk, post)
    for wrong in ({"language": "xx"}, {"hours": 5}):
        with pytest.raises(Invalid):
            link_for(desk, post, **wrong)


# --- Emergency ---


def test_two_different_people_release_loudly(desk):
    post = desk.scheduled()
    release_ask(desk.min, post_id=post.pk, reason="Network outage")
    assert delivery_of(post).state == "awaiting"
    with pytest.raises(Conflict) as refused:
        release_give(desk.min, post_id=post.pk)
    assert refused.value.code == "same_person"
    release_give(desk.gil, post_id=post.pk)
    delivery = delivery_of(post)
    assert (delivery.state, delivery.permitted_hash) == ("planned", delivery.content_hash)
    assert request_of(post).state == "withdrawn"
    act = Activity.objects.get(verb="campaigns.release.given")
    assert (act.actor_id, act.data["reason"]) == (desk.gil.user_id, "Network outage")
    told = PostNews.objects.filter(kind="post_released").values_list("user_id", flat=True)
    assert {desk.min.user_id, desk.root.user_id, desk.seo.user_id} == set(told)
    post_send_now(desk.seo, post_id=post.pk)
    with pytest.raises(Conflict):
        release_ask(desk.min, post_id=post.pk, reason="Again")


def test_only_who_has_the_ability_releases_and_says_why(desk):
    post = desk.scheduled()
    for actor in (desk.seo, make_actor("operator", desk.account.unit)):
        with pytest.raises(NotAllowed):
            release_ask(actor, post_id=post.pk, reason="x")
        with pytest.raises(NotAllowed):
            release_give(actor, post_id=post.pk)
    for reason in (" ", "x" * 501):
        with pytest.raises(Invalid):
            release_ask(desk.min, post_id=post.pk, reason=reason)
    with pytest.raises(Conflict):
        release_give(desk.gil, post_id=post.pk)


def test_the_second_must_follow_within_the_hour(desk):
    post = desk.scheduled()
    release_ask(desk.min, post_id=post.pk, reason="x")
    with pytest.raises(Conflict):
        release_ask(desk.gil, post_id=post.pk, reason="y")
    EmergencyRelease.objects.update(asked_at=now() - timedelta(hours=1))
    with pytest.raises(Conflict):
        release_give(desk.gil, post_id=post.pk)
    release_ask(desk.gil, post_id=post.pk, reason="y")
    release_give(desk.min, post_id=post.pk)
    assert delivery_of(post).state == "planned"


def test_what_was_missed_is_sent_by_hand_after_a_release(desk):
    post = desk.scheduled()
    due(post)
    windows_close()
    settle()
    release_ask(desk.min, post_id=post.pk, reason="It must go out")
    release_give(desk.gil, post_id=post.pk)
    delivery = delivery_of(post)
    assert delivery.state == "missed"
    delivery_send_again(desk.min, delivery_id=delivery.pk)
    assert delivery_of(post).state == "ready"


def test_where_no_approval_is_needed_there_is_nothing_to_release(desk):
    desk.rule()
    post = desk.scheduled()
    with pytest.raises(Conflict):
        release_ask(desk.min, post_id=post.pk, reason="x")


def test_the_database_knows_two_people(desk):
    post = desk.scheduled()
    release_ask(desk.min, post_id=post.pk, reason="x")
    for wrong in (
        {"given_by": desk.min.user_id, "state": "given"},
        {"state": "given"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            EmergencyRelease.objects.update(**wrong)
