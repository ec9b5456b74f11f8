"""Addresses of the API, version 1, and of its schema."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from campaigns.api.approvals import (
    ApprovalViewSet,
    PostApprovalViewSet,
    PostReleaseViewSet,
)
from campaigns.api.campaigns import CampaignViewSet
from campaigns.api.imports import ExportViewSet, ImportViewSet
from campaigns.api.library import ImageViewSet
from campaigns.api.live import LiveDeskViewSet
from campaigns.api.live_urls import live_patterns
from campaigns.api.missed import MissedViewSet
from campaigns.api.planning import (
    CalendarFeedViewSet,
    CalendarViewSet,
    GoalsViewSet,
    GoalViewSet,
)
from campaigns.api.posts import PostViewSet
from campaigns.api.rehearsals import CampaignRehearsalViewSet, RehearsalViewSet
from campaigns.api.series import SeriesViewSet
from channels.api.accounts import AccountViewSet, ChannelViewSet
from channels.api.deliveries import DeliveryViewSet
from channels.api.handshakes import HandshakeViewSet
from channels.api.holds import HoldViewSet
from inbox.api.candidates import CandidateViewSet, DecisionViewSet
from inbox.api.conversations import ConversationViewSet
from inbox.api.customer_urls import customer_patterns
from inbox.api.moderation import ModerationViewSet
from inbox.api.pictures import PictureViewSet
from inbox.api.replies import ReplyViewSet
from inbox.api.saved_replies import OfferViewSet, SavedReplyViewSet
from inbox.api.tags import TagViewSet
from inbox.api.waits import WaitViewSet
from opsconsole.people.api.views import (
    CurrentTokenViewSet,
    MeViewSet,
    NowhereView,
    TokensView,
    UnitViewSet,
    UserViewSet,
)
from opsconsole.reports.api import TimesViewSet

router = SimpleRouter(use_regex_path=False)
router.register("me", MeViewSet, basename="me")
router.register("units", UnitViewSet, basename="unit")
router.register("users", UserViewSet, basename="user")
router.register("channels", ChannelViewSet, basename="channel")
router.register("accounts", AccountViewSet, basename="account")
router.register("handshakes", HandshakeViewSet, basename="handshake")
router.register("deliveries", DeliveryViewSet, basename="delivery")
router.register("holds", HoldViewSet, basename="hold")
router.register("conversations", ConversationViewSet, basename="conversation")
router.register("approvals", ApprovalViewSet, basename="approval")
router.register("campaigns", CampaignViewSet, basename="campaign")
router.register("imports", ImportViewSet, basename="import")
router.register("images", ImageViewSet, basename="image")
router.register("live-desks", LiveDeskViewSet, basename="live_desk")
router.register("rehearsals", RehearsalViewSet, basename="rehearsal")
router.register("posts", PostViewSet, basename="post")
router.register("series", SeriesViewSet, basename="series")
router.register("calendar", CalendarViewSet, basename="calendar")
router.register("daily-goals", GoalsViewSet, basename="daily_goal")
router.register("missed-posts", MissedViewSet, basename="missed_post")
router.register("tags", TagViewSet, basename="tag")
router.register("saved-replies", SavedReplyViewSet, basename="saved_reply")

app_name = "api"
urlpatterns = [
    path(
        "v1/",
        include(
            [
                path("tokens/", TokensView.as_view(), name="tokens"),
                path(
                    "tokens/current/",
                    CurrentTokenViewSet.as_view({"delete": "destroy"}),
                    name="current_token",
                ),
                path(
                    "conversations/<int:conversation_id>/replies/",
                    ReplyViewSet.as_view({"post": "create"}),
                    name="replies",
                ),
                path(
                    "conversations/<int:conversation_id>/saved-replies/",
                    OfferViewSet.as_view({"get": "list"}),
                    name="saved_offers",
                ),
                path(
                    "conversations/<int:conversation_id>/candidates/",
                    CandidateViewSet.as_view({"get": "list", "post": "create"}),
                    name="candidates",
                ),
                path(
                    "calendar/feed/",
                    CalendarFeedViewSet.as_view(
                        {"get": "list", "post": "create", "delete": "destroy"}
                    ),
                    name="calendar_feed",
                ),
                path(
                    "accounts/<int:account_id>/daily-goal/",
                    GoalViewSet.as_view({"get": "retrieve", "put": "update", "delete": "destroy"}),
                    name="account_daily_goal",
                ),
                path(
                    "reports/response-times/",
                    TimesViewSet.as_view({"get": "list"}),
                    name="response_times",
                ),
                path(
                    "reports/response-times/rows/",
                    TimesViewSet.as_view({"get": "rows"}),
                    name="response_time_rows",
                ),
                path("posts/export/", ExportViewSet.as_view({"get": "list"}), name="posts_export"),
                path(
                    "campaigns/<int:campaign_id>/rehearsals/",
                    CampaignRehearsalViewSet.as_view({"get": "list", "post": "create"}),
                    name="campaign_rehearsals",
                ),
                path(
                    "posts/<int:post_id>/approvals/",
                    PostApprovalViewSet.as_view({"get": "list", "post": "create"}),
                    name="post_approvals",
                ),
                path(
                    "posts/<int:post_id>/release/",
                    PostReleaseViewSet.as_view({"post": "create", "put": "confirm"}),
                    name="post_release",
                ),
                path(
                    "candidates/<int:draft_id>/approve/",
                    DecisionViewSet.as_view({"post": "approve"}),
                    name="candidate_approve",
                ),
                path(
                    "candidates/<int:draft_id>/decline/",
                    DecisionViewSet.as_view({"post": "decline"}),
                    name="candidate_decline",
                ),
                path(
                    "conversations/<int:conversation_id>/pictures/",
                    PictureViewSet.as_view({"post": "create"}),
                    name="pictures",
                ),
                path(
                    "conversations/<int:conversation_id>/pictures/<int:picture_id>/",
                    PictureViewSet.as_view({"delete": "destroy"}),
                    name="picture",
                ),
                path(
                    "conversations/<int:conversation_id>/messages/<int:message_id>/moderation/",
                    ModerationViewSet.as_view({"post": "create", "delete": "destroy"}),
                    name="moderation",
                ),
                path(
                    "conversations/<int:conversation_id>/waits/",
                    WaitViewSet.as_view({"get": "list"}),
                    name="waits",
                ),
                *customer_patterns,
                *live_patterns,
                *router.urls,
            ]
        ),
    ),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    re_path(r"^.*$", NowhereView.as_view()),
]
