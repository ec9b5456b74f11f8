"""Encryption of platform credentials at rest, with keys that can be rotated."""

import json
from collections.abc import Iterable, Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from opsconsole.kernel.errors import Invalid


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.CREDENTIAL_KEYS])


def encrypt(secrets: Mapping[str, str]) -> bytes:
    """Return the secrets as one token under the first key."""
    return _sealed(secrets, _cipher())


def seal(secrets: Mapping[str, str], keys: Iterable[Fernet]) -> bytes:
    """Return the secrets as one token under the first of these keys, for a process that has other ones."""
    return _sealed(secrets, MultiFernet(keys))


def _sealed(secrets: Mapping[str, str], cipher: MultiFernet) -> bytes:
    return cipher.encrypt(json.dumps(dict(secrets)).encode())


def resealed(token: bytes) -> bytes | None:
    """Return the same secrets under the first key; None when they are already, Invalid when no key fits."""
    first = Fernet(settings.CREDENTIAL_KEYS[0])
    try:
        first.decrypt(bytes(token))
    except InvalidToken:
        return encrypt(decrypt(token))
    return None


def decrypt(token: bytes) -> dict[str, str]:
    """Return the secrets; Invalid when no configured key fits."""
    try:
        loaded: dict[str, str] = json.loads(_cipher().decrypt(bytes(token)))
    except InvalidToken as error:
        raise Invalid(_("The stored credentials were encrypted with another key.")) from error
    return loaded
