"""Calls to Graph for one Page, and what every answer must have. Nothing about what is asked."""

from collections.abc import Mapping
from typing import Any

from channels.adapters.facebook.errors import translate
from channels.adapters.facebook.graph import VERSION, Graph
from channels.errors import Unreachable
from channels.port import Connection

UNKNOWN_FORM = "Facebook answered in an unknown form."


class Calls:
    """One Page's way to Graph: errors of the port, and no answer in an unknown form."""

    def __init__(self, connection: Connection) -> None:
        self.page = connection.external_id
        self.graph = Graph(connection)
        self._secrets: Mapping[str, str] = connection.secrets

    def edge(self, edge: str, **asked: str) -> dict[str, Any]:
        """Read a page of an edge; an answer without a list is not an empty edge."""
        body = self.get(edge, **asked)
        if not isinstance(body.get("data"), list):
            raise Unreachable(UNKNOWN_FORM)
        return body

    def node(self, name: str, fields: str) -> dict[str, Any]:
        """Read a node; an answer without an id is none."""
        node = self.get(name, fields=fields)
        if not node.get("id"):
            raise Unreachable(UNKNOWN_FORM)
        return node

    def get(self, node: str, **asked: str) -> dict[str, Any]:
        body = self.call(f"{VERSION}/{node}", args=asked, is_write=False)
        if not isinstance(body, dict):
            raise Unreachable(UNKNOWN_FORM)
        return body

    def call(self, path: str, *, is_write: bool, **parts: Any) -> Any:
        try:
            return self.graph.request(path, **parts)
        except Exception as error:
            raise translate(
                error, self.graph.answer, is_write=is_write, secrets=self._secrets
            ) from None
