"""The words of the reports: what is counted, by which clock, by which day. Pure."""

from enum import StrEnum


class Family(StrEnum):
    """What a row of a day book stands for."""

    WAITS = "waits"
    CYCLES = "cycles"
    CONSULTS = "consults"
    APPROVALS = "approvals"


class Cohort(StrEnum):
    """To which day something belongs: when it opened, or when it ended."""

    OPENED = "opened"
    ENDED = "ended"


class Clock(StrEnum):
    """Whose time is counted, and whether nights count."""

    CUSTOMER = "customer"
    CUSTOMER_OPEN = "customer_open"
    DESK = "desk"
    DESK_OPEN = "desk_open"


class Measure(StrEnum):
    """Which time a report tells."""

    FIRST = "first"
    FIRST_REOPENED = "first_reopened"
    NEXT = "next"
    ANY = "any"
    RESOLUTION = "resolution"
    ASSIGN = "assign"
    FROM_ASSIGNMENT = "from_assignment"
    CONSULT = "consult"
    APPROVAL = "approval"
    COLLECTION = "collection"


class Grouping(StrEnum):
    """By what a report is broken down."""

    UNIT = "unit"
    OPERATOR = "operator"
    CHANNEL = "channel"
    ACCOUNT = "account"
    TAG = "tag"
    LANGUAGE = "language"
    DAY = "day"
    HOUR = "hour"
    LEVEL = "level"
