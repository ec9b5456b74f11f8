"""One act upon many conversations: who may, what becomes of each, again, and back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client

from inbox.actions import bulk
from inbox.actions.assignment import conversation_claim
from inbox.actions.bulk import bulk_retry, bulk_run, bulk_start, bulk_undo
from inbox.actions.triage import conversation_resolve
from inbox.lifecycle import BulkAct
from inbox.models import BulkJob, Conversation
from inbox.selectors.bulk import progress_of
from inbox.selectors.filters import QueueFilter
from opsconsole.audit.models import Activity
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.models import Membership, User
from opsconsole.people.selectors import actor_for
from tests.factories.channels import make_account
from tests.factories.inbox import make_conversation, make_conversations, make_message
from tests.factories.people import make_actor, make_unit, make_user
from tests.support.html import text_of
from tests.support.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account()


@pytest.fixture
def ana(account):
    return make_actor("operator", account.unit, username="ana", language="en")


def seen(rows):
    return [(row.pk, row.version) for row in rows]


def start(actor, act, rows=(), *, filters=None, key=None, **values):
    return bulk_start(
        actor, act=BulkAct(act), chosen=seen(rows), filters=filters, values=values,
        request_key=key or uuid4(),
    )  # fmt: skip


def run():
    while bulk_run():
        pass


def results(job):
    return list(job.rows.order_by("conversation").values_list("state", flat=True))


def test_each_conversation_has_its_own_result(account, ana):
    free, mine, taken = make_conversations(3, account=account)
    conversation_claim(ana, conversation_id=mine.pk)
    conversation_claim(make_actor("operator", account.unit), conversation_id=taken.pk)
    job = start(ana, "claim", [free, mine, taken])
    run()
    assert results(job) == ["done", "same", "refused"]
    assert "has just taken this" in job.rows.get(state="refused").reason
    shown = progress_of(ana, job.pk)
    assert (shown.finished, shown.done, shown.same, shown.refused) == (3, 1, 1, 1)
    assert shown.job.finished_at


@pytest.mark.parametrize(
    ("act", "values", "state"),
    [
        ("assign", {"assignee": "colleague"}, "open"),
        ("hand_over", {"unit": "other", "reason": "Router"}, "new"),
        ("tag", {"tag": "로밍"}, "new"),
        ("resolve", {"resolution": "no_answer_needed"}, "resolved"),
        ("snooze", {"until": "2999", "reason": "Router"}, "snoozed"),
        ("spam", {}, "resolved"),
    ],
)
def test_every_act_is_done_and_taken_back(account, act, values, state):
    boss = make_actor("manager")
    people = {
        "colleague": make_user("kim", role="operator", unit=account.unit).pk,
        "other": make_unit().pk,
    }
    rows = make_conversations(2, account=account)
    people["2999"] = (now() + timedelta(days=2)).isoformat()
    values = {name: people.get(value, value) for name, value in values.items()}
    before = list(Conversation.objects.order_by("pk").values("state", "assignee", "unit"))
    job = start(boss, act, rows, **values)
    run()
    assert results(job) == ["done", "done"]
    assert set(Conversation.objects.values_list("state", flat=True)) == {state}
    back = bulk_undo(boss, job_id=job.pk, request_key=uuid4())
    run()
    assert results(back) == ["done", "done"]
    assert list(Conversation.objects.order_by("pk").values("state", "assignee", "unit")) == before
    assert not rows[0].tags.exists()
    assert bulk_undo(boss, job_id=job.pk, request_key=uuid4()) == back


def test_a_line_nobody_has_seen_is_never_closed(account, ana):
    quiet, loud = make_conversations(2, account=account)
    job = start(ana, "resolve", [quiet, loud])
    make_message(loud, text="Wait!")
    run()
    assert results(job) == ["done", "refused"]
    bulk_retry(ana, job_id=job.pk)
    run()
    assert results(job) == ["done", "done"]


def test_the_rights_of_the_moment_count(account, ana):
    (row,) = make_conversations(1, account=account)
    job, later = start(ana, "claim", [row]), start(ana, "claim", [row])
    Membership.objects.filter(user=ana.user_id).update(role="guest")
    bulk_run()
    assert results(job) == ["refused"]
    User.objects.filter(pk=ana.user_id).update(is_active=False)
    run()
    assert results(later) == ["refused"]


def test_what_is_out_of_reach_is_not_chosen(account, ana):
    (row,), strange = make_conversations(1, account=account), make_conversation()
    assert start(ana, "claim", [row, strange]).total == 1
    with pytest.raises(Invalid):
        start(ana, "claim", [strange])
    with pytest.raises(NotAllowed):
        start(make_actor("guest", account.unit), "claim", [row])
    with pytest.raises(Invalid):
        start(ana, "assign", [row])
    with pytest.raises(NotFound):
        progress_of(make_actor("operator", account.unit), BulkJob.objects.get().pk)


def test_a_whole_list_is_chosen_up_to_a_limit(account, ana, monkeypatch):
    make_conversations(5, account=account)
    monkeypatch.setattr(bulk, "MOST_ROWS", 3)
    job = start(ana, "tag", filters=QueueFilter(view="unassigned"), tag="wave")
    run()
    assert results(job) == ["done"] * 3


def test_asking_twice_is_one_job(account, ana):
    rows, key = make_conversations(2, account=account), uuid4()
    assert start(ana, "claim", rows, key=key) == start(ana, "claim", rows, key=key)
    run()
    assert Activity.objects.filter(verb="inbox.conversation.claimed").count() == 2


def test_a_worker_that_dies_leaves_its_row_for_the_next(account, ana):
    job = start(ana, "claim", make_conversations(3, account=account))
    assert bulk_run(limit=1) == 1
    with transaction.atomic():
        assert bulk_run(limit=1) == 1
        transaction.set_rollback(True)  # how a killed worker's transaction ends
    assert results(job).count("done") == 1
    assert Conversation.objects.filter(assignee=ana.user_id).count() == 1
    run()
    assert results(job) == ["done"] * 3
    assert Activity.objects.filter(verb="inbox.conversation.claimed").count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_one_row_twice():
    account = make_account()
    ana = make_actor("operator", account.unit)
    job = start(ana, "claim", make_conversations(12, account=account))
    assert all(not isinstance(result, Exception) for result in together(run, run, run))
    assert results(job) == ["done"] * 12
    assert Activity.objects.filter(verb="inbox.conversation.claimed").count() == 12


def test_nothing_to_take_back_is_said(account, ana):
    (row,) = make_conversations(1, account=account)
    conversation_resolve(SYSTEM, conversation_id=row.pk)
    row.refresh_from_db()
    job = start(ana, "resolve", [row])
    with pytest.raises(Conflict):
        bulk_undo(ana, job_id=job.pk, request_key=uuid4())
    run()
    assert results(job) == ["same"]
    with pytest.raises(Conflict):
        bulk_undo(ana, job_id=job.pk, request_key=uuid4())


def test_it_goes_over_the_screen_with_and_without_scripts(account, ana):
    first, second = make_conversations(2, account=account)
    client = Client()
    client.force_login(User.objects.get(pk=ana.user_id))
    chosen = [f"{first.pk}:{first.version}", f"{second.pk}:{second.version}", "nonsense"]
    more = client.post("/bulk/", {"act": "more", "chosen": chosen, "list": "view=all"})
    assert more.content.count(b'name="chosen"') == 2
    form = {"act": "claim", "chosen": chosen, "request_key": str(uuid4()), "list": ""}
    begun = client.post("/bulk/", form, headers={"HX-Request": "true"})
    job = BulkJob.objects.get()
    assert f"/bulk/{job.pk}/progress/".encode() in begun.content
    assert client.post("/bulk/", form)["Location"] == f"/bulk/{job.pk}/"
    run()
    page = text_of(client.get(f"/bulk/{job.pk}/"))
    assert first.contact.name in page
    assert client.get(f"/bulk/{job.pk}/?state=refused").context["rows"] == []
    undone = client.post(f"/bulk/{job.pk}/undo/")
    assert undone.status_code == 302
    run()
    assert set(Conversation.objects.values_list("assignee", flat=True)) == {None}
    assert client.post(f"/bulk/{job.pk}/retry/").status_code == 302
    assert actor_for(User.objects.get(pk=ana.user_id)).can("inbox.work")
