"""Who signs, and pictures inside an article, asked of WordPress itself."""

from datetime import timedelta

import pytest

from channels.adapters.blog.adapter import BlogAdapter
from channels.port import Connection
from channels.sandbox.media import draw_picture
from channels.types import Article, Outgoing, OutgoingKind, OutgoingMedia
from opsconsole.kernel.clock import now

pytestmark = pytest.mark.wordpress


def reply(comment, text: str, article: Article) -> Outgoing:
    return Outgoing(
        OutgoingKind.REPLY, text, "n", reply_to=str(comment["id"]),
        thread=f"post:{comment['post']}", article=article,
    )  # fmt: skip


def window():
    return {"since": now() - timedelta(minutes=2), "until": now() + timedelta(minutes=1)}


def test_an_operator_signs_by_name_and_it_stays_the_users_comment(site):
    adapter = site.adapter()
    out = reply(
        site.comment(site.article(), "질문"), "답입니다", Article(author_name="유나 & 민호")
    )
    receipt = adapter.publish(out)
    items, _cursor = site.walk(adapter)
    item = next(item for item in items if item.external_id == receipt.external_id)
    assert (item.is_own, item.author.name) == (True, "유나 & 민호")
    assert [r.external_id for r in adapter.find(out, **window())] == [receipt.external_id]


def test_another_user_signs_and_is_ours_too(site):
    admin, own = (site.get(f"users?slug={name}")[0]["id"] for name in ("admin", "editor"))
    secrets = {"username": "editor", "application_password": site.users["editor"]}
    adapter = BlogAdapter(
        Connection(site.url, str(own), secrets, allow_private_hosts=True, also_own=(str(admin),))
    )
    out = reply(site.comment(site.article(), "질문"), "다른 이름의 답", Article(author=admin))
    receipt = adapter.publish(out)
    items, _cursor = site.walk(adapter)
    item = next(item for item in items if item.external_id == receipt.external_id)
    assert item.is_own
    assert [r.external_id for r in adapter.find(out, **window())] == [receipt.external_id]


def test_pictures_stand_in_the_article_and_the_first_is_featured(site):
    adapter = site.adapter()
    media = tuple(
        OutgoingMedia(f"{n}.png", "image/png", draw_picture(50 * n), f"그림 {n}") for n in (1, 2)
    )
    nonce = f"oc-{now().timestamp():.0f}aaaaaaaa"
    out = adapter.prepare(
        Outgoing(OutgoingKind.POST, "**본문**입니다", nonce, title="그림 있는 글", media=media)
    )
    receipt = adapter.publish(out)
    number = receipt.external_id.removeprefix("post:")
    shown = site.get(f"posts/{number}", context="edit")
    assert str(shown["featured_media"]) == out.media_handles[0].partition("|")[0]
    assert out.media_handles[1].partition("|")[2] in shown["content"]["rendered"]
    assert 'alt="그림 2"' in shown["content"]["rendered"]
    assert [r.external_id for r in adapter.find(out, **window())] == [receipt.external_id]
