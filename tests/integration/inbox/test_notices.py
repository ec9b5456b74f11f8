"""Being told: once, quietly, by the ways one chose, and never about what one may not read."""

import pytest
from django.core import mail
from django.test import Client

from inbox.actions.assignment import conversation_assign, conversation_hand_over
from inbox.actions.digests import digests_send
from inbox.actions.notes import note_add
from inbox.actions.notices import notice_preference_set, notices_give, notices_read
from inbox.models import Notice
from inbox.notice_words import NOTICE_WORDS
from inbox.notices import Digest, NoticeKind
from inbox.selectors.notices import notice_page, unread_count
from opsconsole.kernel.actor import SYSTEM
from opsconsole.people.selectors import actor_for
from tests.factories.inbox import make_conversation, make_message
from tests.factories.people import make_actor, make_unit, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def row():
    return make_conversation()


@pytest.fixture
def reader(row):
    return make_user("reader", role="operator", unit=row.unit, nickname="유나", language="ko")


def chosen(user, **given):
    quiet = {"muted": [], "browser": [], "email": "", "digest": Digest.NEVER, "digest_at": 9}
    return notice_preference_set(actor_for(user), **(quiet | given))


def test_every_kind_has_its_words():
    assert set(NOTICE_WORDS) == set(NoticeKind)


def test_a_note_tells_whom_it_mentions_once(row, reader):
    author = make_actor(unit=row.unit)
    note_add(author, conversation_id=row.pk, text="@유나 이거 확인 부탁드려요. @유나!")
    assert unread_count(reader.pk) == 1
    assert unread_count(author.user_id) == 0


def test_who_may_not_read_the_conversation_is_not_told(row):
    stranger = make_user("stranger", role="operator", unit=make_unit(), nickname="유나")
    note_add(make_actor(unit=row.unit), conversation_id=row.pk, text="@유나 @stranger")
    assert not Notice.objects.filter(user=stranger).exists()


def test_what_one_could_read_once_is_hidden_when_one_no_longer_may(row, reader):
    notices_give([reader.pk], NoticeKind.ASSIGNED, key="a", conversation=row)
    reader.memberships.all().delete()
    assert notice_page(actor_for(reader)).rows == []


def test_saying_it_again_says_nothing_new(row, reader):
    for _ in range(3):
        notices_give([reader.pk], NoticeKind.DUE_SOON, key="wait:1", conversation=row)
    assert unread_count(reader.pk) == 1


def test_a_muted_kind_is_not_even_kept(row, reader):
    chosen(reader, muted=[NoticeKind.DUE_SOON])
    notices_give([reader.pk], NoticeKind.DUE_SOON, key="w", conversation=row)
    notices_give([reader.pk], NoticeKind.BREACHED, key="w", conversation=row)
    assert [notice.kind for notice in Notice.objects.filter(user=reader)] == ["breached"]


def test_reading_leaves_what_came_after_the_screen_was_drawn(row, reader):
    notices_give([reader.pk], NoticeKind.ASSIGNED, key="1", conversation=row)
    seen = Notice.objects.get(user=reader).pk
    notices_give([reader.pk], NoticeKind.ASSIGNED, key="2", conversation=row)
    notices_read(actor_for(reader), up_to=seen)
    assert unread_count(reader.pk) == 1


def test_whoever_is_given_a_conversation_is_told_and_whoever_takes_it_is_not(row, reader):
    conversation_assign(SYSTEM, conversation_id=row.pk, assignee_id=reader.pk)
    assert [notice.kind for notice in Notice.objects.filter(user=reader)] == ["assigned"]
    other = make_conversation(account=row.account)
    conversation_assign(actor_for(reader), conversation_id=other.pk, assignee_id=reader.pk)
    assert unread_count(reader.pk) == 1


def test_an_assignee_hears_once_a_wait_that_the_customer_wrote(row, reader):
    conversation_assign(actor_for(reader), conversation_id=row.pk, assignee_id=reader.pk)
    for _ in range(3):
        make_message(row)
    assert [notice.kind for notice in Notice.objects.filter(user=reader)] == ["customer_wrote"]


