"""The form of a post: pictures, what follows, an article's own, the preview, and that nothing typed is lost."""

from datetime import timedelta
from uuid import uuid4

import pytest

from campaigns.actions.posts import post_create, post_schedule
from campaigns.actions.scratches import scratch_keep
from campaigns.contents import Picked, Placing
from campaigns.models import LinkCheck, Post, Scratch
from campaigns.selectors.posts import content_of, deliveries_of
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid
from opsconsole.people.selectors import actor_for
from tests.factories.campaigns import in_seoul, make_content, make_image, make_post
from tests.factories.channels import make_account
from tests.factories.people import make_unit, make_user
from tests.factories.pictures import picture_file
from tests.support.html import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return make_unit()


@pytest.fixture
def user(unit):
    return make_user(role="staff", unit=unit)


@pytest.fixture
def seo(user):
    return actor_for(user)


@pytest.fixture
def page(client, user):
    client.force_login(user)
    return client


def typed(unit, *accounts, **given):
    """What the browser sends for a draft."""
    fields = {
        "unit": unit.pk, "title": "Title", "body": "Body", "local_time": "", "then": "draft",
        "repeats": "no", "request_key": str(uuid4()), "accounts": [a.pk for a in accounts],
    }  # fmt: skip
    return fields | given


def refusal(seo, account, image, **given):
    content = make_content(account, images=[Picked(image.pk, "A cat")], **given)
    post = post_create(seo, unit_id=account.unit.pk, content=content, request_key=uuid4())
    with pytest.raises(Invalid) as refused:
        post_schedule(seo, post_id=post.pk)
    return refused.value


def test_a_form_with_everything_is_read_as_it_was_typed(page, unit, seo):
    x, blog = make_account(kind="x", unit=unit), make_account(kind="blog", unit=unit)
    type(blog).objects.filter(pk=blog.pk).update(categories=[{"number": 3, "name": "News"}])
    cat, dog = make_image(unit=unit), make_image(unit=unit)
    sent = page.post("/posts/new/", typed(
        unit, x, blog, images=[dog.pk, cat.pk], **{f"alt_{dog.pk}": "A dog", f"alt_{cat.pk}": "A cat"},
        left_out=[f"{cat.pk}:{x.pk}", "nonsense"], is_announced="on", link_tag="big launch",
        **{f"part_{x.pk}": ["Second", "  ", "Third"], f"excerpt_{blog.pk}": "Short",
           f"categories_{blog.pk}": ["3"]},
    ))  # fmt: skip
    assert sent.status_code == 302
    content = content_of(Post.objects.get())
    assert content.images == (Picked(dog.pk, "A dog"), Picked(cat.pk, "A cat"))
    assert content.placing[x.pk] == Placing(("Second", "Third"), "", (), (cat.pk,))
    assert content.placing[blog.pk] == Placing((), "Short", (3,), ())
    assert (content.is_announced, content.link_tag) == (True, "big-launch")
    again = page.get(f"/posts/{Post.objects.get().pk}/edit/")
    assert "A dog" in again.content.decode()
    assert "Third" in again.content.decode()


def test_each_account_gets_its_pictures(unit, seo):
    x, blog = make_account(kind="x", unit=unit), make_account(kind="blog", unit=unit)
    cat, dog = make_image(unit=unit), make_image(unit=unit)
    content = make_content(
        x, blog, images=[Picked(cat.pk, "A cat"), Picked(dog.pk, "A dog")],
        placing={x.pk: Placing(left_out=[cat.pk])},
    )  # fmt: skip
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    post_schedule(seo, post_id=post.pk)
    shown = {
        row.account_id: [media.alt_text for media in row.media.all()]
        for row in deliveries_of(post)
    }
    assert shown == {x.pk: ["A dog"], blog.pk: ["A cat", "A dog"]}


def test_a_fifth_picture_is_too_many_for_x(unit, seo):
    x = make_account(kind="x", unit=unit)
    images = [Picked(make_image(unit=unit).pk, f"Cat {n}") for n in range(5)]
    content = make_content(x, images=images)
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    with pytest.raises(Invalid) as refused:
        post_schedule(seo, post_id=post.pk)
    assert refused.value.code == "too_many_pictures"


def test_an_animated_picture_stands_alone_on_x(unit, seo):
    x = make_account(kind="x", unit=unit)
    gif = make_image(unit=unit, upload=picture_file("GIF", mode="P", colour=3))
    content = make_content(
        x, images=[Picked(gif.pk, "Waves"), Picked(make_image(unit=unit).pk, "B")]
    )
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    with pytest.raises(Invalid) as refused:
        post_schedule(seo, post_id=post.pk)
    assert refused.value.code == "gif_alone"


