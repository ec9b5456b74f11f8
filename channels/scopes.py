"""What a hold can cover, by scope. An app above adds its own with `scope_add`, as campaigns.holds does."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from channels.models import Hold
from channels.selectors.accounts import accounts_for
from channels.types import OutgoingKind
from opsconsole.kernel.actor import Actor
from opsconsole.people.roles import Ability
from opsconsole.people.selectors import units_within

EVERYTHING, UNIT, ACCOUNT, PHRASE = "everything", "unit", "account", "phrase"


def units_of(hold: Hold) -> frozenset[int] | None:
    """Return the units whose deliveries a hold can stop; None for the whole house."""
    if hold.account is not None:
        return frozenset({hold.account.unit_id})
    return None if hold.unit_id is None else frozenset({hold.unit_id})


def _name_of(hold: Hold) -> str:
    named = hold.target_name
    if not named and (hold.account or hold.unit):
        named = hold.account.name if hold.account else str(hold.unit)
    return " · ".join(filter(None, [f"“{hold.phrase}”" if hold.phrase else "", named]))


@dataclass(frozen=True, slots=True)
class Scope:
    """One kind of scope: `condition` selects the deliveries that a hold of this kind covers.

    `column` is where the hold keeps what was chosen of `choices` (number and name), empty when there
    is nothing to choose; `fill` adds what follows from the choice. `units` says whose deliveries it can
    stop, `audience` which units are told besides, `named` what it is about.
    """

    label: Promise
    condition: Callable[[Hold], Q]
    column: str = ""
    choices: Callable[[Actor], Iterable[tuple[int, str]]] = lambda _actor: ()
    is_choice_needed: bool = True
    has_phrase: bool = False
    units: Callable[[Hold], frozenset[int] | None] = units_of
    fill: Callable[[Hold], None] = lambda _hold: None
    audience: Callable[[Hold], frozenset[int]] = lambda _hold: frozenset()
    named: Callable[[Hold], str] = _name_of


def squashed(text: str) -> str:
    """Return a text as phrases are compared: without spaces, which Korean sets as it likes, and in small letters."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFC", text)).lower()


class _Squashed(Func):
    """The same for a column."""

    function = "LOWER"
    template = r"LOWER(REGEXP_REPLACE(NORMALIZE(%(expressions)s), '\s+', '', 'g'))"
    output_field = TextField()


def _has_words(hold: Hold) -> Q:
    words = Value(squashed(hold.phrase))
    found = [Q(GreaterThan(StrIndex(_Squashed(F(name)), words), 0)) for name in ("text", "title")]
    here = Q(account__unit=hold.unit_id) if hold.unit_id else Q()
    return here & (found[0] | found[1])


def units_choices(actor: Actor) -> list[tuple[int, str]]:
    """Return the units that somebody may stop, by number and name."""
    return [(unit.pk, unit.name) for unit in units_within(actor, Ability.PLACE_HOLDS)]


def _accounts(actor: Actor) -> list[tuple[int, str]]:
    rows = accounts_for(actor, Ability.PLACE_HOLDS).exclude(kind="feed")
    return [(account.pk, account.name) for account in rows]


#: In the order in which they are offered.
SCOPES: dict[str, Scope] = {
    EVERYTHING: Scope(_("Everything"), lambda _hold: Q()),
    UNIT: Scope(
        _("One unit"), lambda hold: Q(account__unit=hold.unit_id), column="unit_id", choices=units_choices
    ),
    ACCOUNT: Scope(
        _("One account"), lambda hold: Q(account=hold.account_id),
        column="account_id", choices=_accounts,
    ),
    PHRASE: Scope(
        _("Words in the text"), _has_words,
        column="unit_id", choices=units_choices, is_choice_needed=False, has_phrase=True,
    ),
}  # fmt: skip


def scope_add(name: str, scope: Scope) -> None:
    """Let holds cover something more: called once, when the app that knows it starts."""
    SCOPES[name] = scope


def covered_by(hold: Hold) -> Q:
    """Return what a hold covers: posts and what hangs under them, and answers when it says so."""
    wanted = SCOPES[hold.scope].condition(hold)
    ours = Q(kind=OutgoingKind.POST) | Q(follows__isnull=False)
    return wanted if hold.with_answers else wanted & ours
