"""Reads of handshakes, and of our apps at the platforms."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.db.models import Q, QuerySet

from channels.lifecycle import ChannelKind
from channels.models import ChannelAccount, Handshake, PlatformApp
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import NotFound
from opsconsole.kernel.pagination import KeysetPage, after_number, cut
from opsconsole.kernel.secrets import decrypt
from opsconsole.people.roles import Ability


def handshake_for(actor: Actor, handshake_id: int, *, lock: bool = False) -> Handshake:
    """Return one's own handshake; NotFound for everybody else's, and for an account out of reach by now."""
    actor.must(Ability.MANAGE_ACCOUNTS)
    rows = Handshake.objects.filter(asked_by=actor.person_id)
    rows = rows.select_for_update() if lock else rows.select_related("account")
    row = rows.filter(pk=handshake_id).first()
    if row is None:
        raise NotFound
    if row.account is not None and not actor.can(Ability.MANAGE_ACCOUNTS, row.account.unit_id):
        raise NotFound
    return row


def handshake_page(actor: Actor, *, cursor: str, size: int) -> KeysetPage[Handshake]:
    """Return a page of one's own handshakes, newest first, but for accounts out of reach by now."""
    actor.must(Ability.MANAGE_ACCOUNTS)
    units = actor.units(Ability.MANAGE_ACCOUNTS)
    rows = Handshake.objects.filter(asked_by=actor.person_id)
    if units is not None:
        rows = rows.filter(Q(account__isnull=True) | Q(account__unit__in=units))
    if cursor:
        rows = rows.filter(pk__lt=after_number(cursor))
    return cut(rows.order_by("-id")[: size + 1], size, lambda row: [row.pk])


def sealed_of(row: Handshake) -> dict[str, Any]:
    """Return what a handshake holds in secret; nothing once it is over."""
    if not row.sealed:
        return {"given": {}}
    kept: dict[str, Any] = json.loads(decrypt(bytes(row.sealed))["kept"])
    return kept


def app_at(kind: str) -> PlatformApp | None:
    """Return our app at a platform, if it is set up."""
    return PlatformApp.objects.filter(kind=kind).first()


def apps_set_up() -> set[str]:
    """Return the kinds of channel that we have an app at."""
    return set(PlatformApp.objects.values_list("kind", flat=True))


def connected_as(
    kind: str, identities: list[tuple[str, str]]
) -> dict[tuple[str, str], ChannelAccount]:
    """Return the accounts that stand for these identities (base address, number) already, whoever manages them."""
    numbers = [number for _base, number in identities]
    rows: QuerySet[ChannelAccount] = ChannelAccount.objects.filter(
        kind=kind, external_id__in=numbers
    )
    return {(row.base_url, row.external_id): row for row in rows}


@dataclass(frozen=True, slots=True)
class Identity:
    """One identity that was found, as a screen shows it, at its `place` in the list.

    `account` stands for it already and may get the new credentials; where `is_taken`, one out of reach does.
    """

    place: int
    found: dict[str, Any]
    is_known: bool
    suffices: bool
    account: ChannelAccount | None = None
    is_taken: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it can be connected, or renewed."""
        return self.is_known and not self.is_taken


def is_known(found: dict[str, Any]) -> bool:
    """Say whether a platform has told for sure whose credentials these are."""
    return any(check["right"] == "identity" and check["works"] for check in found["checks"])


def suffices(found: dict[str, Any]) -> bool:
    """Say whether everything that is needed works, as far as anybody can tell."""
    return not any(check["needed"] and check["works"] is False for check in found["checks"])


def identities_of(actor: Actor, row: Handshake) -> list[Identity]:
    """Return what was found, with the accounts that stand for it already."""
    known = connected_as(row.kind, [(one["base_url"], one["external_id"]) for one in row.found])
    found = []
    for place, one in enumerate(row.found):
        account = known.get((one["base_url"], one["external_id"]))
        may = account is not None and actor.can(Ability.MANAGE_ACCOUNTS, account.unit_id)
        found.append(
            Identity(
                place,
                one,
                is_known(one),
                suffices(one),
                account=account if may else None,
                is_taken=account is not None and not may,
            )
        )
    return found


def place_of(row: Handshake, account: ChannelAccount) -> int | None:
    """Return where in the list an account's own identity stands; for one that nobody has seen yet, the only one."""
    if account.external_id.startswith("unverified-"):
        return 0 if len(row.found) == 1 else None
    mine = [
        place
        for place, found in enumerate(row.found)
        if found["external_id"] == account.external_id and _is_same_place(found, account)
    ]
    return mine[0] if mine else None


def _is_same_place(found: dict[str, Any], account: ChannelAccount) -> bool:
    """A number counts on its own platform alone; a blog may have moved to https or to a shorter address."""
    if account.kind != ChannelKind.BLOG:
        return bool(found["base_url"] == account.base_url)
    return urlsplit(str(found["base_url"])).hostname == urlsplit(account.base_url).hostname
