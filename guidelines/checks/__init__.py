"""Checks: pure functions from a text and the channel's limits to findings."""

from collections.abc import Collection

from guidelines.checks.findings import Finding, Severity
from guidelines.checks.length import check_length, measure
from guidelines.checks.personal_data import PERSONAL_DATA, check_personal_data
from guidelines.checks.wording import check_blank, check_placeholder

__all__ = ["PERSONAL_DATA", "Finding", "Severity", "measure", "run_all"]


def run_all(
    text: str, *, counting: str, max_length: int, uncounted: Collection[str] = ()
) -> list[Finding]:
    """Return all findings about a text, blockers first; `uncounted` as `measure` takes it."""
    found = [
        *check_blank(text),
        *check_length(text, counting, max_length, uncounted),
        *check_placeholder(text),
        *check_personal_data(text),
    ]
    return sorted(found, key=lambda finding: finding.severity != Severity.BLOCKER)
