"""One table: which role may do what. No rows, no framework."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody is in a business unit."""

    GUEST = "guest"
    OPERATOR = "operator"
    STAFF = "staff"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


class Ability(StrEnum):
    """One thing that a role may or may not do."""

    READ_INBOX = "inbox.read"
    WRITE_NOTES = "inbox.note"
    WORK_INBOX = "inbox.work"
    DIRECT_INBOX = "inbox.direct"
    READ_POSTS = "posts.read"
    WRITE_POSTS = "posts.write"
    SETTLE_DELIVERIES = "deliveries.settle"
    READ_ACCOUNTS = "accounts.read"
    MANAGE_ACCOUNTS = "accounts.manage"
    MANAGE_PEOPLE = "people.manage"
    READ_AUDIT = "audit.read"


A = Ability
_GUEST = frozenset({A.READ_INBOX, A.WRITE_NOTES})
_OPERATOR = _GUEST | {A.WORK_INBOX, A.READ_POSTS, A.READ_ACCOUNTS}
_STAFF = frozenset({A.READ_INBOX, A.WRITE_NOTES, A.READ_POSTS, A.WRITE_POSTS, A.READ_ACCOUNTS})
_MANAGER = _OPERATOR | _STAFF | {A.DIRECT_INBOX, A.SETTLE_DELIVERIES, A.READ_AUDIT}

ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.GUEST: _GUEST,
    Role.OPERATOR: _OPERATOR,
    Role.STAFF: _STAFF,
    Role.MANAGER: _MANAGER,
    Role.ADMINISTRATOR: frozenset(Ability),
}
