"""Addresses of the API, version 1, and of its schema."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from campaigns.api.posts import PostViewSet
from channels.api.accounts import AccountViewSet, ChannelViewSet
from channels.api.deliveries import DeliveryViewSet
from inbox.api.conversations import ConversationViewSet
from inbox.api.replies import ReplyViewSet
from inbox.api.tags import TagViewSet
from opsconsole.people.api.views import (
    CurrentTokenViewSet,
    MeViewSet,
    NowhereView,
    TokensView,
    UnitViewSet,
    UserViewSet,
)

router = SimpleRouter(use_regex_path=False)
router.register("me", MeViewSet, basename="me")
router.register("units", UnitViewSet, basename="unit")
router.register("users", UserViewSet, basename="user")
router.register("channels", ChannelViewSet, basename="channel")
router.register("accounts", AccountViewSet, basename="account")
router.register("deliveries", DeliveryViewSet, basename="delivery")
router.register("conversations", ConversationViewSet, basename="conversation")
router.register("posts", PostViewSet, basename="post")
router.register("tags", TagViewSet, basename="tag")

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
                *router.urls,
            ]
        ),
    ),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    re_path(r"^.*$", NowhereView.as_view()),
]
