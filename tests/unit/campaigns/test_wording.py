"""What becomes of a writer's words on their way out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.wording import addresses_in, announcing, sample, tagged
from channels.types import LINK

TAGS = "utm_source=x&utm_medium=social&utm_campaign=jeju"


def marked(text):
    return tagged(text, source="x", campaign="jeju")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("자세히: https://a.kr/x에서 보세요", ["https://a.kr/x"]),
        ("(https://a.kr/x?y=1).", ["https://a.kr/x?y=1"]),
        ("[안내](https://a.kr/5g)를 보세요, http://b.kr.", ["https://a.kr/5g", "http://b.kr"]),
        ("https://a.kr https://a.kr", ["https://a.kr"]),
        ("ftp://a.kr 없음", []),
    ],
)
def test_addresses_end_where_people_think_they_do(text, found):
    assert addresses_in(text) == found


def test_links_say_where_a_visitor_came_from():
    assert marked("https://a.kr/x 끝") == f"https://a.kr/x?{TAGS} 끝"
    assert marked("https://a.kr/x?y=1#here.") == f"https://a.kr/x?y=1&{TAGS}#here."


def test_a_link_that_says_so_already_is_left_alone():
    text = "https://a.kr/x?utm_source=poster"
    assert marked(text) == text


def test_tagging_twice_is_tagging_once():
    assert marked(marked("https://a.kr")) == marked("https://a.kr")


def test_the_article_is_linked_at_the_end_unless_the_writer_says_where():
    assert announcing("새 글이 올라왔습니다") == "새 글이 올라왔습니다\n{{link}}"
    assert announcing("{{ 주소 }} 새 글") == "{{ 주소 }} 새 글"


def test_the_address_of_the_article_is_tagged_too():
    assert marked("{{link}}") == f"{{{{link?{TAGS}}}}}"
    assert LINK.fullmatch(marked("{{link}}"))[1] == TAGS


@given(st.text())
def test_any_text_survives(text):
    """No words of ours are lost, whatever they are."""
    once = marked(text)
    assert marked(once) == once
    assert LINK.search(sample(announcing(text))) is None
