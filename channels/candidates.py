"""What a try at connecting finds: identities with what they may do. Frozen values, no rows, no SDK objects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from channels.types import Profile


class Right(StrEnum):
    """Something that an account should be able to do through its credentials."""

    IDENTITY = "identity"
    READ = "read"
    ANSWER = "answer"
    PRIVATE = "private"
    MODERATE = "moderate"
    POST = "post"
    UPLOAD = "upload"
    PUSH = "push"
    STAY = "stay"


@dataclass(frozen=True, slots=True)
class Check:
    """Whether one thing works; `works` is None where nobody can tell. `lacks` names what is missing, as there.

    Without what is `needed` the account is of little use; the rest is welcome. `said` is the platform's word.
    """

    right: Right
    works: bool | None
    needed: bool = True
    lacks: tuple[str, ...] = ()
    said: str = ""

    def as_row(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "right": str(self.right),
            "works": self.works,
            "needed": self.needed,
            "lacks": list(self.lacks),
            "said": self.said[:300],
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """An identity that can be connected with these secrets.

    The credential ends after `seconds` and is renewed; access ends at `until` unless somebody signs in again.
    """

    profile: Profile
    base_url: str
    secrets: Mapping[str, str] = field(repr=False)
    checks: Sequence[Check] = ()
    seconds: int | None = None
    until: datetime | None = None
    through_app: bool = False

    def as_row(self) -> dict[str, Any]:
        """Return it as JSON, without secrets."""
        who = self.profile
        return {
            "external_id": who.external_id,
            "name": who.name,
            "handle": who.handle,
            "url": who.url,
            "base_url": self.base_url,
            "checks": [check.as_row() for check in self.checks],
            "seconds": self.seconds,
            "until": self.until.isoformat() if self.until else None,
            "through_app": self.through_app,
        }


def has_all(right: Right, wanted: Sequence[str], given: frozenset[str], **more: Any) -> Check:
    """Return a check that holds when everything `wanted` is among what was `given`."""
    lacks = tuple(name for name in wanted if name not in given)
    return Check(right, not lacks, lacks=lacks, **more)
