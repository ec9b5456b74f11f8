"""A new key for what is stored encrypted, while everything goes on."""

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from channels.actions.apps import app_set
from channels.actions.rotation import credentials_rotate
from channels.models import Credential, PlatformApp
from opsconsole.kernel.actor import SYSTEM
from opsconsole.kernel.errors import Invalid
from opsconsole.kernel.secrets import decrypt, encrypt
from tests.factories.channels import make_account
from tests.support.together import together

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(settings):
    """An old key and a new one; the old one is in use."""
    old, new = (Fernet.generate_key().decode() for _ in range(2))
    settings.CREDENTIAL_KEYS = [old]
    return old, new


def test_everything_stands_under_the_new_key_and_the_old_one_can_go(keys, settings, capsys):
    old, new = keys
    account = make_account(kind="x", secrets={"access_token": "a"})
    app_set(SYSTEM, kind="x", secrets={"client_id": "i", "client_secret": "s"})
    settings.CREDENTIAL_KEYS = [new, old]
    assert decrypt(bytes(Credential.objects.get().sealed)) == {"access_token": "a"}
    call_command("credentials_rotate")
    assert "2 encrypted anew, 0 were already." in capsys.readouterr().out
    call_command("credentials_rotate")
    assert "0 encrypted anew, 2 were already." in capsys.readouterr().out
    settings.CREDENTIAL_KEYS = [new]
    assert decrypt(bytes(Credential.objects.get(account=account).sealed)) == {"access_token": "a"}
    assert decrypt(bytes(PlatformApp.objects.get().sealed))["client_id"] == "i"


def test_what_fits_no_key_is_counted_and_left_alone(keys, settings):
    _old, new = keys
    make_account(kind="x", secrets={"access_token": "a"})
    before = bytes(Credential.objects.get().sealed)
    settings.CREDENTIAL_KEYS = [new]
    with pytest.raises(CommandError, match="1 fit none of the keys"):
        call_command("credentials_rotate")
    assert bytes(Credential.objects.get().sealed) == before
    with pytest.raises(Invalid):
        decrypt(before)


@pytest.mark.django_db(transaction=True)
def test_what_changes_meanwhile_is_not_undone(keys, settings):
    old, new = keys
    accounts = [make_account(kind="x", secrets={"n": "0"}) for _ in range(5)]
    settings.CREDENTIAL_KEYS = [new, old]

    def change():
        for account in accounts:
            Credential.objects.filter(account=account).update(sealed=encrypt({"n": "1"}))

    together(change, credentials_rotate, credentials_rotate)
    settings.CREDENTIAL_KEYS = [new]
    assert {decrypt(bytes(row.sealed))["n"] for row in Credential.objects.all()} == {"1"}
