"""Benches that roll dice can be repeated: by name, and a seed makes the same day each time."""

import pytest

from opsconsole.bench.gapping.plan import KINDS, Trouble, plan_of
from opsconsole.bench.seeds import Seeds
from opsconsole.local.benching import bench
from opsconsole.local.problems import Problem


def test_seeds_are_named_or_new():
    assert Seeds((17, 4)).drawn(200) == [17, 4]
    assert len(set(Seeds(count=40).drawn(200))) == 40
    assert len(Seeds().drawn(5)) == 5
    assert not Seeds()


def test_who_rolls_no_dice_takes_no_seed():
    with pytest.raises(Problem):
        bench("startup", quick=True, json=None, seeds=Seeds((1,)))


def test_a_seed_makes_the_same_day():
    one, other = plan_of(173_025), plan_of(173_025)
    assert (one.deeds, one.spells, one.manners) == (other.deeds, other.spells, other.manners)
    assert plan_of(173_026).deeds != one.deeds


def test_among_some_days_everything_goes_wrong():
    plans = [plan_of(seed) for seed in range(60)]
    assert {spell.trouble for plan in plans for spell in plan.spells} == set(Trouble)
    assert {kind for plan in plans for kind in plan.manners} == set(KINDS)
    wishes = [manner for plan in plans for manner in plan.manners.values()]
    for name in ("loss", "repeat", "spread_ms", "forged", "noise"):
        assert any(manner[name] for manner in wishes), name
    assert any(not plan.manners for plan in plans), "some days are only polled"
