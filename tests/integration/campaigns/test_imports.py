"""Files of posts: checked without writing anything, imported once, taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils import translation

from campaigns.actions import import_running
from campaigns.actions.import_running import imports_run
from campaigns.actions.imports import (
    KEPT,
    import_check_again,
    import_commit,
    import_undo,
    import_upload,
    imports_sweep,
)
from campaigns.actions.policies import unit_policy_set
from campaigns.actions.posts import post_cancel
from campaigns.approval import Step
from campaigns.importing.words import say
from campaigns.models import Import, ImportRow, Post, PostTarget
from campaigns.selectors.imports import progress_of, same_before
from channels.models import Delivery
from opsconsole.audit.models import Activity
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.models import Membership, User
from tests.factories.campaigns import in_seoul, make_campaign, make_post
from tests.factories.channels import make_account
from tests.factories.imports import make_import, posts_file, row_of, run_imports
from tests.factories.people import make_actor, make_unit
from tests.support.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return make_account(name="모바일")


@pytest.fixture
def unit(account):
    return account.unit


@pytest.fixture
def sora(unit):
    return make_actor("staff", unit, username="sora", language="en")


def problems(upload, kind="faults"):
    with translation.override("en"):
        return {
            row.number: [f"{one.column}: {one.sentence}" for one in say(getattr(row, kind))]
            for row in upload.rows.order_by("number")
        }


def commit(actor, upload, **given):
    import_commit(actor, import_id=upload.pk, **given)
    run_imports()
    return progress_of(actor, upload.pk)


def test_the_dry_run_writes_nothing_and_names_every_fault(account, unit, sora):
    x = make_account(unit=unit, kind="x", name="X")
    blog = make_account(unit=unit, kind="blog", name="Blog")
    make_account(unit=make_unit(), name="Theirs")
    upload = make_import(
        sora, unit,
        row_of(account, "good"),
        row_of(account, "unknown", Accounts="Nobody"),
        row_of(account, "yesterday", days=-1),
        row_of(account, "when", Date="soon", Time="noonish"),
        row_of(x, "가" * 150),
        row_of(blog, "no title"),
        row_of(account, ""),
        row_of(account, "no such", Campaign="Nothing", **{"Time zone": "Mars"}),
        row_of(account, "state", State="perhaps"),
    )  # fmt: skip
    assert upload.state == "checked"
    assert not Post.objects.exists()
    found = problems(upload)
    day = row_of(account, "")["Date"]
    assert found[2] == []
    assert found[3] == ["Accounts: There is no account “Nobody”."]
    assert found[4] == ["Time: This time has passed."] or "Date: This time has passed." in found[4]
    assert found[5] == [
        "Date: “soon” cannot be read as a date. Write it as 2026-10-09.",
        "Time: “noonish” cannot be read as a time. Write it as 14:30.",
    ]
    assert found[6] == ["Text: X: Too long by 20: 300 of at most 280."]
    assert found[7] == ["Title: A blog article needs a title."]
    assert found[8] == ["Text: Nothing is filled in."]
    assert found[9] == [
        "Time zone: There is no such time zone. Write it as Asia/Seoul.",
        "Campaign: This unit writes posts for no campaign called “Nothing”.",
    ]
    assert found[10] == ["State: Write “Draft” or “Scheduled”."]
    shown = progress_of(sora, upload.pk)
    assert (shown.good, shown.faulty, shown.scheduled) == (1, 8, 1)
    assert day in upload.rows.get(number=2).plan["local_time"]


def test_what_cannot_be_scheduled_may_be_a_draft(account, unit, sora):
    x = make_account(unit=unit, kind="x", name="X")
    draft = {"State": "", "Date": "", "Time": ""}
    upload = make_import(
        sora, unit, row_of(x, "가" * 150, **draft), row_of(account, "later", days=-3, State="초안")
    )
    assert problems(upload) == {2: [], 3: []}
    remarks = problems(upload, "warnings")
    assert "Too long by 20" in remarks[2][0]
    assert remarks[3] == ["Date: This time has passed."]


def test_accounts_of_others_are_not_allowed_and_hidden_ones_unknown(account, unit, sora):
    other = make_unit()
    seen = make_account(unit=other, name="Seen")
    make_account(unit=make_unit(), name="Hidden")
    Membership.objects.create(user_id=sora.user_id, unit=other, role="operator")
    from opsconsole.people.selectors import actor_for

    actor = actor_for(User.objects.get(pk=sora.user_id))
    upload = make_import(actor, unit, row_of(seen, "a"), row_of(account, "b", Accounts="Hidden"))
    assert problems(upload) == {
        2: ["Accounts: You may not post to “Seen”."],
        3: ["Accounts: There is no account “Hidden”."],
    }


def test_accounts_are_named_in_many_ways(account, unit, sora):
    first = make_account(unit=unit, kind="x", name="A, B", handle="@ab_x")
    make_account(unit=unit, name="Twin")
    twin = make_account(unit=unit, name="Twin")
    rows = [
        row_of(account, "1", Accounts="A, B"),
        row_of(account, "2", Accounts=f"@AB_X; 모바일\n#{twin.pk}"),
        row_of(account, "3", Accounts="Twin"),
    ]
    upload = make_import(sora, unit, *rows)
    accounts = [row.plan["accounts"] for row in upload.rows.order_by("number")]
    assert accounts[0] == [first.pk]
    assert accounts[1] == [first.pk, account.pk, twin.pk]
    assert "Several accounts are called “Twin”" in problems(upload)[4][0]


def test_duplicates_and_clashes_are_pointed_out(account, unit, sora):
    words = "오늘부터 5G 요금제가 달라집니다. 자세한 내용은 홈페이지에서 확인하세요."
    stands = make_post(
        account, actor=sora, body=words, scheduled=True,
        local_time=in_seoul(days=2).replace(hour=14, minute=30, second=10),
    )  # fmt: skip
    upload = make_import(
        sora, unit,
        row_of(account, words, days=4),
        row_of(account, words + " 지금!", days=5),
        row_of(account, "다른 이야기"),
        row_of(account, words, days=4, clock="18:00"),
        row_of(account, words, days=2, clock="15:00"),
    )  # fmt: skip
    remarks = problems(upload, "warnings")
    assert f"Text: Post {stands.pk} says the same on 모바일 within three days." in remarks[2]
    assert (
        f"Text: Post {stands.pk} says nearly the same on 모바일 within three days." in remarks[3]
    )
    assert "Text: Row 2 says nearly the same on 모바일 within three days." in remarks[3]
    assert remarks[4] == [f"Time: Post {stands.pk} goes out on 모바일 in the same minute."]
    faults = problems(upload)
    same = "Text: 모바일 would say exactly what row 2 says, within 24 hours."
    assert faults[5] == [same]
    assert "Text: 모바일 says exactly this within 24 hours already." in faults[6]


@time_machine.travel("2026-09-01T03:00:00Z", tick=False)
def test_holidays_are_pointed_out(account, unit, sora):
    rows = [row_of(account, "a", Date="2026.10.9"), row_of(account, "b", Date="2026년 10월 29일")]
    remarks = problems(make_import(sora, unit, *rows), "warnings")
    assert remarks[2] == ["Date: Public holiday: Hangul Day"]
    assert remarks[3] == ["Date: Memorial day: Itaewon memorial day"]


def test_good_rows_become_posts_and_faulty_ones_do_not(account, unit, sora):
    x = make_account(unit=unit, kind="x", name="X")
    campaign = make_campaign(unit=unit, name="가을")
    row = row_of(
        account, "본문", Accounts="모바일\nX", Title="제목", Campaign="가을", **{"X text": "짧게"}
    )
    upload = make_import(
        sora, unit, row, row_of(account, "", Accounts="None"), row_of(account, "초안", State="")
    )
    progress = commit(sora, upload)
    assert (progress.made, progress.failed, progress.faulty) == (2, 0, 1)
    assert progress.upload.state == "done"
    scheduled, draft = Post.objects.order_by("pk")
    assert (scheduled.state, draft.state) == ("scheduled", "draft")
    assert (scheduled.title, scheduled.body, scheduled.campaign) == ("제목", "본문", campaign)
    assert {t.account_id: t.wording for t in scheduled.targets.all()} == {
        account.pk: "본문", x.pk: "짧게",
    }  # fmt: skip
    assert scheduled.import_row.number == 2
    assert set(Activity.objects.filter(verb__startswith="campaigns.import").values_list("verb", flat=True)) == {
        "campaigns.import.uploaded", "campaigns.import.committed",
    }  # fmt: skip


def test_all_as_drafts(account, unit, sora):
    upload = make_import(sora, unit, row_of(account, "a"), row_of(account, "b", days=3))
    commit(sora, upload, as_drafts=True)
    assert set(Post.objects.values_list("state", flat=True)) == {"draft"}
    assert not Delivery.objects.exists()


def test_a_worker_killed_half_way_is_followed_by_another(account, unit, sora, monkeypatch):
    rows = [row_of(account, f"post {n}", clock=f"{n + 1}:00", days=3) for n in range(6)]
    upload = make_import(sora, unit, *rows)
    import_commit(sora, import_id=upload.pk)
    whole = import_running.post_schedule

    class Killed(BaseException):
        """What no handler catches."""

    def dies(actor, *, post_id):
        done = whole(actor, post_id=post_id)
        if Post.objects.count() == 4:
            raise Killed
        return done

    monkeypatch.setattr(import_running, "post_schedule", dies)
    with pytest.raises(Killed):
        run_imports()
    assert progress_of(sora, upload.pk).made == Post.objects.count() == 3
    monkeypatch.undo()
    run_imports()
    progress = progress_of(sora, upload.pk)
    assert (progress.made, progress.upload.state) == (6, "done")
    assert Post.objects.count() == Delivery.objects.count() == 6


def test_a_refusal_at_its_turn_leaves_nothing_behind(account, unit, sora):
    upload = make_import(sora, unit, row_of(account, "same words"), row_of(account, "mine"))
    make_post(account, actor=sora, body="same words", scheduled=True, local_time=in_seoul(days=2))
    progress = commit(sora, upload)
    assert (progress.made, progress.failed) == (1, 1)
    assert problems(upload)[2] == ["Text: 모바일 says exactly this within 24 hours already."]
    assert Post.objects.count() == 2


def test_the_rights_of_the_moment_count(account, unit, sora):
    upload = make_import(sora, unit, row_of(account, "a"))
    import_commit(sora, import_id=upload.pk)
    User.objects.filter(pk=sora.user_id).update(is_active=False)
    run_imports()
    assert problems(upload)[2] == [": Whoever asked for this has no access any more."]
    assert not Post.objects.exists()


def test_approval_rules_apply(account, unit, sora):
    boss = make_actor("manager", unit)
    unit_policy_set(boss, unit_id=unit.pk, steps=[Step(role="manager")])
    commit(sora, make_import(sora, unit, row_of(account, "a")))
    assert Delivery.objects.get().state == "awaiting"
    assert Post.objects.get().requests.get().state == "open"


def test_undo_cancels_what_has_not_been_sent(account, unit, sora):
    rows = [row_of(account, f"post {n}", clock=f"{n + 1}:00", days=3) for n in range(4)]
    upload = make_import(sora, unit, *rows, row_of(account, "draft", State="draft"))
    commit(sora, upload)
    posts = list(Post.objects.order_by("pk"))
    Delivery.objects.filter(post_target__post=posts[0]).update(state="armed")
    post_cancel(sora, post_id=posts[1].pk)
    import_undo(sora, import_id=upload.pk)
    run_imports()
    progress = progress_of(sora, upload.pk)
    assert (progress.undone, progress.kept, progress.upload.state) == (4, 1, "undone")
    assert set(Post.objects.exclude(pk=posts[0].pk).values_list("state", flat=True)) == {
        "cancelled"
    }
    assert problems(upload)[2][0].startswith(": ")
    Delivery.objects.filter(post_target__post=posts[0]).update(state="planned")
    import_undo(sora, import_id=upload.pk)
    run_imports()
    assert progress_of(sora, upload.pk).undone == 5


def test_undo_stops_an_import_that_runs(account, unit, sora, monkeypatch):
    rows = [row_of(account, f"post {n}", clock=f"{n + 1}:00", days=3) for n in range(5)]
    upload = make_import(sora, unit, *rows)
    import_commit(sora, import_id=upload.pk)
    monkeypatch.setattr(import_running, "TURN", 2)
    assert imports_run() == 2
    import_undo(sora, import_id=upload.pk)
    run_imports()
    progress = progress_of(sora, upload.pk)
    assert (progress.undone, progress.good, progress.upload.state) == (2, 3, "undone")


def test_the_same_file_is_known_again(account, unit, sora):
    content = posts_file(row_of(account, "a"))
    first = make_import(sora, unit, content=content)
    again = make_import(sora, unit, content=content)
    assert same_before(first) is None
    assert same_before(again) == first
    assert same_before(make_import(sora, unit, row_of(account, "b"))) is None


def test_a_second_press_of_the_form_is_the_same_import(account, unit, sora):
    key, content = uuid4(), posts_file(row_of(account, "a"))
    made = [
        import_upload(sora, unit_id=unit.pk, name="a.csv", content=content, request_key=key)
        for _ in range(2)
    ]
    assert made[0] == made[1]
    assert Import.objects.count() == 1


def test_checked_again_what_was_missing_is_found(account, unit, sora):
    upload = make_import(sora, unit, row_of(account, "a", Accounts="New one"))
    make_account(unit=unit, name="New one")
    import_check_again(sora, import_id=upload.pk)
    run_imports()
    assert progress_of(sora, upload.pk).good == 1


def test_gates(account, unit, sora):
    upload = make_import(sora, unit, row_of(account, "a"))
    with pytest.raises(NotAllowed):
        make_import(make_actor("operator", unit), unit, row_of(account, "b"))
    with pytest.raises(NotAllowed):
        make_import(sora, make_unit(), row_of(account, "b"))
    for stranger in (make_actor("staff", make_unit()), make_actor("operator", unit)):
        for act in (import_commit, import_undo, import_check_again):
            with pytest.raises(NotFound):
                act(stranger, import_id=upload.pk)
    with pytest.raises(Conflict):
        import_undo(sora, import_id=upload.pk)
    colleague = make_actor("staff", unit)
    commit(colleague, upload)
    assert Post.objects.get().author_id == colleague.user_id


def test_nothing_good_is_nothing_to_import(account, unit, sora):
    upload = make_import(sora, unit, row_of(account, ""))
    with pytest.raises(Invalid):
        import_commit(sora, import_id=upload.pk)


def test_old_files_are_forgotten(account, unit, sora):
    done = make_import(sora, unit, row_of(account, "a"))
    commit(sora, done)
    unused = make_import(sora, unit, row_of(account, "b"))
    assert imports_sweep() == 0
    with time_machine.travel(now() + KEPT + timedelta(hours=1), tick=False):
        assert imports_sweep() > 0
        assert imports_sweep() == 0
    assert not Import.objects.filter(pk=unused.pk).exists()
    row = ImportRow.objects.get(upload=done)
    assert (row.cells, row.post.body) == ({}, "a")


def test_the_file_itself_is_let_go_of(account, unit, sora):
    made = import_upload(
        sora, unit_id=unit.pk, name="a.csv", content=posts_file(row_of(account, "a")),
        request_key=uuid4(),
    )  # fmt: skip
    assert made.content
    run_imports()
    made.refresh_from_db()
    assert made.content is None


@pytest.mark.django_db(transaction=True)
def test_two_commits_and_two_workers_at_once_make_each_post_once(account, unit, sora):
    rows = [row_of(account, f"post {n}", clock=f"{n + 1}:00", days=3) for n in range(8)]
    upload = make_import(sora, unit, *rows)
    together(*[lambda: import_commit(sora, import_id=upload.pk)] * 2)
    for result in together(run_imports, run_imports, run_imports):
        assert result is None
    run_imports()
    assert progress_of(sora, upload.pk).made == 8
    assert Post.objects.count() == PostTarget.objects.count() == 8
    assert Activity.objects.filter(verb="campaigns.import.committed").count() == 1
