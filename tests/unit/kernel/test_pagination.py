"""Cursors: made by us, given back by anybody."""

import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.pagination import after_number, cut, decode, encode


def token(value) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_what_was_encoded_is_decoded(parts):
    assert decode(encode(parts), len(parts)) == parts


@given(st.text(max_size=60))
def test_any_text_is_either_a_cursor_or_invalid(text):
    with suppress(Invalid):
        assert len(decode(text, 2)) == 2


@pytest.mark.parametrize("value", [[], ["1", "2"], {"0": 1}, "1", 1, None, ["x"], ["-"], [""]])
def test_a_cursor_of_another_list_is_invalid(value):
    with pytest.raises(Invalid):
        after_number(token(value))


def test_the_extra_row_makes_the_cursor_and_stays_away():
    page = cut(range(1, 5), 3, lambda row: [row])
    assert page.rows == [1, 2, 3]
    assert after_number(page.next_cursor) == 3


def test_the_last_page_has_no_cursor():
    assert cut(range(3), 3, lambda row: [row]).next_cursor == ""
