"""A certificate as plain data, for files and programs. No queries."""

from typing import Any

from campaigns.selectors.certificates import CertifiedLine
from channels.status import status_of

#: The columns of a file, in their order.
HEADINGS = (
    "post", "title", "delivery", "account", "channel", "follows", "result", "result_label", "reason_code",
    "attempts", "planned_at", "armed_at", "armed_ms", "accepted_at", "accepted_ms", "posted_at", "posted_ms",
    "external_id", "url",
)  # fmt: skip


def as_row(line: CertifiedLine) -> dict[str, Any]:
    """Return a line as plain data: moments in ISO 8601, differences in milliseconds since the planned time."""
    row = line.delivery
    return {
        "post": line.post.pk, "title": line.post.title, "delivery": row.pk,
        "account": row.account.name, "channel": row.account.kind, "follows": line.is_follower,
        "result": row.state, "result_label": str(status_of(row).label),
        "reason_code": row.reason_code, "attempts": line.attempts,
        "planned_at": line.planned_at.isoformat(),
        "armed_at": line.armed_at and line.armed_at.isoformat(), "armed_ms": line.armed_ms,
        "accepted_at": line.accepted_at and line.accepted_at.isoformat(),
        "accepted_ms": line.accepted_ms,
        "posted_at": line.posted_at and line.posted_at.isoformat(), "posted_ms": line.posted_ms,
        "external_id": row.external_id, "url": row.url,
    }  # fmt: skip
