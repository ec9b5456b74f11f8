"""The library and the links under several hands: one image, one look."""

from functools import partial
from pathlib import Path

import pytest

from campaigns.actions.library import image_add
from campaigns.actions.links import links_ask, links_due
from campaigns.models import LibraryImage, LinkCheck
from opsconsole.audit.models import Activity
from tests.factories.people import make_actor, make_unit
from tests.factories.pictures import picture_file
from tests.support.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_image_at_the_same_moment_stands_once(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    unit = make_unit()
    seo = make_actor("staff", unit)
    for number in range(5):
        adds = [
            partial(image_add, seo, unit_id=unit.pk, upload=picture_file(colour=(number, 0, 0)))
            for _ in range(3)
        ]
        made = together(*adds)
        assert {type(image).__name__ for image in made} == {"LibraryImage"}, made
        assert len({image.pk for image in made}) == 1
    assert LibraryImage.objects.count() == 5
    assert Activity.objects.filter(verb="campaigns.image.added").count() == 5
    assert len([path for path in Path(tmp_path).rglob("*") if path.is_file()]) == 10


def test_a_link_is_looked_up_by_one_worker():
    urls = [f"https://example.com/{number}" for number in range(20)]
    together(*[partial(links_ask, urls)] * 3)
    assert LinkCheck.objects.count() == 20
    taken = together(*[partial(links_due, 10)] * 3)
    numbers = [link.pk for links in taken for link in links]
    assert len(numbers) == len(set(numbers)) == 20
