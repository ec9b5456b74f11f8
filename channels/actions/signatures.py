"""Who signs answers on a blog: the account's own user there, the operator by nickname, or another user."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount
from channels.selectors.accounts import account_for
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.people.roles import Ability

#: Signs with the nickname of whoever wrote the answer.
OPERATOR = "operator"
_OTHER = "user:"


def account_signature_set(actor: Actor, *, account_id: int, signs_as: str) -> ChannelAccount:
    """Say who signs: nothing for the account's own user, OPERATOR, or "user:" and a number there.

    Invalid names the field that is wrong. Another user can sign only where ours may moderate, which
    connecting has made sure of.
    """
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        if account.kind != ChannelKind.BLOG:
            raise Invalid(_("Only blogs let others sign."), code="kind", field="signs_as")
        if signs_as not in {"", OPERATOR} and not _is_other(signs_as):
            raise Invalid(
                _("Give the number of a user on the blog."), code="signs_as", field="number"
            )
        ChannelAccount.objects.filter(pk=account.pk).update(signs_as=signs_as)
        record(
            actor, "channels.account.signature_set", account, unit_id=account.unit_id,
            name=account.name, signs_as=signs_as,
        )  # fmt: skip
        hint_on_commit("account", units=[account.unit_id], id=account.pk)
        account.refresh_from_db()
    return account


def _is_other(signs_as: str) -> bool:
    number = signs_as.removeprefix(_OTHER)
    return (
        signs_as.startswith(_OTHER)
        and number.isascii()
        and number.isdigit()
        and 0 < int(number) < 2**31
    )
