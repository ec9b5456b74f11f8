"""What the tests of the port share: each adapter with an account of its own in the sandbox."""

import pytest

from tests.support.peer import peer
from tests.support.voices import PLATFORMS, Place

__all__ = ["peer"]


@pytest.fixture
def connect(sandbox):
    """Make accounts: `connect("x", **wishes)`."""

    def make(kind: str, **wish) -> Place:
        return Place(kind, sandbox, sandbox.account(PLATFORMS[kind], **wish))

    return make


@pytest.fixture(params=["x", "facebook", "blog"])
def place(request, connect) -> Place:
    """An account of each channel that speaks and listens."""
    return connect(request.param)


@pytest.fixture(params=["x", "facebook", "blog", "feed"])
def source(request, connect) -> Place:
    """An account of each channel that listens."""
    return connect(request.param)
