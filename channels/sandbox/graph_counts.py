"""How many people like a post or comment, or love it, or laugh: nobody is named to an app, all are counted."""

from collections.abc import Mapping
from typing import Any

from channels.sandbox.graph_errors import GraphError
from channels.sandbox.rows import FbObject

#: Edges that a page's token may count and not list.
COUNTED = frozenset({"reactions", "likes"})


def counted(node: object, params: Mapping[str, str]) -> dict[str, Any]:
    """Return the edge as a field of its object."""
    if not (params.get("limit") or "0").isdigit():
        raise GraphError(100, "(#100) Param limit must be an integer greater than or equal to 0")
    if params.get("summary") not in {"true", "1", "total_count"}:
        return {"data": []}
    number = node.reactions if isinstance(node, FbObject) else 0
    return {"data": [], "summary": {"total_count": number, "viewer_reaction": "NONE"}}
