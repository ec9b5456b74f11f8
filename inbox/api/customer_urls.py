"""Addresses of the API about customers and promises, below version 1."""

from django.urls import URLPattern, URLResolver, include, path

from inbox.api.customers import CustomerViewSet, SortingViewSet
from inbox.api.follow_ups import FollowUpViewSet, PromiseViewSet

_customer = [
    path("", CustomerViewSet.as_view({"get": "retrieve"})),
    path("vip/", CustomerViewSet.as_view({"post": "vip"})),
    path("language/", CustomerViewSet.as_view({"post": "language"})),
    path("merge/", CustomerViewSet.as_view({"post": "merge"})),
    path("unmerge/", CustomerViewSet.as_view({"post": "unmerge"})),
    path("block/", CustomerViewSet.as_view({"post": "block"})),
    path("unblock/", CustomerViewSet.as_view({"post": "unblock"})),
    path("notes/", CustomerViewSet.as_view({"post": "add_note"})),
    path(
        "notes/<int:note_id>/",
        CustomerViewSet.as_view({"patch": "change_note", "delete": "remove_note"}),
    ),
]

_promise = [
    path("", FollowUpViewSet.as_view({"patch": "change"})),
    path("keep/", FollowUpViewSet.as_view({"post": "keep"})),
    path("drop/", FollowUpViewSet.as_view({"post": "drop"})),
]

_conversation: list[URLPattern | URLResolver] = [
    path("customer/", include(_customer)),
    path("spam/", SortingViewSet.as_view({"post": "spam"})),
    path("not-spam/", SortingViewSet.as_view({"post": "not_spam"})),
    path("read/", SortingViewSet.as_view({"post": "read"})),
    path("unread/", SortingViewSet.as_view({"post": "unread"})),
    path("promises/", FollowUpViewSet.as_view({"post": "create"})),
    path("promises/<int:followup_id>/", include(_promise)),
]

customer_patterns: list[URLPattern | URLResolver] = [
    path("conversations/<int:conversation_id>/", include(_conversation)),
    path("promises/", PromiseViewSet.as_view({"get": "list"})),
]
