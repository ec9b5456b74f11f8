"""The money meter: what is asked of X is paid for, counted here as X counts, and kept within a month's ceiling.

What certainly costs is taken before it leaves, by one statement on the account's row; so many machines together
never go over the ceiling. What is read is counted by its answer. Workers only, but for the ceiling.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from channels.errors import NoRoom
from channels.models import ChannelAccount, PaidRead
from channels.models.windows import owner_of_account, owner_of_app
from channels.prices import WARN_AT, Charge, Priced, month_of, room
from channels.quota import cap_resets_at
from channels.ranks import Rank
from channels.selectors.accounts import account_for
from channels.selectors.spending import price_of
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.arrays import array_literal
from opsconsole.kernel.clock import now
from opsconsole.kernel.doorbell import ring_on_commit
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.live import hint_on_commit
from opsconsole.kernel.plans import Statement
from opsconsole.people.roles import Ability

_SPENT = "This month's money for the account is spent."
#: No account's ceiling is higher (dollars).
HIGHEST = Decimal(1_000_000)

_ADD = Statement("""
    INSERT INTO channels_spending AS one (account_id, day, kind, count, amount)
    VALUES (%(account)s, %(day)s, %(kind)s, %(count)s, %(amount)s)
    ON CONFLICT (account_id, day, kind) DO UPDATE
       SET count = one.count + EXCLUDED.count, amount = one.amount + EXCLUDED.amount
 RETURNING id
""")

_PAID = Statement("""
    SELECT is_person, external_id FROM channels_paidread
     WHERE owner = %(owner)s AND day = %(day)s AND external_id = ANY (%(ids)s::text[])
""")


def money_take(account: ChannelAccount, rank: Rank, kind: Priced | None) -> None:
    """Take what a call certainly costs; NoRoom when the month's money does not hold it for this rank."""
    at = now()
    price = price_of(kind) if kind else Decimal(0)
    if not _add(account, price, at, within=rank):
        raise NoRoom(_SPENT, until=cap_resets_at(at, 1))


def money_give_back(account: ChannelAccount, kind: Priced) -> None:
    """Give back what was taken for a call that created nothing."""
    _add(account, -price_of(kind), now())


def charge(account: ChannelAccount, charges: Sequence[Charge], taken: Priced | None) -> None:
    """Write down what a call has cost. What was `taken` before counts on the account already."""
    at = now()
    day = at.astimezone(UTC).date()
    fresh = _not_paid(account, charges, day) if charges else {}
    if not fresh and not taken:
        return
    with transaction.atomic():
        counts = _pay_for(account, fresh, day)
        total = sum((price_of(kind) * n for kind, n in counts.items()), Decimal(0))
        if taken:
            counts[taken] += 1
        for kind, count in sorted(counts.items()):
            _ADD({"account": account.pk, "day": day, "kind": str(kind), "count": count,
                  "amount": price_of(kind) * count})  # fmt: skip
        if total:
            _add(account, total, at)


def _payer(account: ChannelAccount) -> str:
    """Return who pays for what is read: the application, where it is known."""
    return owner_of_app(account.app_key) if account.app_key else owner_of_account(account.pk)


def _not_paid(
    account: ChannelAccount, charges: Sequence[Charge], day: date
) -> dict[tuple[bool, str], Priced]:
    """Return what is read for the first time today: the rest is free. One short statement, and no transaction."""
    kinds = {(c.kind == Priced.USER_READ, c.external_id): c.kind for c in reversed(charges)}
    ids = array_literal(sorted({external_id for _is_person, external_id in kinds}))
    known = _PAID({"owner": _payer(account), "day": day, "ids": ids})
    return {key: kinds[key] for key in sorted(kinds.keys() - set(known))}


def _pay_for(
    account: ChannelAccount, fresh: Mapping[tuple[bool, str], Priced], day: date
) -> "Counter[Priced]":
    """Note what is paid for today, and count it by kind."""
    owner = _payer(account)
    made = [PaidRead(owner=owner, day=day, is_person=p, external_id=x) for p, x in fresh]
    PaidRead.objects.bulk_create(made, ignore_conflicts=True)
    return Counter(fresh.values())


def _add(
    account: ChannelAccount, amount: Decimal, at: datetime, within: Rank | None = None
) -> bool:
    """Add to what the account has cost this month; False when that would be more than a rank may spend."""
    month = month_of(at)
    so_far = Case(When(spend_month=month, then=F("spent")), default=Value(Decimal(0)))
    rows = ChannelAccount.objects.filter(pk=account.pk)
    if within is not None and account.spend_ceiling is not None:
        rows = rows.alias(so_far=so_far).filter(
            so_far__lte=room(account.spend_ceiling, within) - amount
        )
        if not amount:
            rows = rows.filter(so_far__lt=room(account.spend_ceiling, within))
            return rows.exists()
    elif not amount:
        return True
    return bool(rows.update(spent=so_far + Value(amount), spend_month=month))


def spendings_to_warn() -> list[ChannelAccount]:
    """Return the accounts of whose spending people are to be told now, once a month. The caller tells."""
    month = month_of(now())
    most = F("spend_ceiling") * WARN_AT / 100
    rows = ChannelAccount.objects.filter(spend_ceiling__gt=0, spend_month=month, spent__gte=most)
    untold = Q(spend_told__isnull=True) | Q(spend_told__lt=month)
    found = list(rows.filter(untold).defer("cursor", "categories"))
    return [
        one
        for one in found
        if ChannelAccount.objects.filter(untold, pk=one.pk).update(spend_told=month)
    ]


def paid_reads_forget() -> int:
    """Forget what was read on earlier days: each day is paid for anew."""
    yesterday = now().astimezone(UTC).date() - timedelta(days=1)
    return PaidRead.objects.filter(day__lt=yesterday).delete()[0]


def account_ceiling_set(
    actor: Actor, *, account_id: int, ceiling: Decimal | None, owns_app: bool
) -> ChannelAccount:
    """Say how much an account may cost in a month (None for no limit), and whether it owns the application.

    Whatever waited for money is looked at anew.
    """
    if ceiling is not None and not 0 < ceiling <= HIGHEST:
        raise Invalid(
            _("Give an amount between 0.01 and %(most)s.") % {"most": HIGHEST},
            code="ceiling", field="ceiling",
        )  # fmt: skip
    with transaction.atomic():
        account = account_for(actor, account_id, Ability.MANAGE_ACCOUNTS, lock=True)
        ChannelAccount.objects.filter(pk=account.pk).update(
            spend_ceiling=ceiling, owns_app=owns_app, spend_told=None, reads_wait_until=None,
            posts_wait_until=None, answers_wait_until=None, poll_due_at=now(),
        )  # fmt: skip
        record(
            actor, "channels.account.ceiling_set", account, unit_id=account.unit_id,
            name=account.name, ceiling=None if ceiling is None else str(ceiling),
        )  # fmt: skip
        hint_on_commit("account", units=[account.unit_id], id=account.pk)
        ring_on_commit("delivery_requested")
        ring_on_commit("poll_requested")
        account.refresh_from_db()
    return account
