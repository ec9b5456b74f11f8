"""What the tests of the port share."""

from tests.support.peer import peer

__all__ = ["peer"]
