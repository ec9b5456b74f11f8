"""Writes about people: users, memberships, units. Everything is recorded."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import validate_slug
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opsconsole.audit.actions import record
from opsconsole.kernel.actor import Actor
from opsconsole.kernel.errors import Conflict, Invalid, NotFound
from opsconsole.kernel.live import hint_on_commit
from opsconsole.people.models import (
    UNDO_CHOICES,
    BusinessUnit,
    Language,
    Membership,
    Theme,
    User,
)
from opsconsole.people.photos import square_photo
from opsconsole.people.roles import ABILITIES, Ability, Role
from opsconsole.people.selectors import units_within
from opsconsole.people.tokens import token_drop


def user_create(
    actor: Actor, *, username: str, nickname: str, password: str, language: str = Language.KOREAN
) -> User:
    """Add a person without any membership yet. Invalid names the field that is wrong."""
    actor.must(Ability.MANAGE_PEOPLE)
    username, nickname = username.strip(), _named(nickname, "nickname")
    user = User(username=username, nickname=nickname, language=language)
    _check(lambda: user.full_clean(exclude=["password"]), "username")
    _check(lambda: validate_password(password, user), "password")
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            record(actor, "people.user.created", user, username=username)
    except IntegrityError as error:
        raise Conflict(_("This name is taken."), code="taken", field="username") from error
    return user


def user_deactivate(actor: Actor, *, user_id: int) -> User:
    """Shut a person out; what they did stays theirs. Nobody can shut out the last administrator."""
    _must_everywhere(actor)
    with transaction.atomic(), _keeping_an_administrator():
        user = _locked(user_id)
        if user.is_active:
            user.is_active = False
            user.save(update_fields=["is_active"])
            record(actor, "people.user.deactivated", user, username=user.username)
    return user


def user_reactivate(actor: Actor, *, user_id: int) -> User:
    """Let a person in again."""
    _must_everywhere(actor)
    with transaction.atomic():
        user = _locked(user_id)
        if not user.is_active:
            user.is_active = True
            user.save(update_fields=["is_active"])
            record(actor, "people.user.reactivated", user, username=user.username)
    return user


def membership_set(actor: Actor, *, user_id: int, unit_id: int | None, role: str) -> Membership:
    """Give a person a role in a unit, or in every unit; replaces the role they had there."""
    _must_manage(actor, unit_id)
    if role not in set(Role):
        raise Invalid(_("Choose a role."), code="role", field="role")
    with transaction.atomic(), _keeping_an_administrator():
        user = _locked(user_id)
        if unit_id is not None and not BusinessUnit.objects.filter(pk=unit_id).exists():
            raise NotFound
        membership, _is_new = Membership.objects.update_or_create(
            user=user, unit_id=unit_id, defaults={"role": role}
        )
        record(
            actor, "people.membership.set", user,
            unit_id=unit_id, role=role, username=user.username,
        )  # fmt: skip
        hint_on_commit("reach", units=())
    return membership


def membership_remove(actor: Actor, *, user_id: int, membership_id: int) -> None:
    """Take a role away. The last administrator keeps theirs."""
    actor.must(Ability.MANAGE_PEOPLE)
    with transaction.atomic(), _keeping_an_administrator():
        user = _locked(user_id)
        membership = user.memberships.filter(pk=membership_id).first()
        if membership is None:
            raise NotFound
        _must_manage(actor, membership.unit_id)
        membership.delete()
        record(
            actor, "people.membership.removed", user,
            unit_id=membership.unit_id, role=membership.role, username=user.username,
        )  # fmt: skip
        hint_on_commit("reach", units=())


def unit_create(
    actor: Actor, *, slug: str, name_ko: str, name_en: str, colour: str
) -> BusinessUnit:
    """Add a business unit."""
    _must_everywhere(actor)
    _check(lambda: validate_slug(slug), "slug")
    names = {"name_ko": _named(name_ko, "name_ko"), "name_en": _named(name_en, "name_en")}
    try:
        with transaction.atomic():
            unit = BusinessUnit.objects.create(slug=slug, colour=colour, **names)
            record(actor, "people.unit.created", unit, unit_id=unit.pk, slug=slug)
    except IntegrityError as error:
        raise Conflict(_("This short name is taken."), code="taken", field="slug") from error
    return unit


def unit_wall_set(actor: Actor, *, unit_id: int, is_walled: bool) -> BusinessUnit:
    """Raise or take down a unit's wall. Refuses a wall behind which nobody would answer."""
    actor.must(Ability.MANAGE_PEOPLE)
    with transaction.atomic():
        unit = units_within(actor, Ability.MANAGE_PEOPLE).select_for_update().filter(pk=unit_id)
        found = unit.first()
        if found is None:
            raise NotFound
        if found.is_walled == is_walled:
            return found
        if is_walled and not _answers_inside(found):
            raise Invalid(
                _("First give somebody who answers a role in this very unit."),
                code="nobody_inside",
            )
        found.is_walled = is_walled
        found.save(update_fields=["is_walled"])
        verb = "people.unit.walled" if is_walled else "people.unit.opened"
        record(actor, verb, found, unit_id=found.pk, slug=found.slug)
        hint_on_commit("reach", units=())
    return found


