"""Declaring states and moves."""

from enum import StrEnum

import pytest

from opsconsole.kernel.lifecycle import Lifecycle, LifecycleError


class Lamp(StrEnum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


def lamp(moves):
    return Lifecycle(name="lamp", initial=Lamp.OFF, moves=moves)


def test_moves_are_allowed_as_declared():
    life = lamp({Lamp.OFF: {Lamp.ON}, Lamp.ON: {Lamp.OFF, Lamp.BROKEN}, Lamp.BROKEN: set()})
    assert life.allows(Lamp.OFF, Lamp.ON)
    assert not life.allows(Lamp.OFF, Lamp.BROKEN)
    assert not life.allows(Lamp.BROKEN, Lamp.ON)
    assert life.sources(Lamp.BROKEN) == [Lamp.ON]


def test_a_state_without_declared_moves_is_an_error():
    with pytest.raises(LifecycleError, match="every state"):
        lamp({Lamp.OFF: {Lamp.ON}, Lamp.ON: {Lamp.BROKEN}})


def test_a_state_that_is_never_reached_is_an_error():
    with pytest.raises(LifecycleError, match="never reached: broken"):
        lamp({Lamp.OFF: {Lamp.ON}, Lamp.ON: {Lamp.OFF}, Lamp.BROKEN: {Lamp.OFF}})
