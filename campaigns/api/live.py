"""Endpoints of live desks."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions.live_desks import (
    Seat,
    desk_close,
    desk_open,
    desk_reopen,
    master_skip,
    word_retry,
    word_skip,
)
from campaigns.actions.live_letting import desk_ask_again, desk_let_out, desk_refuse
from campaigns.actions.live_lines import line_say, line_take_back
from campaigns.actions.live_snippets import snippet_add, snippet_change, snippet_drop
from campaigns.api.live_shapes import (
    LiveDeskQuery,
    LiveDeskRequest,
    LiveDeskShape,
    LiveLineRequest,
    LiveLineShape,
    LivePlaceShape,
    LiveRefusal,
    LiveSnippetChange,
    LiveSnippetRequest,
    LiveSnippetShape,
    LiveWordShape,
)
from campaigns.selectors.live import desk_for, desk_page
from campaigns.selectors.live_room import room_of
from opsconsole.kernel.api import Nothing, body_of, page_response, query_of, request_key_of
from opsconsole.kernel.openapi import KEY_PARAMETER, LIST, READ, operation, page_of
from opsconsole.people.api.base import ActorViewSet


class LiveDeskViewSet(ActorViewSet):
    """Live desks of your units."""

    lookup_value_converter = "int"

    @operation(
        "live_desks_list", "live-desks",
        returns=page_of(LiveDeskShape, "LiveDeskPage"), query=LiveDeskQuery, refusals=LIST,
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """List live desks, newest first."""
        asked = query_of(request, LiveDeskQuery)
        page = desk_page(
            self.actor, view=asked["view"], cursor=asked["cursor"], size=asked["limit"]
        )
        return page_response(request, page, LiveDeskShape)

    @operation(
        "live_desks_open", "live-desks", body=LiveDeskRequest, returns=LiveDeskShape, status=201,
        headers=[KEY_PARAMETER],
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Open a live desk of one of your units."""
        given = body_of(request, LiveDeskRequest)
        key = request_key_of(request, given["request_key"])
        made = desk_open(
            self.actor, unit_id=given["unit"], name=given["name"], campaign_id=given["campaign"],
            seats=[Seat(**one) for one in given["accounts"]], request_key=key,
        )  # fmt: skip
        return self._shown(made.pk, status=201)

    @operation("live_desks_retrieve", "live-desks", returns=LiveDeskShape, refusals=READ)
    def retrieve(self, request: Request, pk: int) -> Response:
        """Show one live desk."""
        return self._shown(pk)

    @operation("live_desks_let_out", "live-desks", returns=LiveDeskShape)
    @action(detail=True, methods=["post"], url_path="let-out")
    def let_out(self, request: Request, pk: int) -> Response:
        """Answer for everything said at a desk, as somebody who approves posts there."""
        body_of(request, Nothing)
        desk_let_out(self.actor, desk_id=pk)
        return self._shown(pk)

    @operation("live_desks_refuse", "live-desks", body=LiveRefusal, returns=LiveDeskShape)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: int) -> Response:
        """Say no to letting a desk out, as somebody who approves posts there."""
        desk_refuse(self.actor, desk_id=pk, word=body_of(request, LiveRefusal)["word"])
        return self._shown(pk)

    @operation("live_desks_ask_again", "live-desks", returns=LiveDeskShape)
    @action(detail=True, methods=["post"], url_path="ask-again")
    def ask_again(self, request: Request, pk: int) -> Response:
        """Put a refused desk before its approvers once more."""
        body_of(request, Nothing)
        desk_ask_again(self.actor, desk_id=pk)
        return self._shown(pk)

    @operation("live_desks_close", "live-desks", returns=LiveDeskShape)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: int) -> Response:
        """End a desk: nothing more is said there."""
        body_of(request, Nothing)
        desk_close(self.actor, desk_id=pk)
        return self._shown(pk)

    @operation("live_desks_reopen", "live-desks", returns=LiveDeskShape)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: int) -> Response:
        """Go on at a desk that was closed."""
        body_of(request, Nothing)
        desk_reopen(self.actor, desk_id=pk)
        return self._shown(pk)

    def _shown(self, pk: int, status: int = 200) -> Response:
        return Response(LiveDeskShape(desk_for(self.actor, pk)).data, status=status)


