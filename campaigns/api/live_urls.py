"""Addresses below one live desk, for the API."""

from django.urls import path

from campaigns.api.live import LiveLineViewSet, LiveSnippetViewSet, LiveWordViewSet

_DESK = "live-desks/<int:desk_id>/"

live_patterns = [
    path(
        f"{_DESK}lines/",
        LiveLineViewSet.as_view({"get": "list", "post": "create"}),
        name="live_lines",
    ),
    path(
        f"{_DESK}lines/<int:line_id>/",
        LiveLineViewSet.as_view({"delete": "destroy"}),
        name="live_line",
    ),
    path(
        f"{_DESK}words/<int:word_id>/retry/",
        LiveWordViewSet.as_view({"post": "retry"}),
        name="live_retry",
    ),
    path(
        f"{_DESK}words/<int:word_id>/skip/",
        LiveWordViewSet.as_view({"post": "skip"}),
        name="live_skip",
    ),
    path(
        f"{_DESK}places/<int:place_id>/skip-master/",
        LiveWordViewSet.as_view({"post": "skip_master"}),
        name="live_skip_master",
    ),
    path(
        f"{_DESK}snippets/",
        LiveSnippetViewSet.as_view({"post": "create"}),
        name="live_snippets",
    ),
    path(
        f"{_DESK}snippets/<int:snippet_id>/",
        LiveSnippetViewSet.as_view({"put": "update", "delete": "destroy"}),
        name="live_snippet",
    ),
]
