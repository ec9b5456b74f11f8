"""What an actor may do, and where."""

import pytest

from opsconsole.kernel.actor import EVERY_UNIT, SYSTEM, Actor
from opsconsole.kernel.errors import NotAllowed


def person(**reach):
    return Actor(kind="user", name="Ana", user_id=1, reach=reach)


def test_an_ability_holds_only_in_its_units():
    actor = person(work=frozenset({3}))
    assert actor.can("work", 3)
    assert actor.can("work")
    assert not actor.can("work", 4)
    assert not actor.can("direct")
    with pytest.raises(NotAllowed):
        actor.must("work", 4)
    assert actor.units("work") == {3}
    assert actor.units("direct") == frozenset()


def test_every_unit_is_every_unit():
    actor = person(work=EVERY_UNIT)
    assert actor.can("work", 99)
    assert actor.units("work") is None


def test_the_system_may_everything_but_be_a_person():
    assert SYSTEM.can("anything", 5)
    assert SYSTEM.units("anything") is None
    with pytest.raises(NotAllowed):
        _ = SYSTEM.person_id
