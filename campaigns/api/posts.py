"""Endpoints of posts: writing, timing, stopping."""

from typing import Any

from django.db.models import prefetch_related_objects
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions.history import post_bring_back
from campaigns.actions.launching import post_launch_set
from campaigns.actions.moving import post_move
from campaigns.actions.posts import (
    post_cancel,
    post_create,
    post_schedule,
    post_send_now,
    post_unschedule,
    post_update,
)
from campaigns.api.campaign_shapes import BringBack, PostRevisionShape
from campaigns.api.certificate_shapes import CertifiedShape
from campaigns.api.contents import content_given
from campaigns.api.shapes import (
    LaunchRequest,
    MoveRequest,
    PostChange,
    PostQuery,
    PostRequest,
    PostShape,
)
from campaigns.certificate_rows import as_row
from campaigns.selectors.certificates import certificate_of_post
from campaigns.selectors.history import history_of
from campaigns.selectors.posts import PostFilter, content_of, post_for, post_page
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
        prefetch_related_objects(page.rows, "images", "targets__parts__delivery")
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
            self.actor, unit_id=given.pop("unit"), content=content_given(given), request_key=key
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
        content = content_given(given, content_of(row))
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

    @operation("posts_launch", "posts", body=LaunchRequest, returns=PostShape)
    @action(detail=True, methods=["post"])
    def launch(self, request: Request, pk: int) -> Response:
        """Have a post leave before ordinary ones, or again with them. Needs `posts.launch`."""
        post_launch_set(self.actor, post_id=pk, **body_of(request, LaunchRequest))
        return self._shown(pk)

    @operation("posts_move", "posts", body=MoveRequest, returns=PostShape)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: int) -> Response:
        """Give a post another time by the clocks of any zone, as a calendar does; it keeps its own zone."""
        given = body_of(request, MoveRequest)
        post_move(
            self.actor, post_id=pk, local=given["local_time"], zone=given["time_zone"],
            version=given["version"],
        )  # fmt: skip
        return self._shown(pk)

    @operation("posts_cancel", "posts", returns=PostShape)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: int) -> Response:
        """Give a post up."""
        return self._plain(post_cancel, pk)

    @operation("posts_certificate", "posts", returns=CertifiedShape(many=True), refusals=READ)
    @action(detail=True, methods=["get"])
    def certificate(self, request: Request, pk: int) -> Response:
        """Show for each account when it was planned, armed, accepted and made, and what became of it."""
        made = certificate_of_post(self.actor, pk)
        return Response(CertifiedShape([as_row(line) for line in made.lines], many=True).data)

    @operation("posts_revisions", "posts", returns=PostRevisionShape(many=True), refusals=READ)
    @action(detail=True, methods=["get"])
    def revisions(self, request: Request, pk: int) -> Response:
        """List how a post read at each saving, newest first, the latest 20."""
        rows = [entry.revision for entry in history_of(post_for(self.actor, pk))]
        return Response(PostRevisionShape(rows, many=True).data)

    @operation("posts_bring_back", "posts", body=BringBack, returns=PostShape)
    @action(detail=True, methods=["post"], url_path="bring-back")
    def bring_back(self, request: Request, pk: int) -> Response:
        """Make a post read again as it did in an earlier revision."""
        given = body_of(request, BringBack)
        post_bring_back(self.actor, post_id=pk, **given)
        return self._shown(pk)

    def _plain(self, act: Any, pk: int) -> Response:
        """Do an act that needs no words."""
        body_of(self.request, Nothing)
        act(self.actor, post_id=pk)
        return self._shown(pk)

    def _shown(self, pk: int, status: int = 200) -> Response:
        """Show the post as it stands after the act, placements and deliveries included."""
        return Response(PostShape(post_for(self.actor, pk)).data, status=status)
