"""The tasks that belong to no single app."""

from celery import shared_task
from django.db import transaction

from campaigns.actions.live_lines import live_settle
from campaigns.actions.news import news_hand_on
from campaigns.actions.posts import posts_settle
from campaigns.models import PostNews
from channels.actions.charging import spendings_to_warn
from channels.actions.following import followers_sweep
from channels.actions.leaving import account_leave_on, accounts_leaving
from channels.actions.watching import (
    alarm_told,
    alarms_look,
    alarms_to_tell,
    voice_loss_told,
    voices_lost,
)
from channels.actions.wellbeing import accesses_ending, conditions_look
from channels.health import Condition
from channels.lifecycle import AlarmKind
from channels.models import ChannelAccount
from inbox.actions.erasing import contacts_of_nobody_delete
from inbox.actions.moderation import moderations_settle
from inbox.actions.notices import notices_give
from inbox.actions.replies import replies_settle
from inbox.notices import NoticeKind
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import administrators, people_who_can

_ALARMS = {
    AlarmKind.LATE: NoticeKind.SENDING_LATE,
    AlarmKind.SILENT: NoticeKind.BEAT_SILENT,
    AlarmKind.CLOCK: NoticeKind.CLOCK_OFF,
    AlarmKind.LIMITED: NoticeKind.SENDING_LIMITED,
}
_CONDITIONS = {
    Condition.DEGRADED: NoticeKind.ACCOUNT_UNWELL,
    Condition.OVER: NoticeKind.ACCOUNT_OVER,
    Condition.CONNECTED: NoticeKind.ACCOUNT_WELL,
}


@shared_task
def settle() -> None:
    """Bring inbox and campaigns up to date with deliveries and acts that moved, until none is left."""
    while followers_sweep():
        pass
    while replies_settle():
        pass
    while moderations_settle():
        pass
    while posts_settle():
        pass
    while live_settle():
        pass


@shared_task
def tell() -> None:
    """Give the notices that campaigns have written down, until none is left."""
    while news_hand_on(_notice):
        pass


def _notice(news: PostNews) -> None:
    """Say nothing of what the post says: a notice outlives the right to read it."""
    data = {"post": news.post_id}
    notices_give([news.user_id], NoticeKind(news.kind), key=news.key, data=data)


@shared_task
def alarms() -> None:
    """Tell of what is wrong, once: the sending is late, the beat was silent, an account lost its voice."""
    alarms_look()
    for alarm in alarms_to_tell():
        told = [user.pk for user in administrators()]
        kind = _ALARMS[AlarmKind(alarm.kind)]
        notices_give(told, kind, key=f"alarm:{alarm.pk}", data={"alarm": alarm.pk})
        alarm_told(alarm)
    for account in voices_lost():
        _tell_of(account, NoticeKind.ACCOUNT_LOST, f"voice:{account.pk}:{account.voice_lost_at}")
        voice_loss_told(account)
    _tell_conditions()
    _tell_spending()
    _tell_endings()


@transaction.atomic
def _tell_endings() -> None:
    """Tell days ahead that the access to an account ends."""
    for ending in accesses_ending():
        _tell_of(ending.account, NoticeKind.ACCESS_ENDS, ending.key, days=ending.days)


@transaction.atomic
def _tell_spending() -> None:
    """Tell when most of a month's money is spent."""
    for account in spendings_to_warn():
        key = f"spending:{account.pk}:{account.spend_month}:{account.spend_ceiling}"
        _tell_of(account, NoticeKind.ACCOUNT_SPENDING, key)


@transaction.atomic
def _tell_conditions() -> None:
    """Tell how accounts are doing; of a lost voice people have just heard."""
    for news in conditions_look():
        if news.condition != Condition.RECONNECT:
            _tell_of(news.account, _CONDITIONS[news.condition], news.key)


def _tell_of(account: ChannelAccount, kind: NoticeKind, key: str, **more: int) -> None:
    """Tell those who manage an account, and those who lead its unit."""
    able = people_who_can(Ability.MANAGE_ACCOUNTS, account.unit_id)
    bosses = people_who_can(Ability.SETTLE_DELIVERIES, account.unit_id)
    concerned = {user.pk for user in (*able, *bosses)}
    data = {"account": account.pk, "note": account.name, **more}
    notices_give(concerned, kind, key=key, data=data)


@shared_task
def leave() -> None:
    """Delete what belongs to accounts that leave, a batch at a time, and customers of whom nothing is left."""
    leaving = accounts_leaving()
    for account in leaving:
        while account_leave_on(account):
            pass
    while leaving and contacts_of_nobody_delete():
        pass
