"""Who signs on a blog, pictures inside articles, and sites whose address has a path."""

from datetime import UTC, datetime, timedelta

import pytest

from channels.adapters.blog.pictures import figures
from channels.port import Connection
from channels.registry import adapter_for
from channels.sandbox.media import draw_picture
from channels.types import Article, Outgoing, OutgoingKind, OutgoingMedia
from tests.support.voices import one


@pytest.fixture
def blog(connect):
    return connect("blog")


def found(blog, out, adapter=None):
    since, until = datetime.now(UTC) - timedelta(minutes=1), datetime.now(UTC)
    return [r.external_id for r in (adapter or blog.adapter()).find(out, since=since, until=until)]


def with_other(blog, number):
    """Return the adapter of an account for which another user of the blog signs, too."""
    return adapter_for(
        "blog",
        Connection(
            base_url=blog.there["base_url"], external_id="2", secrets=blog.secrets(),
            allow_private_hosts=True, also_own=(number,),
        ),
    )  # fmt: skip


def test_an_operator_signs_by_name_and_it_is_still_ours(blog):
    asked = blog.asked()
    out = blog.reply("안녕하세요", asked, article=Article(author_name="유나 & 민호"))
    receipt = blog.adapter().publish(out)
    shown = one(blog.walk()[0], receipt.external_id)
    assert (shown.is_own, shown.author.name) == (True, "유나 & 민호")
    assert found(blog, out) == [receipt.external_id]


def test_another_user_signs_and_it_is_still_ours(blog):
    asked = blog.asked()
    out = blog.reply("감사합니다", asked, article=Article(author=1))
    receipt = blog.adapter().publish(out)
    adapter = with_other(blog, "1")
    shown = one(blog.walk(adapter=adapter)[0], receipt.external_id)
    assert shown.is_own
    assert found(blog, out, adapter) == [receipt.external_id]


def test_without_a_wish_the_accounts_own_user_signs(blog):
    asked = blog.asked()
    receipt = blog.adapter().publish(blog.reply("네", asked))
    assert blog.shown(receipt.external_id)["author"] == 2


def test_several_pictures_stand_in_an_article_and_the_first_is_featured(blog):
    media = tuple(
        OutgoingMedia(f"{n}.png", "image/png", draw_picture(40 * n), f'그림 "{n}"')
        for n in (1, 2, 3)
    )
    out = blog.adapter().prepare(blog.post("본문입니다", media=media))
    receipt = blog.adapter().publish(out)
    kept = blog.shown(receipt.external_id)
    assert str(kept["featured_media"]) == out.media_handles[0].partition("|")[0]
    assert kept["content"].count("<figure") == 2
    assert "그림 &quot;2&quot;" in kept["content"]
    assert out.media_handles[1].partition("|")[2] in kept["content"]
    assert found(blog, out) == [receipt.external_id]


def test_an_address_cannot_break_out_of_a_figure():
    media = (
        OutgoingMedia("a.png", "image/png", b"", ""),
        OutgoingMedia("b.png", "image/png", b"", ""),
    )
    out = Outgoing(
        OutgoingKind.POST,
        "",
        nonce="n",
        media=media,
        media_handles=("1|", '2|https://x/"><script>'),
    )
    assert "<script" not in figures(out)


@pytest.mark.parametrize("has_permalinks", [True, False])
def test_a_site_below_a_path_with_and_without_permalinks(blog, has_permalinks):
    """As on a network of sites whose addresses are paths."""
    assert blog.there["base_url"].count("/") > 3
    blog.set(wp_permalinks=has_permalinks)
    asked = blog.asked()
    receipt = blog.adapter().publish(blog.reply("네, 맞습니다", asked))
    assert one(blog.walk()[0], receipt.external_id).parent_external_id == asked.external_id
    out = blog.post("소식")
    assert found(blog, out.with_handles(())) == []
    assert blog.adapter().publish(out).external_id.startswith("post:")
