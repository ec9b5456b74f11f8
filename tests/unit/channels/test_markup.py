"""What blogs send as HTML becomes plain words, whatever is in it."""

import pytest

from channels.markup import plain


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<p>one<br />\ntwo</p>\n<p>three</p>", "one\ntwo\n\nthree"),
        ("Fish &#038; <b>Chips</b> &#8220;quoted&#8221;", "Fish & Chips “quoted”"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;", "<script>alert(1)</script>"),
        ("<script>alert(1)</script>left", "left"),
        ("half \ud83d emoji", "half ? emoji"),
        ("nul\x00 inside", "nul inside"),
        ("\u1112\u1161\u11ab", "한"),
    ],
)
def test_markup_becomes_words(markup, words):
    assert plain(markup) == words
