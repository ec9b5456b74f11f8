"""Raising and ending alarms about the sending as a whole. Anybody may look; looking twice says nothing new."""

from datetime import datetime

from django.db import transaction

from channels.lifecycle import AlarmKind
from channels.models import Alarm, ChannelAccount
from channels.pulse import BEAT, is_clock_off, silent_since
from channels.selectors.accounts import accounts_off_time
from channels.selectors.watch import LATE_AFTER, alarms_open, late_since, limited_since
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.live import hint_on_commit
from opsconsole.people.selectors import active_units


def alarms_look() -> None:
    """Look for all that can be wrong with the sending; raise or end its alarm. A few queries when all is well."""
    at = now()
    open_ones = {alarm.kind for alarm in alarms_open()}
    found = {
        AlarmKind.LATE: _too_long(late_since(at), at),
        AlarmKind.SILENT: silent_since(BEAT, at),
        AlarmKind.CLOCK: at if is_clock_off() or accounts_off_time().exists() else None,
        AlarmKind.LIMITED: _too_long(limited_since(at), at),
    }
    for kind, since in found.items():
        _set(kind, since, at, kind in open_ones)


def _too_long(since: datetime | None, at: datetime) -> datetime | None:
    return since if since is not None and (at - since).total_seconds() > LATE_AFTER else None


def _set(kind: AlarmKind, since: datetime | None, at: datetime, is_open: bool) -> None:
    """Bring one kind of alarm to what was seen; two who look at once agree by the unique constraint."""
    if (since is not None) == is_open:
        return
    with transaction.atomic():
        if since is None:
            Alarm.objects.filter(kind=kind, ended_at__isnull=True).update(ended_at=at)
        else:
            Alarm.objects.bulk_create([Alarm(kind=kind, began_at=since)], ignore_conflicts=True)
            ring_on_commit("alarm_raised")
        hint_on_commit("hold", units=[unit.pk for unit in active_units()])


def alarms_to_tell() -> list[Alarm]:
    """Return the alarms that nobody has been told of yet. The caller tells, then says so."""
    return list(Alarm.objects.filter(told_at__isnull=True).order_by("pk"))


def voices_lost() -> list[ChannelAccount]:
    """Return the accounts that lost their voice and of which nobody has been told. The caller tells, then says so."""
    return list(ChannelAccount.objects.filter(voice_lost_at__isnull=False).order_by("pk"))


def voice_loss_told(account: ChannelAccount) -> None:
    """Note that those who can reconnect an account have been told."""
    lost = ChannelAccount.objects.filter(pk=account.pk, voice_lost_at=account.voice_lost_at)
    lost.update(voice_lost_at=None)


def alarm_told(alarm: Alarm) -> None:
    """Note that the administrators have been told."""
    Alarm.objects.filter(pk=alarm.pk, told_at__isnull=True).update(told_at=now())
