"""How a person outside is called."""

import pytest
from django.utils import translation

from inbox.models import Contact


@pytest.mark.parametrize(
    ("known", "language", "called"),
    [
        ({"name": "한지민", "handle": "jimin"}, "en", "한지민"),
        ({"handle": "jimin"}, "ko", "jimin"),
        ({}, "en", "Somebody"),
        ({}, "ko", "익명 고객"),
    ],
)
def test_nobody_is_called_by_a_number(known, language, called):
    with translation.override(language):
        assert str(Contact(external_id="unknown:123_456", **known)) == called
