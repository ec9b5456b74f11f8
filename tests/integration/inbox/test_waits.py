"""Who waits, kept line by line, is what the whole log says: for random histories."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from channels.actions.landing import items_vanish
from channels.types import Fetched, Visibility
from inbox.actions.assignment import conversation_claim, conversation_release
from inbox.actions.clocks import waits_from_log
from inbox.actions.triage import conversation_reopen, conversation_resolve
from inbox.models import Conversation, Message, Wait
from inbox.waits import queue_at
from tests.factories.channels import make_account, make_fetched
from tests.factories.inbox import ingest
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db

START = datetime(2026, 11, 25, 9, tzinfo=UTC)
LIVE = {Visibility.PUBLIC, Visibility.HELD}
#: Later than the start of any history, so that every line falls within the time for reopening.
MINUTES = st.integers(0, 90)
VISIBLE = st.sampled_from([*Visibility][:4])
EVENTS = st.one_of(
    st.tuples(st.just("line"), MINUTES, VISIBLE),
    st.tuples(st.just("answer"), MINUTES, st.integers(0, 9)),
    st.tuples(st.just("look"), st.integers(0, 9), st.sampled_from(Visibility)),
    st.tuples(st.sampled_from(["edit", "again"]), st.integers(0, 9)),
    st.tuples(st.sampled_from(["resolve", "reopen", "claim", "release"])),
)


def measured(wait):
    """All of a wait that the log decides about."""
    return (
        wait.seq, wait.cycle, wait.kind, wait.opened_by_id, wait.opened_at, wait.desk_opened_at,
        wait.ended_at, wait.end_kind, wait.end_reason, wait.answer_id, wait.double_answers,
        wait.wall_s, wait.biz_s, wait.desk_biz_s, wait.due_at, wait.warn_at, wait.assignee_at_end_id,
        wait.unit_at_open_id, wait.unit_at_end_id, wait.excluded_reason, wait.breached_at,
    )  # fmt: skip


@dataclass
class History:
    """What happened in one conversation, told twice: to the console, and to a plain list."""

    account: object
    actor: object
    shown: list[Fetched] = field(default_factory=list)
    closings: list[set[str]] = field(default_factory=list)
    is_resolved: bool = False

    def row(self):
        return Conversation.objects.get(account=self.account)

    def pick(self, number, *, own=None):
        fitting = [f for f in self.shown if own is None or f.is_own is own]
        return fitting[number % len(fitting)] if fitting else None

    def show(self, item):
        """Let the platform show something, new or changed."""
        self.shown = [f for f in self.shown if f.external_id != item.external_id] + [item]
        if item.visibility == Visibility.REMOVED:
            items_vanish(self.account, [item.external_id])
            ingest(self.account)
        else:
            ingest(self.account, item)

    def line(self, minute, visibility):
        item = make_fetched(
            author="cho", thread_external_id="root", visibility=visibility,
            posted_at=START + timedelta(minutes=minute),
        )  # fmt: skip
        is_late = self.covered() is not None and item.posted_at <= self.covered()
        self.show(item)
        if visibility in LIVE and not is_late:
            self.is_resolved = False

    def answer(self, minute, number):
        question = self.pick(number, own=False)
        if question is None:
            return
        at = START + timedelta(minutes=minute)
        self.show(
            make_fetched(
                author="us", is_own=True, thread_external_id="root", posted_at=at,
                parent_external_id=question.external_id,
            )
        )  # fmt: skip

    def look(self, number, visibility):
        if item := self.pick(number):
            self.show(replace(item, visibility=visibility))
            self.is_resolved = self.is_resolved and self.unanswered() is None

    def edit(self, number):
        if item := self.pick(number):
            self.show(replace(item, text=f"{item.text}!"))

    def again(self, number):
        if item := self.pick(number):
            self.show(item)

    def resolve(self):
        conversation_resolve(self.actor, conversation_id=self.row().pk)
        if not self.is_resolved:
            self.closings.append({f.external_id for f in self.shown if not f.is_own})
        self.is_resolved = True

    def reopen(self):
        conversation_reopen(self.actor, conversation_id=self.row().pk)
        if self.is_resolved:
            self.closings.pop()
        self.is_resolved = False

    def claim(self):
        conversation_claim(self.actor, conversation_id=self.row().pk)

    def release(self):
        conversation_release(self.actor, conversation_id=self.row().pk)

    def closed(self):
        return set().union(*self.closings)

    def covered(self):
        """Up to when our standing answers reach: never before the question itself."""
        posted = {f.external_id: f.posted_at for f in self.shown}
        ours = [f for f in self.shown if f.is_own and f.visibility in LIVE]
        return max((max(f.posted_at, posted[f.parent_external_id]) for f in ours), default=None)

    def waiting(self):
        return None if self.is_resolved else self.unanswered()

    def unanswered(self):
        """When the oldest line that nobody has answered or closed was written."""
        covered = self.covered()
        return min(
            (
                f.posted_at
                for f in self.shown
                if not f.is_own and f.visibility in LIVE and f.external_id not in self.closed()
                and (covered is None or f.posted_at > covered)
            ),
            default=None,
        )  # fmt: skip

    def check(self):
        row = self.row()
        assert row.waiting_since == self.waiting()
        assert row.queue_at == queue_at(row.waiting_since, row.due_at)
        assert row.answered_up_to == self.covered()
        assert (row.state == "resolved") is self.is_resolved
        assert (row.resolved_at is not None) is self.is_resolved
        if row.waiting_since is not None:
            assert row.state == ("open" if row.assignee_id else "new")
        known = {f.external_id for f in self.shown}
        assert (
            set(Message.objects.filter(conversation=row).values_list("external_id", flat=True))
            == known
        )
        assert row.message_count == len(known)
        self.check_clocks(row)

    def check_clocks(self, row):
        """The waits kept are those of the log, and the open one is what the conversation shows."""
        stored = list(Wait.objects.filter(conversation=row).order_by("seq"))
        assert list(map(measured, stored)) == list(map(measured, waits_from_log([row])))
        still = [wait for wait in stored if wait.ended_at is None]
        assert [wait.opened_at for wait in still] == [row.waiting_since] * len(still)
        assert bool(still) is (row.waiting_since is not None)
        assert row.due_at == (still[0].due_at if still else None)


@settings(
    max_examples=20, deadline=None, derandomize=True, database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(first=MINUTES, events=st.lists(EVENTS, min_size=1, max_size=8))
@example(5, [("answer", 6, 0), ("look", 1, Visibility.REMOVED)])
@example(5, [("answer", 3, 0), ("line", 4, Visibility.PUBLIC)])
@example(5, [("resolve",), ("line", 1, Visibility.SPAM), ("look", 1, Visibility.PUBLIC)])
@example(5, [("resolve",), ("line", 9, Visibility.HELD), ("look", 1, Visibility.REMOVED)])
@example(5, [("resolve",), ("line", 9, Visibility.PUBLIC), ("resolve",), ("reopen",)])
@example(5, [("claim",), ("answer", 6, 0), ("line", 7, Visibility.PUBLIC), ("release",)])
def test_the_wait_kept_is_the_wait_recounted(first, events):
    history = History(make_account(kind="x"), make_actor("manager"))
    history.line(first, Visibility.PUBLIC)
    history.check()
    for name, *arguments in events:
        getattr(history, name)(*arguments)
        history.check()
