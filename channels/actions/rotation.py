"""Encrypting anew what is stored encrypted, under the first key of the settings, while everything goes on."""

from dataclasses import dataclass

from django.db.models import Model

from channels.models import Credential, Handshake, PlatformApp
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.secrets import resealed

#: Tables with a column `sealed`.
_SEALED: tuple[type[Model], ...] = (Credential, PlatformApp, Handshake)
#: How often a row is tried that somebody else keeps changing.
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many rows were encrypted anew, stand under the first key already, and fit no key at all."""

    changed: int = 0
    kept: int = 0
    lost: int = 0

    def __add__(self, other: "Rotation") -> "Rotation":
        """Return both together."""
        return Rotation(
            self.changed + other.changed, self.kept + other.kept, self.lost + other.lost
        )


def credentials_rotate() -> Rotation:
    """Encrypt every stored secret under the first key, row by row by compare-and-set. Safe to repeat."""
    total = Rotation()
    for table in _SEALED:
        for number in table._default_manager.values_list("pk", flat=True).order_by("pk"):
            total += _rotate(table, number)
    return total


def _rotate(table: type[Model], number: int) -> Rotation:
    """Encrypt one row anew, unless it changes meanwhile; then what it has become is looked at."""
    rows = table._default_manager.filter(pk=number)
    for _ in range(_TRIES):
        old = rows.values_list("sealed", flat=True).first()
        if not old:
            return Rotation()
        try:
            new = resealed(bytes(old))
        except Invalid:
            return Rotation(lost=1)
        if new is None:
            return Rotation(kept=1)
        if rows.filter(sealed=old).update(sealed=new):
            return Rotation(changed=1)
    return Rotation(lost=1)
