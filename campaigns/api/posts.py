"""Endpoints of posts: writing, timing, stopping."""

from datetime import datetime
from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions import (
    Content,
    post_cancel,
    post_create,
    post_schedule,
    post_send_now,
    post_unschedule,
    post_update,
)
from campaigns.api.shapes import PostChange, PostQuery, PostRequest, PostShape
from campaigns.models import Post
from campaigns.selectors import PostFilter, post_for, post_page
from opsconsole.kernel.api import Nothing, body_of, page_response, query_of, request_key_of
from opsconsole.kernel.openapi import (
    KEY_PARAMETER,
    LIST,
    READ,
    operation,
    page_of,
    request_example,
)
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.roles import Ability

_NEWS = request_example(
    "Two channels, one with words of its own",
    {
        "unit": 1,
        "title": "5G on the islands",
        "body": "From Monday there is 5G on Ulleungdo. Details on our blog.",
        "targets": [{"account": 3}, {"account": 5, "text": "From Monday: 5G on Ulleungdo."}],
        "local_time": "2026-10-09T09:00:00",
        "time_zone": "Asia/Seoul",
    },
)


class PostViewSet(ActorViewSet):
    """Posts of the units whose posts you read."""

    lookup_value_converter = "int"

    @operation(
        "posts_list", "posts",
        returns=page_of(PostShape, "PostPage"), query=PostQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List what goes out next, what has gone out, or drafts."""
        asked = query_of(request, PostQuery)
        cursor, size = asked.pop("cursor"), asked.pop("limit")
        page = post_page(self.actor, PostFilter(**asked), cursor=cursor, size=size)
        return page_response(request, page, PostShape)

    @operation(
        "posts_create", "posts", body=PostRequest, returns=PostShape, status=201,
        headers=[KEY_PARAMETER], examples=[_NEWS],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Write a draft for several accounts of your units."""
        given = body_of(request, PostRequest)
        key = request_key_of(request, given.pop("request_key"))
        made = post_create(
            self.actor, unit_id=given.pop("unit"), content=_content(given), request_key=key
        )
        return self._shown(made.pk, status=201)

    @operation("posts_retrieve", "posts", returns=PostShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one post and where each placement stands."""
        return self._shown(pk)

    @operation(
        "posts_update", "posts", body=PostChange, returns=PostShape,
        examples=[request_example("Later", {"version": 3, "local_time": "2026-10-09T11:00:00"})],
    )  # fmt: skip
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change a post; a scheduled one as long as none of its placements is under way."""
        given = body_of(request, PostChange)
        version = given.pop("version")
        # Whoever saves between this read and the change makes `version` too old, so nothing is lost.
        row = post_for(self.actor, pk, ability=Ability.WRITE_POSTS)
        content = _content(_as_given(row) | given)
        post_update(self.actor, post_id=pk, content=content, version=version)
        return self._shown(pk)

    @operation("posts_schedule", "posts", returns=PostShape)
    @action(detail=True, methods=["post"])
    def schedule(self, request: Request, pk: int) -> Response:
        """Set a draft on its way to its time."""
        return self._plain(post_schedule, pk)

    @operation("posts_unschedule", "posts", returns=PostShape)
    @action(detail=True, methods=["post"])
    def unschedule(self, request: Request, pk: int) -> Response:
        """Take a scheduled post back to a draft."""
        return self._plain(post_unschedule, pk)

    @operation("posts_send_now", "posts", returns=PostShape)
    @action(detail=True, methods=["post"], url_path="send-now")
    def send_now(self, request: Request, pk: int) -> Response:
        """Send a draft, or a scheduled post, without waiting for its time."""
        return self._plain(post_send_now, pk)

    @operation("posts_cancel", "posts", returns=PostShape)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Give a post up."""
        return self._plain(post_cancel, pk)

    def _plain(self, act: Any, pk: int) -> Response:
        """Do an act that needs no words."""
        body_of(self.request, Nothing)
        act(self.actor, post_id=pk)
        return self._shown(pk)

    def _shown(self, pk: int, status: int = 200) -> Response:
        """Show the post as it stands after the act, placements and deliveries included."""
        return Response(PostShape(post_for(self.actor, pk)).data, status=status)


def _as_given(post: Post) -> dict[str, Any]:
    """Return a post in the form in which it would be given."""
    local = post.local_time
    return {
        "title": post.title,
        "body": post.body,
        "local_time": datetime.fromisoformat(local) if local else None,
        "time_zone": post.time_zone,
        "targets": [
            {"account": target.account_id, "text": target.text} for target in post.targets.all()
        ],
    }


def _content(given: dict[str, Any]) -> Content:
    targets = given.pop("targets")
    return Content(
        account_ids=[target["account"] for target in targets],
        wording={target["account"]: target["text"] for target in targets},
        **given,
    )
