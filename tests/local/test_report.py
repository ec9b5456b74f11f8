"""A figure knows its target, and a missed one fails the bench."""

import json

import pytest

from opsconsole.bench.report import Figure, number, write


@pytest.mark.parametrize(
    ("value", "target", "better", "met"),
    [
        (2.0, 2.0, "less", True),
        (2.1, 2.0, "less", False),
        (9.0, 10, "more", False),
        (10.0, 10, "more", True),
        (500, 500, "exact", True),
        (501, 500, "exact", False),
        (7, None, "less", True),
    ],
)
def test_whether_a_target_is_met(value, target, better, met):
    assert Figure("it", value, "s", target, better=better).met is met


def test_a_figure_is_one_line_with_all_it_knows():
    line = Figure("warm start", 1.234, "s", 5, 0.5).line()
    assert "\n" not in line
    for word in ("warm start", "1.23 s", "<= 5", "0.5", "ok"):
        assert word in line
    assert Figure("warm start", 6, "s", 5).line().endswith("MISSED")


@pytest.mark.parametrize(("value", "text"), [(0.0123, "0.0123"), (3.0, "3"), (1234.56, "1235")])
def test_numbers_are_short(value, text):
    assert number(value) == text


def test_json_says_the_same(tmp_path):
    write([Figure("kills", 200, "kills", 200, better="exact")], tmp_path / "f.json")
    (row,) = json.loads((tmp_path / "f.json").read_text())
    assert row == {
        "name": "kills",
        "value": 200,
        "unit": "kills",
        "target": 200,
        "floor": None,
        "better": "exact",
        "met": True,
    }
