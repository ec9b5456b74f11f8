"""What the tests of the port share: each adapter with an account of its own in the sandbox."""

import logging
from collections.abc import Callable

import pytest

from opsconsole.kernel.redaction import RedactingFilter
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


@pytest.fixture
def whole_log(caplog) -> Callable[[], str]:
    """Log everything the SDKs can say; returns a function that gives it as our handlers write it."""
    for name in (None, "tweepy", "urllib3", "requests_oauthlib", "oauthlib"):
        caplog.set_level(logging.DEBUG, logger=name)

    def text() -> str:
        for record in caplog.records:
            RedactingFilter().filter(record)
        return "\n".join(f"{record.name} {record.getMessage()}" for record in caplog.records)

    return text
