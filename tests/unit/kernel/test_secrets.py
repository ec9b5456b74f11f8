"""Credentials at rest."""

import pytest
from cryptography.fernet import Fernet

from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.secrets import decrypt, encrypt


def test_what_was_sealed_is_opened_and_unreadable_meanwhile():
    sealed = encrypt({"token": "s3cret", "이름": "값"})
    assert b"s3cret" not in sealed
    assert decrypt(sealed) == {"token": "s3cret", "이름": "값"}


def test_keys_can_be_rotated(settings):
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.CREDENTIAL_KEYS = [old]
    sealed = encrypt({"a": "b"})
    settings.CREDENTIAL_KEYS = [new, old]
    assert decrypt(sealed) == {"a": "b"}
    settings.CREDENTIAL_KEYS = [new]
    with pytest.raises(Invalid):
        decrypt(sealed)
