"""Addresses of promises below a conversation."""

from django.urls import path

from inbox.views import follow_ups

follow_up_patterns = [
    path("", follow_ups.make, name="promise_make"),
    path("dismiss/", follow_ups.dismiss, name="promise_dismiss"),
    path("<int:followup_id>/", follow_ups.change, name="promise_change"),
    path("<int:followup_id>/keep/", follow_ups.keep, name="promise_keep"),
    path("<int:followup_id>/drop/", follow_ups.drop, name="promise_drop"),
]
