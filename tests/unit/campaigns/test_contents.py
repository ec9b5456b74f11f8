"""The canonical form of a post: what changes its hash, and what does not."""

from dataclasses import replace

import pytest

from campaigns.contents import Placed, Shown, from_content, snapshot
from campaigns.selectors.history import changes

BASE = snapshot(
    title="Title", body="Body", local_time="2026-11-11T11:11:11", time_zone="Asia/Seoul",
    campaign=None, placements=[Placed(2, "X", ""), Placed(1, "Page", "Own")],
)  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "title"},
        {"body": "Body "},
        {"local_time": "2026-11-11T11:11:12"},
        {"time_zone": "Asia/Tokyo"},
        {"campaign": 1},
        {"lateness": "ask"},
        {"media": (Shown(1, "0" * 64, ""),)},
        {"media": (Shown(1, "0" * 64, ""), Shown(2, "1" * 64, ""))},
        {"placements": (Placed(1, "Page", "Own"),)},
        {"placements": (Placed(1, "Page", ""), Placed(2, "X", ""))},
        {"placements": (Placed(1, "Page", ""), Placed(2, "X", "Own"))},
    ],
    ids=str,
)
def test_whatever_is_set_differently_has_another_hash(changed):
    assert replace(BASE, **changed).digest != BASE.digest


def test_the_order_of_files_counts_and_that_of_accounts_does_not():
    first, second = Shown(1, "0" * 64, ""), Shown(2, "1" * 64, "")
    assert (
        replace(BASE, media=(first, second)).digest != replace(BASE, media=(second, first)).digest
    )
    given = {"title": "", "body": "", "local_time": "", "time_zone": "", "campaign": None}
    one, two = Placed(1, "a", ""), Placed(2, "b", "")
    assert (
        snapshot(**given, placements=[one, two]).digest
        == snapshot(**given, placements=[two, one]).digest
    )


def test_a_renamed_account_is_the_same_account():
    renamed = replace(BASE, placements=(Placed(1, "New", "Own"), Placed(2, "X", "")))
    assert renamed.digest == BASE.digest


def test_what_was_kept_reads_as_before():
    assert from_content(BASE.content()) == BASE
    assert BASE.wording(1) == "Own"
    assert BASE.wording(2) == "Body"
    assert BASE.wording(3) == ""


def test_changes_are_told_one_by_one():
    new = snapshot(
        title="Title", body="Body text", local_time="", time_zone="Asia/Seoul", campaign=7,
        placements=[Placed(1, "Page", "Words"), Placed(3, "Blog", "")],
    )  # fmt: skip
    told = [(change.name, change.about) for change in changes(BASE, new, {7: "Launch"})]
    assert told == [
        ("text", ""), ("time", ""), ("campaign", ""), ("added", "Blog"), ("removed", "X"),
        ("own", "Page"),
    ]  # fmt: skip