class LiveLineViewSet(ActorViewSet):
    """What is said at one desk."""

    @operation(
        "live_desks_lines", "live-desks", returns=LiveLineShape(many=True), refusals=READ
    )  # fmt: skip
    def list(self, request: Request, desk_id: int) -> Response:
        """List what was said, newest first, the latest 150 lines."""
        room = room_of(self.actor, desk_for(self.actor, desk_id))
        return Response(LiveLineShape(room.lines, many=True).data)

    @operation(
        "live_desks_say", "live-desks", body=LiveLineRequest, returns=LiveLineShape, status=201,
        headers=[KEY_PARAMETER],
    )  # fmt: skip
    def create(self, request: Request, desk_id: int) -> Response:
        """Say something; it leaves after five seconds."""
        given = body_of(request, LiveLineRequest)
        key = request_key_of(request, given["request_key"])
        made = line_say(
            self.actor, desk_id=desk_id, text=given["text"], request_key=key,
            place_ids=given["places"], snippet_id=given["snippet"], confirm=given["confirm"],
        )  # fmt: skip
        return Response(LiveLineShape(made).data, status=201)

    @operation("live_desks_take_back", "live-desks", returns=LiveLineShape)
    def destroy(self, request: Request, desk_id: int, line_id: int) -> Response:
        """Take back what you have said and no worker has yet."""
        made = line_take_back(self.actor, desk_id=desk_id, line_id=line_id)
        return Response(LiveLineShape(made).data)


class LiveWordViewSet(ActorViewSet):
    """Getting past what is in the way at one desk."""

    @operation("live_desks_retry", "live-desks", returns=LiveWordShape)
    def retry(self, request: Request, desk_id: int, word_id: int) -> Response:
        """Try again what did not get out, and what was stopped behind it."""
        body_of(request, Nothing)
        return self._shown(word_retry(self.actor, desk_id=desk_id, word_id=word_id))

    @operation("live_desks_skip", "live-desks", returns=LiveWordShape)
    def skip(self, request: Request, desk_id: int, word_id: int) -> Response:
        """Leave out what did not get out, and go on."""
        body_of(request, Nothing)
        return self._shown(word_skip(self.actor, desk_id=desk_id, word_id=word_id))

    @operation("live_desks_skip_master", "live-desks", returns=LivePlaceShape)
    def skip_master(self, request: Request, desk_id: int, place_id: int) -> Response:
        """Go on without a master post that does not stand."""
        body_of(request, Nothing)
        place = master_skip(self.actor, desk_id=desk_id, place_id=place_id)
        return Response(LivePlaceShape(place).data)

    def _shown(self, word: Any) -> Response:
        return Response(LiveWordShape(word).data)


class LiveSnippetViewSet(ActorViewSet):
    """What is prepared for one desk."""

    @operation(
        "live_desks_add_snippet", "live-desks", body=LiveSnippetRequest,
        returns=LiveSnippetShape, status=201,
    )  # fmt: skip
    def create(self, request: Request, desk_id: int) -> Response:
        """Prepare a snippet."""
        given = body_of(request, LiveSnippetRequest)
        made = snippet_add(self.actor, desk_id=desk_id, **given)
        return Response(LiveSnippetShape(made).data, status=201)

    @operation(
        "live_desks_change_snippet", "live-desks", body=LiveSnippetChange, returns=LiveSnippetShape
    )
    def update(self, request: Request, desk_id: int, snippet_id: int) -> Response:
        """Write a snippet anew."""
        given = body_of(request, LiveSnippetChange)
        made = snippet_change(self.actor, desk_id=desk_id, snippet_id=snippet_id, **given)
        return Response(LiveSnippetShape(made).data)

    @operation("live_desks_drop_snippet", "live-desks", returns=None, status=204)
    def destroy(self, request: Request, desk_id: int, snippet_id: int) -> Response:
        """Throw a snippet away."""
        snippet_drop(self.actor, desk_id=desk_id, snippet_id=snippet_id)
        return Response(status=204)
