"""Hands wait for what is due within the second, and no longer."""

from datetime import timedelta

import pytest

from channels.actions.sending import due_count, seconds_to_next
from channels.models import ChannelAccount
from opsconsole.kernel.clock import now
from tests.factories.channels import make_account, make_delivery

pytestmark = pytest.mark.django_db


def planned(account, seconds):
    at = now() + timedelta(seconds=seconds)
    return make_delivery(account=account, not_before=at, deadline=at + timedelta(hours=1))


def test_nothing_is_waited_for_when_nothing_is_due_soon():
    planned(make_account(), 5)
    assert seconds_to_next() is None
    assert due_count() == 0


def test_the_next_second_is_waited_for_to_its_beginning():
    account = make_account()
    planned(account, 0.7)
    planned(account, 0.4)
    assert 0.2 < seconds_to_next() <= 0.4
    assert due_count() == 2


def test_what_is_due_is_done_at_once():
    planned(make_account(), -1)
    assert seconds_to_next() == 0.005


def test_an_account_that_is_asked_for_patience_is_waited_for_as_long_as_that():
    account = make_account()
    planned(account, -1)
    until = now() + timedelta(seconds=0.6)
    ChannelAccount.objects.filter(pk=account.pk).update(next_allowed_at=until)
    assert 0.3 < seconds_to_next() <= 0.6
    ChannelAccount.objects.filter(pk=account.pk).update(next_allowed_at=until + timedelta(hours=1))
    assert seconds_to_next() is None
