"""Addresses of the inbox."""

from django.urls import URLPattern, URLResolver, include, path

from inbox.urls_customer import customer_patterns
from inbox.urls_follow_up import follow_up_patterns
from inbox.urls_units import unit_patterns
from inbox.urls_wording import conversation_wording, wording_patterns
from inbox.views import (
    blocking,
    bulk,
    clocks,
    company,
    composer,
    consults,
    deliveries,
    desks,
    drafts,
    duty,
    flow,
    follow_ups,
    handing,
    moderation,
    notices,
    pictures,
    queue,
    reading,
    saved_views,
    thread,
    work,
)

app_name = "inbox"

_delivery = [
    path("confirm/", deliveries.confirm, name="delivery_confirm"),
    path("again/", deliveries.again, name="delivery_again"),
    path("drop/", deliveries.drop, name="delivery_drop"),
    path("cancel/", deliveries.cancel, name="delivery_cancel"),
]

_draft = [
    path("discard/", drafts.discard, name="draft_discard"),
    path("resume/", drafts.resume, name="draft_resume"),
    path("copy/", drafts.copy, name="draft_copy"),
    path("stop/", drafts.stop, name="draft_stop"),
]

_conversation: list[URLPattern | URLResolver] = [
    path("", thread.conversation, name="conversation"),
    path("customer/", include(customer_patterns)),
    path("promises/", include(follow_up_patterns)),
    path("spam/", blocking.spam, name="spam"),
    path("not-spam/", blocking.not_spam, name="not_spam"),
    path("timeline/", thread.timeline, name="timeline"),
    path("waits/", clocks.waits, name="waits"),
    path("read/", reading.read, name="read"),
    path("unread/", reading.unread, name="unread"),
    path("claim/", work.claim, name="claim"),
    path("release/", work.release, name="release"),
    path("assign/", work.assign, name="assign"),
    path("consults/", consults.ask, name="consult_ask"),
    path("hand-over/", work.hand_over, name="hand_over"),
    path("resolve/", flow.resolve, name="resolve"),
    path("answered-elsewhere/", flow.elsewhere, name="elsewhere"),
    path("answered-elsewhere/undo/", flow.elsewhere_undo, name="elsewhere_undo"),
    path("snooze/", flow.snooze, name="snooze"),
    path("wake/", flow.wake, name="wake"),
    path("reopen/", work.reopen, name="reopen"),
    path("tags/", work.tag, name="tag"),
    path("tags/<int:tag_id>/remove/", work.untag, name="untag"),
    path("reply/", composer.reply, name="reply"),
    path("note/", composer.note, name="note"),
    *conversation_wording,
    path("schedule/", drafts.schedule, name="schedule"),
    path("draft/", drafts.save, name="draft_save"),
    path("drafts/<int:draft_id>/", include(_draft)),
    path("replies/<int:reply_id>/undo/", drafts.undo, name="undo"),
    path("beside/", company.beside, name="beside"),
    path("presence/", company.presence, name="presence"),
    path("take-over/", company.take_over, name="take_over"),
    path("deliveries/<int:delivery_id>/", include(_delivery)),
    path("pictures/", pictures.add, name="picture_add"),
    path("pictures/<int:picture_id>/", pictures.picture, name="picture"),
    path("pictures/<int:picture_id>/remove/", pictures.remove, name="picture_remove"),
    path("messages/<int:message_id>/moderate/", moderation.moderate, name="moderate"),
    path(
        "messages/<int:message_id>/moderate/stop/", moderation.moderate_stop, name="moderate_stop"
    ),
]

_duty = [
    path("", duty.duty, name="duty"),
    path("start/", duty.start, name="duty_start"),
    path("end/", duty.end, name="duty_end"),
    path("away/", duty.away, name="duty_away"),
    path("back/", duty.returned, name="duty_back"),
    path("shifts/<int:shift_id>/cancel/", duty.cancel, name="shift_cancel"),
    path("units/<int:unit_id>/plan/", duty.plan, name="shift_plan"),
    path("units/<int:unit_id>/copy/", duty.copy, name="week_copy"),
    path("units/<int:unit_id>/hand-over/", handing.page, name="handing"),
    path("units/<int:unit_id>/hand-over/note/", handing.note, name="handing_note"),
    path(
        "units/<int:unit_id>/hand-over/notes/<int:note_id>/confirm/",
        handing.confirm,
        name="handing_confirm",
    ),
    path("people/<int:person_id>/", handing.operator, name="operator"),
]

#: Unit 0 stands for all units together.
_clocks = [
    path("", clocks.clocks, name="clocks"),
    path("hours/", clocks.hours, name="hours"),
    path("exceptions/", clocks.exception, name="exception"),
    path("exceptions/remove/", clocks.exception_drop, name="exception_remove"),
    path("levels/", clocks.level_new, name="level_new"),
    path("levels/<int:policy_id>/", clocks.level, name="level"),
    path("levels/<int:policy_id>/end/", clocks.level_end, name="level_end"),
]

urlpatterns = [
    path("", queue.queue, name="queue"),
    path("filters/", queue.filters, name="filters"),
    path("bulk/", bulk.start, name="bulk"),
    path("bulk/<int:job_id>/", bulk.job, name="bulk_job"),
    path("bulk/<int:job_id>/progress/", bulk.progress, name="bulk_progress"),
    path("bulk/<int:job_id>/retry/", bulk.retry, name="bulk_retry"),
    path("bulk/<int:job_id>/undo/", bulk.undo, name="bulk_undo"),
    path("views/", saved_views.saved_views, name="saved_views"),
    path("views/counts/", saved_views.counts, name="view_counts"),
    path("views/save/", saved_views.save, name="view_save"),
    path("views/<int:view_id>/", saved_views.change, name="view_change"),
    path("conversations/<int:conversation_id>/", include(_conversation)),
    path("notices/", notices.notices, name="notices"),
    path("notices/bell/", notices.bell, name="bell"),
    path("notices/knock/", notices.knock, name="knock"),
    path("notices/read/", notices.read, name="notices_read"),
    path("notices/settings/", notices.settings, name="notice_settings"),
    path("notices/<int:notice_id>/", notices.notice, name="notice"),
    *wording_patterns,
    path("drafts/", drafts.drafts, name="drafts"),
    path("drafts/<int:draft_id>/discard/", drafts.discard_listed, name="draft_discard_listed"),
    path("here/", company.here, name="here"),
    path("duty/", include(_duty)),
    path("promises/", follow_ups.promises, name="promises"),
    path("desks/", desks.desks, name="desks"),
    path("desks/<int:unit_id>/", desks.desk, name="desk"),
    path("desks/<int:unit_id>/clocks/", include(_clocks)),
    *unit_patterns,
    path("replies/<uuid:request_key>/", thread.of_reply, name="of_reply"),
]
