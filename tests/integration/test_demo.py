"""The demo may be made again at any time: after a restart, on another address, a day later."""

from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command

from campaigns.models import (
    ApprovalRequest,
    Campaign,
    DailyGoal,
    LibraryImage,
    LiveDesk,
    Post,
    Series,
)
from channels.models import ChannelAccount, Hold
from channels.sandbox.world import Settings
from inbox.models import CoTag, SavedReply
from opsconsole.kernel.clock import now
from opsconsole.people.models import Membership, User
from tests.support.sandbox import serve

pytestmark = pytest.mark.django_db


def counted():
    return [
        model.objects.count()
        for model in (
            User,
            Membership,
            ChannelAccount,
            Post,
            SavedReply,
            CoTag,
            Campaign,
            Series,
            DailyGoal,
            LibraryImage,
            ApprovalRequest,
            Hold,
            LiveDesk,
        )
    ]


def test_the_demo_made_again_adds_nothing_and_follows_the_sandbox(settings):
    made = []
    for hours in (0, 5):
        for url in serve(Settings(story=False)):
            settings.SANDBOX_URL = url
            with time_machine.travel(now() + timedelta(hours=hours)):
                call_command("seed_demo")
            assert all(a.base_url.startswith(url) for a in ChannelAccount.objects.all())
        made.append(counted())
    assert made[0] == made[1]
    assert Post.objects.filter(state="scheduled", series=None).count() == 4
    assert Series.objects.get().posts.count() == 10
    assert ApprovalRequest.objects.filter(state="open").count() == 2
    assert not LibraryImage.objects.filter(alt_text="").exists()
    assert Hold.objects.get().lifted_at < now() - timedelta(days=1)
