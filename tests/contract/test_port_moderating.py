"""What every channel promises about acts on what stands there: each verb, repeated, refused, too late."""

import pytest

from channels.errors import AuthExpired, Rejected, RejectionCode, Unreachable
from channels.types import OUTCOMES, ModerationVerb, Visibility
from tests.support.voices import ids, one

V = ModerationVerb


def looks(seen, external_id):
    """How an item looks after a verb, removed ones included."""
    if external_id in seen.gone:
        return Visibility.REMOVED
    return one(seen.items, external_id).visibility


def refused(act):
    with pytest.raises(Rejected) as refusal:
        act()
    return refusal.value.code


CHAINS = [
    ("facebook", [V.HIDE, V.UNHIDE]),
    ("blog", [V.HOLD, V.APPROVE, V.SPAM, V.UNSPAM, V.TRASH, V.UNTRASH]),
]


@pytest.mark.parametrize(("kind", "chain"), CHAINS, ids=lambda value: str(value)[:8])
def test_each_verb_does_what_it_says_and_may_be_repeated(connect, kind, chain):
    place = connect(kind)
    asked = place.asked("광고입니다")
    for verb in chain:
        for _ in range(2):
            seen = place.adapter().moderate(asked.external_id, verb)
            assert looks(seen, asked.external_id) in OUTCOMES[verb], verb
        if looks(seen, asked.external_id) != Visibility.REMOVED:
            again = place.adapter().recheck([asked.external_id])
            assert looks(again, asked.external_id) == looks(seen, asked.external_id)
    item = one(place.walk()[0], asked.external_id)
    assert (item.text, item.visibility) == (asked.text, Visibility.PUBLIC)


def test_spam_and_trash_go_back_to_what_was_before(connect):
    place = connect("blog")
    asked = place.asked()
    for there, back in ((V.SPAM, V.UNSPAM), (V.TRASH, V.UNTRASH)):
        place.adapter().moderate(asked.external_id, V.HOLD)
        place.adapter().moderate(asked.external_id, there)
        seen = place.adapter().moderate(asked.external_id, back)
        assert looks(seen, asked.external_id) == Visibility.HELD


def test_moderating_leaves_the_visitor_as_he_was(connect):
    """WordPress would write down our own browser as the one that the comment was written with."""
    place = connect("blog")
    asked = place.asked()
    before = place.shown(asked.external_id)
    place.adapter().moderate(asked.external_id, V.HOLD)
    after = place.shown(asked.external_id)
    assert (
        after["author_user_agent"] == before["author_user_agent"]
        or not before["author_user_agent"]
    )
    assert after["content"] == before["content"]


def test_an_answer_of_ours_is_deleted(place):
    asked = place.asked()
    receipt = place.adapter().publish(place.reply("실수입니다", asked))
    for _ in range(2):
        seen = place.adapter().moderate(receipt.external_id, V.DELETE_OWN)
        assert seen.gone == (receipt.external_id,)
    assert receipt.external_id not in ids(place.walk()[0])
    assert asked.external_id in ids(place.walk()[0])


def test_what_a_channel_does_not_know_is_refused_without_a_call(place):
    asked = place.asked()
    for verb in set(V) - place.adapter().capabilities.moderation:
        act = lambda verb=verb: place.adapter().moderate(asked.external_id, verb)  # noqa: E731
        assert refused(act) == RejectionCode.NOT_PERMITTED
    assert place.shown(asked.external_id) == place.shown(asked.external_id)
    assert one(place.walk()[0], asked.external_id).visibility == Visibility.PUBLIC


def test_nothing_is_moderated_in_a_feed(connect):
    adapter = connect("feed").adapter()
    assert adapter.capabilities.moderation == frozenset()
    assert refused(lambda: adapter.moderate("comment:1", V.HIDE)) == RejectionCode.NOT_PERMITTED


FIRST = {"facebook": V.HIDE, "blog": V.SPAM}


@pytest.mark.parametrize("kind", FIRST)
def test_what_is_gone_or_was_never_there(connect, kind):
    place = connect(kind)
    asked = place.asked()
    place.control("delete", asked.external_id)
    missing = "1_2" if kind == "facebook" else "99999"
    for external_id in (asked.external_id, missing):
        act = lambda key=external_id: place.adapter().moderate(key, FIRST[kind])  # noqa: E731
        assert refused(act) == RejectionCode.TARGET_GONE


def test_a_page_cannot_hide_its_own_comment(connect):
    place = connect("facebook")
    receipt = place.adapter().publish(place.reply("우리 답", place.asked()))
    act = lambda: place.adapter().moderate(receipt.external_id, V.HIDE)  # noqa: E731
    assert refused(act) == RejectionCode.NOT_PERMITTED
    assert not place.shown(receipt.external_id)["hidden"]


def test_missing_rights_and_dead_tokens_are_told_apart(connect):
    facebook, blog = connect("facebook"), connect("blog")
    asked, said = facebook.asked(), blog.asked()
    facebook.fault("status", code=200, message="(#200) Permissions error", method="POST")
    act = lambda: facebook.adapter().moderate(asked.external_id, V.HIDE)  # noqa: E731
    assert refused(act) == RejectionCode.NOT_PERMITTED
    for place, item, given in (
        (facebook, asked, {"page_access_token": "EAAGwrong"}),
        (blog, said, {"application_password": "wrong wrong wrong"}),
    ):
        with pytest.raises(AuthExpired):
            place.adapter(**given).moderate(item.external_id, FIRST[place.kind])


def test_a_platform_that_takes_it_and_does_not_show_it_is_asked_again(connect):
    place = connect("blog")
    asked = place.asked()
    shown = {"id": int(asked.external_id), "post": 1, "date_gmt": "2026-11-25T01:00:00"}
    place.canned({**shown, "status": "approved", "content": {"rendered": "x"}}, method="POST")
    with pytest.raises(Unreachable):
        place.adapter().moderate(asked.external_id, V.SPAM)
    seen = place.adapter().moderate(asked.external_id, V.SPAM)
    assert looks(seen, asked.external_id) == Visibility.SPAM
