"""Reports of rehearsals for tests."""

from typing import Any

from campaigns.models import Post


def line_about(post: Post, **given: Any) -> dict[str, Any]:
    """A line of a report: the post's first placement, which would go out."""
    account = post.targets.select_related("account")[0].account
    defaults: dict[str, Any] = {
        "post": post.pk, "part": 0, "title": post.title, "unit": post.unit_id, "account": account.pk,
        "name": account.name, "kind": account.kind, "planned": "2026-12-01T00:00:00+00:00",
        "state": "sent", "goes": True, "went": "2026-12-01T00:00:01+00:00", "late": 0.3,
        "attempts": 1, "injected": "", "reason": "", "detail": "", "awaits_host": False,
        "troubles": [],
    }  # fmt: skip
    return defaults | given


def report_of(*lines: dict[str, Any], **given: Any) -> dict[str, Any]:
    """A report of these lines."""
    defaults = {
        "rows": list(lines), "clashes": [], "limits": [], "duplicates": 0, "injected": {},
        "seconds": 3.0, "is_cut": False,
    }  # fmt: skip
    return defaults | given


def report_about(*posts: Post, **given: Any) -> dict[str, Any]:
    """A report in which these posts go out on time."""
    return report_of(*(line_about(post) for post in posts), **given)
