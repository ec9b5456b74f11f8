"""The calendar: what it shows where, moving and undoing, goals, and the feed for other programs."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from campaigns.actions.moving import post_move
from campaigns.actions.planning import calendar_feed_make, daily_goal_set
from campaigns.models import CalendarFeed, DailyGoal, Post
from campaigns.selectors.calendar import CalendarQuery, calendar_page
from channels.models import Delivery, NativePost
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import make_post, make_series
from tests.factories.channels import make_account
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.hostile import HOSTILE
from tests.support.html import harmless, text_of

pytestmark = pytest.mark.django_db

NOON = datetime(2027, 3, 1, 3, tzinfo=UTC)  # in Seoul


@pytest.fixture(autouse=True)
def _noon(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def account():
    return make_account(kind="x")


@pytest.fixture
def user(account):
    return make_user("seo", role="staff", unit=account.unit, language="en")


@pytest.fixture
def seo(user):
    return signed_in(user)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def at(text):
    return datetime.fromisoformat(text)


def look(actor, view="month", day="2027-03-01", zone="Asia/Seoul", **given):
    query = CalendarQuery(view=view, day=date.fromisoformat(day), zone=zone, **given)
    return calendar_page(actor, query, "en")


def shown(page):
    return {
        entry.post.pk: f"{day.date} {entry.local:%H:%M}"
        for day in page.days
        for entry in day.entries
    }


# --- Looking ---


@pytest.mark.parametrize(
    ("view", "day", "first", "last"),
    [
        ("month", "2027-03-10", "2027-03-01", "2027-04-04"),
        ("month", "2027-02-28", "2027-02-01", "2027-02-28"),
        ("week", "2027-03-10", "2027-03-08", "2027-03-14"),
        ("day", "2027-03-10", "2027-03-10", "2027-03-10"),
        ("list", "2027-03-10", "2027-03-10", "2027-03-23"),
    ],
)
def test_each_view_has_its_span_and_leads_on(view, day, first, last):
    query = CalendarQuery(view=view, day=date.fromisoformat(day), zone="Asia/Seoul")
    assert [one.isoformat() for one in query.span] == [first, last]
    assert query.before < query.day < query.after
    if view != "month":
        after = CalendarQuery(view=view, day=query.after, zone="Asia/Seoul")
        assert after.span[0] == query.span[1] + timedelta(days=1)


def test_posts_stand_on_their_day_by_the_chosen_clocks(account, user):
    actor = actor_for(user)
    early = make_post(account, actor=actor, local_time=at("2027-03-02T00:30"), scheduled=True)
    draft = make_post(account, actor=actor, local_time=at("2027-03-03T09:00"))
    make_post(account, actor=actor, local_time=None)
    assert shown(look(actor)) == {early.pk: "2027-03-02 00:30", draft.pk: "2027-03-03 09:00"}
    assert shown(look(actor, zone="America/New_York")) == {
        early.pk: "2027-03-01 10:30", draft.pk: "2027-03-02 19:00",
    }  # fmt: skip


def test_each_look_shows_what_its_reader_may_see(account, user):
    make_post(account, local_time=at("2027-03-02T09:00"), scheduled=True)
    assert shown(look(actor_for(user)))
    assert shown(look(make_actor("staff", make_unit()))) == {}
    other = make_account(unit=account.unit)
    assert shown(look(actor_for(user), account=other.pk)) == {}
    assert shown(look(actor_for(user), unit=other.unit_id))


def test_holidays_and_memorial_days_are_named(user):
    days = {day.date: day for day in look(actor_for(user), day="2027-05-01").days}
    assert days[date(2027, 5, 5)].holiday
    assert "18 May" in days[date(2027, 5, 18)].memorial
    assert not days[date(2027, 5, 4)].holiday


def test_clashes_are_pointed_out(account, user):
    actor = actor_for(user)
    first = make_post(account, actor=actor, body="The event of today begins at three.",
                      local_time=at("2027-03-02T15:00:00"), scheduled=True)  # fmt: skip
    second = make_post(account, actor=actor, body="Something else altogether.",
                       local_time=at("2027-03-02T15:00:30"), scheduled=True)  # fmt: skip
    third = make_post(account, actor=actor, body="The event of today begins at three!",
                      local_time=at("2027-03-03T15:00:00"))  # fmt: skip
    page = look(actor)
    entries = {entry.post.pk: entry for day in page.days for entry in day.entries}
    assert entries[first.pk].same_minute == {second.pk}
    assert entries[third.pk].alike == {first.pk}
    assert page.notices == 3


def test_planned_and_done_against_the_goal(account, user):
    actor = actor_for(user)
    daily_goal_set(actor, account_id=account.pk, low=2, high=3)
    for hour in (9, 12, 15):
        make_post(account, actor=actor, local_time=at(f"2027-03-02T{hour:02}:00"), scheduled=True)
    sent = Delivery.objects.order_by("pk")[0]
    Delivery.objects.filter(pk=sent.pk).update(state="sent", external_id="1", settled_at=NOON)
    (row,) = look(actor, view="week").rows
    counts = {tally.date.day: (tally.done, tally.planned, tally.tone) for tally in row.tallies}
    assert counts[2] == (1, 2, "ok")
    assert counts[3] == (0, 0, "warn")
    daily_goal_set(actor, account_id=account.pk, low=0, high=0)
    assert not DailyGoal.objects.exists()


def settled(number, state):
    """The delivery of that number, in order, came to this."""
    pk = Delivery.objects.order_by("pk")[number].pk
    stands = {"external_id": str(pk)} if state == "sent" else {}
    Delivery.objects.filter(pk=pk).update(state=state, settled_at=NOON, **stands)


@pytest.mark.parametrize("view", ["month", "week", "list", "day"])
def test_each_view_sums_a_channel_up_by_the_same_reckoning(account, user, view):
    actor = actor_for(user)
    second = make_account(unit=account.unit, kind="x")
    for one, low, high in ((account, 2, 3), (second, 4, 4)):
        daily_goal_set(actor, account_id=one.pk, low=low, high=high)
    for minute in range(4):
        make_post(account, second, actor=actor, local_time=at(f"2027-03-02T10:{minute:02}"),
                  scheduled=True)  # fmt: skip
    for number, state in enumerate(["sent", "sent", "missed", "cancelled"]):
        settled(number, state)
    page = look(actor, view=view, day="2027-03-02")
    (found,) = next(day for day in page.days if day.date.day == 2).sums
    tally = found.tally
    assert (found.kind, tally.done, tally.meant, tally.low, tally.high) == ("x", 2, 7, 6, 7)
    assert (tally.planned, tally.lost, found.tone) == (4, 1, "ok")
    rows = [next(one for one in row.tallies if one.date.day == 2) for row in page.rows]
    assert [sum(counts) for counts in zip(*((t.done, t.meant) for t in rows), strict=True)] == [
        2,
        7,
    ]


def test_the_squares_of_a_month_say_it(account, user, seo):
    make_post(account, actor=actor_for(user), local_time=at("2027-03-02T15:00"), scheduled=True)
    settled(0, "sent")
    daily_goal_set(actor_for(user), account_id=account.pk, low=6, high=7)
    page = seo.get("/posts/calendar/?view=month&day=2027-03-02")
    assert "1/1" in text_of(page)
    assert "outside of the goal of 6–7" in text_of(page)


def test_a_channel_without_posts_that_misses_no_goal_is_left_out(account, user):
    assert all(day.sums == [] for day in look(actor_for(user), view="month").days)
    daily_goal_set(actor_for(user), account_id=account.pk, low=0, high=2)
    assert all(day.sums == [] for day in look(actor_for(user), view="month").days)
    daily_goal_set(actor_for(user), account_id=account.pk, low=1, high=2)
    assert all(day.sums[0].tone == "warn" for day in look(actor_for(user), view="month").days)


def test_a_goal_is_not_met_by_accounts_that_have_none(account, user):
    other = make_account(unit=account.unit, kind="x")
    daily_goal_set(actor_for(user), account_id=account.pk, low=1, high=1)
    make_post(other, actor=actor_for(user), local_time=at("2027-03-02T15:00"), scheduled=True)
    (found,) = look(actor_for(user), view="day", day="2027-03-02").days[0].sums
    assert (found.tally.meant, found.tone) == (1, "warn")
    make_post(account, actor=actor_for(user), local_time=at("2027-03-02T16:00"), scheduled=True)
    (found,) = look(actor_for(user), view="day", day="2027-03-02").days[0].sums
    assert (found.tally.meant, found.tone) == (2, "ok")


def test_free_times_are_offered_and_lead_to_the_form(account, user, seo):
    make_post(account, actor=actor_for(user), local_time=at("2027-03-02T15:00"), scheduled=True)
    (row,) = look(actor_for(user), view="day", day="2027-03-02").rows
    assert len(row.slots) == 3
    assert all(abs(slot - at("2027-03-02T15:00")) >= timedelta(minutes=45) for slot in row.slots)
    page = seo.get("/posts/calendar/?view=day&day=2027-03-02").content.decode()
    assert f"account={account.pk}" in page
    new = seo.get(f"/posts/new/?at=2027-03-02T01:00:00&zone=UTC&account={account.pk}")
    form = new.context["form"]
    assert str(form["local_time"].value()) in {"2027-03-02T10:00:00", "2027-03-02 10:00:00"}
    assert form["accounts"].value() == [account.pk]


# --- Moving ---


def moved(client, post, **given):
    version = Post.objects.get(pk=post.pk).version
    return client.post(f"/posts/{post.pk}/move/", {"view": "month", "version": version} | given)


def test_a_drag_to_another_day_keeps_the_clock_and_can_be_undone(account, user, seo):
    post = make_post(
        account, actor=actor_for(user), local_time=at("2027-03-02T15:00:07"), scheduled=True
    )
    response = moved(seo, post, day="2027-03-09", on="2027-03-01")
    post.refresh_from_db()
    assert post.local_time == "2027-03-09T15:00:07"
    assert Delivery.objects.get().not_before == post.publish_at
    page = seo.get(response["Location"])
    assert "now goes out at 2027-03-09 15:00:07" in text_of(page)
    undone = moved(seo, post, was="2027-03-02T15:00:07", undo=1)
    post.refresh_from_db()
    assert post.local_time == "2027-03-02T15:00:07"
    assert "Undo" not in text_of(seo.get(undone["Location"]))


def test_a_drag_in_another_zone_moves_by_days_there(account, user, seo):
    """A post at nine in New York stays at nine in New York over the change of clocks."""
    post = make_post(
        account, actor=actor_for(user), local_time=at("2027-03-12T09:00"), scheduled=True,
        time_zone="America/New_York",
    )  # fmt: skip
    moved(seo, post, day="2027-03-16", zone="Asia/Seoul")
    post.refresh_from_db()
    assert post.local_time == "2027-03-16T09:00:00"


@pytest.mark.parametrize(
    ("given", "local"),
    [
        ({"day": "2027-03-02", "hour": 17}, "2027-03-02T17:20:00"),
        ({"at": "2027-03-04T08:15"}, "2027-03-04T08:15:00"),
        ({"at": "2027-03-04T08:15", "zone": "UTC"}, "2027-03-04T17:15:00"),
        ({"day": "2027-03-02", "hour": 23, "zone": "UTC"}, "2027-03-03T08:20:00"),
    ],
)
def test_an_hour_or_a_moment_is_by_the_shown_clocks(account, user, seo, given, local):
    post = make_post(account, actor=actor_for(user), local_time=at("2027-03-02T15:20"))
    moved(seo, post, **given)
    post.refresh_from_db()
    assert post.local_time == local


def test_who_was_overtaken_or_comes_too_late_is_told_and_nothing_moves(account, user, seo):
    actor = actor_for(user)
    post = make_post(account, actor=actor, local_time=at("2027-03-02T15:00"), scheduled=True)
    assert moved(seo, post, day="2027-03-09", version=1).status_code == 409
    assert moved(seo, post, day="2027-02-09").status_code == 422
    assert moved(seo, post, day="never").status_code == 422
    Delivery.objects.update(state="armed")
    with pytest.raises(Conflict):
        post_move(
            actor, post_id=post.pk, local=at("2027-03-09T15:00"), zone="Asia/Seoul",
            version=Post.objects.get().version,
        )  # fmt: skip
    post.refresh_from_db()
    assert post.local_time == "2027-03-02T15:00:00"


def test_moving_changes_nothing_but_the_time(account, user):
    actor = actor_for(user)
    post = make_post(
        account, actor=actor, wording={account.pk: "Own."}, title="T",
        local_time=at("2027-03-02T15:00"), scheduled=True,
    )  # fmt: skip
    before = Post.objects.values("title", "body", "state", "campaign", "time_zone").get()
    post_move(
        actor, post_id=post.pk, local=at("2027-03-03T16:00"), zone="Asia/Seoul",
        version=Post.objects.get().version,
    )  # fmt: skip
    assert Post.objects.values("title", "body", "state", "campaign", "time_zone").get() == before
    assert Delivery.objects.get().text == "Own."


def test_an_occurrence_that_is_moved_stays_where_it_was_put(account, user):
    actor = actor_for(user)
    series = make_series(account, actor=actor)
    post = series.posts.order_by("occurrence_key")[0]
    post_move(
        actor, post_id=post.pk, local=at("2027-03-02T18:00"), zone="Asia/Seoul",
        version=post.version,
    )  # fmt: skip
    post.refresh_from_db()
    assert (post.is_detached, post.occurrence_key) == (True, "2027-03-02")


# --- The screen ---


@pytest.mark.parametrize("view", ["month", "week", "day", "list"])
def test_each_view_is_a_page(account, user, seo, view):
    make_post(
        account, actor=actor_for(user), title="Big event", local_time=at("2027-03-02T15:00"),
        scheduled=True,
    )  # fmt: skip
    page = text_of(seo.get(f"/posts/calendar/?view={view}&day=2027-03-02"))
    assert "Big event" in page
    assert "Asia/Seoul" in page


def test_what_makes_no_sense_in_the_address_is_left_out(seo):
    for query in (
        "view=year", "day=2027-13-01", "zone=Mars", "unit=x&account=-1", "day=1999-01-01",
        "moved=999999&was=x", "zone=../etc/passwd",
    ):  # fmt: skip
        assert seo.get(f"/posts/calendar/?{query}").status_code == 200


def test_pages_have_the_gates_of_the_acts(account, user):
    post = make_post(account, actor=actor_for(user), local_time=at("2027-03-02T15:00"))
    reader = signed_in(make_user(role="operator", unit=account.unit))
    stranger = signed_in(make_user(role="staff", unit=make_unit()))
    guest = signed_in(make_user(role="guest", unit=account.unit))
    assert reader.get("/posts/calendar/").status_code == 200
    assert guest.get("/posts/calendar/").status_code == 403
    assert guest.get("/posts/calendar/subscribe/").status_code == 403
    assert moved(reader, post, day="2027-03-03").status_code == 403
    assert moved(stranger, post, day="2027-03-03").status_code == 404
    goal = {"account_id": account.pk, "low": 1, "high": 2}
    assert reader.post("/posts/calendar/goal/", goal).status_code == 403
    assert stranger.post("/posts/calendar/goal/", goal).status_code == 404
    assert not DailyGoal.objects.exists()


@pytest.mark.parametrize(("low", "high"), [(3, 2), (0, 201)])
def test_a_goal_has_two_numbers_in_order(account, user, low, high):
    with pytest.raises(Invalid):
        daily_goal_set(actor_for(user), account_id=account.pk, low=low, high=high)


def test_goals_are_set_by_writers_only(account):
    with pytest.raises(NotAllowed):
        daily_goal_set(make_actor("operator", account.unit), account_id=account.pk, low=1, high=2)
    with pytest.raises(NotFound):
        daily_goal_set(make_actor("staff", make_unit()), account_id=account.pk, low=1, high=2)


@pytest.mark.parametrize("name", sorted(set(HOSTILE) - {"nul", "surrogate", "long", "lines"}))
def test_hostile_words_are_shown_and_do_nothing(account, user, seo, name):
    text = HOSTILE[name]
    make_post(account, actor=actor_for(user), title=text[:200], body=text,
              local_time=at("2027-03-02T15:00"))  # fmt: skip
    for view in ("month", "day"):
        harmless(seo.get(f"/posts/calendar/?view={view}&day=2027-03-02"))


# --- The feed ---


def made(client):
    client.post("/posts/calendar/subscribe/make/")
    page = client.get("/posts/calendar/subscribe/")
    return page.context["address"].removeprefix("http://testserver")


def test_a_feed_shows_what_its_owner_may_see(account, user, seo):
    post = make_post(
        account, actor=actor_for(user), title="이벤트; 오늘, 3시", scheduled=True,
        local_time=at("2027-03-02T15:00"),
    )  # fmt: skip
    make_post(title="Elsewhere", local_time=at("2027-03-02T15:00"), scheduled=True)
    address = made(seo)
    answer = Client().get(address)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    text = answer.content.decode()
    assert "SUMMARY:이벤트\\; 오늘\\, 3시" in text
    assert "DTSTART:20270302T060000Z" in text
    assert f"UID:post-{post.pk}@" in text
    assert "Elsewhere" not in text
    assert CalendarFeed.objects.get().read_at == NOON
    user.memberships.all().delete()
    assert "BEGIN:VEVENT" not in Client().get(address).content.decode()


def test_a_feed_can_be_replaced_and_taken_back(user, seo):
    first = made(seo)
    second = made(seo)
    assert [Client().get(one).status_code for one in (first, second)] == [404, 200]
    assert seo.get("/posts/calendar/subscribe/").context["address"] == "", "shown once"
    seo.post("/posts/calendar/subscribe/withdraw/")
    assert Client().get(second).status_code == 404
    assert not CalendarFeed.objects.exists()


def test_a_feed_ends_with_its_owner(user, seo):
    address = made(seo)
    user.is_active = False
    user.save()
    assert Client().get(address).status_code == 404


def test_the_secret_is_kept_nowhere(user):
    secret = calendar_feed_make(actor_for(user))
    assert secret not in str(CalendarFeed.objects.values_list())
    assert len(secret) >= 43


def test_what_is_scheduled_on_the_platform_itself_is_shown_and_not_touched():
    client = Client()
    unit = make_unit()
    account = make_account(unit=unit, kind="facebook", name="Care")
    other = make_account(unit=make_unit(), kind="facebook")
    due_at = NOON + timedelta(hours=1)
    for place in (account, other):
        NativePost.objects.create(
            account=place, external_id=f"1_{place.pk}", text=f"words of {place.pk}",
            due_at=due_at, seen_at=NOON,
        )  # fmt: skip
    client.force_login(make_user(role="staff", unit=unit, language="en"))
    for view in ("month", "week", "list", "day"):
        page = client.get(f"/posts/calendar/?view={view}&day=2027-03-01").content.decode()
        assert f"words of {account.pk}" in page
        assert "Scheduled on the platform itself" in page
        assert f"words of {other.pk}" not in page
