"""Whatever a post may hold is in the file that is exported, and the same once that is imported."""

import random
from dataclasses import replace
from uuid import uuid4

import pytest

from campaigns.actions.import_running import imports_run
from campaigns.actions.imports import import_commit
from campaigns.actions.posts import post_cancel, post_create
from campaigns.contents import Content, Picked, Placing
from campaigns.models import Post
from campaigns.selectors.posts import content_of
from tests.factories.campaigns import in_seoul, make_campaign, make_image
from tests.factories.channels import make_account
from tests.factories.imports import make_import
from tests.factories.people import make_actor
from tests.support.exports import exported

pytestmark = pytest.mark.django_db

WORDS = [
    "가", "a", "=1+1", "+", "-", "@x", "---", "\\---", "----", "'", '"', ",", ";", "\n", "\t", " ",
    "🎉", "＝", "{{link}}", "https://example.com/?a=1&b=2", "#12", "<b>", "_x0041_", "\n\n", ":",
]  # fmt: skip
CATEGORIES = {
    "one": [{"number": 1, "name": "소식"}, {"number": 2, "name": "A, B"}, {"number": 3, "name": "소식"}],
    "two": [{"number": 1, "name": "News"}, {"number": 2, "name": "A, B"}, {"number": 7, "name": " #1"}],
}  # fmt: skip


class Writer:
    """Writes posts of every kind, the same ones for the same seed."""

    def __init__(self, seed: int, accounts, images, campaign: int):
        self.dice = random.Random(seed)
        self.accounts, self.images, self.campaign = accounts, images, campaign

    def text(self, most=6) -> str:
        return "".join(self.dice.choices(WORDS, k=self.dice.randrange(most)))

    def words(self) -> str:
        return f"{self.text()}{self.dice.random()}{self.text()}"

    def maybe(self, value, empty):
        return value if self.dice.random() < 0.5 else empty

    def placing(self, account, images) -> Placing:
        left = [image.pk for image in images if self.dice.random() < 0.3]
        if account.kind == "blog":
            known = [row["number"] for row in account.categories]
            chosen = self.dice.sample(known, self.dice.randrange(len(known) + 1))
            return Placing((), self.maybe(self.words().strip(), ""), chosen, left)
        parts = [self.words() for _ in range(self.dice.randrange(4))]
        return Placing(self.maybe(parts, ()), "", (), left)

    def content(self) -> Content:
        places = self.dice.sample(self.accounts, self.dice.randrange(1, len(self.accounts) + 1))
        images = self.dice.sample(self.images, self.dice.randrange(len(self.images)))
        same, settings = self.words(), {one.pk: self.placing(one, images) for one in places}
        if self.dice.random() < 0.4:  # all accounts of a channel alike
            settings = {one.pk: next(s for a, s in zip(places, settings.values(), strict=True)
                                     if a.kind == one.kind) for one in places}  # fmt: skip
            settings = {pk: replace(one, categories=()) for pk, one in settings.items()}
        return Content(
            title=self.words(), body=self.words(), account_ids=[one.pk for one in places],
            wording={one.pk: self.dice.choice([same, self.words(), ""]) for one in places},
            local_time=self.maybe(in_seoul(days=self.dice.randrange(1, 300)), None),
            time_zone=self.dice.choice(["Asia/Seoul", "America/New_York"]),
            campaign=self.maybe(self.campaign, None), placing=settings,
            images=[Picked(one.pk, self.maybe(f"{self.words()} alt", "")) for one in images],
            is_announced=self.dice.random() < 0.3, link_tag=self.maybe(self.words()[:50], ""),
            lateness=self.dice.choice(["", "ask", "drop", "send:5", "send:1440"]),
        )  # fmt: skip


@pytest.mark.parametrize(("file", "language"), [("csv", "ko"), ("xlsx", "en")])
@pytest.mark.parametrize("seed", range(2))
def test_whatever_a_post_holds_comes_back_the_same(seed, file, language):
    blog = make_account(kind="blog", name="블로그: 하나", categories=CATEGORIES["one"])
    unit = blog.unit
    other = make_account(unit=unit, kind="blog", name="Blog, two", categories=CATEGORIES["two"])
    rest = [
        make_account(unit=unit, kind=kind, name=name)
        for kind, name in [("x", "X"), ("x", "X: 둘"), ("facebook", "Page"), ("facebook", "Page")]
    ]
    sora = make_actor("staff", unit, username=f"sora{seed}", language=language)
    names = ["봄.png", "봄.png", "A; B", "#7 seven", "x"]
    images = [make_image(unit=unit, name=name, alt_text="library") for name in names]
    campaign = make_campaign(unit=unit, name="#1")
    writer = Writer(seed, [blog, other, *rest], images, campaign.pk)
    wanted = []
    for _ in range(12):
        post = post_create(
            sora, unit_id=unit.pk, content=writer.content(), request_key=uuid4()
        )  # fmt: skip
        wanted.append(content_of(post))
    old = list(Post.objects.values_list("pk", flat=True))
    content = exported(sora, "view=drafts", file)
    for pk in old:
        post_cancel(sora, post_id=pk)
    upload = make_import(sora, unit, content=content, name=f"a.{file}")
    assert [(row.number, row.faults) for row in upload.rows.exclude(faults=[])] == []
    import_commit(sora, import_id=upload.pk)
    while imports_run():
        pass
    made = [content_of(post) for post in Post.objects.exclude(pk__in=old)]
    assert len(made) == len(wanted)
    key = repr
    assert sorted(made, key=key) == sorted(wanted, key=key)
