"""Having our app told what happens on a Page: the Page's own half of a webhook's subscription.

https://developers.facebook.com/docs/graph-api/reference/page/subscribed_apps/
"""

from channels.adapters.facebook.calls import UNKNOWN_FORM, Calls
from channels.adapters.facebook.graph import VERSION
from channels.errors import Unreachable

#: What the doors understand.
FIELDS = ("feed", "mention")


class Subscribing:
    """The subscriptions of one Page. All of it may be repeated."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._path = f"{calls.page}/subscribed_apps"

    def told(self) -> tuple[str, ...]:
        """Return the fields that our app is told of; apps of others may be subscribed, too."""
        app = str(self._calls.node("app", "id")["id"])
        rows = self._calls.edge(self._path)["data"]
        mine = [row for row in rows if str(row.get("id")) == app]
        fields = mine[0].get("subscribed_fields") if mine else []
        if not isinstance(fields, list):
            raise Unreachable(UNKNOWN_FORM)
        return tuple(sorted(map(str, fields)))

    def subscribe(self) -> tuple[str, ...]:
        """Have the app told what we read, beside whatever it is told already; return what Facebook then says."""
        wanted = ",".join(sorted({*self.told(), *FIELDS}))
        self._do(post_args={"subscribed_fields": wanted})
        return self.told()

    def unsubscribe(self) -> tuple[str, ...]:
        """Have the app told nothing more of the Page; return what Facebook then says."""
        self._do(method="DELETE")
        return self.told()

    def _do(self, **parts: object) -> None:
        answer = self._calls.call(f"{VERSION}/{self._path}", is_write=False, **parts)
        if not isinstance(answer, dict) or not answer.get("success"):
            raise Unreachable(UNKNOWN_FORM)
