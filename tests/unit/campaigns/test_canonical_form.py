"""The canonical form of what a post says: what an approval is bound to."""

from dataclasses import replace

import pytest

from campaigns.contents import (
    Content,
    Picked,
    Placed,
    Placing,
    Shown,
    from_content,
    settings_of,
    snapshot,
    typed_again,
    with_settings,
)


def shot(**given):
    placed = given.pop("placed", {})
    return snapshot(
        **{
            "title": "5G", "body": "News", "local_time": "2026-12-01T15:00:00",
            "time_zone": "Asia/Seoul", "campaign": None,
            "placements": [Placed(1, "Mobile", "", **placed)],
        }
        | given
    )  # fmt: skip


def test_a_hash_given_before_there_were_pictures_and_threads_is_still_true():
    """Kept in databases with approvals: it must never change."""
    assert shot().digest == "b33cae03173725b09c47429998fcd7214197d67d918f06886e2f4615c3135344"


@pytest.mark.parametrize(
    "changed",
    [
        {"media": [Shown(1, "aa", "A cat")]},
        {"is_announced": True},
        {"link_tag": "jeju"},
        {"placed": {"parts": ("And more",)}},
        {"placed": {"excerpt": "Short"}},
        {"placed": {"categories": (3,)}},
        {"placed": {"left_out": (4,)}},
    ],
)
def test_everything_that_goes_out_is_part_of_the_hash(changed):
    assert shot(**changed).digest != shot().digest


def test_what_a_picture_shows_is_part_of_it_and_its_number_is_not():
    one = shot(media=[Shown(1, "aa", "A cat")])
    assert shot(media=[Shown(1, "aa", "A dog")]).digest != one.digest
    assert shot(media=[Shown(2, "aa", "A cat")]).digest == one.digest


def test_an_account_may_be_renamed():
    assert shot(placements=[Placed(1, "Other", "")]).digest == shot().digest


def test_what_is_kept_is_read_back_the_same():
    whole = shot(
        media=[Shown(1, "aa", "A cat")], is_announced=True, link_tag="jeju",
        placed={"parts": ("One", "Two"), "excerpt": "E", "categories": (1, 2), "left_out": (1,)},
    )  # fmt: skip
    assert from_content(whole.content()) == whole
    again = typed_again(whole)
    assert again.placing[1] == Placing(("One", "Two"), "E", (1, 2), (1,))
    assert list(again.images) == [Picked(1, "A cat")]


def test_what_a_series_sets_comes_back():
    typed = Content("", "Text", [1])
    settings = replace(
        typed, placing={1: Placing(["Next"], "", [2], [])}, images=[Picked(3, "A cat")],
        is_announced=True, link_tag="jeju",
    )  # fmt: skip
    assert settings_of(typed) == {}
    assert with_settings(typed, settings_of(settings)) == settings
