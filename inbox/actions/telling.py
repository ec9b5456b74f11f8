"""Telling a unit: those who are on duty there, and nobody who is at home."""

from collections.abc import Collection, Mapping
from typing import Any

from inbox.actions.notices import notices_give
from inbox.models import Conversation
from inbox.notices import NoticeKind
from inbox.selectors.duty import people_to_tell
from opsconsole.kernel.clock import now


def tell_those_on_duty(
    unit_id: int,
    kind: NoticeKind,
    *,
    key: str,
    conversation: Conversation | None = None,
    data: Mapping[str, Any] | None = None,
    besides: Collection[int] = (),
) -> None:
    """Tell whoever is on duty in a unit, each once per `key`; leaves out those in `besides`.

    A unit without a roster is told as a whole: everybody who answers there.
    """
    told = [user for user in people_to_tell(unit_id, now()) if user not in besides]
    notices_give(told, kind, key=key, conversation=conversation, data=data)
