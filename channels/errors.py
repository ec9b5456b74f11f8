"""The few errors of the port. Each says what to do next, not what a vendor called it."""

from datetime import datetime
from enum import StrEnum


class RejectionCode(StrEnum):
    """Why a platform refused for good."""

    DUPLICATE = "duplicate"
    ANSWERED = "answered"  # the one private answer that a comment may have stands
    TOO_LONG = "too_long"
    TARGET_GONE = "target_gone"
    NOT_PERMITTED = "not_permitted"
    BLOCKED = "blocked"
    INVALID = "invalid"


class ChannelError(Exception):
    """Anything a platform may answer. `detail` is already free of secrets."""

    def __init__(self, detail: str = "", *, http_status: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.http_status = http_status


class RateLimited(ChannelError):
    """Nothing was done; the whole account waits until `until` (aware UTC, None when not told)."""

    def __init__(
        self, detail: str = "", *, until: datetime | None = None, http_status: int | None = None
    ) -> None:
        super().__init__(detail, http_status=http_status)
        self.until = until


class UsageCapped(RateLimited):
    """Nothing was done; the month's allowance of the application is used up. Waiting minutes is of no use."""


class OutOfCredits(RateLimited):
    """Nothing was done; what was paid for is used up. A person must pay, at the platform."""


class NoRoom(ChannelError):
    """Nothing was done and no call left: what is left of the platform's window is not for this rank.

    Others of the account go on; this rank may call again from `until` on.
    """

    def __init__(self, detail: str = "", *, until: datetime) -> None:
        super().__init__(detail)
        self.until = until


class NotReady(ChannelError):
    """Nothing is public yet: the platform still works on what was uploaded.

    Ask again after `seconds` with the same `handles`, which are good for `keeps` seconds.
    """

    def __init__(
        self, detail: str = "", *, handles: tuple[str, ...], seconds: int, keeps: int
    ) -> None:
        super().__init__(detail)
        self.handles = handles
        self.seconds = seconds
        self.keeps = keeps


class AuthExpired(ChannelError):
    """Nothing was done; the account must be reconnected by a person."""


class Rejected(ChannelError):
    """Nothing was done and the same request will never be accepted."""

    def __init__(
        self,
        detail: str = "",
        *,
        code: RejectionCode = RejectionCode.INVALID,
        http_status: int | None = None,
    ) -> None:
        super().__init__(detail, http_status=http_status)
        self.code = code


class Unreachable(ChannelError):
    """Nothing was done; the same request may be repeated later."""


class Ambiguous(ChannelError):
    """Nobody knows whether it was done; read the platform before doing anything again."""


#: What an account remembers of a failure: a code of ours, whatever the platform called it.
_CODES: tuple[tuple[type[ChannelError], str], ...] = (
    (UsageCapped, "capped"),
    (OutOfCredits, "credits"),
    (RateLimited, "limited"),
    (AuthExpired, "auth"),
    (Rejected, "refused"),
    (Unreachable, "unreachable"),
    (Ambiguous, "unclear"),
)


def failure_code(error: ChannelError) -> str:
    """Return how a failure is classified: by what it is, never by its words."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), "unreachable")
