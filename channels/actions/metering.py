"""Listening to the calls of a task: each is taken from the windows of its account before it leaves. Workers only."""

import contextlib
import logging
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import Error

from channels.actions.charging import charge, money_give_back, money_take
from channels.actions.windows import (
    MARGIN,
    REFUSED,
    Place,
    Taken,
    answer_heard,
    call_take,
    endpoint_answers,
    endpoint_refused,
)
from channels.calls import Answer, Call, listening
from channels.errors import NoRoom, Unreachable
from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount
from channels.prices import Priced, asked, read, succeeded
from channels.quota import Told, endpoint_of, is_refusal, told_by
from channels.ranks import Rank, stretch
from opsconsole.kernel.clock import now

logger = logging.getLogger(__name__)

#: The platforms that tell how much may be asked.
METERED = frozenset({ChannelKind.X, ChannelKind.FACEBOOK})
_ASKED_FOR = frozenset({Rank.ANSWERS, Rank.POSTS})
#: From this status on a platform is broken, and says nothing about windows.
_BROKEN = 500
_UNCOUNTED = "The database was away; the call was not made."


class Meter:
    """Counts the calls of one task for one account, and keeps back what has no room."""

    def __init__(self, account: ChannelAccount, rank: Rank) -> None:
        self._account, self._rank = account, rank
        self._place = self._at("")
        self._taken = Taken()
        self._call = Call("", "")
        self._price: Priced | None = None
        #: By how much polls should pause longer, as the answers told.
        self.stretch = 1.0

    def _at(self, endpoint: str) -> Place:
        one = self._account
        return Place(one.kind, one.pk, one.app_key, endpoint)

    def before(self, call: Call) -> None:
        """Take the call; NoRoom when there is none.

        While the database is away nobody can tell: what people have asked for leaves all the same, since
        it may be armed already; the headers of the next answers make up for it. The others wait.
        """
        self._place = self._at(endpoint_of(self._account.kind, call.method, call.path))
        self._call, self._taken, self._price = call, Taken(), None
        try:
            self._take(call)
        except Error:
            if self._rank not in _ASKED_FOR:
                raise Unreachable(_UNCOUNTED) from None
            logger.warning("a call of account %s could not be counted", self._account.pk)

    def _take(self, call: Call) -> None:
        """Take money first: what has none costs no call; money for a call without room is given back."""
        if self._account.kind == ChannelKind.X:
            price = asked(call, self._rank)
            money_take(self._account, self._rank, price)
            self._price = price
        try:
            self._taken = call_take(self._place, self._rank)
        except NoRoom:
            if self._price:
                money_give_back(self._account, self._price)
            raise

    def after(self, call: Call, answer: Answer | None) -> None:
        """Hear what the answer tells; NoRoom where X refuses the call, for what it asks alone."""
        headers = answer.headers if answer else {}
        told = told_by(self._account.kind, self._place.endpoint, headers, now())
        for one in told:
            if one.is_share:
                self.stretch = max(self.stretch, stretch(one.left))
        until = None
        try:
            answer_heard(self._place, self._taken, told, is_answer=bool(answer))
            self._pay(answer)
            until = self._refused_until(answer, told)
        except Error:  # the call has happened all the same
            logger.exception("what account %s was told could not be kept", self._account.pk)
        if until is not None:
            raise NoRoom(REFUSED, until=until)

    def _refused_until(self, answer: Answer | None, told: Sequence[Told]) -> datetime | None:
        """Return until when X takes no more such calls; None when it took this one. X counts by endpoint."""
        if answer is None or self._account.kind != ChannelKind.X:
            return None
        if is_refusal(answer.status, answer.body):
            spent = [one.ends_at + MARGIN for one in told if one.left == 0]
            return max(spent) if spent else endpoint_refused(self._place, self._taken)
        if self._taken.is_trial and answer.status < _BROKEN:
            endpoint_answers(self._place)
        return None

    def _pay(self, answer: Answer | None) -> None:
        """Count what the call has cost; what created nothing costs nothing."""
        if self._account.kind != ChannelKind.X:
            return
        if self._price and not succeeded(answer):
            money_give_back(self._account, self._price)
            return
        owns = self._account.external_id if self._account.owns_app else ""
        charges = read(self._call, answer, owns=owns)
        if charges or self._price:
            charge(self._account, charges, self._price)


@contextlib.contextmanager
def metered(account: ChannelAccount, rank: Rank) -> Iterator[Meter]:
    """Count what this thread asks of the account's platform."""
    meter = Meter(account, rank)
    if account.kind not in METERED:
        yield meter
        return
    with listening(meter):
        yield meter
