"""Misfortunes are dealt by a seed."""

from collections import Counter

from campaigns.rehearsal.misfortunes import Faults, Misfortune, Placement, misfortunes_deal

M = Misfortune


def placements(count, kinds=("x", "facebook", "blog")):
    return [Placement(n, 100 + n % len(kinds), kinds[n % len(kinds)]) for n in range(count)]


def test_the_same_seed_deals_the_same():
    some = placements(60)
    first = misfortunes_deal(some, Faults.HARD, 5)
    assert misfortunes_deal(some, Faults.HARD, 5) == first
    assert misfortunes_deal(some, Faults.HARD, 6) != first


def test_a_good_day_has_none():
    assert misfortunes_deal(placements(60), Faults.NONE, 1) == {}


def test_an_ordinary_day_has_a_share_of_each():
    dealt = Counter(misfortunes_deal(placements(60), Faults.ORDINARY, 1).values())
    assert dealt == {M.TIMEOUT: 5, M.BAD_GATEWAY: 5, M.LIMITED: 3, M.SLOW: 5}


def test_a_hard_day_kills_a_worker_and_takes_one_account_its_access():
    some = placements(18)
    dealt = misfortunes_deal(some, Faults.HARD, 1)
    counts = Counter(dealt.values())
    assert counts[M.KILLED] == 1
    lost = [one for one in some if dealt.get(one.delivery) == M.REVOKED]
    (account,) = {one.account for one in lost}
    mine = [one for one in some if one.account == account]
    assert lost == mine[4:]


def test_patience_is_asked_for_only_by_who_says_how_long():
    some = placements(60)
    dealt = misfortunes_deal(some, Faults.ORDINARY, 3)
    limited = {one.kind for one in some if dealt.get(one.delivery) == M.LIMITED}
    assert limited <= {"x", "blog"}


def test_few_posts_get_what_there_is_room_for():
    for count in range(4):
        dealt = misfortunes_deal(placements(count), Faults.HARD, 2)
        assert len(dealt) <= count
