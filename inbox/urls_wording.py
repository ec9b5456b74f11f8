"""Addresses of what is said: hints, saved replies, initials, and approval."""

from django.urls import URLPattern, URLResolver, include, path

from inbox.views import approval, candidates, composer, cotags, saved_replies

#: Below one conversation.
conversation_wording: list[URLPattern | URLResolver] = [
    path("hints/", composer.hints, name="hints"),
    path("saved-replies/", saved_replies.offered, name="saved_offers"),
    path("candidates/", candidates.submit, name="candidate_submit"),
    path("candidates/<int:draft_id>/approve/", candidates.approve, name="candidate_approve"),
    path("candidates/<int:draft_id>/decline/", candidates.decline, name="candidate_decline"),
]

_saved_reply = [
    path("", saved_replies.edit, name="saved_reply"),
    path("archive/", saved_replies.archive, name="saved_reply_archive"),
    path("restore/", saved_replies.restore, name="saved_reply_restore"),
    path("used/", saved_replies.used, name="saved_reply_used"),
]

wording_patterns: list[URLPattern | URLResolver] = [
    path("initials/", cotags.initials, name="initials"),
    path("initials/<int:cotag_id>/retire/", cotags.retire, name="cotag_retire"),
    path("initials/accounts/<int:account_id>/", cotags.signing, name="signing"),
    path("saved-replies/", saved_replies.saved_replies, name="saved_replies"),
    path("saved-replies/new/", saved_replies.create, name="saved_reply_create"),
    path("saved-replies/<int:saved_reply_id>/", include(_saved_reply)),
    path("desks/<int:unit_id>/approval/", approval.approval, name="approval"),
    path(
        "desks/<int:unit_id>/approval/<int:membership_id>/",
        approval.change,
        name="approval_change",
    ),
]
