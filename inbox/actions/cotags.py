"""Giving operators their initials, and saying which accounts carry them."""

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from channels.models import ChannelAccount
from channels.selectors.accounts import account_for
from inbox.cotags import INITIALS, Style, normalised
from inbox.models import CoTag, Signing
from inbox.selectors.cotags import cotag_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opsconsole.people.directory import colleague
from opsconsole.people.roles import Ability

#: One at a time: initials for every account must not meet those for one, which no constraint can say.
_LOCK = 0x636F_7461


def cotag_set(actor: Actor, *, user_id: int, account_id: int | None, initials: str) -> CoTag:
    """Give an operator initials on an account, or on every account when none is named.

    One's own, or anybody's by whoever manages people. Replaces those the operator had there. Conflict
    names who has them already.
    """
    initials = normalised(initials)
    if not INITIALS.fullmatch(initials):
        raise Invalid(
            _("Initials are 1 to 6 letters or digits."), code="initials", field="initials"
        )
    with transaction.atomic():
        _one_at_a_time()
        account = _account(actor, account_id)
        _may_sign_for(actor, user_id, account)
        user = colleague(actor, user_id)
        _free(initials, account, user_id)
        mine = CoTag.objects.filter(user=user, account=account, is_active=True)
        old = mine.first()
        if old is not None and old.initials == initials:
            return old
        mine.update(is_active=False)
        tag = CoTag.objects.create(user=user, account=account, initials=initials, created_at=now())
        record(
            actor, "inbox.cotag.set", user,
            unit_id=account.unit_id if account else None, initials=initials, name=str(user),
        )  # fmt: skip
    return tag


def cotag_retire(actor: Actor, *, cotag_id: int) -> None:
    """Take initials out of use; answers that carry them keep their author."""
    with transaction.atomic():
        _one_at_a_time()
        tag = cotag_for(actor, cotag_id)
        _may_sign_for(actor, tag.user_id, tag.account)
        CoTag.objects.filter(pk=tag.pk).update(is_active=False)
        record(
            actor, "inbox.cotag.retired", tag.user,
            unit_id=tag.account.unit_id if tag.account else None,
            initials=tag.initials, name=str(tag.user),
        )  # fmt: skip


def signing_set(actor: Actor, *, account_id: int, is_on: bool, style: str) -> Signing:
    """Say whether answers of an account end in the co-tag of whoever wrote them, and how."""
    if style not in set(Style):
        raise Invalid(_("Choose where the initials stand."), code="style", field="style")
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.READ_INBOX)
        actor.must(Ability.MANAGE_DESK, account.unit_id)
        signing, _is_new = Signing.objects.update_or_create(
            account=account, defaults={"is_on": is_on, "style": style}
        )
        record(
            actor, "inbox.signing.changed", account,
            unit_id=account.unit_id, is_on=is_on, style=style, name=account.name,
        )  # fmt: skip
    return signing


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _account(actor: Actor, account_id: int | None) -> ChannelAccount | None:
    if account_id is None:
        return None
    account = account_for(actor, account_id, Ability.READ_INBOX)
    if account.kind == "feed":
        raise NotFound
    return account


def _may_sign_for(actor: Actor, user_id: int, account: ChannelAccount | None) -> None:
    if actor.user_id == user_id:
        actor.must(Ability.WRITE_NOTES, account.unit_id if account else None)
    elif account is not None:
        actor.must(Ability.MANAGE_PEOPLE, account.unit_id)
    elif not actor.everywhere(Ability.MANAGE_PEOPLE):
        raise NotAllowed


def _free(initials: str, account: ChannelAccount | None, user_id: int) -> None:
    """Initials for every account are taken by anybody's for one account, and the other way round."""
    taken = CoTag.objects.filter(initials=initials, is_active=True).exclude(user_id=user_id)
    if account is not None:
        taken = taken.filter(Q(account=account) | Q(account__isnull=True))
    holder = taken.select_related("user").first()
    if holder is not None:
        raise Conflict(
            _("%(name)s already signs with these initials.") % {"name": holder.user},
            code="taken", field="initials",
        )  # fmt: skip