def test_a_unit_that_is_handed_a_conversation_is_told_why(row):
    there = make_unit()
    colleague = make_actor(unit=there)
    conversation_hand_over(SYSTEM, conversation_id=row.pk, unit_id=there.pk, reason="공유기 문의")
    (notice,) = notice_page(colleague).rows
    assert (notice.kind, notice.data["reason"]) == ("handed_over", "공유기 문의")


def test_the_bell_counts_and_the_list_leads_to_the_conversation(row, reader):
    notices_give([reader.pk], NoticeKind.ASSIGNED, key="1", conversation=row)
    client = Client()
    client.force_login(reader)
    assert 'class="bell__count"' in client.get("/notices/").text
    found = Notice.objects.get(user=reader)
    answer = client.get(f"/notices/{found.pk}/")
    assert answer.headers["Location"] == f"/conversations/{row.pk}/"
    assert 'class="bell__count"' not in client.get("/notices/bell/").text


def test_nobody_reads_the_notices_of_somebody_else(row, reader):
    notices_give([reader.pk], NoticeKind.ASSIGNED, key="1", conversation=row)
    client = Client()
    client.force_login(make_user("other", role="operator", unit=row.unit))
    assert client.get(f"/notices/{Notice.objects.get().pk}/").status_code == 404


def test_the_desktop_hears_only_what_was_chosen_and_never_the_words(row, reader):
    chosen(reader, browser=[NoticeKind.MENTION])
    client = Client()
    client.force_login(reader)
    since = client.get("/notices/knock/").json()["newest"]
    notices_give([reader.pk], NoticeKind.ASSIGNED, key="1", conversation=row)
    note_add(make_actor(unit=row.unit), conversation_id=row.pk, text="@유나 비밀번호는 1234")
    told = client.get(f"/notices/knock/?since={since}").json()["notices"]
    assert len(told) == 1
    assert "1234" not in str(told)


@pytest.mark.parametrize("twice", [1, 2])
def test_the_digest_goes_once_at_its_hour(row, reader, time_machine, twice):
    time_machine.move_to("2026-11-25T00:10:00Z", tick=False)  # a Wednesday, 9:10 in Seoul
    chosen(reader, email="yuna@hanbit.example", digest=Digest.WEEKDAYS)
    notices_give([reader.pk], NoticeKind.ASSIGNED, key="1", conversation=row)
    for _ in range(twice):
        digests_send()
    assert [letter.to for letter in mail.outbox] == [["yuna@hanbit.example"]]
    assert "/notices/" in mail.outbox[0].body


@pytest.mark.parametrize("moment", ["2026-11-25T03:10:00Z", "2026-11-28T00:10:00Z"])
def test_no_digest_at_another_hour_or_at_the_weekend(row, reader, time_machine, moment):
    time_machine.move_to(moment, tick=False)
    chosen(reader, email="yuna@hanbit.example", digest=Digest.WEEKDAYS)
    notices_give([reader.pk], NoticeKind.ASSIGNED, key="1", conversation=row)
    digests_send()
    assert mail.outbox == []


def test_nothing_unread_sends_nothing(reader, time_machine):
    time_machine.move_to("2026-11-25T00:10:00Z", tick=False)
    chosen(reader, email="yuna@hanbit.example", digest=Digest.DAILY)
    digests_send()
    assert mail.outbox == []


def test_the_settings_keep_what_was_chosen(reader):
    client = Client()
    client.force_login(reader)
    sent = {
        "bell": ["mention"],
        "browser": ["mention", "assigned"],
        "digest": "daily",
        "digest_at": "8",
    }
    assert client.post("/notices/settings/", sent).status_code == 422  # no address given
    assert client.post("/notices/settings/", sent | {"email": "a@b.example"}).status_code == 302
    kept = reader.notice_preference
    assert kept.browser == ["mention"]
    assert "assigned" in kept.muted
