"""Customer writes in WordPress → inbox → answer → WordPress; and a scheduled article out."""

from datetime import timedelta
from uuid import uuid4

import pytest

from campaigns.actions.posts import post_create, post_schedule
from campaigns.calendar import wall_time
from campaigns.contents import Content
from campaigns.models import Post
from channels import tasks
from channels.lifecycle import DeliveryState
from channels.models import Delivery
from inbox.actions.replies import reply_send
from inbox.lifecycle import ConversationState
from inbox.models import Message
from opsconsole.kernel.clock import now

pytestmark = [pytest.mark.wordpress, pytest.mark.django_db]


def test_a_comment_is_answered_in_its_place(site, account, actor, run_background):
    article = site.article("요금제 안내")
    question = site.comment(article, "요금제를 바꾸고 싶어요")
    run_background()
    message = Message.objects.get(external_id=str(question["id"]))
    reply_send(
        actor, conversation_id=message.conversation_id, answers_id=message.pk,
        text="네, 바로 안내해 드리겠습니다.", request_key=uuid4(),
    )  # fmt: skip
    run_background()
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.SENT, delivery.reason
    stored = site.get(f"comments/{delivery.external_id}")
    assert (stored["parent"], stored["post"]) == (question["id"], article["id"])
    message.conversation.refresh_from_db()
    assert message.conversation.state == ConversationState.WAITING
    tasks.poll_due()
    assert Message.objects.filter(external_id=delivery.external_id).count() == 1


def test_a_scheduled_article_waits_for_its_time(
    site, account, actor, run_background, time_machine
):
    run_background()
    at = (now() + timedelta(hours=1)).replace(microsecond=0)
    content = Content(
        "오후 3시 이벤트", "지금 참여하세요!", [account.pk], {}, wall_time(at, "Asia/Seoul")
    )
    post = post_create(actor, unit_id=account.unit_id, content=content, request_key=uuid4())
    post_schedule(actor, post_id=post.pk)
    run_background()
    assert Delivery.objects.get().state == DeliveryState.PLANNED
    time_machine.move_to(at, tick=True)
    run_background()
    delivery = Delivery.objects.get()
    assert delivery.state == DeliveryState.SENT, delivery.reason
    number = delivery.external_id.removeprefix("post:")
    assert site.get(f"posts/{number}")["status"] == "publish"
    assert Post.objects.get().state == "done"
