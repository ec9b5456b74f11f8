"""Workers look into handshakes: whose credentials these are, and what they are good for."""

import logging

from celery import shared_task

from channels.actions.handshakes import handshakes_sweep
from channels.actions.looking import handshake_claim, look_done, look_failed, wish_of
from channels.errors import ChannelError, Unreachable
from channels.models import Handshake
from channels.ways import look
from opsconsole.kernel.redaction import redact

logger = logging.getLogger(__name__)


@shared_task
def look_into_handshakes() -> None:
    """Look into whatever waits, one after the other; and forget what nobody came back to."""
    while row := handshake_claim():
        _look_into(row)
    handshakes_sweep()


def _look_into(row: Handshake) -> None:
    try:
        outcome = look(wish_of(row))
    except ChannelError as error:
        look_failed(row, error)
    except Exception as error:
        logger.exception("handshake %s met an unexpected error", row.pk)
        look_failed(row, Unreachable(redact(f"{type(error).__name__}: {error}")))
    else:
        look_done(row, outcome)
