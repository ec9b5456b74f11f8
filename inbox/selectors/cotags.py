"""Reads of co-tags: what stands under an answer, whose answer one was, and who is who."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet

from channels.models import ChannelAccount
from channels.selectors.accounts import accounts_for
from inbox.cotags import Style, initials_in, signature
from inbox.models import CoTag, Signing
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.prepared import prepared
from opsconsole.people.roles import Ability


@dataclass(frozen=True, slots=True)
class AccountSigning:
    """An account with how its answers are signed, and whether the reader may change that."""

    account: ChannelAccount
    is_on: bool
    style: Style
    may_change: bool


def signature_of(user_id: int | None, account: ChannelAccount) -> str:
    """Return what is put behind this operator's answers on this account, empty for nothing.

    Initials for the account itself come before those for every account. No query for nobody, one
    for whoever has no initials, two otherwise.
    """
    if user_id is None:
        return ""
    tag = _cotag_of.first(account.pk, user_id)
    signing = signing_of(account) if tag else None
    return signature(tag.initials, signing.style) if tag and signing and signing.is_on else ""


@prepared
def _cotag_of(account_id: int, user_id: int) -> QuerySet[CoTag]:
    tags = CoTag.objects.filter(Q(account_id=account_id) | Q(account__isnull=True))
    mine = tags.filter(user_id=user_id, is_active=True)
    return mine.order_by(F("account").asc(nulls_last=True))[:1]


def signatures_of(user_ids: Iterable[int], account: ChannelAccount) -> dict[int, str]:
    """Return what is put behind the answers of several operators, as `signature_of` does. Two queries."""
    signing = signing_of(account)
    if not signing.is_on:
        return {}
    tags = CoTag.objects.filter(
        Q(account=account) | Q(account__isnull=True), user__in=list(user_ids), is_active=True
    )
    general_first = tags.order_by(F("account").asc(nulls_first=True))
    return {tag.user_id: signature(tag.initials, signing.style) for tag in general_first}


def signing_of(account: ChannelAccount) -> Signing:
    """Return how an account's answers are signed; one with the defaults, not stored, when none is set."""
    return Signing.objects.filter(account=account).first() or Signing(account=account)


def operator_signed(account_id: int, text: str) -> int | None:
    """Return whose initials a text ends in, where they are known. No query when it ends in none.

    Those in use come before those that somebody once had.
    """
    initials = initials_in(text)
    if not initials:
        return None
    tags = CoTag.objects.filter(Q(account=account_id) | Q(account__isnull=True))
    newest_first = tags.filter(initials=initials).order_by("-is_active", "-pk")
    return newest_first.values_list("user_id", flat=True).first()


def cotags_for(actor: Actor) -> QuerySet[CoTag]:
    """Return the co-tags in use on accounts within reach, by operator."""
    actor.must(Ability.READ_INBOX)
    within = accounts_for(actor, Ability.READ_INBOX).values("pk")
    return (
        CoTag.objects.filter(Q(account__isnull=True) | Q(account__in=within), is_active=True)
        .select_related("user", "account")
        .order_by("user__nickname", "user_id", F("account__name").asc(nulls_first=True))
    )


def cotag_for(actor: Actor, cotag_id: int) -> CoTag:
    """Return one co-tag in use; NotFound when it is retired or out of reach."""
    found = cotags_for(actor).filter(pk=cotag_id).first()
    if found is None:
        raise NotFound
    return found


def signings_for(actor: Actor) -> list[AccountSigning]:
    """Return the accounts one can answer from, with how they sign. Two queries."""
    accounts = [row for row in accounts_for(actor, Ability.READ_INBOX) if row.kind != "feed"]
    return list(_signings(actor, accounts))


def _signings(actor: Actor, accounts: list[ChannelAccount]) -> Iterable[AccountSigning]:
    known = {row.account_id: row for row in Signing.objects.filter(account__in=accounts)}
    for account in accounts:
        row = known.get(account.pk) or Signing(account=account)
        may = actor.can(Ability.MANAGE_DESK, account.unit_id)
        yield AccountSigning(account, row.is_on, Style(row.style), may)
