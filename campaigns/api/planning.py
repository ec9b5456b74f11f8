"""Endpoints of the calendar, of daily goals, and of the secret address for calendar programs."""

from django.urls import reverse
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.actions.planning import (
    calendar_feed_make,
    calendar_feed_withdraw,
    daily_goal_set,
)
from campaigns.api.planning_shapes import (
    CalendarQueryShape,
    CalendarShape,
    FeedMade,
    FeedShape,
    GoalRequest,
    GoalShape,
)
from campaigns.calendar import wall_time
from campaigns.selectors.calendar import CalendarQuery, calendar_page
from campaigns.selectors.feeds import feed_of
from campaigns.selectors.goals import goal_of, goals_for
from opsconsole.kernel.api import Nothing, body_of, query_of
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.openapi import LIST, READ, operation
from opsconsole.people.api.base import ActorViewSet
from opsconsole.people.roles import Ability


class CalendarViewSet(ActorViewSet):
    """Posts by day, in a zone of your choice. A post is moved by `posts/N/move/`."""

    @operation(
        "calendar", "calendar", returns=CalendarShape, query=CalendarQueryShape,
        refusals=(401, 403, *LIST[1:]),
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Show a month in whole weeks, a week, a day, or a fortnight from a day on."""
        self.actor.must(Ability.READ_POSTS)
        asked = query_of(request, CalendarQueryShape)
        zone = asked["time_zone"]
        day = asked["day"] or wall_time(now(), zone).date()
        query = CalendarQuery(asked["view"], day, zone, asked["unit"], asked["account"])
        page = calendar_page(self.actor, query, get_language() or "ko")
        return Response(CalendarShape(page).data)


class CalendarFeedViewSet(ActorViewSet):
    """Your own secret address, at which a calendar program reads the posts you may see (iCalendar)."""

    @operation("calendar_feed", "calendar", returns=FeedShape, refusals=READ)
    def list(self, request: Request) -> Response:
        """Say when your address was made and last read; 404 where you have none."""
        found = feed_of(self.actor)
        if found is None:
            raise NotFound
        return Response(FeedShape(found).data)

    @operation("calendar_feed_make", "calendar", body=Nothing, returns=FeedMade, status=201)
    def create(self, request: Request) -> Response:
        """Make a new address; a former one leads nowhere from now on."""
        body_of(request, Nothing)
        secret = calendar_feed_make(self.actor)
        address = request.build_absolute_uri(reverse("campaigns:feed", args=[secret]))
        return Response(FeedMade({"address": address}).data, status=201)

    @operation("calendar_feed_withdraw", "calendar", returns=None, status=204)
    def destroy(self, request: Request) -> Response:
        """Take your address back."""
        calendar_feed_withdraw(self.actor)
        return Response(status=204)


class GoalsViewSet(ActorViewSet):
    """Daily goals of the accounts you see."""

    @operation(
        "daily_goals_list", "daily-goals", returns=GoalShape(many=True), refusals=(401, 403, 429)
    )
    def list(self, request: Request) -> Response:
        """List the goals of accounts that have one, by account."""
        self.actor.must(Ability.READ_POSTS)
        return Response(GoalShape(goals_for(self.actor), many=True).data)


class GoalViewSet(ActorViewSet):
    """The daily goal of one account."""

    @operation("daily_goal", "accounts", returns=GoalShape, refusals=(401, 403, 404, 429))
    def retrieve(self, request: Request, account_id: int) -> Response:
        """Show an account's goal; 404 where it has none."""
        return self._shown(account_id)

    @operation("daily_goal_set", "accounts", body=GoalRequest, returns=GoalShape)
    def update(self, request: Request, account_id: int) -> Response:
        """Say how many posts a day an account should have."""
        daily_goal_set(self.actor, account_id=account_id, **body_of(request, GoalRequest))
        return self._shown(account_id)

    @operation(
        "daily_goal_drop", "accounts", returns=None, status=204, refusals=(401, 403, 404, 429)
    )
    def destroy(self, request: Request, account_id: int) -> Response:
        """Take an account's goal away."""
        daily_goal_set(self.actor, account_id=account_id, low=0, high=0)
        return Response(status=204)

    def _shown(self, account_id: int) -> Response:
        return Response(GoalShape(goal_of(self.actor, account_id)).data)