def _answers_inside(unit: BusinessUnit) -> bool:
    roles = [str(role) for role, abilities in ABILITIES.items() if Ability.WORK_INBOX in abilities]
    return unit.memberships.filter(role__in=roles, user__is_active=True).exists()


def preferences_set(
    actor: Actor,
    *,
    nickname: str | None = None,
    language: str | None = None,
    theme: str | None = None,
    undo_seconds: int | None = None,
) -> User:
    """Change one's own name, language, theme or time to undo; what is None stays."""
    given: Mapping[str, Any] = {
        "nickname": nickname, "language": language, "theme": theme, "undo_seconds": undo_seconds,
    }  # fmt: skip
    changes = {name: value for name, value in given.items() if value is not None}
    if nickname is not None:
        changes["nickname"] = _named(nickname, "nickname")
    if language is not None and language not in Language.values:
        raise Invalid(_("Choose a language."), field="language")
    if theme is not None and theme not in Theme.values:
        raise Invalid(_("Choose a theme."), field="theme")
    if undo_seconds is not None and undo_seconds not in UNDO_CHOICES:
        raise Invalid(_("Choose one of the times."), field="undo_seconds")
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=actor.person_id)
        for name, value in changes.items():
            setattr(user, name, value)
        user.save(update_fields=list(changes))
        record(actor, "people.preferences.changed", user, changed=sorted(changes))
    return user


def photo_set(actor: Actor, *, upload: Any) -> User:
    """Replace one's own photo, re-encoded: nothing of the uploaded file itself is kept."""
    # A name of its own for every photo: browsers may keep what stands behind a name.
    name = f"{actor.person_id}-{secrets.token_hex(6)}.webp"
    return _photo_changed(actor, ContentFile(square_photo(upload), name=name))


def photo_remove(actor: Actor) -> User:
    """Take one's own photo away."""
    return _photo_changed(actor, None)


def _photo_changed(actor: Actor, content: "ContentFile[bytes] | None") -> User:
    with transaction.atomic():
        user = _locked(actor.person_id)
        old, storage = user.photo.name, user.photo.storage
        if not old and content is None:
            return user
        user.photo = content or ""
        user.save(update_fields=["photo"])
        record(actor, "people.photo.changed" if content else "people.photo.removed", user)
        if old:
            transaction.on_commit(lambda: storage.delete(old))
    return user


def password_change(actor: Actor, *, password: str) -> User:
    """Give oneself a new password; every session and token made with the old one ends."""
    with transaction.atomic():
        user = _password_set(actor.person_id, password)
        record(actor, "people.password.changed", user)
    return user


def password_reset(actor: Actor, *, user_id: int, password: str) -> User:
    """Give a person who has forgotten theirs a new password, to be told to them."""
    _must_everywhere(actor)
    with transaction.atomic():
        user = _password_set(user_id, password)
        record(actor, "people.password.reset", user, username=user.username)
    return user


def _password_set(user_id: int, password: str) -> User:
    user = _locked(user_id)
    _check(lambda: validate_password(password, user), "password")
    user.set_password(password)
    user.save(update_fields=["password"])
    token_drop(user_id=user.pk)
    return user


def _must_everywhere(actor: Actor) -> None:
    actor.must(Ability.MANAGE_PEOPLE, -1)


def _must_manage(actor: Actor, unit_id: int | None) -> None:
    """People may be changed by whoever manages people everywhere; memberships also per unit."""
    actor.must(Ability.MANAGE_PEOPLE, -1 if unit_id is None else unit_id)


def _locked(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


def _administrators() -> QuerySet[User]:
    """Return who may manage everything now."""
    everywhere = Membership.objects.filter(role=Role.ADMINISTRATOR, unit__isnull=True)
    may = Q(is_superuser=True) | Q(pk__in=everywhere.values("user"))
    return User.objects.filter(may, is_active=True)


@contextmanager
def _keeping_an_administrator() -> Iterator[None]:
    """Refuse what takes the last administrator away. Two who remove each other wait in turn."""
    had_one = bool(_administrators().order_by("pk").select_for_update())
    yield
    if had_one and not _administrators().exists():
        raise Conflict(_("Somebody must remain administrator of everything."), code="last_admin")


def _named(given: str, field: str) -> str:
    name = " ".join(given.split())
    if not name or len(name) > 40:
        raise Invalid(_("A name has 1 to 40 characters."), code="name", field=field)
    return name


def _check(step: Any, field: str) -> None:
    try:
        step()
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), code="invalid", field=field) from error