def test_a_picture_whose_rights_have_ended_by_then_is_refused(unit, seo):
    x = make_account(kind="x", unit=unit)
    ending = make_image(unit=unit, rights_until=(now() + timedelta(days=2)).date())
    later = in_seoul(days=5)
    assert refusal(seo, x, ending, local_time=later).code == "rights_ended"


def test_a_picture_without_words_is_refused(unit, seo):
    x, silent = make_account(kind="x", unit=unit), make_image(unit=unit)
    content = make_content(x, images=[Picked(silent.pk)])
    post = post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    with pytest.raises(Invalid) as refused:
        post_schedule(seo, post_id=post.pk)
    assert refused.value.code == "alt_missing"


def test_a_picture_of_another_unit_cannot_be_taken(unit, seo):
    x, theirs = make_account(kind="x", unit=unit), make_image(unit=make_unit())
    content = make_content(x, images=[Picked(theirs.pk, "A cat")])
    with pytest.raises(Invalid) as refused:
        post_create(seo, unit_id=unit.pk, content=content, request_key=uuid4())
    assert refused.value.code == "pictures"


def test_the_preview_says_what_sending_would_refuse(page, unit):
    x = make_account(kind="x", unit=unit)
    shown = text_of(page.post("/posts/preview/", typed(unit, x, body="가" * 141)))
    assert "282" in shown
    assert Post.objects.count() == 0


def test_the_preview_shows_an_article_and_no_script_of_anybodys(page, unit):
    blog = make_account(kind="blog", unit=unit)
    body = (
        "**bold** <script>alert(1)</script> [x](javascript:alert(1)) ![](https://evil.example/p)"
    )
    shown = page.post("/posts/preview/", typed(unit, blog, body=body)).content.decode()
    assert "<strong>bold</strong>" in shown
    assert "<script>alert" not in shown
    assert 'href="javascript' not in shown
    assert 'src="https://evil' not in shown


def test_an_address_is_looked_up_once_it_no_longer_grows(page, unit):
    x = make_account(kind="x", unit=unit)
    page.post("/posts/preview/", typed(unit, x, body="https://a.example/ready and https://a.exam"))
    assert [link.url for link in LinkCheck.objects.all()] == ["https://a.example/ready"]
    shown = page.post("/posts/preview/", typed(unit, x, body="https://a.example/ready!"))
    assert "https://a.example/ready" in text_of(shown)


def test_half_a_form_has_a_preview_too(page, unit):
    x = make_account(kind="x", unit=unit)
    answer = page.post(
        "/posts/preview/", {"accounts": [x.pk], "body": "Hello", "unit": "nonsense"}
    )
    assert answer.status_code == 200
    assert "Hello" in text_of(answer)


def test_what_was_typed_is_offered_again_and_taken_up(page, unit, user):
    x, key = make_account(kind="x", unit=unit), str(uuid4())
    kept = typed(
        unit, x, title="", body="Half a thought", request_key=key, **{f"part_{x.pk}": ["A", "B"]}
    )
    assert page.post("/posts/scratch/", kept).status_code == 204
    assert "Half a thought" in text_of(page.get("/posts/new/"))
    taken = page.get(f"/posts/new/?scratch={key}").content.decode()
    assert ">Half a thought</textarea>" in taken.replace("\n", "")
    assert ">B</textarea>" in taken
    saved = page.post("/posts/new/", kept)
    assert saved.status_code == 302
    assert Scratch.objects.count() == 0


def test_a_scratch_is_nobody_elses(page, unit, seo, client):
    other = make_user(role="staff", unit=unit)
    key = uuid4()
    scratch_keep(actor_for(other), key=key, post_id=None, fields={"body": ["Secret"]})
    assert "Secret" not in page.get(f"/posts/new/?scratch={key}").content.decode()
    page.post("/posts/scratch/drop/", {"request_key": str(key)})
    assert Scratch.objects.count() == 1


def test_a_book_is_not_kept(page, unit):
    answer = page.post("/posts/scratch/", {"request_key": str(uuid4()), "body": "x" * 300_001})
    assert answer.status_code == 422


def test_a_change_that_was_never_saved_is_offered_on_that_post_alone(page, unit, seo):
    account = make_account(unit=unit)
    post, other = make_post(account, actor=seo), make_post(account, actor=seo)
    fields = {"request_key": str(post.request_key), "post": post.pk, "body": "Changed words"}
    assert page.post("/posts/scratch/", fields).status_code == 204
    assert "Changed words" in text_of(page.get(f"/posts/{post.pk}/edit/"))
    assert "Changed words" not in text_of(page.get(f"/posts/{other.pk}/edit/"))
    assert "Changed words" not in text_of(page.get("/posts/new/"))
