"""Several accounts on X that say the same: X does not allow it, and whoever writes is warned."""

import pytest

from campaigns.contents import Content
from campaigns.models import LibraryImage
from campaigns.selectors.previews import previews
from tests.factories.channels import make_account

pytestmark = pytest.mark.django_db


def warned(accounts, body="소식  입니다", **own):
    wording = {accounts[int(key[1:])].pk: words for key, words in own.items()}
    content = Content(
        title="", body=body, account_ids=[one.pk for one in accounts], wording=wording,
        local_time=None,
    )  # fmt: skip
    cards = previews(content, accounts, LibraryImage.objects.none())
    return {
        card.going.account.pk for card in cards for fault in card.faults if fault.code == "alike"
    }


def test_the_same_words_from_two_accounts_on_x_are_warned_about():
    first, second, page = make_account(kind="x"), make_account(kind="x"), make_account()
    assert warned([first, second, page]) == {first.pk, second.pk}
    assert warned([first, page]) == set()
    assert warned([first, second], _1="다른 소식") == set()
    assert warned([first, second], _1="소식 입니다 ") == {first.pk, second.pk}
