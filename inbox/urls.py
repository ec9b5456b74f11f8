"""Addresses of the inbox."""

from django.urls import URLPattern, URLResolver, include, path

from inbox.views import composer, deliveries, queue, thread, work

app_name = "inbox"

_delivery = [
    path("confirm/", deliveries.confirm, name="delivery_confirm"),
    path("again/", deliveries.again, name="delivery_again"),
    path("drop/", deliveries.drop, name="delivery_drop"),
    path("cancel/", deliveries.cancel, name="delivery_cancel"),
]

_conversation: list[URLPattern | URLResolver] = [
    path("", thread.conversation, name="conversation"),
    path("customer/", thread.customer, name="customer"),
    path("timeline/", thread.timeline, name="timeline"),
    path("claim/", work.claim, name="claim"),
    path("release/", work.release, name="release"),
    path("assign/", work.assign, name="assign"),
    path("hand-over/", work.hand_over, name="hand_over"),
    path("resolve/", work.resolve, name="resolve"),
    path("reopen/", work.reopen, name="reopen"),
    path("tags/", work.tag, name="tag"),
    path("tags/<int:tag_id>/remove/", work.untag, name="untag"),
    path("reply/", composer.reply, name="reply"),
    path("note/", composer.note, name="note"),
    path("deliveries/<int:delivery_id>/", include(_delivery)),
]

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("conversations/<int:conversation_id>/", include(_conversation)),
    path("replies/<uuid:request_key>/", thread.of_reply, name="of_reply"),
]
