"""What people can be told, as data. The words are in inbox.notice_words."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """The occasions on which somebody is told something."""

    MENTION = "mention"  # a note names me
    ASSIGNED = "assigned"  # somebody gave me a conversation
    RETURNED = "returned"  # mine went back to the unit because I was silent
    RETURN_SOON = "return_soon"  # mine goes back soon unless I act
    CUSTOMER_WROTE = "customer_wrote"  # in a conversation of mine
    DUE_SOON = "due_soon"  # a wait is about to be missed
    BREACHED = "breached"  # a wait was missed
    SNOOZE_ENDED = "snooze_ended"
    PROMISE_DUE = "promise_due"
    APPROVAL_ASKED = "approval_asked"
    APPROVAL_GIVEN = "approval_given"
    APPROVAL_DECLINED = "approval_declined"
    CONSULT_ANSWERED = "consult_answered"
    HANDED_OVER = "handed_over"  # to a unit of mine
    DRAFT_PARKED = "draft_parked"  # my text waits beside something new
    LEASE_TAKEN = "lease_taken"  # a colleague took over while I was writing
    DELIVERY_TROUBLE = "delivery_trouble"  # an answer of mine did not leave
    CONSULT_ASKED = "consult_asked"  # a unit of mine
    CONSULT_EXPIRED = "consult_expired"  # a question of mine, unanswered
    RULE_TRIPPED = "rule_tripped"  # a routing rule was switched off
    POST_ASKED = "post_asked"  # a post waits for my approval
    POST_APPROVED = "post_approved"
    POST_DECLINED = "post_declined"
    POST_VOID = "post_void"  # a change made the approval of a post void
    POST_WITHDRAWN = "post_withdrawn"  # an approval or a request for one was taken back
    POST_UNAPPROVED = "post_unapproved"  # a post of mine goes out soon and is not approved
    POST_MISSED = "post_missed"  # a post of mine was not sent: not approved
    POST_LINK_BROKEN = (
        "post_link_broken"  # a post of mine goes out soon and a link in it leads nowhere
    )
    POST_RELEASE_ASKED = "post_release_asked"
    POST_RELEASED = "post_released"  # without approval, by two people
    SENDING_LATE = "sending_late"  # something is due and does not leave
    ACCOUNT_LOST = "account_lost"  # an account of mine must be reconnected
    ACCOUNT_UNWELL = "account_unwell"  # an account of mine does not work as it should
    ACCOUNT_OVER = "account_over"  # an account of mine is over budget
    ACCOUNT_WELL = "account_well"  # an account of mine is well again
    ACCOUNT_SPENDING = "account_spending"  # most of an account's money for the month is spent
    ACCESS_ENDS = "access_ends"  # an account of mine must be signed in to again soon
    BEAT_SILENT = "beat_silent"  # the clock of the workers was not heard
    CLOCK_OFF = "clock_off"  # a worker's clock differs from the database's
    SENDING_LIMITED = "sending_limited"  # platforms ask for patience


class Digest(StrEnum):
    """How often unread notices are sent by e-mail."""

    NEVER = "never"
    DAILY = "daily"
    WEEKDAYS = "weekdays"
