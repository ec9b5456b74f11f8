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
    READ_REMOVED = "inbox.read_removed"
    DRAFT_REPLIES = "replies.draft"
    SEND_REPLIES = "replies.send"
    APPROVE_REPLIES = "replies.approve"
    READ_POSTS = "posts.read"
    WRITE_POSTS = "posts.write"
    RELEASE_POSTS = "posts.release"
    LAUNCH_POSTS = "posts.launch"
    SETTLE_DELIVERIES = "deliveries.settle"
    READ_ACCOUNTS = "accounts.read"
    MANAGE_ACCOUNTS = "accounts.manage"
    MANAGE_PEOPLE = "people.manage"
    READ_AUDIT = "audit.read"
    MANAGE_DESK = "desk.manage"
    READ_REPORTS = "reports.read"
    PLACE_HOLDS = "holds.place"
    LIFT_HOLDS = "holds.lift"
    LIFT_HOUSE_HOLDS = "holds.lift_house"
    READ_WATCH = "watch.read"
    ERASE_CUSTOMERS = "customers.erase"


A = Ability
_GUEST = frozenset({A.READ_INBOX, A.WRITE_NOTES, A.DRAFT_REPLIES})
_OPERATOR = _GUEST | {A.WORK_INBOX, A.SEND_REPLIES, A.READ_POSTS, A.READ_ACCOUNTS}
_STAFF = frozenset({A.READ_INBOX, A.WRITE_NOTES, A.READ_POSTS, A.WRITE_POSTS, A.READ_ACCOUNTS})
_STAFF |= {A.PLACE_HOLDS}
_MANAGER = (
    _OPERATOR
    | _STAFF
    | {A.DIRECT_INBOX, A.READ_REMOVED, A.APPROVE_REPLIES, A.SETTLE_DELIVERIES, A.READ_AUDIT}
    | {A.MANAGE_DESK, A.READ_REPORTS, A.RELEASE_POSTS, A.LAUNCH_POSTS, A.LIFT_HOLDS, A.READ_WATCH}
)

ABILITIES: dict[Role, frozenset[Ability]] = {
    Role.GUEST: _GUEST,
    Role.OPERATOR: _OPERATOR,
    Role.STAFF: _STAFF,
    Role.MANAGER: _MANAGER,
    Role.ADMINISTRATOR: frozenset(Ability),
}

#: What an administrator of every unit keeps in a walled one: its settings, and erasing somebody
#: everywhere; never what customers wrote.
PAST_WALLS = frozenset(
    {A.MANAGE_PEOPLE, A.MANAGE_ACCOUNTS, A.READ_ACCOUNTS, A.MANAGE_DESK, A.ERASE_CUSTOMERS}
)


def goes_past_walls(role: Role, ability: Ability) -> bool:
    """Say whether a role in every unit holds this ability in walled units too."""
    return role == Role.ADMINISTRATOR and ability in PAST_WALLS


def abilities_of(
    role: Role, needs_approval: bool = False, may_approve: bool = False
) -> frozenset[Ability]:
    """Return what a membership allows: its role, less sending alone, or with letting others' answers out."""
    held = ABILITIES[role]
    if needs_approval:
        return held - {A.SEND_REPLIES, A.APPROVE_REPLIES}
    return held | {A.APPROVE_REPLIES} if may_approve and A.SEND_REPLIES in held else held
