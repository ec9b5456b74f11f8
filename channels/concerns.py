"""What the watch counts that only an app above knows, as scopes do for holds: `concern_add` when that app starts."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from opsconsole.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that wants a look: `count` says how much of it somebody may see, in one query.

    It is looked at on the page `url_name`, with `query` behind it.
    """

    label: Promise
    count: Callable[[Actor], int]
    url_name: str
    query: str = ""


CONCERNS: dict[str, Concern] = {}


def concern_add(name: str, concern: Concern) -> None:
    """Let the watch count something more: called once, when the app that knows it starts."""
    CONCERNS[name] = concern


def concerns_of(actor: Actor) -> list[tuple[Concern, int]]:
    """Return what there is to look at, counted. One query for each."""
    return [(concern, concern.count(actor)) for concern in CONCERNS.values()]
