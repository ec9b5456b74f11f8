"""Text from outside, made fit to store and to link to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsconsole.kernel.text import storable, storable_id, typed, web_address


@given(st.text(alphabet=st.characters(), max_size=50))
def test_whatever_comes_can_be_stored(text):
    kept = storable(text)
    assert "\x00" not in kept
    assert kept.encode().decode() == kept


def test_ordinary_text_is_untouched():
    text = "안녕하세요 👩‍👩‍👧‍👦 \u202e<script>{{ x }}'; DROP TABLE"
    assert storable(text) == text


def test_long_ids_stay_apart():
    one, other = (
        "https://blog.example/" + "a" * 300 + "1",
        "https://blog.example/" + "a" * 300 + "2",
    )
    assert storable_id(one) != storable_id(other)
    assert storable_id(one) == storable_id(one)
    assert len(storable_id(one)) == 190
    assert storable_id("17") == "17"


@pytest.mark.parametrize(
    "given_address",
    ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "//evil.example", "x", None, 5,
     "https://example.com/" + "a" * 700],
)  # fmt: skip
def test_only_web_addresses_become_links(given_address):
    assert web_address(given_address) == ""


def test_web_addresses_are_kept():
    assert web_address(" https://example.com/가?x=1#y ") == "https://example.com/가?x=1#y"
    assert web_address("HTTP://EXAMPLE.COM") == "HTTP://EXAMPLE.COM"


def test_what_was_typed_has_plain_line_breaks():
    assert typed("a\r\nb\rc\nd\x00") == "a\nb\nc\nd"
