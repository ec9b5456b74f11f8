"""Our own apps at the platforms: set up once by administrators of the house, used whenever somebody signs in there."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from channels.addresses import fault_of_base
from channels.models import Credential, PlatformApp
from channels.selectors.handshakes import app_at
from channels.ways import APP_FIELDS, SHARED
from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.clock import now
from opsconsole.kernel.errors import Invalid, NotAllowed, NotFound
from opsconsole.kernel.secrets import decrypt, encrypt
from opsconsole.people.roles import Ability


def must_manage_apps(actor: Actor) -> None:
    """Refuse everybody but administrators of the whole house: an app speaks for accounts of every unit."""
    if not actor.everywhere(Ability.MANAGE_ACCOUNTS):
        raise NotAllowed


def app_set(
    actor: Actor, *, kind: str, secrets: Mapping[str, str], base_url: str = ""
) -> PlatformApp:
    """Set up our app at a platform, or change its secrets: also in the credentials of accounts connected through it.

    What is left empty stays as it was.
    """
    must_manage_apps(actor)
    if kind not in APP_FIELDS:
        raise NotFound
    fault = fault_of_base(base_url, allow_private=settings.ALLOW_PRIVATE_HOSTS) if base_url else ""
    if fault:
        raise Invalid(_("This is not an address."), code="base_url", field="base_url")
    with transaction.atomic():
        known = app_at(kind)
        kept = _merged(kind, decrypt(bytes(known.sealed)) if known else {}, secrets)
        app, _is_new = PlatformApp.objects.update_or_create(
            kind=kind,
            defaults={
                "sealed": encrypt(kept),
                "base_url": base_url.rstrip("/"),
                "updated_at": now(),
            },
        )
        _share(app, kept)
        record(actor, "channels.app.set", app, kind=kind)
    return app


def _merged(kind: str, known: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for field in APP_FIELDS[kind]:
        value = given.get(field.name, "").strip() or known.get(field.name, "")
        if not value and field.required:
            raise Invalid(_("This is needed."), code="secret_missing", field=field.name)
        kept[field.name] = value
    return kept


def _share(app: PlatformApp, kept: Mapping[str, str]) -> None:
    """Put what calls need of the app into the credentials; a token that is being renewed meanwhile is kept, too."""
    shared = {name: kept[name] for name in SHARED[app.kind]}
    for row in Credential.objects.select_for_update().filter(app=app):
        sealed = encrypt({**decrypt(bytes(row.sealed)), **shared})
        Credential.objects.filter(pk=row.pk).update(sealed=sealed)
