"""Rows of the console copied into a scratch database, with everything they point to, and nothing that is secret.

Numbers stay the same, so that what comes of a copy is known by the number of the row. Read here, written there.
"""

import shutil
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.db import transaction
from django.db.models import Field, Model

from campaigns.models import Post
from campaigns.rehearsal.platforms import Counterpart
from channels.models import ChannelAccount, Credential, DeliveryMedia
from opsconsole.kernel.clock import now
from opsconsole.kernel.secrets import seal
from opsconsole.people.models import User

#: Nobody polls an account of a rehearsal.
_NEVER = timedelta(days=3650)
#: An address that leads nowhere, for accounts that are only named (RFC 2606).
_NOWHERE = "http://rehearsal.invalid"


class Copy:
    """Rows on their way into a scratch database. `changes` say, by model, what a copy does not take along."""

    def __init__(self, changes: dict[type[Model], Callable[[Any], None]]) -> None:
        """Nothing is copied yet."""
        self._changes = changes
        self._rows: dict[type[Model], dict[Any, Model]] = defaultdict(dict)

    def add(self, rows: Iterable[Model]) -> None:
        """Take rows, and whatever they point to."""
        pending: dict[type[Model], set[Any]] = defaultdict(set)
        for row in rows:
            self._take(row, pending)
        while pending:
            model, keys = pending.popitem()
            keys -= set(self._rows[model])
            for row in model._base_manager.filter(pk__in=keys):
                self._take(row, pending)

    def write(self, alias: str) -> None:
        """Write everything in one transaction, in whatever order: the database checks at its end."""
        with transaction.atomic(using=alias):
            for model, rows in self._rows.items():
                model._base_manager.using(alias).bulk_create(list(rows.values()), batch_size=500)

    def _take(self, row: Model, pending: dict[type[Model], set[Any]]) -> None:
        model = type(row)
        if row.pk in self._rows[model]:
            return
        if model in self._changes:
            self._changes[model](row)
        self._rows[model][row.pk] = row
        for column in row._meta.concrete_fields:
            value = getattr(row, column.attname)
            target = _target(column)
            if target is not None and value is not None and value not in self._rows[target]:
                pending[target].add(value)


def _target(column: "Field[Any, Any]") -> type[Model] | None:
    target = column.related_model
    return target if isinstance(target, type) else None


def copy_for(counterparts: dict[int, Counterpart], key: bytes) -> tuple[Copy, list[Credential]]:
    """Return a copy in which every account is its counterpart in the sandbox, and the credentials of those."""
    at = now()
    changes: dict[type[Model], Callable[[Any], None]] = {
        User: _unname,
        Post: _alone,
        ChannelAccount: lambda row: _stand_in(row, counterparts.get(row.pk)),
    }
    made = [
        Credential(
            pk=account, account_id=account, updated_at=at, sealed=seal(one.secrets, [Fernet(key)])
        )
        for account, one in counterparts.items()
    ]
    return Copy(changes), made


def _unname(user: User) -> None:
    """A person is a number here: no name, no address, no way in."""
    user.username = user.nickname = f"person {user.pk}"
    user.email = user.first_name = user.last_name = ""
    user.set_unusable_password()
    user.is_superuser = user.is_staff = False


def _alone(post: Post) -> None:
    """No series writes more of them."""
    post.series_id = post.occurrence_key = None


def _stand_in(account: ChannelAccount, counterpart: Counterpart | None) -> None:
    """Nothing of how the real account is reached comes along."""
    account.base_url = counterpart.base_url if counterpart else f"{_NOWHERE}/{account.pk}"
    account.external_id = counterpart.external_id if counterpart else str(account.pk)
    account.url = account.last_error = account.last_gap = ""
    account.cursor = {}
    account.poll_due_at = account.recheck_due_at = now() + _NEVER
    account.poll_lease_until = account.next_allowed_at = None
    # A budget counts true hours, and here they are minutes: the report counts it by the plan's own times.
    account.budget_quarter = account.budget_hour = account.budget_day = None
    account.posts_wait_until = account.answers_wait_until = account.overflow_id = None


def files_copy(media: Iterable[DeliveryMedia], folder: Path) -> None:
    """Copy the files that go out to where the rehearsal looks for them."""
    folder.mkdir(parents=True, exist_ok=True)
    for row in media:
        copy = folder / str(row.file.name)
        copy.parent.mkdir(parents=True, exist_ok=True)
        with row.file.open("rb") as source, copy.open("wb") as target:
            shutil.copyfileobj(source, target)
