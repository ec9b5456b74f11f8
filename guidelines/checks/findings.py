"""What a check says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs: a blocker stops the text, a warning wants a second look."""

    BLOCKER = "blocker"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a text. `start` and `end` mark the characters it is about, when it is about some."""

    code: str
    severity: Severity
    params: Mapping[str, int | str] = field(default_factory=dict)
    start: int = 0
    end: int = 0
